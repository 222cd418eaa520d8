"""Makes the reference directions and factors that the tests of balancers hold them to.

    python make_balancer_fixtures.py OUT

writes OUT/balancers.json:

    directions    for 2, 3 and 8 tasks: their gradients [tasks, 16], some in conflict, of unlike norms; and what TorchJD
                  makes of them by method, at Polymath's scale, by which gradients that are alike give their mean:
                      aligned     as it is, by scale mode
                      cagrad      over 1 + c, for c of 0.4 and 0.8
                      mgda        as it is; norm: of gradients of length 1, times the mean of the lengths
                      nash        weights of mean 1
                      pcgrad      the sum over the number of tasks; for 2 tasks, where it is not random
    famo          four steps of two and three tasks: losses before and after each, and the factors, which are the
                  coefficients of the paper's algorithm (log losses by softmax weights, which Adam with weight decay learns
                  from the change of the log losses) times the number of tasks

TorchJD's Nash-MTL follows the authors' code, which stops early, and keeps to its start where the sum of the gradients
conflicts with one of them. So G x = 1 / x is solved by scipy here, and TorchJD must agree to 1 % from gradients of
length 1, which have the same solution (it does to 3e-9). Its MGDA is given as many steps as it needs.

Needs torch, scipy, and torchjd with what its CAGrad and NashMTL need (cvxpy, clarabel, ecos). The output is the same at
each run with the same versions.
"""
import json
import re
import sys
from pathlib import Path

import numpy as np
import torch
from scipy.optimize import root
from torchjd.aggregation import MGDA, AlignedMTL, CAGrad, NashMTL, PCGrad

torch.set_default_dtype(torch.float64)


def gradients(tasks, seed):
    """Random ones with a common part, the last against it, and norms from 0.3 to 3."""
    torch.manual_seed(seed)
    common = torch.randn(16)
    rows = torch.randn(tasks, 16) + 0.5 * common
    rows[-1] -= common
    return torch.round(rows * torch.linspace(0.3, 3, tasks).unsqueeze(1) / 4, decimals=4)


def nash(rows):
    gram = (rows @ rows.T).numpy()
    norms = np.sqrt(np.diag(gram))
    cosines = gram / np.outer(norms, norms)
    # Solved for log x, so that x stays positive.
    found = root(lambda y: cosines @ np.exp(y) - np.exp(-y), np.zeros(len(gram)), tol=1e-13)
    assert found.success and np.abs(found.fun).max() < 1e-10, found
    x = torch.tensor(np.exp(found.x) / norms)
    direction = rows.T @ (x / x.sum())
    units = rows / rows.norm(dim=1, keepdim=True)
    weights = NashMTL(n_tasks=len(rows), optim_niter=100).weighting(units) / rows.norm(dim=1)
    peer = rows.T @ (weights / weights.sum())
    error = ((peer - direction).norm() / direction.norm()).item()
    print(f"nash of {len(rows)}: TorchJD's is {error:.1e} from the solution")
    assert error < 0.01
    return direction


def directions(tasks, seed):
    rows = gradients(tasks, seed)
    norms = rows.norm(dim=1)
    exact = dict(epsilon=1e-12, max_iters=200_000)
    methods = {
        "aligned": AlignedMTL()(rows),
        "aligned scale=median": AlignedMTL(scale_mode="median")(rows),
        "aligned scale=rmse": AlignedMTL(scale_mode="rmse")(rows),
        "cagrad c=0.4": CAGrad(c=0.4, norm_eps=1e-12)(rows) / 1.4,
        "cagrad c=0.8": CAGrad(c=0.8, norm_eps=1e-12)(rows) / 1.8,
        "mgda": MGDA(**exact)(rows),
        "mgda normalize=norm": MGDA(**exact)(rows / norms.unsqueeze(1)) * norms.mean(),
        "nash": nash(rows),
    }
    if tasks == 2:
        methods["pcgrad"] = PCGrad()(rows) / 2
    return {"gradients": rows.tolist(), "methods": {name: value.tolist() for name, value in methods.items()}}


def famo(tasks, seed):
    torch.manual_seed(seed)
    w = torch.zeros(tasks, requires_grad=True)
    adam = torch.optim.Adam([w], lr=0.025, weight_decay=0.001)
    steps = []
    losses = torch.rand(tasks) + 0.5
    for _ in range(4):
        z = torch.softmax(w, 0)
        coefficients = (z / losses) / (z / losses).sum()
        after = losses * (0.7 + 0.4 * torch.rand(tasks))
        adam.zero_grad()
        (z * (losses.log() - after.log())).sum().backward()
        adam.step()
        steps.append({"before": losses.tolist(), "after": after.tolist(),
                      "factors": (tasks * coefficients).tolist()})
        losses = after * (0.9 + 0.2 * torch.rand(tasks))
    return steps


def main():
    out = {"directions": [directions(tasks, seed) for tasks, seed in [(2, 1), (3, 2), (8, 3)]],
           "famo": [famo(2, 4), famo(3, 5)]}
    # A vector a line.
    text = re.sub(r"\s+(?=[-\d])|(?<=\d)\s+(?=])", " ", json.dumps(out, indent=1))
    Path(sys.argv[1], "balancers.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

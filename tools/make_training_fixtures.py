"""Makes the reference numbers that the tests of learning hold gradients and the optimiser to.

    python make_training_fixtures.py BACKBONES OUT

BACKBONES is the folder that make_backbone_fixtures.py made. Writes to OUT:

    bert_gradients.json     the tiny BERT's gradients of sum(cos(0.1 i) * states[i] * mask) over the elements i of its last
                            hidden states, for the first case of its reference.json with padding: per weight the norm, and
                            some elements by their flat index
    adamw.json              five steps of clip_grad_norm_ and torch.optim.AdamW over two groups, one with decay at the full
                            rate and one without decay at three times the rate

Needs torch, transformers. The output is the same at each run with the same versions.
"""
import json
import sys
from pathlib import Path

import torch
from transformers import AutoModel


def bert_gradients(folder):
    reference = json.loads((folder / "reference.json").read_text())
    case = next(case for case in reference["cases"] if any(0 in row for row in case["attention_mask"]))
    model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    ids, mask, types = (torch.tensor(case[key]) for key in ("input_ids", "attention_mask", "token_type_ids"))
    states = model(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
    pattern = torch.cos(0.1 * torch.arange(states.numel(), dtype=torch.float64)).float().reshape(states.shape)
    loss = (states * pattern * mask.unsqueeze(-1)).sum()
    loss.backward()
    gradients = {}
    for name, parameter in model.named_parameters():
        if name.startswith("pooler."):
            continue
        flat = parameter.grad.flatten()
        at = sorted({int(i) for i in torch.linspace(0, flat.numel() - 1, 12)})
        gradients[name] = {
            "norm": flat.norm().item(),
            "elements": {str(i): flat[i].item() for i in at},
        }
    return {"case": case["name"], "loss": loss.item(), "gradients": gradients}


def adamw():
    torch.manual_seed(5)
    weight = torch.nn.Parameter(torch.randn(3, 4))
    bias = torch.nn.Parameter(torch.randn(5))
    optimizer = torch.optim.AdamW(
        [{"params": [weight], "weight_decay": 0.1}, {"params": [bias], "weight_decay": 0.0}],
        lr=0.0, betas=(0.9, 0.999), eps=1e-8)
    result = {"decay": 0.1, "clip": 2.0, "weight": weight.detach().flatten().tolist(), "bias": bias.tolist(), "steps": []}
    for rate, size in [(0.01, 0.1), (0.02, 3.0), (0.015, 1.0), (0.01, 0.3), (0.005, 10.0)]:
        weight.grad, bias.grad = size * torch.randn(3, 4), size * torch.randn(5)
        step = {"rate": rate, "weight_gradient": weight.grad.flatten().tolist(), "bias_gradient": bias.grad.tolist()}
        step["norm"] = torch.nn.utils.clip_grad_norm_([weight, bias], 2.0).item()
        optimizer.param_groups[0]["lr"], optimizer.param_groups[1]["lr"] = rate, 3 * rate
        optimizer.step()
        step["weight"], step["bias"] = weight.detach().flatten().tolist(), bias.detach().tolist()
        result["steps"].append(step)
    return result


def main():
    backbones, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for name, content in [("bert_gradients", bert_gradients(backbones / "bert")), ("adamw", adamw())]:
        (out / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")


main()

"""Makes the reference values of ways of pooling, with transformers and numpy, on the tiny backbones of the tests.

    python make_pooling_fixtures.py core/src/test/resources/backbones core/src/test/resources/poolings

writes OUT/NAME.json for each backbone in the first folder: the token ids and the mask of its case "padded", and what

    first-last           the mean over tokens of the mean of the first layer's and the last layer's states
    diagonal-attention   sum(A_ii h_i) / sum(A_ii), for the attention probabilities A of a head
    whitening            (m - mean) U L^(-1/2) for the first-last means m of these rows and the covariance of all texts

give for them. Whitening is defined up to the sign of each number, so its first nonzero row is made positive.

Needs torch, transformers, numpy. The output is the same at each run with the same versions.
"""
import json
import sys
from pathlib import Path

import numpy
import torch
from transformers import AutoModel, AutoTokenizer

from make_backbone_fixtures import CORPUS

HEADS = [(1, 3), (2, 1)]
KEPT = 4


def passed(model, batch):
    with torch.no_grad():
        out = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], output_hidden_states=True,
                    output_attentions=True)
    return out, batch["attention_mask"].unsqueeze(-1).float()


def first_last(out, mask):
    states = (out.hidden_states[1] + out.last_hidden_state) / 2
    return ((states * mask).sum(1) / mask.sum(1)).numpy()


def diagonal(out, mask, layer, head):
    own = torch.diagonal(out.attentions[layer - 1][:, head - 1], dim1=-2, dim2=-1).unsqueeze(-1) * mask
    return ((out.last_hidden_state * own).sum(1) / own.sum(1)).numpy()


def rounded(array):
    return [[round(float(x), 6) for x in row] for row in array]


def main(folder, out_folder):
    out_folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.iterdir()):
        model = AutoModel.from_pretrained(path, attn_implementation="eager").eval()
        tokenizer = AutoTokenizer.from_pretrained(path)
        case = next(c for c in json.loads((path / "reference.json").read_text())["cases"] if c["name"] == "padded")
        batch = {key: torch.tensor(case[key]) for key in ("input_ids", "attention_mask")}
        out, mask = passed(model, batch)
        reference = {"input_ids": case["input_ids"], "attention_mask": case["attention_mask"],
                     "first-last": rounded(first_last(out, mask))}
        reference["diagonal-attention"] = [
            {"layer": layer, "head": head, "vectors": rounded(diagonal(out, mask, layer, head))}
            for layer, head in HEADS]
        if path.name == "bert":
            reference["whitening"] = whitening(model, tokenizer, out, mask)
        (out_folder / (path.name + ".json")).write_text(json.dumps(reference) + "\n")


def whitening(model, tokenizer, out, mask):
    means = []
    for text in CORPUS:
        own, own_mask = passed(model, tokenizer([text], truncation=True, max_length=40, return_tensors="pt"))
        means.append(first_last(own, own_mask)[0])
    means = numpy.asarray(means, dtype=numpy.float64)
    mean = means.mean(0)
    covariance = (means - mean).T @ (means - mean) / len(means)
    u, s, _ = numpy.linalg.svd(covariance)
    matrix = (u / numpy.sqrt(s))[:, :KEPT]
    matrix = matrix * numpy.sign(matrix[0])
    return {"texts": CORPUS, "dimensions": KEPT, "mean": [round(float(x), 7) for x in mean],
            "matrix": [[round(float(x), 5) for x in row] for row in matrix],
            "vectors": [[round(float(x), 4) for x in row] for row in (first_last(out, mask) - mean) @ matrix]}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

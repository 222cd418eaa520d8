"""Makes the reference numbers that context-oriented beginnings of low-rank updates are held to.

    python make_corda_fixture.py BACKBONES OUT

BACKBONES is the folder that make_backbone_fixtures.py made. Writes OUT/corda.json: for the tiny BERT, the texts of a context;
and for some modules and both methods of CordaConfig, ipm (instruction-previewed) and kpm (knowledge-preserved), the factors
lora_A and lora_B that peft's preprocess_corda and get_peft_model begin with.

peft divides what a module reads of a text by its largest number, so that each text counts otherwise. Here the covariances
are those of all tokens alike, x x^T summed over tokens and divided by their number, and given to peft as its
covariance_file.

Needs torch, transformers, peft, attrs. The output is the same at each run with the same versions.
"""
import json
import sys
import tempfile
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from peft.tuners.lora.config import CordaConfig
from peft.tuners.lora.corda import preprocess_corda
from transformers import AutoModel, AutoTokenizer

MODULES = ["encoder.layer.0.attention.self.query", "encoder.layer.1.attention.self.value",
           "encoder.layer.0.intermediate.dense", "encoder.layer.1.output.dense"]
RANK, ALPHA = 4, 6
TEXTS = ["Where is my refund?", "The train to Paris leaves at seven in the morning.", "Water",
         "How do I change the address on my account?", "Cats sleep most of the day.", "the bank was slow again",
         "A film about a train that never arrives", "Price of a battery in Madrid", "No, thanks", "1 2 3 4 5 6 7 8"]


def covariances(model, tokenizer):
    """One text a pass, so that there is no padding."""
    sums = {name: 0 for name in MODULES}
    handles = [model.get_submodule(name).register_forward_hook(hook(sums, name)) for name in MODULES]
    tokens = 0
    for text in TEXTS:
        inputs = tokenizer(text, return_tensors="pt", truncation=True, max_length=40)
        tokens += inputs["input_ids"].numel()
        model(**inputs)
    for handle in handles:
        handle.remove()
    return {name: total / tokens for name, total in sums.items()}


def hook(sums, name):
    def add(module, inputs, output):
        x = inputs[0].squeeze(0).double()
        sums[name] = sums[name] + x.T @ x
    return add


def factors(folder, method, file):
    model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=MODULES, init_lora_weights="corda",
                        corda_config=CordaConfig(corda_method=method, covariance_file=file))
    preprocess_corda(model, config)
    adapted = get_peft_model(model, config).base_model.model
    result = {}
    for name in MODULES:
        module = adapted.get_submodule(name)
        result[name] = {"lora_A": rounded(module.lora_A["default"].weight), "lora_B": rounded(module.lora_B["default"].weight)}
    return result


def rounded(matrix):
    return [[float(f"{value:.7g}") for value in row] for row in matrix.tolist()]


@torch.no_grad()
def main(backbones, out):
    folder = backbones / "bert"
    model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    found = covariances(model, AutoTokenizer.from_pretrained(folder))
    with tempfile.TemporaryDirectory() as temporary:
        file = str(Path(temporary) / "covariances")
        torch.save({name: total.float() for name, total in found.items()}, file)
        methods = {method: factors(folder, method, file) for method in ("ipm", "kpm")}
    diagonals = {name: [float(f"{value:.7g}") for value in total.diagonal().tolist()] for name, total in found.items()}
    kept = {"rank": RANK, "alpha": ALPHA, "texts": TEXTS, "covariance_diagonals": diagonals, "methods": methods}
    (out / "corda.json").write_text(json.dumps(kept) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

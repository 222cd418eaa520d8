"""Makes low-rank updates with peft on the tiny backbones, and what transformers computes with them.

    python make_peft_fixtures.py BACKBONES OUT

BACKBONES is the folder that make_backbone_fixtures.py made. Writes for NAME in bert, modernbert

    OUT/NAME/adapter_config.json, adapter_model.safetensors     a LORA as save_pretrained writes it, every factor random
    OUT/NAME/reference.json                                     for the case "padded" of the backbone's reference.json:
                                                                texts, attention_mask and last_hidden_state

and OUT/bert-classifier/, the same for a BertForSequenceClassification, whose head stands beside the update.

Needs torch, transformers, peft. The output is the same at each run with the same versions.
"""
import json
import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModel, AutoModelForSequenceClassification
from transformers.utils import logging

# BERT's "output.dense" is also how "attention.output.dense" ends: the first takes both, the second only one.
TARGETS = {
    "bert": dict(r=3, lora_alpha=5, target_modules=["query", "attention.output.dense", "intermediate.dense"]),
    "modernbert": dict(r=4, lora_alpha=6, target_modules=["Wqkv", "mlp.Wo"], use_rslora=True),
    "bert-classifier": dict(r=2, lora_alpha=7, target_modules=["value", "output.dense"], task_type="SEQ_CLS"),
}


def fixture(folder, out, settings):
    torch.manual_seed(1)
    reference = json.loads((folder / "reference.json").read_text())
    case = next(case for case in reference["cases"] if case["name"] == "padded")
    kind = AutoModelForSequenceClassification if settings.get("task_type") == "SEQ_CLS" else AutoModel
    model = get_peft_model(kind.from_pretrained(folder, attn_implementation="eager"),
                           LoraConfig(lora_dropout=0.1, **settings)).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if ".lora_" in name:
                parameter.normal_(std=0.3)
        inputs = {key: torch.tensor(case[key]) for key in case if key in ("input_ids", "attention_mask", "token_type_ids")}
        output = model(output_hidden_states=True, **inputs)
        states = output.last_hidden_state if kind is AutoModel else output.hidden_states[-1]
        plain = torch.tensor(case["last_hidden_state"])
        print(f"{out.name}: the update changes hidden states by up to {(states - plain).abs().max():.2f}")
    model.peft_config["default"].base_model_name_or_path = folder.name
    model.save_pretrained(out, save_embedding_layers=False)
    (out / "README.md").unlink()
    config = json.loads((out / "adapter_config.json").read_text())
    config["target_modules"].sort()  # peft has a set of them
    (out / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n")
    kept = {"texts": case["texts"], "attention_mask": case["attention_mask"],
            "last_hidden_state": [[[round(value, 6) for value in token] for token in row] for row in states.tolist()]}
    (out / "reference.json").write_text(json.dumps(kept, indent=None) + "\n")


def main(backbones, out):
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    for name, settings in TARGETS.items():
        fixture(backbones / name.removesuffix("-classifier"), out / name, settings)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""Checks that the adapters of a Polymath model folder open in peft, and that its serving graph computes the same.

    python check_peft.py MODEL

For each task whose part is lora: loads MODEL with AutoModel and MODEL/adapters/TASK with PeftModel.from_pretrained, and
compares last_hidden_state with MODEL/onnx/trunk.GROUP.onnx in ONNX Runtime where attention_mask is 1. The graph reads the
tasks' own weights as inputs; here they come from the files that peft reads. One more pass has a row of each task. Exits 1
if there is no such task, if peft takes other modules than there are arrays for, if an update changes nothing, or if the
largest difference is above 1e-4.

Needs torch, transformers, peft, onnxruntime, safetensors.
"""
import copy
import json
import string
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from check_transformers import TEXTS, encode, load
from peft import PeftModel
from safetensors.numpy import load_file

LIMIT = 1e-4
BERT = {"attention.query": "attention.self.query", "attention.key": "attention.self.key",
        "attention.value": "attention.self.value", "attention.output": "attention.output.dense",
        "ffn.in": "intermediate.dense", "ffn.out": "output.dense"}
MODULES = {
    "bert": ("encoder.layer.", BERT),
    "roberta": ("encoder.layer.", BERT),
    "xlm-roberta": ("encoder.layer.", BERT),
    "mpnet": ("encoder.layer.", {**BERT, "attention.query": "attention.attn.q", "attention.key": "attention.attn.k",
                                 "attention.value": "attention.attn.v", "attention.output": "attention.attn.o"}),
    "distilbert": ("transformer.layer.", {
        "attention.query": "attention.q_lin", "attention.key": "attention.k_lin", "attention.value": "attention.v_lin",
        "attention.output": "attention.out_lin", "ffn.in": "ffn.lin1", "ffn.out": "ffn.lin2"}),
    "modernbert": ("layers.", {"attention.output": "attn.Wo", "ffn.in": "mlp.Wi", "ffn.out": "mlp.Wo"}),
}


def stored_name(own, kind):
    """layer.3.attention.query.down -> base_model.model.encoder.layer.3.attention.self.query.lora_A.weight"""
    _, layer, site = own.split(".", 2)
    site, factor = site.rsplit(".", 1)
    layers, names = MODULES[kind]
    return f"base_model.model.{layers}{layer}.{names[site]}.lora_{'A' if factor == 'down' else 'B'}.weight"


def own(file, name, part, kind):
    """With "init: corda" a stored factor is that which is learned and behind it, up negated, that which it began with."""
    began = ".from." in name
    factor = file[stored_name(name.replace(".from.", "."), kind)].T
    if part.get("init") != "corda":
        return factor
    axis = 1 if name.endswith(".down") else 0
    learned, fixed = np.split(factor, 2, axis=axis)
    return learned if not began else fixed if axis == 1 else -fixed


def graph_states(folder, group, kind, columns, tasks):
    """What the group's graph gives where each row is of the task at that position."""
    session = onnxruntime.InferenceSession(str(folder / "onnx" / f"trunk.{group['name']}.onnx"),
                                           providers=["CPUExecutionProvider"])
    files = [load_file(adapter(folder, task) / "adapter_model.safetensors") for task in group["tasks"]]
    inputs = {**columns, "tasks": np.array(tasks, np.int64)}
    feed = {}
    for wanted in (i.name for i in session.get_inputs()):
        if wanted.startswith("own."):
            feed[wanted] = np.stack([own(file, wanted[4:], group["part"], kind) for file in files])
        else:
            feed[wanted] = inputs[wanted]
    return session.run(["last_hidden_state"], feed)[0]


def adapter(folder, task):
    """Its folder; other characters than these stand as %XX there."""
    plain = string.ascii_letters + string.digits + "_-"
    return folder / "adapters" / "".join(chr(b) if chr(b) in plain else f"%{b:02X}" for b in task.encode())


def peft_states(base, folder, task, accepted):
    """peft's states, those without the update, and whether peft updates exactly the modules that there are arrays for."""
    with torch.no_grad():
        plain = base(**accepted).last_hidden_state.numpy()
        model = PeftModel.from_pretrained(copy.deepcopy(base), adapter(folder, task)).eval()
        states = model(**accepted).last_hidden_state.numpy()
    expected = set(load_file(adapter(folder, task) / "adapter_model.safetensors"))
    found = {name.replace(".default.", ".") for name, _ in model.named_parameters() if ".lora_" in name}
    return states, plain, expected == found


def main(folder):
    manifest = json.loads((folder / "polymath.json").read_text(encoding="utf-8"))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    base, _ = load(folder)
    encodings, _ = encode(folder)
    columns = {"input_ids": np.array([e.ids for e in encodings], np.int64),
               "attention_mask": np.array([e.attention_mask for e in encodings], np.int64),
               "token_type_ids": np.array([e.type_ids for e in encodings], np.int64)}
    accepted = {name: torch.tensor(rows) for name, rows in columns.items()
                if name != "token_type_ids" or config.get("type_vocab_size", 0) > 1}
    real = columns["attention_mask"] == 1
    good, seen = True, 0
    for group in (g for g in manifest["sharing"] if g["part"]["type"] == "lora"):
        by_task = []
        for position, task in enumerate(group["tasks"]):
            states, plain, same_modules = peft_states(base, folder, task, accepted)
            served = graph_states(folder, group, config["model_type"], columns, [position] * len(TEXTS))
            worst = np.abs(served - states)[real].max()
            change = np.abs(states - plain)[real].max()
            print(f"{task}: max abs difference {worst:.2e} (limit {LIMIT:.0e}); the update changes states by {change:.2e}"
                  f"; modules {'the same' if same_modules else 'DIFFER'}")
            good = good and worst <= LIMIT and change > 10 * LIMIT and same_modules
            by_task.append(states)
            seen += 1
        rows = [row % len(by_task) for row in range(len(TEXTS))]
        served = graph_states(folder, group, config["model_type"], columns, rows)
        mixed = np.stack([by_task[task][row] for row, task in enumerate(rows)])
        worst = np.abs(served - mixed)[real].max()
        print(f"{group['name']}, rows of tasks {rows}: max abs difference {worst:.2e}")
        good = good and worst <= LIMIT
    print(f"{seen} tasks")
    return 0 if good and seen else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

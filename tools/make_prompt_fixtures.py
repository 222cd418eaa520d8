"""Makes a prompt with peft for each tiny backbone, and what peft computes with it.

    python make_prompt_fixtures.py BACKBONES OUT

reads BACKBONES/NAME/ as make_backbone_fixtures.py writes them, and writes OUT/NAME/:

    adapter_config.json, adapter_model.safetensors     a PROMPT_TUNING adapter, as peft's save_pretrained writes it
    reference.json                                     cases: input_ids, attention_mask, perhaps token_type_ids, and
                                                       last_hidden_state of the text's tokens alone

Cases are those of the backbone that have room for the prompt. Pairs whose segments the backbone tells apart are computed
by peft's model for sequence classification: the one for feature extraction leaves segments out.

    python make_prompt_fixtures.py --check MODEL

opens each prompt of a model folder in peft, on the backbone in that folder, and compares the states with those of the
folder's own graph, which onnxruntime runs. Needs torch, transformers, peft; for --check numpy and onnxruntime too.
"""
import json
import re
import sys
import tempfile
from pathlib import Path

import torch
from peft import PeftModel, PromptTuningConfig, get_peft_model
from transformers import AutoModel, AutoModelForSequenceClassification
from transformers.utils import logging

TOKENS = 5


def prompted(folder, prompt, classifies):
    kind = AutoModelForSequenceClassification if classifies else AutoModel
    base = kind.from_pretrained(folder, attn_implementation="eager")
    sizes = base.config
    config = PromptTuningConfig(  # peft does not find DistilBERT's sizes by itself
        task_type="SEQ_CLS" if classifies else "FEATURE_EXTRACTION", num_virtual_tokens=TOKENS,
        token_dim=sizes.hidden_size, num_layers=sizes.num_hidden_layers,
        num_attention_heads=sizes.num_attention_heads)
    model = get_peft_model(base, config).eval()
    with torch.no_grad():
        model.prompt_encoder["default"].embedding.weight.copy_(prompt)
    return model


def states(model, inputs):
    """The last hidden states of the text's tokens."""
    with torch.no_grad():
        output = model(**{k: torch.tensor(v) for k, v in inputs.items()}, output_hidden_states=True)
    return output.hidden_states[-1][:, TOKENS:]


def make(folder, out, seed):
    reference = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    width = config.get("hidden_size", config.get("dim"))
    prompt = 0.5 * torch.randn(TOKENS, width, generator=torch.Generator().manual_seed(seed))
    plain = prompted(folder, prompt, False)
    cases = []
    for case in reference["cases"]:
        inputs = {k: case[k] for k in ("input_ids", "attention_mask", "token_type_ids") if k in case}
        if len(inputs["input_ids"][0]) + TOKENS > reference["max_tokens"]:
            continue
        pairs = any(any(row) for row in inputs.get("token_type_ids", []))
        hidden = states(prompted(folder, prompt, True) if pairs else plain, inputs)
        assert hidden.shape[1] == len(inputs["input_ids"][0])
        rounded = [[[round(x, 7) for x in token] for token in row] for row in hidden.tolist()]
        cases.append({"name": case["name"], **inputs, "last_hidden_state": rounded})
    plain.peft_config["default"].base_model_name_or_path = folder.name
    with tempfile.TemporaryDirectory() as saved:
        plain.save_pretrained(saved)
        out.mkdir(parents=True, exist_ok=True)
        for file in ("adapter_config.json", "adapter_model.safetensors"):
            (out / file).write_bytes((Path(saved) / file).read_bytes())
    (out / "reference.json").write_text(json.dumps({"cases": cases}, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{folder.name}: {[c['name'] for c in cases]}")


def check(folder):
    import numpy as np
    import onnxruntime
    from safetensors.numpy import load_file


    checked = 0
    worst = 0.0
    for adapter in sorted((folder / "adapters").iterdir()):
        config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
        if config.get("peft_type") != "PROMPT_TUNING":
            continue
        base = AutoModel.from_pretrained(folder, attn_implementation="eager")
        model = PeftModel.from_pretrained(base, adapter).eval()
        tokens = config["num_virtual_tokens"]
        vocabulary, room = model.config.vocab_size, model.config.max_position_embeddings - tokens - 2
        generator = np.random.default_rng(7)
        ids = generator.integers(5, min(vocabulary, 20000), (3, min(12, room)))
        mask = np.ones_like(ids)
        ids[1, 7:], mask[1, 7:] = 0, 0
        with torch.no_grad():
            output = model(input_ids=torch.tensor(ids), attention_mask=torch.tensor(mask))
        expected = output.last_hidden_state[:, tokens:].numpy()
        prompt = load_file(adapter / "adapter_model.safetensors")["prompt_embeddings"]
        for graph in sorted((folder / "onnx").iterdir()):
            if not re.fullmatch(r"trunk\.prompt(-\d+)?\.onnx", graph.name):
                continue
            session = onnxruntime.InferenceSession(graph)
            shape = {i.name: i.shape for i in session.get_inputs()}
            if shape["own.prompt"][1] != tokens:
                continue
            feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids),
                    "tasks": np.zeros(3, np.int64), "own.prompt": prompt[None]}
            actual = session.run(None, {k: v for k, v in feed.items() if k in shape})[0]
            difference = np.abs(actual - expected)[mask == 1].max()
            worst = max(worst, difference)
            checked += 1
            print(f"{adapter.name} in {graph.name}: largest difference to peft {difference:.1e}")
    assert checked and worst < 1e-4, (folder, checked, worst)


if __name__ == "__main__":
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    if sys.argv[1] == "--check":
        check(Path(sys.argv[2]))
    else:
        for number, backbone in enumerate(sorted(p for p in Path(sys.argv[1]).iterdir() if p.is_dir())):
            make(backbone, Path(sys.argv[2]) / backbone.name, seed=300 + number)

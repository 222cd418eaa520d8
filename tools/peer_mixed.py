"""How fast peft reads batches whose rows belong each to a LoRA of its own: the peer of `bench mixed`.

    python peer_mixed.py --backbone FOLDER [--tasks 32] [--tokens 64] [--rank 8] [--rounds 5] [--threads 0] [--bf16]

FOLDER is a backbone in Hugging Face layout (minilm_to_hf.py writes one). Adapters are on queries and values. Three ways to
read one row of each task, in turns: all rows by one adapter; each row by its own (peft's mixed-adapter path,
`adapter_names`); and a pass for each row. No gradients: peft's mixed path is for reading alone. Prints one JSON line with
tokens a second of each.

Needs torch, transformers, peft.
"""
import argparse
import json
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModel


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--tasks", type=int, default=32)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--bf16", action="store_true")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    config = LoraConfig(r=arguments.rank, lora_alpha=16, target_modules=["query", "value"], init_lora_weights=False)
    names = [f"task{i}" for i in range(arguments.tasks)]
    model = get_peft_model(AutoModel.from_pretrained(arguments.backbone), config, adapter_name=names[0])
    for name in names[1:]:
        model.add_adapter(name, config)
    model.eval()
    rows = arguments.tasks
    ids = torch.randint(1000, 20000, (rows, arguments.tokens), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)

    def one():
        model.set_adapter(names[0])
        model(input_ids=ids, attention_mask=mask)

    def mixed():
        model(input_ids=ids, attention_mask=mask, adapter_names=names)

    def looped():
        for row, name in enumerate(names):
            model.set_adapter(name)
            model(input_ids=ids[row:row + 1], attention_mask=mask[row:row + 1])

    ways = {"one task": one, "a task a row": mixed, "a task a row, a pass a task": looped}
    seconds = dict.fromkeys(ways, 0.0)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=arguments.bf16):
        for turn in range(-1, arguments.rounds):
            for way, run in ways.items():
                start = time.perf_counter()
                run()
                if turn >= 0:
                    seconds[way] += time.perf_counter() - start
    tokens = arguments.rounds * rows * arguments.tokens
    print(json.dumps({way: tokens / taken for way, taken in seconds.items()}))


if __name__ == "__main__":
    main()

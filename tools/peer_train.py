"""How fast transformers and PyTorch train the suite's tasks on this machine: the peer of the training benchmark.

    python peer_train.py --suite SUITE --backbone FOLDER [--steps 20] [--tasks topic,entities]

SUITE is a folder with suite.yaml, FOLDER a backbone in Hugging Face layout (minilm_to_hf.py writes one). Every task
gets its own model, trained as in the suite's BASELINE.md: all weights, bf16 autocast, batches of 32 rows padded to the
longest, at most 256 tokens, AdamW 1e-4 (multilabel 3e-4), weight decay 0.01, warm-up 6 % and linear decay, gradient
norm clipped at 1, the library's own heads. Each task runs 3 steps unmeasured, then --steps steps that count.
Tokenization comes before and does not count; padding does. Prints one JSON line; a real token is one that
attention_mask marks. Per-task figures go to stderr.

Needs torch, transformers, PyYAML.
"""
import argparse
import csv
import json
import sys
import time
from pathlib import Path

import torch
import transformers
import yaml
from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification, AutoTokenizer

ROWS, MAX_TOKENS, UNMEASURED, SEED = 32, 256, 3, 13
PROBLEMS = {"classify": "single_label_classification", "ordinal": "single_label_classification",
            "multilabel": "multi_label_classification", "regress": "regression"}


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_conll(path, token, label):
    """Sentences of (tokens, tags)."""
    sentences = path.read_text(encoding="utf-8").strip().split("\n\n")
    columns = [[line.split() for line in sentence.splitlines() if line.strip()] for sentence in sentences]
    return [([c[token] for c in rows], [c[label] for c in rows]) for rows in columns if rows]


def drawn(rows, count):
    """The first count rows of as many shuffles as that takes."""
    generator = torch.Generator().manual_seed(SEED)
    order = []
    while len(order) < count:
        order += torch.randperm(len(rows), generator=generator).tolist()
    return [rows[i] for i in order[:count]]


def tagging(task, path, tokenizer, count):
    """Encodings and label rows: the first piece of a word carries its tag, the others -100."""
    rows = read_conll(path, task["token"], task["label"])
    names = sorted({tag for _, tags in rows for tag in tags})
    rows = drawn(rows, count)
    encoded = tokenizer([tokens for tokens, _ in rows], is_split_into_words=True, truncation=True,
                        max_length=MAX_TOKENS)
    labels = []
    for i, (_, tags) in enumerate(rows):
        words = encoded.word_ids(i)
        first = [w is not None and w != before for before, w in zip([None] + words, words)]
        labels.append(torch.tensor([names.index(tags[w]) if f else -100 for w, f in zip(words, first)]))
    return encoded, labels, len(names)


def text_rows(task, path, tokenizer, count):
    rows = read_csv(path)
    kind, label, separator = task["type"], task["label"], task.get("separator")

    def parts(row):
        return [p for p in row[label].split(separator) if p] if kind == "multilabel" else [row[label]]

    names = sorted({p for row in rows for p in parts(row)})
    rows = drawn(rows, count)
    texts = [[row[task[k]] for row in rows] for k in ("text", "text2") if k in task]
    encoded = tokenizer(*texts, truncation=True, max_length=MAX_TOKENS)
    if kind == "regress":
        return encoded, [torch.tensor(float(row[label])) for row in rows], 1
    if kind == "multilabel":
        return encoded, [torch.tensor([float(n in parts(row)) for n in names]) for row in rows], len(names)
    return encoded, [torch.tensor(names.index(row[label])) for row in rows], len(names)


def batches(encoded, labels, tags):
    """Dicts of tensors, padded to the longest row of the batch."""
    def padded(rows, value):
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=value)

    columns = {name: [torch.tensor(row) for row in encoded[name]] for name in encoded}
    for start in range(0, len(labels), ROWS):
        part = slice(start, start + ROWS)
        batch = {name: padded(rows[part], 0) for name, rows in columns.items()}  # the backbone's [PAD] is 0
        batch["labels"] = padded(labels[part], -100) if tags else torch.stack(labels[part])
        yield batch


def train(task, suite, backbone, tokenizer, steps, attention):
    """Real tokens and seconds of the measured steps, and the last loss."""
    torch.manual_seed(SEED)
    tags = task["type"] == "tag"
    total = UNMEASURED + steps
    encoded, labels, classes = (tagging if tags else text_rows)(task, suite / task["train"], tokenizer, ROWS * total)
    settings = {} if tags else {"problem_type": PROBLEMS[task["type"]]}
    kind = AutoModelForTokenClassification if tags else AutoModelForSequenceClassification
    model = kind.from_pretrained(backbone, num_labels=classes, attn_implementation=attention, **settings).train()
    rate = 3e-4 if task["type"] == "multilabel" else 1e-4
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, round(0.06 * total), total)
    tokens, began = 0, 0.0
    for step, batch in enumerate(batches(encoded, labels, tags)):
        if step == UNMEASURED:
            tokens, began = 0, time.perf_counter()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        tokens += int(batch["attention_mask"].sum())
    return tokens, time.perf_counter() - began, loss.item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--suite", type=Path, required=True)
    parser.add_argument("--backbone", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=20, help="measured steps a task")
    parser.add_argument("--tasks", help="comma-separated; all by default")
    parser.add_argument("--threads", type=int, help="PyTorch's choice by default")
    parser.add_argument("--attention", default="sdpa", choices=["sdpa", "eager"], help="sdpa is transformers' default")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    tasks = yaml.safe_load((options.suite / "suite.yaml").read_text(encoding="utf-8"))["tasks"]
    tokenizer = AutoTokenizer.from_pretrained(options.backbone)
    tokens = seconds = 0
    for name in options.tasks.split(",") if options.tasks else tasks:
        task_tokens, task_seconds, loss = train(tasks[name], options.suite, options.backbone, tokenizer, options.steps,
                                                options.attention)
        print(f"{name}: {task_tokens} tokens, {task_tokens / task_seconds:.0f} a second, last loss {loss:.3f}",
              file=sys.stderr, flush=True)
        tokens += task_tokens
        seconds += task_seconds
    print(json.dumps({
        "real_tokens": tokens, "seconds": round(seconds, 3), "tokens_per_second": round(tokens / seconds, 1),
        "torch": torch.__version__, "transformers": transformers.__version__, "threads": torch.get_num_threads(),
        "attention": options.attention}))


if __name__ == "__main__":
    main()

"""Cuts the tasks of a suite folder to some rows each, so that a comparison takes minutes.

    python3 tools/cut_suite.py SUITE OUT [--train 400 --dev 200 --test 1000]

Rows are shuffled by a fixed seed; of rows to learn from, one of each label comes first, so that none is unknown. Collections
(folders with a corpus.jsonl) are left out: they are read where they are.
"""

import argparse
import csv
import pathlib
import random

SEED = 7


def rows_of(file):
    with open(file, encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    random.Random(SEED).shuffle(rows)
    return head, rows


def labels_first(head, rows):
    """One row of each label, then the others, in their order."""
    column = next((head.index(name) for name in ("label", "labels") if name in head), None)
    if column is None:
        return rows
    seen, first, rest = set(), [], []
    for row in rows:
        new = [label for label in row[column].split("|") if label not in seen]
        (first if new else rest).append(row)
        seen.update(new[:1])
    return first + rest


def sentences_of(file):
    sentences = [each for each in file.read_text(encoding="utf-8").split("\n\n") if each.strip()]
    random.Random(SEED).shuffle(sentences)
    return sentences


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("suite", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    for split, count in (("train", 400), ("dev", 200), ("test", 1000)):
        parser.add_argument(f"--{split}", type=int, default=count)
    arguments = parser.parse_args()
    for task in sorted(each for each in arguments.suite.iterdir() if each.is_dir()):
        for split in ("train", "dev", "test"):
            count = getattr(arguments, split)
            for file in task.glob(f"{split}.*"):
                target = arguments.out / task.name / file.name
                target.parent.mkdir(parents=True, exist_ok=True)
                if file.suffix == ".conll":
                    target.write_text("\n\n".join(sentences_of(file)[:count]) + "\n", encoding="utf-8")
                    continue
                head, rows = rows_of(file)
                if split == "train":
                    rows = labels_first(head, rows)
                with open(target, "w", encoding="utf-8", newline="") as lines:
                    csv.writer(lines).writerows([head] + rows[:count])


if __name__ == "__main__":
    main()

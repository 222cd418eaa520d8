"""Pairs of a passage's title or first sentence and the rest of it, from BEIR folders: unlabelled rows for a task of type embed.

    python3 tools/make_passage_pairs.py SUITE OUT [--sets covid_faq,med,cisi,time,lisa,npl --most 1500]

Writes OUT/pairs.train.jsonl and OUT/pairs.dev.jsonl, 128 rows. At most so many of each folder; texts of fewer than 3 words in
front or 8 behind are left out, and what is after the first 24 and 48. Queries and judgements are not read.
"""

import argparse
import json
import pathlib
import random
import re

SEED = 5
DEV = 128
FIRST, REST = 24, 48


def parts(passage):
    title, text = (passage.get("title") or "").strip(), passage.get("text", "").strip()
    if title:
        return title, text
    sentences = re.split(r"(?<=[.?!])\s+", text, maxsplit=1)
    return sentences if len(sentences) == 2 else ("", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("suite", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--sets", default="covid_faq,med,cisi,time,lisa,npl")
    parser.add_argument("--most", type=int, default=1500)
    arguments = parser.parse_args()
    order = random.Random(SEED)
    pairs = []
    for name in arguments.sets.split(","):
        lines = (arguments.suite / name / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
        passages = [json.loads(line) for line in lines]
        order.shuffle(passages)
        some = []
        for passage in passages:
            first, rest = (part.split() for part in parts(passage))
            if len(first) >= 3 and len(rest) >= 8 and len(some) < arguments.most:
                some.append({"text": " ".join(first[:FIRST]), "text2": " ".join(rest[:REST])})
        pairs += some
    order.shuffle(pairs)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for split, rows in (("train", pairs[:-DEV]), ("dev", pairs[-DEV:])):
        with open(arguments.out / f"pairs.{split}.jsonl", "w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in rows)


if __name__ == "__main__":
    main()

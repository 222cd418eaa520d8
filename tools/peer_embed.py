"""How fast sentence-transformers embeds: the peer of `bench embed`.

    echo bfloat16 | python peer_embed.py --pairs PAIRS.csv --backbone FOLDER

FOLDER is a backbone in Hugging Face layout (minilm_to_hf.py writes one); mean pooling, vectors of length 1, at most 256
tokens, batches of 32, as the published model has it. PAIRS.csv has columns a, b, score. Reads the type to compute in from
standard input: bfloat16 or float32. Prints one JSON line with sentences a second, after a warm-up, and the rank correlation
of the pairs' cosines with their scores.

Needs torch, sentence-transformers, scipy.
"""
import argparse
import csv
import json
import sys
import time

import torch
from scipy.stats import spearmanr
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Normalize, Pooling, Transformer


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", required=True)
    parser.add_argument("--backbone", required=True)
    arguments = parser.parse_args()
    with open(arguments.pairs, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    texts = [text for row in rows for text in (row["a"], row["b"])]
    words = Transformer(arguments.backbone, max_seq_length=256)
    pooling = Pooling(words.get_word_embedding_dimension(), pooling_mode="mean")
    model = SentenceTransformer(modules=[words, pooling, Normalize()], device="cpu")
    model = model.to(getattr(torch, sys.stdin.readline().strip()))
    model.encode(texts[:256])
    start = time.perf_counter()
    vectors = model.encode(texts, convert_to_tensor=True).float()
    seconds = time.perf_counter() - start
    cosines = (vectors[0::2] * vectors[1::2]).sum(-1).numpy()
    spearman = spearmanr(cosines, [float(row["score"]) for row in rows]).statistic
    print(json.dumps({"sentences_per_second": len(texts) / seconds, "spearman": float(spearman)}))


if __name__ == "__main__":
    main()

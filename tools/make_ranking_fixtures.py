"""Makes reference values of ranking metrics with trec_eval, in ranking.json.

    python make_ranking_fixtures.py OUT --trec-eval trec_eval

trec_eval is https://github.com/usnistgov/trec_eval, version 10 (the stored file: commit f4253652), compiled with `%.10f` in
place of `%6.4f` in meas_print_single.c and meas_print_final.c, so that it prints ten digits. `mrr_10` is its `recip_rank` with
`-M 10`. The mean is over all judged queries (`-c`).
"""
import argparse
import json
import random
import subprocess
import tempfile
from pathlib import Path

MEASURES = {"ndcg_cut_1": "ndcg_1", "ndcg_cut_10": "ndcg_10", "ndcg_cut_100": "ndcg_100", "map": "map",
            "recall_5": "recall_5", "recall_100": "recall_100", "P_5": "precision_5", "P_10": "precision_10"}


def printed(trec_eval, run, qrels, measures, *options):
    flags = [flag for measure in measures for flag in ("-m", measure)]
    out = subprocess.run([trec_eval, "-q", "-c", *options, *flags, qrels, run], capture_output=True, text=True, check=True)
    for line in out.stdout.splitlines():
        measure, query, value = line.split()
        yield measure, query, float(value)


def measured(trec_eval, run, qrels):
    """Metrics by query, and of `all`."""
    with tempfile.TemporaryDirectory() as folder:
        run_file, qrels_file = Path(folder, "run"), Path(folder, "qrels")
        run_file.write_text("".join(f"{query} Q0 {doc} 0 {score!r} x\n" for query, found in run.items()
                                    for doc, score in found), encoding="utf-8")
        qrels_file.write_text("".join(f"{query} 0 {doc} {grade}\n" for query, grades in qrels.items()
                                      for doc, grade in grades.items()), encoding="utf-8")
        values = {query: {} for query in [*qrels, "all"]}
        asked = ["ndcg_cut.1,10,100", "map", "recall.5,100", "P.5,10"]
        for measure, query, value in printed(trec_eval, run_file, qrels_file, asked):
            values[query][MEASURES[measure]] = value
        for _, query, value in printed(trec_eval, run_file, qrels_file, ["recip_rank"], "-M", "10"):
            values[query]["mrr_10"] = value
        return values


def drawn(random, queries, docs, found, grades, scores, name=lambda i: f"d{i}"):
    """A run and judgements; few distinct scores make many ties."""
    run, qrels = {}, {}
    for query in range(queries):
        judged = random.sample(range(docs), random.randint(1, min(docs, 15)))
        qrels[f"q{query}"] = {name(doc): random.choice(grades) for doc in judged}
        # Relevant ones are likelier to be found, as in a run that is worth measuring.
        pool = random.sample(range(docs), min(docs, found)) + [doc for doc in judged if random.random() < 0.7]
        run[f"q{query}"] = [(name(doc), random.choice(scores)) for doc in dict.fromkeys(pool)]
    return run, qrels


def cases(random):
    fine = [round(random.gauss(0, 3), 6) for _ in range(5000)]
    yield "few found, binary", drawn(random, 6, 40, 8, [0, 1], fine)
    yield "grades from -1 to 4", drawn(random, 6, 60, 30, [-1, 0, 1, 2, 4], fine)
    yield "three scores, so that ties decide", drawn(random, 8, 40, 25, [0, 1, 2], [0.5, 1.0, -2.0])
    yield "one score for all", drawn(random, 5, 30, 20, [0, 1], [1.0])
    yield "more than a hundred found", drawn(random, 4, 300, 160, [0, 1, 3], fine)
    yield "more than a hundred found, tied", drawn(random, 4, 300, 160, [0, 1, 3], [1.0, 2.0])
    yield "scores that differ in the ninth digit", drawn(random, 5, 30, 20, [0, 1], [0.123456781, 0.123456782])
    letters = ["a", "B", "é", "10", "9", "\ufffd", "\U00010000", "-", "zz", "Z", "ß", "\ue000", "日", "_", "~"]
    yield "ids in many scripts, tied", drawn(random, 6, len(letters), 12, [0, 1, 2], [1.0], letters.__getitem__)
    run, qrels = drawn(random, 6, 30, 10, [0, 1], fine)
    del run["q1"], run["q4"]
    qrels["q2"] = {doc: 0 for doc in qrels["q2"]}
    run["unjudged"] = [("d1", 1.0)]
    yield "queries without results, without relevant passages, and unjudged", (run, qrels)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--trec-eval", required=True)
    options = parser.parse_args()
    lines = []
    for name, (run, qrels) in cases(random.Random(13)):
        case = {"name": name, "run": run, "qrels": qrels, "values": measured(options.trec_eval, run, qrels)}
        lines.append(json.dumps(case, ensure_ascii=False, separators=(",", ":")))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "ranking.json").write_text('{"cases":[\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")

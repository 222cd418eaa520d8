"""Makes reference values of the metrics: scikit-learn's and SciPy's in metrics.json, conlleval's in conlleval.json.

    python make_metric_fixtures.py OUT [--conlleval conlleval.pl]

The entity counts are computed here by the rules of conlleval.pl (Erik Tjong Kim Sang, version 2004-01-26). With
--conlleval, that Perl script runs on every case too, and a count or a printed percentage that differs stops the run;
the stored file was made so. A value that is undefined (0 / 0) is null.
"""
import argparse
import collections
import json
import math
import re
import subprocess
import warnings
from pathlib import Path

import numpy as np
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score, mean_absolute_error


def number(value):
    return None if math.isnan(value) else float(value)


# ---- rows with one label, several labels, an order, a number

def noisy(random, gold, classes, right):
    """Predictions that agree with gold at the given rate and are drawn from classes elsewhere."""
    return [g if random.random() < right else str(random.choice(classes)) for g in gold]


def classify(name, gold, predicted):
    return {"name": name, "gold": gold, "predicted": predicted, "accuracy": accuracy_score(gold, predicted),
            "macro_f1": f1_score(gold, predicted, average="macro", zero_division=0)}


def classify_cases(random):
    names = ["refund", "delivery", "account", "payment", "other"]
    skewed = [str(x) for x in random.choice(names, 200, p=[0.6, 0.2, 0.1, 0.07, 0.03])]
    even = [str(x) for x in random.choice(names[:3], 60)]
    two = [str(x) for x in random.choice(["no", "yes"], 80)]
    many = [f"c{i}" for i in random.integers(0, 40, 150)]
    return [
        classify("skewed", skewed, noisy(random, skewed, names, 0.75)),
        classify("two classes", two, noisy(random, two, ["no", "yes"], 0.6)),
        classify("all right", even, even),
        classify("a label is never predicted", even, ["refund" if p == "account" else p for p in
                                                      noisy(random, even, names[:3], 0.7)]),
        classify("a label is predicted that gold never has", even, noisy(random, even, names, 0.5)),
        classify("always the commonest", skewed, ["refund"] * len(skewed)),
        classify("all wrong", even, [names[(names.index(g) + 1) % 3] for g in even]),
        classify("many classes", many, noisy(random, many, [f"c{i}" for i in range(40)], 0.5)),
    ]


def multilabel(name, gold, predicted):
    f1 = {f"{a}_f1": f1_score(gold, predicted, average=a, zero_division=0) for a in ("micro", "macro")}
    return {"name": name, "gold": gold.tolist(), "predicted": predicted.tolist(), **f1}


def multilabel_cases(random):
    def matrix(rows, rates):
        return (random.random((rows, len(rates))) < rates).astype(int)

    def flipped(gold, rate):
        return np.where(random.random(gold.shape) < rate, 1 - gold, gold)

    usual = matrix(120, [0.5, 0.3, 0.1, 0.05])
    unused = matrix(40, [0.4, 0.2, 0.0])
    never = flipped(usual, 0.1)
    never[:, 1] = 0
    wide = matrix(60, [0.08] * 12)
    return [
        multilabel("usual", usual, flipped(usual, 0.1)),
        multilabel("all right", usual, usual),
        multilabel("a label is never predicted", usual, never),
        multilabel("a label is neither in gold nor predicted", unused, unused * matrix(40, [0.8, 0.8, 0.8])),
        multilabel("a label is only predicted", unused, flipped(unused, 0.2)),
        multilabel("nothing is predicted", usual, np.zeros_like(usual)),
        multilabel("nothing anywhere", np.zeros((20, 3), int), np.zeros((20, 3), int)),
        multilabel("sparse", wide, flipped(wide, 0.03)),
    ]


def ordinal(name, classes, gold, predicted):
    """gold and predicted are ranks 0 .. classes - 1; the weights use all ranks, occurring or not."""
    gold, predicted = [int(x) for x in gold], [int(x) for x in predicted]
    qwk = cohen_kappa_score(gold, predicted, weights="quadratic", labels=list(range(classes)))
    return {"name": name, "classes": classes, "gold": gold, "predicted": predicted, "qwk": number(qwk),
            "mae": float(mean_absolute_error(gold, predicted)), "accuracy": accuracy_score(gold, predicted)}


def ordinal_cases(random):
    gold = random.integers(0, 5, 150)
    near = np.clip(gold + random.integers(-1, 2, 150), 0, 4)
    gap = random.choice([0, 1, 3], 50)
    return [
        ordinal("near", 5, gold, near),
        ordinal("by chance", 5, gold, random.integers(0, 5, 150)),
        ordinal("reversed", 5, gold, 4 - gold),
        ordinal("all right", 5, gold, gold),
        ordinal("a rank that never occurs", 5, gap, np.where(random.random(50) < 0.3, 3, gap)),
        ordinal("two ranks", 2, gold[:40] % 2, near[:40] % 2),
        ordinal("one prediction for all", 5, gold, np.full(150, 2)),
        ordinal("one rank in gold and predicted, undefined", 5, np.full(20, 3), np.full(20, 3)),
    ]


def regress(name, gold, predicted):
    gold, predicted = [round(float(x), 4) for x in gold], [round(float(x), 4) for x in predicted]
    return {"name": name, "gold": gold, "predicted": predicted,
            "spearman": number(spearmanr(gold, predicted).statistic),
            "pearson": number(pearsonr(gold, predicted).statistic)}


def regress_cases(random):
    gold = random.uniform(0, 5, 100)
    near = gold + random.normal(0, 0.8, 100)
    tied = random.integers(0, 6, 200)
    return [
        regress("near", gold, near),
        regress("gold has ties", tied, tied + random.normal(0, 1.5, 200)),
        regress("both have ties", tied, np.round(tied + random.normal(0, 1, 200))),
        regress("two values each", tied[:60] % 2, (tied[:60] + random.integers(0, 2, 60)) % 2),
        regress("monotone, not straight", gold, np.exp(gold)),
        regress("falling", gold[:20], -2 * gold[:20] + 1),
        regress("unrelated", gold, random.normal(0, 1, 100)),
        regress("far from zero", gold, 1e6 + near),
        regress("constant prediction, undefined", gold[:30], np.full(30, 2.5)),
    ]


# ---- entities

def split(tag):
    match = re.match("^([^-]*)-(.*)$", tag)
    return match.groups() if match else (tag, "")


def ends(previous, now):
    (tag, kind), (next_tag, next_kind) = previous, now
    return (tag, next_tag) in {("B", "B"), ("B", "O"), ("I", "B"), ("I", "O")} or tag != "O" and kind != next_kind


def starts(previous, now):
    (tag, kind), (next_tag, next_kind) = previous, now
    return ((tag, next_tag) in {("B", "B"), ("I", "B"), ("O", "B"), ("O", "I")}
            or next_tag != "O" and kind != next_kind)


def count(sentences):
    """Entities by type, for sentences of (gold tags, predicted tags); a sentence's end is a row O, O."""
    found = {which: collections.Counter() for which in ("gold", "predicted", "correct")}
    matching = False
    last_gold = last_predicted = ("O", "")
    for sentence in sentences:
        for gold_tag, predicted_tag in [*zip(*sentence), ("O", "O")]:
            gold, predicted = split(gold_tag), split(predicted_tag)
            gold_ends, predicted_ends = ends(last_gold, gold), ends(last_predicted, predicted)
            if matching and gold_ends and predicted_ends and last_gold[1] == last_predicted[1]:
                matching = False
                found["correct"][last_gold[1]] += 1
            elif matching and (gold_ends != predicted_ends or gold[1] != predicted[1]):
                matching = False
            gold_starts, predicted_starts = starts(last_gold, gold), starts(last_predicted, predicted)
            matching = matching or gold_starts and predicted_starts and gold[1] == predicted[1]
            found["gold"][gold[1]] += gold_starts
            found["predicted"][predicted[1]] += predicted_starts
            last_gold, last_predicted = gold, predicted
    return found


def scores(gold, predicted, correct):
    precision = correct / predicted if predicted else 0.0
    recall = correct / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if correct else 0.0
    return {"gold": gold, "predicted": predicted, "correct": correct,
            "precision": precision, "recall": recall, "f1": f1}


def tagging(name, sentences):
    """sentences: pairs of space-separated tags, gold and predicted."""
    sentences = [(gold.split(), predicted.split()) for gold, predicted in sentences]
    assert all(len(gold) == len(predicted) for gold, predicted in sentences), name
    found = count(sentences)
    types = sorted(t for t in set(found["gold"]) | set(found["predicted"]) if found["gold"][t] + found["predicted"][t])
    return {"name": name, "sentences": [{"gold": g, "predicted": p} for g, p in sentences],
            **scores(*(sum(c.values()) for c in found.values())),
            "types": {t: scores(*(c[t] for c in found.values())) for t in types}}


def random_sentences(random, rows, scheme, wrong):
    """Entities of 1 to 4 tokens in sentences of 1 to 15; predicted tags differ from gold at the rate given."""
    tags = ["O"] + [f"{b}-{t}" for b in "BI" for t in ("PER", "LOC", "ORG", "MISC")]
    for _ in range(rows):
        gold, length = [], int(random.integers(1, 16))
        while len(gold) < length:
            if random.random() < 0.6:
                gold.append("O")
                continue
            kind = str(random.choice(["PER", "LOC", "ORG", "MISC"]))
            touches = bool(gold) and gold[-1][2:] == kind
            first = "B-" if scheme == "IOB2" or touches else "I-"
            gold += [first + kind] + ["I-" + kind] * int(random.integers(0, 4))
        gold = gold[:length]
        yield " ".join(gold), " ".join(str(random.choice(tags)) if random.random() < wrong else g for g in gold)


def tagging_cases(random):
    return [
        tagging("all right", [("B-PER I-PER O B-LOC", "B-PER I-PER O B-LOC"), ("O O", "O O"), ("B-ORG", "B-ORG")]),
        tagging("nothing predicted", [("B-PER I-PER O B-LOC", "O O O O")]),
        tagging("no entity anywhere", [("O O O", "O O O"), ("O", "O")]),
        tagging("only false ones", [("O O O", "B-PER I-PER O"), ("O", "B-LOC")]),
        tagging("I without B opens an entity", [("B-PER I-PER O", "I-PER I-PER O"), ("O B-LOC", "O I-LOC")]),
        tagging("the type changes inside a span", [("B-PER I-PER I-PER O", "B-PER I-LOC I-LOC O"),
                                                   ("B-PER I-LOC O", "B-PER B-LOC O"),
                                                   ("B-ORG I-ORG I-PER", "B-ORG I-ORG I-ORG")]),
        tagging("entities of one type side by side", [("B-PER B-PER I-PER O", "B-PER B-PER I-PER O"),
                                                      ("B-PER B-PER O", "B-PER I-PER O"),
                                                      ("B-LOC I-LOC O", "B-LOC B-LOC O")]),
        tagging("entities of two types side by side", [("B-PER B-LOC I-LOC", "B-PER B-LOC I-LOC"),
                                                       ("B-PER I-PER B-LOC", "B-PER B-LOC I-LOC")]),
        tagging("too long and too short", [("O B-PER I-PER O", "B-PER I-PER I-PER O"), ("B-PER I-PER O", "B-PER O O"),
                                           ("O B-LOC O", "O B-LOC I-LOC"), ("B-ORG I-ORG", "O B-ORG")]),
        tagging("right place, wrong type", [("B-PER I-PER O B-LOC", "B-LOC I-LOC O B-LOC")]),
        tagging("IOB1 on both sides", [("I-PER I-PER O I-LOC", "I-PER I-PER O I-LOC"),
                                       ("I-PER B-PER I-PER O", "I-PER B-PER I-PER O"),
                                       ("I-ORG I-LOC I-LOC", "I-ORG I-LOC I-ORG")]),
        tagging("IOB1 gold, IOB2 predicted", [("I-PER I-PER B-PER O", "B-PER I-PER B-PER O"),
                                              ("I-LOC I-ORG", "B-LOC B-ORG"), ("I-PER B-PER O", "B-PER I-PER O")]),
        tagging("an entity ends with its sentence", [("O B-PER", "O B-PER"), ("I-PER O", "I-PER O"),
                                                     ("B-LOC", "O"), ("I-LOC", "I-LOC")]),
        tagging("hyphens in the type", [("B-geo-loc I-geo-loc O", "B-geo-loc I-geo-loc O"),
                                        ("B-geo-city O B-geo-loc", "B-geo-loc O B-geo-loc")]),
        tagging("a type that only one side has", [("B-PER O B-LOC O", "B-PER O B-ORG O"), ("O B-MISC", "O O")]),
        tagging("a later B splits a matching start", [("B-PER I-PER I-PER I-PER", "B-PER I-PER B-PER I-PER"),
                                                      ("B-PER I-PER O I-PER", "B-PER I-PER I-PER I-PER")]),
        tagging("realistic IOB2", list(random_sentences(random, 60, "IOB2", 0.1))),
        tagging("realistic IOB1", list(random_sentences(random, 60, "IOB1", 0.1))),
        tagging("mostly noise", list(random_sentences(random, 60, "IOB2", 0.7))),
    ]


def confirm(case, script):
    """Stops if the Perl script prints other counts or percentages."""
    rows = ["".join(f"w {g} {p}\n" for g, p in zip(s["gold"], s["predicted"])) for s in case["sentences"]]
    lines = subprocess.run(["perl", script], input="\n".join(rows) + "\n", capture_output=True, text=True,
                           check=True).stdout.splitlines()

    def percent(x):
        return [f"{100 * x[k]:.2f}" for k in ("precision", "recall", "f1")]

    printed = re.findall(r"with (\d+) phrases; found: (\d+) phrases; correct: (\d+)", lines[0])[0]
    assert printed == tuple(str(case[k]) for k in ("gold", "predicted", "correct")), (case["name"], lines[0])
    assert re.findall(r"[\d.]+", lines[1].replace("FB1", ""))[1:] == percent(case), (case["name"], lines[1])
    by_type = {k.strip(): re.findall(r"[\d.]+", rest.replace("FB1", ""))
               for k, rest in (line.split(":", 1) for line in lines[2:])}
    assert by_type == {t: percent(x) + [str(x["predicted"])] for t, x in case["types"].items()}, (case["name"], lines)


def write(path, content):
    lists = re.compile(r"\[[^\[\]{}]*\]")  # one row a line
    text = json.dumps(content, indent=1, ensure_ascii=False)
    path.write_text(lists.sub(lambda m: re.sub(r"\s+", " ", m[0]), text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--conlleval", help="the Perl script, to confirm the entity counts")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    generator = np.random.default_rng(13)
    write(options.out / "metrics.json", {
        "classify": classify_cases(generator), "multilabel": multilabel_cases(generator),
        "ordinal": ordinal_cases(generator), "regress": regress_cases(generator)})
    entities = tagging_cases(generator)
    if options.conlleval:
        for entity_case in entities:
            confirm(entity_case, options.conlleval)
        print(f"conlleval agrees on {len(entities)} cases")
    write(options.out / "conlleval.json", {"cases": entities})

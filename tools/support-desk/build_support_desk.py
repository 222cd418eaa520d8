#!/usr/bin/env python3
"""Builds the data of examples/support-desk from messages.txt and pairs.txt, and checks every line on the way.

    python3 build_support_desk.py OUT        # writes OUT/data/*.csv and OUT/data/*.conll

Python 3, standard library only. The same sources always give the same bytes.
"""
import argparse
import collections
import csv
import hashlib
import itertools
import pathlib
import re
import sys

INTENTS = ["account_access", "cancel_order", "change_address", "compliment", "damaged_item", "delivery_status", "invoice",
           "payment_problem", "product_question", "refund", "return", "warranty", "wrong_item"]
TOPICS = ["account", "billing", "delivery", "packaging", "product_quality", "staff", "stock", "website"]
URGENCY = ["low", "normal", "high", "critical"]
SENTIMENT = ["negative", "neutral", "positive"]
ENTITIES = ["PRODUCT", "ORDER", "DATE", "PLACE", "PERSON", "MONEY"]
SPLITS = [("dev", 0.10), ("test", 0.15)]          # of the pair blocks; the rest is train
NEAR = 0.8                                        # token Jaccard from which two messages are near-duplicates
DIFFERENT_PER_SAME = 55 / 45
FAR_SHARE = 0.15                                  # share of the "different" pairs that come from two unrelated blocks

HERE = pathlib.Path(__file__).resolve().parent
TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_")
SPAN = re.compile(r"\[([^\[\]|]+)\|([A-Z]+)\]")
Message = collections.namedtuple("Message", "line intent topics urgency sentiment text tokens tags")


def fail(where, line, what):
    sys.exit(f"{where}:{line}: {what}")


def key(text):
    """A number that orders texts as if shuffled, the same in every run."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def tokenize(text):
    return TOKEN.findall(text)


def one_of(value, allowed, where, line, name):
    if value not in allowed:
        fail(where, line, f"unknown {name} '{value}'; one of {', '.join(allowed)}")
    return value


def read_message(line_number, line, where):
    fields = line.split(" ; ", 4)
    if len(fields) != 5:
        fail(where, line_number, "expected: intent ; topics ; urgency ; sentiment ; text")
    intent, topics, urgency, sentiment, marked = (f.strip() for f in fields)
    one_of(intent, INTENTS, where, line_number, "intent")
    topics = [] if topics == "-" else topics.split("|")
    for topic in topics:
        one_of(topic, TOPICS, where, line_number, "topic")
    if len(set(topics)) != len(topics) or len(topics) > 4:
        fail(where, line_number, "0 to 4 distinct topics")
    one_of(urgency, URGENCY, where, line_number, "urgency")
    one_of(sentiment, SENTIMENT, where, line_number, "sentiment")
    text, tokens, tags, at = "", [], [], 0
    for span in SPAN.finditer(marked):
        before = marked[at:span.start()]
        one_of(span[2], ENTITIES, where, line_number, "entity type")
        text += before + span[1]
        for token in tokenize(before):
            tokens.append(token)
            tags.append("O")
        for i, token in enumerate(tokenize(span[1])):
            tokens.append(token)
            tags.append(("B-" if i == 0 else "I-") + span[2])
        at = span.end()
    text += marked[at:]
    for token in tokenize(marked[at:]):
        tokens.append(token)
        tags.append("O")
    if re.search(r"[\[\]|]", text) or "  " in text:
        fail(where, line_number, "a span is not well formed, or two spaces in a row")
    if tokens != tokenize(text):
        fail(where, line_number, "a span begins or ends inside a word")
    if len(tokens) > 90:
        fail(where, line_number, "too long")
    return Message(line_number, intent, sorted(topics), urgency, sentiment, text, tokens, tags)


def read_messages(path):
    messages = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            messages.append(read_message(number, line, path.name))
    sets = [frozenset(t.lower() for t in m.tokens) for m in messages]
    for (a, s), (b, t) in itertools.combinations(zip(messages, sets), 2):
        if a.text.lower() == b.text.lower() or len(s & t) >= NEAR * len(s | t):
            fail(path.name, b.line, f"nearly the same as line {a.line}: {b.text}")
    return messages


def split_messages(messages):
    """Of every 20 messages of an intent, in the order of urgency and sentiment, 2 are dev and 3 are test."""
    place = {2: "dev", 12: "dev", 5: "test", 9: "test", 16: "test"}
    parts = {"train": [], "dev": [], "test": []}
    for i, intent in enumerate(INTENTS):
        rows = sorted((m for m in messages if m.intent == intent),
                      key=lambda m: (URGENCY.index(m.urgency), SENTIMENT.index(m.sentiment), key(m.text)))
        for at, m in enumerate(rows):
            parts[place.get((at + 7 * i) % 20, "train")].append(m)
    for rows in parts.values():
        rows.sort(key=lambda m: key("order " + m.text))
    return parts


def read_blocks(path):
    """A block is a list of lines, a line a list of questions that ask the same thing."""
    blocks, block, seen = [], [], {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() + [""], 1):
        if line.startswith("#"):
            continue
        if not line.strip():
            if block:
                blocks.append(block)
            block = []
            continue
        questions = [q.strip() for q in line.split("|")]
        if len(questions) < 2 or not all(questions):
            fail(path.name, number, "expected two or more questions, with | between them")
        for question in questions:
            if question.lower() in seen:
                fail(path.name, number, f"already on line {seen[question.lower()]}: {question}")
            seen[question.lower()] = number
        block.append(questions)
    return blocks


def make_pairs(blocks):
    same, near = [], []
    for block in blocks:
        for line in block:
            same += [(a, b) for a, b in itertools.combinations(line, 2)]
        here = [(a, b) for x, y in itertools.combinations(block, 2) for a in x for b in y]
        near.append(sorted(here, key=lambda p: key(p[0] + "|" + p[1])))
    wanted = round(DIFFERENT_PER_SAME * len(same))
    far_wanted = round(FAR_SHARE * wanted)
    # round robin over the blocks, so that each gives about as many
    different = [p for p in itertools.chain(*itertools.zip_longest(*near)) if p][:wanted - far_wanted]
    far_wanted = wanted - len(different)
    firsts = sorted((line[0], i) for i, block in enumerate(blocks) for line in block)
    far = [(a, b) for (a, i), (b, j) in itertools.combinations(firsts, 2) if i != j]
    different += sorted(far, key=lambda p: key(p[0] + "|" + p[1]))[:far_wanted]
    rows = [(a, b, "same") for a, b in same] + [(a, b, "different") for a, b in different]
    # the order inside a pair tells nothing
    rows = [(b, a, l) if int(key(a + b)[:2], 16) % 2 else (a, b, l) for a, b, l in rows]
    return sorted(rows, key=lambda r: key("order " + "|".join(r)))


def split_pairs(blocks):
    """Whole blocks go to one split, so no question is in two."""
    ordered = sorted(blocks, key=lambda b: key(b[0][0]))
    parts, at = {}, 0
    for name, share in SPLITS:
        n = round(share * len(ordered))
        parts[name] = make_pairs(ordered[at:at + n])
        at += n
    parts["train"] = make_pairs(ordered[at:])
    return parts


def write_csv(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def check_apart(parts, texts, what):
    for (a, x), (b, y) in itertools.combinations(parts.items(), 2):
        shared = set(texts(x)) & set(texts(y))
        if shared:
            sys.exit(f"{what}: in both {a} and {b}: {sorted(shared)[0]}")


def count(name, parts, labels):
    print(f"\n{name}")
    counted = {s: collections.Counter(l for row in rows for l in labels(row)) for s, rows in parts.items()}
    for label in sorted(set().union(*counted.values())):
        print(f"  {label:18}" + "".join(f" {s} {counted[s][label]:5}" for s in ("train", "dev", "test"))
              + f"  all {sum(c[label] for c in counted.values()):5}")


def main():
    parser = argparse.ArgumentParser(description="Builds the data of examples/support-desk.")
    parser.add_argument("out", type=pathlib.Path, help="the folder that holds support-desk.yaml")
    parser.add_argument("--source", type=pathlib.Path, default=HERE, help="where messages.txt and pairs.txt lie")
    arguments = parser.parse_args()
    data = arguments.out / "data"
    data.mkdir(parents=True, exist_ok=True)

    parts = split_messages(read_messages(arguments.source / "messages.txt"))
    check_apart(parts, lambda rows: [m.text.lower() for m in rows], "messages")
    # messages that name something, and every second one of those that name nothing
    tagged = {s: [m for m in rows if any(t != "O" for t in m.tags) or int(key("tag " + m.text)[:2], 16) % 2]
              for s, rows in parts.items()}
    for split, rows in parts.items():
        write_csv(data / f"messages.{split}.csv", ["text", "intent", "topics", "urgency", "sentiment"],
                  [(m.text, m.intent, "|".join(m.topics), m.urgency, m.sentiment) for m in rows])
        with (data / f"entities.{split}.conll").open("w", encoding="utf-8", newline="\n") as out:
            for m in tagged[split]:
                out.writelines(f"{token} {tag}\n" for token, tag in zip(m.tokens, m.tags))
                out.write("\n")
    pairs = split_pairs(read_blocks(arguments.source / "pairs.txt"))
    check_apart(pairs, lambda rows: [q.lower() for r in rows for q in r[:2]], "pairs")
    for split, rows in pairs.items():
        write_csv(data / f"pairs.{split}.csv", ["text", "text2", "label"], rows)

    for name, rows in (("messages", parts), ("entities", tagged), ("pairs", pairs)):
        print(f"{name:9}" + "".join(f" {s} {len(rows[s])}" for s in ("train", "dev", "test"))
              + f" all {sum(map(len, rows.values()))}")
    count("intent", parts, lambda m: [m.intent])
    count("topics", parts, lambda m: m.topics or ["(none)"])
    count("urgency", parts, lambda m: [m.urgency])
    count("sentiment", parts, lambda m: [m.sentiment])
    count("entities", tagged, lambda m: [t[2:] for t in m.tags if t.startswith("B-")] or ["(no entity)"])
    count("same_question", pairs, lambda r: [r[2]])
    lengths = sorted(len(re.findall(r"\S+", m.text)) for rows in parts.values() for m in rows)
    print(f"\nwords a message: {lengths[0]} to {lengths[-1]}, median {lengths[len(lengths) // 2]}")


if __name__ == "__main__":
    main()

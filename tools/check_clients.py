"""Checks that the clients of other systems get what they expect from a running server.

    polymath serve minilm --port 8080
    python check_clients.py [http://127.0.0.1:8080] [--key KEY]

Three sides: the official OpenAI client (numbers and base64, dimensions, ids, models, errors), huggingface_hub's
InferenceClient (feature_extraction on /embed), and plain requests that hold TEI's endpoints to TEI's shapes. Prints a line a
check and exits 1 if one fails. The model must give vectors, as minilm does.

Needs openai, huggingface_hub, requests, numpy.
"""
import argparse
import sys

import numpy as np
import openai
import requests
from huggingface_hub import InferenceClient

TEXTS = ["Where is my refund?", "Le colis est en retard. \N{PACKAGE}", "a"]
FAILED = []


def check(name, holds, seen=""):
    print(("ok    " if holds else "WRONG ") + name + ("" if holds else f": {seen}"))
    if not holds:
        FAILED.append(name)


def near(a, b, within=1e-4):
    a, b = np.asarray(a, dtype=np.float32), np.asarray(b, dtype=np.float32)
    return a.shape == b.shape and bool(np.abs(a - b).max() <= within)


def with_openai(base, key, vectors):
    client = openai.OpenAI(base_url=base + "/v1", api_key=key or "none", max_retries=0)
    # The client asks for base64 where no format is named, and turns it into numbers.
    answer = client.embeddings.create(model="text-embedding-3-small", input=TEXTS)
    check("openai: base64, as by default", near([each.embedding for each in answer.data], vectors))
    check("openai: order", [each.index for each in answer.data] == [0, 1, 2])
    check("openai: usage", answer.usage.prompt_tokens == answer.usage.total_tokens > 3, answer.usage)
    answer = client.embeddings.create(model="x", input=TEXTS[0], encoding_format="float")
    check("openai: float, one text", near(answer.data[0].embedding, vectors[0]))
    answer = client.embeddings.create(model="x", input=TEXTS[0], dimensions=32)
    cut = np.asarray(vectors[0][:32])
    check("openai: dimensions", near(answer.data[0].embedding, cut / np.linalg.norm(cut)))
    ids = requests.post(base + "/tokenize", json={"inputs": TEXTS[0], "add_special_tokens": False},
                        headers=authorization(key)).json()[0]
    answer = client.embeddings.create(model="x", input=[[token["id"] for token in ids]])
    check("openai: token ids", near(answer.data[0].embedding, vectors[0]))
    models = client.models.list().data
    check("openai: models", len(models) == 1 and models[0].object == "model", models)
    for name, wrong in {"no text": [], "an empty text": "", "too many texts": ["a"] * 2049}.items():
        try:
            client.embeddings.create(model="x", input=wrong)
            check(f"openai: {name} is refused", False, "it was answered")
        except openai.BadRequestError as e:
            check(f"openai: {name} is refused", bool(e.body and e.body.get("message")), e.body)


def with_hugging_face(base, key, vectors):
    client = InferenceClient(model=base + "/embed", token=key)
    one = client.feature_extraction(TEXTS[0])
    check("huggingface_hub: feature_extraction", near(np.asarray(one).reshape(-1), vectors[0]), np.shape(one))
    raw = client.feature_extraction(TEXTS[0], normalize=True, truncate=True, truncation_direction="Right")
    check("huggingface_hub: its options", near(np.asarray(raw).reshape(-1), vectors[0]))
    similar = InferenceClient(model=base + "/similarity", token=key)
    scores = similar.sentence_similarity(TEXTS[0], other_sentences=TEXTS[1:])
    check("huggingface_hub: sentence_similarity", near(scores, [np.dot(vectors[0], each) for each in vectors[1:]]), scores)


def authorization(key):
    return {"Authorization": "Bearer " + key} if key else {}


def with_requests(base, key, vectors):
    def post(path, body, status=200):
        response = requests.post(base + path, json=body, headers=authorization(key), timeout=30)
        check(f"tei: {path} answers {status}", response.status_code == status, response.text[:200])
        return response

    for path in ("/embed", "/", "/invocations"):
        check(f"tei: {path} is a bare list", near(post(path, {"inputs": TEXTS}).json(), vectors))
    response = post("/embed", {"inputs": TEXTS[0]})
    for header in ("x-compute-type", "x-compute-time", "x-compute-characters", "x-compute-tokens", "x-total-time",
                   "x-tokenization-time", "x-queue-time", "x-inference-time"):
        check(f"tei: header {header}", header in response.headers)
    states = post("/embed_all", {"inputs": "a b"}).json()
    check("tei: /embed_all has a vector a token", np.shape(states) == (1, 4, len(vectors[0])), np.shape(states))
    ranked = post("/rerank", {"query": "food", "texts": ["the car is red", "I eat"], "return_text": True}).json()
    check("tei: /rerank", [list(each) for each in ranked] == [["index", "text", "score"]] * 2, ranked)
    check("tei: /rerank sorts", ranked[0]["index"] == 1 and ranked[0]["score"] >= ranked[1]["score"], ranked)
    ranked = post("/rerank", {"query": "food", "documents": ["the car is red", "I eat"], "top_n": 1}).json()
    check("cohere: /rerank", [each["index"] for each in ranked["results"]] == [1], ranked)
    tokens = post("/tokenize", {"inputs": "a b"}).json()
    check("tei: /tokenize", [list(each) for each in tokens[0]] == [["id", "text", "special", "start", "stop"]] * 4, tokens)
    decoded = post("/decode", {"ids": [each["id"] for each in tokens[0]]}).json()
    check("tei: /decode", decoded == ["a b"], decoded)
    vertex = post("/vertex", {"instances": [{"inputs": TEXTS[0]}]}).json()
    check("tei: /vertex", near(vertex["predictions"][0], vectors[:1]))
    for body, status, kind in (({"inputs": []}, 400, "Empty"), ({}, 422, "Validation"),
                               ({"inputs": "a", "prompt_name": "p"}, 422, "Validation")):
        error = post("/embed", body, status).json()
        check(f"tei: {kind}", error.get("error_type") == kind and error.get("error"), error)
    post("/embed_sparse", {"inputs": "a"}, 424)
    info = requests.get(base + "/info", headers=authorization(key), timeout=30).json()
    check("tei: /info", {"model_id", "model_type", "max_input_length", "max_client_batch_size"} <= set(info), info)
    for path in ("/health", "/ping"):
        response = requests.get(base + path, timeout=30)
        check(f"tei: {path}", response.status_code == 200 and response.text == "")
    check("tei: /metrics", "te_request_count" in requests.get(base + "/metrics", timeout=30).text)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("base", nargs="?", default="http://127.0.0.1:8080")
    arguments.add_argument("--key")
    given = arguments.parse_args()
    base = given.base.rstrip("/")
    vectors = requests.post(base + "/embed", json={"inputs": TEXTS}, headers=authorization(given.key), timeout=30).json()
    with_openai(base, given.key, vectors)
    with_hugging_face(base, given.key, vectors)
    with_requests(base, given.key, vectors)
    print(f"{len(FAILED)} failed" if FAILED else "all as expected")
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()

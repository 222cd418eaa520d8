"""Makes one tiny model folder for each backbone architecture, and what transformers computes with it.

    python make_backbone_fixtures.py OUT

writes OUT/NAME/ for NAME in bert, roberta, xlm-roberta, distilbert, mpnet, modernbert:

    config.json, model.safetensors     the base model, every parameter random, as save_pretrained writes it
    tokenizer.json, ...                a tokenizer of the kind that the architecture is used with, trained on CORPUS
    reference.json                     max_tokens (special tokens included), and cases: texts, what the tokenizer makes
                                       of them (offsets in UTF-16 code units) and last_hidden_state

Rows of last_hidden_state where attention_mask is 0 are kept but mean nothing: what attention does for a padding token
is an implementation's own choice.

Needs torch, transformers, tokenizers. The output is the same at each run with the same versions.
"""
import collections
import json
import math
import sys
from pathlib import Path

import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (AutoModel, AutoTokenizer, BertConfig, DistilBertConfig, ModernBertConfig, MPNetConfig,
                          PreTrainedTokenizerFast, RobertaConfig, XLMRobertaConfig)
from transformers.utils import logging

MAX_TOKENS = 40
SIZES = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48)
NO_DROPOUT = dict(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)

CORPUS = """The train to Paris leaves at seven in the morning.
Where is my refund? I sent the parcel back last week.
A small model can learn many tasks at once.
She paid 12.50 euros for the ticket, and 3 more for the seat.
Please reset my password; the link in the mail does not work.
The committee of the city met on Monday to talk about water.
He read the report twice and still found it unclear.
Cats sleep most of the day, dogs wait at the door.
Our customers ask about delivery, payment and returns.
The weather in the mountains changes within minutes.
I would like to cancel the order that I placed yesterday.
Maria Gonzalez works for the European Space Agency in Madrid.
It was a slow, sad and quietly beautiful film.
The new phone is fast, but the battery does not last.
Two men are playing chess in the park near the station.
Nobody knew why the lights went out that evening.
The price of oil rose again, the bank said on Friday.
Turn left after the bridge, then walk straight on.
How do I change the address on my account?
They have not answered any of our questions yet.
Water boils at a lower temperature on high ground.
The doctor told him to rest and to drink a lot of tea.
Is there a cheaper way to send money abroad?
The game ended in a draw after extra time.
Tokens, layers and heads are counted from zero here.
Une petite maison au bord de la mer, avec un jardin.
Das Wetter wird morgen besser, sagt der Sprecher.
El caf\u00e9 est\u00e1 muy caliente, pero me gusta as\u00ed.
This sentence is here so that common words become whole tokens.
The model reads the text, the head gives the answer.""".split("\n")

LONG = " ".join(CORPUS[2:8])
CASES = {
    "single": [["The train leaves in the morning."]],
    "padded": [["Water"], ["How do I change the address on my account?"],
               ["She paid 12.50 euros, and nobody knew why."]],
    "pair": [["My refund?", "It is \U0001F44D\U0001F3FD, caf\u00e9, cafe\u0301!"],
             ["Cats sleep.", "Dogs wait at the door."]],
    "long": [[LONG]],
    "longpair": [[LONG, " ".join(CORPUS[10:13])]],
}


def commonest(counts, size):
    """All single characters, then the pieces that cover most text. (What the trainers choose varies between runs.)"""
    letters = sorted(p for p in counts if len(p.removeprefix("##")) == 1)
    longer = sorted((p for p in counts if p not in letters and counts[p] > 1), key=lambda p: (-counts[p] * len(p), p))
    return letters + longer[:size - len(letters)]


def wordpiece(specials, unknown):
    """Lower-casing WordPiece as BERT has it; specials stand first, in the order given."""
    normalizer, splitter = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    counts = collections.Counter()
    for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(" ".join(CORPUS))):
        counts.update(word[:end] for end in range(1, len(word) + 1))
        counts.update("##" + word[start:] for start in range(1, len(word)))
        counts.update("##" + letter for letter in word[1:])
    pieces = specials + commonest(counts, 250)
    tokenizer = Tokenizer(models.WordPiece({p: i for i, p in enumerate(pieces)}, unk_token=unknown))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, splitter
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    tokenizer.add_special_tokens(specials)
    return tokenizer


def byte_bpe(first_specials):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=420, special_tokens=first_specials, show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    return tokenizer


def bert_tokenizer():
    tokenizer = wordpiece(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], "[UNK]")
    ids = [(t, tokenizer.token_to_id(t)) for t in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=ids)
    return tokenizer, dict(unk_token="[UNK]", sep_token="[SEP]", pad_token="[PAD]", cls_token="[CLS]",
                           mask_token="[MASK]")


def mpnet_tokenizer():
    """<s> a </s> </s> b </s>; as in the published models words that cannot be spelled become [UNK], not <unk>."""
    tokenizer = wordpiece(["<s>", "<pad>", "</s>", "<unk>", "[UNK]"], "[UNK]")
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return tokenizer, dict(bos_token="<s>", eos_token="</s>", sep_token="</s>", cls_token="<s>", unk_token="[UNK]",
                           pad_token="<pad>", mask_token=AddedToken("<mask>", lstrip=True))


def roberta_tokenizer():
    tokenizer = byte_bpe(["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return tokenizer, dict(bos_token="<s>", eos_token="</s>", sep_token="</s>", cls_token="<s>", unk_token="<unk>",
                           pad_token="<pad>", mask_token=AddedToken("<mask>", lstrip=True))


def xlm_roberta_tokenizer():
    """Unigram over metaspace words: every letter, and the commonest words and word starts, scored by log frequency."""
    counts = collections.Counter()
    for word in " ".join(CORPUS).split():
        counts.update("\u2581" + word[:end] for end in range(len(word) + 1))
        counts.update(word)
    total = sum(counts.values())
    scored = [(p, math.log(counts[p] / total)) for p in commonest(counts, 240)]
    specials = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    tokenizer = Tokenizer(models.Unigram(specials + scored, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace(replacement="\u2581", prepend_scheme="always")
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer, dict(bos_token="<s>", eos_token="</s>", sep_token="</s>", cls_token="<s>", unk_token="<unk>",
                           pad_token="<pad>", mask_token=AddedToken("<mask>", lstrip=True))


def modernbert_tokenizer():
    """Byte-level BPE with the special tokens after all others, so that padding is not id 0."""
    tokenizer = byte_bpe([])
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_special_tokens(["[UNK]", "[CLS]", "[SEP]", "[PAD]", AddedToken("[MASK]", lstrip=True)])
    ids = [(t, tokenizer.token_to_id(t)) for t in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=ids)
    return tokenizer, dict(unk_token="[UNK]", sep_token="[SEP]", pad_token="[PAD]", cls_token="[CLS]",
                           mask_token=AddedToken("[MASK]", lstrip=True))


def bert_config(**ids):
    return BertConfig(**SIZES, **NO_DROPOUT, **ids, max_position_embeddings=MAX_TOKENS, type_vocab_size=2)


def roberta_config(kind=RobertaConfig, **ids):
    """Positions count from padding_idx + 1 = 2, so two rows of the table are never used by a real token."""
    return kind(**SIZES, **NO_DROPOUT, **ids, max_position_embeddings=MAX_TOKENS + 2, type_vocab_size=1,
                layer_norm_eps=1e-5)


def distilbert_config(**ids):
    return DistilBertConfig(dim=32, n_layers=2, n_heads=4, hidden_dim=48, dropout=0.0, attention_dropout=0.0, **ids,
                            max_position_embeddings=MAX_TOKENS)


def mpnet_config(**ids):
    """Positions count from 2, as in RoBERTa."""
    return MPNetConfig(**SIZES, **NO_DROPOUT, **ids, max_position_embeddings=MAX_TOKENS + 2, layer_norm_eps=1e-5,
                       relative_attention_num_buckets=32)


def modernbert_config(**ids):
    """Layers 0 and 2 see every token, layer 1 only those at most local_attention / 2 away."""
    ids.update(bos_token_id=ids["cls_token_id"], eos_token_id=ids["sep_token_id"])
    return ModernBertConfig(**{**SIZES, "num_hidden_layers": 3}, **ids, max_position_embeddings=MAX_TOKENS,
                            local_attention=8, global_attn_every_n_layers=2)


ARCHITECTURES = {  # name: tokenizer, configuration, tokenizer class, does the model take token_type_ids.
    # PreTrainedTokenizerFast uses tokenizer.json as it is; XLMRobertaTokenizer would put its own normalizer in.
    "bert": (bert_tokenizer, bert_config, "BertTokenizer", True),
    "roberta": (roberta_tokenizer, roberta_config, "RobertaTokenizer", False),
    "xlm-roberta": (xlm_roberta_tokenizer, lambda **ids: roberta_config(XLMRobertaConfig, **ids),
                    "PreTrainedTokenizerFast", False),
    "distilbert": (bert_tokenizer, distilbert_config, "DistilBertTokenizer", False),
    "mpnet": (mpnet_tokenizer, mpnet_config, "MPNetTokenizer", False),
    "modernbert": (modernbert_tokenizer, modernbert_config, "PreTrainedTokenizerFast", False),
}


def randomise(model, seed):
    """Every parameter gets its own random values, large enough that a mix-up of any two shows."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = 0.2 * torch.randn(parameter.shape, generator=generator)
            is_scale = parameter.dim() == 1 and name.endswith("weight")
            parameter.copy_(1 + noise if is_scale else noise)


def utf16(text, offset):
    return len(text[:offset].encode("utf-16-le")) // 2


def encode(tokenizer, texts, pad_token):
    tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
    tokenizer.enable_padding(pad_id=tokenizer.token_to_id(pad_token), pad_token=pad_token)
    encodings = tokenizer.encode_batch([tuple(t) if len(t) == 2 else t[0] for t in texts])
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return encodings


def offsets(encoding, texts):
    return [[0, 0] if sequence is None else [utf16(texts[sequence], start), utf16(texts[sequence], end)]
            for (start, end), sequence in zip(encoding.offsets, encoding.sequence_ids)]


def case(name, texts, tokenizer, model, pad_token, takes_types):
    encodings = encode(tokenizer, texts, pad_token)
    inputs = {"input_ids": [e.ids for e in encodings], "attention_mask": [e.attention_mask for e in encodings]}
    if takes_types:
        inputs["token_type_ids"] = [e.type_ids for e in encodings]
    with torch.no_grad():
        hidden = model(**{k: torch.tensor(v) for k, v in inputs.items()}).last_hidden_state
    return {"name": name, "texts": texts, **inputs, "offsets": [offsets(e, t) for e, t in zip(encodings, texts)],
            "last_hidden_state": [[[round(x, 7) for x in token] for token in row] for row in hidden.tolist()]}


def make(name, folder, seed):
    make_tokenizer, make_config, tokenizer_class, takes_types = ARCHITECTURES[name]
    tokenizer, tokens = make_tokenizer()
    names = ["input_ids", "token_type_ids", "attention_mask"] if takes_types else ["input_ids", "attention_mask"]
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=MAX_TOKENS, model_input_names=names,
                                   **tokens)
    ids = {k: getattr(fast, k) for k in ("pad_token_id", "bos_token_id", "eos_token_id", "cls_token_id", "sep_token_id")
           if getattr(fast, k) is not None}
    config = make_config(vocab_size=tokenizer.get_vocab_size(), **ids)
    config._attn_implementation = "eager"
    model = AutoModel.from_config(config).eval()
    randomise(model, seed)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    settings_file = folder / "tokenizer_config.json"
    settings = json.loads(settings_file.read_text(encoding="utf-8"))
    settings["tokenizer_class"] = tokenizer_class
    settings_file.write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    saved = Tokenizer.from_file(str(folder / "tokenizer.json"))
    cases = [case(n, t, saved, model, tokens["pad_token"], takes_types) for n, t in CASES.items()]
    (folder / "reference.json").write_text(
        json.dumps({"max_tokens": MAX_TOKENS, "cases": cases}, ensure_ascii=False, separators=(",", ":")) + "\n",
        encoding="utf-8")
    check(folder, cases)


def check(folder, cases):
    """The folder opens with transformers alone and gives the same ids and hidden states."""
    model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    worst = 0.0
    for c in cases:
        columns = list(zip(*c["texts"]))
        batch = tokenizer(*[list(x) for x in columns], padding=True, truncation="longest_first", max_length=MAX_TOKENS,
                          return_tensors="pt")
        assert batch["input_ids"].tolist() == c["input_ids"], (folder, c["name"])
        assert ("token_type_ids" in batch) == ("token_type_ids" in c), (folder, list(batch))
        with torch.no_grad():
            hidden = model(**batch).last_hidden_state
        worst = max(worst, (hidden - torch.tensor(c["last_hidden_state"])).abs().max().item())
    assert worst < 2e-6, (folder, worst)
    size = sum(f.stat().st_size for f in folder.iterdir())
    longest = [len(c["input_ids"][0]) for c in cases]
    print(f"{folder.name}: {size // 1024} KB, vocabulary {tokenizer.vocab_size}, tokens {longest}, reload {worst:.1e}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    for number, architecture in enumerate(ARCHITECTURES):
        make(architecture, Path(sys.argv[1]) / architecture, seed=100 + number)

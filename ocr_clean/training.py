"""Making a language model: counting, modified Kneser-Ney, mixing, pruning, packing.

`build_model` is all that an archive needs: it makes a model of clean texts and mixes it with the shipped one. The
shipped one is made by `bench/make_model.py` with the same functions. Everything is done in whole arrays, sorted by key,
so that the same texts give the same bytes.

Words and classes
    The words that are frequent enough (at most `MAX_CLASSES`) are classes of their own; n-grams are made of classes.
    All other words belong to the class `<unk>`: p(word | history) = p(<unk> | history) p(word | <unk>).

The file
    The line `MAGIC`; the length of the header in 8 digits; the header, JSON; the vocabulary, one word a line, classes
    first; the arrays of `ocr_clean.model.ARRAYS`.

Sources: S. F. Chen and J. Goodman, An Empirical Study of Smoothing Techniques for Language Modeling, 1998 (the
discounts); K. Seymore and R. Rosenfeld, Scalable Backoff Language Models, 1996 (the pruning); K. Heafield, KenLM, 2011
(n-grams that begin a sentence keep their counts).
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr_clean.errors import InputError, OutputError
from ocr_clean.model import (
    ARRAYS,
    END,
    HEADER_DIGITS,
    LOG_STEP,
    MAGIC,
    NGRAM_STEP,
    NUMBER,
    START,
    UNKNOWN,
    LanguageModel,
    sentences,
)

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]

SPECIAL = (UNKNOWN, START, END, NUMBER)
"""The first classes of every model, in this order."""

MAX_CLASSES = 1 << 16
"""Classes are stored in 16 bits."""

MAX_BIGRAMS, MAX_TRIGRAMS = 3_200_000, 1_600_000
"""What pruning leaves: a file of just under 20 MB. To decide between two words bigrams are worth more."""

MIN_COUNT = 2
"""A word that occurs once may be a misprint; it only says how likely unseen words are."""

UNSEEN_WORDS = 200_000
"""How many words may turn up that the texts lack: they share the probability of the words seen once."""

_BITS = np.uint64(16)
_LOW = np.uint64(0xFFFF)
_LOW2 = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Vocabulary:
    """How often each word occurs: its share in the texts; *reserve* is the share of words seen once."""

    shares: Mapping[str, float]
    reserve: float

    def classes(self) -> list[str]:
        """Return the words that n-grams are made of: the special ones, then by falling share."""
        words = sorted(self.shares.keys() - set(SPECIAL), key=lambda word: (-self.shares[word], word))
        return [*SPECIAL, *words[: MAX_CLASSES - len(SPECIAL)]]

    def of_classes(self, classes: Sequence[str]) -> Floats:
        """Return the share of each of *classes*; `UNKNOWN` gets what they leave, `START` as much as `END`."""
        shares = np.array([self.shares.get(word, 0.0) for word in classes])
        shares[classes.index(UNKNOWN)] = max(1.0 - shares.sum(), self.reserve)
        shares[classes.index(START)] = shares[classes.index(END)]
        return shares

    def mixed(self, other: Vocabulary, share: float) -> Vocabulary:
        """Return the vocabulary of a mixture in which this one has weight *share*."""
        words = self.shares.keys() | other.shares.keys()
        shares = {w: share * self.shares.get(w, 0.0) + (1 - share) * other.shares.get(w, 0.0) for w in words}
        return Vocabulary(shares, share * self.reserve + (1 - share) * other.reserve)


@dataclass(frozen=True)
class NGrams:
    """A backoff trigram model over classes: probabilities and backoff weights, not logarithms.

    Keys are classes in 16 bits each, first word highest, and are sorted. For n-grams that are not there,
    p(c | b) = backoff1[b] p(c) and p(c | a b) = backoff2[a b] p(c | b). *contexts* are the pairs that begin trigrams.
    """

    words: Sequence[str]
    unigram: Floats
    backoff1: Floats
    keys2: Keys
    bigram: Floats
    contexts: Keys
    backoff2: Floats
    keys3: Keys
    trigram: Floats

    def p2(self, keys: Keys) -> Floats:
        """Return p(b | a) for the bigrams *keys*."""
        at, found = _look_up(self.keys2, keys)
        backed_off = self.backoff1[keys >> _BITS] * self.unigram[keys & _LOW]
        return np.where(found, self.bigram[at] if len(self.bigram) else 0.0, backed_off)

    def p3(self, keys: Keys) -> Floats:
        """Return p(c | a b) for the trigrams *keys*."""
        at, found = _look_up(self.keys3, keys)
        context, known = _look_up(self.contexts, keys >> _BITS)
        weight = np.where(known, self.backoff2[context] if len(self.backoff2) else 1.0, 1.0)
        backed_off = weight * self.p2(keys & _LOW2)
        return np.where(found, self.trigram[at] if len(self.trigram) else 0.0, backed_off)


def build_model(
    texts: Iterable[str],
    path: Path,
    *,
    mix_with: LanguageModel | None = None,
    share: float = 0.5,
    source: str = "",
) -> None:
    """Make a model of the clean *texts* and write it to *path*.

    *mix_with*, usually the shipped model, is mixed in with weight 1 - *share*; *source* says what the texts are.
    The same texts give the same bytes. Raises `InputError` if the texts have no words, `OutputError` if the file cannot
    be written.
    """
    words, stream = read_texts(texts)
    vocabulary = count_words(words, stream)
    if mix_with is not None:
        vocabulary = vocabulary.mixed(vocabulary_of(mix_with), share)
    classes = vocabulary.classes()
    ngrams = train(words, stream, classes)
    if mix_with is not None:
        ngrams = mix(ngrams, restrict(ngrams_of(mix_with), classes), share)
    write_model(path, prune(ngrams, vocabulary, MAX_BIGRAMS, MAX_TRIGRAMS), vocabulary, source)


def read_texts(texts: Iterable[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Return the different words of *texts*, and the texts as their numbers, each sentence in `START` and `END`."""
    numbers: dict[str, int] = {word: number for number, word in enumerate(SPECIAL)}
    stream = array("q")
    start, end = numbers[START], numbers[END]
    for text in texts:
        for sentence in sentences(text):
            stream.append(start)
            stream.extend([numbers.setdefault(word, len(numbers)) for word in sentence])
            stream.append(end)
    if not stream:
        raise InputError("no words to make a language model of", hint="give clean texts")
    return list(numbers), np.frombuffer(stream, dtype=np.int64)


def count_words(words: Sequence[str], stream: NDArray[np.int64]) -> Vocabulary:
    """Return the vocabulary of a text as `read_texts` gives it."""
    counts = np.bincount(stream, minlength=len(words))
    counts[SPECIAL.index(START)] = 0
    total = int(counts.sum())
    shares = {word: count / total for word, count in zip(words, counts.tolist(), strict=True) if count >= MIN_COUNT}
    return Vocabulary(shares, max(1, int((counts == 1).sum())) / total)


def train(words: Sequence[str], stream: NDArray[np.int64], classes: Sequence[str]) -> NGrams:
    """Return the interpolated modified Kneser-Ney model of a text as `read_texts` gives it."""
    number = {word: index for index, word in enumerate(classes)}
    unknown, start = number[UNKNOWN], number[START]
    text = np.array([number.get(word, unknown) for word in words], dtype=np.uint64)[stream]
    a, b, c = text[:-2], text[1:-1], text[2:]
    inside = (b != start) & (c != start)
    keys3, counts3 = np.unique((a << _BITS << _BITS | b << _BITS | c)[inside], return_counts=True)
    # below the highest order a count is the number of different words before, except where nothing can stand before
    keys2, counts2 = np.unique(keys3 & _LOW2, return_counts=True)
    first, first_counts = np.unique((text[:-1] << _BITS | text[1:])[text[:-1] == start], return_counts=True)
    keys2 = np.concatenate([keys2, first])
    order = np.argsort(keys2, kind="stable")
    keys2, counts2 = keys2[order], np.concatenate([counts2, first_counts])[order]
    counts1 = np.bincount((keys2 & _LOW).astype(np.int64), minlength=len(classes))

    possible = len(classes) - 1  # every class but START
    discounted, weight = _discount(np.zeros(len(classes), dtype=np.int64), counts1, 1)
    unigram = discounted + weight[0] / possible
    unigram[start] = 0.0
    discounted, backoff1 = _discount((keys2 >> _BITS).astype(np.int64), counts2, len(classes))
    bigram = discounted + backoff1[keys2 >> _BITS] * unigram[keys2 & _LOW]
    contexts, context = np.unique(keys3 >> _BITS, return_inverse=True)
    discounted, backoff2 = _discount(context, counts3, len(contexts))
    shorter, _ = _look_up(keys2, keys3 & _LOW2)
    trigram = discounted + backoff2[context] * bigram[shorter]
    return NGrams(classes, unigram, backoff1, keys2, bigram, contexts, backoff2, keys3, trigram)


def _discount(history: NDArray[np.int64], counts: NDArray[np.int64], histories: int) -> tuple[Floats, Floats]:
    """Return the discounted share of each n-gram after its history, and what that leaves for each history.

    The three discounts are those of Chen & Goodman (1998), section 4.1.6; a text too small for them gets 0.5, 1, 1.5.
    """
    seen = [int((counts == times).sum()) for times in range(1, 5)]
    discounts = np.array([0.0, 0.5, 1.0, 1.5])
    if all(seen):
        base = seen[0] / (seen[0] + 2 * seen[1])
        formula = [times - (times + 1) * base * seen[times] / seen[times - 1] for times in (1, 2, 3)]
        if all(0 < value < times for times, value in enumerate(formula, 1)):
            discounts = np.array([0.0, *formula])
    discount = discounts[np.minimum(counts, 3)]
    total = np.bincount(history, weights=counts, minlength=histories)
    left = np.bincount(history, weights=discount, minlength=histories)
    shares = (counts - discount) / total[history]
    return shares, np.divide(left, total, out=np.ones(histories), where=total > 0)


def restrict(ngrams: NGrams, classes: Sequence[str]) -> NGrams:
    """Return *ngrams* over other *classes*: what is not among them becomes `UNKNOWN`, its n-grams are dropped."""
    number = {word: index for index, word in enumerate(classes)}
    to = np.array([number.get(word, -1) for word in ngrams.words], dtype=np.int64)
    unigram = np.zeros(len(classes))
    np.add.at(unigram, np.where(to < 0, number[UNKNOWN], to), ngrams.unigram)
    missing = (unigram == 0) & (np.arange(len(classes)) != number[START])
    unigram[missing] = 1e-9  # a class of the other model only: never impossible
    unigram /= unigram.sum()
    keys2, keep2 = _renumber(ngrams.keys2, to, 2)
    keys3, keep3 = _renumber(ngrams.keys3, to, 3)
    return normalised(classes, unigram, keys2, ngrams.bigram[keep2], keys3, ngrams.trigram[keep3])


def _renumber(keys: Keys, to: NDArray[np.int64], order: int) -> tuple[Keys, NDArray[np.int64]]:
    """Return the sorted keys with new classes, and which of the old ones they are; -1 in *to* drops an n-gram."""
    parts = [to[(keys >> np.uint64(16 * place)) & _LOW] for place in range(order)]
    kept = np.flatnonzero(np.all([part >= 0 for part in parts], axis=0))
    renumbered = np.zeros(len(kept), dtype=np.uint64)
    for place, part in enumerate(parts):
        renumbered |= part[kept].astype(np.uint64) << np.uint64(16 * place)
    order_of = np.argsort(renumbered, kind="stable")
    return renumbered[order_of], kept[order_of]


def mix(one: NGrams, two: NGrams, share: float) -> NGrams:
    """Return the linear mixture of two models over the same classes, *share* of it from *one*."""
    keys2 = np.union1d(one.keys2, two.keys2)
    keys3 = np.union1d(one.keys3, two.keys3)
    return normalised(
        one.words,
        share * one.unigram + (1 - share) * two.unigram,
        keys2,
        share * one.p2(keys2) + (1 - share) * two.p2(keys2),
        keys3,
        share * one.p3(keys3) + (1 - share) * two.p3(keys3),
    )


def prune(ngrams: NGrams, vocabulary: Vocabulary, bigrams: int, trigrams: int) -> NGrams:
    """Keep the *bigrams* and *trigrams* that change the model most, at most so many.

    The loss is that of Seymore & Rosenfeld (1996): p(n-gram) times the change of its log-probability if it backs off.
    The history counts with its share in the texts, because a Kneser-Ney unigram says something else.
    """
    share = vocabulary.of_classes(ngrams.words)
    keys2, keys3 = ngrams.keys2, ngrams.keys3
    pairs = keys3 >> _BITS
    shorter = ngrams.backoff2[_look_up(ngrams.contexts, pairs)[0]] * ngrams.p2(keys3 & _LOW2)
    loss = share[pairs >> _BITS] * ngrams.p2(pairs) * ngrams.trigram * np.abs(np.log(ngrams.trigram / shorter))
    keep3 = _largest(loss, trigrams)
    shorter = ngrams.backoff1[keys2 >> _BITS] * ngrams.unigram[keys2 & _LOW]
    loss = share[keys2 >> _BITS] * ngrams.bigram * np.abs(np.log(ngrams.bigram / shorter))
    keep2 = _largest(loss, bigrams)
    return normalised(
        ngrams.words, ngrams.unigram, keys2[keep2], ngrams.bigram[keep2], keys3[keep3], ngrams.trigram[keep3]
    )


def _largest(values: Floats, count: int) -> NDArray[np.bool_]:
    """Mark the *count* largest values; of equal ones the first."""
    chosen = np.zeros(len(values), dtype=bool)
    chosen[np.argsort(-values, kind="stable")[:count]] = True
    return chosen


def normalised(
    words: Sequence[str], unigram: Floats, keys2: Keys, bigram: Floats, keys3: Keys, trigram: Floats
) -> NGrams:
    """Return the n-grams with backoff weights that make every history's probabilities sum to one."""
    backoff1 = _backoff((keys2 >> _BITS).astype(np.int64), bigram, unigram[keys2 & _LOW], len(words))
    contexts, context = np.unique(keys3 >> _BITS, return_inverse=True)
    model = NGrams(words, unigram, backoff1, keys2, bigram, contexts, np.ones(len(contexts)), keys3, trigram)
    backoff2 = _backoff(context, trigram, model.p2(keys3 & _LOW2), len(contexts))
    return replace(model, backoff2=backoff2)


def _backoff(history: NDArray[np.int64], p: Floats, shorter: Floats, histories: int) -> Floats:
    """Return the weight of the shorter history: what the n-grams leave, over what the shorter one gives the others."""
    left = 1.0 - np.bincount(history, weights=p, minlength=histories)
    free = 1.0 - np.bincount(history, weights=shorter, minlength=histories)
    weights: Floats = np.clip(left, 1e-6, None) / np.clip(free, 1e-6, None)
    return weights


def _look_up(keys: Keys, wanted: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the places of *wanted* in the sorted *keys*, and whether each is there."""
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return at, keys[at] == wanted


def write_model(path: Path, ngrams: NGrams, vocabulary: Vocabulary, source: str) -> None:
    """Pack a model into the file *path*, which is replaced only when the new one is complete."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(pack(ngrams, vocabulary, source))
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(f"cannot write the language model: {error.strerror}", str(path)) from error


def pack(ngrams: NGrams, vocabulary: Vocabulary, source: str) -> bytes:
    """Return the bytes of a model file."""
    classes = list(ngrams.words)
    members = sorted(vocabulary.shares.keys() - set(classes), key=lambda word: (-vocabulary.shares[word], word))
    unknown = sum(vocabulary.shares[word] for word in members) + vocabulary.reserve
    words = [*classes, *members]
    shares = np.array([vocabulary.shares.get(word, 0.0) for word in words])
    tables: dict[str, NDArray[Any]] = {
        "frequency": _logs(shares),
        "unigram": _logs(np.concatenate([ngrams.unigram, shares[len(classes) :] / unknown])),
        "unigram_backoff": _logs(ngrams.backoff1),
        "bigram_start": _starts(ngrams.keys2 >> _BITS, len(classes)),
        "bigram_word": (ngrams.keys2 & _LOW).astype(np.uint16),
        "bigram": _ngram_logs(ngrams.bigram),
        "context_start": _starts(ngrams.contexts >> _BITS, len(classes)),
        "context_word": (ngrams.contexts & _LOW).astype(np.uint16),
        "context_backoff": _logs(ngrams.backoff2),
        "trigram_start": _starts(np.searchsorted(ngrams.contexts, ngrams.keys3 >> _BITS), len(ngrams.contexts)),
        "trigram_word": (ngrams.keys3 & _LOW).astype(np.uint16),
        "trigram": _ngram_logs(ngrams.trigram),
    }
    parts = {"words": "".join(f"{word}\n" for word in words).encode("utf-8")}
    parts |= {name: tables[name].tobytes() for name in ARRAYS}
    packed = b"".join(parts.values())
    header = {
        "byteorder": sys.byteorder,
        "bytes": {name: len(part) for name, part in parts.items()},
        "floor": round(float(np.log(vocabulary.reserve / unknown / UNSEEN_WORDS)), 6),
        "sha256": hashlib.sha256(packed).hexdigest(),
        "texts": source,
    }
    text = json.dumps(header, sort_keys=True, ensure_ascii=False).encode("utf-8")
    return b"".join([MAGIC, f"{len(text):0{HEADER_DIGITS}}".encode(), text, packed])


def _logs(p: Floats) -> NDArray[np.int16]:
    """Return the logarithms of *p* in units of `LOG_STEP`."""
    with np.errstate(divide="ignore"):
        return np.clip(np.rint(np.log(p) / LOG_STEP), -32768, 32767).astype(np.int16)


def _ngram_logs(p: Floats) -> NDArray[np.uint8]:
    """Return the logarithms of *p* in units of `NGRAM_STEP`."""
    return np.clip(np.rint(np.log(p) / NGRAM_STEP), 0, 255).astype(np.uint8)


def _starts(histories: NDArray[Any], count: int) -> NDArray[np.uint32]:
    """Return where the n-grams of each of *count* histories begin, and the number of all n-grams."""
    return np.searchsorted(histories, np.arange(count + 1)).astype(np.uint32)


def vocabulary_of(model: LanguageModel) -> Vocabulary:
    """Return the vocabulary of a packed model."""
    shares = np.exp(np.asarray(model.arrays["frequency"], dtype=np.float64) * LOG_STEP)
    classes = len(model.arrays["unigram_backoff"])
    members = np.exp(np.asarray(model.arrays["unigram"], dtype=np.float64)[classes:] * LOG_STEP)
    return Vocabulary(
        {word: share for word, share in zip(model.words, shares.tolist(), strict=True) if share > 1e-13},
        _reserve(shares[classes:], members, model.floor),
    )


def _reserve(shares: Floats, members: Floats, floor: float) -> float:
    """Return the share of unseen words of a packed model."""
    unseen = float(np.exp(floor)) * UNSEEN_WORDS
    unknown = float(shares.sum()) / (1 - unseen) if len(members) else 1e-3
    return unseen * unknown


def ngrams_of(model: LanguageModel) -> NGrams:
    """Return the n-grams of a packed model."""
    view: dict[str, NDArray[Any]] = {name: np.asarray(data) for name, data in model.arrays.items()}
    step = {"h": LOG_STEP, "B": NGRAM_STEP}
    p = {name: np.exp(data * step[ARRAYS[name]]) for name, data in view.items() if ARRAYS[name] in step}
    classes = len(view["unigram_backoff"])
    keys2 = _keys(np.arange(classes), view["bigram_start"], view["bigram_word"])
    contexts = _keys(np.arange(classes), view["context_start"], view["context_word"])
    return NGrams(
        model.words[:classes],
        p["unigram"][:classes],
        p["unigram_backoff"],
        keys2,
        p["bigram"],
        contexts,
        p["context_backoff"],
        _keys(contexts, view["trigram_start"], view["trigram_word"]),
        p["trigram"],
    )


def _keys(histories: NDArray[Any], starts: NDArray[Any], words: NDArray[Any]) -> Keys:
    """Return the keys of n-grams from their histories, where each history's begin, and their last words."""
    return np.repeat(histories.astype(np.uint64), np.diff(starts)) << _BITS | words.astype(np.uint64)

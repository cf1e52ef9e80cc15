"""Make the shipped language model `wordlists/english.lm`.

    python bench/make_model.py PACKAGES -o wordlists/english.lm

PACKAGES is the folder of unpacked packages that `bench/texts.py` describes, with the wheel of PyPI's `pocketsphinx`
5.1.1 in PACKAGES/pocketsphinx. The model is a mixture of two: a Kneser-Ney model of the public-domain texts, and the
English trigrams that PocketSphinx brings for speech (BSD licence), which know the words of our time. The same packages
give the same bytes. Takes about two minutes and 2 GB.
"""

from __future__ import annotations

import argparse
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from texts import SOURCES

from ocr_clean.model import END, START, UNKNOWN, words_of
from ocr_clean.training import (
    MAX_BIGRAMS,
    MAX_TRIGRAMS,
    NGrams,
    Vocabulary,
    count_words,
    mix,
    normalised,
    prune,
    read_texts,
    train,
    write_model,
)

OWN_SHARE = 0.6
"""Weight of the public-domain texts: more favours old books, less newspapers. 0.45 to 0.75 differ little."""

TEXTS = "public-domain English of 1611-2018 (see wordlists/README.md) and the English trigrams of PocketSphinx 5.1.1"
"""What the model says of itself."""

SPHINX_LM = "pocketsphinx/model/en-us/en-us.lm.bin"
SPHINX_MAGIC = b"Trie Language Model"
SPHINX_UNSEEN = 0.005
"""The share of words that PocketSphinx's vocabulary lacks: what English newspapers have outside 70,000 words."""
SPHINX_LOG = np.log(1.0001)
"""PocketSphinx keeps logarithms to the base 1.0001."""


@dataclass(frozen=True)
class SphinxModel:
    """PocketSphinx's model: its words, and the n-grams as rows of places in them with their probabilities."""

    words: list[str]
    unigram: NDArray[np.float64]
    pairs: NDArray[np.int64]
    bigram: NDArray[np.float64]
    triples: NDArray[np.int64]
    trigram: NDArray[np.float64]

    def vocabulary(self) -> Vocabulary:
        """Return the words that we would write so too; the others count as unseen."""
        shares = {
            w: p for w, p in zip(self.words, self.unigram.tolist(), strict=True) if w == END or words_of(w) == [w]
        }
        total = sum(shares.values())
        return Vocabulary({word: p / total for word, p in shares.items()}, SPHINX_UNSEEN)

    def ngrams(self, classes: Sequence[str]) -> NGrams:
        """Return the model over *classes*; n-grams of other words are dropped."""
        number = {word: index for index, word in enumerate(classes)}
        to = np.array([number.get(word, -1) for word in self.words], dtype=np.int64)
        unigram = np.full(len(classes), 1e-9)
        np.add.at(unigram, np.where(to < 0, number[UNKNOWN], to), self.unigram)
        unigram[number[START]] = 0.0
        keys2, kept2 = _keys(to[self.pairs])
        keys3, kept3 = _keys(to[self.triples])
        return normalised(classes, unigram / unigram.sum(), keys2, self.bigram[kept2], keys3, self.trigram[kept3])


def _keys(rows: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the sorted keys of rows of classes, and which rows they are; a row with -1 is dropped."""
    kept = np.flatnonzero((rows >= 0).all(axis=1))
    keys = np.zeros(len(kept), dtype=np.uint64)
    for column in rows[kept].T:
        keys = keys << np.uint64(16) | column.astype(np.uint64)
    order = np.argsort(keys, kind="stable")
    return keys[order], kept[order]


def read_sphinx(path: Path) -> SphinxModel:
    """Read a trigram model in PocketSphinx's binary format.

    The format, from its source `lm_trie.c`: counts; tables that quantised values point to; unigrams; bigrams and
    trigrams packed to the bit, sorted and linked last word first; the words.
    """
    data = path.read_bytes()
    at = len(SPHINX_MAGIC)
    order, *counts = struct.unpack_from("<B3I", data, at)
    if not data.startswith(SPHINX_MAGIC) or order != 3:
        raise SystemExit(f"{path}: no trigram model of PocketSphinx")
    at += 1 + 12 + 4  # and the kind of quantisation, always the same
    tables = np.frombuffer(data, "<f4", 3 << 16, at).reshape(3, 1 << 16).astype(np.float64)
    at += tables.shape[0] * tables.shape[1] * 4
    unigrams = np.frombuffer(data, [("p", "<f4"), ("backoff", "<f4"), ("next", "<u4")], counts[0] + 1, at)
    at += unigrams.nbytes
    word_bits, next_bits = counts[0].bit_length(), counts[2].bit_length()
    width2, width3 = word_bits + 32 + next_bits, word_bits + 16
    bytes2, bytes3 = (((1 + n) * width + 7) // 8 + 8 for n, width in ((counts[1], width2), (counts[2], width3)))
    bigrams = int(unigrams["next"][-1])  # the header counts a few more than there are
    before, _, p2, starts = _fields(data[at : at + bytes2], bigrams + 1, (word_bits, 16, 16, next_bits))
    at += bytes2
    before2, p3 = _fields(data[at : at + bytes3], int(starts[-1]), (word_bits, 16))
    words = data[at + bytes3 + 4 :].decode("utf-8").split("\0")[: counts[0]]

    firsts = unigrams["next"].astype(np.int64)
    last = np.repeat(np.arange(counts[0]), firsts[1:] - firsts[:-1])
    context = np.repeat(np.arange(bigrams), starts[1:] - starts[:-1])
    pairs = np.column_stack([before[:-1], last])
    triples = np.column_stack([before2, pairs[context]])
    return SphinxModel(
        words,
        np.exp(unigrams["p"][:-1].astype(np.float64) * SPHINX_LOG),
        pairs,
        np.exp(tables[0][p2[:-1]] * SPHINX_LOG),
        triples,
        np.exp(tables[2][p3] * SPHINX_LOG),
    )


def _fields(data: bytes, rows: int, widths: Sequence[int]) -> list[NDArray[np.int64]]:
    """Return the columns of a table of *rows* whose fields have *widths* bits, lowest bit first."""
    total = sum(widths)
    bits = np.unpackbits(np.frombuffer(data, np.uint8), count=rows * total, bitorder="little").reshape(rows, total)
    columns, start = [], 0
    for width in widths:
        values = np.zeros(rows, dtype=np.int64)
        for place in range(width):
            values |= bits[:, start + place].astype(np.int64) << place
        columns.append(values)
        start += width
    return columns


def main() -> None:
    """Make the model."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("packages", type=Path, metavar="PACKAGES")
    parser.add_argument("-o", dest="output", type=Path, default=Path("wordlists/english.lm"))
    parser.add_argument("--share", type=float, default=OWN_SHARE, help="weight of the public-domain texts")
    args = parser.parse_args()
    words, stream = read_texts(part for source in SOURCES for part in source.read(args.packages / source.folder))
    sphinx = read_sphinx(args.packages / "pocketsphinx" / SPHINX_LM)
    vocabulary = count_words(words, stream).mixed(sphinx.vocabulary(), args.share)
    classes = vocabulary.classes()
    mixture = mix(train(words, stream, classes), sphinx.ngrams(classes), args.share)
    write_model(args.output, prune(mixture, vocabulary, MAX_BIGRAMS, MAX_TRIGRAMS), vocabulary, TEXTS)


if __name__ == "__main__":
    main()

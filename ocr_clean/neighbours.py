"""Words that are spelled almost like a given one: symmetric deletion over a whole vocabulary, in numpy.

The idea is that of SymSpell (Garbe 2012): two words at edit distance one share a string that is left when at most one
character of each is deleted. Its index is a table of hashes of those strings. Hashing the vocabulary column by column
makes an index of 250,000 words in a third of a second, where building a dictionary of strings takes several. What
differs more is found by its shape (`ocr_clean.strokes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

_BASE = np.uint64(0x9E3779B97F4A7C15)  # an odd multiplier with well mixed bits (2**64 / golden ratio)
_ID_BITS = np.uint64(24)  # an entry of the index is a hash in the upper 40 bits, a word's position in the lower 24
_ID_MASK = np.uint64((1 << 24) - 1)
_LONGEST = 32
"""Longer strings are no words."""
_FAR = 2
"""The largest edit distance of a neighbour."""


class Neighbours:
    """An index of a vocabulary by spelling.

    >>> Neighbours(["union", "onion", "revolutionary"]).near(["unon", "revolutionarv"])
    [['union'], ['revolutionary']]
    """

    def __init__(self, words: Iterable[str]) -> None:
        listed = [word for word in words if 0 < len(word) <= _LONGEST]
        self.words: NDArray[np.object_] = np.array(listed, dtype=object)
        self._keys = _keys(_tables(listed))

    def near(self, queries: Sequence[str]) -> list[list[str]]:
        """For each of *queries*, the words that differ by one edit, or by two in one place.

        In the order of the vocabulary. A query that is itself in the vocabulary finds itself too.
        """
        rows, ids = self._matches(_keys(_tables(queries)))
        asked, words = np.array(queries, dtype=object)[rows], self.words[ids]
        # two strings may have one hash by chance
        truly = process.cpdist(asked, words, scorer=Levenshtein.distance, score_cutoff=_FAR, dtype=np.uint8) <= _FAR
        found = words[truly].tolist()
        bounds = np.searchsorted(rows[truly], np.arange(len(queries) + 1)).tolist()
        return [found[first:last] for first, last in pairwise(bounds)]

    def _matches(self, asked: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Positions of queries and of words that share a hash: in order, each pair once."""
        low = asked & ~_ID_MASK
        first, last = np.searchsorted(self._keys, low, "left"), np.searchsorted(self._keys, low | _ID_MASK, "right")
        counts = last - first
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        ids = self._keys[np.repeat(first, counts) + offsets] & _ID_MASK
        pairs = np.unique(np.repeat(asked & _ID_MASK, counts) << _ID_BITS | ids)
        return (pairs >> _ID_BITS).astype(np.intp), (pairs & _ID_MASK).astype(np.intp)


_Table = tuple[NDArray[np.uint64], NDArray[np.uint64]]
"""Words of one length: the codes of their characters, a column a word, and the positions of the words."""


def _joined(arrays: Iterable[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    return np.concatenate([np.zeros(0, dtype=np.uint64), *arrays])


def _keys(tables: Iterable[_Table]) -> NDArray[np.uint64]:
    """The entries of the index for words, in order: neighbouring look-ups touch the same part of it."""
    hashes = (each for table in tables for each in _deletes(*table))
    keys = _joined(code >> _ID_BITS << _ID_BITS | ids for code, ids in hashes)
    keys.sort()
    return keys


def _tables(words: Sequence[str]) -> Iterator[_Table]:
    codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, words), dtype=np.intp, count=len(words))
    starts = np.cumsum(lengths) - lengths
    for length in range(1, _LONGEST + 1):
        ids = np.flatnonzero(lengths == length)
        if len(ids):
            columns = codes[starts[ids] + np.arange(length)[:, np.newaxis]]
            yield columns.astype(np.uint64), ids.astype(np.uint64)


def _deletes(columns: NDArray[np.uint64], ids: NDArray[np.uint64]) -> Iterator[_Table]:
    """Hashes of every word and of what is left of it without any one character, with the word's position."""
    length = len(columns)
    powers = np.cumprod(np.full(length + 1, _BASE, dtype=np.uint64), dtype=np.uint64)[:, np.newaxis]
    none = np.zeros((1, len(ids)), dtype=np.uint64)
    before = np.concatenate([none, np.cumsum(columns * powers[1:], axis=0, dtype=np.uint64)])
    after = np.concatenate([np.cumsum((columns * powers[:-1])[::-1], axis=0, dtype=np.uint64)[::-1], none])
    yield before[-1], ids
    for gone in range(length):
        yield before[gone] + after[gone + 1], ids

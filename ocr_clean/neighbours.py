"""Words that are spelled almost like a given one: symmetric deletion over a whole vocabulary, in numpy.

The idea is that of SymSpell (Garbe 2012): two words at edit distance one share a string that is left when at most one
character of each is deleted. Its index is a table of hashes of those strings. Hashing the vocabulary column by column
makes an index of 250,000 words in a third of a second, where building a dictionary of strings takes several; long
words, where an OCR engine errs twice, are found by what they share at either end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

_BASE = np.uint64(0x9E3779B97F4A7C15)  # an odd multiplier with well mixed bits (2**64 / golden ratio)
_ID_BITS = np.uint64(24)  # an entry of the index is a hash in the upper 40 bits, a word's position in the lower 24
_ID_MASK = np.uint64((1 << 24) - 1)
_LONGEST = 32
"""Longer strings are no words."""
_END = 3
"""Letters that a long word must share with its neighbour at the beginning or the end."""
_FAR = 2
"""The largest edit distance of a neighbour."""
_LONG = 5
"""From this length on, neighbours at distance two are looked for by their ends."""


class Neighbours:
    """An index of a vocabulary by spelling.

    >>> index = Neighbours(["union", "onion", "revolutionary"])
    >>> index.near(["unon"]), index.sharing_an_end("revolntionarv")
    ([['union']], ['revolutionary'])
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(word for word in words if 0 < len(word) <= _LONGEST)
        self._array = np.array(self.words, dtype=object)
        tables = list(_tables(self.words))
        self._keys = _keys(tables)
        self._starts = _Ends(tables, slice(0, _END))
        self._ends = _Ends(tables, slice(-_END, None))

    def near(self, queries: Sequence[str]) -> list[list[str]]:
        """For each of *queries*, the words that differ by one edit, or by two in one place.

        In the order of the vocabulary. A query that is itself in the vocabulary finds itself too.
        """
        found: list[set[int]] = [set() for _ in queries]
        for row, word in self._matches(_keys(_tables(queries))):
            found[row].add(word)
        return [
            [
                self.words[each]
                for each in sorted(ids)
                if Levenshtein.distance(query, self.words[each], score_cutoff=_FAR) <= _FAR
            ]
            for query, ids in zip(queries, found, strict=True)
        ]

    def _matches(self, asked: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
        low = asked & ~_ID_MASK
        first, last = np.searchsorted(self._keys, low, "left"), np.searchsorted(self._keys, low | _ID_MASK, "right")
        counts = last - first
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        ids = self._keys[np.repeat(first, counts) + offsets] & _ID_MASK
        return zip(np.repeat(asked & _ID_MASK, counts).tolist(), ids.tolist(), strict=True)

    def sharing_an_end(self, query: str) -> list[str]:
        """Long words that differ from *query* by two edits anywhere, if their first or last letters are the same."""
        if not _LONG <= len(query) <= _LONGEST:
            return []
        ids = np.unique(np.concatenate([self._starts.alike(query), self._ends.alike(query)]))
        group: list[str] = self._array[ids].tolist()
        near = process.extract(query, group, scorer=Levenshtein.distance, score_cutoff=_FAR, limit=None)
        return [word for word, _, _ in near]


_Table = tuple[NDArray[np.uint64], NDArray[np.uint64]]
"""Words of one length: the codes of their characters, a column a word, and the positions of the words."""


class _Ends:
    """Long words by four letters at one end."""

    def __init__(self, tables: Iterable[_Table], end: slice) -> None:
        self.end = end
        long = [(columns, ids) for columns, ids in tables if len(columns) >= _LONG - 1]
        keys = _joined(_number(columns[end]) for columns, _ in long)
        order = np.argsort(keys, kind="stable")
        self.keys, self.ids = keys[order], _joined(ids for _, ids in long)[order]
        self.lengths = np.repeat([len(columns) for columns, _ in long], [len(ids) for _, ids in long])[order]

    def alike(self, word: str) -> NDArray[np.uint64]:
        """The positions of the words that have this end in common with *word*, and nearly its length."""
        key = _number(np.array([[ord(char)] for char in word[self.end]], dtype=np.uint64))[0]
        first, last = np.searchsorted(self.keys, key, "left"), np.searchsorted(self.keys, key, "right")
        lengths = self.lengths[first:last]  # in order, because the tables are
        low, high = np.searchsorted(lengths, (len(word) - _FAR, len(word) + _FAR + 1))
        return self.ids[first:last][low:high]


def _number(columns: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The few characters of each column as one number.

    Code points above U+FFFF are cut: what is found by it is measured in any case.
    """
    number = np.zeros(columns.shape[1], dtype=np.uint64)
    for codes in columns:
        number = number << np.uint64(16) | codes & np.uint64(0xFFFF)
    return number


def _joined(arrays: Iterable[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    return np.concatenate([np.zeros(0, dtype=np.uint64), *arrays])


def _keys(tables: Iterable[_Table]) -> NDArray[np.uint64]:
    """The entries of the index for words, in order: neighbouring look-ups touch the same part of it."""
    hashes = (each for table in tables for each in _deletes(*table))
    return np.sort(_joined(code >> _ID_BITS << _ID_BITS | ids for code, ids in hashes))


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

"""Words that are spelled almost like a given one: symmetric deletion over a whole vocabulary, in numpy.

The idea is that of SymSpell (Garbe 2012): two words at edit distance one share a string that is left when at most one
character of each is deleted. Its index is a table of hashes of those strings. Hashing the vocabulary column by column
makes an index of 250,000 words in a third of a second, where building a dictionary of strings takes several; long
words, where an OCR engine errs twice, are found by what they share at either end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

_BASE = np.uint64(0x9E3779B97F4A7C15)  # an odd multiplier with well mixed bits (2**64 / golden ratio)
_ID_BITS = np.uint64(24)  # an entry of the index is a hash in the upper 40 bits, a word's position in the lower 24
_ID_MASK = np.uint64((1 << 24) - 1)
_LONGEST = 32
"""Longer strings are no words."""
_END = 4
"""Letters that a long word must share with its neighbour at the beginning or the end."""
_LONG = 7
"""From this length on, neighbours at distance two are looked for by their ends."""


class Neighbours:
    """An index of a vocabulary by spelling.

    >>> index = Neighbours(["union", "onion", "revolutionary"])
    >>> index.near(["unon"]), index.sharing_an_end("revolntionarv")
    ([['union']], ['revolutionary'])
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(word for word in words if 0 < len(word) <= _LONGEST)
        self._keys = np.sort(np.concatenate([_packed(hashes, ids) for hashes, ids in _deletes(self.words)] or [_NONE]))

    def near(self, queries: Sequence[str]) -> list[list[str]]:
        """For each of *queries*, the words that differ by one edit, or by two in one place.

        In the order of the vocabulary. A query that is itself in the vocabulary finds itself too.
        """
        found: list[set[int]] = [set() for _ in queries]
        for hashes, rows in _deletes(queries):
            for row, word in self._matches(hashes, rows):
                found[row].add(word)
        return [
            [
                self.words[each]
                for each in sorted(ids)
                if Levenshtein.distance(query, self.words[each], score_cutoff=2) <= 2
            ]
            for query, ids in zip(queries, found, strict=True)
        ]

    def _matches(self, hashes: NDArray[np.uint64], rows: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
        low = hashes >> _ID_BITS << _ID_BITS
        first = np.searchsorted(self._keys, low, "left")
        last = np.searchsorted(self._keys, low | _ID_MASK, "right")
        counts = last - first
        hit = counts > 0
        first, counts, rows = first[hit], counts[hit], rows[hit]
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        ids = self._keys[np.repeat(first, counts) + offsets] & _ID_MASK
        return zip(np.repeat(rows, counts).tolist(), ids.tolist(), strict=True)

    def sharing_an_end(self, query: str) -> list[str]:
        """Long words that differ from *query* by two edits anywhere, if their first or last letters are the same."""
        if len(query) < _LONG:
            return []
        found = []
        for group in (self._by_start.get(query[:_END], ()), self._by_end.get(query[-_END:], ())):
            near = process.extract(query, group, scorer=Levenshtein.distance, score_cutoff=2, limit=None)
            found += [word for word, _, _ in near]
        return list(dict.fromkeys(found))

    @cached_property
    def _by_start(self) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = defaultdict(list)
        for word in self._long:
            groups[word[:_END]].append(word)
        return groups

    @cached_property
    def _by_end(self) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = defaultdict(list)
        for word in self._long:
            groups[word[-_END:]].append(word)
        return groups

    @cached_property
    def _long(self) -> list[str]:
        return [word for word in self.words if len(word) >= _LONG - 1]


_NONE = np.zeros(0, dtype=np.uint64)


def _packed(hashes: NDArray[np.uint64], ids: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return hashes >> _ID_BITS << _ID_BITS | ids


def _deletes(words: Sequence[str]) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint64]]]:
    """Hashes of every word and of what is left of it without any one character, with the word's position."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for each, word in enumerate(words):
        if 0 < len(word) <= _LONGEST:
            by_length[len(word)].append(each)
    for length, members in by_length.items():
        joined = "".join([words[each] for each in members])
        codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).reshape(-1, length).astype(np.uint64)
        ids = np.array(members, dtype=np.uint64)
        powers = np.cumprod(np.full(length + 1, _BASE, dtype=np.uint64), dtype=np.uint64)
        before = np.cumsum(codes * powers[1:], axis=1, dtype=np.uint64)
        after = np.cumsum((codes * powers[:-1])[:, ::-1], axis=1, dtype=np.uint64)[:, ::-1]
        yield before[:, -1], ids
        for gone in range(length):
            left = before[:, gone - 1] if gone else np.zeros(len(ids), dtype=np.uint64)
            right = after[:, gone + 1] if gone + 1 < length else np.zeros(len(ids), dtype=np.uint64)
            yield left + right, ids

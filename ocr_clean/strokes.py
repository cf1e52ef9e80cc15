"""Frequent words that look like a misread one, however many of its letters are wrong.

An index of edits (`ocr_clean.neighbours`) finds what is one or two slips away. A bad scan makes more of them in a word:
``nttenlioii``, ``t!ie``, ``hccrotary``. Their shape is still that of the printed word. So both are compared twice, by
their letters and by the strokes of which letters are made, over the whole vocabulary that is frequent enough to be
guessed at: rapidfuzz makes that quick enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

STROKES: Mapping[str, str] = {
    # upright strokes, alone and joined by an arch
    **dict.fromkeys("iljtfr1!|/\\[](){}", "i"),
    **dict.fromkeys("nuh", "ii"),
    "m": "iii",
    "k": "ic",
    # bowls, open and closed
    **dict.fromkeys("ceosagqzx06«»©", "c"),
    # a stroke and a bowl
    "d": "ci",
    **dict.fromkeys("bp", "ic"),
    # slanting strokes
    **dict.fromkeys("vy", "v"),
    "w": "vv",
}
"""The strokes of a letter, or of what is read for one: ``i`` upright, ``c`` round, ``v`` slanting. What has no entry is
a speck and counts as nothing."""

LETTER, STROKE = 3.0, 1.5
"""Nats that an edit of a letter and one of a stroke speak against a word, in the first comparison."""

FAMILIAR = 0.7
"""How much a nat of a word's own frequency speaks for it there."""

BEHIND = 8.0
"""A word that is so many nats behind the likeliest one is not worth a closer look."""

LONGER = 2
"""Letters by which a word may be longer or shorter than it was read; a third of its length if that is more."""

LONGEST = 32
"""Letters: longer strings are no words."""

BATCH = 64
"""Words that are compared at once: the table of distances has so many rows."""


class Shapes:
    """A vocabulary by the shape of its words.

    >>> shapes = Shapes({"attention": -9.0, "captain": -9.5, "certain": -8.0})
    >>> shapes.alike(["nttenlioii", "cuptnin"], 1)
    [['attention'], ['captain']]
    """

    def __init__(self, words: Mapping[str, float]) -> None:
        """Take *words* with the logarithm of their frequency."""
        listed = sorted((word for word in words if len(word) <= LONGEST), key=len)
        self.words: NDArray[np.object_] = np.array(listed, dtype=object)
        self._shapes: NDArray[np.object_] = np.array([strokes_of(word) for word in listed], dtype=object)
        self._familiar = FAMILIAR * np.array([words[word] for word in listed], dtype=np.float32)
        self._lengths = np.array([len(word) for word in listed], dtype=np.intp)

    def alike(self, queries: Sequence[str], most: int) -> list[list[str]]:
        """For each of *queries*, in lower case, the *most* likely words by shape, the likeliest first."""
        found: dict[str, list[str]] = {}
        for length, group in groupby(sorted(set(queries), key=lambda word: (len(word), word)), key=len):
            each = list(group)
            for start in range(0, len(each), BATCH):
                found |= self._alike(each[start : start + BATCH], length, most)
        return [found[query] for query in queries]

    def _alike(self, queries: Sequence[str], length: int, most: int) -> dict[str, list[str]]:
        reach = max(LONGER, length // 3)
        low, high = np.searchsorted(self._lengths, (length - reach, length + reach + 1))
        if length > LONGEST or low == high:
            return {query: [] for query in queries}
        likeness = self._familiar[low:high] - LETTER * _distances(queries, self.words[low:high])
        likeness -= STROKE * _distances([strokes_of(query) for query in queries], self._shapes[low:high])
        worth = likeness >= likeness.max(axis=1, keepdims=True) - BEHIND
        found = {}
        for query, row, like in zip(queries, worth, likeness, strict=True):
            near = np.flatnonzero(row)
            best = near[np.lexsort((near, -like[near]))][:most]
            found[query] = [str(self.words[low + each]) for each in best]
        return found


def _distances(queries: Sequence[str], words: NDArray[np.object_]) -> NDArray[np.float32]:
    table: NDArray[np.float32] = process.cdist(queries, words, scorer=Levenshtein.distance, dtype=np.uint8)
    return table.astype(np.float32)


def strokes_of(word: str) -> str:
    """The strokes of *word*.

    >>> strokes_of("the") == strokes_of("tiie"), strokes_of("modern") == strokes_of("modem")
    (True, True)
    """
    return word.translate(_TABLE)


class _Table(dict[int, str]):
    """For `str.translate`: what has no entry is left out."""

    def __missing__(self, code: int) -> str:
        return ""


_TABLE = _Table({ord(char): strokes for char, strokes in STROKES.items()})

"""Where each character of a line comes from: the raw line, or the ledger entry that wrote it.

The ledger gives the place of an edit in the text as it stood in the run. When a person refuses an earlier edit of the
line, that column is no longer right. So a place is also known by its *origin*, which does not shift: a column of the
raw line, or the n-th character of what an entry wrote.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias


class Origin(NamedTuple):
    """Where one character comes from."""

    entry: str
    """Id of the entry that wrote it, "" if it is the raw line's own."""
    offset: int
    """Column in the raw line, or in what the entry wrote, from 0."""


Source: TypeAlias = Origin | tuple[Origin | None, Origin | None]
"""What an edit replaces: the origin of its first character; for a pure insertion, those of the two characters
that it comes between, None at an end of the line."""


class Run(NamedTuple):
    """A stretch of the text whose characters come from one place, one after the other."""

    entry: str
    offset: int
    length: int


class Replaced(NamedTuple):
    """An edit as far as origins go."""

    entry: str
    start: int
    end: int
    """Columns of the text before the edit."""
    length: int
    """Characters written."""


@dataclass(slots=True)
class Origins:
    """The origins of one line's text; `follow` keeps them up to date.

    >>> line = Origins.of("tlie end")
    >>> line.follow([Replaced("e1", 0, 4, 3)])
    >>> line.source(1, 2), line.source(4, 5), line.column(Origin("", 5))
    (Origin(entry='e1', offset=1), Origin(entry='', offset=5), 4)
    """

    runs: list[Run]
    eaten: dict[int, str] = field(default_factory=dict)
    """Columns of the raw line that are gone, with the entry that took them."""
    _starts: list[int] = field(default_factory=list)
    _places: dict[str, list[tuple[int, int, int]]] | None = None

    @classmethod
    def of(cls, text: str) -> Origins:
        """The origins of a line that nobody has touched."""
        line = cls([Run("", 0, len(text))] if text else [])
        line._index()
        return line

    @property
    def length(self) -> int:
        """Length of the text, in characters."""
        return self._starts[-1] + self.runs[-1].length if self.runs else 0

    def source(self, start: int, end: int) -> Source:
        """What an edit of columns *start* to *end* (equal for an insertion) replaces."""
        if start < end:
            first = self._at(start)
            assert first is not None  # the caller has checked that the edit fits
            return first
        return (self._at(start - 1), self._at(start))

    def writers(self, start: int, end: int) -> list[str]:
        """Ids of the entries without which columns *start* to *end* would not read as they do."""
        if start == end:
            beside = (self._at(start - 1), self._at(start))
            return list(dict.fromkeys(origin.entry for origin in beside if origin and origin.entry))
        found: dict[str, None] = {}
        expected: int | None = None
        for run in self._between(start, end):
            if run.entry:
                found[run.entry] = None
                continue
            if expected is not None:
                found |= {self.eaten[column]: None for column in range(expected, run.offset) if column in self.eaten}
            expected = run.offset + run.length
        return list(found)

    def column(self, origin: Origin) -> int | None:
        """The column where the character of *origin* stands now, None if it is gone."""
        if self._places is None:
            self._places = {}
            for start, run in zip(self._starts, self.runs, strict=True):
                self._places.setdefault(run.entry, []).append((run.offset, run.length, start))
        places = self._places.get(origin.entry, [])
        index = bisect_right(places, origin.offset, key=lambda place: place[0]) - 1
        if index < 0:
            return None
        offset, length, start = places[index]
        return start + origin.offset - offset if origin.offset < offset + length else None

    def place(self, source: Source) -> int | None:
        """The column where an edit with *source* begins now, None if it no longer has a place."""
        if isinstance(source, Origin):
            return self.column(source)
        left, right = (None if each is None else self.column(each) for each in source)
        if (source[0] is not None and left is None) or (source[1] is not None and right is None):
            return None
        begins = 0 if left is None else left + 1
        return begins if begins == (self.length if right is None else right) else None

    def follow(self, edits: Iterable[Replaced]) -> None:
        """Take note of *edits* of the same text, which do not overlap."""
        old, total = self.runs, self.length
        new: list[Run] = []
        index, column = 0, 0

        def copy(end: int) -> Iterable[Run]:
            nonlocal index, column
            while column < end:
                start, run = self._starts[index], old[index]
                stop = min(end, start + run.length)
                yield Run(run.entry, run.offset + column - start, stop - column)
                column = stop
                index += stop == start + run.length

        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
            new += copy(edit.start)
            for run in copy(edit.end):
                if not run.entry:
                    self.eaten |= dict.fromkeys(range(run.offset, run.offset + run.length), edit.entry)
            if edit.length:
                new.append(Run(edit.entry, 0, edit.length))
        new += copy(total)
        self.runs = new
        self._index()

    def _index(self) -> None:
        self._starts, self._places, column = [], None, 0
        for run in self.runs:
            self._starts.append(column)
            column += run.length

    def _at(self, column: int) -> Origin | None:
        if not 0 <= column < self.length:
            return None
        index = bisect_right(self._starts, column) - 1
        run = self.runs[index]
        return Origin(run.entry, run.offset + column - self._starts[index])

    def _between(self, start: int, end: int) -> Iterable[Run]:
        index = bisect_right(self._starts, start) - 1
        while index < len(self.runs) and self._starts[index] < end:
            begins, run = self._starts[index], self.runs[index]
            low, high = max(start, begins), min(end, begins + run.length)
            yield Run(run.entry, run.offset + low - begins, high - low)
            index += 1

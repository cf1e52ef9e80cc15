"""The folio chain: the longest believable sequence of page numbers through a dump.

Dynamic programming over the candidates of `ocr_clean.furniture`: a link from one to a later one is believed as far as
the distance between them is that of as many pages as their numbers say. Numbers that are missing or unreadable cost
something, so do pages that are too short or too long; heads that are alike pay. The formal model is Dejean and
Meunier, "Logical document conversion: combining functional and formal knowledge", DocEng 2007.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np

from ocr_clean.folios import Folio

MIN_PAGE, MAX_PAGE = 8, 140
"""Printed lines that a page can have."""
MAX_STEP = 12
"""Largest step from one number of the chain to the next."""
LINK = 0.5
"""What a link is worth before costs."""
UNREAD, MISSING = 0.5, 0.7
"""Cost of a page in between whose number was not read, and of one that the dump lacks."""
MISFIT = 1.2
"""Cost of a page e times as long or as short as usual."""
GAP = 0.3
"""Cost of each place where pages are missing, so that one gap is likelier than two."""
TOO_LONG = 1.5
"""Cost of each page's worth of lines more than the numbers say: plates, dirt."""
ALIKE = 0.5
"""What it is worth that both heads have the same text."""
START = -2.0
"""A chain has to earn this before it counts."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where the chain may pass: a line that would be a head or foot with this number."""

    position: float
    """Printed lines (or leaves) from the beginning of the dump."""
    amount: float
    """Characters from the beginning of the dump (or leaves): pages of short lines, an index, hold more lines."""
    folio: Folio
    weight: float
    kind: int = -1
    """Heads with the same text have the same kind; -1 for none."""


def page_length(stops: Sequence[Stop]) -> float:
    """The usual distance between two stops whose numbers follow each other, in printed lines; 0 if there is none."""
    votes = np.zeros(MAX_PAGE + 1)
    seen: dict[tuple[bool, int], list[Stop]] = defaultdict(list)
    for stop in stops:
        for step in (1, 2):
            for other in reversed(seen[stop.folio.roman, stop.folio.value - step]):
                distance = (stop.position - other.position) / step
                if distance > MAX_PAGE:
                    break
                if distance >= MIN_PAGE:
                    votes[round(distance)] += max(0.0, stop.weight) * max(0.0, other.weight)
        seen[stop.folio.roman, stop.folio.value].append(stop)
    smooth = np.convolve(votes, np.ones(5), "same")
    return float(smooth.argmax()) if smooth.max() > 2 else 0.0


def page_amount(stops: Sequence[Stop], length: float) -> float:
    """The usual number of characters between two stops about *length* printed lines apart."""
    first = {(stop.folio.roman, stop.folio.value): stop for stop in stops}
    amounts = [
        stop.amount - before.amount
        for stop in stops
        if (before := first.get((stop.folio.roman, stop.folio.value - 1)))
        and abs(stop.position - before.position - length) <= 0.2 * length
    ]
    return float(np.median(amounts)) if amounts else length


def link(pages: float, step: int) -> float:
    """How believable it is that a stretch as long as *pages* usual pages holds *step* of them.

    >>> link(1.0, 1), link(1.0, 2) < link(2.0, 2) < link(1.0, 1)
    (0.5, True)
    """
    whole = max(1, round(pages))
    if whole > step:
        return LINK - UNREAD * (step - 1) - TOO_LONG * (pages - step)
    missing = MISSING * (step - whole) + GAP * (step > whole)
    return LINK - UNREAD * (whole - 1) - missing - MISFIT * abs(log(max(pages, 0.02) / whole))


def best_chain(stops: Sequence[Stop], length: float, amount: float) -> list[Stop]:
    """The best chain of *stops*, which are in order of position.

    *length* and *amount* are the printed lines and characters of a usual page: a stretch is measured in both, and the
    better of the two counts. Stretches of more than `MAX_STEP` pages without a stop are not believed.
    """
    return _Search(stops, length, amount).best(0, len(stops))


def best_chains(
    stops: Sequence[Stop], length: float, amount: float, believed: Callable[[list[Stop]], bool]
) -> Iterator[list[Stop]]:
    """The best chain of *stops*, then the best ones before and after it, as long as they are *believed*; in order."""
    search = _Search(stops, length, amount)
    positions = [stop.position for stop in stops]
    todo: list[tuple[int, int] | list[Stop]] = [(0, len(stops))]
    while todo:
        part = todo.pop()
        if isinstance(part, list):
            yield part
            continue
        first, end = part
        members = search.best(first, end)
        if not members or not believed(members):
            continue
        before = bisect_left(positions, members[0].position, first, end)
        after = bisect_right(positions, members[-1].position, first, end)
        todo += [(after, end), members, (first, before)]


class _Search:
    """The best chain that ends at each stop. One part after the other can be asked for, from left to right."""

    def __init__(self, stops: Sequence[Stop], length: float, amount: float) -> None:
        self.stops, self.length, self.amount = stops, length, amount
        self.scores = np.zeros(len(stops))
        self.back = [-1] * len(stops)
        self.roots = np.arange(len(stops))
        """The first stop of the chain that ends at each."""
        self.places: dict[tuple[bool, int], list[int]] = defaultdict(list)
        for index, stop in enumerate(stops):
            self._link(index, 0)
            self.places[stop.folio.roman, stop.folio.value].append(index)

    def best(self, first: int, end: int) -> list[Stop]:
        """The best chain of the stops from index *first* up to *end*."""
        if first >= end:
            return []
        for place in np.flatnonzero(self.roots[first:end] < first):  # those that came from further left
            self._link(first + int(place), first)
        index = first + int(self.scores[first:end].argmax())
        found: list[Stop] = []
        while index >= 0:
            found.append(self.stops[index])
            index = self.back[index]
        return found[::-1]

    def _link(self, index: int, first: int) -> None:
        """Find the best way to the stop *index* from those of index *first* on."""
        stop = self.stops[index]
        best, back = START + stop.weight, -1
        for step in range(1, MAX_STEP + 1):
            places = self.places.get((stop.folio.roman, stop.folio.value - step), [])
            for place in range(bisect_left(places, index) - 1, -1, -1):
                other = places[place]
                before = self.stops[other]
                lines, text = (
                    (stop.position - before.position) / self.length,
                    (stop.amount - before.amount) / self.amount,
                )
                if other < first or min(lines, text) > step + 2:
                    break
                gain = max(link(lines, step), link(text, step)) + stop.weight
                gain += ALIKE if stop.kind >= 0 and stop.kind == before.kind else 0.0
                if self.scores[other] + gain > best:
                    best, back = float(self.scores[other]) + gain, other
        self.scores[index], self.back[index] = best, back
        self.roots[index] = index if back < 0 else self.roots[back]


def regular(stops: Sequence[Stop], length: float) -> float:
    """Share of the links of a chain whose distance is that of whole pages, within a quarter."""
    if len(stops) < 2:
        return 0.0
    good = 0
    for one, other in pairwise(stops):
        distance = (other.position - one.position) / length
        pages = max(1, round(distance))
        good += pages <= other.folio.value - one.folio.value and abs(distance / pages - 1) <= 0.25
    return good / (len(stops) - 1)

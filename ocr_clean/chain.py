"""The folio chain: the longest believable sequence of page numbers through a dump.

Dynamic programming over the candidates of `ocr_clean.furniture`: a link from one to a later one is believed as far as
the distance between them is that of as many pages as their numbers say. Numbers that are missing or unreadable cost
something, so do pages that are too short or too long; heads that are alike pay. The formal model is Dejean and
Meunier, "Logical document conversion: combining functional and formal knowledge", DocEng 2007.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
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


def best_chain(stops: Sequence[Stop], length: float, amount: float) -> list[int]:
    """Indices of the stops of the best chain, in order; *stops* are in order of position.

    *length* and *amount* are the printed lines and characters of a usual page: a stretch is measured in both, and the
    better of the two counts. Stretches of more than `MAX_STEP` pages without a stop are not believed.
    """
    scores = [START + stop.weight for stop in stops]
    back = [-1] * len(stops)
    seen: dict[tuple[bool, int], list[int]] = defaultdict(list)
    for index, stop in enumerate(stops):
        for step in range(1, MAX_STEP + 1):
            for other in reversed(seen.get((stop.folio.roman, stop.folio.value - step), ())):
                before = stops[other]
                lines, text = (stop.position - before.position) / length, (stop.amount - before.amount) / amount
                if min(lines, text) > step + 2:
                    break
                gain = max(link(lines, step), link(text, step)) + stop.weight
                gain += ALIKE if stop.kind >= 0 and stop.kind == before.kind else 0.0
                if scores[other] + gain > scores[index]:
                    scores[index], back[index] = scores[other] + gain, other
        seen[stop.folio.roman, stop.folio.value].append(index)
    if not stops:
        return []
    index = max(range(len(stops)), key=scores.__getitem__)
    found: list[int] = []
    while index >= 0:
        found.append(index)
        index = back[index]
    return found[::-1]


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

"""Contents pages whose chapters are summed up: a label, a title perhaps, the argument of the chapter and its page.

    CHAPTER I.
    THE UPPER LOCK.
    A keeper is found— the long dry summer— what the share-
    holders were told                                       7

Such a page has no entry of one line, and is told by its labels: they count from one, and then from one again where the
book begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ocr_clean.contents_page import PAGE_RE, is_head, is_title
from ocr_clean.document import Line
from ocr_clean.headlines import capitals, label

FEWEST = 3
"""Fewer chapters are no contents page."""
PAGED = 0.5
"""Share of the arguments that must end in a page number; the OCR loses some."""
LONGEST = 25
"""Printed lines of an argument, at most."""
LABELLED = 3
"""Lines of a label with the title under it, at most."""
TITLE_ABOVE = 3
"""Printed lines above the first label in which the title of the page may stand."""


def argument_zone(lines: Sequence[Line]) -> tuple[int, int]:
    """First and last place in *lines* of such a contents page, its title among them; (0, -1) if there is none.

    *lines* are printed lines. Leaves alone labels that are far apart, and those whose arguments hardly have a page.
    """
    labels = [
        (place, found.number) for place, line in enumerate(lines) if (found := label(line.text)) and not found.title
    ]
    ones = [index for index, (_, number) in enumerate(labels) if number == 1]
    for one, again in pairwise(ones):
        places = [place for place, _ in labels[one : again + 1]]
        numbers = [number for _, number in labels[one:again]]
        if len(numbers) >= FEWEST and numbers == sorted(set(numbers)) and _are_arguments(lines, places):
            last = _without_half_title(lines, places[-2], places[-1])
            above = [
                place for place in range(max(0, places[0] - TITLE_ABOVE), places[0]) if is_title(lines[place].text)
            ]
            return (above or places)[0], last
    return 0, -1


def _are_arguments(lines: Sequence[Line], places: Sequence[int]) -> bool:
    paged = 0
    for first, end in pairwise(places):
        if end - first > LONGEST:
            return False
        paged += any(_has_page(line) for line in lines[first + 1 : end])
    return paged >= PAGED * (len(places) - 1)


def _has_page(line: Line) -> bool:
    return PAGE_RE.match(line.text.strip()) is not None and not is_head(line.text)


def _without_half_title(lines: Sequence[Line], first: int, end: int) -> int:
    """The last place of the argument of the last chapter: what stands in capitals below it begins the book."""
    last = end - 1
    while last > first + 1 and capitals(lines[last].text) and not _has_page(lines[last]):
        last -= 1
    return last


def arguments(zone: Sequence[Line]) -> list[tuple[int, list[Line]]]:
    """The entries of such a page: level and lines, the label with its title first, then the argument.

    *zone* holds no head and no title of the page.
    """
    entries: list[tuple[int, list[Line]]] = []
    for line in zone:
        level, lines = entries[-1] if entries else (0, [])
        titled = level == 1 and len(lines) < LABELLED and capitals(line.text)
        if label(line.text):
            entries.append((1, [line]))
        elif titled or level == 2:
            lines.append(line)
        else:
            entries.append((2, [line]))
    return entries

"""The contents page as the witness of the headings: which entry is which line of the text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import regex
from rapidfuzz import fuzz, process

from ocr_clean.contents_page import Entry
from ocr_clean.document import Document, Line
from ocr_clean.headlines import FOLIO_RE, Headline, label
from ocr_clean.numerals import figure

WORD_RE = regex.compile(r"[\p{L}\p{M}]+(?:[’'-][\p{L}\p{M}]+)*|\d+")
OPEN_END_RE = regex.compile(r"[,;]\W*$")
SURE = 0.66
"""Likeness of letters, with what page and place add, at which an entry and a headline are the same."""
LEAST = 0.62
"""Likeness of letters that page and place cannot make up for."""
PAGE_AGREES = 0.12
PAGE_DIFFERS = -0.25
"""What a printed page within one of the entry's, or further off, adds to the similarity."""
DIRT = 0.01
DIRTY = frozenset("^*_|\\~{}<>=■•€§")
"""What each line and each stray mark takes from it: of two that are as like the entry, the cleaner is the heading."""
LONG = 12
PART = 0.8
"""A damaged entry of so many letters may be part of its heading; likeness to a part counts so much."""
AFTER_LABEL = 0.1
"""What ``Chapter N`` on the line above adds for an entry of level 1."""


def letters(text: str) -> str:
    """*text* as it is compared: letters and figures in lower case, words one space apart.

    >>> letters("— Trotsky’s  reaction ^")
    "trotsky's reaction"
    """
    return " ".join(WORD_RE.findall(text.replace("’", "'").lower()))


@dataclass(frozen=True, slots=True)
class Match:
    """An entry of the contents and its heading in the text."""

    entry: Entry
    headline: Headline
    similarity: float


def matches(doc: Document, found: Sequence[Entry], headlines: Sequence[Headline]) -> list[Match]:
    """Which headline belongs to which entry: the best pairs that keep the order of both (an alignment)."""
    headlines = [each for each in headlines if len(each.text) < 160 and _plausible(each)]
    if not found or not headlines:
        return []
    scores = _scores(doc, found, headlines)
    return [Match(found[a], headlines[b], float(scores[a, b])) for a, b in _align(scores, headlines)]


def _plausible(headline: Headline) -> bool:
    """Whether a headline may be a heading at all: words, no folio at its ends, no sentence in it, no open end."""
    if label(headline.text) is not None:
        return True
    if not letters(headline.text):
        return False
    if FOLIO_RE.search(headline.text) and not headline.text[:1].isdigit():
        return False
    if any(line.text.rstrip().endswith((".", ";")) for line in headline.lines[:-1]):
        return False
    return OPEN_END_RE.search(headline.text) is None


def _scores(doc: Document, found: Sequence[Entry], headlines: Sequence[Headline]) -> npt.NDArray[np.float64]:
    names = [letters(entry.title) for entry in found]
    texts = [letters(_title(each)) for each in headlines]
    scores = process.cdist(names, texts, scorer=fuzz.ratio).astype(np.float64) / 100
    lengths = np.array([len(text) for text in texts])
    for row, entry in enumerate(found):
        if DIRTY.intersection(entry.title) and len(names[row]) >= LONG:
            part = process.cdist([names[row]], texts, scorer=fuzz.partial_ratio)[0] / 100 * PART
            fits = (lengths >= len(names[row])) & (lengths <= 2.5 * len(names[row]))
            scores[row] = np.maximum(scores[row], np.where(fits, part, 0))
    scores = np.where(scores >= LEAST, scores, 0)
    pages = np.array([figure(doc.page_name(each.lines[0].number)) for each in headlines])
    labelled = np.array([_under_label(each) for each in headlines])
    scores -= [DIRT * sum(char in DIRTY for char in each.text) + DIRT * len(each.lines) for each in headlines]
    for row, (low, high) in enumerate(_page_ranges(found)):
        known = pages > 0
        if high:
            fits = (pages >= low - 1) & (pages <= high + 1)
            scores[row] += np.where(known & fits, PAGE_AGREES, 0) + np.where(known & ~fits, PAGE_DIFFERS, 0)
        if found[row].level == 1:
            scores[row] += np.where(labelled, AFTER_LABEL, 0)
    return np.asarray(scores)


def _title(headline: Headline) -> str:
    found = label(headline.text)
    return found.title if found and found.title else headline.text


def _under_label(headline: Headline) -> bool:
    if headline.before is not None and label(headline.before.upper.text):
        return True
    found = label(headline.text)
    return found is not None and bool(found.title)


def _page_ranges(found: Sequence[Entry]) -> list[tuple[int, int]]:
    """For each entry the first and last printed page on which it may stand; (0, 0) if unknown."""
    values = [figure(entry.page) for entry in found]
    ranges = []
    for index, value in enumerate(values):
        if value:
            ranges.append((value, value))
            continue
        before = next((each for each in reversed(values[:index]) if each), 0)
        after = next((each for each in values[index:] if each), 0)
        ranges.append((before, after) if before and after >= before else (0, 0))
    return ranges


Chain: TypeAlias = tuple[float, int, "Pairs"]
"""Sum of similarities, last line, and pairs of entry and headline."""
Pairs: TypeAlias = "tuple[int, int, Pairs] | None"
"""The last pair, and those before it: chains share their beginnings."""


def _align(scores: npt.NDArray[np.float64], headlines: Sequence[Headline]) -> list[tuple[int, int]]:
    """The chain of pairs, rising in both, with the greatest sum of similarity above `SURE`."""
    gains = np.where(scores >= SURE, scores - SURE + 0.05, 0.0)
    ends = [each.lines[-1].number for each in headlines]
    order = np.argsort([each.lines[0].number for each in headlines], kind="stable")
    chains: list[Chain] = [(0.0, 0, None)]
    for row in range(len(scores)):
        grown: list[Chain] = []
        last_lines = [chain[1] for chain in chains]
        for column in order:
            gain = float(gains[row, column])
            if gain <= 0:
                continue
            before = bisect_left(last_lines, headlines[column].lines[0].number) - 1
            value, _, pairs = chains[before]  # of a frontier, the chain that ends last is worth most
            grown.append((value + gain, ends[column], (row, int(column), pairs)))
        chains = _frontier([*chains, *grown])
    return list(_unfolded(chains[-1][2]))[::-1]


def _unfolded(pairs: Pairs) -> Iterator[tuple[int, int]]:
    """The pairs, the last first."""
    while pairs is not None:
        row, column, pairs = pairs
        yield row, column


def _frontier(chains: list[Chain]) -> list[Chain]:
    """The chains that are not beaten by one that ends earlier and is worth as much."""
    kept: list[Chain] = []
    for chain in sorted(chains, key=lambda chain: (chain[1], -chain[0])):
        if not kept or chain[0] > kept[-1][0]:
            kept.append(chain)
    return kept


SAME = 85
"""Likeness, per cent, of an entry and a heading that are the same."""
BETWEEN = 60
"""The same where one of either is left between two that agree."""


def linked(found: Sequence[Entry], headings: Sequence[tuple[str, Line]]) -> dict[int, int]:
    """Which heading each entry names, by their places in *found* and *headings* (text and first line, in order).

    The most pairs that keep the order of both and agree in their wording or in the number of the chapter; then, between
    two of them, what is left of both in order, if half of it is alike.
    """
    names = [letters(text) for text, _ in headings]
    pairs = dict(rising(_agreeing(found, headings, names)))
    return pairs | _left_between(found, names, pairs)


def _agreeing(
    found: Sequence[Entry], headings: Sequence[tuple[str, Line]], names: Sequence[str]
) -> Iterator[tuple[int, int]]:
    """Every entry with each heading below it that it may name; the last heading first."""
    titles = [letters(entry.title) for entry in found]
    alike = process.cdist(titles, names, scorer=fuzz.ratio, score_cutoff=SAME)
    chapters = {line.label: place for place, (_, line) in reversed(list(enumerate(headings))) if line.level == 2}
    for place, (entry, title) in enumerate(zip(found, titles, strict=True)):
        tail = f" {title}" if " " in title else "\n"
        same = {each for each, name in enumerate(names) if title and (alike[place, each] or name.endswith(tail))}
        if entry.number and not same:
            same = {chapters[label] for label in [str(entry.number)] if label in chapters}
        for each in sorted(same, reverse=True):
            if headings[each][1].number > entry.lines[0].number:
                yield place, each


def rising(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain of *pairs* (in order of their first numbers, the second falling) that rises in both."""
    ends: list[int] = []
    chains: list[Pairs] = []
    for first, second in pairs:
        at = bisect_left(ends, second)
        ends[at : at + 1], chains[at : at + 1] = [second], [(first, second, chains[at - 1] if at else None)]
    return list(_unfolded(chains[-1]))[::-1] if chains else []


def _left_between(found: Sequence[Entry], names: Sequence[str], pairs: dict[int, int]) -> dict[int, int]:
    more: dict[int, int] = {}
    ends = [*sorted(pairs.items()), (len(found), len(names))]
    for (first, low), (last, high) in pairwise(ends):
        free = low + 1
        for place in range(first + 1, last):
            title = letters(found[place].title)
            alike = (each for each in range(free, high) if fuzz.partial_ratio(title, names[each]) >= BETWEEN)
            heading = next(alike, None) if title else None
            if heading is not None:
                more[place], free = heading, heading + 1
    return more

"""Pages: where each begins, what number it bears, which are missing.

| in the dump | becomes | rule |
|---|---|---|
| a form feed | a leaf begins | form-feed |
| `The New Course 25` at the foot, `26 Fighting ...` a page further | leaves 25 and 26 | folio |
| `V jl66 Afloat on the uppercana(l` between 165 and 167 | leaf 166 | damaged-folio |
| nothing between 120 and 122, two pages of text | leaf 121, inferred | blank-lines, interpolated |
| nothing between 255 and 257, one page of text | leaf 257, page 256 is missing | folio |
| title page, plates | leaf without a number | blank-lines |

How: every line with a number at one end is a candidate; the best chain of them through the dump is found by dynamic
programming (`ocr_clean.chain`); between two of its members, damaged heads are looked for that are like the others;
what is left is filled by the amount of text. A dump whose numbers make no regular chain has no pages.

Leaves alone: numbers that stand in the text, in lists, tables and notes, however many; a dump that has its leaves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from math import ceil, log2
from statistics import median
from typing import ClassVar

from ocr_clean import chain, furniture
from ocr_clean.chain import Stop
from ocr_clean.changes import Change
from ocr_clean.document import Document, Leaf, Line, Role
from ocr_clean.folios import Folio
from ocr_clean.furniture import Candidate
from ocr_clean.lexicon import Lexicon

MIN_CHAIN = 4
"""Shortest chain that is believed in a dump without form feeds."""
MIN_REGULAR = 0.5
"""Least share of its links that must be whole pages apart."""
TEXT_RE = re.compile(r"(?<!\S)[\"'‘“(]?\w?[^\W\d_][^\W\d_A-Z]++[.,;:!?)’”\"]*(?!\S)")
"""A word that has come through undamaged, whatever the language."""
FULL = 0.25
"""A page may hold this share more than the usual text before it counts as two."""
CROWDED = 0.6
"""The same where an empty page is seen."""
EMPTY_PAGE = 24
"""So many blank lines are what is left of a page that was not read."""
WIDE_GAP = 6
"""Blank lines that separate two pages where there is no number to tell."""
REACH = 10
"""Heads on either side of an unread one to which it is compared."""
ALIKE, ALIKE_ALONE = 0.45, 0.5
"""Least likeness of a damaged head to one that was read, with and without a trace of its number."""
DAMAGED = 0.8
"""Least evidence for a damaged head."""
SECOND, TWICE = 0.7, 0.55
"""Least likeness of the second line of a head to those of other pages, and of a head read twice to itself."""
SHORT_LINE = 0.65
"""Longest title, as a share of the usual line."""
NEAR = 5
"""Source lines within which a second line may belong to a head or foot."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A head or foot with its folio: where one page begins or ends."""

    line: int
    position: float
    folio: Folio
    rule: str
    confidence: float
    key: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """Say where each page begins, with its printed number and the pages missing before it."""

    name: ClassVar[str] = "pages"

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose the leaves of *doc*, or nothing if they are known or cannot be found."""
        if doc.leaves:
            return
        if any("\f" in line.raw for line in doc.lines):
            yield from _paged(doc)
        else:
            yield from _unpaged(doc)


# --- a dump with form feeds ---------------------------------------------------


def _paged(doc: Document) -> Iterator[Leaf]:
    """Leaves begin at form feeds; their numbers are what most folios at the page edges agree on."""
    starts = form_feed_starts(doc.lines)
    numbers = _numbers(doc, starts)
    known: Folio | None = None
    for index, start in enumerate(starts):
        found = numbers.get(index)
        if found is None:
            yield Leaf(start, rule="form-feed", why="form feed")
            continue
        folio, verdict, confidence = found
        missing: tuple[str, ...] = ()
        if known and known.roman == folio.roman and known.value + 1 < folio.value and index - 1 in numbers:
            missing = tuple(Folio(value, folio.roman).printed for value in range(known.value + 1, folio.value))
        known = folio
        yield Leaf(start, folio.printed, verdict, confidence, missing, "form-feed", f"{verdict} folio")


def form_feed_starts(lines: Sequence[Line]) -> list[int]:
    """Source lines that begin a leaf: those that a form feed stands before, and the first.

    A form feed at the end of a line or on a line of its own begins the leaf on the next line; one at the start of a
    line (pdftotext, tesseract) on that line. One at the very end of the dump begins nothing.
    """
    starts = [1]
    last = max((line.number for line in lines if line.text.strip("\f ")), default=0)
    for line in lines:
        if "\f" not in line.raw:
            continue
        start = line.number if line.raw.startswith("\f") and line.raw.strip() else line.number + 1
        if starts[-1] < start <= last:
            starts.append(start)
    return starts


def _numbers(doc: Document, starts: Sequence[int]) -> dict[int, tuple[Folio, str, float]]:
    """Folio, verdict and confidence by index of leaf, from the best chains over the leaves."""
    edges = _edge_lines(doc, starts)
    found = [each for each in furniture.candidates(doc) if each.line in edges]
    kinds, sizes = furniture.clusters([each.key for each in found])
    stops = [
        Stop(edges[each.line], edges[each.line], each.folio, _weight(each, size), int(kind))
        for each, kind, size in zip(found, kinds, sizes, strict=True)
    ]
    numbers: dict[int, tuple[Folio, str, float]] = {}
    for members in _chains(stops, 1.0, 1.0, least=3):
        for one, other in pairwise(members):
            step = other.folio.value - one.folio.value
            for apart in range(1, int(other.position - one.position)):
                if step == other.position - one.position:
                    folio = Folio(one.folio.value + apart, one.folio.roman)
                    numbers[int(one.position) + apart] = (folio, "inferred", 0.9)
        numbers |= {int(stop.position): (stop.folio, "printed", 0.99) for stop in members}
    return numbers


def _edge_lines(doc: Document, starts: Sequence[int]) -> dict[int, int]:
    """The three first and the three last printed lines of each leaf, with the index of the leaf."""
    edges: dict[int, int] = {}
    ends = [*(start - 1 for start in starts[1:]), len(doc.lines)]
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        numbers = [line.number for line in doc.lines[start - 1 : end] if line.role is not Role.BLANK]
        edges |= dict.fromkeys((*numbers[:3], *numbers[-3:]), index)
    return edges


# --- a dump without -----------------------------------------------------------


def _unpaged(doc: Document) -> Iterator[Leaf]:
    """Leaves as the chains of folios tell them; none if there is no believable chain."""
    found = furniture.candidates(doc)
    text = _Text(doc)
    kinds, sizes = furniture.clusters([each.key for each in found])
    stops = [
        Stop(each.position, text.characters[each.line], each.folio, _weight(each, size), int(kind))
        for each, kind, size in zip(found, kinds, sizes, strict=True)
    ]
    text.length = chain.page_length(stops)
    if not text.length:
        return
    text.size = chain.page_amount(stops, text.length)
    lines = {(each.position, each.folio): each for each in found}
    parts: list[_Part] = []
    for members in _chains(stops, text.length, text.size, least=MIN_CHAIN):
        bounds = [_bound(lines[int(stop.position), stop.folio]) for stop in members]
        parts.append(text.part(text.filled(bounds)))
    if parts:
        yield from _with_unnumbered(text, parts)


def _weight(candidate: Candidate, size: float) -> float:
    return candidate.own + min(1.5, 0.5 * log2(max(1.0, float(size))))


def _chains(stops: list[Stop], length: float, amount: float, least: int) -> Iterator[list[Stop]]:
    """The best chain, then the best ones before and after it: a book may count its pages more than once."""

    def believed(members: list[Stop]) -> bool:
        return len(members) >= least and (length <= 1 or chain.regular(members, length) >= MIN_REGULAR)

    return chain.best_chains(stops, length, amount, believed)


def _bound(candidate: Candidate) -> Bound:
    confidence = 0.99 if candidate.folio.exact else 0.9
    return Bound(candidate.line, candidate.position, candidate.folio, "folio", confidence, candidate.key)


@dataclass(frozen=True, slots=True)
class _Part:
    """The leaves that one chain of folios numbers, and the last source line that they take up."""

    leaves: tuple[Leaf, ...]
    last: int


def _with_unnumbered(text: _Text, parts: Sequence[_Part]) -> Iterator[Leaf]:
    """The leaves of *parts*, and between them those without a number, told by wide gaps alone."""
    line = 1
    for part in parts:
        yield from text.unnumbered(line, part.leaves[0].line - 1)
        yield from part.leaves
        line = part.last + 1
    yield from text.unnumbered(line, len(text.doc.lines))


class _Text:
    """The lines of a dump with what the search needs: printed lines, blank lines, amount of text."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.printed = [line for line in doc.lines if line.role is not Role.BLANK]
        self.before, self.after = furniture.blanks_around(doc.lines)
        self.characters = [0, *accumulate(len(line.text) for line in doc.lines)]
        """Characters up to and with each source line."""
        self.words = [0, *accumulate(len("".join(TEXT_RE.findall(line.text))) for line in doc.lines)]
        """Characters in undamaged words up to and with each source line."""
        self.items = furniture.items(doc)
        """Source lines that begin an item of a numbered list."""
        self.spaced = len(self.printed) < 0.98 * len(doc.lines)
        """Whether the dump has blank lines."""
        self._known: dict[int, tuple[str, ...]] = {}
        self.length = 0.0
        """Printed lines of a usual page."""
        self.size = 0.0
        """Characters of a usual page."""

    def amount(self, first: int, last: int) -> int:
        """Characters in undamaged words from source line *first* to *last*."""
        return self.words[max(first - 1, last)] - self.words[first - 1]

    # damaged heads between two that were read

    def filled(self, bounds: list[Bound]) -> list[Bound]:
        """*bounds* with the damaged ones in between."""
        foot = self.is_foot(bounds)
        found: list[Bound] = []
        for index, (one, other) in enumerate(pairwise(bounds)):
            found.append(one)
            if other.folio.value - one.folio.value > 1:
                found.extend(self._between(one, other, _Near(self, bounds, index, foot)))
        return [*found, bounds[-1]]

    def keys(self, bounds: Sequence[Bound]) -> list[str]:
        """Texts of the heads of *bounds*, those on a line of their own beside a lone folio too."""
        own = [bound.key for bound in bounds]
        beside = [key for bound in bounds if not bound.key for key in self._beside(bound.line)]
        often = {key for key, count in Counter(beside).items() if count > 2}
        return furniture.distinct(own + [key for key in beside if key in often])

    def _beside(self, line: int) -> tuple[str, ...]:
        if line not in self._known:
            self._known[line] = tuple(furniture.key_of(each.text) for each in self._neighbours(line))
        return self._known[line]

    def _neighbours(self, line: int) -> list[Line]:
        """The printed lines right before and right after source line *line*, if they are near and short."""
        index = line - 1
        numbers = (index - 1 - self.before[index], index + 1 + self.after[index])
        lines = (self.doc.lines[number] for number in numbers if 0 <= number < len(self.doc.lines))
        return [each for each in lines if abs(each.number - line) <= NEAR and len(each.text) <= furniture.MAX_HEAD]

    def _between(self, one: Bound, other: Bound, near: _Near) -> list[Bound]:
        folios = [Folio(value, one.folio.roman) for value in range(one.folio.value + 1, other.folio.value)]
        stops = [Stop(one.position, self.characters[one.line], one.folio, 50)]
        for position in range(int(one.position) + 1, int(other.position)):
            line = self.printed[position]
            if line.number in self.items:
                continue
            for folio, weight in near.evidence(line, folios):
                stops.append(Stop(position, self.characters[line.number], folio, weight))
        stops.append(Stop(other.position, self.characters[other.line], other.folio, 50))
        members = chain.best_chain(stops, self.length, self.size)
        return [self._damaged_bound(stop) for stop in members if one.position < stop.position < other.position]

    def _damaged_bound(self, stop: Stop) -> Bound:
        line = self.printed[int(stop.position)]
        confidence = min(0.95, 0.6 + stop.weight / 8)
        key = furniture.key_of(line.text)
        return Bound(line.number, stop.position, stop.folio, "damaged-folio", confidence, key)

    # from heads and feet to leaves

    def part(self, bounds: Sequence[Bound]) -> _Part:
        """The leaves between *bounds*, with those that have no number of their own."""
        foot = self.is_foot(bounds)
        cuts = [self._cut(index, bounds, foot) for index in range(len(bounds))]
        stretches = list(zip(pairwise(cuts), pairwise(bounds), strict=True))
        amounts = [
            self.amount(low, high - 1)
            for (low, high), (one, other) in stretches
            if other.folio.value == one.folio.value + 1
        ]
        usual = float(median(amounts)) if amounts else self.size
        leaves = [_leaf(self._beginning(cuts[0] - 1), bounds[0])] if foot else []
        absent: list[str] = []
        for (low, high), (one, other) in stretches:
            first = one.folio.value + foot
            values = [Folio(value, one.folio.roman).printed for value in range(first, other.folio.value + foot)]
            found, lacking = self._stretch(low, high - 1, values, foot, usual)
            numbered = -1 if foot else 0
            found[numbered] = _leaf(found[numbered].line, other if foot else one)
            before = lacking if foot else absent
            absent = lacking
            if before:
                found[0] = replace(found[0], missing=tuple(before))
            leaves += self._remnant(found, low, high - 1, usual) if foot else found
        if foot:
            return _Part(tuple(leaves), cuts[-1] - 1)
        leaves.append(replace(_leaf(cuts[-1], bounds[-1]), missing=tuple(absent)))
        return _Part(tuple(leaves), self._end(cuts[-1]))

    def is_foot(self, bounds: Sequence[Bound]) -> bool:
        """Whether the folios stand at the foot of the page.

        Three witnesses: on which side of the folios the gap of blank lines is wider; whether text follows the last one;
        and, where the folio of the first page of a chapter is left out, whether the title comes right after the folio
        before, or a page later.
        """
        tilt = sum(self._tilt(bound.line) for bound in bounds) / len(bounds)
        titles = [self._title_place(one, other) for one, other in pairwise(bounds)]
        told = [place for place in titles if place]
        return 2 * tilt + self._ending(bounds[-1]) + 1.5 * sum(told) / max(2, len(told)) > 0

    def _tilt(self, line: int) -> float:
        """1 for a wider gap after a line than before, -1 for the contrary; less if it touches the text before it."""
        before, after = min(6, self.before[line - 1]), min(6, self.after[line - 1])
        if before == 0 and 0 < after < 3:
            return 0.3
        return float((after > before) - (before > after))

    def _ending(self, bound: Bound) -> int:
        """1 if nothing follows the last folio, -1 if a page does, 0 if more."""
        left = len(self.printed) - 1 - bound.position
        if left <= 0.08 * self.length:
            return 1
        return -1 if left <= 1.4 * self.length else 0

    def _title_place(self, one: Bound, other: Bound) -> int:
        """1 for a title right after a folio that is followed by the next but one, -1 for a title further on."""
        if other.folio.value - one.folio.value != 2 or other.position - one.position < 1.2 * self.length:
            return 0
        for position in range(int(one.position) + 1, int(other.position)):
            line = self.printed[position]
            apart = self.before[line.number - 1] or self.after[line.number - 1] or not self.spaced
            if apart and self._may_be_title(line):
                return 1 if position - one.position <= 3 else -1
        return 0

    def _may_be_title(self, line: Line) -> bool:
        text = line.text.strip()
        short = len(text) <= SHORT_LINE * self.size / self.length
        return short and text[:1].isupper() and (text.isupper() or text[-1] not in ".,;-¬")

    def _cut(self, index: int, bounds: Sequence[Bound], foot: bool) -> int:
        """Source line with which the page after a foot, or under a head, begins: a head may have two lines."""
        bound = bounds[index]
        line = bound.line
        near = bounds[max(0, index - REACH) : index + REACH]
        keys = [bound.key] if bound.key and bound.rule == "folio" else self.keys(near)
        for each in self._neighbours(line):
            if (each.number > line) != foot:
                continue
            key, at = furniture.key_of(each.text), each.number - 1
            twice = bool(bound.key) and bound.rule == "folio"  # the same head read a second time stands farther out
            apart = self.after[at] > self.before[at] if foot else self.before[at] > self.after[at]
            least = TWICE if twice and apart else SECOND
            if max((furniture.contained(key, other) for other in keys), default=0.0) >= least and (apart or not twice):
                line = each.number
        return line + 1 if foot else line

    def _stretch(
        self, low: int, high: int, values: list[str], foot: bool, usual: float
    ) -> tuple[list[Leaf], list[str]]:
        """The leaves of source lines *low* to *high*, where the pages *values* should be, and those that are missing.

        Of several pages between two feet, the last ones are there; between two heads, the first ones.
        """
        if len(values) == 1:
            return [Leaf(low)], []
        full = CROWDED if max(self.before[low - 1 : high]) >= EMPTY_PAGE else FULL
        present = max(1, ceil(self.amount(low, high) / max(1.0, usual) - full), self._pieces(low, high, usual))
        present = min(len(values), present)
        lacking = len(values) - present
        here = values[lacking:] if foot else values[:present]
        leaves = [Leaf(low, here[0], "inferred", 0.5, (), "interpolated", "between its neighbours")]
        for index in range(1, present):
            leaves.append(self._inferred(low, high, index / present, here[index]))
        return leaves, values[:lacking] if foot else values[present:]

    def _pieces(self, low: int, high: int, usual: float) -> int:
        """How many pieces, each at least a quarter of a page, wide gaps make of source lines *low* to *high*."""
        starts = [low, *(each for each in range(low + 1, high + 1) if self.before[each - 1] >= WIDE_GAP - 1)]
        pieces, begin = 0, low
        for end in [*starts[1:], high + 1]:
            if self.amount(begin, end - 1) >= 0.25 * usual:
                pieces, begin = pieces + 1, end
        return pieces

    def _inferred(self, low: int, high: int, share: float, value: str) -> Leaf:
        """The leaf that begins after *share* of the text of lines *low* to *high*, at a gap if there is one."""
        target = self.words[low - 1] + share * self.amount(low, high)
        reach = 0.3 * self.amount(low, high)

        def badness(line: Line) -> float:
            gap = min(WIDE_GAP, self.before[line.number - 1])
            title = 0.5 * self._may_be_title(line)
            return abs(self.words[line.number - 1] - target) / max(1.0, reach) - 0.25 * gap - title

        inside = [line for line in self.doc.lines[low:high] if line.role is not Role.BLANK]
        best = min(inside, key=badness)
        gap = self.before[best.number - 1]
        if gap > 2:
            return Leaf(best.number, value, "inferred", 0.6, (), "blank-lines", f"{gap} blank lines")
        return Leaf(best.number, value, "inferred", 0.3, (), "interpolated", "by the amount of text")

    def _remnant(self, leaves: list[Leaf], low: int, high: int, usual: float) -> list[Leaf]:
        """*leaves*, the first of which follows missing pages, with what is left of the last of those as a leaf."""
        if not leaves[0].missing:
            return leaves
        end = leaves[1].line - 1 if len(leaves) > 1 else high
        text = [line.number for line in self.doc.lines[low - 1 : end] if line.role is not Role.BLANK]
        starts = [
            number
            for number in text
            if self.before[number - 1] >= WIDE_GAP
            and number > text[0]
            and self.amount(low, number - 1) <= 0.35 * usual < self.amount(number, end)
        ]
        if not starts:
            return leaves
        start = max(starts, key=lambda number: self.before[number - 1])
        last = leaves[0].missing[-1]
        remnant = Leaf(low, last, "inferred", 0.3, leaves[0].missing, "remnant", "little is left of this page")
        return [remnant, replace(leaves[0], line=start, missing=(last,)), *leaves[1:]]

    # pages without a number

    def _beginning(self, end: int) -> int:
        """Source line with which the page that ends with line *end* begins, told by blank lines."""
        return self._widest(range(end, 0, -1), self.before)

    def _end(self, start: int) -> int:
        """Last source line of the page that begins with line *start*, told by blank lines."""
        return self._widest(range(start, len(self.doc.lines) + 1), self.after)

    def _widest(self, numbers: Sequence[int], gaps: Sequence[int]) -> int:
        """Of the lines *numbers*, as many as a page may hold, the one beside the widest gap of blank lines."""
        best, widest, printed = numbers[-1], 1, 0
        for number in numbers:
            if self.doc.line(number).role is Role.BLANK:
                continue
            printed += 1
            if printed > 1.5 * self.length:
                return best
            if printed > 0.3 * self.length and gaps[number - 1] > widest:
                best, widest = number, gaps[number - 1]
        return best if widest > 1 and printed > self.length else numbers[-1]

    def unnumbered(self, low: int, high: int) -> Iterator[Leaf]:
        """Leaves without a number in source lines *low* to *high*: one, and one more after each wide gap."""
        text = [line.number for line in self.doc.lines[low - 1 : high] if line.role is not Role.BLANK]
        for index, number in enumerate(text):
            if index == 0:
                yield Leaf(low, rule="blank-lines", why="no folio")
            elif self.before[number - 1] >= WIDE_GAP:
                yield Leaf(number, rule="blank-lines", why=f"no folio, {self.before[number - 1]} blank lines")


class _Near:
    """What heads look like around a place where one was not read: the measure for damaged ones."""

    def __init__(self, text: _Text, bounds: Sequence[Bound], index: int, foot: bool) -> None:
        self.text, self.foot = text, foot
        inner = text.before if foot else text.after
        self.tight = sum(not inner[bound.line - 1] for bound in bounds) > 0.2 * len(bounds)
        """Whether heads may stand right at the text, without a blank line."""
        self.alone = not bounds[index].key and not bounds[index + 1].key
        before, after = bounds[max(0, index - REACH) : index + 1], bounds[index + 1 : index + 1 + REACH]
        self.before = [text.keys([bound for bound in before if bound.folio.value % 2 == side]) for side in (0, 1)]
        self.after = [text.keys([bound for bound in after if bound.folio.value % 2 == side]) for side in (0, 1)]

    def evidence(self, line: Line, folios: Sequence[Folio]) -> Iterator[tuple[Folio, float]]:
        """Each of *folios* that *line* could be a damaged head of, with its weight.

        A text without a number is a head only if it was one before, or stands like a foot: what comes for the first
        time is the title of a chapter, from which the next heads are taken.
        """
        index = line.number - 1
        before, after = min(3, self.text.before[index]), min(3, self.text.after[index])
        if len(line.text) > furniture.MAX_HEAD or not (before or after):
            return
        outer, inner = (after, before) if self.foot else (before, after)
        placed = outer >= inner and bool(inner or self.tight)
        isolated = 0.25 * min(1, before) + 0.25 * min(1, after) - (0.0 if placed else 0.4)
        key = furniture.key_of(line.text)
        alike: dict[tuple[int, bool], float] = {}
        for folio in folios:
            number = furniture.number_fit(line.text, folio.printed)
            if len(key) <= 3:
                leftover = 0.35 if self.alone and before and after and len(line.text.strip()) <= 5 else 0.0
                weight = max(number if number >= 0.5 else 0.0, leftover) + isolated
            else:
                side, anywhere = folio.value % 2, number >= 0.5 or (self.foot and placed)
                if (side, anywhere) not in alike:
                    keys = self.before[side] + (self.after[side] if anywhere else [])
                    alike[side, anywhere] = max((furniture.contained(key, each) for each in keys), default=0.0)
                likeness = alike[side, anywhere]
                least = ALIKE if number >= 0.5 else ALIKE_ALONE
                weight = 2.5 * (likeness - 0.4) + 0.8 * number + isolated if likeness >= least else 0.0
            if weight > DAMAGED:
                yield folio, weight


def _leaf(line: int, bound: Bound) -> Leaf:
    return Leaf(line, bound.folio.printed, "printed", bound.confidence, (), bound.rule, f"folio on line {bound.line}")

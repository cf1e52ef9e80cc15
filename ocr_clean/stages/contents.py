"""The printed contents page: its title, its entries, and where it ends.

| before | after | rule |
|---|---|---|
| `Contents` over lines that end in page numbers | a heading | title |
| `1: The lower lock / 21` | an entry of level 1 | entry |
| `The lock-keeper’s daughter` between two such | an entry of level 2 | section |
| a line of dirt with five letters or more between entries | an entry of level 2 | restored |
| `GHAP. XLHI`, `CHAP. LI V` in their places | `CHAP. XLIII`, `CHAP. LIV` | entry-number |
| `CHAPTER I.`, what happens in it and its page, before `CHAPTER I.` again | an entry, and one of level 2 | argument |
| `vi CONTENTS`, `Page` between entries | retired as running head | head |
| `10 : The end of the` / `canal / 225` | one entry on two lines | continuation |
| `Art and revolution /`, no page after it | `Art and revolution` | stray-mark |
| `4 : The flood /124` among `3: The ford / 98` | `4: The flood / 124` | entry-style |

A contents page is the best witness of a book's headings: `headings` compares each entry with the text. What the OCR
did to the entries is mended there, where both readings are at hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import regex
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ocr_clean.arguments import argument_zone, arguments
from ocr_clean.changes import Change, Edit, Mark
from ocr_clean.contents_page import LABEL_RE, PAGE_RE, is_head, is_title, page_value
from ocr_clean.document import Document, Line, Role
from ocr_clean.headlines import LABEL_RE as HEAD_LABEL_RE
from ocr_clean.headlines import label
from ocr_clean.lexicon import Lexicon
from ocr_clean.numerals import damaged_roman, roman, to_roman
from ocr_clean.witness import rising

STYLES = ("stroke", "leaders", "wide", "comma", "space")
"""How a page may be set off, the surest first: plain spaces before a number stand in any text."""
SEARCHED = 0.25
"""Share of the dump, from its top, in which a contents page is looked for; at least `SEARCHED_LINES`."""
SEARCHED_LINES = 2000
FEWEST = 3
"""Fewer entries with pages, in one style and rising, are no contents page."""
LETTERS = 5
"""A line taken for dirt is an entry all the same if it has so many letters."""
RUN_ON = 5
"""So many lines in a row that begin with a small letter are text, no entry of a contents page."""
FARTHEST = 30
"""Printed lines that may stand between one entry with a page and the next."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Find the contents page and mark its lines.

    Leaves alone a list without page numbers, and any page where fewer than three entries agree in style with pages that
    rise.
    """

    name: ClassVar[str] = "contents"

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose a mark for the title and for each entry."""
        lines = list(doc.printed_lines())
        limit = max(SEARCHED_LINES, int(SEARCHED * len(doc.lines)))
        first, last = argument_zone([line for line in lines if line.number <= limit])
        if last > first:
            yield from _argument_marks(lines[first : last + 1])
            yield from _numeral_edits(lines[first : last + 1])
            return
        for index, line in enumerate(lines):
            if line.number > limit:
                return
            if not is_title(line.text):
                continue
            zone = _zone(lines[index + 1 :])
            if zone:
                above = _above(lines[:index], zone)
                if above:
                    zone = [*above, line, *zone]
                else:
                    yield Mark(line.number, Role.HEADING, "title", "title of the contents", opens=True, level=2)
                heads = [line for line in zone if is_head(line.text)]
                yield from _head_marks(heads)
                zone = [line for line in zone if line not in heads]
                yield from _marks(zone)
                yield from _restored(doc, zone[0].number, zone[-1].number)
                yield from _label_edits(zone)
                yield from _style_edits(zone, LABEL_MARK_RE)
                yield from _style_edits(zone, PAGE_MARK_RE)
                yield from _stray_edits(zone)
                return


def _head_marks(heads: Sequence[Line]) -> Iterator[Mark]:
    for line in heads:
        yield Mark(line.number, Role.RUNNING_HEAD, "head", "between entries of the contents")


def _argument_marks(zone: Sequence[Line]) -> Iterator[Mark]:
    """Marks for the lines of a page whose chapters are summed up."""
    if is_title(zone[0].text):
        yield Mark(zone[0].number, Role.HEADING, "title", "title of the contents", opens=True, level=2)
        zone = zone[1:]
    heads = [line for line in zone if is_head(line.text)]
    yield from _head_marks(heads)
    for level, lines in arguments([line for line in zone if line not in heads]):
        for place, line in enumerate(lines):
            rule = "argument" if level == 2 else "entry"
            yield Mark(line.number, Role.CONTENTS, rule, "", opens=place == 0, level=level)


def _numeral_edits(zone: Sequence[Line]) -> Iterator[Edit]:
    """Roman numerals of labels that the OCR has damaged, where they can be read all the same."""
    for line in zone:
        found, parts = label(line.text), HEAD_LABEL_RE.match(line.text)
        if found and not found.title and parts and roman(parts["number"]) != found.number:
            why = f"number {found.number}, its strokes misread"
            numeral = parts["number"]
            yield Edit(line.number, parts.start("number"), numeral, to_roman(found.number), "entry-number", why, 0.9)


LABEL_MARK_RE = regex.compile(r"^\s*(?:\d{1,3}|[IVXLC]{1,7})(?P<mark>\s?[.:;,]\s*)(?=\p{L}|[‘“])")
"""What stands between an entry's number and its title."""
PAGE_MARK_RE = regex.compile(r"\S(?P<mark>\s*/\s*)(?=[\dlIOoSs^]{1,4}\s*$)")
"""The stroke between an entry's title and its page."""
ALIKE = 0.5
"""Share of the entries that must set a mark in one way for the others to have been meant so."""


def _style_edits(zone: Sequence[Line], pattern: regex.Pattern[str]) -> Iterator[Edit]:
    """The mark that *pattern* finds in an entry, as most entries of the page have it."""
    found = [(line, each) for line in zone if (each := pattern.search(line.text))]
    counts = Counter(each["mark"] for _, each in found)
    usual, times = counts.most_common(1)[0] if counts else ("", 0)
    if times < FEWEST or times < ALIKE * len(found):
        return
    for line, each in found:
        if each["mark"] != usual:
            why = f"{times} of {len(found)} entries have {usual!r}"
            yield Edit(line.number, each.start("mark"), each["mark"], usual, "entry-style", why, 0.9)


DIVISION_RE = regex.compile(
    r"^\W{0,3}?(?P<word>[\p{L}€][\p{L}\p{N}]{2,8})(?P<gap>\W{1,2})"
    r"(?P<number>[\p{Lu}1][\p{L}1]{0,8}(?:\s[IVXLC]{1,3})?)(?=\s?[.:;,—–-])"
)
"""A division's name and its Roman numeral at the head of an entry."""
NEAR_NUMERAL = 2
"""Letters of a numeral that may be misread, where its place in the order is beyond doubt."""


def _label_edits(zone: Sequence[Line]) -> Iterator[Edit]:
    """Names of divisions and Roman numerals as they must be, by those of the entries before and after."""
    rows = [(line, found) for line in zone if (found := DIVISION_RE.match(line.text)) and LABEL_RE.match(line.text)]
    usual, times = Counter(found["word"] for _, found in rows).most_common(1)[0] if rows else ("", 0)
    if times < FEWEST or times < ALIKE * len(rows):
        return
    numerals = [found["number"].replace(" ", "") for _, found in rows]
    values = [roman(each) or damaged_roman(each) for each in numerals]
    for place, (line, found) in enumerate(rows):
        if found["word"] != usual and fuzz.ratio(found["word"].lower(), usual.lower()) >= WORD_ALIKE:
            yield Edit(line.number, found.start("word"), found["word"], usual, "entry-number", "as the others", 0.9)
        due = _due(values, place)
        near = Levenshtein.distance(numerals[place].upper(), to_roman(due)) <= NEAR_NUMERAL
        if due and found["number"] != to_roman(due) and (near or values[place] == due):
            why = f"between {due - 1} and {due + 1}"
            yield Edit(line.number, found.start("number"), found["number"], to_roman(due), "entry-number", why, 0.9)


WORD_ALIKE = 75
"""Likeness, per cent, of a division's name and a damaged one."""


def _due(values: Sequence[int], place: int) -> int:
    """The number that an entry must have: two of it, the one before it and the one after it agree; 0 if they do not."""
    before = values[place - 1] + 1 if place and values[place - 1] else 0
    after = values[place + 1] - 1 if place + 1 < len(values) and values[place + 1] else 0
    agreed = [each for each in (before, values[place], after) if each]
    return next((each for each in agreed if agreed.count(each) > 1), 0)


LEADING_RE = regex.compile(r"[-,.;^~|'`*](?:\s[-,.;^~|'`*])?\s+(?=\p{Lu}\p{Ll})")
"""A mark alone before a title; a colon is what is left of a number."""
RARELY = 0.15
"""Share of the entries that may begin with such a mark, if it is dirt."""

STRAY_RE = regex.compile(r"(?<=[\p{L}’”)!?])(?:\s+[^\w\s’”)!?.…]{1,2})+\s*$")
"""Marks that stand alone after a title."""


def _stray_edits(zone: Sequence[Line]) -> Iterator[Edit]:
    """Marks alone at the end of an entry, no page after them: what is left of leaders leads to a page.

    And marks before a title, where hardly any entry has one.
    """
    before = [(line, found[0]) for line in zone if (found := LEADING_RE.match(line.text))]
    if len(before) <= RARELY * len(zone):
        for line, gone in before:
            yield Edit(line.number, 0, gone, "", "stray-mark", "before the title", 0.9)
    for line in zone:
        if (found := STRAY_RE.search(line.text)) and "." not in found[0]:
            yield Edit(line.number, found.start(), found[0], "", "stray-mark", "after the title", 0.9)


def _restored(doc: Document, first: int, last: int) -> Iterator[Mark]:
    """Lines between the entries that were taken for dirt: a damaged entry is still an entry."""
    for line in doc.lines[first : last - 1]:
        if line.role is Role.NOISE and sum(char.isalpha() for char in line.text) >= LETTERS:
            why = "stands among the entries"
            yield Mark(line.number, Role.CONTENTS, "restored", why, opens=True, level=2, confidence=0.7)


def _zone(lines: Sequence[Line]) -> list[Line]:
    """The lines of the contents: up to the last entry of the chain of rising pages."""
    found = [(index, PAGE_RE.match(line.text.strip())) for index, line in enumerate(lines[:800])]
    end = _prose(lines[:800])
    paged = [(index, each) for index, each in found if each and index < end]
    styles = Counter(_style(each) for index, each in paged if index <= 4 * FARTHEST)
    for style in STYLES:
        count = styles[style]
        if count < FEWEST or (style == "space" and count < 2 * FEWEST):
            continue
        last = _chain([(index, each) for index, each in paged if _style(each) == style])
        if last:
            return list(lines[: last + 1])
    return []


def _above(lines: Sequence[Line], zone: Sequence[Line]) -> list[Line]:
    """The entries above a title that is the running head of a later page of the contents: their pages rise to its own.

    The title over them was not read as one.
    """
    below = next((page_value(found["page"]) for line in zone if (found := PAGE_RE.match(line.text.strip()))), 0)
    first, count, last = len(lines), 0, len(lines)
    for index in range(len(lines) - 1, -1, -1):
        if last - index > NEAR_ENTRY:
            break
        found = PAGE_RE.match(lines[index].text.strip())
        value = page_value(found["page"]) if found else 0
        if not value:
            continue
        if value > below:
            break
        below, first, last, count = value, index, index, count + 1
    return list(lines[first:]) if count >= FEWEST else []


NEAR_ENTRY = 4
"""Printed lines from one entry with a page to the next, at most, above the title."""


def _prose(lines: Sequence[Line]) -> int:
    """Index of the line at which running text begins: so many lines in a row that begin inside a sentence."""
    row = 0
    for index, line in enumerate(lines):
        row = row + 1 if line.text.strip()[:1].islower() else 0
        if row >= RUN_ON:
            return index - row
    return len(lines)


def _style(found: regex.Match[str]) -> str:
    mark = found["style"].strip()
    if mark == "/":
        return "stroke"
    if len(mark) >= 3:
        return "leaders"
    return "comma" if mark == "," else "wide" if len(found["style"]) >= 3 else "space"


def _chain(paged: Sequence[tuple[int, regex.Match[str]]]) -> int:
    """Index of the last line of a chain of rising pages, 0 if there are too few. One damaged page does not break it."""
    last, count, highest, wrong = 0, 0, 0, 0
    for index, found in paged:
        if index - last > FARTHEST:
            break
        value = page_value(found["page"])
        if value >= highest or roman(found["page"]):
            highest = 0 if roman(found["page"]) else value
            wrong = 0
        else:
            wrong += 1
        if wrong > 1:
            break
        last, count = index, count + 1
    return last if count >= FEWEST else 0


def _fitting(zone: Sequence[Line]) -> list[bool]:
    """For each line, whether it ends in a page that fits between those before and after: a year in a title does not."""
    found = [PAGE_RE.match(line.text.strip()) for line in zone]
    values = [page_value(each["page"]) if each else 0 for each in found]
    # of two equal pages the later one is the further on: entries may begin on one page
    chain = [place for place, _ in rising((at, len(values) * value + at) for at, value in enumerate(values) if value)]
    if len(chain) > 1 and values[chain[-1]] > 2 * values[chain[-2]] + LEAP:
        chain.pop()
    return [each is not None and (roman(each["page"]) > 0 or place in chain) for place, each in enumerate(found)]


LEAP = 100
"""Pages by which the last entry may be further on than twice the one before it: what is more is a year."""


def _marks(zone: Sequence[Line]) -> Iterator[Mark]:
    paged = _fitting(zone)
    numbered = [bool(LABEL_RE.match(line.text)) for line in zone]
    sections = sum(paged) < 0.7 * len(zone)
    waiting = False
    for line, has_page, has_number in zip(zone, paged, numbered, strict=True):
        if waiting and not has_number:
            yield Mark(line.number, Role.CONTENTS, "continuation", "the entry above has no page yet", level=1)
            waiting = not has_page
            continue
        level = 1 if has_page or has_number or not sections else 2
        waiting = not has_page and (has_number or not sections)
        rule = "section" if level == 2 else "entry"
        yield Mark(line.number, Role.CONTENTS, rule, "", opens=True, level=level)

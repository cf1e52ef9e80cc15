"""The printed index: entries, subentries, and the page numbers in them.

| before | after | rule |
|---|---|---|
| `Index` over lines that end in page numbers | a heading | title |
| `BABEL, I: 24` | an entry | entry |
| `—his Testament, 17, 53-4`, or `recast, 31` under `Bells:` | a subentry | subentry |
| `revolution, 66-7` after a line without a page | the same entry | continuation |
| `-^on Zinoviev` where subentries begin with a dash | `—on Zinoviev` | subentry-dash |
| `1l7`, `l63`, `2O3` | `117`, `163`, `203` | page-number |
| `1 17` after page 104 | `117` | page-number |
| `144r6`, `266^7` | `144-6`, `266-7` | page-range |
| `16,18` where most have `16, 18` | `16, 18` | page-space |

Leaves alone an index without page numbers, and numbers that would then stand in the wrong order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import ClassVar

import regex

from ocr_clean.changes import Change, Edit, Mark
from ocr_clean.document import Document, Line, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.numerals import LOOK_ALIKES

ENDS_IN_PAGE_RE = regex.compile(
    r"(?:\d|(?<=[\d, ])[lIO]|(?<=[,.] )[lIOSs|!]{2,3}|(?<=[,.] )[ivxlc]{1,6})(?:ff?|n|n\.)?[\W_]{0,4}$"
)
"""A line that ends in a page number, maybe with a note's ``n.`` or a speck after it."""
ONLY_PAGES_RE = regex.compile(r"^[\W\d]*\d[\W\d]*$")
"""A line of nothing but page numbers."""
SEE_RE = regex.compile(r"\bsee\b(?:\s+also)?\s+\S", regex.IGNORECASE)
DASH_RE = regex.compile(r"^(?P<mark>[\s\W_]{0,5}?[—–-][\s\W_]{0,3}|[\^~_]{1,2}(?=\p{Ll}))(?=[\p{L}‘“\d])")
"""How a subentry begins where the index sets a dash before it."""
DASHED = 0.2
"""Share of lines that begin with a dash, from which a dash marks subentries."""
PAGED = 0.4
"""Share of lines that must end in a page number."""
FEWEST = 8
"""Fewer lines are no index."""
FARTHEST = 14
"""Lines without a page number after which the index has ended."""

PAGE_TOKEN_RE = regex.compile(
    r"""(?<![\p{L}\d’'])(?=[\dlIOoSsBZz|]*[lIOoSsBZz|])
    (?:(?=[\dlIOoSsBZz|]*\d)[\dlIOoSsBZz|]{2,3}|(?<=[,.]\s)[lIS|][lIOSs|]{1,2}(?=\W*$|[,.;]))(?![\p{L}\d])""",
    regex.VERBOSE,
)
"""A page number of which one figure is a letter."""
SPLIT_PAGE_RE = regex.compile(r"(?<=[,.;:] )(\d) (\d{2})(?=\W*$|[,;.] )")
"""A page number that fell apart."""

RANGE_RE = regex.compile(r"(?<=[,:;] )(?P<first>\d{1,3})(?P<mark>[r^~]{1,2})(?P<last>\d{1,3})(?=\W*$|[,;] )")
"""Two pages with what is left of the dash between them."""
LONGEST_RANGE = 40
"""Pages that an entry runs over at most."""
CLOSE_RE = regex.compile(r"(?<=(?<!\d)\d{1,3}(?:[-–]\d{1,3})?),(?=\d{1,3}(?!\d))")
SPACED_RE = regex.compile(r"(?<=\d), (?=\d)")
"""A comma between pages without a space after it, and with one."""
SPACED = 0.7
"""Share of the commas between pages with a space after them, from which the others have lost theirs."""


@dataclass(frozen=True, slots=True)
class Index:
    """Mark the lines of the index, and mend page numbers by their order."""

    name: ClassVar[str] = "index"

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose marks for the title and the lines of each index, and edits of its page numbers."""
        lines = list(doc.printed_lines())
        at = 0
        while at < len(lines):
            title = _is_title(lines[at])
            zone = _zone(lines[at + title :]) if title or _may_begin(lines, at) else []
            if zone and title:
                yield Mark(lines[at].number, Role.HEADING, "title", "title of the index", opens=True, level=2)
            if zone and (title or _alphabetical(zone)):
                yield from _marks(zone)
                at += len(zone)
            else:
                at += next((step for step, line in enumerate(zone[1:], 1) if _is_title(line)), max(1, len(zone)))


def _is_title(line: Line) -> bool:
    word = line.text.strip(" .:—-*").lower()
    return line.role in (Role.BODY, Role.HEADING) and (
        word in ("index", "general index", "subject index") or word.startswith(("index of ", "index to "))
    )


def _may_begin(lines: Sequence[Line], at: int) -> bool:
    """Whether an index may begin here without its title: five of the next eight lines are short and end in a page."""
    if lines[at].role not in (Role.BODY, Role.INDEX) or not lines[at].text[:1].isupper():
        return False
    near = lines[at : at + 8]
    return sum(len(line.text) < 60 and bool(ENDS_IN_PAGE_RE.search(line.text.strip())) for line in near) >= 5


def _alphabetical(zone: Sequence[Line]) -> bool:
    """Whether the lines are in order of the alphabet, as entries without a title over them must be: 17 pairs in 20."""
    if len(zone) < 2 * FEWEST:
        return False
    firsts = [line.text.strip(" ‘“'\"")[:1] for line in zone]
    capitals = [each for each in firsts if each.isupper()]
    rising = sum(a <= b for a, b in pairwise(capitals))
    return len(capitals) * 3 >= len(zone) and len(set(capitals)) >= 3 and rising * 20 >= 17 * (len(capitals) - 1)


def _zone(lines: Sequence[Line]) -> list[Line]:
    """The lines of an index that begins with the first of *lines*, none if it is no index."""
    last = -1
    usual = median(len(line.text.strip()) for line in lines[:40]) if lines else 0
    for place, line in enumerate(lines):
        if place - last > FARTHEST or _text_begins(lines[place : place + 4], usual):
            break
        if line.role not in (Role.BODY, Role.INDEX) and not (line.role is Role.HEADING and _is_title(line)):
            break
        if ENDS_IN_PAGE_RE.search(line.text.strip()) and len(line.text) < 90:
            last = place
    zone = list(lines[: last + 1])
    paged = sum(bool(ENDS_IN_PAGE_RE.search(line.text.strip())) for line in zone)
    return zone if len(zone) >= FEWEST and paged >= PAGED * len(zone) else []


def _text_begins(lines: Sequence[Line], usual: float) -> bool:
    """Whether the next lines are text: three of four are half as long again as the lines of the index."""
    return sum(len(line.text.strip()) > 1.5 * usual for line in lines) >= 3


def _marks(zone: Sequence[Line]) -> Iterator[Change]:
    dashed = sum(bool(DASH_RE.match(line.text)) for line in zone) > DASHED * len(zone)
    spaced = sum(len(SPACED_RE.findall(line.text)) for line in zone)
    close = sum(len(CLOSE_RE.findall(line.text)) for line in zone)
    above: Line | None = None
    level = 0
    for line in zone:
        if line.role is Role.HEADING or not any(char.isalnum() for char in line.text):
            continue
        level, rule = _level(line, above, level, dashed)
        continues = rule == "continuation"
        yield Mark(line.number, Role.INDEX, rule, "", opens=not continues, level=level)
        edits = list(_edits(line, dashed and rule == "subentry"))
        yield from edits
        if not edits and spaced >= SPACED * (spaced + close):
            yield from _spaces(line)
        above = line


def _level(line: Line, above: Line | None, level: int, dashed: bool) -> tuple[int, str]:
    """Level and rule of a line, from how it begins and whether the line above was complete."""
    text = line.text.strip()
    if above is None:
        return 1, "entry"
    if dashed and DASH_RE.match(line.text):
        return 2, "subentry"
    if ONLY_PAGES_RE.match(text) or not _complete(above.text, dashed):
        return level, "continuation"
    if text[0].islower():
        return (level, "continuation") if dashed else (2, "subentry")
    return 1, "entry"


def _complete(text: str, dashed: bool) -> bool:
    """Whether an entry may end with this line: a page number, a cross-reference, or a colon over subentries."""
    bare = text.rstrip(" '’\"^*~■•_`.-—")
    if text.rstrip().endswith((",", ";")):
        return False
    return bare.endswith(":") or bool(ENDS_IN_PAGE_RE.search(text.strip())) or bool(SEE_RE.search(text))


def _edits(line: Line, subentry: bool) -> Iterator[Edit]:
    text = line.text
    start = 0
    if subentry and (found := DASH_RE.match(text)):
        start = found.end()
        if found["mark"].strip() not in ("—", "-", "–"):
            yield Edit(line.number, 0, found["mark"], "—", "subentry-dash", "subentries begin with a dash", 0.9)
    for found in PAGE_TOKEN_RE.finditer(text, start):
        page = found[0].translate(LOOK_ALIKES)
        if _in_order(text, found.start(), found.end(), int(page)):
            yield Edit(line.number, found.start(), found[0], page, "page-number", "a figure read as a letter", 0.95)
    for found in SPLIT_PAGE_RE.finditer(text, start):
        page = found[1] + found[2]
        if _in_order(text, found.start(), found.end(), int(page)):
            yield Edit(line.number, found.start(), found[0], page, "page-number", "pages stand in order", 0.9)
    for found in RANGE_RE.finditer(text, start):
        first, last = found["first"], found["last"]
        end = int(first[: max(0, len(first) - len(last))] + last)
        if int(first) < end <= int(first) + LONGEST_RANGE:
            yield Edit(line.number, found.start("mark"), found["mark"], "-", "page-range", "two pages in order", 0.9)


def _spaces(line: Line) -> Iterator[Edit]:
    """Spaces after commas between pages, where most have one: only between numbers that rise."""
    for found in CLOSE_RE.finditer(line.text):
        before = regex.search(r"(?r)\d+", line.text, endpos=found.start())
        after = regex.match(r"\d+", line.text, pos=found.end())
        if before and after and int(before[0]) < int(after[0]):
            yield Edit(line.number, found.end(), "", " ", "page-space", "as between other pages", 0.95)


def _in_order(text: str, start: int, end: int, value: int) -> bool:
    """Whether *value* fits between the page numbers before and after a place in a line."""
    before = [int(each) for each in regex.findall(r"(?<!\d)\d{1,3}(?!\d)", text[:start])]
    after = [int(each) for each in regex.findall(r"(?<![-–—\d])\d{2,3}(?!\d)", text[end:])]
    return (not before or before[-1] <= value or before[-1] > 400) and (
        not after or value <= after[0] or len(after) > 3
    )

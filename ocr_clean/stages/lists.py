"""Lists, simple tables and captions.

| in the dump | becomes | rule |
|---|---|---|
| three paragraphs that begin with `1.`, `2.`, `3.` or with a bullet | items of a list | numbers, bullets |
| three lines or more that are mostly figures, in as many columns | rows of a table | figures |
| three short lines or more, then as many figures: two columns read in turn | rows of a table | stub |
| `Fig. 3. The upper lock` | a caption | caption |

Leaves alone numbered paragraphs of which one is missing, dashes of dialogue, and tables of words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile
from typing import ClassVar

import regex

from ocr_clean.changes import Change, Mark, taken_up
from ocr_clean.document import Block, Document, Line, Role
from ocr_clean.lexicon import Lexicon

NUMBER_RE = regex.compile(r"^\W?(?P<number>\d{1,2})(?P<mark>[.)])\s+[‘“\"'(]?\p{L}")
BULLET_RE = regex.compile(r"^(?P<mark>[•·■▪●◦])\s*\p{L}")
CAPTION_RE = regex.compile(
    r"^(?:fig(?:ure|s)?|plate|map|illustration|table|diagram)\.?\s+(?:\d{1,3}|[IVXLC]{1,7})\b[.:—– ]", regex.I
)
CELL_RE = regex.compile(r"[£$]?\d[\d.,~–—-]*%?|[—–-]|\.{2,}|nil", regex.I)
FIGURE_RE = regex.compile(r"\W{0,3}\d[\d.,]*(?:\s?%)?\W{0,3}")
"""A line that is one figure, with specks beside it."""
SHORT_LINES = frozenset({Role.BODY, Role.QUOTE})
"""Roles of the lines of a table that is not known as one: they are narrow, and so look like a quotation."""
APART, NARROW = 4, 0.6
"""A row's name stands at most so many lines over the next one, and fills at most such a share of the longest line."""
FEWEST = 3
"""Fewer items or rows are no list and no table."""
LONGEST_CAPTION = 4
"""Lines of a caption, at most."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Mark the lines of lists, tables and captions."""

    name: ClassVar[str] = "lists"

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose a mark for each such line."""
        blocks = list(doc.blocks())
        for rule, items in (*_lists(blocks), *_bullets(blocks)):
            for block in items:
                yield from _marks(block.lines, Role.LIST, rule)
        for block in blocks:
            if (
                block.role is Role.BODY
                and len(block.lines) <= LONGEST_CAPTION
                and CAPTION_RE.match(block.lines[0].text)
            ):
                yield from _marks(block.lines, Role.CAPTION, "caption")
        for stubs, figures in _stubs(doc):
            yield from _joined(stubs, figures)
        below = {upper.number: lower for upper, lower in pairwise(doc.printed_lines())}
        for rows in _tables([line for line in doc.printed_lines() if line.role is Role.BODY]):
            yield from _marks(rows, Role.TABLE, "figures")
            yield from _after(below.get(rows[-1].number))


def _marks(lines: Sequence[Line], role: Role, rule: str) -> Iterator[Mark]:
    for place, line in enumerate(lines):
        yield Mark(line.number, role, rule, opens=place == 0)


def _lists(blocks: Sequence[Block]) -> Iterator[tuple[str, list[Block]]]:
    items: list[Block] = []
    for block in blocks:
        found = NUMBER_RE.match(block.lines[0].text.strip()) if block.role is Role.BODY else None
        value = int(found["number"]) if found else 0
        if found and value == len(items) + 1:
            items.append(block)
            continue
        if len(items) >= FEWEST:
            yield "numbers", items
        items = [block] if value == 1 else []
    if len(items) >= FEWEST:
        yield "numbers", items


def _bullets(blocks: Sequence[Block]) -> Iterator[tuple[str, list[Block]]]:
    items: list[Block] = []
    for block in blocks:
        found = BULLET_RE.match(block.lines[0].text.strip()) if block.role is Role.BODY else None
        if found and (not items or items[-1].lines[0].text.strip()[0] == found["mark"]):
            items.append(block)
            continue
        if len(items) >= FEWEST:
            yield "bullets", items
        items = [block] if found else []
    if len(items) >= FEWEST:
        yield "bullets", items


def _tables(lines: Sequence[Line]) -> Iterator[list[Line]]:
    rows: list[Line] = []
    for line in lines:
        is_row = _cells(line.text) > 0
        if is_row and (not rows or line.number - rows[-1].number <= 2):
            rows.append(line)
            continue
        if len(rows) >= FEWEST:
            yield rows
        rows = [line] if is_row else []
    if len(rows) >= FEWEST:
        yield rows


def _stubs(doc: Document) -> Iterator[tuple[list[Line], list[Line]]]:
    """Runs of short lines, each with a run of as many lines of one figure under it."""
    lines = [line for line in doc.printed_lines() if line.text.strip()]
    longest = max((len(line.text.strip()) for line in lines), default=0)
    place = 0
    while place < len(lines):
        figures = list(takewhile(_is_figure, islice(lines, place, None))) if _is_figure(lines[place]) else []
        stubs = lines[max(0, place - len(figures)) : place]
        if len(figures) >= FEWEST and len(stubs) == len(figures) and _are_stubs(stubs, figures[0], longest):
            yield stubs, figures
        place += max(1, len(figures))


def _is_figure(line: Line) -> bool:
    return line.role in SHORT_LINES and FIGURE_RE.fullmatch(line.text.strip()) is not None


def _are_stubs(stubs: Sequence[Line], figure: Line, longest: int) -> bool:
    near = all(lower.number - upper.number <= APART for upper, lower in pairwise([*stubs, figure]))
    return near and all(line.role in SHORT_LINES and _is_stub(line.text.strip(), longest) for line in stubs)


def _is_stub(text: str, longest: int) -> bool:
    return (
        text[0].isupper()
        and len(text) <= longest * NARROW
        and text[-1] not in ".,;:!?-"
        and not FIGURE_RE.fullmatch(text)
    )


def _joined(stubs: Sequence[Line], figures: Sequence[Line]) -> Iterator[Change]:
    for place, (stub, figure) in enumerate(zip(stubs, figures, strict=True)):
        row = f"{stub.text.rstrip()}  {figure.text.strip()}"
        whys = f"its figure stands in line {figure.number}", f"figure of line {stub.number}"
        yield from taken_up(stub, figure, row, "stub", whys)
        yield Mark(stub.number, Role.TABLE, "stub", opens=place == 0)


def _cells(text: str) -> int:
    """How many figures a row has, 0 if it is no row: two at least, and most of its words."""
    if sum(map(str.isdigit, text)) < 2:
        return 0
    tokens = text.split()
    count = sum(CELL_RE.fullmatch(token) is not None for token in tokens)
    figures = sum(any(char.isdigit() for char in token) for token in tokens)
    return count if count >= 2 and figures >= 2 and 2 * count > len(tokens) and len(tokens) >= 3 else 0


def _after(line: Line | None) -> Iterator[Mark]:
    """The line under a table begins a paragraph."""
    if line is not None and line.role is Role.BODY and not line.opens:
        yield Mark(line.number, Role.BODY, "figures", "after a table", opens=True)

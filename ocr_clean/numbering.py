"""Numbers of paragraphs, mended by their order: a rule of the stage `punctuation`.

Scripture, laws and theses number their paragraphs. A number that was misread, or read as two, is known from those
before and after it, if these agree on where they stand. A volume without a series of numbers has no such paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from ocr_clean.changes import Edit
from ocr_clean.document import Document, Line, Role
from ocr_clean.numerals import figure

HEAD_RE = regex.compile(
    r"(?P<number>[\dlIOoSsBGZzTJi&^|?]{1,3}|[\dlI] [\dlIOo])(?=[.)]?\s+[‘“\"'(]?(?:\p{Lu}\p{Ll}+|[AIO])[\s,;!])"
)
"""A paragraph that begins with a number, or with what may be one: figures, and letters that are read for them."""

ROLES = frozenset({Role.BODY, Role.QUOTE, Role.LIST, Role.VERSE})
"""Roles of lines that may be numbered paragraphs."""

NEAR = 3
"""A number is sure if one of so many before or after it keeps step with it."""

FEWEST = 4
"""A volume has a series if so many of its numbers are sure."""


@dataclass(frozen=True, slots=True)
class _Head:
    line: Line
    text: str
    index: int

    @property
    def offset(self) -> int | None:
        """How far the number is ahead of its place; None for what is no number."""
        return int(self.text) - self.index if self.text.isdecimal() and self.text[0] != "0" else None

    @property
    def value(self) -> int:
        """What the number is if its letters are figures and its spaces nothing; 0 for what cannot be one."""
        return figure(self.text.replace(" ", ""))


def numbers(doc: Document) -> Iterator[Edit]:
    """Edits of the numbers that those on both sides know better, or that one side confirms."""
    heads = _heads(doc)
    sure = [_sure(heads, place) for place in range(len(heads))]
    if sum(sure) < FEWEST:
        return
    for low, high in pairwise(place for place, is_sure in enumerate(sure) if is_sure):
        agree = heads[low].offset == heads[high].offset and high - low <= NEAR
        for place in range(low + 1, high):
            head = heads[place]
            beside = [heads[each] for each in (low, high) if abs(place - each) < NEAR]
            value = head.value if head.value - head.index in (each.offset for each in beside) else 0
            after = str(head.index + (heads[low].offset or 0)) if agree else str(value)
            if after not in ("0", head.text):
                why = f"stands between {heads[low].text} and {heads[high].text}"
                yield Edit(head.line.number, 0, head.text, after, "paragraph-number", why, 0.93)


def _heads(doc: Document) -> list[_Head]:
    heads: list[_Head] = []
    for line in doc.printed_lines():
        found = HEAD_RE.match(line.text) if line.role in ROLES else None
        if found and found["number"] not in ("I", "O"):
            heads.append(_Head(line, found["number"], len(heads)))
    return heads


def _sure(heads: Sequence[_Head], place: int) -> bool:
    """Whether a number keeps step with one near it."""
    offset = heads[place].offset
    around = (*heads[max(0, place - NEAR) : place], *heads[place + 1 : place + 1 + NEAR])
    return offset is not None and any(each.offset == offset for each in around)

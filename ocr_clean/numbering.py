"""Numbers of paragraphs, mended by their order: a rule of the stage `punctuation`.

Scripture, laws and theses number their paragraphs. A number that was misread, or read as two, is known from those
before and after it, if these agree on where they stand. A volume without a series of numbers has no such paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import regex

from ocr_clean.changes import Edit
from ocr_clean.document import Document, Line, Role
from ocr_clean.numerals import figure

HEAD_RE = regex.compile(
    r"(?P<number>[\dlIOoSsBGZzTJi&^|?]{1,3}|n|[\dlI] [\dlIOo])(?=[.)]?\s+[‘“\"'(]?(?:\p{Lu}\p{Ll}+|[AIO])[\s,;!])"
)
"""A paragraph that begins with a number, or with what may be one: figures, and letters that are read for them."""

ROLES = frozenset({Role.BODY, Role.QUOTE, Role.LIST, Role.VERSE})
"""Roles of lines that may be numbered paragraphs."""

READ_AS: Mapping[str, str] = {
    # figures that are read for others
    "0": "069",
    "1": "147",
    "3": "358",
    "5": "35",
    "6": "60",
    "7": "71",
    "8": "83",
    # letters and marks that are read for figures
    **dict.fromkeys("Oo", "0"),
    **dict.fromkeys("lIi|J", "1"),
    **dict.fromkeys("Zz", "2"),
    **dict.fromkeys("Ss", "853"),
    **dict.fromkeys("T?", "7"),
    **dict.fromkeys("B&", "8"),
    "G": "6",
}
"""What a glyph of a number may have been; what is not here may have been itself alone. An n alone is an eleven."""

MISSED = 1
"""So many paragraphs between two numbers may have lost theirs altogether."""

NEAR = 3
"""A number keeps step if one of so many before or after it does."""

FEWEST = 4
"""A volume has a series if so many of its numbers keep step."""


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
    steady = [_in_step(heads, place, 0) for place in range(len(heads))]
    if sum(steady) < FEWEST:
        return
    between = {each for low, high in _spans(heads, steady) for each in range(low + 1, high)}
    sure = [
        place not in between and (is_steady or _in_step(heads, place, MISSED)) for place, is_steady in enumerate(steady)
    ]
    for low, high in pairwise(place for place, is_sure in enumerate(sure) if is_sure):
        for place in range(low + 1, high):
            head = heads[place]
            beside = [heads[each] for each in (low, high) if abs(place - each) < NEAR]
            value = head.value if head.value - head.index in (each.offset for each in beside) else 0
            if place in between:
                value = head.index + (heads[low].offset or 0)
            after = str(value or _only(heads, low, place, high))
            if after not in ("0", head.text):
                why = f"stands between {heads[low].text} and {heads[high].text}"
                yield Edit(head.line.number, 0, head.text, after, "paragraph-number", why, 0.93)


def _spans(heads: Sequence[_Head], steady: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Pairs of steady numbers with others between them, on whose places they agree."""
    for low, high in pairwise(place for place, is_steady in enumerate(steady) if is_steady):
        if heads[low].offset == heads[high].offset and high - low <= NEAR:
            yield low, high


def _only(heads: Sequence[_Head], low: int, place: int, high: int) -> int:
    """The one number that the glyphs at *place* may have been between two sure ones, next to one of these; else 0."""
    first, last = int(heads[low].text), int(heads[high].text)
    room = range(first + place - low, last - (high - place) + 1)
    fitting = [each for each in _readings(heads[place].text.replace(" ", "")) if each in room]
    return fitting[0] if len(fitting) == 1 and fitting[0] in (first + 1, last - 1) else 0


def _readings(glyphs: str) -> set[int]:
    """Every number that *glyphs* may have been.

    >>> sorted(_readings("2S")), sorted(_readings("n"))
    ([23, 25, 28], [11])
    """
    if glyphs == "n":
        return {11}
    texts = ("".join(each) for each in product(*(READ_AS.get(glyph, glyph) for glyph in glyphs)))
    return {int(text) for text in texts if text.isdecimal() and text[0] != "0"}


def _heads(doc: Document) -> list[_Head]:
    heads: list[_Head] = []
    for line in doc.printed_lines():
        found = HEAD_RE.match(line.text) if line.role in ROLES else None
        if found and found["number"] not in ("I", "O"):
            heads.append(_Head(line, found["number"], len(heads)))
    return heads


def _in_step(heads: Sequence[_Head], place: int, missed: int) -> bool:
    """Whether a number keeps step with one near it, but for so many numbers *missed* between the two."""
    offset = heads[place].offset
    if offset is None:
        return False
    before, after = heads[max(0, place - NEAR) : place], heads[place + 1 : place + 1 + NEAR]
    return any(each.offset == offset - missed for each in before) or any(
        each.offset == offset + missed for each in after
    )

"""The nouns: a document is a sequence of source lines; pages and blocks are views of it.

A line is never deleted. It keeps what was read (`raw`) beside what it has become (`text`), and a line that is not to
be printed is *retired* by a role. So "nothing is lost" is one comparison: `Document.raw_text` equals the input.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property


class Role(str, Enum):
    """What a line is on the page."""

    __hash__ = str.__hash__  # that of `Enum` is written in Python, and lines are looked up by their role everywhere

    BODY = "body"
    """Running text: paragraphs."""
    HEADING = "heading"
    """A line of a heading; `Line.level` gives its depth, from 1."""
    QUOTE = "quote"
    """A line of a block quotation."""
    VERSE = "verse"
    """A line of verse: its line end is kept."""
    LIST = "list"
    """A line of a list item; the mark (``1.``, ``-``) is in the text."""
    TABLE = "table"
    """A row of a table: cells stand two or more spaces apart, line ends are kept."""
    NOTE = "note"
    """A line of a footnote or endnote; `Line.label` of its first line gives the label."""
    CONTENTS = "contents"
    """An entry of the printed contents; `Line.level` 1 for a chapter, 2 for a section."""
    INDEX = "index"
    """A line of the printed index; `Line.level` 1 for an entry, 2 for a subentry."""
    CAPTION = "caption"
    """The caption of a plate or figure."""
    LINE = "line"
    """A line whose end is kept: title page, imprint, address, signature of a letter."""
    BLANK = "blank"
    """An empty line."""
    RUNNING_HEAD = "running-head"
    """Retired: running head or foot, with or without its folio."""
    FOLIO = "folio"
    """Retired: a page number on a line of its own."""
    SIGNATURE_MARK = "signature-mark"
    """Retired: the printer's sheet mark at a page foot."""
    CATCHWORD = "catchword"
    """Retired: the first word of the next page, set at the foot of this one."""
    NOISE = "noise"
    """Retired: margin dirt, bleed-through, stamps."""
    JOINED = "joined"
    """Retired: all of its text has moved to the line above it."""
    COPY = "copy"
    """Retired: furniture of the digitiser, such as a scanning notice repeated on each leaf."""


UNREADABLE = "unreadable"
"""Label of a paragraph of which so little can be read that its words are left as they were read."""

RETIRED = frozenset(
    {
        Role.RUNNING_HEAD,
        Role.FOLIO,
        Role.SIGNATURE_MARK,
        Role.CATCHWORD,
        Role.NOISE,
        Role.JOINED,
        Role.COPY,
    }
)
"""Roles of lines that are not printed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the dump."""

    number: int
    """Source line, from 1: the identity of the line."""
    raw: str
    """As read; no stage changes it."""
    text: str
    """As cleaned so far."""
    role: Role = Role.BODY
    """What the line is on the page. A retired line keeps its text."""
    opens: bool = False
    """Whether the line starts a new block (paragraph, heading, note, entry)."""
    level: int = 0
    """Depth of a heading, contents or index entry, from 1; 0 elsewhere."""
    label: str = ""
    """Label of a note on its first line (``2-13``), `UNREADABLE` on that of a paragraph beyond repair; "" elsewhere."""

    @property
    def printed(self) -> bool:
        """Whether the line is part of the product."""
        return self.role not in RETIRED and self.role is not Role.BLANK


@dataclass(frozen=True, slots=True)
class Leaf:
    """One side of a scanned leaf begins at a line. Both a fact of the document and a proposed change."""

    line: int
    """Number of its first line."""
    printed: str = ""
    """The page number as it is or would be printed (``117``, ``xiv``), "" if it has none."""
    verdict: str = "none"
    """``printed``: the folio is in the dump; ``inferred``: from its neighbours; ``none``: no number."""
    confidence: float = 1.0
    """0 to 1: how sure the beginning and the number are."""
    missing: tuple[str, ...] = ()
    """Printed numbers of the pages that the dump lacks right before this one."""
    rule: str = "form-feed"
    why: str = ""


@dataclass(frozen=True)
class Page:
    """View: the lines of one leaf."""

    number: int
    """Position in the dump, from 1."""
    leaf: Leaf
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Block:
    """View: printed lines that make one paragraph, heading, note or entry."""

    role: Role
    lines: tuple[Line, ...]


@dataclass(frozen=True, eq=False)
class Document:
    """A dump on its way to Markdown. Compared by identity, so that what was worked out for one can be kept.

    >>> doc = Document.from_text("one\\ntwo\\n")
    >>> [line.text for line in doc.lines], doc.raw_text() == "one\\ntwo\\n"
    (['one', 'two', ''], True)
    """

    lines: tuple[Line, ...]
    name: str = "<stdin>"
    leaves: tuple[Leaf, ...] = ()
    """Beginnings of pages, in order; empty while pages are unknown."""

    @classmethod
    def from_text(cls, text: str, name: str = "<stdin>") -> Document:
        """Split *text* at ``\\n`` only: a dump may hold any other control character inside a line."""
        lines = tuple(_line(number, raw) for number, raw in enumerate(text.split("\n"), start=1))
        return cls(lines, name)

    def raw_text(self) -> str:
        """The input again, exactly."""
        return "\n".join(line.raw for line in self.lines)

    def line(self, number: int) -> Line:
        """The line with source line *number*."""
        return self.lines[number - 1]

    @cached_property
    def _leaf_starts(self) -> list[int]:
        return [leaf.line for leaf in self.leaves]

    def page_number(self, line: int) -> int:
        """Position of the page that source line *line* is on, from 1."""
        return max(1, bisect_right(self._leaf_starts, line))

    def page_name(self, line: int) -> str:
        """The printed number of the page that a line is on, or its position in brackets."""
        number = self.page_number(line)
        printed = self.leaves[number - 1].printed if self.leaves else ""
        return printed or f"[{number}]"

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The pages, in order; one page while none are known."""
        leaves = self.leaves or (Leaf(1),)
        starts = [1, *(leaf.line for leaf in leaves[1:])]
        ends = [*(start - 1 for start in starts[1:]), len(self.lines)]
        return tuple(
            Page(number, leaf, self.lines[start - 1 : end])
            for number, (leaf, start, end) in enumerate(zip(leaves, starts, ends, strict=True), start=1)
        )

    @cached_property
    def gaps(self) -> list[int]:
        """Numbers of the lines right before which pages are missing: nothing may be joined across them."""
        return [leaf.line for leaf in self.leaves if leaf.missing]

    def gap_between(self, upper: int, lower: int) -> bool:
        """Whether pages are missing between two source lines, *upper* < *lower*."""
        return bool(self.gaps) and bisect_right(self.gaps, upper) != bisect_right(self.gaps, lower)

    @cached_property
    def reflowed(self) -> bool:
        """Whether any stage has said where blocks begin. Until then, lines are printed as lines."""
        return any(line.opens for line in self.lines)

    @cached_property
    def _printed(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.printed)

    def printed_lines(self) -> Iterator[Line]:
        """The lines that are part of the product, in order, blank ones left out."""
        return iter(self._printed)

    def blocks(self) -> Iterator[Block]:
        """Printed lines grouped: a block begins at a line that `opens`, where the role changes, and after a gap."""
        return iter(self._blocks)

    @cached_property
    def _blocks(self) -> tuple[Block, ...]:
        return tuple(self._grouped())

    def _grouped(self) -> Iterator[Block]:
        group: list[Line] = []
        for line in self.printed_lines():
            if group and self._begins(group[-1], line):
                yield Block(group[0].role, tuple(group))
                group = []
            group.append(line)
        if group:
            yield Block(group[0].role, tuple(group))

    def _begins(self, upper: Line, line: Line) -> bool:
        return line.opens or line.role is not upper.role or self.gap_between(upper.number, line.number)


def _line(number: int, raw: str) -> Line:
    text = raw.removesuffix("\r")
    return Line(number, raw, text, Role.BODY if text.strip() else Role.BLANK)

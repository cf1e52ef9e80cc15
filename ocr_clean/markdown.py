"""A document to Markdown: the only module that knows Markdown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Set
from dataclasses import asdict, dataclass
from typing import Any

import regex

from ocr_clean.document import UNREADABLE, Document, Leaf, Role
from ocr_clean.markup import escape
from ocr_clean.writer import Writer, reading_order

STAMP_RE = regex.compile(r"\A(?:---\n(?:.*\n)*?generator: ocr-clean |<!-- ocr-clean )")
"""How a text begins that this module wrote."""
VERSION_RE = regex.compile(rf"({STAMP_RE.pattern})\S+")
"""The same, with the version that wrote it."""


@dataclass(frozen=True, slots=True)
class MarkdownOptions:
    """How the Markdown is written."""

    anchors: str = "comment"
    """Where a printed page begins: ``comment`` (``<!-- p. 117 -->``), ``none``, or ``link`` (``<a id="p117"></a>``), to
    which page numbers of the index then lead."""
    running_heads: str = "drop"
    """Running heads and feet: ``keep`` as text, ``comment`` (not seen by readers) or ``drop``."""
    folios: str = "drop"
    """Page numbers on a line of their own: ``keep``, ``comment`` or ``drop``."""
    signature_marks: str = "drop"
    """Signature marks and catchwords: ``keep``, ``comment`` or ``drop``."""
    noise: str = "drop"
    """Lines of dirt: ``keep``, ``comment`` or ``drop``."""
    copies: str = "drop"
    """Notices of the digitiser: ``keep``, ``comment`` or ``drop``."""
    wrap: int = 0
    """Width in characters to which lines are broken; 0 for one paragraph a line."""
    front_matter: str = "yaml"
    """What stands at the top: ``yaml`` (what is known of the book and of the run) or ``comment`` (the stamp alone)."""

    def as_dict(self) -> dict[str, Any]:
        """The options by name, for the ledger's header."""
        return asdict(self)


def render(doc: Document, options: MarkdownOptions = MarkdownOptions()) -> str:
    """The Markdown of *doc*: printed lines only, one paragraph a line, one blank line between blocks.

    A document in which no stage has said where blocks begin is written line by line.
    """
    pieces = _blocks(doc, options) if doc.reflowed else _lines(doc, options)
    text = "\n\n".join(pieces) if doc.reflowed else "\n".join(pieces)
    return text.strip("\n") + "\n"


def _lines(doc: Document, options: MarkdownOptions) -> Iterator[str]:
    marks = _marks(doc, options)
    for line in doc.lines:
        while marks and marks[0].line <= line.number:
            yield from marks.pop(0).between
        if line.printed or line.role is Role.BLANK:
            yield line.text if line.printed else ""


def _blocks(doc: Document, options: MarkdownOptions) -> Iterator[str]:
    """The blocks, items of one list already joined line by line."""
    marks = _marks(doc, options)
    writer = Writer.of(doc, options)
    items: list[str] = []
    kind = ""
    for block in reading_order(doc.blocks()):
        first, last = block.lines[0].number, max(line.number for line in block.lines)
        before, marks = _until(marks, first)
        inside, marks = _until(marks, last)
        text, now = writer.block(block, [mark for mark in inside if mark.inline])
        if items and now == kind and now and all(mark.inline for mark in before):
            items[-1] = " ".join([items[-1], *(mark.inline for mark in before)])
        else:
            if items:
                yield "\n".join(items)
            items = []
            for mark in before:
                yield from mark.between
        items.append(text)
        kind = now
        late = [piece for mark in inside if not mark.inline for piece in mark.between]
        if late:
            yield "\n".join(items)
            yield from late
            items = []
    if items:
        yield "\n".join(items)
    for mark in marks:
        yield from mark.between


def _until(marks: list[_Mark], line: int) -> tuple[list[_Mark], list[_Mark]]:
    """The marks up to source line *line*, and the others."""
    count = bisect_right(marks, line, key=lambda mark: mark.line)
    return marks[:count], marks[count:]


@dataclass(frozen=True, slots=True)
class _Mark:
    """What is written at a page boundary, besides the text."""

    line: int
    """Source line before which it stands."""
    between: tuple[str, ...]
    """As blocks of their own, between two paragraphs."""
    inline: str
    """Inside a paragraph, between two words; "" if it has to wait for the end of the paragraph."""


def _marks(doc: Document, options: MarkdownOptions) -> list[_Mark]:
    """Page anchors, missing pages, and the page furniture that is not dropped, in order."""
    there = {leaf.printed for leaf in doc.leaves}
    marks = [_Mark(leaf.line, tuple(_between(leaf, there, options)), _anchor(leaf, options)) for leaf in doc.leaves]
    how = {role: getattr(options, name) for role, name in _FURNITURE.items()}
    for line in doc.lines:
        if line.label == UNREADABLE:
            marks.append(_Mark(line.number, ("<!-- unreadable: left as it was read -->",), ""))
        if how.get(line.role, "drop") == "keep":
            marks.append(_Mark(line.number, (escape(line.text.strip()),), ""))
        elif how.get(line.role, "drop") == "comment":
            comment = f"<!-- {line.role.value}: {line.text.strip().replace('--', '- -')} -->"
            marks.append(_Mark(line.number, (comment,), comment))
    return sorted(marks, key=lambda mark: mark.line)


_FURNITURE = {
    Role.RUNNING_HEAD: "running_heads",
    Role.FOLIO: "folios",
    Role.SIGNATURE_MARK: "signature_marks",
    Role.CATCHWORD: "signature_marks",
    Role.NOISE: "noise",
    Role.COPY: "copies",
}
"""The option that decides about each kind of page furniture."""


def _between(leaf: Leaf, there: Set[str], options: MarkdownOptions) -> Iterator[str]:
    """What is said of pages missing before *leaf*, and its anchor.

    A leaf that names itself as missing is a remnant; *there* are the numbers of all leaves, remnants too.
    """
    absent = [page for page in leaf.missing if page not in there]
    for page in absent:
        yield f"<!-- p. {page} missing -->"
    if len(absent) == 1:
        yield f"*[Page {absent[0]} is missing]*"
    elif absent:
        yield f"*[Pages {absent[0]} {'and' if len(absent) == 2 else 'to'} {absent[-1]} are missing]*"
    if leaf.printed in leaf.missing:
        yield f"<!-- p. {leaf.printed} missing in part -->"
        yield f"*[Most of page {leaf.printed} is missing]*"
    if anchor := _anchor(leaf, options):
        yield anchor


def _anchor(leaf: Leaf, options: MarkdownOptions) -> str:
    if not leaf.printed or options.anchors == "none":
        return ""
    if options.anchors == "link":
        return f'<a id="p{leaf.printed}"></a>'
    return f"<!-- p. {leaf.printed} -->"

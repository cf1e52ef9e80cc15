"""The verbs: what a stage may propose, and the one function that changes a document.

An edit names the text that it replaces, like the context lines of a patch; one that does not fit is refused, never
guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from ocr_clean.document import Document, Leaf, Line, Role
from ocr_clean.errors import StaleChange


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace *before* by *after* at column *start* of a line."""

    line: int
    start: int
    """Column, from 0, in the text of the line when the edit is applied."""
    before: str
    after: str
    rule: str
    """Stable lower-case name of the rule within its stage: ``known-word``."""
    why: str = ""
    """For a person: the evidence in a few words."""
    confidence: float = 1.0
    """0 to 1: the share of edits like this one that are right."""
    group: str = ""
    """Edits with the same group stand or fall together (a word mended over two lines)."""
    suggested: bool = False
    """Recorded but not made: too doubtful."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Say what a line is, and whether it opens a block. Leaves its text alone."""

    line: int
    role: Role
    rule: str
    why: str = ""
    opens: bool = False
    level: int = 0
    label: str = ""
    confidence: float = 1.0


Change: TypeAlias = Edit | Mark | Leaf


def apart(edits: Iterable[Edit]) -> Iterator[Edit]:
    """*edits* less those that overlap with one before them."""
    taken: set[tuple[int, int]] = set()
    for edit in edits:
        columns = {(edit.line, edit.start + each) for each in range(max(1, len(edit.before)))}
        if taken.isdisjoint(columns):
            taken |= columns
            yield edit


TOGETHER = 0.9
"""Confidence that two lines put together are the two halves of one."""


def taken_up(upper: Line, lower: Line, after: str, rule: str, whys: tuple[str, str]) -> Iterator[Edit | Mark]:
    """The changes that put two lines together: *upper* reads *after*, *lower* is left empty and retired.

    *whys* are the reasons for the edits and for the mark.
    """
    group = f"{rule}-{upper.number}"
    yield Edit(upper.number, 0, upper.text, after, rule, whys[0], TOGETHER, group)
    yield Edit(lower.number, 0, lower.text, "", rule, whys[0], TOGETHER, group)
    yield Mark(lower.number, Role.JOINED, rule, whys[1], confidence=TOGETHER)


def makes_difference(doc: Document, change: Change) -> bool:
    """Whether *doc* would differ once *change* is made, or, for a suggestion, whether it says anything.

    >>> doc = Document.from_text("the end")
    >>> makes_difference(doc, Mark(1, Role.BODY, "plain")), makes_difference(doc, Mark(1, Role.NOISE, "dirt"))
    (False, True)
    """
    if isinstance(change, Edit):
        return change.before != change.after
    if isinstance(change, Leaf):
        return change not in doc.leaves
    line = doc.line(change.line)
    now = (line.role, line.opens, line.level, line.label)
    return now != (change.role, change.opens, change.level, change.label)


def apply(doc: Document, changes: Iterable[Change]) -> Document:
    """Return a new document with *changes* made; suggested edits are left out.

    Edits of one line are given in columns of the text as it is now; they may not overlap.

    Raises `StaleChange` for an edit that does not fit, for two that overlap, or for a line that does not exist.

    >>> doc = Document.from_text("tlie end")
    >>> apply(doc, [Edit(1, 0, "tlie", "the", "known-word")]).lines[0].text
    'the end'
    """
    edits: dict[int, list[Edit]] = {}
    marks: dict[int, Mark] = {}
    leaves = {leaf.line: leaf for leaf in doc.leaves}
    for change in changes:
        if not 1 <= change.line <= len(doc.lines):
            raise StaleChange(f"there is no line {change.line}", doc.name)
        if isinstance(change, Leaf):
            leaves[change.line] = change
        elif isinstance(change, Mark):
            marks[change.line] = change
        elif not change.suggested:
            edits.setdefault(change.line, []).append(change)
    if not edits and not marks:
        return replace(doc, leaves=_in_order(leaves))
    lines = list(doc.lines)
    for number, found in edits.items():
        lines[number - 1] = _edited(doc.name, lines[number - 1], found)
    for number, mark in marks.items():
        lines[number - 1] = replace(
            lines[number - 1], role=mark.role, opens=mark.opens, level=mark.level, label=mark.label
        )
    return replace(doc, lines=tuple(lines), leaves=_in_order(leaves))


def _in_order(leaves: dict[int, Leaf]) -> tuple[Leaf, ...]:
    return tuple(leaves[line] for line in sorted(leaves))


def _edited(name: str, line: Line, edits: list[Edit]) -> Line:
    pieces: list[str] = []
    column = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.start + len(edit.before))):
        where = f"{name}:{line.number}"
        if edit.start < column:
            raise StaleChange(f"two edits of rule {edit.rule!r} overlap at column {edit.start}", where)
        if not line.text.startswith(edit.before, edit.start):
            raise StaleChange(f"edit of rule {edit.rule!r} expects {edit.before!r} at column {edit.start}", where)
        pieces += (line.text[column : edit.start], edit.after)
        column = edit.start + len(edit.before)
    return replace(line, text="".join(pieces) + line.text[column:])

"""Make the changes of a ledger again, less those that a person refused.

| in the ledger | what happens |
|---|---|
| `"refused": true`, or the row is gone | the change is not made |
| `"suggested": true` | not made, until a person sets it to false |
| an entry that `needs` one that is not made | not made, and reported as dropped |
| an edit whose text is no longer there | not made, and reported as dropped |

What is left is made exactly as in the run: a place that has shifted is found by its origin (`ocr_clean.origins`), never
by looking for similar text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from ocr_clean.changes import Change, Edit, Mark, apply
from ocr_clean.document import Document
from ocr_clean.errors import LedgerError
from ocr_clean.ledger import Entry, Ledger
from ocr_clean.origins import Origin, Origins, Replaced, Source


@dataclass(frozen=True, slots=True)
class Dropped:
    """An entry that nobody refused and that could not be made."""

    entry: Entry
    why: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What replaying gives."""

    document: Document
    made: tuple[Entry, ...]
    dropped: tuple[Dropped, ...]
    origins: Mapping[int, Origins]
    """Where the text comes from, of each line that an edit was meant for, by number."""


def replay(doc: Document, ledger: Ledger) -> Replayed:
    """Make the changes of *ledger* on *doc*, the dump as read.

    Raises `LedgerError` for an entry whose line the dump does not have.
    """
    for entry in ledger.entries:
        if not 1 <= entry.step.change.line <= len(doc.lines):
            hint = "take the row out, or replay the dump that the ledger was made from"
            raise LedgerError(f"entry {entry.id}: there is no line {entry.step.change.line}", doc.name, hint)
    unwanted = {entry.id for entry in ledger.entries if _unwanted(entry)}
    dropped = _without_needs(ledger, unwanted, {})
    while True:
        out = unwanted | dropped.keys()
        made = tuple(entry for entry in ledger.entries if entry.id not in out)
        origins: dict[int, Origins] = {}
        finished, unfit = _made(doc, made, origins)
        if not unfit:
            entries = {entry.id: entry for entry in ledger.entries}
            left_out = tuple(Dropped(entries[id], why) for id, why in dropped.items())
            return Replayed(finished, made, left_out, origins)
        dropped = _without_needs(ledger, unwanted, dropped | unfit)


def _unwanted(entry: Entry) -> bool:
    return entry.refused or (isinstance(entry.step.change, Edit) and entry.step.change.suggested)


def _without_needs(ledger: Ledger, unwanted: set[str], dropped: dict[str, str]) -> dict[str, str]:
    """*dropped* and all that falls with it, each id with its reason, in the order of the ledger."""
    known = {entry.id for entry in ledger.entries}
    found = dict(dropped)
    grown = True
    while grown:
        grown = False
        for entry in ledger.entries:
            if entry.id in found or entry.id in unwanted:
                continue
            gone = next((id for id in entry.needs if id in unwanted or id in found or id not in known), "")
            if gone:
                found[entry.id] = f"needs entry {gone}, which is not made"
                grown = True
    return {entry.id: found[entry.id] for entry in ledger.entries if entry.id in found}


def _made(doc: Document, entries: Iterable[Entry], origins: dict[int, Origins]) -> tuple[Document, dict[str, str]]:
    """Make *entries* round by round, following *origins*; stop at a round with misfits and return them with reasons."""
    for _, group in groupby(entries, key=lambda entry: (entry.step.stage, entry.step.round)):
        batch = list(group)
        changes, unfit = _fitted(doc, batch, origins)
        if unfit:
            return doc, unfit
        _follow(doc, changes, origins)
        doc = apply(doc, changes.values())
    return doc, {}


def _fitted(doc: Document, batch: list[Entry], origins: dict[int, Origins]) -> tuple[dict[str, Change], dict[str, str]]:
    """The changes of *batch* at their places of now, and those that have none, by id."""
    changes: dict[str, Change] = {}
    unfit: dict[str, str] = {}
    for entry in batch:
        found = _fitting(doc, entry, origins)
        if isinstance(found, str):
            unfit[entry.id] = found
        else:
            changes[entry.id] = found
    return changes, unfit | dict(_overlaps(changes))


def _fitting(doc: Document, entry: Entry, origins: dict[int, Origins]) -> Change | str:
    """The change of *entry* as it is to be made now, or why it cannot be made."""
    change = entry.step.change
    if isinstance(change, Edit):
        return _placed(doc, entry, change, origins)
    return _remarked(doc, entry, change) if isinstance(change, Mark) else change


def _placed(doc: Document, entry: Entry, edit: Edit, origins: dict[int, Origins]) -> Edit | str:
    """*edit* with its column of now, or why it has none."""
    line = doc.line(edit.line)
    if edit.line not in origins:
        origins[edit.line] = Origins.of(line.text)
    start = origins[edit.line].place(entry.source or _default(edit, line.text))
    if start is None or not line.text.startswith(edit.before, start):
        return f"{edit.before!r} is not there any more"
    return replace(edit, start=start)


def _default(edit: Edit, text: str) -> Source:
    """The source of an edit of a line that nobody had touched: columns are columns of the raw line."""
    if edit.before:
        return Origin("", edit.start)
    left = Origin("", edit.start - 1) if edit.start else None
    return (left, Origin("", edit.start) if edit.start < len(text) else None)


def _remarked(doc: Document, entry: Entry, mark: Mark) -> Mark | str:
    """*mark* for the line as it is now, or why it has lost its sense.

    Where a person refused the role that the run had given before, a mark that kept that role and said something else,
    such as where a paragraph opens, says only that.
    """
    line = doc.line(mark.line)
    if entry.was is None or entry.was is line.role:
        return mark
    if mark.role is entry.was:
        return replace(mark, role=line.role, level=line.level, label=line.label)
    return f"the line is {line.role.value} now, not {entry.was.value}"


def _overlaps(changes: dict[str, Change]) -> Iterator[tuple[str, str]]:
    """Of two edits of the same text, the later is in the way: an accepted suggestion beside another."""
    ends: dict[int, int] = {}
    edits = [(id, change) for id, change in changes.items() if isinstance(change, Edit)]
    for id, edit in sorted(edits, key=lambda each: (each[1].line, each[1].start, len(each[1].before))):
        if edit.start < ends.get(edit.line, 0):
            yield id, f"another edit replaces {edit.before!r}"
        else:
            ends[edit.line] = edit.start + len(edit.before)


def _follow(doc: Document, changes: dict[str, Change], origins: dict[int, Origins]) -> None:
    edits: dict[int, list[Replaced]] = {}
    for id, change in changes.items():
        if isinstance(change, Edit):
            end = change.start + len(change.before)
            edits.setdefault(change.line, []).append(Replaced(id, change.start, end, len(change.after)))
    for number, replaced in edits.items():
        origins[number].follow(replaced)

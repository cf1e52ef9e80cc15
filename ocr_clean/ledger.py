"""The ledger: one JSON-lines file that tells how a dump became its Markdown, and can be replayed.

The first line is a header; each further line is one change. `docs/ledger.md` describes every field.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from ocr_clean.changes import Change, Edit, Mark
from ocr_clean.document import Document, Leaf, Role
from ocr_clean.errors import LedgerError
from ocr_clean.identity import Identities
from ocr_clean.origins import Origin
from ocr_clean.origins import Source as Place
from ocr_clean.pipeline import Step
from ocr_clean.reading import Source, read_source

FORMAT = 1
"""Version of the ledger's format; raised when a field changes its meaning."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change as it stands in the ledger."""

    id: str
    """Stable from run to run: the same change of the same dump has the same id."""
    step: Step
    page: str
    """Printed page number, or position of the page in brackets."""
    refused: bool = False
    """A person refused it: it is not replayed."""
    source: Place | None = None
    """Where an edit begins in terms that do not shift; None while nobody has touched the line before."""
    needs: tuple[str, ...] = ()
    """Ids of the entries without which this one is not made."""
    was: Role | None = None
    """Of a mark: the role that the line had before."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A header and the changes in the order in which they were made."""

    header: dict[str, Any] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()

    def to_jsonl(self) -> str:
        """The ledger as text: one JSON object a line."""
        rows = [self.header, *(_row(entry) for entry in self.entries)]
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def refuse_another(self, source: Source) -> None:
        """Raise `LedgerError` if *source* is not the dump that the ledger was made from."""
        if source.sha256 != self.header["sha256"]:
            hint = f"give {self.header['source']} as it was, or clean this dump anew"
            problem = "not the dump that the ledger was made from: its SHA-256 differs"
            raise LedgerError(problem, source.document.name, hint)


def entries_of(steps: Iterable[Step], doc: Document) -> tuple[Entry, ...]:
    """Give each step of a run its id, its page in the finished document *doc*, its place and what it depends on."""
    trail = _Trail(doc)
    for _, batch in groupby(steps, key=lambda step: (step.stage, step.round)):
        trail.add(list(batch))
    return trail.entries()


class _Trail:
    """Follows a run step by step to find out which change rests on which."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.identities = Identities(doc)
        self.roles: dict[int, Role] = {}
        self.found: dict[str, Entry] = {}
        self.needs: dict[str, dict[str, None]] = {}
        self.groups: dict[tuple[str, str, bool], list[str]] = {}
        self.edits_of_line: dict[int, list[str]] = {}

    def add(self, batch: list[Step]) -> None:
        """Take note of one round of a stage."""
        entries = [self._entry(id, step) for id, step in zip(self.identities.ids(batch), batch, strict=True)]
        made = [entry for entry in entries if entry.step.made]
        self._tie(made)
        self.identities.follow([entry.id for entry in made], [entry.step for entry in made])
        for entry in made:
            if isinstance(entry.step.change, Mark):
                self.roles[entry.step.change.line] = entry.step.change.role

    def entries(self) -> tuple[Entry, ...]:
        """All entries so far, in order."""
        for first, *others in self.groups.values():
            for other in others:
                self._both_or_none(first, other)
        return tuple(replace(entry, needs=tuple(self.needs[id])) for id, entry in self.found.items())

    def _entry(self, id: str, step: Step) -> Entry:
        change = step.change
        entry = Entry(id, step, self.doc.page_name(change.line), refused=step.refused)
        needs = self.needs[id] = {}
        if isinstance(change, Edit):
            if step.made:
                self.edits_of_line.setdefault(change.line, []).append(id)
            if change.group:
                self.groups.setdefault((step.stage, change.group, step.refused), []).append(id)
            origins = self.identities.origins(change.line)
            if origins is not None:
                end = change.start + len(change.before)
                entry = replace(entry, source=origins.source(change.start, end))
                needs |= dict.fromkeys(origins.writers(change.start, end))
        elif isinstance(change, Mark):
            entry = replace(entry, was=self._role(change.line))
        self.found[id] = entry
        return entry

    def _tie(self, made: list[Entry]) -> None:
        """A mark and the edits of the same rule on its line stand or fall together; a line is joined to another only
        if all its text has gone: there, or as dirt that an earlier stage took off."""
        edits: dict[tuple[int, str], list[str]] = {}
        for entry in made:
            change = entry.step.change
            if isinstance(change, Edit):
                edits.setdefault((change.line, change.rule), []).append(entry.id)
        for entry in made:
            change = entry.step.change
            if not isinstance(change, Mark):
                continue
            for edit in edits.get((change.line, change.rule), ()):
                self._both_or_none(entry.id, edit)
            if change.role is Role.JOINED:
                self.needs[entry.id] |= dict.fromkeys(self.edits_of_line.get(change.line, ()))

    def _both_or_none(self, one: str, other: str) -> None:
        self.needs[one][other] = None
        self.needs[other][one] = None

    def _role(self, number: int) -> Role:
        blank = not self.doc.line(number).raw.strip()
        return self.roles.get(number, Role.BLANK if blank else Role.BODY)


def _row(entry: Entry) -> dict[str, Any]:
    change = entry.step.change
    row: dict[str, Any] = {
        "id": entry.id,
        "stage": entry.step.stage,
        "rule": change.rule,
        "page": entry.page,
        "line": change.line,
    }
    row |= {"round": entry.step.round} if entry.step.round > 1 else {}
    if isinstance(change, Edit):
        row |= {"start": change.start, "before": change.before, "after": change.after}
        row |= {} if entry.source is None else {"source": _source_row(entry.source)}
        row |= {"group": change.group} if change.group else {}
        row |= {"suggested": True} if change.suggested else {}
    elif isinstance(change, Mark):
        row |= {"role": change.role.value, "opens": change.opens}
        row |= {"was": entry.was.value} if entry.was else {}
        row |= {"level": change.level} if change.level else {}
        row |= {"label": change.label} if change.label else {}
    else:
        row |= {"leaf": change.printed, "verdict": change.verdict, "missing": list(change.missing)}
    row |= {"why": change.why, "confidence": round(change.confidence, 4)}
    row |= {"needs": list(entry.needs)} if entry.needs else {}
    row |= {"decision": entry.step.decision} if entry.step.decision else {}
    return row | ({"refused": True} if entry.refused else {})


def _source_row(source: Place) -> Any:
    """12 for a column of the raw line, ``"3fa9c2d41b07+2"`` inside what an entry wrote, a pair for an insertion."""
    if isinstance(source, Origin):
        return f"{source.entry}+{source.offset}" if source.entry else source.offset
    return [None if each is None else _source_row(each) for each in source]


def _source(value: Any) -> Place | None:
    if value is None:
        return None
    if isinstance(value, list):
        left, right = map(_origin, value)
        return (left, right)
    return _origin(value)


def _origin(value: Any) -> Origin | None:
    if value is None or isinstance(value, int):
        return None if value is None else Origin("", value)
    entry, _, offset = str(value).rpartition("+")
    return Origin(entry, int(offset))


def read_ledger(path: str) -> Ledger:
    """Read the ledger file at *path*.

    Raises `InputError` for a file that cannot be read, `LedgerError` for one that is no ledger.
    """
    return parse(read_source(path, "utf-8").document.raw_text(), path)


def is_ledger(text: str) -> bool:
    """Whether *text* begins as a ledger does, whatever follows.

    >>> is_ledger('{"ocr_clean_ledger": 1}'), is_ledger("# A book")
    (True, False)
    """
    try:
        header = json.loads(text.partition("\n")[0])
    except (json.JSONDecodeError, RecursionError):
        return False
    return isinstance(header, dict) and "ocr_clean_ledger" in header


HEADER_FIELDS = {"sha256": str, "encoding": str, "source": str, "markdown": dict}
"""What a replay needs of the header, with its type."""


def parse(text: str, name: str = "<ledger>") -> Ledger:
    """Read a ledger back.

    Raises `LedgerError` with the line for anything that is not a ledger of this format.
    """
    rows = list(json_rows(text, name, "each line of a ledger is one JSON object"))
    if not rows or "ocr_clean_ledger" not in rows[0][1]:
        raise LedgerError("the first line is not the header of a ledger", f"{name}:1", "write one with --ledger")
    header = rows[0][1]
    if header["ocr_clean_ledger"] != FORMAT:
        raise LedgerError(f"ledger format {header['ocr_clean_ledger']} is not {FORMAT}", name, "clean the dump again")
    for key, kind in HEADER_FIELDS.items():
        if not isinstance(header.get(key), kind):
            raise LedgerError(f"the header has no {key!r}, or of a wrong kind", f"{name}:1", "see docs/ledger.md")
    entries: dict[str, Entry] = {}
    for number, row in rows[1:]:
        entry = _parsed(row, f"{name}:{number}")
        if entry.id in entries:
            raise LedgerError(f"id {entry.id} stands twice", f"{name}:{number}", "take one of the two rows out")
        entries[entry.id] = entry
    return Ledger(header, tuple(entries.values()))


def json_rows(text: str, name: str, hint: str, unparsed: str = "not JSON") -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of JSON lines with the numbers of their lines; blank lines are passed over.

    Raises `LedgerError` with the line and *hint* for one that is no JSON object; *unparsed* is said of no JSON at all.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):  # ValueError also where a number has more digits than Python reads
            raise LedgerError(unparsed, f"{name}:{number}", hint) from None
        if not isinstance(row, dict):
            raise LedgerError("not a JSON object", f"{name}:{number}", hint)
        yield number, row


def _parsed(row: dict[str, Any], where: str) -> Entry:
    try:
        change = _change(row)
        step = Step(str(row["stage"]), change, int(row.get("round", 1)), str(row.get("decision", "")))
        return Entry(
            str(row["id"]),
            step,
            str(row["page"]),
            refused=_flag(row, "refused"),
            source=_source(row.get("source")),
            needs=tuple(map(str, row.get("needs", ()))),
            was=Role(row["was"]) if "was" in row else None,
        )
    except KeyError as error:
        raise LedgerError(f"field {error} is missing", where, "see docs/ledger.md") from None
    except (TypeError, ValueError) as error:
        raise LedgerError(f"wrong value: {error}", where, "see docs/ledger.md") from None


def _flag(row: dict[str, Any], name: str) -> bool:
    """A person may have written ``"false"``, which Python would take for true: only JSON's true and false count."""
    value = row.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"{name} is {value!r}, write true or false")
    return value


def _change(row: dict[str, Any]) -> Change:
    common: dict[str, Any] = {"rule": str(row["rule"]), "why": str(row["why"]), "confidence": float(row["confidence"])}
    line = int(row["line"])
    if "after" in row:
        return Edit(
            line,
            int(row["start"]),
            str(row["before"]),
            str(row["after"]),
            group=str(row.get("group", "")),
            suggested=_flag(row, "suggested"),
            **common,
        )
    if "role" in row:
        return Mark(
            line,
            Role(row["role"]),
            opens=_flag(row, "opens"),
            level=int(row.get("level", 0)),
            label=str(row.get("label", "")),
            **common,
        )
    return Leaf(line, str(row["leaf"]), str(row["verdict"]), missing=tuple(map(str, row["missing"])), **common)

"""The ledger: one JSON-lines file that tells how a dump became its Markdown, and can be replayed.

The first line is a header; each further line is one change. `docs/ledger.md` describes every field.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ocr_clean.changes import Change, Edit, Mark
from ocr_clean.document import Document, Leaf, Role
from ocr_clean.errors import LedgerError
from ocr_clean.pipeline import Step

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


@dataclass(frozen=True, slots=True)
class Ledger:
    """A header and the changes in the order in which they were made."""

    header: dict[str, Any] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()

    def to_jsonl(self) -> str:
        """The ledger as text: one JSON object a line."""
        rows = [self.header, *(_row(entry) for entry in self.entries)]
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def entries_of(steps: Iterable[Step], doc: Document) -> tuple[Entry, ...]:
    """Give each step of a run its id and the page that it is on in the finished document."""
    seen: dict[str, int] = {}
    return tuple(_entry(step, doc, seen) for step in steps)


def _entry(step: Step, doc: Document, seen: dict[str, int]) -> Entry:
    key = _key(step, doc)
    count = seen[key] = seen.get(key, 0) + 1
    digest = hashlib.sha256(f"{key}\x1f{count}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return Entry(digest, step, doc.page_name(step.change.line))


def _key(step: Step, doc: Document) -> str:
    """What makes a change the same change in another run: its stage, its line's raw text, and what it does.

    Neither column nor rule counts: both may move when another stage learns something.
    """
    change = step.change
    raw = doc.line(change.line).raw
    if isinstance(change, Edit):
        what: tuple[object, ...] = ("edit", change.before, change.after)
    elif isinstance(change, Mark):
        what = ("mark", change.role.value, change.opens, change.level, change.label)
    else:
        what = ("leaf", change.printed, change.missing)
    return "\x1f".join(map(str, (step.stage, change.line, raw, *what)))


def _row(entry: Entry) -> dict[str, Any]:
    change = entry.step.change
    row: dict[str, Any] = {
        "id": entry.id,
        "stage": entry.step.stage,
        "rule": change.rule,
        "page": entry.page,
        "line": change.line,
    }
    if isinstance(change, Edit):
        row |= {"start": change.start, "before": change.before, "after": change.after}
        row |= {"group": change.group} if change.group else {}
        row |= {"suggested": True} if change.suggested else {}
    elif isinstance(change, Mark):
        row |= {"role": change.role.value, "opens": change.opens}
        row |= {"level": change.level} if change.level else {}
        row |= {"label": change.label} if change.label else {}
    else:
        row |= {"leaf": change.printed, "verdict": change.verdict, "missing": list(change.missing)}
    row |= {"why": change.why, "confidence": round(change.confidence, 4)}
    return row | ({"refused": True} if entry.refused else {})


def parse(text: str, name: str = "<ledger>") -> Ledger:
    """Read a ledger back.

    Raises `LedgerError` with the line for anything that is not a ledger of this format.
    """
    rows = list(_rows(text, name))
    if not rows or "ocr_clean_ledger" not in rows[0][1]:
        raise LedgerError("the first line is not the header of a ledger", f"{name}:1", "write one with --ledger")
    header = rows[0][1]
    if header["ocr_clean_ledger"] != FORMAT:
        raise LedgerError(f"ledger format {header['ocr_clean_ledger']} is not {FORMAT}", name, "clean the dump again")
    return Ledger(header, tuple(_parsed(row, f"{name}:{number}") for number, row in rows[1:]))


def _rows(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            raise LedgerError("not JSON", f"{name}:{number}", "each line of a ledger is one JSON object") from None
        if not isinstance(row, dict):
            raise LedgerError("not a JSON object", f"{name}:{number}", "each line of a ledger is one JSON object")
        yield number, row


def _parsed(row: dict[str, Any], where: str) -> Entry:
    try:
        change = _change(row)
        return Entry(str(row["id"]), Step(str(row["stage"]), change), str(row["page"]), bool(row.get("refused")))
    except KeyError as error:
        raise LedgerError(f"field {error} is missing", where, "see docs/ledger.md") from None
    except (TypeError, ValueError) as error:
        raise LedgerError(f"wrong value: {error}", where, "see docs/ledger.md") from None


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
            suggested=bool(row.get("suggested")),
            **common,
        )
    if "role" in row:
        return Mark(
            line,
            Role(row["role"]),
            opens=bool(row["opens"]),
            level=int(row.get("level", 0)),
            label=str(row.get("label", "")),
            **common,
        )
    return Leaf(line, str(row["leaf"]), str(row["verdict"]), missing=tuple(map(str, row["missing"])), **common)

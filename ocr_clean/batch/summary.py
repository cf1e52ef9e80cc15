"""How a collection stands: its figures as text, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ocr_clean.batch.database import Record, Run
from ocr_clean.batch.storage import shown

FORMATS = ("text", "csv", "json")
_SHOWN_FAILURES = 20
"""Failures that the text names; CSV and JSON have all."""


@dataclass(frozen=True)
class Summary:
    """The figures of some files of a run database."""

    records: tuple[Record, ...]
    run: Run | None
    """The last run."""

    @property
    def states(self) -> dict[str, int]:
        """How many files are in each state."""
        counts = Counter(record.state for record in self.records)
        return {state: counts[state] for state in ("done", "failed", "running", "pending")}

    @property
    def done(self) -> tuple[Record, ...]:
        """The files that were cleaned."""
        return tuple(record for record in self.records if record.state == "done")

    @property
    def failed(self) -> tuple[Record, ...]:
        """The files that were not, each with its reason."""
        return tuple(record for record in self.records if record.state == "failed")

    def total(self, figure: str) -> int:
        """The sum of a *figure* over the files that were cleaned."""
        return sum(getattr(record.figures, figure) for record in self.done)

    def error_rate(self, when: str) -> float | None:
        """Estimated share of wrong characters *when*, ``before`` or ``after``: the mean of the files by their words."""
        rates = [(getattr(each.figures, f"error_rate_{when}"), each.figures.words) for each in self.done]
        known = [(rate, words) for rate, words in rates if rate is not None]
        weight = sum(words for _, words in known)
        return sum(rate * words for rate, words in known) / weight if weight else None


def summarize(records: Iterable[Record], run: Run | None) -> Summary:
    """The summary of *records*, which are in order."""
    return Summary(tuple(records), run)


def formatted(summary: Summary, kind: str) -> str:
    """*summary* as ``text``, ``csv`` (one row a file) or ``json``."""
    return {"text": as_text, "csv": as_csv, "json": as_json}[kind](summary)


def as_text(summary: Summary) -> str:
    """For a person."""
    return "".join(f"{line}\n" for line in _lines(summary))


def _lines(summary: Summary) -> Iterator[str]:
    states = ", ".join(f"{count:,} {state}" for state, count in summary.states.items() if count)
    yield f"files            {len(summary.records):,}" + (f" ({states})" if states else "")
    yield f"pages            {summary.total('pages'):,}"
    yield f"words            {summary.total('words'):,}"
    yield f"words changed    {summary.total('words_changed'):,}"
    yield f"estimated errors {percent(summary.error_rate('before'))} of characters before"
    yield f"                 {percent(summary.error_rate('after'))} after"
    yield from (f"notice: {shown(record.name)}: {record.notice}" for record in summary.done if record.notice)
    for record in summary.failed[:_SHOWN_FAILURES]:
        yield f"failed ({record.kind}): {reason(record)}"
    if len(summary.failed) > _SHOWN_FAILURES:
        yield f"... and {len(summary.failed) - _SHOWN_FAILURES} more: see --format csv"


def reason(record: Record) -> str:
    """Which file failed, and why, in one line."""
    path = shown(record.input)
    return shown(record.error) if path in record.error else f"{path}: {shown(record.error)}"


def percent(rate: float | None) -> str:
    """*rate*, 0 to 1, for a person.

    >>> percent(0.0312), percent(None)
    ('3.12 %', 'unknown')
    """
    return "unknown" if rate is None else f"{100 * rate:.2f} %"


def as_csv(summary: Summary) -> str:
    """One row a file, with a heading (RFC 4180)."""
    rows = [row_of(record) for record in summary.records]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: _inert(value) for key, value in row.items()} for row in rows)
    return stream.getvalue()


COLUMNS = (
    "name",
    "input",
    "state",
    "kind",
    "error",
    "notice",
    "pages",
    "words",
    "words_changed",
    "changes",
    "suggestions",
    "error_rate_before",
    "error_rate_after",
    "seconds",
    "size",
    "sha256",
    "markdown",
    "markdown_sha256",
    "ledger",
    "ledger_sha256",
    "finished",
    "attempts",
)
"""Of the CSV, and keys of a file in the JSON; `docs/batch.md` describes each."""


def row_of(record: Record) -> dict[str, Any]:
    """One file, as CSV and JSON have it; unprintable characters of names are escaped."""
    row = asdict(record) | asdict(record.figures) | {"size": record.stamp.size}
    row |= asdict(record.outputs) if record.outputs else {"markdown": "", "ledger": ""}
    row |= {key: round(row[key], 6) for key in ("error_rate_before", "error_rate_after", "seconds") if row[key]}
    return {key: shown(row[key]) if isinstance(row[key], str) else row[key] for key in COLUMNS}


def _inert(value: object) -> object:
    """*value*, with an apostrophe before what a spreadsheet would take for a formula: a file may be named ``=...``."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value


def as_json(summary: Summary) -> str:
    """Totals and one object a file."""
    table = {
        "run": asdict(summary.run) if summary.run else None,
        "states": summary.states,
        "pages": summary.total("pages"),
        "words": summary.total("words"),
        "words_changed": summary.total("words_changed"),
        "error_rate_before": summary.error_rate("before"),
        "error_rate_after": summary.error_rate("after"),
        "files": [row_of(record) for record in summary.records],
    }
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def run_line(run: Run, running: bool) -> str:
    """When *run* was, in one line; *running*: a run works on the folder now."""
    if run.ended:
        return f"last run {run.id}     {run.started} to {run.ended}, ocr-clean {run.version}"
    how = "running" if running else "stopped before its end; run the same command again to go on"
    return f"last run {run.id}     since {run.started}, process {run.pid} on {run.host}: {how}"

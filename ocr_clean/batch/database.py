"""The run database: one SQLite file that remembers every input, in the state folder of the output.

Only the run writes it, one short transaction for each event, in write-ahead mode: whatever is killed, and when, it
holds what had happened by then. `docs/batch.md` describes every column.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ocr_clean.batch.figures import Figures, PageFigures
from ocr_clean.batch.inputs import Input, Outputs
from ocr_clean.batch.storage import Stamp, shown
from ocr_clean.batch.work import Job, Outcome
from ocr_clean.errors import InputError, OutputError
from ocr_clean.version import __version__

FORMAT = 1
"""Kept in `user_version`; raised when a column changes its meaning."""
FILE = "runs.sqlite"

_SCHEMA = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started TEXT NOT NULL,          -- ISO 8601, UTC
    ended TEXT,                     -- NULL while it runs, and for one that was killed
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    jobs INTEGER NOT NULL,          -- processes; 0 on a cluster
    arguments TEXT NOT NULL,        -- JSON
    version TEXT NOT NULL
);
CREATE TABLE files (
    -- no type: TEXT where the path is UTF-8, else BLOB with its bytes
    input PRIMARY KEY NOT NULL,     -- absolute path or URL
    name NOT NULL,                  -- path in the output tree, with the input's own suffix
    markdown UNIQUE,                -- outputs, below the output folder; NULL for an input that was never read
    ledger UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done', 'failed')),
    run INTEGER NOT NULL REFERENCES runs,  -- the last that found it
    attempts INTEGER NOT NULL DEFAULT 0,
    size INTEGER,                   -- of the input as stored, bytes
    mark TEXT,                      -- time of its last change, or what its file system has instead
    sha256 TEXT,                    -- of the input as stored
    setup TEXT,                     -- SHA-256 of version, stages, options and word lists
    configuration TEXT,             -- SHA-256 of stages and options
    wordlists TEXT,                 -- SHA-256 of the word lists' own
    version TEXT,
    finished TEXT,                  -- ISO 8601, UTC
    seconds REAL,
    kind TEXT,                      -- of a failure
    error TEXT,
    notice TEXT,
    pages INTEGER, lines INTEGER, words INTEGER, words_changed INTEGER, changes INTEGER, suggestions INTEGER,
    error_rate_before REAL, error_rate_after REAL,  -- estimated share of wrong characters
    worst_pages TEXT,               -- JSON
    markdown_size INTEGER, markdown_sha256 TEXT, ledger_size INTEGER, ledger_sha256 TEXT
);
CREATE INDEX files_by_state ON files (state);
"""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run cleans with, by its hashes."""

    setup: str
    configuration: str
    wordlists: str


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the table of files."""

    input: str
    name: str
    outputs: Outputs | None
    state: str
    run: int
    """The last run that found it."""
    attempts: int
    stamp: Stamp
    sha256: str
    setup: str
    finished: str
    seconds: float
    kind: str
    error: str
    notice: str
    figures: Figures
    markdown_size: int
    ledger_size: int
    markdown_sha256: str
    ledger_sha256: str


@dataclass(frozen=True, slots=True)
class Run:
    """One row of the table of runs."""

    id: int
    started: str
    ended: str
    """"" while it runs, and for one that was killed."""
    host: str
    pid: int
    jobs: int
    version: str


def path_in(folder: Path) -> Path:
    """Where the database is, given the state *folder*."""
    return folder / FILE


class Database:
    """The open database. Use as a context manager."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    @contextmanager
    def open(cls, path: Path, *, create: bool = False) -> Iterator[Database]:
        """Open the database at *path* for reading, or with *create* for a run.

        Raises `InputError` if there is none, `OutputError` if it is damaged or of another format.
        """
        if not create and not path.is_file():
            raise InputError("there is no run database", shown(str(path)), "give the --out folder of a batch")
        connection = sqlite3.connect(path if create else f"{path.absolute().as_uri()}?mode=ro", uri=not create)
        connection.row_factory = sqlite3.Row
        try:
            with _clear(path):
                _prepare(connection, path, create)
                yield cls(connection, path)
        finally:
            connection.close()

    def begin_run(self, jobs: int, arguments: dict[str, Any], host: str) -> int:
        """Note that a run begins; what a killed run had in hand is pending again."""
        with self._connection as change:
            change.execute("UPDATE files SET state = 'pending' WHERE state = 'running'")
            row = change.execute(
                "INSERT INTO runs (started, host, pid, jobs, arguments, version) VALUES (?, ?, ?, ?, ?, ?)",
                (_now(), host, os.getpid(), jobs, json.dumps(arguments, default=str), __version__),
            )
        assert row.lastrowid is not None
        return row.lastrowid

    def end_run(self, run: int) -> None:
        """Note that *run* ended by itself."""
        with self._connection as change:
            change.execute("UPDATE files SET state = 'pending' WHERE state = 'running'")
            change.execute("UPDATE runs SET ended = ? WHERE id = ?", (_now(), run))

    def get(self, path: str) -> Record | None:
        """The record of the input at *path*."""
        row = self._connection.execute("SELECT * FROM files WHERE input = ?", (_stored(path),)).fetchone()
        return _record(row) if row else None

    def writer_of(self, outputs: Outputs) -> Record | None:
        """The record that has *outputs*: the same input, or one that has since moved."""
        row = self._connection.execute(
            "SELECT * FROM files WHERE markdown = ?", (_stored(outputs.markdown),)
        ).fetchone()
        return _record(row) if row else None

    def expect(self, run: int, inputs: Sequence[tuple[Input, Outputs]]) -> None:
        """Note that *inputs* are to be cleaned: their state is pending."""
        with self._connection as change:
            # First all give up the outputs that they had: with another --base, one may get what was another's.
            change.executemany(
                "UPDATE files SET markdown = NULL, ledger = NULL WHERE input = ?",
                [(_stored(each.path),) for each, _ in inputs],
            )
            change.executemany(
                "INSERT INTO files (input, name, markdown, ledger, state, run) VALUES (?, ?, ?, ?, 'pending', ?)"
                " ON CONFLICT (input) DO UPDATE SET name = excluded.name, markdown = excluded.markdown,"
                " ledger = excluded.ledger, state = 'pending', run = excluded.run",
                [
                    (_stored(each.path), _stored(each.name), _stored(outputs.markdown), _stored(outputs.ledger), run)
                    for each, outputs in inputs
                ],
            )

    def moved(self, before: str, now: str) -> None:
        """Note that the input at the path *before* is at *now*."""
        with self._connection as change:
            change.execute("DELETE FROM files WHERE input = ?", (_stored(now),))
            change.execute("UPDATE files SET input = ? WHERE input = ?", (_stored(now), _stored(before)))

    def seen(self, run: int, paths: Iterable[str]) -> None:
        """Note that *run* has found the inputs at *paths* to be as they were."""
        with self._connection as change:
            change.executemany("UPDATE files SET run = ? WHERE input = ?", [(run, _stored(path)) for path in paths])

    def refuse(self, run: int, each: Input) -> None:
        """Note that the input *each* has a problem and is not cleaned."""
        with self._connection as change:
            change.execute(
                "INSERT INTO files (input, name, state, run, kind, error, finished, version)"
                " VALUES (?, ?, 'failed', ?, 'input', ?, ?, ?)"
                " ON CONFLICT (input) DO UPDATE SET name = excluded.name, state = 'failed', run = excluded.run,"
                " kind = 'input', error = excluded.error, finished = excluded.finished, setup = NULL",
                (_stored(each.path), _stored(each.name), run, each.problem, _now(), __version__),
            )

    def begun(self, job: Job) -> None:
        """Note that *job* has been handed to a worker."""
        with self._connection as change:
            change.execute(
                "UPDATE files SET state = 'running', attempts = attempts + 1 WHERE input = ?", (_stored(job.path),)
            )

    def finished(self, outcome: Outcome, setup: Setup) -> None:
        """Note what became of a job."""
        if outcome.state == "unchanged":
            return self._touched(outcome)
        values: dict[str, Any] = {
            "state": outcome.state,
            "size": outcome.stamp.size if outcome.stamp.size >= 0 else None,
            "mark": outcome.stamp.mark or None,
            "sha256": outcome.sha256 or None,
            "setup": setup.setup,
            "configuration": setup.configuration,
            "wordlists": setup.wordlists,
            "version": __version__,
            "finished": _now(),
            "seconds": outcome.seconds,
            "kind": outcome.kind or None,
            "error": outcome.error or None,
            "notice": outcome.notice or None,
        }
        values |= _figure_values(outcome.figures) if outcome.state == "done" else {}
        for key, written in (("markdown", outcome.markdown), ("ledger", outcome.ledger)):
            if written:
                values |= {f"{key}_size": written.size, f"{key}_sha256": written.sha256}
        columns = ", ".join(f"{key} = :{key}" for key in values)  # the keys are those above
        with self._connection as change:
            change.execute(
                f"UPDATE files SET {columns} WHERE input = :input", values | {"input": _stored(outcome.job.path)}
            )
        return None

    def _touched(self, outcome: Outcome) -> None:
        with self._connection as change:
            change.execute(
                "UPDATE files SET state = 'done', size = ?, mark = ? WHERE input = ?",
                (outcome.stamp.size, outcome.stamp.mark, _stored(outcome.job.path)),
            )

    def records(self) -> Iterator[Record]:
        """All files, by name."""
        for row in self._connection.execute("SELECT * FROM files ORDER BY CAST(name AS BLOB), CAST(input AS BLOB)"):
            yield _record(row)

    def runs(self) -> list[Run]:
        """All runs, the last one first."""
        rows = self._connection.execute("SELECT * FROM runs ORDER BY id DESC")
        return [
            Run(row["id"], row["started"], row["ended"] or "", row["host"], row["pid"], row["jobs"], row["version"])
            for row in rows
        ]


@contextmanager
def _clear(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into an error that says what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        hint = "check the disk and the permissions, or put it elsewhere with --state"
        raise OutputError(f"the run database does not work ({error})", shown(str(path)), hint) from error
    except sqlite3.DatabaseError as error:
        hint = "move it away: the next run makes a new one, and needs --force to write over its outputs"
        raise OutputError(f"the run database is damaged ({error})", shown(str(path)), hint) from error


def _prepare(connection: sqlite3.Connection, path: Path, create: bool) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, FORMAT):
        hint = "use the version of ocr-clean that wrote it, or start a new output folder"
        raise OutputError(f"run database of format {version}, not {FORMAT}", shown(str(path)), hint)
    if not create:
        return
    connection.execute("PRAGMA journal_mode = WAL")
    # Enough for a killed process; after a power cut the last rows may lack, and their files are done again.
    connection.execute("PRAGMA synchronous = NORMAL")
    if version == 0:
        connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;")


def _stored(path: str) -> str | bytes:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _figure_values(figures: Figures) -> dict[str, Any]:
    values = asdict(figures)
    values["worst_pages"] = json.dumps(values["worst_pages"], ensure_ascii=False)
    return values


def _record(row: sqlite3.Row) -> Record:
    outputs = Outputs(os.fsdecode(row["markdown"]), os.fsdecode(row["ledger"])) if row["markdown"] else None
    worst = tuple(PageFigures(**page) for page in json.loads(row["worst_pages"] or "[]"))
    return Record(
        input=os.fsdecode(row["input"]),
        name=os.fsdecode(row["name"]),
        outputs=outputs,
        state=row["state"],
        run=row["run"],
        attempts=row["attempts"],
        stamp=Stamp(-1 if row["size"] is None else row["size"], row["mark"] or ""),
        sha256=row["sha256"] or "",
        setup=row["setup"] or "",
        finished=row["finished"] or "",
        seconds=row["seconds"] or 0.0,
        kind=row["kind"] or "",
        error=row["error"] or "",
        notice=row["notice"] or "",
        figures=Figures(
            **{key: row[key] or 0 for key in ("pages", "lines", "words", "words_changed", "changes", "suggestions")},
            error_rate_before=row["error_rate_before"],
            error_rate_after=row["error_rate_after"],
            worst_pages=worst,
        ),
        markdown_size=-1 if row["markdown_size"] is None else row["markdown_size"],
        ledger_size=-1 if row["ledger_size"] is None else row["ledger_size"],
        markdown_sha256=row["markdown_sha256"] or "",
        ledger_sha256=row["ledger_sha256"] or "",
    )

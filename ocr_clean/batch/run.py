"""A run: find the inputs, see what is new or changed, clean that, remember it."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any

from ocr_clean.batch import storage
from ocr_clean.batch.database import Database, Record, Setup, path_in
from ocr_clean.batch.inputs import EVERY_TEXT, STATE, Input, Outputs, Search, find, outputs_of, refuse_collisions
from ocr_clean.batch.lock import exclusive
from ocr_clean.batch.storage import is_url, shown
from ocr_clean.batch.summary import Summary, summarize
from ocr_clean.batch.work import Job, Outcome, Settings, header_of, setup_of, warm_up
from ocr_clean.errors import OutputError

_OF_THE_PLACE = ("output", "setup")
"""Kinds of failure that are not the file's: tried again without being asked."""


@dataclass(frozen=True, slots=True)
class Options:
    """What `ocr-clean batch` is told."""

    arguments: tuple[str, ...]
    """Files, folders, globs, URLs."""
    settings: Settings
    state: str = ""
    """Folder of the run database and the lock; "" for `STATE` in the output folder."""
    search: Search = EVERY_TEXT
    whole_names: bool = False
    """Call the outputs of ``a.txt`` ``a.txt.md``."""
    jobs: int = 1
    force: bool = False
    """Clean what is done already, and write over files that no run has written."""
    retry_failed: bool = False
    scheduler: str = ""
    """Address of a Dask scheduler; "" for processes of this machine."""


@dataclass(frozen=True)
class Watcher:
    """What is told while a run goes on: progress bars hang here."""

    note: Callable[[str], None] = lambda text: None
    """Something that a person should know."""
    planned: Callable[[int], None] = lambda count: None
    """How many files are to be cleaned."""
    finished: Callable[[Outcome], None] = lambda outcome: None
    """One of them was."""


@dataclass
class Plan:
    """What a run is to do with each input."""

    jobs: list[Job] = field(default_factory=list)
    expected: list[tuple[Input, Outputs]] = field(default_factory=list)
    """The inputs of the jobs."""
    refused: list[Input] = field(default_factory=list)
    """Inputs with a problem."""
    current: list[str] = field(default_factory=list)
    """Paths of those that are done, or failed before, and have not changed."""


def state_folder(out: str, state: str = "") -> Path:
    """Where the run database of the output *out* is.

    Raises `OutputError` if *out* is a URL and nothing else is given: a database needs a disk.
    """
    if state:
        return Path(state)
    out = storage.local(out)
    if is_url(out):
        raise OutputError("the run database cannot lie behind a URL", shown(out), "give --state FOLDER on a disk")
    return Path(out, STATE)


def run(options: Options, watcher: Watcher = Watcher()) -> Summary:
    """Clean what is new or changed, and say how the inputs stand.

    Raises `BusyError` while another run works on the same output; what a wrong configuration, an unusable output
    folder or a lost cluster raises; `KeyboardInterrupt` for Ctrl-C and SIGTERM, once all that was done is noted.
    """
    out = _absolute(options.settings.out)
    folder = _made(state_folder(out, options.state), out, bool(options.state))
    with _stoppable(), exclusive(folder) as killed, Database.open(path_in(folder), create=True) as database:
        if killed:
            watcher.note(f"the run before ({killed}) did not end; going on where it stopped")
        header = header_of(options.settings)
        settings = replace(options.settings, out=out, setup=setup_of(header, options.settings.encoding))
        inputs = find(options.arguments, replace(options.search, out=out))
        inputs = refuse_collisions(inputs, out, whole=options.whole_names, folds_case=_folds_case(folder))
        number = database.begin_run(0 if options.scheduler else options.jobs, _told(options), socket.gethostname())
        plan = _planned(inputs, database, settings, options)
        _note(plan, database, number)
        watcher.planned(len(plan.jobs))
        try:
            _do(plan.jobs, settings, options, database, _setup(header, settings), watcher)
        finally:
            storage.sweep(out)  # what killed workers, of this run or of one before, have left half-written
            database.end_run(number)
        return summarize((each for each in database.records() if each.run == number), database.runs()[0])


def _absolute(out: str) -> str:
    out = storage.local(out)
    return out if is_url(out) else os.path.abspath(out)


def _made(folder: Path, out: str, elsewhere: bool) -> Path:
    try:
        if not is_url(out):
            Path(out).mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot be made ({error.strerror})", shown(str(folder)), "choose another --out") from None
    if folder.is_symlink() and not elsewhere:
        raise OutputError("is a symbolic link", shown(str(folder)), "remove the link, or give --state")
    return folder


def _folds_case(folder: Path) -> bool:
    """Whether the file system of *folder*, which exists, takes names in capitals for the same."""
    return folder.with_name(folder.name.swapcase()).exists()


def _told(options: Options) -> dict[str, Any]:
    return {"arguments": [shown(each) for each in options.arguments]} | {
        key: value for key, value in asdict(options).items() if key not in ("arguments", "settings")
    }


def _setup(header: Mapping[str, Any], settings: Settings) -> Setup:
    return Setup(
        settings.setup,
        configuration=_hash([header["stages"], header["markdown"], settings.encoding]),
        wordlists=_hash(header["wordlists"]),
    )


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _planned(inputs: Sequence[Input], database: Database, settings: Settings, options: Options) -> Plan:
    plan = Plan()
    paths = frozenset(each.path for each in inputs)
    for each in inputs:
        if each.problem:
            plan.refused.append(each)
            continue
        outputs = outputs_of(each.name, options.whole_names)
        record = _own_record(each, outputs, paths, database)
        problem = _foreign(each, outputs, record, paths, database, settings, options)
        job = Job(each.path, each.name, outputs, storage.stamp_of(each.path) or storage.UNSEEN)
        if problem:
            plan.refused.append(replace(each, problem=problem))
        elif record and not options.force and _is_current(record, job, settings, options):
            plan.current.append(each.path)
        else:
            touched = record and not options.force and _is_whole(record, job, settings)
            plan.jobs.append(replace(job, known_sha256=record.sha256) if record and touched else job)
            plan.expected.append((each, outputs))
    return plan


def _own_record(each: Input, outputs: Outputs, paths: frozenset[str], database: Database) -> Record | None:
    """The record of an input; if it has none, that of the one whose outputs it would write and which is gone."""
    record = database.get(each.path)
    if record and record.outputs:
        return record
    owner = database.writer_of(outputs)
    if owner and owner.input not in paths and storage.stamp_of(owner.input) is None:
        database.moved(owner.input, each.path)
        return replace(owner, input=each.path)
    return record


def _foreign(
    each: Input,
    outputs: Outputs,
    record: Record | None,
    paths: frozenset[str],
    database: Database,
    settings: Settings,
    options: Options,
) -> str:
    """Why the outputs of an input may not be written: they are another's. "" if they may."""
    if record and record.outputs == outputs:
        return ""
    owner = database.writer_of(outputs)
    if owner and owner.input not in paths:
        return f"its output belongs to {shown(owner.input)}; --base or --whole-names keeps their names apart"
    if owner or options.force:
        return ""
    for name in (outputs.markdown, outputs.ledger):
        if storage.exists(settings.out, name):
            return f"{shown(name)} is there and no earlier run has written it; move it away, or use --force"
    return ""


def _is_current(record: Record, job: Job, settings: Settings, options: Options) -> bool:
    if record.stamp != job.stamp or record.setup != settings.setup or record.outputs != job.outputs:
        return False
    if record.state == "failed":
        return not options.retry_failed and record.kind not in _OF_THE_PLACE
    return _is_whole(record, job, settings)


def _is_whole(record: Record, job: Job, settings: Settings) -> bool:
    """Whether the outputs are there as they were written, by the same set-up."""
    return (
        record.state == "done"
        and record.setup == settings.setup
        and record.outputs == job.outputs
        and storage.size_of(settings.out, job.outputs.markdown) == record.markdown_size
        and storage.size_of(settings.out, job.outputs.ledger) == record.ledger_size
    )


def _note(plan: Plan, database: Database, number: int) -> None:
    for each in plan.refused:
        database.refuse(number, each)
    database.seen(number, plan.current)
    database.expect(number, plan.expected)


def _do(
    jobs: Sequence[Job], settings: Settings, options: Options, database: Database, setup: Setup, watcher: Watcher
) -> None:
    if not jobs:
        return
    crashed: list[Job] = []
    with _executor(settings, options) as executor:
        for outcome in executor.run(jobs, database.begun):
            if outcome.kind == "crash":  # perhaps not the file's fault: the machine may have been out of memory
                crashed.append(outcome.job)
                continue
            database.finished(outcome, setup)
            watcher.finished(outcome)
        for outcome in executor.run(crashed, database.begun):
            database.finished(outcome, setup)
            watcher.finished(outcome)


def _executor(settings: Settings, options: Options) -> Any:
    """A `Crew` or a `Cluster`."""
    if options.scheduler:
        from ocr_clean.batch.cluster import Cluster

        return Cluster(settings, options.scheduler)
    from ocr_clean.batch.workers import Crew

    warm_up(settings)
    return Crew(settings, options.jobs)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Take SIGTERM, which a job scheduler or a shutting-down machine sends, for Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():  # only there can signals be handled
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

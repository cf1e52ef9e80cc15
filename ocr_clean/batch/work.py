"""The work on one file, the same in every process on every machine: from `Job` to `Outcome`."""

from __future__ import annotations

import hashlib
import json
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ocr_clean import api
from ocr_clean.batch import storage
from ocr_clean.batch.figures import NO_FIGURES, Figures, figures_of
from ocr_clean.batch.inputs import Outputs
from ocr_clean.batch.storage import UNSEEN, Stamp, shown
from ocr_clean.config import Config
from ocr_clean.errors import InputError, OcrCleanError, OutputError
from ocr_clean.reading import decode


@dataclass(frozen=True, slots=True)
class Settings:
    """What is the same for all files of a run."""

    out: str
    """Output folder, as a path or fsspec URL."""
    config: Config = field(default_factory=Config)
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    encoding: str = ""
    timeout: float = 600.0
    """Seconds that one file may take."""
    max_memory: int = 2 << 30
    """Bytes that cleaning one file may take beyond what the process has; 0 for no limit."""
    max_size: int = 100 << 20
    """Bytes of the largest input, decompressed."""
    setup: str = ""
    """What `setup_of` gives in the process that plans the run; other machines must have the same."""


@dataclass(frozen=True, slots=True)
class Job:
    """One file to clean."""

    path: str
    """Absolute path or URL of the dump."""
    name: str
    """Path in the output tree, with the input's own suffix."""
    outputs: Outputs
    stamp: Stamp = UNSEEN
    """Of the input when the run was planned."""
    known_sha256: str = ""
    """If the input has this hash it was only touched: its outputs are there and right."""


@dataclass(frozen=True, slots=True)
class Written:
    """One output as it was written."""

    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job."""

    job: Job
    state: str
    """``done``, ``unchanged`` (touched, not changed: nothing was written) or ``failed``."""
    kind: str = ""
    """Of a failure: ``input``, ``output``, ``setup``, ``bug``, ``timeout``, ``memory`` or ``crash``."""
    error: str = ""
    """Of a failure: one line for a person."""
    stamp: Stamp = UNSEEN
    sha256: str = ""
    """Of the input as stored."""
    seconds: float = 0.0
    notice: str = ""
    """What a person should know about the reading of the input."""
    figures: Figures = NO_FIGURES
    markdown: Written | None = None
    ledger: Written | None = None


def setup_of(header: Mapping[str, Any], encoding: str = "") -> str:
    """The SHA-256 of all that a ledger's *header* says about the result besides the dump itself.

    Version, stages and their options, Markdown options, word lists: if one of them differs, the file is done again.
    """
    parts = {key: header[key] for key in ("version", "stages", "markdown", "wordlists")} | {"encoding": encoding}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def header_of(settings: Settings) -> Mapping[str, Any]:
    """The ledger's header of whatever is cleaned with *settings*, its dump aside.

    Raises what a wrong configuration or word list raises.
    """
    return _clean("<!-- ocr-clean -->\n", settings).header  # a text that says so comes back as it is: quick


def warm_up(settings: Settings) -> None:
    """Load and compile all that cleaning needs, so that processes forked from this one have it."""
    _clean("A page of-\nfew words, to have every ta-\nble in rnemory.\n\nChapter 1\n\nOf tlie dead\n", settings)


def _clean(text: str, settings: Settings) -> api.Cleaned:
    return api.clean(text, config=settings.config, only=settings.only, without=settings.without)


def do(job: Job, settings: Settings) -> Outcome:
    """Clean the file of *job*, write its Markdown and its ledger, and tell how it went. Raises nothing."""
    started = time.monotonic()
    try:
        outcome = _done(job, settings)
    except OutputError as error:
        outcome = Outcome(job, "failed", "output", shown(str(error)), job.stamp)
    except InputError as error:
        outcome = Outcome(job, "failed", "input", shown(str(error)), job.stamp)
    except MemoryError:
        outcome = Outcome(job, "failed", "memory", memory_message(settings), job.stamp)
    except Exception as error:
        outcome = Outcome(job, "failed", "bug", _bug(error), job.stamp)
    return replace(outcome, seconds=time.monotonic() - started)


def memory_message(settings: Settings) -> str:
    """What is said of a file that needs more memory than it is given."""
    return f"needs more than {settings.max_memory >> 20} MiB; raise --max-memory"


def _bug(error: Exception) -> str:
    if isinstance(error, OcrCleanError):
        return shown(str(error))
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    return shown(f"{type(error).__name__}: {error} at {where}; please report this dump")


def _done(job: Job, settings: Settings) -> Outcome:
    stored, stamp = storage.read(job.path, settings.max_size)
    digest = hashlib.sha256(stored).hexdigest()
    if digest == job.known_sha256:
        return Outcome(job, "unchanged", stamp=stamp, sha256=digest)
    base = Outcome(job, "failed", stamp=stamp, sha256=digest)
    try:
        return _cleaned(base, stored, settings)
    except InputError as error:  # the stamp and the hash are known: it is not tried again until it has changed
        return replace(base, kind="input", error=shown(str(error)))


def _cleaned(base: Outcome, stored: bytes, settings: Settings) -> Outcome:
    job = base.job
    # The ledger names the dump by its place in the collection: the same bytes wherever the collection lies.
    name = shown(job.name)
    source = decode(storage.unpacked(stored, job.path, settings.max_size), name, settings.encoding)
    cleaned = api.clean_source(source, settings.config, only=settings.only, without=settings.without)
    setup = setup_of(cleaned.header, settings.encoding)
    if settings.setup and setup != settings.setup:
        version = cleaned.header["version"]
        return replace(base, kind="setup", error=f"this machine's ocr-clean ({version}) or word lists differ")
    figures = figures_of(cleaned, settings.config.lexicon())
    ledger, markdown = cleaned.ledger.to_jsonl(), cleaned.markdown
    # The ledger first: there is never Markdown without the account of how it came about.
    storage.write(settings.out, {job.outputs.ledger: ledger, job.outputs.markdown: markdown})
    return replace(
        base,
        state="done",
        notice="; ".join(filter(None, [source.notice, *cleaned.notices])),
        figures=figures,
        markdown=_written(markdown),
        ledger=_written(ledger),
    )


def _written(text: str) -> Written:
    data = text.encode("utf-8", "surrogatepass")
    return Written(len(data), hashlib.sha256(data).hexdigest())

"""`ocr-clean batch`: many dumps, unattended."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from tqdm import tqdm

from ocr_clean import config, writing
from ocr_clean.errors import ExitCode
from ocr_clean.talk import Talk, talk_options

if TYPE_CHECKING:
    from ocr_clean.batch.run import Watcher
    from ocr_clean.batch.work import Outcome

_SIZE_RE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


class Size(click.ParamType[int]):
    """A number of bytes: ``500M``, ``2G``."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """*value* in bytes."""
        if isinstance(value, int):
            return value
        found = _SIZE_RE.fullmatch(str(value).strip())
        if not found:
            self.fail(f"{value!r} is not a size; write 500M or 2G", param, ctx)
        return int(float(found[1]) * _UNITS[found[2].upper()])


@click.command("batch")
@click.argument("inputs", nargs=-1)
@click.option(
    "--out", required=True, metavar="FOLDER", help="Where the Markdown and the ledgers go (or an fsspec URL)."
)
@click.option("--files-from", default="", metavar="FILE", help="Also the paths that FILE lists (- for standard input).")
@click.option("--include", multiple=True, metavar="GLOB", help="Take files like this from folders (*.txt, *.txt.gz).")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave files and folders like this out.")
@click.option("--base", default="", metavar="FOLDER", help="Mirror the tree below this folder.")
@click.option("--whole-names", is_flag=True, help="Write a.txt.md for a.txt, not a.md.")
@click.option("-j", "--jobs", default=0, metavar="N", help="Processes; as many as there are processors by default.")
@click.option("--timeout", default=600.0, show_default=True, metavar="SECONDS", help="Longest time for one file.")
@click.option("--max-memory", type=Size(), default="2G", show_default=True, help="Most memory for one file; 0: any.")
@click.option("--max-size", type=Size(), default="100M", show_default=True, help="Largest dump, decompressed.")
@click.option("--retry-failed", is_flag=True, help="Try again what failed before.")
@click.option("--force", is_flag=True, help="Clean everything again; write over files that no run has written.")
@click.option("--state", default="", metavar="FOLDER", help="Where the run database is; OUT/.ocr-clean by default.")
@click.option("--scheduler", default="", metavar="URL", help="Run on the Dask cluster with this scheduler.")
@click.option("--encoding", default="", metavar="NAME", help="Encoding of all dumps; found out for each by default.")
@click.option("--names", multiple=True, metavar="FILE", help="A further list of names that are right (repeatable).")
@click.option("--model", default="", metavar="FILE", help="Language model to use: see 'ocr-clean model build'.")
@click.option("--config", "config_path", default="", metavar="FILE", help="Configuration file (TOML).")
@click.option("--preset", default="", metavar="NAME", help="Preset: see 'ocr-clean stages'.")
@click.option("--only", multiple=True, metavar="STAGE", help="Run only this stage (repeatable).")
@click.option("--without", multiple=True, metavar="STAGE", help="Leave this stage out (repeatable).")
@click.option("--format", "kind", type=click.Choice(["text", "csv", "json"]), default="text", help="Of the summary.")
@click.option("--no-progress", is_flag=True, help="No progress bar; there is none anyway unless on a terminal.")
@talk_options
@click.pass_obj
def command(
    talk: Talk,
    inputs: tuple[str, ...],
    out: str,
    files_from: str,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    base: str,
    whole_names: bool,
    jobs: int,
    timeout: float,
    max_memory: int,
    max_size: int,
    retry_failed: bool,
    force: bool,
    state: str,
    scheduler: str,
    encoding: str,
    config_path: str,
    preset: str,
    names: tuple[str, ...],
    model: str,
    only: tuple[str, ...],
    without: tuple[str, ...],
    kind: str,
    no_progress: bool,
) -> None:
    """Clean INPUTS (files, folders, quoted globs, URLs, or - for a list of them) into the folder --out.

    Only what is new or changed is cleaned. One bad file never stops the run: it exits with 8 and names what failed.
    With -q there is no bar, and no summary either while every file is well.
    """
    if os.name != "posix":
        raise click.UsageError("'batch' needs Linux or macOS; on Windows use WSL")
    from ocr_clean.batch.inputs import INCLUDE, Search, read_list
    from ocr_clean.batch.run import Options, run
    from ocr_clean.batch.summary import formatted
    from ocr_clean.batch.work import Settings

    if timeout <= 0:
        raise click.BadParameter("must be more than 0", param_hint="--timeout")
    named = [path for each in inputs for path in (read_list("-") if each == "-" else [each])]
    named += read_list(files_from) if files_from else []
    if not named:
        raise click.UsageError("Name at least one file or folder.")
    settings = config.load(config_path, preset)
    options = Options(
        arguments=tuple(named),
        settings=Settings(
            out=out,
            config=replace(settings, names=(*settings.names, *names), model=model or settings.model),
            only=only,
            without=without,
            encoding=encoding,
            timeout=timeout,
            max_memory=max_memory,
            max_size=max_size,
        ),
        state=state,
        search=Search(base=base, include=include or INCLUDE, exclude=exclude),
        whole_names=whole_names,
        jobs=jobs if jobs > 0 else _processors(),
        force=force,
        retry_failed=retry_failed,
        scheduler=scheduler,
    )
    with _Bar(talk, not no_progress) as bar:
        try:
            summary = run(options, bar.watcher)
        except KeyboardInterrupt:
            bar.close()
            talk.say("stopped; run the same command again to go on")
            click.get_current_context().exit(ExitCode.INTERRUPTED)
    if talk.level >= 0 or summary.failed:
        writing.to_stdout(formatted(summary, kind))
    if summary.failed:
        click.get_current_context().exit(ExitCode.PARTIAL)


class _Bar:
    """The progress bar: files a second, time left, failures."""

    def __init__(self, talk: Talk, wanted: bool) -> None:
        self._talk = talk
        self._show = wanted and talk.level >= 0 and sys.stderr is not None and sys.stderr.isatty()
        self._failed = 0
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()

    @property
    def watcher(self) -> Watcher:
        """What a run tells the bar."""
        from ocr_clean.batch.run import Watcher

        return Watcher(self._talk.say, self._planned, self._finished)

    def _planned(self, count: int) -> None:
        tqdm.monitor_interval = 0  # its thread would make every fork unsafe
        self._bar = tqdm(total=count, unit="file", disable=not self._show, dynamic_ncols=True)

    def _finished(self, outcome: Outcome) -> None:
        assert self._bar is not None
        if outcome.state == "failed":
            self._failed += 1
            self._bar.set_postfix(failed=self._failed, refresh=False)
        self._bar.update()


def _processors() -> int:
    """How many processors this process may use: a container or a job scheduler may allow fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

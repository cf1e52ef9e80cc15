"""`ocr-clean check`: hold what comes out of samples against what was accepted."""

from __future__ import annotations

from pathlib import Path

import click

from ocr_clean import check, check_report, config, samples, writing
from ocr_clean.check_report import FORMS, Report
from ocr_clean.errors import ExitCode
from ocr_clean.samples import Sample
from ocr_clean.talk import Talk, talk_options


@click.command("check")
@click.argument("folder")
@click.option("--update", is_flag=True, help="Accept what comes out now: write it into FOLDER.")
@click.option("--config", "config_path", default="", metavar="FILE", help="Configuration; FOLDER/ocr-clean.toml else.")
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    metavar="POINTS",
    help="Let outputs differ while no error rate of a sample rises by more than so many per cent points.",
)
@click.option("--format", "form", type=click.Choice(list(FORMS)), default="text", help="How it is told.")
@talk_options
@click.pass_obj
def command(talk: Talk, folder: str, update: bool, config_path: str, tolerance: float | None, form: str) -> None:
    """Clean every sample in FOLDER, and compare with the truth and with what was accepted.

    A sample is a folder with dump.txt and truth.md (docs/cookbook.md). The table gives the errors of characters, words
    and structure, the share of right words that were harmed, and the time, which is never judged. Exit code 1 if a
    stage, its changes, the Markdown or a figure is not as accepted; what differs is shown by stage.
    """
    if update and (tolerance is not None or form != "text"):
        raise click.UsageError("--update compares nothing: leave --tolerance and --format out")
    found = samples.find(folder)
    usual = Path(folder) / samples.CONFIG
    settings = config.load(config_path or (str(usual) if usual.exists() else ""))
    baseline = {} if update else samples.read_baseline(folder, found)
    runs = [check.clean(sample, settings) for sample in found]
    if update:
        _accept(folder, runs)
        writing.to_stdout("".join(f"{line}\n" for line in check_report.table(runs)))
        talk.say(f"{folder}: {check_report.counted(runs)} accepted")
        return
    results = [check.compare(run, baseline[run.sample.name]) for run in runs]
    report = Report(folder, results, _gone(baseline, found), tolerance, talk.level > 0)
    writing.to_stdout(FORMS[form](report))
    talk.say(f"{folder}: {report.summary()}")
    if report.failed:
        click.get_current_context().exit(ExitCode.WOULD_CHANGE)


def _accept(folder: str, runs: list[check.Run]) -> None:
    texts = {str(run.sample.markdown): run.cleaned.markdown for run in runs}
    texts |= {str(run.sample.ledger): run.cleaned.ledger.to_jsonl() for run in runs}
    figures = {run.sample.name: run.figures for run in runs}
    writing.write({**texts, str(Path(folder) / samples.BASELINE): samples.format_baseline(figures)})


def _gone(baseline: dict[str, samples.Figures], found: list[Sample]) -> list[str]:
    return sorted(baseline.keys() - {sample.name for sample in found})

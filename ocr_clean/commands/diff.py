"""`ocr-clean diff`: what changed between two results of one dump."""

from __future__ import annotations

import click

from ocr_clean import diff, diff_report, ledger, writing
from ocr_clean.errors import ExitCode, InputError
from ocr_clean.reading import read_source
from ocr_clean.talk import Talk, talk_options


@click.command("diff")
@click.argument("a")
@click.argument("b")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="For a person or a program."
)
@talk_options
@click.pass_obj
def command(talk: Talk, a: str, b: str, form: str) -> None:
    """Show what changed between A and B, two ledgers or two Markdown files of the same dump.

    Of ledgers, the changes that only one has, or that differ, are counted by stage and rule, like ones together; of
    Markdown, the words. Exit code 0 if there is no difference, 1 if there is one; another setting or version alone is
    shown and is none.
    """
    texts = [read_source(path, "utf-8").document.raw_text() for path in (a, b)]
    is_ledger, other_is = map(ledger.is_ledger, texts)
    if is_ledger != other_is:
        raise InputError("no ledger, and the other file is one", b if is_ledger else a, "compare two of the same kind")
    count, report = _ledgers(a, b, texts, form) if is_ledger else _markdown(texts, form)
    writing.to_stdout(report)
    talk.say(f"{count:,} differences")
    if count:
        click.get_current_context().exit(ExitCode.WOULD_CHANGE)


def _ledgers(a: str, b: str, texts: list[str], form: str) -> tuple[int, str]:
    ours, theirs = (ledger.parse(text, name) for name, text in zip((a, b), texts, strict=True))
    found = diff.differences(ours, theirs)
    tell = diff_report.changes_as_json if form == "json" else diff_report.changes
    return len(found), tell(diff.settings(ours.header, theirs.header), found)


def _markdown(texts: list[str], form: str) -> tuple[int, str]:
    found = diff.words(*texts)
    tell = diff_report.words_as_json if form == "json" else diff_report.words
    return len(found), tell(found)

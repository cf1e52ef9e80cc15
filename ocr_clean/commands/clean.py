"""`ocr-clean clean`: one dump to Markdown."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import click

from ocr_clean import api, config, dump_diff, front_matter, splitting, writing
from ocr_clean.api import Cleaned
from ocr_clean.changes import Edit
from ocr_clean.decisions import Decisions, read_decisions
from ocr_clean.errors import ExitCode
from ocr_clean.reading import read_source
from ocr_clean.talk import Talk, talk_options


@click.command("clean")
@click.argument("dump", default="-")
@click.option(
    "-o", "--output", default="-", metavar="FILE", help="Where the Markdown goes; standard output by default."
)
@click.option("--ledger", default="", metavar="FILE", help="Write every change to this JSON-lines file.")
@click.option("--names", multiple=True, metavar="FILE", help="A further list of names that are right (repeatable).")
@click.option("--model", default="", metavar="FILE", help="Language model to use: see 'ocr-clean model build'.")
@click.option("--decisions", default="", metavar="FILE", help="What a person has decided: see 'ocr-clean review'.")
@click.option("--config", "config_path", default="", metavar="FILE", help="Configuration file (TOML).")
@click.option("--preset", default="", metavar="NAME", help="Which stages are on: see 'ocr-clean stages'.")
@click.option("--only", multiple=True, metavar="STAGE", help="Run only this stage (repeatable).")
@click.option("--without", multiple=True, metavar="STAGE", help="Leave this stage out (repeatable).")
@click.option(
    "--encoding", default="", metavar="NAME", help="Encoding of the dump, if it is not the one that it looks."
)
@click.option("--wrap", type=click.IntRange(min=0), default=None, metavar="N", help="Break lines at N characters.")
@click.option("--split", type=click.Choice(["chapters"]), default=None, help="One file a chapter, beside FILE.")
@click.option("--check", is_flag=True, help="Write no Markdown; exit with 1 if the dump is not clean already.")
@click.option("--diff", "show_diff", is_flag=True, help="Write what would change in each line, as a diff.")
@click.option("--no-progress", is_flag=True, help="No progress bar; there is none anyway unless on a terminal.")
@talk_options
@click.pass_obj
def command(
    talk: Talk,
    dump: str,
    output: str,
    ledger: str,
    names: tuple[str, ...],
    model: str,
    decisions: str,
    config_path: str,
    preset: str,
    only: tuple[str, ...],
    without: tuple[str, ...],
    encoding: str,
    wrap: int | None,
    split: str | None,
    check: bool,
    show_diff: bool,
    no_progress: bool,
) -> None:
    """Clean DUMP (a file, a folder of page files, or - for standard input) into Markdown.

    Whatever is changed stands in the ledger; what is in doubt is left alone. A file that ocr-clean wrote comes back as
    it is. Nothing is written unless all went well, and never over a file that is read.
    """
    _refuse_a_terminal(dump)
    writing.check([output, ledger], [dump, decisions, config_path, model, *names])
    settings = config.load(config_path, preset)
    settings = replace(settings, names=(*settings.names, *names), model=model or settings.model)
    if wrap is not None:
        settings = replace(settings, markdown=replace(settings.markdown, wrap=wrap))
    if split and output == writing.STDOUT:
        raise click.UsageError("--split writes several files: name the first with -o", click.get_current_context())
    stages = settings.pipeline(only, without).stages
    decided = read_decisions(decisions) if decisions else None
    source = read_source(dump, encoding)
    if source.notice:
        talk.say(f"{source.document.name}: {source.notice}")
    with talk.progress(source.document.name, len(stages) + 1, not no_progress) as watch:
        cleaned = api.clean_source(source, settings, only=only, without=without, watch=watch, decisions=decided)
    texts = {ledger: cleaned.ledger.to_jsonl()} if ledger else {}
    if show_diff:
        texts[writing.STDOUT] = dump_diff.unified(cleaned.document)
    elif split and not check:
        files = splitting.chapters(cleaned.markdown, Path(output).name, front_matter.comment(cleaned.header))
        texts |= {str(Path(output).with_name(name)): text for name, text in files.items()}
    elif not check:
        texts[output] = cleaned.markdown
    writing.write(texts)
    _report(talk, cleaned)
    if decided:
        _report_decisions(talk, cleaned, decided, decisions)
    if check and cleaned.markdown != source.document.raw_text():
        click.get_current_context().exit(ExitCode.WOULD_CHANGE)


def _refuse_a_terminal(dump: str) -> None:
    if dump == writing.STDOUT and sys.stdin is not None and sys.stdin.isatty():
        raise click.UsageError("no dump: name a file, or pipe one in", click.get_current_context())


def _report(talk: Talk, cleaned: Cleaned) -> None:
    suggested = sum(_suggested(entry.step.change) for entry in cleaned.changes)
    edits = sum(isinstance(entry.step.change, Edit) for entry in cleaned.changes) - suggested
    retired = sum(not line.printed and bool(line.raw.strip()) for line in cleaned.document.lines)
    name = cleaned.document.name
    if api.is_clean(cleaned.document):
        talk.say(f"{name}: written by ocr-clean, stays as it is")
        return
    for notice in cleaned.notices:
        talk.say(f"{name}: {notice}")
    pages = f"{len(cleaned.pages):,} pages, {len(cleaned.document.lines):,} lines"
    talk.say(f"{name}: {pages}; {edits:,} edits, {retired:,} lines retired, {suggested:,} suggestions")
    for (stage, rule), count in sorted(_counts(cleaned).items()):
        talk.detail(f"{count:7,} {stage}/{rule}")


def _report_decisions(talk: Talk, cleaned: Cleaned, decided: Decisions, name: str) -> None:
    unmet = len(cleaned.unmet)
    rest = f"; {unmet:,} no longer apply{'' if talk.level > 0 else ', see them with -v'}" if unmet else ""
    talk.say(f"{name}: {len(decided.verdicts) - unmet:,} of {len(decided.verdicts):,} decisions honoured{rest}")
    for id in cleaned.unmet:
        talk.detail(
            f"{name}: decision {id} no longer applies: {decided.about.get(id) or 'nothing more is known of it'}"
        )


def _counts(cleaned: Cleaned) -> Counter[tuple[str, str]]:
    return Counter((entry.step.stage, entry.step.change.rule) for entry in cleaned.changes)


def _suggested(change: object) -> bool:
    return isinstance(change, Edit) and change.suggested

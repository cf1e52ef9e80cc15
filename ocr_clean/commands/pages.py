"""`ocr-clean pages`: where each page begins, what is missing, and which pages need a person."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from ocr_clean import config, writing
from ocr_clean.quality import page_report, printed_rows
from ocr_clean.reading import read_source
from ocr_clean.talk import Talk, talk_options

STAGES = ("characters", "pages", "noise", "running_heads")
"""The stages that find pages and what does not belong to the text."""


@click.command("pages")
@click.argument("dump", default="-")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a page.")
@click.option("--config", "config_path", default="", metavar="FILE", help="Configuration file (TOML).")
@click.option("--encoding", default="", metavar="NAME", help="Encoding of the dump, if it is not to be guessed.")
@talk_options
@click.pass_obj
def command(talk: Talk, dump: str, as_json: bool, config_path: str, encoding: str) -> None:
    """List the pages of DUMP: printed number, heads, dirt, known words, estimated character error rate.

    The last columns say which pages need a rescan or a look, and why. Nothing is cleaned.
    """
    settings = config.load(config_path)
    source = read_source(dump, encoding)
    words = settings.lexicon()
    result = settings.pipeline(only=STAGES).run(source.document, words)
    report = page_report(result.document, result.steps, words)
    if as_json:
        writing.to_stdout("".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in report))
    else:
        writing.to_stdout("".join(f"{line}\n" for line in printed_rows(report)))
    rescan, look = (sum(row.advice == advice for row in report) for advice in ("rescan", "look"))
    absent = sum(len(row.missing) for row in report if row.page not in row.missing)
    if not result.document.leaves:
        talk.say(f"{dump}: no page boundaries found: neither form feeds nor a chain of page numbers")
    talk.say(f"{dump}: {len(report)} leaves, {absent} pages missing, {rescan} to rescan, {look} to look at")

"""`ocr-clean structure`: what was found of a book's structure, and what does not agree."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from ocr_clean import config, writing
from ocr_clean.reading import read_source
from ocr_clean.structure import report, structure
from ocr_clean.talk import Talk, talk_options

LATER = ("punctuation", "words", "spelling")
"""The stages that change words only: the structure is found without them."""


@click.command("structure")
@click.argument("dump", default="-")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
@click.option("--config", "config_path", default="", metavar="FILE", help="Configuration file (TOML).")
@click.option("--encoding", default="", metavar="NAME", help="Encoding of the dump, if it is not to be guessed.")
@talk_options
@click.pass_obj
def command(talk: Talk, dump: str, as_json: bool, config_path: str, encoding: str) -> None:
    """List the headings of DUMP, and what does not agree.

    Entries of the contents without a heading and headings without an entry, note references without a note and notes
    without a reference, names of the index that are not on their page. Words are not corrected.
    """
    settings = config.load(config_path)
    source = read_source(dump, encoding)
    words = settings.lexicon()
    result = settings.pipeline(without=LATER).run(source.document, words)
    found = structure(result.document)
    writing.to_stdout(json.dumps(asdict(found), ensure_ascii=False) + "\n" if as_json else report(found))
    talk.say(
        f"{dump}: {len(found.headings)} headings, {len(found.entries_without_heading)} entries of the contents without "
        f"one; {found.references} note references, {found.linked} of {found.notes} notes linked; "
        f"{found.confirmed} of {found.index_pages} page numbers of the index confirmed"
    )

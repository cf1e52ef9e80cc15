"""`ocr-clean model`: the language model that tells which of two readings is the likelier."""

from __future__ import annotations

from pathlib import Path

import click

from ocr_clean import writing
from ocr_clean.lexicon import MODEL, wordlist_path
from ocr_clean.model import LanguageModel
from ocr_clean.reading import read_source
from ocr_clean.talk import Talk, talk_options


@click.group("model")
def command() -> None:
    """Build a language model for another kind of text."""


@command.command("build")
@click.argument("texts", nargs=-1, required=True, metavar="TEXT...")
@click.option("-o", "--output", required=True, metavar="FILE", help="Where the model goes.")
@click.option("--alone", is_flag=True, help="Of these texts only; else they are mixed half and half with ours.")
@talk_options
@click.pass_obj
def build(talk: Talk, texts: tuple[str, ...], output: str, alone: bool) -> None:
    """Build a language model of each clean TEXT."""
    from ocr_clean.training import build_model  # takes a while to load, and only this command needs it

    writing.check([output], texts)
    contents = [read_source(text).document.raw_text() for text in texts]
    shipped = None if alone else LanguageModel.open(wordlist_path(MODEL))
    build_model(contents, Path(output), mix_with=shipped, source=", ".join(Path(text).name for text in texts))
    talk.say(f"{output}: {Path(output).stat().st_size:,} bytes")

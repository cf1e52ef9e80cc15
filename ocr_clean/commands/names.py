"""`ocr-clean names`: lists of names that are right."""

from __future__ import annotations

from collections import Counter

import click

from ocr_clean import names, writing
from ocr_clean.lexicon import Lexicon
from ocr_clean.reading import read_source
from ocr_clean.talk import Talk, talk_options


@click.group("names")
def command() -> None:
    """Check a list of names, or propose one."""


@command.command("check")
@click.argument("file")
@talk_options
def check(file: str) -> None:
    """Read the name list FILE and say what it holds; exit code 5 with the line of the first mistake."""
    kinds = Counter(entry.kind for entry in names.read_names(file))
    counts = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
    writing.to_stdout(f"{file}: {kinds.total():,} names in order ({counts})\n")


@command.command("harvest")
@click.argument("texts", nargs=-1, required=True, metavar="TEXT...")
@click.option("-o", "--output", default="-", metavar="FILE", help="Where the list goes; standard output by default.")
@click.option("--at-least", default=2, show_default=True, help="Leave out what occurs less often.")
@talk_options
@click.pass_obj
def harvest(talk: Talk, texts: tuple[str, ...], output: str, at_least: int) -> None:
    """Propose a list of names from each TEXT (clean texts, or a volume with its index).

    Taken are capitalised words inside sentences and entries of an index, with counts and an example, the most frequent
    first. What the dictionary and the shipped list know already is left out. A person looks through it before use.
    """
    writing.check([output], texts)
    known = Lexicon.load()
    found = names.harvest((read_source(text).document.raw_text() for text in texts), known.__contains__)
    new = [name for name in found if name.count >= at_least and name.name not in known.names]
    writing.write({output: f"{names.HEADER}\n{names.format_tsv(new)}"})
    talk.say(f"{len(new):,} names proposed")

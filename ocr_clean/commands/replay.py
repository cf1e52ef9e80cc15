"""`ocr-clean replay`: a dump and its ledger to Markdown."""

from __future__ import annotations

import click

from ocr_clean import api, writing
from ocr_clean.ledger import read_ledger
from ocr_clean.reading import read_source
from ocr_clean.replay import replay
from ocr_clean.talk import Talk, talk_options


@click.command("replay")
@click.argument("dump")
@click.argument("ledger")
@click.option(
    "-o", "--output", default="-", metavar="FILE", help="Where the Markdown goes; standard output by default."
)
@talk_options
@click.pass_obj
def command(talk: Talk, dump: str, ledger: str, output: str) -> None:
    """Make the Markdown of DUMP again from its LEDGER.

    A person may have gone through the ledger: a row with "refused": true, or taken out, is not made, nor is what rests
    on it; a suggestion is made if its "suggested" is false. What could not be made is reported.
    """
    writing.check([output], [dump, ledger])
    book = read_ledger(ledger)
    source = read_source(dump, book.header["encoding"])
    book.refuse_another(source)
    replayed = replay(source.document, book)
    writing.write({output: api.markdown_of(replayed.document, book.header)})
    for each in replayed.dropped:
        change = each.entry.step.change
        what = f"{each.entry.step.stage}/{change.rule}"
        talk.say(f"{dump}:{change.line}: entry {each.entry.id} ({what}) is not made: {each.why}")
    talk.say(f"{dump}: {len(replayed.made):,} of {len(book.entries):,} entries made, {len(replayed.dropped):,} dropped")

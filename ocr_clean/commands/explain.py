"""`ocr-clean explain`: what a ledger says, for a person."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import click

from ocr_clean import writing
from ocr_clean.explain import Kind, kinds, matching, summary
from ocr_clean.ledger import read_ledger
from ocr_clean.talk import talk_options

EXAMPLES = 5
"""Places shown of each kind of change, unless a page or a word is asked for."""


@click.command("explain")
@click.argument("ledger")
@click.option("--page", default="", metavar="N", help="Only the page with this printed number; [3] for the third leaf.")
@click.option("--word", default="", metavar="W", help="Only edits that replace or write this.")
@talk_options
def command(ledger: str, page: str, word: str) -> None:
    """Group the changes of LEDGER: what was done, how often, where, why, and how sure it is.

    With --page or --word every place is shown.
    """
    entries = matching(read_ledger(ledger).entries, page, word)
    shown = None if page or word else EXAMPLES
    lines = [line for kind in kinds(entries) for line in _lines(kind, shown)] or ["nothing was changed"]
    writing.to_stdout("".join(f"{line}\n" for line in lines))


def _lines(kind: Kind, shown: int | None) -> Iterator[str]:
    status = f", {kind.status}" if kind.status else ""
    count = len(kind.entries)
    yield f"{kind.stage}/{kind.rule}  {kind.pattern}  {count:,} times, confidence {kind.confidence:.2f}{status}"
    for entry in islice(kind.entries, shown):
        yield f"    p. {entry.page}, line {entry.step.change.line}: {summary(entry)}"
    if shown and count > shown:
        yield f"    … and {count - shown:,} more"

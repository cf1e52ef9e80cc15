"""`ocr-clean verify`: is every line accounted for?"""

from __future__ import annotations

import click

from ocr_clean import writing
from ocr_clean.errors import LedgerError
from ocr_clean.ledger import read_ledger
from ocr_clean.reading import read_source
from ocr_clean.talk import Talk, talk_options
from ocr_clean.verify import Verdict, verify


@click.command("verify")
@click.argument("dump")
@click.argument("ledger")
@click.argument("out", default="")
@talk_options
@click.pass_obj
def command(talk: Talk, dump: str, ledger: str, out: str) -> None:
    """Prove that the LEDGER of DUMP accounts for every line and leads to OUT, the Markdown.

    Each line is printed, blank, or retired with a role, a rule and a reason; the words of every printed line are in the
    Markdown. Without OUT, the Markdown that the ledger leads to is looked at. Exit code 7 if anything is amiss.
    """
    book = read_ledger(ledger)
    source = read_source(dump, book.header["encoding"])
    markdown = read_source(out, "utf-8").document.raw_text() if out else None
    verdict = verify(source, book, markdown)
    if verdict.problems:
        for problem in verdict.problems:
            talk.detail(problem)
        more = len(verdict.problems) - 1
        hint = f"and {more:,} more problems, see them with -v" if more else "see docs/ledger.md"
        raise LedgerError(verdict.problems[0], hint=hint)
    writing.to_stdout(_summary(verdict, dump, out))


def _summary(verdict: Verdict, dump: str, out: str) -> str:
    retired = sum(verdict.retired.values())
    roles = ", ".join(f"{count:,} {role}" for role, count in verdict.retired.items())
    lines = [
        f"{dump}: every line is accounted for: {verdict.printed:,} printed, {verdict.blank:,} blank, "
        f"{retired:,} retired{f' ({roles})' if roles else ''}",
        f"ledger: {verdict.made:,} entries made, {verdict.refused:,} suggested or refused, "
        f"{len(verdict.dropped):,} dropped because they rest on those",
        *([f"{out}: what the ledger leads to"] if out else []),
    ]
    return "".join(f"{line}\n" for line in lines)

"""Prove that a ledger accounts for a dump: no line is lost, and the ledger leads to the Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from ocr_clean import api
from ocr_clean.changes import Mark
from ocr_clean.document import RETIRED, Document, Line, Role
from ocr_clean.ledger import Entry, Ledger
from ocr_clean.reading import Source
from ocr_clean.replay import Dropped, replay

WORD_RE = regex.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found."""

    problems: tuple[str, ...]
    """Each with its place; none if the ledger accounts for everything."""
    printed: int
    """Lines that are in the Markdown."""
    blank: int
    retired: dict[str, int]
    """Lines that are not printed, by role."""
    made: int
    """Entries that are made."""
    refused: int
    """Entries that are not: suggestions, refused ones."""
    dropped: tuple[Dropped, ...]
    """Entries that nobody refused and that cannot be made any more."""


def verify(source: Source, ledger: Ledger, markdown: str | None = None) -> Verdict:
    """Check the dump *source* against its *ledger* and, if given, the *markdown* that was written.

    Proved is: the dump is the one that the ledger was made from (SHA-256); each line is printed, blank, or retired by
    an entry with a role, a rule and a reason; the words of every printed line are in the Markdown; the ledger leads to
    *markdown*, character by character.

    Raises `LedgerError` for an entry whose line the dump does not have.
    """
    replayed = replay(source.document, ledger)
    doc = replayed.document
    product = api.markdown_of(doc, ledger.header)
    problems = [
        *_wrong_dump(source, ledger),
        *_unaccounted(doc, replayed.made),
        *_unprinted(doc, product),
        *([] if markdown is None else _different(product, markdown)),
    ]
    retired = Counter(line.role.value for line in doc.lines if line.role in RETIRED)
    blank = sum(line.role is Role.BLANK for line in doc.lines)
    left_out = len(ledger.entries) - len(replayed.made) - len(replayed.dropped)
    printed = len(doc.lines) - blank - retired.total()
    counts = dict(sorted(retired.items()))
    return Verdict(tuple(problems), printed, blank, counts, len(replayed.made), left_out, replayed.dropped)


def _wrong_dump(source: Source, ledger: Ledger) -> Iterator[str]:
    if source.sha256 != ledger.header.get("sha256"):
        yield f"{source.document.name}: not the dump that the ledger was made from (its SHA-256 differs)"


def _unaccounted(doc: Document, made: tuple[Entry, ...]) -> Iterator[str]:
    """Lines that are not printed and have no entry that says why."""
    reasons = {entry.step.change.line: entry.step.change for entry in made if isinstance(entry.step.change, Mark)}
    for line in doc.lines:
        reason = reasons.get(line.number)
        where = f"{doc.name}:{line.number}"
        if line.role in RETIRED and not (reason and reason.role is line.role and reason.rule and reason.why):
            yield f"{where}: retired as {line.role.value} without a rule and a reason"
        if line.role in (Role.BLANK, Role.JOINED) and line.text.strip():
            yield f"{where}: taken for {line.role.value}, but it has text that is printed nowhere"


def _unprinted(doc: Document, product: str) -> Iterator[str]:
    """Printed lines of which a word is missing in the Markdown."""
    if api.is_clean(doc):
        return
    printed = [line for line in doc.lines if line.printed]
    left = Counter(WORD_RE.findall(product))
    left.subtract(word for line in printed for word in WORD_RE.findall(line.text))
    missing = {word for word, count in left.items() if count < 0}
    if missing:
        yield from (
            f"{doc.name}:{line.number}: {word!r} is not in the Markdown" for line, word in _holding(printed, missing)
        )


def _holding(lines: list[Line], missing: set[str]) -> Iterator[tuple[Line, str]]:
    for line in lines:
        for word in WORD_RE.findall(line.text):
            if word in missing:
                yield line, word


def _different(product: str, markdown: str) -> Iterator[str]:
    if product == markdown:
        return
    ours, theirs = product.split("\n"), markdown.split("\n")
    same = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
    yield f"the ledger does not lead to this Markdown: line {same + 1} of it differs"

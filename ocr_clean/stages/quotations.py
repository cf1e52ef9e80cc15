"""Block quotations, verse, lists, tables and other blocks that are not plain paragraphs.

| what the dump shows | becomes | rule |
|---|---|---|
| a block set to a narrower measure than the text round it | quotation | narrow |
| a few lines under a heading, with a name under them (`—Old Proverb`) | quotation | epigraph |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from ocr_clean.changes import Change, Mark
from ocr_clean.document import Document, Line, Role
from ocr_clean.epigraphs import epigraphs
from ocr_clean.flow import OPENER_RE, Flow
from ocr_clean.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Quotations:
    """Say which paragraphs are quotations.

    Leaves alone whatever is in doubt: a quotation left as a paragraph loses no word.
    """

    name: ClassVar[str] = "quotations"
    rounds: ClassVar[int] = 1

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose a mark for each line of a quotation."""
        flow = Flow.of(doc)
        headed = _headed(doc)
        taken: set[int] = set()
        for passage, name in epigraphs(flow, lambda line: line.number in headed):
            taken.update(line.number for line in (*passage, name))
            for line in (*passage, name):
                role = Role.QUOTE if not _verse(passage) else Role.LINE if line is name else Role.VERSE
                opens = line is passage[0] or line is name or line.opens
                yield Mark(line.number, role, "epigraph", "with a name under it", opens=opens)
        for run in flow.runs:
            if run.narrow:
                for line in (each for each in run.lines if each.role in (Role.BODY, Role.QUOTE)):
                    if line.number not in taken:
                        yield Mark(line.number, Role.QUOTE, "narrow", "set to a narrower measure", opens=line.opens)


def _verse(lines: Sequence[Line]) -> bool:
    """Whether all lines of an epigraph begin with a capital: prose does so by chance only."""
    return len(lines) > 1 and all(OPENER_RE.sub("", line.text)[:1].isupper() for line in lines)


def _headed(doc: Document) -> set[int]:
    """Numbers of the lines right under a heading."""
    return {
        lower.number
        for upper, lower in pairwise(doc.printed_lines())
        if upper.role is Role.HEADING and lower.role is not Role.HEADING
    }

"""Block quotations, verse, lists, tables and other blocks that are not plain paragraphs.

| what the dump shows | becomes | rule |
|---|---|---|
| a block set to a narrower measure than the text round it | quotation | narrow |
| a few lines under a heading, with a name under them (`—Old Proverb`) | quotation | epigraph |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import ClassVar

from ocr_clean.changes import Change, Mark
from ocr_clean.document import Document, Line, Role
from ocr_clean.epigraphs import epigraphs
from ocr_clean.flow import OPENER_RE, Flow, Run
from ocr_clean.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Quotations:
    """Say which paragraphs are quotations.

    Leaves alone whatever is in doubt, for a quotation left as a paragraph loses no word; a section of which all is set
    narrow; and what goes on for pages.
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
        for run in _among_text(doc, flow):
            if run.narrow:
                for line in (each for each in run.lines if each.role in (Role.BODY, Role.QUOTE)):
                    if line.number not in taken:
                        yield Mark(line.number, Role.QUOTE, "narrow", "set to a narrower measure", opens=line.opens)


def _among_text(doc: Document, flow: Flow) -> Iterator[Run]:
    """The runs of the stretches of text that are not set narrow as a whole.

    A preface in smaller type, of which more goes on a line, makes the chapters after it look narrow.
    """
    for section in _sections(doc, flow.runs):
        for narrow, runs in groupby(section, key=lambda run: run.narrow or len(run.lines) <= BETWEEN):
            stretch = list(runs)
            if not narrow or (_lines(stretch) <= LONGEST and _has_plain(section)):
                yield from stretch


def _sections(doc: Document, runs: Sequence[Run]) -> Iterator[list[Run]]:
    """*runs* from one heading to the next: a quotation may go on over missing pages."""
    section: list[Run] = []
    for run in runs:
        gap = run.before
        if section and gap is not None and gap.cut and not doc.gap_between(gap.upper.number, gap.lower.number):
            yield section
            section = []
        section.append(run)
    yield section


def _has_plain(section: Sequence[Run]) -> bool:
    return _lines([run for run in section if not run.narrow]) >= PLAIN * _lines(section)


def _lines(runs: Sequence[Run]) -> int:
    return sum(len(run.lines) for run in runs)


PLAIN = 0.1
"""Share of a section's lines that is set to the column's measure, at least: a quotation stands among text."""
LONGEST = 100
"""Lines of a quotation, at most: three pages. What goes on longer is a part of the book that is set so."""
BETWEEN = 2
"""Lines that do not interrupt it."""


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

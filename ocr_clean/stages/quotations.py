"""Block quotations, verse, lists, tables and other blocks that are not plain paragraphs.

| what the dump shows | becomes | rule |
|---|---|---|
| a block set to a narrower measure than the text round it | quotation | narrow |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ocr_clean.changes import Change, Mark
from ocr_clean.document import Document, Role
from ocr_clean.flow import Flow
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
        for run in flow.runs:
            if run.narrow:
                for line in (each for each in run.lines if each.role in (Role.BODY, Role.QUOTE)):
                    yield Mark(line.number, Role.QUOTE, "narrow", "set to a narrower measure", opens=line.opens)

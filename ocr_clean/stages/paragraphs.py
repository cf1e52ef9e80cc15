"""Paragraphs: which line opens one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ocr_clean.changes import Change, Mark
from ocr_clean.document import Document, Role
from ocr_clean.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Open a paragraph after a blank line."""

    name: ClassVar[str] = "paragraphs"

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose a mark for each line that opens a paragraph."""
        blank = True
        for line in doc.lines:
            if line.role is Role.BODY and blank:
                yield Mark(line.number, Role.BODY, "blank-line", "after a blank line", opens=True)
            blank = line.role is Role.BLANK

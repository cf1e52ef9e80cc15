"""Letters: the short lines of their beginning and end, whose line ends are kept.

| in the dump | becomes | rule |
|---|---|---|
| `Rue des Roses, Smyrna,` / `Decr. 14th, 1868.` before a salutation | lines | date |
| `My dearest Lizzie,` | a line | salutation |
| `Ever yr. affecte. brother,` / `Edmund Carr.` | lines | signature |

Leaves alone the letter itself, and any line that is as long as the column is wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import regex

from ocr_clean.changes import Change, Mark
from ocr_clean.document import Block, Document, Role
from ocr_clean.lexicon import Lexicon

SALUTATION_RE = regex.compile(
    r"^[‘“\"']?(?:my\s)?(?:very\s)?(?:dear(?:est)?|beloved|honoured|esteemed|respected)\s"
    r"\p{L}[\p{L}. ’'-]{1,40}[,:.!—-]{1,2}$"
    r"|^[‘“\"']?(?:sir|sirs|madam|gentlemen|comrades|my lord|your excellency)[,:!—-]{1,2}$",
    regex.IGNORECASE,
)
CLOSING_RE = regex.compile(
    r"^(?:(?:and\s)?i\s(?:am|remain)|believe\sme|ever\s(?:yours?|yr)|your?s?\b.{0,20}\b(?:truly|faithfully|sincerely|ever|affec\w*|"
    r"obedient|humble|loving|fraternally)|with\s(?:communist|fraternal|comradely|kind|best)\s.{0,20}(?:greetings|regards|wishes)|"
    r"yours)\b.{0,60}[,.]$",
    regex.IGNORECASE,
)
DATE_RE = regex.compile(r"(?:\b\d{1,2}(?:st|nd|rd|th)?\b.{0,14})?\b1[5-9]\d\d\W{0,2}$|\b(?:19|20)\d\d\W{0,2}$")
SHORT = 45
"""Characters: no line of a letter's head or foot is longer."""
MOST = 4
"""Lines of a letter's head or foot, at most."""


@dataclass(frozen=True, slots=True)
class Letters:
    """Mark date, salutation and signature of a letter as lines."""

    name: ClassVar[str] = "letters"

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose a mark for each such line."""
        blocks = list(doc.blocks())
        for place, block in enumerate(blocks):
            if not _short(block):
                continue
            if SALUTATION_RE.match(block.lines[0].text.strip()) and len(block.lines) == 1:
                yield from _lines(block, "salutation")
                if place and _short(blocks[place - 1]) and DATE_RE.search(blocks[place - 1].lines[-1].text.strip()):
                    yield from _lines(blocks[place - 1], "date")
            elif CLOSING_RE.match(block.lines[0].text.strip()):
                yield from _lines(block, "signature")
                if len(block.lines) == 1 and place + 1 < len(blocks) and _name(blocks[place + 1]):
                    yield from _lines(blocks[place + 1], "signature")


def _short(block: Block) -> bool:
    short = all(len(line.text.strip()) <= SHORT for line in block.lines)
    return block.role in (Role.BODY, Role.LINE) and len(block.lines) <= MOST and short


def _name(block: Block) -> bool:
    return _short(block) and len(block.lines) <= 2 and _capitalised(block.lines[0].text.split())


def _capitalised(words: Sequence[str]) -> bool:
    return 0 < len(words) <= 5 and all(word[:1].isupper() for word in words)


def _lines(block: Block, rule: str) -> Iterator[Mark]:
    for place, line in enumerate(block.lines):
        yield Mark(line.number, Role.LINE, rule, opens=place == 0)

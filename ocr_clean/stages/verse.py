"""Verse: lines that begin with a capital whatever stood before, and whose ends are kept.

| in the dump | becomes | rule |
|---|---|---|
| four lines or more that all begin with a capital, most of them inside a sentence | verse | capitals |

In prose one line in six begins with a capital, by chance. In verse every line does, though the line before has not
ended its sentence. Leaves alone lists, tables, contents and the index, where lines are short or end in figures, and
lists of names, where most words have a capital.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import regex

from ocr_clean.changes import Change, Mark
from ocr_clean.document import Document, Line, Role
from ocr_clean.flow import TITLE_END_RE, Flow, Gap
from ocr_clean.lexicon import Lexicon

WORD_RE = regex.compile(r"\p{L}[\p{L}’'-]*")
ENDS_IN_FIGURE_RE = regex.compile(r"\d\W{0,3}$")
MISREAD_RE = regex.compile(r"[0l1|](?=\s)")
"""``I`` or ``O`` at the beginning of a line, as the OCR reads it."""
FEWEST_WORDS, MOST_WORDS = 3.0, 13.0
"""Words of a line of verse, on the average of a passage."""
NAMES = 0.5
"""Share of the words within its lines that begin with a capital, from which on a passage is a list of names."""
INSIDE = 0.4
LONG = 10
"""Share of line ends of a passage that must stand inside a sentence; half of it in a passage of so many lines, which
needs no end of a paragraph before and after it either."""


FEW = 5
"""One line in so many may have fewer blank lines before it than others, where each has some."""


@dataclass(frozen=True, slots=True)
class Verse:
    """Mark the lines of verse; a blank line, or the room of one, begins a stanza."""

    name: ClassVar[str] = "verse"
    fewest: int = 4
    """Lines that a passage must have: of fewer, all may begin with a capital by chance."""

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose a mark for each line of verse."""
        flow = Flow.of(doc)
        gaps = {gap.lower.number: gap for gap in flow.gaps}
        if flow.unwrapped:
            return
        after = {gap.upper.number: gap for gap in flow.gaps}
        for found in _passages(flow.lines):
            whole = _whole(found, gaps, after)
            passage = found if len(whole) < self.fewest and len(found) >= LONG else whole
            if len(passage) >= self.fewest and _is_verse(passage, gaps):
                stanzas = {passage[0].number, *_stanzas(passage, gaps)}
                for line in passage:
                    why = "each line begins with a capital"
                    yield Mark(line.number, Role.VERSE, "capitals", why, opens=line.number in stanzas)


def _passages(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of plain lines that begin with a capital and do not end in a figure."""
    passage: list[Line] = []
    for line in lines:
        bare = line.text.lstrip(" ‘“\"'([—-")
        capital = bare[:1].isupper() or MISREAD_RE.match(bare) is not None
        if line.role is Role.BODY and capital and not ENDS_IN_FIGURE_RE.search(line.text):
            passage.append(line)
            continue
        yield passage
        passage = []
    yield passage


def _whole(passage: list[Line], gaps: dict[int, Gap], after: dict[int, Gap]) -> list[Line]:
    """*passage* without the end of a paragraph at its top and the beginning of one at its foot."""
    first, last = 0, len(passage)
    while first < last and not _apart(gaps.get(passage[first].number)):
        first += 1
    while last > first and not _apart(after.get(passage[last - 1].number)):
        last -= 1
    return passage[first:last]


def _stanzas(passage: Sequence[Line], gaps: dict[int, Gap]) -> Iterator[int]:
    """Lines that begin a stanza: those with more blank lines before them than nearly all lines of their page have."""
    page: list[Gap] = []
    for gap in [*(gaps[line.number] for line in passage[1:]), None]:
        if gap is not None and not gap.crossing:
            page.append(gap)
            continue
        usual = sorted(each.blanks for each in page)[len(page) // FEW] if page else 0
        yield from (each.lower.number for each in page if each.blanks > usual)
        page = []


def _is_title(text: str) -> bool:
    """Whether a line is set in capitals; a letter alone may be a scrap."""
    return text.isupper() and len(text) > 2


def _apart(gap: Gap | None) -> bool:
    """Whether a paragraph ends at a gap."""
    return gap is None or gap.cut or gap.blanks > 0 or gap.lower.opens


def _is_verse(passage: Sequence[Line], gaps: dict[int, Gap]) -> bool:
    counts = [len(WORD_RE.findall(line.text)) for line in passage]
    if not FEWEST_WORDS <= sum(counts) / len(counts) <= MOST_WORDS:
        return False
    if any(gaps[lower.number].cut for _, lower in pairwise(passage)):
        return False
    if any(_is_title(line.text.strip()) or TITLE_END_RE.search(line.text.rstrip()) for line in passage):
        return False
    within = [word for line in passage for word in WORD_RE.findall(line.text)[1:]]
    if sum(word[0].isupper() for word in within) > NAMES * len(within):
        return False
    inside = sum(gaps[lower.number].end in ("open", "dirt", "comma", "hyphen") for _, lower in pairwise(passage))
    single = sum(1 for count in counts if count == 1)
    share = INSIDE if len(passage) < LONG else INSIDE / 2
    return inside >= share * (len(passage) - 1) and single * 4 <= len(passage)

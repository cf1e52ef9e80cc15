"""Epigraphs: a few lines between a heading and the text, with the name of who is quoted under them.

`headings` asks for them, because such a name stands apart as a heading does; `quotations` marks them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import regex

from ocr_clean.document import Line, Role
from ocr_clean.flow import Flow
from ocr_clean.headlines import LEADERS, free_title, label

MOST = 12
"""Lines of an epigraph, the name included."""

SHORT = 0.75
"""Share of the measure that a name fills, at most."""

NAME_RE = regex.compile(
    r"[-—–~]{1,2}\s?[\p{Lu}‘“\"'(].{2,60}"  # —Old Proverb.
    r"|(?:\p{Lu}\.\s?)+\p{Lu}\p{L}+(?:,\s.{3,40})?\.?"  # T. Quarrel, Essays on Walking
    r"|[\p{Lu}][\p{Lu}.’' ]{3,30}\."  # SHAKESPEARE.
    r"|(?:\d\s)?\p{Lu}\p{Ll}+\s[IVXLCivxlc]+[.:]\s?\d+.{0,6}"  # Isaiah xl. 3
)
"""The name of a writer, or of a work and its place, on a line of its own."""


def epigraphs(flow: Flow, headed: Callable[[Line], bool]) -> Iterator[tuple[tuple[Line, ...], Line]]:
    """The lines of each epigraph and the line of its name. *headed* says whether a heading stands right over a line.

    Leaves alone a passage without a name under it, and one that is longer than `MOST` lines.
    """
    widest = SHORT * max((len(line.text.strip()) for line in flow.lines), default=0)
    for first, line in enumerate(flow.lines):
        if line.role in (Role.BODY, Role.QUOTE, Role.VERSE) and headed(line):
            last = _name(flow, first, widest)
            if last:
                yield flow.lines[first:last], flow.lines[last]


def _name(flow: Flow, first: int, widest: float) -> int:
    """Index of the line of a name, at most *widest* long, under the passage that begins at *first*; 0 if none."""
    for last in range(first + 1, min(first + MOST, len(flow.lines) - 1)):
        before, after = flow.gaps[last - 1], flow.gaps[last]
        if before.cut or before.crossing:
            return 0
        text = flow.lines[last].text.strip()
        if label(text) or free_title(text) or LEADERS in text:
            return 0
        apart = after.any_blank or after.indent > 0 or after.lower.opens
        if apart and len(text) <= widest and NAME_RE.fullmatch(text) and before.end in ("stop", "open"):
            return last
    return 0


def under_headings(lines: tuple[Line, ...], taken: set[int]) -> set[int]:
    """Numbers of the lines of *lines* that stand right under one whose number is *taken*."""
    return {lower.number for upper, lower in pairwise(lines) if upper.number in taken and lower.number not in taken}

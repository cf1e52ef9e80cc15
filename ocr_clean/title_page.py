"""Title page and imprint: where they are in the dump, and which of their lines are the title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import regex
from rapidfuzz import fuzz

from ocr_clean.contents_page import is_title
from ocr_clean.document import Document, Line, Role

FRONT_LINES = 150
"""Printed lines at the top in which title page and imprint are looked for."""
IMPRINT_RE = regex.compile(
    r"(?<!\S)©\s?(?:(?-i:[A-Z])|\d{4})|\bcopyright\b|\bISBN\b|all rights reserved"
    r"|\bpublished\b.*\b(?:b[yv]|in|\d{4})\b|\bprinted (?:by|in|at|for)\b"
    r"|\bentered,?\s+according\s+to\s+act\b|^.{0,40}\b(?:printers?|stereotypers?|stereotyped)\b.{0,40}$",
    regex.I,
)
"""What an imprint has, and hardly any other page: rights, who published and who printed it; ``bv`` is a damaged by."""


def front_lines(doc: Document, first_heading: int = 0) -> list[Line]:
    """The printed lines before the contents or the first heading; none in a text without either.

    *first_heading* is the source line of a heading that has not been marked yet.
    """
    front: list[Line] = []
    ended = False
    for line in doc.printed_lines():
        heading = (line.role is Role.HEADING and line.level > 1) or line.number == first_heading
        if heading or line.role is Role.CONTENTS or is_title(line.text) or len(front) >= FRONT_LINES:
            ended = len(front) < FRONT_LINES
            break
        front.append(line)
    return _set_apart(front) if ended else []


def _set_apart(front: Sequence[Line]) -> list[Line]:
    """Of some lines those that are not running text: a dump may begin within a chapter, and quote an imprint there."""
    blocks: list[list[Line]] = []
    for line in front:
        if not blocks or line.number > blocks[-1][-1].number + 1:
            blocks.append([])
        blocks[-1].append(line)
    return [line for block in blocks if not _runs_on([line.text.strip() for line in block]) for line in block]


def _runs_on(texts: Sequence[str]) -> bool:
    """Whether lines fill their measure and most run on in the next one.

    >>> _runs_on(["the river had risen in the night, and the", "miller said that the boats would be late."])
    True
    >>> _runs_on(["A HISTORY OF THE RIVER TRADE OF THE NORTH", "from the year 1703"])
    False
    """
    longest = max(map(len, texts))
    full = longest >= SHORTEST_MEASURE and all(len(text) >= FULL * longest for text in texts[:-1])
    inside = sum(text[:1].islower() for text in texts[1:])
    return full and not texts[0].isupper() and 2 * inside > len(texts) - 1


SHORTEST_MEASURE, FULL = 35, 0.75
"""Characters of a line of running text, and how much of the longest line a line must fill: title pages are centred."""


def title_lines(doc: Document, front: Sequence[Line]) -> list[Line]:
    """The lines of the title page that hold the title: those whose words the running heads repeat.

    *front* are lines with an imprint among them. A running head is often short for the title; a line above that ends
    in a colon leads to what it leaves out.
    """
    heads = Counter(_bare(line.text) for line in doc.lines if line.role is Role.RUNNING_HEAD)
    common = [head for head, count in heads.most_common(8) if count >= 3 and len(head) > 8]
    if not common:
        return []
    best: tuple[float, list[Line]] = (TITLE_LIKE, [])
    for first in range(len(front)):
        for last in range(first, min(first + 4, len(front))):
            lines = list(front[first : last + 1])
            text = _bare(" ".join(line.text for line in lines))
            if not 8 <= len(text) <= 90 or IMPRINT_RE.search(text):
                continue
            dirt = sum(not (char.isalnum() or char in " :’'-,.") for line in lines for char in line.text.strip())
            likeness = max(fuzz.token_set_ratio(head, text) * 0.5 + fuzz.ratio(head, text) * 0.5 for head in common)
            best = max(best, (likeness - 2 * dirt, lines), key=lambda each: each[0])
    return _with_lead(front, best[1])


def _with_lead(front: Sequence[Line], title: list[Line]) -> list[Line]:
    """The *title* with the short line right above it, if that ends in a colon."""
    place = front.index(title[0]) if title else 0
    lead = front[place - 1] if place else None
    if lead is None or not lead.text.rstrip().endswith(":") or len(lead.text) > LONGEST_LEAD:
        return title
    return title if IMPRINT_RE.search(lead.text) else [lead, *title]


LONGEST_LEAD = 40
"""Characters of a line that leads to the rest of a title."""
TITLE_LIKE = 70.0
"""Likeness to a running head, per cent, from which lines of the title page are the title."""


def _bare(text: str) -> str:
    return regex.sub(r"[^\p{L}: ’'-]", "", text).strip().lower()

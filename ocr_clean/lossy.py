"""Marks that a conversion between encodings lost: rules of the stage `punctuation`.

An encoding that lacks curly marks and dashes puts question marks in their place; the first text encoding of TeX (OT1)
has the opening double mark where others have the back slash. Questions are left alone, and so are variables
(``?slot``): their question mark opens what nothing closes.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from ocr_clean.changes import Edit
from ocr_clean.document import Line

APOSTROPHE_RE = regex.compile(
    r"(?<=\p{L}{2})\?(?=(?:s|t|d|ll|re|ve|m)(?!\p{L}))"  # user?s, don?t
    r"|(?<=\p{Lu}{3})\?(?=\p{Nd}{2}(?!\p{Nd}))"  # NAACL?00
)
"""Where an apostrophe stood: no question has a letter right after its mark."""

DASH_RE = regex.compile(r"(?<=\p{Nd}-)\?(?=\p{Nd})")
"""Half of the dash between two numbers."""

PAIR_RE = regex.compile(
    r"(?<![^\s(\[])(?P<open>\?)(?=\p{L}{2})(?:[^?\"(){}\[\]=]{2,80}?[\p{L}\p{Nd}][.,;:]?)"
    r"(?P<close>\?)(?=[\s,.;:)]|$)(?!\s+\p{Lu})"
)
"""A pair that opens and closes within a sentence. A capital after it may begin the next one: then it is a question."""

TEX_RE = regex.compile(r"(?<!\S)(?P<open>\\)(?=\p{Lu}\p{L}*\s[^\"\\]{2,200}\")")
"""A back slash before a title whose closing mark was kept."""


def lossy(line: Line) -> Iterator[Edit]:
    """Edits that put the marks back, straight ones: which ones the printer had is lost."""
    text = line.text
    if "?" in text:
        for found in APOSTROPHE_RE.finditer(text):
            yield _edit(line, found.start(), "?", "'", 0.95)
        for found in DASH_RE.finditer(text):
            yield _edit(line, found.start(), "?", "", 0.95)
        for found in PAIR_RE.finditer(text):
            yield _edit(line, found.start("open"), "?", '"', 0.9)
            yield _edit(line, found.start("close"), "?", '"', 0.9)
    for found in TEX_RE.finditer(text) if "\\" in text else ():
        yield _edit(line, found.start(), "\\", '"', 0.9)


def _edit(line: Line, start: int, before: str, after: str, confidence: float) -> Edit:
    why = "a mark that a conversion of the encoding lost"
    return Edit(line.number, start, before, after, "lossy-mark", why, confidence)

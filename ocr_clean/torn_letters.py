"""Letters that the OCR reads as two marks or more: rules of the stage `punctuation`.

An engine that lacks a fount's *w* or *y* sees its strokes: ``v/hich``, ``ver}'``. They are put together before any word
is judged, for they part words, and look like dirt beside them.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from ocr_clean.changes import Edit
from ocr_clean.document import Line
from ocr_clean.lexicon import Lexicon

TORN_W_RE = regex.compile(
    r"(?<!\p{L})(?P<torn>\\\\?[vV]|[vV]/)(?P<rest>\p{Ll}+)(?!\p{L})"  # \vas, v/hich
    r"|(?P<left>\p{L}+)(?P<torn>[vV]/)(?P<rest>\p{Ll}+)(?!\p{L})"  # betv/een
)
"""A w in two pieces. What it makes with the rest may be misread besides: ``v/holc``."""

TORN_Y_RE = regex.compile(
    r"(?<![\p{L}\p{N}])\p{L}+(?:(?P<torn>"
    r"\}['’^~-]{0,2}"  # ver}', b}^, an}-
    r"|\)['’^]"  # cit)'
    r"|3['’^]"  # countr3'
    r")\p{Ll}*)+(?![\p{L}\p{N}])"
)
"""A word with a y of which the right stroke is a brace, a bracket or a figure, and its tail a mark beside that."""

SURE_Y = regex.compile(r"\}['’^~-]")
"""No other letter looks like that: the word may be one without the y too (``the}'``)."""

FAMILIAR = 3.0
"""A word that is put together of two pieces, one that occurs so often in a million."""

OFTEN_Y, RARE_Y = 0.2, 1.0
"""The same for a word with a y, one that is no word without it, and any other."""


def torn_letters(line: Line, words: Lexicon) -> Iterator[Edit]:
    """Edits that put torn letters together, one for each; none where no word comes of it."""
    if "/" in line.text or "\\" in line.text:
        yield from _torn_w(line, words)
    if any(mark in line.text for mark in "})3"):
        yield from _torn_y(line, words)


def _torn_w(line: Line, words: Lexicon) -> Iterator[Edit]:
    for found in TORN_W_RE.finditer(line.text):
        whole = "W" if "V" in found["torn"] else "w"
        word = (found["left"] or "") + whole + found["rest"]
        if words.common(word, FAMILIAR) or (
            found["torn"] == "v/" and len(found["rest"]) > 1 and found["rest"] not in words
        ):
            yield Edit(line.number, found.start("torn"), found["torn"], whole, "torn-w", "a w in two pieces", 0.95)


def _torn_y(line: Line, words: Lexicon) -> Iterator[Edit]:
    for found in TORN_Y_RE.finditer(line.text):
        read, torn = found[0], found.captures("torn")
        whole = read
        for piece in torn:
            whole = whole.replace(piece, "y", 1)
        bare = read[: -len(torn[-1])] if read.endswith(torn[-1]) else ""
        sure = all(SURE_Y.match(piece) for piece in torn)
        if not sure and ((bare in words and len(bare) > 1) or not whole[-2:].islower()):
            continue  # a bracket, a note mark or dirt after a word, ``B3'``
        if words.common(whole, RARE_Y if bare in words else OFTEN_Y):
            yield Edit(line.number, found.start(), read, whole, "torn-y", "a y in two pieces", 0.95)

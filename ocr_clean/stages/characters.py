"""Characters that are not the page's: control characters, ligatures, other codes of the same glyph, mojibake.

| before | after | rule |
|---|---|---|
| `ﬁrst` | `first` | ligature |
| `in<U+00AD>dex` | `index` | soft-hyphen |
| `the<U+0007>end` | `the end` | control |
| `donâ€™t` | `don’t` | mojibake |
| `P R E F A C E.`, `C H A P. V I I.` | `PREFACE.`, `CHAP. VII.` | letter-spacing |
| `Congreſs` | `Congress` | long-s (off by default) |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import regex

from ocr_clean.changes import Change, Edit
from ocr_clean.document import Document, Line
from ocr_clean.headlines import DIVISIONS
from ocr_clean.lexicon import Lexicon
from ocr_clean.numerals import roman

LIGATURES = {
    "\N{LATIN SMALL LIGATURE FF}": "ff",
    "\N{LATIN SMALL LIGATURE FI}": "fi",
    "\N{LATIN SMALL LIGATURE FL}": "fl",
    "\N{LATIN SMALL LIGATURE FFI}": "ffi",
    "\N{LATIN SMALL LIGATURE FFL}": "ffl",
    "\N{LATIN SMALL LIGATURE LONG S T}": "st",
    "\N{LATIN SMALL LIGATURE ST}": "st",
}
"""Typographic ligatures that stand for two or three letters; letters of an alphabet (`æ`, `œ`, `ĳ`) are not here."""

CONTROL_RE = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\N{ZERO WIDTH NO-BREAK SPACE}|\N{ZERO WIDTH SPACE}")
"""Control characters of ASCII and Latin-1 without tab, and the two invisible characters that editors leave behind.
A form feed counts: `pages` has read it from the raw line."""

LIGATURE_RE = regex.compile("|".join(LIGATURES))
SPACED_OUT_RE = regex.compile(r"(?<!\S)(?:\p{Lu} ){2,}\p{Lu}(?![\p{L}\p{N}’'])(?!\.\s?\p{Lu}\.)(?P<gap> {2,}(?=\S))?")
"""Three capitals or more, one space between each: a word set with spaces between its letters, in a heading mostly; and
the wider space after it."""

LONG_S_RE = regex.compile("\N{LATIN SMALL LETTER LONG S}")
INNER_SOFT_HYPHEN_RE = regex.compile("\N{SOFT HYPHEN}(?=\\S)")
"""A soft hyphen inside a line is invisible on the page; one at the line end is left to `dehyphenate`."""

MOJIBAKE = {
    "â€™": "’",
    "â€˜": "‘",
    "â€œ": "“",
    "â€\x9d": "”",
    "â€”": "—",
    "â€“": "–",
    "â€¦": "…",
    "Ã©": "é",
    "Ã¨": "è",
    "Ã¼": "ü",
    "Ã¶": "ö",
    "Ã¤": "ä",
    "Ã§": "ç",
    "Ã±": "ñ",
    "Â£": "£",
    "Â§": "§",
    "Â°": "°",
    "Â½": "½",
}
"""UTF-8 that was read as Windows-1252, only those runs that occur in English books and mean nothing else."""

MOJIBAKE_RE = regex.compile("|".join(map(regex.escape, MOJIBAKE)))


@dataclass(frozen=True, slots=True)
class Characters:
    """Replace characters that no printer set.

    Leaves alone: accents, letters of other alphabets, quotation marks, dashes and every character that has a glyph of
    its own.
    """

    name: ClassVar[str] = "characters"
    long_s: bool = False
    """Write `ſ` as `s`. Off: an edition may want to keep it."""

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose one edit for each such character."""
        for line in doc.lines:
            if not line.text.isascii() or CONTROL_RE.search(line.text):
                yield from self._edits(line)
            elif line.text.isupper() and SPACED_OUT_RE.search(line.text):
                yield from _spaced_out(line, words)

    def _edits(self, line: Line) -> Iterator[Edit]:
        text, number = line.text, line.number
        for found in MOJIBAKE_RE.finditer(text):
            why = "UTF-8 read as Windows-1252"
            yield Edit(number, found.start(), found[0], MOJIBAKE[found[0]], "mojibake", why)
        if MOJIBAKE_RE.search(text):
            return  # what else the line holds is looked at in the next round
        for found in LIGATURE_RE.finditer(text):
            yield Edit(number, found.start(), found[0], LIGATURES[found[0]], "ligature", "one glyph, several letters")
        for found in CONTROL_RE.finditer(text):
            inside = 0 < found.start() < len(text) - 1 and not found[0].isspace()
            yield Edit(number, found.start(), found[0], " " if inside else "", "control", "control character")
        for found in INNER_SOFT_HYPHEN_RE.finditer(text):
            yield Edit(number, found.start(), found[0], "", "soft-hyphen", "soft hyphen inside a line")
        if self.long_s:
            for found in LONG_S_RE.finditer(text):
                yield Edit(number, found.start(), found[0], "s", "long-s", "long s")


def _spaced_out(line: Line, words: Lexicon) -> Iterator[Edit]:
    """Words of which the printer set the letters apart, in a line of capitals: only those that make a known one."""
    for found in SPACED_OUT_RE.finditer(line.text):
        word = found[0].replace(" ", "")
        space = " " if found["gap"] else ""
        if word.lower() in words or word.capitalize() in words or word.lower() in DIVISIONS or roman(word):
            why = "the letters of one word, set apart"
            yield Edit(line.number, found.start(), found[0], word + space, "letter-spacing", why, 0.95)

"""Folios: printed page numbers, read through the damage that OCR does to digits.

Plain functions shared by the stages `pages` and `running_heads`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex
from rapidfuzz.distance import Levenshtein

LOOK_ALIKES = {
    "O": "0",
    "o": "0",
    "D": "0",
    "Q": "0",
    "I": "1",
    "l": "1",
    "i": "1",
    "!": "1",
    "|": "1",
    "h": "1",
    "]": "1",
    "[": "1",
    "T": "1",
    "t": "1",
    "Z": "2",
    "z": "2",
    "a": "2",
    "A": "4",
    "S": "5",
    "s": "5",
    "b": "6",
    "G": "6",
    "B": "8",
    "q": "9",
    "g": "9",
    "n": "11",
}
"""Letters that OCR puts for a digit of the same shape; old-style figures look like small letters (`io` for 10)."""

_DIGITS = str.maketrans(LOOK_ALIKES)
NUMBER_RE = regex.compile(r"\d{1,4}")
LOOK_ALIKE_RE = regex.compile(rf"[\d{regex.escape(''.join(LOOK_ALIKES))}]{{1,4}}")
ROMAN_RE = regex.compile(r"(?=[ivxlc])(?:x[cl]|l?x{0,3}|c{1,3}(?:x[cl]|l?x{0,3}))(?:i[xv]|v?i{0,3})")
"""Roman numerals up to 399, in lower case."""
ROMAN_LOOK_ALIKES = str.maketrans({"1": "i", "j": "i", "y": "v", "T": "v", "L": "i"})
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
MAX_FOLIO = 1999
"""No book in one volume has more pages; larger numbers are years or quantities."""


@dataclass(frozen=True, slots=True)
class Folio:
    """A page number as one could read it."""

    value: int
    roman: bool = False
    exact: bool = True
    """Whether it is read as it stands, without look-alikes."""

    @property
    def printed(self) -> str:
        """As a book prints it."""
        return to_roman(self.value) if self.roman else str(self.value)


def read(token: str) -> Iterator[Folio]:
    """The page numbers that *token*, a word without spaces, may stand for: none, one, or an Arabic and a Roman one.

    Leaves alone what would need more than look-alikes: see `fits`.

    >>> list(read("117")), list(read("ioo"))
    ([Folio(value=117, roman=False, exact=True)], [Folio(value=100, roman=False, exact=False)])
    >>> list(read("xiv")), list(read("house"))
    ([Folio(value=14, roman=True, exact=True)], [])
    """
    if NUMBER_RE.fullmatch(token):
        if 0 < int(token) <= MAX_FOLIO and token[0] != "0":
            yield Folio(int(token))
        return
    if LOOK_ALIKE_RE.fullmatch(token):
        digits = token.translate(_DIGITS)
        if digits[0] != "0" and int(digits) <= MAX_FOLIO:
            yield Folio(int(digits), exact=False)
    if value := _roman(token):
        yield Folio(value, roman=True, exact=token.islower() or token.isupper())


def _roman(token: str) -> int:
    for text in (token.lower(), token.translate(ROMAN_LOOK_ALIKES).lower()):
        if ROMAN_RE.fullmatch(text):
            values = [_ROMAN_VALUES[letter] for letter in text]
            pairs = zip(values, [*values[1:], 0], strict=True)
            return sum(-value if value < after else value for value, after in pairs)
    return 0


def to_roman(value: int) -> str:
    """*value* in lower-case Roman numerals.

    >>> to_roman(14), to_roman(299)
    ('xiv', 'ccxcix')
    """
    table = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    text = ""
    for step, letters in table:
        text += letters * (value // step)
        value %= step
    return text


def fits(token: str, expected: str) -> float:
    """How well *token* could be a damaged print of the number *expected*, 0 to 1.

    A leftover of one to three characters counts for little, but for something.

    >>> [round(fits(token, number), 2) for token, number in (("jl66", "166"), ("W8", "198"), ("wine", "166"))]
    [0.75, 0.33, 0.0]
    """
    best = 0.0
    for text in (token, token.translate(_DIGITS)):
        distance = Levenshtein.distance(text, expected)
        best = max(best, 1 - distance / max(len(text), len(expected)))
    return best if best > 0.3 else 0.0

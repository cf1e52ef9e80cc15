"""Numbers as books print them: figures, Roman numerals and number words, also where the OCR has damaged a figure."""

from __future__ import annotations

import regex
from rapidfuzz import fuzz, process

_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
UNITS, ORDINALS = _UNITS.split(), _ORDINALS.split()
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
"""Number words up to fifty-nine: more than the chapters of nearly every book."""

WORDS = (
    {word: value for value, word in enumerate(UNITS, start=1)}
    | {word: value for value, word in enumerate(ORDINALS, start=1)}
    | TENS
    | {f"{ten}-{UNITS[unit]}": value + unit + 1 for ten, value in TENS.items() for unit in range(9)}
    | {f"{ten}-{ORDINALS[unit]}": value + unit + 1 for ten, value in TENS.items() for unit in range(9)}
)

ROMAN_RE = regex.compile(r"(?=[ivxlc])(c{0,3})(xc|xl|l?x{0,4})(ix|iv|v?i{0,4})", regex.IGNORECASE)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}

DIGITS_RE = regex.compile(r"\d{1,3}[a-z]?")
"""A number in figures; a letter after it is a mark of punctuation, misread."""

STROKES = str.maketrans(
    {"n": "ii", "h": "ii", "u": "ii", "m": "iii", "1": "i", "l": "i", "|": "i", "!": "i", "r": "i", "y": "v"}
)
"""What the OCR makes of the strokes of a Roman numeral."""

LOOK_ALIKES = str.maketrans("OoDQIl|!iSsBZzqg", "0000111115582299")
"""Letters that the OCR reads for figures. Only for a token that has to be a number."""


def roman(text: str) -> int:
    """Value of a Roman numeral up to 399, 0 if *text* is none.

    >>> roman("XIV"), roman("xc"), roman("mild")
    (14, 90, 0)
    """
    if not text or not ROMAN_RE.fullmatch(text):
        return 0
    values = [_ROMAN[char] for char in text.lower()]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def to_roman(value: int) -> str:
    """*value* as a Roman numeral in capitals, up to 399.

    >>> to_roman(7), to_roman(49)
    ('VII', 'XLIX')
    """
    parts = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    text = ""
    for worth, sign in parts:
        text += sign * (value // worth)
        value %= worth
    return text


def damaged_roman(text: str) -> int:
    """Value of a Roman numeral two strokes of which the OCR has read as one letter; 0 if it still is none.

    Only where a number has to stand, as after ``Chapter``.

    A capital L is a fifty, or else a one.

    >>> [damaged_roman(text) for text in ("vn", "XH", "IIL", "XLVir", "XLHI", "and")]
    [7, 12, 3, 47, 43, 0]
    """
    bare = text.strip(" .,:;-—")
    readings = (bare.replace("L", "\N{ROMAN NUMERAL FIFTY}"), bare)
    strokes = [each.lower().translate(STROKES).replace("\N{SMALL ROMAN NUMERAL FIFTY}", "l") for each in readings]
    return next((value for each in strokes if len(each) <= 8 and (value := roman(each))), 0)


def label_number(text: str) -> int:
    """Value of what stands after ``Chapter``, damaged or parted by spaces; 0 if it is no number.

    >>> label_number("XII"), label_number("XXXI V"), label_number("XLHI"), label_number("of")
    (12, 34, 43, 0)
    """
    numeral = text.replace(" ", "")
    return number(numeral) or damaged_roman(numeral)


def figure(text: str) -> int:
    """Value of a token of figures, with the OCR's look-alikes read as figures; 0 if it cannot be one.

    >>> figure("117"), figure("l17"), figure("2O3"), figure("Ill"), figure("will")
    (117, 117, 203, 111, 0)
    """
    token = text.translate(LOOK_ALIKES)
    return int(token) if token.isascii() and token.isdigit() and len(token) <= 4 else 0


def number(text: str) -> int:
    """Value of a chapter's number, however it is printed; 0 if *text* is none. Damaged words up to one letter in four.

    >>> number("XII"), number("twelve"), number("12"), number("ninei"), number("the First"), number("rather")
    (12, 12, 12, 9, 1, 0)
    """
    token = text.strip(" .,:;-—–'’‘\"*^_").lower().removeprefix("the ")
    if DIGITS_RE.fullmatch(token):
        return int(regex.sub(r"\D", "", token))
    if value := roman(token) or WORDS.get(token.replace(" ", "-"), 0):
        return value
    if len(token) < 3:
        return 0
    near = process.extractOne(token, list(WORDS), scorer=fuzz.ratio, score_cutoff=78)
    return WORDS[near[0]] if near else 0

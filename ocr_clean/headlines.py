"""Lines that stand apart, and what in their wording makes them headings.

Type size and weight do not survive in a text dump. What is left: a short line between blank lines, its wording
(``CHAPTER XII.``, ``Preface``), capitals, a number in sequence, and the contents page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex
from rapidfuzz import fuzz

from ocr_clean.document import Document, Line, Role
from ocr_clean.flow import Flow, Gap
from ocr_clean.numerals import label_number, number, roman

DIVISIONS = {
    "chapter": 2,
    "chap": 2,
    "part": 2,
    "book": 2,
    "volume": 2,
    "canto": 2,
    "act": 2,
    "letter": 2,
    "stave": 2,
    "lecture": 2,
    "scene": 3,
    "section": 3,
}
"""Words that name a division before its number, and the level of its heading."""

_FREE_TITLES = """
    acknowledgements acknowledgments addenda advertisement afterword appendix appendices argument bibliography
    chronology conclusion contents corrigenda dedication epilogue errata finale foreword glossary illustrations index
    interlude introduction introductory notes postscript preamble preface prologue references sources summary"""
FREE_TITLES = frozenset(_FREE_TITLES.split())
"""Titles of divisions that have no number. They count only on a line of their own."""

LABEL_RE = regex.compile(
    r"""^[^\w€¢]{0,3}(?P<word>[\p{L}€¢][\p{L}\p{N}]{2,8})\W{1,3}(?:the\W)?
    (?P<number>(?-i:[IVXLC]{1,6}\s[IVXLC]{1,4}(?=\W*$))|[\w-]{1,14})
    (?P<mark>\s?[.:,;—–-]*)\s*(?P<title>.*?)\s*$""",
    regex.VERBOSE | regex.IGNORECASE,
)
"""``CHAPTER XII.``, ``Part the First``, ``Chapter 2: The lower lock``, ``€HAP. XXXI V.``."""

CLOSE_LABEL_RE = regex.compile(r"^\W{0,3}(?P<word>CHAPTER|CHAP|PART|BOOK)(?P<number>[IVXLC]{1,7})\W{0,2}$")
"""The same without the space: ``CHAPTERVII.``"""

LEADERS = "..."
"""What leads from an entry of the contents to its page."""

SCRAP = 5
"""Characters of an ornament over a chapter, read as letters, at most: ``pe``, ``—EE``, ``en)``."""

APPENDIX_RE = regex.compile(r"^\W{0,3}appendix\s+(?:[A-Z]|[IVX]{1,5}|\d{1,2})\b\W*(?P<title>.*)$", regex.IGNORECASE)
FOLIO_RE = regex.compile(r"^\W*\d{1,3}\W|\W\d{1,3}\W*$")
"""A number at either end of a line: a running head that is still there rather than a heading."""


@dataclass(frozen=True, slots=True)
class Headline:
    """One line, or a few that follow one another, standing apart from the running text."""

    lines: tuple[Line, ...]
    before: Gap | None
    after: Gap | None

    @property
    def text(self) -> str:
        """The lines as one."""
        return " ".join(line.text.strip() for line in self.lines)


@dataclass(frozen=True, slots=True)
class Label:
    """A division's name and number at the head of a line."""

    word: str
    number: int
    title: str
    """What follows on the same line."""

    @property
    def level(self) -> int:
        """Level of the heading."""
        return DIVISIONS[self.word]


@lru_cache(maxsize=1 << 15)
def label(text: str) -> Label | None:
    """The label that a line begins with, a letter or two of it damaged; None if it has none.

    >>> label("CHAPTER XII.")
    Label(word='chapter', number=12, title='')
    >>> label("Chapter ninei").number, label("Part of the way"), label("Chapter and verse")
    (9, None, None)
    >>> [label(text).number for text in ("CHAPTERVII.", "CHAR XIV.", "€HAP. XXXI V.", "C3HAP. XLVir.")]
    [7, 14, 34, 47]
    """
    close = CLOSE_LABEL_RE.match(text)
    if close and (value := roman(close["number"])):
        return Label(close["word"].lower(), value, "")
    found = LABEL_RE.match(text)
    if not found:
        return None
    word = _division(found["word"])
    value = label_number(found["number"]) if word else 0
    if not value:
        return None
    if LEADERS in found["mark"] + found["title"]:
        return None  # an entry of a contents page
    title = found["title"].strip(" -—–:.")
    if any(map(str.isalpha, title)) and not found["mark"].strip() and not title.isupper():
        return None  # `Part one of the plan`: the sentence runs on
    return Label(word, value, found["title"].strip() if any(char.isalpha() for char in title) else "")


def _division(name: str) -> str:
    word = name.lower()
    if word in DIVISIONS:
        return word
    if name.isupper() and "ha" in word and fuzz.ratio(word, "chap") >= 75:
        return "chap"
    if len(word) >= 6 and fuzz.ratio(word, "chapter") >= 75 and word not in ("chapters", "charter"):
        return "chapter"
    return ""


def free_title(text: str) -> bool:
    """Whether a line is the title of a division without a number.

    >>> free_title("PREFACE."), free_title("Notes"), free_title("Noted")
    (True, True, False)
    """
    word = text.strip(" .:—-*").lower().removeprefix("the ")
    return word in FREE_TITLES or (len(word) >= 8 and any(fuzz.ratio(word, each) >= 90 for each in FREE_TITLES))


def capitals(text: str) -> bool:
    """Whether a line is set in capitals: at least four letters, none of them small (but for a Mc or an ordinal).

    >>> capitals("THE GREAT FLOOD OF 1852"), capitals("U.S.A."), capitals("The Flood")
    (True, False, False)
    """
    letters = sum(map(str.isalpha, text))
    return letters >= 4 and 12 * sum(map(str.islower, text)) <= letters


def headlines(doc: Document, flow: Flow, longest: int = 3, loose: bool = False) -> Iterator[Headline]:
    """Every run of one to *longest* lines that stands apart: a blank line, furniture or a page end on either side.

    Lines of one headline may have a blank line between them. If *loose*, a blank line sets apart even where all lines
    have one: for a search that has other evidence.
    """
    gaps: Sequence[Gap | None] = (None, *flow.gaps, None)
    for first, line in enumerate(flow.lines):
        before = gaps[first]
        if line.role is not Role.BODY or not (_apart(before, line, loose) or _over_label(before)):
            continue
        for last in range(first, min(first + longest, len(flow.lines))):
            inner = gaps[first + 1 : last + 1]
            if any(gap and (gap.crossing or gap.cut) for gap in inner) or flow.lines[last].role is not Role.BODY:
                break
            if last > first and _bare_label(flow.lines[last]):
                break
            after = gaps[last + 1]
            if _apart(after, line, loose) or _over_label(after):
                yield Headline(flow.lines[first : last + 1], before, after)


def _apart(gap: Gap | None, first: Line, loose: bool) -> bool:
    """Whether a gap sets a line apart. Where all lines have blank lines between them, only wording can tell."""
    if gap is None or gap.cut or gap.crossing or gap.blanks > 0:
        return True
    return gap.any_blank and (loose or label(first.text) is not None or free_title(first.text))


def _over_label(gap: Gap | None) -> bool:
    """Whether the label of a division stands right under its ornament, or under the title of what it begins."""
    if gap is None or not (is_scrap(gap.upper.text) or capitals(gap.upper.text)):
        return False
    return _bare_label(gap.lower)


def _bare_label(line: Line) -> bool:
    """Whether a line is the label of a division and nothing else."""
    found = label(line.text)
    return found is not None and not found.title


def is_scrap(text: str) -> bool:
    """Whether a line may be an ornament, read as letters.

    >>> is_scrap("—EE"), is_scrap("III."), is_scrap("He sat.")
    (True, False, False)
    """
    return len(text.strip()) <= SCRAP and not number(text.strip(" .—-"))

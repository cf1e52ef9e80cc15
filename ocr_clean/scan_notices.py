"""Notices of those who scanned a book, at the beginning or the end of its dump: they are no part of it.

Each is known by how it begins and how it ends, allowing for damage; without both nothing is taken for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex
from rapidfuzz import fuzz

from ocr_clean.document import Document, Line

EDGE = 600
"""Printed lines at either end of the dump in which notices are looked for."""
ALIKE = 85.0
"""Likeness, per cent, of the letters of a line, or of two, and those of a phrase."""
SHORTEST = 0.8
"""A line, or two, must have this share of a phrase's letters: short texts are like anything."""
TITLE = 4
"""Printed lines above a notice in which its title may stand."""


@dataclass(frozen=True, slots=True)
class Notice:
    """How a notice begins and ends."""

    source: str
    begins: str
    ends: str
    """Compared without spaces and marks; what stands on the same line after it belongs to the notice."""
    lines: int
    """Printed lines of it, at most."""
    titles: tuple[str, ...] = ()
    """Lines that may stand above it."""


_GOOGLE = ("Google", "About this book - From Google Books", "http://books.google.com")
_GOOGLE_LETTERS = {
    "This is a digital copy of a book that was preserved for generations": (),
    "Dies ist ein digitales Exemplar eines Buches, das seit Generationen": ("Über dieses Buch",),
    "Ceci est une copie numérique d’un ouvrage conservé depuis des générations": ("A propos de ce livre",),
    "Esta es una copia digital de un libro que, durante generaciones": ("Acerca de este libro",),
    "Si tratta della copia digitale di un libro che per generazioni": ("Informazioni su questo libro",),
}
"""How the letter before books of Google Books begins, in the languages of their readers, and its title in each."""

NOTICES = (
    *(Notice("Google", begins, "books google com", 60, _GOOGLE + title) for begins, title in _GOOGLE_LETTERS.items()),
    # one of its first leaves, with who paid for it and where it is
    Notice("Internet Archive", "Digitized by the Internet Archive", "archive org details", 10),
    Notice("Microsoft", "Digitized for Microsoft Corporation", "not be indexed in a commercial service", 10),
    Notice(
        "Cornell University Library",
        "The original of this book is in the Cornell University Library",
        "archive org details",
        12,
        ("Cornell University Library",),
    ),
    # the letter before its early journals
    Notice("JSTOR", "Early Journal Content on JSTOR, Free to Anyone in the World", "support jstor org", 30),
    # the label of a treatment of the paper, at the end of books of the Library of Congress
    Notice("Preservation Technologies", "Deacidified using the Bookkeeper process", "724 779 2111", 14),
    # the pocket for the card, inside the back cover
    Notice(
        "University of Toronto Library",
        "PLEASE DO NOT REMOVE CARDS OR SLIPS FROM THIS POCKET",
        "UNIVERSITY OF TORONTO LIBRARY",
        6,
    ),
)
"""The notices that are known: who they are from, and how they begin and end."""

LETTER_RE = regex.compile(r"[\p{L}\p{N}]+")


def _letters(text: str) -> str:
    """*text* as it is compared: letters and figures in lower case."""
    return "".join(LETTER_RE.findall(text)).lower()


def scan_notices(doc: Document) -> Iterator[tuple[Line, str]]:
    """The lines of the notices of *doc*, with the name of whoever gave it.

    >>> texts = ("Digitized by tlie Internet Archive", "in 2007", "http://www.archive.org/details/mill", "THE MILL")
    >>> [line.number for line, _ in scan_notices(Document.from_text(chr(10).join(texts)))]
    [1, 2, 3]
    """
    lines = list(doc.printed_lines())
    cut = max(EDGE, len(lines) - EDGE)
    for part in (lines[:EDGE], lines[cut:]):
        texts = [_letters(line.text) for line in part]
        for notice in NOTICES:
            for first, last in _places(texts, notice):
                titles = [each for each in range(max(0, first - TITLE), first) if _is_title(texts[each], notice)]
                yield from ((part[place], notice.source) for place in (*titles, *range(first, last + 1)))


def _places(texts: Sequence[str], notice: Notice) -> Iterator[tuple[int, int]]:
    """First and last place of each occurrence of *notice*."""
    begins, ends = _letters(notice.begins), _letters(notice.ends)
    place = 0
    while place < len(texts):
        first = _find(texts, begins, place, len(texts))
        if first < 0:
            return
        last = _find(texts, ends, first, first + notice.lines)
        if last >= 0:
            yield first, last
        place = max(first, last) + 1


def _find(texts: Sequence[str], phrase: str, start: int, stop: int) -> int:
    """The first place from which on *phrase* stands, in one line or in two; -1 if nowhere."""
    for place in range(start, min(stop, len(texts))):
        if _has(phrase, texts[place]):
            return place
        following = texts[place + 1] if place + 1 < len(texts) else ""
        if following and not _has(phrase, following) and _has(phrase, texts[place] + following):
            return place
    return -1


def _has(phrase: str, text: str) -> bool:
    return len(text) >= SHORTEST * len(phrase) and fuzz.partial_ratio(phrase, text, score_cutoff=ALIKE) > 0


def _is_title(text: str, notice: Notice) -> bool:
    return any(fuzz.ratio(text, _letters(title)) >= ALIKE for title in notice.titles)

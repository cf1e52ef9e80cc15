"""Noise: margin dirt, bleed-through and stamps, whole lines of it or at the ends of lines.

| before | after | rule |
|---|---|---|
| `:^,^^p'»\\|^?;` | retired as noise | dirt-line |
| `mi` between the lines of a page full of dirt | retired as noise | stray-letters |
| `CI`, `2 CO`, `'i`, `<`, `5CJ`, `-J` one under the other: a cover, an endpaper | retired as noise | scraps |
| `to the right of the party ^ 5^` | `to the right of the party` | edge-speck |
| `; but the workers` | `but the workers` | edge-speck |

A line goes only if it carries nothing: no known word, no number, nothing that could be a word of this book's language
by the sequence of its letters. What is dirt beyond doubt goes anywhere; what could be a letter, a list mark or a stop
goes only on a page where many lines have dirt at that edge.

Leaves alone: short true lines (`OK`, `No.`, dates, initials, list marks, Roman numerals, rows of asterisks and rules);
raised note numbers, which touch the word before them; damaged text that carries words: the page report names its page.
The rules for single strings are those of Taghva, Nartker, Condit and Borsack, "Automatic removal of 'garbage strings'
in OCR text" (2001), softened for words and made to look at the lines around.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, dropwhile, groupby
from typing import ClassVar

import regex

from ocr_clean import dirt
from ocr_clean.changes import Change, Edit, Mark
from ocr_clean.dirt import CERTAIN, POSSIBLE, WEAK, Edges, Style
from ocr_clean.document import Document, Line, Role
from ocr_clean.lexicon import Lexicon

WINDOW = 20
"""Printed lines on either side that tell how dirty the page is."""
MIN_AROUND = 10
"""A page of fewer lines is judged as if it had so many: a few lines tell little."""
DIRTY = 0.12
"""Share of lines with dirt at an edge from which a page is dirty there."""
VERY_DIRTY = 0.3
"""Share from which single letters and stops at that edge are dirt too."""
SYMBOLS = 0.3
"""Share of marks other than letters, digits and common stops from which a line that carries nothing is dirt."""
CLEAN_RE = regex.compile(r"[\"'‘“(\[]*[^\W\d_]{2}[^\^■•\\|~{}<>_©®¬»«]*[^\W_]{2}[.,;:!?\"'’”)\]—-]*")
"""A line that needs no look at its ends: it begins and ends with letters and has none of the marks of dirt."""
DIRT_ALONE = frozenset("^■\\")
"""Marks of which no ornament is made."""
EDGE_MARK_RE = regex.compile(r"\W?[^\W_]{1,4}\W?|\W?[^\W_]{1,2} ?\d\W?")
"""What at the edge of a page may be its number or the mark of a sheet: `27J`, `M2`, `K 2`."""
SPECK_RE = regex.compile(r"[•■▪●♦·°¦|~_'`\".,:;-]")
"""A mark alone at the edge of a page: between sections stand ornaments, but not there."""
ENDING_RE = regex.compile(r"[^\W\d_]{3,}[.,:’”]")
"""The last word of a paragraph, too damaged to be known."""
MADE = (dirt.ORNAMENT_RE, dirt.MARK_RE, dirt.INITIALS_RE, dirt.NUMBER_RE)
"""What a printer makes of marks."""
CALENDAR_RE = regex.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|on|no|vol|page|pp?|"
    r"chapter|part|of|to|and|or|number|article|section|volume|about|nearly|over|only|than|least)\W*$",
    regex.I,
)
"""Words after which a number may stand at the end of a line."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Retire lines of dirt and take specks off the ends of lines."""

    name: ClassVar[str] = "noise"

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose a mark for each line that is all dirt, an edit for each dirty end of a line that is not."""
        lines = [line for line in doc.lines if line.printed and line.role is not Role.TABLE and line.text.strip()]
        book = dirt.style(lines)
        clean = [bool(CLEAN_RE.fullmatch(line.text.strip())) for line in lines]
        suspects = [index for index, line in enumerate(lines) if not clean[index] or len(line.text.split()) < 3]
        if not suspects:
            return
        ends = [None if clean[index] else _ends(line, words, book) for index, line in enumerate(lines)]
        pages = [doc.page_number(line.number) for line in lines]
        edges = _page_edges(doc, lines)
        remnants = {line.number for page in doc.pages if page.leaf.rule == "remnant" for line in page.lines}
        around = _Surroundings(ends, [index for index in suspects if _odd(lines[index].text) >= SYMBOLS], pages)
        letters = dirt.Letters(lines)
        scraps = _scraps(lines, words, letters)
        yield from (Mark(number, Role.NOISE, "scraps", "among scraps alone", confidence=0.9) for number in scraps)
        for index in suspects:
            line, end = lines[index], ends[index]
            if line.number in scraps:
                continue
            if line.number in edges and EDGE_MARK_RE.fullmatch(line.text.strip()):
                continue  # a folio or a signature mark, perhaps: for `running_heads`
            if line.number in edges and SPECK_RE.fullmatch(line.text.strip()):
                why = "a speck at the edge of a page"
                yield Mark(line.number, Role.NOISE, "dirt-line", why, confidence=0.9)
                continue
            if mark := _line_mark(line, 1.0 if line.number in remnants else around.at(index), words, letters):
                yield mark
            elif end:
                below = lines[index + 1].text if index + 1 < len(lines) else ""
                yield from _edge_edits(line, end, around.left[index], around.right[index], below)


RUN = 6
"""So many scraps one under the other are what a scanner makes of a cover, an endpaper or a library's stamps."""
SCRAP = 16
"""Characters of a scrap that is not dirt by its marks, at most."""
DIRTY_SCRAPS, FIGURES = 0.25, 0.5
"""Share of the scraps that must have marks that are no letters or figures; share from which they are figures."""
COMMON_SHORT, COMMON = 50.0, 500.0
"""Times in a million that a word of three letters occurs if it is one, and a word on a line of its own (``OF``)."""


def _scraps(lines: Sequence[Line], words: Lexicon, letters: dirt.Letters) -> set[int]:
    """Numbers of the lines in long runs of scraps: no line of them carries a word, whatever a short one may look like.

    Leaves alone columns of figures, of list marks and of initials, and a word on a line of its own before or after the
    run: a title page has such.
    """
    found: set[int] = set()
    for scrap, run in groupby(lines, key=lambda line: _is_scrap(line.text.strip(), words, letters)):
        rows = list(run)
        if not scrap or len(rows) < RUN:
            continue
        rows = [*dropwhile(lambda line: _may_be_title(line, words), rows)][::-1]
        rows = [*dropwhile(lambda line: _may_be_title(line, words), rows)]
        texts = [line.text.strip() for line in rows]
        dirty = sum(not (text.replace(" ", "").isalnum() or _is_mark(text)) for text in texts)
        figures = sum(any(map(str.isdigit, text)) for text in texts)
        if len(rows) >= RUN and dirty >= DIRTY_SCRAPS * len(rows) and figures < FIGURES * len(rows):
            found.update(line.number for line in rows)
    return found


def _is_scrap(text: str, words: Lexicon, letters: dirt.Letters) -> bool:
    if len(text) > SCRAP and _odd(text) >= SYMBOLS:
        return not dirt.carries(text, words, letters)
    if len(text) > SCRAP or dirt.FOREIGN_RE.search(text) or dirt.FIGURES_RE.search(text):
        return False
    return not any(_is_word(piece, words, letters) for piece in dirt.LETTERS_RE.findall(text))


def _is_word(piece: str, words: Lexicon, letters: dirt.Letters) -> bool:
    if not dirt.sane(piece):
        return False
    if len(piece) >= 5 and letters.plausible(piece):
        return True
    return piece in words and (
        len(piece) > 3 or (len(piece) == 3 and words.model.frequency(piece.lower()) >= COMMON_SHORT)
    )


def _is_mark(text: str) -> bool:
    """Whether a scrap is the mark of an item or a person's initials."""
    bare = text.replace(" ", "")
    return bool(dirt.MARK_RE.fullmatch(bare) or dirt.INITIALS_RE.fullmatch(bare))


def _may_be_title(line: Line, words: Lexicon) -> bool:
    word = line.text.strip()
    return word.isalpha() and words.model.frequency(word.lower()) >= COMMON


def _page_edges(doc: Document, lines: Sequence[Line]) -> set[int]:
    """Source lines of the two first and the two last lines of each known page."""
    if not doc.leaves:
        return set()
    by_page: dict[int, list[int]] = {}
    for line in lines:
        by_page.setdefault(doc.page_number(line.number), []).append(line.number)
    return {number for numbers in by_page.values() for number in (*numbers[:2], *numbers[-2:])}


def _ends(line: Line, words: Lexicon, book: Style) -> Edges | None:
    """The ends of *line* if there may be dirt."""
    found = dirt.edges(line, words, book)
    return found if found.left_kind or found.right_kind else None


def _odd(text: str) -> float:
    """Share of the marks of *text* that are neither letters, digits nor common stops; 0 for what a printer makes."""
    marks = len(text) - sum(map(str.isspace, text))
    odd = marks - sum(map(str.isalnum, text)) - sum(map(text.count, ".,-’"))
    if not odd or any(made.fullmatch(text.strip()) for made in MADE):
        return 0.0
    return odd / marks


class _Surroundings:
    """How dirty the lines around each line are, on the left and on the right; pages are apart where they are known."""

    def __init__(self, ends: Sequence[Edges | None], dirty: Sequence[int], pages: Sequence[int]) -> None:
        whole = set(dirty)
        kinds = [(end.left_kind, end.right_kind) if end else (0, 0) for end in ends]
        self.left = _around([self._share(left, index in whole) for index, (left, _) in enumerate(kinds)], pages)
        self.right = _around([self._share(right, index in whole) for index, (_, right) in enumerate(kinds)], pages)

    @staticmethod
    def _share(kind: int, whole: bool) -> float:
        if whole or kind >= WEAK:
            return 1.0
        return 0.5 if kind else 0.0

    def at(self, index: int) -> float:
        """How dirty the surroundings of a line are, on the worse side."""
        return max(self.left[index], self.right[index])


def _around(values: Sequence[float], pages: Sequence[int]) -> list[float]:
    """Mean of each value's neighbours on the same page, the value itself left out."""
    total = [0.0, *accumulate(values)]
    means = []
    for index, value in enumerate(values):
        low = max(index - WINDOW, bisect_left(pages, pages[index]))
        high = min(index + WINDOW + 1, bisect_right(pages, pages[index]))
        means.append((total[high] - total[low] - value) / max(MIN_AROUND, high - low - 1))
    return means


def _line_mark(line: Line, dirty: float, words: Lexicon, letters: dirt.Letters) -> Mark | None:
    """A mark for a line that carries nothing, where a share *dirty* of the lines around have dirt."""
    text = line.text.strip()
    if dirt.ORNAMENT_RE.fullmatch(text):
        if set(text) & DIRT_ALONE:
            return Mark(line.number, Role.NOISE, "dirt-line", "no word, only marks", confidence=0.9)
        return None
    if dirt.carries(text, words, letters):
        return None
    odd = _odd(text)
    rare = sum(mark in dirt.RARE for mark in text)
    if (odd >= SYMBOLS and rare >= 2) or (odd >= SYMBOLS and dirty >= DIRTY / 2):
        why = f"no word, {odd:.0%} marks"
        return Mark(line.number, Role.NOISE, "dirt-line", why, confidence=0.97 if dirty >= DIRTY else 0.9)
    if dirty >= DIRTY and not _true_short(text, letters):
        return Mark(line.number, Role.NOISE, "stray-letters", "no word, on a dirty page", confidence=0.9)
    return None


def _true_short(text: str, letters: dirt.Letters) -> bool:
    """Whether a line without a known word may still be meant: a mark, a numeral, an abbreviation, a damaged word."""
    if dirt.MARK_RE.fullmatch(text) or dirt.INITIALS_RE.fullmatch(text):
        return True
    if dirt.ROMAN_RE.fullmatch(text) and (text.isupper() or len(text) > 1):
        return True
    pieces = dirt.LETTERS_RE.findall(text)
    if any(len(piece) > 3 and letters.plausible(piece) for piece in pieces) or ENDING_RE.match(text):
        return True
    if sum(map(str.isdigit, text)) >= 4:
        return True
    return text.isalpha() and text.isupper() and 2 <= len(text) <= 4


def _edge_edits(line: Line, end: Edges, left: float, right: float, below: str) -> Iterator[Edit]:
    text = line.text
    if end.left and _goes(end.left_kind, left) and not (left < DIRTY and _may_be_note(text, end.left)):
        why = f"dirt at {left:.0%} of the line beginnings around"
        yield Edit(line.number, 0, text[: end.left], "", "edge-speck", why, _confidence(end.left_kind, left))
    after = text[end.right :]
    if after.strip() and _goes(end.right_kind, right) and not _meant(text[: end.right], after.strip(), below):
        why = f"dirt at {right:.0%} of the line ends around"
        yield Edit(line.number, end.right, after, "", "edge-speck", why, _confidence(end.right_kind, right))


def _may_be_note(text: str, start: int) -> bool:
    """Whether one mark before a capital or a number may be the damaged mark of a footnote."""
    return len(text[:start].split()) == 1 and not text[start : start + 1].islower()


def _goes(kind: int, around: float) -> bool:
    """Whether tokens that are dirt as surely as *kind* go, where a share *around* of the lines has dirt."""
    needed = {CERTAIN: DIRTY / 4, WEAK: DIRTY, POSSIBLE: VERY_DIRTY}
    return kind in needed and around >= needed[kind]


def _confidence(kind: int, around: float) -> float:
    return min(0.99, {CERTAIN: 0.93, WEAK: 0.85, POSSIBLE: 0.75}[kind] + around / 5)


def _meant(before: str, after: str, below: str) -> bool:
    """Whether what stands at the end of a line may belong to it: a number after a word that takes one, a dash."""
    if after.isdigit():
        return bool(CALENDAR_RE.search(before)) or below.strip()[:1].isupper()
    return after == "-" and below.strip()[:1].islower()

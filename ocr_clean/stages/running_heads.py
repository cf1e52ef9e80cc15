"""Running heads: what a printer repeats on every page goes: heads and feet, folios, signature marks, catchwords.

| at the edge of a page | becomes | rule |
|---|---|---|
| `The New Course 25` | retired as running head | head |
| `The New Course 25` under a page of prose that came alone | retired as running head | head |
| `KEEPERS OF THE LOCK` inside a page, between pages that bear it | retired as running head | inner-head |
| `Keepers oI the l0ck` beside `Keepers of the lock 105` | retired as running head | damaged-head |
| `117`, `1l7` on page 117 | retired as folio | folio |
| `117 THE NEW COURSE industry during the winter` | `industry during the winter` | glued-head |
| `B2`, `C` at page feet, in order; `9*` where that sheet begins | retired as signature mark | signature-mark |
| `industry` at the foot of a page that ends before `industry` | retired as catchword | catchword |
| `Digitized by ...` on every leaf; the letter of a scanning project before a book | retired as copy | scan-notice |
| `- ;` above a head | retired as noise | speck |

Only lines at the edge of a page count, only those that come again on other pages or bear the page's own number. Which
lines are like each other is told by their letters, the number taken off: HTRC's clustering of running heads, with
the folio and the side of the page as further witnesses.

Leaves alone: a heading inside a page, unless pages before and after have it as a head; the first line of a chapter,
from which the heads of the next pages are taken; lines of a page that has no neighbours like it; all while pages are
unknown, but for the outermost lines of one page or two.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import regex

from ocr_clean import furniture
from ocr_clean.changes import Change, Edit, Mark
from ocr_clean.document import Document, Line, Page, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.scan_notices import scan_notices

DEPTH = 3
"""Printed lines at either edge of a page that may be furniture."""
WINDOW = 12
"""Pages on either side with which a page is compared."""
FEW = 2
"""So many other pages must bear the same text."""
NUMBER_SIDE = 0.1
"""Least share of the numbered pages whose number is at the head (or foot), for that to be where numbers stand."""
EXACT = 0.999
TRACE = 0.5
"""A number that is half right: `I` for 13."""
SIGNATURE_RE = regex.compile(r"(?P<letter>[A-Za-z])(?P=letter)?[\W_]?\s?[1-9]?[*\W]?|[1-9]\s?(?P<letter>[A-Z])")
"""A printer's sheet mark: `B`, `B2`, `Aa`, `b-2`, `2 C`."""
NOTICE_RE = regex.compile(
    r"digiti[sz]ed\s+(?:by|for)|internet archive|google books|\bgoogle\b|hathitrust|jstor", regex.I
)
"""Notices that scanning projects print on each leaf."""
FIGURED_RE = regex.compile(r"(?:\p{Lu}\.\s?){0,4}(?P<sheet>[1-9]\d?)\s?(?P<star>\*)?\W?")
"""A sheet mark in figures, with the initials of the title before it: `2`, `9*`, `L. B. 6`."""
STARRED = (2, 4, 8)
"""Pages after the beginning of its sheet at which one with an asterisk stands: on a leaf that is folded in."""
SHEETS = "ABCDEFGHIKLMNOPQRSTUVXYZ"
"""Letters of sheets: J and W are not used."""
SHEET_PAGES = (8, 12, 16, 24, 32)
"""Pages of a printed sheet."""
MIN_SHEETS = 3
"""Fewest signature marks of a book."""
TITLE_RE = regex.compile(
    r"\W*(?:c\w{0,2}h?a[pr]\w{0,5}|book|part|section|canto|letter|lecture|essay|act|scene|volume|vol|number|no)\b?"
    r"[\s.,:]*(?:[ivxlcdm1]{1,7}|\d{1,3}|first|one)\W*(?:\w\W*)?$",
    regex.I,
)
"""The number of a chapter or part on a line of its own, damaged or not: comes again and again, and is no head."""
SENTENCE_END = ".!?:\"'”’)"
MIN_GLUED = 30
"""Characters of the shortest line that is looked at for a head glued to it."""
GLUED = 0.85
"""Least likeness of a glued head to others: a wrong cut would take words from the text."""
WORD_RE = regex.compile(r"\S+")
_LETTER_RE = regex.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class RunningHeads:
    """Retire running heads and feet, folios, signature marks, catchwords and scanning notices."""

    name: ClassVar[str] = "running_heads"

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose a mark for each line of page furniture, and an edit where a head is glued to the text."""
        notices = [
            Mark(line.number, Role.COPY, "scan-notice", f"of {source}", confidence=0.97)
            for line, source in scan_notices(doc)
        ]
        yield from notices
        if notices:
            return  # the next round sees the dump without
        if len(doc.leaves) < FEW + 1:
            yield from _by_itself(doc)
            return
        edges = _Edges(doc)
        taken: set[int] = set()
        for page in doc.pages:
            for change in edges.furniture(page):
                if change.line not in taken:
                    taken.add(change.line)
                    yield change
        yield from _inner_heads(edges, taken)
        yield from _signature_marks(edges, taken)
        yield from _figured_sheets(edges, taken)
        yield from _catchwords(edges, taken)


FULL, SHORT = 0.85, 0.8
"""Shares of the measure from which on a line is full, and up to which it may be a head."""
PROSE_LINES, PROSE, FIGURES = 12, 0.4, 0.2
"""A page of prose has so many lines, such a share of them full, and at most such a share that end in a figure."""
THREE_PAGES = 180
"""Lines of three large pages: longer dumps have numbers enough for `pages`, or are no book."""
NUMBERED_RE = regex.compile(
    r"\p{Lu}[^\d\s]*(?:\s[^\d\s]+){0,7}\s+\W{0,3}(?P<page>\d{1,3})\W{0,3}"
    r"|\W{0,3}(?P<page>\d{1,3})\s+\p{Lu}[^\d\s]*(?:\s[^\d\s]+){0,7}"
    r"|\W{0,3}(?P<page>\d{1,3})\W{0,3}"
)
"""A title with a number at its outer end, or a number."""

PARAGRAPH_RE = regex.compile(r"\W{0,3}(\d{1,3})[.)]?\s+[‘“\"']?\p{Lu}")
"""A paragraph that begins with its number."""


def _by_itself(doc: Document) -> Iterator[Mark]:
    """The running heads or feet of a page that came alone: short titles with a number, at its edges.

    At the head only where the text goes on in the middle of a sentence: else it may be the heading of a chapter. Where
    two or three pages came together, those between bear the numbers before or after.
    """
    lines = list(doc.printed_lines())
    if not PROSE_LINES <= len(lines) <= THREE_PAGES:
        return
    measure = _measure([len(line.text.strip()) for line in lines])
    full = [len(line.text.strip()) >= FULL * measure for line in lines]
    figures = sum(line.text.strip()[-1:].isdigit() for line in lines)
    if measure > furniture.MAX_HEAD or sum(full) < PROSE * len(lines) or figures > FIGURES * len(lines):
        return
    short = [place for place, line in enumerate(lines) if len(line.text.strip()) <= SHORT * measure]
    found = {place: int(each["page"]) for place in short if (each := NUMBERED_RE.fullmatch(lines[place].text.strip()))}
    found = {place: page for place, page in found.items() if not _numbers_paragraph(lines, place, page)}
    last = len(lines) - 1
    if 0 in found and lines[1].text.strip()[:1].islower():
        yield from _furniture(lines, found, 0, 1)
    if last in found and (full[last - 1] or lines[last - 1].text.strip().endswith(tuple(SENTENCE_END))):
        yield from _furniture(lines, found, last, -1)


def _numbers_paragraph(lines: Sequence[Line], place: int, page: int) -> bool:
    """Whether a number counts paragraphs: the sentence goes on, or another paragraph has the number before or after."""
    text = lines[place].text.strip()
    if text.endswith((",", ";", ":")):
        return True
    numbers = [found[1] for line in lines if (found := PARAGRAPH_RE.match(line.text)) and line is not lines[place]]
    return text[:1].isdigit() and not {str(page - 1), str(page + 1)}.isdisjoint(numbers)


def _measure(lengths: Sequence[int]) -> int:
    """Characters of a full line, 0 if there are no lines."""
    return sorted(lengths)[4 * len(lengths) // 5] if lengths else 0


def _furniture(lines: Sequence[Line], found: Mapping[int, int], place: int, step: int) -> Iterator[Mark]:
    """Marks for the line at *place*, and for the only line with the next number, and the next."""
    page = found[place]
    while True:
        letters = any(map(str.isalpha, lines[place].text))
        rule, role = ("head", Role.RUNNING_HEAD) if letters else ("folio", Role.FOLIO)
        yield Mark(lines[place].number, role, rule, "a number at the edge of a page of prose", confidence=0.85)
        page += step
        next_ones = [each for each, number in found.items() if number == page and (each - place) * step > 0]
        if len(next_ones) != 1:
            return
        place = next_ones[0]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line at the edge of a page, and what it says."""

    line: Line
    page: int
    top: bool
    rank: int
    """0 for the outermost line."""
    key: str
    number: float
    """How well an end of the line fits the number of the page."""

    @property
    def alone(self) -> bool:
        """Whether the line could be a lone folio."""
        length = len(self.line.text.strip())
        return (len(self.key) < 3 and length <= 8) or (self.number >= EXACT and length <= 5)

    @property
    def numbered(self) -> bool:
        """Whether the line bears digits that are not its page's number: a note or list item, not a head."""
        return self.number < 0.5 and any(map(str.isdigit, self.line.text))


def _page(edge: _Edge) -> int:
    return edge.page


class _Edges:
    """The edge lines of all pages, and what is like what."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.before, self.after = furniture.blanks_around(doc.lines)
        self.tops = [self._read(page, True) for page in doc.pages]
        self.feet = [self._read(page, False) for page in doc.pages]
        every = [edge for side in (self.tops, self.feet) for edges in side for edge in edges]  # in order of pages
        self.measure = _measure([len(line.text) for line in doc.lines if line.role is not Role.BLANK])
        """Characters of a full line."""
        kinds, sizes = furniture.clusters([edge.key if self._possible(edge) else "" for edge in every])
        self.kind = {(edge.line.number, edge.top): int(kind) for edge, kind in zip(every, kinds, strict=True)}
        self.size = {(edge.line.number, edge.top): int(size) for edge, size in zip(every, sizes, strict=True)}
        self.pages_of: dict[tuple[bool, int], list[_Edge]] = defaultdict(list)
        for edge, kind in zip(every, kinds, strict=True):
            self.pages_of[edge.top, int(kind)].append(edge)
        self._heads: dict[tuple[int, bool, int], list[str]] = {}
        numbered = sum(bool(page.leaf.printed) for page in doc.pages)
        self.numbers_at = {
            top: sum(any(edge.number >= EXACT for edge in edges) for edges in side) >= max(3, NUMBER_SIDE * numbered)
            for top, side in ((True, self.tops), (False, self.feet))
        }

    def _possible(self, edge: _Edge) -> bool:
        """Whether a line could be a head at all: a full line in the text, without the page's number, is not one."""
        index = edge.line.number - 1
        apart = self.before[index] > 0 and self.after[index] > 0
        return apart or edge.number >= EXACT or len(edge.line.text) <= 0.8 * self.measure

    def _read(self, page: Page, top: bool) -> list[_Edge]:
        lines = [line for line in page.lines if line.role not in (Role.BLANK, Role.NOISE, Role.JOINED)]
        depth = min(DEPTH, (len(lines) + top) // 2)  # no line of a short page is at both edges
        lines = lines[:depth] if top else lines[::-1][:depth]
        return [self._edge(line, page, top, rank) for rank, line in enumerate(lines)]

    def _edge(self, line: Line, page: Page, top: bool, rank: int) -> _Edge:
        if len(line.text) > furniture.MAX_HEAD:
            return _Edge(line, page.number, top, rank, "", 0.0)
        number = furniture.number_fit(line.text, page.leaf.printed)
        return _Edge(line, page.number, top, rank, furniture.key_of(line.text), number)

    # one page

    def furniture(self, page: Page) -> Iterator[Change]:
        """Changes for the furniture of *page*, from the edges inward, up to the first line that is text."""
        for side in (self.tops, self.feet):
            edges = side[page.number - 1]
            found = [self._judged(edge) for edge in edges]
            last = max((index for index, mark in enumerate(found) if mark), default=-1)
            for index, (edge, mark) in enumerate(zip(edges[: last + 1], found, strict=False)):
                if mark:
                    yield mark
                elif index < last and self._speck(edge):
                    yield Mark(edge.line.number, Role.NOISE, "speck", "beside a running head")
            if last < 0 and edges and (edit := self._glued(edges[0], page)):
                yield edit

    def _judged(self, edge: _Edge) -> Mark | None:
        line = edge.line
        if edge.line.role is Role.COPY or NOTICE_RE.search(line.text):
            often = len(self._like(edge)) >= FEW
            return Mark(line.number, Role.COPY, "scan-notice", "on many leaves") if often else None
        if edge.alone:
            return self._folio(edge)
        like = self._like(edge)
        if edge.number >= EXACT and self.numbers_at[edge.top] and (like or self._stands_apart(edge)):
            why = f"page number, and like {len(like)} others" if like else "page number, where others have theirs"
            return Mark(line.number, Role.RUNNING_HEAD, "head", why, confidence=0.99 if like else 0.9)
        if edge.number >= TRACE and self.numbers_at[edge.top] and like and self._stands_apart(edge):
            why = f"a trace of the page number, and like {like[0].line.text.strip()!r}"
            return Mark(line.number, Role.RUNNING_HEAD, "head", why, confidence=0.9)
        if self._runs(edge, like) and not self._opens_chapter(edge, like):
            return Mark(line.number, Role.RUNNING_HEAD, "head", f"like {len(like)} others", confidence=0.97)
        if (alike := self._damaged(edge)) and not self._opens_chapter(edge, self._before(edge, alike)):
            return Mark(line.number, Role.RUNNING_HEAD, "damaged-head", f"like {alike!r}", confidence=0.9)
        return None

    def _like(self, edge: _Edge) -> list[_Edge]:
        """Edges of near pages, on the same side, that say the same."""
        kind = self.kind[edge.line.number, edge.top]
        if kind < 0:
            return []
        same = self.pages_of[edge.top, kind]
        low = bisect_left(same, edge.page - WINDOW, key=_page)
        high = bisect_right(same, edge.page + WINDOW, key=_page)
        return [other for other in same[low:high] if other.page != edge.page]

    def apart(self, line: Line) -> bool:
        """Whether a short line has blank lines before and after it."""
        index = line.number - 1
        return self.before[index] > 0 and self.after[index] > 0 and len(line.text.strip()) <= SHORT * self.measure

    def inside_sentence(self, line: Line) -> bool:
        """Whether the text before *line* breaks off in the middle of a sentence."""
        above = next((each for each in reversed(self.doc.lines[: line.number - 1]) if each.role is Role.BODY), None)
        return above is not None and above.text.strip()[-1:] not in SENTENCE_END

    def _sure(self, edge: _Edge) -> bool:
        """Whether *edge* is a head beyond doubt, to which damaged ones may be compared."""
        if len(edge.key) < 4 or self.size[edge.line.number, edge.top] <= FEW:
            return False
        like = self._like(edge)
        return len(like) >= FEW if edge.number >= EXACT else self._runs(edge, like)

    def _runs(self, edge: _Edge, like: Sequence[_Edge]) -> bool:
        """Whether a head without a legible number comes on three pages running, of the same side or all.

        The title of a chapter does not; nor does a numbered item, however often its text comes.
        """
        if len(like) < FEW or TITLE_RE.match(edge.line.text):
            return False
        if edge.numbered and 2 * sum(other.number >= EXACT for other in like) < len(like):
            return False
        pages = {other.page for other in like}
        return any(
            {edge.page + one, edge.page + other} <= pages
            for step in (1, 2)
            for one, other in ((-2 * step, -step), (-step, step), (step, 2 * step))
        )

    def _heads_near(self, page: int, top: bool, parity: int) -> list[str]:
        """Texts that come again at that edge of the pages of that parity around *page*."""
        block = (page // WINDOW, top, parity)
        if block not in self._heads:
            side = self.tops if top else self.feet
            first = block[0] * WINDOW
            near = [edge for edges in side[max(0, first - WINDOW) : first + 2 * WINDOW] for edge in edges]
            self._heads[block] = furniture.distinct(
                [edge.key for edge in near if edge.page % 2 == parity and self._sure(edge)]
            )
        return self._heads[block]

    def _folio(self, edge: _Edge) -> Mark | None:
        if not self.numbers_at[edge.top] or edge.number < 0.3:
            return None
        inner = self.after[edge.line.number - 1] if edge.top else self.before[edge.line.number - 1]
        if edge.number < EXACT and edge.rank > 0 and not inner:
            return None
        if edge.number < 0.5 and not (inner and edge.rank == 0):
            return None
        why = f"number of page {self.doc.leaves[edge.page - 1].printed}"
        return Mark(edge.line.number, Role.FOLIO, "folio", why, confidence=0.5 + edge.number / 2)

    def _stands_apart(self, edge: _Edge) -> bool:
        """Whether a line with the page's number but a text of its own is short and off the text."""
        index = edge.line.number - 1
        inner = self.after[index] if edge.top else self.before[index]
        return edge.rank == 0 and inner > 0 and len(edge.key) <= 45

    def _opens_chapter(self, edge: _Edge, like: Sequence[_Edge]) -> bool:
        """Whether a head without a number may be the title of a chapter: the first of its kind, no text going on."""
        if edge.number >= 0.5 or not edge.top:
            return False
        if any(other.page < edge.page for other in like):
            return False
        beside = self.tops[edge.page - 1]
        if any(other.alone and other.number >= EXACT for other in beside):
            return False
        below = next((other.line.text for other in beside if other.rank == edge.rank + 1), "")
        return not (below.strip()[:1].islower() and self._goes_on(edge.page - 1))

    def _goes_on(self, page: int) -> bool:
        """Whether the text of *page* breaks off in the middle of a sentence."""
        texts = (edge.line.text.strip() for edge in self.feet[page - 1] if len(edge.key) > 3 and edge.number < EXACT)
        last = next(texts, "") if page >= 1 else ""
        return bool(last) and last[-1] not in SENTENCE_END

    def _before(self, edge: _Edge, key: str) -> list[_Edge]:
        """Heads like *key* on the page before that of *edge*, and on the last one of the same side of the leaf."""
        side = self.tops if edge.top else self.feet
        near = (other for edges in side[max(0, edge.page - 3) : edge.page - 1] for other in edges)
        return [other for other in near if other.key and furniture.similarity(other.key, key) >= furniture.SAME_HEAD]

    def _damaged(self, edge: _Edge) -> str:
        """The head of a near page of the same side of the leaf that *edge* is a damaged or cut form of, or ""."""
        if edge.rank > 1 or not len(edge.key) >= 4:
            return ""
        index = edge.line.number - 1
        inner = self.after[index] if edge.top else self.before[index]
        least = 0.5 if edge.number >= 0.5 else 0.6
        if edge.rank == 0 and self.doc.leaves[edge.page - 1].rule == "damaged-folio":
            least = 0.4  # `pages` has looked for the likeliest line between two folios
        elif not inner and edge.number < 0.5:
            return ""
        keys = self._heads_near(edge.page, edge.top, edge.page % 2)
        best = max(keys, key=lambda key: furniture.contained(edge.key, key), default="")
        likeness = furniture.contained(edge.key, best)
        return best if likeness >= least and len(edge.key) <= 1.4 * len(best) else ""

    def _speck(self, edge: _Edge) -> bool:
        """Whether a line between a head and the edge of its page carries nothing."""
        return len(_LETTER_RE.findall(edge.line.text)) <= 3 and len(edge.line.text.strip()) <= 8

    def _glued(self, edge: _Edge, page: Page) -> Edit | None:
        """A head or foot on the same line as text: the page's number and a text that other pages bear."""
        text, printed = edge.line.text, page.leaf.printed
        if not printed or printed not in text or len(text) < MIN_GLUED:
            return None
        keys = [key for side in (0, 1) for key in self._heads_near(edge.page, edge.top, side)]
        best: tuple[float, int, int] = (GLUED, 0, 0)
        for start, end in _pieces(text, printed, edge.top):
            head = furniture.key_of(text[start:end])
            alike = max((furniture.similarity(head, key) for key in keys if len(key) > 5), default=0.0)
            best = max(best, (alike, start, end))
        if best[2] == 0:
            return None
        why = "running head on a line of text"
        return Edit(edge.line.number, best[1], text[best[1] : best[2]], "", "glued-head", why, 0.95)


def _pieces(text: str, printed: str, top: bool) -> Iterator[tuple[int, int]]:
    """Stretches of *text*, at its start or at its end, that have the number *printed* at one of their ends."""
    spans = [(match.start(), match.end()) for match in WORD_RE.finditer(text)]
    numbers = [index for index, (start, end) in enumerate(spans) if text[start:end].strip(furniture.TRIM) == printed]
    for index in numbers:
        if top and index == 0:
            yield from ((0, spans[last + 1][0]) for last in range(1, min(10, len(spans) - 1)))
        elif top and index <= 9 and index + 1 < len(spans):
            yield 0, spans[index + 1][0]
        elif not top and index == len(spans) - 1:
            yield from ((spans[first - 1][1], len(text)) for first in range(max(1, index - 9), index))
        elif not top and len(spans) - 10 <= index and index > 0:
            yield spans[index - 1][1], len(text)


INNER, INNER_AT_STOP, INNER_LETTERS = 0.8, 0.95, 5
"""Least likeness of a head inside what is taken for one page, where a page end was lost, and least letters. After the
end of a sentence it must be nearly the same: `THE BOOK OF JOHN` begins there, among heads `BOOK OF JOAN`."""
OFTEN = 8
"""So many pages must bear a head before one inside a page is looked for."""


def _inner_heads(edges: _Edges, taken: set[int]) -> Iterator[Mark]:
    """Heads that stand apart inside a page, between pages that bear the same: two pages run together there."""
    common: dict[str, list[int]] = {}
    for (top, kind), alike in edges.pages_of.items():
        heads = [edge for edge in alike if edge.line.number in taken and len(edge.key) >= INNER_LETTERS]
        if top and kind >= 0 and len(heads) >= OFTEN:
            usual, _ = Counter(edge.key for edge in heads).most_common(1)[0]
            common[usual] = [edge.page for edge in heads]
    for line in edges.doc.lines if common else ():
        if line.role is not Role.BODY or line.number in taken or not edges.apart(line):
            continue
        likeness, head = max((_likeness(line.text, each), each) for each in common)
        if likeness < INNER or (likeness < INNER_AT_STOP and not edges.inside_sentence(line)):
            continue
        page, pages = edges.doc.page_number(line.number), common[head]
        if any(0 <= page - other <= WINDOW for other in pages) and any(0 < other - page <= WINDOW for other in pages):
            taken.add(line.number)
            yield Mark(line.number, Role.RUNNING_HEAD, "inner-head", f"like {head!r} before and after", confidence=0.9)


def _likeness(text: str, head: str) -> float:
    """How like a head a line is, with or without its first word or its last, which may be what is left of a number."""
    words = text.split()
    keys = {furniture.key_of(" ".join(part)) for part in (words, words[1:], words[:-1])}
    return max((furniture.similarity(key, head) for key in keys if len(key) >= INNER_LETTERS), default=0.0)


def _signature_marks(edges: _Edges, taken: set[int]) -> Iterator[Change]:
    """Sheet marks: lone letters at page feet that go through the alphabet with the pages."""
    found: list[tuple[int, int, Line]] = []
    for side in edges.feet:
        for edge in side[:2]:
            match = SIGNATURE_RE.fullmatch(edge.line.text.strip())
            apart = edges.before[edge.line.number - 1] > 0
            if match and apart and (letter := SHEETS.find(match["letter"].upper())) >= 0:
                found.append((letter, edge.page, edge.line))
    sheet = _pages_per_sheet([(letter, page) for letter, page, _ in found])
    if not sheet:
        return
    offsets = [page - sheet * letter for letter, page, _ in found]
    start = max(offsets, key=lambda one: sum(abs(one - other) <= sheet / 2 for other in offsets))
    marks = [
        Mark(line.number, Role.SIGNATURE_MARK, "signature-mark", f"sheet of {sheet} pages", confidence=0.95)
        for (_, _, line), offset in zip(found, offsets, strict=True)
        if abs(offset - start) <= sheet / 2 and line.number not in taken
    ]
    if len(marks) >= MIN_SHEETS:
        yield from marks


def _figured_sheets(edges: _Edges, taken: set[int]) -> Iterator[Mark]:
    """Sheet marks in figures: sheet 6 of twelve pages each begins on page 61. All must be of sheets of one size."""
    found: dict[int, list[Line]] = defaultdict(list)
    for index, side in enumerate(edges.feet):
        printed = edges.doc.leaves[index].printed
        for edge in side[:2] if printed.isdigit() else ():
            match = FIGURED_RE.fullmatch(edge.line.text.strip())
            if not match or edge.line.number in taken or match["sheet"] == printed:
                continue
            for pages in SHEET_PAGES:
                into = int(printed) - 1 - pages * (int(match["sheet"]) - 1)
                if into in (STARRED if match["star"] else (0,)) and into < pages:
                    found[pages].append(edge.line)
    pages = max(found, key=lambda each: len(found[each]), default=0)
    for line in found[pages] if pages else ():
        why = f"sheet of {pages} pages"
        yield Mark(line.number, Role.SIGNATURE_MARK, "signature-mark", why, confidence=0.9)


def _pages_per_sheet(marks: Sequence[tuple[int, int]]) -> int:
    """The number of pages in which most pairs of *marks* (letter, page) go on by one letter; 0 if they do not."""
    steps: Counter[int] = Counter()
    for index, (letter, page) in enumerate(marks):
        for other, further in marks[index + 1 :]:
            if 0 < other - letter <= 4 and further > page:
                exact = (further - page) / (other - letter)
                steps.update(sheet for sheet in SHEET_PAGES if abs(exact - sheet) <= 0.17 * sheet)
    if not steps:
        return 0
    sheet, votes = steps.most_common(1)[0]
    return sheet if votes >= MIN_SHEETS else 0


def _catchwords(edges: _Edges, taken: set[int]) -> Iterator[Change]:
    """Catchwords: a lone word at a foot that the next page begins with, on many pages."""
    found: list[Mark] = []
    for index, side in enumerate(edges.feet[:-1]):
        foot = next((edge for edge in side if edge.line.number not in taken), None)
        head = next((edge for edge in edges.tops[index + 1] if edge.line.number not in taken), None)
        if not foot or not head or len(foot.line.text.split()) != 1:
            continue
        word, first = foot.line.text.strip(), head.line.text.split()[:1]
        if first and len(furniture.key_of(word)) > 1 and furniture.similarity(word, first[0]) >= 0.75:
            found.append(Mark(foot.line.number, Role.CATCHWORD, "catchword", f"next page begins {first[0]!r}"))
    if len(found) >= max(3, 0.1 * len(edges.feet)):
        yield from found

"""Footnotes and endnotes: where each note begins, what its number is, to which chapter it belongs.

| before | after | rule |
|---|---|---|
| `Notes` over numbered lines | a heading | title |
| `Chapter 2: THE LOWER LOCK` among them | a heading under it | scope |
| `Chapter 7; THE RUIN^` | `Chapter 7: THE RUIN` | scope-mark |
| `13. Ibid., p. 27` after note 12 | note `2-13` | endnote |
| `^3. Ibid.` after note 12 | note `2-13`, written `13. Ibid.` | note-number |
| `Moscow 1961, pp. 5-6` between notes 24 and 26, after a blank line | note `4-25` | number-lost |
| `* The late Canon thought otherwise` at the foot of a page with `word*` | note `p15-*` | footnote |
| `1 Box 4, volume 11` there | note `p15-1` | footnote |
| the first lines of a page's foot after a note that broke off | the same note | spill-over |

A numbered list in the text is no note: endnotes need a title, a heading of a chapter or the look of citations, and
footnotes the foot of a page and a mark in the text above, or the smaller type of a note.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import dropwhile, pairwise
from typing import ClassVar

import regex

from ocr_clean.changes import Change, Edit, Mark
from ocr_clean.document import Document, Line, Page, Role
from ocr_clean.flow import Flow
from ocr_clean.headlines import APPENDIX_RE, capitals, free_title, label
from ocr_clean.layout import Fit
from ocr_clean.lexicon import Lexicon
from ocr_clean.numerals import figure

NUMBER_RE = regex.compile(
    r"^(?P<mark>\W{0,4}(?P<number>\d{1,3})\s?(?:[.)>V]\W{0,3}|[,;]\W{0,3}|\s))(?=\S*[\p{L}\d‘“\"'(*\[])"
)
"""A line that begins with a note's number: ``13.``, ``■ 8.``, ``10>``, ``27.,``."""
DAMAGED_RE = regex.compile(r"^(?P<mark>[\W_]{0,3}(?P<number>[\dIlOoSsZz|!\W]{1,5}?)\s?[.,]\W{0,2})(?=\s?\p{L})")
"""A line that may begin with a damaged number: ``^3.``, ``1 1.``, ``101``."""
FIRST_RE = regex.compile(r"^[lI1|]\s?[.,]\s?(?=\p{Lu})")
"""The first note, its number read as a letter."""
STRAY_RE = regex.compile(r"^(?P<mark>\p{L}\s(?P<number>\d{1,3})\.\s)")
"""A number after a stray letter: ``V 5. Reiman``."""
CITATION_RE = regex.compile(
    r"\bpp?\s?[.,]\s?[\dlI]|\bibid\b|\b(?:op|loc)\.?\s?cit|\bvols?\b\.?|\b1[5-9]\d\d\b|\bff?\.\s?\d|\bcf?\.",
    regex.IGNORECASE,
)
"""What a citation has: pages, ``Ibid.``, a volume, a year."""
FEWEST = 4
"""Fewer numbered lines in a row are no list of notes."""
SKIP = 4
"""So many notes may be missing in a row where the OCR has lost their numbers."""
FAR = 8
"""So many, where the number stands clean, with its full stop."""
NEAR = 3
"""Lines: so far below the last line of a note its next one may stand, with dirt between."""
LONGEST = 14
"""Lines: no note in a list of notes is longer; after so many the list has ended."""

SYMBOL_RE = regex.compile(r"^[^\w*†‡§¶(]?(?P<symbol>[*†‡§¶]{1,3}|\((?:[a-z]|\d{1,2})\))\s?(?=[\p{Lu}‘“\"'(\[\d])")
FOOT_NUMBER_RE = regex.compile(r"^(?P<symbol>\d{1,2})(?:[.)]\s?|\s?)(?=[\p{Lu}‘“\"'(\[])")
DAMAGED_FOOT_RE = regex.compile(r"^(?P<symbol>[‘'’°^®ztlI»\"]{1,2})(?=[\p{Lu}l][\p{L}.])")
"""Marks at the head of a footnote: symbols, figures, and raised figures that the OCR has read as something else."""
SMALL_TYPE = 1.07
"""A line wider than the measure by so much, judged by its characters, is set in smaller type."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Mark the lines of endnotes and footnotes and give each note its label.

    The label of an endnote is chapter and number (``2-13``; 0 stands for what comes before chapter 1), of a footnote
    page and mark (``p15-1``), or the number alone where one count runs through the book. Leaves alone numbered
    paragraphs and lists.
    """

    name: ClassVar[str] = "notes"
    footnotes: bool = True
    """Whether to look for notes at the feet of pages."""

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose marks for the lines of notes, and edits of damaged numbers."""
        if any(line.role is Role.NOTE for line in doc.lines):
            return
        taken: set[int] = set()
        for change in _endnotes(doc):
            taken.add(change.line)
            yield change
        if self.footnotes:
            yield from _footnotes(doc, taken)


# --- endnotes -----------------------------------------------------------------


@dataclass(slots=True)
class Item:
    """A note of a list: its lines, its number, and the heading that it stands under."""

    lines: list[Line]
    number: int
    rule: str
    mark: str = ""
    """What stands before the text, where it has to be rewritten."""
    jump: bool = False
    """Whether the number leaps forward at the top of a page: another chapter may have begun on a lost one."""


@dataclass(slots=True)
class Section:
    """The notes between one heading and the next, or one restart of the count and the next."""

    heading: list[Line] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    chapter: int = -1
    """Number of the chapter; 0 for what comes before chapter 1, -1 unknown."""


def _endnotes(doc: Document) -> Iterator[Change]:
    lines = [line for line in doc.printed_lines() if line.role is Role.BODY]
    index = 0
    while index < len(lines):
        title = _is_title(lines[index])
        if not title and not _scope(lines, index):
            index += 1
            continue
        first = index + 1 if title else index
        sections, used = _sections(doc, lines, first)
        if sum(len(section.items) for section in sections) < FEWEST or not _citations(sections, titled=title):
            index += 1
            continue
        if title:
            yield Mark(lines[index].number, Role.HEADING, "title", "title of the notes", opens=True, level=2)
        _number_chapters(sections)
        yield from _section_marks(sections)
        index = first + used


def _is_title(line: Line) -> bool:
    word = line.text.strip(" .:-—*").lower()
    return word in ("notes", "references", "notes and references", "footnotes", "endnotes", "sources")


def _scope(lines: Sequence[Line], index: int) -> int:
    """How many lines from *index* are the heading of a chapter's notes, 0 if none: a numbered line comes next."""
    text = lines[index].text.strip()
    first = label(text) is not None or (capitals(text) and free_title(text)) or APPENDIX_RE.match(text) is not None
    if not first or len(text) > 90:
        return 0
    for length in (1, 2):
        below = lines[index + length] if index + length < len(lines) else None
        if below is None:
            return 0
        found = NUMBER_RE.match(below.text)
        if (found and int(found["number"]) <= 1 + SKIP) or FIRST_RE.match(below.text):
            return length
        if not capitals(below.text) and NUMBER_RE.match(below.text) is None:
            return 0
    return 0


def _sections(doc: Document, lines: Sequence[Line], first: int) -> tuple[list[Section], int]:
    """Read a list of notes from line index *first* on; how many lines it takes."""
    sections = [Section()]
    index = last = first
    while index < len(lines) and index - last <= LONGEST:
        if length := _scope(lines, index):
            sections.append(Section(list(lines[index : index + length])))
            index += length
            last = index
            continue
        if _is_title(lines[index]) or (free_title(lines[index].text) and sections[-1].items):
            if not _is_title(lines[index]):
                break
            index += 1  # the running head of the notes, still there
            continue
        item = _item(doc, lines, index, sections)
        if item:
            if _restarts(sections[-1], item):
                sections.append(Section())
            sections[-1].items.append(item)
            last = index
        elif sections[-1].items and _continues(lines, index, sections[-1].items[-1]):
            sections[-1].items[-1].lines.append(lines[index])
        index += 1
    return [section for section in sections if section.items or section.heading], last - first + 1


def _restarts(section: Section, item: Item) -> bool:
    return bool(section.items) and item.number <= section.items[-1].number


def _item(doc: Document, lines: Sequence[Line], index: int, sections: Sequence[Section]) -> Item | None:
    """The note that begins at a line, None if none does."""
    line = lines[index]
    items = sections[-1].items
    before = items[-1].number if items else 0
    new_page = bool(items) and doc.page_number(items[-1].lines[-1].number) != doc.page_number(line.number)
    found = NUMBER_RE.match(line.text)
    value = int(found["number"]) if found else 0
    far = FAR if found and "." in found["mark"] else SKIP
    restart = value == 1 and _two_follows(lines, index)
    if found and (before < value <= before + far or (new_page and 0 < value < 200) or not items or restart):
        mark = found["mark"] if found["mark"] != f"{value}. " else ""
        return Item([line], value, "endnote", mark, new_page and value > before + 1)
    damaged = DAMAGED_RE.match(line.text)
    begun = bool(items) or bool(sections[-1].heading)
    if damaged and begun and _could_be(damaged["mark"].strip(" .,;:"), before + 1):
        return Item([line], before + 1, "note-number", damaged["mark"])
    stray = STRAY_RE.match(line.text)
    if stray and items and int(stray["number"]) == before + 1:
        return Item([line], before + 1, "note-number", stray["mark"])
    if items and _lost_number(doc, lines, index, before):
        return Item([line], before + 1, "number-lost")
    return None


def _two_follows(lines: Sequence[Line], index: int) -> bool:
    """Whether the next numbered line is note 2: the count begins again."""
    for below in lines[index + 1 : index + 6]:
        if found := NUMBER_RE.match(below.text):
            return found["number"] == "2"
    return False


def _could_be(token: str, value: int) -> bool:
    """Whether a damaged token may be the number that is due: it ends in the same figure, or differs in one place.

    >>> _could_be("^3", 13), _could_be("214", 24), _could_be("1 1", 11), _could_be("19", 24)
    (True, True, True, False)
    """
    bare = "".join(char for char in token if char.isalnum())
    due = str(value)
    if figure(bare) == value:
        return True
    if token.isdigit():
        return len(token) == len(due) + 1 and token[-1] == due[-1]
    return bool(bare) and (bare[-1] == due[-1] or (len(due) > 1 and bare.startswith(due[:-1])))


def _lost_number(doc: Document, lines: Sequence[Line], index: int, before: int) -> bool:
    """Whether a line without a number is a note all the same: a blank line above, and the next number follows it."""
    line = lines[index]
    if not line.text[:1].isupper() or doc.lines[line.number - 2].role is not Role.BLANK:
        return False
    for below in lines[index + 1 : index + 4]:
        found = NUMBER_RE.match(below.text)
        if found:
            return int(found["number"]) == before + 2
    return False


def _continues(lines: Sequence[Line], index: int, item: Item) -> bool:
    """Whether a line goes on with a note: it stands a few lines further down, and has a letter or a figure."""
    near = lines[max(0, index - NEAR) : index]
    return item.lines[-1] in near and any(char.isalnum() for char in lines[index].text)


def _citations(sections: Sequence[Section], titled: bool) -> bool:
    """Whether a list looks like notes: one text in four has the look of a citation, one in eight under a title."""
    items = [item for section in sections for item in section.items]
    good = sum(bool(CITATION_RE.search(" ".join(line.text for line in item.lines))) for item in items)
    return good * (8 if titled else 4) >= len(items)


def _number_chapters(sections: list[Section]) -> None:
    """Give each section its chapter: from its heading, else from its neighbours where only one number fits."""
    for section in sections:
        if section.heading:
            found = label(section.heading[0].text)
            section.chapter = found.number if found else 0
    known = [place for place, section in enumerate(sections) if section.chapter >= 0]
    for first, after in reversed(list(pairwise(known))):
        between = sections[first:after]
        missing = sections[after].chapter - sections[first].chapter - 1
        if missing > len(between) - 1:
            between = [part for section in between for part in _split_at_jumps(section)]
        if missing != len(between) - 1:
            continue
        for step, each in enumerate(between):
            each.chapter = sections[first].chapter + step
        sections[first:after] = between


def _split_at_jumps(section: Section) -> list[Section]:
    """The parts of a section between leaps of the count at the top of a page."""
    parts = [Section(section.heading, [], section.chapter)]
    for item in section.items:
        if item.jump and parts[-1].items:
            parts.append(Section())
        parts[-1].items.append(item)
    return parts


def _section_marks(sections: Sequence[Section]) -> Iterator[Change]:
    several = len(sections) > 1
    for section in sections:
        yield from _heading_marks(section)
        for place, line in enumerate(section.heading):
            name = str(section.chapter) if place == 0 else ""
            yield Mark(line.number, Role.HEADING, "scope", "heading of notes", opens=place == 0, level=3, label=name)
        for item in section.items:
            chapter = str(section.chapter) if section.chapter >= 0 else "?"
            name = f"{chapter}-{item.number}" if several or section.heading else str(item.number)
            yield from _item_marks(item, name)


HEADING_MARK_RE = regex.compile(r"^(?P<label>\W{0,2}\p{L}+\s\d{1,3})(?P<mark>[a-z]?\s?[;,.]?)(?=\s\p{Lu})")
STRAY_END_RE = regex.compile(r"(?<=\p{L})[\^*~]+\s*$")


def _heading_marks(section: Section) -> Iterator[Edit]:
    """In ``Chapter 7; THE RUIN^``, the colon that most headings of notes have, and no stray mark at the end."""
    for line in section.heading:
        found = HEADING_MARK_RE.match(line.text)
        if found and found["mark"] and line is section.heading[0]:
            why = "a colon stands after the number"
            yield Edit(line.number, found.start("mark"), found["mark"], ":", "scope-mark", why, 0.9)
        if stray := STRAY_END_RE.search(line.text):
            yield Edit(line.number, stray.start(), stray[0], "", "scope-mark", "stray mark", 0.9)


def _item_marks(item: Item, name: str) -> Iterator[Change]:
    first = item.lines[0]
    if item.mark:
        why = f"note {item.number} is due"
        yield Edit(first.number, 0, item.mark, f"{item.number}. ", "note-number", why, 0.9)
    elif item.rule == "number-lost":
        yield Edit(first.number, 0, "", f"{item.number}. ", "number-lost", f"note {item.number} is due", 0.85)
    yield Mark(first.number, Role.NOTE, item.rule, f"note {item.number}", opens=True, label=name)
    for line in item.lines[1:]:
        yield Mark(line.number, Role.NOTE, item.rule, f"note {item.number} goes on")


# --- footnotes ----------------------------------------------------------------


@dataclass(slots=True)
class Foot:
    """A footnote: its lines and its mark, and the page at whose foot it begins."""

    lines: list[Line]
    symbol: str
    page: Page
    mark: str = ""
    """What the OCR has made of its number, "" if it is legible."""

    @property
    def start(self) -> int:
        """Column of the mark."""
        return self.lines[0].text.find(self.mark)


def _footnotes(doc: Document, taken: set[int]) -> Iterator[Change]:
    if len(doc.pages) < 2 and not doc.leaves:
        return
    found = Flow.of(doc).fit
    feet: list[Foot] = []
    spilled: list[Line] = []
    pages = [
        (
            page,
            _blocks([line for line in page.lines if line.role in (Role.BODY, Role.BLANK) and line.number not in taken]),
        )
        for page in doc.pages
    ]
    reader = _Reader(found, numbers=not _numbered_text([blocks for _, blocks in pages], found))
    every = [foot for page, blocks in pages for foot in reader.feet(blocks, page)]
    if sum(SYMBOL_RE.match(foot.lines[0].text.strip()) is not None for foot in every) >= HABIT:
        by_habit = replace(reader, by_habit=True)
        every = [foot for page, blocks in pages for foot in by_habit.feet(blocks, page)]
    for foot in every:
        if foot.symbol or not feet:
            feet.append(foot)
        else:
            spilled += foot.lines
            feet[-1].lines += foot.lines
    feet = [foot for foot in feet if foot.symbol]
    names = _names(feet)
    for foot, name in zip(feet, names, strict=True):
        if foot.mark:
            why = f"note {foot.symbol} is due"
            yield Edit(foot.lines[0].number, foot.start, foot.mark, f"{foot.symbol} ", "note-number", why, 0.85)
        for place, line in enumerate(foot.lines):
            rule = "spill-over" if line in spilled else "footnote"
            why = f"note {foot.symbol} of page {foot.page.leaf.printed or foot.page.number}"
            yield Mark(line.number, Role.NOTE, rule, why, opens=place == 0, label=name if place == 0 else "")


HABIT = 5
"""With so many notes whose marks are found in the text above, a mark like theirs at a page foot begins a note, though
the OCR has lost the one in the text."""

SCRAP = 4
"""Characters of a block under the notes that is dirt, a signature mark, or the end of a line."""

NUMBERED = 0.6
"""Share of the lines of a page from which on those in numbered blocks are no notes: the text numbers its paragraphs."""
NUMBERED_PAGES = 3
"""So many such pages, and as many as there are other pages with such blocks, show that it does."""


def _numbered_text(pages: Sequence[Sequence[Sequence[Line]]], found: Fit | None) -> bool:
    """Whether the text has numbered paragraphs: then no number at the head of a block tells of a note.

    What is set in smaller type is notes, however much of a page they fill.
    """
    full = other = 0
    for blocks in pages:
        numbered = [
            block for block in blocks if FOOT_NUMBER_RE.match(block[0].text.strip()) and not _small(block, found)
        ]
        share = sum(map(len, numbered)) / max(1, sum(map(len, blocks)))
        full += len(numbered) > 2 and share >= NUMBERED
        other += len(numbered) > 0 and share < NUMBERED
    return full >= max(NUMBERED_PAGES, other)


@dataclass(frozen=True, slots=True)
class _Reader:
    """How the notes at the feet of the pages of one book are told."""

    fit: Fit | None
    numbers: bool
    """Whether a figure may be the mark of a note."""
    by_habit: bool = False
    """Whether a symbol at the head of a block is enough."""

    def feet(self, blocks: Sequence[Sequence[Line]], page: Page) -> list[Foot]:
        """The notes at the foot of one page, in order; one without a mark comes first if a note spills over."""
        end = len(blocks)
        while self.by_habit and end > 2 and len("".join(line.text.strip() for line in blocks[end - 1])) <= SCRAP:
            end -= 1
        start = end
        while start > 1 and self._note_like(blocks[start - 1]):
            start -= 1
        zone = list(blocks[start:end])
        body = "\n".join(line.text.strip() for block in blocks[:start] for line in block)
        if not any(self._marked(block[0].text, body, block) for block in zone):
            if not self.by_habit:
                return []
            zone = list(dropwhile(lambda block: not SYMBOL_RE.match(block[0].text.strip()), zone))
        return list(_split(zone, page))

    def _note_like(self, block: Sequence[Line]) -> bool:
        if len(block) > LONGEST:
            return False
        text = block[0].text.strip()
        number = FOOT_NUMBER_RE.match(text)
        if number and not self.numbers:
            return False
        return SYMBOL_RE.match(text) is not None or number is not None or _small(block, self.fit)

    def _marked(self, text: str, body: str, block: Sequence[Line]) -> bool:
        """Whether a block at a page foot is surely a note: its mark stands in the text above, or its type is small."""
        bare = text.strip()
        if symbol := SYMBOL_RE.match(bare):
            mark = regex.escape(symbol["symbol"])
            return regex.search(rf"[\p{{L}}\p{{N}}.,;:!?’”\"')]\s?{mark}(?![\p{{L}}])", body) is not None
        if number := FOOT_NUMBER_RE.match(bare):
            raised = rf"[\p{{L}}.,;:!?’”\"')]\s?{number['symbol']}(?!\d)(?=\s|$)"
            return regex.search(raised, body) is not None or _small(block, self.fit)
        return _small(block, self.fit) and _symbol(bare) != ""


def _small(block: Sequence[Line], found: Fit | None) -> bool:
    """Whether a block is set in smaller type: its full lines hold more than the column does."""
    if found is None:
        return False
    widths = [found.width(line.text.strip()) for line in block]
    full = widths[:-1] or widths
    return min(full) > SMALL_TYPE * found.measure


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    blocks: list[list[Line]] = [[]]
    for line in lines:
        if line.role is Role.BLANK:
            blocks.append([])
        else:
            blocks[-1].append(line)
    return [block for block in blocks if block]


def _symbol(text: str) -> str:
    for pattern in (SYMBOL_RE, FOOT_NUMBER_RE, DAMAGED_FOOT_RE):
        if found := pattern.match(text.strip()):
            return found["symbol"]
    return ""


def _split(zone: Sequence[Sequence[Line]], page: Page) -> Iterator[Foot]:
    current: Foot | None = None
    count = 0
    for block in zone:
        for place, line in enumerate(block):
            symbol = _symbol(line.text)
            begins = bool(symbol) or (place == 0 and current is not None and line.text.strip()[:1].isupper())
            if current is not None and not begins:
                current.lines.append(line)
                continue
            if current is not None:
                yield current
            numeric = symbol.isdigit() or (symbol and symbol[0] not in "*†‡§¶(")
            count += bool(numeric)
            name = symbol if symbol.isdigit() or not numeric else str(count)
            mark = symbol if numeric and not symbol.isdigit() else ""
            current = Foot([line], name or ("*" if current is not None else ""), page, mark)
    if current is not None:
        yield current


def _names(feet: Sequence[Foot]) -> list[str]:
    """The labels of footnotes: the number alone where no number comes twice, else page and mark."""
    numbers = Counter(foot.symbol for foot in feet)
    single = all(count == 1 for symbol, count in numbers.items() if symbol.isdigit())
    names: list[str] = []
    for foot in feet:
        page = f"p{foot.page.leaf.printed or foot.page.number}"
        name = foot.symbol if single and foot.symbol.isdigit() else f"{page}-{foot.symbol.strip('()')}"
        while name in names:
            name += "a"
        names.append(name)
    return names

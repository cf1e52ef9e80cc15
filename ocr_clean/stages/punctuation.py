"""Marks that the OCR engine took for others, where the marks around and the volume's own style leave no doubt.

| before | after | rule |
|---|---|---|
| `the end—^of` | `the end—of` | dash-speck |
| `twenty~three` | `twenty-three` | tilde |
| `Chiang Kai—shek` | `Chiang Kai-shek` | dash-for-hyphen |
| `he said: *The end.’` | `he said: ‘The end.’` | opening-quote |
| `‘the end*, he said` | `‘the end’, he said` | closing-quote |
| `the end , he` | `the end, he` | space-before-mark |
| `in l9l7` | `in 1917` | figure |
| `in 1 9 1 7` | `in 1917` | figure-spaces |
| `Ibid., p. l26` | `Ibid., p. 126` | page-figure |
| `Ibid., p, 126` | `Ibid., p. 126` | page-mark |
| `p.126`, `Ibid.,p. 7` in a volume that writes `p. 12` | `p. 126`, `Ibid., p. 7` | reference-space |
| `a region(district)` in a volume that writes `region (district)` | `a region (district)` | bracket-space |
| `the end., The` | `the end. The` (for `Esq., The` nothing changes) | mark-speck |
| `in 1924until` | `in 1924 until` | year-space |
| `his plan,without` | `his plan, without` | mark-space |
| `1 2 And` or `S2 And` between paragraphs 11 and 13 | `12 And` | paragraph-number |
| `October— from` in a volume that writes `October—from` | `October—from` | dash-space |
| `the workers* wages` in a volume that writes `workers’` | `the workers’ wages` | plural-apostrophe |
| `'^ The end,*' he said` in a volume that quotes `"so"` | `" The end," he said` | double-quote |
| `on a" large scale` in a volume that quotes `‘so’` | `on a large scale` | quote-speck |
| `the end. •` at the end of a paragraph or note | `the end.` | end-speck |
| `in the ¦ hand`, `a little ' funny`, `the hand j and` in a dirty text | `in the hand`, `a little funny` | lone-speck |
| `the king j and` in a dirty text that writes `the king ; and` | `the king ; and` | semicolon |
| `any material j` at the end of a line of a dirty text | `any material` | edge-speck |
| `And who is it 1 He` in a volume that sets `?` apart | `And who is it ? He` | question-mark |
| `v/hich`, `betv/een` | `which`, `between` | torn-w |
| `ever}'`, `b}^`, `an}'thing`, `countr3'`, `cit)'` | `every`, `by`, `anything`, `country`, `city` | torn-y |
| `the king~s men`, `the king s men`, `he won t go` | `the king's men`, `the king's men`, `he won't go` | apostrophe |
| `a user?s view`, `pages 118-?145` | `a user's view`, `pages 118-145` | lossy-mark |
| `the ?second harvest? of` | `the "second harvest" of` | lossy-mark |
| `the suffix -ing`, `» Bonjour »`, `Who? he asked` | as it is | (left alone) |
| `the end*` | `the end*` | (left alone: it may be a note) |
| `fin !` throughout a volume | `fin !` | (left alone: the printer's own spacing) |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar, NamedTuple

import regex

from ocr_clean.apostrophes import apostrophes
from ocr_clean.changes import Change, Edit, apart
from ocr_clean.damage import PLAIN
from ocr_clean.document import Document, Line, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.lone_specks import lone_specks, question_marks
from ocr_clean.lossy import lossy
from ocr_clean.numbering import numbers
from ocr_clean.tokens import blocks_of_lines
from ocr_clean.torn_letters import torn_letters

DASH_SPECK_RE = regex.compile(r"(?<=\p{L}[’”]?—)[\^■•¬~°](?=\p{L})")
"""A speck between a dash and the letter after it: the end of the dash, read as a mark of its own."""

TILDE_RE = regex.compile(r"(?<!\S)\W*(?P<left>\p{L}{3,})~(?P<right>\p{L}{3,})")
"""A tilde between two words: no printer set one there."""

COMPOUND_RE = regex.compile(r"(?<![\p{L}-])(\p{L}+)—(\p{L}+)(?![\p{L}-])")
"""Two words with a dash between them, which may be a compound."""

OPENING_RE = regex.compile(r"(?<![^\s(—\[])\*(?=\p{L})")
"""An asterisk right before a word, where a quotation may open."""

CLOSING_RE = regex.compile(r"(?<=[\p{L}.,!?…])\*(?=[\s,.;:!?)—]|$)")
"""An asterisk right after a word, where a quotation may close."""

OPEN_RE = regex.compile(r"(?<![^\s(—\[“])‘(?=\S)")
CLOSE_RE = regex.compile(r"(?<=\S)’(?!\p{L})")
"""An opening and a closing single quotation mark; a closing one may be an apostrophe too."""

PLURAL_RE = regex.compile(r"s’$")
"""An apostrophe after a plural, which closes nothing."""

SPACED_RE = regex.compile(r"\s(?<=[\p{L}\p{N}’”)]\s)(?=[,;:!?](?:\s|$))")
CLOSED_RE = regex.compile(r"[,;:!?](?<=[\p{L}\p{N}’”)][,;:!?])(?=\s|$)")
"""The space before a mark, and a mark without one."""

EMPHASIS = 2
"""Asterisks in pairs are quotation marks where so many times as many stand opposite a curly mark."""

STYLE = 0.02
"""In a volume of which a larger share of the marks has a space before it, that space is the printer's."""

FIGURE_RE = regex.compile(
    r"(?<![\p{L}\p{N}.,'’-])(?=[\dlIOo]*\d[\dlIOo]*\d)(?=\d*[lIOo])[\dlIOo]{3,4}(?![\p{L}\p{N}'’])"
)
"""Three or four figures of which one or two were read as letters: at least two were read as figures."""

FIGURE_HERE_RE = regex.compile(r"\d")

FIGURES = {"l": "1", "I": "1", "O": "0", "o": "0"}

PAGE_FIGURE_RE = regex.compile(
    r"(?<!\p{L})(?:pp?\.\s?(?P<number>(?=\w*[lIOo])(?=\w*[\dl])[\dlIOo]{2,4})|(?:[Vv]ol|[Nn]o)\.\s?(?P<one>l))"
    r"(?![\p{L}\p{N}])"
)
"""A page number of which figures were read as letters, one of them a figure or a small l: ``p. II`` may be roman."""

PAGE_MARK_RE = regex.compile(r"(?<=[,;:)]\s?pp?),(?=\s?\d)")
"""A comma after ``p`` in a reference."""

PAGE_CLOSED_RE = regex.compile(r"(?<![\p{L}\p{N}])(?:pp?|[Vv]ol|[Nn]o)\.(?=\d)")
PAGE_SPACED_RE = regex.compile(r"(?<![\p{L}\p{N}])(?:pp?|[Vv]ol|[Nn]o)\. \d")
"""An abbreviation of a reference with its number close by, and with a space between."""

REFERENCE_COMMA_RE = regex.compile(
    r",(?=pp?\. ?\d)"  # Ibid.,p. 160
    r"|(?<=pp\. ?(?:\d{1,3}(?:-\d{1,3})?, ?)*\d{1,3}(?:-\d{1,3})?),(?=\d{1,3}(?![\d,]))"  # pp. 124,133
)
"""A comma in a reference without the space after it."""

BRACKET_CLOSED_RE = regex.compile(r"(?<=\p{Ll}{3})(?=\(\p{L}{3,}[^()]*\))")
BRACKET_SPACED_RE = regex.compile(r"(?<=\p{Ll}{3}) \(")
"""A bracket that opens right after a word, and after a space. ``member(s)`` has one or two letters in it."""

DASH_SPACED_RE = regex.compile(r"(?<=[\p{L}\p{N}]—) (?=[\p{L}‘“])|(?<=[\p{L}\p{N}’”]) (?=—[\p{L}‘“])")
DASH_CLOSED_RE = regex.compile(r"(?<=[\p{L}\p{N}’”])—(?=[\p{L}‘“])")
"""The space on one side of a dash, and a dash without any."""

YEAR_SPACE_RE = regex.compile(r"(?<![\p{L}\p{N}.,/-])1[4-9]\d\d(?=(?P<word>\p{Ll}{3,})(?!\p{L}))")
"""A year and the word after it without a space."""

WORD_MARK_RE = regex.compile(
    r"[,;](?=(?P<right>\p{Ll}{2,})(?![\p{L}\p{N}'’/@-]))(?<=(?<![\p{L}\p{N}.,:/@'’-])(?P<left>\p{L}{2,})[,;])"
)
"""A comma or a semicolon between two words, without the space after it."""

PLURAL_STAR_RE = regex.compile(r"(?<!\p{L})(?P<word>\p{L}{3,}s)\*(?= \p{L}|\s*$)")
"""An asterisk after a plural, with the owner's possession after it."""


QUOTE_SPECK_RE = regex.compile(r"(?<=\p{Ll})\"(?= \p{Ll}|\s*$)")
QUOTE_OPENS_RE = regex.compile(r"(?<![\p{L}\p{N}])\"(?=\p{L})")
"""A straight mark that closes inside a sentence, and one that opens."""

DOUBLED_RE = regex.compile(r"(?<!\p{L})(?P<word>\p{Ll}{5,})\.(?P<speck>,)(?= [\p{Lu}‘“])")
"""A comma after the full stop of a sentence: abbreviations have one, whole words have not."""

STYLED = 10
"""So many cases are a volume's style, if the other way is `RARELY` of them."""
RARELY = 0.1

REFERENCES = 5
"""So many references with their spaces are a volume's style, if they are `SPACED_SHARE` of all."""
SPACED_SHARE = 0.8

SPACED_YEAR_RE = regex.compile(r"(?<![\p{N}.,] )(?<![\p{L}\p{N}.,])1 [6-9] \d \d(?![\p{L}\p{N}]| \d)")
"""A year with a space between its figures."""


@dataclass(frozen=True, slots=True)
class Punctuation:
    """Mend quotation marks, dashes, spaces before marks, and letters in figures.

    Leaves alone: asterisks that nothing opens or closes (notes, omissions), the spacing that the printer used
    throughout, and marks in verse, tables and the index.
    """

    name: ClassVar[str] = "punctuation"

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose one edit for each mark."""
        yield from apart(_edits(doc, words))


def _edits(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """What each rule proposes, the surer rules first."""
    close_up, curly = _style(doc)
    printer = _Printer(close_up, _spaces_references(doc), *_habits(doc))
    for line in doc.printed_lines():
        yield from _of_line(line, printer, words)
    blocks = list(blocks_of_lines(doc))
    if doc.reflowed:
        yield from _end_specks(blocks)
    if curly:
        yield from _quotes(blocks)
        yield from _quote_specks(blocks)
        yield from _plural_stars(doc)
    yield from _double_quotes(blocks)
    yield from numbers(doc)
    yield from apostrophes(doc, words)
    yield from lone_specks(doc, words)
    yield from question_marks(doc)


class _Printer(NamedTuple):
    """How this volume sets its spaces."""

    marks_close_up: bool
    references_spaced: bool
    brackets_spaced: bool
    dashes_close_up: bool


@lru_cache(maxsize=1 << 15)
def _of_line(line: Line, printer: _Printer, words: Lexicon) -> tuple[Edit, ...]:
    """The edits that need no other line; remembered, for most lines are the same in the next round."""
    return (
        *_figures(line),
        *(_reference_spaces(line) if printer.references_spaced else ()),
        *_spaces(line, printer, words),
        *_hyphens(line, words),
        *lossy(line),
        *_dash_specks(line),
        *torn_letters(line, words),
        *(_before_marks(line) if printer.marks_close_up else ()),
    )


def _dash_specks(line: Line) -> Iterator[Edit]:
    for found in DASH_SPECK_RE.finditer(line.text) if "—" in line.text else ():
        yield Edit(line.number, found.start(), found[0], "", "dash-speck", "a speck at the end of a dash", 0.97)


def _before_marks(line: Line) -> Iterator[Edit]:
    for found in SPACED_RE.finditer(line.text) if line.role not in UNSTYLED else ():
        yield Edit(line.number, found.start(), found[0], "", "space-before-mark", "not this volume's style", 0.97)


UNSTYLED = frozenset({Role.TABLE, Role.INDEX, Role.CONTENTS})
"""Roles of lines whose spaces may part columns."""


@lru_cache(maxsize=4)
def _spaces_references(doc: Document) -> bool:
    """Whether this volume has a space between ``p.`` and the number."""
    lines = [line.text for line in doc.printed_lines() if "." in line.text and FIGURE_HERE_RE.search(line.text)]
    spaced = sum(len(PAGE_SPACED_RE.findall(text)) for text in lines)
    closed = sum(len(PAGE_CLOSED_RE.findall(text)) for text in lines)
    return spaced >= REFERENCES and spaced >= SPACED_SHARE * (spaced + closed)


def _habit(way: int, other: int) -> bool:
    return way >= STYLED and other <= RARELY * way


@lru_cache(maxsize=4)
def _habits(doc: Document) -> tuple[bool, bool]:
    """Whether this volume has a space before brackets, and none beside dashes."""
    opened = opened_close = closed = spaced = 0
    for line in doc.printed_lines():
        if "(" in line.text:
            opened += len(BRACKET_SPACED_RE.findall(line.text))
            opened_close += len(BRACKET_CLOSED_RE.findall(line.text))
        if "—" in line.text:
            closed += len(DASH_CLOSED_RE.findall(line.text))
            spaced += len(DASH_SPACED_RE.findall(line.text))
    return _habit(opened, opened_close), _habit(closed, spaced)


def _spaces(line: Line, printer: _Printer, words: Lexicon) -> Iterator[Edit]:
    """Spaces that were lost or read where the volume has none, and a speck after the end of a sentence."""
    for found in BRACKET_CLOSED_RE.finditer(line.text) if printer.brackets_spaced and "(" in line.text else ():
        yield Edit(line.number, found.start(), "", " ", "bracket-space", "as before other brackets", 0.93)
    for found in DASH_SPACED_RE.finditer(line.text) if printer.dashes_close_up and "—" in line.text else ():
        yield Edit(line.number, found.start(), " ", "", "dash-space", "as beside other dashes", 0.93)
    for found in DOUBLED_RE.finditer(line.text) if ".," in line.text else ():
        if found["word"] in words.dictionary:
            yield Edit(line.number, found.start("speck"), ",", "", "mark-speck", "a whole word ends the sentence", 0.9)
    for found in YEAR_SPACE_RE.finditer(line.text) if FIGURE_HERE_RE.search(line.text) else ():
        if words.common(found["word"], COMMON):
            yield Edit(line.number, found.end(), "", " ", "year-space", "a year and a word", 0.95)
    for found in WORD_MARK_RE.finditer(line.text):
        if words.common(found["left"], COMMON) and words.common(found["right"], COMMON):
            yield Edit(line.number, found.end(), "", " ", "mark-space", "two words with a mark between", 0.93)


COMMON = 20.0
"""A word that has lost the space beside it is one that occurs so often in a million."""


STRAIGHT = 10
"""A volume with so many straight double marks, and hardly a curly one, quotes with them."""
DAMAGED_QUOTE_RE = regex.compile(
    r"(?P<opens>(?:^|(?<=[\s(—]))(?:'[\^•*]|[\^•*]'|\^\^)(?=\s?\p{L}))"  # '^ The, *' Suffer
    r"|(?P<closes>(?<=[,.;!?]\s?)(?:[\^•*]'|'[\^*•])(?=\s|$))"  # believed ;*' that
    r"|\""
)
"""A straight double mark, whole or with one of its strokes damaged."""


def _double_quotes(blocks: Sequence[Sequence[Line]]) -> Iterator[Edit]:
    """Damaged straight double marks, in a volume that quotes with them: a closing one where one has opened."""
    lines = [line for block in blocks for line in block]
    straight, curly = (sum(line.text.count(mark) for line in lines for mark in marks) for marks in ('"', "“”‘"))
    if straight < STRAIGHT or curly > RARELY * straight:
        return
    for block in blocks:
        seen = 0
        for line in block if block[0].role in PLAIN else ():
            for found in DAMAGED_QUOTE_RE.finditer(line.text):
                if found["opens"] or (found["closes"] and seen % 2):
                    why = "straight marks quote here"
                    yield Edit(line.number, found.start(), found[0], '"', "double-quote", why, 0.9)
                elif found["closes"]:
                    continue
                seen += 1


def _quote_specks(blocks: Sequence[Sequence[Line]]) -> Iterator[Edit]:
    """Straight double marks that close what nothing has opened, in a volume that quotes with curly ones."""
    for lines in blocks:
        if any(QUOTE_OPENS_RE.search(line.text) for line in lines):
            continue
        for line in lines:
            for found in QUOTE_SPECK_RE.finditer(line.text):
                if line is lines[-1] and found.end() == len(line.text.rstrip()):
                    continue
                yield Edit(line.number, found.start(), '"', "", "quote-speck", "closes what nothing opens", 0.9)


def _plural_stars(doc: Document) -> Iterator[Edit]:
    """Asterisks for apostrophes, after words of which the volume writes the possessive elsewhere."""
    owners: Counter[str] = Counter()
    for line in doc.printed_lines():
        owners.update(OWNER_RE.findall(line.text.lower()) if "s’" in line.text else ())
    for line in doc.printed_lines():
        for found in PLURAL_STAR_RE.finditer(line.text) if "*" in line.text and line.role in ENDING else ():
            if owners[found["word"].lower()] >= OWNER:
                why = f"the volume writes ‘{found['word']}’’"
                yield Edit(line.number, found.end() - 1, "*", "’", "plural-apostrophe", why, 0.9)


OWNER_RE = regex.compile(r"(?<!\p{L})(\p{L}{3,}s)’(?=\s\p{L})")
"""A plural that owns something."""
OWNER = 2
"""So many times a volume must write it."""


def _reference_spaces(line: Line) -> Iterator[Edit]:
    """Spaces that references have lost: ``p.126``, ``Ibid.,p. 160``, ``pp. 124,133``."""
    if "." not in line.text or not FIGURE_HERE_RE.search(line.text):
        return
    found = [*PAGE_CLOSED_RE.finditer(line.text), *REFERENCE_COMMA_RE.finditer(line.text)]
    for each in sorted(found, key=regex.Match.end):
        yield Edit(line.number, each.end(), "", " ", "reference-space", "as in the other references", 0.93)


@lru_cache(maxsize=4)
def _style(doc: Document) -> tuple[bool, bool]:
    """Whether marks stand close to their words in this volume, and whether it quotes with single curly marks."""
    spaced = closed = opening = 0
    for line in doc.printed_lines():
        spaced += len(SPACED_RE.findall(line.text))
        closed += len(CLOSED_RE.findall(line.text))
        opening += len(OPEN_RE.findall(line.text)) if "‘" in line.text else 0
    return spaced <= STYLE * (spaced + closed) and closed > 0, opening >= 5


END_SPECK_RE = regex.compile(
    r"""(?:(?<!\s)[.!?…]['’”")\]]*|\[\^[^\]\s]+\])
    (?P<specks>(?:\s+(?!--)[\^~|\\_■•;:<>«»'`-]{1,2})+|\s+\.)\s*$""",
    regex.VERBOSE,
)
"""Marks that stand alone after the end of a sentence. Of full stops only one: two may be left of an ellipsis."""
NOTE_SPECK_RE = regex.compile(r"\d(?P<specks>(?:\s+(?!--)[\^~|\\_■•<>«»'`]{1,2})+)\s*$")
"""The same after the page number with which a note ends."""
TYPOGRAPHIC = 5
"""With so many curly closing marks and apostrophes, a straight one is none of the printer's."""


def _end_specks(blocks: Sequence[Sequence[Line]]) -> Iterator[Edit]:
    """Specks after the last sentence of a paragraph or note; an apostrophe only where no quotation may end with it."""
    curly = sum(line.text.count("’") + line.text.count("”") for lines in blocks for line in lines) >= TYPOGRAPHIC
    for lines in blocks:
        last = lines[-1]
        if last.role not in ENDING:
            continue
        found = END_SPECK_RE.search(last.text) or (NOTE_SPECK_RE.search(last.text) if last.role is Role.NOTE else None)
        if not found:
            continue
        specks = found["specks"]
        before = last.text[: found.start("specks")]
        if "'" in specks and not (curly and (before.endswith(("’", "”")) or not _opens(lines))):
            continue
        yield Edit(last.number, len(before), specks, "", "end-speck", "a speck after the end of a paragraph", 0.95)


ENDING = frozenset({Role.BODY, Role.QUOTE, Role.LIST, Role.NOTE})
"""Roles of lines that are sentences: verse, tables and the index end as they like."""


def _opens(lines: Sequence[Line]) -> bool:
    """Whether a block has an opening quotation mark."""
    return any(mark in line.text for line in lines for mark in '‘“"')


def _hyphens(line: Line, words: Lexicon) -> Iterator[Edit]:
    for found in TILDE_RE.finditer(line.text) if "~" in line.text else ():
        if found["left"] in words and found["right"] in words:
            yield Edit(line.number, found.end("left"), "~", "-", "tilde", "a tilde between two words", 0.95)
    for found in COMPOUND_RE.finditer(line.text) if "—" in line.text else ():
        compound = f"{found[1]}-{found[2]}"
        if compound in words.names or compound.lower() in words.dictionary:
            yield Edit(line.number, found.end(1), "—", "-", "dash-for-hyphen", f"{compound!r} is a known word", 0.95)


def _figures(line: Line) -> Iterator[Edit]:
    pages = set()
    for found in PAGE_FIGURE_RE.finditer(line.text):
        read = found["number"] or found["one"]
        pages.add(found.end() - len(read))
        yield _read_as_letters(line, found.end() - len(read), read, "page-figure")
    if not FIGURE_HERE_RE.search(line.text):
        return
    for found in PAGE_MARK_RE.finditer(line.text):
        yield Edit(line.number, found.start(), ",", ".", "page-mark", "a page number follows", 0.95)
    for found in FIGURE_RE.finditer(line.text):
        if found.start() not in pages:
            yield _read_as_letters(line, found.start(), found[0], "figure")
    for found in SPACED_YEAR_RE.finditer(line.text):
        yield Edit(line.number, found.start(), found[0], found[0].replace(" ", ""), "figure-spaces", "a year", 0.93)


def _read_as_letters(line: Line, start: int, read: str, rule: str) -> Edit:
    after = "".join(FIGURES.get(each, each) for each in read)
    return Edit(line.number, start, read, after, rule, "letters among figures", 0.95)


def _quotes(blocks: Sequence[Sequence[Line]]) -> Iterator[Edit]:
    """Asterisks that complete a pair: one that closes what is open, or opens what closes later in the block.

    Two asterisks that would complete each other are emphasis in a text that somebody marked up; they count as quotation
    marks only in a volume where most asterisks complete a curly mark.
    """
    halves: list[Edit] = []
    wholes: list[Edit] = []
    for lines in blocks:
        marks = sorted(mark for line in lines for mark in _marks(line))
        for (line, column, left), (other, place, right) in pairwise(marks):
            opening = Edit(line, column, "*", "‘", "opening-quote", "the quotation closes later", 0.9)
            closing = Edit(other, place, "*", "’", "closing-quote", "a quotation is open", 0.9)
            if (left, right) == ("*(", ")"):
                halves.append(opening)
            elif (left, right) == ("(", "*)"):
                halves.append(closing)
            elif (left, right) == ("*(", "*)"):
                wholes += (opening, closing)
    yield from halves
    if len(halves) > EMPHASIS * len(wholes):
        yield from wholes


def _marks(line: Line) -> Iterator[tuple[int, int, str]]:
    """Places of opening and closing marks, and of asterisks in their place: ``(``, ``)``, ``*(``, ``*)``."""
    for found in OPEN_RE.finditer(line.text) if "‘" in line.text else ():
        yield line.number, found.start(), "("
    for found in CLOSE_RE.finditer(line.text) if "’" in line.text else ():
        if not PLURAL_RE.search(line.text[: found.end()]):
            yield line.number, found.start(), ")"
    if "*" not in line.text:
        return
    for found in OPENING_RE.finditer(line.text):
        yield line.number, found.start(), "*("
    for found in CLOSING_RE.finditer(line.text):
        yield line.number, found.start(), "*)"

"""The words of a document with their places and neighbours, as the stages that decide about words see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import regex

from ocr_clean.document import Document, Line, Role
from ocr_clean.model import ABBREVIATION_RE, END, NOT_KNOWN, NUMBER, START

RUN_RE = regex.compile(r"\S+")
"""A run without white space."""

PARTING = str.maketrans("—–/", "   ")
"""Dashes and slashes part words as spaces do; so do two hyphens for a dash."""

MARKS = ".,;:!?…'‘’\"“”()[]*-"
"""What mostly stands before and after a word: taken off without a look at the letters."""

PART_RE = regex.compile(r"(?<=\p{L})[-‐](?=\p{L})")
"""A hyphen between two letters: the halves of a compound are words of their own for the model."""

SEAM_RE = regex.compile(
    r"(?<=\p{L}{2}[.,;:!?)\]]['’”\"]?)(?=-+['‘“\"]?\p{L})"  # a dash read as a hyphen: ``creature.-Who``
    r"|(?<=\p{Ll}{2}[.,;:!?])(?=\p{Lu}\p{Ll})"  # a space lost between two sentences: ``there.Then``
    r"|(?<=\p{Ll}{3}[,;])(?=\p{Ll}{3})"  # or between two words: ``conquerors,for``
)
"""Where a run without white space is two words with a mark between them, and no word with a mark inside."""

TAIL_RE = regex.compile(r"(?<=\p{L}{2})[.,;:!?]+\p{L}$")
"""A letter after a mark at the end of a run: a reference mark, mostly: ``miles.f``."""

CORE_RE = regex.compile(r"(?:[\p{L}\p{M}\p{N}]|[€§](?=\p{L}))(?:.*(?:[\p{L}\p{M}\p{N}]|(?<=\p{L})[€§]))?", regex.S)
"""A run without the marks before and after it; a ``€`` beside a letter is one of the word: ``th€``."""

ENDS = (".", "!", "?", ":", "…")
"""Marks that end a sentence, or a clause after which a capital is no sign of a name."""

CLOSERS = "'’”\")]"
"""Marks that may stand after those."""

NUMBER_RE = regex.compile(r"\p{N}+(?:[.,:/]\p{N}+)*(?:st|nd|rd|th|s|d)?$")

REFERENCE_RE = regex.compile(r"\[\^[^\]\s]+\]")
"""A note reference: no part of the word that it follows."""

WORDLESS = frozenset({Role.TABLE, Role.INDEX})
"""Roles whose neighbours make no sentence: their words are judged without context."""

LINE_BY_LINE = WORDLESS | {Role.CONTENTS, Role.VERSE}
"""Roles whose lines begin with a capital, whatever went before."""


class Token(NamedTuple):
    """One word of a line: what stands between white space, dashes and the hyphens of compounds."""

    line: int
    start: int
    """Column of the core."""
    core: str
    """The word without the marks around it."""
    lead: str
    """Marks right before the core."""
    trail: str
    """Marks right after it."""
    opens: bool
    """Whether it begins a sentence, so that its capital says nothing."""
    compound: str = ""
    """The whole compound that it is a part of, "" if it is none."""
    role: Role = Role.BODY
    key: str = ""
    """The word as the language model writes it."""


def blocks_of_lines(doc: Document) -> Iterator[Sequence[Line]]:
    """The lines of each block; before paragraphs are known, lines up to a blank one."""
    if doc.reflowed:
        for block in doc.blocks():
            yield block.lines
        return
    group: list[Line] = []
    for line in doc.lines:
        if line.printed:
            group.append(line)
        elif group and line.role is Role.BLANK:
            yield group
            group = []
    if group:
        yield group


@lru_cache(maxsize=2)
def sentences_of(doc: Document) -> list[list[Token]]:
    """The tokens of each block, in order."""
    return list(_sentences(doc))


def _sentences(doc: Document) -> Iterator[list[Token]]:
    for lines in blocks_of_lines(doc):
        tokens: list[Token] = []
        opens = True
        for line in lines:
            opens = opens or line.role in LINE_BY_LINE
            found, opens = _of_line(line, opens)
            tokens += found
        if tokens:
            yield tokens


@lru_cache(maxsize=1 << 15)
def _of_line(line: Line, opens: bool) -> tuple[tuple[Token, ...], bool]:
    """The tokens of *line*, and whether the next begins a sentence; kept: most lines are the same to every stage."""
    tokens: list[Token] = []
    text = line.text
    if "[^" in text:
        text = REFERENCE_RE.sub(lambda found: " " * len(found[0]), text)
    for run in RUN_RE.finditer(text.replace("--", " -").translate(PARTING)):
        whole = run[0]
        if whole.isalpha():
            tokens.append(Token(line.number, run.start(), whole, "", "", opens, "", line.role, whole.lower()))
            opens = False
            continue
        column = run.start()
        for piece in SEAM_RE.split(whole):
            opens = _add_run(line, column, piece, opens, tokens)
            column += len(piece)
    return tuple(tokens), opens


def _add_run(line: Line, column: int, run: str, opens: bool, tokens: list[Token]) -> bool:
    """Append the tokens of a *run* with marks; return whether the next one begins a sentence."""
    lead, core, trail = _parted(run)
    if not core:
        return opens or _ends(run)
    opens = opens or lead.endswith(("“", "‘", '"', "'"))
    token = Token(line.number, column + len(lead), core, lead, trail, opens, "", line.role, _key(core))
    tokens += [token] if core.isalpha() else _compound(token)
    return _ends(trail) and not _abbreviated(core, trail)


def _key(core: str) -> str:
    if core.isalpha():
        return core.lower()
    return NUMBER if NUMBER_RE.match(core) else core.lower().replace("’", "'")


def _parted(run: str) -> tuple[str, str, str]:
    """The marks before a word, the word, the marks after it; the word is "" where there is none.

    >>> _parted("(‘Trotsky’s'),"), _parted("miles.f")
    (('(‘', 'Trotsky’s', "'),"), ('', 'miles', '.f'))
    """
    tail = TAIL_RE.search(run)
    if tail:
        lead, core, _ = _parted(run[: tail.start()])
        return lead, core, run[len(lead) + len(core) :]
    core = run.strip(MARKS)
    if core[:1].isalnum() and core[-1:].isalnum():
        first = len(run) - len(run.lstrip(MARKS))
        return run[:first], core, run[first + len(core) :]
    found = CORE_RE.search(run)
    return (run[: found.start()], found[0], run[found.end() :]) if found else (run, "", "")


def _compound(whole: Token) -> list[Token]:
    """The halves of a compound as words of their own; *whole* where it is none."""
    parts = PART_RE.split(whole.core)
    if len(parts) == 1:
        return [whole]
    tokens = []
    column, last = whole.start, len(parts) - 1
    for place, part in enumerate(parts):
        marks = (whole.lead if place == 0 else "", whole.trail if place == last else "")
        opens = whole.opens and place == 0
        tokens.append(Token(whole.line, column, part, *marks, opens, whole.core, whole.role, _key(part)))
        column += len(part) + 1
    return tokens


def _ends(marks: str) -> bool:
    return marks.rstrip(CLOSERS).endswith(ENDS)


def _abbreviated(core: str, trail: str) -> bool:
    """Whether the full stop after *core* belongs to an abbreviation or an initial."""
    return trail.startswith(".") and ABBREVIATION_RE.fullmatch(core.lower()) is not None


def context(tokens: Sequence[Token], keys: Sequence[str], place: int) -> tuple[str, str, str, str]:
    """Keys of the two words before and the two after *place*, with sentence ends: left2, left1, right1, right2.

    Brackets and quotation marks are seen through, as the model's texts were.
    """
    if tokens[place].role in WORDLESS:
        return NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN
    left1 = _left(tokens, keys, place - 1, place)
    left2 = NOT_KNOWN if left1 == START else _left(tokens, keys, place - 2, place - 1)
    right1 = _right(tokens, keys, place + 1)
    right2 = NOT_KNOWN if right1 == END else _right(tokens, keys, place + 2)
    return left2, left1, right1, right2


def _left(tokens: Sequence[Token], keys: Sequence[str], place: int, after: int) -> str:
    if place < 0 or (tokens[after].opens and _stops(tokens[place])):
        return START
    return keys[place]


def _right(tokens: Sequence[Token], keys: Sequence[str], place: int) -> str:
    if place >= len(tokens) or (tokens[place].opens and _stops(tokens[place - 1])):
        return END
    return keys[place]


def _stops(token: Token) -> bool:
    """Whether a sentence ends with *token*."""
    return token.trail[:1] in (".", "!", "?", "…") or any(mark in token.trail for mark in ".!?…")


def touching(first: Token, second: Token, *, marks: str = "", most: int = 0) -> bool:
    """Whether only one space stands between two tokens of a line, or with it so many of *marks* at *most*."""
    between = first.trail + second.lead
    gap = second.start - first.start - len(first.core) - len(between)
    return first.line == second.line and gap <= 1 and len(between) <= most and not between.strip(marks)


def beside(tokens: Sequence[Token], place: int, reach: int = 1) -> list[int]:
    """The places of the tokens before and after *place*, at most *reach* of each."""
    return [each for each in range(max(0, place - reach), min(len(tokens), place + reach + 1)) if each != place]

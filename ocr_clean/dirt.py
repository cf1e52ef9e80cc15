"""What of a line is dirt: marks that a scanner took for letters in margins, gutters and shadows.

Plain functions shared by the stage `noise` and the page report `ocr_clean.quality`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import regex

from ocr_clean.document import Line
from ocr_clean.lexicon import Lexicon

RARE = frozenset("^■\\|~{}<>_®♦►▪¦¥")
"""Characters that prose hardly ever has, and dirt often."""
_REGULAR = "|_<>~\\{}"
"""Those of them that tables, forms and program texts use in pairs."""
_CLOSERS = "\"'’”)]}.,;:!?*"
NUMBER_RE = regex.compile(r"[£$]?\(?\d++(?:[.,:/’'-]\d++)*+(?:st|nd|rd|th|d|s|%|n)?\)?[.,;:]?")
"""A number as a book prints it: 1,240, 12:30, 3rd, 1920-21, £5, (12), 250n."""
FIGURES_RE = re.compile(r"\d{3}")
"""What a damaged year, page or sum still shows: ``192^-i92£7``."""
ROMAN_RE = regex.compile(r"\(?[ivxlcdm]+\)?[.,;:)]?", regex.I)
INITIALS_RE = regex.compile(r"(?:[A-Z]\.)+[,;:]?|[A-Z]\.-[A-Z]\.")
MARK_RE = regex.compile(r"\(?(?:[A-Za-z]|\d{1,3})[.)]\)?|\[[^\W_]{1,4}\]|[*†‡§¶•]{1,3}")
"""The mark of a list item or note: `a)`, `(3)`, `1.`, `[b]`, `†`."""
PUNCTUATION_RE = regex.compile(r"[—–-]{1,3}|\.{2,6}|…|[&=+×÷/]|[\"'“”‘’]{1,2}|[(\[]|[)\]][.,;:]?")
"""What may stand between spaces in print: dashes, ellipses, signs, quotation marks."""
SPACED_RE = regex.compile(r"[;:!?]|\. ?\.(?: ?\.)*")
"""Stops that older printers set off by a space, leaders, spaced ellipses."""
ORNAMENT_RE = regex.compile(r"([^\w\s])(?:\s*\1)*|[-—–_=+|:.*\s]+")
"""A rule, a row of asterisks, the frame of a table: made, not dirt."""
BLANK_RE = regex.compile(r"_{3,}|\.{3,}")
"""A blank to be filled in, leaders."""
SOFT_RE = regex.compile("[\N{NOT SIGN}\N{SOFT HYPHEN}]")
"""The half of a word at a line end."""
DOUBTFUL = "-'\"’‘“”/="
"""Marks that may stand alone in print but mostly do not."""
LETTERS_RE = regex.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
TOKEN_RE = re.compile(r"\S+")
FOREIGN_RE = regex.compile(r"[^\P{L}\p{Latin}]{2,}")
"""Letters of another alphabet: never judged here."""

CERTAIN, WEAK, POSSIBLE, CLEAN = 3, 2, 1, 0
"""How sure it is that a token is dirt."""


@dataclass(frozen=True, slots=True)
class Style:
    """What the book itself does with marks that are dirt elsewhere."""

    spaced: bool = False
    """Its semicolons, colons, question and exclamation marks are set off by a space."""
    rare: frozenset[str] = RARE
    """Characters that it does not use on purpose."""


def style(lines: Sequence[Line]) -> Style:
    """The style of a book from all its lines."""
    text = "\n".join(line.text for line in lines)
    apart, close = len(_APART_RE.findall(text)), len(_CLOSE_RE.findall(text))
    used = {mark for mark in _REGULAR if text.count(mark) > 0.1 * len(lines)}
    pairs = {mark for mark in used if sum(line.text.count(mark) > 1 for line in lines) > 0.05 * len(lines)}
    return Style(apart > 0.25 * (apart + close), RARE - pairs)


_APART_RE = re.compile(r"[a-z] [;:!?] [a-zA-Z]")
_CLOSE_RE = re.compile(r"[a-z][;:!?] [a-zA-Z]")


def kind(token: str, words: Lexicon, book: Style = Style()) -> int:
    """How sure it is that *token*, at the edge of a line of *book*, is dirt.

    A token with two letters is never dirt by itself: it may be a damaged word.

    >>> known = Lexicon(frozenset({"moving"}))
    >>> [kind(token, known) for token in ("^,", "5^", ";", "j", "moving", "s^e", "1920-21", "—")]
    [3, 2, 2, 1, 0, 0, 0, 0]
    """
    letters = sum(map(str.isalpha, token))
    if letters > 1 or SOFT_RE.search(token):
        return CLEAN
    digits = sum(map(str.isdigit, token))
    if not letters and not digits:
        return _symbols(token, book)
    odd = len(token) - letters - digits
    rare = any(mark in book.rare for mark in token)
    bare = token.strip(_CLOSERS + "“‘([")
    if len(bare) == 1:
        return CLEAN if bare in "IaAO" or MARK_RE.fullmatch(token) else POSSIBLE
    if digits > 1 and (not rare or NUMBER_RE.fullmatch(token.rstrip("".join(RARE) + _CLOSERS))):
        return CLEAN
    if FIGURES_RE.search(token):
        return CLEAN
    if letters and rare:
        return POSSIBLE  # `^d` is more often a damaged word than dirt
    if rare:
        return WEAK
    return WEAK if odd >= 2 and odd >= letters + digits else CLEAN


def _symbols(token: str, book: Style) -> int:
    if BLANK_RE.fullmatch(token) or (MARK_RE.fullmatch(token) and not set(token) & book.rare):
        return CLEAN
    if set(token) & book.rare:
        return CERTAIN
    if set(token) <= set(_REGULAR):
        return CLEAN
    if PUNCTUATION_RE.fullmatch(token):
        return POSSIBLE if token in DOUBTFUL else CLEAN
    if SPACED_RE.fullmatch(token):
        return CLEAN if book.spaced or token.count(".") > 1 else WEAK
    return WEAK


@dataclass(frozen=True, slots=True)
class Edges:
    """The tokens at both ends of a line that may be dirt, as columns of its text."""

    left: int
    """Column at which the text begins once the dirt before it is off; 0 if there is none."""
    right: int
    """Column at which the text ends; the length of the line if there is no dirt after it."""
    left_kind: int
    right_kind: int


def edges(line: Line, words: Lexicon, book: Style) -> Edges:
    """What stands at the ends of *line* that may be dirt, and how sure that is."""
    tokens = [(match.start(), match.end(), match[0]) for match in TOKEN_RE.finditer(line.text)]
    texts = [text for _, _, text in tokens]
    first, left_kind = _dirty_run(texts, words, book)
    last, right_kind = _dirty_run(texts[::-1], words, book)
    if first + last >= len(tokens):
        return Edges(0, len(line.text), CLEAN, CLEAN)
    first, left_kind = _without_mark(texts, first, left_kind, words)
    left = tokens[first][0] if first else 0
    right = tokens[len(tokens) - last - 1][1] if last else len(line.text)
    return Edges(left, right, left_kind, right_kind)


def _dirty_run(tokens: Sequence[str], words: Lexicon, book: Style) -> tuple[int, int]:
    """How many of *tokens*, from the first on, may be dirt, and how sure that is of the surest of them.

    A letter that could be a word is dirt before other dirt.
    """
    count, surest = 0, CLEAN
    for index, token in enumerate(tokens):
        sure = kind(token, words, book)
        if sure == CLEAN and len(token) == 1 and token.isalpha() and index + 1 < len(tokens):
            sure = POSSIBLE if kind(tokens[index + 1], words, book) >= WEAK else CLEAN
        if sure == CLEAN:
            break
        symbols = not any(map(str.isalnum, token))
        surest = max(surest, sure, WEAK if symbols and count else sure)  # two marks in a row are not set like that
        count = index + 1
    return count, surest


def _without_mark(tokens: Sequence[str], count: int, sure: int, words: Lexicon) -> tuple[int, int]:
    """The dirty run at the beginning of a line, less what may belong to the text: a list mark, a torn-off letter."""
    if not count:
        return count, sure
    if count >= 2 and tokens[0].isdigit() and tokens[1] in (":", ".", ")", ",", ";"):
        return 0, CLEAN
    if all(token.isdigit() for token in tokens[:count]) and not tokens[count][0].islower():
        return 0, CLEAN
    if tokens[count - 1].isalpha() and tokens[count].strip(_CLOSERS) not in words:
        count -= 1
    return (count, sure) if count else (0, CLEAN)


SHORT_RE = regex.compile(r"\d|\p{L}{2}")
SAMPLE = 2000
"""Words that are looked at to find out how likely the letters of a word are."""
MARGIN = 0.25
"""A damaged word may be a little less likely than the least likely whole ones."""
VOWEL_RE = regex.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüý]", regex.I)
THREE_RE = re.compile(r"(\w)\1\1")
DAMAGED_RE = regex.compile(r"(?=(?:[\^-]?\p{L}){4})\p{L}\p{Ll}*+(?:-\p{Ll}*+)?(?:\^\p{Ll}++)++")
"""A word with marks in the place of letters: `p^l^tarian`."""
RUN_TOGETHER_RE = regex.compile(r"\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})")
"""The parts of words run together."""


class Letters:
    """Which letters follow which in the words of a book: the measure for what could be a word, in any language."""

    def __init__(self, lines: Sequence[Line]) -> None:
        known = Counter(WHOLE_RE.findall("\n".join(line.text for line in lines)))
        self.pairs: Counter[str] = Counter()
        self.firsts: Counter[str] = Counter()
        for piece, times in known.items():
            for pair in _pairs(piece):
                self.pairs[pair] += times
                self.firsts[pair[0]] += times
        long = sorted(piece for piece in known if len(piece) >= 5)
        scores = sorted(self._mean(piece) for piece in long[:: len(long) // SAMPLE + 1])
        self.least = scores[len(scores) // 50] if len(scores) >= MIN_WORDS else None
        """Mean log probability that 98 of 100 words of the book exceed; None for a text too short to tell."""

    def _mean(self, piece: str) -> float:
        pairs = _pairs(piece)
        return sum(log((self.pairs[pair] + 0.5) / (self.firsts[pair[0]] + 13.5)) for pair in pairs) / len(pairs)

    def plausible(self, piece: str, margin: float = MARGIN) -> bool:
        """Whether *piece* could be a word: its letters follow each other as in the book, its capitals make sense."""
        if not sane(piece) or THREE_RE.search(piece) or not VOWEL_RE.search(piece):
            return False
        return self.least is None or self._mean(piece) >= self.least - margin


MIN_WORDS = 200
"""Different words of five letters that a book needs for its letters to be a measure."""
WHOLE_RE = re.compile(r"(?<!\S)[A-Za-z]?[a-z]{3,}(?=[.,;:]?(?!\S))")


def _pairs(piece: str) -> list[str]:
    framed = f" {piece.lower()} "
    return [framed[index : index + 2] for index in range(len(framed) - 1)]


def sane(piece: str) -> bool:
    """Whether the capitals of *piece* are those of a word."""
    return piece.islower() or piece.isupper() or piece[1:].islower()


def carries(text: str, words: Lexicon, letters: Letters) -> bool:
    """Whether *text* carries anything: a word, a number, what could be a word; dirt does not.

    A stretch of letters counts if it is a known word of three letters, or if it could be a word and has five; in words
    run together, each part. Known words of two letters and single digits count if not much else stands there.

    >>> letters = Letters([])
    >>> words = Lexicon(frozenset({"the", "of", "to"}))
    >>> texts = ("^ the;", "to of", "'to-; ^ »~", "c^mp^gn:", ";»^{", "7 ^ ;", "12 ;")
    >>> [carries(text, words, letters) for text in texts]
    [True, True, False, True, False, False, True]
    """
    tokens = text.split()
    if FOREIGN_RE.search(text) or any(_carries(token, words, letters) for token in tokens):
        return True
    bare = [token.strip(_CLOSERS) for token in tokens]
    short = [token for token in bare if SHORT_RE.fullmatch(token) and (token.isdigit() or token in words)]
    return 2 * len(short) > len(tokens)


def _carries(token: str, words: Lexicon, letters: Letters) -> bool:
    bare = token.strip(_CLOSERS + "“‘([—–-")
    if len(bare) > 2 and bare.isalpha() and bare in words:
        return True
    number = NUMBER_RE.fullmatch(token) or NUMBER_RE.fullmatch(bare)
    if number and (sum(map(str.isdigit, token)) > 1 or token.endswith("%")):
        return True
    if INITIALS_RE.fullmatch(token) or DAMAGED_RE.fullmatch(bare):
        return True
    return any(_is_piece(piece, words, letters) for piece in LETTERS_RE.findall(token))


def _is_piece(piece: str, words: Lexicon, letters: Letters) -> bool:
    if sane(piece) and ((len(piece) >= 3 and piece in words) or _could_be(piece, letters)):
        return True
    parts = RUN_TOGETHER_RE.findall(piece)
    long = len(piece) >= 5 * len(parts)  # words run together, rather than letters strewn about
    return any((len(part) >= 4 and part in words) or (long and _could_be(part, letters, 0.0)) for part in parts)


def _could_be(piece: str, letters: Letters, margin: float = MARGIN) -> bool:
    return len(piece) >= 5 and letters.plausible(piece, margin)

"""Specks beside and inside words that were read as marks, where no printer sets one.

| before | after | rule |
|---|---|---|
| `^was`, `him the .change`, `the -men` | `was`, `him the change`, `the men` | lead-speck |
| `who "with his men` where nothing closes | `who with his men` | lead-speck |
| `the end¦ of`, `that' the`, `that. the` | `the end of`, `that the` | trail-speck |
| `the sound' of` where nothing opened | `the sound of` | trail-speck |
| `they made- captive` | `they made captive` | trail-speck |
| `the end^, and`, `the end,, and` | `the end, and` | mark-speck |
| `th.e end`, `its price becam.e` | `the end`, `its price became` | inner-speck |
| `before ^he king`, `the necess^ work` | `before the king`, `the necessary work` | blot |
| `to the south^ and` in a text without notes | `to the south, and` | caret-comma |
| `two- or three`, `thro' the`, `'tis so`, `called it "with a laugh` | the same | (left alone) |
| the same marks in a clean text | the same | (left alone) |

Only in a text of which dirt has damaged many words (`ocr_clean.damage`), and only beside words that are known; so they
are looked for last, when those have been mended.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import ClassVar, NamedTuple

import regex

from ocr_clean.blots import blots
from ocr_clean.changes import Change, Edit, apart
from ocr_clean.compounds import PREFIXES
from ocr_clean.damage import BLOTS, DIRT, FUNCTION_WORDS, PLAIN, is_dirty, quotes_with_guillemets
from ocr_clean.document import Document, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.tokens import blocks_of_lines

FUNCTION = "|".join(sorted(FUNCTION_WORDS))

INSIDE = "by from had have in into my of our than that the their this to upon was were which who with would".replace(
    " ", "|"
)
"""Words with which no quotation begins in the middle of a sentence. Not ``and``, ``is``, ``at``: that may be a
dialect's ``'and``, ``'is``, ``'at``."""

SPEECH = (
    "added answered asked called cried entitled motto phrase replied said says term termed thought title titled word"
    " words wrote"
).replace(" ", "|")
"""Words after which a quotation may begin with any word, a little one between: ``called it "by``."""

CLAUSE = (
    "and as but for from he if in nor on or she so that they though when where which while who whom whose with yea yet"
).replace(" ", "|")
"""Words that begin a clause after a comma."""

_WORD = r"(?P<word>\p{L}\p{Ll}+)(?!\p{L})"


class Rule(NamedTuple):
    """What a speck is: the group `speck` of a pattern, beside the group `word`, which must be known."""

    name: str
    pattern: regex.Pattern[str]


RULES = tuple(
    Rule(name, regex.compile(pattern))
    for name, pattern in (
        # ¡small, ^was, »with
        ("lead-speck", rf"(?<!\S)(?P<speck>[{BLOTS}]{{1,2}})(?={_WORD})"),
        # with /human; not and /or
        ("lead-speck", rf"(?<!\S)(?P<speck>/)(?=\p{{L}}{{3}})(?={_WORD})"),
        # him the .change
        ("lead-speck", rf"(?<!\S)(?P<speck>[.,;:])(?={_WORD})"),
        # of the -servants
        ("lead-speck", rf"(?P<speck>-)(?<=(?<!\S)(?:{FUNCTION})\s-)(?={_WORD})"),
        # the end\ of; a ^ may be a comma
        ("trail-speck", r"(?P<speck>[|¦■•\\¬°¡<>{]{1,2})(?<=(?<!\S)(?P<word>\p{L}\p{Ll}+)(?P=speck))(?!\S)"),
        # that' the
        ("trail-speck", rf"(?P<speck>['»«^*]|-(?! *\n))(?<=(?<!\S)(?P<word>{FUNCTION})(?P=speck))(?=\s\S)"),
        # that. the
        ("trail-speck", rf"(?P<speck>\.)(?=\s\p{{Ll}})(?<=(?<!\S)(?P<word>{FUNCTION})\.)"),
        # the end,^ and
        ("mark-speck", rf"(?P<speck>[{DIRT}»«]{{1,2}})(?<=\p{{L}}[.,;:!?](?P=speck))(?=\s\p{{Ll}}|$)"),
        # the end^, and
        (
            "mark-speck",
            rf"(?P<speck>[{DIRT}»-]{{1,2}})(?=[.,;:!?](?!\S))(?<=(?<!\p{{L}})(?P<word>\p{{L}}\p{{Ll}}+)(?P=speck))",
        ),
        # the end,, and
        ("mark-speck", r"(?P<speck>[,;:])(?=\s)(?<=\p{L}(?P=speck){2})"),
        # the end.. The; not etc.. and
        ("mark-speck", r"(?P<speck>\.)(?=\s[\p{Lu}\p{N}]|$)(?<=(?<!\p{L})(?P<word>\p{Ll}{4,})\.\.)"),
    )
)

FAMILIAR = 3.0
"""Occurrences in a million words: a rarer word beside a speck may be the rest of one (``^yen`` for ``even``)."""

EVERYDAY = 20.0
"""Occurrences in a million words of a word that a mark may have got into."""

ELISIONS = frozenset({"a", "an"})
"""Dialect writes these with an apostrophe, whatever comes after them."""

HYPHEN_RE = regex.compile(r"-(?= (?P<next>\p{Ll}{2,})(?!\p{L}))(?<=(?<!\S)(?P<word>\p{Ll}{2,})-)")
"""A hyphen after a word in the middle of a line."""

SUSPENDING = frozenset({"and", "or", "nor", "to", "but", "und", "et"})
"""Words after which the rest of a suspended compound comes: ``two- or three-fold``."""

INNER_RE = regex.compile(r"[.,](?=(?P<right>\p{Ll}+)(?:[\s,;:]|$))(?<=(?<!\S)(?P<left>\p{Ll}+)[.,])")
"""A mark inside a word."""

CARET_RE = regex.compile(rf"\^(?=\s(?:{CLAUSE})(?!\p{{L}}))(?<=(?<!\p{{L}})(?P<word>\p{{L}}\p{{Ll}}+)\^)")
"""A caret after a word, before a clause: a comma that ran into the letter, where it is no reference mark."""

REFERENCE_RE = regex.compile(r"\[\^|(?<=\p{L}{2}[.,;:!?'’”\"]{1,2})\^+(?!\S)")
"""A caret as a reference mark is read: after a mark; and a reference that was understood."""

FEW = 0.2
"""So many of them, for each caret of the other kind, are dirt."""

QUOTE_RE = regex.compile(r"(?P<opens>(?<![^\s(\[—–-])[\"“'‘](?=\w))|(?P<closes>(?<=\S)[\"”'’](?=[\s.,;:!?)\]—–-]|$))")
"""A mark that may open or close a quotation. The straight ones may be apostrophes too."""

SINGLE = frozenset("'‘’")

OPENER_RE = regex.compile(
    rf"[\"'](?=(?:{INSIDE})\s)(?<=\p{{Ll}}\s[\"'])(?<!(?<!\p{{L}})(?:{SPEECH})\s(?:\p{{Ll}}{{2,4}}\s)?[\"'])"
)
"""One before a word with which no quotation begins."""

CLOSER_RE = regex.compile(
    rf"(?:\"(?<=(?<!\S)(?P<word>{FUNCTION})\")"
    r"|'(?<=(?<!\S)(?P<word>\p{Ll}{4,}(?<![lnosz]))'))(?=\s\p{Ll})"  # not wi', goin', thro', boys'
)
"""One after a word with which no quotation ends; an apostrophe after a letter with which no elision does."""


@dataclass(frozen=True, slots=True)
class Specks:
    """Take specks beside words away, in a text of which dirt has damaged many.

    Leaves alone: clean texts, marks beside words that are not known, quotation marks that something opens or closes,
    elisions, suspended compounds, verse, tables, headings.
    """

    name: ClassVar[str] = "specks"

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose one edit for each speck."""
        if is_dirty(doc, words):
            yield from apart(_edits(doc, words))


def _edits(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """What each rule proposes, letters first."""
    guillemets, commas = quotes_with_guillemets(doc), _carets_are_commas(doc)
    letters, doubtful = blots(doc, words)
    yield from letters
    for lines in blocks_of_lines(doc):
        plain = [line for line in lines if line.role in PLAIN]
        starts = [0, *accumulate(len(line.text.rstrip()) + 1 for line in plain)]
        for found in _in_text("\n".join(line.text.rstrip() for line in plain), words, guillemets, commas):
            place = bisect_right(starts, found.start) - 1
            number, column = plain[place].number, found.start - starts[place]
            if (number, column) not in doubtful:
                yield Edit(number, column, found.speck, found.after, found.rule, found.why, 0.9)


@lru_cache(maxsize=4)
def _carets_are_commas(doc: Document) -> bool:
    """Whether this is a volume without notes, in which carets are no reference marks."""
    lines = list(doc.printed_lines())
    if any(line.role is Role.NOTE for line in lines):
        return False
    texts = [line.text for line in lines if "^" in line.text]
    carets, references = (sum(len(each.findall(text)) for text in texts) for each in (CARET_RE, REFERENCE_RE))
    return references <= FEW * carets


class _Found(NamedTuple):
    """A speck in the text of a block."""

    start: int
    speck: str
    rule: str
    after: str = ""
    why: str = "a speck in a dirty text"


@lru_cache(maxsize=1 << 12)
def _in_text(text: str, words: Lexicon, guillemets: bool, commas: bool) -> tuple[_Found, ...]:
    """The specks of one block; remembered, for most blocks are the same in the next round."""
    return (
        *_beside(text, words, guillemets),
        *_hyphens(text, words),
        *_inside(text, words),
        *(_commas(text, words) if commas else ()),
        *_stray_quotes(text, words),
    )


def _beside(text: str, words: Lexicon, guillemets: bool) -> Iterator[_Found]:
    for rule, pattern in RULES:
        for found in pattern.finditer(text):
            word, speck = found.groupdict().get("word") or "", found["speck"]
            if (word and not words.common(word, FAMILIAR)) or (speck == "'" and word in ELISIONS):
                continue
            if guillemets and ("«" in speck or "»" in speck):
                continue
            yield _Found(found.start("speck"), speck, rule)


def _hyphens(text: str, words: Lexicon) -> Iterator[_Found]:
    """Hyphens after whole words: no compound, whether broken or suspended."""
    for found in HYPHEN_RE.finditer(text):
        word, following = found["word"], found["next"]
        if following in SUSPENDING or word in PREFIXES or not words.common(word, FAMILIAR):
            continue
        if word + following in words or f"{word}-{following}" in words or following not in words:
            continue
        yield _Found(found.start(), "-", "trail-speck")


def _inside(text: str, words: Lexicon) -> Iterator[_Found]:
    """A mark inside a word of which a piece is none."""
    for found in INNER_RE.finditer(text):
        left, right = found["left"], found["right"]
        whole = len(left) + len(right) > 2 and words.common(left + right, EVERYDAY)
        if whole and not (words.common(left, FAMILIAR) and words.common(right, FAMILIAR)):
            yield _Found(found.start(), found[0], "inner-speck")


def _commas(text: str, words: Lexicon) -> Iterator[_Found]:
    for found in CARET_RE.finditer(text):
        if found["word"].lower() not in FUNCTION_WORDS and found["word"] in words:
            yield _Found(found.start(), "^", "caret-comma", ",", "a clause begins after it")


def _stray_quotes(text: str, words: Lexicon) -> Iterator[_Found]:
    """Quotation marks that nothing closes, before a word with which no quotation begins, and the other way round."""
    marks = list(QUOTE_RE.finditer(text))
    idle = {found.start() for found in CLOSER_RE.finditer(text) if words.common(found["word"], FAMILIAR)}
    idle |= {found.start() for found in OPENER_RE.finditer(text)}
    for single in (False, True):
        same = [mark for mark in marks if (mark[0] in SINGLE) == single]
        for before, mark, after in zip([None, *same], same, [*same[1:], None], strict=False):
            paired = after and after["closes"] if mark["opens"] else before and before["opens"]
            if mark.start() in idle and not paired:
                rule = "lead-speck" if mark["opens"] else "trail-speck"
                yield _Found(mark.start(), mark[0], rule, "", "a quotation mark without its other half")

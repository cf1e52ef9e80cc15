"""Blots: marks that stand for letters of a word, found again where only one word fits: rule of the stage `specks`.

A mark such as ``^`` or ``■`` is what an engine writes for a glyph, or for some together, of which it makes nothing:
``necess^`` for ``necessary``, ``p^`` for ``part``, ``^d`` for ``and``, ``m^bers`` for ``members``. The letters around
it are a pattern; the model says which of the words that match it fits the place. A mark beside a whole word
(``twenty^``) may be mere dirt: that is one reading among the others.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import regex

from ocr_clean.candidates import cased, own_words
from ocr_clean.changes import Edit
from ocr_clean.damage import BLOTS, PLAIN, quotes_with_guillemets
from ocr_clean.document import Document
from ocr_clean.lexicon import Lexicon
from ocr_clean.tokens import Token, context, sentences_of
from ocr_clean.vocabulary import vocabulary

BLOTTED_RE = regex.compile(rf"(?<left>[\p{{L}}'’]*)(?<blot>[{BLOTS}]{{1,3}}|(?<=\p{{L}})}}['’])(?<right>[\p{{L}}'’]*)")
"""A word with one blot: two letters may be one mark, one letter may be three. ``}'`` is a ``y``."""

BLOT_RE = regex.compile(rf"[{BLOTS}]")
BLOT_MARKS = frozenset(BLOTS)

LEADING_RE = regex.compile(rf"[{BLOTS}]+$")
TRAILING_RE = regex.compile(rf"}}['’]|[{BLOTS}]+")
"""Blots right before and right after a word."""

COST = {0: 6.0, 1: 1.5, 2: 1.0, 3: 2.0, 4: 3.5, 5: 5.0, 6: 6.5}
"""Nats that it costs to read a blot as so many letters."""

DIRT_COST = 1.0
"""The same for none, beside a word that is one without it."""

FAMILIAR = {1: 100.0, 2: 10.0}
FAMILIAR_OF_MORE = 0.1
"""Words that occur so often in a million are looked through, by the number of letters that were read."""

SHORT, SHORT_BLOT = 2, 4
"""Beside so few letters, a blot stands for so many at most."""

OWN = 3.0
"""Nats that the volume's own use of a word may speak for it, at most."""

LEAD = {1: 4.5, 2: 3.5}
FIT = {1: 10.0, 2: 8.0}
LEAD_OF_MORE, FIT_OF_MORE = 3.0, 5.0
"""Nats by which a word must lead the next one, and fit its place better than a word that nobody knows, by the number of
letters that were read. Measured on a scan of 1819 and on newspapers: nine in ten are right then."""

ALONE = 20.0
"""What a word leads by that has no rival."""

DOUBTFUL = 2.0
"""A whole word beside a blot is left as it is where it leads the other readings by less."""

STRANGER = "\N{REPLACEMENT CHARACTER}"
"""A word that no text of the model has."""

QUOTING = frozenset("«»")
"""Marks that are no blots in a volume that quotes with them."""


class _Blotted(NamedTuple):
    """A word with a blot, where it begins."""

    start: int
    left: str
    blot: str
    right: str

    @property
    def text(self) -> str:
        """As it was read."""
        return self.left + self.blot + self.right

    @property
    def place(self) -> int:
        """Column of the blot."""
        return self.start + len(self.left)

    @property
    def letters(self) -> int:
        """How many were read."""
        return len(self.left) + len(self.right)


def blots(doc: Document, words: Lexicon) -> tuple[list[Edit], set[tuple[int, int]]]:
    """Edits that put letters in the place of blots, and the places of blots of which nobody knows what they are."""
    edits: list[Edit] = []
    doubtful: set[tuple[int, int]] = set()
    counts, guillemets = vocabulary(doc), quotes_with_guillemets(doc)
    own = {word.lower(): word for word in own_words(counts.words, words)}
    dirty = {line.number for line in doc.printed_lines() if line.role in PLAIN and BLOT_RE.search(line.text)}
    for tokens in sentences_of(doc) if dirty else ():
        keys = [token.key for token in tokens]
        for place, token in enumerate(tokens):
            found = _blotted(token) if token.line in dirty else None
            if not found or (guillemets and not QUOTING.isdisjoint(found.blot)):
                continue
            fitting = _fitting(found, own, words)
            if not fitting:
                continue
            ranked = _ranked(found, fitting, counts.folded, context(tokens, keys, place), words)
            word, second, lead, fit = _best(ranked)
            known = len(word) == found.letters
            if known and lead >= DOUBTFUL:
                continue
            doubtful.add((token.line, found.place))
            if not known and _is_sure(found, lead, fit):
                after = found.left + _letters(found, fitting[word], token) + found.right
                rival = f", before {second!r} by {lead:.1f}" if second else ""
                why = f"{word!r} fits better than a word that nobody knows by {fit:.1f}{rival}"
                edits.append(Edit(token.line, found.start, found.text, after, "blot", why, 0.9))
    return edits, doubtful


def _blotted(token: Token) -> _Blotted | None:
    """*token* as a word with a blot, with what stands beside it."""
    core = token.core
    if core.isalpha() and token.lead[-1:] not in BLOT_MARKS and token.trail[:1] not in BLOT_MARKS:
        return None
    lead, trail = LEADING_RE.search(token.lead), TRAILING_RE.match(token.trail)
    before = lead[0] if lead else ""
    found = BLOTTED_RE.fullmatch(before + core + (trail[0] if trail else "")) if not token.compound else None
    return _Blotted(token.start - len(before), *found.group("left", "blot", "right")) if found else None


def _fitting(found: _Blotted, own: Mapping[str, str], words: Lexicon) -> dict[str, str]:
    """The words that match, with how their list writes them: names only for what has a capital or may have lost it."""
    left, right = found.left.lower().replace("’", "'"), found.right.lower().replace("’", "'")
    if found.blot[-1] in "'’":
        return {left + "y": left + "y"} if not right and left + "y" in words else {}
    most = SHORT_BLOT if found.letters <= SHORT else max(COST)
    index = _index(words, FAMILIAR.get(found.letters, FAMILIAR_OF_MORE))
    capital = found.left[:1].isupper() or not left
    surfaces = {each: index.surfaces[each] for each in index.between(left, right)}
    if found.letters > SHORT:
        surfaces |= {each: own[each] for each in own if each.startswith(left) and each.endswith(right)}
    return {
        word: surface
        for word, surface in surfaces.items()
        if 0 <= len(word) - found.letters <= most and (capital or surface[:1].islower())
    }


def _ranked(
    found: _Blotted,
    fitting: Mapping[str, str],
    counts: Mapping[str, int],
    around: tuple[str, str, str, str],
    words: Lexicon,
) -> list[tuple[float, str]]:
    """The matching words, the likeliest first, and "" for one that nobody knows."""
    dirt = DIRT_COST if not found.left or not found.right else COST[0]
    *scores, stranger = words.model.slot(*around[:2], [*fitting, STRANGER], *around[2:])
    ranked = []
    for word, score in zip(fitting, scores, strict=True):
        cost = COST[len(word) - found.letters] if len(word) > found.letters else dirt
        ranked.append((score - cost + min(OWN, math.log1p(counts.get(word, 0))), word))
    ranked.sort(reverse=True)
    return [*ranked, (stranger, "")]


def _best(ranked: Sequence[tuple[float, str]]) -> tuple[str, str, float, float]:
    """The likeliest word and the next or ""; by how much it leads that, and fits better than a stranger."""
    (best, word), (second, other), (stranger, _) = ranked[0], ranked[1], ranked[-1]
    return word, other, best - second if other else ALONE, best - stranger


def _is_sure(found: _Blotted, lead: float, fit: float) -> bool:
    return lead >= LEAD.get(found.letters, LEAD_OF_MORE) and fit >= FIT.get(found.letters, FIT_OF_MORE)


def _letters(found: _Blotted, surface: str, token: Token) -> str:
    """What stands in the place of the blot, in the case of the word."""
    if not found.left and token.opens and surface.islower():
        surface = surface[:1].upper() + surface[1:]
    read = found.left + found.right
    whole = cased(read, surface) if len(read) > 1 and read.isupper() else surface
    return whole[len(found.left) : len(whole) - len(found.right)]


class _Index(NamedTuple):
    """Words by their beginnings and by their ends."""

    surfaces: dict[str, str]
    """How a list writes each word, by the word in small letters."""
    forward: list[str]
    backward: list[str]
    """Each written backwards."""

    def between(self, left: str, right: str) -> Iterator[str]:
        """The words that begin with *left* and end with *right*."""
        if len(left) >= len(right):
            yield from (word for word in _beginning(self.forward, left) if word.endswith(right))
        else:
            found = (word[::-1] for word in _beginning(self.backward, right[::-1]))
            yield from (word for word in found if word.startswith(left))


def _beginning(ordered: Sequence[str], letters: str) -> Sequence[str]:
    return ordered[bisect_left(ordered, letters) : bisect_left(ordered, letters + "\U0010ffff")]


@lru_cache(maxsize=4)
def _index(words: Lexicon, least: float) -> _Index:
    """The words that occur *least* times in a million; with the rarest, the names of the lists."""
    names = sorted(words.name_words) if least == FAMILIAR_OF_MORE else []
    surfaces = {name.lower(): name for name in names}
    for word in words.model.frequent(least):
        capital = word[:1].upper() + word[1:]
        if word in words.dictionary or (word in words and word not in surfaces):
            surfaces[word] = word
        elif capital in words.dictionary:
            surfaces[word] = capital
    kept = {word: surface for word, surface in surfaces.items() if word not in words.blocked}
    return _Index(kept, sorted(kept), sorted(word[::-1] for word in kept))

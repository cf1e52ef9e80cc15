"""Apostrophes that were lost, or read as other marks: rules of the stage `punctuation`.

Before a contraction's ending nothing else can have stood (``won t``); before an s the sentence decides: the owner is a
known word, and its possessive fits there better than the two pieces, the plural, or a word that was torn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from ocr_clean.changes import Edit
from ocr_clean.document import Document
from ocr_clean.lexicon import Lexicon
from ocr_clean.tokens import WORDLESS, Token, context, sentences_of, touching

MARKED_RE = regex.compile(r"(?P<owner>\p{L}+)(?P<mark>[~^*\"°•`´|]|'')(?P<ending>s|t|ll|re|ve|m)")
"""A word whose apostrophe may have been read as another mark: ``king~s``, ``don^t``."""

SUSPECT_RE = regex.compile(r"[\s~^*\"°•`´|'](?:s|t|ll|re|ve|m)(?!\p{L})")
"""What a line must have of which more is asked: an ending after another mark, or alone."""

CONTRACTED = frozenset({"t", "ll", "re", "ve", "m"})
"""What contractions end with after their apostrophe; a *d* alone is too much else."""

ENDINGS = CONTRACTED | {"s"}

SHORTEST_OWNER = 3
"""Letters: what is shorter is a word with an apostrophe of its own only in ``he's`` and ``it's``."""

COMMON, LISTED = 5.0, 0.05
"""So often in a million words a contraction, and a possessive of no name, must occur: ``an't`` does not, nor the
``final's`` of a grammar that speaks of a ``final s``."""

APART, PLURAL, SPECK = 4.0, 1.0, -5.0
"""Nats by which a possessive must fit better than its two pieces, than the plural (of which the s came off), and than
the word without the s (which is hardly ever a speck)."""

READ = 0.0
"""Nats by which it must fit better than the plural where the apostrophe was read as another mark: that shows it."""


def apostrophes(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """Edits that put apostrophes back, in the shape that the volume gives them."""
    lines = list(doc.printed_lines())
    suspect = {line.number for line in lines if SUSPECT_RE.search(line.text)}
    if not suspect:
        return
    mark = max("'’", key=lambda each: sum(line.text.count(each) for line in lines))
    for tokens in sentences_of(doc):
        for place, token in enumerate(tokens):
            if token.line not in suspect or token.role in WORDLESS or token.compound:
                continue
            if not token.core.isalpha():
                yield from _misread(tokens, place, mark, words)
            elif token.core in ENDINGS and place:
                yield from _lost(tokens, place, mark, words)


def _misread(tokens: Sequence[Token], place: int, mark: str, words: Lexicon) -> Iterator[Edit]:
    """Another mark before an ending: ``the king~s men``."""
    token = tokens[place]
    found = MARKED_RE.fullmatch(token.core)
    if not found:
        return
    owner, ending = found["owner"], found["ending"]
    if ending in CONTRACTED:
        fits = _contraction(owner, ending, words)
    else:
        possessive, _, plural, _ = _readings(tokens, place, place, owner, words)
        fits = _owner(owner, words) and f"{owner}ss" not in words and possessive - plural >= READ
    if fits:
        start = token.start + found.start("mark")
        yield Edit(token.line, start, found["mark"], mark, "apostrophe", "read as another mark", 0.93)


def _lost(tokens: Sequence[Token], place: int, mark: str, words: Lexicon) -> Iterator[Edit]:
    """An ending that stands alone after a word: ``St Joseph s College``, ``won t``."""
    owner, ending = tokens[place - 1], tokens[place].core
    if not touching(owner, tokens[place]) or owner.compound or not owner.core.isalpha():
        return
    if ending in CONTRACTED:
        fits = _contraction(owner.core, ending, words)
    else:
        possessive, apart, plural, speck = _readings(tokens, place - 1, place, owner.core, words)
        known = owner.core[0].isupper() or words.model.frequency(f"{owner.core}'s") >= LISTED
        better = possessive - apart >= APART and possessive - plural >= PLURAL and possessive - speck >= SPECK
        fits = known and better and _owner(owner.core, words)
    if fits:
        start = owner.start + len(owner.core)
        yield Edit(owner.line, start, " ", mark, "apostrophe", f"only {ending!r} is left after it", 0.9)


def _contraction(owner: str, ending: str, words: Lexicon) -> bool:
    return words.common(f"{owner}'{ending}", COMMON)


def _owner(owner: str, words: Lexicon) -> bool:
    """Whether a word may own something: a known one in small letters, but for its first."""
    return len(owner) >= SHORTEST_OWNER and owner[1:].islower() and owner in words


def _readings(tokens: Sequence[Token], first: int, last: int, owner: str, words: Lexicon) -> list[float]:
    """How well the possessive, its two pieces, the plural and the bare word fit between the tokens around."""
    keys, lower = [token.key for token in tokens], owner.lower()
    left2, left1, _, _ = context(tokens, keys, first)
    _, _, right1, right2 = context(tokens, keys, last)
    texts = [f"{lower}'s", f"{lower} s", f"{lower}s", lower]
    return words.model.slot(left2, left1, texts, right1, right2)

"""Misread words, corrected where the evidence is overwhelming.

| before | after | rule |
|---|---|---|
| `tlie end` | `the end` | dictionary |
| `Trotslqr` | `Trotsky` | name |
| `Lavcock`, which looks like no surname | `Laycock` | dictionary |
| `Quarrendi^` (once; `Quarrendine` twelve times) | `Quarrendine` | name |
| `Quarrendinc` (once; `Quarrendine` twelve times) | `Quarrendine` | volume |
| `arid then` | `and then` | context |
| `stood Kpon the hill`, `on the Biver bank` | `stood upon the hill`, `on the River bank` | dictionary |
| `THE RIvER` | `THE RIVER` | capitals |
| `when 1 was young` | `when I was young` | pronoun |
| `it was In the end`, time and again | `it was in the end` | small-i |
| a paragraph of which most words are like `mGbmr^i^p^s` | as it was read, marked | beyond-repair |
| `Quarrendine` | `Quarrendine` | (left alone: an unknown name) |
| `Borsley`, though `Horsley` is listed | `Borsley` | (left alone: as good a surname) |
| `publick`, `wantin’` | `publick`, `wantin’` | (left alone: old spelling, dialect) |
| `on ne m’avait rien dit de la fete` | the same | (left alone: another language) |
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import regex
from rapidfuzz.distance import Levenshtein

from ocr_clean.candidates import LIKE_I
from ocr_clean.changes import Change, Edit, Mark
from ocr_clean.damage import FUNCTION_WORDS
from ocr_clean.document import UNREADABLE, Document, Line
from ocr_clean.judgement import scots
from ocr_clean.lexicon import Lexicon
from ocr_clean.model import NUMBER
from ocr_clean.proposals import Proposal, beyond_repair, known_word, proposals
from ocr_clean.tokens import Token, context, sentences_of
from ocr_clean.vocabulary import vocabulary

PRONOUN = 4.0
"""Nats by which the word I must fit better than a number."""

LIKE_O = "0"
"""Read for the word O, which calls upon somebody."""

HABIT = 5
"""So many cases beyond doubt are a habit of the scan."""

HABITUAL = 0.5
"""Nats by which the word I must fit better in a volume whose habit it is to read a 1."""

SMALL_I = frozenset({"in", "is", "it", "its", "if", "into"})
"""Words that have no capital inside a sentence, in titles either."""

NEVER_LAST = FUNCTION_WORDS | {
    "when",
    "where",
    "because",
    "though",
    "while",
    "how",
    "what",
    "on",
    "for",
}
"""Words with which no sentence ends: an ``It`` after another may begin one whose full stop before it is lost."""

SMALL_I_HABIT = 2
"""So many of them are no chance."""

SMALL_I_SHARE = 0.1
"""Of those words in a volume, the share with a capital inside a sentence from which on that is a misreading."""

LITTLE = frozenset({"the", "of", "to", "and", "for", "on", "by", "with", "at", "as", "that", "but"})
"""Other words of that kind."""

MORE_OFTEN = 8.0
"""So many times as often as those, words with an i must have a capital."""

SUGGESTED = 0.5
"""From this confidence on, a correction that is not made is a suggestion in the ledger."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Correct single words: unknown ones, and known ones that the context says were another.

    Leaves alone: unknown names, old, dialect and foreign words, numbers, abbreviations, and whatever is in doubt. A
    paragraph that is beyond repair is left as it was read, and marked.
    """

    name: ClassVar[str] = "spelling"
    rounds: ClassVar[int] = 1
    min_confidence: float = 0.75
    """A correction less sure than this is only suggested. 0 to 1. A word for another one: a quarter nearer to 1."""
    suggest: bool = True
    """Record the suggestions in the ledger."""

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose an edit for each word that is to be corrected, and a suggestion where it is likely but not sure."""
        left = {tokens[0].line: tokens for tokens in sentences_of(doc) if doc.reflowed and beyond_repair(tokens, words)}
        yield from (_unreadable(doc.line(first)) for first in left)
        by_rule = [*_pronouns(doc, words), *_small_i(doc, words), *_damaged_names(doc, words), *_capitals(doc, words)]
        yield from by_rule
        places = {(token.line, token.start) for tokens in left.values() for token in tokens}
        places.update((edit.line, edit.start) for edit in by_rule)
        for proposal in proposals(doc, words):
            if (proposal.token.line, proposal.token.start) in places:
                continue
            asked = self.min_confidence if proposal.kind == "unknown" else (1 + 3 * self.min_confidence) / 4
            if proposal.confidence >= asked and not scots(proposal.token.key, proposal.candidate.word):
                yield _edit(proposal, suggested=False)
            elif self.suggest and proposal.confidence >= SUGGESTED:
                yield _edit(proposal, suggested=True)


def _unreadable(line: Line) -> Mark:
    why = "most of its words cannot be read"
    return Mark(line.number, line.role, "beyond-repair", why, line.opens, line.level, UNREADABLE, 0.9)


def _pronouns(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """The words I and O, where a 1, a small l or a 0 stands alone and no number fits the context half as well.

    Where a volume shows many beyond doubt, the others need less.
    """
    found = [
        (tokens[place], gain)
        for tokens in sentences_of(doc)
        if any(token.core in LIKE_I or token.core == LIKE_O for token in tokens)
        for place, gain in _ones(tokens, words)
    ]
    sure = sum(gain >= PRONOUN for _, gain in found)
    asked = PRONOUN if sure < HABIT else HABITUAL
    for token, gain in found:
        if gain >= asked:
            word = "O" if token.core == LIKE_O else "I"
            why = f"{word!r} fits {gain:.1f} better than a number"
            yield Edit(token.line, token.start, token.core, word, "pronoun", why, 0.95)


def _ones(tokens: Sequence[Token], words: Lexicon) -> Iterator[tuple[int, float]]:
    """Places of what may be the word I, and how much better it fits than a number."""
    keys = ["i" if token.core in LIKE_I else "o" if token.core == LIKE_O else token.key for token in tokens]
    for place, token in enumerate(tokens):
        if token.core not in (*LIKE_I, LIKE_O) or token.lead or token.trail or token.compound:
            continue
        around = context(tokens, keys, place)
        if NUMBER in around or place + 1 == len(tokens) or tokens[place + 1].lead or tokens[place + 1].opens:
            continue
        word, figure = words.model.slot(*around[:2], [keys[place], NUMBER], *around[2:])
        yield place, word - figure


def _small_i(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """A small i that was read as a capital, in a volume that shows it time and again: ``it was In the end``."""
    sentences = sentences_of(doc)
    capital = [token for tokens in sentences for token in _inside(tokens, words)]
    often = sum(token.core.lower() in SMALL_I for token in capital)
    small = Counter(token.core for tokens in sentences for token in tokens)
    share = often / max(1, often + sum(small[word] for word in SMALL_I))
    if often < SMALL_I_HABIT or share < max(SMALL_I_SHARE, MORE_OFTEN * _inner_capitals(sentences, small)):
        return
    for token in capital:
        why = f"a capital in the middle of a sentence, as {often} times here"
        yield Edit(token.line, token.start, token.core, token.core.lower(), "small-i", why, 0.93)


def _inner_capitals(sentences: Sequence[Sequence[Token]], small: Mapping[str, int]) -> float:
    """The share of other little words with a capital inside a sentence: lines of verse, or titles, have them too."""
    capital = sum(
        token.core[:1].isupper() and token.core.lower() in LITTLE and not token.opens
        for tokens in sentences
        for token in tokens
    )
    return capital / max(1, capital + sum(small[word] for word in LITTLE))


def _inside(tokens: Sequence[Token], words: Lexicon) -> Iterator[Token]:
    """Words with a capital I, between words in small letters, that no list writes with a capital."""
    for before, token, after in zip(tokens, tokens[1:], [*tokens[2:], None], strict=False):
        core = token.core
        if core[:1] != "I" or not core[1:].islower() or token.opens or token.lead or token.compound:
            continue
        left, right = _is_small(before) and not before.trail, after is None or _is_small(after)
        named = core in words.dictionary or core in words.names or core.lower() not in words.dictionary
        if core.lower() in SMALL_I:
            inside = right and before.core.isalpha() and not before.trail and (core != "It" or before.key in NEVER_LAST)
        else:
            inside = left and right and not named
        if inside:
            yield token


def _is_small(token: Token) -> bool:
    """Whether a word begins with a small letter, or may have begun with a small i."""
    return token.core[:1].islower() or (token.core.lower() in SMALL_I and not token.opens)


def _capitals(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """A small letter inside a word set in capitals: ``TROtSKY``."""
    for tokens in sentences_of(doc):
        for token in tokens:
            core = token.core
            if not ONE_SMALL_RE.fullmatch(core) or known_word(token, words) or core.upper() not in words:
                continue
            yield Edit(token.line, token.start, core, core.upper(), "capitals", "all other letters are capitals", 0.95)


ONE_SMALL_RE = regex.compile(r"(?=.{5,}$)\p{Lu}+\p{Ll}\p{Lu}*")
"""A word in capitals of which one letter is small, but for its first."""


def _damaged_names(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """Names that the volume writes time and again, their last letters read as dirt: ``Trotsl^``."""
    written = vocabulary(doc).words
    names = [name for name, count in written.items() if count >= WRITTEN and NAME_RE.fullmatch(name) and name in words]
    for tokens in sentences_of(doc):
        for place, token in enumerate(tokens):
            dirt = DIRT_RE.match(token.trail)
            if dirt and token.core.isalpha() and token.core[:1].isupper() and not known_word(token, words):
                yield from _damaged_name(tokens, place, token.core + dirt[0], names, words)


def _damaged_name(
    tokens: Sequence[Token], place: int, read: str, names: Sequence[str], words: Lexicon
) -> Iterator[Edit]:
    token, around = tokens[place], context(tokens, [each.key for each in tokens], place)
    near = [
        (name, distance)
        for name in names
        if name.startswith(token.core[:SAME])
        and abs(len(name) - len(read)) <= 1
        and (distance := Levenshtein.distance(read, name)) <= min(len(name) // 3, 1 + len(read) - len(token.core) + 1)
    ]
    scores = words.model.slot(*around[:2], [name.lower() for name, _ in near], *around[2:])
    ranked = sorted((SLIP * distance - score, name) for (name, distance), score in zip(near, scores, strict=True))
    if ranked and (len(ranked) == 1 or ranked[1][0] - ranked[0][0] >= SURER):
        why = f"the volume writes {ranked[0][1]!r} time and again"
        yield Edit(token.line, token.start, read, ranked[0][1], "name", why, 0.9)


NAME_RE = regex.compile(r"\p{Lu}\p{Ll}{4,}")
DIRT_RE = regex.compile(r"[\^~§■•\\]{1,2}")
"""A name, and what its last letters may have been read as."""

WRITTEN, SAME = 10, 3
"""So many times the volume must write a name; so many letters at its beginning must have been read."""

SLIP, SURER = 4.0, 4.0
"""Nats for each letter that was misread, and by which a name must lead any other."""


def _edit(proposal: Proposal, *, suggested: bool) -> Edit:
    token, best = proposal.token, proposal.candidate
    rule = "context" if proposal.kind == "known" else best.source
    second = f", before {proposal.second!r}" if proposal.second else ""
    evidence = proposal.evidence
    beside = f", {evidence['beside']:.0f} times beside a neighbour" if evidence["beside"] else ""
    why = (
        f"{best.surface!r} ({best.source}){second}: context {evidence['context']:+.1f}, confusion {best.cost:.1f}, "
        f"here {round(math.expm1(evidence['candidate_count']))} times{beside}"
    )
    return Edit(
        token.line, token.start, token.core, proposal.after, rule, why, round(proposal.confidence, 4), "", suggested
    )

"""Words that the OCR engine ran together or tore apart.

| before | after | rule |
|---|---|---|
| `untilhis death` | `until his death` | run-together |
| `Bedfello ws` | `Bedfellows` | torn |
| `themas ses` | `the masses` | moved-space |
| `of'extraordinary` | `of extraordinary` | speck-for-space |
| `any one`, `every day` | `any one`, `every day` | (left alone: both are right) |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import regex

from ocr_clean.candidates import Finder, finder
from ocr_clean.changes import Change, Edit
from ocr_clean.confusions import channel
from ocr_clean.document import Document
from ocr_clean.lexicon import Lexicon
from ocr_clean.proposals import known_word
from ocr_clean.tokens import Token, context, sentences_of
from ocr_clean.vocabulary import vocabulary

SPECK_RE = regex.compile(r"(?<left>\p{L}{2,})['‘’](?<right>\p{Ll}{3,})")
"""Two words with an apostrophe between them: elisions (``o'er``, ``d'état``) have one letter before it, and endings
(``'ll``) have at most two after it."""

LOST_SPACE = 6.0
"""Nats that a lost space costs: one in four hundred."""

GAIN = 4.0
"""Nats by which the mended words must be likelier, over and above that."""

FREQUENT = 3.0
"""Parts of a run-together word occur at least so often in a million words: rare short ones make anything."""

FREQUENT_SHORT = 100.0
"""The same for parts of one to three letters."""

SHORTEST_TORN = 5
"""Letters of a torn word: shorter ones are made by any two scraps."""

MOST_PARTS = 6
LONGEST = 60
"""Longer runs of letters are no words run together but something else."""


@dataclass(frozen=True, slots=True)
class Words:
    """Put the spaces between words where they were printed.

    Only where at least one of the words as read is known to nothing, and the mended ones are all frequent. Leaves
    alone: names, words that the volume writes more than once, and every pair of which both halves are words.
    """

    name: ClassVar[str] = "words"

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose one edit for each run-together word and each torn one."""
        counts = vocabulary(doc).folded
        for tokens in sentences_of(doc):
            keys = [token.key for token in tokens]
            unknown = [_unknown(token, words) for token in tokens]
            taken = -1
            for place, token in enumerate(tokens):
                if not unknown[place] or place <= taken or (counts[token.key] > 2 and token.core[:1].isupper()):
                    continue
                edit = (
                    _speck(token, words)
                    or _pair(tokens, keys, unknown, place, words)
                    or _run_together(tokens, keys, place, words)
                )
                if edit and doc.line(edit.line).text.startswith(edit.before, edit.start):  # a plain space, no tab
                    taken = place + 1
                    yield edit


def _unknown(token: Token, words: Lexicon) -> bool:
    return (
        (token.core.isalpha() or SPECK_RE.fullmatch(token.core) is not None)
        and not token.compound
        and not known_word(token, words)
    )


def _speck(token: Token, words: Lexicon) -> Edit | None:
    """A speck between two words, read as an apostrophe in place of the space."""
    found = SPECK_RE.fullmatch(token.core)
    if not found or not all(_may_be_part(found[part].lower(), words) for part in ("left", "right")):
        return None
    after = f"{found['left']} {found['right']}"
    return Edit(token.line, token.start, token.core, after, "speck-for-space", "two words with a speck between", 0.93)


def _run_together(tokens: Sequence[Token], keys: Sequence[str], place: int, words: Lexicon) -> Edit | None:
    """Spaces lost inside one token."""
    token = tokens[place]
    if len(token.core) < 5 or token.core[1:] != token.core[1:].lower() or len(token.core) > LONGEST:
        return None
    parts = _split(token.key, words)
    if not parts:
        return None
    text = " ".join(parts)
    around = context(tokens, keys, place)
    mended, read = words.model.slot(*around[:2], [text, token.key], *around[2:])
    gain = mended - read - LOST_SPACE * (len(parts) - 1)
    if gain < GAIN or _one_word(token, mended, around, words):
        return None
    after = token.core[:1] + text[1:]
    why = f"{text!r} is likelier here by {gain:.1f}"
    return Edit(token.line, token.start, token.core, after, "run-together", why, 0.93)


def _one_word(token: Token, mended: float, around: tuple[str, str, str, str], words: Lexicon) -> bool:
    """Whether a single misread word explains the token as well as several words without their spaces."""
    search: Finder = finder(words)
    found = search.cheapest(token.core, search.pools([token.core], channel())[0], channel())
    if not found:
        return False
    scores = words.model.slot(*around[:2], [each.word for each in found], *around[2:])
    return max(score - each.cost for score, each in zip(scores, found, strict=True)) > mended - LOST_SPACE - 2.0


@lru_cache(maxsize=50_000)
def _split(run: str, words: Lexicon) -> list[str]:
    """The likeliest way to part *run* into frequent words, [] if there is none."""
    model = words.model
    best: list[tuple[float, list[str]] | None] = [(0.0, [])] + [None] * len(run)
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - 16), end):
            before = best[start]
            part = run[start:end]
            if before is None or len(before[1]) >= MOST_PARTS or not _may_be_part(part, words):
                continue
            last = before[1][-1] if before[1] else ""
            total = before[0] + model.logp(part, last) - LOST_SPACE
            here = best[end]
            if here is None or total > here[0]:
                best[end] = (total, [*before[1], part])
    whole = best[len(run)]
    return whole[1] if whole and len(whole[1]) > 1 else []


@lru_cache(maxsize=200_000)
def _may_be_part(part: str, words: Lexicon) -> bool:
    if len(part) == 1:
        return part in ("a", "i")
    if words.model.frequency(part) < (FREQUENT_SHORT if len(part) <= 3 else FREQUENT):
        return False
    return part not in words.blocked and part in words


def _pair(
    tokens: Sequence[Token], keys: Sequence[str], unknown: Sequence[bool], place: int, words: Lexicon
) -> Edit | None:
    """A space in the wrong place between this token and one of its neighbours."""
    for first, second in ((place, place + 1), (place - 1, place)):
        if first >= 0 and second < len(tokens) and _touch(tokens[first], tokens[second]):
            edit = _moved(tokens, keys, unknown, first, words)
            if edit:
                return edit
    return None


def _touch(first: Token, second: Token) -> bool:
    """Whether only one space stands between two tokens of a line."""
    end = first.start + len(first.core)
    return (
        first.line == second.line
        and second.start == end + 1
        and not first.trail
        and not second.lead
        and second.core.isalpha()
        and first.core.isalpha()
        and second.core.islower()
    )


def _moved(
    tokens: Sequence[Token], keys: Sequence[str], unknown: Sequence[bool], first: int, words: Lexicon
) -> Edit | None:
    a, b = tokens[first], tokens[first + 1]
    run = keys[first] + keys[first + 1]
    choices = [run] if run in words and run not in words.blocked and len(run) >= SHORTEST_TORN else []
    for cut in range(1, len(run)):
        if cut != len(keys[first]) and _may_be_part(run[:cut], words) and _may_be_part(run[cut:], words):
            choices.append(f"{run[:cut]} {run[cut:]}")
    if not choices:
        return None
    left2, left1, _, _ = context(tokens, keys, first)
    _, _, right1, right2 = context(tokens, keys, first + 1)
    read, *scores = words.model.slot(left2, left1, [f"{keys[first]} {keys[first + 1]}", *choices], right1, right2)
    whole = unknown[first] and unknown[first + 1] and choices[0] == run
    place = 0 if whole else max(range(len(choices)), key=scores.__getitem__)
    gain, best = scores[place] - read, choices[place]
    asked = GAIN if unknown[first] and unknown[first + 1] else GAIN + 4.0
    if gain - LOST_SPACE < asked:
        return None
    rule = "torn" if best == run else "moved-space"
    after = a.core[:1] + best[1:]
    why = f"{best!r} is likelier here by {gain - LOST_SPACE:.1f}"
    return Edit(a.line, a.start, f"{a.core} {b.core}", after, rule, why, 0.93)

"""Words that the OCR engine ran together or tore apart.

| before | after | rule |
|---|---|---|
| `untilhis death` | `until his death` | run-together |
| `Bedfello ws` | `Bedfellows` | torn |
| `themas ses` | `the masses` | moved-space |
| `stro g`, `f' om` in a dirty text | `strong`, `from` | torn |
| `com-mittee`, `hundi-ed` inside a line | `committee`, `hundied` (for `hundred`) | stray-hyphen |
| `New- York`, where the volume has `New-York` too; `enter- prises` | `New-York`; `enterprises` | spaced-hyphen |
| `of'extraordinary`, `of^the` | `of extraordinary`, `of the` | speck-for-space |
| `workers’state`, `of‘order` | `workers’ state`, `of ‘order` | lost-space |
| `N OW it came`, `X HE voice` at the beginning of a chapter | `NOW it came`, `THE voice` | drop-capital |
| `N` on a line above `OW it came` | `NOW it came` | drop-capital |
| `any one`, `every day` | `any one`, `every day` | (left alone: both are right) |
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, islice, pairwise
from string import ascii_lowercase
from typing import ClassVar, TypeAlias

import regex

from ocr_clean.candidates import Candidate, finder
from ocr_clean.changes import Change, Edit, apart
from ocr_clean.compounds import keeps_hyphen
from ocr_clean.damage import is_dirty
from ocr_clean.document import Document
from ocr_clean.initials import drop_capitals, torn_off
from ocr_clean.judgement import letters
from ocr_clean.lexicon import Lexicon
from ocr_clean.proposals import known_core
from ocr_clean.tokens import Token, context, sentences_of, touching
from ocr_clean.vocabulary import vocabulary

SPECK_RE = regex.compile(r"(?<left>\p{L}{2,})(?<mark>['‘’])(?<right>\p{Ll}{3,})")
"""Two words with an apostrophe between them: elisions (``o'er``, ``d'état``) have one letter before it, and endings
(``'ll``) have at most two after it."""

MARKED_RE = regex.compile(r"(?<left>\p{L}{2,})(?<mark>[\^_\"~|■•*])(?<right>\p{Ll}{2,})")
"""Two words with a speck between them, or one word with a speck for a letter of it; in a clean text it may be code."""

LOST_SPACE = 6.0
"""Nats that a lost space costs, or one that was read where none is: one in four hundred."""

GAIN = 4.0
"""Nats by which the mended words must be likelier, over and above that."""

SURER = 4.0
"""Nats that are asked for besides where a half of a pair is a word, and for a run with a capital: it may be a name."""

COMPOUND_RE = regex.compile(
    r"(?:over|under|out|up|fore|after)\p{L}{2,}(?:ed|ing|en)"  # overpleased
    r"|\p{L}{3,}(?:like|size|wise|fold|proof)"  # gossiplike, lifesize
)
"""What every writer may make of two words: no dictionary has them all, and they are left alone."""

OLD, GAIN_OLD = 0.01, 12.0
"""Where old forms are this share of the words, spaces are not today's either (``bycause``, ``everychone``): more must
speak for one."""

FREQUENT = 3.0
"""Parts of a run-together word occur at least so often in a million words: rare short ones make anything."""

FREQUENT_SHORT = 100.0
"""The same for parts of one to three letters."""

LITTLE_WORD = 500.0
"""One part occurs at least so often: a run of two rarer words is a compound that the dictionary lacks."""

NEAR, NEAR_TORN = 6.5, 12.0
"""Nats that the misreading of a part may cost: about one slip; and that of a torn word: the tear is a slip too."""

NEAR_SHORT = 6.0
"""The same for a torn word of few letters: one confusion that the table has."""

BLOT = 7.0
"""Nats that a letter costs of which nothing but a space was read: ``stro g``."""

LONG_BLOTTED = 7
"""Letters of a word of which one may be lost though it is no frequent one."""

SPECKS = ".,'^_*~»«-"
MOST_MARKS = 2
"""In a dirty text, marks that may stand in the gap of a torn word, and how many: ``v. ere``, ``f' om``."""

GAP_RE = regex.compile(rf"[{regex.escape(SPECKS)}]{{0,{MOST_MARKS}}} ?")
"""Such a gap: a plain space, no tab, no dash."""

SHORTEST_TORN = 5
"""Letters of a torn word: shorter ones are made by any two scraps. One less if only its first letter is torn off."""

SHORTEST_SHORT = 4
"""Letters of a torn word that was misread, at least."""

SHORTEST_MISREAD = 6
"""The same for a torn word that was also misread, and for the misread part of a run-together one, two less."""

LONGEST_SCRAP = 3
"""Letters of a word that may be half of a misread one."""

STRAY, STRAY_SHARE = 3, 1 / 2000
"""So many broken words, and such a share of all, are a habit: a few may be an author's compounds."""

MUCH_RARER = 10.0
"""Times that a word must be as common as its second half, if a hyphen and a space stand between them."""

FREQUENT_BROKEN = 0.5
"""A broken word occurs so often in a million, if it was not misread besides."""

MOST_READINGS = 3
"""Candidates of a misread part that are tried in context."""

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
        mended = list(drop_capitals(doc, words))
        yield from mended
        initials = {each.line: each for each in mended if isinstance(each, Edit)}
        edits = apart(chain(initials.values(), _edits(doc, words, initials)))
        yield from islice(edits, len(initials), None)


def _edits(doc: Document, words: Lexicon, initials: Mapping[int, Edit]) -> Iterator[Edit]:
    """The edits of all passages, some of which may overlap; what the edits of *initials* cover is left alone."""
    counts = vocabulary(doc).folded
    marks = SPECKS if is_dirty(doc, words) else ""
    passages = [_Passage.of(tokens, words, marks) for tokens in sentences_of(doc)]
    near = _near(passages, words)
    gain = GAIN_OLD if _old(passages, words) else GAIN
    for passage in passages:
        taken = -1
        for place, token in enumerate(passage.tokens):
            if not passage.unknown[place] or place <= taken:
                continue
            if token.line in initials and token.start < _end(initials[token.line]):
                continue
            if token.core[:1].isupper() and counts[token.key] > 2:
                continue  # a name
            edit = (
                _speck(token, words)
                or _marked(passage, place, words, near, doc)
                or _pair(passage, place, words, near, doc)
                or _run_together(passage, place, words, near, gain)
            )
            if edit:
                taken = place + 1
                yield edit
    yield from _stray_hyphens(passages, words, near, doc)
    for passage in passages:
        yield from _spaced_hyphens(passage, words, doc)


def _end(edit: Edit) -> int:
    return edit.start + len(edit.before)


Near: TypeAlias = Mapping[str, Sequence[Candidate]]
"""What strings may have been: the cheapest first."""


@dataclass(frozen=True, slots=True)
class _Passage:
    """The words of a block."""

    tokens: Sequence[Token]
    keys: Sequence[str]
    unknown: Sequence[bool]
    """Which are words that nothing knows, and no halves of compounds."""
    broken: Sequence[int]
    """The first halves of compounds of which a half is no word: a misread letter may be their hyphen."""
    marks: str
    """What may stand between the halves of a word besides a space."""

    @classmethod
    def of(cls, tokens: Sequence[Token], words: Lexicon, marks: str) -> _Passage:
        unknown = [not token.compound and _unknown_core(token.core, words) for token in tokens]
        return cls(tokens, [token.key for token in tokens], unknown, list(_broken(tokens, words)), marks)

    def pairs(self, place: int) -> Iterator[int]:
        """The first of each pair that the token at *place* makes with a neighbour."""
        for first in (place, place - 1):
            if (
                first >= 0
                and first + 1 < len(self.tokens)
                and _touch(self.tokens[first], self.tokens[first + 1], self.marks)
            ):
                yield first

    def run(self, first: int) -> str:
        """The letters of a pair without the space."""
        return self.keys[first] + self.keys[first + 1]


def _stray_hyphens(passages: Sequence[_Passage], words: Lexicon, near: Near, doc: Document) -> list[Edit]:
    """Hyphens inside broken words, in a dirty text and in one that has many of them: one that lost its line ends."""
    counts = vocabulary(doc).folded
    edits = []
    for passage in passages:
        for first in passage.broken:
            edit = _moved(passage, first, words, near, doc)
            if edit and " " not in edit.after and counts[passage.tokens[first].compound.lower()] < 2:
                edits.append(replace(edit, rule="stray-hyphen"))
    many = max(STRAY, STRAY_SHARE * sum(len(passage.tokens) for passage in passages))
    return edits if is_dirty(doc, words) or len(edits) >= many else []


def _spaced_hyphens(passage: _Passage, words: Lexicon, doc: Document) -> Iterator[Edit]:
    """Spaces after the hyphens of compounds that the volume or the lists have, and of words of which a half is none.

    Leaves alone suspended hyphens (``two- or three-fold``) and what may be a dash.
    """
    counts = vocabulary(doc).folded
    for first, second in pairwise(passage.tokens):
        if first.trail != "-" or second.lead or first.line != second.line or not second.core.isalpha():
            continue
        read = doc.line(first.line).text[first.start : second.start + len(second.core)]
        if read != f"{first.core}- {second.core}":
            continue
        whole, run = f"{first.core}-{second.core}", first.core + second.core
        if counts[whole.lower()] or whole in words:
            yield Edit(first.line, first.start, read, whole, "spaced-hyphen", "so elsewhere", 0.93)
        elif second.core.islower() and run in words and _rather_joined(run.lower(), second.key, words):
            yield Edit(first.line, first.start, read, run, "spaced-hyphen", "halves of one word", 0.93)


def _rather_joined(run: str, second: str, words: Lexicon) -> bool:
    """Whether a word is frequent, and its second half much less so."""
    whole = words.model.frequency(run)
    return whole >= max(FREQUENT, MUCH_RARER * words.model.frequency(second))


def _broken(tokens: Sequence[Token], words: Lexicon) -> Iterator[int]:
    for place, (first, second) in enumerate(pairwise(tokens)):
        whole = first.compound
        if not whole or whole != f"{first.core}{whole[len(first.core)]}{second.core}" or whole in words:
            continue
        run = first.key + second.key
        if run in words and words.model.frequency(run) < FREQUENT_BROKEN:
            continue
        strange = _unknown_core(first.core, words), _unknown_core(second.core, words)
        if any(strange) and _touch(first, second) and not keeps_hyphen(first.key, second.key, not strange[1]):
            yield place


@lru_cache(maxsize=200_000)
def _unknown_core(core: str, words: Lexicon) -> bool:
    if len(core) == 1:
        return torn_off(core)
    return not known_core(core, words) and (
        core.isalpha() or any(pattern.fullmatch(core) for pattern in (SPECK_RE, MARKED_RE))
    )


def _old(passages: Sequence[_Passage], words: Lexicon) -> bool:
    keys = [key for passage in passages for key in passage.keys]
    return sum(map(words.only_old, keys)) > OLD * len(keys)


def _near(passages: Sequence[_Passage], words: Lexicon) -> Near:
    """The candidates of every string that may be asked about, looked up at once: that is much quicker.

    What two halves make together is also compared by its shape.
    """
    parts: dict[str, None] = {}
    runs: dict[str, None] = {}
    for passage in passages:
        for place, token in enumerate(passage.tokens):
            if passage.unknown[place] and MARKED_RE.fullmatch(token.core):
                parts[token.key] = None
            if not passage.unknown[place] or not token.core.isalpha() or len(token.core) > LONGEST:
                continue
            pairs = [first for first in passage.pairs(place) if _may_be_torn(passage, first, words)]
            misread = [part for _, _, part in _misread_parts(token.key, words)]
            if pairs or misread:
                neighbours = [passage.keys[each] for first in pairs for each in (first, first + 1)]
                parts |= dict.fromkeys([token.key, *misread, *neighbours])
                runs |= dict.fromkeys(passage.run(first) for first in pairs)
        for first in passage.broken:
            if _may_be_torn(passage, first, words):
                parts |= dict.fromkeys(passage.keys[each] for each in (first, first + 1))
                runs[passage.run(first)] = None
    asked, whole = ([each for each in strings if _unlisted(each, words)] for strings in (parts, runs))
    return finder(words).nearest(asked) | finder(words).nearest(whole, by_shape=True)


def _unlisted(string: str, words: Lexicon) -> bool:
    return len(string) > 1 and not _known_run(string, words)


def _may_be_torn(passage: _Passage, first: int, words: Lexicon) -> bool:
    """Whether a pair may be two halves of a misread word: no half is a word that stands by itself."""
    for place in (first, first + 1):
        key = passage.keys[place]
        if not _unknown_core(passage.tokens[place].core, words) and (
            len(key) > LONGEST_SCRAP or words.model.frequency(key) > LITTLE_WORD
        ):
            return False
    return True


def _known_run(run: str, words: Lexicon) -> bool:
    """Whether a run of letters is a word that needs no candidates."""
    return run in words and run not in words.blocked


def _speck(token: Token, words: Lexicon) -> Edit | None:
    """A space lost beside a quotation mark, or a speck between two words that was read as an apostrophe."""
    found = SPECK_RE.fullmatch(token.core)
    if not found or not all(_may_be_part(found[part].lower(), words) for part in ("left", "right")):
        return None
    left, mark, right = found["left"], found["mark"], found["right"]
    if any(f"{left}{vowel}{right}" in words for vowel in "aeiou"):
        return None  # an elision: tend'ring
    if mark == "‘":
        after, why = f"{left} {mark}{right}", "a quotation opens"
        return Edit(token.line, token.start, token.core, after, "lost-space", why, 0.9)
    if mark == "’" or left.endswith("s"):
        why = "a possessive, or the end of a quotation"
        return Edit(token.line, token.start, token.core, f"{left}{mark} {right}", "lost-space", why, 0.9)
    after = f"{left} {right}"
    return Edit(token.line, token.start, token.core, after, "speck-for-space", "two words with a speck between", 0.93)


def _marked(passage: _Passage, place: int, words: Lexicon, near: Near, doc: Document) -> Edit | None:
    """A speck for a space in a dirty text, where two words are likelier than one of which the speck is a letter."""
    token = passage.tokens[place]
    found = MARKED_RE.fullmatch(token.core)
    if (
        not found
        or not is_dirty(doc, words)
        or not all(_may_be_part(found[part].lower(), words) for part in ("left", "right"))
    ):
        return None
    around = context(passage.tokens, passage.keys, place)
    read, single = _as_one(passage.keys[place], around, words, near)
    text = f"{found['left'].lower()} {found['right']}"
    gain = words.model.slot(*around[:2], [text], *around[2:])[0] - LOST_SPACE - max(read, single)
    if gain < GAIN:
        return None
    after, why = f"{found['left']} {found['right']}", f"{text!r} is likelier here by {gain:.1f}"
    return Edit(token.line, token.start, token.core, after, "speck-for-space", why, 0.93)


def _run_together(passage: _Passage, place: int, words: Lexicon, near: Near, asked: float) -> Edit | None:
    """Spaces lost inside one token."""
    token, key = passage.tokens[place], passage.keys[place]
    capital = token.core[:1].isupper()
    if len(key) < 5 or not token.core[1:].islower() or len(key) > LONGEST or (capital and not token.opens):
        return None
    if COMPOUND_RE.fullmatch(key):
        return None
    readings = list(_readings_of_run(key, words, near))
    if not readings:
        return None
    around = context(passage.tokens, passage.keys, place)
    read, single = _as_one(key, around, words, near)
    scores = words.model.slot(*around[:2], [text for text, _, _ in readings], *around[2:])
    totals = [
        score - cost - LOST_SPACE * after.count(" ") for score, (_, after, cost) in zip(scores, readings, strict=True)
    ]
    best = max(range(len(totals)), key=totals.__getitem__)
    gain = totals[best] - max(read, single)
    if gain < (asked + SURER if capital else asked):
        return None
    after = token.core[:1] + readings[best][1][1:]
    why = f"{readings[best][0]!r} is likelier here by {gain:.1f}"
    return Edit(token.line, token.start, token.core, after, "run-together", why, 0.93)


def _readings_of_run(run: str, words: Lexicon, near: Near) -> Iterator[tuple[str, str, float]]:
    """What a run may be with its spaces: the words, the letters as read with the spaces, the cost of the misreading."""
    parts = _split(run, words)
    if any(words.model.frequency(part) >= LITTLE_WORD for part in parts):
        yield " ".join(parts), " ".join(parts), 0.0
    for little, first, part in _misread_parts(run, words):
        for each in near.get(part, ())[:MOST_READINGS]:
            if each.cost <= NEAR and _may_be_part(each.word, words):
                pair = (little, each.word) if first else (each.word, little)
                yield " ".join(pair), " ".join((little, part) if first else (part, little)), each.cost


def _misread_parts(run: str, words: Lexicon) -> Iterator[tuple[str, bool, str]]:
    """A little word at one end of *run*, whether at its beginning, and the rest, which is no word.

    At the end it has three letters or more: two are an ending as often as a word.
    """
    for cut in range(2, len(run) - 2):
        for little, first, part in ((run[:cut], True, run[cut:]), (run[cut:], False, run[:cut])):
            if len(part) >= SHORTEST_MISREAD - 2 and _little(little, words) and not _known_run(part, words):
                yield little, first, part


@lru_cache(maxsize=50_000)
def _little(part: str, words: Lexicon) -> bool:
    return words.model.frequency(part) >= LITTLE_WORD and _may_be_part(part, words)


def _as_one(run: str, around: tuple[str, str, str, str], words: Lexicon, near: Near) -> tuple[float, float]:
    """How well *run* fits as the unknown word that it is, and as the likeliest word that it may be misread from."""
    model, found = words.model, near.get(run, ())
    read, *scores = model.slot(*around[:2], [run, *(each.word for each in found)], *around[2:])
    strange = min(0.0, letters(words).mean(run) * (len(run) + 1) - model.floor)
    single = max((score - each.cost for score, each in zip(scores, found, strict=True)), default=-math.inf)
    return read + strange, single


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
        return part == "a"  # no i: `consolationi` has an s at its end
    if words.model.frequency(part) < (FREQUENT_SHORT if len(part) <= 3 else FREQUENT):
        return False
    return part not in words.blocked and part in words


def _may_be_blotted(whole: str, words: Lexicon) -> bool:
    """Whether a word may have lost a letter: a long one may be rarer, for chance makes hardly any."""
    rare = len(whole) >= LONG_BLOTTED and whole in words and words.model.frequency(whole) >= FREQUENT_BROKEN
    return rare or _may_be_part(whole, words)


def _pair(passage: _Passage, place: int, words: Lexicon, near: Near, doc: Document) -> Edit | None:
    """A space in the wrong place between this token and one of its neighbours."""
    for first in passage.pairs(place):
        edit = _moved(passage, first, words, near, doc)
        if edit:
            return edit
    return None


def _touch(first: Token, second: Token, marks: str = "") -> bool:
    """Whether two tokens may be halves of one word: only a space stands between them, or some of *marks* as well."""
    letters = second.core.isalpha() and first.core.isalpha() and second.core.islower()
    return letters and touching(first, second, marks=marks, most=MOST_MARKS)


def _moved(passage: _Passage, first: int, words: Lexicon, near: Near, doc: Document) -> Edit | None:
    a, b = passage.tokens[first : first + 2]
    read = doc.line(a.line).text[a.start : b.start + len(b.core)]
    if not GAP_RE.fullmatch(read[len(a.core) : -len(b.core)]):
        return None
    one, two = passage.keys[first : first + 2]
    run = passage.run(first)
    readings = list(_readings_of_pair(one, two, _may_be_torn(passage, first, words), words, near))
    if not readings:
        return None
    left2, left1, _, _ = context(passage.tokens, passage.keys, first)
    _, _, right1, right2 = context(passage.tokens, passage.keys, first + 1)
    around = (left2, left1), (right1, right2)
    scores = words.model.slot(*around[0], [text for text, _, _ in readings], *around[1])
    totals = [score - cost - LOST_SPACE for score, (_, _, cost) in zip(scores, readings, strict=True)]
    unknown = passage.unknown[first] and passage.unknown[first + 1]
    best = 0 if unknown and readings[0][0] == run else max(range(len(totals)), key=totals.__getitem__)
    gain = totals[best] - _as_two(one, two, around, words, near)
    text, after, _ = readings[best]
    if gain < (GAIN if unknown else GAIN + SURER):
        return None
    rule = "moved-space" if " " in after else "torn"
    why = f"{text!r} is likelier here by {gain:.1f}"
    return Edit(a.line, a.start, read, a.core[:1] + after[1:], rule, why, 0.93)


def _readings_of_pair(one: str, two: str, torn: bool, words: Lexicon, near: Near) -> Iterator[tuple[str, str, float]]:
    """What two tokens may be with the space elsewhere, as `_readings_of_run`: one word, known or misread, or two."""
    run = one + two
    if _known_run(run, words):
        if torn or len(run) >= SHORTEST_TORN - 2 * (len(one) == 1):
            yield run, run, 0.0
    elif torn and len(run) >= SHORTEST_SHORT:
        dearest = NEAR_TORN if len(run) >= SHORTEST_MISREAD else NEAR_SHORT
        for each in near.get(run, ())[:MOST_READINGS]:
            if each.cost <= dearest and _may_be_part(each.word, words):
                yield each.word, run, each.cost
    if torn and len(run) + 1 >= SHORTEST_SHORT:
        blotted = (f"{one}{letter}{two}" for letter in ascii_lowercase)
        yield from ((whole, whole, BLOT - LOST_SPACE) for whole in blotted if _may_be_blotted(whole, words))
    elif 1 in (len(one), len(two)):
        blotted = (f"{one}{letter}{two}" for letter in ascii_lowercase)
        yield from ((whole, whole, BLOT - LOST_SPACE) for whole in blotted if _little(whole, words))
    for cut in range(1, len(run)):
        if cut != len(one) and _may_be_part(run[:cut], words) and _may_be_part(run[cut:], words):
            yield f"{run[:cut]} {run[cut:]}", f"{run[:cut]} {run[cut:]}", 0.0


def _as_two(one: str, two: str, around: tuple[tuple[str, str], tuple[str, str]], words: Lexicon, near: Near) -> float:
    """How well two tokens fit as they are, or as the words that they may be misread from."""
    pairs = [(left, right) for left in _choices(one, near) for right in _choices(two, near)]
    scores = words.model.slot(*around[0], [f"{left} {right}" for (left, _), (right, _) in pairs], *around[1])
    return max(score - left - right for score, ((_, left), (_, right)) in zip(scores, pairs, strict=True))


def _choices(key: str, near: Near) -> list[tuple[str, float]]:
    return [(key, 0.0), *((each.word, each.cost) for each in near.get(key, ())[:MOST_READINGS])]

"""Words broken at a line end: mended, or their hyphen kept. The whole word goes to the upper line.

| before | after | rule |
|---|---|---|
| `prole-` / `tariat rose` | `proletariat` / `rose` | known-word |
| `inner-` / `party` | `inner-party` / | hyphenated-here |
| `Preobra¬` / `zhensky` | `Preobrazhensky` / | soft-mark |
| `anti-` / `Semitism` | `anti-Semitism` / | capital |
| `1917-` / `18` | `1917-18` / | number |
| `pre-` / `and post-war` | `pre-` / `and post-war` | (left alone: suspended hyphen) |
| `prepar` / `ed for` | `prepared` / `for` | no-hyphen |
| `provi- |` / `sion of`, `provi-` / `■ sion of`, `provi«` / `sion of` | `provision` / `of` | damaged-hyphen |
| `provi—` / `sion of` | `provision` / `of` | damaged-hyphen |
| `ninond` / `nienls to` | `ninondnienls` / `to` (for `amendments`) | no-hyphen-misread |
| `Mary-` / `borough` | `Maryborough` / | place-name |
| `Maher-` / `shalal-hash-baz` | `Maher-shalal-hash-baz` / | chain |
| `worldng-` / `clasp` | `worldng-clasp` / | unsure |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import ClassVar, NamedTuple

import regex

from ocr_clean.candidates import Candidate, finder
from ocr_clean.changes import Change, Edit, Mark
from ocr_clean.compounds import PREFIXES
from ocr_clean.document import Document, Line, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.model import NOT_KNOWN, words_of
from ocr_clean.vocabulary import BREAKS, Vocabulary, vocabulary

UPPER_RE = regex.compile(r"(?P<left>[\p{L}\p{M}\d'’‐-]*[\p{L}\p{M}\d])(?P<mark>\s?[-¬\N{SOFT HYPHEN}‐~]+)\s*$")
"""The fragment at the end of a line, and its hyphen. OCR puts a space before it, writes it twice, or reads a tilde."""

LOWER_RE = regex.compile(
    r"\s*(?P<right>[\p{L}\p{M}\d]+(?:[-'’][\p{L}\p{M}\d]+)*)(?:\S*[-¬\N{SOFT HYPHEN}‐~]\s+(?=\S))*+\S*\s*"
)
"""The first word of a line with what is attached to it: it moves up whole. If that ends with a hyphen, the word after
it moves too: else the hyphen would come to stand at a line end, and look like a break."""

DAMAGED_RE = regex.compile(
    r"(?<!\S)\W?(?P<left>\p{L}{2,})(?P<mark>"
    r"[-¬‐](?:[^\w\s]|\s[^\w\s]|\s?[^\w\s]?\s\w)?\s?[^\w\s]{0,2}"  # -", - |, - 1, -_
    r"|(?<=\p{L}{3})\s?[«»•*^=~¡¦'‘.\"°—–_]{1,2}"
    r")\s*$"
)
"""What may be a hyphen at a line end: one with specks after it, or another mark in its place."""
DAMAGED = 2
"""Of the last characters of such a line, so many are not both letters or figures."""

DAMAGED_MARGIN = 2.0
"""Nats by which a misread word with such a mark in it must be likelier than its halves: the mark speaks for it too."""

LONGEST_CHAIN = 4
"""Lines in succession, each but a fragment with a hyphen, that a word may run through: the narrowest column of a
newspaper does not break a word more often, and what does is a table or dirt."""

TAIL_RE = regex.compile(r"(?r)(?<!\S)(?P<left>\p{L}{2,})\s*$")
"""A word at a line end, without a hyphen or any mark after it; looked for from the end (`(?r)`)."""

HEAD_RE = regex.compile(r"\s*(?P<right>\p{Ll}{2,})(?!-|['’]?\p{L})\S*\s*")

DIRTY_HEAD_RE = regex.compile(r"\s*(?P<specks>[^\w\s‘“(\[]{1,3}\s?)?(?P<right>\p{Ll}{2,})(?!-|['’]?\p{L})\S*\s*")
"""The same with specks before it, after a hyphen: a rule between columns, the dirt of a margin."""

SOFT_RE = regex.compile("[¬\N{SOFT HYPHEN}]")

SUSPENDED = frozenset({"and", "or", "to", "und", "et"})
"""After a suspended hyphen (``pre- and post-war``) these follow, and nothing is joined."""

KEPT = frozenset({Role.VERSE, Role.TABLE, Role.CONTENTS, Role.HEADING})
"""Roles whose line ends mean something: dehyphenated only after a soft mark, or inside one heading or entry."""


class _Verdict(NamedTuple):
    """How a broken word is put together."""

    glue: str
    """"" for one word, ``-`` for a compound."""
    rule: str
    why: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Dehyphenate:
    """Mend words broken at a line end, within and across pages.

    The evidence: the mark itself (`¬` and U+00AD are soft), the joined and the hyphenated form elsewhere in the
    volume, the dictionary and the name lists, capitals and numbers. Where it does not decide, the hyphen stays and the
    rule is ``unsure``. Leaves alone: suspended hyphens, dashes, words on either side of a missing page, more than four
    lines in succession that hold nothing but a fragment with its hyphen.
    """

    name: ClassVar[str] = "dehyphenate"
    without_hyphen: bool = True
    """Mend words that are broken with no hyphen at all."""

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose two edits for each broken word, and a mark for a line that is left empty."""
        counts = vocabulary(doc)
        habit = _habit(doc, words)
        chained = _chained(doc)
        taken = 0  # a line whose only word moves up is looked at again in the next round
        for upper, lower in _pairs(doc):
            if upper.number == taken or doc.gap_between(upper.number, lower.number) or not _one_text(upper, lower):
                continue
            if upper.number in chained or lower.number in chained:
                continue
            for change in self._mended(upper, lower, words, counts, habit):
                if isinstance(change, Mark):
                    taken = lower.number
                yield change

    def _mended(self, upper: Line, lower: Line, words: Lexicon, counts: Vocabulary, habit: _Habit) -> Iterator[Change]:
        broken = UPPER_RE.search(upper.text) if upper.text.rstrip().endswith(BREAKS) else None
        rest = LOWER_RE.match(lower.text) if broken else None
        if broken and rest:
            verdict = _verdict(broken["left"], broken["mark"], rest["right"], words, counts)
            if verdict:
                yield from _moved(upper, broken.start("mark"), lower, rest, verdict)
            return
        if upper.role not in KEPT:
            yield from _damaged(upper, lower, words, habit)
        if not self.without_hyphen:
            return
        tail, head = _unbroken(upper, lower)
        if tail and head and upper.role not in KEPT:
            verdict = _unmarked(upper.text, tail["left"], lower.text, head["right"], words, habit)
            if verdict:
                yield from _moved(upper, tail.end("left"), lower, head, verdict)


def _pairs(doc: Document) -> Iterator[tuple[Line, Line]]:
    """Each line with the one that its text runs on to: the notes at a page foot interrupt the text above them."""
    lines = list(doc.printed_lines())
    yield from pairwise(line for line in lines if line.role is not Role.NOTE)
    yield from pairwise(line for line in lines if line.role is Role.NOTE)


def _damaged(upper: Line, lower: Line, words: Lexicon, habit: _Habit) -> Iterator[Change]:
    """A hyphen with specks beside it, or read as another mark: only where the word is known and a half is not.

    The halves may be misread too, where broken words that are misread are looked for.
    """
    if upper.text.rstrip()[-DAMAGED:].isalnum():
        return
    broken = DAMAGED_RE.search(upper.text)
    rest = (DIRTY_HEAD_RE if broken and broken["mark"][0] in BREAKS else HEAD_RE).match(lower.text)
    if not broken or not rest:
        return
    left, right = broken["left"], rest["right"]
    familiar = words.model.frequency(_fold(left + right)) > FEWEST or left + right in words.names
    verdict: _Verdict | None = None
    if left + right in words and familiar and not (left in words and right in words):
        verdict = _Verdict("", "damaged-hyphen", f"{left + right!r} is a known word", 0.95)
    elif habit.looks and left + right not in words:
        verdict = _misread(left, right, _around(upper.text, lower.text), words, DAMAGED_MARGIN)
    if verdict:
        yield from _moved(upper, broken.start("mark"), lower, rest, verdict._replace(rule="damaged-hyphen"))


def _chained(doc: Document) -> set[int]:
    """Numbers of the lines of all chains that are too long to be one word."""
    chained: set[int] = set()
    for link, lines in groupby(doc.printed_lines(), key=_is_link):
        numbers = [line.number for line in lines]
        if link and len(numbers) > LONGEST_CHAIN:
            chained.update(numbers)
    return chained


def _is_link(line: Line) -> bool:
    """Whether a line is nothing but a fragment with its hyphen."""
    return line.text.rstrip().endswith(BREAKS) and LOWER_RE.fullmatch(line.text) is not None


def _unbroken(upper: Line, lower: Line) -> tuple[regex.Match[str] | None, regex.Match[str] | None]:
    """The last word of one line and the first of the next, if letters alone stand on both sides of the line end."""
    head = HEAD_RE.match(lower.text) if upper.text.rstrip()[-1:].isalpha() else None
    return (TAIL_RE.search(upper.text) if head else None), head


def _one_text(upper: Line, lower: Line) -> bool:
    """Whether a word can run from *upper* to *lower*: both of one role, or a heading or note that a page break cut."""
    if upper.role is not lower.role or (lower.role is Role.NOTE and lower.opens):
        return False
    one_block = upper.role in (Role.HEADING, Role.CONTENTS) and not lower.opens
    return upper.role not in KEPT or one_block or SOFT_RE.search(upper.text) is not None


def _moved(upper: Line, at: int, lower: Line, rest: regex.Match[str], verdict: _Verdict) -> Iterator[Change]:
    glue, rule, why, confidence = verdict
    gone = upper.text[at:]
    run = rest[0][rest.start("right") :].strip()
    group = f"{upper.number}+{lower.number}"
    yield Edit(upper.number, at, gone, glue + run, rule, why, confidence, group)
    yield Edit(lower.number, 0, rest[0], "", rule, why, confidence, group)
    if rest.end() == len(lower.text):
        yield Mark(lower.number, Role.JOINED, rule, f"its text went to line {upper.number}", confidence=confidence)


def _verdict(left: str, mark: str, right: str, words: Lexicon, counts: Vocabulary) -> _Verdict | None:
    """How ``left-`` and *right* are put together; None to leave both where they are."""
    stem = left.rpartition("-")[2]
    if right.lower() in SUSPENDED and stem.lower() + right.lower() not in words:
        return None
    if not left[-1].isalpha() or not right[0].isalpha():
        if left[-1].isdigit() and right[0].isdigit():
            return _Verdict("-", "number", "a number or range", 0.95)
        return None
    if right[0].isupper() and not (left.isupper() and len(left) > 1):
        if mark[:1].isspace():
            return None
        return _capital(left, right, words, counts)
    return _lower_case(left, stem, mark, right, words, counts)


def _capital(left: str, right: str, words: Lexicon, counts: Vocabulary) -> _Verdict | None:
    """A capital after the break: a compound name (``Anglo-Russian``), else a dash that was misread."""
    compound = f"{left}-{right}"
    if compound in words or counts.words[compound]:
        return _Verdict("-", "hyphenated-here", f"{compound!r} is known", 0.98)
    if left[0].isupper() or left.lower() in PREFIXES:
        return _Verdict("-", "capital", "a capital follows", 0.9)
    return None


def _lower_case(left: str, stem: str, mark: str, right: str, words: Lexicon, counts: Vocabulary) -> _Verdict | None:
    soft = SOFT_RE.search(mark) is not None
    joined, compound = left + right, f"{left}-{right}"
    if mark[:1].isspace() and stem + right not in words:
        return None  # a hyphen that stands apart is a speck or a dash, unless the word needs it
    seen_joined, seen_compound = counts.folded[_fold(joined)], counts.folded[_fold(compound)]
    known = stem + right in words
    if seen_compound > seen_joined and not (soft and known):
        return _Verdict("-", "hyphenated-here", f"the volume writes {compound!r} {seen_compound} times", 0.97)
    if seen_joined > 2 * seen_compound and (known or seen_joined > 1):
        return _Verdict("", "joined-here", f"the volume writes {joined!r} {seen_joined} times", 0.99)
    if not soft and compound in words.dictionary and not known:
        return _Verdict("-", "hyphenated-word", f"{compound!r} is in the dictionary", 0.97)
    if not soft and _styled(stem, right, words, counts):
        return _Verdict("-", "prefix", f"the volume hyphenates {stem + '-'!r}", 0.9)
    if known:
        return _Verdict("", "known-word", f"{stem + right!r} is a known word", 0.99)
    if soft:
        return _Verdict("", "soft-mark", "the mark is a soft hyphen", 0.97)
    return _unknown(stem, right, words)


def _styled(stem: str, right: str, words: Lexicon, counts: Vocabulary) -> bool:
    """Whether the volume's own style keeps the hyphen after this prefix."""
    prefix = stem.lower()
    return prefix in PREFIXES and right in words and counts.parts[prefix + "-"] >= 3


def _unknown(stem: str, right: str, words: Lexicon) -> _Verdict:
    """Neither form is known. Two whole words are a compound; a fragment on either side is a broken word."""
    if stem[0].isupper() and right.lower() in PLACE_ENDINGS and stem.lower() not in PREFIXES:
        return _Verdict("", "place-name", f"{right!r} ends names of places", 0.9)
    if right.count("-") > 1 and stem + right.partition("-")[0] not in words:
        return _Verdict("-", "chain", f"{right!r} is a chain of hyphens itself", 0.8)
    if right in ENDINGS:
        return _Verdict("", "fragment", f"{right!r} ends words", 0.93)
    if _whole(stem, words) and _whole(right, words):
        return _Verdict("-", "two-words", f"{stem!r} and {right!r} are words", 0.85)
    if len(stem) > 1 and _of_a_name(stem, right, words):
        return _Verdict("", "fragment", f"{stem!r} and {right!r} are no common words", 0.8)
    if len(stem) == 1 or (stem in words and right in words):
        return _Verdict("-", "unsure", "nothing decides", 0.6)
    return _Verdict("", "fragment", f"{stem if stem not in words else right!r} is no word by itself", 0.93)


PLACE_ENDINGS = frozenset(
    "borough bourne bridge brook burgh burn bury castle chester church cliff combe cote dale fern field fields ford "
    "grove ham hampton haven hill holm hope hurst land ley leigh marsh mead minster moor mouth port shire stead stone "
    "stow thorpe ton vale ville wich wick wood worth".split()
)
"""With these, names of places end that begin with any word: ``Maryborough``, ``Redfern``. They are written as one."""

ENDINGS = frozenset("able ible ing ings ish ism ist ists ly ment ments ness tion tions".split())
"""With these, words end; where they are words themselves (``ness``, a headland), that is chance."""


def _whole(part: str, words: Lexicon) -> bool:
    """Whether *part* is a word that stands by itself, and no chance syllable (``ment``, ``ing``) in the dictionary."""
    return len(part) >= 3 and part in words and words.model.frequency(_fold(part)) > 1


CHANCE = 20.0
"""What occurs more often in a million words is no chance syllable of a name."""


def _of_a_name(stem: str, right: str, words: Lexicon) -> bool:
    """Whether both parts of a broken name are words only by chance: ``Ne-`` / ``phi``."""
    if not stem.istitle() or stem.lower() in PREFIXES or not right.islower():
        return False
    return max(words.model.frequency(_fold(part)) for part in (stem, right)) < CHANCE


def _fold(word: str) -> str:
    return word.lower().replace("’", "'")


MARGINS = ((0.02, 1.0), (0.005, 2.5), (0.0, 6.0))
"""Nats by which one word must be likelier in its place than its two halves, by how many of the volume's lines are
beyond doubt broken without a hyphen (share from which on, margin)."""

FEW_LINES = 300
"""In so many lines no break beyond doubt says little."""

SHORTEST = 7
"""Letters of a broken word that was also misread: shorter ones may be anything."""

DEAREST = 12.0
"""Nats that the misreading of such a word may cost: two slips."""

HALF_KNOWN = 3.0
"""Nats by which it must be likelier, at most, where one of its two halves is no word."""

ONE_KNOWN = 3.0
"""Nats by which it must be likelier over and above the margin where one of its fragments is a word."""

FEWEST = 1.0
"""It occurs so often in a million words."""


class _Habit(NamedTuple):
    """How a volume breaks words without a hyphen."""

    margin: float
    """How much must speak for such a break, in nats."""
    looks: bool
    """Whether broken words that were misread as well are looked for."""


def _unmarked(upper: str, left: str, lower: str, right: str, words: Lexicon, habit: _Habit) -> _Verdict | None:
    """Whether a word is broken here with no hyphen at all: ``prepar`` / ``ed``."""
    joined = left + right
    if joined not in words:
        return _misread(left, right, _around(upper, lower), words, habit.margin) if habit.looks else None
    left2, left1, right1, right2 = _around(upper, lower)
    whole, halves = words.model.slot(left2, left1, [_fold(joined), f"{_fold(left)} {_fold(right)}"], right1, right2)
    known = (left in words) + (right in words)
    asked = (0.0, min(habit.margin, HALF_KNOWN), habit.margin)[known]
    if whole - halves < asked:
        return None
    return _Verdict(
        "", "no-hyphen", f"{joined!r} is likelier here than {left!r} {right!r} by {whole - halves:.1f}", 0.95
    )


def _around(upper: str, lower: str) -> tuple[str, str, str, str]:
    """Two words before the last one of *upper*, and two after the first one of *lower*."""
    left2, left1 = [NOT_KNOWN, NOT_KNOWN, *words_of(upper)[:-1]][-2:]
    right1, right2 = [*words_of(lower)[1:], NOT_KNOWN, NOT_KNOWN][:2]
    return left2, left1, right1, right2


def _misread(
    left: str, right: str, around: tuple[str, str, str, str], words: Lexicon, margin: float
) -> _Verdict | None:
    """Two fragments that are together nearly a known word. The joined word is left to `spelling`."""
    joined = left + right
    known = (left in words) + (right in words)
    if len(joined) < SHORTEST or not right.isalpha():
        return None
    found = finder(words).nearest([joined, left, right], by_shape=True)
    wholes = [(each.word, each.cost) for each in found[joined] if _may_be(each, words)]
    if not wholes:
        return None
    pairs = [
        (f"{one} {two}", cost + more)
        for one, cost in _choices(left, found, words)
        for two, more in _choices(right, found, words)
    ]
    scores = words.model.slot(*around[:2], [text for text, _ in (*wholes, *pairs)], *around[2:])
    totals = [score - cost for score, (_, cost) in zip(scores, (*wholes, *pairs), strict=True)]
    best = max(range(len(wholes)), key=totals.__getitem__)
    gain = totals[best] - max(totals[len(wholes) :])
    if gain < margin + ONE_KNOWN * known:
        return None
    why = f"{joined!r} for {wholes[best][0]!r} is likelier here than {left!r} {right!r} by {gain:.1f}"
    return _Verdict("", "no-hyphen-misread", why, 0.9)


def _may_be(candidate: Candidate, words: Lexicon) -> bool:
    return candidate.cost <= DEAREST and words.model.frequency(candidate.word) > FEWEST


def _choices(part: str, found: Mapping[str, Sequence[Candidate]], words: Lexicon) -> list[tuple[str, float]]:
    """What a fragment may be as a word of its own: what it was read as, and words that it may be misread from."""
    near = [] if part in words else [(each.word, each.cost) for each in found[part] if _may_be(each, words)]
    return [(_fold(part), 0.0), *near]


def _habit(doc: Document, words: Lexicon) -> _Habit:
    """How often this volume has a break without a hyphen beyond doubt; that a few pages have none says little."""
    lines = list(doc.printed_lines())
    sure = 0
    for upper, lower in pairwise(lines):
        tail, head = _unbroken(upper, lower)
        if tail and head and tail["left"] + head["right"] in words:
            sure += tail["left"] not in words and head["right"] not in words
    share = sure / (len(lines) + 50)
    margin = next(margin for least, margin in MARGINS if share >= least)
    return _Habit(margin, margin < MARGINS[-1][1] or len(lines) <= FEW_LINES)

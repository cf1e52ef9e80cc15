"""Places in the running text that may be note references, and the numbers that they most likely bear.

A raised number is small: the OCR seldom reads it, and writes ``^``, ``^^``, ``®``, ``‘`` or a figure in its place.
One such mark says little; all marks of a chapter together, which count up from one, say much. So the marks of a
chapter are weighed as one chain (a hidden Markov model: forward and backward over the numbers): a mark may be dirt, a
reference may be lost, and after missing pages the count may leap. Which sign stands for which figure is learned from
the chains of the same book (expectation maximisation): one engine reads a raised 4 as ``"^`` all through.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import regex

from ocr_clean.document import Line
from ocr_clean.lexicon import Lexicon

Floats = npt.NDArray[np.float64]

SIGNS = "^®°"
"""What the OCR writes most often for raised figures."""

SIGN_RE = regex.compile(
    r"""(?<=(?P<before>[.,;:!?…)\]’”"'*]|\p{L}))
    (?P<mark>["'*^®°\d]{0,2}[\^®°]["'*^®°\d]{0,3})
    (?P<after>(?=\s|$|[—–,;:.!?)\]])|(?=\p{Lu}\p{Ll}))""",
    regex.VERBOSE,
)
"""A mark with a sign in it, after a word or a mark of punctuation, before a space or a capital that lost its space."""

FIGURE_RE = regex.compile(r"(?<=(?P<before>[.,;:!?…)\]’”\"'‘*]|\p{L}{3}))(?P<mark>\d{1,3})(?P<after>(?=\s|$|[—–]))")
"""Figures right after a word or a mark of punctuation."""

QUOTED_RE = regex.compile(r"(?<=(?P<before>[.,;:!?]))\s?(?P<mark>[‘'°“]\d{0,2})(?P<after>(?=\s|$))")
"""An opening quotation mark that opens nothing, after a mark of punctuation, maybe with the second figure after it."""

OPENS_RE = regex.compile(r"(?:^|\s)[\"'‘“*]$")
"""What opens a quotation, before a sign: both are the damaged mark of a quotation, ``'^ The``."""

MARK_RE = regex.compile(r"[\^®°‘'“\d]")
"""What each of the three patterns needs: most lines have nothing of it."""

ABBREVIATION_RE = regex.compile(
    r"(?:^|[\s(\[])(?:pp?|vols?|nos?|ch|chap|ff?|figs?|secs?|arts?|cols?|c|n|v|vv|[A-Z])[.,]$", regex.I
)
"""An abbreviation before a number: ``p.126`` is no reference."""
ODD_RE = regex.compile(r"[\^®°■•|\\~{}<>_§¥€=#%@]|\s[.,:;'’‘“\"-]\s")
"""Signs of a dirty line, where a stray mark means little."""
GLYPH_RE = regex.compile(r"[\"']?[\^®°]|\d|[‘'“]")
"""A sign that may stand for one raised figure."""
SENTENCE_END = frozenset(".!?…")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be a note reference."""

    line: Line
    start: int
    mark: str
    weight: float
    """Log odds that it is one, by its form alone."""
    figures: str
    """The figures that the OCR has read in it, "" for none."""
    after_gap: bool = False
    """Whether pages are missing between the candidate before it and this one."""

    dirt: float = 0.0
    """Share of dirty lines between the candidate before it and this one: there, references may have been lost."""

    @property
    def glyphs(self) -> tuple[str, ...]:
        """The signs of the mark, each of which may stand for one figure: ``"^`` is one sign."""
        return tuple(GLYPH_RE.findall(self.mark))


def candidates(line: Line, words: Lexicon, curly: bool) -> Iterator[Candidate]:
    """The places in *line* that may be references. *curly*: whether the text sets curly quotation marks."""
    text = line.text
    if not MARK_RE.search(text):
        return
    seen: set[int] = set()
    dirt = len(ODD_RE.findall(text))
    for found in SIGN_RE.finditer(text):
        mark = found["mark"]
        start = found.start("mark")
        if not curly:
            lead = len(mark) - len(mark.lstrip("\"'"))
            mark, start = mark[lead:], start + lead
        lead = len(mark) - len(mark.lstrip("*"))
        mark, start = mark[lead:], start + lead
        if not mark or not any(char in SIGNS for char in mark) or OPENS_RE.search(text[:start]):
            continue
        weight = _sign_weight(text, start, mark, words) - 0.8 * max(0, dirt - 1)
        seen.update(range(start, start + len(mark)))
        yield Candidate(line, start, mark, weight, "".join(char for char in mark if char.isdigit()))
    for found in FIGURE_RE.finditer(text):
        start = found.start("mark")
        if start in seen or ABBREVIATION_RE.search(text[:start]) or regex.search(r"\d[.,]$", text[:start]):
            continue
        yield Candidate(line, start, found["mark"], _figure_weight(text, start, words) - 0.5 * dirt, found["mark"])
    for found in QUOTED_RE.finditer(text):
        start = found.start("mark")
        if start not in seen:
            figures = found["mark"].strip("‘'°“")
            yield Candidate(line, start, found["mark"], (1.5 if figures else -1.5) - 0.8 * dirt, figures)


def _sign_weight(text: str, start: int, mark: str, words: Lexicon) -> float:
    before = text[:start].rstrip("’”\"')]*")
    if before[-1:] in SENTENCE_END:
        return 4.0
    if before[-1:] in ",;:":
        return 2.5
    if start and text[start - 1] in "’”)]":
        return 2.0
    word = regex.search(r"[\p{L}’'-]+$", text[:start])
    if word is None or len(word[0]) < 3 or word[0] not in words:
        return -4.0
    return 0.5 if len(mark) > 1 or mark != "^" else -1.0


def _figure_weight(text: str, start: int, words: Lexicon) -> float:
    before = text[:start].rstrip("’”\"')]*‘")
    if before[-1:] in SENTENCE_END or text[start - 1] in "’”":
        return 3.0
    if before[-1:] in ",;:":
        return 1.5
    word = regex.search(r"\p{L}+$", text[:start])
    return -0.5 if word is not None and len(word[0]) > 3 and word[0].lower() in words else -4.0


LOST = 2.6
LOST_IN_DIRT = 0.8
"""Cost, in log odds, of a reference that the OCR has lost: between clean lines, and between dirty ones."""
LEAP = 1.5
LEAP_STEP = 0.05
"""Cost of a leap of the count over missing pages, and of each number that it skips."""
BEYOND = 0.3
"""Cost of each number beyond the last note of a list that breaks off."""
OTHER_LENGTH = -2.5
"""What a mark of one sign says for a number of two figures, and the other way round."""
ROUNDS = 5
"""Rounds of learning which sign stands for which figure."""
SMOOTHING = 0.6
"""Seen so often, before anything is counted, is each sign for each figure."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The candidates of one chapter."""

    found: tuple[Candidate, ...]
    last: int
    """Number of the last note of the chapter, 0 if unknown."""
    begins: bool
    """Whether the text has the chapter's beginning; else the count may begin anywhere."""
    known: int = 0
    """The highest number among its notes where the list breaks off, 0 if there is none: few may follow."""

    @property
    def highest(self) -> int:
        """The highest number that is weighed."""
        if self.last:
            return self.last
        legible = [int(each.mark) for each in self.found if each.mark.isdigit() and each.weight > 1]
        return min(MOST_NOTES, max([10, int(1.5 * len(self.found)) + 10, *(value + 5 for value in legible)]))


@dataclass(frozen=True, slots=True)
class Reading:
    """What the chain says of one candidate."""

    candidate: Candidate
    is_reference: float
    """Probability that it is a reference."""
    number: int
    """Its likeliest number, if it is one."""
    sure: float
    """Probability of that number, if it is a reference."""


MOST_NOTES = 300
"""A chapter has no more notes than this, unless the list of its notes says so. Where no chapters are known, the marks
of a whole book are weighed as one chain, and the work grows with its length times the highest number."""

Table = dict[tuple[str, str], float]
"""Log likelihood ratio of a sign for a figure."""


def read_chains(chains: Sequence[Chain]) -> list[list[Reading]]:
    """Weigh the candidates of each chapter together, with what all chapters tell of the signs."""
    signs = {glyph for chain in chains for each in chain.found for glyph in each.glyphs}
    table = {(glyph, figure): _first(glyph, figure) for glyph in signs for figure in "0123456789"}
    weights = [_weights(chain, table) for chain in chains]
    for _ in range(ROUNDS):
        table = _learn(chains, weights, signs)
        weights = [_weights(chain, table) for chain in chains]
    return [
        [_reading(each, taken, left) for each, (taken, left) in zip(chain.found, rows, strict=True)]
        for chain, rows in zip(chains, weights, strict=True)
    ]


def _first(glyph: str, figure: str) -> float:
    if not glyph.isdigit():
        return 0.0
    return 2.0 if glyph == figure else -2.5


def _learn(chains: Sequence[Chain], weights: Sequence[list[tuple[Floats, float]]], signs: Collection[str]) -> Table:
    """The table from the numbers that the chains now give to the marks."""
    counts = {(glyph, figure): SMOOTHING for glyph in signs for figure in "0123456789"}
    for chain, rows in zip(chains, weights, strict=True):
        for each, (taken, left) in zip(chain.found, rows, strict=True):
            shares = np.exp(taken - np.logaddexp(np.logaddexp.reduce(taken), left))
            for number in np.flatnonzero(shares > 0.02):
                due = str(number + 1)
                if len(due) == len(each.glyphs):
                    for glyph, figure in zip(each.glyphs, due, strict=True):
                        counts[glyph, figure] += float(shares[number])
    by_figure = {figure: sum(counts[glyph, figure] for glyph in signs) for figure in "0123456789"}
    whole = sum(by_figure.values())
    by_glyph = {glyph: sum(counts[glyph, figure] for figure in "0123456789") for glyph in signs}
    return {
        (glyph, figure): float(np.log(count / by_figure[figure]) - np.log(by_glyph[glyph] / whole))
        + _first(glyph, figure)
        for (glyph, figure), count in counts.items()
    }


def _agreements(glyphs: tuple[str, ...], highest: int, table: Table) -> Floats:
    """What the signs of a mark say for each number."""
    return np.array(
        [
            sum(table[glyph, figure] for glyph, figure in zip(glyphs, due, strict=True))
            if len(due := str(number)) == len(glyphs)
            else OTHER_LENGTH
            for number in range(1, highest + 1)
        ]
    )


def _costs(each: Candidate) -> list[tuple[float, float]]:
    """Cost of going on to a candidate, and of each number that is skipped before it, in each way that it can happen."""
    lost = LOST + (LOST_IN_DIRT - LOST) * each.dirt
    return [(0.0, lost), (LEAP, LEAP_STEP)] if each.after_gap else [(0.0, lost)]


def _into(state: Floats, each: Candidate) -> Floats:
    """Log weight of coming to each number, from 1, given that of each number (from 0) as the last one before.

    The cost of skipping is linear, so the sum over all earlier numbers is one running sum.
    """
    places = np.arange(len(state) - 1.0)
    ways = [np.logaddexp.accumulate(state[:-1] + cost * places) - cost * places - once for once, cost in _costs(each)]
    return np.asarray(np.logaddexp.reduce(ways))


def _onward(taken: Floats, each: Candidate) -> Floats:
    """Log weight of going on from each number, from 0, given that of each number (from 1) taken next."""
    places = np.arange(float(len(taken)))
    ways = [
        np.logaddexp.accumulate((taken - cost * places)[::-1])[::-1] + cost * places - once
        for once, cost in _costs(each)
    ]
    return np.append(np.logaddexp.reduce(ways), -np.inf)


def _weights(chain: Chain, table: Table) -> list[tuple[Floats, float]]:
    """For each candidate, the log weight of each number, and of its being no reference."""
    highest = chain.highest
    agree = {glyphs: _agreements(glyphs, highest, table) for glyphs in {each.glyphs for each in chain.found}}
    gains = [each.weight + agree[each.glyphs] for each in chain.found]
    state = np.full(highest + 1, -np.inf)
    state[0] = 0.0
    if not chain.begins:
        state[1:] = -LEAP - LEAP_STEP * np.arange(1, highest + 1)
    before: list[Floats] = [state]
    reached: list[Floats] = []
    for each, gain in zip(chain.found, gains, strict=True):
        taken = _into(before[-1], each) + gain
        reached.append(taken)
        before.append(np.append(before[-1][:1], np.logaddexp(before[-1][1:], taken)))
    left = highest - np.arange(highest + 1.0)
    beyond = np.maximum(0, np.arange(highest + 1.0) - chain.known) if chain.known else np.zeros(highest + 1)
    after: list[Floats] = [-0.5 * LOST_IN_DIRT * left if chain.last else -BEYOND * beyond]
    for each, gain in zip(reversed(chain.found), reversed(gains), strict=True):
        after.append(np.logaddexp(after[-1], _onward(gain + after[-1][1:], each)))
    after.reverse()
    return [
        (taken + later[1:], float(np.logaddexp.reduce(earlier + later)))
        for taken, earlier, later in zip(reached, before, after[1:], strict=False)
    ]


def _reading(each: Candidate, taken: Floats, left: float) -> Reading:
    total = float(np.logaddexp.reduce(taken))
    best = int(np.argmax(taken))
    whole = float(np.logaddexp(total, left))
    return Reading(each, float(np.exp(total - whole)), best + 1, float(np.exp(taken[best] - total)))

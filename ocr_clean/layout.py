"""How wide a line is set, and how wide the column is in which it stands.

A text dump keeps neither indents nor sizes of type, but it keeps line ends. A line ended where it did because the next
word had no room left: so every line says something about the width of its column (the *measure*), and a block that was
set narrower than the text round it shows in its line ends alone.

Widths are estimated from the text: a character counts what it counts in a common book face (Times, Adobe font metrics,
thousandths of an em); for a text that was wrapped by a computer every character counts the same. Whichever explains
the line ends better is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

ADVANCE = {
    200: "|",
    250: " .,",
    278: "/:;\\ijlt",
    333: "!()-I[]`frs¬'’‘",
    389: "Js",
    408: '"^',
    444: "?acez“”",
    500: "#$*0123456789_bdghknopquvxy–°",
    556: "FPS",
    611: "ELTZ",
    667: "BCR",
    722: "ADGHKNOQUVXYw",
    778: "&m",
    889: "M",
    944: "W",
    1000: "—@%",
}
"""Width of the characters in thousandths of an em: Times Roman, rounded to the groups that matter here."""

_TIMES = {char: width / 1000 for width, chars in sorted(ADVANCE.items()) for char in chars}
_OTHER = 0.5
"""A character that the table lacks: an accented letter, on the average."""


def set_width(text: str) -> float:
    """Width of *text* in ems as a book face would set it.

    >>> set_width("mill") < set_width("moor")
    True
    """
    words = text.split(" ")
    return sum(map(_word_width, words)) + _TIMES[" "] * (len(words) - 1)


@lru_cache(maxsize=100_000)
def _word_width(word: str) -> float:
    return sum(_TIMES.get(char, _OTHER) for char in word)


def typed_width(text: str) -> float:
    """Width of *text* in characters: for a text that was wrapped by a computer or typed."""
    return float(len(text))


Width = Callable[[str], float]
"""A way to tell the width of a text."""


@dataclass(frozen=True, slots=True)
class LineEnd:
    """What one line end says: the line got this wide, and the next word did not go on it."""

    line: int
    """Number of the upper line."""
    width: float
    """Width of the upper line."""
    wanted: float
    """Width that it would have had with a space and the first word of the lower line."""

    def room(self, measure: float) -> float:
        """Share of *measure* that would have been left with the next word on the line; negative if it had no room."""
        return (measure - self.wanted) / measure


@lru_cache(maxsize=1 << 15)
def line_end(number: int, upper: str, lower: str, width: Width) -> LineEnd:
    """The line end between the texts of two neighbouring lines."""
    words = lower.split(maxsplit=1)
    wide = width(upper.strip())
    return LineEnd(number, wide, wide + width(" ") + (width(words[0]) if words else 0.0))


@dataclass(frozen=True, slots=True)
class Fit:
    """How running text is set: the column's width, that of blocks set narrower, how loosely lines keep to it."""

    measure: float
    """Width of the column, in the unit of `width`."""
    narrow: float
    """Width of the blocks that are set narrower than the column, 0.0 if there are none."""
    slack: float
    """Standard deviation of the estimated width of a full line, as a share of the measure."""
    width: Width

    def odds(self, ends: Sequence[LineEnd], measure: float = 0.0) -> float:
        """Log odds that lines with these line ends are set to the narrow measure rather than to *measure*.

        *measure* is the column's unless given.
        """
        if not ends or not self.narrow:
            return 0.0
        wide = measure or self.measure
        return sum(_log(end, self.narrow, self.slack) - _log(end, wide, self.slack) for end in ends)


SLACKS = (0.008, 0.015, 0.025, 0.035, 0.05)
"""Tried values of `Fit.slack`: from a text wrapped by a computer to loose setting under bad OCR."""
SHARES = np.arange(75, 98) / 100
"""Tried widths of narrow blocks, as shares of the column's: an indent of half an em to a quarter of the column."""
FLOOR = 0.05
"""Likelihood of a line end that no measure explains: the last line of a paragraph, or a line with dirt on it."""
FEWEST = 8
"""Fewer line ends than this tell nothing about a measure."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """One guess at how much of a text is set narrower than the column."""

    share: float
    """Share of the blocks that are narrow."""
    gain: float
    """What the second measure must add to the log likelihood: doubt means that there is none."""


MIXTURES = (
    Mixture(0.2, 1.0),  # a book that quotes now and then
    Mixture(0.5, 2.0),  # pages full of quotations
)
USUAL = (0.9, 1.16)
"""Least and greatest measure of the column, in measures that explain all lines best: where most of them are quotations
they are narrower than the column. More, and the few wide lines are notes in smaller type, of which more go on a line.
"""

ENOUGH = 4000
"""Line ends that suffice; of a longer text only each second, third ... block is looked at."""


def fit(groups: Sequence[Sequence[tuple[int, str, str]]]) -> Fit | None:
    """The measures that explain most line ends; None where there are too few.

    *groups* are blocks: for each line end in the block the number of the upper line and the texts of both lines.
    """
    groups = [group for group in groups if group]
    groups = groups[:: 1 + sum(map(len, groups)) // ENOUGH]
    if sum(map(len, groups)) < FEWEST:
        return None
    return _best_fit(tuple(map(tuple, groups)))


@lru_cache(maxsize=4)
def _best_fit(groups: tuple[tuple[tuple[int, str, str], ...], ...]) -> Fit:
    """The best fit in either way to tell a width; kept, since several stages ask for the same lines."""
    trials = [trial for width in (set_width, typed_width) for trial in _trials(groups, width)]
    trials.sort(key=lambda trial: -trial.alone)
    best = (trials[0].alone, trials[0].one_measure())
    for trial in trials:
        best = trial.two_measures(best)
    return best[1]


@dataclass(frozen=True, slots=True)
class _Trial:
    """How well each measure explains each block, for one way to tell a width and one slack."""

    width: Width
    slack: float
    measures: Floats
    table: Floats
    """Log likelihood of each block (columns) in a column of each measure (rows)."""
    first: int
    """Index of the measure that explains all blocks best."""
    alone: float
    """Its log likelihood."""

    def one_measure(self) -> Fit:
        """The fit without narrow blocks."""
        return Fit(float(self.measures[self.first]), 0.0, self.slack, self.width)

    def two_measures(self, best: tuple[float, Fit]) -> tuple[float, Fit]:
        """The better of *best* and the best pair of a measure and a narrower one.

        A measure with which even a narrow width of each block's own choice would be no better is not tried.
        """
        for mixture in MIXTURES:
            best = self._mixed(mixture, best)
        return best

    def _mixed(self, mixture: Mixture, best: tuple[float, Fit]) -> tuple[float, Fit]:
        """The same for one guess at the share of narrow blocks."""
        plain, quoted = np.log1p(-mixture.share) + self.table, np.log(mixture.share) + self.table
        usual = self.measures / self.measures[self.first]
        for index in np.flatnonzero((usual >= USUAL[0]) & (usual <= USUAL[1])):
            others = np.searchsorted(self.measures, SHARES * self.measures[index])
            most = quoted[others[0] : others[-1] + 1].max(axis=0)
            if np.logaddexp(plain[index], most).sum() - mixture.gain <= best[0]:
                continue
            scores = np.logaddexp(plain[index], quoted[others]).sum(axis=1) - mixture.gain
            top = int(np.argmax(scores))
            if scores[top] > best[0]:
                narrow = float(self.measures[others[top]])
                best = (float(scores[top]), Fit(float(self.measures[index]), narrow, self.slack, self.width))
        return best


def _trials(groups: Sequence[Sequence[tuple[int, str, str]]], width: Width) -> Iterator[_Trial]:
    ends = [line_end(number, upper, lower, width) for group in groups for number, upper, lower in group]
    starts = np.cumsum([0, *(len(group) for group in groups[:-1])])
    measures = float(np.percentile([end.width for end in ends], 95)) * np.arange(0.6, 1.1, 0.005)
    for slack in SLACKS:
        table = np.add.reduceat(_logs(ends, measures, slack), starts, axis=1)
        alone = table.sum(axis=1)
        first = int(np.argmax(alone))
        yield _Trial(width, slack, measures, table, first, float(alone[first]))


def first_line(found: Fit, ends: Sequence[LineEnd]) -> float:
    """The width that an indent leaves to the first line of a paragraph; 0.0 where too few first lines are known.

    *ends* are the first line ends of paragraphs that are set to the column's measure.
    """
    if len(ends) < FEWEST:
        return 0.0
    measures = found.measure * np.arange(0.85, 1.001, 0.005)
    return float(measures[int(np.argmax(_logs(ends, measures, found.slack).sum(axis=1)))])


def _logs(ends: Sequence[LineEnd], measures: Floats, slack: float) -> Floats:
    """Log likelihood of each line end (columns) in a column of each width (rows)."""
    wide = np.array([end.width for end in ends])
    wanted = np.array([end.wanted for end in ends])
    scale = (measures * slack)[:, None]
    stays = _normal((measures[:, None] - wide) / scale)
    goes = _normal((wanted - measures[:, None]) / scale)
    return np.asarray(np.log(FLOOR + stays * goes))


LOGISTIC = 1.702
"""Factor with which the logistic function comes nearest to the normal distribution."""


def _log(end: LineEnd, measure: float, slack: float) -> float:
    """The same for one line end and one width."""
    scale = measure * slack
    stays = 1 / (1 + exp(-LOGISTIC * max(-40.0, min(40.0, (measure - end.width) / scale))))
    goes = 1 / (1 + exp(-LOGISTIC * max(-40.0, min(40.0, (end.wanted - measure) / scale))))
    return log(FLOOR + stays * goes)


def _normal(values: Floats) -> Floats:
    """The normal distribution function, by its logistic approximation (largest error 0.01)."""
    return np.asarray(1 / (1 + np.exp(-LOGISTIC * np.clip(values, -40, 40))))

"""Columns: a column of text that was read as two halves, put together line by line.

| before | after | rule |
|---|---|---|
| `This plan was ne` ... (the other left halves) ... `ver carried out.` | `This plan was never carried out.` | halves |
| `was shown to the men` ... `of the second watch` | `was shown to the men of the second watch` | halves |

A shadow or a fold down the page makes an OCR engine see two columns: it gives all left halves, then all right ones.
The two runs of short lines are put together where four things agree: each pair is as long as a full line, the pairs
keep their order, the seams cut words in two, and the right halves go on in the middle of a sentence.

Leaves alone: verse, lists, tables, the columns of an index or a newspaper, whose lines begin and end with whole words;
two runs that do not fit each other; a half without a partner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import ClassVar

import regex

from ocr_clean.changes import Change, taken_up
from ocr_clean.document import Document, Line, Role
from ocr_clean.lexicon import Lexicon

MIN_PAIRS = 5
"""Fewest pairs of halves."""
SHORT = 0.75
"""Longest half, as a share of a full line."""
FULL_LOW, FULL_HIGH = 0.7, 1.15
"""How long a pair may be on the average, as a share of a full line."""
SPREAD = 0.15
"""How much pairs may differ in length, on the average, as a share of a full line."""
CUT = 0.45
"""Least share of the seams that cut a word."""
GOES_ON = 0.5
"""Least share of right halves that begin with a small letter or a fragment."""
UNPAIRED = 0.35
"""Cost of a line without a partner; a pair costs its difference from a full line."""
MAX_GAP = 12
"""Blank or retired source lines that may lie between the left halves and the right ones."""
WORD_RE = regex.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_FIRST_RE = regex.compile(r"^\W*([^\W\d_]+)")
_LAST_RE = regex.compile(r"([^\W\d_]+)\W*$")


@dataclass(frozen=True, slots=True)
class Columns:
    """Put the two halves of a column together, line by line."""

    name: ClassVar[str] = "columns"

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose, for each pair of halves, an edit of the left one and of the right one, and to retire the latter."""
        lines = [line for line in doc.lines if line.role in (Role.BODY, Role.QUOTE)]
        if len(lines) < 2 * MIN_PAIRS:
            return
        full = _full(lines)
        runs = _runs(lines, full)
        index = 0
        while index < len(runs) - 1:
            left, right = runs[index], runs[index + 1]
            pairs = _pairs(left, right, full, words) if _adjoin(doc, left, right) else []
            for one, other in pairs:
                yield from _joined(one, other, words)
            index += 2 if pairs else 1


def _full(lines: Sequence[Line]) -> int:
    """Characters of a full line: what nine lines in ten do not exceed."""
    lengths = sorted(len(line.text.strip()) for line in lines)
    return max(1, lengths[9 * len(lengths) // 10])


def _runs(lines: Sequence[Line], full: int) -> list[list[Line]]:
    """Runs of short lines; two blank lines end one."""
    runs: list[list[Line]] = []
    run: list[Line] = []
    for line in lines:
        if run and (len(line.text.strip()) > SHORT * full or line.number - run[-1].number > 2):
            runs.append(run)
            run = []
        if len(line.text.strip()) <= SHORT * full:
            run.append(line)
    runs.append(run)
    return [run for run in runs if len(run) >= MIN_PAIRS]


def _adjoin(doc: Document, left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether nothing that is printed lies between two runs, and they are near."""
    low, high = left[-1].number, right[0].number
    return high - low <= MAX_GAP and not any(line.printed for line in doc.lines[low : high - 1])


def _pairs(left: Sequence[Line], right: Sequence[Line], full: int, words: Lexicon) -> list[tuple[Line, Line]]:
    """The pairs of halves, or nothing if the two runs are not halves of one column."""
    pairs = _aligned(left, right, full)
    if len(pairs) < MIN_PAIRS or len(pairs) < 0.75 * len(right):
        return []
    lengths = [_length(one, other) / full for one, other in pairs]
    usual = mean(lengths)
    if not FULL_LOW <= usual <= FULL_HIGH or mean(abs(length - usual) for length in lengths) > SPREAD:
        return []
    cut = mean(_cuts_word(one, other, words) for one, other in pairs)
    goes_on = mean(_goes_on(other, words) for _, other in pairs)
    return pairs if cut >= CUT and goes_on >= GOES_ON else []


def _length(one: Line, other: Line) -> int:
    return len(one.text.strip()) + len(other.text.strip())


def _aligned(left: Sequence[Line], right: Sequence[Line], full: int) -> list[tuple[Line, Line]]:
    """Pairs in order with the least cost: the difference of each from a full line, and lines left over."""
    rows, columns = len(left), len(right)
    cost = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    step = [[""] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows + 1):
        for column in range(columns + 1):
            ways: list[tuple[float, str]] = []
            if row and column:
                apart = abs(_length(left[row - 1], right[column - 1]) / full - 0.95)
                ways.append((cost[row - 1][column - 1] + apart, "pair"))
            if row:
                ways.append((cost[row - 1][column] + _alone(left, right, row - 1, column), "left"))
            if column:
                ways.append((cost[row][column - 1] + UNPAIRED, "right"))
            cost[row][column], step[row][column] = min(ways, default=(0.0, ""))
    pairs: list[tuple[Line, Line]] = []
    row, column = rows, columns
    while row or column:
        way = step[row][column]
        row, column = row - (way != "right"), column - (way != "left")
        if way == "pair":
            pairs.append((left[row], right[column]))
    return pairs[::-1]


def _alone(left: Sequence[Line], right: Sequence[Line], row: int, column: int) -> float:
    """Cost of a left half without a right one: little for the last line of a paragraph, which may be short."""
    ends = left[row].text.rstrip(" |^").endswith((".", "!", "?", "’", "”"))
    gap = 0 < column < len(right) and right[column].number - right[column - 1].number > 1
    if not ends:
        return UNPAIRED
    return UNPAIRED / 4 if gap else UNPAIRED / 2


def _cuts_word(one: Line, other: Line, words: Lexicon) -> bool:
    """Whether a word is cut where two halves meet: either piece is no word."""
    last, first = _LAST_RE.search(one.text), _FIRST_RE.search(other.text)
    return bool((last and last[1] not in words) or (first and first[1] not in words))


def _goes_on(other: Line, words: Lexicon) -> bool:
    first = _FIRST_RE.search(other.text)
    return bool(first and (first[1][0].islower() or first[1] not in words))


def _joined(one: Line, other: Line, words: Lexicon) -> Iterator[Change]:
    upper, lower = one.text.rstrip(), other.text.strip()
    last, first = _LAST_RE.search(upper), _FIRST_RE.search(lower)
    # the cut goes through the middle of words: two pieces that make a word are one, whatever else they mean
    whole = last and first and upper.endswith(last[1]) and lower.startswith(first[1]) and last[1] + first[1] in words
    after = upper + ("" if whole else " ") + lower
    yield from taken_up(
        one, other, after, "halves", ("left and right half of a line", f"right half of line {one.number}")
    )

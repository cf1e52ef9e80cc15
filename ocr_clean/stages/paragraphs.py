"""Paragraphs: which line opens one.

| between two lines stands | so the lower one | rule |
|---|---|---|
| a blank line, more than usual here | opens | blank-line |
| an indent, in a dump that keeps them | opens | indent |
| room for the next word at the end of the upper, after a full stop | opens | room |
| a change between the column's measure and a narrower one | opens | measure |
| a heading or a gap in the pages | opens | cut |
| a line end of a dump with one paragraph a line | opens | one-a-line |
| a page end in the middle of a sentence | goes on | runs-on |

What speaks for and against a new paragraph is added up; the rule names what spoke loudest.

The test of the room that was left is that of pd3f (``would the next word have fitted?``), with the measure estimated
from all line ends, see `ocr_clean.layout`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log
from typing import ClassVar

from ocr_clean.changes import Change, Mark
from ocr_clean.document import Document, Line
from ocr_clean.flow import Flow, Gap
from ocr_clean.lexicon import Lexicon

BLANKS = (0.7, 0.02)
"""Share of line ends with a blank line after them: at the end of paragraphs, and inside a sentence."""
PRIOR = 10
"""Line ends: so many, at these shares, are added to those of the dump from which its shares are taken."""
LEAST, MOST = 3.3, 4.6
MOST_WITHOUT = 2.5
"""Limits of what a blank line may say, and the lack of one: an OCR engine also loses them, most at page ends."""
INDENT = 3.0
"""An indented line in a dump that keeps indents; half of it against one without."""
MEASURE = 4.0
"""One line belongs to narrow setting, the other does not."""
ENDS = {"stop": 2.0, "colon": 1.2, "initial": -1.5, "dirt": -1.5, "open": -3.0, "comma": -3.5, "hyphen": -6.0}
"""What the end of the upper line says, see `Gap.end`."""
STARTS = {"lower": -4.0, "upper": 0.5, "digit": -0.5, "other": 0.0}
"""What the start of the lower line says, see `Gap.start`."""
ROOMS = ((0.12, 3.5), (0.06, 2.2), (0.025, 1.0), (-0.02, -0.3), (float("-inf"), -1.5))
"""What the room left on the upper line says: share of the measure, at least, and weight."""


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Say where paragraphs begin.

    Joins across pages and their furniture, never across missing pages. Leaves alone headings, notes, contents and
    index, which have been marked before.
    """

    name: ClassVar[str] = "paragraphs"
    rounds: ClassVar[int] = 1
    doubt: float = 1.2
    """Weight of evidence that a new paragraph must exceed; lower splits more."""

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose a mark for each line of running text."""
        flow = Flow.of(doc)
        narrow = {line.number: run.narrow for run in flow.runs for line in run.lines}
        blanks = _said_by_blanks(flow)
        if flow.lines:
            yield _mark(flow.lines[0], True, "cut", "the text begins")
        for gap in flow.gaps:
            opens, rule, why = self._opens(flow, gap, narrow, blanks)
            yield _mark(gap.lower, opens, rule, why)

    def _opens(self, flow: Flow, gap: Gap, narrow: dict[int, bool], blanks: dict[bool, float]) -> tuple[bool, str, str]:
        if gap.cut:
            return True, "cut", "after a heading or missing pages"
        if flow.unwrapped:
            return True, "one-a-line", "the dump has one paragraph a line"
        votes = list(_votes(flow, gap, narrow, blanks))
        total = sum(weight for weight, _, _ in votes)
        opens = total > self.doubt
        if not opens:
            return False, "runs-on", f"evidence {total:+.1f}"
        _, rule, why = max(votes)
        return True, rule, f"{why} ({total:+.1f})"


def _said_by_blanks(flow: Flow) -> dict[bool, float]:
    """What a blank line says for a new paragraph, and what it says that there is none.

    The more of the surely broken line ends of the dump have one, and the fewer of those inside a sentence, the more.
    """
    near = [gap for gap in flow.gaps if not gap.crossing and not gap.cut]
    ends = [gap for gap in near if gap.end == "stop" and gap.start == "upper" and flow.room(gap, True) > SURELY_ROOM]
    inside = [gap for gap in near if gap.end == "open" and gap.start == "lower"]
    shares = [
        (sum(gap.blanks > 0 for gap in gaps) + PRIOR * share) / (len(gaps) + PRIOR)
        for gaps, share in zip((ends, inside), BLANKS, strict=True)
    ]
    broken, whole = shares
    blank, none = log(broken / whole), log((1 - broken) / (1 - whole))
    return {True: min(MOST, max(LEAST, blank)), False: -min(MOST_WITHOUT, -none)}


SURELY_ROOM = 0.2
"""Share of the measure: a line that ends a sentence with so much room left surely ends its paragraph."""


def _votes(
    flow: Flow, gap: Gap, narrow: dict[int, bool], blanks: dict[bool, float]
) -> Iterator[tuple[float, str, str]]:
    yield ENDS[gap.end], "room", "after the end of a sentence"
    if gap.end == "open" and gap.start == "digit":
        yield STARTS["lower"] / 2, "room", "a number inside a clause"
    yield STARTS[gap.start], "room", "before a capital"
    inside = narrow[gap.upper.number]
    room = flow.room(gap, inside)
    yield next(weight for least, weight in ROOMS if room >= least), "room", "the next word would have fitted"
    if inside is not narrow[gap.lower.number]:
        yield MEASURE, "measure", "the measure changes"
    if flow.indented and gap.indent >= 1:
        yield INDENT, "indent", "an indent"
    elif flow.indented:
        yield -INDENT / 2, "indent", "no indent"
    if gap.crossing:
        return
    yield blanks[gap.blanks > 0], "blank-line", "after a blank line" if gap.blanks else "no blank line"


def _mark(line: Line, opens: bool, rule: str, why: str) -> Mark:
    return Mark(line.number, line.role, rule, why, opens=opens, level=line.level, label=line.label)

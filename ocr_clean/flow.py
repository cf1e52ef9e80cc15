"""Running text as it stands in the dump: the gaps between its lines, and the runs of lines that are set narrower.

`paragraphs` and `quotations` look at a document through this view. It reads texts and page furniture only, never what
those two have decided, so that both are at rest on their own output.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from math import log
from statistics import median

import regex

from ocr_clean.document import Document, Line, Role
from ocr_clean.layout import Fit, LineEnd, first_line, fit, line_end, set_width

FLOWING = frozenset({Role.BODY, Role.QUOTE, Role.VERSE, Role.LIST, Role.TABLE, Role.LINE, Role.CAPTION})
"""Roles of lines that are running text, or that `quotations` has made of running text."""

NOTE_MARK = r"(?:\[\^[^\]\s]+\]|[*†‡§^®°]+|[¹²³⁰⁴-⁹]+)"
END_RE = regex.compile(rf"([.!?…:;,]|[—–]|[-¬\N{{SOFT HYPHEN}}])(?:\s?[’”\"'»)\]]|{NOTE_MARK})*$")
"""The mark of punctuation at the end of a line, with closing quotation marks and note references after it."""
SPECKS_RE = regex.compile(r"(?:\s(?![;:!?][’”\"'»]?(?:\s|$))[^\w\s]{1,2})+$")
"""Specks after the end of a line: marks that stand alone, and are no stops that older printers set apart."""
REFERENCE_END_RE = regex.compile(r"(?:\[\^[^\]\s]+\]|[\^®]{2,}|(?<=[.!?’”])[\^®])$")
"""A note reference at the end of a line, read already or not."""
OPENER_RE = regex.compile(r"^[\s‘“\"'«(\[*—-]*")
"""What may stand before the first letter of a sentence."""
LONG_LINE = 110
"""Characters: a printed line is never longer; a dump with many longer ones has one paragraph a line."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands between two neighbouring lines of running text."""

    upper: Line
    lower: Line
    blanks: int
    """Blank lines between them beyond those that stand between any two lines here."""
    crossing: bool
    """Whether a page ends, or furniture or notes stand, between them: blank lines then say nothing."""
    cut: bool
    """Whether something stands between them that ends every paragraph: a heading, missing pages."""
    indent: int
    """Columns by which the lower line begins further right than lines do here."""
    any_blank: bool = False
    """Whether any blank line stands between them at all."""

    @property
    def end(self) -> str:
        """How the upper line ends: ``stop``, ``colon``, ``hyphen``, ``comma``, ``open`` (inside a clause).

        Or ``initial`` (a name may go on, or a sentence end), or ``dirt`` before a capital (nobody knows).
        """
        end = _end(self.upper.text)
        if end == "dirt":
            return "open" if self.start == "lower" else end
        numbered = self.start == "digit" and not ITEM_RE.match(self.lower.text)
        cited = numbered and end in ("stop", "initial") and CITED_RE.search(self.upper.text.rstrip())
        return "open" if cited else end

    @property
    def start(self) -> str:
        """How the lower line starts: ``lower``, ``upper``, ``digit`` or ``other``."""
        return _start(self.lower.text)


TITLE_END_RE = regex.compile(r"\b(?:Mr|Mrs|Dr|Rev|Hon|Prof|Gen|Col|Capt|Lieut|Lt|Messrs|Mme|Mlle|Pte|Sergt?)\.$")
"""A title with its full stop at a line end: a name follows on the next line."""

INITIAL_RE = regex.compile(r"\p{Ll}{2}.*[\s.]\p{Lu}\.$")
"""An initial at the end of a line of words: the name may go on. A line of initials alone is a signature."""

CITED_RE = regex.compile(r"(?:^|[\s(])(?:\p{Lu}\p{Ll}{1,4}|p|pp|vol|no|cf|sec|art|chap?|vers?|verse)\.$")
"""An abbreviation at a line end that a number may follow: ``Matt.``, ``vol.``"""

ITEM_RE = regex.compile(r"^\W*\d{1,3}[.)]\s+[‘“\"']?\p{Lu}")
"""The beginning of a numbered paragraph or of an item of a list: not a number that belongs to the line above."""

DIRT_END_RE = regex.compile(r"(?:^|\s)(?=\S*[^\s^][\\^~|<>{}■•%]\S*[\\^~|<>{}■•%])\S{4,}$")
"""A last word full of dirt, and not only a note mark after it."""

ENDS = {".": "stop", "!": "stop", "?": "stop", "…": "stop", ":": "colon", ";": "comma", ",": "comma"} | dict.fromkeys(
    ("-", "¬", "\N{SOFT HYPHEN}"), "hyphen"
)
"""What a mark of punctuation at a line end says, see `Gap.end`."""


@lru_cache(maxsize=1 << 16)
def _end(text: str) -> str:
    bare = text.rstrip()
    if bare[-1:].isalpha():
        return "open"
    if DIRT_END_RE.search(bare):
        return "dirt"
    if INITIAL_RE.search(bare):
        return "initial"
    found = END_RE.search(SPECKS_RE.sub("", bare))
    return ENDS.get(found[1], "open") if found and not TITLE_END_RE.search(bare) else "open"


@lru_cache(maxsize=1 << 16)
def _start(text: str) -> str:
    first = OPENER_RE.sub("", text)[:1]
    if first.islower():
        return "lower"
    if first.isupper():
        return "upper"
    return "digit" if first.isdigit() else "other"


@dataclass(frozen=True, slots=True)
class Run:
    """Lines that surely belong together, with the gap before them."""

    lines: tuple[Line, ...]
    before: Gap | None
    goes_on: bool = False
    """Whether they go on with the sentence before the gap."""
    narrow: bool = False
    """Whether they are set narrower than the text round them."""


@dataclass(frozen=True, eq=False)
class Flow:
    """The running text of a document. What only some stages ask for is worked out when it is asked for."""

    lines: tuple[Line, ...]
    gaps: tuple[Gap, ...]
    """The gap after each line but the last."""

    @classmethod
    def of(cls, doc: Document) -> Flow:
        """Look at the running text of *doc*."""
        return _flow(doc)

    @cached_property
    def unwrapped(self) -> bool:
        """Whether the dump has one paragraph a line."""
        return sum(len(line.text) > LONG_LINE for line in self.lines) * 5 >= len(self.lines) > 0

    @cached_property
    def indented(self) -> bool:
        """Whether the dump keeps the indents of paragraphs."""
        return _indented(self.gaps)

    @cached_property
    def fit(self) -> Fit | None:
        """How the text is set; None where too little of it is known, or where lines are no printed lines."""
        return None if self.unwrapped else fit(_groups(self.gaps))

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """Its lines in runs that surely belong together."""
        return tuple(_runs(self))

    def line_end(self, gap: Gap) -> LineEnd:
        """What the end of the upper line of *gap* says about the measure."""
        width = self.fit.width if self.fit else set_width
        return line_end(gap.upper.number, gap.upper.text, gap.lower.text, width)

    def room(self, gap: Gap, narrow: bool) -> float:
        """Share of the measure that was left at the end of the upper line of *gap*, had the next word stood on it."""
        if not self.fit:
            return 0.0
        measure = self.fit.narrow if narrow and self.fit.narrow else self.fit.measure
        return (measure - self.line_end(gap).wanted) / self.fit.measure


@lru_cache(maxsize=2)
def _flow(doc: Document) -> Flow:
    """The running text of *doc*, kept for the next stage that asks for it."""
    lines = tuple(line for line in doc.printed_lines() if line.role in FLOWING)
    return Flow(lines, tuple(_gaps(doc, lines)))


def _gaps(doc: Document, lines: Sequence[Line]) -> Iterator[Gap]:
    raw = [_between(doc, upper, lower) for upper, lower in pairwise(lines)]
    usual = _usual_blanks(lines, raw)
    margins = _margins(lines)
    for (upper, lower), (blanks, crossing, cut), expected, margin in zip(
        pairwise(lines), raw, usual, margins[1:], strict=True
    ):
        indent = _indent(lower) - margin
        yield Gap(upper, lower, max(0, blanks - expected), crossing, cut, indent, blanks > 0)


def _between(doc: Document, upper: Line, lower: Line) -> tuple[int, bool, bool]:
    """Blank lines, whether a page or furniture ends, and whether a heading or a gap stands between two lines."""
    turns = doc.page_number(upper.number) != doc.page_number(lower.number)
    lost = doc.gap_between(upper.number, lower.number)
    if lower.number == upper.number + 1:
        return 0, turns, lost
    inside = [line.role for line in doc.lines[upper.number : lower.number - 1]]
    crossing = turns or any(role not in (Role.BLANK, Role.NOISE, Role.JOINED) for role in inside)
    cut = lost or any(role in (Role.HEADING, Role.CONTENTS, Role.INDEX) for role in inside)
    return inside.count(Role.BLANK), crossing, cut


WINDOW = 24
"""Line ends on each side that tell how many blank lines are usual at a place."""


def _usual_blanks(lines: Sequence[Line], raw: Sequence[tuple[int, bool, bool]]) -> list[int]:
    """For each gap, the blank lines that stand near it between two lines of one sentence."""
    sure = [
        (index, raw[index][0])
        for index, (upper, lower) in enumerate(pairwise(lines))
        if not raw[index][1] and _runs_on(upper.text, lower.text)
    ]
    places, blanks = [place for place, _ in sure], [count for _, count in sure]
    spaced = [0, *accumulate(count > 0 for count in blanks)]
    usual = []
    for index in range(len(raw)):
        first = bisect_left(places, index - WINDOW)
        last = min(bisect_right(places, index + WINDOW), first + 2 * WINDOW)
        most = 2 * (spaced[last] - spaced[first]) > last - first - 1
        usual.append(int(median(blanks[first:last])) if most and last - first > 2 else 0)
    return usual


def _runs_on(upper: str, lower: str) -> bool:
    return lower.strip()[:1].islower() and upper.rstrip()[-1:].isalpha()


def _indent(line: Line) -> int:
    return len(line.text) - len(line.text.lstrip())


def _margins(lines: Sequence[Line]) -> list[int]:
    """For each line, the column in which lines begin hereabouts."""
    indents = [_indent(line) for line in lines]
    if not any(indents):
        return indents
    return [
        int(median(indents[max(0, index - WINDOW // 2) : index + WINDOW // 2 + 1])) for index in range(len(indents))
    ]


def _indented(gaps: Sequence[Gap]) -> bool:
    """Whether indents tell where paragraphs begin: some lines have one, and most of those follow the end of one."""
    shifted = [gap for gap in gaps if 1 <= gap.indent <= 12]
    if len(shifted) < max(3, len(gaps) // 50):
        return False
    return sum(gap.end == "stop" for gap in shifted) * 10 >= 7 * len(shifted)


def _groups(gaps: Sequence[Gap]) -> list[list[tuple[int, str, str]]]:
    groups: list[list[tuple[int, str, str]]] = [[]]
    for gap in gaps:
        if gap.blanks or gap.crossing or gap.cut:
            groups.append([])
        else:
            groups[-1].append((gap.upper.number, gap.upper.text, gap.lower.text))
    return groups


FREE = 0.15
"""Share of the measure: a line that ends a sentence with so much room left ends its paragraph."""


def _runs(flow: Flow) -> list[Run]:
    if not flow.lines:
        return []
    groups: list[tuple[list[Line], Gap | None]] = [([flow.lines[0]], None)]
    ends: list[list[LineEnd]] = [[]]
    for gap in flow.gaps:
        if flow.unwrapped or gap.cut or gap.crossing or gap.blanks or _surely_over(flow, gap):
            groups.append(([gap.lower], gap))
            ends.append([])
        else:
            groups[-1][0].append(gap.lower)
            ends[-1].append(flow.line_end(gap))
    runs = [
        Run(tuple(lines), before, before is not None and not before.cut and _goes_on(flow, before))
        for lines, before in groups
    ]
    if not flow.fit or not flow.fit.narrow:
        return runs
    odds = [_odds(flow.fit, run, inside) for run, inside in zip(runs, ends, strict=True)]
    indented = first_line(flow.fit, [inside[0] for odd, inside in zip(odds, ends, strict=True) if odd < SURELY_PLAIN])
    odds = [_odds(flow.fit, run, inside, indented) for run, inside in zip(runs, ends, strict=True)]
    narrow = _alternate(runs, odds)
    return [replace(run, narrow=is_narrow) for run, is_narrow in zip(runs, narrow, strict=True)]


def _surely_over(flow: Flow, gap: Gap) -> bool:
    return gap.end == "stop" and gap.start != "lower" and flow.room(gap, narrow=True) > FREE


LINE_ODDS = 4.0
"""Most that one run may say for or against a narrow setting, for each of its line ends."""


SINGLE = -0.8
"""Log odds that one line alone is set narrow: it tells nothing, and few quotations are so short."""
SURELY_PLAIN = -4.0
"""Log odds below which a run is surely set to the column's measure: its first line tells of the indent."""


def _odds(found: Fit, run: Run, ends: Sequence[LineEnd], indented: float = 0.0) -> float:
    """Log odds that a run is set narrow.

    The first line of a plain paragraph may have an indent: *indented* is the width that is left for it, 0.0 if unknown.
    """
    if len(run.lines) == 1:
        wide = found.width(run.lines[0].text.strip())
        return -2.0 if wide > 1.03 * found.narrow else SINGLE
    begins = not run.lines[0].text.lstrip()[:1].islower()
    odds = found.odds(ends[1:] if begins else ends)
    if begins and indented:
        odds += found.odds(ends[:1], indented)
    most = LINE_ODDS * len(ends)
    return max(-most, min(most, odds))


ENTERS = {"stop": -2.3, "open": -0.3, "colon": 1.7}
"""Log odds that a narrow run follows after running text: after the end of a sentence, an unfinished one, a colon."""
STAYS = {"": -0.6, "reference": -2.5}
"""The same after a narrow run: quotations end with a note reference."""
SAME_SENTENCE = 4.0
"""What speaks against a change of measure within a sentence."""
REFERRED = 0.3
"""Share of the runs that end a sentence that end in a note reference."""
PRIOR = 20
"""Runs: so many, at this share, are added to those of the book, narrow and others, from which its shares are taken."""


def _alternate(runs: Sequence[Run], odds: Sequence[float]) -> list[bool]:
    """Which runs are narrow, given what widths and punctuation say, and where the book sets its note references."""
    first = _likeliest(runs, odds)
    ends = [_ending(after.before) if after.before else "" for after in runs[1:]]
    said = _said_by_references(ends, first)
    return _likeliest(runs, [odd + said.get(end, 0.0) for odd, end in zip(odds, [*ends, ""], strict=True)])


def _said_by_references(ends: Sequence[str], narrow: Sequence[bool]) -> dict[str, float]:
    """Log odds that a run is narrow, for one that ends a sentence with and without a note reference."""
    shares = []
    for kind in (True, False):
        mine = [end for end, is_narrow in zip(ends, narrow, strict=False) if is_narrow is kind and end]
        shares.append((mine.count("reference") + PRIOR * REFERRED) / (len(mine) + PRIOR))
    quote, plain = shares
    return {"reference": log(quote / plain), "stop": log((1 - quote) / (1 - plain))}


def _likeliest(runs: Sequence[Run], odds: Sequence[float]) -> list[bool]:
    """The likeliest sequence of narrow and other runs (Viterbi)."""
    scores = [(0.0, odds[0] + ENTERS["stop"])]
    back: list[tuple[bool, bool]] = []
    for run, odd in zip(runs[1:], odds[1:], strict=True):
        stay, leave, enter, keep = _moves(run)
        plain, quote = scores[-1]
        to_plain = (plain + stay, quote + leave)
        to_quote = (plain + enter, quote + keep)
        back.append((to_plain[1] > to_plain[0], to_quote[1] > to_quote[0]))
        scores.append((max(to_plain), max(to_quote) + odd))
    narrow = [scores[-1][1] > scores[-1][0]]
    for from_plain, from_quote in reversed(back):
        narrow.append(from_quote if narrow[-1] else from_plain)
    return narrow[::-1]


def _moves(run: Run) -> tuple[float, float, float, float]:
    """Scores of the moves plain-plain, narrow-plain, plain-narrow, narrow-narrow into *run*."""
    gap = run.before
    if gap is None or gap.cut:
        return 0.0, 0.0, ENTERS["stop"], ENTERS["stop"]
    if run.goes_on:
        return SAME_SENTENCE, 0.0, ENTERS["stop"], SAME_SENTENCE
    stays = STAYS["reference" if _ending(gap) == "reference" else ""]
    return 0.0, 0.0, ENTERS[_lead(gap)], stays


def _lead(gap: Gap) -> str:
    """What leads to a run: a colon, an unfinished sentence, or the end of one."""
    if gap.end == "colon":
        return "colon"
    return "open" if gap.end != "stop" and gap.start != "lower" else "stop"


def _ending(gap: Gap) -> str:
    """How a sentence ends before a gap: with a note reference, or without; "" where it does not."""
    if REFERENCE_END_RE.search(gap.upper.text.rstrip()):
        return "reference"
    return "stop" if gap.end == "stop" else ""


def _goes_on(flow: Flow, gap: Gap) -> bool:
    """Whether a sentence runs on over a gap.

    Over the end of a page wherever no sentence ends; inside a page only from a full line without a mark at its end to a
    small letter: a short line, or a comma, leads to a quotation that finishes the sentence.
    """
    if gap.crossing:
        return gap.end not in ("stop", "colon") or gap.start == "lower"
    return gap.end in ("open", "hyphen") and gap.start == "lower" and flow.room(gap, narrow=True) <= FREE

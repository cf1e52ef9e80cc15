"""The channel: how dear it is for an OCR engine to read one string where another is printed.

It starts from the table `wordlists/confusions.tsv` and learns what this very scan confuses (`Channel.learned`).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from ocr_clean.errors import WordlistError
from ocr_clean.lexicon import CONFUSIONS, wordlist_path

HEADER = ["read", "printed", "weight", "note"]

COST = {3: 3.5, 2: 4.75, 1: 6.0}
"""Cost in nats of a confusion by its weight in the table: about 3 %, 1 % and 1/4 % of the glyphs concerned."""

STRANGE = 7.5
"""Cost of reading one character for another that is not in the table."""
LOST = 7.0
"""Cost of a printed character that was not read."""
ADDED = 6.5
"""Cost of a character read where none was printed."""
ADDED_MARK = 4.5
"""The same for a speck read as a mark inside a word."""
CASE = 5.0
"""Cost of reading a letter in the other case."""
ACCENT = 4.5
"""Cost of a speck over a letter, read as an accent."""
LONGEST_REGION = 6
"""Characters of both sides together: where more differ, nothing is known about how they came to."""
LONGEST_PIECE = 3
"""Characters of either side of a confusion in the table."""
CHEAPEST = 0.7
"""No confusion costs less, however often this scan shows it."""

HABIT, HABIT_SHARE = 1.5, 0.02
"""A confusion that so many words of a scan show, counted by confidence, is a habit of the scan if it is this share of
all that are seen."""

Region = tuple[str, str]
"""What was read, and what was printed in its place."""


def read_table(path: Path) -> dict[Region, int]:
    """The confusions and their weights.

    Raises `WordlistError` with file and line for a malformed table.
    """
    table: dict[Region, int] = {}
    rows = [(n, line) for n, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1) if line]
    body = [(number, line.split("\t")) for number, line in rows if not line.startswith("# ")]
    if not body or body[0][1] != HEADER:
        raise WordlistError(f"the header is not {' '.join(HEADER)}", str(path), "correct the first line")
    for number, cells in body[1:]:
        if len(cells) != len(HEADER) or cells[2] not in ("1", "2", "3"):
            raise WordlistError("not: read, printed, weight 1 to 3, note", f"{path}:{number}", "correct the row")
        table[cells[0], cells[1]] = int(cells[2])
    for (read, printed), weight in list(table.items()):
        table.setdefault((read.lower(), printed.lower()), weight)  # words are compared in lower case
    return {pair: weight for pair, weight in table.items() if pair[0] != pair[1]}


@dataclass(frozen=True, eq=False)
class Channel:
    """Costs of confusions, in nats."""

    table: Mapping[Region, int]
    seen: Mapping[Region, float] = field(default_factory=dict)
    """How often this scan was seen to confuse two strings, by the corrections that were beyond doubt."""
    _costs: dict[Region, float] = field(default_factory=dict)
    """Costs that were worked out, without what was seen: shared by every channel learned from this one."""

    _rests: dict[Region, float] = field(default_factory=dict)
    _pieces: dict[Region, float] = field(default_factory=dict)
    """The same for what is put together of pieces, and for the pieces."""

    @classmethod
    def load(cls, path: Path) -> Channel:
        """The channel of the table at *path*."""
        return cls(read_table(path))

    def learned(self, seen: Mapping[Region, float]) -> Channel:
        """A channel that has also *seen* regions in this scan, so often: what it shows often becomes cheap."""
        return Channel(self.table, seen, self._costs, self._rests, self._pieces)

    @cached_property
    def rewrites(self) -> dict[str, tuple[str, ...]]:
        """What may be printed where a string was read, for every confusion of the table."""
        return _by_read(self.table)

    @cached_property
    def everyday_rewrites(self) -> dict[str, tuple[str, ...]]:
        """The same for what the table calls everyday."""
        return _by_read(pair for pair, weight in self.table.items() if weight == max(COST))

    @cached_property
    def habits(self) -> dict[str, tuple[str, ...]]:
        """The same for what this scan shows time and again."""
        least = max(HABIT, HABIT_SHARE * sum(self.seen.values()))
        return _by_read(sorted(each for each, count in self.seen.items() if each[0] and count >= least))

    @cached_property
    def wide_rewrites(self) -> dict[str, tuple[str, ...]]:
        """The same for confusions that an index of single edits cannot undo: several characters, marks and figures."""
        return {
            read: kept
            for read, printed in self.rewrites.items()
            if (kept := tuple(each for each in printed if len(read) > 1 or len(each) > 1 or not read.isalpha()))
        }

    def cost(self, read: str, printed: str) -> float:
        """The cost of reading *read* where *printed* stands; 0 if they are the same.

        >>> channel = Channel({("li", "h"): 3})
        >>> channel.cost("tlie", "the") < channel.cost("tzie", "the")
        True
        """
        total = 0.0
        for region in regions(read, printed):  # a loop: this is asked a hundred thousand times for a book
            total += self.region_cost(region)
        return total

    def region_cost(self, region: Region) -> float:
        """The cost of one differing stretch."""
        cost = self._costs.get(region)
        if cost is None:
            cost = self._costs[region] = self._region_cost(*region)
        count = self.seen.get(region)
        return max(CHEAPEST, cost - math.log1p(count)) if count else cost

    def _region_cost(self, read: str, printed: str) -> float:
        """The cost in a scan that has shown nothing yet: of the table, or of the cheapest way to put it together."""
        known = self._known(read, printed)
        if known is not None:
            return known
        if not read or not printed or len(read) == len(printed) == 1:
            return self.single(read, printed)
        if len(read) + len(printed) > LONGEST_REGION:
            return STRANGE * max(len(read), len(printed))
        return self._pieced(read, printed)

    def _pieced(self, read: str, printed: str) -> float:
        """The cost of the cheapest way to put two strings together of pieces of up to three characters.

        What is left after the first piece is remembered: thousands of words end alike.
        """
        if not read and not printed:
            return 0.0
        cost = self._rests.get((read, printed))
        if cost is None:
            pieces = self._first_pieces(read, printed)
            cost = min(self._piece(read[:k], printed[:m]) + self._pieced(read[k:], printed[m:]) for k, m in pieces)
            self._rests[read, printed] = cost
        return cost

    def _first_pieces(self, read: str, printed: str) -> Iterator[tuple[int, int]]:
        """How many characters of each string the first piece may have: one at most, or what the table has."""
        if read:
            yield 1, 0
        if printed:
            yield 0, 1
        if read and printed:
            yield 1, 1
        for k in range(1, min(len(read), LONGEST_PIECE) + 1):
            for piece in self._wider.get(read[:k], ()):
                if printed.startswith(piece):
                    yield k, len(piece)

    @cached_property
    def _wider(self) -> dict[str, tuple[str, ...]]:
        """`rewrites` of more than one character on either side."""
        return {
            read: kept
            for read, printed in self.rewrites.items()
            if (kept := tuple(each for each in printed if each and len(read) + len(each) > 2))
        }

    def _piece(self, read: str, printed: str) -> float:
        cost = self._pieces.get((read, printed))
        if cost is None:
            cost = self._pieces[read, printed] = self.single(read, printed)
        return cost

    def _known(self, read: str, printed: str) -> float | None:
        weight = self.table.get((read, printed))
        return None if weight is None else COST[weight]

    def single(self, read: str, printed: str) -> float:
        """The cost of one edit: at most one side empty, or a confusion of the table."""
        if read == printed:
            return 0.0
        known = self._known(read, printed)
        if known is not None:
            return known
        if not read:
            return LOST * len(printed)
        if not printed:
            return sum(ADDED if each.isalnum() else ADDED_MARK for each in read)
        if len(read) == len(printed) == 1:
            if read.lower() == printed.lower():
                return CASE
            return ACCENT if unaccented(read) == printed else STRANGE
        return math.inf


def unaccented(word: str) -> str:
    """*word* without its accents; "" if it has none.

    >>> unaccented("déluge"), unaccented("deluge")
    ('deluge', '')
    """
    if word.isascii():
        return ""
    bare = "".join(each for each in unicodedata.normalize("NFD", word) if not unicodedata.combining(each))
    return bare if bare != word else ""


def _by_read(table: Iterable[Region]) -> dict[str, tuple[str, ...]]:
    by_read: dict[str, list[str]] = {}
    for read, printed in table:
        by_read.setdefault(read, []).append(printed)
    return {read: tuple(printed) for read, printed in by_read.items()}


@cache
def channel() -> Channel:
    """The shipped channel, before it has seen anything."""
    return Channel.load(wordlist_path(CONFUSIONS))


@lru_cache(maxsize=200_000)
def regions(read: str, printed: str) -> tuple[Region, ...]:
    """Where two strings differ: the shortest differing stretches, adjacent edits taken together.

    >>> regions("imion", "union"), regions("tlie", "the"), regions("same", "same")
    ((('im', 'un'),), (('li', 'h'),), ())
    """
    found: list[list[int]] = []
    for op in Levenshtein.opcodes(read, printed):
        if op.tag == "equal":
            continue
        if found and found[-1][1] == op.src_start and found[-1][3] == op.dest_start:
            found[-1][1], found[-1][3] = op.src_end, op.dest_end
        else:
            found.append([op.src_start, op.src_end, op.dest_start, op.dest_end])
    return tuple((read[a:b], printed[c:d]) for a, b, c, d in found)


def variants(
    word: str, rewrites: Mapping[str, tuple[str, ...]], among: Container[str] | None = None
) -> Iterator[tuple[str, Region]]:
    """*word* with one confusion undone, for each place where one could have happened, with that confusion.

    If a vocabulary *among* is given, only what is in it.

    >>> sorted(variants("iii", {"ii": ("n",)}))
    [('in', ('ii', 'n')), ('ni', ('ii', 'n'))]
    """
    for start in range(len(word)):
        for end in range(start + 1, min(len(word), start + 3) + 1):
            for printed in rewrites.get(word[start:end], ()):
                undone = word[:start] + printed + word[end:]
                if among is None or undone in among:
                    yield undone, (word[start:end], printed)

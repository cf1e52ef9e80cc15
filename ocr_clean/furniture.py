"""What in a dump looks like page furniture: lines with a page number at an edge, texts that come again and again.

Plain functions shared by the stages `pages` and `running_heads`; nothing here decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import regex
from rapidfuzz.distance import Indel, Levenshtein
from rapidfuzz.process import cdist

from ocr_clean import folios
from ocr_clean.document import Document, Line, Role
from ocr_clean.folios import Folio

MAX_HEAD = 90
"""Characters of the longest line that may be a running head."""
SAME_HEAD = 0.75
"""Similarity from which two head texts are the same head under OCR noise. HTRC's clustering takes 0.7 of the whole
line; here the numeral is off and only letters are compared."""

MIN_PIECE = 8
"""Letters of the shortest piece of a head that is taken for what is left of it."""
LISTED = 1.2
"""A number with a stop before a text begins an item of a list, a note, a line of contents."""

LETTERS_RE = regex.compile(r"[^\W\d_]+")
_DIGIT_RE = re.compile(r"\d")
_EDGE_DIGIT_RE = re.compile(r"^\w{0,3}\d|\d\w{0,3}$")
_LEAD_RE = re.compile(r"(?P<number>\d [\d ]{0,4}\d|\w{1,4})(?P<stop>\s?[.,:;)\]])?(?=\s|[^\w\s])")
_TRAIL_RE = re.compile(r"(?<=[\s\W])(?P<number>\d [\d ]{0,4}\d|\w{1,4})$")
_FIGURES_RE = re.compile(r"(?=.*[a-z])[iloIOnSsZz]{1,3}")
"""Old-style figures, read as small letters: ``io`` for 10, ``n`` for 11."""
TRIM = "".join(chr(code) for code in range(33, 127) if not chr(code).isalnum()) + " \t\r\f—–■•°§©®»«‘’“”¬"
"""What stands around a line's letters and digits when it is dirt."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that would make sense as a running head or foot with this folio."""

    position: int
    """Index among the lines that are not blank."""
    line: int
    """Source line."""
    folio: Folio
    place: str
    """``alone``: nothing else on the line; ``lead`` or ``trail``: before or after a text."""
    key: str
    """Letters of the text beside the number, in lower case."""
    own: float
    """Evidence in the line itself: exactness and blank lines around."""


def key_of(text: str) -> str:
    """*text* reduced to what survives damage: its letters, in lower case.

    >>> key_of("Keepers of the lowest loc<k")
    'keepersofthelowestlock'
    """
    return "".join(LETTERS_RE.findall(text)).lower()


def similarity(one: str, other: str) -> float:
    """Normalised Levenshtein similarity of two keys, 0 to 1."""
    return Levenshtein.normalized_similarity(one, other)


def contained(part: str, whole: str) -> float:
    """How much of *part*, a damaged or cut head, is found in *whole* in order, 0 to 1, weighted by what is left.

    >>> contained("therisingbureaucray", "fightingtherisingbureaucracy") > 0.6
    True
    """
    if not part or not whole:
        return 0.0
    if len(part) >= MIN_PIECE and (whole.startswith(part) or whole.endswith(part)):
        return SAME_HEAD
    alike = similarity(part, whole)
    # letters in order mean little in a short text
    return alike if len(part) < MIN_PIECE + 2 else max(alike, 0.9 * Indel.normalized_similarity(part, whole))


def number_fit(text: str, printed: str) -> float:
    """How well a word at one of the ends of a line fits the page number *printed*, 0 to 1.

    Beside a text, only a word with a digit in it counts: `The` is not a damaged 113. The second word counts where the
    first may be dirt, but not after a stop.

    >>> number_fit("V jl66 Afloat on the uppercanal", "166"), number_fit("The mill", "113"), number_fit("Ill", "111")
    (0.75, 0.0, 1.0)
    >>> number_fit("7: 11; Isaiah", "11"), number_fit("io THE LOCK.", "10"), number_fit("to The lock.", "10")
    (0.0, 1.0, 0.0)
    """
    tokens = [token for token in (each.strip(TRIM) for each in text.split()) if token]
    if not tokens or not printed:
        return 0.0
    first_two = () if text.split()[0].endswith((":", ";", ",")) else ("".join(tokens[:2]), *tokens[1:2])
    ends = (tokens[0], *first_two, "".join(tokens[-2:]), tokens[-1])
    if len(key_of(text)) > 3:
        ends = tuple(token for token in ends if _DIGIT_RE.search(token) or _figures(token, text))
    return max((folios.fits(token, printed) for token in ends), default=0.0)


def _figures(token: str, text: str) -> bool:
    """Whether *token* is a number read as small letters beside a text in capitals: ``io THE UPPER LOCK``."""
    if not _FIGURES_RE.fullmatch(token):
        return False
    bare = text.strip()
    return (bare.removeprefix(token) if bare.startswith(token) else bare.removesuffix(token)).isupper()


def distinct(keys: Sequence[str], most: int = 8) -> list[str]:
    """The *most* frequent of *keys*, those like a more frequent one left out."""
    found: list[str] = []
    for key, _ in Counter(key for key in keys if len(key) > 3).most_common():
        if len(found) == most:
            break
        if all(similarity(key, other) < SAME_HEAD for other in found):
            found.append(key)
    return found


def blanks_around(lines: Sequence[Line]) -> tuple[list[int], list[int]]:
    """For each line, how many blank lines stand right before and right after it; the file's edges count as many."""
    before, after = [0] * len(lines), [0] * len(lines)
    run = 9
    for index, line in enumerate(lines):
        before[index] = run
        run = run + 1 if line.role is Role.BLANK else 0
    run = 9
    for index in range(len(lines) - 1, -1, -1):
        after[index] = run
        run = run + 1 if lines[index].role is Role.BLANK else 0
    return before, after


ITEM_RE = regex.compile(r"\W{0,2}(?P<number>\d{1,3})\s?[.)]\s*\p{L}")
"""The beginning of an item of a numbered list: a chapter in the contents, a paragraph, a note."""
ITEM_LINES = 4
"""Printed lines from the beginning of one item to that of the next, at most, for both to be told by their numbers."""


@lru_cache(maxsize=2)
def items(doc: Document) -> frozenset[int]:
    """Source lines that begin an item of a numbered list: right before or after them one begins with the next number.

    A page number never does.
    """
    lines = [line for line in doc.lines if line.role is not Role.BLANK]
    numbered = [
        (place, line.number, int(found["number"]))
        for place, line in enumerate(lines)
        if (found := ITEM_RE.match(line.text.strip()))
    ]
    pairs = [
        (upper[1], lower[1])
        for upper, lower in pairwise(numbered)
        if lower[0] - upper[0] <= ITEM_LINES and lower[2] == upper[2] + 1
    ]
    return frozenset(number for pair in pairs for number in pair)


def candidates(doc: Document) -> list[Candidate]:
    """Every line of *doc* that has a page number at one of its ends, with each reading of it."""
    before, after = blanks_around(doc.lines)
    listed = items(doc)
    found: list[Candidate] = []
    position = -1
    for index, line in enumerate(doc.lines):
        if line.role is Role.BLANK:
            continue
        position += 1
        if len(line.text) > MAX_HEAD or line.number in listed:
            continue
        alone = 0.35 * min(1, before[index]) + 0.35 * min(1, after[index])
        found.extend(_readings(line, position, alone))
    return found


def _readings(line: Line, position: int, alone: float) -> Iterator[Candidate]:
    core = line.text.strip(TRIM)
    if not core:
        return
    if len(core) <= 5:
        for folio in folios.read(core.replace(" ", "")):
            own = 0.8 if folio.exact and not (folio.roman and core.isupper()) else 0.2
            yield Candidate(position, line.number, folio, "alone", "", own + alone)
        return
    words = core.split()
    if not (
        _EDGE_DIGIT_RE.search(core) or core.isupper() or any(_figures(word, core) for word in (words[0], words[-1]))
    ):
        return
    for place, pattern in (("lead", _LEAD_RE), ("trail", _TRAIL_RE)):
        if not (match := pattern.search(core)):
            continue
        token = match["number"]
        if not _DIGIT_RE.search(token) and not (core.isupper() and len(token) > 1) and not _figures(token, core):
            continue
        key = key_of(core[match.end() :] if place == "lead" else core[: match.start()])
        if len(key) < 3:
            continue
        listed = LISTED if place == "lead" and match["stop"] else 0.0
        for folio in folios.read(token.replace(" ", "")):
            own = (0.3 if folio.exact else 0.0) - (0.3 if folio.roman else 0.0) - listed + alone
            own -= 0.3 if len(key) > 45 else 0.0
            yield Candidate(position, line.number, folio, place, key, own)


def clusters(keys: Sequence[str]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """For each of *keys*, the index of the most frequent key like it, and how many are like that one.

    An empty key is like none.
    """
    if not keys:
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    unique, inverse, counts = np.unique(np.array(keys, dtype=object), return_inverse=True, return_counts=True)
    alike = _alike([str(each) for each in unique])
    support = alike @ counts
    best = np.where(alike, support[None, :], -1).argmax(axis=1)
    size = support[best]
    blank = np.array([len(name) < 3 for name in unique])
    size[blank] = 0
    best[blank] = -1
    return best[inverse], size[inverse]


def _alike(names: list[str]) -> npt.NDArray[np.bool_]:
    """Which of *names* are the same head; only those of similar length are compared, in blocks."""
    order = sorted(range(len(names)), key=lambda index: len(names[index]))
    lengths = np.array([len(names[index]) for index in order])
    alike = np.eye(len(names), dtype=bool)
    for start in range(0, len(names), 100):
        block = order[start : start + 100]
        low = int(np.searchsorted(lengths, SAME_HEAD * lengths[start]))
        high = int(np.searchsorted(lengths, lengths[start + len(block) - 1] / SAME_HEAD, side="right"))
        others = order[low:high]
        near = cdist(
            [names[index] for index in block],
            [names[index] for index in others],
            scorer=Levenshtein.normalized_similarity,
            score_cutoff=SAME_HEAD,
            dtype=np.float32,
        )
        alike[np.ix_(block, others)] |= near > 0
    return alike

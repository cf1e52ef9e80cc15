"""How far a text is from proofread truth: error rates of characters, words and structure, and what cleaning harmed.

| figure | edits are counted in | divided by |
|---|---|---|
| CER | characters, white space folded | characters of the truth |
| WER | words as they stand between spaces, punctuation included | words of the truth |
| WER, letters | runs of letters and digits; an apostrophe inside one belongs to it | words of the truth |
| structure | words marked in one text (heading, quotation, note, item) and not in the other | marked words of both |
| harm | words that the dump had right and the output has not | words that the dump had right |

The error rate of the structure is one minus the F1 of the marks. The level of a heading is not looked at.

Both texts are stripped of Markdown mark-up first: front matter, comments, anchors, marks of headings, quotations and
list items, emphasis, links, note references. ``⟦⟧`` in the truth, with or without a remark inside, is a wildcard for
what nobody could read: whatever stands there counts neither for nor against, and has no length.

The distance is Levenshtein's: the fewest insertions, deletions and replacements; rapidfuzz computes it. With wildcards
it is computed with one big number per row, after G. Myers, A fast bit-vector algorithm for approximate string matching,
J. ACM 46 (1999), in the form of H. Hyyrö, 2003. That takes the square of the length, so a book with wildcards is cut in
the middle of runs of equal words: the distance can then come out too high, never too low, where the best alignment
would not match such a run with itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import regex
from rapidfuzz.distance import Levenshtein

WILDCARD = "⟦⟧"
WILDCARD_RE = regex.compile(r"⟦[^⟧]*⟧")
_OPEN = "\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}"
"""Stands for the wildcard where each character counts."""

FRONT_MATTER_RE = regex.compile(r"\A---\n.*?\n---\n", regex.S)
COMMENT_RE = regex.compile(r"<!--.*?-->", regex.S)
TAG_RE = regex.compile(r"<[a-zA-Z/][^>\n]*>")
ATTRIBUTES_RE = regex.compile(r"\{[.#][^}\n]*\}")
"""``{#chapter-7}`` after a heading."""
HEADING_RE = regex.compile(r"\s*#{1,6}\s+(.*?)\s*#*\s*$")
NOTE_RE = regex.compile(r"\s*\[\^[^\]]+\]:\s*(.*)")
QUOTE_RE = regex.compile(r"\s*>\s?(.*)")
ITEM_RE = regex.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+(.*)")
RULE_RE = regex.compile(r"\s*(?:[-*_]\s*){3,}$")
"""A thematic break: ``* * *``."""
MARKS = {"heading": HEADING_RE, "quote": QUOTE_RE, "note": NOTE_RE, "item": ITEM_RE, "rule": RULE_RE}
"""In this order: a line of hyphens is an item before it is a thematic break."""

REFERENCE_RE = regex.compile(r"\s*\[\^[^\]]*\]")
_REFERENCE = "\x01"
"""Keeps the place of a note reference while emphasis is looked for."""
LINK_RE = regex.compile(r"!?\[([^\]]*)\]\([^)]*\)")
STRONG_RE = regex.compile(r"(?<![\\\w])(\*\*|__)(?=\S)(.+?)(?<=\S)\1(?!\w)")
EMPHASIS_RE = regex.compile(r"(?<![\\\w*])([*_])(?=[^\s*_])(.+?)(?<=[^\s*_\\])\1(?![\w*])")
ESCAPE_RE = regex.compile(r"\\([!-/:-@\[-`{-~])")
LONG = 50_000
"""Characters from which on a truth with wildcards is cut."""
CERTAIN = 16
"""A cut goes through the middle of so many equal words."""

LETTERS_RE = regex.compile(r"⟦⟧|[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Rate:
    """Edits over a length."""

    errors: int
    total: int

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.errors + other.errors, self.total + other.total)

    @property
    def share(self) -> float:
        """0.05 for five in a hundred; over an empty truth, the number of edits."""
        return self.errors / max(self.total, 1)


@dataclass(frozen=True, slots=True)
class Score:
    """The error rates of a text."""

    cer: Rate
    wer: Rate
    letters: Rate


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where text and truth differ, in words."""

    word: int
    """Number of the word of the truth, from 1."""
    truth: str
    output: str


def score(output: str, truth: str) -> Score:
    """Compare the Markdown *output* with the Markdown *truth*.

    >>> result = score("# Tlie end\\n\\nof *it*", "# The end\\n\\nof it, ⟦illegible⟧")
    >>> result.cer.errors, result.wer, result.letters
    (3, Rate(errors=2, total=4), Rate(errors=1, total=4))
    """
    cer, wer, letters = Rate(0, 0), Rate(0, 0), Rate(0, 0)
    for ours, theirs in _stretches(plain(output), plain(truth)):
        cer += _rate(regex.sub(" ?⟦⟧ ?", _OPEN, theirs), ours, _OPEN)
        wer += _rate(theirs.split(), ours.split(), WILDCARD)
        letters += _rate(_letters(theirs), _letters(ours), WILDCARD)
    return Score(cer, wer, letters)


def structure(output: str, truth: str) -> Rate:
    """Compare the marks of *output* with those of *truth*, word by word; of no length if neither has any.

    >>> structure("## The end\\n\\n> of it", "## The end\\n\\nof it")
    Rate(errors=2, total=6)
    """
    ours, theirs = list(_marked_words(output)), list(_marked_words(truth))
    right_theirs, right_ours = 0, set()
    places = _places_of([word for word, _ in theirs], [word for word, _ in ours])
    for (_, kind), (start, end) in zip(theirs, places, strict=True):
        same = [place for place in range(start, end) if kind != "text" and ours[place][1] == kind]
        right_theirs += bool(same)
        right_ours.update(same)
    total = sum(kind != "text" for _, kind in (*ours, *theirs))
    return Rate(total - right_theirs - len(right_ours), total)


def _marked_words(markdown: str) -> Iterator[tuple[str, str]]:
    for kind, text in _blocks(_bare(markdown)):
        yield from ((word, kind) for word in text.split())


def harm(dump: str, output: str, truth: str) -> Rate:
    """Words of *truth* that *dump* has and *output* has not, of those that *dump* has.

    >>> harm("tlie cat sat", "the rat sat", "the cat sat")
    Rate(errors=1, total=2)
    """
    words = plain(truth).split()
    was, now = readings(words, plain(dump).split()), readings(words, plain(output).split())
    right = [place for place, word in enumerate(words) if was[place] == word]
    return Rate(sum(now[place] != words[place] for place in right), len(right))


def readings(truth: Sequence[str], text: Sequence[str]) -> list[str]:
    """For each word of *truth* the words that *text* has in its place.

    >>> readings(["the", "long", "end"], ["the", "1ong", "end"])
    ['the', '1ong', 'end']
    """
    return [" ".join(text[start:end]) for start, end in _places_of(truth, text)]


def _places_of(truth: Sequence[str], text: Sequence[str]) -> list[tuple[int, int]]:
    """For each word of *truth* where in *text* its reading starts and ends."""
    found = [(0, 0)] * len(truth)
    for op in Levenshtein.opcodes(truth, text, score_hint=_hint(truth)):
        span, width = op.src_end - op.src_start, op.dest_end - op.dest_start
        for offset in range(span):
            low, high = (op.dest_start + each * width // span for each in (offset, offset + 1))
            found[op.src_start + offset] = (low, high)
    return found


def _stretches(output: str, truth: str) -> Iterator[tuple[str, str]]:
    """Pairs of output and truth that belong together: the whole, unless it is long and has wildcards."""
    if WILDCARD not in truth or len(truth) < LONG:
        yield output, truth
        return
    ours, theirs = output.split(), truth.split()
    start_ours = start_theirs = 0
    for op in Levenshtein.opcodes(theirs, ours, score_hint=_hint(theirs)):
        if op.tag == "equal" and op.src_end - op.src_start >= CERTAIN:
            half = (op.src_end - op.src_start) // 2
            end_ours, end_theirs = op.dest_start + half, op.src_start + half
            # the space at the cut belongs to both
            yield " ".join(ours[start_ours:end_ours]) + " ", " ".join(theirs[start_theirs:end_theirs]) + " "
            start_ours, start_theirs = end_ours, end_theirs
    yield " ".join(ours[start_ours:]), " ".join(theirs[start_theirs:])


def differences(output: str, truth: str) -> Iterator[Difference]:
    """Where the words of *output* differ from those of *truth*, other than by what a wildcard stands for."""
    ours, theirs = plain(output).split(), plain(truth).split()
    opcodes = Levenshtein.opcodes(theirs, ours, score_hint=_hint(theirs))
    for equal, ops in groupby(opcodes, key=lambda op: op.tag == "equal"):
        if equal:
            continue
        first, *others = ops
        last = others[-1] if others else first
        was, now = theirs[first.src_start : last.src_end], ours[first.dest_start : last.dest_end]
        if distance(was, now, WILDCARD):
            yield Difference(first.src_start + 1, " ".join(was), " ".join(now))


def plain(markdown: str) -> str:
    """The running text of *markdown* on one line, mark-up taken off, wildcards as ``⟦⟧``."""
    return " ".join(" ".join(text for _, text in _blocks(_bare(markdown))).split())


def _bare(markdown: str) -> str:
    """*markdown* without what readers do not see: front matter, comments, tags."""
    text = unicodedata.normalize("NFC", markdown.replace("\r\n", "\n"))
    text = FRONT_MATTER_RE.sub("", text)
    for mark_up in (COMMENT_RE, TAG_RE, ATTRIBUTES_RE):
        text = mark_up.sub("", text)
    return text


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each heading, paragraph, quotation, item and note: emphasis does not run over them."""
    pending: list[str] = []
    kind = "text"
    for line in [*text.split("\n"), ""]:
        mark, content = _marked(line)
        goes_on = (mark == "text" and content) or (mark == kind == "quote" and content)
        if pending and not goes_on:
            yield kind, _inline(" ".join(pending))
            pending, kind = [], "text"
        if content:
            pending.append(content)
            kind = kind if mark == "text" else mark
        if mark == "heading":
            yield kind, _inline(" ".join(pending))
            pending, kind = [], "text"


def _marked(line: str) -> tuple[str, str]:
    """What the mark at the beginning of *line* says that the line is, and the line without it."""
    for kind, mark in MARKS.items():
        if found := mark.match(line):
            return kind, found[1].strip() if mark.groups else ""
    return "text", line.strip()


def _inline(text: str) -> str:
    text = REFERENCE_RE.sub(_REFERENCE, text)
    text = LINK_RE.sub(r"\1", text)
    text = STRONG_RE.sub(r"\2", text)
    text = EMPHASIS_RE.sub(r"\2", text)
    text = ESCAPE_RE.sub(r"\1", text)
    return WILDCARD_RE.sub(f" {WILDCARD} ", text).replace(_REFERENCE, "")


def _letters(text: str) -> list[str]:
    return LETTERS_RE.findall(text.replace("'", "’"))


def _rate(truth: Sequence[str], output: Sequence[str], wildcard: str) -> Rate:
    total = sum(symbol != wildcard for symbol in truth)
    return Rate(distance(truth, output, wildcard), total)


def distance(truth: Sequence[str], output: Sequence[str], wildcard: str) -> int:
    """Levenshtein distance of two sequences, in which *wildcard* in *truth* matches any run of *output* for nothing.

    >>> distance("a?c", "abbbd", "?")
    1
    """
    start = _common(truth, output, wildcard)
    truth, output = truth[start:], output[start:]
    end = _common(truth[::-1], output[::-1], wildcard)
    truth, output = truth[: len(truth) - end], output[: len(output) - end]
    if wildcard not in truth:
        return Levenshtein.distance(truth, output, score_hint=_hint(truth))
    return _with_wildcards(truth, output, wildcard)


def _hint(truth: Sequence[str]) -> int:
    """Where rapidfuzz begins to look for the distance: it costs time alone if that is wrong."""
    return 64 + len(truth) // 20


def _common(one: Sequence[str], other: Sequence[str], wildcard: str) -> int:
    """Length of the common beginning, as far as there is no wildcard."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b or a == wildcard), min(len(one), len(other)))


def _with_wildcards(truth: Sequence[str], output: Sequence[str], wildcard: str) -> int:
    """Distance by bit vectors: bit j of `up` (`down`) says that column j + 1 of the row is one more (less) than j."""
    length = len(output)
    mask = (1 << length) - 1
    places: dict[Hashable, int] = _places(output)
    up, down, first = mask, 0, 0
    for symbol in truth:
        if symbol == wildcard:
            up, down = _fallen(up, down, length)
            continue
        equal = places.get(symbol, 0)
        diagonal = ((((equal & up) + up) ^ up) | equal | down) & mask
        higher = down | (mask & ~(diagonal | up))
        lower = up & diagonal
        higher, lower = (higher << 1) | 1, lower << 1
        up = (lower | ~(diagonal | higher)) & mask
        down = higher & diagonal & mask
        first += 1
    return first + up.bit_count() - down.bit_count()


def _places(output: Sequence[str]) -> dict[Hashable, int]:
    """For each symbol, a number with a bit at each place where it stands."""
    found: dict[str, bytearray] = {}
    for index, symbol in enumerate(output):
        bits = found.setdefault(symbol, bytearray())
        bits.extend(bytes(index // 8 + 1 - len(bits)))
        bits[index // 8] |= 1 << index % 8
    return {symbol: int.from_bytes(bits, "little") for symbol, bits in found.items()}


def _fallen(up: int, down: int, length: int) -> tuple[int, int]:
    """The row after a wildcard: each column is the least of itself and those before it."""
    steps = _bits(up, length).astype(np.int64) - _bits(down, length)
    row = np.minimum.accumulate(np.concatenate(([0], np.cumsum(steps))))
    packed = np.packbits(np.diff(row) < 0, bitorder="little")
    return 0, int.from_bytes(packed.tobytes(), "little")


def _bits(number: int, length: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    data = np.frombuffer(number.to_bytes(length // 8 + 1, "little"), dtype=np.uint8)
    return np.unpackbits(data, count=length, bitorder="little")

"""Drop capitals: the large first letter of a chapter, which OCR parts from its word, misreads or loses.

| read | printed |
|---|---|
| `N OW it came`, `A.FTER these`, `T\\HE keeper` | `NOW it came`, `AFTER these`, `THE keeper` |
| `J\\ OW it came`, `li OW when`, `X HE voice` | `NOW it came`, `NOW when`, `THE voice` |
| `OW it came`, `HE sacrament of` | `NOW it came`, `THE sacrament of` |
| `N` on a line of its own, then `OW it came` | `NOW it came` |

The printer sets the rest of the word in capitals, and goes on in small letters: by that they are known. Rules of the
stage `words`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import log1p
from string import ascii_lowercase

import regex

from ocr_clean.changes import Edit, Mark
from ocr_clean.document import Document, Line, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.model import NOT_KNOWN, START, words_of
from ocr_clean.tokens import blocks_of_lines
from ocr_clean.vocabulary import vocabulary

RULE = "drop-capital"

INITIAL_RE = regex.compile(
    r"^\s*[“‘\"']?(?P<read>(?:(?P<initial>\p{L}|[\p{L}\p{N}]{2})[^\p{L}\p{N}]{1,3}|[^\p{L}\p{N}\s]{1,2}\s?)?(?P<rest>\p{Lu}{1,10}))"
    r"(?=,?\s(?:\p{Ll}|I\s\p{Ll}))(?!\.)"
)
"""A capital apart, or what is left of it, the rest of its word in capitals, and a small letter after that."""

ALONE_RE = regex.compile(r"\s*\p{L}[^\p{L}\p{N}]{0,2}")
"""A drop capital that was read as a line above its word: it is taller."""

PLAIN = frozenset({Role.BODY, Role.QUOTE})
"""Roles of lines that begin with a drop capital."""

WORDS_OF_A_LETTER = frozenset("aio")
"""``A MAN came`` is in order; other letters that stand alone are names of things, or torn off a word."""


COMMON = 50.0
"""A chapter begins with a word that occurs so often in a million."""

SHORT = 500.0
"""A word of two letters with so many occurrences: rarer ones are initials of names."""

IN_CAPITALS = 2.0
"""Nats for each time, by its logarithm, that the volume has a word in capitals."""

SURER = 3.0
"""Nats by which one letter must fit better than any other, where the initial is misread or lost."""

FAR_SURER = 6.0
"""Nats by which a word must fit better than what is read of it, where that is a word too."""


def torn_off(core: str) -> bool:
    """Whether *core* is a small letter that is no word: it was torn off one.

    >>> torn_off("t"), torn_off("a"), torn_off("B")
    (True, False, False)
    """
    return len(core) == 1 and core.islower() and core not in WORDS_OF_A_LETTER


def drop_capitals(doc: Document, words: Lexicon) -> Iterator[Edit | Mark]:
    """The changes for each word at the beginning of a block that has lost its drop capital.

    Leaves alone: a word of one letter before another word, initials of names, headings, what two letters complete.
    """
    written = vocabulary(doc).words
    for lines in blocks_of_lines(doc):
        found = INITIAL_RE.match(lines[0].text) if lines[0].role in PLAIN else None
        if not found:
            continue
        above = None if found["initial"] else _alone_above(doc, lines[0])
        initial, rest = above.text.strip()[0].lower() if above else "", found["rest"].lower()
        if above and _completes(initial, rest, words):
            yield from _taken_from(
                above, _edit(lines[0], found, initial + rest, f"its capital is line {above.number}", 0.95)
            )
        else:
            yield from _mended(lines[0], found, written, words)


def _taken_from(above: Line, edit: Edit) -> Iterator[Edit | Mark]:
    """The *edit* that takes its capital from the line *above*, and the end of that line, together."""
    group, why = f"{RULE}-{above.number}", "the capital of the word below"
    yield replace(edit, group=group)
    if above.printed:
        yield Edit(above.number, 0, above.text, "", RULE, why, edit.confidence, group)
        yield Mark(above.number, Role.JOINED, RULE, why, confidence=edit.confidence)


def _alone_above(doc: Document, line: Line) -> Line | None:
    """The line before a line, if it is a letter: blank ones do not count.

    A heading by itself is none, nor a retired line that is known for what it is: a folio, a signature mark.
    """
    before = (doc.line(number) for number in range(line.number - 1, 0, -1))
    above = next((each for each in before if each.role is not Role.BLANK), None)
    if above is None or not ALONE_RE.fullmatch(above.text.rstrip()):
        return None
    torn_off = above.role in PLAIN or above.role is Role.NOISE or (above.role is Role.HEADING and not above.opens)
    return above if torn_off else None


def _mended(line: Line, found: regex.Match[str], written: Counter[str], words: Lexicon) -> Iterator[Edit]:
    initial, rest = (found["initial"] or "").lower(), found["rest"].lower()
    if not initial and len(rest) < 2:
        return
    if len(initial) == 1 and _completes(initial, rest, words):
        yield _edit(line, found, initial + rest, "a capital apart from its word", 0.95)
    elif initial not in WORDS_OF_A_LETTER or not _stands(rest, words):
        after = line.text[found.end() :]
        whole = _likeliest(rest, after, written, words)
        lost = not _stands(rest, words) or (not found["initial"] and _far_better(whole, rest, after, words))
        if whole and (len(initial) == 1 or lost):
            yield _edit(line, found, whole, "the first letter is misread or lost", 0.85)


def _completes(initial: str, rest: str, words: Lexicon) -> bool:
    """Whether a letter apart is the first of a word: ``A MAN came`` is in order."""
    return _begins(initial + rest, words) and not (initial in WORDS_OF_A_LETTER and _stands(rest, words))


def _edit(line: Line, found: regex.Match[str], whole: str, why: str, confidence: float) -> Edit:
    return Edit(line.number, found.start("read"), found["read"], whole.upper(), RULE, why, confidence)


def _begins(word: str, words: Lexicon) -> bool:
    """Whether a chapter may begin with *word*."""
    least = SHORT if len(word) == 2 else COMMON
    return words.common(word, least) or words.common(word.capitalize(), least)


def _stands(word: str, words: Lexicon) -> bool:
    """Whether *word* is one by itself."""
    return word in WORDS_OF_A_LETTER if len(word) == 1 else words.common(word, COMMON)


def _likeliest(rest: str, after: str, written: Counter[str], words: Lexicon) -> str:
    """The word that *rest* is the end of, before the words *after*; "" where several fit.

    What the volume has *written* in capitals begins its chapters, mostly.
    """
    whole = [letter + rest for letter in ascii_lowercase if _begins(letter + rest, words)]
    if not whole:
        return ""
    scores = _scores(whole, after, words)
    totals = [score + IN_CAPITALS * log1p(written[word.upper()]) for score, word in zip(scores, whole, strict=True)]
    best, *others = sorted(zip(totals, whole, strict=True), reverse=True)
    return best[1] if not others or best[0] - others[0][0] >= SURER else ""


def _far_better(whole: str, rest: str, after: str, words: Lexicon) -> bool:
    """Whether *rest*, a word too, hardly goes before the words *after*, and *whole* does: ``HE sacrament of``."""
    if not whole:
        return False
    fits, as_read = _scores([whole, rest], after, words)
    return fits - as_read >= FAR_SURER


def _scores(begin: Sequence[str], after: str, words: Lexicon) -> list[float]:
    """How well each word begins a sentence that goes on with the words *after*."""
    right1, right2 = [*words_of(after), NOT_KNOWN, NOT_KNOWN][:2]
    return words.model.slot(NOT_KNOWN, START, begin, right1, right2)

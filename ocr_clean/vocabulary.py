"""What a volume itself writes: the counts of its own words, which teach every stage that decides about words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import regex

from ocr_clean.document import Document, Role

WORD_RE = regex.compile(r"[\p{L}\p{M}]+(?:[-'’‐][\p{L}\p{M}]+)*")
"""A word with its inner hyphens and apostrophes."""

INDEX_NAME_RE = regex.compile(
    r"^(?P<surname>[\p{Lu}][\p{L}’'-]{2,}(?: [\p{Lu}][\p{L}’'-]+){0,2})(?:, (?P<given>[^:;\d]{1,30}))?[:,.]? "
)
"""The name with which an entry of the index begins."""

BREAKS = ("-", "¬", "\N{SOFT HYPHEN}", "‐", "~")
"""Hyphens at a line end: hard, soft, or nobody knows."""


@dataclass(frozen=True)
class Vocabulary:
    """How often a volume writes what. Fragments at a broken line end do not count: they are no words."""

    words: Counter[str]
    """Words as written."""
    folded: Counter[str]
    """Words in lower case, with typewriter apostrophes."""
    parts: Counter[str]
    """Lower-case halves of hyphenated words before their hyphen: ``non-``, ``self-``."""
    indexed: frozenset[str] = frozenset()
    """Words of names that the index lists and the text writes too: two readings of one spelling, mostly right."""


@lru_cache(maxsize=1 << 15)
def _words_of(text: str) -> list[str]:
    """The words of a line, kept: most lines are the same before the next stage that asks."""
    return WORD_RE.findall(text)


@lru_cache(maxsize=4)
def vocabulary(doc: Document) -> Vocabulary:
    """The vocabulary of the printed lines of *doc*."""
    words: Counter[str] = Counter()
    in_text: set[str] = set()
    broken = False
    for line in doc.printed_lines():
        found = _words_of(line.text)
        if broken:
            found = found[1:]
        broken = line.text.rstrip().endswith(BREAKS)
        whole = found[:-1] if broken else found
        words.update(whole)
        if line.role is not Role.INDEX:
            in_text.update(whole)
    folded: Counter[str] = Counter()
    parts: Counter[str] = Counter()
    for word, count in words.items():
        lower = word.lower().replace("’", "'")
        folded[lower] += count
        if "-" in lower:
            parts[lower.partition("-")[0] + "-"] += count
    listed = {word for name in index_names(doc) for word in name.split() if len(word) >= SHORTEST_NAME}
    return Vocabulary(words, folded, parts, frozenset(listed & in_text))


SHORTEST_NAME = 4
"""Letters: shorter words are alike too often for two readings to say anything."""


def index_names(doc: Document) -> list[str]:
    """Names with which entries of the index begin, as a sentence would write them: ``Chiang Kai-shek``, ``Babel``."""
    names: list[str] = []
    for line in doc.lines:
        if line.role is not Role.INDEX or line.level != 1 or not line.opens:
            continue
        found = INDEX_NAME_RE.match(line.text.strip() + " ")
        if found:
            words = [word.title() if word.isupper() and len(word) > 3 else word for word in found["surname"].split()]
            names.append(" ".join(words))
    return names

"""What a volume itself writes: the counts of its own words, which teach every stage that decides about words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import regex

from ocr_clean.document import Document

WORD_RE = regex.compile(r"[\p{L}\p{M}]+(?:[-'’‐][\p{L}\p{M}]+)*")
"""A word with its inner hyphens and apostrophes."""

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


@lru_cache(maxsize=4)
def vocabulary(doc: Document) -> Vocabulary:
    """The vocabulary of the printed lines of *doc*."""
    words: Counter[str] = Counter()
    broken = False
    for line in doc.printed_lines():
        found = WORD_RE.findall(line.text)
        if broken:
            found = found[1:]
        broken = line.text.rstrip().endswith(BREAKS)
        words.update(found[:-1] if broken else found)
    folded: Counter[str] = Counter()
    parts: Counter[str] = Counter()
    for word, count in words.items():
        lower = word.lower().replace("’", "'")
        folded[lower] += count
        if "-" in lower:
            parts[lower.partition("-")[0] + "-"] += count
    return Vocabulary(words, folded, parts)

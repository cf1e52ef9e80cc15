"""How dirty a dump is, and what dirt looks like: for the rules about specks.

In a clean text each of these marks may mean something (a suffix, a bullet, an elision); in a dump of which dirt has
damaged many words it is dirt too. So nothing is done unless a good share of the words is unknown.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from ocr_clean.document import Document, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.proposals import known_word
from ocr_clean.tokens import Token, sentences_of

DIRTY = 0.01
"""Share of unknown words among those in small letters from which on a dump is dirty. The truth texts of newspapers and
books have 0.001 to 0.005, their dumps 0.01 to 0.2."""

FEWEST, SMOOTH = 4, 50
"""Fewer unknown words, or more in a text of some lines, are chance."""

DIRT = r"|¦■•^\\¬°¡<>{}"
"""Marks that stand in no sentence of a book."""

BLOTS = DIRT + "~©®♦=%«»€§"
"""Marks that may stand for letters."""

GUILLEMETS = 3
"""A volume with so many pairs of guillemets quotes with them."""

PLAIN = frozenset({Role.BODY, Role.QUOTE, Role.LIST, Role.NOTE})
"""Roles of lines that are sentences."""

FUNCTION_WORDS = frozenset(
    (
        "the of and a an to with from by in at my his her their our your its that which who as but or nor if than into"
        " upon is was were are has have had be"
    ).split()
)
"""Words with which hardly any sentence ends."""


@lru_cache(maxsize=4)
def is_dirty(doc: Document, words: Lexicon) -> bool:
    """Whether a good share of the words in small letters, and more than a few, were unknown in the dump as read.

    Words at line ends do not count: the halves of divided ones are no dirt.
    """
    return _was_dirty(doc.raw_text(), words)


@lru_cache(maxsize=4)
def _was_dirty(text: str, words: Lexicon) -> bool:
    counts: Counter[str] = Counter()
    examples: dict[str, Token] = {}
    for tokens in sentences_of(Document.from_text(text)):
        for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if before.line == token.line == after.line and len(token.core) > 1 and token.core.islower():
                counts[token.core] += 1
                examples[token.core] = token
    unknown = sum(counts[core] for core, token in examples.items() if not known_word(token, words))
    return unknown >= FEWEST and unknown >= DIRTY * (counts.total() + SMOOTH)


@lru_cache(maxsize=4)
def quotes_with_guillemets(doc: Document) -> bool:
    """Whether guillemets are quotation marks here."""
    texts = [line.text for line in doc.printed_lines() if line.role in PLAIN]
    return sum(min(text.count("«"), text.count("»")) for text in texts) >= GUILLEMETS

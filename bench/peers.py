"""Other methods for the table of `bench/accuracy.py`: what the usual packages make of the same text.

Needs symspellpy and pyspellchecker (`pip install '.[bench]'`).
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from spellchecker import SpellChecker
from symspellpy import SymSpell, Verbosity

_WORD_RE = re.compile(r"[A-Za-z]{2,}")


@cache
def _symspell() -> SymSpell:
    peer = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    peer.load_dictionary(str(files("symspellpy") / "frequency_dictionary_en_82_765.txt"), 0, 1)
    return peer


@cache
def _symspell_word(word: str) -> str:
    found = _symspell().lookup(word, Verbosity.TOP, max_edit_distance=2, include_unknown=True, transfer_casing=True)
    return str(found[0].term)


def symspell_text(text: str) -> str:
    """*text* with every word replaced by symspellpy's first suggestion: known words stay."""
    return _WORD_RE.sub(lambda found: _symspell_word(found[0]), text)


@cache
def _norvig() -> SpellChecker:
    return SpellChecker(distance=1)


@cache
def _norvig_word(word: str) -> str:
    lower = word.lower()
    if lower in _norvig():
        return word
    found = _norvig().correction(lower) or lower
    return str(found.capitalize() if word[0].isupper() else found)


def norvig_text(text: str) -> str:
    """*text* with every unknown word replaced by pyspellchecker's correction (Norvig's method, one edit)."""
    return _WORD_RE.sub(lambda found: _norvig_word(found[0]), text)

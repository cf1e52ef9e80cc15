"""First halves of compounds whose hyphen is a matter of house style."""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

PREFIXES = frozenset(
    "all ante anti arch bi co counter cross de demi ex extra far half high ill inter low mid mis multi neo non off over"
    " post pre pro pseudo quasi re self semi sub super trans tri ultra un under vice well".split()
)
"""What the volume does elsewhere decides about these, or the word after them."""


ALIKE = 3
"""Halves of more letters may differ in two of them."""


def keeps_hyphen(first: str, second: str, second_is_word: bool) -> bool:
    """Whether a compound may be written with a hyphen though no list has it: ``sub-reader``, ``co-ordinated``.

    >>> keeps_hyphen("sub", "reader", True), keeps_hyphen("re", "mained", False), keeps_hyphen("s", "sorry", True)
    (True, False, True)
    >>> keeps_hyphen("zig", "zag", False), keeps_hyphen("shilly", "shallying", False), keeps_hyphen("con", "cern", True)
    (True, True, False)
    """
    if Levenshtein.distance(first, second[: len(first)]) <= 1 + (len(first) > ALIKE):
        return True  # somebody stutters, or the halves rhyme: zig-zag, shilly-shally
    return first in PREFIXES and (second_is_word or first == "co" or first[-1] == second[:1])

"""How sure a correction is: evidence about one word, weighed into a probability.

The weights are a logistic regression over OCR text with known truth (`bench/train_judgement.py`), in
`wordlists/judgement.tsv`. There are two: one for a word that nothing knows, one for a word that is itself in order
but may stand where another was printed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import regex

from ocr_clean.confusions import regions
from ocr_clean.errors import WordlistError
from ocr_clean.lexicon import Lexicon

TABLE = "judgement.tsv"

FEATURES: Mapping[str, str] = {
    "bias": "where everything else is equal",
    "context": "nats by which the candidate fits its neighbours better than the word as read",
    "channel": "nats that the confusion costs",
    "margin": "nats by which the best candidate leads the second",
    "alone": "there is no second candidate",
    "read_count": "log of how often the volume writes the word as read",
    "candidate_count": "log of how often the volume writes the candidate",
    "capital": "capitalised within a sentence: it may be a name",
    "opening": "capitalised at the beginning of a sentence",
    "upper": "capitals throughout",
    "length": "letters of the word, to 12",
    "short": "at most three letters",
    "noise": "share of unknown words in the document, as log odds",
    "local_noise": "share of unknown words among the neighbours",
    "plausible": "how English the letter sequence of the word as read is",
    "candidate_plausible": "how English that of the candidate is",
    "variation": "they differ as old and new spelling do",
    "old": "share of old forms in the document, by ten",
    "old_variation": "both of the last two",
    "mark_inside": "a mark or figure stands inside the word",
    "name": "the candidate is on a name list",
    "own": "the candidate is a word of the volume's own",
    "inflection": "the candidate only adds or takes away an ending",
    "frequency": "log frequency of the candidate in English",
    "archaic": "the candidate's stem and the word look like an old inflection",
}
"""What is weighed, with its meaning."""

VARIATIONS = frozenset(
    {
        ("u", "v"), ("v", "u"), ("i", "j"), ("j", "i"), ("y", "i"), ("i", "y"), ("ie", "y"), ("e", ""), ("", "e"),
        ("k", ""), ("u", ""), ("'", "e"), ("'", ""), ("", "u"), ("vv", "w"), ("s", "z"), ("z", "s"), ("a", ""), ("o", ""),
        ("t", "ed"), ("'d", "ed"), ("ph", "f"), ("ea", "e"), ("oa", "o"), ("c", "t"), ("t", "c"), ("x", "ct"), ("ct", "x"),
        ("y", "ie"), ("i", "e"), ("e", "i"), ("s", "c"), ("c", "s"), ("", "a"), ("ey", "y"), ("ys", "ies"),
    }
)  # fmt: skip
"""Differences between old and new spelling: starres, publick, haue, honour, walk'd, connexion, ..."""

DOUBLED_RE = regex.compile(r"^(\p{L})$")
ENDING_RE = regex.compile(r"^(?:s|es|d|ed|r|er|ly|ing|y|n|en|e|'s)$")


def old_variation(read: str, printed: str) -> bool:
    """Whether two words differ only as old and new spelling, or a doubled letter, do.

    >>> old_variation("publick", "public"), old_variation("starres", "stars"), old_variation("tlie", "the")
    (True, False, False)
    """
    found = regions(read, printed)
    return bool(found) and all(region in VARIATIONS or _doubled(read, region) for region in found)


def _doubled(read: str, region: tuple[str, str]) -> bool:
    return not region[1] and len(region[0]) == 1 and region[0] * 2 in read


def inflected(read: str, printed: str) -> bool:
    """Whether one word is the other with an ending: a real but unlisted form, or a final letter lost."""
    short, long = sorted((read, printed), key=len)
    return long.startswith(short) and ENDING_RE.match(long[len(short) :]) is not None


class Letters:
    """A letter trigram model of English words: how much a string looks like one."""

    def __init__(self, words: Iterable[str]) -> None:
        trigrams: dict[str, int] = {}
        bigrams: dict[str, int] = {}
        for word in words:
            padded = f"^^{word}$"
            for at in range(len(padded) - 2):
                key = padded[at : at + 3]
                trigrams[key] = trigrams.get(key, 0) + 1
                bigrams[key[:2]] = bigrams.get(key[:2], 0) + 1
        self._logp = {key: math.log((count + 0.1) / (bigrams[key[:2]] + 3)) for key, count in trigrams.items()}

    def mean(self, word: str) -> float:
        """Mean log probability of a letter of *word* given the two before it; about -2 for a word, below -4 for none."""
        padded = f"^^{word}$"
        known = self._logp
        return sum(known.get(padded[at : at + 3], -7.0) for at in range(len(padded) - 2)) / (len(padded) - 2)


@lru_cache(maxsize=4)
def letters(words: Lexicon) -> Letters:
    """The letter model of a lexicon, from the most frequent words of its language model."""
    common = [word for word in words.model.words[:30000] if word.isalpha()]
    return Letters(common)


@dataclass(frozen=True)
class Judgement:
    """The weights of one of the two regressions."""

    weights: Mapping[str, float]

    def confidence(self, evidence: Mapping[str, float]) -> float:
        """The probability that the correction is right."""
        total = sum(self.weights.get(name, 0.0) * value for name, value in evidence.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def read_judgements(path: Path) -> dict[str, Judgement]:
    """The two regressions, ``unknown`` and ``known``, of the table at *path*.

    Raises `WordlistError` with file and line for a malformed table.
    """
    weights: dict[str, dict[str, float]] = {"unknown": {}, "known": {}}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line or line.startswith(("#", "feature\t")):
            continue
        cells = line.split("\t")
        if len(cells) != 4 or cells[0] not in FEATURES:
            raise WordlistError("not: feature, two weights, meaning", f"{path}:{number}", "make the table again")
        weights["unknown"][cells[0]], weights["known"][cells[0]] = float(cells[1]), float(cells[2])
    return {kind: Judgement(table) for kind, table in weights.items()}

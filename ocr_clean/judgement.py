"""How sure a correction is: evidence about one word, weighed into a probability.

The weighing is done by small decision trees whose votes add up (gradient boosting; Friedman 2001), fitted to OCR
text with known truth by `bench/train_judgement.py` and kept in `wordlists/judgement.json`. There are three sets: two
for a word that nothing knows, before and after the scan's habits are learned, and one for a word that is itself in
order but may stand where another was printed.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

from ocr_clean.confusions import regions
from ocr_clean.errors import WordlistError
from ocr_clean.lexicon import Lexicon

FEATURES: Mapping[str, str] = {
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
    "mark_inside": "a mark stands inside the word",
    "name": "the candidate is on a name list",
    "own": "the candidate is a word of the volume's own",
    "inflection": "the candidate only adds or takes away an ending",
    "frequency": "log frequency of the candidate in English",
    "read_frequency": "log frequency of the word as read in English",
    "habit": "log of how often this scan was seen to make this confusion",
    "inner_capital": "a capital stands inside a word that is not in capitals",
    "places": "stretches in which they differ",
    "old_ending": "the word ends as an old verb does, and the candidate is another form of it",
    "edits": "share of the letters that must be changed",
    "shape": "share of the strokes that must be changed",
    "accent": "the candidate is the word without its accents",
    "dirt": "marks beside the word that no printer sets there",
    "figure_inside": "a figure stands inside the word",
    "pull": "nats by which the two words before it raise the candidate above its own frequency",
    "longer": "letters that the candidate has more",
    "first_letter": "they differ in the first letter",
    "last_letter": "they differ in the last letter",
    "worst_place": "nats that the dearest of the stretches costs in which they differ",
    "letter_cost": "nats that the confusion costs, by letter of the word as read",
    "scraps": "neighbours that only a space parts from it and that are no words: it may be a part of one",
    "proper": "a list writes the candidate with a capital",
    "names_beside": "words beside it, of two, that have a capital inside a sentence",
    "english": "share of everyday English words among the neighbours",
    "certainty": "mean confidence of the first look about the words in small letters; 0 in the first look",
}
"""What is weighed, with its meaning."""

KINDS = ("first", "unknown", "known")
"""The sets of trees: unknown words in the first look and in those after it, and known words."""

VARIATIONS = frozenset(
    tuple(pair.split(">"))
    for pair in (
        # fav'rite, ev'ry, gen'ral, ha'penny
        "'>o '>a '>i '>u '>v "
        # M'Donald
        "'>c "
        # starres, haue, vpon, iudge, coyne, majestie, publick, honor, walk'd, shew'd, surprize, realise, vviſe
        "u>v v>u i>j j>i y>i i>y ie>y y>ie e> >e k> u> >u '>e '> vv>w s>z z>s t>ed 'd>ed ys>ies ey>y "
        # phantasy, connexion, shew, waggon, encrease, oeconomy, compleat, antient, defence, cloathes
        "ph>f x>ct ct>x e>o e>i i>e oe>e ea>e oa>o t>c c>t s>c c>s a> o> >a"
    ).split()
)
"""Differences between old and new, British and American spelling: what was written, and what is written now."""

ENDING_RE = regex.compile(r"^(?:s|es|d|ed|r|er|ly|ing|y|n|en|e|'s)$")


def old_variation(read: str, printed: str) -> bool:
    """Whether two words differ only as old and new spelling, or a doubled letter, do.

    >>> old_variation("publick", "public"), old_variation("starres", "stars"), old_variation("tlie", "the")
    (True, False, False)
    """
    if scots(read, printed):
        return True
    found = regions(read, printed)
    return bool(found) and all(region in VARIATIONS or _doubled(read, region) for region in found)


def scots(read: str, printed: str) -> bool:
    """Whether *read* is what Scots has for *printed*: no scan reads two bowls for the slanting strokes of a w.

    >>> scots("doon", "down"), scots("hoose", "house"), scots("moon", "noon")
    (True, True, False)
    """
    return "oo" in read and printed in (read.replace("oo", "ow"), read.replace("oo", "ou"))


def _doubled(read: str, region: tuple[str, str]) -> bool:
    return not region[1] and len(region[0]) == 1 and region[0] * 2 in read


def inflected(read: str, printed: str) -> bool:
    """Whether one word is the other with an ending: a real but unlisted form, or a final letter lost."""
    short, long = sorted((read, printed), key=len)
    return long.startswith(short) and ENDING_RE.match(long[len(short) :]) is not None


SHORT_NAME = 6
"""Letters: a shorter name is too near to others to be recognised by a rule."""

LESS_A_WORD = 0.4
"""Nats a letter by which a mangled name looks less like a word than the listed one."""

NAME_LEAD = 3.0
"""Nats by which a listed name must lead every other candidate."""


def looks_worse(evidence: Mapping[str, float]) -> bool:
    """Whether a word as read looks much less like a word than its candidate: ``Lavcock`` beside ``Laycock``."""
    return evidence["candidate_plausible"] - evidence["plausible"] >= LESS_A_WORD


def name_confidence(read: str, printed: str, everyday: bool, evidence: Mapping[str, float]) -> float:
    """The probability that *read*, known to nothing, is the listed name *printed*; 0.0 where no rule speaks for it.

    The texts that the trees learned from hold no name lists, so names have a rule of their own. *everyday* says that
    only common confusions of the table lie between the two: then one occurrence is enough (``Trotslqr``). Any other
    difference may be another name, or another spelling of it, unless the volume writes the listed name time and again.

    A name that the volume does not have elsewhere is believed only where the word as read looks like none: ``Hiroshi``
    is no misread ``Hitoshi``.

    >>> alone = {"margin": 10.0, "alone": 0.0, "candidate_count": 0.0, "read_count": 0.0, "channel": 4.8}
    >>> mangled = alone | {"plausible": -4.0, "candidate_plausible": -2.8}
    >>> name_confidence("trotslqr", "trotsky", True, mangled) > 0.9
    True
    >>> name_confidence("hiroshi", "hitoshi", True, alone | {"plausible": -3.0, "candidate_plausible": -3.0})
    0.0
    """
    if not evidence["candidate_count"] and not looks_worse(evidence):
        return 0.0
    lead = evidence["margin"] >= NAME_LEAD or evidence["alone"] == 1.0
    if len(read) < SHORT_NAME or not lead or inflected(read, printed) or old_variation(read, printed):
        return 0.0
    if "." in read or len(read) > len(printed) + 2 or (read.startswith(printed) and len(read) > len(printed) + 1):
        return 0.0  # what follows the name is another word, or an ending of its own
    often, longer = min(4.5, evidence["candidate_count"]), 0.1 * min(6, len(read) - SHORT_NAME)
    twin = max(0.0, evidence["read_count"] - 0.5 * evidence["candidate_count"])
    if everyday:
        odds = 2.2 + 0.5 * often + longer - twin
    else:
        odds = -1.5 + 0.9 * often + longer - 0.9 * (evidence["channel"] / len(read) - 0.8) - 2 * twin
    return 1 / (1 + math.exp(-odds))


class Letters:
    """A letter trigram model of English words: how much a string looks like one."""

    def __init__(self, words: Iterable[str]) -> None:
        padded = [f"^^{word}$" for word in words]
        trigrams = Counter(word[at : at + 3] for word in padded for at in range(len(word) - 2))
        bigrams: Counter[str] = Counter()
        for trigram, count in trigrams.items():
            bigrams[trigram[:2]] += count
        self._logp = {key: math.log((count + 0.1) / (bigrams[key[:2]] + 3)) for key, count in trigrams.items()}
        self.mean = lru_cache(maxsize=1 << 15)(self._mean)  # the same words are asked about time and again

    def _mean(self, word: str) -> float:
        """Mean log probability of a letter of *word* given the two before it: about -2 for a word, -4 for no word."""
        padded = f"^^{word}$"
        known = self._logp
        return sum(known.get(padded[at : at + 3], -7.0) for at in range(len(padded) - 2)) / (len(padded) - 2)


@lru_cache(maxsize=4)
def letters(words: Lexicon) -> Letters:
    """The letter model of a lexicon, from the most frequent words of its language model."""
    common = [word for word in words.model.words[:30000] if word.isalpha()]
    return Letters(common)


@dataclass(frozen=True, eq=False)
class Judgement:
    """One set of trees, as parallel arrays over all their nodes."""

    bias: float
    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    """Index into `FEATURES`; a leaf has -1."""
    threshold: NDArray[np.float64]
    """Evidence up to this value goes to the left."""
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    vote: NDArray[np.float64]
    """What a leaf adds to the log odds."""
    depth: int

    def confidence(self, evidence: Sequence[Sequence[float]]) -> list[float]:
        """The probability that each of some corrections is right, by rows of evidence in the order of `FEATURES`."""
        if not evidence:
            return []
        rows = np.asarray(evidence, dtype=np.float64)
        at = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        for _ in range(self.depth):
            feature = self.feature[at]
            value = np.take_along_axis(rows, np.maximum(feature, 0), axis=1)
            step = np.where(value <= self.threshold[at], self.left[at], self.right[at])
            at = np.where(feature < 0, at, step)
        odds = self.bias + self.vote[at].sum(axis=1)
        return [float(each) for each in 1 / (1 + np.exp(-np.clip(odds, -30, 30)))]


def read_judgements(path: Path) -> dict[str, Judgement]:
    """The sets of trees (`KINDS`) of the file at *path*.

    Raises `WordlistError` for a file that is not made for these `FEATURES`.
    """
    hint = "make it again with bench/train_judgement.py"
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        if table["features"] != list(FEATURES):
            raise WordlistError("made for other evidence", str(path), hint)
        return {kind: _judgement(table[kind]) for kind in KINDS}
    except (ValueError, KeyError, TypeError) as error:
        raise WordlistError(f"not a table of judgements ({error})", str(path), hint) from None


def _judgement(table: Mapping[str, Any]) -> Judgement:
    nodes = np.array(table["nodes"], dtype=np.float64)
    feature, left, right = (nodes[:, column].astype(np.int32) for column in (0, 2, 3))
    roots = np.array(table["roots"], dtype=np.int32)
    return Judgement(table["bias"], roots, feature, nodes[:, 1], left, right, nodes[:, 4], int(table["depth"]))

"""The language model: which of several words stands better between its neighbours.

A word trigram model (modified Kneser-Ney; Chen & Goodman 1998) in one packed file, that is mapped into memory and read
in place: opening costs the reading of the vocabulary, a look-up three binary searches. `ocr_clean.training` makes such
files; the format is described there.

Words are compared as the model writes them: see `words_of`.
"""

from __future__ import annotations

import json
import math
import mmap
import re
import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

from ocr_clean.errors import WordlistError

SHIPPED = "english.lm"
"""The file name of the model that comes with the package."""

MAGIC = b"ocr-clean language model 1\n"
"""First line of a model file; the number counts the versions of the format."""

START, END, NUMBER, UNKNOWN = "<s>", "</s>", "<num>", "<unk>"
"""What stands for the beginning and end of a sentence, for every number, and for a word out of the vocabulary."""

STAND_INS = 4
"""So many they are: a vocabulary begins with them, whatever their frequency."""

NOT_KNOWN = ""
"""A neighbour about which nothing is known: the n-grams that need it are left out."""

HEADER_DIGITS = 8
"""The length of the JSON header, in this many digits, follows the first line."""

LOG_STEP = 1 / 1024
"""Natural logarithms are stored as 16-bit whole numbers of this unit: from -32 to 32, precise to 0.05 %."""

NGRAM_STEP = -1 / 14
"""Those of bigrams and trigrams, which are the bulk, as 8-bit ones of this unit: down to -18, precise to 4 %."""

ARRAYS: dict[str, Literal["h", "H", "I", "B"]] = {
    "frequency": "h",  # word -> log share of the word in the texts
    "unigram": "h",  # class -> log p(class); a word that is no class: log p(word | <unk>)
    "unigram_backoff": "h",  # class -> log backoff weight
    "bigram_start": "I",  # class a -> first bigram (a, ...); one entry more than classes
    "bigram_word": "H",  # bigram (a, b) -> b
    "bigram": "B",  # bigram (a, b) -> log p(b | a)
    "context_start": "I",  # class a -> first pair (a, ...) that begins trigrams; one entry more than classes
    "context_word": "H",  # pair (a, b) -> b
    "context_backoff": "h",  # pair (a, b) -> log backoff weight
    "trigram_start": "I",  # pair (a, b) -> first trigram (a, b, ...); one entry more than pairs
    "trigram_word": "H",  # trigram (a, b, c) -> c
    "trigram": "B",  # trigram (a, b, c) -> log p(c | a b)
}
"""The arrays of a model file, in the order of the file, with the type code of `array`."""

_TOKEN_RE = re.compile(
    r"(?P<number>\w*\d\w*(?:[.,:/]\d+)*)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<end>[.!?…]+[\"')\]”]*(?=\s+[\"'(\[“‘]*[^\W\d_a-z]|\s*$))"
    r"|(?P<gap>\n[ \t]*\n)"
)
ABBREVIATION_RE = re.compile(
    r"mr|mrs|ms|dr|st|rev|hon|prof|gen|col|capt|lieut|lt|sir|messrs|mme|mlle|sen|jun|co|nos?|vols?|ch|chap|pp|eds?|fig|ver"
    r"|viz|cf|jan|feb|mar|apr|aug|sept|oct|nov|dec|[^\W\d_]"
)
"""A full stop after one of these, or after a single letter, ends no sentence."""


def words_of(text: str) -> list[str]:
    """Return the words of *text* as the model knows them: lower case, parts of a compound apart, numbers folded.

    >>> words_of("It’s the well-known Mr. O'Brien of No. 12, Baker-street")
    ["it's", 'the', 'well', 'known', 'mr', "o'brien", 'of', 'no', '<num>', 'baker', 'street']
    """
    return [word for sentence in sentences(text) for word in sentence]


def sentences(text: str) -> Iterator[list[str]]:
    """Yield the words of each sentence of *text*; a blank line ends a sentence too.

    >>> list(sentences("He spoke to Mr. Kerr. Nobody heard; it was\\nlate.\\n\\nTHE END"))
    [['he', 'spoke', 'to', 'mr', 'kerr'], ['nobody', 'heard', 'it', 'was', 'late'], ['the', 'end']]
    """
    sentence: list[str] = []
    for match in _TOKEN_RE.finditer(text.replace("’", "'")):
        kind = match.lastgroup
        if kind == "word":
            sentence.append(match[0].lower())
        elif kind == "number":
            sentence.append(NUMBER)
        elif sentence and (kind == "gap" or not ABBREVIATION_RE.fullmatch(sentence[-1])):
            yield sentence
            sentence = []
    if sentence:
        yield sentence


class LanguageModel:
    """A packed trigram model. All logarithms are natural.

    >>> model = LanguageModel.open()
    >>> model.logp("house", "of", "the") < model.logp("house", "white", "the")
    True
    >>> his, bis = model.slot("man", "and", ["his", "bis"], "wife", "were")
    >>> his > bis
    True
    """

    def __init__(self, words: Sequence[str], arrays: Mapping[str, memoryview], header: Mapping[str, Any]) -> None:
        """Take the parts of a model file; use `open`."""
        self.words = words
        """The vocabulary: the most frequent first."""
        self.texts = str(header["texts"])
        """What the model was made of, in words."""
        self.digest = str(header["sha256"])
        """SHA-256 of the vocabulary and the arrays: two models with the same one decide alike."""
        self.floor = float(header["floor"])
        """log p(a word out of the vocabulary | `UNKNOWN`)."""
        self.arrays = arrays
        self._ids = dict(zip(words, range(len(words)), strict=True))
        self._classes = len(arrays["unigram_backoff"])
        self._unknown = self._ids[UNKNOWN]
        self._unigram, self._unigram_backoff = arrays["unigram"], arrays["unigram_backoff"]
        self._bigram_start, self._bigram_word = arrays["bigram_start"], arrays["bigram_word"]
        self._bigram = arrays["bigram"]
        self._context_start, self._context_word = arrays["context_start"], arrays["context_word"]
        self._context_backoff = arrays["context_backoff"]
        self._trigram_start, self._trigram_word = arrays["trigram_start"], arrays["trigram_word"]
        self._trigram = arrays["trigram"]

    @classmethod
    def open(cls, path: Path | None = None) -> LanguageModel:
        """Open the model file *path*, by default the shipped one.

        Raises `WordlistError` if it is missing or no model file.
        """
        from ocr_clean.lexicon import wordlist_path  # here, because the lexicon opens models

        path = path or wordlist_path(SHIPPED)
        try:
            with path.open("rb") as file:
                data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError) as error:  # an empty file cannot be mapped: ValueError
            raise WordlistError(f"cannot open the language model: {error}", str(path)) from error
        return cls._unpack(data, path)

    @classmethod
    def _unpack(cls, data: memoryview, path: Path) -> LanguageModel:
        """Make a model of the bytes of a file, without copying its arrays."""
        hint = "make it again with `ocr-clean model build`"
        if bytes(data[: len(MAGIC)]) != MAGIC:
            raise WordlistError("no language model of this version of ocr-clean", str(path), hint)
        try:
            start = len(MAGIC)
            length = int(bytes(data[start : start + HEADER_DIGITS]))
            start += HEADER_DIGITS
            header: dict[str, Any] = json.loads(bytes(data[start : start + length]))
            if header["byteorder"] != sys.byteorder:
                raise ValueError(f"made for a {header['byteorder']}-endian machine")
            start += length
            sizes = [header["bytes"][name] for name in ("words", *ARRAYS)]
            ends = list(accumulate(sizes, initial=start))
            if ends[-1] != len(data):
                raise ValueError(f"{len(data)} bytes instead of {ends[-1]}")
            words = bytes(data[ends[0] : ends[1]]).decode("utf-8").rstrip("\n").split("\n")
            arrays = {
                name: data[first:last].cast(ARRAYS[name])
                for name, first, last in zip(ARRAYS, ends[1:], ends[2:], strict=False)
            }
            _check(words, arrays)
            return cls(words, arrays, header)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise WordlistError(f"broken language model: {error}", str(path), hint) from error

    def __contains__(self, word: str) -> bool:
        """Whether the texts use *word* (in lower case) more than once."""
        return word in self._ids

    def frequency(self, word: str) -> float:
        """Return how many of a million words of the texts are *word*; 0 for a word that they do not use.

        >>> LanguageModel.open().frequency("the") > 30_000
        True
        """
        index = self._ids.get(word)
        return 0.0 if index is None else 1e6 * math.exp(self.arrays["frequency"][index] * LOG_STEP)

    def frequent(self, least: float) -> Sequence[str]:
        """Return the words that occur at least *least* times in a million, the most frequent first."""
        bound = math.log(least / 1e6) / LOG_STEP
        end = bisect_left(self.arrays["frequency"], -bound, STAND_INS, key=lambda value: -value)
        return self.words[STAND_INS:end]

    def unigram(self, word: str) -> float:
        """Return log p(word), whatever its neighbours."""
        return self.logp(word)

    def logp(self, word: str, before1: str = NOT_KNOWN, before2: str = NOT_KNOWN) -> float:
        """Return log p(word | before2 before1); *before1* is the word before it, *before2* the one before that.

        Backs off to shorter histories; leaves out a neighbour that is `NOT_KNOWN`. A word out of the vocabulary gets
        its share of the unknown word's probability at this place.
        """
        here, share = self._placed(word)
        return self._logp(here, self._context(before1), self._context(before2)) + share

    def seen(self, before: str, word: str, after: str) -> bool:
        """Return whether the texts have these three words in a row, often enough for the model to keep them.

        >>> LanguageModel.open().seen("of", "the", "house"), LanguageModel.open().seen("of", "tlie", "house")
        (True, False)
        """
        a, b, c = self._context(before), self._context(word), self._context(after)
        if a < 0 or c < 0 or b == self._unknown:
            return False
        end = self._context_start[a + 1]
        at = bisect_left(self._context_word, b, self._context_start[a], end)
        if at == end or self._context_word[at] != b:
            return False
        last = self._trigram_start[at + 1]
        found = bisect_left(self._trigram_word, c, self._trigram_start[at], last)
        return found < last and self._trigram_word[found] == c

    def score(self, words: Sequence[str]) -> float:
        """Return log p of the sentence *words*, its end included.

        >>> model = LanguageModel.open()
        >>> model.score(["he", "was", "there"]) > model.score(["was", "there", "he"])
        True
        """
        before2, before1, total = NOT_KNOWN, START, 0.0
        for word in (*words, END):
            total += self.logp(word, before1, before2)
            before2, before1 = before1, word
        return total

    def slot(self, left2: str, left1: str, candidates: Sequence[str], right1: str, right2: str) -> list[float]:
        """Return for each candidate log p of it and of the two words after it, given the two words before it.

        Only the differences between candidates mean something. *left1* and *right1* stand next to the slot; each
        neighbour may be `START`, `END` or `NOT_KNOWN`. A candidate may be several words with spaces between them, so
        that `ofthe` can be compared with `of the`.
        """
        a, b = self._context(left2), self._context(left1)
        right = [word for word in (right1, right2) if word != NOT_KNOWN] if right1 != NOT_KNOWN else []
        after = [self._placed(word) for word in right]
        scores = []
        for candidate in candidates:
            before2, before1, total = a, b, 0.0
            for word in candidate.split(" ") if " " in candidate else (candidate,):
                here, share = self._placed(word)
                total += self._logp(here, before1, before2) + share
                before2, before1 = before1, here
            for here, share in after:
                total += self._logp(here, before1, before2) + share
                before2, before1 = before1, here
            scores.append(total)
        return scores

    def _find(self, word: str) -> int | None:
        """Return the number of *word* in the vocabulary; a possessive that is not in it counts as its owner."""
        index = self._ids.get(word)
        if index is None and word.endswith("'s"):
            index = self._ids.get(word[:-2])
        return index

    def _placed(self, word: str) -> tuple[int, float]:
        """Return the class of a word (itself, or the unknown word), and log p(word | its class)."""
        index = self._find(word)
        if index is None:
            return self._unknown, self.floor
        return (index, 0.0) if index < self._classes else (self._unknown, self._unigram[index] * LOG_STEP)

    def _context(self, word: str) -> int:
        """Return the class of a neighbour, -1 for `NOT_KNOWN`."""
        return -1 if word == NOT_KNOWN else self._placed(word)[0]

    def _logp(self, c: int, b: int, a: int) -> float:
        """Return log p(c | a b) for classes; -1 for a history that is not known."""
        if b < 0:
            return self._unigram[c] * LOG_STEP
        backoff = 0
        if a >= 0:
            end = self._context_start[a + 1]
            at = bisect_left(self._context_word, b, self._context_start[a], end)
            if at < end and self._context_word[at] == b:
                last = self._trigram_start[at + 1]
                found = bisect_left(self._trigram_word, c, self._trigram_start[at], last)
                if found < last and self._trigram_word[found] == c:
                    return self._trigram[found] * NGRAM_STEP
                backoff = self._context_backoff[at]
        end = self._bigram_start[b + 1]
        at = bisect_left(self._bigram_word, c, self._bigram_start[b], end)
        if at < end and self._bigram_word[at] == c:
            return backoff * LOG_STEP + self._bigram[at] * NGRAM_STEP
        return (backoff + self._unigram_backoff[b] + self._unigram[c]) * LOG_STEP


def _check(words: Sequence[str], arrays: Mapping[str, memoryview]) -> None:
    """Raise `ValueError` if the arrays do not fit each other: a damaged file fails at once, not in a look-up."""
    size = {name: len(array) for name, array in arrays.items()}
    fits = (
        size["frequency"] == size["unigram"] == len(words)
        and size["unigram_backoff"] <= len(words)
        and size["bigram_start"] == size["context_start"] == size["unigram_backoff"] + 1
        and size["bigram"] == size["bigram_word"] == arrays["bigram_start"][-1]
        and size["context_backoff"] == size["context_word"] == arrays["context_start"][-1]
        and size["trigram_start"] == size["context_word"] + 1
        and size["trigram"] == size["trigram_word"] == arrays["trigram_start"][-1]
        and UNKNOWN in words[:STAND_INS]
    )
    if not fits:
        raise ValueError("its parts do not fit each other")

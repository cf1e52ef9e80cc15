"""What is known about words: the dictionary, old forms, the period name lists and the language model in one object."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import regex

from ocr_clean.errors import WordlistError
from ocr_clean.model import LanguageModel
from ocr_clean.names import NameForm, name_forms, read_names

DICTIONARY = "english.txt"
ARCHAIC = "archaic.txt"
BLOCKED = "blocked.txt"
SURNAMES = "surnames.tsv"
PLACES = "places.txt"
NAMES = "names-soviet-comintern.tsv"
MODEL = "english.lm"
CONFUSIONS = "confusions.tsv"
JUDGEMENT = "judgement.json"

POSSESSIVE_RE = regex.compile(r"(?:['’]s|(?<=s)['’])$")
"""The end of a possessive: dictionaries leave it out."""

_PACKAGE = Path(__file__).parent


def wordlist_path(name: str) -> Path:
    """Where the shipped word list *name* is: inside the installed package, or beside it in a checkout.

    Raises `WordlistError` if it is in neither place.
    """
    for folder in (_PACKAGE / "wordlists", _PACKAGE.parent / "wordlists"):
        if (folder / name).is_file():
            return folder / name
    raise WordlistError("word list is missing", name, "reinstall ocr-clean")


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The words that a run knows. One object serves many documents; nothing in it depends on the document."""

    dictionary: Set[str] = frozenset()
    """Words of the dictionary as it writes them: ``river``, ``London``."""
    archaic: Set[str] = frozenset()
    """Old forms that are no errors: ``publick``, ``believeth``."""
    blocked: Mapping[str, str] = field(default_factory=dict)
    """Rare words that on an OCR page are mostly another word misread, with that word: ``bis``, ``his``."""
    names: Mapping[str, tuple[NameForm, ...]] = field(default_factory=dict)
    """Every form that the name lists make trusted, whole names and single words."""
    surnames: Mapping[str, float] = field(default_factory=dict)
    """Surnames that the dictionary lacks, with how often they occur in a million words."""
    places: Set[str] = frozenset()
    """Words of the names of places that no other list has: right as they stand, but nothing is corrected to them."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each list by its file name, for the ledger's header."""
    model_file: str = ""
    """Path of the language model; "" for the shipped one."""

    @classmethod
    def load(cls, names: Iterable[str] = (), model: str = "") -> Lexicon:
        """Load the shipped lists and the name lists at the paths *names*; *model* is a language model to use instead.

        Raises `WordlistError` with file and line for a malformed list.
        """
        return _load(tuple(names), model)

    def __contains__(self, word: str) -> bool:
        """Whether *word* is right as it stands: in the dictionary, an old form, or on a name list.

        A capital at the beginning, capitals throughout and a possessive are seen through; a name needs its capital.

        >>> words = Lexicon(frozenset({"river", "London"}))
        >>> [word in words for word in ("River", "RIVER", "river's", "LONDON", "london", "rivr")]
        [True, True, True, True, False, False]
        """
        if "’" in word:
            word = word.replace("’", "'")
        return self._holds(word) or (word[-1:] in "s'" and self._holds(POSSESSIVE_RE.sub("", word)))

    def only_old(self, word: str) -> bool:
        """Whether *word* is an old form that the dictionary does not have."""
        return word in self.archaic and word not in self.dictionary

    def common(self, word: str, least: float) -> bool:
        """Whether *word* is right as it stands and occurs at least so often in a million words."""
        return word in self and self.model.frequency(word.lower()) >= least

    def frequency(self, written: str) -> float:
        """How many of a million words are this one, *written* as its list does: ``river``, ``Laycock``."""
        return max(self.model.frequency(written.lower()), self.surnames.get(written, 0.0))

    def _holds(self, word: str) -> bool:
        if word in self.dictionary or word in self.archaic or word in self.names:
            return True
        if word in self.surnames or word in self.places:
            return True
        lower = word.lower()
        if word[:1].islower() and lower != word:
            return False  # a capital inside a word: ``tHe``
        if lower != word and (lower in self.dictionary or lower in self.archaic):
            return word.isupper() or word[1:].islower()
        capitalised = lower[:1].upper() + lower[1:]
        listed = (self.dictionary, self.name_words_folded, self.surnames, self.places)
        return word.isupper() and any(capitalised in each for each in listed)

    @cached_property
    def name_words(self) -> Set[str]:
        """The forms of the name lists that are one word: what a single token is corrected towards."""
        return {form: None for form in self.names if " " not in form}.keys()

    @cached_property
    def name_words_folded(self) -> frozenset[str]:
        """`name_words` with a capital at the beginning only, for names set in capitals."""
        return frozenset(form[:1].upper() + form[1:].lower() for form in self.name_words)

    @cached_property
    def model(self) -> LanguageModel:
        """The language model, opened when it is first needed."""
        return LanguageModel.open(Path(self.model_file) if self.model_file else wordlist_path(MODEL))


@cache
def _load(names: tuple[str, ...], model: str) -> Lexicon:
    shipped = {name: wordlist_path(name) for name in (DICTIONARY, ARCHAIC, BLOCKED, SURNAMES, PLACES, NAMES)}
    paths = [shipped[NAMES], *map(Path, names)]
    entries = [entry for path in paths for entry in read_names(path)]
    tables = (wordlist_path(CONFUSIONS), wordlist_path(JUDGEMENT))
    hashes = {path.name: _sha256(path) for path in (*shipped.values(), *tables, *map(Path, names))}
    blocked = dict(_pairs(shipped[BLOCKED]))
    dictionary, archaic = (dict.fromkeys(_entries(shipped[name])).keys() for name in (DICTIONARY, ARCHAIC))
    surnames = {name: float(often) for name, often in _pairs(shipped[SURNAMES])}
    places = frozenset(_entries(shipped[PLACES]))
    return Lexicon(dictionary, archaic, blocked, name_forms(entries), surnames, places, hashes, model)


def _entries(path: Path) -> list[str]:
    """The words of a list in its order, which is that of memory too: going through them in it is quick."""
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line and line[0] != "#"]


def _pairs(path: Path) -> list[list[str]]:
    """The lines of a list of two columns."""
    return [line.split("\t", 1) for line in _entries(path)]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

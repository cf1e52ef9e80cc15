"""What is known about words: the dictionary, the period name lists and the language model behind one object."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ocr_clean.errors import WordlistError

_PACKAGE = Path(__file__).parent


def wordlist_path(name: str) -> Path:
    """Where the shipped word list *name* is: inside the installed package, or beside it in a checkout.

    Raises `WordlistError` if it is in neither place.
    """
    for folder in (_PACKAGE / "wordlists", _PACKAGE.parent / "wordlists"):
        if (folder / name).is_file():
            return folder / name
    raise WordlistError("word list is missing", name, "reinstall ocr-clean")


@dataclass(frozen=True)
class Lexicon:
    """The words that a run knows. One object serves many documents; nothing in it depends on the document."""

    dictionary: frozenset[str] = frozenset()
    """Words of the dictionary as it writes them: ``river``, ``London``."""
    hashes: dict[str, str] = field(default_factory=dict)
    """SHA-256 of each list by its file name, for the ledger's header."""

    @classmethod
    def load(cls, names: Iterable[str] = ()) -> Lexicon:
        """Load the shipped lists and the name lists at the paths *names*.

        Raises `WordlistError` with file and line for a malformed list.
        """
        return _load(tuple(names))

    def __contains__(self, word: str) -> bool:
        """Whether *word*, as written or in lower case, is in the dictionary or on a name list."""
        return word in self.dictionary or word.lower() in self.dictionary


@cache
def _load(names: tuple[str, ...]) -> Lexicon:
    path = wordlist_path("english.txt")
    words = path.read_text(encoding="utf-8").split("\n")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Lexicon(frozenset(word for word in words if word and not word.startswith("#")), {path.name: digest})

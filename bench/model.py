"""How well the language model decides between two words that OCR takes for each other.

    python bench/model.py TEXT... [--model FILE]

Each TEXT is clean: a text file, or JSON lines (gzipped or not) with the text in the field `gt`. From them the test is
built: places where a word of the dictionary could be another word of the dictionary misread (one slip of
`make_dictionary.GLYPHS` apart) that the texts use about as often (at most ten times more or less), so that frequency
alone decides little. The model sees two words on either side. At most `PER_PAIR` places for one pair of words, 1,500 in
all, chosen by a hash of the place, so that the same texts give the same test.

Prints the share decided rightly, by the trigram model and by its word frequencies alone, the same for the decisions of
which the model is surer, the perplexity, the share of words out of the vocabulary, and the time of a look-up. The texts
must not be among those that the model was made of.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from make_dictionary import slips

from ocr_clean.lexicon import wordlist_path
from ocr_clean.model import END, START, LanguageModel, sentences

PLACES = 1500
PER_PAIR = 5
MAX_RATIO = 10.0
SURE = (0.0, 1.0, 2.0, 4.0, 6.0)
"""Differences of log-probability at which the decisions are counted again."""


@dataclass(frozen=True, slots=True)
class Place:
    """A word of the text with its neighbours, and the *other* word that it might be."""

    left2: str
    left1: str
    word: str
    other: str
    right1: str
    right2: str

    def order(self) -> bytes:
        """Return what the places are shuffled by."""
        return hashlib.sha256(repr(self).encode()).digest()


def texts_of(path: Path) -> Iterator[str]:
    """Yield the clean texts in *path*."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if ".jsonl" in path.suffixes:
        yield from (json.loads(line)["gt"] for line in data.decode("utf-8").splitlines())
    else:
        yield data.decode("utf-8")


def find_places(lines: Sequence[Sequence[str]], dictionary: set[str]) -> list[Place]:
    """Return the test: up to `PLACES` places of *lines*, which are sentences."""
    counts = Counter(word for line in lines for word in line)
    twins = {
        word: sorted(
            other
            for other in set(slips(word)) - {word}
            if other in dictionary and other in counts and 1 / MAX_RATIO <= counts[other] / count <= MAX_RATIO
            if word.replace("z", "s") != other.replace("z", "s")  # two spellings of one word
        )
        for word, count in counts.items()
        if word in dictionary and len(word) > 1
    }
    places = []
    for line in lines:
        padded = ["", START, *line, END, ""]
        for at, word in enumerate(line, 2):
            for other in twins.get(word, ()):
                places.append(Place(padded[at - 2], padded[at - 1], word, other, padded[at + 1], padded[at + 2]))
    chosen: list[Place] = []
    taken = Counter[tuple[str, str]]()
    for place in sorted(set(places), key=Place.order):
        pair = (min(place.word, place.other), max(place.word, place.other))
        if taken[pair] < PER_PAIR and len(chosen) < PLACES:
            taken[pair] += 1
            chosen.append(place)
    return chosen


def decide(model: LanguageModel, places: Sequence[Place]) -> list[float]:
    """Return by how much the model prefers the right word at each place."""
    preferred = []
    for place in places:
        right, wrong = model.slot(place.left2, place.left1, (place.word, place.other), place.right1, place.right2)
        preferred.append(right - wrong)
    return preferred


def perplexity(model: LanguageModel, lines: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Return the perplexity of the sentences *lines*, and the share of their words that the model does not know."""
    words = [word for line in lines for word in line]
    total = sum(model.score(line) for line in lines)
    return math.exp(-total / (len(words) + len(lines))), sum(word not in model for word in words) / len(words)


def main() -> None:
    """Print the figures of each text and of all together."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("texts", nargs="+", type=Path, metavar="TEXT")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--wrong", type=int, default=0, metavar="N", help="print the first N wrong decisions")
    args = parser.parse_args()
    started = time.perf_counter()
    model = LanguageModel.open(args.model)
    print(f"opened in {1000 * (time.perf_counter() - started):.0f} ms")
    dictionary = set(wordlist_path("english.txt").read_text(encoding="utf-8").split())
    everything: list[list[str]] = []
    print(
        "text".ljust(28),
        "  words  unknown  perplexity  places  right  by frequency  " + "right (decided) if surer than",
    )
    for path in args.texts:
        lines = [line for text in texts_of(path) for line in sentences(text)]
        everything += lines
        report(path.name, model, lines, dictionary, args.wrong)
    if len(args.texts) > 1:
        report("all", model, everything, dictionary, 0)


def report(name: str, model: LanguageModel, lines: list[list[str]], dictionary: set[str], show: int) -> None:
    """Print one row, and the first *show* wrong decisions."""
    places = find_places(lines, dictionary)
    started = time.perf_counter()
    preferred = decide(model, places)
    taken = (time.perf_counter() - started) / max(1, 2 * 3 * len(places))
    difficulty, unknown = perplexity(model, lines)
    by_frequency = sum(model.frequency(place.word) > model.frequency(place.other) for place in places)
    surer = []
    for limit in SURE[1:]:
        decided = [difference > 0 for difference in preferred if abs(difference) > limit]
        surer.append(f"{limit:g}: {sum(decided) / max(1, len(decided)):.3f} ({len(decided) / len(places):.2f})")
    right = sum(difference > 0 for difference in preferred) / len(places)
    print(
        f"{name:28} {sum(map(len, lines)):7,} {unknown:8.4f} {difficulty:11.1f} {len(places):7} {right:6.3f}"
        f" {by_frequency / len(places):13.3f}   {'  '.join(surer)}  {1e6 * taken:.1f} us a look-up"
    )
    for place, difference in zip(places, preferred, strict=True):
        if show and difference <= 0:
            show -= 1
            slot = f"{place.left2} {place.left1} [{place.word}|{place.other}] {place.right1} {place.right2}"
            print(f"    {slot}  {difference:.1f}")


if __name__ == "__main__":
    main()

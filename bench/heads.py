"""Running heads under OCR noise: recall and wrong removals, ours and those of HTRC's published method.

    python bench/heads.py [--pages 240]

The book is made here from sentences of our own: verso heads ``12 THE LONG WINTER``, recto heads with the title of the
chapter, chapters of seven or of fourteen pages that open without a head, a speck line above every twentieth head. Each
character of the book, heads and text, is replaced with the given probability. ``form feeds`` marks the page ends as
most engines do; ``bare`` leaves nothing but one blank line around each head, as archive.org's dumps do.

HTRC's method, from its description (HTRC-Tools-RunningHeaders: the first three lines of each page, in windows of six
pages, clustered by normalised Levenshtein similarity of 0.7 or more over lower-case letters; a cluster of three is a
head, and so is whatever stands above it), needs page boundaries and has no answer for the bare dump.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from ocr_clean.document import RETIRED, Document, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.pipeline import Pipeline
from ocr_clean.stages.noise import Noise
from ocr_clean.stages.pages import Pages
from ocr_clean.stages.running_heads import RunningHeads

TITLE = "THE LONG WINTER"
CHAPTERS = (
    "The mill at the ford",
    "A letter from town",
    "What the carter said",
    "Snow on the pass",
    "The second harvest",
    "An old quarrel",
    "The bridge is mended",
    "News of the fleet",
    "The empty granary",
    "Two brothers",
    "A market day",
    "The surveyor returns",
    "Night on the river",
    "The vote",
)
SENTENCES = (
    "The mill stood where the road left the river, and nobody in the village remembered who had built it.",
    "In the third year of the drought the carters refused to cross the ford after dark.",
    "She wrote that the harvest had been poor, that the granary was half empty, and that her brother had gone to town.",
    "There was a committee, of course; it met on Thursdays and decided nothing.",
    "When the snow came the surveyor locked his instruments away and read by the stove.",
    "He had counted on the bridge, but the bridge had been carried off in the spring flood.",
    "Of the forty men who set out only twenty-six reached the pass before the storm.",
    "It was said, and it was true, that the old quarrel had begun over a boundary stone.",
    "No one asked him to stay, and so he stayed until the thaw.",
    "The newspaper reported the vote on its last page, between the price of hay and the weather.",
)
LOOK_ALIKE = dict(zip("echnultosirTEOIN1058", "cebuhn1fo5ilB0lKlosB", strict=True))
"""What an engine takes a letter for."""
SPECKS = (". -", "'", "- ;", "^ .", "~")


@dataclass
class Book:
    """A dump and what its lines are."""

    pages: list[list[str]] = field(default_factory=list)
    heads: list[list[int]] = field(default_factory=list)
    """Indices of the head lines of each page."""
    specks: list[list[int]] = field(default_factory=list)


def damaged(text: str, rate: float, chance: random.Random) -> str:
    """*text* with each character replaced, or lost, with probability *rate*."""
    out = []
    for character in text:
        if character != " " and chance.random() < rate:
            out.append(LOOK_ALIKE.get(character, chance.choice("abcdeiou.,^'")) if chance.random() < 0.85 else "")
        else:
            out.append(character)
    return "".join(out)


def wrapped(chance: random.Random, lines: int, width: int = 62) -> list[str]:
    """*lines* lines of prose with paragraphs: sentences with their words shuffled, so that no line comes twice."""
    found: list[str] = []
    line = ""
    while len(found) < lines:
        words = chance.choice(SENTENCES).rstrip(".").lower().split()
        chance.shuffle(words)
        for word in f"{' '.join(words).capitalize()}.".split():
            if len(line) + len(word) + 1 > width:
                found.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        if chance.random() < 0.25:
            found += [line, ""]
            line = ""
    return found[:lines]


def made(pages: int, chapter: int, rate: float, seed: int = 7) -> Book:
    """A book of *pages* pages, chapters of *chapter* pages, each character damaged with probability *rate*."""
    chance = random.Random(seed)
    book = Book()
    for index in range(pages):
        number, title = index + 1, CHAPTERS[index // chapter % len(CHAPTERS)]
        body = wrapped(chance, 36)
        if (index + 1) % chapter == 0:
            body = [*body[:-1], f"{(body[-1] or 'So it was').rstrip('.')}."]  # a chapter ends with a sentence
        if index % chapter == 0:
            lines, heads, specks = ["", title, "", *body[:28]], [], []
        else:
            head = f"{number} {TITLE}" if number % 2 == 0 else f"{title} {number}"
            speck = [chance.choice(SPECKS)] if chance.random() < 0.05 else []
            lines, heads, specks = [*speck, head, "", *body], [len(speck)], [0] if speck else []
        book.pages.append([line if at in specks else damaged(line, rate, chance) for at, line in enumerate(lines)])
        book.heads.append(heads)
        book.specks.append(specks)
    return book


def ours(book: Book, feeds: bool) -> list[set[int]]:
    """Lines of each page that ocr-clean retires."""
    between = "\n\f" if feeds else "\n\n"
    text = between.join("\n".join(page) for page in book.pages) + "\n"
    document = Pipeline((Pages(), Noise(), RunningHeads())).run(Document.from_text(text), Lexicon.load()).document
    found: list[set[int]] = []
    line = 0
    for page in book.pages:
        roles = [document.lines[line + index].role for index in range(len(page))]
        found.append({index for index, role in enumerate(roles) if role in RETIRED and role is not Role.JOINED})
        line += len(page) + (0 if feeds else 1)
    return found


def letters(line: str) -> str:
    """The letters of *line* in lower case."""
    return "".join(filter(str.isalpha, line)).lower()


def htrc(book: Book) -> list[set[int]]:
    """Lines of each page that HTRC's method takes for a head."""
    first = [
        [(index, "".join(filter(str.isalpha, line)).lower()) for index, line in enumerate(page[:3])]
        for page in book.pages
    ]
    taken: list[set[int]] = [set() for _ in book.pages]
    for start in range(max(1, len(first) - 5)):
        window = [
            (page, index, key) for page in range(start, min(start + 6, len(first))) for index, key in first[page] if key
        ]
        for page, index, key in window:
            near = {other for other, _, text in window if Levenshtein.normalized_similarity(key, text) >= 0.7}
            if len(near) >= 3:
                taken[page] |= set(range(index + 1))
    return taken


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--pages", type=int, default=240)
    pages = parser.parse_args().pages
    print(f"{'noise':>5} {'chapter':>7}  {'method':22} {'recall':>7} {'wrong':>6}")
    for chapter in (14, 7):
        for rate in (0.0, 0.03, 0.08):
            book = made(pages, chapter, rate)
            results = {
                "ocr-clean, form feeds": ours(book, True),
                "ocr-clean, bare": ours(book, False),
                "HTRC": htrc(book),
            }
            for name, taken in results.items():
                total = sum(map(len, book.heads))
                hit = sum(len(taken[page] & set(heads)) for page, heads in enumerate(book.heads))
                wrong = sum(
                    bool(book.pages[page][index].strip())
                    for page, lines in enumerate(taken)
                    for index in lines - set(book.heads[page]) - set(book.specks[page])
                )
                print(f"{rate:5.0%} {chapter:7}  {name:22} {hit / total:7.4f} {wrong:6}")


if __name__ == "__main__":
    main()

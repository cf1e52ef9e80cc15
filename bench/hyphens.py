"""How right the decisions at line ends are: words joined, hyphens kept, line ends left alone.

    python bench/hyphens.py CORPORA

CORPORA is the folder of `bench/accuracy.py`. In ``overproof_train`` every line of the truth is a line of the OCR text,
and a soft hyphen is written `¬`: each line end is one decision. In ``bom1830_pages`` the truth has no line ends: a word
that was put together is right if the truth of its page has it, and so is a hyphen that was kept. Where the truth has
what differs by one letter and not by a hyphen, the decision was right and a letter was misread.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from rapidfuzz.distance import Levenshtein

from bench.accuracy import Corpus, documents
from ocr_clean.changes import Edit
from ocr_clean.config import Config
from ocr_clean.document import Document
from ocr_clean.lexicon import Lexicon

JOINED, KEPT, ALONE = "joined", "hyphen kept", "left alone"
WORD_RE = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def decisions(text: str, words: Lexicon) -> dict[int, tuple[str, str]]:
    """What `dehyphenate` does at the end of each line that it mends, and the word that comes of it."""
    result = Config().pipeline(only=("characters", "dehyphenate")).run(Document.from_text(text), words)
    found = {}
    for step in result.steps:
        change = step.change
        if step.stage != "dehyphenate" or not isinstance(change, Edit) or not change.start:
            continue
        word = result.document.line(change.line).text.split()[-1]
        found[change.line] = (KEPT if change.after.startswith("-") else JOINED, word)
    return found


def by_lines(folder: Path, words: Lexicon) -> Counter[tuple[str, str]]:
    """(what the truth has, what was done) for each line end of the newspapers."""
    table: Counter[tuple[str, str]] = Counter()
    for row in as_stored(folder / "overproof_train.jsonl.gz"):
        done = decisions(row["ocr"], words)
        read = row["ocr"].split("\n")
        for number, (line, truth) in enumerate(zip(read, row["gt"].split("\n"), strict=False), start=1):
            table[kind(line.rstrip(), truth.rstrip()), done.get(number, (ALONE, ""))[0]] += 1
    return table


def as_stored(path: Path) -> Iterator[dict[str, str]]:
    """The documents with their line ends: `bench.accuracy.documents` joins the lines of the truth."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def kind(read: str, truth: str) -> str:
    """What stands at a line end by the truth, and whether the OCR text still shows it."""
    if truth.endswith("¬"):
        return "soft hyphen, read" if read.endswith(("-", "¬")) else "soft hyphen, lost"
    if re.search(r"\w-$", truth):
        return "hard hyphen"
    return "no hyphen" if not read.endswith(("-", "¬")) else "no hyphen, one read"


RIGHT, MISREAD, WRONG = "right", "misread", "wrong"


def by_words(folder: Path, words: Lexicon) -> Iterator[tuple[str, str, str]]:
    """(what was done, what the truth says of it, the word) for each word of the book that was put together."""
    rows = documents(folder, Corpus("bom1830_pages", ()))
    for row, following in pairwise([*rows, {"gt": ""}]):
        truth = set(WORD_RE.findall(f"{row['gt']} {following['gt']}"))
        for done, run in decisions(row["ocr"], words).values():
            found = WORD_RE.search(run)
            if found:
                yield done, fate(found[0], truth), found[0]


def fate(word: str, truth: set[str]) -> str:
    """Whether *truth* has a word that was put together, or one that differs by a letter and has as many hyphens."""
    if word in truth:
        return RIGHT
    near = (each for each in truth if Levenshtein.distance(word, each, score_cutoff=1) == 1)
    return MISREAD if any(each.count("-") == word.count("-") for each in near) else WRONG


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("corpora", type=Path)
    args = parser.parse_args()
    words = Lexicon.load()
    table = by_lines(args.corpora, words)
    print(f"{'overproof_train':22}{JOINED:>12}{KEPT:>14}{ALONE:>12}")
    for name in sorted({name for name, _ in table}):
        print(f"{name:22}{table[name, JOINED]:12}{table[name, KEPT]:14}{table[name, ALONE]:12}")
    made = list(by_words(args.corpora, words))
    fates = Counter((done, verdict) for done, verdict, _ in made)
    print(f"\n{'bom1830_pages':22}{RIGHT:>12}{MISREAD:>14}{WRONG:>12}")
    for done in (JOINED, KEPT):
        print(f"{done:22}{fates[done, RIGHT]:12}{fates[done, MISREAD]:14}{fates[done, WRONG]:12}")
    for each in (MISREAD, WRONG):
        print(f"{each}:", ", ".join(word for _, verdict, word in made if verdict == each))


if __name__ == "__main__":
    main()

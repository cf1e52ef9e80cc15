"""How right the words are after cleaning: character and word error rates on OCR text whose truth is known.

    python bench/accuracy.py CORPORA [--only NAME] [--peers] [--jobs 2] [--every 1]

CORPORA is a folder of gzipped JSON lines, one document a line: ``{"id", "ocr", "gt"}``. Figures are micro-averages over
the documents of a corpus. Of the words that cleaning changed, three shares are shown: became right, stayed wrong,
became wrong; and the share that became right if the marks around words do not count (*letters*).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz.distance import Levenshtein

sys.path.insert(0, str(Path(__file__).parent.parent))

import ocr_clean
from ocr_clean.score import readings

WORD_STAGES = ("characters", "dehyphenate", "punctuation", "words", "spelling", "specks")
LINE_STAGES = ("characters", "punctuation", "words", "spelling", "specks")


@dataclass(frozen=True)
class Corpus:
    """How one corpus is read and judged."""

    name: str
    stages: tuple[str, ...]
    fold: bool = False
    """Quotes, dashes and the space before punctuation are a house style of the truth: folded on both sides."""
    third: bool = False
    """Only every third document: the others were for tuning."""


CORPORA = (
    Corpus("overproof_dev", WORD_STAGES),
    Corpus("icdar2017_books_train", LINE_STAGES, third=True),
    Corpus("acl_dev", LINE_STAGES, third=True),
    Corpus("latewar1819_pages", WORD_STAGES, fold=True),
    Corpus("latewar1816_pages", WORD_STAGES, fold=True),
    Corpus("overproof_train", WORD_STAGES),
    Corpus("bom1830_pages", WORD_STAGES, fold=True),
)


@dataclass
class Tally:
    """Sums over documents."""

    characters: int = 0
    words: int = 0
    raw: Counter[str] = field(default_factory=Counter)
    out: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    letters: Counter[str] = field(default_factory=Counter)
    """The same as `changed`, without the marks around words."""
    documents: int = 0
    worse: int = 0


def documents(folder: Path, corpus: Corpus) -> list[dict[str, str]]:
    """The documents of *corpus*, soft hyphens of the truth joined."""
    with gzip.open(folder / f"{corpus.name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rows = rows[2::3] if corpus.third else rows
    return [row | {"gt": re.sub("[¬\u00ad]\n", "", row["gt"])} for row in rows]


def folded(text: str) -> str:
    """*text* without the differences that are house style."""
    text = re.sub("[“”„«»]|''|``", '"', re.sub("[‘’`´]", "'", text))
    text = re.sub(r"\s*(?:--+|—|–)\s*", "-", text)
    return re.sub(r"\s+([,;:.!?])", r"\1", text)


def ours(text: str, stages: tuple[str, ...]) -> str:
    """*text* after the word stages of ocr-clean: its printed lines, before they are written as Markdown."""
    document = ocr_clean.clean(text, only=stages).document
    return "\n".join(line.text for line in document.printed_lines())


def symspell(text: str, stages: tuple[str, ...]) -> str:
    """*text* by symspellpy alone."""
    from bench.peers import symspell_text

    return symspell_text(text)


def norvig(text: str, stages: tuple[str, ...]) -> str:
    """*text* by pyspellchecker alone."""
    from bench.peers import norvig_text

    return norvig_text(text)


METHODS: dict[str, Callable[[str, tuple[str, ...]], str]] = {
    "ocr-clean": ours,
    "symspellpy": symspell,
    "norvig": norvig,
}


def judge(task: tuple[str, dict[str, str], Corpus]) -> Tally:
    """Errors before and after, and the fate of the changed words, for one document."""
    method, row, corpus = task
    raw, truth, out = row["ocr"], row["gt"], METHODS[method](row["ocr"], corpus.stages)
    if corpus.fold:
        raw, truth, out = folded(raw), folded(truth), folded(out)
    raw, truth, out = (" ".join(text.split()) for text in (raw, truth, out))
    before, after = errors(raw, truth), errors(out, truth)
    return Tally(
        len(truth),
        len(truth.split()),
        before,
        after,
        fates(raw, truth, out),
        fates(bare(raw), bare(truth), bare(out)),
        1,
        after["wer"] > before["wer"],
    )


def bare(text: str) -> str:
    """*text* without the marks around its words.

    >>> bare("The end, -- he said.")
    'The end he said'
    """
    return " ".join(word for word in (re.sub(r"^\W+|\W+$", "", each) for each in text.split()) if word)


def errors(text: str, truth: str) -> Counter[str]:
    """Character and word edit distance to the truth."""
    return Counter(cer=Levenshtein.distance(text, truth), wer=Levenshtein.distance(text.split(), truth.split()))


def fates(raw: str, truth: str, out: str) -> Counter[str]:
    """What became of the truth's words whose reading differs between *raw* and *out*."""
    words, before, after = truth.split(), raw.split(), out.split()
    was, now = readings(words, before), readings(words, after)
    fate: Counter[str] = Counter()
    for place, word in enumerate(words):
        if was[place] != now[place]:
            kind = "right" if now[place] == word else "harmed" if was[place] == word else "wrong"
            fate[kind] += 1
    return fate


def run(folder: Path, corpus: Corpus, method: str, jobs: int, every: int) -> Tally:
    """Judge every document of *corpus* after *method*."""
    tally = Tally()
    tasks = [(method, row, corpus) for row in documents(folder, corpus)[::every]]
    with ProcessPoolExecutor(jobs) as pool:
        for one in pool.map(judge, tasks, chunksize=4):
            for name in vars(tally):
                setattr(tally, name, getattr(tally, name) + getattr(one, name))
    return tally


def row(name: str, method: str, tally: Tally) -> str:
    """One row of the table."""

    def rate(errors: Counter[str], kind: str) -> float:
        return 100 * errors[kind] / max(1, tally.characters if kind == "cer" else tally.words)

    def better(kind: str) -> float:
        return 100 * (1 - tally.out[kind] / max(1, tally.raw[kind]))

    changed = max(1, sum(tally.changed.values()))
    fates = " ".join(f"{100 * tally.changed[fate] / changed:6.1f}" for fate in ("right", "wrong", "harmed"))
    letters = 100 * tally.letters["right"] / max(1, sum(tally.letters.values()))
    return (
        f"{name:22} {method:10} {rate(tally.raw, 'cer'):6.2f} {rate(tally.out, 'cer'):6.2f} {better('cer'):6.1f} "
        f"{rate(tally.raw, 'wer'):6.2f} {rate(tally.out, 'wer'):6.2f} {better('wer'):6.1f} "
        f"{100 * tally.worse / max(1, tally.documents):6.1f} {changed:7d} {fates} {letters:7.1f}"
    )


def rows(folder: Path, args: argparse.Namespace) -> Iterator[str]:
    """The table, row by row."""
    yield (
        f"{'corpus':22} {'method':10} {'CER':>6} {'after':>6} {'better':>6} {'WER':>6} {'after':>6} {'better':>6} "
        f"{'worse%':>6} {'changed':>7} {'right':>6} {'wrong':>6} {'harmed':>6} {'letters':>7}"
    )
    for corpus in CORPORA:
        if args.only and corpus.name not in args.only:
            continue
        for method in METHODS if args.peers else ("ocr-clean",):
            yield row(corpus.name, method, run(folder, corpus, method, args.jobs, args.every))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("corpora", type=Path, help="folder of the corpora")
    parser.add_argument("--only", action="append", help="only this corpus (repeatable)")
    parser.add_argument("--peers", action="store_true", help="other methods too")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--every", type=int, default=1, help="only every n-th document")
    args = parser.parse_args()
    for line in rows(args.corpora, args):
        print(line, flush=True)


if __name__ == "__main__":
    main()

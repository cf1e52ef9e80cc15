"""How well the estimated character error rate of a page agrees with the true one, and the weights of the estimate.

    python bench/quality.py CORPORA [TRUTH] [--fit]

CORPORA is a folder of gzipped JSON lines, one document a line: ``{"id", "ocr", "gt"}``; TRUTH one of proofread slices,
``NAME.ocr.txt`` beside ``NAME.md``. With ``--fit`` those weights of `GRID` are found that come nearest to the truth of
the corpora of `FITTED`, each with the same say, in size and in rank. The truth of two of the book dumps leaves out
running heads and notes, which count as errors there: they are shown, but not fitted; nor is what was kept back.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr_clean import quality
from ocr_clean.lexicon import Lexicon
from ocr_clean.score import plain

NAMES = ("icdar2017_books_train", "overproof_train", "overproof_dev", "bom1830_pages", "latewar1816_pages",
         "latewar1819_pages", "acl_dev")  # fmt: skip
FEATURES = ("base", "unknown", "names", "broken", "odd")
FITTED = ("icdar2017_books_train", "overproof_train", "acl_dev", "latewar1819_pages", "truth slices")
GRID = ((0.002,), (0.2, 0.3, 0.4, 0.5), (0.0, 0.05, 0.1, 0.2), (0.2, 0.4, 0.6, 0.8), (0.5, 1.0, 2.0))
"""Weights that are tried, in the order of `FEATURES`."""
MISALIGNED = 0.5
"""A truth that is so far off is that of another text."""
LEAST = 400
"""Characters of the shortest document that is counted."""


def folded(text: str) -> str:
    """*text* without what is a house style of the truth: quotation marks, dashes, hyphens at line ends, spacing."""
    text = re.sub(r"[-¬\u00ad]\s*\n\s*", "", text)
    text = text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2014: "-", 0x2013: "-", 0xAC: ""})
    return re.sub(r"\s+([,;:.!?])", r"\1", re.sub(r"-+", "-", " ".join(text.split())))


def documents(folder: Path, truth: Path | None) -> Iterator[tuple[str, str, str]]:
    """Name of the corpus, OCR and truth of each document."""
    for name in NAMES:
        path = folder / f"{name}.jsonl.gz"
        if not path.exists():
            continue
        with gzip.open(path, "rt", encoding="utf-8") as handle:
            for row in map(json.loads, handle):
                yield name, row["ocr"], row["gt"]
    for path in sorted(truth.glob("*.ocr.txt")) if truth else ():
        proofread = re.sub(r"⟦[^⟧]*⟧", "", plain(path.with_name(path.name.replace(".ocr.txt", ".md")).read_text()))
        yield "truth slices", path.read_text(encoding="utf-8"), proofread


def measured(folder: Path, truth: Path | None, words: Lexicon) -> Iterator[tuple[str, list[float], float, int]]:
    """Corpus, features, true character error rate and length of each document."""
    for name, ocr, gt in documents(folder, truth):
        one, other = folded(ocr), folded(gt)
        if len(other) < LEAST or len(one) > 20_000:
            continue
        counted = quality.features(ocr.split("\n"), words)
        row = [1.0, counted.unknown, counted.names, counted.broken, counted.odd]
        yield name, row, min(1.0, Levenshtein.distance(one, other) / len(other)), len(other)


def fitted(names: np.ndarray, rows: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The weights of `GRID` with the least mean error, less a little for the correlation of the ranks."""
    sets = [(names == name) & (truth < MISALIGNED) for name in FITTED]

    def badness(weights: np.ndarray) -> float:
        guess = rows @ weights
        off = sum(float(np.abs(truth[here] - guess[here]).mean()) for here in sets)
        return off - 0.03 * sum(float(np.corrcoef(ranks(truth[here]), ranks(guess[here]))[0, 1]) for here in sets)

    return min((np.array(weights) for weights in product(*GRID)), key=badness)


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks of *values*, for Spearman's correlation."""
    return np.argsort(np.argsort(values)).astype(float)


def main() -> None:
    """Print correlation and error by corpus."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("truth", type=Path, nargs="?")
    parser.add_argument("--fit", action="store_true")
    args = parser.parse_args()
    found = list(measured(args.corpora, args.truth, Lexicon.load()))
    names = np.array([name for name, *_ in found])
    rows, truth = np.array([row for _, row, _, _ in found]), np.array([rate for _, _, rate, _ in found])
    weights = np.array([quality.WEIGHTS[name] for name in FEATURES])
    if args.fit:
        weights = fitted(names, rows, truth)
        print("weights:", dict(zip(FEATURES, weights.tolist(), strict=True)))
    print(f"{'corpus':24} {'docs':>5} {'true':>7} {'estimate':>8} {'mean off':>8} {'Pearson':>8} {'Spearman':>8}")
    guesses = np.zeros(len(truth))
    for name in [*dict.fromkeys(names.tolist())]:
        here = names == name
        guesses[here] = np.minimum(1, rows[here] @ weights)
        line(name, truth[here], guesses[here])
    line("all", truth, guesses)


def line(name: str, truth: np.ndarray, guess: np.ndarray) -> None:
    """Print one row."""
    pearson = np.corrcoef(truth, guess)[0, 1]
    spearman = np.corrcoef(ranks(truth), ranks(guess))[0, 1]
    off = np.abs(truth - guess).mean()
    print(f"{name:24} {len(truth):5} {truth.mean():7.4f} {guess.mean():8.4f} {off:8.4f} {pearson:8.3f} {spearman:8.3f}")


if __name__ == "__main__":
    main()

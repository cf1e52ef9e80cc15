"""Make `wordlists/judgement.tsv`: how much each piece of evidence about a correction weighs.

    python bench/train_judgement.py CORPORA -o wordlists/judgement.tsv [--every 1] [--report]

For every correction that could be made in OCR text whose truth is known, the evidence is written down with whether the
correction is right; two logistic regressions (unknown words, known words) weigh it. Documents held out by
`bench/accuracy.py` are held out here too. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.accuracy import Corpus, documents
from ocr_clean.config import Config
from ocr_clean.document import Document
from ocr_clean.judgement import FEATURES
from ocr_clean.lexicon import Lexicon
from ocr_clean.proposals import proposals

TRAINING = (
    ("overproof_train", 3.0),
    ("icdar2017_books_train", 1.0),
    ("latewar1816_pages", 0.3),
    ("bom1830_pages", 0.3),
)
"""Corpora, and what a document of each counts: newspapers are few, the two single books are one voice each."""

Row = tuple[str, list[float], int, str]


def rows(task: tuple[str, dict[str, str]]) -> list[Row]:
    """Kind, evidence, outcome (1 right, 0 wrong either way, -1 harm) and a description of each possible correction."""
    name, row = task
    stages = ("characters",) if name.startswith("icdar") else ("characters", "dehyphenate")
    words = Lexicon.load()
    document = Config().pipeline(only=stages).run(Document.from_text(row["ocr"]), words).document
    text, starts = joined(document)
    truth = " ".join(row["gt"].split())
    places = aligned(text, truth)
    found = []
    for proposal in proposals(document, words):
        token = proposal.token
        start = starts[token.line] + token.start
        low, high = places[start], places[start + len(token.core)]
        printed = truth[low:high].lower().replace("’", "'")
        whole = not (truth[low - 1 : low].isalnum() or truth[high : high + 1].isalnum())
        read, after = token.core.lower().replace("’", "'"), proposal.candidate.word.replace("’", "'")
        outcome = 1 if whole and printed == after else -1 if printed == read else 0
        found.append((proposal.kind, [proposal.evidence[each] for each in FEATURES], outcome,
                      f"{token.core}>{proposal.after} ({truth[low:high]})"))
    return found


def joined(document: Document) -> tuple[str, dict[int, int]]:
    """The printed lines of *document* as one text, and where in it each line begins."""
    pieces: list[str] = []
    starts: dict[int, int] = {}
    length = 0
    for line in document.printed_lines():
        starts[line.number] = length
        pieces.append(line.text)
        length += len(line.text) + 1
    return " ".join(pieces), starts


def aligned(text: str, truth: str) -> list[int]:
    """For each place in *text* (its end included) the place in *truth*."""
    places = [0] * (len(text) + 1)
    for op in Levenshtein.opcodes(text, truth):
        span = op.src_end - op.src_start
        for offset in range(span):
            places[op.src_start + offset] = op.dest_start + offset * (op.dest_end - op.dest_start) // span
    places[len(text)] = len(truth)
    return places


def tasks(folder: Path, every: int) -> Iterator[tuple[str, float, list[dict[str, str]]]]:
    """Documents for training, corpus by corpus, with their weight."""
    for name, weight in TRAINING:
        documents_ = documents(folder, Corpus(name, ()))
        if name.startswith("icdar"):
            documents_ = [row for number, row in enumerate(documents_) if number % 3 != 2]
        yield name, weight, documents_[::every]


def gathered(folder: Path, every: int, jobs: int) -> tuple[list[Row], list[float], list[str]]:
    """All rows with their weights and corpora."""
    every_row: list[Row] = []
    weights: list[float] = []
    names: list[str] = []
    for name, weight, documents_ in tasks(folder, every):
        with ProcessPoolExecutor(jobs) as pool:
            for found in pool.map(rows, [(name, row) for row in documents_], chunksize=4):
                every_row += found
                weights += [weight] * len(found)
                names += [name] * len(found)
        print(f"{name}: {len(every_row)} rows so far", file=sys.stderr)
    return every_row, weights, names


def fitted(found: list[Row], weights: list[float], kind: str) -> np.ndarray:
    """The weights of one regression."""
    chosen = [each for each, row in enumerate(found) if row[0] == kind]
    evidence = np.array([found[each][1] for each in chosen])
    right = np.array([found[each][2] == 1 for each in chosen])
    spread = evidence.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    model = LogisticRegression(C=1.0, fit_intercept=False, max_iter=2000)
    model.fit(evidence / scale, right, sample_weight=np.array([weights[each] for each in chosen]))
    report(evidence @ (model.coef_[0] / scale), [found[each][2] for each in chosen], kind)
    return model.coef_[0] / scale


def report(scores: np.ndarray, outcomes: list[int], kind: str) -> None:
    """Print how right the corrections are by confidence: the calibration."""
    confidence = 1 / (1 + np.exp(-scores))
    print(f"{kind}: {len(outcomes)} corrections, {sum(o == 1 for o in outcomes)} right", file=sys.stderr)
    for low, high in ((0.3, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.98), (0.98, 1.01)):
        inside = [o for c, o in zip(confidence, outcomes, strict=True) if low <= c < high]
        right, harm = (sum(o == wanted for o in inside) / max(1, len(inside)) for wanted in (1, -1))
        print(f"  {low:.2f}-{high:.2f}: {len(inside):6d}  right {right:.3f}  harm {harm:.3f}", file=sys.stderr)


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    found, weights, _ = gathered(args.corpora, args.every, args.jobs)
    unknown, known = (fitted(found, weights, kind) for kind in ("unknown", "known"))
    lines = ["# How much each piece of evidence about a correction weighs. Made by bench/train_judgement.py."]
    lines.append("feature\tunknown\tknown\tmeaning")
    for (name, meaning), first, second in zip(FEATURES.items(), unknown, known, strict=True):
        lines.append(f"{name}\t{first:.4f}\t{second:.4f}\t{meaning}")
    args.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

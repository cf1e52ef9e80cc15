"""Make `wordlists/judgement.json`: how much each piece of evidence about a correction weighs.

    python bench/train_judgement.py CORPORA -o wordlists/judgement.json [--every 1]

For every correction that could be made in OCR text whose truth is known, the evidence is written down with whether the
correction is right; sets of boosted trees (`ocr_clean.judgement.KINDS`) weigh it. What a look sees depends on what the
one before is sure of: run it twice, so that the second run sees what the new sets lead to. Documents held
out by `bench/accuracy.py` are held out here too. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein
from sklearn.ensemble import HistGradientBoostingClassifier

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.accuracy import Corpus, documents
from ocr_clean.config import Config
from ocr_clean.document import Document
from ocr_clean.judgement import FEATURES, KINDS
from ocr_clean.lexicon import Lexicon
from ocr_clean.proposals import first_look, proposals

TRAINING = (
    ("overproof_train", 3.0),
    ("icdar2017_books_train", 1.0),
    ("latewar1816_pages", 1.0),
    ("bom1830_pages", 0.5),
    ("acl_dev", 1.0),
)
"""Corpora, and what a document of each counts: newspapers are few, the two single books are one voice each."""

HELD_OUT = ("icdar2017_books_train", "acl_dev")
"""Corpora of which every third document is kept for `bench/accuracy.py`. They have no lines."""

BEFORE = ("characters", "dehyphenate", "punctuation", "words")
"""Stages that a text has been through when its spelling is judged."""

DEPTH = 5
"""Of each tree."""

MOST = 3
"""Candidates of each word that are looked at: what is not right is learned from too."""

Row = tuple[str, list[float], int, str]


def rows(task: tuple[str, dict[str, str]]) -> list[Row]:
    """Kind, evidence, outcome (1 right, 0 wrong either way, -1 harm) and a description of each possible correction."""
    name, row = task
    stages = ("characters", "punctuation", "words") if name in HELD_OUT else BEFORE
    words = Lexicon.load()
    document = Config().pipeline(only=stages).run(Document.from_text(row["ocr"]), words).document
    text, starts = joined(document)
    truth = " ".join(row["gt"].split())
    places = aligned(text, truth)
    found = []
    looked = [("first", each) for each in first_look(document, words, MOST)]
    looked += [(each.kind, each) for each in proposals(document, words, MOST)]
    for kind, proposal in looked:
        token = proposal.token
        start = starts[token.line] + token.start
        low, high = printed_at(text, truth, places, start, start + len(token.core))
        whole = not (truth[low - 1 : low].isalnum() or truth[high : high + 1].isalnum())
        outcome = outcome_of(token.core, proposal.candidate.word, truth[low:high], whole)
        if outcome is not None:
            what = f"{token.core}>{proposal.after} ({truth[low:high]})"
            found.append((kind, [proposal.evidence[each] for each in FEATURES], outcome, what))
    return found


MISALIGNED, NEAR = 0.75, 0.35
"""Share of its letters that a word differs from the truth by, and at most from the correction, where the truth of
another word stands beside it: two editions, a line that one of them lacks."""


def outcome_of(read: str, after: str, printed: str, whole: bool) -> int | None:
    """1 if *after* is what was printed, -1 if *read* was, 0 if neither; None where the truth does not tell.

    It does not where it has nothing, or half a word (*whole* is false): a truth that joins what the page has apart.
    """
    read, after, printed = (each.lower().replace("’", "'") for each in (read, after, printed))
    printed = EDGES_RE.sub("", printed)
    if not printed or (printed == after and not whole):
        return None
    if printed in (after, read):
        return 1 if printed == after else -1
    far = Levenshtein.normalized_distance(read, printed) > MISALIGNED
    return None if far and Levenshtein.normalized_distance(read, after) < NEAR else 0


EDGES_RE = re.compile(r"^\W+|\W+$")
"""Marks at the edges of an aligned stretch: they belong to no word."""


def printed_at(text: str, truth: str, places: list[int], start: int, end: int) -> tuple[int, int]:
    """Where in *truth* the word is printed that *text* has from *start* to *end*.

    An alignment of characters may give the first or last letter of a damaged word to the space beside it. So the
    stretch is made longer to the bounds of a word, as far as no letter of a neighbour is aligned there.
    """
    low, high = places[start], places[end]
    before = next((at for at in range(start - 1, -1, -1) if text[at].isalnum()), -1)
    after = next((at for at in range(end, len(text)) if text[at].isalnum()), len(text))
    first = places[before] + 1 if before >= 0 else 0
    while low > first and truth[low - 1].isalnum():
        low -= 1
    while high < places[after] and truth[high].isalnum():
        high += 1
    return low, high


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
        if name in HELD_OUT:
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


def evened(found: list[Row], weights: list[float], names: list[str]) -> list[float]:
    """The weights, so that what a corpus repeats n times counts as much as √n cases: one name is one lesson."""
    keys = [(name, kind, what) for name, (kind, _, _, what) in zip(names, found, strict=True)]
    counts = Counter(keys)
    return [weight / counts[key] ** 0.5 for key, weight in zip(keys, weights, strict=True)]


def fitted(found: list[Row], weights: list[float], kind: str) -> dict[str, object]:
    """One set of trees, after a report on trees fitted to three quarters of the rows and tried on the rest."""
    chosen = [each for each, row in enumerate(found) if row[0] == kind]
    evidence = np.array([found[each][1] for each in chosen])
    outcomes = np.array([found[each][2] for each in chosen])
    weight = np.array([weights[each] for each in chosen])
    fold = np.arange(len(chosen)) // 1500 % 4
    confidence = np.zeros(len(chosen))
    for out in range(4):
        model = booster().fit(evidence[fold != out], outcomes[fold != out] == 1, sample_weight=weight[fold != out])
        confidence[fold == out] = model.predict_proba(evidence[fold == out])[:, 1]
    report(confidence, outcomes, kind)
    return exported(booster().fit(evidence, outcomes == 1, sample_weight=weight))


def booster() -> HistGradientBoostingClassifier:
    """Small trees with many rows in each leaf: doubt is to be learned, not documents."""
    return HistGradientBoostingClassifier(
        max_depth=DEPTH,
        learning_rate=0.06,
        max_iter=300,
        min_samples_leaf=60,
        l2_regularization=5,
        early_stopping=False,
    )


def exported(model: HistGradientBoostingClassifier) -> dict[str, object]:
    """The trees of *model* as one list of nodes: feature (-1 for a leaf), threshold, left, right, vote."""
    nodes: list[list[float]] = []
    roots = []
    for (tree,) in model._predictors:
        base = len(nodes)
        roots.append(base)
        for node in tree.nodes:
            if node["is_leaf"]:
                nodes.append([-1, 0, 0, 0, round(float(node["value"]), 5)])
            else:
                threshold = float(f"{node['num_threshold']:.6g}")
                children = (base + int(node["left"]), base + int(node["right"]))
                nodes.append([int(node["feature_idx"]), threshold, *children, 0])
    bias = float(model._baseline_prediction[0, 0])
    return {"bias": round(bias, 5), "depth": DEPTH, "roots": roots, "nodes": nodes}


def report(confidence: np.ndarray, outcomes: np.ndarray, kind: str) -> None:
    """Print how right the corrections are by confidence: the calibration."""
    print(f"{kind}: {len(outcomes)} corrections, {(outcomes == 1).sum()} right", file=sys.stderr)
    for low, high in ((0.3, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.98), (0.98, 1.01)):
        inside = outcomes[(low <= confidence) & (confidence < high)]
        right, harm = ((inside == wanted).sum() / max(1, len(inside)) for wanted in (1, -1))
        print(f"  {low:.2f}-{high:.2f}: {len(inside):6d}  right {right:.3f}  harm {harm:.3f}", file=sys.stderr)


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    found, weights, names = gathered(args.corpora, args.every, args.jobs)
    weights = evened(found, weights, names)
    table = {"features": list(FEATURES)} | {kind: fitted(found, weights, kind) for kind in KINDS}
    args.output.write_text(json.dumps(table, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

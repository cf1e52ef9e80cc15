"""How good the OCR of a page is, without a proofread text to compare it with.

The estimate is a weighted sum of what can be counted on the page; `bench/quality.py` fits the weights on pages whose
truth is known and says how well the estimate correlates with it there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from ocr_clean.changes import Edit
from ocr_clean.document import Document, Leaf, Page, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.pipeline import Step

FURNITURE = (Role.RUNNING_HEAD, Role.FOLIO, Role.SIGNATURE_MARK, Role.CATCHWORD, Role.COPY)
WORD_RE = regex.compile(r"[\"'“”‘’(\[—–-]*([^\W\d_]+(?:['’.-][^\W\d_]+)*)['’]?[\"'“”‘’)\].,;:!?*—–-]*")
"""A token that is a word in its punctuation."""
NUMBER_RE = regex.compile(r"[^\w]*\d[\d.,:/–-]*[^\w]*")
PART_RE = regex.compile(r"['’.-]")
ODD_RE = regex.compile(r"[^\w\s.,;:!?'\"“”‘’()\[\]—–*&/£$%¬\N{SOFT HYPHEN}-]")
HYPHEN = ("-", "¬", "\N{SOFT HYPHEN}")

WEIGHTS = {"base": 0.002, "unknown": 0.3, "names": 0.2, "broken": 0.4, "odd": 2.0}
"""Characters wrong per character of the page, for a share of 1 of each feature."""
RESCAN, LOOK = 0.12, 0.05
"""Estimated character error rate from which a page needs a rescan, and from which it needs a person."""
NOISY, LOST = 0.25, 0.5
"""Share of dirt, and share of the usual text missing, from which a page needs a person."""


@dataclass(frozen=True, slots=True)
class Features:
    """What is counted on a page, each as a share of its characters, spaces left out."""

    characters: int
    known: float
    """In known words and in numbers."""
    unknown: float
    """In words that are not known, small letters first."""
    names: float
    """In words that are not known, capitals first: often names."""
    broken: float
    """In tokens that are neither words nor numbers."""
    odd: float
    """Characters that prose does not have."""

    def estimate(self) -> float:
        """Estimated character error rate, 0 to 1."""
        if not self.characters:
            return 0.0
        shares = {"base": 1.0, "unknown": self.unknown, "names": self.names, "broken": self.broken, "odd": self.odd}
        return min(1.0, sum(weight * shares[name] for name, weight in WEIGHTS.items()))


def features(lines: Sequence[str], words: Lexicon) -> Features:
    """Count *lines* of a page, as the OCR engine wrote them.

    A word cut at a line end counts neither way.

    >>> counted = features(["the river runs tlie"], Lexicon(frozenset({"the", "river", "runs"})))
    >>> counted.known, counted.unknown
    (0.75, 0.25)
    """
    sums = {"known": 0, "unknown": 0, "names": 0, "broken": 0}
    total = odd = 0
    cut = False
    for line in lines:
        tokens = line.split()
        for index, token in enumerate(tokens):
            kind, strange = _token(token, words)
            first, last = cut and index == 0, index == len(tokens) - 1 and token.endswith(HYPHEN)
            sums["known" if first or last else kind] += len(token)
            total += len(token)
            odd += strange
        cut = bool(tokens) and tokens[-1].endswith(HYPHEN)
    whole = max(1, total)
    shares = {name: count / whole for name, count in sums.items()}
    return Features(total, odd=odd / whole, **shares)


@lru_cache(maxsize=1 << 16)
def _token(token: str, words: Lexicon) -> tuple[str, int]:
    """The share of `Features` that *token* counts to, and how many characters it has that prose does not have.

    Kept, since a page is counted twice and most words come again.
    """
    return _kind(token, words), len(ODD_RE.findall(token))


def _kind(token: str, words: Lexicon) -> str:
    match = WORD_RE.fullmatch(token)
    if not match:
        return "known" if NUMBER_RE.fullmatch(token) or not any(map(str.isalnum, token)) else "broken"
    word = match[1]
    if word in words or all(len(part) == 1 or part in words for part in PART_RE.split(word) if part):
        return "known"
    return "names" if word[0].isupper() and not word.isupper() else "unknown"


@dataclass(frozen=True, slots=True)
class PageQuality:
    """One row of the page report."""

    leaf: int
    """Position in the dump, from 1."""
    page: str
    verdict: str
    confidence: float
    line: int
    """Source line with which the leaf begins."""
    lines: int
    """Lines that are not blank."""
    heads: tuple[str, ...]
    """Running heads, feet and folios, as they stand in the dump."""
    noise: float
    """Share of the characters that is dirt."""
    known: float
    """Share of the characters, dirt left out, in known words and numbers."""
    cer: float
    """Estimated character error rate of the OCR, running heads left out."""
    missing: tuple[str, ...]
    """Numbers of the pages that the dump lacks right before this one; its own number if most of it is lost."""
    advice: str
    """``rescan``, ``look`` or ""."""
    why: str


def page_report(doc: Document, steps: Sequence[Step], words: Lexicon) -> list[PageQuality]:
    """Report on each page of *doc*, which the stages `pages`, `noise` and `running_heads` have gone through.

    *steps* are those of the run: they tell what was taken off the ends of lines.
    """
    removed: dict[int, int] = {}
    for step in steps:
        change = step.change
        if step.stage == "noise" and isinstance(change, Edit) and not change.suggested:
            removed[change.line] = removed.get(change.line, 0) + len(change.before.strip())
    usual = _usual(doc)
    return [_row(page, removed, usual, words) for page in doc.pages]


def _usual(doc: Document) -> float:
    sizes = sorted(sum(len(line.text) for line in page.lines if line.printed) for page in doc.pages)
    return float(sizes[len(sizes) // 2]) if sizes else 0.0


def _row(page: Page, removed: dict[int, int], usual: float, words: Lexicon) -> PageQuality:
    leaf = page.leaf
    filled = [line for line in page.lines if line.raw.strip()]
    heads = tuple(line.text.strip() for line in filled if line.role in FURNITURE)
    text = [line for line in filled if line.role not in FURNITURE]
    dirt = sum(len(line.raw.strip()) for line in text if line.role is Role.NOISE)
    dirt += sum(removed.get(line.number, 0) for line in text if line.role is not Role.NOISE)
    characters = sum(len(line.raw.strip()) for line in text)
    counted = features([line.text for line in text if line.role is not Role.NOISE], words)
    raw = features([line.raw for line in text], words)
    noise = dirt / characters if characters else 0.0
    advice, why = _advice(leaf, characters, usual, noise, raw.estimate())
    return PageQuality(
        page.number, leaf.printed, leaf.verdict, round(leaf.confidence, 2), leaf.line, len(filled), heads,
        round(noise, 4), round(counted.known, 4), round(raw.estimate(), 4), leaf.missing, advice, why,
    )  # fmt: skip


def _advice(leaf: Leaf, characters: int, usual: float, noise: float, cer: float) -> tuple[str, str]:
    """What should be done about a page, and why."""
    if leaf.printed and leaf.printed in leaf.missing:
        return "rescan", "little is left of this page"
    if cer >= RESCAN:
        return "rescan", f"about {cer:.0%} of the characters wrong"
    if noise >= NOISY:
        return "rescan", f"{noise:.0%} dirt"
    absent = [page for page in leaf.missing if page != leaf.printed]
    if absent:
        return "look", f"missing before it: {', '.join(absent)}"
    if cer >= LOOK:
        return "look", f"about {cer:.0%} of the characters wrong"
    if leaf.verdict == "inferred" and leaf.confidence < 0.5:
        return "look", "its beginning is not certain"
    return "", ""


def printed_rows(report: Sequence[PageQuality]) -> Iterator[str]:
    """The report as the lines of a table."""
    yield f"{'leaf':>4} {'page':>6} {'verdict':8} {'lines':>5} {'noise':>6} {'known':>6} {'~CER':>6}  {'':7} heads; why"
    for row in report:
        heads = " | ".join(row.heads)
        why = f"  [{row.why}]" if row.why else ""
        yield (
            f"{row.leaf:4} {row.page or '-':>6} {row.verdict:8} {row.lines:5} {row.noise:6.1%} {row.known:6.1%} "
            f"{row.cer:6.1%}  {row.advice:7} {heads}{why}"
        ).rstrip()

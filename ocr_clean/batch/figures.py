"""The figures of one cleaned file, as the run database keeps them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocr_clean.api import Cleaned
from ocr_clean.changes import Edit
from ocr_clean.document import Page
from ocr_clean.lexicon import Lexicon
from ocr_clean.quality import FURNITURE, Features, features

WORST = 5
"""Pages of a file that are kept by name."""


@dataclass(frozen=True, slots=True)
class PageFigures:
    """One of the worst pages of a file."""

    page: str
    """Printed number, or position in brackets."""
    words: int
    changed: int
    """Words changed."""
    error_rate: float | None
    """Estimated share of wrong characters before cleaning, 0 to 1; None if it cannot be told."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What cleaning one file came to."""

    pages: int = 0
    lines: int = 0
    words: int = 0
    """Words of the dump: letters between white space."""
    words_changed: int = 0
    """Words that an edit has changed; one mended over two lines counts once."""
    changes: int = 0
    """Rows of the ledger that were made."""
    suggestions: int = 0
    """Rows of the ledger that were only suggested."""
    error_rate_before: float | None = None
    """Estimated share of wrong characters, 0 to 1; None if it cannot be told."""
    error_rate_after: float | None = None
    worst_pages: tuple[PageFigures, ...] = ()


NO_FIGURES = Figures()
"""Of a file that was not cleaned."""


def figures_of(cleaned: Cleaned, words: Lexicon) -> Figures:
    """The figures of *cleaned*; *words* are those that it was cleaned with.

    The error rates are those of `ocr_clean.quality`: before, of the lines as read without running heads and folios;
    after, of the lines that are printed.
    """
    changed = Counter(page for page, _ in set(_changed_words(cleaned)))
    suggested = sum(isinstance(entry.step.change, Edit) and entry.step.change.suggested for entry in cleaned.changes)
    pages = [_page_figures(page, changed, cleaned, words) for page in cleaned.pages]
    after = features([line.text for line in cleaned.document.printed_lines()], words)
    return Figures(
        pages=len(pages),
        lines=len(cleaned.document.lines),
        words=sum(page.words for page, _ in pages),
        words_changed=changed.total(),
        changes=len(cleaned.changes) - suggested,
        suggestions=suggested,
        error_rate_before=_mean([counted for _, counted in pages]),
        error_rate_after=after.estimate() if after.characters else None,
        worst_pages=tuple(sorted((page for page, _ in pages), key=_badness, reverse=True)[:WORST]),
    )


def _mean(pages: Sequence[Features]) -> float | None:
    """The error rate of *pages* together, each by its characters."""
    characters = sum(page.characters for page in pages)
    return sum(page.estimate() * page.characters for page in pages) / characters if characters else None


def _badness(page: PageFigures) -> tuple[float, float]:
    return page.error_rate or 0.0, page.changed / max(1, page.words)


def _page_figures(
    page: Page, changed: Counter[int], cleaned: Cleaned, lexicon: Lexicon
) -> tuple[PageFigures, Features]:
    words = sum(any(map(str.isalpha, word)) for line in page.lines for word in line.raw.split())
    counted = features([line.raw for line in page.lines if line.role not in FURNITURE], lexicon)
    rate = counted.estimate() if counted.characters else None
    name = cleaned.document.page_name(page.lines[0].number)
    return PageFigures(name, words, changed[page.number], rate), counted


def _changed_words(cleaned: Cleaned) -> Iterator[tuple[int, str]]:
    """Page and a key for each word that was changed; several edits of one word have one key."""
    for number, entry in enumerate(cleaned.changes):
        change = entry.step.change
        if not isinstance(change, Edit) or change.suggested:
            continue
        if not any(map(str.isalnum, change.before + change.after)):
            continue
        yield cleaned.document.page_number(change.line), change.group or str(number)

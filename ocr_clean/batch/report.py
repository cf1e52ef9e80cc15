"""The collection's figures as one HTML page that opens without a server or a network.

Names of files and pages are other people's: Jinja2 escapes whatever it fills in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from ocr_clean.batch.database import Record
from ocr_clean.batch.figures import PageFigures
from ocr_clean.batch.storage import shown
from ocr_clean.batch.summary import Summary, percent, reason

_WIDTH = 960
"""Of a plot, in its own units; it scales with the page."""
_HEIGHT = 220
_WORST_PAGES = 30
"""Bars in the plot of the worst pages."""
_MOST_DOTS = 2000
"""Files in the plot of files; of more, every so many-th in order of error rate is drawn."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One file in the plot of files."""

    x: float
    before: float
    after: float
    title: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Files from worst to best: a dot for the error rate before cleaning and one for that after."""

    dots: tuple[Dot, ...]
    top: float
    """Error rate at the upper edge, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One page in the plot of the worst pages."""

    label: str
    share: float
    """Length, 0 to 1."""
    value: str


def page(summary: Summary, title: str) -> str:
    """The whole page."""
    environment = Environment(
        loader=PackageLoader("ocr_clean.batch", ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(percent=percent, shown=shown, reason=reason)
    return environment.get_template("report.html").render(
        title=shown(title),
        summary=summary,
        plot=_plot(summary.done),
        bars=tuple(_bars(summary.done)),
        width=_WIDTH,
        height=_HEIGHT,
    )


def _plot(records: Sequence[Record]) -> Plot | None:
    rated = [(rate, each) for each in records if (rate := each.figures.error_rate_before) is not None]
    if not rated:
        return None
    rated.sort(key=lambda pair: pair[0], reverse=True)
    rated = rated[:: -(-len(rated) // _MOST_DOTS)]
    top = max(max(rate, each.figures.error_rate_after or 0.0) for rate, each in rated) or 1.0
    step = _WIDTH / len(rated)

    def height(rate: float) -> float:
        return round(_HEIGHT * (1 - rate / top), 1)

    dots = []
    for number, (rate, each) in enumerate(rated):
        after = each.figures.error_rate_after
        title = f"{shown(each.name)}: {percent(rate)} before, {percent(after)} after"
        dots.append(Dot(round(step * (number + 0.5), 1), height(rate), height(rate if after is None else after), title))
    return Plot(tuple(dots), top)


def _bars(records: Sequence[Record]) -> Iterator[Bar]:
    pages = [(_badness(worst), each, worst) for each in records for worst in each.figures.worst_pages]
    pages.sort(key=lambda triple: triple[0], reverse=True)
    longest = pages[0][0] if pages else 0.0
    for badness, each, worst in pages[:_WORST_PAGES]:
        if badness > 0:
            value = f"{percent(worst.error_rate)}; {worst.changed:,} of {worst.words:,} words changed"
            yield Bar(f"{shown(each.name)}, p. {worst.page}", badness / longest, value)


def _badness(worst: PageFigures) -> float:
    return worst.error_rate or 0.0

"""Hold what ocr-clean makes of samples against what was accepted and against the truth (`ocr-clean check`).

The same dump gives the same output, so any difference from what was accepted has a cause, and is worth a look: a stage
that is off, a threshold, a list, a line of code. The ledgers tell which stage it is. Time is measured and never judged.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from ocr_clean import api, diff
from ocr_clean.api import Cleaned
from ocr_clean.config import Config
from ocr_clean.diff import Difference, Setting, Words
from ocr_clean.errors import LedgerError
from ocr_clean.ledger import parse, read_ledger
from ocr_clean.reading import read_source
from ocr_clean.samples import RATES, Figures, Sample
from ocr_clean.score import Rate, harm, score, structure


@dataclass(frozen=True, slots=True)
class Run:
    """A sample as cleaned now."""

    sample: Sample
    cleaned: Cleaned
    dump: tuple[Rate, Rate]
    """CER and WER of the dump."""
    figures: Figures
    seconds: float
    """That cleaning took."""


@dataclass(frozen=True, slots=True)
class Result:
    """A run, and in what it differs from what was accepted: A is what was accepted, B is now."""

    run: Run
    accepted: Figures
    settings: list[Setting]
    changes: list[Difference]
    words: list[Words]
    same_text: bool

    @property
    def worse(self) -> dict[str, float]:
        """The error rates that have risen, by how much, in per cent points."""
        return {name: rise for name in RATES if (rise := self.rise(name)) > 0}

    def rise(self, name: str) -> float:
        """By how many per cent points the rate *name* is higher than accepted."""
        now, accepted = (rates.rate(name) for rates in (self.run.figures, self.accepted))
        return 100 * (now.share - accepted.share)

    @property
    def stages(self) -> list[str]:
        """The stages that do not do what they did, in the order of the chain: the first is likely the cause."""
        names = {each.stage for each in self.changes} | {each.name.split(".")[1] for each in self.chain}
        return sorted(names, key=diff.stage_order)

    @property
    def chain(self) -> list[Setting]:
        """Those of the settings that say which stages ran, and how."""
        return [each for each in self.settings if each.name.startswith("stages.")]

    @property
    def verdict(self) -> str:
        """``same``, ``worse``, ``better`` (some rate has fallen and none has risen), ``changed``."""
        if self.same_text and not self.chain and not self.changes and self.accepted == self.run.figures:
            return "same"
        if self.worse:
            return "worse"
        return "better" if any(self.rise(name) < 0 for name in RATES) else "changed"

    def fails(self, tolerance: float | None) -> bool:
        """Whether this is not to be let through: any difference, or with a *tolerance* a rate that rose by more."""
        if tolerance is None:
            return self.verdict != "same"
        return any(rise > tolerance + 1e-9 for rise in self.worse.values())


def clean(sample: Sample, config: Config) -> Run:
    """Clean *sample* and score it."""
    source = read_source(str(sample.dump))
    truth = read_source(str(sample.truth), "utf-8").document.raw_text()
    start = time.perf_counter()
    cleaned = api.clean_source(source, config)
    seconds = time.perf_counter() - start
    dump = source.document.raw_text()
    before, after = score(dump, truth), score(cleaned.markdown, truth)
    figures = Figures(after.cer, after.wer, structure(cleaned.markdown, truth), harm(dump, cleaned.markdown, truth))
    return Run(sample, cleaned, (before.cer, before.wer), figures, seconds)


def compare(run: Run, accepted: Figures) -> Result:
    """Hold *run* against the accepted files of its sample and its *accepted* figures.

    Raises `LedgerError` for a malformed accepted ledger, and for one of another dump.
    """
    sample, cleaned = run.sample, run.cleaned
    ledger, now = read_ledger(str(sample.ledger)), parse(cleaned.ledger.to_jsonl())
    if ledger.header["sha256"] != now.header["sha256"]:
        problem = f"not the dump that {sample.ledger.name} was made from"
        raise LedgerError(problem, str(sample.dump), "put that dump back, or accept this one with --update")
    markdown = read_source(str(sample.markdown), "utf-8").document.raw_text()
    same = diff.unversioned(markdown) == diff.unversioned(cleaned.markdown)
    return Result(
        run,
        accepted,
        diff.settings(ledger.header, now.header),
        diff.differences(ledger, now),
        [] if same else diff.words(markdown, cleaned.markdown),
        same,
    )


def total(rates: Iterable[Rate]) -> Rate:
    """All *rates* as one: errors of all over the length of all."""
    return sum(rates, Rate(0, 0))


def stages(results: Iterable[Result]) -> list[str]:
    """The stages that some of *results* name, in the order of the chain."""
    return sorted({stage for each in results for stage in each.stages}, key=diff.stage_order)

"""The chain: an ordered list of stages, each run to rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeAlias

from ocr_clean.changes import Change, Edit, apply, makes_difference
from ocr_clean.document import Document
from ocr_clean.errors import Restless
from ocr_clean.lexicon import Lexicon

MAX_ROUNDS = 8
"""A stage that still proposes changes to its own output after this many rounds never rests: a bug."""


class Stage(Protocol):
    """Reads a document, proposes changes. A frozen dataclass whose fields are its options."""

    name: ClassVar[str]

    def __call__(self, doc: Document, words: Lexicon) -> Iterable[Change]:
        """Propose changes to *doc*; propose nothing for what is in doubt.

        A stage whose own changes are no new evidence to it says ``rounds = 1``: it is asked once. What is so
        already (a mark that the line has, a leaf that is known) may be proposed again: it is dropped.
        """
        ...  # pragma: no cover - the body of a protocol never runs


Watch: TypeAlias = Callable[[str], None]
"""Called with the name of each stage before it runs: progress bars hang here."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the ledger: which stage proposed which change."""

    stage: str
    change: Change
    round: int = 1
    """How often the stage had run, from 1. The columns of one round's edits are those of the text before that round."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of the chain gives: the document as cleaned, and how it came about."""

    document: Document
    steps: tuple[Step, ...]


def _silent(stage: str) -> None:
    """Watch nothing."""


@dataclass(frozen=True)
class Pipeline:
    """Stages in the order in which they run.

    The order is fixed by `ocr_clean.stages.STAGES`; a configuration switches and tunes stages, never reorders them.
    """

    stages: tuple[Stage, ...]
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """For the ledger's header: each stage with its options."""

    def run(self, doc: Document, words: Lexicon, watch: Watch = _silent) -> Result:
        """Run every stage to rest and record what it changed.

        Raises `Restless` where a stage does not come to rest, `StaleChange` where one proposes what does not fit.
        """
        steps: list[Step] = []
        for stage in self.stages:
            watch(stage.name)
            doc = _rest(stage, doc, words, steps)
        return Result(doc, tuple(steps))


def _rest(stage: Stage, doc: Document, words: Lexicon, steps: list[Step]) -> Document:
    rounds = getattr(stage, "rounds", MAX_ROUNDS)
    for number in range(1, rounds + 1):
        changes = [change for change in stage(doc, words) if makes_difference(doc, change)]
        made = [change for change in changes if not (isinstance(change, Edit) and change.suggested)]
        last = not made or rounds == 1
        steps.extend(Step(stage.name, change, number) for change in (changes if last else made))
        doc = apply(doc, made) if made else doc
        if last:
            return doc
    raise Restless(f"stage {stage.name} still changes line {made[0].line}", doc.name, "please report this dump")

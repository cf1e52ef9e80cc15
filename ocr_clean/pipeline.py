"""The chain: an ordered list of stages, each run to rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeAlias

from ocr_clean.changes import Change, Edit, apply, makes_difference
from ocr_clean.document import Document
from ocr_clean.lexicon import Lexicon

MAX_ROUNDS = 8
"""A stage that still proposes changes to its own output after this many rounds is stopped: it may never rest."""


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


ACCEPTED, REJECTED = "accepted", "rejected"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the ledger: which stage proposed which change."""

    stage: str
    change: Change
    round: int = 1
    """How often the stage had run, from 1. The columns of one round's edits are those of the text before that round."""
    decision: str = ""
    """Of a person: ``accepted``, ``rejected``, ``rejected with ID`` for what hangs together with ID; "" for none."""

    @property
    def refused(self) -> bool:
        """Whether a person does not want it."""
        return self.decision.startswith(REJECTED)

    @property
    def made(self) -> bool:
        """Whether it changes the document: it is neither refused nor only suggested."""
        return not self.refused and not (isinstance(self.change, Edit) and self.change.suggested)


Decide: TypeAlias = Callable[[Sequence[Step]], list[Step]]
"""Called with what a stage proposes in one round; gives it back as a person has decided (`decisions.Judge`)."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of the chain gives: the document as cleaned, and how it came about."""

    document: Document
    steps: tuple[Step, ...]
    notices: tuple[str, ...] = ()
    """Each stage that was stopped before it came to rest: a bug of that stage, which costs the file nothing else."""


def unwatched(stage: str) -> None:
    """Watch nothing."""


def _undecided(steps: Sequence[Step]) -> list[Step]:
    """Nobody has decided anything."""
    return list(steps)


@dataclass(frozen=True)
class Pipeline:
    """Stages in the order in which they run.

    The order is fixed by `ocr_clean.stages.STAGES`; a configuration switches and tunes stages, never reorders them.
    """

    stages: tuple[Stage, ...]
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """For the ledger's header: each stage with its options."""

    def run(self, doc: Document, words: Lexicon, watch: Watch = unwatched, decide: Decide = _undecided) -> Result:
        """Run every stage to rest and record what it changed, and what a person refused.

        A stage that does not come to rest is stopped: what it has done stays, is in the ledger, and a notice says so.
        Raises `StaleChange` where a stage proposes what does not fit.
        """
        steps: list[Step] = []
        notices: list[str] = []
        for stage in self.stages:
            watch(stage.name)
            doc = _rest(stage, doc, words, decide, steps, notices)
        return Result(doc, tuple(steps), tuple(notices))


def _rest(
    stage: Stage, doc: Document, words: Lexicon, decide: Decide, steps: list[Step], notices: list[str]
) -> Document:
    rounds = getattr(stage, "rounds", MAX_ROUNDS)
    for number in range(1, rounds + 1):
        proposed = [change for change in stage(doc, words) if makes_difference(doc, change)]
        decided = decide([Step(stage.name, change, number) for change in proposed])
        made = [step.change for step in decided if step.made]
        last = not made or number == rounds
        steps.extend(step for step in decided if last or step.made or step.refused)
        doc = apply(doc, made) if made else doc
        if last:
            break
    if made and rounds > 1:
        where = f"it still changed line {made[0].line}"
        notices.append(f"stage {stage.name} was stopped after {rounds} rounds, {where}; please report this dump")
    return doc

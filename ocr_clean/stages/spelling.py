"""Misread words, corrected where the evidence is overwhelming.

| before | after | rule |
|---|---|---|
| `tlie end` | `the end` | dictionary |
| `Trotslqr` | `Trotsky` | name |
| `Quarrendinc` (once; `Quarrendine` twelve times) | `Quarrendine` | volume |
| `arid then` | `and then` | context |
| `Quarrendine` | `Quarrendine` | (left alone: an unknown name) |
| `publick` | `publick` | (left alone: old spelling) |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ocr_clean.changes import Change, Edit
from ocr_clean.document import Document
from ocr_clean.lexicon import Lexicon
from ocr_clean.proposals import Proposal, proposals

SUGGESTED = 0.5
"""From this confidence on, a correction that is not made is a suggestion in the ledger."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Correct single words: unknown ones, and known ones that the context says were another.

    Leaves alone: unknown names, old, dialect and foreign words, numbers, abbreviations, and whatever is in doubt.
    """

    name: ClassVar[str] = "spelling"
    rounds: ClassVar[int] = 1
    min_confidence: float = 0.8
    """A correction less sure than this is only suggested. 0 to 1."""
    suggest: bool = True
    """Record the suggestions in the ledger."""

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose an edit for each word that is to be corrected, and a suggestion where it is likely but not sure."""
        for proposal in proposals(doc, words):
            if proposal.confidence >= self.min_confidence:
                yield _edit(proposal, suggested=False)
            elif self.suggest and proposal.confidence >= SUGGESTED:
                yield _edit(proposal, suggested=True)


def _edit(proposal: Proposal, *, suggested: bool) -> Edit:
    token, best = proposal.token, proposal.candidate
    rule = "context" if proposal.kind == "known" else best.source
    second = f", before {proposal.second!r}" if proposal.second else ""
    evidence = proposal.evidence
    why = (
        f"{best.surface!r} ({best.source}){second}: context {evidence['context']:+.1f}, confusion {best.cost:.1f}, "
        f"here {round(2.718281828 ** evidence['candidate_count'] - 1)} times"
    )
    return Edit(
        token.line, token.start, token.core, proposal.after, rule, why, round(proposal.confidence, 4), "", suggested
    )

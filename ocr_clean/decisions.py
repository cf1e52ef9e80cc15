"""What a person has decided about changes, in a file of its own that outlives the run it was made from.

`ocr-clean review` writes it; `ocr-clean clean --decisions` honours it. `docs/review.md` describes it:

    {"ocr_clean_decisions": 1, "source": "book.txt", "sha256": "19bd…"}
    {"id": "3fa9c2d41b07", "decision": "reject", "page": "117", "line": 812, "before": "Tver", "after": "Over"}

Only `id` and `decision` count; the other fields tell a person what was decided. The decisions are honoured while the
chain runs, so every stage reads the text as decided.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ocr_clean.changes import Edit, Mark
from ocr_clean.document import Document, Role
from ocr_clean.errors import LedgerError
from ocr_clean.explain import visible
from ocr_clean.identity import Identities
from ocr_clean.ledger import json_rows
from ocr_clean.pipeline import ACCEPTED, REJECTED, Step
from ocr_clean.reading import read_source

FORMAT = 1
"""Version of the file's format."""
VERDICTS = {"accept": True, "reject": False}
"""The words for a decision in the file."""
HINT = "see docs/review.md, or export it anew"


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided, by id of the change.

    >>> Decisions({"3fa9c2d41b07": False}).verdicts
    {'3fa9c2d41b07': False}
    """

    verdicts: Mapping[str, bool] = field(default_factory=dict)
    """True for a change that is to be made, False for one that is not."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What a person is told of a change, by id."""

    @property
    def sha256(self) -> str:
        """The same for the same decisions in any order."""
        rows = "".join(f"{id} {verdict}\n" for id, verdict in sorted(self.verdicts.items()))
        return hashlib.sha256(rows.encode("utf-8", "surrogatepass")).hexdigest()


def read_decisions(path: str) -> Decisions:
    """Read the decisions file at *path*.

    Raises `InputError` for a file that cannot be read, `LedgerError` for one that holds no decisions.
    """
    return parse(read_source(path, "utf-8-sig").document.raw_text(), path)


def parse(text: str, name: str = "<decisions>") -> Decisions:
    """Read decisions from JSON lines; a later row about a change outdoes an earlier one.

    Raises `LedgerError` with the line for anything else.

    >>> parse('{"ocr_clean_decisions": 1}\\n{"id": "3fa9c2d41b07", "decision": "accept"}\\n').verdicts
    {'3fa9c2d41b07': True}
    """
    rows = list(json_rows(text, name, HINT, "not a JSON object"))
    if not rows or "ocr_clean_decisions" not in rows[0][1]:
        raise LedgerError("the first line is not the header of a decisions file", f"{name}:1", HINT)
    number, header = rows[0]
    if header["ocr_clean_decisions"] != FORMAT:
        problem = f"decisions format {header['ocr_clean_decisions']!r} is not {FORMAT}"
        raise LedgerError(problem, f"{name}:{number}", HINT)
    verdicts: dict[str, bool] = {}
    about: dict[str, str] = {}
    for number, row in rows[1:]:
        id, word = row.get("id"), row.get("decision")
        if not isinstance(id, str) or not id:
            raise LedgerError("the row has no 'id'", f"{name}:{number}", HINT)
        if not isinstance(word, str) or word not in VERDICTS:
            problem = f"the decision is {word!r}, write {' or '.join(VERDICTS)}"
            raise LedgerError(problem, f"{name}:{number}", HINT)
        verdicts[id], about[id] = VERDICTS[word], _about(row)
    return Decisions(verdicts, about)


def _about(row: Mapping[str, Any]) -> str:
    shown = [f"{key} {row[key]}" for key in ("stage", "page", "line") if row.get(key)]
    what = f"{row['before']} → {row['after']}" if "before" in row and "after" in row else row.get("what")
    return visible(", ".join([*shown, *([str(what)] if what else [])]))


class Judge:
    """Tells the chain what a person has decided about the changes that a stage proposes.

    What was refused once is not asked about again; what hangs together with it (a word mended over two lines, a mark
    and the edits of its rule) falls with it.
    """

    def __init__(self, doc: Document, decisions: Decisions) -> None:
        """*doc* is the dump as read."""
        self._identities = Identities(doc)
        self._verdicts = decisions.verdicts
        self._refused: dict[str, str] = {}
        self._met: set[str] = set()

    def __call__(self, proposed: Sequence[Step]) -> list[Step]:
        """*proposed*, one round of a stage, as decided: some refused, some suggestions to be made."""
        ids = self._identities.ids(proposed)
        ruled = [self._ruled(id, step) for id, step in zip(ids, proposed, strict=True)]
        for members in _together(proposed):
            _stand_or_fall(members, ids, ruled)
        _make_room(proposed, ruled)
        made = [(id, step) for id, step in zip(ids, ruled, strict=True) if step.made]
        self._identities.follow([id for id, _ in made], [step for _, step in made])
        new = [step for id, step in zip(ids, ruled, strict=True) if id not in self._refused]
        self._refused |= {id: step.decision for id, step in zip(ids, ruled, strict=True) if step.refused}
        self._met |= {id for id, step in zip(ids, ruled, strict=True) if step.decision}
        return new

    def unmet(self) -> list[str]:
        """Ids of the decisions that came to nothing: no stage proposed the change, or there was no room for it."""
        return [id for id in self._verdicts if id not in self._met]

    def _ruled(self, id: str, step: Step) -> Step:
        if id in self._refused:
            return replace(step, decision=self._refused[id])
        if id not in self._verdicts:
            return step
        return _accepted(step) if self._verdicts[id] else replace(step, decision=REJECTED)


def _accepted(step: Step) -> Step:
    change = step.change
    return replace(
        step, change=replace(change, suggested=False) if isinstance(change, Edit) else change, decision=ACCEPTED
    )


def _together(steps: Sequence[Step]) -> list[list[int]]:
    """Which of *steps* hang together, by index: edits of a group; a mark and the edits of its rule on its line; a line
    that is joined to another and the edits that empty it."""
    sets: dict[int, set[int]] = {}

    def tie(indices: Iterable[int]) -> None:
        whole = set().union(*(sets.get(index, {index}) for index in indices))
        sets.update(dict.fromkeys(whole, whole))

    groups: dict[str, list[int]] = defaultdict(list)
    edits: dict[int, list[int]] = defaultdict(list)
    for index, step in enumerate(steps):
        if isinstance(step.change, Edit):
            if step.change.group:
                groups[step.change.group].append(index)
            if not step.change.suggested:
                edits[step.change.line].append(index)
    for members in groups.values():
        tie(members)
    for index, step in enumerate(steps):
        if isinstance(step.change, Mark):
            mark = step.change
            tied = (i for i in edits[mark.line] if mark.role is Role.JOINED or steps[i].change.rule == mark.rule)
            tie([index, *tied])
    return [sorted(each) for each in {id(each): each for each in sets.values()}.values() if len(each) > 1]


def _stand_or_fall(members: Sequence[int], ids: Sequence[str], ruled: list[Step]) -> None:
    """Where one of *members* is refused all are; where a suggestion is accepted all are."""
    fallen = next((index for index in members if ruled[index].refused), None)
    if fallen is not None:
        for index in members:
            if not ruled[index].refused:
                ruled[index] = replace(ruled[index], decision=f"{REJECTED} with {ids[fallen]}")
    elif any(ruled[index].decision for index in members):
        for index in members:
            ruled[index] = _accepted(ruled[index])


def _make_room(proposed: Sequence[Step], ruled: list[Step]) -> None:
    """Leave an accepted suggestion a suggestion where another edit replaces the same text."""
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    order = sorted(range(len(ruled)), key=lambda index: _was_suggested(proposed[index]))
    for index in order:
        change = ruled[index].change
        if not isinstance(change, Edit) or not ruled[index].made:
            continue
        start, end = change.start, change.start + len(change.before)
        if _was_suggested(proposed[index]) and any(low < end and start < high for low, high in taken[change.line]):
            ruled[index] = proposed[index]
        else:
            taken[change.line].append((start, end))


def _was_suggested(step: Step) -> bool:
    return isinstance(step.change, Edit) and step.change.suggested

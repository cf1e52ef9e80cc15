"""What makes a change the same change in another run, so that a decision about it outlives the run.

| of a change | counts |
|---|---|
| stage, number of the line, the line as read | yes |
| of an edit: the text before and after, and the column of the raw line where it begins | yes |
| of a mark: role, whether it opens a block, level, label | yes |
| of a page: the printed number | yes |
| rule, reason, confidence, whether it is made or only suggested, other changes of the line | no |

The raw column is that of the first character replaced or, where an earlier edit wrote that character, the one where
that edit begins. It stays though other changes of the line come and go.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ocr_clean.changes import Edit, Mark
from ocr_clean.document import Document
from ocr_clean.origins import Origin, Origins, Replaced, Source
from ocr_clean.pipeline import Step

LONG_LINE = 1000
"""Characters from which on a line counts by its hash."""


class Identities:
    """Follows a run round by round and gives each change its id."""

    def __init__(self, doc: Document) -> None:
        """*doc* has the lines of the dump; what they have become does not matter."""
        self._doc = doc
        self._origins: dict[int, Origins] = {}
        self._columns: dict[str, int] = {}
        self._taken: set[str] = set()

    def ids(self, steps: Iterable[Step]) -> list[str]:
        """The ids of *steps*, which are of one round of a stage: twelve hexadecimal digits each.

        Of changes with the same key, each has the first number that no change made so far has.
        """
        given: set[str] = set()
        found = []
        for step in steps:
            key = self._key(step)
            number = 1
            while (name := _digest(key, number)) in self._taken or name in given:
                number += 1
            given.add(name)
            found.append(name)
        return found

    def follow(self, ids: Sequence[str], steps: Sequence[Step]) -> None:
        """Take note that *steps*, which have these *ids* and are of one round of a stage, are made."""
        self._taken.update(ids)
        edits: dict[int, list[Replaced]] = defaultdict(list)
        for name, step in zip(ids, steps, strict=True):
            change = step.change
            if isinstance(change, Edit):
                self._columns[name] = self._column(change)
                end = change.start + len(change.before)
                edits[change.line].append(Replaced(name, change.start, end, len(change.after)))
        for number, replaced in edits.items():
            if number not in self._origins:
                self._origins[number] = Origins.of(self._doc.line(number).raw.removesuffix("\r"))
            self._origins[number].follow(replaced)

    def origins(self, line: int) -> Origins | None:
        """The origins of the text of source line *line* as it is now; None while nobody has touched it."""
        return self._origins.get(line)

    def _key(self, step: Step) -> str:
        change = step.change
        raw = _short(self._doc.line(change.line).raw)
        if isinstance(change, Edit):
            what: tuple[object, ...] = ("edit", self._column(change), change.before, change.after)
        elif isinstance(change, Mark):
            what = ("mark", change.role.value, change.opens, change.level, change.label)
        else:
            what = ("leaf", change.printed)
        return "\x1f".join(map(str, (step.stage, change.line, raw, *what)))

    def _column(self, edit: Edit) -> int:
        """The raw column where *edit* begins."""
        origins = self._origins.get(edit.line)
        if origins is None:
            return edit.start
        first = _first(origins.source(edit.start, edit.start + len(edit.before)))
        if first is None:
            return len(self._doc.line(edit.line).raw)
        return self._columns[first.entry] if first.entry else first.offset


def _first(source: Source) -> Origin | None:
    """The character at which an edit begins; for an insertion the one after it, None at the end of the line."""
    return source if isinstance(source, Origin) else source[1]


@lru_cache(maxsize=4)
def _short(raw: str) -> str:
    """*raw*, or its hash: a book on one line would be hashed anew for each of its changes."""
    return raw if len(raw) <= LONG_LINE else hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


def _digest(key: str, number: int) -> str:
    return hashlib.sha256(f"{key}\x1f{number}".encode("utf-8", "surrogatepass")).hexdigest()[:12]

"""A ledger as one HTML page on which a person goes through the changes and decides about them.

The page needs no server and no network. It holds its data as JSON in which every character that HTML, a terminal or a
reader of bidirectional text could take for something else is written as an escape.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

import regex
from jinja2 import Environment, PackageLoader, StrictUndefined

from ocr_clean.changes import Edit, Mark
from ocr_clean.document import RETIRED, Line, Page, Role
from ocr_clean.errors import InputError
from ocr_clean.explain import kinds, pattern
from ocr_clean.ledger import Entry, Ledger
from ocr_clean.lexicon import Lexicon
from ocr_clean.origins import Origin, Origins
from ocr_clean.pipeline import ACCEPTED, REJECTED
from ocr_clean.quality import page_report
from ocr_clean.reading import natural
from ocr_clean.replay import Replayed
from ocr_clean.stages import STAGES

IMAGES = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})
"""Endings of the images that browsers show."""
PRINTED_RE = regex.compile(r"(?:^|[^\p{L}])p[-_. ]?0*(\d+|[ivxlcdm]+)$", regex.I)
"""How the name of an image ends that gives the printed page: ``p117``, ``mill-p.xiv``."""

Token: TypeAlias = "str | list[int | str]"
"""A stretch of text that nobody touched, or a change: its number, the text after, the text before, 1 if hidden."""


def _embedded(data: Any) -> str:
    """*data* as JSON that may stand in a script element.

    >>> _embedded("</script>\\N{RIGHT-TO-LEFT OVERRIDE}")
    '"\\\\u003c/script>\\\\u202e"'
    """
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def find_images(folder: str, output: str, pages: Sequence[Page]) -> dict[int, str]:
    """The address of the image of each of *pages*, by position from 1, as seen from *output*.

    A name that ends in ``p`` and a printed page number belongs to that page; the other images, in natural order,
    belong to the leaves one by one. What browsers do not show (TIFF, JPEG 2000) is passed over.

    Raises `InputError` for a folder that cannot be read.
    """
    try:
        there = [file for file in Path(folder).iterdir() if file.suffix.lower() in IMAGES and file.is_file()]
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", folder, "check --images") from None
    files = sorted(there, key=natural)
    named = {found[1].lower(): file for file in files if (found := PRINTED_RE.search(file.stem))}
    others = [file for file in files if not PRINTED_RE.search(file.stem)]
    by_leaf = dict(enumerate(others, start=1))
    chosen = {each.number: named.get(each.leaf.printed.lower()) or by_leaf.get(each.number) for each in pages}
    return {number: _address(file, output) for number, file in chosen.items() if file}


def _address(file: Path, output: str) -> str:
    """Relative to the page, so that both can be moved together; absolute where the page goes to standard output."""
    whole = file.resolve()
    if output == "-":
        return whole.as_uri()
    return quote(Path(os.path.relpath(whole, Path(output).resolve().parent)).as_posix(), errors="surrogateescape")


@dataclass(frozen=True)
class Review:
    """What the page shows of a ledger. Entries that fall together are one change."""

    ledger: Ledger
    replayed: Replayed

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages, as the ledger has them."""
        return self.replayed.document.pages

    def html(self, images: Mapping[int, str]) -> str:
        """The page. *images* has the address of the image of each leaf, by its position from 1."""
        environment = Environment(loader=PackageLoader("ocr_clean", ""), autoescape=True, undefined=StrictUndefined)
        title = f"{self.ledger.header['source']}: ocr-clean review"
        return environment.get_template("review.html").render(title=title, data=_embedded(self.data(images))) + "\n"

    def data(self, images: Mapping[int, str]) -> dict[str, Any]:
        """All that the page needs, as it is embedded; `review.html` says what stands at which place of a row."""
        changes = self.changes
        groups, group_of = self._groups()
        header = self.ledger.header
        roles = list(Role)
        return {
            "source": header["source"],
            "sha256": header["sha256"],
            "ledger": hashlib.sha256(self.ledger.to_jsonl().encode("utf-8", "surrogatepass")).hexdigest(),
            "stages": self._stages,
            "roles": [[role.value, role in RETIRED] for role in roles],
            "groups": groups,
            "changes": [self._change(number, group_of[number]) for number in range(len(changes))],
            "pages": [self._page(each, images, roles) for each in self.pages],
        }

    @cached_property
    def changes(self) -> list[list[Entry]]:
        """The entries of each change, in reading order."""
        sets: dict[str, list[Entry]] = {}
        for entry in self.ledger.entries:
            whole = {
                id(each): each for each in [[entry], *(sets[need] for need in self._mutual(entry) if need in sets)]
            }
            members = [each for part in whole.values() for each in part]
            sets.update((each.id, members) for each in members)
        found = list({id(each): each for each in sets.values()}.values())
        place = {entry.id: number for number, entry in enumerate(self.ledger.entries)}
        for members in found:
            members.sort(key=lambda entry: (isinstance(entry.step.change, Mark), place[entry.id]))
        return sorted(
            found, key=lambda members: (members[0].step.change.line, _start(members[0]), place[members[0].id])
        )

    def _mutual(self, entry: Entry) -> Iterator[str]:
        for need in entry.needs:
            if need in self._entries and entry.id in self._entries[need].needs:
                yield need

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        return {entry.id: entry for entry in self.ledger.entries}

    @cached_property
    def _number(self) -> dict[str, int]:
        """The change that each entry belongs to."""
        return {entry.id: number for number, members in enumerate(self.changes) for entry in members}

    @cached_property
    def _stages(self) -> list[str]:
        there = dict.fromkeys(entry.step.stage for entry in self.ledger.entries)
        return sorted(there, key=lambda name: [*STAGES, name].index(name))

    @cached_property
    def _dropped(self) -> dict[str, str]:
        return {each.entry.id: each.why for each in self.replayed.dropped}

    def _groups(self) -> tuple[list[list[Any]], dict[int, int]]:
        """Like changes: stage, rule and what they do; and the group of each change."""
        found = kinds(members[0] for members in self.changes)
        group_of = {self._number[entry.id]: index for index, kind in enumerate(found) for entry in kind.entries}
        return [[self._stages.index(kind.stage), kind.rule, kind.pattern] for kind in found], group_of

    def _change(self, number: int, group: int) -> list[Any]:
        members = self.changes[number]
        first = members[0]
        change = first.step.change
        kind = 0 if isinstance(change, Edit) else 1 if isinstance(change, Mark) else 2
        edits = [entry.step.change for entry in members if isinstance(entry.step.change, Edit)]
        parts = [[edit.line, edit.before, edit.after] for edit in edits] or pattern(first)
        why = self._dropped.get(first.id, change.why)
        leaf = self.replayed.document.page_number(change.line) - 1
        ids = [entry.id for entry in members]
        decisions = {entry.step.decision for entry in members}
        decided = 1 if ACCEPTED in decisions else -1 if REJECTED in decisions else 0
        confidence = round(change.confidence, 2)
        return [group, kind, self._state(first), leaf, change.line, confidence, parts, why, ids, decided]

    def _state(self, entry: Entry) -> int:
        """0 made, 1 suggested, 2 refused, 3 dropped."""
        if entry.refused:
            return 2
        if isinstance(entry.step.change, Edit) and entry.step.change.suggested:
            return 1
        return 3 if entry.id in self._dropped else 0

    def _page(self, page: Page, images: Mapping[int, str], roles: Sequence[Role]) -> list[Any]:
        report = self._report[page.number]
        lines = [self._line(line, roles) for line in page.lines]
        name = page.leaf.printed or f"[{page.number}]"
        missing = [each for each in page.leaf.missing if each != page.leaf.printed]
        return [name, page.number, report.cer, report.why, missing, images.get(page.number, ""), lines]

    @cached_property
    def _report(self) -> dict[int, Any]:
        steps = [entry.step for entry in self.replayed.made]
        return {row.leaf: row for row in page_report(self.replayed.document, steps, Lexicon.load())}

    def _line(self, line: Line, roles: Sequence[Role]) -> list[Any]:
        """Number, as read, role, whether it opens a block; then, if anything was changed, where on the left, the text
        on the right (0 where it is that of the left), and what was said about the line."""
        row: list[Any] = [line.number, line.raw.removesuffix("\r"), roles.index(line.role), int(line.opens)]
        entries = self._of_line.get(line.number, [])
        if not entries:
            return row
        edits = [entry for entry in entries if isinstance(entry.step.change, Edit)]
        others = list(dict.fromkeys(self._number[e.id] for e in entries if not isinstance(e.step.change, Edit)))
        origins = self.replayed.origins.get(line.number) or Origins.of(line.text)
        return [*row, self._left(origins), self._right(line, origins, edits) if edits else 0, others]

    @cached_property
    def _of_line(self) -> dict[int, list[Entry]]:
        found: dict[int, list[Entry]] = defaultdict(list)
        for entry in self.ledger.entries:
            found[entry.step.change.line].append(entry)
        return found

    def _left(self, origins: Origins) -> list[list[int]]:
        """Stretches of the line as read that are gone, each with the change that took it."""
        columns = sorted((column, self._number[entry]) for column, entry in origins.eaten.items())
        found: list[list[int]] = []
        for column, number in columns:
            if found and found[-1][1:] == [column, number]:
                found[-1][1] = column + 1
            else:
                found.append([column, column + 1, number])
        return found

    def _right(self, line: Line, origins: Origins, edits: Sequence[Entry]) -> list[Token]:
        """The line as it is now, in stretches; every edit of it is somewhere."""
        owners: list[str] = [run.entry for run in origins.runs for _ in range(run.length)]
        places = {entry.id: place for entry in edits if (place := self._proposed(line, entry, origins))}
        for id, (start, end) in places.items():
            if not places.keys() & set(owners[start:end]):
                owners[start:end] = [id] * (end - start)
        unseen = {entry.id: entry for entry in edits if entry.id not in owners}
        tokens: list[Token] = []
        column = 0
        for owner, run in groupby(owners):
            length = len(list(run))
            tokens += [self._token(self._entries[id], hidden=True) for id in self._before(column, origins, unseen)]
            text = line.text[column : column + length]
            tokens.append(self._token(self._entries[owner], text=text) if owner else text)
            column += length
        return [*tokens, *(self._token(entry, hidden=True) for entry in unseen.values())]

    def _proposed(self, line: Line, entry: Entry, origins: Origins) -> tuple[int, int] | None:
        """Where the text of now stands that an edit which is not made would replace; None if that is nowhere."""
        edit = entry.step.change
        if not isinstance(edit, Edit) or not edit.before or self._state(entry) in (0, 3):
            return None
        start = origins.place(entry.source or Origin("", edit.start))
        if start is None or not line.text.startswith(edit.before, start):
            return None
        return start, start + len(edit.before)

    def _before(self, column: int, origins: Origins, unseen: dict[str, Entry]) -> list[str]:
        """Take those entries out of *unseen* that took away what stood right before *column*."""
        after = _raw_column(column, origins)
        found = [id for gone, id in sorted(origins.eaten.items()) if id in unseen and gone < after]
        ids = list(dict.fromkeys(found))
        for id in ids:
            del unseen[id]
        return ids

    def _token(self, entry: Entry, text: str = "", *, hidden: bool = False) -> Token:
        """An edit on the right: its change, the text after and before. Where later edits have written over what it
        wrote, it is *hidden*: a mark without text."""
        edit = entry.step.change
        assert isinstance(edit, Edit)  # the caller has looked
        after = edit.after if self._state(entry) else text
        return [self._number[entry.id], after, edit.before, *([1] if hidden and edit.after else [])]


def _start(entry: Entry) -> int:
    return entry.step.change.start if isinstance(entry.step.change, Edit) else -1


def _raw_column(column: int, origins: Origins) -> int:
    """The first column of the raw line that stands at *column* of the text or after it."""
    start = 0
    for run in origins.runs:
        if not run.entry and start + run.length > column:
            return run.offset + max(0, column - start)
        start += run.length
    return max(origins.eaten, default=-1) + 1

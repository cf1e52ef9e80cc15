"""Note references: the raised numbers in the text, most of them damaged, written as Markdown footnote references.

| before | after | rule |
|---|---|---|
| `in the Moscow Province.^®` | `in the Moscow Province.[^2-10]` | endnote-mark |
| `in a week.14 Curzon` | `in a week.[^14] Curzon` | endnote-mark |
| `state capitalism.*`, with `* For` at the foot of the page | `state capitalism.[^p15-*]` | footnote-mark |
| a mark that is surely a reference, its number unsure | `[^?]` | endnote-mark |

The references of a chapter are read as one chain that counts up (`ocr_clean.note_marks`). Leaves alone marks on dirty
lines and anything that could be a letter, a quotation mark or a number of the text.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import regex

from ocr_clean.changes import Change, Edit
from ocr_clean.contents_page import entries
from ocr_clean.document import Document, Line, Role
from ocr_clean.flow import FLOWING
from ocr_clean.lexicon import Lexicon
from ocr_clean.note_marks import ODD_RE, Candidate, Chain, Reading, candidates, read_chains
from ocr_clean.numerals import figure

REFERENCE_RE = regex.compile(r"\[\^[^\]\s]+\]")
SYMBOLS = "*†‡§¶"
PAGE_LABEL_RE = regex.compile(r"^p(?P<page>[^-]+)-(?P<mark>.+?)a*$")


@dataclass(frozen=True, slots=True)
class Chapter:
    """The running text under one chapter heading."""

    name: str
    """Prefix of its note labels, "" in a text without numbered chapters."""
    lines: tuple[Line, ...]
    begins: bool
    """Whether the text has its beginning."""


@dataclass(frozen=True, slots=True)
class NoteReferences:
    """Find note references and give each the label of its note.

    Proposes nothing in a text that has references already.
    """

    name: ClassVar[str] = "note_references"
    sure: float = 0.75
    """Probability from which a mark is taken for a reference."""
    sure_number: float = 0.6
    """Probability from which its number is written; below, `[^?]`."""

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose an edit for each reference."""
        flowing = [line for line in doc.printed_lines() if line.role in FLOWING]
        if any(REFERENCE_RE.search(line.text) for line in flowing):
            return
        notes = [line for line in doc.lines if line.role is Role.NOTE and line.label]
        labels = {line.label for line in notes}
        taken = yield from _footnote_marks(doc)
        curly = sum(line.text.count("’") + line.text.count("”") for line in flowing) > len(flowing) // 50
        chapters = list(_chapters(doc))
        prefixed = any("-" in label and label[0].isdigit() for label in labels)
        defined = [_defined(chapter, labels, prefixed) for chapter in chapters]
        chains = [
            Chain(
                tuple(
                    each
                    for each in _candidates(doc, chapter, words, curly)
                    if (each.line.number, each.start) not in taken
                ),
                max(numbers, default=0) if _list_is_whole(doc, notes, chapter, prefixed) else 0,
                chapter.begins or (len(chapters) == 1 and 1 in numbers),
                max(numbers, default=0),
            )
            for chapter, numbers in zip(chapters, defined, strict=True)
        ]
        for chapter, numbers, readings in zip(chapters, defined, read_chains(chains), strict=True):
            good = [each for each in readings if each.is_reference >= self.sure]
            if not numbers and not _a_chain(good):
                continue
            prefix = f"{chapter.name}-" if chapter.name and (prefixed or not numbers) else ""
            for each in good:
                yield _edit(each, f"{prefix}{each.number}" if each.sure >= self.sure_number else "?")


def _list_is_whole(doc: Document, labelled: Sequence[Line], chapter: Chapter, prefixed: bool) -> bool:
    """Whether the list of a chapter's notes has its end: no pages are missing right after it."""
    prefix = f"{chapter.name}-" if prefixed and chapter.name else ""
    notes = [line.number for line in labelled if _is_number(line.label, prefix)]
    if not notes:
        return False
    after = next((line.number for line in doc.lines[notes[-1] :] if line.printed and line.opens), notes[-1])
    return not doc.gap_between(notes[-1], after)


def _defined(chapter: Chapter, labels: Collection[str], prefixed: bool) -> set[int]:
    """The numbers of the notes of a chapter."""
    prefix = f"{chapter.name}-" if prefixed and chapter.name else ""
    return {int(label.removeprefix(prefix)) for label in labels if _is_number(label, prefix)}


def _is_number(label: str, prefix: str) -> bool:
    return label.startswith(prefix) and label.removeprefix(prefix).isdigit()


def _a_chain(good: Sequence[Reading]) -> bool:
    """Whether marks without notes are references all the same: three of them, most with a clear form."""
    clear = [each for each in good if each.candidate.weight >= 2]
    return len(clear) >= 2 and 2 * len(clear) >= len(good)


def _edit(reading: Reading, name: str) -> Edit:
    each = reading.candidate
    text = each.line.text
    end = each.start + len(each.mark)
    after = f"[^{name}]" + (" " if text[end : end + 1].isalpha() else "")
    why = f"reference {reading.number} with probability {reading.sure:.2f}"
    return Edit(each.line.number, each.start, each.mark, after, "endnote-mark", why, round(reading.is_reference, 2))


def _chapters(doc: Document) -> Iterator[Chapter]:
    """The running text cut at chapter headings, and where the contents have a chapter whose heading is lost.

    What stands before chapter 1 is chapter 0.
    """
    headings = [line for line in doc.lines if line.role is Role.HEADING and line.level <= 2 and line.opens]
    numbered = [line for line in headings if line.label]
    starts = {line.number: line.label for line in headings} | _lost_starts(doc, {line.label for line in numbered})
    first = numbered[0].number if numbered else 0
    lines: list[Line] = []
    name, begins = "", False
    for line in doc.printed_lines():
        if line.number in starts:
            following = starts[line.number] or ("0" if line.number < first else "")
            if lines and not (following == name == "0"):
                yield Chapter(name, tuple(lines), begins)
                lines = []
            name, begins = following, line.role is Role.HEADING
        if line.role in FLOWING:
            lines.append(line)
    if lines:
        yield Chapter(name, tuple(lines), begins)


def _lost_starts(doc: Document, present: Collection[str]) -> dict[int, str]:
    """First lines of chapters that the contents name with their page, but whose heading the text has not."""
    lost = [(figure(entry.page), str(entry.number)) for entry in entries(doc) if entry.number and entry.page]
    starts: dict[int, str] = {}
    for page, name in lost:
        if name in present or not page:
            continue
        leaf = next((leaf for leaf in doc.leaves if leaf.printed.isdigit() and int(leaf.printed) >= page), None)
        line = next((each for each in doc.lines[leaf.line - 1 :] if each.role in FLOWING), None) if leaf else None
        if line is not None:
            starts[line.number] = name
    return starts


def _candidates(doc: Document, chapter: Chapter, words: Lexicon, curly: bool) -> Iterator[Candidate]:
    dirty = passed = 0
    last = chapter.lines[0].number
    for line in chapter.lines:
        passed += 1
        dirty += len(ODD_RE.findall(line.text)) > 1
        for each in sorted(candidates(line, words, curly), key=lambda each: each.start):
            yield replace(each, after_gap=doc.gap_between(last, line.number), dirt=dirty / max(1, passed))
            if each.weight > 0:
                last, dirty, passed = line.number, 0, 0


def _footnote_marks(doc: Document) -> Generator[Edit, None, set[tuple[int, int]]]:
    """Edits for references to notes at page feet; returns the places used."""
    used: set[tuple[int, int]] = set()
    for page in doc.pages:
        name = page.leaf.printed or str(page.number)
        marks = [found["mark"] for label in _labels_on(page.lines) if (found := PAGE_LABEL_RE.match(label))]
        plain = [label for label in _labels_on(page.lines) if label.isdigit()]
        lines = [line for line in page.lines if line.role in FLOWING]
        place = (0, -1)
        for mark in (*marks, *plain):
            label = mark if mark in plain else f"p{name}-{mark}"
            spot = _find_mark(lines, mark, place)
            if spot is None:
                continue
            line, start, text = spot
            place = (line.number, start)
            used.add(place)
            why = f"its note stands at the foot of page {name}"
            yield Edit(line.number, start, text, f"[^{label}]", "footnote-mark", why, 0.9)
    return used


def _labels_on(lines: Sequence[Line]) -> list[str]:
    return [line.label for line in lines if line.role is Role.NOTE and line.label]


def _find_mark(lines: Sequence[Line], mark: str, after: tuple[int, int]) -> tuple[Line, int, str] | None:
    """The first place after *after* that reads like the reference *mark*: after a stop before after a word."""
    escaped = regex.escape(mark)
    patterns = [
        rf"(?<=[.,;:!?]['’”\"]?)\s?{escaped}(?=[\s)\]—–]|$)",
        rf"(?<=[\p{{L}})’”\"'])\s?{escaped}(?=[\s.,;:!?)\]—–]|$)",
    ]
    if mark.isdigit():
        patterns.append(r"(?<=[.,;:!?]['’”\"]?)\s?(?:[‘'°®^\"*]{1,2})(?=\s|$)")
    elif all(char in SYMBOLS for char in mark):
        patterns = [f"(?<![{SYMBOLS}]){each}" for each in patterns]
    for pattern in patterns:
        for line in lines:
            for found in regex.finditer(pattern, line.text):
                if (line.number, found.start()) > after:
                    return line, found.start(), found[0]
    return None

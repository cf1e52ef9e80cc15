"""Every case of `tests/cases/` through its stage, or through the whole chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import regex
from cases import KNOWN_FAILURES, BadCase, Case, read, read_all

from ocr_clean.changes import Edit, Mark
from ocr_clean.config import Config, load
from ocr_clean.document import Document, Line, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.markdown import render
from ocr_clean.pipeline import Pipeline, Step
from ocr_clean.stages import STAGES

STAMP_LINES_RE = regex.compile(r"\A(?:---\n(?:.*\n)*?---\n+|<!-- ocr-clean [^\n]*-->\n+)")
"""Front matter or stamp: what `--- markdown` leaves out."""


def _parameters() -> Iterator[object]:
    for case in read_all():
        marks = [pytest.mark.xfail(strict=True, reason="known failure")] if case.file == KNOWN_FAILURES else []
        yield pytest.param(case, id=case.id, marks=marks)


@pytest.mark.parametrize("case", list(_parameters()))
def test_case(case: Case, lexicon: Lexicon) -> None:
    """The case holds, its input is still all there, and a second run finds nothing to do."""
    if case.stage and case.stage not in STAGES:
        pytest.fail(f"tests/cases/{case.file} is named after no stage; there are {', '.join(STAGES)}")
    words = replace(lexicon, dictionary=lexicon.dictionary | frozenset(case.words)) if case.words else lexicon
    before = _prepared(case, words)
    pipeline = _pipeline(case)
    result = pipeline.run(before, words)
    doc = result.document
    if "becomes" in case.expected:
        assert _printed(doc) == case.expected["becomes"]
    if "unchanged" in case.expected:
        assert [_shown(line) for line in doc.lines] == [_shown(line) for line in before.lines]
    if "markdown" in case.expected:
        assert STAMP_LINES_RE.sub("", render(doc)).rstrip("\n").split("\n") == case.expected["markdown"]
    if "because" in case.expected:
        assert _reasons(result.steps, case.expected["because"]) == sorted(case.expected["because"], key=_by_line)
    assert doc.raw_text() == case.text
    again = pipeline.run(doc, words) if case.stage else None
    assert not again or [step for step in again.steps if not _suggested(step)] == []


def _prepared(case: Case, words: Lexicon) -> Document:
    """The document as the stage of *case* finds it."""
    doc = Document.from_text(case.text)
    return Config().pipeline(only=case.after).run(doc, words).document if case.after else doc


def _pipeline(case: Case) -> Pipeline:
    if not case.stage:
        return load().pipeline()
    return Config(stages={case.stage: case.options}).pipeline(only=[case.stage])


def _shown(line: Line) -> str | None:
    """The text of a printed or blank line, None for one that is retired."""
    return line.text if line.printed or line.role is Role.BLANK else None


def _printed(doc: Document) -> list[str]:
    lines = [text for line in doc.lines if (text := _shown(line)) is not None]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _reasons(steps: tuple[Step, ...], wanted: list[str]) -> list[str]:
    """``LINE STAGE/RULE`` of each change, with its new role unless *wanted* has it without."""
    return sorted((_reason(step, wanted) for step in steps), key=_by_line)


def _reason(step: Step, wanted: list[str]) -> str:
    change = step.change
    reason = f"{change.line} {step.stage}/{change.rule}"
    if _suggested(step):
        return f"{reason} suggested"
    if isinstance(change, Mark) and reason not in wanted:
        return f"{reason} {change.role.value}"
    return reason


def _by_line(reason: str) -> tuple[int, str]:
    return int(reason.split()[0]), reason


def _suggested(step: Step) -> bool:
    return isinstance(step.change, Edit) and step.change.suggested


def test_the_reader_says_where_a_file_is_wrong() -> None:
    """A contributor sees the line of the mistake."""
    with pytest.raises(BadCase, match=r"noise\.txt:3: no section '--- become'"):
        read("=== title\nline\n--- become\nline\n", "noise.txt")
    with pytest.raises(BadCase, match=r"noise\.txt:2: the case says nothing"):
        read("comment\n=== title\nline\n", "noise.txt")
    with pytest.raises(BadCase, match=r"noise\.txt:2: not a line of TOML"):
        read("=== title\n--- options: five\nline\n--- unchanged\n", "noise.txt")
    with pytest.raises(BadCase, match=r"noise\.txt:1: a case begins with"):
        read("===title\nline\n--- unchanged\n", "noise.txt")

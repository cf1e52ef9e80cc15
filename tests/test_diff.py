"""`ocr-clean diff`: what changed between two results of one dump."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from ran import Ran, Run, outcome

import ocr_clean
from ocr_clean import Edit, diff
from ocr_clean.errors import ExitCode
from ocr_clean.ledger import Entry, Ledger

DUMP = """The ﬁrst page of the book was torn out by the be-
ginning of the year, and the comrnittee knew who had done it.
Tlie rest of the ofﬁcers had gone by the end of the sum-
mer, and nobody was left who could say what was lost.
"""


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run `diff` in a folder that holds two results, of the whole chain and of one without `dehyphenate`."""
    monkeypatch.chdir(tmp_path)
    write("a", ocr_clean.clean(DUMP))
    write("b", ocr_clean.clean(DUMP, without=["dehyphenate"]))

    def runner(*arguments: str) -> Ran:
        return outcome(["diff", *arguments], capfdbinary)

    return runner


def write(name: str, cleaned: ocr_clean.Cleaned) -> None:
    Path(f"{name}.md").write_text(cleaned.markdown, encoding="utf-8")
    Path(f"{name}.jsonl").write_text(cleaned.ledger.to_jsonl(), encoding="utf-8")


def changed(path: str, change: Callable[[Entry], Entry | None]) -> None:
    """Write the ledger `a.jsonl` to *path* with *change* made to each entry; None takes it out."""
    ledger = ocr_clean.ledger.read_ledger("a.jsonl")
    entries = tuple(each for entry in ledger.entries if (each := change(entry)))
    Path(path).write_text(Ledger(ledger.header, entries).to_jsonl(), encoding="utf-8")


@pytest.mark.parametrize("kind", ["md", "jsonl"])
def test_nothing_differs_from_itself(run: Run, kind: str) -> None:
    assert run(f"a.{kind}", f"a.{kind}") == (ExitCode.OK, "", "ocr-clean: 0 differences\n")
    assert json.loads(run(f"a.{kind}", f"a.{kind}", "--format", "json").out)["differences"] == 0


def test_ledgers_are_compared_by_stage_and_rule(run: Run) -> None:
    ran = run("a.jsonl", "b.jsonl")
    assert ran.code == ExitCode.WOULD_CHANGE
    lines = ran.out.splitlines()
    assert lines[0] == "stages.dehyphenate.enabled: true in A, false in B"
    assert lines[1].split() == ["stage", "only", "in", "A", "only", "in", "B", "different"]
    assert lines[2].split() == ["dehyphenate", "4", "0", "0"]
    assert "dehyphenate/known-word  - → …  only in A, once" in lines
    assert any(line.startswith("    p. [1], line 1: - → ginning  ('beginning' is") for line in lines)


def test_the_other_way_round_sides_change_places(run: Run) -> None:
    here, there = (
        [(row["rule"], row["side"], row["count"]) for row in json.loads(ran.out)["changes"]]
        for ran in (run("a.jsonl", "b.jsonl", "--format", "json"), run("b.jsonl", "a.jsonl", "--format", "json"))
    )
    swap = {"only in A": "only in B", "only in B": "only in A", "different": "different"}
    assert here
    assert sorted(there) == sorted((rule, swap[side], count) for rule, side, count in here)


def test_a_change_that_was_refused_is_different(run: Run) -> None:
    changed("c.jsonl", lambda entry: replace(entry, refused=entry.step.change.rule == "ligature"))
    ran = run("a.jsonl", "c.jsonl")
    assert ran.code == ExitCode.WOULD_CHANGE
    assert "characters/ligature  ﬁ → fi | ﬁ → fi, refused  different, 2 times\n" in ran.out


def test_another_correction_of_the_same_word_is_different(run: Run) -> None:
    def other(entry: Entry) -> Entry:
        change = entry.step.change
        if not (isinstance(change, Edit) and change.before == "Tlie"):
            return entry
        return replace(entry, id="by-hand", step=replace(entry.step, change=replace(change, after="Title")))

    changed("c.jsonl", other)
    [row] = json.loads(run("a.jsonl", "c.jsonl", "--format", "json").out)["changes"]
    assert (row["stage"], row["side"], row["count"]) == ("spelling", "different", 1)
    assert row["places"][0]["b"] == "by-hand"


def test_how_sure_a_change_is_makes_no_difference(run: Run) -> None:
    def surer(entry: Entry) -> Entry:
        return replace(entry, step=replace(entry.step, change=replace(entry.step.change, confidence=0.123, why="so")))

    changed("c.jsonl", surer)
    assert run("a.jsonl", "c.jsonl").code == ExitCode.OK


def test_a_setting_alone_is_shown_and_is_no_difference(run: Run) -> None:
    text = Path("a.jsonl").read_text(encoding="utf-8")
    Path("c.jsonl").write_text(text.replace('"min_confidence": 0.75', '"min_confidence": 0.8', 1), encoding="utf-8")
    ran = run("a.jsonl", "c.jsonl")
    assert ran == (
        ExitCode.OK,
        "stages.spelling.min_confidence: 0.75 in A, 0.8 in B\n",
        "ocr-clean: 0 differences\n",
    )


def test_markdown_is_compared_word_by_word_with_lines(run: Run) -> None:
    ran = run("a.md", "b.md")
    assert ran.code == ExitCode.WOULD_CHANGE
    lines = Path("a.md").read_text(encoding="utf-8").splitlines()
    [line] = [number for number, text in enumerate(lines, start=1) if "beginning" in text]
    assert f"once: beginning → be- ginning  (line {line} of A, {line} of B)\n" in ran.out


def test_like_words_are_counted_together() -> None:
    found = diff.words("one two\n\none two\n\nend\n", "one too\n\none too\n\nend end\n")
    groups = [(len(group), group[0].before, group[0].after) for group in diff.groups_of_words(found)]
    assert groups == [(2, "two", "too"), (1, "", "end")]


@pytest.mark.parametrize(
    ("a", "b", "before", "after"),
    [
        ("one\n\ntwo\n", "one two\n", "\n \n", ""),
        ("# one\n", "one\n", "#", ""),
        ("one[^1]\n", "one\n", "one[^1]", "one"),
        ("one two\n", "two\n", "one", ""),
        ("x\n", "y\n", "x", "y"),
    ],
)
def test_breaks_and_marks_are_differences(a: str, b: str, before: str, after: str) -> None:
    [found] = diff.words(a, b)
    assert (found.before, found.after) == (before, after)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("one  two\n", "one two\n\n"),
        ("<!-- ocr-clean 0.1.0 -->\n\none\n", "<!-- ocr-clean 0.2.0 -->\n\none\n"),
        ("---\ntitle: A\ngenerator: ocr-clean 1\n---\n", "---\ntitle: A\ngenerator: ocr-clean 2\n---\n"),
    ],
)
def test_spaces_and_the_version_are_none(a: str, b: str) -> None:
    assert diff.words(a, b) == []


def test_what_cannot_be_compared_is_one_clear_line(run: Run) -> None:
    write("c", ocr_clean.clean("Another dump.\n"))
    for other, code, says in (
        ("a.md", ExitCode.INPUT, "a.md: no ledger, and the other file is one; compare two of the same kind"),
        ("c.jsonl", ExitCode.LEDGER, "the ledgers are of different dumps; compare two runs on the same file"),
        ("no.jsonl", ExitCode.INPUT, "no.jsonl: there is no such file; check the path"),
    ):
        assert run("a.jsonl", other) == (code, "", f"ocr-clean: error: {says}\n")
    Path("c.jsonl").write_text(Path("a.jsonl").read_text(encoding="utf-8") + "not JSON\n", encoding="utf-8")
    assert run("a.jsonl", "c.jsonl").code == ExitCode.LEDGER

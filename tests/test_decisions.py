"""What a person has decided is honoured while the chain runs, and again in every later run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest
from click.testing import CliRunner

import ocr_clean
from ocr_clean import decisions, ledger
from ocr_clean.changes import Change, Edit, Mark
from ocr_clean.cli import cli, main
from ocr_clean.decisions import Decisions, Judge
from ocr_clean.document import Document, Role
from ocr_clean.errors import ExitCode, LedgerError
from ocr_clean.ledger import Entry
from ocr_clean.lexicon import Lexicon
from ocr_clean.pipeline import Pipeline, Result
from ocr_clean.reading import Source
from ocr_clean.verify import verify

DUMP = """The ferry was late, and tlie boatman said so. The toll was paid at the up-
per gate, where tlie keeper had his ofﬁce, and nobody saw tlie end of it.
"""


def clean(text: str, **verdicts: bool) -> ocr_clean.Cleaned:
    return ocr_clean.clean(text, decisions=Decisions(verdicts))


def find(cleaned: ocr_clean.Cleaned, before: str, count: int = 0) -> Entry:
    """The edit of *before*; the one with index *count* of several."""
    found = [e for e in cleaned.changes if isinstance(e.step.change, Edit) and e.step.change.before == before]
    return found[count]


def body(cleaned: ocr_clean.Cleaned) -> str:
    return cleaned.markdown.split("---\n")[-1].strip()


def verified(text: str, cleaned: ocr_clean.Cleaned) -> bool:
    """Whether the ledger, read back from its file, accounts for everything and leads to the Markdown."""
    source = Source(Document.from_text(text, "<text>"), cleaned.header["sha256"], cleaned.header["size"], "utf-8")
    verdict = verify(source, ledger.parse(cleaned.ledger.to_jsonl()), cleaned.markdown)
    return not verdict.problems and not verdict.dropped


def test_a_rejected_change_is_not_made_and_stands_in_the_ledger() -> None:
    entry = find(ocr_clean.clean(DUMP), "tlie", 1)
    cleaned = clean(DUMP, **{entry.id: False})
    assert body(cleaned).count("tlie") == 1
    assert "where tlie keeper" in body(cleaned)
    [refused] = [each for each in cleaned.changes if each.refused]
    assert (refused.id, refused.step.decision) == (entry.id, "rejected")
    assert verified(DUMP, cleaned)
    assert cleaned.unmet == ()


def test_a_word_over_two_lines_falls_as_one() -> None:
    half = find(ocr_clean.clean(DUMP), "per ")
    cleaned = clean(DUMP, **{half.id: False})
    assert "up-" in body(cleaned)
    assert {each.step.decision for each in cleaned.changes if each.refused} == {"rejected", f"rejected with {half.id}"}
    assert verified(DUMP, cleaned)


def test_an_id_does_not_move_when_another_change_of_the_line_goes() -> None:
    first, second, third = (find(ocr_clean.clean(DUMP), "tlie", n).id for n in range(3))
    assert len({first, second, third}) == 3
    cleaned = clean(DUMP, **{second: False})
    assert [find(cleaned, "tlie", n).id for n in range(3)] == [first, second, third]
    without = ocr_clean.clean(DUMP, without=["characters", "dehyphenate"])
    assert find(without, "tlie", 2).id == third  # the column of the text has moved, that of the dump has not


def test_what_no_longer_applies_is_told_and_no_error() -> None:
    assert clean(DUMP, deadbeef0000=True, deadbeef0001=False).unmet == ("deadbeef0000", "deadbeef0001")
    written = ocr_clean.clean(DUMP).markdown
    assert clean(written, deadbeef0000=True).markdown == written


@dataclass(frozen=True)
class Proposes:
    """A stage that proposes what the test says as long as it finds it."""

    name: ClassVar[str] = "test"
    edits: tuple[Change, ...] = ()
    rounds: int = 8

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        for change in self.edits:
            if not isinstance(change, Edit) or doc.line(change.line).text.startswith(change.before, change.start):
                yield change


def run(text: str, edits: list[Change], lexicon: Lexicon, rounds: int = 8, **wanted: bool) -> tuple[Result, Judge]:
    """Run a stage that proposes *edits*, deciding by the text that they write, or by the role that they give."""
    doc = Document.from_text(text)
    pipeline = Pipeline((Proposes(tuple(edits), rounds),))

    def word(change: Change) -> str:
        return change.after if isinstance(change, Edit) else change.role.value if isinstance(change, Mark) else ""

    all_made = pipeline.run(doc, lexicon)
    entries = ledger.entries_of(all_made.steps, all_made.document)
    judge = Judge(doc, Decisions({e.id: wanted[w] for e in entries if (w := word(e.step.change)) in wanted}))
    return pipeline.run(doc, lexicon, decide=judge), judge


@dataclass(frozen=True)
class Follows(Proposes):
    """A stage that comes after."""

    name: ClassVar[str] = "later"


def texts(result: Result) -> list[str]:
    return [line.text for line in result.document.lines]


def test_later_stages_read_the_text_as_decided(lexicon: Lexicon) -> None:
    doc = Document.from_text("teh")
    first = Proposes((Edit(1, 0, "teh", "the", "a"),))
    chain = Pipeline((first, Follows((Edit(1, 0, "teh", "ten", "b"), Edit(1, 0, "the", "thy", "c")))))
    assert texts(chain.run(doc, lexicon)) == ["thy"]
    result = Pipeline((first,)).run(doc, lexicon)
    [entry] = ledger.entries_of(result.steps, result.document)
    judge = Judge(doc, Decisions({entry.id: False}))
    assert texts(chain.run(doc, lexicon, decide=judge)) == ["ten"]


def test_an_accepted_suggestion_is_made(lexicon: Lexicon) -> None:
    edits: list[Change] = [Edit(1, 0, "teh", "the", "a", suggested=True), Edit(1, 4, "bok", "book", "b")]
    result, judge = run("teh bok", edits, lexicon, the=True)
    assert texts(result) == ["the book"]
    assert [step.decision for step in result.steps] == ["accepted", ""]
    assert judge.unmet() == []


def test_of_two_for_one_place_the_suggestion_waits(lexicon: Lexicon) -> None:
    edits: list[Change] = [Edit(1, 0, "teh", "ten", "a", suggested=True), Edit(1, 0, "teh", "the", "b")]
    result, judge = run("teh end", edits, lexicon, rounds=1, ten=True)
    assert texts(result) == ["the end"]
    assert len(judge.unmet()) == 1


def test_a_mark_and_the_edit_of_its_rule_stand_together(lexicon: Lexicon) -> None:
    note: list[Change] = [
        Edit(1, 0, "7. ", "", "note"),
        Mark(1, Role.NOTE, "note", label="7"),
        Edit(1, 7, "x", "y", "a"),
    ]
    for wanted in ({"note": False}, {"": False}):
        result, _ = run("7. See x", note, lexicon, **wanted)
        assert (texts(result), result.document.lines[0].role) == (["7. See y"], Role.BODY)


def test_a_line_is_not_taken_for_joined_where_its_text_stays(lexicon: Lexicon) -> None:
    edits: list[Change] = [Edit(2, 0, "ple", "", "a"), Mark(2, Role.JOINED, "emptied")]
    result, _ = run("exam\nple", edits, lexicon, **{"": False})
    assert result.document.lines[1].role is Role.BODY
    assert texts(result) == ["exam", "ple"]


HEAD = '{"ocr_clean_decisions": 1}\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "<decisions>:1: the first line is not the header"),
        ('{"ocr_clean_ledger": 1}\n', "<decisions>:1: the first line is not the header"),
        ('{"ocr_clean_decisions": 2}\n', "<decisions>:1: decisions format 2 is not 1"),
        (HEAD + "\nreject it\n", "<decisions>:3: not a JSON object"),
        (HEAD + "[1]\n", "<decisions>:2: not a JSON object"),
        (HEAD + '{"decision": "accept"}\n', "<decisions>:2: the row has no 'id'"),
        (HEAD + '{"id": "a"}\n', "<decisions>:2: the decision is None, write accept or reject"),
        (HEAD + '{"id": "a", "decision": ["accept"]}\n', "<decisions>:2: the decision is ['accept']"),
    ],
)
def test_what_is_no_decisions_file_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(LedgerError) as caught:
        decisions.parse(text)
    assert says in str(caught.value)


def test_the_last_word_about_a_change_counts() -> None:
    rows = "".join(json.dumps({"id": "a", "decision": word}) + "\n" for word in ("accept", "reject"))
    assert decisions.parse(HEAD + rows).verdicts == {"a": False}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dump.txt").write_text(DUMP, encoding="utf-8")
    return tmp_path


def decide(folder: Path, *rows: dict[str, object]) -> None:
    text = "".join(json.dumps(row) + "\n" for row in ({"ocr_clean_decisions": 1}, *rows))
    (folder / "d.jsonl").write_text(text, encoding="utf-8")


def test_the_command_honours_decisions_and_tells_of_those_that_do_not_apply(folder: Path) -> None:
    entry = find(ocr_clean.clean(DUMP), "tlie")
    gone = {
        "id": "deadbeef0000",
        "decision": "reject",
        "stage": "spelling",
        "line": 9,
        "before": "a\n\x1b[2J",
        "after": "b",
    }
    decide(folder, {"id": entry.id, "decision": "reject"}, gone)
    command = ["clean", "dump.txt", "--decisions", "d.jsonl", "-o", "out.md", "--ledger", "out.jsonl"]
    result = CliRunner().invoke(cli, [*command, "-v"])
    assert result.exit_code == 0, result.output
    assert "d.jsonl: 1 of 2 decisions honoured; 1 no longer apply" in result.stderr
    assert (
        "d.jsonl: decision deadbeef0000 no longer applies: stage spelling, line 9, a<U+000A><U+001B>[2J → b"
        in result.stderr
    )
    assert "and tlie boatman" in (folder / "out.md").read_text(encoding="utf-8")
    assert main(["verify", "dump.txt", "out.jsonl", "out.md"]) == ExitCode.OK
    assert main(["replay", "dump.txt", "out.jsonl", "-o", "again.md"]) == ExitCode.OK
    assert (folder / "again.md").read_bytes() == (folder / "out.md").read_bytes()
    rows = map(json.loads, (folder / "out.jsonl").read_text(encoding="utf-8").splitlines())
    row = next(row for row in rows if row.get("id") == entry.id)
    assert (row["decision"], row["refused"]) == ("rejected", True)


def test_broken_decisions_leave_the_output_of_before(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "out.md").write_text("before", encoding="utf-8")
    decide(folder, {"id": "a", "decision": "perhaps"})
    assert main(["clean", "dump.txt", "--decisions", "d.jsonl", "-o", "out.md"]) == ExitCode.LEDGER
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("ocr-clean: error: d.jsonl:2: the decision is 'perhaps', write accept or reject")
    assert (folder / "out.md").read_text(encoding="utf-8") == "before"
    assert main(["clean", "dump.txt", "--decisions", "none.jsonl", "-o", "out.md"]) == ExitCode.INPUT
    assert main(["clean", "dump.txt", "--decisions", "d.jsonl", "-o", "d.jsonl"]) == ExitCode.OUTPUT


def test_decisions_are_the_same_in_any_order() -> None:
    one, other = {"a": True, "b": False}, {"b": False, "a": True}
    assert Decisions(one).sha256 == Decisions(other).sha256 != Decisions({"a": False, "b": False}).sha256
    assert replace(Decisions(one), about={"a": "x"}).sha256 == Decisions(one).sha256

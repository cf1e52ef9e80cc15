"""A ledger replays exactly; what a person refuses is left out, and what rests on it is reported."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from ocr_clean import ledger
from ocr_clean.changes import Edit, Mark, apply
from ocr_clean.document import Document, Leaf, Role
from ocr_clean.errors import LedgerError
from ocr_clean.ledger import Ledger
from ocr_clean.pipeline import Step
from ocr_clean.replay import Replayed, replay

HEADER = {"ocr_clean_ledger": ledger.FORMAT, "source": "", "sha256": "", "encoding": "utf-8", "markdown": {}}
HEAD = json.dumps(HEADER) + "\n"


Hand: TypeAlias = Callable[[dict[str, Any]], dict[str, Any] | None]
"""What a person does to a row; None takes it out."""


def run(text: str, *rounds: tuple[str, list[Any]]) -> tuple[Document, Document, Ledger]:
    """The document before and after *rounds* of changes, and the ledger, as a run would give them."""
    before = doc = Document.from_text(text)
    steps: list[Step] = []
    for number, (stage, changes) in enumerate(rounds, start=1):
        doc = apply(doc, changes)
        steps += [Step(stage, change, number) for change in changes]
    return before, doc, Ledger(HEADER, ledger.entries_of(steps, doc))


def edited(book: Ledger, edit: Hand) -> Ledger:
    """*book* after a person went through its file: None takes a row out."""
    rows = [json.loads(line) for line in book.to_jsonl().splitlines()]
    kept = [rows[0], *(row for row in map(edit, rows[1:]) if row is not None)]
    return ledger.parse("\n".join(map(json.dumps, kept)))


def refusing(after: str) -> Hand:
    """Refuse the edits that write *after*."""
    return lambda row: row | ({"refused": True} if row.get("after") == after else {})


def deleting(after: str) -> Hand:
    """Take out the rows of the edits that write *after*."""
    return lambda row: None if row.get("after") == after else row


def texts(replayed: Replayed) -> list[str]:
    return [line.text for line in replayed.document.lines if line.printed]


def dropped(replayed: Replayed) -> list[str]:
    return [each.why for each in replayed.dropped]


TWO_EDITS = ("one", [Edit(1, 0, "tlie", "the", "a")]), ("two", [Edit(1, 4, "oId", "very old", "b")])


def test_an_unedited_ledger_leads_to_the_same_document() -> None:
    before, after, book = run("tlie oId book", *TWO_EDITS)
    replayed = replay(before, ledger.parse(book.to_jsonl()))
    assert (replayed.document.lines, replayed.document.leaves) == (after.lines, after.leaves)
    assert not replayed.dropped


@pytest.mark.parametrize("edit", [refusing("the"), deleting("the")])
def test_later_edits_of_the_line_are_shifted(edit: Hand) -> None:
    before, _, book = run("tlie oId book", *TWO_EDITS)
    replayed = replay(before, edited(book, edit))
    assert texts(replayed) == ["tlie very old book"]
    assert not replayed.dropped


def test_the_same_text_elsewhere_in_the_line_is_not_taken_for_it() -> None:
    first, second = [Edit(1, 0, "a a", "b", "x")], [Edit(1, 2, "a", "c", "y")]
    before, after, book = run("a a a a", ("one", first), ("two", second))
    assert after.lines[0].text == "b c a"
    assert texts(replay(before, edited(book, refusing("b")))) == ["a a c a"]


@pytest.mark.parametrize("edit", [refusing("tha"), deleting("tha")])
def test_an_edit_of_what_a_refused_one_wrote_is_dropped(
    edit: Hand,
) -> None:
    before, _, book = run("tlia oId", ("one", [Edit(1, 0, "tlia", "tha", "a")]), ("two", [Edit(1, 2, "a", "e", "b")]))
    replayed = replay(before, edited(book, edit))
    assert texts(replayed) == ["tlia oId"]
    assert dropped(replayed) == [f"needs entry {book.entries[0].id}, which is not made"]


def test_an_edit_over_a_refused_deletion_is_dropped() -> None:
    before, after, book = run(
        "ex am-ple", ("one", [Edit(1, 5, "-", "", "a")]), ("two", [Edit(1, 2, " ample", "ample", "b")])
    )
    assert after.lines[0].text == "example"
    replayed = replay(before, edited(book, refusing("")))
    assert texts(replayed) == ["ex am-ple"]
    assert len(replayed.dropped) == 1


MENDED = (
    "dehyphenate",
    [
        Edit(1, 4, "exam-", "example", "known-word", group="1"),
        Edit(2, 0, "ple", "", "known-word", group="1"),
        Mark(2, Role.JOINED, "emptied"),
    ],
)


@pytest.mark.parametrize("edit", [refusing("example"), refusing(""), deleting("example"), deleting("")])
def test_a_word_over_two_lines_stands_or_falls_as_one(edit: Hand) -> None:
    before, after, book = run("for exam-\nple", MENDED)
    assert [line.text for line in after.printed_lines()] == ["for example"]
    assert texts(replay(before, edited(book, edit))) == ["for exam-", "ple"]


def test_an_edit_whose_partner_has_no_place_is_not_made_either() -> None:
    suggested = Edit(2, 0, "ple", "pie", "b", suggested=True)
    before, _, book = run("for exam-\nple", ("one", [suggested]), MENDED)
    accepted = edited(book, lambda row: row | {"suggested": False} if row.get("suggested") else row)
    replayed = replay(before, accepted)
    assert texts(replayed) == ["for exam-", "pie"]
    assert dropped(replayed)[1] == "'ple' is not there any more"


def test_a_suggestion_is_made_only_if_a_person_says_so() -> None:
    before, _, book = run("teh book", ("one", [Edit(1, 0, "teh", "the", "a", suggested=True)]))
    assert texts(replay(before, book)) == ["teh book"]
    accepted = edited(book, lambda row: row | {"suggested": False})
    assert texts(replay(before, accepted)) == ["the book"]


def test_of_two_accepted_suggestions_for_one_place_the_second_is_dropped() -> None:
    both = [Edit(1, 0, "teh", "the", "a", suggested=True), Edit(1, 0, "teh", "ten", "a", suggested=True)]
    before, _, book = run("teh book", ("one", both))
    replayed = replay(before, edited(book, lambda row: row | {"suggested": False}))
    assert len(replayed.dropped) == 1
    assert texts(replayed)[0] in ("the book", "ten book")


def test_a_person_may_write_another_correction() -> None:
    before, _, book = run("tlie oId book", *TWO_EDITS)
    corrected = edited(book, lambda row: row | {"after": "The"} if row["after"] == "the" else row)
    assert texts(replay(before, corrected)) == ["The very old book"]


def test_insertions_keep_their_place() -> None:
    first = [Edit(1, 1, "", ".", "a"), Edit(1, 0, "", "“", "b")]
    second = [Edit(1, 4, "", "”", "c"), Edit(1, 4, "b", "B", "d")]
    before, after, book = run("a b", ("one", first), ("two", second))
    assert after.lines[0].text == "“a. ”B"
    assert texts(replay(before, ledger.parse(book.to_jsonl()))) == ["“a. ”B"]
    assert texts(replay(before, edited(book, refusing("“")))) == ["a. ”B"]


def test_a_refused_mark_leaves_the_other_marks_of_its_line() -> None:
    marks = [Mark(2, Role.HEADING, "centred", level=2)], [Mark(2, Role.HEADING, "opens", opens=True, level=2)]
    before, _, book = run("one\ntwo", ("headings", marks[0]), ("paragraphs", marks[1]))
    refused = edited(book, lambda row: row | {"refused": row["rule"] == "centred"})
    line = replay(before, refused).document.line(2)
    assert (line.role, line.opens, line.level) == (Role.BODY, True, 0)


def test_a_mark_and_the_edit_that_made_it_possible_stand_together() -> None:
    note = [Edit(1, 0, "7. ", "", "note"), Mark(1, Role.NOTE, "note", label="7")]
    before, after, book = run("7. See above.", ("notes", note))
    assert after.lines[0].label == "7"
    replayed = replay(before, edited(book, lambda row: row | {"refused": "role" in row}))
    assert texts(replayed) == ["7. See above."]
    assert replayed.document.lines[0].role is Role.BODY


def test_a_line_is_not_joined_to_another_while_dirt_is_left_on_it() -> None:
    dirt = "noise", [Edit(2, 3, " ^", "", "edge-speck")]
    before, after, book = run("for exam-\nple ^", dirt, MENDED)
    assert [line.text for line in after.printed_lines()] == ["for example"]
    replayed = replay(before, edited(book, lambda row: row | {"refused": row.get("rule") == "edge-speck"}))
    assert texts(replayed) == ["for example", " ^"]


def test_a_refused_page_is_not_there() -> None:
    before, _, book = run("one\ntwo", ("pages", [Leaf(1, "1"), Leaf(2, "2")]))
    refused = edited(book, lambda row: row | {"refused": row["leaf"] == "2"})
    assert replay(before, refused).document.leaves[-1].printed == "1"


def test_a_line_that_the_dump_does_not_have() -> None:
    _, _, book = run("one\ntwo\ntlie", ("one", [Edit(3, 0, "tlie", "the", "a")]))
    with pytest.raises(LedgerError, match="there is no line 3"):
        replay(Document.from_text("one"), book)


def test_a_row_that_a_person_adds() -> None:
    before, _, book = run("tlie oId book", *TWO_EDITS)
    row = {"id": "mine", "stage": "by-hand", "rule": "read", "page": "1", "line": 1, "start": 9}
    row |= {"before": "book", "after": "look", "why": "seen on the scan", "confidence": 1}
    text = book.to_jsonl() + json.dumps(row) + "\n"
    assert texts(replay(before, ledger.parse(text))) == ["the very old look"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "<ledger>:1: the first line is not the header"),
        ("dump\n", "<ledger>:1: not JSON"),
        ("[1]\n", "<ledger>:1: not a JSON object"),
        ('{"ocr_clean_ledger": 99}\n', "ledger format 99"),
        ('{"ocr_clean_ledger": 1}\n', "<ledger>:1: the header has no 'sha256'"),
        (HEAD + '{"id": "a"}\n', "<ledger>:2: field 'rule' is missing"),
        (HEAD + "\n\nnonsense\n", "<ledger>:4: not JSON"),
        (HEAD + '{"id": ' + "9" * 5000 + "}\n", "<ledger>:2: not JSON"),
    ],
)
def test_what_is_no_ledger_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(LedgerError) as caught:
        ledger.parse(text)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"refused": "yes"}, "refused is 'yes', write true or false"),
        ({"start": "first"}, "wrong value"),
        ({"id": "twin"}, "id twin stands twice"),
    ],
)
def test_a_row_that_a_person_broke_is_refused_with_its_line(change: dict[str, Any], says: str) -> None:
    _, _, book = run("tlie oId book", *TWO_EDITS)
    with pytest.raises(LedgerError, match=says):
        edited(book, lambda row: row | change)


def test_the_changes_of_a_book_on_one_line_have_ids_of_their_own() -> None:
    """The id of a change rests on the line as read, of a very long one on its hash; it differs with the line."""
    places = range(0, 20_000, 5)
    ids = []
    for end in ("", "x"):
        text = "tlie " * 4000 + end
        _, doc, book = run(text, ("spelling", [Edit(1, place, "tlie", "the", "known-word") for place in places]))
        assert doc.line(1).text == "the " * 4000 + end
        ids.append({entry.id for entry in book.entries})
        assert len(ids[-1]) == 4000
    assert not ids[0] & ids[1]

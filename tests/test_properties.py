"""The four promises, for whatever an OCR engine may write.

`OCR_CLEAN_HYPOTHESIS=thorough` tries thousands of dumps instead of some dozens.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import ocr_clean
from ocr_clean import api, ledger
from ocr_clean.api import Cleaned
from ocr_clean.changes import Edit
from ocr_clean.config import load
from ocr_clean.decisions import Decisions
from ocr_clean.document import Document
from ocr_clean.ledger import Ledger
from ocr_clean.lexicon import Lexicon
from ocr_clean.pipeline import Pipeline
from ocr_clean.reading import Source, decode
from ocr_clean.replay import replay
from ocr_clean.score import plain
from ocr_clean.stages import STAGES
from ocr_clean.verify import verify

SAMPLES = Path(__file__).parent.parent / "samples"

WORDS = """the of and to in that was it he is for party leader workers government Trotsky Stalin Petrograd Moscow
Soviet communist revolution congress committee example beginning twenty-three to-day connexion o’clock""".split()
MISREAD = (
    "tlie ofthe Trotskv Stahn govemment comrnittee rnight wOrkers tbe 1ast Petrog^ad ex¬ Con- revo- lution be-".split()
)
SPECKS = ["^", "■", ".", "'", "|", "5^", "`", ":^,^^p'»|^?ece:;", "~", "•", "¬", "—", "\N{SOFT HYPHEN}"]
MARKS = ["*", "_", "#", ">", "[^1]", "1.", "-", "`", "<b>", "<!--", "-->", "\\", "***", "---", "|", "&amp;", "[a](b)"]
QUOTED = [
    "“the",
    "party”",
    "'said",
    "he'",
    '"to',
    'be"',
    "‘of’",
    "(and",
    "is)",
    "war;",
    "peace.",
    "Who?",
    "No!",
    "1917,",
]
ODD = [
    "ﬁrst",
    "in\N{SOFT HYPHEN}dex",
    "donâ€™t",
    "the\x07end",
    "\t",
    "Ł",
    "Москва",
    "ſo",
    "e\N{COMBINING ACUTE ACCENT}",
]
WHOLE_LINES = [
    "",
    "",
    "  ",
    "\f",
    "12",
    "xiv",
    "Chapter 7",
    "THE GENERAL STRIKE",
    "114 THE GENERAL STRIKE",
    "THE GENERAL STRIKE 115",
    "\f116 THE GENERAL STRIKE",
    "B2",
    "Notes",
    "1. See above, p. 7.",
    "Trotsky, Leon, 12, 14-16",
    "The General Strike . . . . . 25",
    "Digitized by a library",
    "---",
    "generator: ocr-clean 0.1.0",
    "^ ■ .",
]

piece = st.one_of(
    *map(st.sampled_from, (WORDS, WORDS, WORDS, MISREAD, SPECKS, MARKS, QUOTED, ODD)), st.integers(0, 2000).map(str)
)
broken = st.tuples(
    st.lists(piece, max_size=8),
    st.sampled_from(["be", "exam", "revo", "Trot", "twenty", "rn"]),
    st.sampled_from(["-", "¬", "\N{SOFT HYPHEN}", "- ", "~", "—"]),
).map(lambda t: " ".join([*t[0], t[1]]) + t[2])
line = st.one_of(
    st.lists(piece, min_size=1, max_size=11).map(" ".join),
    st.lists(piece, min_size=6, max_size=11).map(" ".join),
    broken,
    st.sampled_from(WHOLE_LINES),
    st.text(alphabet="ab .-,'^\f\r\t¬", max_size=12),
)
scrap = st.lists(line, min_size=1, max_size=40)
head = st.sampled_from(["114 THE GENERAL STRIKE", "THE GENERAL STRIKE 115", "THE GENERAL STRIKE", "", "116"])
page = st.tuples(head, st.lists(line, min_size=7, max_size=12), st.sampled_from(["", "12", "^ 5^", "B2"])).map(
    lambda page: [page[0], *page[1], page[2]]
)
book = st.lists(page, min_size=2, max_size=4).map(lambda pages: [line for each in pages for line in each])
dump = st.tuples(st.one_of(scrap, book), st.sampled_from(["\n", "\n", "\n", "\r\n"]), st.booleans()).map(
    lambda each: each[1].join(each[0]) + (each[1] if each[2] else "")
)
"""Text as an OCR engine writes it, with more of what goes wrong."""


def clean(text: str) -> Cleaned:
    return api.clean(text, name="dump.txt")


def source_of(text: str, cleaned: Cleaned) -> Source:
    return Source(Document.from_text(text, "dump.txt"), cleaned.header["sha256"], cleaned.header["size"], "utf-8")


@given(text=dump)
def test_nothing_is_lost(text: str) -> None:
    """Each line is printed or retired with a reason, and the ledger, read back from its file, leads to the Markdown."""
    cleaned = clean(text)
    assert cleaned.document.raw_text() == text
    assert cleaned.notices == (), "a stage does not come to rest"
    book = ledger.parse(cleaned.ledger.to_jsonl())
    verdict = verify(source_of(text, cleaned), book, cleaned.markdown)
    assert verdict.problems == ()
    assert verdict.dropped == ()
    replayed = replay(Document.from_text(text), book).document
    assert replayed.lines == cleaned.document.lines
    assert [leaf.line for leaf in replayed.leaves] == [leaf.line for leaf in cleaned.document.leaves]


@given(text=dump)
def test_undoing_everything_gives_the_input(text: str) -> None:
    cleaned = clean(text)
    refused = Ledger(cleaned.header, tuple(replace(entry, refused=True) for entry in cleaned.changes))
    replayed = replay(Document.from_text(text), refused)
    assert replayed.document.lines == Document.from_text(text).lines
    assert (replayed.made, replayed.dropped) == ((), ())


@given(text=dump, data=st.data())
def test_whatever_is_refused_nothing_is_lost(text: str, data: st.DataObject) -> None:
    """A ledger from which a person refused or deleted any rows still accounts for every line."""
    cleaned = clean(text)
    rows = cleaned.ledger.to_jsonl().splitlines()
    fates = data.draw(
        st.lists(st.sampled_from(["keep"] * 4 + ["refuse", "delete", "accept"]), min_size=len(rows), max_size=len(rows))
    )
    kept = [_after(fate, json.loads(row)) for fate, row in zip(fates[1:], rows[1:], strict=True) if fate != "delete"]
    book = ledger.parse("\n".join([rows[0], *map(json.dumps, kept)]))
    assert verify(source_of(text, cleaned), book).problems == ()


def _after(fate: str, row: dict[str, object]) -> dict[str, object]:
    if fate == "refuse":
        return row | {"refused": True}
    return row | {"suggested": False} if fate == "accept" and "suggested" in row else row


@given(text=dump, data=st.data())
def test_whatever_is_decided_beforehand_nothing_is_lost(text: str, data: st.DataObject) -> None:
    """Decisions that the chain honours leave a ledger that accounts for every line, and the same bytes each time."""
    ids = [entry.id for entry in clean(text).changes]
    fates = data.draw(st.lists(st.sampled_from([None, None, False, True]), min_size=len(ids), max_size=len(ids)))
    wanted = {id: fate for id, fate in zip(ids, fates, strict=True) if fate is not None}
    cleaned = api.clean(text, name="dump.txt", decisions=Decisions(wanted))
    book = ledger.parse(cleaned.ledger.to_jsonl())
    verdict = verify(source_of(text, cleaned), book, cleaned.markdown)
    assert (verdict.problems, verdict.dropped) == ((), ())
    assert replay(Document.from_text(text), book).document.lines == cleaned.document.lines
    assert {entry.id for entry in cleaned.changes if entry.step.made and wanted.get(entry.id) is False} == set()
    again = api.clean(text, name="dump.txt", decisions=Decisions(dict(reversed(wanted.items()))))
    assert (again.markdown, again.ledger.to_jsonl()) == (cleaned.markdown, cleaned.ledger.to_jsonl())


@given(text=dump)
def test_twice_is_once(text: str) -> None:
    once = clean(text).markdown
    assert clean(once).markdown == once


@given(text=dump)
def test_each_stage_comes_to_rest(text: str) -> None:
    """On its own output, after the stages before it, a stage proposes nothing but what it has suggested.

    But for `spelling`, whose evidence is the whole document, its own corrections too.
    """
    doc, words = Document.from_text(text), Lexicon.load()
    for stage in load().pipeline().stages:
        pipeline = Pipeline((stage,))
        doc = pipeline.run(doc, words).document
        if stage.name == "spelling":
            continue
        changes = [step.change for step in pipeline.run(doc, words).steps]
        assert [change for change in changes if not (isinstance(change, Edit) and change.suggested)] == [], stage.name


@given(text=dump, name=st.sampled_from(list(STAGES)))
def test_any_stage_runs_alone(text: str, name: str) -> None:
    """A stage does without those before it."""
    cleaned = api.clean(text, only=[name])
    assert verify(source_of(text, cleaned), cleaned.ledger, cleaned.markdown).problems == ()


@given(data=st.binary(max_size=200))
@example(b"\xff\xfet\x00h\x00e\x00")
@example(b"\xef\xbb\xbfthe end\n")
def test_bytes_are_read_or_refused(data: bytes) -> None:
    """Any bytes are a document or an error of ours, never a crash."""
    try:
        source = decode(data, "dump.txt")
    except ocr_clean.errors.InputError:
        return
    assert source.document.raw_text().encode(source.encoding.removesuffix("-sig")) in data


def _markdown(path: str) -> str:
    """In another process."""
    return api.clean(Path(path).read_text(encoding="utf-8"), name="dump.txt").markdown


def test_same_out_with_one_process_and_two() -> None:
    paths = [str(path) for path in sorted(SAMPLES.glob("*/dump.txt"))]
    with ProcessPoolExecutor(2) as pool:
        assert list(pool.map(_markdown, paths)) == [_markdown(path) for path in paths]


def test_same_out_whatever_the_hash_seed(tmp_path: Path) -> None:
    """Sets and dictionaries of strings come in another order; the bytes of Markdown and ledger do not."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*/dump.txt")))
    text += "\n\nThat evening Ramsay Macbonald spoke first.\n"  # the lists have MacDonald and Macdonald
    (tmp_path / "dump.txt").write_text(text, encoding="utf-8")
    written = []
    for seed in ("0", "1", "4711"):
        command = [
            sys.executable,
            "-m",
            "ocr_clean",
            "clean",
            "-q",
            "dump.txt",
            "-o",
            "out.md",
            "--ledger",
            "out.jsonl",
        ]
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run(command, check=True, cwd=tmp_path, env=environment)
        written.append([(tmp_path / name).read_bytes() for name in ("out.md", "out.jsonl")])
    assert written[0] == written[1] == written[2]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/truth.md")), ids=lambda path: path.parent.name)
def test_clean_prose_passes_unchanged(path: Path) -> None:
    """The proofread text of each sample, set in lines of a book, keeps every character."""
    text = plain(path.read_text(encoding="utf-8").replace("⟦⟧", ""))
    assert plain(clean(text).markdown) == text


def test_the_strategy_makes_what_matters() -> None:
    """Guards the tests above against a change that leaves them nothing to find."""
    seen: set[str] = set()

    @given(text=dump)
    def look(text: str) -> None:
        wanted: dict[str, Callable[[str], bool]] = {
            "hyphen end": lambda text: "-\n" in text,
            "form feed": lambda text: "\f" in text,
            "CRLF": lambda text: "\r\n" in text,
            "not-sign": lambda text: "¬" in text,
            "running head": lambda text: "THE GENERAL STRIKE 115" in text,
            "long": lambda text: text.count("\n") > 20,
        }
        seen.update(name for name, holds in wanted.items() if holds(text))

    look()
    assert len(seen) == 6

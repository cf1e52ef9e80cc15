"""Pages, furniture and dirt on whole books, made here from sentences of our own."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ocr_clean import chain, changes, folios
from ocr_clean.chain import Stop
from ocr_clean.cli import cli
from ocr_clean.config import load
from ocr_clean.document import RETIRED, Document, Leaf, Role
from ocr_clean.folios import Folio
from ocr_clean.lexicon import Lexicon
from ocr_clean.markdown import MarkdownOptions, render
from ocr_clean.pipeline import Pipeline
from ocr_clean.quality import page_report
from ocr_clean.stages.columns import Columns
from ocr_clean.stages.noise import Noise
from ocr_clean.stages.pages import Pages
from ocr_clean.stages.running_heads import RunningHeads
from ocr_clean.talk import Talk

WORDS = """
the mill stood where road left river and nobody in village remembered who had built it that harvest been poor granary
was half empty her brother gone to town when snow came surveyor locked his instruments away read by stove of forty men
set out only twenty reached pass before storm old quarrel begun over boundary stone no one asked him stay
""".split()
FURNITURE = RETIRED - {Role.NOISE, Role.JOINED}


def prose(chance: random.Random, lines: int) -> list[str]:
    """*lines* full lines in which no number stands."""
    return [" ".join(chance.choice(WORDS) for _ in range(11)) for _ in range(lines)]


def book(
    numbers: list[str], head: str = "{0} THE LONG WINTER", foot: bool = False, lines: int = 36, seed: int = 1
) -> tuple[str, list[int]]:
    """A dump of one page for each of *numbers*, and the source lines with which the pages begin."""
    chance = random.Random(seed)
    out: list[str] = []
    starts: list[int] = []
    for number in numbers:
        starts.append(len(out) + 1)
        text = prose(chance, lines)
        line = head.format(number) if number else ""
        if foot:
            out += [*text, "", *([line] if line else []), "", "", ""]
        else:
            out += ["", *([line] if line else []), "", *text, ""]
    return "\n".join(out) + "\n", starts


def paged(text: str, words: Lexicon) -> Document:
    """*text* after the stages that find pages, dirt and furniture."""
    return Pipeline((Pages(), Noise(), RunningHeads())).run(Document.from_text(text), words).document


def numbers_of(doc: Document) -> list[str]:
    """Printed numbers of the leaves, those without one left out."""
    return [leaf.printed for leaf in doc.leaves if leaf.printed]


@pytest.mark.parametrize("head", ["{0} THE LONG WINTER", "THE LONG WINTER {0}", "{0}"])
@pytest.mark.parametrize("foot", [False, True])
def test_pages_of_a_bare_dump(head: str, foot: bool, lexicon: Lexicon) -> None:
    """Without a form feed, each page is found with its number, and its head retired, nothing else."""
    numbers = [str(number) for number in range(7, 47)]
    text, _ = book(numbers, head, foot)
    doc = paged(text, lexicon)
    assert numbers_of(doc) == numbers
    retired = [line.text for line in doc.lines if line.role in FURNITURE]
    assert retired == [head.format(number) for number in numbers]
    assert not any(line.role is Role.NOISE for line in doc.lines)


def test_a_page_begins_at_its_head_or_after_the_foot_before_it(lexicon: Lexicon) -> None:
    """Leaves begin where the pages were joined, blank lines left out."""
    for foot in (False, True):
        text, starts = book([str(number) for number in range(1, 31)], foot=foot)
        doc = paged(text, lexicon)
        begins = [next(line.number for line in doc.lines[leaf.line - 1 :] if line.text) for leaf in doc.leaves]
        true = [next(line.number for line in doc.lines[start - 1 :] if line.text) for start in starts]
        assert begins == true


def test_damaged_folios_are_read(lexicon: Lexicon) -> None:
    """A folio in letters, one cut short, one with dirt before it."""
    numbers = [str(number) for number in range(90, 130)]
    text, _ = book(numbers, foot=True)
    for number, damaged in (("100", "ioo"), ("106", "V jl06"), ("111", "^11"), ("118", "Z18")):
        assert f"\n{number} THE" in text
        text = text.replace(f"\n{number} THE", f"\n{damaged} THE")
    doc = paged(text, lexicon)
    assert numbers_of(doc) == numbers
    assert sum(line.role is Role.RUNNING_HEAD for line in doc.lines) == len(numbers)


def test_missing_pages_are_said(lexicon: Lexicon) -> None:
    """Where a number is skipped and the text of one page stands, a page is missing, and nothing is joined there."""
    numbers = [str(number) for number in range(1, 41) if number not in (18, 25, 26)]
    text, _ = book(numbers, foot=True)
    doc = paged(text, lexicon)
    assert {leaf.printed: leaf.missing for leaf in doc.leaves if leaf.missing} == {"19": ("18",), "27": ("25", "26")}
    low, high = (next(leaf.line for leaf in doc.leaves if leaf.printed == number) for number in ("19", "20"))
    assert doc.gap_between(low - 1, low)
    assert not doc.gap_between(low, high)


def test_a_folio_that_was_not_read_does_not_make_a_page_missing(lexicon: Lexicon) -> None:
    """Two pages of text between 17 and 19: page 18 is there, inferred."""
    numbers = [str(number) if number != 18 else "" for number in range(1, 41)]
    text, _ = book(numbers, foot=True)
    doc = paged(text, lexicon)
    assert numbers_of(doc) == [str(number) for number in range(1, 41)]
    assert not any(leaf.missing for leaf in doc.leaves)
    assert [leaf.printed for leaf in doc.leaves if leaf.verdict == "inferred"] == ["18"]


def test_roman_front_matter_and_a_restart(lexicon: Lexicon) -> None:
    """Pages v to xii, then 1 to 30: two chains."""
    numbers = [folios.to_roman(number) for number in range(5, 13)] + [str(number) for number in range(1, 31)]
    text, _ = book(numbers, "{0}", foot=True)
    assert numbers_of(paged(text, lexicon)) == numbers


def test_form_feeds_with_a_plate(lexicon: Lexicon) -> None:
    """A plate between pages 4 and 5 has no number, and moves nothing."""
    leaves = [f"{number} THE LONG WINTER\n{' '.join(prose(random.Random(number), 6))}" for number in range(1, 9)]
    leaves.insert(4, "The mill at the ford, after a drawing")
    doc = paged("\n\f".join(leaves), lexicon)
    assert [leaf.printed for leaf in doc.leaves] == ["1", "2", "3", "4", "", "5", "6", "7", "8"]
    assert doc.leaves[4].verdict == "none"


def test_form_feeds_with_a_missing_leaf(lexicon: Lexicon) -> None:
    """A leaf that was not scanned is told by its neighbours' numbers."""
    leaves = [f"{number} THE LONG WINTER\n{' '.join(prose(random.Random(number), 6))}" for number in (1, 2, 3, 6, 7, 8)]
    doc = paged("\n\f".join(leaves), lexicon)
    assert {leaf.printed: leaf.missing for leaf in doc.leaves if leaf.missing} == {"6": ("4", "5")}


def test_text_without_page_numbers_has_no_pages(lexicon: Lexicon) -> None:
    """Years, sums, numbered sections and a numbered list do not make a chain."""
    chance = random.Random(3)
    out: list[str] = []
    for section in range(1, 15):
        out += ["", str(section), "", *prose(chance, chance.randint(4, 90))]
        out += [f"In {1840 + section} the mill was sold for {chance.randint(20, 900)} roubles."]
        out += [f"{item}. {line}" for item, line in enumerate(prose(chance, 6), start=1)]
    doc = paged("\n".join(out), lexicon)
    assert doc.leaves == ()
    assert not any(line.role in RETIRED for line in doc.lines)


def test_a_verse_chain_is_not_a_page_chain(lexicon: Lexicon) -> None:
    """Numbered verses, one to three lines each, are no pages."""
    chance = random.Random(4)
    text = "\n".join(
        f"{number} {line}" if first else line
        for number in range(1, 120)
        for first, line in zip((True, False, False), prose(chance, chance.randint(1, 3)), strict=False)
    )
    assert paged(text, lexicon).leaves == ()


def test_anchors_and_missing_pages_in_markdown() -> None:
    """An anchor stands between words, never in one; a gap is seen by readers; furniture is written as told."""
    doc = Document.from_text("one two\n12 HEAD\nthree four\nfive\n")
    doc = changes.apply(
        doc,
        [
            changes.Mark(1, Role.BODY, "test", opens=True),
            changes.Mark(2, Role.RUNNING_HEAD, "test"),
            changes.Mark(4, Role.BODY, "test", opens=True),
            Leaf(2, "12", "printed"),
            Leaf(4, "15", "printed", missing=("13", "14")),
        ],
    )
    assert "one two <!-- p. 12 --> three four\n" in render(doc)
    assert "<!-- p. 13 missing -->\n\n<!-- p. 14 missing -->\n\n*[Pages 13 and 14 are missing]*" in render(doc)
    assert 'one two <a id="p12"></a> three four\n' in render(doc, MarkdownOptions(anchors="link"))
    assert "one two three four\n" in render(doc, MarkdownOptions(anchors="none"))
    comment = render(doc, MarkdownOptions(running_heads="comment"))
    assert "one two <!-- p. 12 --> <!-- running-head: 12 HEAD --> three four\n" in comment
    assert "one two <!-- p. 12 --> three four\n\n12 HEAD\n" in render(doc, MarkdownOptions(running_heads="keep"))


def test_the_report_tells_good_pages_from_bad(lexicon: Lexicon) -> None:
    """Pages of one book, every fourth of them full of errors: those, and only those, are to be rescanned."""
    text, starts = book([str(number) for number in range(1, 41)], foot=True)
    lines = text.split("\n")
    for index, start in enumerate(starts):
        if index % 4 == 3:
            for number in range(start, start + 30):
                lines[number] = lines[number].replace("e", "^").replace("n", "ii").replace("o", "0")
    result = Pipeline((Pages(), Noise(), RunningHeads())).run(Document.from_text("\n".join(lines)), lexicon)
    report = page_report(result.document, result.steps, lexicon)
    assert [row.page for row in report if row.advice == "rescan"] == [str(number) for number in range(4, 41, 4)]
    assert all(row.cer < 0.05 for row in report if int(row.page) % 4)


def test_the_command_lists_pages(tmp_path: Path) -> None:
    """As a table and as JSON; the talk is on standard error."""
    dump = tmp_path / "book.txt"
    dump.write_text(book([str(number) for number in range(1, 21) if number != 9])[0], encoding="utf-8")
    table = CliRunner().invoke(cli, ["pages", str(dump)], obj=Talk())
    assert table.exit_code == 0
    assert "missing before it: 9" in table.stdout
    assert "1 pages missing" in table.stderr
    rows = CliRunner().invoke(cli, ["pages", "--json", str(dump)], obj=Talk()).stdout.splitlines()
    assert [json.loads(row)["page"] for row in rows] == [str(number) for number in range(1, 21) if number != 9]


PIECES = st.sampled_from(
    ["", "", "\f", "12", "13 THE LONG WINTER", "THE LONG WINTER 14", "^", "■ ^ 5^", "B", "C2", "the", "mill",
     "the mill stood by the ford ^", "; but nobody knew", "4 At the ford", "CHAPTER II.", "xiv", "(a)", "* * *",
     "and the road ne", "ver carried", "Digitized by the library", "1848", "- ;", "Ibid., p. 12", "|a|b|"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60))
def test_stages_keep_every_line_and_rest(pieces: list[str]) -> None:
    """Whatever the lines: nothing is lost, and what was retired was not text."""
    text = "\n".join(pieces)
    words = Lexicon(frozenset(WORDS))
    stages = (Pages(), Noise(), RunningHeads(), Columns())
    doc = Pipeline(stages).run(Document.from_text(text), words).document
    assert doc.raw_text() == text
    assert Pipeline(stages).run(doc, words).steps == ()
    assert not any(line.role in RETIRED for line in doc.lines if line.raw == "the mill stood by the ford ^")


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=4, max_size=12).map(" ".join), max_size=80))
def test_clean_prose_passes_unchanged(lines: list[str]) -> None:
    """Lines of known words are never touched, with form feeds or without."""
    for between in ("\n", "\n\f"):
        doc = Document.from_text(between.join(lines))
        words = Lexicon(frozenset(WORDS))
        after = Pipeline((Pages(), Noise(), RunningHeads(), Columns())).run(doc, words).document
        retired = [line.text for line in after.lines if line.role in RETIRED]
        assert [line.text for line in after.lines] == [line.text for line in doc.lines]
        assert all(lines.count(text.strip("\f")) > 1 for text in retired)


def test_stage_options_load() -> None:
    """The stages are in the chain, in this order."""
    names = [stage.name for stage in load().pipeline().stages]
    assert [name for name in names if name in ("pages", "noise", "running_heads", "columns")] == [
        "pages",
        "noise",
        "running_heads",
        "columns",
    ]


def test_any_number_of_books_in_one_dump(lexicon: Lexicon) -> None:
    """Six hundred leaflets of four pages, each counted from 1."""
    doc = paged("".join(f"\f{page}\nthe mill stood where\n" for _ in range(600) for page in range(1, 5)), lexicon)
    assert numbers_of(doc) == ["1", "2", "3", "4"] * 600


stops = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 9), st.floats(-1, 4), st.integers(-1, 1)), max_size=30
).map(lambda rows: [_stop(place, *row) for place, row in enumerate(rows)])


def _stop(place: int, off: int, value: int, weight: float, kind: int) -> Stop:
    position = 3 * (place // 2) + off * (place % 2)
    return Stop(position, 40 * position, Folio(value, False), weight, kind)


@given(found=stops)
def test_the_chains_are_the_best_of_what_each_leaves_over(found: list[Stop]) -> None:
    """The search keeps what it knows from part to part; asked anew for each part, it says the same."""
    found.sort(key=lambda stop: stop.position)

    def anew(stops: list[Stop]) -> list[list[Stop]]:
        members = chain.best_chain(stops, 3, 120)
        if len(members) < 2:
            return []
        low, high = members[0].position, members[-1].position
        before, after = (
            [stop for stop in stops if stop.position < low],
            [stop for stop in stops if stop.position > high],
        )
        return [*anew(before), members, *anew(after)]

    assert list(chain.best_chains(found, 3, 120, lambda members: len(members) >= 2)) == anew(found)


def test_entries_of_the_contents_are_no_page_numbers(lexicon: Lexicon) -> None:
    """Numbered entries between blank lines: the third would be the page before those that follow."""
    numbers = [str(number) for number in range(4, 24)]
    text, _ = book(numbers)
    entries = "".join(f"\n{number}. The {WORDS[number]} and the river, {9 * number}\n" for number in range(1, 31))
    doc = paged(f"CONTENTS.\n{entries}\n\n\n{text}", lexicon)
    assert numbers_of(doc) == numbers
    assert not any(line.role in FURNITURE for line in doc.lines[: 2 * 31])

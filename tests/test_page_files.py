"""A folder of page files is a dump."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ocr_clean.cli import cli
from ocr_clean.errors import ExitCode
from ocr_clean.reading import page_files, read_source
from ocr_clean.talk import Talk

WORDS = ("ferry", "miller", "lantern", "orchard", "harness", "chimney", "thatch", "barrow", "kettle", "meadow")


def run(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(cli, arguments, obj=Talk())


def page(number: int) -> str:
    """A page of prose with its folio at the foot."""
    body = "".join(
        f"The {WORDS[(number + row) % 10]} stood by the {WORDS[(3 * number + row) % 10]} all that long evening,\n"
        for row in range(24)
    )
    return f"{body}\n{number}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve page files, numbered without zeros before the number."""
    for number in range(1, 13):
        (tmp_path / f"page_{number}.txt").write_text(page(40 + number), encoding="utf-8")
    return tmp_path


def test_the_files_come_in_the_order_of_their_numbers(folder: Path) -> None:
    (folder / ".hidden.txt").write_text("x")
    (folder / "notes.md").write_text("x")
    assert [file.stem for file in page_files(str(folder))] == [f"page_{number}" for number in range(1, 13)]


def test_every_page_file_is_a_page(folder: Path) -> None:
    source = read_source(str(folder))
    assert source.document.raw_text() == "".join(f"{page(40 + number)}\f\n" for number in range(1, 13))
    assert (source.encoding, source.notice) == ("utf-8", "")


def test_an_empty_page_file_is_a_page_too(folder: Path, tmp_path: Path) -> None:
    (folder / "page_5.txt").write_text("")
    result = run("clean", str(folder), "-o", str(tmp_path / "out.md"))
    assert result.exit_code == 0
    assert "12 pages" in result.stderr
    assert "<!-- p. 46 -->" in (tmp_path / "out.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("end", ["\f", "\f\n", "\n\f", ""])
def test_a_form_feed_that_the_engine_wrote_is_not_doubled(folder: Path, end: str) -> None:
    for file in page_files(str(folder)):
        file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + end, encoding="utf-8")
    assert read_source(str(folder)).document.raw_text().count("\f") == 12


def test_each_page_file_has_its_own_encoding(folder: Path) -> None:
    (folder / "page_2.txt").write_bytes(b"caf\xe9\n")
    (folder / "page_3.txt").write_bytes(b"caf\xe9\n")
    source = read_source(str(folder))
    assert source.encoding == ""
    assert source.notice.startswith("page_2.txt: not UTF-8 (byte 0xe9 at line 1)")
    assert source.notice.endswith("(and 1 more page files)")
    assert source.document.raw_text().count("café") == 2


def test_a_folder_is_cleaned_verified_and_replayed(folder: Path, tmp_path: Path) -> None:
    out, ledger, again = (str(tmp_path / name) for name in ("out.md", "out.jsonl", "again.md"))
    assert run("clean", str(folder), "-o", out, "--ledger", ledger).exit_code == ExitCode.OK
    assert run("verify", str(folder), ledger, out).exit_code == ExitCode.OK
    assert run("replay", str(folder), ledger, "-o", again).exit_code == ExitCode.OK
    assert Path(again).read_bytes() == Path(out).read_bytes()
    assert run("pages", str(folder)).output.count("printed") >= 12

"""What a run finds, what it calls the outputs, and what it refuses."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_clean.batch.inputs import Input, Search, find, outputs_of, read_list, refuse_collisions
from ocr_clean.errors import InputError


@pytest.fixture
def scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of dumps, beside which the tests run."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "deep/er/b.txt", "deep/c.txt.gz", "deep/cover.jpg", ".hidden.txt", ".git/d.txt"):
        path = tmp_path / "scans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("A page.\n")
    return tmp_path / "scans"


def names(found: list[Input]) -> list[str]:
    return [each.name for each in found]


def test_a_folder_is_mirrored_without_hidden_files_and_other_kinds(scans: Path) -> None:
    assert names(find(["scans"])) == ["a.txt", "deep/c.txt.gz", "deep/er/b.txt"]


def test_patterns_match_the_name_or_with_a_slash_the_path(scans: Path) -> None:
    assert names(find(["scans"], Search(include=("*.jpg",)))) == ["deep/cover.jpg"]
    assert names(find(["scans"], Search(exclude=("deep/er",)))) == ["a.txt", "deep/c.txt.gz"]
    assert names(find(["scans"], Search(exclude=("er", "*.gz")))) == ["a.txt"]


def test_the_output_folder_is_not_searched(scans: Path) -> None:
    (scans / "clean").mkdir()
    (scans / "clean" / "x.txt").write_text("An output.\n")
    assert "clean/x.txt" not in names(find(["scans"], Search(out=str(scans / "clean"))))
    assert "a.txt" in names(find(["scans"], Search(out=str(scans))))


def test_a_file_keeps_its_path_below_the_current_folder(scans: Path) -> None:
    assert names(find(["scans/deep/er/b.txt"])) == ["scans/deep/er/b.txt"]
    assert names(find(["scans/../scans/a.txt"])) == ["scans/a.txt"]


def test_a_file_elsewhere_keeps_its_whole_path(scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(scans / "deep")
    assert names(find(["../a.txt"])) == [str(scans / "a.txt").lstrip("/")]


def test_a_base_holds_for_all(scans: Path) -> None:
    assert names(find(["scans/deep", "scans/a.txt"], Search(base="scans"))) == [
        "a.txt",
        "deep/c.txt.gz",
        "deep/er/b.txt",
    ]


def test_a_glob_is_taken_here_if_the_shell_has_not(scans: Path) -> None:
    assert names(find(["scans/**/*.txt"])) == ["scans/a.txt", "scans/deep/er/b.txt"]
    [nothing] = find(["scans/*.doc"])
    assert nothing.problem == "the pattern matches nothing"


def test_a_file_whose_name_looks_like_a_pattern_is_itself(scans: Path) -> None:
    (scans / "a[1].txt").write_text("A page.\n")
    assert [each.problem for each in find(["scans/a[1].txt"])] == [""]


def test_an_input_named_twice_is_one(scans: Path) -> None:
    assert len(find(["scans", "scans/a.txt", str(scans / "a.txt")])) == 3


def test_a_list_has_lines_or_nul_between_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"a.txt\nb.txt\r\n\n")
    assert read_list(str(path)) == ["a.txt", "b.txt"]
    path.write_bytes(b"new\nline.txt\0caf\xe9.txt\0")
    assert read_list(str(path)) == ["new\nline.txt", os.fsdecode(b"caf\xe9.txt")]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"c.txt\n")))
    assert read_list("-") == ["c.txt"]
    with pytest.raises(InputError, match="list cannot be read"):
        read_list(str(tmp_path / "none"))


def test_nothing_to_clean_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file to clean"):
        find([str(tmp_path)])


def test_what_is_no_file_has_a_problem_and_is_not_opened(scans: Path) -> None:
    os.mkfifo(scans / "fifo.txt")
    (scans / "in.txt").symlink_to(scans / "a.txt")
    (scans / "out.txt").symlink_to("/etc/hostname")
    (scans / "broken.txt").symlink_to("nowhere")
    (scans / "parent").symlink_to("..")
    problems = {each.name: each.problem for each in find(["scans", "gone.txt", "/dev/zero"])}
    assert problems.pop("fifo.txt") == "is a FIFO, not a file"
    assert problems.pop("out.txt").startswith("is a symbolic link out of the folder")
    assert problems.pop("broken.txt") == "there is no such file"
    assert problems.pop("gone.txt") == "there is no such file"
    assert problems.pop("dev/zero") == "is a device, not a file"
    assert set(problems) == {"a.txt", "in.txt", "deep/c.txt.gz", "deep/er/b.txt"}
    assert not any(problems.values())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may search every folder")
def test_a_folder_that_cannot_be_searched_is_not_left_out_in_silence(scans: Path) -> None:
    (scans / "deep").chmod(0)
    try:
        assert "cannot be searched" in next(each.problem for each in find(["scans"]) if each.name == "deep")
    finally:
        (scans / "deep").chmod(0o755)


def refused(*names: str, out: str = "/out", folds_case: bool = False, whole: bool = False) -> list[str]:
    inputs = [Input(f"/in/{name}", name) for name in names]
    return [each.name for each in refuse_collisions(inputs, out, whole=whole, folds_case=folds_case) if each.problem]


def test_two_inputs_never_write_one_output() -> None:
    assert refused("a.txt", "a.txt.gz", "b.txt") == ["a.txt", "a.txt.gz"]
    assert refused("a.txt", "a.txt.gz", whole=True) == []
    assert refused("a.txt", "A.txt") == []
    assert refused("a.txt", "A.txt", folds_case=True) == ["a.txt", "A.txt"]
    assert refused("a.txt", "a.md/x.txt") == ["a.txt"]
    assert refused("a.txt", ".ocr-clean/x.txt") == [".ocr-clean/x.txt"]


def test_an_output_never_replaces_an_input() -> None:
    assert refused("a.md", "b.txt", out="/in") == []  # a.md becomes a.md.md
    assert refused("a.txt", "a.md", out="/in") == ["a.txt"]


def test_an_input_with_a_problem_is_in_nobodys_way() -> None:
    inputs = [Input("/in/a.txt", "a.txt"), Input("/in/a.ocr", "a.ocr", "there is no such file")]
    assert not refuse_collisions(inputs, "/out")[0].problem


PARTS = st.sampled_from(
    ["a", "a.txt", "a.md", "a.ledger.jsonl", "a.txt.gz", ".txt", ".gz", ".ocr-clean", "A", "é", "a\nb"]
)
NAMES = st.lists(PARTS, min_size=1, max_size=3).map("/".join)


@given(st.lists(NAMES, unique=True, max_size=8), st.booleans())
def test_sound_outputs_are_apart_and_inside(listed: list[str], whole: bool) -> None:
    inputs = [Input(f"/in/{name}", name) for name in listed]
    sound = [each for each in refuse_collisions(inputs, "/out", whole=whole) if not each.problem]
    outputs = [outputs_of(each.name, whole) for each in sound]
    written = [name for each in outputs for name in (each.markdown, each.ledger)]
    folders = {str(parent) for name in written for parent in PurePosixPath(name).parents}
    assert len(set(written)) == len(written)
    assert not folders & set(written)
    assert not any(name.startswith((".ocr-clean/", "/", "../")) for name in written)


def test_urls_are_listed_below_their_folder(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    files = fsspec.filesystem("memory")
    files.pipe({"/shelf/a.txt": b"A page.\n", "/shelf/deep/b.txt": b"A page.\n", "/shelf/c.jpg": b""})
    try:
        found = find(["memory://shelf"])
        assert [(each.name, each.path) for each in found] == [
            ("a.txt", "memory:///shelf/a.txt"),
            ("deep/b.txt", "memory:///shelf/deep/b.txt"),
        ]
        assert names(find(["memory://shelf/a.txt"])) == ["a.txt"]
        assert names(find([(tmp_path / "x.txt").as_uri()], Search(base=str(tmp_path)))) == ["x.txt"]
    finally:
        files.rm("/shelf", recursive=True)

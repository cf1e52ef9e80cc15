"""Hostile inputs are refused in time, and nothing is written outside the output folder."""

from __future__ import annotations

import gzip
import os
import socket
import time
import zipfile
from pathlib import Path

import pytest

from ocr_clean.batch import storage
from ocr_clean.errors import InputError, OutputError

LIMIT = 1 << 20


def test_a_fifo_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.txt")
    began = time.monotonic()
    with pytest.raises(InputError, match="is a FIFO, not a file"):
        storage.read(str(tmp_path / "x.txt"), LIMIT)
    assert time.monotonic() - began < 1


def test_devices_sockets_and_folders_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket may be 107 bytes long
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s.txt")
        for path, kind in (("/dev/zero", "device"), ("s.txt", "socket"), (".", "folder")):
            with pytest.raises(InputError, match=f"is a {kind}, not a file"):
                storage.read(path, LIMIT)


def test_no_more_is_read_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"x" * 101)
    with pytest.raises(InputError, match="larger than 100 bytes"):
        storage.read(str(path), 100)
    assert storage.read(str(path), 101)[0] == b"x" * 101


def test_a_file_that_lies_about_its_size_is_not_read_for_ever() -> None:
    path = "/proc/kallsyms"  # size 0 by its status, megabytes when read
    if not os.access(path, os.R_OK):
        pytest.skip("needs Linux")
    with pytest.raises(InputError, match="larger than 100 bytes"):
        storage.read(path, 100)


def test_a_decompression_bomb_is_refused_at_the_limit() -> None:
    bomb = gzip.compress(bytes(50 * LIMIT))
    with pytest.raises(InputError, match=f"larger than {LIMIT} bytes once decompressed"):
        storage.unpacked(bomb, "x.txt.gz", LIMIT)


@pytest.mark.parametrize(
    "damage",
    [b"\x1f\x8b", gzip.compress(b"A page.\n" * 99)[:-9], b"\x1f\x8bno gzip at all"],
    ids=["two bytes", "cut short", "another thing"],
)
def test_damaged_gzip_is_an_input_error(damage: bytes) -> None:
    with pytest.raises(InputError, match="damaged gzip data"):
        storage.unpacked(damage, "x.txt.gz", LIMIT)


def test_folders_are_made_and_files_replaced_whole(tmp_path: Path) -> None:
    storage.write(str(tmp_path), {"a/b.md": "first"})
    storage.write(str(tmp_path), {"a/b.md": "second"})
    assert (tmp_path / "a" / "b.md").read_text() == "second"
    assert storage.size_of(str(tmp_path), "a/b.md") == 6
    assert storage.size_of(str(tmp_path), "a") is None


@pytest.mark.parametrize("name", ["../x.md", "a/../../x.md", "/x.md", "a//x.md", "./x.md"])
def test_no_name_leads_out(tmp_path: Path, name: str) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(OutputError, match="leads out of the output folder"):
        storage.write(str(tmp_path / "out"), {name: "text"})
    assert os.listdir(tmp_path) == ["out"]


def test_links_in_the_output_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.md").write_text("precious")
    out = tmp_path / "out"
    out.mkdir()
    (out / "folder").symlink_to(outside)
    (out / "x.md").symlink_to(outside / "x.md")
    for name in ("folder/x.md", "folder/new/x.md", "x.md"):
        with pytest.raises(OutputError, match="is a symbolic link in the output folder"):
            storage.write(str(out), {name: "text"})
    assert [path.read_text() for path in outside.iterdir()] == ["precious"]


def test_what_is_in_the_place_of_an_output_stays(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "fifo.md")
    (tmp_path / "file").write_text("precious")
    for name in ("folder.md", "fifo.md"):
        with pytest.raises(OutputError, match="is there and is not a file"):
            storage.write(str(tmp_path), {name: "text"})
    with pytest.raises(OutputError, match="cannot be made a folder"):
        storage.write(str(tmp_path), {"file/x.md": "text"})
    assert (tmp_path / "file").read_text() == "precious"


def test_what_killed_runs_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".ocr-clean-0123456789ab.tmp").write_text("hal")
    (tmp_path / "a" / "b.md").write_text("whole")
    storage.sweep(str(tmp_path))
    assert os.listdir(tmp_path / "a") == ["b.md"]


def test_urls_are_read_and_written() -> None:
    fsspec = pytest.importorskip("fsspec")
    storage.write("memory://shelf", {"a/b.md": "text"})
    try:
        data, stamp = storage.read("memory://shelf/a/b.md", LIMIT)
        assert (data, stamp.size) == (b"text", 4)
        assert stamp == storage.stamp_of("memory://shelf/a/b.md")
        assert storage.size_of("memory://shelf", "a/b.md") == 4
        assert not storage.exists("memory://shelf", "a/c.md")
        with pytest.raises(InputError, match="larger than 3 bytes"):
            storage.read("memory://shelf/a/b.md", 3)
        with pytest.raises(InputError, match="there is no such file"):
            storage.read("memory://shelf/a/c.md", LIMIT)
    finally:
        fsspec.filesystem("memory").rm("/shelf", recursive=True)


def test_a_url_that_fails_half_way_leaves_the_old_file(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = pytest.importorskip("fsspec.implementations.memory")
    storage.write("memory://shelf", {"b.md": "precious"})

    def fail(self: object, data: bytes) -> int:
        raise OSError("the line is cut")

    try:
        with monkeypatch.context() as patch:
            patch.setattr(memory.MemoryFile, "write", fail, raising=False)
            with pytest.raises(OutputError, match="the line is cut"):
                storage.write("memory://shelf", {"b.md": "new"})
        assert storage.read("memory://shelf/b.md", LIMIT)[0] == b"precious"
    finally:
        memory.MemoryFileSystem().rm("/shelf", recursive=True)


def test_a_member_of_an_archive_is_a_url(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x.txt", "A page.\n")
    assert storage.read(f"zip://x.txt::{tmp_path}/a.zip", LIMIT)[0] == b"A page.\n"


def test_an_unknown_kind_of_url_is_said() -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(InputError, match="cannot be opened"):
        storage.read("gopher://x/y.txt", LIMIT)

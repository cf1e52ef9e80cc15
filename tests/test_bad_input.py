"""Whatever goes wrong: one clear line, its exit code, and the earlier output as it was."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import regex

from ocr_clean import cli, writing
from ocr_clean.errors import ExitCode, OutputError

Run = Callable[..., tuple[int, str, str]]
COMMAND = [sys.executable, "-m", "ocr_clean"]
OLD = "what was there before\n"


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in an empty folder; gives exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def runner(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(arguments)
        out, err = capfdbinary.readouterr()
        return code, out.decode("utf-8"), err.decode("utf-8")

    return runner


def refused(run: Run, data: bytes, *options: str) -> str:
    """The line that *data* gets, with all that must hold of it."""
    Path("dump.txt").write_bytes(data)
    Path("out.md").write_text(OLD, encoding="utf-8")
    code, out, err = run("clean", "dump.txt", "-o", "out.md", *options)
    assert code == ExitCode.INPUT
    assert out == ""
    assert err.startswith("ocr-clean: error: dump.txt")
    assert err.count("\n") == 1
    assert Path("out.md").read_text(encoding="utf-8") == OLD
    return err


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b" \n\n\t\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"one\ntwo\0\n", "dump.txt:2: holds NUL characters"),
        (b"caf\xe9\nand\0\n", "this is not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG image"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "a PDF"),
        (b"AT&TFORM\x00\x00\x10\x00DJVM", "a DjVu"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive"),
        (b"\x1f\x8b\x08\x00\x00", "gzip"),
        (bytes(range(1, 256)) * 20, "control characters"),
    ],
)
def test_what_is_no_text_is_refused(run: Run, data: bytes, says: str) -> None:
    assert says in refused(run, data)


@pytest.mark.parametrize(
    ("encoding", "says"),
    [
        ("utf-8", "does not decode as utf-8"),
        ("utf-17", "there is no encoding 'utf-17'"),
        ("ascii", "does not decode"),
        ("rot13", "there is no encoding 'rot13'"),
        ("base64", "there is no encoding 'base64'"),
    ],
)
def test_a_wrong_encoding_is_refused(run: Run, encoding: str, says: str) -> None:
    assert says in refused(run, b"caf\xe9 au lait\n", "--encoding", encoding)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp1252", "latin-1"])
def test_other_encodings_are_read(run: Run, encoding: str) -> None:
    text = "He drank his café au lait, as ever, in the evening.\n" * 3
    Path("dump.txt").write_bytes(text.encode(encoding))
    code, out, err = run("clean", "dump.txt", "--ledger", "out.jsonl")
    assert code == ExitCode.OK
    assert out.count("café au lait") == 3
    if encoding in ("cp1252", "latin-1"):
        assert "not UTF-8 (byte 0xe9 at line 1): read as cp1252" in err
    assert run("verify", "dump.txt", "out.jsonl")[0] == ExitCode.OK


def test_bytes_that_cp1252_does_not_know_are_read_as_latin_1(run: Run) -> None:
    Path("dump.txt").write_bytes(b"caf\xe9 au lait\x81\n")
    assert "read as latin-1" in run("clean", "dump.txt")[2]


def test_a_folder_without_page_files(run: Run) -> None:
    Path("folder").mkdir()
    Path("folder/scan.png").write_bytes(b"\x89PNG")
    code, _, err = run("clean", "folder")
    assert (code, err) == (
        ExitCode.INPUT,
        "ocr-clean: error: folder: no page files (.txt, .text, .asc, .ocr) in this folder; name one dump, or see "
        "'ocr-clean batch --help'\n",
    )


def test_a_folder_with_a_page_file_that_is_no_text(run: Run) -> None:
    Path("folder").mkdir()
    Path("folder/1.txt").write_text("A page.\n")
    Path("folder/2.txt").write_bytes(b"%PDF-1.4")
    code, out, err = run("clean", "folder")
    assert (code, out) == (ExitCode.INPUT, "")
    assert "folder/2.txt: this is a PDF, not text" in err


def test_a_folder_of_empty_page_files(run: Run) -> None:
    Path("folder").mkdir()
    Path("folder/1.txt").touch()
    assert run("clean", "folder")[0] == ExitCode.INPUT


@pytest.mark.parametrize("name", ["nowhere.txt", "no/where.txt", "a" * 300, "odd\udce9.txt"])
def test_a_file_that_is_not_there(run: Run, name: str) -> None:
    code, out, err = run("clean", name)
    assert (code, out) == (ExitCode.INPUT, "")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay", "dump.txt", "nowhere.jsonl"),
        ("verify", "dump.txt", "nowhere.jsonl"),
        ("explain", "nowhere.jsonl"),
        ("score", "dump.txt", "nowhere.md"),
        ("names", "harvest", "nowhere.txt"),
        ("model", "build", "nowhere.txt", "-o", "x.lm"),
    ],
)
def test_every_command_says_what_is_not_there(run: Run, arguments: tuple[str, ...]) -> None:
    Path("dump.txt").write_text("text\n", encoding="utf-8")
    code, out, err = run(*arguments)
    assert (code, out) == (ExitCode.INPUT, "")
    assert err.startswith("ocr-clean: error: nowhere.")
    assert err.count("\n") == 1


def test_a_ledger_that_is_none(run: Run) -> None:
    Path("dump.txt").write_text("text\n", encoding="utf-8")
    for command in (("replay", "dump.txt", "dump.txt"), ("verify", "dump.txt", "dump.txt"), ("explain", "dump.txt")):
        code, out, err = run(*command)
        assert (code, out) == (ExitCode.LEDGER, "")
        assert err == "ocr-clean: error: dump.txt:1: not JSON; each line of a ledger is one JSON object\n"


def test_a_configuration_that_is_not_there(run: Run) -> None:
    Path("dump.txt").write_text("text\n", encoding="utf-8")
    code, _, err = run("clean", "dump.txt", "--config", "nowhere.toml")
    assert (code, err) == (ExitCode.CONFIG, "ocr-clean: error: nowhere.toml: there is no such file; check --config\n")


def test_a_name_list_that_is_not_there(run: Run) -> None:
    Path("dump.txt").write_text("text\n", encoding="utf-8")
    code, _, err = run("clean", "dump.txt", "--names", "nowhere.tsv")
    assert code == ExitCode.WORDLIST
    assert err.startswith("ocr-clean: error: nowhere.tsv: ")


SIZE = 400_000 if os.environ.get("OCR_CLEAN_HYPOTHESIS") == "thorough" else 40_000
"""Characters of a long line, ten times the lines of a long dump: small in the daily run, large in the thorough one."""


@pytest.mark.parametrize("line", ["word after word, ", "x", "- "], ids=["words", "one letter", "hyphens"])
def test_one_line_of_5_mb(run: Run, line: str) -> None:
    """It is refused before any stage sees it, and the earlier output stays."""
    Path("out.md").write_text("precious", encoding="utf-8")
    Path("dump.txt").write_text("word\n" + line * (5_000_000 // len(line)), encoding="utf-8")
    code, out, err = run("clean", "dump.txt", "-o", "out.md")
    assert (code, out) == (ExitCode.INPUT, "")
    assert regex.fullmatch(r"ocr-clean: error: dump\.txt:2: a line of [\d,]+ characters: .*\n", err)
    assert Path("out.md").read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize("line", ["word after word, ", "x", "- "], ids=["words", "one letter", "hyphens"])
def test_a_long_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "dump.txt").write_text(line * (SIZE // len(line)) + "\n", encoding="utf-8")
    _cleans_in_bounds(tmp_path)


@pytest.mark.parametrize("text", ["a line of text, and so on to its end\n", "\n.\n", "12\n", "\f\n"])
def test_many_lines(tmp_path: Path, text: str) -> None:
    (tmp_path / "dump.txt").write_text("word\n" + text * (SIZE // 10 // text.count("\n")), encoding="utf-8")
    _cleans_in_bounds(tmp_path)


def _cleans_in_bounds(folder: Path) -> None:
    """A run ends well; seconds are for benchmarks, but it must not take the square of the size."""
    gigabytes = 4 << 30
    done = subprocess.run(
        [*COMMAND, "clean", "-q", "dump.txt", "-o", "out.md"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (gigabytes, gigabytes)),
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / "out.md").stat().st_size > 0


@pytest.mark.parametrize(
    ("option", "target", "says"),
    [
        ("-o", "folder", "folder: is a folder; name a file in it"),
        ("-o", "nowhere/out.md", "there is no folder"),
        ("-o", "dump.txt", "dump.txt: will not be written: it is read by this run"),
        ("-o", "link.txt", "link.txt: will not be written: it is read by this run"),
        ("--ledger", "dump.txt", "dump.txt: will not be written: it is read by this run"),
        ("--ledger", "out.md", "out.md: will not be written: it is to hold another output of this run"),
        ("--ledger", "folder", "folder: is a folder"),
    ],
)
def test_a_place_that_cannot_be_written(run: Run, option: str, target: str, says: str) -> None:
    Path("dump.txt").write_text("text\n", encoding="utf-8")
    Path("link.txt").symlink_to("dump.txt")
    Path("folder").mkdir()
    arguments = ("-o", "out.md", option, target) if option == "--ledger" else (option, target)
    code, out, err = run("clean", "dump.txt", *arguments)
    assert (code, out) == (ExitCode.OUTPUT, "")
    assert says in err
    assert err.count("\n") == 1
    assert Path("dump.txt").read_text(encoding="utf-8") == "text\n"
    assert not Path("out.md").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("option", ["-o", "--ledger"])
def test_a_full_disk(run: Run, option: str) -> None:
    Path("dump.txt").write_text("The ﬁrst page.\n", encoding="utf-8")
    Path("out.md").write_text(OLD, encoding="utf-8")
    arguments = ("-o", "out.md", option, "/dev/full") if option == "--ledger" else (option, "/dev/full")
    code, out, err = run("clean", "dump.txt", *arguments)
    assert (code, out) == (ExitCode.OUTPUT, "")
    assert "/dev/full: cannot be written (No space left on device)" in err
    assert err.count("\n") == 1
    assert Path("out.md").read_text(encoding="utf-8") == OLD


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize(
    "arguments", [["clean", "dump.txt"], ["stages"], ["--help"], ["score", "dump.txt", "dump.txt"]]
)
def test_standard_output_on_a_full_disk(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "dump.txt").write_text("text\n", encoding="utf-8")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, *arguments], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == ExitCode.OUTPUT
    assert done.stderr == (
        "ocr-clean: error: standard output cannot be written (No space left on device); use -o FILE\n"
    )


def test_a_disk_that_fills_up_while_writing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both files are as they were, and nothing is left beside them."""

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    Path("dump.txt").write_text("text\n", encoding="utf-8")
    for name in ("out.md", "out.jsonl"):
        Path(name).write_text(OLD, encoding="utf-8")
    monkeypatch.setattr(os, "fsync", full)
    code, _, err = run("clean", "dump.txt", "-o", "out.md", "--ledger", "out.jsonl")
    assert code == ExitCode.OUTPUT
    assert "cannot be written (No space left on device)" in err
    assert sorted(path.name for path in Path().iterdir()) == ["dump.txt", "out.jsonl", "out.md"]
    assert Path("out.md").read_text(encoding="utf-8") == Path("out.jsonl").read_text(encoding="utf-8") == OLD


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into a read-only folder; the next test does without")
def test_a_read_only_folder(run: Run) -> None:
    Path("dump.txt").write_text("text\n", encoding="utf-8")
    Path("folder").mkdir(mode=0o500)
    code, _, err = run("clean", "dump.txt", "-o", "folder/out.md")
    assert code == ExitCode.OUTPUT
    assert "Permission denied" in err


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EDQUOT])
def test_a_folder_where_nothing_may_be_made(run: Run, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """As a read-only folder or file system answers, for whoever runs the tests."""
    Path("dump.txt").write_text("text\n", encoding="utf-8")
    opened = open

    def guarded(path: object, mode: str = "r", *arguments: object, **options: object) -> object:
        if "x" in mode:
            raise OSError(number, os.strerror(number))
        return opened(path, mode, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr("builtins.open", guarded)
    code, _, err = run("clean", "dump.txt", "-o", "out.md")
    assert code == ExitCode.OUTPUT
    assert f"out.md: cannot be written ({os.strerror(number)})" in err
    assert not Path("out.md").exists()


def test_a_file_keeps_its_permissions_and_a_link_stays_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "out.md", tmp_path / "link.md"
    file.write_text(OLD, encoding="utf-8")
    file.chmod(0o640)
    link.symlink_to(file)
    writing.write({str(link): "new\n"})
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == "new\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_one_text_that_cannot_be_written_keeps_the_other_back(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        writing.write({str(tmp_path / "one.md"): "one\n", str(tmp_path / "no" / "two.md"): "two\n"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_closed_pipe_is_no_error_to_talk_about(tmp_path: Path, unbuffered: str) -> None:
    (tmp_path / "dump.txt").write_text("a line of text\n\n" * 100_000, encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "clean", "-q", "dump.txt", "--preset", "lines", "--only", "characters"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == ExitCode.BROKEN_PIPE


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_slow_reader_gets_everything(tmp_path: Path, unbuffered: str) -> None:
    (tmp_path / "dump.txt").write_text("a line of text\n\n" * 20_000, encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "clean", "-q", "dump.txt", "--preset", "lines", "--only", "characters"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    first = process.stdout.read(10)
    time.sleep(0.3)  # the pipe is full by now
    assert (first + process.stdout.read()).count(b"a line of text") == 20_000
    process.stdout.close()
    assert process.wait(60) == ExitCode.OK


def test_a_closed_standard_output(tmp_path: Path) -> None:
    (tmp_path / "dump.txt").write_text("text\n", encoding="utf-8")
    done = subprocess.run(
        f"{sys.executable} -m ocr_clean clean dump.txt >&-", shell=True, cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == ExitCode.OUTPUT
    assert done.stderr.count(b"\n") == 1


def test_ctrl_c(tmp_path: Path) -> None:
    """The dump is a pipe that nobody writes to, so that the run is surely still going on."""
    os.mkfifo(tmp_path / "dump.txt")
    (tmp_path / "out.md").write_text(OLD, encoding="utf-8")
    process = subprocess.Popen([*COMMAND, "clean", "dump.txt", "-o", "out.md"], cwd=tmp_path, stderr=subprocess.PIPE)
    pipe = os.open(tmp_path / "dump.txt", os.O_WRONLY)  # waits until the run has opened its end
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    os.close(pipe)
    assert process.returncode == ExitCode.INTERRUPTED
    assert err == b"ocr-clean: error: interrupted; nothing was written\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dump.txt", "out.md"]
    assert (tmp_path / "out.md").read_text(encoding="utf-8") == OLD


def test_ctrl_c_while_writing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_descriptor: int) -> None:
        raise KeyboardInterrupt

    Path("dump.txt").write_text("text\n", encoding="utf-8")
    Path("out.md").write_text(OLD, encoding="utf-8")
    monkeypatch.setattr(os, "fsync", interrupted)
    code, _, err = run("clean", "dump.txt", "-o", "out.md")
    assert (code, err) == (ExitCode.INTERRUPTED, "ocr-clean: error: interrupted; nothing was written\n")
    assert Path("out.md").read_text(encoding="utf-8") == OLD
    assert sorted(path.name for path in Path().iterdir()) == ["dump.txt", "out.md"]

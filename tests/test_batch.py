"""A run: what it does, what it leaves, and what happens to it when things break."""

from __future__ import annotations

import csv
import faulthandler
import fcntl
import gzip
import hashlib
import io
import json
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ocr_clean import api
from ocr_clean.batch import workers
from ocr_clean.batch.database import Database, path_in
from ocr_clean.batch.inputs import Search, outputs_of
from ocr_clean.batch.lock import Holder, exclusive, is_held
from ocr_clean.batch.run import Options, run
from ocr_clean.batch.summary import Summary
from ocr_clean.batch.work import Job, Settings
from ocr_clean.cli import cli, main
from ocr_clean.config import Config
from ocr_clean.errors import BusyError, ExitCode, InputError, OutputError
from ocr_clean.talk import Talk

PAGE = "The ferry crossed at noon, and the boat-\nman told of the ﬂood.\n\nNobody had asked him.\n"
QUICK = ("characters", "dehyphenate")
"""Stages enough to change something; what the others do is not tested here."""


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Twelve dumps in two folders."""
    for number in range(12):
        path = tmp_path / "scans" / f"shelf{number % 2}" / f"book{number:02}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{PAGE}\nBook {number}.\n", encoding="utf-8")
    return tmp_path / "scans"


def options(scans: Path, **changes: object) -> Options:
    settings = {key: changes.pop(key) for key in ("timeout", "max_memory", "max_size", "only") if key in changes}
    base = Settings(out=str(scans.parent / "out"), only=QUICK)
    return replace(
        Options((str(scans),), replace(base, **settings), jobs=2),  # type: ignore[arg-type]
        **changes,  # type: ignore[arg-type]
    )


def tree(folder: Path) -> dict[str, bytes]:
    """Every output below *folder*, the run database aside."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".ocr-clean" not in path.parts
    }


def cleaned(summary: Summary) -> list[str]:
    """The files that the last run itself cleaned."""
    assert summary.run
    return [each.name for each in summary.records if each.finished >= summary.run.started]


def test_every_input_gives_markdown_and_a_ledger_that_proves_it(scans: Path) -> None:
    summary = run(options(scans))
    assert summary.states == {"done": 12, "failed": 0, "running": 0, "pending": 0}
    out = tree(scans.parent / "out")
    assert len(out) == 24
    assert b"the boatman\ntold of the flood" in out["shelf0/book00.md"]
    dump, stem = scans / "shelf0" / "book00.txt", scans.parent / "out" / "shelf0" / "book00"
    result = invoke("verify", dump, f"{stem}.ledger.jsonl", f"{stem}.md")
    assert result.exit_code == 0, result.output


def test_the_figures_are_those_of_the_files(scans: Path) -> None:
    summary = run(options(scans))
    first = summary.records[0]
    assert first.name == "shelf0/book00.txt"
    assert first.figures.words == 18
    assert first.figures.words_changed == 2  # the mended word over two lines counts once
    assert (first.figures.pages, first.attempts, first.kind) == (1, 1, "")
    assert first.sha256 == hashlib.sha256((scans / "shelf0" / "book00.txt").read_bytes()).hexdigest()
    markdown = (scans.parent / "out" / "shelf0" / "book00.md").read_bytes()
    assert (first.markdown_size, first.markdown_sha256) == (len(markdown), hashlib.sha256(markdown).hexdigest())
    assert summary.total("words_changed") == 24
    before, after = summary.error_rate("before"), summary.error_rate("after")
    assert before is not None
    assert after is not None
    assert after < before < 0.1  # the ligature is not in a known word before


def test_same_bytes_for_any_number_of_processes_and_any_place(scans: Path, tmp_path: Path) -> None:
    outs = []
    for jobs, place in ((1, "one"), (3, "three"), (12, "else/where")):
        moved = tmp_path / place / "scans"
        moved.parent.mkdir(parents=True, exist_ok=True)
        moved.symlink_to(scans)
        run(options(moved, jobs=jobs))
        outs.append(tree(moved.parent / "out"))
    assert outs[0] == outs[1] == outs[2]


def test_a_second_run_does_nothing(scans: Path) -> None:
    run(options(scans))
    before = {path: path.stat().st_mtime_ns for path in (scans.parent / "out").rglob("*.md")}
    summary = run(options(scans))
    assert cleaned(summary) == []
    assert before == {path: path.stat().st_mtime_ns for path in before}
    assert summary.states["done"] == 12


def test_what_is_new_or_changed_is_done(scans: Path) -> None:
    run(options(scans))
    (scans / "new.txt").write_text(PAGE, encoding="utf-8")
    (scans / "shelf1" / "book01.txt").write_text("Another text.\n", encoding="utf-8")
    assert cleaned(run(options(scans))) == ["new.txt", "shelf1/book01.txt"]
    assert b"Another text." in tree(scans.parent / "out")["shelf1/book01.md"]


def test_what_was_only_touched_is_read_but_not_cleaned(scans: Path) -> None:
    run(options(scans))
    os.utime(scans / "shelf0" / "book00.txt", (1, 1))
    assert cleaned(run(options(scans))) == []
    assert cleaned(run(options(scans))) == []


def test_a_lost_or_damaged_output_is_made_again(scans: Path) -> None:
    run(options(scans))
    before = tree(scans.parent / "out")
    (scans.parent / "out" / "shelf0" / "book00.md").unlink()
    (scans.parent / "out" / "shelf0" / "book02.ledger.jsonl").write_text("half")
    assert cleaned(run(options(scans))) == ["shelf0/book00.txt", "shelf0/book02.txt"]
    assert tree(scans.parent / "out") == before


def test_another_configuration_does_everything_again(scans: Path) -> None:
    run(options(scans))
    assert len(cleaned(run(options(scans, only=("characters",))))) == 12
    assert cleaned(run(options(scans, only=("characters",)))) == []
    assert len(cleaned(run(options(scans, only=("characters",), force=True)))) == 12


def test_a_moved_collection_keeps_its_outputs(scans: Path) -> None:
    run(options(scans))
    moved = scans.rename(scans.parent / "archive")
    summary = run(options(moved))
    assert cleaned(summary) == []
    assert len(summary.records) == 12
    assert {Path(each.input).parts[-3] for each in summary.records} == {"archive"}


def test_outputs_of_another_collection_are_not_written_over(scans: Path) -> None:
    run(options(scans))
    before = tree(scans.parent / "out")
    other = scans.parent / "other"
    (other / "shelf0").mkdir(parents=True)
    (other / "shelf0" / "book00.txt").write_text("Quite another book.\n")
    [failed] = run(options(other)).failed
    assert failed.error.startswith(f"its output belongs to {scans}/shelf0/book00.txt")
    assert tree(scans.parent / "out") == before


def test_a_file_that_no_run_has_written_is_not_written_over(scans: Path) -> None:
    target = scans.parent / "out" / "shelf0" / "book00.md"
    target.parent.mkdir(parents=True)
    target.write_text("precious")
    [failed] = run(options(scans)).failed
    assert "no earlier run has written it" in failed.error
    assert target.read_text() == "precious"
    assert run(options(scans, force=True)).failed == ()
    assert target.read_text() != "precious"


def test_changed_names_do_not_tangle(scans: Path) -> None:
    run(options(scans, search=Search(base=str(scans / "shelf0"))))
    summary = run(options(scans))
    assert summary.states == {"done": 12, "failed": 0, "running": 0, "pending": 0}
    assert tree(scans.parent / "out").keys() >= {"shelf0/book00.md", "shelf1/book01.md"}


def test_outputs_beside_the_inputs(scans: Path) -> None:
    chosen = options(scans)
    chosen = replace(chosen, settings=replace(chosen.settings, out=str(scans)))
    assert run(chosen).states["done"] == 12
    assert cleaned(run(chosen)) == []
    assert (scans / "shelf0" / "book00.md").is_file()
    assert (scans / "shelf0" / "book00.txt").read_text(encoding="utf-8").startswith(PAGE)


def test_one_bad_file_costs_itself(scans: Path) -> None:
    (scans / "empty.txt").touch()
    (scans / "binary.txt").write_bytes(bytes(range(256)))
    (scans / "bomb.txt.gz").write_bytes(gzip.compress(b"a page\n" * 100_000))
    (scans / "packed.txt.gz").write_bytes(gzip.compress(PAGE.encode()))
    os.mkfifo(scans / "fifo.txt")
    Path(os.fsdecode(os.fsencode(scans) + b"/caf\xe9\n\x1b[31m.txt")).write_bytes(b"caf\xe9\n")
    summary = run(options(scans, max_size=100_000))
    assert summary.states["done"] == 14
    assert {each.name: each.kind for each in summary.failed} == dict.fromkeys(
        ("binary.txt", "bomb.txt.gz", "empty.txt", "fifo.txt"), "input"
    )
    [odd] = [each for each in summary.done if each.notice]
    assert odd.name == os.fsdecode(b"caf\xe9\n\x1b[31m.txt")
    assert (scans.parent / "out" / os.fsdecode(b"caf\xe9\n\x1b[31m.md")).is_file()


def test_gzip_gives_what_the_plain_file_gives(scans: Path) -> None:
    (scans / "a.txt").write_text(PAGE, encoding="utf-8")
    (scans / "b.txt.gz").write_bytes(gzip.compress(PAGE.encode()))
    run(options(scans))
    out = tree(scans.parent / "out")
    assert out["a.md"] == out["b.md"].replace(b"b.txt.gz", b"a.txt")


def test_what_failed_is_tried_again_when_it_changes_or_when_asked(scans: Path) -> None:
    bad = scans / "bad.txt"
    bad.touch()
    assert cleaned(run(options(scans)))[0] == "bad.txt"
    again = run(options(scans))
    assert (cleaned(again), len(again.failed)) == ([], 1)
    assert cleaned(run(options(scans, retry_failed=True))) == ["bad.txt"]
    bad.write_text("Good now.\n")
    assert run(options(scans)).failed == ()


def test_a_changed_file_that_is_bad_leaves_the_earlier_output(scans: Path) -> None:
    run(options(scans))
    before = tree(scans.parent / "out")
    (scans / "shelf0" / "book00.txt").write_bytes(b"")
    assert [each.name for each in run(options(scans)).failed] == ["shelf0/book00.txt"]
    assert tree(scans.parent / "out") == before


def breaks(monkeypatch: pytest.MonkeyPatch, name: str, what: Callable[[], object]) -> None:
    """Let cleaning the input *name* do *what* to the process that it happens in."""
    whole = api.clean_source

    def broken(source: api.Source, *arguments: object, **others: object) -> api.Cleaned:
        if source.document.name.endswith(name):
            what()
        return whole(source, *arguments, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(api, "clean_source", broken)  # workers are forked, so they have it too


def die(number: int) -> None:
    faulthandler.disable()  # pytest's would print where
    os.kill(os.getpid(), number)
    time.sleep(60)


BREAKAGES: list[tuple[str, Callable[[], object], str, str]] = [
    ("segmentation fault", lambda: die(signal.SIGSEGV), "crash", "its process was killed by SIGSEGV"),
    ("killed", lambda: die(signal.SIGKILL), "crash", "SIGKILL; the machine may be out of memory"),
    ("exit", lambda: os._exit(3), "crash", "its process ended with code 3"),
    ("bug", lambda: [][0], "bug", "IndexError"),
    ("endless recursion", lambda: eval("(lambda f: f(f))(lambda f: f(f))"), "bug", "RecursionError"),
    ("hang", lambda: time.sleep(60), "timeout", "took longer than 0.5 s; raise --timeout"),
    ("stopped", lambda: die(signal.SIGSTOP), "timeout", "took longer than 0.5 s; raise --timeout"),
    ("memory", lambda: bytearray(400 << 20), "memory", "needs more than 300 MiB; raise --max-memory"),
]


@pytest.mark.parametrize(("what", "kind", "error"), [row[1:] for row in BREAKAGES], ids=[row[0] for row in BREAKAGES])
def test_a_worker_that_breaks_costs_its_file_only(
    scans: Path, monkeypatch: pytest.MonkeyPatch, what: Callable[[], object], kind: str, error: str
) -> None:
    breaks(monkeypatch, "book04.txt", what)
    timeout = 0.5 if kind == "timeout" else 60.0
    summary = run(options(scans, timeout=timeout, max_memory=300 << 20))
    assert summary.states == {"done": 11, "failed": 1, "running": 0, "pending": 0}
    [failed] = summary.failed
    assert (failed.name, failed.kind) == ("shelf0/book04.txt", kind)
    assert error in failed.error
    assert "shelf0/book04.md" not in tree(scans.parent / "out")
    assert failed.attempts == (2 if kind == "crash" else 1)
    assert cleaned(run(options(scans, timeout=timeout, max_memory=300 << 20))) == []


def test_a_crash_that_was_not_the_files_fault_is_got_over(scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    once = scans.parent / "once"

    def die_once() -> None:
        if not once.exists():
            once.touch()
            die(signal.SIGKILL)

    breaks(monkeypatch, "book04.txt", die_once)
    assert run(options(scans)).failed == ()


def test_what_a_killed_worker_was_writing_is_swept(scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def die_while_writing() -> None:
        (scans.parent / "out" / ".ocr-clean-0123456789ab.tmp").write_text("hal")
        die(signal.SIGKILL)

    breaks(monkeypatch, "book04.txt", die_while_writing)
    assert run(options(scans)).states["failed"] == 1
    assert not list((scans.parent / "out").glob(".*.tmp"))


def test_workers_are_replaced_in_time(scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MAX_FILES", 2)
    assert run(options(scans)).states["done"] == 12


def test_a_worker_killed_while_idle_is_replaced(scans: Path) -> None:
    settings = options(scans).settings
    with workers.Crew(settings, 1) as crew:
        jobs = [Job(str(path), path.name, outputs_of(path.name)) for path in sorted(scans.rglob("*.txt"))[:2]]
        (scans.parent / "out").mkdir()
        [first] = crew.run(jobs[:1], lambda job: None)
        idle = crew._workers[0]._process
        idle.kill()
        idle.join()
        [second] = crew.run(jobs[1:], lambda job: None)
    assert (first.state, second.state) == ("done", "done")


def test_a_second_run_on_the_same_folder_is_refused(scans: Path) -> None:
    state = scans.parent / "out" / ".ocr-clean"
    state.mkdir(parents=True)
    assert not is_held(state)
    with exclusive(state):
        assert is_held(state)
        with pytest.raises(BusyError, match=rf"another run works on this folder \(process {os.getpid()} on "):
            run(options(scans))
    assert not is_held(state)
    assert run(options(scans)).failed == ()


def test_a_stale_lock_is_recognised(tmp_path: Path) -> None:
    program = (
        "import sys, os, pathlib; from ocr_clean.batch.lock import exclusive\n"
        "with exclusive(pathlib.Path(sys.argv[1])): os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert '"pid"' in (tmp_path / "lock").read_text()
    with exclusive(tmp_path) as before:
        assert before
        assert not before.runs()
    with exclusive(tmp_path) as before:
        assert before is None


def test_without_flock_the_lock_file_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    with exclusive(tmp_path), pytest.raises(BusyError, match="if it is gone, remove this file"), exclusive(tmp_path):
        pass
    me = Holder.me()
    for gone in (replace(me, pid=2**22 + 1), replace(me, boot="before the power cut")):
        (tmp_path / "lock").write_text(json.dumps({key: getattr(gone, key) for key in gone.__slots__}))
        with exclusive(tmp_path) as before:
            assert before == gone
    elsewhere = replace(me, host="another.machine", boot="its own")
    (tmp_path / "lock").write_text(json.dumps({key: getattr(elsewhere, key) for key in elsewhere.__slots__}))
    with pytest.raises(BusyError, match=r"another\.machine"), exclusive(tmp_path):
        pass


def test_the_database_is_said_to_be_missing_damaged_or_of_another_format(tmp_path: Path) -> None:
    path = path_in(tmp_path)
    with pytest.raises(InputError, match="there is no run database"), Database.open(path):
        pass
    path.write_bytes(b"no database at all " * 99)
    with pytest.raises(OutputError, match="the run database is damaged"), Database.open(path, create=True):
        pass
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(OutputError, match="run database of format 99"), Database.open(path):
        pass


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_done(scans: Path) -> None:
    (scans.parent / "out").write_text("precious")
    with pytest.raises(OutputError, match="cannot be made"):
        run(options(scans))
    assert (scans.parent / "out").read_text() == "precious"


def test_the_state_may_lie_elsewhere(scans: Path) -> None:
    elsewhere = scans.parent / "state"
    run(options(scans, state=str(elsewhere)))
    assert path_in(elsewhere).is_file()
    assert not (scans.parent / "out" / ".ocr-clean").exists()
    (scans.parent / "linked").mkdir()
    (scans.parent / "linked" / ".ocr-clean").symlink_to(elsewhere)
    chosen = options(scans)
    with pytest.raises(OutputError, match="is a symbolic link"):
        run(replace(chosen, settings=replace(chosen.settings, out=str(scans.parent / "linked"))))
    with pytest.raises(OutputError, match="give --state FOLDER on a disk"):
        run(replace(chosen, settings=replace(chosen.settings, out="memory://x")))


def test_gigantic_lines_and_many_lines_cost_no_other_file(scans: Path) -> None:
    (scans / "line.txt").write_text("word " * 80_000)
    (scans / "lines.txt").write_text("word\n" * 50_000)
    (scans / "no-lines.txt").write_text("word " * 400_000)
    summary = run(options(scans, only=("characters",), timeout=60.0))
    assert [(each.name, each.kind) for each in summary.failed] == [("no-lines.txt", "input")]


def test_settings_travel_between_processes(scans: Path) -> None:
    settings = Settings("out", Config(stages={"spelling": {"enabled": False}}), QUICK)
    assert pickle.loads(pickle.dumps(settings)) == settings


# The commands


def invoke(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, [str(each) for each in arguments], input=stdin, obj=Talk())


def quick() -> list[str]:
    return [part for stage in QUICK for part in ("--only", stage)]


def test_batch_says_how_it_went(scans: Path, tmp_path: Path) -> None:
    result = invoke("batch", scans, "--out", tmp_path / "out", "-j", 1, *quick())
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split() == ["files", "12", "(12", "done)"]
    assert result.stderr == ""


def test_batch_exits_with_partial_when_a_file_fails(scans: Path, tmp_path: Path) -> None:
    (scans / "empty.txt").touch()
    for _ in range(2):
        result = invoke("batch", scans, "--out", tmp_path / "out", "-j", 1, "-q", *quick())
        assert result.exit_code == ExitCode.PARTIAL
        assert f"failed (input): {scans}/empty.txt: " in result.stdout
    (scans / "empty.txt").unlink()
    result = invoke("batch", scans, "--out", tmp_path / "out", "-j", 1, "-q", *quick())
    assert (result.exit_code, result.stdout) == (0, "")


def test_batch_reads_a_list(scans: Path, tmp_path: Path) -> None:
    listed = b"\0".join(os.fsencode(path) for path in sorted(scans.rglob("*.txt"))[:3])
    out = tmp_path / "out"
    result = invoke("batch", "-", "--base", scans, "--out", out, "-j", 1, *quick(), stdin=listed)
    assert result.exit_code == 0, result.output
    stems = {name.partition(".")[0] for name in tree(out)}
    assert stems == {"shelf0/book00", "shelf0/book02", "shelf0/book04"}
    (tmp_path / "list").write_bytes(listed)
    again = invoke("batch", "--files-from", tmp_path / "list", "--base", scans, "--out", out, "-j", 1, *quick())
    assert again.exit_code == 0


def test_csv_and_json_name_every_file(scans: Path, tmp_path: Path) -> None:
    (scans / "=cmd.txt").write_text(PAGE, encoding="utf-8")
    Path(os.fsdecode(os.fsencode(scans) + b"/caf\xe9\n.txt")).write_text("A page.\n")
    result = invoke("batch", scans, "--out", tmp_path / "out", "-j", 1, "--format", "csv", *quick())
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 14
    assert {row["state"] for row in rows} == {"done"}
    assert rows[0]["name"] == "'=cmd.txt"
    assert rows[1]["name"] == "caf\\udce9\\n.txt"
    table = json.loads(invoke("status", tmp_path / "out", "--format", "json").stdout)
    assert (table["states"]["done"], len(table["files"]), table["words_changed"]) == (14, 14, 26)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["batch", "--out", "{out}"], ExitCode.USAGE),
        (["batch", "{scans}"], ExitCode.USAGE),
        (["batch", "{scans}", "--out", "{out}", "--max-memory", "lots"], ExitCode.USAGE),
        (["batch", "{scans}", "--out", "{out}", "--timeout", "0"], ExitCode.USAGE),
        (["batch", "{scans}", "--out", "{out}", "--only", "no-such-stage"], ExitCode.CONFIG),
        (["batch", "{scans}", "--out", "{out}", "--include", "*.none"], ExitCode.INPUT),
        (["batch", "{scans}/nothing-there.txt", "--out", "{out}"], ExitCode.PARTIAL),
        (["batch", "{scans}", "--out", "{scans}/shelf0/book00.txt"], ExitCode.OUTPUT),
        (["batch", "{scans}", "--out", "{out}", "--names", "{out}/none.tsv"], ExitCode.WORDLIST),
        (["status", "{out}"], ExitCode.INPUT),
        (["report", "{out}"], ExitCode.INPUT),
    ],
)
def test_exit_codes(scans: Path, arguments: list[str], code: ExitCode, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([each.format(scans=scans, out=scans.parent / "out") for each in arguments]) == code
    assert len(capsys.readouterr().err.splitlines()) == (code != ExitCode.PARTIAL)


def test_status_says_how_the_folder_stands(scans: Path, tmp_path: Path) -> None:
    (scans / "empty.txt").touch()
    invoke("batch", scans, "--out", tmp_path / "out", "-j", 1, *quick())
    result = invoke("status", tmp_path / "out")
    assert result.stdout.startswith("last run 1 ")
    assert "files            13 (12 done, 1 failed)" in result.stdout
    assert "files            1 (1 failed)" in invoke("status", tmp_path / "out", "--failed").stdout


class Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for key, value in attrs if key in ("src", "href", "srcset", "action")]


def test_the_report_is_one_page_that_needs_nothing_and_trusts_no_name(scans: Path, tmp_path: Path) -> None:
    (scans / "<script>alert(1)<!--&.txt").write_text(PAGE, encoding="utf-8")
    (scans / "<img src=x>.txt").touch()
    invoke("batch", scans, "--out", tmp_path / "out", "-j", 1, *quick())
    page = tmp_path / "report.html"
    assert invoke("report", tmp_path / "out", "-o", page).exit_code == 0
    found = Tags(page.read_text(encoding="utf-8"))
    assert found.addresses == []
    assert found.tags.count("script") == 1
    assert "img" not in found.tags
    assert found.tags.count("tr") >= 14
    assert "&lt;script&gt;alert(1)" in page.read_text(encoding="utf-8")
    assert "empty" in page.read_text(encoding="utf-8")


def test_the_report_sorts_and_searches_in_a_browser(
    scans: Path, tmp_path: Path, in_chromium: Callable[[str, str], str]
) -> None:
    (scans / "long.txt").write_text(PAGE * 9, encoding="utf-8")
    invoke("batch", scans, "--out", tmp_path / "out", "-j", 1, *quick())
    page = invoke("report", tmp_path / "out").stdout
    clicks = "heads[3].querySelector('button').click(); heads[3].querySelector('button').click(); filter('shelf1');"
    shown = in_chromium(page, clicks)
    table = shown[shown.index('<table id="files"') :]
    assert table.index("long.txt") < table.index("book00.txt")  # most words first
    assert 'aria-sort="descending"' in table
    assert "6 of 13" in shown


def start(scans: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ocr_clean", "batch", str(scans), "--out", str(out), "-j", "2", *quick(), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, "it took too long"
        time.sleep(0.01)


@pytest.mark.parametrize("whole_group", [False, True], ids=["the run alone", "the run and its workers"])
def test_kill_9_at_any_moment_then_again_gives_the_same_bytes(scans: Path, tmp_path: Path, whole_group: bool) -> None:
    for number in range(12, 120):
        (scans / f"book{number}.txt").write_text(PAGE * 20, encoding="utf-8")
    run(options(scans))
    expected = tree(tmp_path / "out")
    out = tmp_path / "killed"
    for done in (1, 50):
        process = start(scans, out)
        wait_until(lambda: len(list(out.rglob("*.md"))) >= done)  # noqa: B023 - called at once
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
        process.communicate()
        half = {name: data for name, data in tree(out).items() if not name.endswith(".tmp")}
        assert half.items() <= expected.items()
        assert len(half) < len(expected)
    last = start(scans, out)
    assert b"did not end; going on where it stopped" in last.communicate()[1]
    assert last.returncode == 0
    assert tree(out) == expected
    table = json.loads(invoke("status", out, "--format", "json").stdout)
    assert (table["states"]["done"], len(table["files"])) == (120, 120)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_says_so_and_can_go_on(scans: Path, tmp_path: Path, number: signal.Signals) -> None:
    for index in range(12, 80):
        (scans / f"book{index}.txt").write_text(PAGE * 20, encoding="utf-8")
    process = start(scans, tmp_path / "out")
    wait_until(lambda: any((tmp_path / "out").rglob("*.md")))
    process.send_signal(number)
    error = process.communicate(timeout=30)[1]
    assert (process.returncode, b"run the same command again" in error) == (ExitCode.INTERRUPTED, True)
    assert b"Traceback" not in error
    table = json.loads(invoke("status", tmp_path / "out", "--format", "json").stdout)
    assert table["run"]["ended"]
    assert table["states"]["running"] == 0
    assert table["states"]["pending"] > 0
    assert run(options(scans)).states == {"done": 80, "failed": 0, "running": 0, "pending": 0}


def test_two_runs_at_once_the_second_is_refused(scans: Path, tmp_path: Path) -> None:
    for index in range(12, 80):
        (scans / f"book{index}.txt").write_text(PAGE * 20, encoding="utf-8")
    process = start(scans, tmp_path / "out")
    wait_until(lambda: any((tmp_path / "out").rglob("*.md")))
    second = start(scans, tmp_path / "out")
    error = second.communicate(timeout=30)[1].decode()
    assert second.returncode == ExitCode.BUSY
    assert f"another run works on this folder (process {process.pid} on " in error
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_urls_for_inputs_outputs_and_a_state_on_disk(scans: Path) -> None:
    pytest.importorskip("fsspec")
    run(options(scans))
    expected = tree(scans.parent / "out")
    remote, state = scans.parent / "remote", scans.parent / "state"
    chosen = options(scans, state=str(state), arguments=(f"local://{scans}",))  # fsspec's other name for the disk
    chosen = replace(chosen, settings=replace(chosen.settings, out=f"local://{remote}"))
    assert run(chosen).states["done"] == 12
    assert tree(remote) == expected
    assert cleaned(run(chosen)) == []
    (remote / "shelf0" / "book00.md").unlink()
    (scans / "shelf1" / "book01.txt").write_text("Another text.\n", encoding="utf-8")
    assert cleaned(run(chosen)) == ["shelf0/book00.txt", "shelf1/book01.txt"]


def test_the_manual_has_every_column_and_every_kind_of_failure(tmp_path: Path) -> None:
    manual = (Path(__file__).parent.parent / "docs" / "batch.md").read_text(encoding="utf-8")
    with Database.open(path_in(tmp_path), create=True):
        pass
    with closing(sqlite3.connect(path_in(tmp_path))) as connection:
        columns = {row[1] for table in ("files", "runs") for row in connection.execute(f"PRAGMA table_info({table})")}
    columns -= {"id"}
    assert {column for column in columns if f"`{column}`" not in manual} == set()
    kinds = {row[2] for row in BREAKAGES} | {"input", "output", "setup"}
    assert {kind for kind in kinds if f"`{kind}`" not in manual} == set()

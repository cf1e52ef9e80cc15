"""The same work on a real Dask scheduler with two workers, on the loopback address."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_clean.batch.database import Database, path_in
from ocr_clean.batch.inputs import outputs_of
from ocr_clean.batch.leader import Leader
from ocr_clean.batch.work import Job, Settings
from ocr_clean.cli import main
from ocr_clean.errors import ExitCode

pytest.importorskip("distributed")

PAGE = "The ferry crossed at noon, and the boat-\nman told of the ﬂood.\n\nNobody had asked him.\n"
QUICK = ("characters", "dehyphenate")


class Cluster:
    """A scheduler and two workers, each a process of its own that can be killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        self._processes: list[subprocess.Popen[bytes]] = []
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        try:
            self.address = self._answer()
            for _ in range(2):
                self._start("worker", "--host", "127.0.0.1", "--nthreads", "1", "--nworkers", "1")
        except BaseException:
            self.close()
            raise

    def _answer(self) -> str:
        """The address of the scheduler, as soon as it has written all of its file."""
        give_up = time.monotonic() + 60
        while True:
            with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
                return str(json.loads(self._file.read_text())["address"])
            assert time.monotonic() < give_up, "the scheduler does not start"
            time.sleep(0.05)

    def _start(self, what: str, *options: str) -> None:
        command = [sys.executable, "-m", "distributed.cli.dask_" + what, "--scheduler-file", str(self._file)]
        log = open(self._folder / f"{len(self._processes)}-{what}.log", "wb")  # noqa: SIM115 - closed below
        with log:
            self._processes.append(
                subprocess.Popen(
                    [*command, *options, "--no-dashboard"],
                    stdout=log,
                    stderr=log,
                    cwd=self._folder,
                    start_new_session=True,
                )
            )

    def kill_a_worker(self) -> None:
        """Kill one worker with all that belongs to it."""
        os.killpg(self._processes[1].pid, signal.SIGKILL)

    def stop_the_scheduler(self) -> None:
        """Kill the scheduler."""
        os.killpg(self._processes[0].pid, signal.SIGKILL)

    def close(self) -> None:
        """End everything."""
        for process in reversed(self._processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    started = Cluster(folder)
    try:
        yield started
    finally:
        started.close()


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(80):
        (folder / f"book{number:02}.txt").write_text(f"{PAGE}\nBook {number}.\n", encoding="utf-8")
    (folder / "empty.txt").touch()
    return folder


def start(scans: Path | str, out: Path, address: str, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ocr_clean", "batch", str(scans), "--out", str(out), "--scheduler", address, *more]
    command += [part for stage in QUICK for part in ("--only", stage)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for_outputs(out: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 60
    while len(list(out.glob("*.md"))) < count:
        if time.monotonic() > give_up or process.poll() is not None:
            process.kill()
            pytest.fail(f"it does not get on: {process.communicate()}")
        time.sleep(0.005)


def outputs(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def here(scans: Path | str, out: Path) -> dict[str, bytes]:
    """The outputs of the same run without a cluster."""
    only = [part for stage in QUICK for part in ("--only", stage)]
    main(["batch", str(scans), "--out", str(out), "-j", "1", "-q", *only])
    return outputs(out)


def test_a_killed_worker_loses_nothing(cluster: Cluster, scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start(scans, out, cluster.address)
    wait_for_outputs(out, 10, process)
    cluster.kill_a_worker()
    output, error = process.communicate(timeout=120)
    assert process.returncode == ExitCode.PARTIAL, error.decode()
    assert b"files            81 (80 done, 1 failed)" in output
    assert outputs(out) == here(scans, tmp_path / "here")
    with Database.open(path_in(out / ".ocr-clean")) as database:
        assert [(each.name, each.kind) for each in database.records() if each.state == "failed"] == [
            ("empty.txt", "input")
        ]
        assert database.runs()[0].jobs == 0


def test_a_lost_scheduler_is_said_and_the_run_can_go_on(cluster: Cluster, scans: Path, tmp_path: Path) -> None:
    for number in range(120):  # so many that the run is not over before the scheduler is gone
        (scans / f"more{number}.txt").write_text(PAGE * 20, encoding="utf-8")
    out = tmp_path / "out"
    process = start(scans, out, cluster.address)
    wait_for_outputs(out, 1, process)
    cluster.stop_the_scheduler()
    error = process.communicate(timeout=120)[1].decode()
    assert process.returncode == ExitCode.CLUSTER, error
    assert "the scheduler was lost; run the same command again to go on" in error
    assert here(scans, out) == here(scans, tmp_path / "here")


def test_inputs_and_outputs_behind_urls(cluster: Cluster, tmp_path: Path) -> None:
    archive = tmp_path / "scans.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for number in range(5):
            packed.writestr(f"shelf/book{number}.txt", PAGE)
    out = tmp_path / "out"
    process = start(f"zip://shelf::{archive}", out, cluster.address)
    output, error = process.communicate(timeout=120)
    assert process.returncode == 0, output + error
    assert len(outputs(out)) == 10


def test_no_scheduler_is_said(scans: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from ocr_clean.batch import cluster; from ocr_clean.cli import main\n"
        "cluster.CONNECT = 1\nsys.exit(main(sys.argv[1:]))"
    )
    command = ["batch", str(scans), "--out", str(tmp_path / "out"), "--scheduler", "tcp://127.0.0.1:1"]
    done = subprocess.run([sys.executable, "-c", program, *command], capture_output=True, timeout=60, check=False)
    assert done.returncode == ExitCode.CLUSTER
    assert b"no scheduler answers" in done.stderr


@pytest.fixture
def job(scans: Path) -> Job:
    return Job(str(scans / "book00.txt"), "book00.txt", outputs_of("book00.txt"))


def test_a_leader_keeps_the_time_limit_and_lives_on(scans: Path, tmp_path: Path, job: Job) -> None:
    (scans / "long.txt").write_text("a wrord of lenqth\n" * 200_000)
    long = Job(str(scans / "long.txt"), "long.txt", outputs_of("long.txt"))
    (tmp_path / "out").mkdir()
    leader = Leader(Settings(str(tmp_path / "out"), timeout=0.5, only=QUICK))
    try:
        assert [leader.do(each).kind for each in (long, job)] == ["timeout", ""]
    finally:
        leader.close()
    assert set(outputs(tmp_path / "out")) == {"book00.md", "book00.ledger.jsonl"}


def test_another_version_or_word_list_is_refused(tmp_path: Path, job: Job) -> None:
    leader = Leader(Settings(str(tmp_path), only=QUICK, setup="that of the machine that plans the run"))
    try:
        outcome = leader.do(job)
    finally:
        leader.close()
    assert (outcome.state, outcome.kind) == ("failed", "setup")
    assert "this machine's ocr-clean" in outcome.error


def test_a_wrong_configuration_is_an_outcome_there(tmp_path: Path, job: Job) -> None:
    settings = Settings(str(tmp_path), only=QUICK)
    wrong = replace(settings, config=replace(settings.config, names=("/there/only.tsv",)))
    leader = Leader(wrong)
    try:
        outcome = leader.do(job)
    finally:
        leader.close()
    assert (outcome.kind, "only.tsv" in outcome.error) == ("setup", True)

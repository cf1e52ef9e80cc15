"""Processes that clean files, each apart from the others: a file that crashes or hangs its process costs itself only.

A worker is forked from the run, with word lists and compiled patterns in memory, and lives on from file to file: what
a file costs beyond its cleaning is one message there and one back. A worker that dies, or is killed because its file
took too long, is replaced by a new fork.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any

from ocr_clean.batch.work import Job, Outcome, Settings, do, memory_message

MAX_FILES = 200
"""Files that a worker cleans before a fresh one takes its place: memory stays flat whatever a library keeps."""
_FORK = multiprocessing.get_context("fork")
_PR_SET_PDEATHSIG = 1
"""Linux, prctl(2): the signal that this process gets when its parent dies."""
_GRACE = 30
"""Seconds beyond the time limit after which a worker ends itself, should the run be gone that would end it."""


class Worker:
    """One forked process."""

    def __init__(self, settings: Settings, others: Sequence[Worker] = ()) -> None:
        """Fork; the child closes its copies of the ends that belong to *others*."""
        self._settings = settings
        self.ours, theirs = _FORK.Pipe()
        ends = [self.ours, *(other.ours for other in others)]
        self._process = _FORK.Process(target=_serve, args=(theirs, ends, settings, os.getpid()), daemon=True)
        self._process.start()
        theirs.close()
        self.files = 0
        self.job: Job | None = None
        self.deadline = 0.0

    def begin(self, job: Job) -> None:
        """Hand over *job*. Raises `BrokenPipeError` if the process has died since its last file."""
        self.ours.send(job)
        self.job = job
        self.files += 1
        self.deadline = time.monotonic() + self._settings.timeout

    def finish(self) -> Outcome:
        """Wait for the outcome of the job, for no longer than it may take; say so if the process died over it."""
        job, self.job = self.job, None
        assert job is not None
        if not self.ours.poll(max(0.0, self.deadline - time.monotonic())):
            self.kill()
            limit = self._settings.timeout
            return Outcome(
                job, "failed", "timeout", f"took longer than {limit:g} s; raise --timeout", job.stamp, seconds=limit
            )
        try:
            outcome: Outcome = self.ours.recv()
        except (EOFError, OSError):
            return self._died(job)
        if outcome.kind == "memory":  # what is left of the process is not to be trusted
            self.kill()
        return outcome

    def _died(self, job: Job) -> Outcome:
        self._process.join()
        seconds = time.monotonic() - self.deadline + self._settings.timeout
        code = self._process.exitcode or 0
        if code == -signal.SIGABRT and self._settings.max_memory:
            return Outcome(job, "failed", "memory", memory_message(self._settings), job.stamp, seconds=seconds)
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        hint = "; the machine may be out of memory" if code == -signal.SIGKILL else ""
        return Outcome(job, "failed", "crash", f"its process {how}{hint}", job.stamp, seconds=seconds)

    @property
    def spent(self) -> bool:
        """Whether it has died or has done its share."""
        return self.files >= MAX_FILES or not self._process.is_alive()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self.close()

    def close(self) -> None:
        """Let the process end, which it does when nothing more can come."""
        self.ours.close()
        self._process.join()


def _serve(theirs: Connection, ends: Sequence[Connection], settings: Settings, parent: int) -> None:
    """The life of a worker."""
    _die_with(parent)
    for end in ends:  # a worker sees that the run has gone when the last copy of the run's end is closed
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the run decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while True:
        try:
            job = theirs.recv()
        except (EOFError, OSError):
            os._exit(0)
        # The run enforces the limit; this only ends a worker that hangs when there is no run any more.
        signal.alarm(int(settings.timeout) + _GRACE)
        _limit_memory(settings.max_memory)
        outcome = do(job, settings)
        _limit_memory(0)
        signal.alarm(0)
        try:
            theirs.send(outcome)
        except OSError:  # the run has gone
            os._exit(0)


def _die_with(parent: int) -> None:
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the call
        os._exit(1)


def _limit_memory(allowance: int) -> None:
    """Let this process take *allowance* bytes more than it has now; 0 lifts the limit.

    What it has counts from /proc/self/statm: a limit below it would fail a file for what the program itself needs.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = hard
    if allowance:
        limit = _address_space() + allowance
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _address_space() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:  # no /proc: count from what it has ever had resident
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Crew:
    """Some workers that share out jobs among them."""

    def __init__(self, settings: Settings, size: int) -> None:
        """*size* processes at most; each is forked when it is first needed."""
        self._settings = settings
        self._size = size
        self._workers: list[Worker] = []

    def __enter__(self) -> Crew:
        gc.collect()
        gc.freeze()  # the collector of a child would otherwise touch, and so copy, every object of the lists
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            if worker.job:
                worker.kill()
            else:
                worker.close()
        gc.unfreeze()

    def run(self, jobs: Iterable[Job], begun: Callable[[Job], None], also: Sequence[Any] = ()) -> Iterator[Outcome]:
        """Do *jobs* and give their outcomes as they come; *begun* is called with each job before it is handed out.

        Stops without a word when one of *also* becomes readable.
        """
        todo = iter(jobs)
        while True:
            while len(self._busy) < self._size and (job := next(todo, None)):
                begun(job)
                self._begin(job)
            if not self._busy:
                return
            soonest = min(worker.deadline for worker in self._busy)
            ready = wait([*(worker.ours for worker in self._busy), *also], max(0.0, soonest - time.monotonic()))
            if any(each in ready for each in also):
                return
            now = time.monotonic()
            for worker in [each for each in self._busy if each.ours in ready or each.deadline <= now]:
                yield worker.finish()
                self._retire(worker)

    @property
    def _busy(self) -> list[Worker]:
        return [worker for worker in self._workers if worker.job]

    def _begin(self, job: Job) -> None:
        for worker in [each for each in self._workers if not each.job]:
            try:
                return worker.begin(job)
            except OSError:  # it died while it waited
                worker.close()
                self._workers.remove(worker)
        worker = Worker(self._settings, self._workers)
        self._workers.append(worker)
        return worker.begin(job)

    def _retire(self, worker: Worker) -> None:
        if worker.spent:
            worker.close()
            self._workers.remove(worker)

"""The same jobs on a Dask cluster.

Each thread of a Dask worker leads one isolated process (`leader.py`), so that time limit, memory limit and crashes are
handled as on one machine. A Dask worker that dies takes its jobs with it; the scheduler gives them to others.
"""

from __future__ import annotations

import asyncio
import importlib
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from itertools import islice
from typing import Any

from ocr_clean.batch.leader import Leader
from ocr_clean.batch.storage import shown
from ocr_clean.batch.work import Job, Outcome, Settings
from ocr_clean.errors import ClusterError

AHEAD = 256
"""Jobs that the scheduler has at a time: enough to keep it busy, few enough to see in the run database what runs."""
CONNECT = 30
"""Seconds to wait for the scheduler."""

_mine = threading.local()
"""The leader of each thread of a Dask worker."""


class Cluster:
    """A connection to a scheduler; does jobs as `ocr_clean.batch.workers.Crew` does."""

    def __init__(self, settings: Settings, address: str) -> None:
        """Connect to the scheduler at *address*, ``tcp://HOST:8786``. Raises `ClusterError` if that fails."""
        try:
            self._dask: Any = importlib.import_module("distributed")
        except ImportError:
            raise ClusterError("--scheduler needs Dask", address, "pip install 'ocr-clean[cluster]'") from None
        self._settings = settings
        self._address = address
        try:
            self._client = self._dask.Client(address, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(f"no scheduler answers ({error})", address, "start one: dask scheduler") from None

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def run(self, jobs: Iterable[Job], begun: Callable[[Job], None]) -> Iterator[Outcome]:
        """Do *jobs* and give their outcomes as they come; *begun* is called with each as it goes to the scheduler.

        Raises `ClusterError` if the scheduler is lost.
        """
        todo = iter(jobs)
        pending: dict[str, Job] = {}
        results = self._dask.as_completed(loop=self._client.loop, raise_errors=False)

        def submit(some: Iterable[Job]) -> None:
            for job in some:
                begun(job)
                future = self._client.submit(do_there, job, self._settings, pure=False)
                pending[future.key] = job
                results.add(future)

        submit(islice(todo, AHEAD))
        for future in results:
            job = pending.pop(future.key)
            if future.status == "lost":  # done, but its worker died before the outcome was fetched
                submit([job])
                continue
            yield self._outcome(job, future)
            submit(islice(todo, 1))

    def _outcome(self, job: Job, future: Any) -> Outcome:
        lost = ClusterError("the scheduler was lost", self._address, "run the same command again to go on")
        if future.status == "cancelled":
            raise lost
        try:
            outcome: Outcome = _lost(job, future.exception()) if future.status == "error" else future.result()
        except (OSError, asyncio.CancelledError, futures.CancelledError):  # lost while the outcome was fetched
            raise lost from None
        return outcome


def _lost(job: Job, error: BaseException | None) -> Outcome:
    """The outcome of a job that Dask itself gave up: it took several workers with it, or cannot be run there."""
    message = shown(f"given up by the cluster ({type(error).__name__}: {error})")
    return Outcome(job, "failed", "crash", message, job.stamp)


def do_there(job: Job, settings: Settings) -> Outcome:
    """What a Dask worker does with a job. A leader that has died is replaced once."""
    for _ in range(2):
        try:
            return _leader(settings).do(job)
        except (EOFError, OSError):
            _mine.leader.close()
            _mine.leader = None
    return Outcome(job, "failed", "crash", "its process ended twice; see the log of the Dask worker", job.stamp)


def _leader(settings: Settings) -> Leader:
    leader: Leader | None = getattr(_mine, "leader", None)
    if leader and leader.settings == settings:
        return leader
    if leader:
        leader.close()
    _mine.leader = Leader(settings)
    return _mine.leader  # type: ignore[no-any-return]  # threading.local has no types

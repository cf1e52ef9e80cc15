"""One isolated worker, led from another process.

A Dask worker has threads, which makes forking from it unsafe, and is a daemon, which may have no children of
`multiprocessing`. So it starts this module as a program of its own (``python -m ocr_clean.batch.leader``), which loads
the word lists once, forks a worker, and passes jobs on to it.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from ocr_clean.batch.storage import shown
from ocr_clean.batch.work import Job, Outcome, Settings, warm_up
from ocr_clean.batch.workers import Crew
from ocr_clean.errors import OcrCleanError

IDLE = 60.0
"""Seconds without a job after which the program ends: Dask workers outlive the runs that they serve."""


class Leader:
    """The program, as seen by the process that starts it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._link, theirs = Pipe()
        command = [sys.executable, "-m", "ocr_clean.batch.leader", str(theirs.fileno())]
        with theirs:
            self._program = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
        self._link.send(settings)

    def do(self, job: Job) -> Outcome:
        """The outcome of *job*. Raises `EOFError` or `OSError` if the program has died."""
        self._link.send(job)
        outcome: Outcome = self._link.recv()
        return outcome

    def close(self) -> None:
        """End the program."""
        self._link.close()
        self._program.kill()
        self._program.wait()


def main() -> None:
    """Serve jobs until the process that started this one goes, or none has come for a while."""
    with Connection(int(sys.argv[1])) as link, suppress(EOFError, OSError):
        settings: Settings = link.recv()
        problem = _problem(settings)
        with Crew(settings, 1) as crew:
            while link.poll(IDLE):
                job: Job = link.recv()
                if problem:
                    link.send(Outcome(job, "failed", "setup", problem, job.stamp))
                    continue
                for outcome in crew.run([job], lambda job: None, also=[link]):
                    link.send(outcome)


def _problem(settings: Settings) -> str:
    try:
        warm_up(settings)
    except OcrCleanError as error:
        return shown(str(error))
    return ""


if __name__ == "__main__":
    main()

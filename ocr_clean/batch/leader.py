"""One isolated worker, led from another process through standard input and output.

A Dask worker has threads, which makes forking from it unsafe, and is a daemon, which may have no children of
`multiprocessing`. So it starts this module as a program of its own (``python -m ocr_clean.batch.leader``), which loads
the word lists once, forks a worker, and passes jobs on to it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import IO

from ocr_clean.batch.storage import shown
from ocr_clean.batch.work import Job, Outcome, Settings, warm_up
from ocr_clean.batch.workers import Crew
from ocr_clean.errors import OcrCleanError


class Leader:
    """The program, as seen by the process that starts it."""

    def __init__(self, settings: Settings) -> None:
        command = [sys.executable, "-m", "ocr_clean.batch.leader"]
        self.settings = settings
        self._program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._send(settings)

    def _send(self, message: object) -> None:
        assert self._program.stdin
        pickle.dump(message, self._program.stdin)
        self._program.stdin.flush()

    def do(self, job: Job) -> Outcome:
        """The outcome of *job*. Raises `EOFError` or `OSError` if the program has died."""
        self._send(job)
        assert self._program.stdout
        outcome: Outcome = pickle.load(self._program.stdout)
        return outcome

    def close(self) -> None:
        """End the program."""
        self._program.kill()
        self._program.communicate()


def main() -> None:
    """Serve jobs until standard input ends."""
    ours = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints stays out of the answers
    settings: Settings = pickle.load(sys.stdin.buffer)
    problem = _problem(settings)
    with Crew(settings, 1) as crew:
        for job in _jobs(sys.stdin.buffer):
            if problem:
                _answer(Outcome(job, "failed", "setup", problem, job.stamp), ours)
                continue
            for outcome in crew.run([job], lambda job: None, also=[sys.stdin.buffer]):
                _answer(outcome, ours)


def _problem(settings: Settings) -> str:
    try:
        warm_up(settings)
    except OcrCleanError as error:
        return shown(str(error))
    return ""


def _jobs(stream: IO[bytes]) -> Iterator[Job]:
    while True:
        try:
            job: Job = pickle.load(stream)
        except EOFError:
            return
        yield job


def _answer(outcome: Outcome, stream: IO[bytes]) -> None:
    pickle.dump(outcome, stream)
    stream.flush()


if __name__ == "__main__":
    main()

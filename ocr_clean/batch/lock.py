"""One run at a time in an output folder.

The kernel's lock (flock) is what counts: it ends with the process that has it, however that ends, so that a lock
cannot go stale. The lock file says besides who has it, for the message, and for file systems without flock, where a
holder counts as gone when no such process runs on this machine since it was last started.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ocr_clean.errors import BusyError

PATIENCE = 3.0
"""Seconds to wait for a lock whose run is gone but whose last worker is still ending."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has, or had, the lock."""

    pid: int
    host: str
    boot: str
    """Changes each time that the machine starts; "" if the system does not tell."""
    since: str

    @classmethod
    def me(cls) -> Holder:
        """This process."""
        return cls(os.getpid(), socket.gethostname(), _boot(), datetime.now(UTC).isoformat(timespec="seconds"))

    def runs(self) -> bool:
        """Whether the process is still there; one on another machine is taken to be."""
        if (self.host, self.boot) != (socket.gethostname(), _boot()):
            return self.host != socket.gethostname()
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since}"


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


@contextmanager
def exclusive(folder: Path) -> Iterator[Holder | None]:
    """Hold the lock of *folder*; give the holder of the run before if that one never ended.

    Raises `BusyError` while another run has it.
    """
    path = folder / "lock"
    with open(path, "a+", encoding="utf-8") as handle:
        before = _acquire(handle, path)
        _write(handle, json.dumps(asdict(Holder.me())))
        try:
            yield before
        finally:
            _write(handle, "")


def is_held(folder: Path) -> bool:
    """Whether a run works on the output of the state *folder* now."""
    try:
        with open(folder / "lock", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _acquire(handle: IO[str], path: Path) -> Holder | None:
    give_up = time.monotonic() + PATIENCE
    while True:
        holder = _read(handle)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return holder
        except BlockingIOError:
            if time.monotonic() > give_up or (holder and holder.runs()):
                raise _refusal(holder, path, "wait for it to end, or stop it") from None
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
                raise
            if holder and holder.runs():
                raise _refusal(holder, path, "if it is gone, remove this file") from None
            return holder
        time.sleep(0.05)


def _refusal(holder: Holder | None, path: Path, hint: str) -> BusyError:
    return BusyError(f"another run works on this folder ({holder or 'unknown'})", str(path), hint)


def _read(handle: IO[str]) -> Holder | None:
    handle.seek(0)
    try:
        return Holder(**json.loads(handle.read()))
    except (ValueError, TypeError):
        return None


def _write(handle: IO[str], text: str) -> None:
    handle.seek(0)
    handle.truncate()
    handle.write(text)
    handle.flush()

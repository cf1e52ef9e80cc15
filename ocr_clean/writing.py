"""Write files so that what was there before is intact until the new one is whole.

A text goes to a temporary file beside its target, which then takes the target's place (`os.replace`). Targets that are
no regular files (``/dev/stdout``, a pipe) are written to directly.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ocr_clean.errors import OutputError, ReaderGone

STDOUT = "-"


def check(targets: Iterable[str], sources: Iterable[str] = ()) -> None:
    """Look before a long run whether *targets* can be written and are none of *sources*; "" and "-" are passed over.

    Raises `OutputError` for a folder, a place in a folder that does not exist, a file that is read too, and two
    targets that are the same file.
    """
    taken = {os.path.realpath(source): "it is read by this run" for source in sources if source not in ("", STDOUT)}
    for target in targets:
        if target in ("", STDOUT):
            continue
        real = os.path.realpath(target)
        if real in taken:
            raise OutputError(f"will not be written: {taken[real]}", target, "name another file")
        taken[real] = "it is to hold another output of this run"
        _check_place(Path(real), target)


def _check_place(file: Path, name: str) -> None:
    if os.path.isdir(file):
        raise OutputError("is a folder", name, "name a file in it")
    if not os.path.isdir(file.parent):
        raise OutputError(f"there is no folder {file.parent}", name, "make it first")


def write(texts: Mapping[str, str]) -> None:
    """Write each text, in UTF-8, to its target: a path, or ``-`` for standard output. All or none are replaced.

    Raises `OutputError` where one cannot be written; then every target is as it was.
    """
    pending: dict[Path, Path] = {}
    try:
        for target, text in texts.items():
            if target != STDOUT:
                _prepare(target, text.encode("utf-8", "surrogatepass"), pending)
        if STDOUT in texts:
            to_stdout(texts[STDOUT])
        for temporary, file in pending.items():
            with _told(str(file)):
                os.replace(temporary, file)
    finally:
        for temporary in pending:
            temporary.unlink(missing_ok=True)


def _prepare(target: str, data: bytes, pending: dict[Path, Path]) -> None:
    file = Path(os.path.realpath(target))
    _check_place(file, target)
    with _told(target):
        if file.exists() and not file.is_file():
            file.write_bytes(data)
            return
        temporary = file.with_name(f".ocr-clean-{secrets.token_hex(6)}.tmp")
        pending[temporary] = file
        with open(temporary, "xb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        if file.exists():
            if not os.access(file, os.W_OK):
                raise PermissionError(None, "it is read-only")
            shutil.copymode(file, temporary)


@contextlib.contextmanager
def _told(name: str) -> Iterator[None]:
    """Tell of an error of the system in our words."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"cannot be written ({error.strerror})", name, "free some space or name another place"
        ) from None


def to_stdout(text: str) -> None:
    """Write *text* to standard output, in UTF-8 whatever the locale.

    Raises `OutputError` where that fails, and `ReaderGone` where nobody reads any more.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed", hint="use -o FILE")
    try:
        sys.stdout.flush()
        rest = memoryview(text.encode("utf-8", "surrogatepass"))
        while rest:  # an unbuffered stream (python -u) takes what fits into the pipe
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise ReaderGone("nobody reads standard output") from None
    except OSError as error:
        raise OutputError(f"standard output cannot be written ({error.strerror})", hint="use -o FILE") from None


def abandon_stdout() -> None:
    """Send what is still in the buffer of standard output nowhere: it cannot be written, and Python would try again."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)

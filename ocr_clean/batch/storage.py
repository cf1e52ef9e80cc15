"""One file read or written, on disk or behind an fsspec URL.

Inputs are not trusted: only regular files are opened, no more is read than allowed, and nothing is written outside
the output folder. A path is a string as `os.fsdecode` gives it, so that a name of any bytes can be held.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocr_clean import writing
from ocr_clean.errors import InputError, OutputError

_URL_RE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:::|://)")
"""``s3://bucket/x``, ``zip://x.txt::archive.zip``; two letters at least: ``C:`` is a drive."""
_TEMPORARY_RE = re.compile(r"\.ocr-clean-[0-9a-f]+\.tmp")
"""How `ocr_clean.writing` names a file that is not whole yet."""
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells a changed file from an unchanged one without reading it."""

    size: int
    """Bytes as stored."""
    mark: str
    """Time of last change in nanoseconds, or what the file system behind a URL has instead (an ETag)."""


UNSEEN = Stamp(-1, "")
"""The stamp of a file that could not be looked at."""


def is_url(path: str) -> bool:
    """Whether *path* is for fsspec rather than for the operating system.

    >>> is_url("s3://scans/1.txt"), is_url("scans/1.txt"), is_url("C:/scans")
    (True, False, False)
    """
    return bool(_URL_RE.match(path))


def local(path: str) -> str:
    """*path* without the ``file://`` of a URL that names a file on disk."""
    return path.removeprefix("file://") if path.startswith("file:///") else path


def shown(path: str) -> str:
    """*path* for a person: what cannot be printed (newline, escape, a byte that is not UTF-8) as an escape.

    >>> shown("a\\nb\\udce9.txt")
    'a\\\\nb\\\\udce9.txt'
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in path)


def file_system(url: str) -> tuple[Any, str]:
    """The fsspec file system of *url* and the path in it. Raises `InputError` if it cannot be had."""
    try:
        import fsspec
    except ImportError:
        raise InputError("URLs need fsspec", shown(url), "pip install 'ocr-clean[cluster]'") from None
    try:
        return fsspec.core.url_to_fs(url)  # type: ignore[no-any-return]  # fsspec has no types
    except Exception as error:  # each file system raises its own
        raise InputError(f"cannot be opened ({error})", shown(url), "check the address and the login") from None


def read(path: str, limit: int) -> tuple[bytes, Stamp]:
    """The bytes of the file at *path*, as stored, and its stamp.

    Raises `InputError` for anything but a regular file (a FIFO is never waited for), and for one of more than *limit*
    bytes.
    """
    if is_url(path):
        return _read_url(path, limit)
    try:
        _check_regular(path, os.stat(path).st_mode)  # opening a device can do things; looking cannot
        # It may have changed since: without O_NONBLOCK, opening a FIFO that nobody writes to waits for ever.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC), "rb") as handle:
            status = os.fstat(handle.fileno())
            _check_regular(path, status.st_mode)
            _check_size(path, status.st_size, limit)
            data = handle.read(limit + 1)
    except FileNotFoundError:
        raise InputError("there is no such file", shown(path), "check the path") from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", shown(path), "check its permissions") from None
    _check_size(path, len(data), limit)
    return data, Stamp(status.st_size, str(status.st_mtime_ns))


def _check_regular(path: str, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise InputError(f"is {kind(mode)}, not a file", shown(path), "give the OCR text dump")


def _check_size(path: str, size: int, limit: int) -> None:
    if size > limit:
        raise InputError(f"larger than {limit} bytes", shown(path), "raise --max-size if this is a true dump")


def kind(mode: int) -> str:
    """What a file of this *mode* is, for a message."""
    kinds = {
        stat.S_IFREG: "a file",
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a FIFO",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
        stat.S_IFLNK: "a symbolic link",
    }
    return kinds.get(stat.S_IFMT(mode), "of an unknown kind")


def _read_url(url: str, limit: int) -> tuple[bytes, Stamp]:
    files, path = file_system(url)
    try:
        stamp = _url_stamp(files, path)
        with files.open(path, "rb") as handle:
            data = handle.read(limit + 1)
    except FileNotFoundError:
        raise InputError("there is no such file", shown(url), "check the address") from None
    except Exception as error:  # each file system raises its own
        raise InputError(f"cannot be read ({error})", shown(url), "check the address and the login") from None
    _check_size(url, len(data), limit)
    return data, stamp if stamp.size >= 0 else Stamp(len(data), stamp.mark)


def _url_stamp(files: Any, path: str) -> Stamp:
    info = files.info(path)
    size = info.get("size")
    return Stamp(-1 if size is None else int(size), str(files.ukey(path)))


def stamp_of(path: str) -> Stamp | None:
    """The stamp of the file at *path* without reading it, or None if there is none to be had."""
    if is_url(path):
        try:
            return _url_stamp(*file_system(path))
        except Exception:  # each file system raises its own; reading it will say what is wrong
            return None
    try:
        status = os.stat(path)
    except OSError:
        return None
    return Stamp(status.st_size, str(status.st_mtime_ns))


def unpacked(data: bytes, path: str, limit: int) -> bytes:
    """*data* decompressed if it is gzip, else as it is.

    Raises `InputError` for a damaged stream and for one that grows over *limit* bytes (a decompression bomb).

    >>> unpacked(gzip.compress(b"a page"), "x.txt.gz", 100)
    b'a page'
    """
    if not data.startswith(_GZIP_MAGIC):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            plain = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"damaged gzip data ({error})", shown(path), "check the download") from None
    if len(plain) > limit:
        message = f"larger than {limit} bytes once decompressed"
        raise InputError(message, shown(path), "raise --max-size if this is a true dump")
    return plain


def joined(root: str, name: str) -> str:
    """The path of *name*, ``/`` between its parts, below *root*."""
    return f"{root.rstrip('/')}/{name}" if is_url(root) else os.path.join(root, *name.split("/"))


def size_of(root: str, name: str) -> int | None:
    """Bytes of the output *name* below *root*, or None if it is not there or is not a file."""
    path = joined(root, name)
    if is_url(root):
        stamp = stamp_of(path)
        return stamp.size if stamp else None
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def exists(root: str, name: str) -> bool:
    """Whether anything at all is at the output *name* below *root*: a file, a folder, a link to nowhere."""
    path = joined(root, name)
    return stamp_of(path) is not None if is_url(root) else os.path.lexists(path)


def write(root: str, texts: Mapping[str, str]) -> None:
    """Write each text to its name below *root*, each whole or not at all, making the folders between.

    Raises `OutputError`, among others where something on the way is a symbolic link: it might lead out of *root*.
    """
    if is_url(root):
        for name, text in texts.items():
            _write_url(joined(root, name), text.encode("utf-8", "surrogatepass"))
        return
    writing.write({_ready(Path(root), name): text for name, text in texts.items()})


def _ready(root: Path, name: str) -> str:
    """The path of the output *name* below *root*, its folders made; raises `OutputError` if it may not be written."""
    *folders, last = name.split("/")
    if {"", ".", ".."} & {*folders, last}:
        raise OutputError("leads out of the output folder", shown(name), "please report this name")
    path = root
    for part in folders:
        path = path / part
        _refuse_link(path)
        try:
            path.mkdir(exist_ok=True)
        except OSError as error:
            hint = "move away what is in its place, or make room"
            raise OutputError(f"cannot be made a folder ({error.strerror})", shown(str(path)), hint) from None
    path = path / last
    _refuse_link(path)
    if path.exists() and not path.is_file():
        raise OutputError("is there and is not a file", shown(str(path)), "move it away")
    return str(path)


def _refuse_link(path: Path) -> None:
    try:
        is_link = path.is_symlink()
    except OSError as error:
        raise OutputError(f"cannot be written ({error.strerror})", shown(str(path)), "choose another --out") from None
    if is_link:
        raise OutputError("is a symbolic link in the output folder", shown(str(path)), "remove the link")


def _write_url(url: str, data: bytes) -> None:
    files, path = file_system(url)
    try:
        files.makedirs(path.rpartition("/")[0], exist_ok=True)
        with files.transaction, files.open(path, "wb") as handle:
            handle.write(data)
    except Exception as error:  # each file system raises its own
        raise OutputError(f"cannot be written ({error})", shown(url), "check the address and the login") from None


def sweep(root: str) -> None:
    """Remove what killed processes have left half-written below *root*. Only for the holder of the lock."""
    if is_url(root):
        return
    for folder, _, names in os.walk(root):
        for name in names:
            if _TEMPORARY_RE.fullmatch(name):
                Path(folder, name).unlink(missing_ok=True)

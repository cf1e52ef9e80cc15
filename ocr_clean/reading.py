"""Bytes to a document: encoding, newlines, page files in a folder, and what is refused."""

from __future__ import annotations

import codecs
import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import regex

from ocr_clean.document import Document
from ocr_clean.errors import InputError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with the UTF-16 one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = {
    b"%PDF-": "a PDF",
    b"AT&TFORM": "a DjVu file",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"II*\0": "a TIFF image",
    b"MM\0*": "a TIFF image",
    b"GIF8": "a GIF image",
    b"\0\0\0\x0cjP  ": "a JPEG 2000 image",
    b"PK\x03\x04": "a ZIP archive (also DOCX, EPUB)",
    b"\x1f\x8b": "a gzip file",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
}
"""How files begin that people take for the text of a book."""
_MOST_CONTROLS = 0.05
"""Share of control characters from which on a file is no text: a dump has hardly any."""
_CONTROL_RE = regex.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f]")
_DIGITS_RE = regex.compile(r"(\d+)")
TEXT_SUFFIXES = (".txt", ".text", ".asc", ".ocr")
"""How the names of text files end: page files in a folder that is a dump, dumps in a folder of a batch."""
LONGEST_LINE = 500_000
"""Characters: a whole short book without a line end. What is longer is no text, or has lost its line ends."""

_SAMPLE = 4096
"""Bytes looked at to tell UTF-16 without a mark from binary data."""


@dataclass(frozen=True, slots=True)
class Source:
    """A dump as read, before any stage."""

    document: Document
    sha256: str
    size: int
    """Bytes."""
    encoding: str
    """The encoding that was used; "" for a folder whose page files have several."""
    notice: str = ""
    """What a person should know about the reading: a guessed encoding; "" if there is nothing."""


def read_source(path: str, encoding: str = "") -> Source:
    """Read the dump at *path* (``-`` for standard input), decoded as *encoding* or as its bytes suggest.

    A folder is a dump too if it holds page files: see `page_files`. They are read as one text with a form feed, on a
    line of its own, between two pages. Raises `InputError` for a missing file, a folder without page files, an empty
    file, binary data and undecodable bytes.
    """
    if path == "-":
        return decode(sys.stdin.buffer.read(), "<stdin>", encoding)
    if os.path.isdir(path):  # Path.is_dir stumbles over a name that is too long
        return _pages(path, encoding)
    return decode(_bytes(path), path, encoding)


def page_files(folder: str) -> list[Path]:
    """The page files of *folder*: those of its own files that end in `TEXT_SUFFIXES`, numbers in numerical order."""
    files = (each for each in Path(folder).iterdir() if each.suffix.lower() in TEXT_SUFFIXES and each.is_file())
    return sorted((each for each in files if not each.name.startswith(".")), key=natural)


def natural(file: Path) -> tuple[list[tuple[int, str]], str]:
    """The order in which a person counts: ``page_2.txt`` before ``page_10.txt``."""
    parts = _DIGITS_RE.split(file.name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], file.name


def _pages(folder: str, encoding: str) -> Source:
    files = page_files(folder)
    if not files:
        hint = "name one dump, or see 'ocr-clean batch --help'"
        raise InputError(f"no page files ({', '.join(TEXT_SUFFIXES)}) in this folder", folder, hint)
    read = [_text(_bytes(str(file)), str(file), encoding) for file in files]
    text = "".join(_closed(page) for page, _, _ in read)
    if not text.strip():
        raise InputError("the page files are empty", folder, "check the download or the scan")
    used = {each for _, each, _ in read}
    notices = [f"{file.name}: {notice}" for file, (_, _, notice) in zip(files, read, strict=True) if notice]
    more = f" (and {len(notices) - 1} more page files)" if len(notices) > 1 else ""
    data = text.encode("utf-8", "surrogatepass")
    return Source(
        Document.from_text(text, folder),
        hashlib.sha256(data).hexdigest(),
        len(data),
        used.pop() if len(used) == 1 else "",
        notices[0] + more if notices else "",
    )


def _closed(page: str) -> str:
    """The text of a page file with a form feed after it, on a line of its own; many engines write one."""
    if page.rstrip(" \r\n").endswith("\f"):
        return page if page.endswith("\n") else f"{page}\n"
    return f"{page}\f\n" if page.endswith("\n") or not page else f"{page}\n\f\n"


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError("there is no such file", path, "check the path") from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path, "check its permissions") from None


def decode(data: bytes, name: str, encoding: str = "") -> Source:
    """Decode *data*; every byte counts, nothing is ignored or replaced.

    UTF-8 unless a byte order mark says otherwise. Bytes that are not UTF-8 are read as Windows-1252, the encoding of
    most older Western text files, with a notice.

    >>> decode(b"caf\\xe9", "old.txt").notice
    'not UTF-8 (byte 0xe9 at line 1): read as cp1252; say --encoding to choose another'
    """
    text, used, notice = _text(data, name, encoding)
    if not text.strip():
        raise InputError("the file is empty", name, "check the download or the scan")
    document = Document.from_text(text, name)
    return Source(document, hashlib.sha256(data).hexdigest(), len(data), used, notice)


def _text(data: bytes, name: str, encoding: str) -> tuple[str, str, str]:
    """The text of *data*, the encoding that was used, and a notice about it."""
    for start, kind in _MAGIC.items():
        if data.startswith(start):
            raise InputError(f"this is {kind}, not text", name, "give the OCR text dump")
    text, used, notice = _decoded(data, name, encoding)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError("holds NUL characters: this is not text", f"{name}:{line}", "give the OCR text dump")
    if len(_CONTROL_RE.findall(text)) > _MOST_CONTROLS * len(text):
        raise InputError("mostly control characters: this is not text", name, "give the OCR text dump")
    for number, row in enumerate(text.split("\n"), start=1):
        if len(row) > LONGEST_LINE:
            problem = f"a line of {len(row):,} characters: no page has one"
            raise InputError(problem, f"{name}:{number}", "give the OCR text dump with its line ends")
    return text, used, notice


def _decoded(data: bytes, name: str, encoding: str) -> tuple[str, str, str]:
    if encoding:
        return _strictly(data, name, encoding), encoding, ""
    for mark, marked in _BOMS:
        if data.startswith(mark):
            return _strictly(data, name, marked), marked, ""
    if guessed := _utf16_without_mark(data):
        return _strictly(data, name, guessed), guessed, f"no byte order mark: read as {guessed}"
    try:
        return data.decode("utf-8"), "utf-8", ""
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        bad = f"not UTF-8 (byte {data[error.start]:#04x} at line {line})"
        if b"\0" in data:
            raise InputError(f"{bad}, with NUL bytes: this is not text", name, "give the OCR text dump") from None
        used = "cp1252" if _decodes(data, "cp1252") else "latin-1"
        return data.decode(used), used, f"{bad}: read as {used}; say --encoding to choose another"


def _strictly(data: bytes, name: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError:
        raise InputError(f"there is no encoding {encoding!r}", name, "try utf-8, cp1252 or latin-1") from None
    except UnicodeError as error:
        raise InputError(f"does not decode as {encoding} ({error})", name, "try another --encoding") from None


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_mark(data: bytes) -> str:
    """The kind of UTF-16 that *data* looks like: Latin text in it has a zero in every other byte."""
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    if half < 2:
        return ""
    if sample[1::2].count(0) > 0.7 * half and sample[0::2].count(0) == 0:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.7 * half and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return ""

"""Finds the inputs of a run and gives each its place in the output tree.

| argument | inputs | name, below the output folder |
| --- | --- | --- |
| a folder | its files that match, recursively | the path below the folder |
| a file | itself | the path below the current folder, else the whole path |
| a glob (quoted) | what it matches, folders as above | as for a file |
| ``-`` | the paths on standard input, one a line or NUL between them | as for a file |
| an fsspec URL | the file, or the files below it | the path below the URL |

With a *base*, every name is the path below that folder. Nothing is left out in silence: what was asked for and cannot
be read (a missing file, a device, a link out of the tree) is an input with a problem, and fails in its turn.
"""

from __future__ import annotations

import glob
import os
import stat
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from ocr_clean.batch import storage
from ocr_clean.batch.storage import is_url, shown
from ocr_clean.errors import InputError
from ocr_clean.reading import TEXT_SUFFIXES

INCLUDE = tuple(f"*{suffix}{packed}" for suffix in TEXT_SUFFIXES for packed in ("", ".gz"))
"""Files that a folder is searched for, unless told otherwise."""
STATE = ".ocr-clean"
"""Folder in the output folder that holds the run database and the lock."""
_GLOB_CHARACTERS = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Input:
    """One dump that was asked for."""

    path: str
    """Absolute path or URL."""
    name: str
    """Path in the output tree, with the input's own suffix, ``/`` between its parts."""
    problem: str = ""
    """Why it cannot be cleaned, known before it is opened; "" if nothing is known against it."""


@dataclass(frozen=True, slots=True)
class Search:
    """What `find` looks for."""

    base: str = ""
    """Names are paths below this folder; "" for the rule of each kind of argument."""
    include: tuple[str, ...] = INCLUDE
    """Patterns of the files to take from a folder: against the path below it if they have a ``/``, else the name."""
    exclude: tuple[str, ...] = ()
    """Patterns of files and folders to leave out."""
    out: str = ""
    """The output folder, never searched when it lies inside an input folder."""

    def wants(self, path: str) -> bool:
        """Whether the file at *path*, relative to the folder that is searched, is to be taken."""
        return _matches(path, self.include) and not self.leaves_out(path)

    def leaves_out(self, path: str) -> bool:
        """Whether the file or folder at *path*, relative to the folder that is searched, is excluded."""
        return _matches(path, self.exclude)


EVERY_TEXT = Search()
"""The search if nothing else is said."""


def _matches(path: str, patterns: Iterable[str]) -> bool:
    name = path.rpartition("/")[2]
    return any(fnmatchcase(path if "/" in pattern else name, pattern) for pattern in patterns)


def find(arguments: Sequence[str], search: Search = EVERY_TEXT) -> list[Input]:
    """The inputs that *arguments* stand for, each once, in the order of their names.

    Raises `InputError` if there are none.
    """
    found: dict[str, Input] = {}
    for argument in arguments:
        for each in _one(argument, search):
            found.setdefault(each.path, each)
    if not found:
        raise InputError("no file to clean", " ".join(map(shown, arguments)), "see --include, and --files-from")
    return sorted(found.values(), key=lambda each: (os.fsencode(each.name), os.fsencode(each.path)))


def read_list(path: str) -> list[str]:
    """The paths that the file at *path* (``-`` for standard input) lists.

    One a line, or NUL between them if there is any NUL (``find -print0``): the only way to list a name with a newline.
    """
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"the list cannot be read ({error.strerror})", shown(path), "check its path") from None
    lines = data.split(b"\0") if b"\0" in data else data.splitlines()
    return [os.fsdecode(line) for line in lines if line.strip()]


def _one(argument: str, search: Search) -> Iterator[Input]:
    argument = storage.local(argument)
    if is_url(argument):
        yield from _below_url(argument, search)
    elif os.path.isdir(argument):
        yield from _below(os.path.abspath(argument), search)
    elif _GLOB_CHARACTERS & set(argument) and not os.path.lexists(argument):
        yield from _globbed(argument, search)
    else:
        yield _file(argument, search)


def _globbed(pattern: str, search: Search) -> Iterator[Input]:
    paths = sorted(glob.glob(pattern, recursive=True))
    if not paths:
        yield replace(_file(pattern, search), problem="the pattern matches nothing")
    for path in paths:
        if os.path.isdir(path):  # its files are matched by a pattern of their own: '**/*.txt'
            continue
        if not search.leaves_out(path):
            yield _file(path, search)


def _file(argument: str, search: Search) -> Input:
    path = os.path.abspath(argument)
    return Input(path, _name(path, search.base or os.getcwd()), _problem(path))


def _name(path: str, base: str) -> str:
    """*path* below *base*, or the whole path without its root if it is not below it."""
    base = os.path.abspath(base)
    inside = os.path.commonpath([path, base]) == base
    return os.path.relpath(path, base) if inside else path.lstrip("/")


def _problem(path: str) -> str:
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return "there is no such file"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return "" if stat.S_ISREG(mode) else f"is {storage.kind(mode)}, not a file"


def _below(root: str, search: Search) -> Iterator[Input]:
    """The files below the folder *root*: hidden ones and the output folder left out, links to folders not followed."""
    errors: list[OSError] = []
    real = os.path.realpath(root)
    out = os.path.realpath(search.out) if search.out else ""
    for folder, folders, names in os.walk(root, onerror=errors.append):
        relative = os.path.relpath(folder, root)
        below = "" if relative == "." else f"{relative}/"
        folders[:] = sorted(
            each
            for each in folders
            if not each.startswith(".")
            and not search.leaves_out(below + each)
            and os.path.realpath(os.path.join(folder, each)) != out
        )
        for name in sorted(names):
            if not name.startswith(".") and search.wants(below + name):
                yield _found(os.path.join(folder, name), root, real, search)
    for error in errors:
        path = os.fsdecode(error.filename)
        problem = f"the folder cannot be searched ({error.strerror})"
        yield Input(path, _name(path, search.base or root), problem)


def _found(path: str, root: str, real: str, search: Search) -> Input:
    problem = _problem(path)
    if not problem and os.path.islink(path) and not os.path.realpath(path).startswith(real + os.sep):
        problem = "is a symbolic link out of the folder; name the file itself to have it cleaned"
    return Input(path, _name(path, search.base or root), problem)


def _below_url(url: str, search: Search) -> Iterator[Input]:
    files, root = storage.file_system(url)
    try:
        paths = [root] if files.isfile(root) else sorted(files.find(root))
    except Exception as error:  # each file system raises its own
        raise InputError(f"cannot be listed ({error})", shown(url), "check the address and the login") from None
    folder = root.rpartition("/")[0] if paths == [root] else root
    for path in paths:
        relative = path.removeprefix(folder).lstrip("/")
        hidden = any(part.startswith(".") for part in relative.split("/"))
        if path == root or (not hidden and search.wants(relative)):
            yield Input(url if path == root else _url_of(path, url, files), _safe(relative))


def _url_of(path: str, root: str, files: Any) -> str:
    """The URL of *path*, found below the URL *root*, which may be a chain: ``zip://shelf::/disk/scans.zip``."""
    first, chain, rest = root.partition("::")
    return f"{first.partition('://')[0]}://{path}::{rest}" if chain else files.unstrip_protocol(path)


def _safe(name: str) -> str:
    """*name* without parts that would lead out of a folder: an object store has any key."""
    return "/".join(part for part in PurePosixPath(name).parts if part not in ("..", "/"))


def output_stem(name: str, whole: bool = False) -> str:
    """What the outputs of the input *name* are called, less ``.md`` and ``.ledger.jsonl``.

    A suffix goes only if it says no more than "text"; with *whole*, none does.

    >>> output_stem("a/vol.1.txt.gz"), output_stem("a/vol.1"), output_stem("a/vol.1.txt", whole=True)
    ('a/vol.1', 'a/vol.1', 'a/vol.1.txt')
    """
    if whole:
        return name
    stem = name.removesuffix(".gz")
    for suffix in TEXT_SUFFIXES:
        if stem.lower().endswith(suffix) and not stem.endswith("/" + stem[-len(suffix) :]) and len(stem) > len(suffix):
            return stem[: -len(suffix)]
    return stem


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the products of one input go, below the output folder."""

    markdown: str
    ledger: str


def outputs_of(name: str, whole: bool = False) -> Outputs:
    """The outputs of the input *name*.

    >>> outputs_of("a/1.txt")
    Outputs(markdown='a/1.md', ledger='a/1.ledger.jsonl')
    """
    stem = output_stem(name, whole)
    return Outputs(f"{stem}.md", f"{stem}.ledger.jsonl")


def refuse_collisions(
    inputs: Sequence[Input], out: str, *, whole: bool = False, folds_case: bool = False
) -> list[Input]:
    """*inputs*, those with a problem that would write one output, or over an input, or into the state folder.

    All that collide are refused, not all but the first: which one is first changes when a file is added.
    *folds_case*: the output's file system takes ``A.md`` and ``a.md`` for one file.
    """
    sound = [each for each in inputs if not each.problem]
    targets = {each.path: _targets(each, whole, folds_case) for each in sound}
    writers = Counter(target for found in targets.values() for target in found)
    folders = {str(parent) for target in writers for parent in PurePosixPath(target).parents}
    sources = {os.path.realpath(each.path) for each in sound if not is_url(each.path)}
    hint = "--base or --whole-names keeps their names apart"

    def problem(each: Input) -> str:
        found = targets[each.path]
        if any(PurePosixPath(target).parts[0] == _fold(STATE, folds_case) for target in found):
            return f"its output would lie in {STATE}, which is kept for the run database"
        if any(writers[target] > 1 for target in found):
            return f"another input would write the same output; {hint}"
        if any(target in folders for target in found):
            return f"its output would be a folder of another input's output; {hint}"
        outputs = outputs_of(each.name, whole)
        real = (os.path.realpath(storage.joined(out, name)) for name in (outputs.markdown, outputs.ledger))
        if not is_url(out) and any(path in sources for path in real):
            return f"its output would replace an input; {hint}"
        return ""

    return [each if each.problem else replace(each, problem=problem(each)) for each in inputs]


def _targets(each: Input, whole: bool, folds_case: bool) -> tuple[str, str]:
    outputs = outputs_of(each.name, whole)
    return _fold(outputs.markdown, folds_case), _fold(outputs.ledger, folds_case)


def _fold(name: str, folds_case: bool) -> str:
    return unicodedata.normalize("NFC", name).casefold() if folds_case else name

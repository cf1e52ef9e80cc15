"""Reader of the text cases in `tests/cases/`: one file per stage, so that adding a case needs no Python.

    === joins a word that the wordlist knows
    --- words: example
    for exam-
    ple the end
    --- becomes
    for example
    the end
    --- because
    1 dehyphenate/known-word
    2 dehyphenate/known-word

After the title may stand, in any order:

| line | meaning |
|---|---|
| `--- words: a b c` | words that are known besides those of the dictionary |
| `--- options: long_s = true` | options of the stage, as a TOML line |
| `--- after: pages noise` | stages that run first, with their defaults |
| `--- input` | nothing; only for an input whose first line begins with `--- ` |

Then come the lines of the dump, and one or more of these sections:

| section | what it says |
|---|---|
| `--- becomes` | the lines that are printed afterwards, blank ones too; a retired line is not among them |
| `--- unchanged` | every line is printed with the text that it had; takes no lines |
| `--- markdown` | the Markdown of the result, without front matter and stamp |
| `--- because` | every change of the stage, as `LINE STAGE/RULE`; a third word is the new role, or `suggested` |

Blank lines at the end of a section do not count. A character that an editor would not show is written by its code:
`<U+000C>` for a form feed, `<U+0020>` for a space at a line end.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import regex

FOLDER = Path(__file__).parent / "cases"
KNOWN_FAILURES = "known-failures.txt"
"""What ocr-clean does not do yet and should: each case there must fail, until somebody mends it and moves it."""
CHAIN = ("negative.txt", KNOWN_FAILURES)
"""Files whose cases run through the whole chain."""

CODE_RE = regex.compile(r"<U\+([0-9A-F]{4,6})>")
SECTIONS = ("becomes", "unchanged", "markdown", "because")
OPTIONS = ("words", "options", "after")


class BadCase(ValueError):
    """A case file does not keep to the format; the message names file and line."""


@dataclass(slots=True)
class Case:
    """One case of a file."""

    file: str
    line: int
    title: str
    words: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    text: str = ""
    """The dump, with a newline at its end."""
    expected: dict[str, list[str]] = field(default_factory=dict)
    """Lines by section."""

    @property
    def id(self) -> str:
        """How pytest names the case."""
        return f"{self.file}:{self.line} {self.title}"

    @property
    def stage(self) -> str:
        """The stage that the case is for, "" for the whole chain."""
        return "" if self.file in CHAIN else self.file.removesuffix(".txt")


def read_all(folder: Path = FOLDER) -> list[Case]:
    """The cases of all files, in order."""
    return [case for file in sorted(folder.glob("*.txt")) for case in read(file.read_text(encoding="utf-8"), file.name)]


def read(text: str, file: str) -> list[Case]:
    """The cases of the file *file* with the content *text*.

    Raises `BadCase` for a file that does not keep to the format.

    >>> [case] = read("=== keeps it\\nas it is<U+000C>\\n\\n--- unchanged\\n", "noise.txt")
    >>> case.id, case.stage, case.text, case.expected
    ('noise.txt:1 keeps it', 'noise', 'as it is\\x0c\\n', {'unchanged': []})
    """
    return [_case(file, number, chunk) for number, chunk in _chunks(text, file)]


def _chunks(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Lines of each case with the number of its title line; what stands before the first title is a comment."""
    lines = text.split("\n")
    starts = [index for index, line in enumerate(lines) if line.startswith("=== ")]
    for index, line in enumerate(lines):
        if line.startswith("===") and index not in starts:
            raise BadCase(f"{file}:{index + 1}: a case begins with '=== ' and a title")
    for start, end in pairwise([*starts, len(lines)]):
        yield start + 1, lines[start:end]


def _case(file: str, number: int, lines: list[str]) -> Case:
    case = Case(file, number, lines[0][4:].strip())
    body: list[str] = []
    into = body
    for offset, line in enumerate(lines[1:], start=number + 1):
        if not line.startswith("--- "):
            into.append(_decoded(line))
            continue
        keyword, _, value = line[4:].partition(":")
        if keyword.strip() in SECTIONS:
            into = case.expected.setdefault(keyword.strip(), [])
        elif keyword.strip() in OPTIONS:
            _set(case, keyword.strip(), value.strip(), f"{file}:{offset}")
        elif keyword.strip() != "input":
            raise BadCase(f"{file}:{offset}: no section {line!r}; there are {', '.join((*SECTIONS, *OPTIONS))}")
    if not case.expected:
        raise BadCase(f"{file}:{number}: the case says nothing of what is expected; end it with '--- unchanged'")
    case.text = "\n".join(_trimmed(body)) + "\n"
    case.expected = {name: _trimmed(section) for name, section in case.expected.items()}
    return case


def _set(case: Case, keyword: str, value: str, where: str) -> None:
    if keyword == "words":
        case.words = tuple(value.split())
    elif keyword == "after":
        case.after = tuple(value.split())
    else:
        try:
            case.options |= tomllib.loads(value)
        except tomllib.TOMLDecodeError as error:
            raise BadCase(f"{where}: not a line of TOML: {error}") from None


def _decoded(line: str) -> str:
    return CODE_RE.sub(lambda found: chr(int(found[1], 16)), line)


def _trimmed(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    return lines[:end]

"""Reads the source of a sample: settings, layout directives and the proofread text in one file.

A source is TOML settings between two ``+++`` lines, then the text in the Markdown of ``truth.md``.
A line that begins with ``%`` says how to set the block under it; it is never part of the truth:

========================  ====================================================================
``%page``                 new page
``%head WORDS``           words of the recto running head from here on
``%folio N [1|i]``        number of this page, and arabic or roman from here on
``%bare`` / ``%opening``  page without head and folio / with the folio at the foot only
``%signature MARK``       a signature mark at the foot of this page
``%columns`` ``%end``     what stands between is set in two columns
``%space MM``             white space
``%display PT``           the block centred at this size
``%verse`` ``%lines``     the block line by line: indented / from the left
``%center`` ``%right``    the block line by line, centred or at the right
``%contents``             the block as rows of a contents page; " / " before the page is printed
``%table``                rows of a table, two spaces or more between the cells
========================  ====================================================================

The truth is the source without settings and directives, so that it cannot disagree with what is typeset.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_NOTE_TEXT = re.compile(r"\[\^([^\]]+)\]:[ ]+(.*)")
_NOTE_MARK = re.compile(r"\[\^([^\]]+)\]")


Notes = defaultdict[str, deque[str]]
"""The texts of the footnotes still to be set, by mark: a reference takes the next one of its mark."""


@dataclass(frozen=True, slots=True)
class Source:
    """One sample as it was written."""

    settings: dict[str, dict[str, Any]]
    """``[layout]`` (arguments of ``book`` in book.typ), ``[scan]``, ``[ocr]``, and ``[sample]``."""
    body: str
    """Markdown with ``%`` directives."""


def read(text: str) -> Source:
    """Split a source into settings and body; raise ValueError where the ``+++`` lines are missing."""
    parts = re.split(r"^\+\+\+\n", text, maxsplit=2, flags=re.M)
    if len(parts) != 3 or parts[0].strip():
        raise ValueError("a source begins with settings between two '+++' lines")
    return Source(tomllib.loads(parts[1]), parts[2])


def truth(source: Source) -> str:
    """The proofread Markdown: the body without directives, each row of a contents page a paragraph of its own."""
    blocks = []
    for chunk in re.split(r"\n\s*\n", source.body.strip()):
        kept = [line for line in chunk.split("\n") if not line.startswith("%")]
        blocks.append(("\n\n" if "%contents" in chunk else "\n").join(kept))
    return "\n\n".join(block for block in blocks if block) + "\n"


def typst(source: Source) -> str:
    """The body as Typst calls of the functions in book.typ."""
    notes: Notes = defaultdict(deque)
    for mark, text in _NOTE_TEXT.findall(source.body):
        notes[mark].append(text)
    layout = ", ".join(f"{key}: {_setting(value)}" for key, value in source.settings["layout"].items())
    out = ['#import "book.typ": *', f"#show: book.with({layout})"]
    for chunk in re.split(r"\n\s*\n", source.body.strip()):
        out.append(_chunk(chunk.split("\n"), notes))
    return "\n\n".join(out) + "\n"


def _setting(value: object) -> str:
    """A TOML value as Typst code; lengths are written as strings such as ``"120mm"``."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and not re.fullmatch(r"[\d.]+(mm|pt|em)", value):
        return _string(value)
    return str(value)


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _inline(text: str, notes: Notes) -> str:
    """Running text as Typst content, note marks raised, or set with their footnote where there is one."""
    out = []
    for index, part in enumerate(_NOTE_MARK.split(text)):
        if index % 2 == 0:
            out.append(f"#{_string(part)}" if part else "")
        elif notes[part]:
            out.append(f"#footnote(numbering: _ => {_string(part)})[#{_string(notes[part].popleft())}]")
        else:
            out.append(f"#super({_string(part)})")
    return "[" + "".join(f"{piece};" if piece else "" for piece in out) + "]"


def _chunk(lines: list[str], notes: Notes) -> str:
    """One block with the directives above it."""
    code: list[str] = []
    setting = ""
    while lines and lines[0].startswith("%"):
        name, _, argument = lines.pop(0)[1:].partition(" ")
        if name in _LAYOUT:
            code.append(_LAYOUT[name](argument))
        else:
            setting = f"{name} {argument}".strip()
    if lines:
        code.append(_block(setting, lines, notes))
    return "\n".join(code)


def _folio(argument: str) -> str:
    number, _, style = argument.partition(" ")
    return f'#mark("folio", value: ({number}, {_string(style or "1")}))'


_LAYOUT: dict[str, Callable[[str], str]] = {
    "page": lambda _: "#pagebreak()",
    "head": lambda words: f'#mark("recto-head", value: {_string(words)})',
    "folio": _folio,
    "bare": lambda _: '#mark("bare")',
    "opening": lambda _: '#mark("opening")',
    "signature": lambda mark: f'#mark("signature", value: {_string(mark)})',
    "columns": lambda _: "#columns(2, gutter: 8mm)[",
    "end": lambda _: "]",
    "space": lambda size: f"#v({size}mm)",
}


def _block(setting: str, lines: list[str], notes: Notes) -> str:
    """Set the lines of a block as its directive, or else its first characters, ask."""
    name, _, argument = setting.partition(" ")
    first = lines[0]
    if name == "display":
        return f"#display({argument}, {_inline(first.lstrip('# '), notes)})"
    if name == "table":
        rows = ", ".join(f"({', '.join(_string(c) for c in re.split(' {2,}', row))})" for row in lines)
        return f"#simple-table(({rows}))"
    if name in ("lines", "center", "right"):
        return f"#plain-lines({'left' if name == 'lines' else name}, {_each(lines, notes)})"
    if name in ("verse", "contents"):
        return f"#{name}({_each(lines, notes)})"
    if first.startswith("## "):
        label, colon, title = first[3:].partition(": ")
        return f"#chapter({_string(label) if colon else 'none'}, {_string(title if colon else label)})"
    if first.startswith("### "):
        return f"#section({_string(first[4:])})"
    if first.startswith(">"):
        return f"#quotation({_each([x[1:].strip() for x in lines if x != '>'], notes)})"
    if _NOTE_TEXT.match(first):
        return ""  # set at its reference
    if re.match(r"\d+\. ", first):
        return f"#endnotes({_each(lines, notes)})"
    if re.match(r" *- ", first):
        items = ((len(x) - len(x.lstrip(" "))) // 2 for x in lines)
        return (
            "#entries("
            + ", ".join(f"({level}, {_inline(x.strip()[2:], notes)})" for level, x in zip(items, lines, strict=True))
            + ")"
        )
    if len(lines) > 1:
        raise ValueError(f"a paragraph is one line: {first[:60]!r}")
    return "#par" + _inline(first, notes)


def _each(lines: list[str], notes: Notes) -> str:
    return ", ".join(_inline(line, notes) for line in lines)

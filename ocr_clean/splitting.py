"""One Markdown text into one file a chapter, with a file that lists them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import regex

from ocr_clean.contents_page import is_title
from ocr_clean.markup import NOTE_RE, slug

HEADING_RE = regex.compile(r"^(#{1,6}) +(.+)$", regex.MULTILINE)
CHAPTER_RE = regex.compile(r"^(?=## )", regex.MULTILINE)
NOTE_TEXT_RE = regex.compile(r"^\[\^(?P<label>[^\]\s^]+)\]: .*\n(?:    .*\n)*\n?", regex.MULTILINE)
LINK_RE = regex.compile(r"\]\(#(?P<anchor>[^)\s]+)\)")
ANCHOR_RE = regex.compile(r'<a id="(?P<anchor>[^"]+)"></a>')
BACKSLASH_RE = regex.compile(r"\\([!-/:-@\[-`{-~])")
LONGEST_NAME = 48
"""Characters of a heading in a file's name."""


@dataclass(slots=True)
class Part:
    """A file to be written."""

    name: str
    text: str
    title: str = ""
    anchors: set[str] = field(default_factory=set)


def chapters(markdown: str, name: str, stamp: str) -> dict[str, str]:
    """*markdown* as one file a chapter: names and texts, the list first, under *name* itself.

    A chapter begins at a heading of level 2. What stands before the first, and the printed contents, are in the file
    *name* (``book.md``), with a link to each chapter (``book-01-preface.md``). Notes go to the file that refers to
    them, links lead to the right file, and each file begins with *stamp*.

    >>> book = "## One\\n\\nSo.[^1]\\n\\n## Notes\\n\\n[^1]: There.\\n"
    >>> files = chapters(book, "book.md", "<!-- ocr-clean 1 -->\\n\\n")
    >>> list(files)
    ['book.md', 'book-01-one.md', 'book-02-notes.md']
    >>> print(files["book-01-one.md"].split("-->")[1].strip())
    ## One
    <BLANKLINE>
    So.[^1]
    <BLANKLINE>
    [^1]: There.
    """
    parts = _parts(markdown, name)
    notes = {found["label"]: found[0].rstrip("\n") for found in NOTE_TEXT_RE.finditer(markdown.rstrip("\n") + "\n")}
    for part in parts:
        _take_notes(part, notes)
    homes = {anchor: part.name for part in reversed(parts) for anchor in part.anchors}
    for part in parts:
        part.text = LINK_RE.sub(partial(_link, here=part.name, homes=homes), part.text)
    listed = "\n".join(f"- [{part.title}]({part.name})" for part in parts[1:])
    texts = {part.name: stamp + part.text.strip("\n") + "\n" for part in parts[1:]}
    return {name: f"{parts[0].text.strip(chr(10))}\n\n{listed}\n".lstrip("\n"), **texts}


def _parts(markdown: str, name: str) -> list[Part]:
    stem = name.removesuffix(".md")
    first, *rest = CHAPTER_RE.split(markdown)
    parts = [Part(name, first)]
    taken: dict[str, int] = {}
    for found in HEADING_RE.finditer(first):
        parts[0].anchors.add(slug(_plain(found[2]), taken))
    for text in rest:
        title = text.split("\n", 1)[0].removeprefix("## ").strip()
        part = parts[0]
        if not is_title(title):
            short = slug(_plain(title), {})[:LONGEST_NAME].strip("-") or "chapter"
            part = Part(f"{stem}-{len(parts):02}-{short}.md", "", title)
            parts.append(part)
        part.text += text
        part.anchors.update(slug(_plain(found[2]), taken) for found in HEADING_RE.finditer(text))
        part.anchors.update(found["anchor"] for found in ANCHOR_RE.finditer(text))
    return parts


def _plain(heading: str) -> str:
    return BACKSLASH_RE.sub(r"\1", heading)


def _take_notes(part: Part, notes: dict[str, str]) -> None:
    """Leave in *part* the notes that it refers to, at its end."""
    body = NOTE_TEXT_RE.sub("", part.text.rstrip("\n") + "\n")
    used = dict.fromkeys(found[0][2:-1] for found in NOTE_RE.finditer(body))
    mine = [notes[label] for label in used if label in notes]
    part.text = "\n\n".join([body.strip("\n"), *mine])


def _link(found: regex.Match[str], here: str, homes: dict[str, str]) -> str:
    home = homes.get(found["anchor"], here)
    return found[0] if home == here else f"]({home}#{found['anchor']})"

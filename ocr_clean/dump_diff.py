"""What was done to each line of a dump, as a unified diff: `clean --diff`.

Lines are compared with themselves, not with the Markdown: where words stand on a page and what a paragraph is does not
hide which words were changed. A retired line is shown as taken out.
"""

from __future__ import annotations

from collections.abc import Iterator

from ocr_clean.document import Document, Line, Role

CONTEXT = 2
"""Unchanged lines shown before and after a change."""


def unified(doc: Document) -> str:
    """The changes of *doc*, "" if there are none.

    >>> from ocr_clean.changes import Edit, apply
    >>> doc = apply(Document.from_text("tlie end\\nof it", "dump.txt"), [Edit(1, 0, "tlie", "the", "word")])
    >>> print(unified(doc), end="")
    --- dump.txt
    +++ dump.txt, cleaned
    @@ -1,2 +1,2 @@
    -tlie end
    +the end
     of it
    """
    changed = [line.number for line in doc.lines if _after(line) != _before(line)]
    if not changed:
        return ""
    hunks = [text for first, last in _stretches(changed, len(doc.lines)) for text in _hunk(doc, first, last)]
    return "".join(f"{text}\n" for text in (f"--- {doc.name}", f"+++ {doc.name}, cleaned", *hunks))


def _before(line: Line) -> str:
    return line.raw.removesuffix("\r")


def _after(line: Line) -> str | None:
    """The line as it is now, None if it is retired."""
    return line.text if line.printed or line.role is Role.BLANK else None


def _stretches(changed: list[int], last: int) -> Iterator[tuple[int, int]]:
    """First and last line of each hunk."""
    start = end = changed[0]
    for number in [*changed[1:], last + 2 * CONTEXT + 2]:
        if number - end > 2 * CONTEXT:
            yield max(1, start - CONTEXT), min(last, end + CONTEXT)
            start = number
        end = number


def _hunk(doc: Document, first: int, last: int) -> Iterator[str]:
    lines = doc.lines[first - 1 : last]
    before = sum(_after(line) is not None for line in doc.lines[: first - 1])
    printed = sum(_after(line) is not None for line in lines)
    yield f"@@ -{first},{len(lines)} +{before + 1 if printed else before},{printed} @@"
    removed: list[str] = []
    added: list[str] = []
    for line in lines:
        after = _after(line)
        if after == _before(line):
            yield from (*removed, *added, f" {after}")
            removed, added = [], []
            continue
        removed.append(f"-{_before(line)}")
        added += [] if after is None else [f"+{after}"]
    yield from (*removed, *added)

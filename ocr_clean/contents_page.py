"""The contents page as others read it: its title, its entries with their numbers and pages."""

from __future__ import annotations

from dataclasses import dataclass

import regex
from rapidfuzz import fuzz

from ocr_clean.document import Document, Line, Role
from ocr_clean.numerals import figure, label_number, roman

TITLE_RE = regex.compile(r"\W*(?:(?:the|table|o[fpr])\s+)*(\w{7,9})\W*(?:of\s+vol\w*\W*\w*\W*)?", regex.IGNORECASE)
"""A line that may be the title: one word of about the length of ``contents``, with ``table of`` before it."""

PAGE_RE = regex.compile(
    r"""^(?P<title>.*?\S)
    (?P<style>\s*/\s*|\s*(?:[.·•_—-]\s?){3,}\s*|\s{3,}|\s*,\s+|\s+)
    (?P<page>(?=[OoIl|!SsB]{0,3}[0-9])[0-9OoIl|!SsB]{1,4}(?:\s[0-9]{1,2}){0,2}|[ivxlc]{1,7})\W{0,3}$""",
    regex.VERBOSE,
)
"""An entry with its page: after a stroke, leaders, wide space, a comma or plain space. The page may fall apart."""

LABEL_RE = regex.compile(
    r"^\W{0,3}(?:(?:chapter|part|book|section|[\w€]{0,2}ha[pr])\W{1,2}(?P<number>\d{1,3}|[IVXLCHNRM1]{1,8}(?:\s[IVXLC]{1,3})?)"
    r"|(?P<number>\d{1,3}|[IVXLC]{1,7}))\s?[.:;,)—–-]",
    regex.IGNORECASE,
)
"""The label of a numbered entry: ``10 :``, ``CHAPTER IV.``, ``3;``, ``GHAP. XLHI—``, ``CHAP. LI V—``."""

HEAD_RE = regex.compile(r"^(?:\w{1,5}\s)?(?P<title>\D*?)\W*(?:\s\w{1,5}\W*)?$")
"""The running head of a contents page: its title with a folio before or after it."""

COLUMN_RE = regex.compile(r"\W*(?:(?:no|chap|art|sect?)\W+)?(?:page|pages|paos|pace|pagb|pags)\W*", regex.IGNORECASE)
"""What stands over the columns of an entry's number and page: ``No. Page``, ``Page``, damaged or not."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the contents."""

    lines: tuple[Line, ...]
    number: int
    """The chapter's number, 0 if it has none."""
    title: str
    page: str
    """The page as printed, "" if none stands there."""
    level: int


def is_title(text: str) -> bool:
    """Whether a line is the title of a contents page, allowing for a damaged letter or two.

    >>> is_title("Contents"), is_title("TABLE OF GONTENTS."), is_title("contented with")
    (True, True, False)
    """
    found = TITLE_RE.fullmatch(text.strip())
    return found is not None and fuzz.ratio(found[1].lower(), "contents") >= 75 and not found[1].lower().endswith("ed")


def is_head(text: str) -> bool:
    """Whether a line between entries is the running head of the contents, or the head of the column of pages.

    >>> [is_head(text) for text in ("VI TABLE OF CONTENTS.", "CONTENTS, Tli", "No. Page.", "PAOS.", "Paris. 4")]
    [True, True, True, True, False]
    """
    found = HEAD_RE.match(text.strip())
    return COLUMN_RE.fullmatch(text) is not None or (found is not None and is_title(found["title"]))


def page_value(page: str) -> int:
    """Value of a page number in figures, 0 if it is Roman or cannot be read."""
    return 0 if roman(page) else figure(page.replace(" ", ""))


def entries(doc: Document) -> list[Entry]:
    """The entries of the contents page of *doc*, in order, as its lines read now."""
    groups: list[list[Line]] = []
    for line in doc.lines:
        if line.role is not Role.CONTENTS:
            continue
        if line.opens or not groups:
            groups.append([])
        groups[-1].append(line)
    return [_entry(tuple(group)) for group in groups]


def _entry(lines: tuple[Line, ...]) -> Entry:
    text = " ".join(line.text.strip() for line in lines)
    found = PAGE_RE.match(text)
    title, page = (found["title"], found["page"]) if found and lines[0].level == 1 else (text, "")
    label = LABEL_RE.match(title)
    value = label_number(label["number"]) if label else 0
    return Entry(
        lines, value, title[label.end() :].strip() if label else title.strip(), page.replace(" ", ""), lines[0].level
    )

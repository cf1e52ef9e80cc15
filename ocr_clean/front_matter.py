"""What stands at the top of the Markdown: the book as its title page and imprint name it, and how the text came about.

| on the title page or the imprint | in the front matter |
|---|---|
| a line of the title that is also the running head | `title` |
| `by Jane Carr`, `Copyright © The Mill Press and Jane Carr` | `author`, `publisher` |
| `First published July 1991` | `year` |
| `ISBN 0 906224 65 9` with the right check digit | `isbn` |

What the title page does not say, or the OCR has lost, is left out: a wrong author is worse than none.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import regex

from ocr_clean.document import Document, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.quality import features
from ocr_clean.title_page import IMPRINT_RE, front_lines
from ocr_clean.writer import heading_text

YEAR_RE = regex.compile(
    r"(?:published|copyright|©|\(c\)|printed|entered,? according to act).{0,60}?\b(1[5-9]\d\d|20[0-4]\d)\b", regex.I
)
BARE_YEAR_RE = regex.compile(r"^\W{0,3}(1[5-9]\d\d|20[0-4]\d|M[DCLXVI]{3,14})\W{0,3}$")
BY_RE = regex.compile(
    r"^\s*by\s+(?P<name>(?-i:\p{Lu})[\p{L}.’'-]*(?:\s+(?-i:\p{Lu})[\p{L}.’'-]*){1,4}?)(?:,(?:\s*\p{L}\.){1,3})*\W*$",
    regex.I,
)
"""``By Jane Carr``, ``BY REV. JOHN CARR, D. D.``"""
NOBODY = frozenset(
    "the a an his her their and of society company co press association committee club union board department".split()
)
"""Words of which no person's name is made: a body, or ``by their affectionate friend``."""
COPYRIGHT_RE = regex.compile(r"(?:Copyright|©|\(c\))\W*(?:©|\(c\)|\d{4}|by|\W)*(?P<holders>\p{Lu}[\p{L}.,’'& -]+)")
PUBLISHER_RE = regex.compile(
    r"(?:ublished|rinted)\s+(?:and\s+\w+\s+)?(?:for\s+[\w ]+\s)?by\s+(?P<name>\p{Lu}[\p{L}&.’' -]{2,50})"
)
ISBN_RE = regex.compile(r"ISBN(?:-1[03])?\W*(?P<number>[\dXxOIl](?:[ -]?[\dXxOIl]){9,12})")
PERSON_RE = regex.compile(r"^(?:\p{Lu}[\p{L}’'-]*\.?\s+){1,3}\p{Lu}[\p{L}’'-]+$")


def front_matter(doc: Document, header: Mapping[str, Any], words: Lexicon) -> str:
    """The front matter of *doc* as YAML; *header* is that of the ledger."""
    fields = {**book(doc), **_source(header), **_pages(doc), **_quality(doc, words)}
    rows = [
        f"generator: ocr-clean {header['version']}",
        *(f"{name}: {_scalar(value)}" for name, value in fields.items()),
    ]
    title = [row for row in rows if row.startswith("title:")]
    return "\n".join(["---", *title, *(row for row in rows if row not in title), "---"]) + "\n\n"


def comment(header: Mapping[str, Any]) -> str:
    """The stamp alone: one line by which the text is known as ours."""
    return f"<!-- ocr-clean {header['version']} -->\n\n"


def _scalar(value: Any) -> str:
    """A value in YAML's flow style, which JSON is part of; a word that needs no quotation marks has none."""
    if isinstance(value, str) and regex.fullmatch(r"\p{L}[\p{L}\p{N} ._-]*\p{L}", value):
        return value if value.lower() not in ("yes", "no", "true", "false", "null", "on", "off") else json.dumps(value)
    return json.dumps(value, ensure_ascii=False)


def book(doc: Document) -> dict[str, Any]:
    """Title, author, publisher, year and ISBN, as far as title page and imprint have them."""
    front = front_lines(doc)
    texts = [line.text.strip() for line in front]
    found: dict[str, Any] = {}
    title = [line for line in doc.lines if line.role is Role.HEADING and line.level == 1]
    if title:
        found["title"] = heading_text(title).rstrip(" ,;:")
    if not any(IMPRINT_RE.search(text) for text in texts):
        return found
    found |= _people(texts)
    if year := next((match[1] for text in texts if (match := YEAR_RE.search(text))), ""):
        found["year"] = int(year)
    isbn = next((isbn for text in texts if (match := ISBN_RE.search(text)) and (isbn := _isbn(match["number"]))), "")
    return found | ({"isbn": isbn} if isbn else {})


def _people(texts: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    holders = next((match["holders"] for text in texts if (match := COPYRIGHT_RE.search(text))), "")
    for holder in regex.split(r"\s+and\s+|\s*[,&]\s*", holders):
        name = holder.strip(" .-")
        if PERSON_RE.match(name):
            found.setdefault("author", name)
        elif len(name) > 3 and name[:1].isupper() and " " not in name:
            found.setdefault("publisher", name)
    for text in texts:
        if (match := BY_RE.match(text)) and NOBODY.isdisjoint(match["name"].lower().strip(". ").split()):
            found.setdefault("author", match["name"])
        if match := PUBLISHER_RE.search(text):
            found.setdefault("publisher", match["name"].strip(" ."))
    return found


def _isbn(text: str) -> str:
    """The ISBN without spaces if its check digit is right, "" else; a stray stroke after it does not count.

    >>> _isbn("0 906224 65 9"), _isbn("0 906224 65 9 I"), _isbn("0 906224 65 8")
    ('0906224659', '0906224659', '')
    """
    digits = regex.sub(r"[ -]", "", text).upper().translate(str.maketrans("OIL", "011"))
    return next((digits[:size] for size in (13, 10) if _checks(digits[:size], size)), "")


def _checks(digits: str, size: int) -> bool:
    """Whether *digits* are an ISBN of that *size* with the right check digit."""
    if len(digits) != size or not digits[:-1].isdigit():
        return False
    values = [10 if digit == "X" else int(digit) for digit in digits]
    if size == 10:
        return sum((10 - place) * value for place, value in enumerate(values)) % 11 == 0
    return digits.isdigit() and sum((3 if place % 2 else 1) * value for place, value in enumerate(values)) % 10 == 0


def _source(header: Mapping[str, Any]) -> dict[str, Any]:
    off = [f"without {name}" for name in header.get("without", ())]
    return {
        "source_file": header["source"],
        "source_sha256": header["sha256"],
        "configuration": ", ".join([f"preset {header['preset']}", *off]),
    }


def _pages(doc: Document) -> dict[str, Any]:
    """Range of the printed pages, and how many numbers are printed, inferred from their neighbours, or missing."""
    if not doc.leaves:
        return {}
    printed = [leaf.printed for leaf in doc.leaves if leaf.printed]
    verdicts = Counter(leaf.verdict for leaf in doc.leaves)
    found: dict[str, Any] = {"leaves": len(doc.leaves)}
    if printed:
        found["pages"] = f"{printed[0]}-{printed[-1]}"
    found["page_numbers"] = dict(sorted(verdicts.items()))
    missing = [page for leaf in doc.leaves for page in leaf.missing]
    return found | ({"missing_pages": len(missing)} if missing else {})


def _quality(doc: Document, words: Lexicon) -> dict[str, Any]:
    """The estimated share of wrong characters in the printed lines, as read and as cleaned (`ocr_clean.quality`)."""
    lines = list(doc.printed_lines())
    before = features([line.raw for line in lines], words).estimate()
    after = features([line.text for line in lines], words).estimate()
    return {"estimated_error_rate": {"before": round(before, 4), "after": round(after, 4)}}

"""Headings: chapters, sections and the titles of the parts of a book.

| what stands apart in the text | becomes | rule |
|---|---|---|
| a line that an entry of the contents names, in order and on its page | `##` or `###` | contents |
| `CHAPTER XII.`, `Part the First`, and the title under it | `##` | chapter |
| `Preface`, `INDEX` | `##` | free-title |
| `THE GREAT FLOOD` between blank lines; `##` over `CHAPTER I.` | `##` or `###` | capitals |
| `III.` alone, after `II.` alone | `###` | number |
| a short line without a full stop, between the end of one paragraph and the start of another | `###` | alone |
| `Trotsl^` in a heading, `Trotsky` in its entry | the known word, on either side | contents-spelling |
| `Chapter ninei` | `Chapter nine` | label-spelling |
| `—EE` right over `CHAPTER IV.`, the like over other chapters | retired as noise | ornament |
| the lines before the contents, one with a © or an ISBN among them | lines, the title `#` | title-page, title |
| `Split in the Troika / 1 2 4`, the heading on page 124 | `6: Split in the Troika / 124` | entry-number, entry-page |
| `: Trotsl^` between entries 4 and 6, and a `Chapter five` in the text | `5: Trotsl^`, of level 1 | entry-number |
| `^ The lower lock .` | `The lower lock` | stray-mark |

A missed heading is a short paragraph that any reader recognises; a false one breaks a page. So each rule but the first
two asks for much, and `capitals` and `alone` are silent in a book whose contents name its sections.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import ClassVar

import regex
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ocr_clean.candidates import cased, finder
from ocr_clean.changes import Change, Edit, Mark
from ocr_clean.confusions import COST, channel
from ocr_clean.contents_page import LABEL_RE as ENTRY_LABEL_RE
from ocr_clean.contents_page import PAGE_RE, Entry, entries, is_title
from ocr_clean.document import Document, Line, Role
from ocr_clean.epigraphs import epigraphs, under_headings
from ocr_clean.flow import Flow
from ocr_clean.headlines import (
    APPENDIX_RE,
    CLOSE_LABEL_RE,
    DIVISIONS,
    FOLIO_RE,
    Headline,
    Label,
    capitals,
    free_title,
    headlines,
    is_scrap,
    label,
)
from ocr_clean.lexicon import Lexicon
from ocr_clean.numerals import WORDS, damaged_roman, figure, number, roman, to_roman
from ocr_clean.title_page import IMPRINT_RE, front_lines, title_lines
from ocr_clean.witness import Match, letters, matches

TOKEN_RE = regex.compile(r"\S+")
LONE_NUMBER_RE = regex.compile(r"^\W{0,3}(?:§\s?)?([IVXLC]{1,7}|\d{1,2})\W{0,3}$")
_OPEN_WORDS = (
    "a an and are as at but by for from had has he her his if in into is it its no not of on or our she so than "
    "that the their they this to was we were when which who whose will with would you your"
)
OPEN_WORDS = frozenset(_OPEN_WORDS.split())
"""A line that ends in one of these runs on: it is no heading."""
SECTIONS_NAMED = 5
"""With so many sections found by the contents, a short line without an entry is no heading."""
TITLE_LINES = 3
"""Most lines that a chapter's title may take."""


@dataclass(frozen=True, slots=True)
class Headings:
    """Mark headings and compare them with the contents.

    Leaves alone running heads (they are retired before), lines that end like a sentence, captions, signatures,
    speakers' names, and the spelling of a heading of which both readings are words.
    """

    name: ClassVar[str] = "headings"
    alone: bool = True
    """Whether a short line between two paragraphs may be a heading for its form alone."""

    def __call__(self, doc: Document, words: Lexicon) -> Iterator[Change]:
        """Propose marks for the lines of headings, and edits of their wording and of the contents'."""
        if _has_run(doc):
            return
        found = entries(doc)
        flow = Flow.of(doc)
        start = found[-1].lines[-1].number if found else 0
        apart = [each for each in headlines(doc, flow, loose=bool(found)) if each.lines[0].number > start]
        pairs = matches(doc, found, apart)
        taken: set[int] = set()
        yield from _chapters(flow, apart, pairs, taken)
        yield from _ornaments(apart)
        yield from _contents(pairs, taken)
        for pair in pairs:
            yield from _spelling(pair, words)
        yield from _free_entries(doc, found, pairs)
        restored = list(_entry_numbers(doc, apart, pairs))
        yield from restored
        yield from _lost_numbers(
            found, apart, {edit.line: int(edit.after[:-2]) for edit in restored if not edit.before}
        )
        named = sum(pair.entry.level > 1 for pair in pairs) >= SECTIONS_NAMED
        under = under_headings(flow.lines, taken)
        quoted = {name.number for _, name in epigraphs(flow, lambda line: line.number in under)}
        front = _front(doc, taken, apart)
        quoted.update(line.number for line in front)
        apart = [each for each in apart if quoted.isdisjoint(line.number for line in each.lines)]
        yield from self._by_form(flow, apart, taken, named)
        yield from _title_page(doc, front)

    def _by_form(self, flow: Flow, apart: Sequence[Headline], taken: set[int], named: bool) -> Iterator[Mark]:
        numbers = _numbered(apart)
        over = _over_chapters(apart)
        level = 3 if any(label(each.text) for each in apart) or named else 2
        for each in apart:
            if taken.intersection(line.number for line in each.lines):
                continue
            rule, depth = self._form(flow, each, named, level, numbers)
            depth = min(depth, 2) if each.lines[0].number in over else depth
            if rule:
                taken.update(line.number for line in each.lines)
                yield from _marks(each.lines, depth, rule, "")

    def _form(self, flow: Flow, each: Headline, named: bool, level: int, numbers: set[int]) -> tuple[str, int]:
        text = each.text
        if len(each.lines) == 1 and (free_title(text) or APPENDIX_RE.match(text)):
            return "free-title", 2
        if each.lines[0].number in numbers and len(each.lines) == 1:
            return "number", level
        if not flow.fit or FOLIO_RE.search(text) or not _short(flow, each, 0.9):
            return "", 0
        if not named and _all_capitals(each):
            return "capitals", level
        if self.alone and not named and len(each.lines) == 1 and _between_paragraphs(flow, each):
            return "alone", 3
        return "", 0


def _over_chapters(apart: Sequence[Headline]) -> set[int]:
    """First lines of the titles right over a chapter's label, or over another such: those of books and parts."""
    over: set[int] = set()
    for each in reversed(apart):
        lower = each.after.lower if each.after and not each.after.cut else None
        if (
            lower is not None
            and (lower.number in over or label(lower.text))
            and all(capitals(line.text) for line in each.lines)
        ):
            over.add(each.lines[0].number)
    return over


def _all_capitals(each: Headline) -> bool:
    """Whether a headline of one or two lines is set in capitals and reads like a title."""
    words = [word.strip(".,;:!?'\"’“”()[]") for word in each.text.split()]
    if len(each.lines) > 2 or any(label(line.text) for line in each.lines[1:]) or not _titular(each.text):
        return False
    if not any(len(word) > 3 and word.isalpha() for word in words):
        return False
    return all(capitals(line.text) for line in each.lines)


def _front(doc: Document, taken: set[int], apart: Sequence[Headline]) -> list[Line]:
    """The lines of title page and imprint, before the first heading that is one by its wording; none without both."""
    free = [each.lines[0].number for each in apart if len(each.lines) == 1 and free_title(each.text)]
    front = front_lines(doc, min([*taken, *free], default=0))
    return front if any(IMPRINT_RE.search(line.text) for line in front) else []


def _title_page(doc: Document, front: Sequence[Line]) -> Iterator[Mark]:
    """Title page and imprint: every line end is kept, and the title is the heading of the book."""
    if not front:
        return
    title = title_lines(doc, front)
    yield from _marks(title, 1, "title", "its words are in the running heads")
    blank = True
    for line in doc.lines[: front[-1].number]:
        if line.role is Role.BODY and line in front and line not in title:
            yield Mark(line.number, Role.LINE, "title-page", "title page or imprint", opens=blank)
        blank = line.role is Role.BLANK or line in title


def _has_run(doc: Document) -> bool:
    """Whether the text has a heading that no other stage has made: not a list's title, no heading among notes."""
    among_notes = False
    for line in doc.lines:
        if line.role is not Role.HEADING or not line.opens:
            continue
        if among_notes and line.level == 3:
            continue
        among_notes = is_title(line.text) or free_title(line.text)
        if not among_notes:
            return True
    return False


def _chapters(flow: Flow, apart: Sequence[Headline], pairs: Sequence[Match], taken: set[int]) -> Iterator[Change]:
    """Labels with the titles under them."""
    titles = {pair.headline.lines[0].number: pair for pair in pairs if pair.entry.level == 1}
    due = _due(apart)
    following: dict[int, list[Headline]] = {}
    for each in apart:
        if each.before is not None:
            following.setdefault(each.before.upper.number, []).append(each)
    for each in apart:
        found = label(each.lines[0].text)
        if found is None or each.lines[0].number in taken:
            continue
        found = replace(found, number=due.get(each.lines[0].number, found.number))
        if len(each.lines) > 1 and (found.title or not _title_follows(flow, each)):
            continue
        lines = list(each.lines)
        if not found.title and len(lines) == 1:
            lines += _title_under(flow, following.get(each.lines[0].number, []), titles)
        taken.update(line.number for line in lines)
        yield from _label_spelling(each.lines[0], found)
        why = f"{found.word} {found.number}"
        yield from _marks(lines, found.level, "chapter", why, str(found.number))


def _bare_labels(apart: Sequence[Headline]) -> Iterator[tuple[Headline, Label]]:
    """The headlines that begin with a label and nothing else on its line."""
    for each in apart:
        found = label(each.lines[0].text)
        if found and not found.title:
            yield each, found


def _due(apart: Sequence[Headline]) -> dict[int, int]:
    """Numbers of labels that the OCR has made another number, by their lines: what the two beside each leave out."""
    rows = list({each.lines[0].number: found for each, found in _bare_labels(apart)}.items())
    due: dict[int, int] = {}
    for (_, before), (line, found), (_, after) in zip(rows, rows[1:], rows[2:], strict=False):
        number_due = before.number + 1
        left_out = before.word == found.word == after.word and after.number == number_due + 1 != found.number + 1
        if left_out and Levenshtein.distance(to_roman(number_due), to_roman(found.number)) <= ONE_STROKE:
            due[line] = number_due
    return due


ONE_STROKE = 1
"""Letters of a Roman numeral that may have been read as another one."""

ORNAMENTS = 3
"""So many chapters with a scrap right above them have an ornament there."""


def _ornaments(apart: Sequence[Headline]) -> Iterator[Mark]:
    """Ornaments over chapters, read as letters."""
    gaps = [each.before for each, _ in _bare_labels(apart)]
    above = dict.fromkeys(gap.upper for gap in gaps if gap and not gap.any_blank)
    scraps = [line for line in above if is_scrap(line.text)]
    if len(scraps) >= ORNAMENTS:
        for line in scraps:
            yield Mark(line.number, Role.NOISE, "ornament", "a scrap over the label of a chapter, as over others")


def _entry_numbers(doc: Document, apart: Sequence[Headline], pairs: Sequence[Match]) -> Iterator[Edit]:
    """Numbers and pages that entries of chapters have lost: those of the label, and of the page that it stands on."""
    chapters = [pair for pair in pairs if pair.entry.level == 1]
    for pair in chapters:
        yield from _entry_page(doc, pair)
    styled = [ENTRY_LABEL_RE.match(pair.entry.lines[0].text) for pair in chapters if pair.entry.number]
    if sum(each is not None and each[0].rstrip().endswith(":") for each in styled) < 2:
        return
    labels = {each.lines[-1].number: found.number for each in apart if (found := label(each.text)) and not found.title}
    for pair in chapters:
        first = pair.entry.lines[0]
        above = pair.headline.before.upper.number if pair.headline.before else 0
        due = labels.get(above, 0)
        if due and not pair.entry.number and not first.text[:1].isdigit():
            yield Edit(first.number, 0, "", f"{due}: ", "entry-number", f"the heading is that of chapter {due}", 0.9)


def _free_entries(doc: Document, found: Sequence[Entry], pairs: Sequence[Match]) -> Iterator[Edit]:
    """Entries like ``votes``, where the text has a heading ``Notes`` that no other entry names."""
    paired = {pair.entry.lines[0].number for pair in pairs}
    after = doc.lines[found[-1].lines[-1].number :] if found else ()
    titles = {line.text.strip(" .:") for line in after if line.role is Role.HEADING and free_title(line.text)}
    titles -= {entry.title for entry in found}
    for entry in found:
        if entry.lines[0].number in paired or len(entry.lines) > 1 or free_title(entry.title):
            continue
        alike = [title for title in titles if fuzz.ratio(title.lower(), entry.title.lower()) >= FREE_ALIKE]
        if len(alike) == 1 and alike[0] in titles and entry.title in entry.lines[0].text:
            line = entry.lines[0]
            why = "the text has such a heading"
            yield Edit(line.number, line.text.index(entry.title), entry.title, alike[0], "contents-spelling", why, 0.9)


FREE_ALIKE = 70
"""Likeness, per cent, of the title of a division without a number and its entry."""


def _lost_numbers(found: Sequence[Entry], apart: Sequence[Headline], restored: dict[int, int]) -> Iterator[Change]:
    """The one entry that has lost its number before the colon, between two whose numbers leave one out.

    *restored* are numbers that entries have just been given, by their first lines.
    """
    present = {each.number for headline in apart if (each := label(headline.lines[0].text))}
    numbers = [entry.number or restored.get(entry.lines[0].number, 0) for entry in found]
    for above, below in pairwise([place for place, value in enumerate(numbers) if value]):
        due = numbers[above] + 1
        lost = [entry.lines[0] for entry in found[above + 1 : below] if entry.lines[0].text.startswith(": ")]
        if numbers[below] != due + 1 or due not in present or len(lost) != 1:
            continue
        why = f"between {due - 1} and {due + 1}, and the text has a chapter {due}"
        yield Edit(lost[0].number, 0, "", str(due), "entry-number", why, 0.9)
        yield Mark(lost[0].number, Role.CONTENTS, "entry-number", why, opens=True, level=1)


def _entry_page(doc: Document, pair: Match) -> Iterator[Edit]:
    last = pair.entry.lines[-1]
    printed = doc.page_name(pair.headline.lines[0].number)
    found = PAGE_RE.match(last.text)
    if found and found["page"] != printed and figure(found["page"].replace(" ", "")) == figure(printed) > 0:
        yield Edit(
            last.number, found.start("page"), found["page"], printed, "entry-page", "so the page is printed", 0.95
        )


def _title_follows(flow: Flow, each: Headline) -> bool:
    """Whether the lines right under a label, without a blank line between, are its title."""
    inner = [gap for gap in flow.gaps if gap.upper in each.lines and gap.lower in each.lines]
    title = " ".join(line.text.strip() for line in each.lines[1:])
    under = Headline(each.lines[1:], None, each.after)
    return not any(gap.any_blank for gap in inner) and _short(flow, under, 0.9) and _titular(title)


LABEL_WORDS_RE = regex.compile(r"^([^\w€¢]*)([\p{L}€¢][\p{L}\p{N}]*)(\W+)(\p{L}[\p{L}-]*(?:\s[IVXLC]{1,4})?)(\W*)$")
"""A division's name, damaged or not, and its number in words or as a Roman numeral, with the marks around."""


def _label_spelling(line: Line, found: Label) -> Iterator[Edit]:
    """The words of a label, where the OCR has damaged them; a stray dash after them goes."""
    if close := CLOSE_LABEL_RE.match(line.text):
        yield Edit(line.number, close.end("word"), "", " ", "label-spelling", f"number {found.number}", 0.95)
        return
    parts = LABEL_WORDS_RE.match(line.text.rstrip())
    if not parts:
        return
    word, tail = parts[4], parts[5].strip()
    if parts[2].lower() not in DIVISIONS and parts[2].lower() != found.word:
        yield Edit(
            line.number, parts.start(2), parts[2], cased(parts[2], found.word), "label-spelling", "so named", 0.9
        )
    right = next(
        (each for each, value in WORDS.items() if value == found.number and fuzz.ratio(each, word.lower()) > 78), ""
    )
    numeral = word.replace(" ", "")
    misread = roman(numeral) or damaged_roman(numeral)
    if parts[2].isupper() and misread and (number(word) != found.number or " " in word):
        why = f"number {found.number}, its strokes misread"
        yield Edit(line.number, parts.start(4), word, to_roman(found.number), "label-spelling", why, 0.9)
    elif right and right != word.lower():
        right = right.upper() if word.isupper() else right.capitalize() if word[0].isupper() else right
        yield Edit(line.number, parts.start(4), word, right, "label-spelling", f"number {found.number}", 0.95)
    if tail and tail not in (".", ":"):
        yield Edit(line.number, parts.start(5), line.text[parts.start(5) :], "", "stray-mark", "after the number", 0.9)


def _title_under(flow: Flow, under: Sequence[Headline], titles: dict[int, Match]) -> tuple[Line, ...]:
    """The lines of the title under a label: what the contents name, else one short headline that reads like a title."""
    for each in under:
        if pair := titles.get(each.lines[0].number):
            return pair.headline.lines
    for each in under:
        if (
            _short(flow, each, 0.85)
            and _titular(each.text)
            and not label(each.lines[0].text)
            and (capitals(each.text) or len(each.lines) == 1)
        ):
            return each.lines
    return ()


def _contents(pairs: Iterable[Match], taken: set[int]) -> Iterator[Mark]:
    for pair in pairs:
        if pair.headline.lines[0].number in taken:
            continue
        taken.update(line.number for line in pair.headline.lines)
        why = f"named in the contents, likeness {min(1.0, pair.similarity):.2f}"
        value = str(pair.entry.number or "")
        yield from _marks(pair.headline.lines, pair.entry.level + 1, "contents", why, value)


def _marks(lines: Sequence[Line], level: int, rule: str, why: str, value: str = "") -> Iterator[Mark]:
    for index, line in enumerate(lines):
        name = value if index == 0 else ""
        yield Mark(line.number, Role.HEADING, rule, why, opens=index == 0, level=level, label=name)


def _short(flow: Flow, each: Headline, share: float) -> bool:
    """Whether each line leaves room on its line: a full line is text."""
    if not flow.fit:
        return all(len(line.text) < 60 for line in each.lines)
    return all(flow.fit.width(line.text.strip()) < share * flow.fit.measure for line in each.lines)


def _titular(text: str) -> bool:
    """Whether a text reads like a title: it begins with a capital or a figure and does not end like a sentence."""
    bare = text.strip(" '\"‘’“”*—–-.^")
    if not bare or not (bare[0].isupper() or bare[0].isdigit()):
        return False
    if bare.split()[-1].lower() in OPEN_WORDS or text.rstrip()[-1] in ",;:-¬—":
        return False
    full_stop = text.rstrip().endswith(".") and not text.rstrip().endswith("...")
    return not text.rstrip().endswith(("!", "...")) and (not full_stop or capitals(text) or _title_case(text))


def _title_case(text: str) -> bool:
    """Whether every word that is not a particle begins with a capital."""
    found = [word for word in regex.findall(r"\p{L}+", text) if word.lower() not in OPEN_WORDS]
    return len(found) >= 2 and all(word[0].isupper() for word in found)


def _between_paragraphs(flow: Flow, each: Headline) -> bool:
    text = each.text
    if each.before is None or each.after is None or not flow.fit:
        return False
    if each.before.end != "stop" or not 2 <= len(text.split()) <= 12 or not _short(flow, each, 0.75):
        return False
    clean = sum(char.isalpha() or char in " ’-" for char in text) / len(text)
    if not text[0].isupper() or not (text[-1].isalnum() or text[-1] in "’)") or clean < 0.93 or not _titular(text):
        return False
    below = each.after.lower.text.strip()
    wide = flow.fit.width(below) > 0.75 * flow.fit.measure and flow.fit.width(below) < 1.1 * flow.fit.measure
    above = flow.fit.width(each.before.upper.text.strip()) < 1.1 * flow.fit.measure
    return wide and above and below[:1].isupper()


def _numbered(apart: Sequence[Headline]) -> set[int]:
    """Numbers of lines that hold a number alone, where these count up from one: sections of a chapter."""
    chain: list[int] = []
    kept: set[int] = set()
    value = 0
    for each in apart:
        found = LONE_NUMBER_RE.match(each.text) if len(each.lines) == 1 else None
        if not found:
            continue
        now = roman(found[1]) if not found[1].isdigit() else 0
        if now == 1:
            chain, value = [each.lines[0].number], 1
        elif now == value + 1 and chain:
            chain.append(each.lines[0].number)
            value = now
            if len(chain) >= 2:
                kept.update(chain)
    return kept


def _spelling(pair: Match, words: Lexicon) -> Iterator[Edit]:
    """Words that heading and entry spell differently: the known one stands in both. Stray marks at the ends go."""
    ours = [(line, found) for line in pair.headline.lines for found in TOKEN_RE.finditer(line.text)]
    ours = _without_label(ours, pair.entry.number)
    theirs = _entry_tokens(pair.entry)
    yield from _stray(ours, pair)
    yield from _stray(theirs, pair)
    ours, theirs = ([token for token in side if letters(token[1][0])] for side in (ours, theirs))
    names = [[letters(found[0]) for _, found in side] for side in (ours, theirs)]
    compared = SequenceMatcher(None, names[0], names[1], autojunk=False)
    same = sum(block.size for block in compared.get_matching_blocks())
    one_title = same >= SAME_WORDS and same >= SAME_SHARE * max(map(len, names))
    for tag, a, b, c, d in compared.get_opcodes():
        if tag == "equal":
            for mine, yours in zip(ours[a:b], theirs[c:d], strict=True):
                yield from _cleaner(mine, yours)
        elif a == c == 0 and tag in ("insert", "delete"):
            yield from _first_words(ours, theirs, b, d)
        elif b == len(ours) and d == len(theirs) and tag in ("insert", "delete"):
            yield from _last_scraps(ours, a) if tag == "delete" else _last_scraps(theirs, c)
        if tag != "replace":
            continue
        one_by_one = b - a == d - c
        together = not one_by_one or _shifted(names[0][a:b], names[1][c:d])
        whole = list(_known_words(ours[a:b], theirs[c:d], words, one_title=one_title)) if together else []
        yield from whole
        for mine, yours in zip(ours[a:b], theirs[c:d], strict=True) if one_by_one and not whole else ():
            yield from _known_words([mine], [yours], words, one_title=one_title)


def _shifted(mine: Sequence[str], yours: Sequence[str]) -> bool:
    """Whether words are alike as a whole, but not one by one: the OCR has parted them elsewhere."""
    whole = _alike("".join(mine).replace(" ", ""), "".join(yours).replace(" ", ""))
    return whole and not all(_alike(*each) for each in zip(mine, yours, strict=True))


SAME_WORDS, SAME_SHARE = 2, 0.4
"""So many words, and such a share of them, that heading and entry have alike make any scrap among the others a
misreading of what stands in its place on the other side."""


Token = tuple[Line, "regex.Match[str]"]

DIRT_RE = regex.compile(r"[\^~|\\<>{}\[\]_=§■•«»]|^-|-$")
"""Marks in a word that no title has there."""


def _cleaner(mine: Token, yours: Token) -> Iterator[Edit]:
    """A word that both sides have, with dirt on one of them: ``Stalin^``."""
    dirty = [DIRT_RE.search(found[0]) is not None for _, found in (mine, yours)]
    if dirty[0] == dirty[1]:
        return
    (line, found), clean = (mine, yours[1][0]) if dirty[0] else (yours, mine[1][0])
    if letters(found[0]) == letters(clean) and "’" not in found[0]:
        yield Edit(line.number, found.start(), found[0], clean, "stray-mark", "not in the wording of the title", 0.9)


def _first_words(ours: Sequence[Token], theirs: Sequence[Token], mine: int, yours: int) -> Iterator[Edit]:
    """What one side has before the first word of the other: a stray letter goes, what the heading has lost comes back.

    A title has lost its beginning if it begins with a small letter.
    """
    side, count = (ours, mine) if mine else (theirs, yours)
    if len(side) == count:
        return
    (line, first), after = side[0], side[count][1]
    if count == 1 and len(first[0]) == 1 and first[0].islower() and after[0][:1].isupper() and side[1][0] is line:
        gone = line.text[first.start() : after.start()]
        yield Edit(line.number, first.start(), gone, "", "stray-mark", "not in the wording of the title", 0.9)
        return
    other = theirs if mine else ours
    if other and other[0][1][0][:1].islower() and first[0][:1].isupper():
        lost = " ".join(found[0] for _, found in side[:count])
        line, found = other[0]
        why = "it begins inside its title, which the other side has whole"
        if not DIRT_RE.search(lost) and not line.text[: found.start()].rstrip().endswith(lost):
            yield Edit(line.number, found.start(), "", f"{lost} ", "contents-spelling", why, 0.85)


CONFUSED = 7.0
"""Nats that a confusion of whole words may cost to count as one word, where the words on both sides agree."""

COMMONER, COMMONER_BY_ONE = 300.0, 50.0
"""Times that one word must be as common as another for the other to be a misreading of it, where both are words; the
second where one everyday confusion lies between them."""

DEAREST, LEAD = 18.0, 3.0
"""Nats that each of two misreadings of one word may cost, and by which that word must lead any other."""


LIKE = 40
"""Likeness of two spellings of one word, per cent, where the words on both sides agree."""


def _last_scraps(tokens: Sequence[Token], start: int) -> Iterator[Edit]:
    """Single letters after the last word that both sides have."""
    if start == 0 or any(len(letters(found[0])) > 1 for _, found in tokens[start:]):
        return
    (line, before), (last, end) = tokens[start - 1], tokens[-1]
    if line is last:
        gone = line.text[before.end() : end.end()]
        yield Edit(line.number, before.end(), gone, "", "stray-mark", "not in the wording of the title", 0.9)


def _known_words(ours: Sequence[Token], theirs: Sequence[Token], words: Lexicon, *, one_title: bool) -> Iterator[Edit]:
    """The edit that writes the known spelling on the side that has an unknown one."""
    a, b = (" ".join(_bare(found[0]) for _, found in side) for side in (ours, theirs))
    alike = _alike(letters(a).replace(" ", ""), letters(b).replace(" ", "")) or _cut_off(a, theirs) or _cut_off(b, ours)
    if a == b or not (alike or (one_title and _one_scrap(ours, theirs, words))):
        return
    known = tuple(all(_known(_bare(found[0]), words) for _, found in side) for side in (ours, theirs))
    if known == (True, False):
        yield from _rewrite(theirs, a, "so in the heading")
    elif known == (False, True):
        yield from _rewrite(ours, b, "so in the contents")
    elif known == (True, True) and _far_commoner(a, b, words):
        yield from _rewrite(theirs, a, "so in the heading, and far commoner")
    elif known == (True, True) and _far_commoner(b, a, words):
        yield from _rewrite(ours, b, "so in the contents, and far commoner")
    elif known == (False, False) and alike and (meant := _meant(a, b, words)):
        yield from _rewrite(ours, meant, f"{a!r} and {b!r} are misreadings of it")
        yield from _rewrite(theirs, meant, f"{a!r} and {b!r} are misreadings of it")


def _cut_off(whole: str, side: Sequence[Token]) -> bool:
    """Whether one side is the beginning of the other, dirt in place of the rest: ``reacti^``."""
    last = side[-1][1][0]
    begun = letters(" ".join(found[0] for _, found in side))
    return len(begun) >= BEGUN and DIRT_RE.search(last) is not None and letters(whole).startswith(begun)


BEGUN = 4
"""Letters of a beginning."""


def _one_scrap(ours: Sequence[Token], theirs: Sequence[Token], words: Lexicon) -> bool:
    """Whether one side is clean, and the other has what is neither word nor name: dirt, or unknown small letters."""
    scraps = [
        [
            not _known(word, words) and (DIRT_RE.search(word) is not None or word.islower())
            for word in (_bare(found[0]) for _, found in side)
        ]
        for side in (ours, theirs)
    ]
    marked = [any(found[0][0] in ".,;:^*" for _, found in side) for side in (ours, theirs)]
    return (any(scraps[0]) and not marked[1]) or (any(scraps[1]) and not marked[0])


def _bare(word: str) -> str:
    """*word* without the stops and specks at its ends."""
    return word.strip(" .,;:^*")


def _alike(a: str, b: str) -> bool:
    """Whether two spellings may be one word: by their letters, or by what OCR engines confuse (``flie``, ``the``)."""
    return fuzz.ratio(a, b) >= LIKE or min(channel().cost(a, b), channel().cost(b, a)) <= CONFUSED


def _far_commoner(word: str, other: str, words: Lexicon) -> bool:
    """Whether *other* is so rare a word that it must be *word* misread: ``Waler`` in the entry, ``Water`` here."""
    common, rare = (words.model.frequency(each.lower()) for each in (word, other))
    cost = channel().cost(other.lower(), word.lower())
    return cost <= CONFUSED and common >= (COMMONER_BY_ONE if cost <= COST[3] else COMMONER) * max(rare, 0.1)


def _meant(a: str, b: str, words: Lexicon) -> str:
    """The one known word that both of two unknown ones are misreadings of, "" if there is none or more than one."""
    a, b = a.replace(" ", ""), b.replace(" ", "")
    if a == b or not (a.isalpha() and b.isalpha()):
        return ""
    search = finder(words)
    pools = [pool | alike for pool, alike in zip(search.pools([a, b], channel()), search.alike([a, b]), strict=True)]
    either = pools[0] | pools[1]
    costs = {word: [channel().cost(each.lower(), word) for each in (a, b)] for word in either}
    may_be = [word for word, each in costs.items() if max(each) <= DEAREST]
    best = sorted(may_be, key=lambda word: (sum(costs[word]), word))[:2]
    if not best or (len(best) > 1 and sum(costs[best[1]]) - sum(costs[best[0]]) < LEAD):
        return ""
    return cased(a, either[best[0]])


def _rewrite(tokens: Sequence[Token], text: str, why: str) -> Iterator[Edit]:
    line, first = tokens[0]
    if tokens[-1][0] is not line:
        return
    before = line.text[first.start() : tokens[-1][1].end()]
    text = _in_case(before, text)
    tail = regex.search(r"[.,;:?!’”)]*$", before)
    yield Edit(line.number, first.start(), before, text + (tail[0] if tail else ""), "contents-spelling", why, 0.95)


def _in_case(before: str, text: str) -> str:
    """*text* in capitals or small letters as *before* has them: heading and entry may be set in different ones.

    >>> _in_case("COMMEHCIirG", "commencing"), _in_case("Stndy", "STUDY"), _in_case("McFean", "McFenn")
    ('COMMENCING', 'Study', 'McFenn')
    """
    capital = sum(map(str.isupper, before))
    if capital > CAPITAL * sum(map(str.isalpha, before)) and capital > 1:
        return text.upper()
    return cased(before, text.lower()) if text.isupper() and len(text) > 1 and before[1:].islower() else text


CAPITAL = 0.6
"""Share of a damaged word's letters that are capitals, if it is set in them."""


def _known(word: str, words: Lexicon) -> bool:
    bare = regex.sub(r"[’']s?$", "", word).strip("‘’'\"“”()")
    return bool(bare) and (
        bare.isdigit()
        or bare in ("A", "a", "I")
        or ((bare.isalpha() or "-" in bare) and all(x in words for x in bare.split("-")))
    )


def _without_label(tokens: list[Token], number: int) -> list[Token]:
    """The words of a heading without its label, or the number that its entry has too."""
    if not tokens:
        return tokens
    if number and _bare(tokens[0][1][0]) == str(number):
        return tokens[1:]
    found = label(tokens[0][0].text)
    if found is None:
        return tokens
    return [token for token in tokens if token[0] is not tokens[0][0]] if not found.title else tokens[2:]


def _entry_tokens(entry: Entry) -> list[Token]:
    """The words of an entry's title: without its label and its page."""
    tokens = [(line, found) for line in entry.lines for found in TOKEN_RE.finditer(line.text)]
    first, last = entry.lines[0], entry.lines[-1]
    if found := ENTRY_LABEL_RE.match(first.text):
        tokens = [each for each in tokens if each[0] is not first or each[1].start() >= found.end()]
    if entry.level == 1 and (paged := PAGE_RE.match(last.text)):
        tokens = [each for each in tokens if each[0] is not last or each[1].start() < paged.end("title")]
    return tokens


def _stray(tokens: Sequence[Token], pair: Match) -> Iterator[Edit]:
    """Marks without a letter or figure at either end of a title."""
    for side in (tokens, tokens[::-1]):
        for line, found in side:
            if any(char.isalnum() for char in found[0]):
                break
            if found[0] in ("—", "–", "-", "...") and side is tokens:
                break
            start = max(0, found.start() - (side is not tokens))
            gone = line.text[start : found.end() + (side is tokens)]
            yield Edit(line.number, start, gone, "", "stray-mark", "not in the wording of the title", 0.9)

"""Specks beside words that were read as marks, where no printer sets one: ``a little ' funny``, ``»with``, ``the- end``.

In a clean text each of these marks may mean something (a suffix, a bullet, an elision); in a dump whose words are
mostly misread by dirt it is dirt too. So nothing is done unless a good share of the words is unknown, and only beside
words that are known.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from ocr_clean.changes import Edit
from ocr_clean.document import Document, Line, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.proposals import known_word
from ocr_clean.model import NOT_KNOWN
from ocr_clean.tokens import context, sentences_of

DIRTY = 0.01
"""Share of unknown words among those in small letters from which on a dump is dirty: clean texts have 0.001 to 0.01."""

DIRT = r"|¦■•^\\¬°¡<>{}"
"""Marks that stand in no sentence of a book."""

QUOTES = 3
"""A volume with so many pairs of guillemets quotes with them."""

PLAIN = frozenset({Role.BODY, Role.QUOTE, Role.LIST, Role.NOTE})
"""Roles of lines that are sentences."""

FUNCTION = (
    "the of and a an to with from by in at my his her their our your its that which who as but or nor if than into upon"
    " is was were are has have had be"
).replace(" ", "|")
"""Words with which hardly any sentence ends."""

_WORD = r"(?P<word>\p{L}\p{Ll}+)(?!\p{L})"

RULES: tuple[tuple[str, regex.Pattern[str]], ...] = tuple(
    (rule, regex.compile(pattern))
    for rule, pattern in (
        ("lone-speck", rf"(?<!\S)(?P<speck>[{DIRT}]{{1,3}}\s)(?=[\p{{N}}“‘\"'(£$]|\p{{L}}\p{{L}})"),  # in the | connection
        ("lone-speck", r"(?:^|(?<=\p{Ll}\s))(?P<speck>\.\s)(?=\p{Ll})"),  # into the . front
        ("lone-speck", r"(?:^|(?<=\p{L}\s))(?P<speck>'\s)(?=\p{Ll})"),  # a little ' funny
        ("lone-speck", r"(?<=\p{L}{2}\s)(?P<speck>j\s)(?=\p{L}{2})"),  # the hand j and: a mark, or a rule
        ("lead-speck", rf"(?<!\S)(?P<speck>[{DIRT}«»]{{1,2}})(?={_WORD})"),  # ¡small, ^was, \was, »with
        ("lead-speck", rf"(?<!\S)(?P<speck>[.,;:])(?={_WORD})"),  # him the .change
        ("lead-speck", rf"(?<!\S)(?:{FUNCTION})\s(?P<speck>-)(?={_WORD})"),  # of the -servants
        ("trail-speck", r"(?<!\S)(?P<word>\p{L}\p{Ll}+)(?P<speck>[|¦■•\\¬°¡<>{]{1,2})(?!\S)"),  # the end\ of
        ("trail-speck", rf"(?<!\S)(?P<word>{FUNCTION})(?P<speck>['»«\-^*])(?=\s\S)"),  # that' the
        ("trail-speck", rf"(?<!\S)(?P<word>{FUNCTION})(?P<speck>\.)(?=\s\p{{Ll}})"),  # that. the
        ("mark-speck", rf"(?<=\p{{L}}[.,;:!?])(?P<speck>[{DIRT}»«]{{1,2}})(?=\s\p{{Ll}}|$)"),  # the end,^ and
        ("mark-speck", rf"(?<!\p{{L}})(?P<word>\p{{L}}\p{{Ll}}+)(?P<speck>[{DIRT}»-]{{1,2}})(?=[.,;:!?](?!\S))"),  # the end^, and
        ("mark-speck", r"(?<=\p{L}([,;:]))(?P<speck>\1)(?=\s)"),  # the end,, and
    )
)
"""What a speck is, with the word beside it that must be known."""

FAMILIAR = 3.0
"""Occurrences in a million words: a rarer word beside a speck may be the rest of another one (``^yen`` for ``even``)."""

UPRIGHT = frozenset("Iijtl")
"""Letters that a rule, or the shadow of the binding, is read as."""

SURER = 4.0
"""Nats by which the words must fit better without it."""

TORN_W_RE = regex.compile(r"(?<!\p{L})(?P<torn>\\\\?[vV]|[vV]/)(?P<rest>\p{Ll}+)(?!\p{L})|(?P<left>\p{L}+)(?P<torn>[vV]/)(?P<rest>\p{Ll}+)(?!\p{L})")
"""A w in two pieces: ``\\vas``, ``v/hich``, ``betv/een``."""

ELISIONS = frozenset({"a", "an", "o"})
"""Dialect writes these with an apostrophe, whatever comes after them."""


def specks(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """Edits that take specks away, one each."""
    if dirtiness(doc, words) < DIRTY:
        return
    guillemets = sum(min(line.text.count("«"), line.text.count("»")) for line in doc.printed_lines()) >= QUOTES
    for line in doc.printed_lines():
        if line.role in PLAIN:
            yield from _torn_w(line, words)
            yield from _of_line(line, words, guillemets)
    yield from _edges(doc, words)


def _of_line(line: Line, words: Lexicon, guillemets: bool) -> Iterator[Edit]:
    found: dict[int, Edit] = {}
    for rule, pattern in RULES:
        for each in pattern.finditer(line.text):
            word = each.groupdict().get("word") or ""
            speck, at = each["speck"], each.start("speck")
            if (word and not _familiar(word, words)) or (speck == "'" and word in ELISIONS):
                continue
            if not (guillemets and ("«" in speck or "»" in speck)):
                found.setdefault(at, Edit(line.number, at, speck, "", rule, "a speck in a dirty text", 0.9))
    yield from found.values()


def _edges(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """An upright stroke alone at the edge of a line: a rule between columns, where no letter fits."""
    for tokens in sentences_of(doc):
        keys = [token.key for token in tokens]
        for place, token in enumerate(tokens):
            if token.core not in UPRIGHT or token.lead or token.trail or token.compound or token.role not in PLAIN:
                continue
            text = doc.line(token.line).text
            before, after = text[: token.start], text[token.start + 1 :]
            if (before.strip() == "") == (after.strip() == "") or not (before.strip() or after[:1].isspace()):
                continue
            left2, left1, right1, right2 = context(tokens, keys, place)
            with_it = words.model.slot(left2, left1, [token.key], right1, right2)[0]
            without = words.model.slot(left2, left1, [right1], right2, NOT_KNOWN)[0]
            if without - with_it >= SURER:
                start = token.start if after.strip() else len(before.rstrip())
                end = len(text) - len(after.lstrip()) if after.strip() else token.start + 1
                why = f"nothing fits better here by {without - with_it:.1f}"
                yield Edit(token.line, start, text[start:end], "", "edge-speck", why, 0.85)


def _torn_w(line: Line, words: Lexicon) -> Iterator[Edit]:
    for found in TORN_W_RE.finditer(line.text) if "/" in line.text or "\\" in line.text else ():
        torn = found["torn"]
        whole = "W" if "V" in torn else "w"
        if _familiar((found["left"] or "") + whole + found["rest"], words):
            yield Edit(line.number, found.start("torn"), torn, whole, "torn-w", "a w in two pieces", 0.95)


def _familiar(word: str, words: Lexicon) -> bool:
    return word in words and words.model.frequency(word.lower()) >= FAMILIAR


def dirtiness(doc: Document, words: Lexicon) -> float:
    """The share of unknown words among those in small letters."""
    tokens = [token for sentence in sentences_of(doc) for token in sentence]
    small = [token for token in tokens if len(token.core) > 1 and token.core.islower()]
    return sum(not known_word(token, words) for token in small) / (len(small) + 50)

"""Specks beside words that were read as marks, where no printer sets one: rules of the stage `punctuation`.

In a clean text each of these marks may mean something (a suffix, a bullet, an elision); in a dump of which dirt has
damaged many words it is dirt too. So nothing is done unless a good share of the words is unknown, and only beside words
that are known. A w in two pieces is mended everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

import regex

from ocr_clean.changes import Edit
from ocr_clean.document import Document, Line, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.model import NOT_KNOWN
from ocr_clean.proposals import known_word
from ocr_clean.tokens import Token, beside, context, sentences_of

DIRTY = 0.01
"""Share of unknown words among those in small letters from which on a dump is dirty. The truth texts of newspapers and
books have 0.001 to 0.005, their dumps 0.01 to 0.2."""

FEWEST, SMOOTH = 4, 50
"""Fewer unknown words, or more in a text of some lines, are chance."""

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
        # in the | connection
        ("lone-speck", rf"(?<!\S)(?P<speck>[{DIRT}]{{1,3}}\s)(?=[\p{{N}}“‘\"'(£$]|\p{{L}}\p{{L}})"),
        # into the . front
        ("lone-speck", r"(?:^|(?<=\p{Ll}\s))(?P<speck>\.\s)(?=\p{Ll})"),
        # a little ' funny
        ("lone-speck", r"(?:^|(?<=\p{L}\s))(?P<speck>'\s)(?=\p{Ll})"),
        # the hand j and: a semicolon, or a rule
        ("lone-speck", r"(?<=\p{L}{2}[.,]?\s)(?P<speck>j\s)(?=\p{L}{2})"),
        # ¡small, ^was, »with
        ("lead-speck", rf"(?<!\S)(?P<speck>[{DIRT}«»]{{1,2}})(?={_WORD})"),
        # him the .change
        ("lead-speck", rf"(?<!\S)(?P<speck>[.,;:])(?={_WORD})"),
        # of the -servants
        ("lead-speck", rf"(?<!\S)(?:{FUNCTION})\s(?P<speck>-)(?={_WORD})"),
        # the end\ of; a ^ may be a comma
        ("trail-speck", r"(?<!\S)(?P<word>\p{L}\p{Ll}+)(?P<speck>[|¦■•\\¬°¡<>{]{1,2})(?!\S)"),
        # that' the
        ("trail-speck", rf"(?<!\S)(?P<word>{FUNCTION})(?P<speck>['»«\-^*])(?=\s\S)"),
        # that. the
        ("trail-speck", rf"(?<!\S)(?P<word>{FUNCTION})(?P<speck>\.)(?=\s\p{{Ll}})"),
        # the end,^ and
        ("mark-speck", rf"(?<=\p{{L}}[.,;:!?])(?P<speck>[{DIRT}»«]{{1,2}})(?=\s\p{{Ll}}|$)"),
        # the end^, and
        ("mark-speck", rf"(?<!\p{{L}})(?P<word>\p{{L}}\p{{Ll}}+)(?P<speck>[{DIRT}»-]{{1,2}})(?=[.,;:!?](?!\S))"),
        # the end,, and
        ("mark-speck", r"(?<=\p{L}([,;:]))(?P<speck>\1)(?=\s)"),
    )
)
"""What a speck is, with the word beside it that must be known."""

SUSPECT_RE = regex.compile(
    rf"[{DIRT}«»]|(?<!\S)['.,;:-]|([,;:])\1|\p{{Ll}}['*-]\s|\sj\s|\p{{Ll}}\.\s\p{{Ll}}|-[.,;:!?]"
)
"""What a line has that any rule may find something in: most have none, and are looked at once."""

FAMILIAR = 3.0
"""Occurrences in a million words: a rarer word beside a speck may be the rest of one (``^yen`` for ``even``)."""

ELISIONS = frozenset({"a", "an"})
"""Dialect writes these with an apostrophe, whatever comes after them."""

TORN_W_RE = regex.compile(
    r"(?<!\p{L})(?P<torn>\\\\?[vV]|[vV]/)(?P<rest>\p{Ll}+)(?!\p{L})"  # \vas, v/hich
    r"|(?P<left>\p{L}+)(?P<torn>[vV]/)(?P<rest>\p{Ll}+)(?!\p{L})"  # betv/een
)
"""A w in two pieces."""

UPRIGHT = frozenset("Iijtl")
"""Letters that a rule, or the shadow of the binding, is read as."""

LIKE_SEMICOLON = frozenset("j53")
"""What a semicolon with spaces beside it is read as."""

SEMICOLONS = regex.compile(r"\p{L}\s;(?=\s|$)"), regex.compile(r"\p{L};(?=\s|$)")
"""One that stands apart, and one that does not."""

SURER, SURER_OF_I = 4.0, 7.0
"""Nats by which the words must fit better without it; an I may be the word, wherever the line breaks."""


def specks(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """Edits that take specks away, one each, and those that mend a w."""
    lines = [line for line in doc.printed_lines() if line.role in PLAIN]
    for line in lines:
        yield from _torn_w(line, words)
    if not is_dirty(doc, words):
        return
    if _spaces_semicolons(lines):
        yield from _semicolons(doc, words)
    guillemets = sum(min(line.text.count("«"), line.text.count("»")) for line in lines) >= QUOTES
    for line in lines:
        yield from _of_line(line, words, guillemets)
    yield from _edges(doc, words)


@lru_cache(maxsize=4)
def is_dirty(doc: Document, words: Lexicon) -> bool:
    """Whether a good share of the words in small letters, and more than a few, are unknown."""
    tokens = [token for sentence in sentences_of(doc) for token in sentence]
    small = [token for token in tokens if len(token.core) > 1 and token.core.islower()]
    counts, examples = Counter(token.core for token in small), {token.core: token for token in small}
    unknown = sum(counts[core] for core, token in examples.items() if not known_word(token, words))
    return unknown >= FEWEST and unknown >= DIRTY * (len(small) + SMOOTH)


@lru_cache(maxsize=1 << 15)
def _of_line(line: Line, words: Lexicon, guillemets: bool) -> tuple[Edit, ...]:
    """The edits of one line; remembered, for most lines are the same in the next round."""
    return tuple(_found(line, words, guillemets))


def _found(line: Line, words: Lexicon, guillemets: bool) -> Iterator[Edit]:
    for rule, pattern in RULES if SUSPECT_RE.search(line.text) else ():
        for found in pattern.finditer(line.text):
            word, speck = found.groupdict().get("word") or "", found["speck"]
            if (word and not words.common(word, FAMILIAR)) or (speck == "'" and word in ELISIONS):
                continue
            if guillemets and ("«" in speck or "»" in speck):
                continue
            yield Edit(line.number, found.start("speck"), speck, "", rule, "a speck in a dirty text", 0.9)


def _edges(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """An upright stroke alone at the edge of a line: a rule between columns, where no letter fits."""
    for tokens, place in _alone(doc, UPRIGHT):
        token = tokens[place]
        start, end = _edge(token, doc.line(token.line).text)
        neighbours = [tokens[each] for each in beside(tokens, place)]
        if (
            token.compound
            or start == end
            or not all(each.core.isalpha() and known_word(each, words) for each in neighbours)
        ):
            continue
        gain = _better_without(tokens, place, words)
        if gain >= (SURER_OF_I if token.core == "I" else SURER):
            before = doc.line(token.line).text[start:end]
            yield Edit(token.line, start, before, "", "edge-speck", f"nothing fits better here by {gain:.1f}", 0.85)


def _spaces_semicolons(lines: Sequence[Line]) -> bool:
    """Whether more semicolons than not stand apart: so they do in a fount of the eighteenth or nineteenth century."""
    texts = [line.text for line in lines if ";" in line.text]
    spaced, closed = (sum(len(pattern.findall(text)) for text in texts) for pattern in SEMICOLONS)
    return spaced > closed


def _semicolons(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """A semicolon that stood apart and was read as a letter or a figure, where neither fits: ``the king j and``."""
    for tokens, place in _alone(doc, LIKE_SEMICOLON):
        if not 0 < place < len(tokens) - 1:
            continue
        before, token, after = tokens[place - 1 : place + 2]
        apart = not before.trail and not after.lead and after.core[:1].islower()
        if not apart or not before.core.isalpha() or not after.core.isalpha():
            continue
        gain = _better_without(tokens, place, words)
        if gain >= SURER:
            why = f"no word fits here by {gain:.1f}, and the volume spaces its semicolons"
            yield Edit(token.line, token.start, token.core, ";", "semicolon", why, 0.9)


def _alone(doc: Document, cores: frozenset[str]) -> Iterator[tuple[Sequence[Token], int]]:
    """Where in its block each of *cores* stands by itself in a line of sentences."""
    for tokens in sentences_of(doc):
        for place, token in enumerate(tokens):
            if token.core in cores and not token.lead and not token.trail and token.role in PLAIN:
                yield tokens, place


def _better_without(tokens: Sequence[Token], place: int, words: Lexicon) -> float:
    """Nats by which the words around *place* fit each other better than what stands between them."""
    left2, left1, right1, right2 = context(tokens, [token.key for token in tokens], place)
    with_it = words.model.slot(left2, left1, [tokens[place].key], right1, right2)[0]
    return words.model.slot(left2, left1, [right1], right2, NOT_KNOWN)[0] - with_it


def _edge(token: Token, text: str) -> tuple[int, int]:
    """Where a letter stands that begins or ends a line, with the space beside it; nowhere if others surround it."""
    before, after = text[: token.start], text[token.start + 1 :]
    if not before.strip() and after[:1].isspace() and after.strip():
        return token.start, len(text) - len(after.lstrip())
    if before.strip() and before[-1].isspace() and not after.strip():
        return len(before.rstrip()), token.start + 1
    return 0, 0


def _torn_w(line: Line, words: Lexicon) -> Iterator[Edit]:
    for found in TORN_W_RE.finditer(line.text) if "/" in line.text or "\\" in line.text else ():
        torn = found["torn"]
        whole = "W" if "V" in torn else "w"
        if words.common((found["left"] or "") + whole + found["rest"], FAMILIAR):
            yield Edit(line.number, found.start("torn"), torn, whole, "torn-w", "a w in two pieces", 0.95)

"""Specks that stand alone between words and were read as marks or letters: rules of the stage `punctuation`.

They are taken away before any word is judged, for they part words that belong together. Nothing is done in a clean text
(`damage`); specks beside words are the matter of the stage `specks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import regex

from ocr_clean.changes import Edit
from ocr_clean.damage import DIRT, PLAIN, is_dirty
from ocr_clean.document import Document, Line
from ocr_clean.initials import torn_off
from ocr_clean.lexicon import Lexicon
from ocr_clean.model import NOT_KNOWN
from ocr_clean.proposals import known_word
from ocr_clean.tokens import Token, beside, context, sentences_of

LONE_SPECK_RES = tuple(
    map(
        regex.compile,
        (
            rf"(?<!\S)(?P<speck>[{DIRT}]{{1,3}}\s)(?=[\p{{N}}“‘\"'(£$]|\p{{L}}\p{{L}})",  # in the | connection
            r"(?:^|(?<=\p{Ll}\s))(?P<speck>\.\s)(?=\p{Ll})",  # into the . front
            r"(?:^|(?<=\p{L}\s))(?P<speck>'\s)(?=\p{Ll})",  # a little ' funny
            r"(?<=\p{L}{2}[.,]?\s)(?P<speck>j\s)(?=\p{L}{2})",  # the hand j and: a semicolon, or a rule
        ),
    )
)
"""A speck with the space after it."""

SUSPECT_RE = regex.compile(rf"[{DIRT}]|(?<!\S)['.]|\sj\s")
"""What a line has that any of those may find something in: most have none, and are looked at once."""

DIRT_MARKS = frozenset(DIRT)
"""What beside a neighbour says that it is damaged."""

UPRIGHT = frozenset("Iijtl")
"""Letters that a rule, or the shadow of the binding, is read as."""

LIKE_SEMICOLON = frozenset("j53")
"""What a semicolon with spaces beside it is read as."""

SEMICOLONS = regex.compile(r"\p{L}\s;(?=\s|$)"), regex.compile(r"\p{L};(?=\s|$)")
"""One that stands apart, and one that does not."""

SURER, SURER_OF_I = 4.0, 7.0
"""Nats by which the words must fit better without it; an I may be the word, wherever the line breaks."""


def lone_specks(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """Edits that take specks away, one each, and those that make a semicolon of one."""
    if not is_dirty(doc, words):
        return
    lines = [line for line in doc.printed_lines() if line.role in PLAIN]
    if _spaces_semicolons(lines):
        yield from _semicolons(doc, words)
    for line in lines:
        yield from _of_line(line)
    yield from _edges(doc, words)


@lru_cache(maxsize=1 << 15)
def _of_line(line: Line) -> tuple[Edit, ...]:
    """The edits of one line; remembered, for most lines are the same in the next round."""
    found = (
        [each for pattern in LONE_SPECK_RES for each in pattern.finditer(line.text)]
        if SUSPECT_RE.search(line.text)
        else []
    )
    return tuple(
        Edit(line.number, each.start("speck"), each["speck"], "", "lone-speck", "a speck in a dirty text", 0.9)
        for each in found
    )


def _edges(doc: Document, words: Lexicon) -> Iterator[Edit]:
    """An upright stroke alone at the edge of a line: a rule between columns, where no letter fits."""
    for tokens, place in _alone(doc, UPRIGHT):
        token = tokens[place]
        start, end = _edge(token, doc.line(token.line).text)
        neighbours = [tokens[each] for each in beside(tokens, place)]
        if token.compound or start == end or not all(_is_word(each, words) for each in neighbours):
            continue
        gain = _better_without(tokens, place, words)
        if gain >= (SURER_OF_I if token.core == "I" else SURER):
            before = doc.line(token.line).text[start:end]
            yield Edit(token.line, start, before, "", "edge-speck", f"nothing fits better here by {gain:.1f}", 0.85)


def _is_word(token: Token, words: Lexicon) -> bool:
    """Whether a neighbour is a word, and no scrap of one: ``t e`` is a torn ``the``, ``ma}^`` a damaged ``may``."""
    if not DIRT_MARKS.isdisjoint(token.lead + token.trail):
        return False
    return token.core.isalpha() and not torn_off(token.core) and known_word(token, words)


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


SPACED_QUESTION_RE = regex.compile(r"\p{L}\s\?(?=\s|$)")
"""A question mark that stands apart."""

QUESTIONS = 3
"""A volume with so many sets its question marks apart."""

ASKING = frozenset("what who whom whose which why how when where whence whither".split())
"""Words that ask, among the first of a sentence."""

TURNED = frozenset(
    (
        "is are was were am do does did dost doth can could will would shall should may might must has have had"
        " hast hath wilt shalt canst art"
    ).split()
)
"""Words that ask where they are the first, or come right after one of `LEADS`."""

LEADS = frozenset("and but or for nor yet o oh".split())

BEFORE_I = (
    TURNED | LEADS | frozenset("that if as than when not then where what which who because so here there".split())
)
"""Words after which a 1 is an I: ``am 1 your man``."""

BEGINNING = 3
"""So many words of a sentence are its beginning: ``And who is happy``."""

NUMBERED = frozenset(
    (
        "chapter chap section sec article art part book volume vol number no page p verse ver act scene note figure fig"
        " table plate psalm ps line question answer class grade type phase version step"
    ).split()
)
"""Words that a number follows."""


def question_marks(doc: Document) -> Iterator[Edit]:
    """Question marks that stood apart and were read as a 1, at the end of a sentence that asks: ``who is it 1 He``.

    Only in a volume that sets them apart. Leaves alone a 1 after a word that takes a number.
    """
    texts = [line.text for line in doc.printed_lines() if "?" in line.text]
    if sum(len(SPACED_QUESTION_RE.findall(text)) for text in texts) < QUESTIONS:
        return
    for tokens, place in _alone(doc, frozenset("1")):
        token, before = tokens[place], tokens[place - 1] if place else None
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if before is None or before.trail or not before.core.isalpha() or before.key in NUMBERED | BEFORE_I:
            continue
        if (after is None or after.core[:1].isupper()) and _asks(_beginning(tokens[:place], doc)):
            yield Edit(token.line, token.start, "1", "?", "question-mark", "the sentence asks", 0.88)


def _asks(beginning: Sequence[str]) -> bool:
    """Whether a sentence with this beginning may be a question."""
    first = beginning[1:2] if beginning[0] in LEADS else beginning[:1]
    return not ASKING.isdisjoint(beginning) or not TURNED.isdisjoint(first)


def _beginning(tokens: Sequence[Token], doc: Document) -> list[str]:
    """The first words of the sentence that *tokens* end with."""
    first = len(tokens) - 1
    while first > 0 and not _ends(tokens[first - 1], tokens[first], doc):
        first -= 1
    return [token.key for token in tokens[first : first + BEGINNING]]


def _ends(token: Token, after: Token, doc: Document) -> bool:
    """Whether a sentence ends between two neighbouring words; its mark may stand apart from both."""
    text = doc.line(token.line).text
    between = text[token.start + len(token.core) : after.start if after.line == token.line else len(text)]
    return not SENTENCE_ENDS.isdisjoint(between)


SENTENCE_ENDS = frozenset(".!?")


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

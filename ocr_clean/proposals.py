"""Proposed corrections of single words, each with its evidence: a noisy channel over the sentence.

Evidence comes from five sides: the dictionary and the name lists, what this volume writes elsewhere, how this scan
confuses letters (learned from the corrections that are beyond doubt), and the words around.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import regex
from rapidfuzz.distance import Levenshtein

from ocr_clean.candidates import (
    COMMON_CONFUSION,
    LIKE_I,
    ONE_LETTER_WORDS,
    OWN_WORD,
    Candidate,
    cased,
    everyday,
    finder,
    own_words,
    stem_of,
)
from ocr_clean.confusions import Channel, Region, channel, regions, unaccented
from ocr_clean.document import Document, Role
from ocr_clean.initials import WORDS_OF_A_LETTER
from ocr_clean.judgement import (
    FEATURES,
    Judgement,
    inflected,
    letters,
    looks_worse,
    name_confidence,
    old_variation,
    read_judgements,
)
from ocr_clean.lexicon import JUDGEMENT, Lexicon, wordlist_path
from ocr_clean.strokes import strokes_of
from ocr_clean.tokens import PART_RE, Token, beside, context, sentences_of, touching
from ocr_clean.vocabulary import SHORTEST_NAME, Vocabulary, vocabulary

LIKELY = 0.5
"""Corrections from this confidence on teach the channel what the scan confuses, each by its confidence."""

UNSURE = 0.5
"""What is said of a correction that may as well be wrong."""

SETTLED = 0.9
"""A word that a look corrects with this confidence needs no candidates beyond those that it has."""

DOUBTFUL, CERTAIN = 0.1, 0.8
"""Corrections that the second look is less sure of than the one are not asked about in the third, nor those that it is
surer of than the other."""

FIRST = {"unknown": "first"}
SECOND = {"unknown": "unknown", "known": "known"}
"""Which set of trees judges which kind of proposal in the first look and in those after it."""

LEFT_ALONE_RE = regex.compile(
    r"[^\p{L}]*"  # nothing but figures and marks
    r"|[IVXLCDM]+|[ivxlc]+"  # roman numerals
    r"|\p{Nd}{1,2}(?:\p{Lu}\p{Ll}+|to|vo|mo|d)"  # a note number before a word: 1The; formats and ordinals: 4to, 2d
    r"|(?:\p{L}\.)+\p{L}?(?:['’]s)?"  # initials and abbreviations: U.S.A, i.e, R.'s
    r"|\p{Lu}\p{Ll}*\.\p{Lu}\p{Ll}*"  # an initial and a name, a speaker and a word, without their space: N.Henry
    r"|[IVXLC]{2,}\.\p{L}+"  # the same of a number: II.and
    r"|[MO]['’]\p{Lu}\p{Ll}+"  # M'Donald, which is as right as McDonald
    r"|\p{L}+\(\p{L}{1,4}"  # one or more: member(s)
    r"|.*(?:@|://|www\.).*"  # addresses
    r"|.*\N{REPLACEMENT CHARACTER}.*"  # what is lost is lost
    r"|.*\p{Nd}.*\p{Nd}.*"  # two figures: a date, a shelf mark, a formula
)
"""Tokens that are no words to be judged by a dictionary."""

USED, USED_SHORT, SHORT = 0.3, 20.0, 3
"""A word that no list has is one all the same if the texts of the model use it so often in a million. In small letters
and so short it must be much more frequent: what a scan makes of ``be``, ``of`` and ``in`` stands in such texts too."""

OLD = 0.005
"""Where old forms are this share of the words, misread words may have been old forms too."""

RARE = 120.0
"""A word more frequent than this (per million) is asked about only if it is short: long ones are read right."""

LONGEST_UNKNOWN = 40
"""Letters: a longer run is no word, and what it may have been grows with the square of its length."""

LONGEST_WORD = 9
"""Letters: a longer word is hardly ever one confusion away from another."""

DIRT_RE = regex.compile(r"[^\p{L}\p{N}\s.,;:!?…'‘’\"“”()\[\]\p{Pd}]")
"""What may stand beside a word in print is in this list; a reference mark may too, but a speck is likelier."""

LONGEST_ACRONYM = 5
"""Letters."""

FALSE_ACCENTS, EVERYDAY = 3, 300.0
"""So many words that are everyday ones but for an accent (so often in a million) show that accents are specks here;
elsewhere ``déluge`` is French."""

HERE, SELDOM, TWICE = 0.3, 5, 2
"""How much of a word's probability is what this volume writes after the word before it, and how often that must occur
for half of it."""

RAREST_SURNAME, SURNAME = 0.1, 0.5
"""The least that a listed surname occurs in a million words, and how much of its frequency counts: to the model, which
has few of them, they are all alike."""

PROPER, PROPER_BESIDE = 2.0, 1.0
"""Nats that a capital inside a sentence speaks for a word that is written with one, and each such word beside it."""

NEAR = 4
"""Words on either side that are neighbours."""

FOREIGN = frozenset(
    "le les du une est ne pas que qui dans pour avec cette nous vous mais sont aux elle"  # French
    " der das und dem ein eine ist nicht von zu mit sich auf des"  # German, and French again
    " il del che della con los las por una"  # Italian and Spanish
    " et cum quod sed ut quae"  # Latin
    " de la".split()  # most of them
)
"""Little words of other languages, none of which is one of English or mostly one misread."""

ANOTHER_LANGUAGE = 2
"""So many different ones near a word say that it is none of English either: ``on ne m’avait rien dit de la``."""

FEW, CERTAINTY = 5, 0.3
"""So many corrections more, of this confidence, are assumed: the mean of one or two says little."""

GAIN = 2.0
"""Nats by which a candidate must fit the context better before a word that is in order is looked at."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One correction that could be made."""

    token: Token
    candidate: Candidate
    after: str
    """The new core, in the case of the old one."""
    kind: str
    """``unknown``: nothing knows the word as read; ``known``: it is a word, but perhaps not the printed one."""
    evidence: Mapping[str, float]
    """What is weighed (`ocr_clean.judgement.FEATURES`), and ``beside``: how often its neighbours have it elsewhere."""
    confidence: float
    second: str
    """The runner-up, "" if there is none."""


LONG_TEXT, MODERN = 5_000, 0.002
"""A text of so many words in small letters with this share of old forms at most has none of its own."""


@dataclass(frozen=True)
class _Scene:
    """What all judgements about one document share."""

    words: Lexicon
    counts: Vocabulary
    known: Mapping[str, bool]
    """Whether something knows a core."""
    noise: float
    old: float
    """Share of old forms among the words in small letters."""
    modern: bool
    """Whether a long text has hardly any: then what differs as old spelling does was misread (``adioining``)."""
    accents: bool
    """Whether this scan shows accents that nobody wrote: ``thé``, ``hère``."""
    keys: Counter[str]
    pairs: Counter[tuple[str, str]]
    """How often the volume has a word, and two words in a row."""
    judgements: Mapping[str, Judgement]
    proper: bool
    """Whether a capital inside a sentence mostly begins a name here."""
    certainty: float = 0.0
    """How sure the first look was of its corrections; 0 before it."""

    def elsewhere(self, left: str, word: str, right: str, own: int) -> float:
        """Nats by which the volume, wherever it has *left* or *word*, makes *word* likelier than the model does.

        *own* is how often this very place counts among its pairs.
        """
        total = 0.0
        for pair in ((left, word), (word, right)):
            often = self.pairs.get(pair, 0) - own
            if often >= TWICE:
                total += self._as_here(*pair, often)
        return total

    def times(self, left: str, word: str, right: str) -> int:
        """How often the volume has *word* after *left* or before *right*."""
        return self.pairs.get((left, word), 0) + self.pairs.get((word, right), 0)

    def _as_here(self, first: str, second: str, often: int) -> float:
        times = self.keys[first]
        share = HERE * times / (times + SELDOM) * often / times
        return math.log1p(share / math.exp(self.words.model.logp(second, first)))


@lru_cache(maxsize=1)
def _judgements() -> dict[str, Judgement]:
    return read_judgements(wordlist_path(JUDGEMENT))


def proposals(doc: Document, words: Lexicon, most: int = 1) -> list[Proposal]:
    """Every correction of a single word of *doc* that the evidence speaks for at all, with its confidence.

    Three looks: what one is fairly sure of teaches the next how this scan confuses letters, and what stands beside a
    word. The last goes only to words that are still in doubt. The judgement is fitted to the *most* likely corrections
    of each word, of which it sees what is right and what is not.
    """
    sentences = sentences_of(doc)
    scene = _scene(doc, words, sentences)
    pools = _pools(scene)
    first = _first(scene, sentences, pools)
    scene = replace(scene, certainty=_certainty(first))
    scan = channel().learned(_habits(first))
    pools = _with_alike_names(scene, _taught(scene, pools, scan, first), first)
    second = _look(scene, sentences, pools, scene.known, scan, first, most)
    best = list({_place(each.token): each for each in reversed(second)}.values())
    doubtful = {each.token.core for each in best if DOUBTFUL <= each.confidence < CERTAIN}
    scan = channel().learned(_habits(best))
    pools = _taught(scene, {core: pool for core, pool in pools.items() if core in doubtful}, scan, best)
    third = _look(scene, sentences, pools, doubtful, scan, best, most)
    return [each for each in second if each.token.core not in doubtful] + third


def _look(
    scene: _Scene,
    sentences: Sequence[Sequence[Token]],
    pools: Mapping[str, Mapping[str, str]],
    asked: Collection[str],
    scan: Channel,
    before: Sequence[Proposal],
    most: int,
) -> list[Proposal]:
    """One more look at the words *asked* about, with what the look *before* was fairly sure of, and its *scan*."""
    likely = {_place(each.token): stem_of(each.candidate.word) for each in before if each.confidence >= LIKELY}
    candidates = _cheapest(scene, pools, scan) | _confused(scene, asked, scan)
    return _pass(scene, sentences, candidates, scan, likely, SECOND, most)


def _taught(
    scene: _Scene, pools: Mapping[str, dict[str, str]], scan: Channel, before: Sequence[Proposal]
) -> dict[str, dict[str, str]]:
    """The pools without words that the look *before* found misread: ``Trotslqr``.

    Those of words that it has not settled have what this scan's own confusions lead to, several in one word: ``boforo``
    for ``before``.
    """
    likely = [(_read(each), each.candidate.word) for each in _unknown(before) if each.confidence >= LIKELY]
    misread = {read for read, printed in likely if read != printed}  # ``TrotsKy`` is no reason to drop ``Trotsky``
    settled, search = _settled(before), finder(scene.words)
    kept = {
        core: pool if misread.isdisjoint(pool) else {word: pool[word] for word in pool if word not in misread}
        for core, pool in pools.items()
    }
    return {core: pool if core in settled else pool | search.undone(core, scan) for core, pool in kept.items()}


def _read(proposal: Proposal) -> str:
    return stem_of(proposal.token.core).lower()


def _unknown(found: Iterable[Proposal]) -> list[Proposal]:
    return [each for each in found if each.kind == "unknown"]


def _settled(found: Iterable[Proposal]) -> set[str]:
    return {each.token.core for each in _unknown(found) if each.confidence >= SETTLED}


def _place(token: Token) -> tuple[int, int]:
    return token.line, token.start


def first_look(doc: Document, words: Lexicon, most: int = 1) -> list[Proposal]:
    """What the first look proposes: nothing is known yet of what this scan confuses."""
    sentences = sentences_of(doc)
    scene = _scene(doc, words, sentences)
    return _first(scene, sentences, _pools(scene), most)


def _first(
    scene: _Scene, sentences: Sequence[Sequence[Token]], pools: Mapping[str, Mapping[str, str]], most: int = 1
) -> list[Proposal]:
    return _pass(scene, sentences, _cheapest(scene, pools, channel()), channel(), {}, FIRST, most)


def _habits(found: Iterable[Proposal]) -> dict[Region, float]:
    """How many different words show each confusion, every word counted by how sure its correction is."""
    sure: dict[tuple[str, str], float] = {}
    for each in found:
        if each.confidence >= LIKELY:
            pair = each.token.core.lower(), each.candidate.word
            sure[pair] = max(each.confidence, sure.get(pair, 0.0))
    habits: dict[Region, float] = {}
    for pair, confidence in sure.items():
        for region in regions(*pair):
            habits[region] = habits.get(region, 0.0) + confidence
    return habits


def _certainty(found: Iterable[Proposal]) -> float:
    """The mean confidence of corrections of words in small letters: few say little."""
    sure = [each.confidence for each in found if each.token.core.islower()]
    return (sum(sure) + FEW * CERTAINTY) / (len(sure) + FEW)


def _scene(doc: Document, words: Lexicon, sentences: Sequence[Sequence[Token]]) -> _Scene:
    counts = vocabulary(doc)
    tokens = [token for sentence in sentences for token in sentence]
    known = {token.core: known_word(token, words) for token in tokens}
    lower = [token for token in tokens if token.core.islower() and len(token.core) > 1]
    unknown = sum(not known[token.core] for token in lower)
    old = sum(words.only_old(token.core) for token in lower)
    share = (unknown + 0.5) / (len(lower) + 50)
    noise, accents = math.log(share / (1 - share)), sum(_false_accent(token, words) for token in tokens)
    keys = Counter(token.key for token in tokens)
    pairs = Counter((first.key, second.key) for sentence in sentences for first, second in pairwise(sentence))
    is_accented, proper = accents >= FALSE_ACCENTS, _capitals_are_names(tokens, words)
    modern = len(lower) >= LONG_TEXT and old <= MODERN * len(lower)
    old_share = old / (len(lower) + 50)
    return _Scene(words, counts, known, noise, old_share, modern, is_accented, keys, pairs, _judgements(), proper)


def _capitals_are_names(tokens: Iterable[Token], words: Lexicon) -> bool:
    """Whether of the capitals inside sentences more begin names than other words: older printers had other rules."""
    inside = [token.core for token in tokens if _is_capital(token)]
    common = sum(core.lower() in words.dictionary and core not in words.surnames for core in inside)
    return 2 * common <= len(inside)


def _is_capital(token: Token) -> bool:
    """Whether a word has a capital for what it is, not for its place."""
    return token.core[:1].isupper() and not token.opens and token.core[1:].islower()


def _false_accent(token: Token, words: Lexicon) -> bool:
    """Whether a word is one of the most frequent of English, but for an accent."""
    return not token.core.isascii() and _is_everyday(unaccented(token.key), words)


def known_word(token: Token, words: Lexicon) -> bool:
    """Whether a token needs no dictionary, or is in one, or is used by the texts of the language model."""
    if known_core(token.core, words) or (token.compound != "" and token.compound in words):
        return True
    return token.trail[:1] in ("'", "’") and token.core.endswith("in") and f"{token.core}g" in words  # a-wantin'


@lru_cache(maxsize=200_000)
def known_core(core: str, words: Lexicon) -> bool:
    """The same for a word that is part of no compound."""
    if core in words or LEFT_ALONE_RE.fullmatch(core):
        return True
    lower = core.lower()
    if lower in words.blocked:
        return False
    least = USED_SHORT if core.islower() and len(core) <= SHORT else USED
    return core.isalpha() and (core.islower() or core[1:].islower()) and words.model.frequency(lower) > least


SCRAMBLED = 0.4
"""Share of its words from which on a paragraph is beyond repair: neighbours like these say nothing."""

LEAST_WORDS = 8
"""Words of which a share says something."""

NO_WORD = -4.5
"""Mean log probability of a letter below which a string is no word of any language written in these letters."""


def beyond_repair(tokens: Sequence[Token], words: Lexicon) -> bool:
    """Whether the words of a paragraph are so scrambled that nothing can be said about them.

    A scrambled word has marks, figures or capitals inside it, or letters in an order that no language has; words of
    another language are not scrambled.
    """
    if len(tokens) < LEAST_WORDS:
        return False
    read = [token for token in tokens if token.core.isalpha() or any(map(str.isalpha, token.core))]
    return len(read) >= LEAST_WORDS and sum(_scrambled(token, words) for token in read) >= SCRAMBLED * len(read)


def _scrambled(token: Token, words: Lexicon) -> bool:
    core = token.core
    if known_word(token, words):
        return False
    if not core.replace("'", "").replace("’", "").isalpha():
        return True
    return not core.isupper() and (
        any(each.isupper() for each in core[1:]) or letters(words).mean(core.lower()) < NO_WORD
    )


def _pools(scene: _Scene) -> dict[str, dict[str, str]]:
    """What each unknown core may have been."""
    asked = [core for core, known in scene.known.items() if not known and 1 < len(core) <= LONGEST_UNKNOWN]
    own = own_words(scene.counts.words, scene.words)
    pools = dict(zip(asked, finder(scene.words).pools(asked, channel(), own), strict=True))
    if scene.old >= OLD:
        for core, old in zip(asked, finder(scene.words).old(asked, channel()), strict=True):
            pools[core] = pools[core] | old
    else:
        pools = {core: pool | finder(scene.words).old_once(core) for core, pool in pools.items()}
    small = [core for core in asked if core[:1].islower() and not everyday(core, pools[core])]
    return _with_alike(scene, pools, small)


def _with_alike(
    scene: _Scene, pools: Mapping[str, dict[str, str]], cores: Collection[str]
) -> dict[str, dict[str, str]]:
    """The pools, those of some *cores* with frequent words that look like them.

    Where most words are unknown, no context could tell which of those was meant: then there are none.
    """
    if scene.noise > 0:
        return dict(pools)
    alike = dict(zip(cores, finder(scene.words).alike(list(cores)), strict=True))
    return {core: pool | alike[core] if core in alike else pool for core, pool in pools.items()}


def _with_alike_names(
    scene: _Scene, pools: Mapping[str, dict[str, str]], before: Iterable[Proposal]
) -> dict[str, dict[str, str]]:
    """The same for words with a capital that the look *before* has not settled."""
    settled = _settled(before)
    names = [
        core
        for core, pool in pools.items()
        if core[:1].isupper() and core not in settled and not _own_name(core, scene) and not everyday(core, pool)
    ]
    return _with_alike(scene, pools, names)


def _own_name(core: str, scene: _Scene) -> bool:
    """Whether the volume writes a capitalised word so often that it is no chance shape."""
    return scene.counts.words[core] >= OWN_WORD


def _cheapest(scene: _Scene, pools: Mapping[str, Mapping[str, str]], scan: Channel) -> dict[str, list[Candidate]]:
    """The candidates of each unknown core, as *scan* sees them.

    A name that text and index agree on is only taken for one that the volume writes more often; a word with an accent
    for the one without only where accents are specks.
    """
    search, counts = finder(scene.words), scene.counts
    found = {core: search.cheapest(core, pool, scan) for core, pool in pools.items()}
    if not scene.accents:
        for core in found:
            bare = "" if core.isascii() else unaccented(core.lower())
            found[core] = [each for each in found[core] if each.word != bare]
    for core in found:
        name = core.title() if core.isupper() else core
        if name in counts.indexed:
            found[core] = [each for each in found[core] if counts.words[each.surface] > counts.words[name]]
    return found


def _confused(scene: _Scene, asked: Collection[str], scan: Channel) -> dict[str, list[Candidate]]:
    """The same for cores that are in order themselves."""
    search = finder(scene.words)
    questionable = [
        core for core, known in scene.known.items() if known and core in asked and _questionable(core, scene)
    ]
    return {core: _no_rarer(core, search.confused(core, scan), scene) for core in questionable}


def _questionable(core: str, scene: _Scene) -> bool:
    """Whether a word that is in order may still stand where another was printed."""
    if len(core) == 1:
        return core.islower() and core not in ONE_LETTER_WORDS
    if not core.isalpha() or not 2 <= len(core) <= LONGEST_WORD or not core[1:].islower():
        return False
    if core in scene.words.names and (len(core) >= SHORTEST_NAME or core.lower() not in scene.words.dictionary):
        return False
    if LEFT_ALONE_RE.fullmatch(core):
        return False
    return len(core) <= 4 or scene.words.model.frequency(core.lower()) < RARE


def _no_rarer(core: str, candidates: Sequence[Candidate], scene: _Scene) -> list[Candidate]:
    """Candidates that are neither much rarer than *core* nor another spelling or form of it."""
    model, lower = scene.words.model, core.lower()
    floor = model.frequency(lower) * 0.2 + 0.5
    return [
        each
        for each in candidates
        if model.frequency(each.word) > floor
        and not (len(lower) >= SHORT and old_variation(lower, each.word))  # ``en`` is no old ``on``
        and not inflected(lower, each.word)
    ]


def _pass(
    scene: _Scene,
    sentences: Sequence[Sequence[Token]],
    found: Mapping[str, Sequence[Candidate]],
    scan: Channel,
    likely: Mapping[tuple[int, int], str],
    judges: Mapping[str, str],
    most: int,
) -> list[Proposal]:
    """One look at every word: the *most* likely corrections of each.

    *likely* is what an earlier look takes the words at some places for: good neighbours.
    """
    drafts = []
    for tokens in sentences:
        asked = [
            place for place, token in enumerate(tokens) if found.get(token.core) and not _divided(token, scene.words)
        ]
        if not asked:
            continue
        keys = [likely.get(_place(token)) or token.key for token in tokens]
        unknown = [not scene.known[token.core] for token in tokens]
        for place in asked:
            candidates = found[tokens[place].core]
            if not _acronym(tokens, place) and not _unstopped(tokens, place):
                found_here = _drafts(scene, tokens, keys, unknown, place, candidates, scan, most)
                if found_here:
                    keys[place] = found_here[0].likely_key(keys[place])
                    drafts += found_here
    return _judged(drafts, scene, judges)


def _divided(token: Token, words: Lexicon) -> bool:
    """Whether a token is part of a word that was divided where a line ended, or a prefix: ``funda-mental``, ``un-``."""
    return token.compound != "" and (token.core in SHORT_PREFIXES or PART_RE.sub("", token.compound) in words)


SHORT_PREFIXES = frozenset("co de en ex in non pre re un".split())
"""What stands before a hyphen and is no other word misread: ``un-Corsican``."""


def _acronym(tokens: Sequence[Token], place: int) -> bool:
    """Whether a few capitals stand among words in small letters: they abbreviate something, and no list has it all."""
    core = tokens[place].core
    if not core.isupper() or not 1 < len(core) <= LONGEST_ACRONYM:
        return False
    cores = (tokens[each].core for each in beside(tokens, place))
    return not any(each.isalpha() and each.isupper() for each in cores)


UNSTOPPED = frozenset({"ie", "eg"})
"""Abbreviations that modern printers set without full stops, with a comma before or after: ``, ie the``."""


def _unstopped(tokens: Sequence[Token], place: int) -> bool:
    token = tokens[place]
    before = tokens[place - 1].trail[-1:] if place else ""
    return token.core in UNSTOPPED and (
        before in (",", ";") or token.lead == "(" or token.trail.startswith((",", ".", ":"))
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    """A correction before it is judged."""

    token: Token
    candidate: Candidate
    kind: str
    evidence: dict[str, float]
    second: str

    def likely_key(self, key: str) -> str:
        """What the next words take this one for: the candidate if context outweighs the confusion."""
        if self.kind == "unknown" and self.evidence["context"] > self.candidate.cost:
            return stem_of(self.candidate.word)
        return key


def _judged(drafts: Sequence[_Draft], scene: _Scene, judges: Mapping[str, str]) -> list[Proposal]:
    confidence: dict[int, float] = {}
    for kind, judge in judges.items():
        judgement = scene.judgements[judge]
        chosen = [each for each, draft in enumerate(drafts) if draft.kind == kind]
        rows = [[drafts[each].evidence[name] for name in FEATURES] for each in chosen]
        confidence |= dict(zip(chosen, judgement.confidence(rows), strict=True))
    return [
        Proposal(
            draft.token,
            draft.candidate,
            _written(draft, scene),
            draft.kind,
            draft.evidence,
            min(_at_most(draft, scene), max(confidence[each], _as_a_name(draft))),
            draft.second,
        )
        for each, draft in enumerate(drafts)
    ]


def _written(draft: _Draft, scene: _Scene) -> str:
    """The candidate in the case of the word as read.

    A heading begins with a capital whatever was read, and what was read as an *l* for a *j* was a capital: ``lohn``.
    Where the first letter itself was misread, its capital says little: ``Kpon`` is ``upon``, ``Biver`` is ``River``.
    """
    token, after = draft.token, cased(draft.token.core, draft.candidate.surface)
    if (token.role is Role.HEADING and token.opens) or (token.core[:1] in LIKE_I and after[:1] == "j"):
        return after[:1].upper() + after[1:]
    if not _is_capital(token) or token.core[0] == after[:1] or _has_capital(token.core, after, scene):
        return after
    return draft.candidate.surface


LIKE_SMALL = frozenset({("b", "s"), ("i", "t"), ("av", "w")})
"""Capitals that small letters are read as, no less often than other capitals: ``Bued``, ``Ihem``, ``Avise``."""


def _has_capital(read: str, after: str, scene: _Scene) -> bool:
    """Whether the capital of *read*, misread itself, was one: the volume or the lists have it, or it looks like one."""
    written, lower = scene.counts.words, after.lower()
    if written[after] > written[lower] or read[1:2].isupper():
        return True
    first = regions(read.lower(), lower)[0]
    if len(first[1]) > len(first[0]) or first in LIKE_SMALL:
        return False  # a capital H for a small li
    listed = after in scene.words.dictionary or after in scene.words.names
    return listed or channel().table.get((read[0], after[0]), 0) >= COMMON_CONFUSION


def _as_a_name(draft: _Draft) -> float:
    """What the rule for listed names says of a draft."""
    if draft.kind != "unknown" or draft.candidate.source != "name":
        return 0.0
    read, printed = stem_of(draft.token.core).lower(), stem_of(draft.candidate.word)
    everyday = all(channel().table.get(region, 0) >= COMMON_CONFUSION for region in regions(read, printed))
    return name_confidence(read, printed, everyday, draft.evidence)


def _at_most(draft: _Draft, scene: _Scene) -> float:
    """The most that can be believed of a correction towards a surname: ``Borsley`` is one as well as ``Horsley``.

    What is no word and no name either, by its letters or by the marks in it, was misread; so was what the volume writes
    rightly elsewhere. Among words of another language no word without damage is corrected.
    """
    evidence = draft.evidence
    damaged = evidence["mark_inside"] or evidence["figure_inside"] or evidence["inner_capital"]
    if evidence["foreign"] >= ANOTHER_LANGUAGE and not damaged:
        return UNSURE
    listed = draft.kind == "unknown" and stem_of(draft.candidate.surface) in scene.words.surnames
    if not listed or damaged or evidence["candidate_count"] or looks_worse(evidence):
        return 1.0
    return UNSURE


def _drafts(
    scene: _Scene,
    tokens: Sequence[Token],
    keys: Sequence[str],
    unknown: Sequence[bool],
    place: int,
    candidates: Sequence[Candidate],
    scan: Channel,
    most: int,
) -> list[_Draft]:
    """The *most* likely corrections of one word, the likeliest first; none where it fits its context well enough."""
    token, model = tokens[place], scene.words.model
    around = context(tokens, keys, place)
    known = scene.known[token.core]
    if known and model.seen(around[1], token.key, around[2]):
        return []  # in order, and among words where it belongs
    words = [stem_of(each.word) for each in candidates]
    read, *scores = model.slot(*around[:2], [token.key, *words], *around[2:])
    scores = [score + scene.elsewhere(around[1], word, around[2], 0) for score, word in zip(scores, words, strict=True)]
    if known:
        read += scene.elsewhere(around[1], token.key, around[2], 1)
    may_be_name = scene.proper and _is_capital(token)
    names = _names_beside(tokens, place) if may_be_name else 0
    for_name = PROPER + PROPER_BESIDE * names if may_be_name else 0.0
    totals = [
        score - each.cost + _bonus(each, scene) + for_name * _is_proper(each)
        for score, each in zip(scores, candidates, strict=True)
    ]
    order = sorted(range(len(totals)), key=lambda each: -totals[each])
    if known and scores[order[0]] - read < GAIN:
        return []
    shared = _surroundings(scene, tokens, keys, unknown, place)
    shared |= {"alone": float(len(order) == 1), "names_beside": float(names)}
    kind, drafts = "known" if known else "unknown", []
    for rank, chosen in enumerate(order[:most]):
        best, word = candidates[chosen], words[chosen]
        rival = order[1 if rank == 0 else 0] if len(order) > 1 else chosen
        evidence = _evidence(scene, token, best) | _of_the_scan(token, best, scan) | shared
        evidence |= {
            "context": max(-12.0, min(15.0, scores[chosen] - read)),
            "margin": max(-10.0, min(10.0, totals[chosen] - totals[rival])),
            "pull": max(-6.0, min(12.0, model.logp(word, around[1], around[0]) - model.unigram(word))),
            "beside": float(scene.times(around[1], word, around[2])),
        }
        drafts.append(_Draft(token, best, kind, evidence, candidates[rival].surface if rival != chosen else ""))
    return drafts


def _surroundings(
    scene: _Scene, tokens: Sequence[Token], keys: Sequence[str], unknown: Sequence[bool], place: int
) -> dict[str, float]:
    """What the neighbours say, whatever the correction."""
    near = beside(tokens, place, NEAR)
    return {
        "local_noise": sum(unknown[each] for each in near) / max(1, len(near)),
        "english": sum(_is_everyday(keys[each], scene.words) for each in near) / max(1, len(near)),
        "scraps": float(_scraps(tokens, unknown, place)),
        "foreign": float(len({keys[each] for each in near} & FOREIGN)),
    }


def _of_the_scan(token: Token, best: Candidate, scan: Channel) -> dict[str, float]:
    """How often the scan shows these confusions elsewhere, and what the rarest costs."""
    found = regions(token.core.lower(), best.word)
    return {
        "habit": math.log1p(sum(scan.seen.get(region, 0.0) for region in found)),
        "worst_place": max((scan.region_cost(region) for region in found), default=0.0),
    }


@lru_cache(maxsize=100_000)
def _is_everyday(word: str, words: Lexicon) -> bool:
    return words.model.frequency(word) >= EVERYDAY


def _names_beside(tokens: Sequence[Token], place: int) -> int:
    """How many of the two words beside one have a capital for what they are."""
    return sum(_is_capital(tokens[each]) for each in beside(tokens, place))


def _is_proper(candidate: Candidate) -> bool:
    """Whether a list writes a candidate with a capital."""
    return candidate.surface[:1].isupper()


def _scraps(tokens: Sequence[Token], unknown: Sequence[bool], place: int) -> int:
    """How many neighbours of a word touch it and are no words: ``w hich``."""
    return sum(
        touching(*sorted((tokens[each], tokens[place]))) and (unknown[each] or _lone_letter(tokens[each].core))
        for each in beside(tokens, place)
    )


def _lone_letter(core: str) -> bool:
    return len(core) == 1 and core.lower() not in WORDS_OF_A_LETTER


def _bonus(candidate: Candidate, scene: _Scene) -> float:
    """What the volume's own use, and a place on a name list, add: the model's texts know few of its names."""
    count = scene.counts.folded[candidate.word]
    bonus = 0.7 * math.log1p(count)
    if often := scene.words.surnames.get(candidate.surface):
        bonus += SURNAME * math.log(often / RAREST_SURNAME)
    return bonus + (3.0 if candidate.source == "name" else 0.0)


def _evidence(scene: _Scene, token: Token, best: Candidate) -> dict[str, float]:
    """The evidence that does not depend on the neighbours."""
    core, lower = token.core, token.core.lower()
    counts, alphabet, model = scene.counts.folded, letters(scene.words), scene.words.model
    capital = core[:1].isupper()
    upper = core.isupper() and len(core) > 1
    variation, form = old_variation(lower, best.word), inflected(lower, best.word)
    return {
        "channel": min(20.0, best.cost),
        "read_count": math.log1p(max(0, counts[lower] - 1)),
        "candidate_count": math.log1p(counts[best.word]),
        "capital": float(capital and not upper and not token.opens),
        "opening": float(capital and not upper and token.opens),
        "upper": float(upper),
        "length": float(min(12, len(core))),
        "short": float(len(core) <= 3),
        "noise": scene.noise,
        "plausible": alphabet.mean(lower),
        "candidate_plausible": alphabet.mean(best.word),
        "variation": float(variation and not scene.modern),
        "old": min(1.0, 10 * scene.old),
        "old_variation": min(1.0, 10 * scene.old) * variation,
        "mark_inside": float(any(not each.isalnum() and each not in "'’" for each in core)),
        "figure_inside": float(any(each.isdigit() for each in core)),
        "name": float(best.source == "name"),
        "own": float(best.source == "volume"),
        "inflection": float(form),
        "frequency": math.log1p(scene.words.frequency(stem_of(best.surface))),
        "read_frequency": math.log1p(model.frequency(token.key)),
        "inner_capital": float(not upper and any(each.isupper() for each in core[1:])),
        "places": float(min(4, len(regions(lower, best.word)))),
        "old_ending": float(form and lower.endswith(("eth", "est", "st"))),
        "edits": Levenshtein.distance(lower, best.word) / max(len(lower), len(best.word)),
        "shape": Levenshtein.normalized_distance(strokes_of(lower), strokes_of(best.word)),
        "accent": float(unaccented(lower) == best.word),
        "dirt": float(min(3, len(DIRT_RE.findall(token.lead + token.trail)))),
        "longer": float(len(best.word) - len(lower)),
        "first_letter": float(lower[:1] != best.word[:1]),
        "last_letter": float(lower[-1:] != best.word[-1:]),
        "letter_cost": best.cost / len(lower),
        "certainty": scene.certainty,
        "proper": float(_is_proper(best)),
    }

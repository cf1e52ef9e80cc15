"""What a misread word may have been: candidates from the dictionary, the name lists and the volume itself."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ocr_clean.confusions import COST, Channel, channel, variants
from ocr_clean.lexicon import POSSESSIVE_RE, Lexicon
from ocr_clean.neighbours import Neighbours
from ocr_clean.strokes import Shapes

MOST = 8
"""Candidates of one word that are looked at in context: the cheapest by channel and frequency."""

MOST_ALIKE = 8
"""Of the frequent words that only look like a misread one, so many are candidates."""

FAMILIAR = 1.0
"""Words that occur so often in a million are guessed at by their shape; rarer ones only by single edits."""

MOST_UNDONE = 3
"""Habits of a scan that are undone in one word."""

MOST_FORMS = 300
"""Strings that are tried for one word: what has more is looked at no further."""

MOST_REMEMBERED = 10_000
"""Words whose candidates are remembered: a book has some thousand unknown ones, a batch millions."""

OWN_WORD = 3
"""A word that no list has is taken for one of the volume's own from this many occurrences on."""

ONE_LETTER_WORDS = ("a", "i")
"""In lower case."""

LIKE_I = ("l", "1", "|")
"""Read for a capital I: ``ltalian`` has a capital all the same."""

COMMON_CONFUSION = 2
"""Weight of a confusion that the table calls common."""

LONG_NAME = 6
"""Letters from which on a name is recognised by most of its letters."""

NAME_PRIOR = -12.0
"""The logarithm of a listed name's frequency, at least: the texts of the model are about other things."""

NAME_SHARE = 0.34
"""Share of its letters that a long name may have wrong."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that may be what was printed."""

    word: str
    """In lower case."""
    surface: str
    """As the list writes it: ``river``, ``Trotsky``, ``NEPmen``."""
    cost: float
    """What the channel asks for reading it as it was read, in nats."""
    source: str
    """``dictionary``, ``name`` or ``volume``."""


class Finder:
    """Finds candidates in the lists of a lexicon."""

    def __init__(self, words: Lexicon) -> None:
        self.words = words
        plain: list[str] = []
        self._odd = {name.lower(): name for name in words.surnames}
        """How a list writes a word that no list writes in lower case; the dictionary is right where they differ."""
        for words_of_list in (words.name_words, words.dictionary):
            plain += (word for word in words_of_list if word.islower())
            odd = sorted((word for word in words_of_list if not word.islower()), reverse=True)
            self._odd |= {lower: word for word in odd if not self._plain(lower := word.lower())}
        self.index = Neighbours(dict.fromkeys([*plain, *self._odd]))
        self._listed: dict[str, dict[str, str]] = {}
        self._standings: dict[str, tuple[str, float]] = {}
        self._nearest: dict[tuple[str, bool], list[Candidate]] = {}
        self.names = sorted({word.lower() for word in words.name_words if len(word) >= LONG_NAME})
        self.shapes = Shapes(self._familiar())

    @cached_property
    def _old(self) -> Neighbours:
        """An index of the old forms, made for the first old text."""
        return Neighbours(word for word in self.words.archaic if word in self._only_old)

    def _familiar(self) -> dict[str, float]:
        """Frequent words, and the longer names of the lists, with the logarithm of their frequency."""
        model = self.words.model
        names = {name: max(NAME_PRIOR, model.unigram(name)) for name in self.names}
        common = (word for word in model.frequent(FAMILIAR) if self._listed_word(word))
        return names | {word: model.unigram(word) for word in common}

    def _plain(self, word: str) -> bool:
        """Whether a list writes *word* just so."""
        return word in self.words.dictionary or word in self.words.names

    def pools(self, queries: Sequence[str], channel: Channel, own: Collection[str] = ()) -> list[dict[str, str]]:
        """For each of *queries* (cores as read), every word that it may have been, with how its list writes it.

        *own* are words that only the volume has, as it writes them. What the lists offer is remembered: it depends on
        the query alone.
        """
        if len(self._listed) > MOST_REMEMBERED:
            self._listed.clear()
            self._standings.clear()
        new = list(dict.fromkeys(query for query in queries if query not in self._listed))
        self._listed |= zip(new, self._from_lists(new, channel), strict=True)
        pools = [self._listed[query] for query in queries]
        if not own:
            return pools
        surfaces = {word.lower(): word for word in own}
        near = Neighbours(surfaces).near([stem_of(query).lower() for query in queries])
        return [
            {word: surfaces[word] for word in volume if word != stem_of(query).lower()} | pool
            for query, pool, volume in zip(queries, pools, near, strict=True)
        ]

    def _from_lists(self, queries: Sequence[str], channel: Channel) -> list[dict[str, str]]:
        forms = [_forms(stem_of(query).lower(), channel) for query in queries]
        near = iter(self.index.near([form for each in forms for form in each]))
        pools = []
        for query, each in zip(queries, forms, strict=True):
            stem = stem_of(query).lower()
            words = [word for _ in each for word in next(near)]
            words += self._names_near(stem) if query[:1].isupper() else []
            fit = (word for word in words if word != stem and len(word) > 1 and word not in self.words.blocked)
            pools.append({word: self._odd.get(word, word) for word in fit})
        return pools

    def old_once(self, query: str) -> dict[str, str]:
        """Old forms that one confusion of the table may have made *query* from: ``licth``, of ``lieth``."""
        stem = stem_of(query).lower()
        found = variants(stem, channel().rewrites, self._only_old)
        return {word: word for word, _ in found if word != stem and word not in self.words.blocked}

    @cached_property
    def _only_old(self) -> frozenset[str]:
        return frozenset(word for word in self.words.archaic if self.words.only_old(word))

    def old(self, queries: Sequence[str], channel: Channel) -> list[dict[str, str]]:
        """For each of *queries* the old forms that it may have been: ``maketh``, ``vpon``, ``fellowes``."""
        forms = [_forms(stem_of(query).lower(), channel) for query in queries]
        near = iter(self._old.near([form for each in forms for form in each]))
        return [
            {word: word for _ in each for word in next(near) if word != each[0] and word not in self.words.blocked}
            for each in forms
        ]

    def cheapest(self, query: str, pool: Mapping[str, str], channel: Channel) -> list[Candidate]:
        """The candidates of *pool* that the channel and their own frequency make likeliest, at most `MOST`."""
        stem = stem_of(query)
        ending = query[len(stem) :]
        lower, capital = stem.lower(), stem[:1].isupper() or stem[:1] in LIKE_I
        ranked = []
        for word, surface in pool.items():
            source, prior = self._standings.get(surface) or self._standing(word, surface)
            if surface != word and not capital and source != "volume" and not self._misread_capital(lower, surface):
                continue  # a name needs its capital
            if surface != word and lower == f"{word}s":
                continue  # the plural of a name, or a possessive that lost its mark
            cost = channel.cost(lower, word)
            ranked.append((cost - prior, word, surface, source, cost))
        return [
            Candidate(word + ending, (surface.replace("'", "’") if "’" in query else surface) + ending, cost, source)
            for _, word, surface, source, cost in sorted(ranked)[:MOST]
        ]

    def _misread_capital(self, lower: str, surface: str) -> bool:
        """Whether only the capital of a name was misread, as a small letter like it: ``rrancis``."""
        first = surface[:1].lower()
        if surface in self.words.surnames or lower[:1] == first or lower[1:] != surface[1:]:
            return False
        return channel().table.get((lower[:1], first), 0) >= COMMON_CONFUSION

    def confused(self, word: str, channel: Channel) -> list[Candidate]:
        """For a *word* that is in order itself: the words that one confusion of the table may have made it from."""
        lower, capital = word.lower(), word[:1].isupper()
        found: dict[str, float] = {}
        surfaces: dict[str, str] = {}
        for other, region in variants(lower, channel.rewrites, self._spellings):
            surface = self._surface(other, capital) if other != lower else ""
            if surface:
                surfaces[other] = surface
                found[other] = min(found.get(other, math.inf), channel.region_cost(region))
        return [Candidate(other, surfaces[other], cost, "dictionary") for other, cost in sorted(found.items())]

    @cached_property
    def _spellings(self) -> frozenset[str]:
        """Every word that a word in order may have been, in small letters; no surname is likelier than it."""
        found = {*self.words.dictionary, *self.words.names, *self._odd, *ONE_LETTER_WORDS}
        found.difference_update(self.words.blocked, map(str.lower, self.words.surnames))
        return frozenset(found)

    def _surface(self, word: str, capital: bool) -> str:
        """How a list writes *word*, "" if none has it; what needs a *capital* is only looked for with one."""
        if len(word) == 1:
            return word if word in ONE_LETTER_WORDS else ""
        if self._plain(word):
            return word
        surface = self._odd.get(word, "") if capital else ""
        return surface if surface.istitle() else ""

    def undone(self, query: str, scan: Channel) -> dict[str, str]:
        """Listed words that *query* becomes when up to `MOST_UNDONE` habits of the *scan* are undone in it."""
        stem = stem_of(query).lower()
        found: dict[str, None] = {}
        last = [(stem, 0)]
        for _ in range(MOST_UNDONE):
            last = [each for form, start in last for each in _undone_once(form, start, scan.habits)][:MOST_FORMS]
            found |= dict.fromkeys(form for form, _ in last)
        return {word: self._odd.get(word, word) for word in found if word != stem and self._undone_word(word)}

    def nearest(self, queries: Sequence[str], *, by_shape: bool = False) -> dict[str, list[Candidate]]:
        """The cheapest candidates of each of *queries*, for a scan of which nothing is known yet; remembered.

        If *by_shape*, those that only look like it are among them.
        """
        if len(self._nearest) > MOST_REMEMBERED:
            self._nearest.clear()
        new = [query for query in dict.fromkeys(queries) if (query, by_shape) not in self._nearest]
        pools = self.pools(new, channel())
        if by_shape:
            far = [query for query, pool in zip(new, pools, strict=True) if not everyday(query, pool)]
            alike = dict(zip(far, self.alike(far), strict=True))
            pools = [pool | alike.get(query, {}) for query, pool in zip(new, pools, strict=True)]
        for query, pool in zip(new, pools, strict=True):
            self._nearest[query, by_shape] = self.cheapest(query, pool, channel())
        return {query: self._nearest[query, by_shape] for query in queries}

    def alike(self, queries: Sequence[str]) -> list[dict[str, str]]:
        """For each of *queries* the frequent words that look like it, with how their list writes them."""
        stems = [stem_of(query).lower() for query in queries]
        return [
            {word: self._odd.get(word, word) for word in words if word != stem}
            for stem, words in zip(stems, self.shapes.alike(stems, MOST_ALIKE), strict=True)
        ]

    def _listed_word(self, word: str) -> bool:
        return len(word) > 1 and word not in self.words.blocked and (self._plain(word) or word in self._odd)

    def _undone_word(self, word: str) -> bool:
        return self._listed_word(word) or (word in self._only_old and word not in self.words.blocked)

    def _names_near(self, query: str) -> list[str]:
        """Listed names that share about two thirds of their letters with *query*: names are mangled worst of all."""
        if len(query) < LONG_NAME:
            return []
        cutoff = max(2, int(len(query) * NAME_SHARE))
        near = process.extract(query, self.names, scorer=Levenshtein.distance, score_cutoff=cutoff, limit=5)
        return [name for name, _, _ in near]

    def _standing(self, word: str, surface: str) -> tuple[str, float]:
        """Where a candidate comes from, and how much its own frequency speaks for it, in nats above an unseen word."""
        source = "name" if surface in self.words.name_words else "dictionary" if surface in self.words else "volume"
        likely = self.words.model.unigram(word)
        if surface in self.words.surnames:
            likely = max(likely, math.log(self.words.surnames[surface] / 1e6))
        prior = max(0.0, likely + 16.0) * 0.5 if source == "dictionary" else 4.0
        self._standings[surface] = source, prior
        return source, prior


def stem_of(word: str) -> str:
    """*word* without the end of a possessive, with typewriter apostrophes, as the lists have them.

    >>> stem_of("Bukharin’s"), stem_of("didn’t")
    ('Bukharin', "didn't")
    """
    return POSSESSIVE_RE.sub("", word).replace("’", "'")


def everyday(query: str, pool: Container[str]) -> bool:
    """Whether one everyday confusion makes a word of *pool* of *query*: then nothing farther off is looked for."""
    stem = stem_of(query).lower()
    near = variants(stem, channel().everyday_rewrites, pool)
    return any(channel().cost(stem, word) <= COST[3] for word, _ in near)


def _undone_once(word: str, start: int, habits: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, int]]:
    """*word* with one habit undone at or after *start*, and the place after it."""
    for at in range(start, len(word)):
        for end in range(at + 1, min(len(word), at + 3) + 1):
            for printed in habits.get(word[at:end], ()):
                yield word[:at] + printed + word[end:], at + len(printed)


def _forms(word: str, channel: Channel) -> list[str]:
    """*word* and what it may have been before one confusion that single edits do not undo."""
    return list(dict.fromkeys([word, *(form for form, _ in variants(word, channel.wide_rewrites))]))


@lru_cache(maxsize=4)
def finder(words: Lexicon) -> Finder:
    """The finder of a lexicon, made when it is first needed."""
    return Finder(words)


def own_words(counts: Counter[str], words: Lexicon) -> Counter[str]:
    """Of the words that a volume writes, with their *counts*, those that no list has."""
    return Counter({word: count for word, count in counts.items() if count >= OWN_WORD and word not in words})


SET_IN_CAPITALS = 0.8
"""Share of the letters of a longer word that are capitals, if it is set in them and one or two were misread."""


def cased(read: str, surface: str) -> str:
    """*surface* in the case pattern of *read*.

    >>> [cased("TLIE", "the"), cased("Tlie", "the"), cased("tlie", "the"), cased("TROTSLQR", "Trotsky")]
    ['THE', 'The', 'the', 'TROTSKY']
    >>> cased("xLOCKS", "locks")
    'LOCKS'
    """
    letters = [each for each in read if each.isalpha()]
    capitals = sum(map(str.isupper, letters))
    if len(letters) > 1 and (capitals == len(letters) or (capitals >= SET_IN_CAPITALS * len(letters) > 4)):
        return surface.upper()
    if letters and letters[0].isupper() and surface[:1].islower():
        return surface[:1].upper() + surface[1:]
    return surface

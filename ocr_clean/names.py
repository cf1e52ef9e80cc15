"""Name lists: reading them, what they make trusted, and proposing entries for a new one.

===================================================  ===================================================
line of a names file                                 what becomes trusted
===================================================  ===================================================
``Leon Trotsky``, person, variant ``Trotskii``       Leon Trotsky, Trotskii, Trotsky, Leon
``Chiang Kai-shek``, person, surname ``Chiang``      Chiang Kai-shek, Chiang, Kai-shek
``edinonachalie``, term                              edinonachalie
===================================================  ===================================================

The format is explained to the people who write lists in ``wordlists/README.md``. Plurals, possessives and
capitals throughout (``TROTSKY'S``) are for the caller to take off: a form is given as the list prints it,
but with straight apostrophes (``Ch'en``).
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import regex

from ocr_clean.errors import WordlistError

KINDS = {
    "person": "somebody, by the full name where it is known",
    "place": "country, district, town, street, building, factory, river",
    "party": "party, faction or current, and its members",
    "organisation": "union, league, society, group, movement",
    "institution": "office, ministry, committee, court, army, school",
    "journal": "newspaper, magazine, series",
    "term": "foreign or technical word of the subject; the only kind that may begin in lower case",
    "event": "revolution, strike, congress, treaty, trial",
    "work": "book, pamphlet, film",
    "name": "a name whose kind is not decided yet; every line of a plain .txt list",
}
"""The kinds of names, each with what belongs there."""

COLUMNS = ("name", "kind", "variants", "years", "note", "surname")
HEADER = "\t".join(COLUMNS)
"""First line of a names file. The last column may be left out."""

SMALL_WORDS = frozenset((
    "a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "nor", "of", "off", "on",
    "or", "over", "so", "than", "that", "the", "their", "to", "upon", "with", "na", "po", "pod", "iz",
    "au", "aux", "da", "das", "de", "dei", "del", "den", "der", "des", "di", "do", "du", "e", "el",
    "et", "für", "im", "la", "las", "le", "les", "lo", "los", "o", "und", "van", "vom", "von", "y",
    "zu", "zum", "zur",
))  # fmt: skip
"""Articles, prepositions and conjunctions: they join the words of a name but are no names."""

_PARTICLES = frozenset((
    "of", "the", "de", "del", "della", "den", "der", "des", "di", "du", "la", "le", "van", "von", "zu",
))  # fmt: skip
"""Small words that may stand inside a run of capitalised words: Bank of England, Kurt von Schleicher."""

_TITLES = frozenset((
    "Comrade", "Comrades", "Mr", "Mrs", "Miss", "Messrs", "Dr", "Prof", "Professor", "Sir", "Lady", "Dame",
    "Countess", "Prince", "Princess", "Baron", "Baroness", "Marshal", "Colonel", "Captain", "Lieutenant",
    "Admiral", "Ataman", "Hetman", "Herr", "Frau", "Mme", "Monsieur", "Madame", "Signor", "Señor",
))  # fmt: skip
"""Words that stand before the name of a person; not General (Secretary), Major, Count, Lord (Mayor)."""

_CALENDAR = frozenset((
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
))  # fmt: skip
"""Months and days: capitals, but no names. They are left out alone and in front of a name."""

_ABBREVIATIONS = _TITLES | frozenset((
    "St", "Gen", "Col", "Capt", "Lt", "Rev", "Hon", "Cf", "cf", "No", "Vol", "vol",
))  # fmt: skip
"""Words whose full stop ends no sentence."""

_LEADING = _TITLES | _CALENDAR | _PARTICLES
"""Words that may stand before a name and are no part of it."""

_KIND_OF_LAST_WORD = {
    word: kind
    for kind, words in {
        "institution": ("Army", "Bank", "Bureau", "Commission", "Commissariat", "Committee", "Council"),
        "organisation": ("Federation", "League", "Society", "Union"),
        "party": ("Party", "Opposition", "Faction"),
        "event": ("Congress", "Conference", "Revolution", "Strike", "Treaty", "Uprising", "Rising", "War"),
        "place": ("District", "Province", "River", "Road", "Square", "Street", "Works"),
        "journal": ("Gazette", "Herald", "Review", "Zeitung"),
    }.items()
    for word in words
}
"""What the last word of a run says of its kind: the Vyborg District is a place."""

_YEARS_RE = regex.compile(r"(?P<first>\d{4})?(?:(?P<dash>[-\N{EN DASH}])(?P<last>\d{4})?)?")
_PUNCTUATION = frozenset(" -'.,&!?:/\N{EN DASH}\N{RIGHT SINGLE QUOTATION MARK}")
"""What a name may hold beside letters and digits."""
_PLAIN_RE = regex.compile("[A-Za-z]+(?:[ '-][A-Za-z]+)*")
"""A name that cannot be wrong as a name."""
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")
"""Scripts that share the look of many letters: a word that mixes two of them was misread or mistyped."""
_WORD_RE = regex.compile(r"\p{L}[\p{L}\p{M}]*(?:['\N{RIGHT SINGLE QUOTATION MARK}\-]\p{L}[\p{L}\p{M}]*)*")
_NUMERAL_RE = regex.compile(r"[IVXLC]+")
_POSSESSIVE_RE = regex.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}][sS]$")


# --- A names file ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NameEntry:
    """One line of a names file."""

    name: str
    """As printed in running text: ``Leon Trotsky``, ``Chiang Kai-shek``, ``Rabkrin``."""
    kind: str
    """A key of `KINDS`."""
    variants: tuple[str, ...] = ()
    """Other spellings that are right: a cleaner leaves them alone."""
    years: str = ""
    """``1879-1940``, ``1923-``, ``-1940``, ``1926``, or nothing."""
    note: str = ""
    """For people; nothing reads it."""
    surname: str = ""
    """Of a person, the last word of the name unless the list says otherwise; else nothing."""
    line: int = 0
    """Line of the file, from 1."""


def read_names(path: str | Path) -> list[NameEntry]:
    """Read the names file *path*: tab-separated with `HEADER`, or, if it ends in ``.txt``, one name a line.

    A byte order mark, CRLF line ends, quoted cells, empty lines, comments (``#``) and empty cells left out at
    the end of a line are all right: spreadsheets and editors make them. Raises `WordlistError` with file and
    line for anything else that is not the format.
    """
    lines = _decoded_lines(Path(path))
    if Path(path).suffix.lower() == ".txt":
        entries = [_plain_entry(text.strip(), f"{path}:{number}", number) for number, text in lines]
    else:
        entries = _table(lines, str(path))
    if not entries:
        raise WordlistError("the list names nothing", str(path), "add a name, or do not use this list")
    _refuse_duplicates(entries, str(path))
    return entries


def sort_key(entry: NameEntry) -> tuple[str, str, str]:
    """The order of a shipped list: by kind, then by name without regard to capitals and accents.

    >>> sort_key(NameEntry("Łódź", "place")) < sort_key(NameEntry("Moscow", "place"))
    False
    >>> sort_key(NameEntry("Émile Zola", "person")) < sort_key(NameEntry("Emma Goldman", "person"))
    True
    """
    split = unicodedata.normalize("NFKD", entry.name)
    plain = "".join(char for char in split if not unicodedata.combining(char))
    return entry.kind, plain.casefold(), entry.name


def _decoded_lines(path: Path) -> list[tuple[int, str]]:
    """The lines of *path* that are neither empty nor comments, with their numbers."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise WordlistError("there is no such file", str(path), "check the path of the name list") from None
    except OSError as error:
        wrong = f"cannot be read ({error.strerror})"
        raise WordlistError(wrong, str(path), "check the path and permissions") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = f"{path}:{data.count(bytes([10]), 0, error.start) + 1}"
        raise WordlistError("this is not UTF-8", where, "save the list again as UTF-8") from None
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").split("\n")
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not _is_comment(line)]


def _is_comment(line: str) -> bool:
    """Whether *line* begins with ``#``, perhaps behind the quotation mark of a spreadsheet."""
    return line.lstrip('" \t').startswith("#")


def _table(lines: list[tuple[int, str]], path: str) -> list[NameEntry]:
    if not lines:
        raise WordlistError("the list names nothing", path, "add a name, or do not use this list")
    number, first = lines[0]
    header = [cell.lower() for cell in _cells(first, f"{path}:{number}")]
    if header not in (list(COLUMNS), list(COLUMNS[:-1])):
        hint = f"the first line must be {' (tab) '.join(COLUMNS)}; save with tabs between the columns"
        raise WordlistError(f"the header is {first.strip()!r}", f"{path}:{number}", hint)
    return [_entry(_cells(text, f"{path}:{n}"), len(header), f"{path}:{n}", n) for n, text in lines[1:]]


def _cells(line: str, where: str) -> list[str]:
    """The cells of a line without their quotation marks, and without the empty ones at its end."""
    try:
        split = next(csv.reader([line], delimiter="\t", strict=True)) if '"' in line else line.split("\t")
    except csv.Error:
        raise WordlistError("a quotation mark is not closed", where, 'close it, or leave out the "') from None
    cells = [cell.strip() for cell in split]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _entry(cells: list[str], width: int, where: str, number: int) -> NameEntry:
    if len(cells) == 1:
        raise WordlistError("one column only", where, f"put a tab and a kind after {cells[0]!r}")
    if len(cells) > width:
        hint = f"the columns are {', '.join(COLUMNS[:width])}; put '; ' between variants"
        raise WordlistError(f"{len(cells)} columns, the header has {width}", where, hint)
    name, kind, variants, years, note, surname = cells + [""] * (len(COLUMNS) - len(cells))
    _check_kind(kind, where)
    _check_name(name, kind, where)
    _check_years(years, where)
    _check_note(note, where)
    forms = tuple(form.strip() for form in variants.split(";")) if variants else ()
    _check_variants(forms, name, kind, where)
    return NameEntry(name, kind, forms, years, note, _surname(name, kind, surname, where), number)


def _plain_entry(name: str, where: str, number: int) -> NameEntry:
    if "\t" in name:
        raise WordlistError("a tab in a plain list", where, "end the file name in .tsv")
    _check_name(name, "name", where)
    return NameEntry(name, "name", line=number)


def _check_kind(kind: str, where: str) -> None:
    if kind not in KINDS:
        wrong = f"unknown kind {kind!r}" if kind else "no kind"
        raise WordlistError(wrong, where, f"write one of {', '.join(KINDS)}")


def _check_name(name: str, kind: str, where: str) -> None:
    if not name:
        raise WordlistError("no name", where, "write the name in the first column, or take the line out")
    if _PLAIN_RE.fullmatch(name):
        return  # most names, without a look at each letter
    for char in name:
        if not (char.isalpha() or char.isdigit() or unicodedata.combining(char) or char in _PUNCTUATION):
            shown = f"U+{ord(char):04X} {unicodedata.name(char, 'control character')}"
            raise WordlistError(f"odd character {shown} in {name!r}", where, "type the name anew")
    if not any(char.isalpha() for char in name):
        raise WordlistError(f"no letter in {name!r}", where, "write a name")
    if "  " in name:
        raise WordlistError(f"two spaces in {name!r}", where, "leave one")
    if kind == "person" and "," in name:
        raise WordlistError(f"a comma in the person {name!r}", where, "write Leon Trotsky, not Trotsky, Leon")
    for word in name.split():
        letters = [unicodedata.name(char, "") for char in word]
        scripts = {script for script in _SCRIPTS for letter in letters if letter.startswith(script)}
        if len(scripts) > 1:
            mixed = " and ".join(sorted(script.capitalize() for script in scripts))
            raise WordlistError(f"{word!r} mixes {mixed} letters", where, "type the word anew in one script")


def _check_variants(forms: tuple[str, ...], name: str, kind: str, where: str) -> None:
    for form in forms:
        if not form:
            raise WordlistError("an empty variant", where, "take out the ';' that is too many")
        _check_name(form, kind, where)
    twice = [form for form, count in Counter((name, *forms)).items() if count > 1]
    if twice:
        raise WordlistError(f"{twice[0]!r} stands twice in the line", where, "leave one")


def _check_years(years: str, where: str) -> None:
    match = _YEARS_RE.fullmatch(years)
    hint = "write 1879-1940, 1923-, -1940 or 1926"
    if not match or (match["dash"] and not match["first"] and not match["last"]):
        raise WordlistError(f"the years {years!r} cannot be read", where, hint)
    if match["first"] and match["last"] and match["first"] > match["last"]:
        raise WordlistError(f"the years {years!r} run backwards", where, hint)


def _check_note(note: str, where: str) -> None:
    if any(unicodedata.category(char) == "Cc" for char in note):
        raise WordlistError("a control character in the note", where, "type the note anew")


def _surname(name: str, kind: str, given: str, where: str) -> str:
    if kind != "person":
        if given:
            raise WordlistError(f"a surname for a {kind}", where, "only a person has one: empty the cell")
        return ""
    if not given:
        return name.split()[-1]
    if f" {given} " not in f" {name} ":
        raise WordlistError(f"the surname {given!r} is not in {name!r}", where, "copy it from the name")
    return given


def _refuse_duplicates(entries: Iterable[NameEntry], path: str) -> None:
    first: dict[str, NameEntry] = {}
    for entry in entries:
        other = first.setdefault(entry.name.casefold(), entry)
        if other is not entry:
            hint = f"it stands in line {other.line} already: leave one, or tell the two apart"
            raise WordlistError(f"duplicate name {entry.name!r}", f"{path}:{entry.line}", hint)


# --- What a list makes trusted ---------------------------------------------------------------------------

Part = Literal["name", "variant", "surname", "word"]


@dataclass(frozen=True, slots=True)
class NameForm:
    """Why a form is trusted."""

    entry: NameEntry
    """The line of the list."""
    part: Part
    """The whole ``name``, a whole ``variant``, the ``surname``, or a ``word`` of a longer form."""


def name_forms(entries: Iterable[NameEntry]) -> dict[str, tuple[NameForm, ...]]:
    """Every form that *entries* make trusted, with the reasons, in the order of the entries.

    Whole names and variants of one or more words, surnames, and each word of a longer name that is
    capitalised or belongs to a term; of a hyphenated word also the halves, if each has its capital
    (``Antonov-Ovseenko``). Leaves out initials, roman numerals, numbers and small words (`SMALL_WORDS`).

    >>> forms = name_forms([NameEntry("Leon Trotsky", "person", ("Trotskii",), surname="Trotsky")])
    >>> {form: [reason.part for reason in reasons] for form, reasons in forms.items()}
    {'Leon Trotsky': ['name'], 'Trotskii': ['variant'], 'Trotsky': ['surname'], 'Leon': ['word']}
    >>> sorted(name_forms([NameEntry("Bank of England", "institution")]))
    ['Bank', 'Bank of England', 'England']
    """
    forms: dict[str, tuple[NameForm, ...]] = {}
    for entry in entries:
        for written, part in _forms(entry):
            form = written.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
            reasons = forms.get(form, ())
            if all(reason.entry is not entry for reason in reasons):
                forms[form] = (*reasons, NameForm(entry, part))
    return forms


def _forms(entry: NameEntry) -> Iterator[tuple[str, Part]]:
    """The forms of *entry*, the strongest reason for each first."""
    yield entry.name, "name"
    yield from ((variant, "variant") for variant in entry.variants)
    if entry.surname:
        yield entry.surname, "surname"
    for whole in (entry.name, *entry.variants):
        yield from ((word, "word") for word in _words(whole, entry.kind))


def _words(whole: str, kind: str) -> Iterator[str]:
    for token in whole.split():
        word = token.strip(",.!?:&")
        if len(word) < 2 or not _WORD_RE.fullmatch(word):
            continue
        if word.lower() in SMALL_WORDS or _NUMERAL_RE.fullmatch(word):
            continue
        if word[0].isupper() or kind == "term":
            yield word
        halves = [half for half in word.split("-") if half not in SMALL_WORDS]
        if len(halves) > 1 and all(half[:1].isupper() and len(half) > 2 for half in halves):
            yield from halves


# --- Proposing entries -----------------------------------------------------------------------------------

_EXAMPLES = 3
_EXAMPLE_REACH = 30
"""Characters of context on each side of an example."""
_LONGEST_RUN = 5
"""Words; more capitalised words in a row are a heading or a table."""
_HEADING_SHARE = 0.7
"""A paragraph with this share of capitalised words is a heading or a list: capitals say nothing there."""
_LONGEST_PERSON = 3
"""Words of a person's name."""
_PERSON_SHARE = 0.05
"""Share of its places where a name has an initial or a title: below, those are slips of the scan."""
_LONGEST_ACRONYM = 6
"""Letters: KPD, CPGB, ASLEF. Longer words in capitals are emphasis."""

_PAGES = r"\d{1,3}(?:\s?[-\N{EN DASH}]\s?\d{1,3})?(?:n|ff?\.?)?"
_INDEX_RE = regex.compile(
    r"\s*(?P<head>\p{Lu}[\p{L}\p{M}'\N{RIGHT SINGLE QUOTATION MARK}\- ]*?)"  # SURNAME, or several words
    r"(?:,\s*(?P<rest>\p{L}[^\d:]*?))?"  # Forename, initials, or what the entry adds
    rf"\s*(?:[:,]\s*{_PAGES}(?:\s*,\s*{_PAGES})*[,.;]?|(?P<colon>:))\s*"  # pages; or sub-entries follow
)
_FORENAME = r"(?:\p{Lu}{1,3}\.?|\p{Lu}\p{Ll}[\p{L}\-]*)"
_FORENAMES_RE = regex.compile(rf"{_FORENAME}(?:\s*{_FORENAME}){{0,2}}")
_BROKEN_RE = regex.compile(r"[\p{L}'\-]*\p{L}[-\N{SOFT HYPHEN}\N{NOT SIGN}]\n\p{L}+")
"""A word broken at a line end: neither half may pass for a name."""
_CHINESE_GIVEN_RE = regex.compile(r"\p{Lu}\p{Ll}+-\p{Ll}+")
"""The given name of a Chinese person in the spelling of the period: Kai-shek."""
_CONTROL_RE = regex.compile(r"[^\P{Cc}\n]")
"""Control characters but the line end: tabs, carriage returns, what else is in a dump."""
_SENTENCE_END_RE = regex.compile(r"[.!?:\N{HORIZONTAL ELLIPSIS}]")
_QUOTES = r"\"'\N{LEFT SINGLE QUOTATION MARK}\N{LEFT DOUBLE QUOTATION MARK}"
_OPENING_RE = regex.compile(rf"[\s(\N{{EM DASH}}][{_QUOTES}]$|\($")
"""A quotation mark or bracket that opens: what follows may have its capital from the quotation."""


@dataclass(frozen=True, slots=True)
class HarvestedName:
    """A proposed entry, for a person to judge."""

    name: str
    count: int
    """How often it stands where only a name has a capital, or heads an index entry."""
    kind: str = "name"
    """A key of `KINDS`; ``name`` if the texts give no evidence."""
    surname: str = ""
    """If the kind is person."""
    examples: tuple[str, ...] = ()
    """Where it was found, with some words around it."""


@dataclass(slots=True)
class _Tally:
    """What was seen of one name, whatever its capitals."""

    spellings: Counter[str] = field(default_factory=Counter)
    count: int = 0
    persons: int = 0
    """Places where an initial or a title says that it is a person."""
    indexed: bool = False
    """Whether an index gives it with a forename or initials."""
    examples: list[str] = field(default_factory=list)

    def name(self) -> str:
        """The most frequent spelling."""
        return min(self.spellings, key=lambda spelling: (-self.spellings[spelling], spelling))

    def is_person(self) -> bool:
        return self.indexed or (self.persons > 0 and self.persons >= _PERSON_SHARE * self.count)

    def add(self, spelling: str, example: str, weight: int = 2) -> None:
        self.spellings[spelling] += weight
        self.count += 1
        if len(self.examples) < _EXAMPLES and example not in self.examples:
            self.examples.append(example)


def harvest(texts: Iterable[str], known: Callable[[str], bool] | None = None) -> list[HarvestedName]:
    """Propose names from *texts*, the most frequent first, then by alphabet.

    Taken are words and runs of words with capitals inside a sentence, and the heads of index lines
    (``TROTSKY, L D: 12, 14``; ``Trotsky, Leon, 12, 14-16``). Evidence for a person is the comma and forename
    of an index line, initials, or a title (``Comrade``, ``Sir``); for other kinds, the last word of a run.

    Leaves out the first word of every sentence, headings, months and days, words broken at a line end, and,
    where *known* says of a lower-case word that the dictionary has it, words and runs of such words without
    evidence for a person. What a bad scan misread comes along: every line wants a person's eye before it goes
    into a list.

    >>> harvest(["He met Comrade Tomsky in Kharkov.\\n\\nTomsky, M P: 12, 14-16\\n"])[0]
    HarvestedName(name='Tomsky', count=2, kind='person', surname='Tomsky', \
examples=('He met Comrade Tomsky in Kharkov.', 'Tomsky, M P: 12, 14-16'))
    """
    tallies: dict[str, _Tally] = {}
    for text in texts:
        for paragraph in _paragraphs(text, tallies):
            _harvest_paragraph(paragraph, tallies)
    surnames = {tally.name().split()[-1] for tally in tallies.values() if tally.is_person()}
    found = (_judge(tally, surnames, known or _knows_nothing) for tally in tallies.values())
    proposals = [name for name in found if name]
    return sorted(proposals, key=lambda name: (-name.count, name.name.casefold(), name.name))


def format_tsv(harvested: Iterable[HarvestedName]) -> str:
    """Lines for a names file, without its header; the note has the count and an example.

    >>> format_tsv([HarvestedName("Rabkrin", 2, examples=("a report of Rabkrin on",))])
    'Rabkrin\\tname\\t\\t\\tcount 2: a report of Rabkrin on\\n'
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    for name in harvested:
        note = f"count {name.count}" + (f": {name.examples[0]}" if name.examples else "")
        cells = [name.name, name.kind, "", "", note, name.surname]
        writer.writerow(cells if name.surname else cells[:-1])
    return out.getvalue()


def _knows_nothing(_word: str) -> bool:
    return False


def _tally(tallies: dict[str, _Tally], name: str) -> _Tally:
    return tallies.setdefault(name.casefold(), _Tally())


def _paragraphs(text: str, tallies: dict[str, _Tally]) -> Iterator[str]:
    """The paragraphs of running text of *text*, each on one line; index lines are harvested on the way."""
    lines: list[str] = []
    text = _CONTROL_RE.sub(" ", unicodedata.normalize("NFC", text).replace("\f", "\n"))
    for line in (*text.split("\n"), ""):
        match = _INDEX_RE.fullmatch(line)
        if match and (match["colon"] is None or match["head"].isupper()):
            _harvest_index_line(match, " ".join(line.split()), tallies)
        elif line.strip():
            lines.append(line.strip())
            continue
        if lines:
            yield _BROKEN_RE.sub("~", "\n".join(lines)).replace("\n", " ")
            lines = []


def _harvest_index_line(match: regex.Match[str], line: str, tallies: dict[str, _Tally]) -> None:
    head, rest = match["head"].strip(), " ".join((match["rest"] or "").split())
    if len(head.split()) > _LONGEST_RUN or head.lower() in SMALL_WORDS:
        return
    rest_words = [word for word in rest.split() if word.rstrip(".") not in _TITLES]
    is_person = bool(_FORENAMES_RE.fullmatch(" ".join(rest_words))) if rest_words else False
    acronym = not is_person and len(head) <= _LONGEST_ACRONYM and " " not in head
    surname = head.title() if head.isupper() and not acronym else head
    forenames = [word for word in rest_words if not word.rstrip(".").isupper()] if is_person else []
    name = " ".join((*forenames, surname))
    tally = _tally(tallies, name)
    tally.add(name, line, weight=1)  # capitals throughout lose how it is written: running text knows better
    tally.indexed = tally.indexed or is_person


def _harvest_paragraph(paragraph: str, tallies: dict[str, _Tally]) -> None:
    words = list(_WORD_RE.finditer(paragraph))
    capitals = sum(word[0][0].isupper() for word in words)
    if capitals >= 3 and capitals >= _HEADING_SHARE * len(words):
        return
    run: list[regex.Match[str]] = []
    end, previous = 0, ""
    for word in words:
        gap = paragraph[end : word.start()]
        opens = _opens_sentence(previous, gap)
        capital = word[0][0].isupper() and not opens
        if not (capital or (run and word[0] in _PARTICLES)) or not _continues(run, gap):
            _harvest_run(run, paragraph, tallies)
            run = []
        if capital or run:
            run.append(word)
        end, previous = word.end(), word[0]
    _harvest_run(run, paragraph, tallies)


def _continues(run: list[regex.Match[str]], gap: str) -> bool:
    """Whether a name may go on over *gap*: a space, or the full stop of an initial or title and a space."""
    if not run or _POSSESSIVE_RE.search(run[-1][0]):
        return False
    last = run[-1][0]
    return gap == " " or (gap in (". ", ".") and (len(last) == 1 or last in _ABBREVIATIONS))


def _opens_sentence(previous: str, gap: str) -> bool:
    if not previous or _OPENING_RE.search(gap):
        return True
    if not _SENTENCE_END_RE.search(gap):
        return False
    return not (gap in (". ", ".") and (len(previous) == 1 or previous in _ABBREVIATIONS))


def _harvest_run(run: list[regex.Match[str]], paragraph: str, tallies: dict[str, _Tally]) -> None:
    while run and run[-1][0] in _PARTICLES:
        run = run[:-1]
    words = [_POSSESSIVE_RE.sub("", word[0]) for word in run]
    if len(words) > 1 and all(word.isupper() for word in words):
        words = [word.title() for word in words]  # emphasis, not an acronym
    words = [word.title() if word.isupper() and len(word) > _LONGEST_ACRONYM else word for word in words]
    evident = False
    while words and (len(words[0]) == 1 or words[0] in _LEADING):
        evident = words[0] in _TITLES or (len(words[0]) == 1 and words[0] != "I")
        words = words[1:]
    if not words or len(words) > _LONGEST_RUN or any(len(word) == 1 for word in words):
        return
    if len(words) == 1 and (words[0].lower() in SMALL_WORDS or words[0] in _ABBREVIATIONS):
        return
    start, end = run[0].start(), run[-1].end()
    example = paragraph[max(0, start - _EXAMPLE_REACH) : end + _EXAMPLE_REACH].strip()
    tally = _tally(tallies, " ".join(words))
    tally.add(" ".join(words), example)
    if evident and len(words) <= _LONGEST_PERSON:
        tally.persons += 1


def _judge(tally: _Tally, surnames: set[str], known: Callable[[str], bool]) -> HarvestedName | None:
    """The proposal that *tally* makes, or nothing if its words are ordinary ones."""
    name = tally.name()
    words = name.split()
    ordinary = [word in SMALL_WORDS or known(word.lower()) for word in words]
    ends_in_surname = 1 < len(words) <= _LONGEST_PERSON and words[-1] in surnames
    if tally.is_person() or (ends_in_surname and not any(ordinary[:-1])):
        return HarvestedName(name, tally.count, "person", _surname_in(words), tuple(tally.examples))
    if all(ordinary):
        return None
    kind = _KIND_OF_LAST_WORD.get(words[-1], "name") if len(words) > 1 else "name"
    return HarvestedName(name, tally.count, kind, "", tuple(tally.examples))


def _surname_in(words: list[str]) -> str:
    """The surname in a person's name: the last word, but the first of a Chinese name (Wang Ching-wei)."""
    return words[0] if len(words) == 2 and _CHINESE_GIVEN_RE.fullmatch(words[1]) else words[-1]

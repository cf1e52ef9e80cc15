"""Name lists: what is read, what is refused with its line, what becomes trusted, what is proposed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_clean.errors import WordlistError
from ocr_clean.names import (
    COLUMNS,
    HEADER,
    KINDS,
    HarvestedName,
    NameEntry,
    format_tsv,
    harvest,
    name_forms,
    read_names,
    sort_key,
)

WORDLISTS = Path(__file__).parent.parent / "wordlists"
SHIPPED = WORDLISTS / "names-soviet-comintern.tsv"


def write(folder: Path, text: str | bytes, name: str = "names.tsv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def table(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


# --- what is read ----------------------------------------------------------------------------------------


def test_reads_every_column(tmp_path: Path) -> None:
    path = write(tmp_path, table("Sun Yat-sen\tperson\tSun Zhongshan; Sun Yixian\t1866-1925\tdoctor\tSun"))
    assert read_names(path) == [
        NameEntry("Sun Yat-sen", "person", ("Sun Zhongshan", "Sun Yixian"), "1866-1925", "doctor", "Sun", 2)
    ]


def test_surname_is_the_last_word_unless_given(tmp_path: Path) -> None:
    rows = table("Ada Miller\tperson", "Juan de la Torre\tperson\t\t\t\tde la Torre", "Ruritania\tplace")
    assert [entry.surname for entry in read_names(write(tmp_path, rows))] == ["Miller", "de la Torre", ""]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEADER + "\r\nAda Miller\tperson\t\t\t\t\r\n",
        "# our list\t\t\t\n" + HEADER + '\n\n"# a, comment"\nAda Miller\tperson\n\t\t\t\n',
        "name\tkind\tvariants\tyears\tnote\nAda Miller\tperson\n",
        "Name\tKind\tVariants\tYears\tNote\tSurname\nAda Miller\tperson",
        HEADER + '\n"Ada Miller"\t"person"\n',
    ],
    ids=[
        "byte order mark and CRLF",
        "comments and empty lines",
        "no surname column",
        "capitals",
        "quoted cells",
    ],
)
def test_tolerates_what_spreadsheets_and_editors_make(tmp_path: Path, text: str) -> None:
    assert [(entry.name, entry.kind) for entry in read_names(write(tmp_path, text))] == [("Ada Miller", "person")]


def test_quoted_cell_may_hold_a_comma_and_quotation_marks(tmp_path: Path) -> None:
    path = write(tmp_path, table('"Here, and There"\twork\t\t\t"called ""Here"""'))
    assert read_names(path)[0] == NameEntry("Here, and There", "work", note='called "Here"', line=2)


def test_accents_are_composed(tmp_path: Path) -> None:
    assert read_names(write(tmp_path, table("Rene\u0301 Miller\tperson")))[0].name == "Ren\u00e9 Miller"


def test_plain_list(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeff# my names\r\nAda Miller\r\n\r\nRuritania\r\n", "names.txt")
    assert [(e.name, e.kind, e.line) for e in read_names(path)] == [
        ("Ada Miller", "name", 2),
        ("Ruritania", "name", 4),
    ]


@pytest.mark.parametrize("years", ["", "1926", "1879-1940", "1923-", "-1940", "1879\N{EN DASH}1940"])
def test_years(tmp_path: Path, years: str) -> None:
    assert read_names(write(tmp_path, table(f"Ada Miller\tperson\t\t{years}")))[0].years == years


# --- what is refused -------------------------------------------------------------------------------------

MALFORMED = [
    ("name,kind\nAda Miller,person\n", 1, "header"),
    ("Ada Miller\tperson\n", 1, "header"),
    ("# comment\n\nname\tkind\n", 3, "header"),
    (table("Ada Miller"), 2, "one column"),
    (table("Ada Miller  person"), 2, "one column"),
    (table("Ada Miller\tperson\t\t\t\t\tmore"), 2, "7 columns, the header has 6"),
    ("name\tkind\tvariants\tyears\tnote\nSun Yat-sen\tperson\t\t\t\tSun\n", 2, "6 columns, the header has 5"),
    (table("Ada Miller\tperson", "Zenda\ttown"), 3, "unknown kind 'town'"),
    (table("Zenda\t\tStreslau"), 2, "no kind"),
    (table("\tperson"), 2, "no name"),
    (table("1926\tevent"), 2, "no letter"),
    (table("Ada  Miller\tperson"), 2, "two spaces"),
    (table("Miller, Ada\tperson"), 2, "a comma in the person"),
    (table("Ada Mil\u00adler\tperson"), 2, "U+00AD SOFT HYPHEN"),
    (table("Ada\u00a0Miller\tperson"), 2, "U+00A0 NO-BREAK SPACE"),
    (table("Ada Mi\ufffdler\tperson"), 2, "U+FFFD"),
    (table("Ada Mi|ler\tperson"), 2, "U+007C VERTICAL LINE"),
    (table("Ada \u041ciller\tperson"), 2, "mixes Cyrillic and Latin"),
    (table("Ada Miller\tperson\tMi^ller"), 2, "U+005E"),
    (table("Ada Miller\tperson\tMuller;; Mueller"), 2, "an empty variant"),
    (table("Ada Miller\tperson\tMuller; Muller"), 2, "stands twice"),
    (table("Ada Miller\tperson\tAda Miller"), 2, "stands twice"),
    (table("Ada Miller\tperson\t\tc. 1900"), 2, "years 'c. 1900'"),
    (table("Ada Miller\tperson\t\t-"), 2, "years '-'"),
    (table("Ada Miller\tperson\t\t1940-1879"), 2, "run backwards"),
    (table("Ada Miller\tperson\t\t\t\tSmith"), 2, "surname 'Smith' is not in"),
    (table("Ada Miller\tperson\t\t\t\tMill"), 2, "surname 'Mill' is not in"),
    (table("Zenda\tplace\t\t\t\tZenda"), 2, "a surname for a place"),
    (table("Zenda\tplace", "Ada Miller\tperson", "ZENDA\tplace"), 4, "duplicate name 'ZENDA'"),
    (table('Ada Miller\tperson\t\t\t"open'), 2, "quotation mark"),
    (table("Ada Miller\tperson\t\t\ta\x07b"), 2, "control character"),
    (HEADER.encode() + b"\nAda Miller\tperson\nM\xfcller\tperson\n", 3, "not UTF-8"),
    (table("Ada Miller\tperson").encode("utf-16"), 1, "not UTF-8"),
]


@pytest.mark.parametrize(
    ("text", "line", "message"), MALFORMED, ids=[f"{m} ({n})" for n, (_, _, m) in enumerate(MALFORMED)]
)
def test_malformed_table(tmp_path: Path, text: str | bytes, line: int, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(WordlistError) as caught:
        read_names(path)
    assert caught.value.where == f"{path}:{line}"
    assert message in caught.value.message
    assert caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("Zenda\nAda Miller\tperson\n", 2, "a tab in a plain list"),
        ("Zenda\nRuritania\nzenda\n", 3, "duplicate name"),
        ("Zenda = castle\n", 1, "odd character"),
    ],
)
def test_malformed_plain_list(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = write(tmp_path, text, "names.txt")
    with pytest.raises(WordlistError) as caught:
        read_names(path)
    assert caught.value.where == f"{path}:{line}"
    assert message in caught.value.message


@pytest.mark.parametrize("text", ["", "# nothing\n", HEADER + "\n"])
def test_empty_list(tmp_path: Path, text: str) -> None:
    with pytest.raises(WordlistError, match="names nothing"):
        read_names(write(tmp_path, text))


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(WordlistError, match="no such file"):
        read_names(tmp_path / "none.tsv")
    with pytest.raises(WordlistError, match="cannot be read"):
        read_names(tmp_path)


# --- what becomes trusted --------------------------------------------------------------------------------


def forms_of(entry: NameEntry) -> dict[str, str]:
    return {form: reasons[0].part for form, reasons in name_forms([entry]).items()}


def test_forms_of_a_person() -> None:
    entry = NameEntry("Juan de la Torre", "person", ("Ivan Torre",), surname="de la Torre")
    assert forms_of(entry) == {
        "Juan de la Torre": "name",
        "Ivan Torre": "variant",
        "de la Torre": "surname",
        "Juan": "word",
        "Torre": "word",
        "Ivan": "word",
    }


def test_halves_of_a_double_name_but_not_of_a_chinese_given_name() -> None:
    assert {"Jones", "Smythe", "Jones-Smythe"} <= set(forms_of(NameEntry("Ada Jones-Smythe", "person", surname="x")))
    assert not {"Kai", "shek"} & set(forms_of(NameEntry("Chiang Kai-shek", "person", surname="Chiang")))


def test_apostrophes_are_straight() -> None:
    assert {"Ch'en Yi", "Ch'en"} <= set(forms_of(NameEntry("Ch\u2019en Yi", "person", surname="Ch\u2019en")))


def test_small_words_initials_and_numerals_are_not_trusted_alone() -> None:
    entry = NameEntry("A. B. Miller IV of the Bank", "person", ("G.P.U. 5", "MI5 Office"), surname="Miller")
    alone = {form for form in forms_of(entry) if " " not in form}
    assert alone == {"Miller", "Bank", "Office"}


def test_lower_case_words_only_of_terms() -> None:
    assert "commissar" in forms_of(NameEntry("political commissar", "term"))
    assert "commissar" not in forms_of(NameEntry("League of commissar Miller", "organisation"))


def test_one_form_of_two_entries_has_both_reasons_in_order() -> None:
    one, two = (
        NameEntry("Ada Miller", "person", surname="Miller"),
        NameEntry("Ivan Miller", "person", surname="Miller"),
    )
    assert [reason.entry.name for reason in name_forms([one, two])["Miller"]] == ["Ada Miller", "Ivan Miller"]
    assert [reason.part for reason in name_forms([one, two])["Miller"]] == ["surname", "surname"]


# --- what is proposed ------------------------------------------------------------------------------------


def proposals(*texts: str, known: str = "") -> dict[str, tuple[int, str, str]]:
    words = set(known.split())
    return {name.name: (name.count, name.kind, name.surname) for name in harvest(texts, words.__contains__)}


@pytest.mark.parametrize(
    ("line", "name", "surname"),
    [
        ("MILLER, Ada: 12, 14", "Ada Miller", "Miller"),
        ("Miller, Ada, 12, 14-16", "Ada Miller", "Miller"),
        ("MILLER, A B: 7", "Miller", "Miller"),
        ("MILLER, AB: 7", "Miller", "Miller"),
        ("Miller, A. B., 7, 9n.", "Miller", "Miller"),
        ("JONES-SMYTHE, Ada Mary: 3", "Ada Mary Jones-Smythe", "Jones-Smythe"),
        ("O'Hara, Sir John, 3-4, 17", "John O'Hara", "O'Hara"),
        ("MILLER, A B:", "Miller", "Miller"),
    ],
)
def test_index_lines_of_persons(line: str, name: str, surname: str) -> None:
    assert proposals(f"Index\n\n{line}\n") == {name: (1, "person", surname)}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ruritania, 12, 14-16", "Ruritania"),
        ("RURITANIA: 3", "Ruritania"),
        ("Zenda, siege of, 12", "Zenda"),
        ("RWU: 3", "RWU"),
    ],
)
def test_index_lines_without_a_forename_prove_no_person(line: str, name: str) -> None:
    assert proposals(line) == {name: (1, "name", "")}


@pytest.mark.parametrize("line", ["He was there, 12 of them", "In 1926, 12", "The end of the march:", "paid, 12, 14"])
def test_other_lines_are_no_index_lines(line: str) -> None:
    assert proposals(line) == {}


def test_capitals_inside_a_sentence_but_not_at_its_beginning() -> None:
    assert proposals("Yesterday the train from Zenda was late. Nobody minded. \u2018Perhaps\u2019 was the word.") == {
        "Zenda": (1, "name", "")
    }


def test_runs_possessives_initials_titles_and_months() -> None:
    found = proposals(
        "They met A. B. Miller and Comrade Jones near the Bank of Ruritania in May, and Zenda\u2019s Ivan."
    )
    assert found == {
        "Miller": (1, "person", "Miller"),
        "Jones": (1, "person", "Jones"),
        "Bank of Ruritania": (1, "name", ""),
        "Zenda": (1, "name", ""),
        "Ivan": (1, "name", ""),
    }


def test_index_and_running_text_are_one_name_spelt_as_in_running_text() -> None:
    found = proposals("Then it was MacHale who spoke, and again MacHale.\n\nMACHALE, J: 12\nCHIANG KAI-SHEK: 3\n")
    assert found["MacHale"] == (3, "person", "MacHale")


def test_forename_before_a_surname_of_the_index_is_a_person() -> None:
    found = proposals("Here it was Ada Miller who spoke.\n\nMiller, A, 12\n")
    assert found["Ada Miller"] == (1, "person", "Miller")


def test_chinese_surname_stands_first() -> None:
    assert proposals("And so Comrade Wang Ching-wei left.")["Wang Ching-wei"] == (1, "person", "Wang")


def test_ordinary_words_are_left_out_unless_they_are_persons() -> None:
    text = "He read the Report to the Strike Committee, and then Mr Cook spoke to the Zenda Committee."
    assert proposals(text, known="report strike committee cook") == {
        "Cook": (1, "person", "Cook"),
        "Zenda Committee": (1, "institution", ""),
    }


def test_headings_and_broken_words_are_left_out() -> None:
    assert (
        proposals("The Fall Of The Old Regime\n\nSo they went to Rurit-\nania and came back from Mag-\nnus later.")
        == {}
    )


def test_order_and_determinism() -> None:
    text = "And Zenda or Arden, and Zenda or Boston."
    assert [(name.name, name.count) for name in harvest([text])] == [
        ("Zenda", 2),
        ("Arden", 1),
        ("Boston", 1),
    ]
    assert harvest([text]) == harvest([text])


@given(st.lists(st.text(alphabet="aAbB zZ.,:'-\n\"\t#1\u2019\u00ad\u00e9", max_size=80), max_size=3))
def test_what_is_proposed_can_be_read_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    found = harvest(texts)
    if not found:
        return
    path = write(tmp_path_factory.mktemp("names"), HEADER + "\n" + format_tsv(found))
    assert [(entry.name, entry.kind) for entry in read_names(path)] == [(name.name, name.kind) for name in found]


def test_format_gives_the_columns_of_the_header() -> None:
    line = format_tsv([HarvestedName("Wang Ching-wei", 3, "person", "Wang", ("so Wang Ching-wei left",))])
    assert dict(zip(COLUMNS, line.rstrip("\n").split("\t"), strict=True)) == {
        "name": "Wang Ching-wei",
        "kind": "person",
        "variants": "",
        "years": "",
        "note": "count 3: so Wang Ching-wei left",
        "surname": "Wang",
    }


FREQUENT = """
the of and to in that is was he for it with as his on be at by had not are but from or have an they which
one were her all she there would their we him been has when who will no more if out so up said what its
about into than them can only other new some could time these two may first then do any like my now over
such our man even most made after also did many before must through back years where much your way well
down should because each just those people how too little state good very make world still own see men
work long get here between both life being under never day same another know while last might us great
old year off come since against go came right used take three war revolution party united front mass
class power strike leader worker peasant land grain mow mir cat pud mar tor ter dan den sun ran win lie
lot permanent petty
"""
"""Words that the list must not hold in lower case: the most frequent ones, and short ones near them."""


# --- the shipped list ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> list[NameEntry]:
    return read_names(SHIPPED)


def test_shipped_list_is_long_and_has_every_kind(shipped: list[NameEntry]) -> None:
    assert len(shipped) >= 1500
    assert {entry.kind for entry in shipped} == set(KINDS) - {"name"}


def test_shipped_list_is_sorted(shipped: list[NameEntry]) -> None:
    assert shipped == sorted(shipped, key=sort_key)


def test_shipped_list_has_lf_and_no_stray_blanks() -> None:
    text = SHIPPED.read_bytes().decode("utf-8")
    assert text.endswith("\n")
    assert "\r" not in text
    assert [line for line in text.split("\n") if line != line.rstrip()] == []


def test_only_terms_begin_in_lower_case(shipped: list[NameEntry]) -> None:
    assert [entry.name for entry in shipped if entry.name[0].islower() and entry.kind != "term"] == []


def test_no_lower_case_form_is_an_ordinary_word_or_its_frequent_misreading(shipped: list[NameEntry]) -> None:
    """A name list is trusted: `war` or `bis` on it would hide errors, or draw words towards it."""
    lower = {form for form in name_forms(shipped) if form.islower()}
    misread = {line.split("\t")[0] for line in (WORDLISTS / "blocked.txt").read_text("utf-8").split("\n") if line}
    assert lower & (set(FREQUENT.split()) | misread) == set()


def test_surnames_are_no_words_and_no_frequent_misreadings() -> None:
    """A surname needs no correction: `Tho` or `Letler` among them would hide errors."""
    lines = (WORDLISTS / "surnames.tsv").read_text("utf-8").splitlines()
    surnames = {name: float(often) for name, often in (line.split("\t") for line in lines)}
    words = set((WORDLISTS / "english.txt").read_text("utf-8").split("\n"))
    assert [name for name in surnames if name in words or name.lower() in words] == []
    assert [name for name in surnames if len(name) < 4 or not name[0].isupper()] == []
    assert min(surnames.values()) > 0
    assert surnames.keys().isdisjoint(("Lotter", "Shull", "Goins", "Johnsen"))


def test_places_are_in_no_other_list() -> None:
    """A place needs no correction either: what is a word, a surname or a frequent misreading is none of them."""
    places = (WORDLISTS / "places.txt").read_text("utf-8").splitlines()
    words = set((WORDLISTS / "english.txt").read_text("utf-8").split("\n"))
    surnames = {line.split("\t")[0] for line in (WORDLISTS / "surnames.tsv").read_text("utf-8").splitlines()}
    assert [name for name in places if name in words or name.lower() in words or name in surnames] == []
    assert [name for name in places if len(name) < 5 or not name.istitle() or not name.isascii()] == []
    assert {"Mudgee", "Narrabri"} <= set(places)


def test_spellings_of_the_period_are_headwords_and_the_others_variants(shipped: list[NameEntry]) -> None:
    """The promise of the list: British usage of the 1970s to 1990s; other right spellings are left alone."""
    by_name = {entry.name: entry for entry in shipped}
    assert "Trotskii" in by_name["Leon Trotsky"].variants
    assert by_name["Chiang Kai-shek"].surname == "Chiang"
    assert "Jiang Jieshi" in by_name["Chiang Kai-shek"].variants
    assert "Ioffe" in by_name["Adolf Joffe"].variants
    assert {"Rabkrin", "Vyborg", "edinonachalie", "Pravda", "Kuomintang", "General Strike"} <= set(by_name)

"""The language model: that it is a probability distribution, decides by context, and refuses broken files."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_clean.errors import ExitCode, InputError, OutputError, WordlistError
from ocr_clean.model import (
    END,
    HEADER_DIGITS,
    MAGIC,
    NOT_KNOWN,
    NUMBER,
    START,
    UNKNOWN,
    LanguageModel,
    sentences,
    words_of,
)
from ocr_clean.training import UNSEEN_WORDS, build_model, ngrams_of, prune, vocabulary_of, write_model

TEXT = """The miller walked to the market. The miller sold the flour to the baker, and the baker sold the bread.
The carter walked to the mill. He saw the miller in the market, and the miller saw the carter on the road.
In 1874 the carter had 12 horses. In 1875 the baker had none, and the road to the market was long.

The market was on the hill. He had walked to the hill with the bread, and the bread was sold in the market.
The carter drove the horses to the hill. The baker saw the horses on the road to the mill."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    """A model of `TEXT` alone."""
    path = tmp_path_factory.mktemp("model") / "small.lm"
    build_model([TEXT], path, source="a story")
    return LanguageModel.open(path)


@pytest.fixture(scope="module")
def shipped() -> LanguageModel:
    return LanguageModel.open()


def total(model: LanguageModel, before1: str, before2: str) -> float:
    """The sum of the probabilities of every word of the vocabulary, and of all unseen words."""
    members = [word for word in model.words if word not in (START, UNKNOWN)]
    known = sum(math.exp(model.logp(word, before1, before2)) for word in members)
    return known + UNSEEN_WORDS * math.exp(model.logp("zyxwvut", before1, before2))


@pytest.mark.parametrize(
    ("before1", "before2"),
    [(NOT_KNOWN, NOT_KNOWN), (START, NOT_KNOWN), ("the", NOT_KNOWN), ("the", "to"), ("the", "bread"), ("zzz", "yyy")],
)
def test_probabilities_sum_to_one(small: LanguageModel, before1: str, before2: str) -> None:
    # 8-bit logarithms are off by up to 4 % each
    assert total(small, before1, before2) == pytest.approx(1, abs=0.04)


@pytest.mark.parametrize(("before1", "before2"), [("of", "one"), (START, NOT_KNOWN), ("hath", "he")])
def test_probabilities_of_the_shipped_model_sum_to_one(shipped: LanguageModel, before1: str, before2: str) -> None:
    assert total(shipped, before1, before2) == pytest.approx(1, abs=0.05)


def test_the_same_texts_give_the_same_bytes(tmp_path: Path) -> None:
    build_model([TEXT, TEXT[:200]], tmp_path / "one.lm")
    build_model(iter([TEXT, TEXT[:200]]), tmp_path / "two.lm")
    build_model([TEXT], tmp_path / "other.lm")
    assert (tmp_path / "one.lm").read_bytes() == (tmp_path / "two.lm").read_bytes()
    assert LanguageModel.open(tmp_path / "one.lm").digest != LanguageModel.open(tmp_path / "other.lm").digest


def test_a_history_that_was_seen_counts_and_one_that_was_not_backs_off(small: LanguageModel) -> None:
    assert small.logp("market", "the", "to") > small.logp("market", "the") > small.logp("market", "baker")
    # nothing begins with "horses sold": the shorter history decides alone
    assert small.logp("the", "sold", "horses") == small.logp("the", "sold")


def test_an_unknown_word_is_less_likely_than_any_known_one_but_not_impossible(small: LanguageModel) -> None:
    unknown = small.logp("quorum", "the", "to")
    assert -25 < unknown < min(small.logp(word, "the", "to") for word in small.words if word not in (START, UNKNOWN))
    assert "quorum" not in small
    assert small.frequency("quorum") == 0


def test_frequency_is_per_million_words(small: LanguageModel) -> None:
    words = [word for sentence in sentences(TEXT) for word in (*sentence, END)]
    assert small.frequency("miller") == pytest.approx(1e6 * words.count("miller") / len(words), rel=0.001)


def test_a_slot_is_the_sum_of_the_trigrams_that_hold_it(small: LanguageModel) -> None:
    (slot,) = small.slot("walked", "to", ["the"], "mill", END)
    parts = small.logp("the", "to", "walked") + small.logp("mill", "the", "to") + small.logp(END, "mill", "the")
    assert slot == pytest.approx(parts)


def test_a_slot_without_neighbours_is_a_unigram(small: LanguageModel) -> None:
    assert small.slot(NOT_KNOWN, NOT_KNOWN, ["the"], NOT_KNOWN, NOT_KNOWN) == [pytest.approx(small.unigram("the"))]


def test_score_is_the_sum_over_the_sentence_and_its_end(small: LanguageModel) -> None:
    parts = small.logp("he", START) + small.logp("saw", "he", START) + small.logp(END, "saw", "he")
    assert small.score(["he", "saw"]) == pytest.approx(parts)


@pytest.mark.parametrize(
    ("left2", "left1", "right", "wrong", "right1", "right2"),
    [
        ("out", "of", "the", "tho", "house", END),
        ("it", "was", "he", "be", "who", "said"),
        ("he", "turned", "back", "bach", "to", "the"),
        ("one", "of", "his", "bis", "friends", "came"),
        ("she", "could", "not", "hot", "see", "it"),
        ("at", "the", "end", "eud", "of", "the"),
        ("member", "of", "the house", "thehouse", "of", "commons"),
        ("to", "the", "government", "govern ment", "of", "the"),
    ],
)
def test_the_shipped_model_decides_by_context(
    shipped: LanguageModel, left2: str, left1: str, right: str, wrong: str, right1: str, right2: str
) -> None:
    better, worse = shipped.slot(left2, left1, [right, wrong], right1, right2)
    assert better > worse + 2


def test_a_possessive_out_of_the_vocabulary_counts_as_its_owner(small: LanguageModel) -> None:
    assert small.logp("miller's", "the") == small.logp("miller", "the")


def test_mixing_adds_new_words_and_keeps_the_old_ones(small: LanguageModel, tmp_path: Path) -> None:
    build_model(
        ["The syndicalist met the syndicalist in Glasgow, and Glasgow slept."] * 3, tmp_path / "new.lm", mix_with=small
    )
    mixed = LanguageModel.open(tmp_path / "new.lm")
    assert "glasgow" in mixed
    assert "miller" in mixed
    assert mixed.logp("market", "the", "to") > mixed.logp("market", "baker")
    assert small.logp("miller", "the") > mixed.logp("miller", "the") > small.logp("miller", "the") + math.log(0.4)
    assert total(mixed, "the", "to") == pytest.approx(1, abs=0.04)


def test_mixing_a_model_with_its_own_text_changes_little(small: LanguageModel, tmp_path: Path) -> None:
    build_model([TEXT], tmp_path / "again.lm", mix_with=small)
    again = LanguageModel.open(tmp_path / "again.lm")
    assert again.words[:10] == small.words[:10]
    for history in (("the", "to"), ("was", "market"), (START, NOT_KNOWN)):
        assert again.logp("the", *history) == pytest.approx(small.logp("the", *history), abs=0.1)


def test_pruning_keeps_a_distribution(small: LanguageModel, tmp_path: Path) -> None:
    vocabulary = vocabulary_of(small)
    pruned = prune(ngrams_of(small), vocabulary, 20, 10)
    assert (len(pruned.keys2), len(pruned.keys3)) == (20, 10)
    write_model(tmp_path / "pruned.lm", pruned, vocabulary, "")
    model = LanguageModel.open(tmp_path / "pruned.lm")
    for history in (("the", "to"), ("the", NOT_KNOWN), ("was", "market")):
        assert total(model, *history) == pytest.approx(1, abs=0.04)


@given(st.lists(st.text(alphabet="ab .\n’-1É", max_size=60), max_size=4))
def test_any_text_makes_a_model_or_a_clear_error(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("any") / "any.lm"
    if not any(words_of(text) for text in texts):
        with pytest.raises(InputError):
            build_model(texts, path)
        return
    build_model(texts, path)
    model = LanguageModel.open(path)
    assert all(math.isfinite(model.score(line)) for text in texts for line in sentences(text))


@given(st.text())
def test_words_are_lower_case_and_hold_no_space(text: str) -> None:
    for word in words_of(text):
        assert word == NUMBER or (word == word.lower() and not any(sign.isspace() for sign in word))


def broken(data: bytes) -> dict[str, bytes]:
    """Return what can happen to a model file."""
    header = len(MAGIC) + HEADER_DIGITS
    return {
        "empty": b"",
        "another file": b"the\nof\nand\n",
        "another version": data.replace(b"model 1", b"model 9", 1),
        "cut short": data[:-7],
        "longer": data + b"\0",
        "no header": data[:header],
        "header of another kind": data[:header] + b"[]" + data[header + 2 :],
        "other lengths": data.replace(b'"words": ', b'"words": 1', 1),
        "other byte order": data.replace(b'"little"', b'"middle"', 1),
    }


@pytest.mark.parametrize("what", broken(b""))
def test_a_broken_file_is_refused_with_its_path(small: LanguageModel, tmp_path: Path, what: str) -> None:
    build_model([TEXT], tmp_path / "whole.lm")
    path = tmp_path / "broken.lm"
    path.write_bytes(broken((tmp_path / "whole.lm").read_bytes())[what])
    with pytest.raises(WordlistError) as caught:
        LanguageModel.open(path)
    assert caught.value.where == str(path)
    assert caught.value.exit_code == ExitCode.WORDLIST
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WordlistError, match=r"nowhere\.lm"):
        LanguageModel.open(tmp_path / "nowhere.lm")


def test_a_model_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OutputError, match="taken"):
        build_model([TEXT], tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]

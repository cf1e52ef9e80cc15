"""Error rates: exact, whatever the length, with wildcards."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_clean import score
from ocr_clean.score import Rate, distance, plain

SAMPLES = Path(__file__).parent.parent / "samples"


def slow_distance(truth: str, output: str) -> int:
    """Distance by the textbook, cell by cell; ``?`` in *truth* matches any run."""
    row = list(range(len(output) + 1))
    for symbol in truth:
        new = [row[0] + (symbol != "?")]
        for column, other in enumerate(output):
            if symbol == "?":
                new.append(min(row[column + 1], new[-1]))
            else:
                new.append(min(row[column] + (symbol != other), row[column + 1] + 1, new[-1] + 1))
        row = new
    return row[-1]


@given(truth=st.text(alphabet="ab c?", max_size=40), output=st.text(alphabet="ab c", max_size=40))
def test_distance_agrees_with_the_textbook(truth: str, output: str) -> None:
    assert distance(truth, output, "?") == slow_distance(truth, output)


@given(truth=st.text(alphabet="abc", max_size=40), output=st.text(alphabet="abc", max_size=40))
def test_distance_counts_words_as_it_counts_characters(truth: str, output: str) -> None:
    assert distance(list(truth), list(output), "?") == slow_distance(truth, output)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("---\ntitle: A\n---\n\nText\n", "Text"),
        ("<!-- p. 117 -->\n\n## Heading {#one} ##\n\nText", "Heading Text"),
        ("> Quoted\n> text\n\n- item\n- other\n\n1. first\n", "Quoted text item other first"),
        ("Text[^7] and *so*, **on**.\n\n[^7]: The note.\n", "Text and so, on. The note."),
        ("1986\\. It cost \\*5 and snake_case_name", "1986. It cost *5 and snake_case_name"),
        ('A <a id="p7"></a>[link](http://x) and ![plate](a.png)', "A link and plate"),
        ("one\n\n***\n\ntwo ⟦unreadable⟧three", "one two ⟦⟧ three"),
    ],
)
def test_mark_up_is_taken_off(markdown: str, text: str) -> None:
    assert plain(markdown) == text


@pytest.mark.parametrize(
    ("sample", "cer", "wer", "letters"),
    [
        ("plain-page", Rate(42, 2018), Rate(30, 378), Rate(25, 379)),
        ("chapter-opening", Rate(148, 3576), Rate(68, 671), Rate(54, 674)),
    ],
)
def test_a_sample_has_its_known_score(sample: str, cer: Rate, wer: Rate, letters: Rate) -> None:
    """Figures that a second, independent implementation gave."""
    dump, truth = ((SAMPLES / sample / name).read_text(encoding="utf-8") for name in ("dump.txt", "truth.md"))
    assert score.score(dump, truth) == score.Score(cer, wer, letters)


def test_a_long_text_with_wildcards_is_cut_and_scored_like_a_short_one() -> None:
    words = [f"word{n}" for n in range(20_000)]
    truth = [*words[:9_000], "⟦⟧", *words[9_010:]]
    output = [word.replace("word1234", "ward1234") for word in words]
    assert len(" ".join(truth)) > score.LONG
    rates = score.score(" ".join(output), " ".join(truth))
    assert rates.cer == Rate(11, len(" ".join(truth).replace(" ⟦⟧ ", "")))
    assert rates.wer == rates.letters == Rate(11, 19_990)


def test_an_empty_truth() -> None:
    assert score.score("a b", "⟦⟧").wer == Rate(0, 0)
    assert score.score("a b", "").wer.share == 2

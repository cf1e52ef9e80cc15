"""What a whole dump tells of its blank lines: more than a case of a few lines can show."""

from __future__ import annotations

from ocr_clean import api

PLAIN = """\
There were those who said that the weir had been wrong from
the beginning, and those who said that there was nothing at
all the matter with it.

"""
DOUBTFUL = """\
In the summer of that year he measured it for three days and
wrote to the owner that his posts would never stand,

Nothing came of the letter. The engineer went home, the book
was lost, and the weir stood for another forty years.

"""


def paragraphs(text: str) -> list[str]:
    return api.clean(text, only=["paragraphs"]).markdown.split("\n\n")


def test_blank_lines_say_more_in_a_dump_that_has_none_inside_a_sentence() -> None:
    """There, a paragraph may end in a full stop that was read as a comma."""
    assert any(each.startswith("Nothing came") for each in paragraphs(PLAIN * 30 + DOUBTFUL))
    broken = PLAIN.replace("wrong from\nthe", "wrong from\n\nthe")
    mixed = (PLAIN + broken) * 15 + DOUBTFUL
    assert not any(each.startswith("Nothing came") for each in paragraphs(mixed))

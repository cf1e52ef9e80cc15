"""What `spelling` can only know of a long text."""

from __future__ import annotations

from ocr_clean.document import Document
from ocr_clean.lexicon import Lexicon
from ocr_clean.proposals import proposals

SENTENCE = "The clerk sat in the adioining room and read the letters that had come from the office in the morning.\n"
PLAIN = "The men of the committee went to the office in the morning and read the letters that had come for them.\n"


def _confidence(text: str, lexicon: Lexicon) -> float:
    found = proposals(Document.from_text(text), lexicon)
    return max(each.confidence for each in found if each.token.core == "adioining" and each.after == "adjoining")


def test_old_spelling_is_none_in_a_long_modern_text(lexicon: Lexicon) -> None:
    """``adioining`` may be old spelling in a volume with old forms, and was misread in one without."""
    modern, old = PLAIN * 400, PLAIN * 390 + PLAIN.replace("had come", "hath come vpon") * 10
    assert _confidence(modern + SENTENCE, lexicon) > _confidence(old + SENTENCE, lexicon)

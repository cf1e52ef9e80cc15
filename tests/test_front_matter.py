"""What the title page says of a book, and what it must not be made to say."""

import pytest

from ocr_clean.document import Document
from ocr_clean.front_matter import book
from ocr_clean.lexicon import Lexicon
from ocr_clean.pipeline import Pipeline
from ocr_clean.stages.headings import Headings

TEXT = """
The mill stood at the bend of the river where the two roads met, and
for a hundred years it had ground the corn of four parishes.
"""


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("BY JANE CARR\n\nCopyright 1878", {"author": "JANE CARR", "year": 1878}),
        ("By Jane Carr, D. D.\n\nPrinted by Fenn & Co.", {"author": "Jane Carr", "publisher": "Fenn & Co"}),
        ("COPYRIGHT, 1878,\nBY AMERICAN MILL SOCIETY.", {"year": 1878}),
        ("BY THEIR AFFECTIONATE FRIEND\n\nEntered, according to Act of Congress, in the year 1865", {"year": 1865}),
        ("by the river\n\nPrinted in the year of the flood", {}),
    ],
)
def test_people_and_year(page: str, found: dict[str, str | int], lexicon: Lexicon) -> None:
    """A person is an author; a society, a friend and a river are not."""
    doc = Document.from_text(f"THE LONG WINTER\n\n{page}\n\nCHAPTER I.\n{TEXT}")
    assert book(Pipeline((Headings(),)).run(doc, lexicon).document) == found

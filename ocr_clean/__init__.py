"""ocr-clean: the OCR text dump of a scanned book to clean Markdown.

>>> import ocr_clean
>>> cleaned = ocr_clean.clean("The ﬁrst page.\\n")
>>> [(entry.step.stage, entry.step.change.rule) for entry in cleaned.changes if entry.step.stage == "characters"]
[('characters', 'ligature')]
"""

from ocr_clean.api import Cleaned, clean
from ocr_clean.changes import Edit, Mark
from ocr_clean.config import Config
from ocr_clean.document import Document, Leaf, Line, Page, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.version import __version__

__all__ = [
    "Cleaned",
    "Config",
    "Document",
    "Edit",
    "Leaf",
    "Lexicon",
    "Line",
    "Mark",
    "Page",
    "Role",
    "__version__",
    "clean",
]

"""The chain: one ordered list of stages. Each stage is one file of the same name."""

from __future__ import annotations

from ocr_clean.pipeline import Stage
from ocr_clean.stages.characters import Characters
from ocr_clean.stages.columns import Columns
from ocr_clean.stages.contents import Contents
from ocr_clean.stages.dehyphenate import Dehyphenate
from ocr_clean.stages.headings import Headings
from ocr_clean.stages.index import Index
from ocr_clean.stages.letters import Letters
from ocr_clean.stages.lists import Lists
from ocr_clean.stages.noise import Noise
from ocr_clean.stages.note_references import NoteReferences
from ocr_clean.stages.notes import Notes
from ocr_clean.stages.pages import Pages
from ocr_clean.stages.paragraphs import Paragraphs
from ocr_clean.stages.punctuation import Punctuation
from ocr_clean.stages.quotations import Quotations
from ocr_clean.stages.running_heads import RunningHeads
from ocr_clean.stages.specks import Specks
from ocr_clean.stages.spelling import Spelling
from ocr_clean.stages.verse import Verse
from ocr_clean.stages.words import Words

STAGES: dict[str, type[Stage]] = {
    stage.name: stage
    for stage in (
        Characters,
        Pages,
        Noise,
        RunningHeads,
        Columns,
        Contents,
        Notes,
        Index,
        Headings,
        Dehyphenate,
        NoteReferences,
        Paragraphs,
        Quotations,
        Verse,
        Lists,
        Letters,
        Punctuation,
        Words,
        Spelling,
        Specks,
    )
}
"""Every stage by its name, in the order in which they run. Each relies on what those before it have done."""

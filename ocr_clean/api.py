"""The library call: text in, Markdown, changes and pages out."""

from __future__ import annotations

import contextlib
import gc
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocr_clean import front_matter, ledger
from ocr_clean.config import Config
from ocr_clean.decisions import Decisions, Judge
from ocr_clean.document import Document, Page
from ocr_clean.errors import LedgerError
from ocr_clean.ledger import Entry, Ledger
from ocr_clean.lexicon import MODEL, Lexicon
from ocr_clean.markdown import STAMP_RE, MarkdownOptions, render
from ocr_clean.pipeline import Pipeline, Watch, unwatched
from ocr_clean.reading import Source
from ocr_clean.version import __version__


@dataclass(frozen=True)
class Cleaned:
    """What cleaning one dump gives."""

    markdown: str
    document: Document
    changes: tuple[Entry, ...]
    header: dict[str, Any]
    """The ledger's header."""
    unmet: tuple[str, ...] = ()
    """Ids of the decisions that came to nothing: no stage proposes the change any more."""

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages of the dump, each with its lines as cleaned."""
        return self.document.pages

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know about the run: a stage that was stopped before it came to rest."""
        return tuple(self.header.get("notices", ()))

    @property
    def ledger(self) -> Ledger:
        """Header and changes; `Ledger.to_jsonl` gives the file."""
        return Ledger(self.header, self.changes)


def clean(
    text: str,
    *,
    name: str = "<text>",
    config: Config | None = None,
    only: Sequence[str] = (),
    without: Sequence[str] = (),
    lexicon: Lexicon | None = None,
    decisions: Decisions | None = None,
) -> Cleaned:
    """Clean the OCR text of a book.

    *text* is the dump; *config* what `ocr_clean.config.load` gives (the preset ``book`` by default); *only* and
    *without* name stages; *lexicon* is reused between calls if given; *decisions* are those of a person about single
    changes (`ocr_clean.decisions.read_decisions`). A text that ocr-clean wrote comes back as it is.

    >>> clean("It was the be-\\nginning of the end.\\n").markdown.splitlines()[-1]
    'It was the beginning of the end.'
    """
    data = text.encode("utf-8", "surrogatepass")
    source = Source(Document.from_text(text, name), hashlib.sha256(data).hexdigest(), len(data), "utf-8")
    return clean_source(source, config or Config(), only=only, without=without, lexicon=lexicon, decisions=decisions)


def clean_source(
    source: Source,
    config: Config,
    *,
    only: Sequence[str] = (),
    without: Sequence[str] = (),
    lexicon: Lexicon | None = None,
    watch: Watch = unwatched,
    decisions: Decisions | None = None,
) -> Cleaned:
    """Clean what `ocr_clean.reading` has read; *watch* is called with the name of each stage before it runs.

    When all have run it is called with `WRITING`.
    """
    pipeline = config.pipeline(only, without)
    words = lexicon or config.lexicon()
    header = _header(source, config, pipeline, words)
    if decisions:
        header["decisions"] = decisions.sha256
    judge = Judge(source.document, decisions or Decisions())
    if is_clean(source.document):
        return Cleaned(source.document.raw_text(), source.document, (), header, tuple(judge.unmet()))
    with _no_search_for_cycles():
        result = pipeline.run(source.document, words, watch, judge)
        watch(WRITING)
        if result.notices:
            header["notices"] = list(result.notices)
        entries = ledger.entries_of(result.steps, result.document)
        return Cleaned(markdown_of(result.document, header), result.document, entries, header, tuple(judge.unmet()))


WRITING = "writing"
"""What comes after the stages: the ledger and the Markdown."""


@contextlib.contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Switch Python's search for garbage cycles off for a while.

    A book makes millions of small objects and hardly a cycle; looking for them takes a tenth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def is_clean(doc: Document) -> bool:
    """Whether ocr-clean wrote the text of *doc*, which then stays as it is."""
    return STAMP_RE.match(doc.raw_text()) is not None


def markdown_of(doc: Document, header: Mapping[str, Any]) -> str:
    """The Markdown of a cleaned or replayed document; whatever it needs beside *doc* stands in the ledger's header."""
    if is_clean(doc):
        return doc.raw_text()
    try:
        options = MarkdownOptions(**header["markdown"])
    except TypeError:
        raise LedgerError("the header's 'markdown' has options that this version does not know") from None
    yaml = options.front_matter == "yaml"
    top = front_matter.front_matter(doc, header, Lexicon.load()) if yaml else front_matter.comment(header)
    return top + render(doc, options)


def _header(source: Source, config: Config, pipeline: Pipeline, words: Lexicon) -> dict[str, Any]:
    return {
        "ocr_clean_ledger": ledger.FORMAT,
        "version": __version__,
        "source": Path(source.document.name).name,
        "sha256": source.sha256,
        "size": source.size,
        "encoding": source.encoding,
        "preset": config.preset,
        "stages": {name: dict(options) for name, options in pipeline.options.items()},
        "markdown": config.markdown.as_dict(),
        "wordlists": {**words.hashes, MODEL: words.model.digest},
    }

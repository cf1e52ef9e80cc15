"""Page ends found in a dump without any page mark, folios of whole books, and the time it takes.

    python bench/pages.py CORPORA [DUMP]

First, books made by `bench/heads.py` are joined without a separator, in five layouts; a page end counts if a leaf
begins with the first line of the page, blank lines and specks left out. Then CORPORA, a folder of gzipped JSON lines,
one document a line: ``{"id", "ocr", "gt"}``: for `VOLUMES`, as they are and with every blank line taken out, the leaves
with a printed number are counted, and for the first the page beginnings and running heads that are labelled in
``NAME_headers.json``. With DUMP, the development volume, its feet are counted (``truth/folio-lines.tsv``), and pages,
dirt and furniture are timed on it and on 30,000 lines of it repeated, in seconds of the processor.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from heads import SPECKS, Book, made

from ocr_clean.document import RETIRED, Document, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.pipeline import Pipeline
from ocr_clean.stages.noise import Noise
from ocr_clean.stages.pages import Pages
from ocr_clean.stages.running_heads import RunningHeads

VOLUMES = {"bom1830_volume": "bom1830_headers.json", "latewar1816_volume": ""}
TRUTH = Path(__file__).parent / "truth"
FURNITURE = RETIRED - {Role.NOISE, Role.JOINED}


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """The documents of a corpus."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as handle:
        return [json.loads(line) for line in handle]


def run(text: str) -> Document:
    """The dump with its pages, its furniture retired."""
    return Pipeline((Pages(), Noise(), RunningHeads())).run(Document.from_text(text), Lexicon.load()).document


def layouts(book: Book) -> Iterator[tuple[str, list[list[str]]]]:
    """The pages of *book* set in other ways: where the head stands, and what is around it."""
    pages = list(zip(book.pages, book.heads, strict=True))
    texts = [[line for at, line in enumerate(page) if at not in heads] for page, heads in pages]
    lone = [str(number) for number in range(1, len(pages) + 1)]
    yield "heads", book.pages
    yield "heads, no blank lines", [list(filter(str.strip, page)) for page in book.pages]
    yield (
        "feet",
        [[*text, "", *(page[head] for head in heads), ""] for text, (page, heads) in zip(texts, pages, strict=True)],
    )
    yield "folios at the foot", [[*text, "", number, ""] for text, number in zip(texts, lone, strict=True)]
    yield "folios at the head", [[number, *text] for text, number in zip(texts, lone, strict=True)]


def joined(name: str, pages: list[list[str]]) -> None:
    """Print how many page ends are found once no page mark is left."""
    starts, line = [], 1
    for page in pages:
        starts.append(line + next(index for index, each in enumerate(page) if each.strip() and each not in SPECKS))
        line += len(page)
    document = run("\n".join("\n".join(page) for page in pages) + "\n")
    found = set()
    for leaf in document.leaves:
        at = leaf.line
        while at < len(document.lines) and (not (text := document.line(at).text).strip() or text in SPECKS):
            at += 1
        found.add(at)
    right = len((found & set(starts)) - {starts[0]})
    elsewhere = len(found - set(starts))
    print(f"{name:32} {right / (len(starts) - 1):7.4f} of {len(starts) - 1} page ends; leaves elsewhere: {elsewhere}")


def volume(folder: Path, name: str, heads: str, blank: bool) -> None:
    """Print the folios found in a whole book, and the labelled heads that are retired."""
    lines = rows(folder, name)[0]["ocr"].split("\n")
    kept = [number for number, line in enumerate(lines) if blank or line.strip()]
    document = run("\n".join(lines[number] for number in kept))
    printed = sum(leaf.verdict == "printed" for leaf in document.leaves)
    inferred = sum(leaf.verdict == "inferred" for leaf in document.leaves)
    missing = sum(len(leaf.missing) for leaf in document.leaves)
    print(f"{name}{'' if blank else ', no blank lines'}: {printed} printed, {inferred} inferred, {missing} missing")
    if not heads:
        return
    labels = json.loads((folder / heads).read_text(encoding="utf-8"))
    truth = {kept.index(number) + 1 for number in labels["header_lines"]}
    first = min(truth)
    taken = {line.number for line in document.lines if line.role in FURNITURE and line.number >= first}
    begins = {leaf.line for leaf in document.leaves if leaf.verdict == "printed"}
    print(
        f"  heads: {len(truth & taken) / len(truth):.4f} of {len(truth)} retired, {len(taken - truth)} other lines; "
        f"page ends: {len(truth & begins) / len(truth):.4f}"
    )


def feet(path: Path) -> None:
    """Print how many feet of the development volume are retired, and how many of its pages bear the right number."""
    rows = [row.split("\t") for row in (TRUTH / "folio-lines.tsv").read_text().split("\n") if row and row[0] != "#"]
    truth = {int(line): page for page, lines in rows for line in lines.split()}
    document = run(path.read_text(encoding="utf-8"))
    taken = {line.number for line in document.lines if line.role in FURNITURE}
    right = sum(document.page_name(line) == page for line, page in truth.items())
    pages = {page for page, _ in rows}
    other = sorted(leaf.printed for leaf in document.leaves if leaf.printed and leaf.printed not in pages)
    print(f"{path.name}: {len(pages)} pages with a foot: {right} of {len(truth)} lines on the right page")
    print(f"  {len(truth.keys() & taken)} of them retired, {len(taken - truth.keys())} other lines; no foot: {other}")


def timed(path: Path) -> None:
    """Print the seconds that pages and furniture take."""
    text = path.read_text(encoding="utf-8")
    repeated = "\n".join((text.split("\n") * (30_000 // text.count("\n") + 1))[:30_000])
    words = Lexicon.load()
    for name, dump in ((path.name, text), ("30,000 lines", repeated)):
        document = Document.from_text(dump)
        for stages in ((Pages(), RunningHeads()), (Pages(), Noise(), RunningHeads())):
            start = time.process_time()
            Pipeline(stages).run(document, words)
            print(f"{name}: {', '.join(stage.name for stage in stages)}: {time.process_time() - start:.2f} s")


def main() -> None:
    """Print all figures."""
    folder = Path(sys.argv[1])
    for rate in (0.0, 0.03, 0.08):
        for layout, pages in layouts(made(240, 14, rate)):
            joined(f"{layout}, {rate:.0%} noise", pages)
    for name, heads in VOLUMES.items():
        for blank in (True, False):
            volume(folder, name, heads, blank)
    if len(sys.argv) > 2:
        feet(Path(sys.argv[2]))
        timed(Path(sys.argv[2]))


if __name__ == "__main__":
    main()

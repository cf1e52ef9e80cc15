"""Page ends found in a dump from which every page mark was taken, folios of a whole book, and the time it takes.

    python bench/pages.py CORPORA [DUMP]

CORPORA is a folder of gzipped JSON lines, one document a line: ``{"id", "ocr", "gt"}``. The pages of `PAGED` are joined
without a separator; a page end counts as right if a leaf begins at the very line, or after the blank lines before it.
For `VOLUMES`, the printed numbers of the leaves are counted, and for the first the running heads that are labelled in
``NAME_headers.json``. With DUMP, pages and furniture are timed on it, and on 30,000 lines of it repeated.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from pathlib import Path

from ocr_clean.document import RETIRED, Document, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.pipeline import Pipeline
from ocr_clean.stages.noise import Noise
from ocr_clean.stages.pages import Pages
from ocr_clean.stages.running_heads import RunningHeads

PAGED = ("bom1830_pages", "latewar1816_pages", "latewar1819_pages")
VOLUMES = {"bom1830_volume": "bom1830_headers.json", "latewar1816_volume": ""}
FURNITURE = RETIRED - {Role.NOISE, Role.JOINED}


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """The documents of a corpus."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as handle:
        return [json.loads(line) for line in handle]


def run(text: str) -> Document:
    """The dump with its pages, its furniture retired."""
    return Pipeline((Pages(), Noise(), RunningHeads())).run(Document.from_text(text), Lexicon.load()).document


def joined(folder: Path, name: str) -> None:
    """Print how many page ends are found once all page marks are taken out."""
    pages = [row["ocr"].replace("\f", "").strip("\n") for row in rows(folder, name)]
    starts, line = set(), 1
    for page in pages:
        starts.add(line)
        line += page.count("\n") + 1
    document = run("\n".join(pages) + "\n")
    found = set()
    for leaf in document.leaves:
        at = leaf.line
        while at < len(document.lines) and document.line(at).role is Role.BLANK:
            at += 1
        found.add(at)
    right = len((found & starts) - {1})
    print(f"{name}: {right} of {len(starts) - 1} page ends found, {len(found - starts)} leaves begin elsewhere")


def volume(folder: Path, name: str, heads: str) -> None:
    """Print the folios found in a whole book, and the labelled heads that are retired."""
    document = run(rows(folder, name)[0]["ocr"])
    printed = [leaf for leaf in document.leaves if leaf.verdict == "printed"]
    inferred = [leaf for leaf in document.leaves if leaf.verdict == "inferred"]
    missing = sum(len(leaf.missing) for leaf in document.leaves)
    print(f"{name}: {len(printed)} leaves with a printed number, {len(inferred)} inferred, {missing} pages missing")
    if not heads:
        return
    labels = json.loads((folder / heads).read_text(encoding="utf-8"))
    truth = {line + 1 for line in labels["header_lines"]}
    taken = {line.number for line in document.lines if line.role in FURNITURE and line.number > labels["start"]}
    print(
        f"  heads: recall {len(truth & taken) / len(truth):.4f} of {len(truth)}; other lines retired: {len(taken - truth)}"
    )


def timed(path: Path) -> None:
    """Print the seconds that pages and furniture take."""
    text = path.read_text(encoding="utf-8")
    repeated = "\n".join((text.split("\n") * (30_000 // text.count("\n") + 1))[:30_000])
    words = Lexicon.load()
    for name, dump in ((path.name, text), ("30,000 lines", repeated)):
        document = Document.from_text(dump)
        for stages in ((Pages(),), (Noise(),), (RunningHeads(),), (Pages(), Noise(), RunningHeads())):
            base = document if len(stages) > 1 else document
            start = time.perf_counter()
            Pipeline(tuple(stages)).run(base, words)
            label = " + ".join(stage.name for stage in stages)
            print(f"{name}: {label} {time.perf_counter() - start:.2f} s")


def main() -> None:
    """Print all figures."""
    folder = Path(sys.argv[1])
    for name in PAGED:
        joined(folder, name)
    for name, heads in VOLUMES.items():
        volume(folder, name, heads)
    if len(sys.argv) > 2:
        timed(Path(sys.argv[2]))


if __name__ == "__main__":
    main()

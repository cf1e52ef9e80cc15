"""How much of the dirt is retired, and how much else: lines of twenty pages that were labelled by reading.

    python bench/noise.py DUMP [LABELS]

LABELS (``bench/truth/noise-lines.tsv`` by default) has a page and the source lines of its dirt in each row; every other
line of those pages carries something. Counted in characters, spaces left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ocr_clean.config import load
from ocr_clean.document import Document, Role
from ocr_clean.lexicon import Lexicon
from ocr_clean.reading import read_source

LABELS = Path(__file__).parent / "truth" / "noise-lines.tsv"


def labels(path: Path) -> dict[str, set[int]]:
    """Source lines of dirt by page."""
    rows = [row.split("\t") for row in path.read_text(encoding="utf-8").split("\n") if row and not row.startswith("#")]
    return {page: set(map(int, lines.split())) for page, lines in rows}


def retired(dump: str) -> Document:
    """The dump after the stages that retire lines."""
    pipeline = load().pipeline(only=("characters", "pages", "noise", "running_heads"))
    return pipeline.run(read_source(dump).document, Lexicon.load()).document


def main() -> None:
    """Print recall and precision, and every line that is wrong."""
    truth = labels(Path(sys.argv[2]) if len(sys.argv) > 2 else LABELS)
    right = missed = wrong = 0
    for page in retired(sys.argv[1]).pages:
        dirt = truth.get(page.leaf.printed)
        for line in page.lines if dirt is not None else ():
            size = len("".join(line.raw.split()))
            noise, meant = line.role is Role.NOISE, line.number in (dirt or ())
            right += size * (noise and meant)
            missed += size * (meant and not noise)
            wrong += size * (noise and not meant)
            if noise != meant:
                what = "wrong" if noise else "missed"
                print(f"{what}: page {page.leaf.printed}, line {line.number}: {line.raw.strip()}")
    recall, precision = right / (right + missed), right / (right + wrong)
    print(f"recall {recall:.4f}, precision {precision:.4f} of {right + missed:,} characters")


if __name__ == "__main__":
    main()

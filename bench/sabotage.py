"""Whether `ocr-clean check` notices what breaks a stage, and which stage it blames.

    python bench/sabotage.py [FOLDER] [--only STAGE]

One stage after the other is silenced in memory, so that no header of a ledger shows it, and every sample of FOLDER
(default: `samples`) is checked. Shown is how many samples notice, and how many of them name that stage first. A stage
that none notices needs a sample.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from ocr_clean import check, config, samples  # noqa: E402
from ocr_clean.samples import Figures, Sample  # noqa: E402
from ocr_clean.stages import STAGES  # noqa: E402


def nothing(*_: object) -> Iterator[Any]:
    """What a silenced stage proposes."""
    return iter(())


def blamed(stage: str, found: list[Sample], accepted: dict[str, Figures]) -> list[str]:
    """The stage that is named first, for each of *found* that notices that *stage* is silent; "" if none is named."""
    with mock.patch.object(STAGES[stage], "__call__", nothing):
        results = [check.compare(check.clean(sample, config.load()), accepted[sample.name]) for sample in found]
    return [next(iter(each.stages), "") for each in results if each.fails(None)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", nargs="?", default=str(ROOT / "samples"))
    parser.add_argument("--only", action="append", choices=list(STAGES), help="only this stage (repeatable)")
    args = parser.parse_args()
    found = samples.find(args.folder)
    accepted = samples.read_baseline(args.folder, found)
    print(f"{'silenced':16} {'noticed':>8} {'named':>8}   of {len(found)} samples")
    for stage in args.only or STAGES:
        names = blamed(stage, found, accepted)
        print(f"{stage:16} {len(names):8} {names.count(stage):8}", flush=True)


if __name__ == "__main__":
    main()

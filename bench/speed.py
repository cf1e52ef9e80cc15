"""How long a dump takes on one processor, by stage, and how much memory.

    python bench/speed.py DUMP [--times 3]

DUMP is cleaned so often by a fresh process; the quickest run counts, for whatever else the machine does only adds to
it. The word stages are shown by 100,000 words of the dump, garbage included, once the lists are loaded.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

WORD_STAGES = ("dehyphenate", "punctuation", "words", "spelling", "specks")
MEASURE = "--one-run"


def one_run(dump: str) -> None:
    """Clean *dump* once, and print the seconds of each part, the words and the kilobytes."""
    began = time.perf_counter()
    from ocr_clean.api import clean_source
    from ocr_clean.candidates import finder
    from ocr_clean.config import Config
    from ocr_clean.lexicon import Lexicon
    from ocr_clean.reading import read_source

    imported = time.perf_counter()
    words = Lexicon.load()
    words.model.logp("the", "of")
    loaded = time.perf_counter()
    finder(words)
    ready = time.perf_counter()
    source = read_source(dump)
    stops: list[tuple[str, float]] = [("read", ready)]
    clean_source(source, Config(), lexicon=words, watch=lambda stage: stops.append((stage, time.perf_counter())))
    stops.append(("", time.perf_counter()))
    print("imports", imported - began)
    print("lists and model", loaded - imported)
    print("index of words", ready - loaded)
    for (name, start), (_, end) in pairwise(stops):
        print(name, end - start)
    print("whole", stops[-1][1] - began)
    print("word_count", sum(len(line.text.split()) for line in source.document.lines))
    print("kilobytes", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def measured(dump: str) -> dict[str, float]:
    """The figures of one run in a process of its own."""
    command = [sys.executable, __file__, dump, MEASURE]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("dump")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument(MEASURE, action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one_run:
        one_run(args.dump)
        return
    runs = [measured(args.dump) for _ in range(args.times)]
    best = {name: min(run[name] for run in runs) for name in runs[0]}
    count = best.pop("word_count")
    by_words = min(sum(run[name] for name in WORD_STAGES) for run in runs) * 100_000 / count
    for name, seconds in best.items():
        if name != "kilobytes":
            print(f"{name:18}{seconds:8.2f} s")
    print(f"{'memory':18}{best['kilobytes'] / 1024:8.0f} MB")
    print(f"word stages: {by_words:.2f} s for 100,000 words ({count:.0f} in the dump)")


if __name__ == "__main__":
    main()

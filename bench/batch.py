"""What a batch costs and what it survives: throughput, memory, the cost per file, kill -9 at random moments.

    python bench/batch.py speed SCRATCH [--files 2000] [--corpora FOLDER] [--jobs 1 2] [-- OPTION...]
    python bench/batch.py kill SCRATCH [--files 2000] [--kills 10] [-- OPTION...]
    python bench/batch.py cost SCRATCH [--files 500]

SCRATCH is an empty or new folder; it gets a collection of dumps, one in a hundred of them broken, made of the samples'
pages and, if given, of the pages of the CORPORA (gzipped JSON lines with ``ocr``). What stands behind ``--`` goes to
`ocr-clean batch`. `cost` compares a batch of one process with cleaning the same texts in a loop.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
BROKEN = {
    "empty.txt": b"",
    "binary.txt": bytes(range(256)) * 8,
    "damaged.txt.gz": gzip.compress(b"A page of few words.\n" * 50)[:-7],
    "bomb.txt.gz": gzip.compress(b"A page of few words.\n" * 12_000_000),
    "no-utf16.txt": b"\xff\xfeA\x00\xd8",
}
"""One in a hundred files is one of these, in turn."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "kill", "cost"])
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    arguments, options = parser.parse_known_args()
    options = [each for each in options if each != "--"]
    collection = arguments.scratch / "dumps"
    if not collection.exists():
        make(collection, arguments.files, arguments.corpora)
    if arguments.what == "speed":
        speed(collection, arguments.jobs, options)
    elif arguments.what == "kill":
        kill(collection, arguments.kills, random.Random(arguments.seed), options)
    else:
        cost(collection)


def pages(corpora: Path | None) -> Iterator[str]:
    """Pages of the samples, then of the corpora, over and over."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("samples/*/dump.txt"))]
    for path in sorted(corpora.glob("*_pages.jsonl.gz")) if corpora else ():
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            texts += [text for line in lines if (text := json.loads(line)["ocr"]).strip()]
    while True:
        yield from texts


def make(folder: Path, files: int, corpora: Path | None) -> None:
    """Write *files* dumps in folders of a hundred."""
    texts = pages(corpora)
    names = list(BROKEN)
    for number in range(files):
        shelf = folder / f"shelf{number // 100:03}"
        shelf.mkdir(parents=True, exist_ok=True)
        if number % 100 == 50:
            name = names[number // 100 % len(names)]
            (shelf / f"{number:05}-{name}").write_bytes(BROKEN[name])
        else:
            (shelf / f"{number:05}.txt").write_text(f"{next(texts)}\n{number}\n", encoding="utf-8")


def command(collection: Path, out: Path, jobs: int, options: list[str]) -> list[str]:
    return [
        sys.executable, "-m", "ocr_clean", "batch", str(collection), "--out", str(out), "-j", str(jobs),
        "--max-size", "50M", "--format", "json", *options,
    ]  # fmt: skip


def tree(folder: Path) -> dict[str, bytes]:
    """Every output below *folder*, the run database aside."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".ocr-clean" not in path.parts and not path.name.endswith(".tmp")
    }


class Memory(threading.Thread):
    """Watches the memory of a process and its children: proportional set size in MiB, twice a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.samples: list[float] = []

    def run(self) -> None:
        while total := sum(map(_pss, _family(self._pid))):
            self.samples.append(total / 1024)
            time.sleep(0.5)

    def by_tenths(self) -> str:
        """The mean of each tenth of the run."""
        size = max(1, len(self.samples) // 10)
        tenths = [self.samples[start : start + size] for start in range(0, len(self.samples), size)]
        return " ".join(f"{sum(tenth) / len(tenth):.0f}" for tenth in tenths)


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in _family(int(child)))]


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def speed(collection: Path, jobs: list[int], options: list[str]) -> None:
    """Print pages per second, efficiency and memory for each number of processes; whether the bytes are the same."""
    rates: dict[int, float] = {}
    trees = []
    for number in jobs:
        out = collection.parent / f"out-{number}"
        began, before = time.monotonic(), os.times()
        process = subprocess.Popen(command(collection, out, number, options), stdout=subprocess.PIPE)
        memory = Memory(process.pid)
        memory.start()
        table = json.loads(process.communicate()[0])
        seconds, after = time.monotonic() - began, os.times()
        busy = after.children_user + after.children_system - before.children_user - before.children_system
        rates[number] = table["pages"] / seconds
        kinds = Counter(row["kind"] for row in table["files"] if row["state"] == "failed")
        print(f"{number} processes: {table['states']}, failed {dict(kinds)}, exit {process.returncode}")
        print(f"  {seconds:.1f} s, {table['pages']} pages, {rates[number]:.2f} pages/s, ", end="")
        print(f"{len(table['files']) / seconds:.2f} files/s, efficiency {rates[number] / rates[jobs[0]] / number:.2f}")
        print(f"  {busy:.1f} s of processor time, {table['pages'] / busy:.2f} pages in each; ", end="")
        print(f"{busy / seconds:.2f} processors had")
        print(f"  memory by tenths of the run (MiB, all processes): {memory.by_tenths()}")
        trees.append(tree(out))
    print(f"same bytes: {all(each == trees[0] for each in trees)} ({len(trees[0])} outputs)")


def kill(collection: Path, kills: int, chance: random.Random, options: list[str]) -> None:
    """Kill a run at random moments, each time let it go on, and compare the end with a run that was left alone."""
    reference, out = collection.parent / "reference", collection.parent / "killed"
    began = time.monotonic()
    whole = json.loads(subprocess.run(command(collection, reference, 2, options), stdout=subprocess.PIPE).stdout)
    seconds = time.monotonic() - began
    expected = tree(reference)
    print(f"reference: {whole['states']} in {seconds:.1f} s")
    for number in range(kills):
        process = subprocess.Popen(command(collection, out, 2, options), stdout=subprocess.PIPE, start_new_session=True)
        pause = chance.uniform(0, 1.5 * seconds / kills)
        time.sleep(pause)
        everybody = chance.random() < 0.5
        (os.killpg if everybody else os.kill)(process.pid, signal.SIGKILL)
        process.communicate()
        half = tree(out)
        sound = half.items() <= expected.items()
        who = "run and workers" if everybody else "run"
        print(f"kill {number + 1} ({who}) after {pause:.1f} s: {len(half)} outputs, all whole and right: {sound}")
    last = json.loads(subprocess.run(command(collection, out, 2, options), stdout=subprocess.PIPE).stdout)
    names = [row["name"] for row in last["files"]]
    print(f"end: {last['states']}, each file once: {len(names) == len(set(names)) == len(whole['files'])}")
    print(f"same final bytes: {tree(out) == expected} ({len(expected)} outputs)")


def cost(collection: Path) -> None:
    """Print what a file costs in a batch beyond its cleaning, in milliseconds of processor time."""
    from ocr_clean import api, config
    from ocr_clean.batch.inputs import find, outputs_of
    from ocr_clean.batch.work import Job, Settings, do, warm_up
    from ocr_clean.batch.workers import Crew
    from ocr_clean.reading import decode

    out = collection.parent / "out-cost"
    out.mkdir(exist_ok=True)
    settings = Settings(str(out), config.load(), only=("characters",))
    warm_up(settings)
    jobs = [
        Job(each.path, each.name, outputs_of(each.name))
        for each in find(
            [str(collection)],
        )
    ]
    jobs = [job for job in jobs if not any(job.name.endswith(name) for name in BROKEN)]
    texts = [(Path(job.path).read_bytes(), job.name) for job in jobs]
    began = time.process_time()
    for data, name in texts:
        api.clean_source(decode(data, name), settings.config, only=settings.only)
    alone = time.process_time() - began
    began = time.process_time()
    for job in jobs:
        do(job, settings)
    whole = time.process_time() - began
    before = os.times()
    with Crew(settings, 1) as crew:
        states = Counter(outcome.state for outcome in crew.run(jobs, lambda job: None))
    after = os.times()
    batch = sum(after[:4]) - sum(before[:4])
    print(f"{dict(states)}; milliseconds of processor time a file:")
    print(f"{1000 * alone / len(jobs):7.2f} cleaning (stage 'characters' only, so that the rest is seen)")
    print(f"{1000 * whole / len(jobs):7.2f} with reading, hashing, figures, ledger, writing")
    print(f"{1000 * batch / len(jobs):7.2f} in a process of its own: {1000 * (batch - whole) / len(jobs):.2f} more")


if __name__ == "__main__":
    main()

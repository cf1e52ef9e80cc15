"""Throw generated dumps at the readers and the chain: no crash, no hang, nothing lost, twice is once, same in same out.

    python bench/fuzz.py chance [--runs 100000] [--seed 1] [--first 0]
    python bench/fuzz.py hypothesis [--runs 100000] [--seed 1]
    python bench/fuzz.py atheris [--runs 100000] [--seed 1] [--corpus FOLDER] [--readers]
    python bench/fuzz.py hostile [--size 50000]

`chance` makes small dumps, which take some milliseconds each: lines of the words and lines of tests/test_properties.py,
and lines of the samples with something torn, doubled, swapped or strewn in. It prints what fails with its number and
goes on; `--first NUMBER --runs 1` with the same seed makes it again. `hypothesis` draws from the strategy of
tests/test_properties.py and shrinks what fails. `atheris` (to be installed besides) mutates bytes, guided by the
branches of our code that they reach, starting from the samples' dumps; what it finds new it keeps in FOLDER; with
`--readers` it goes no further than from bytes to a document. These two stop at the first input that breaks a promise
and print it. `hostile` cleans texts that are made to be slow, SIZE characters each,
and prints for each how long it takes and which stage takes most of it; it exits with 1 if any is over the limit.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import random
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

SLOWEST = 1.0
"""Seconds of processor time that 10 KB, or any smaller dump, may take."""
INSTRUMENTED = 5
"""How many times slower our code may be under atheris, which counts every branch."""
AGAIN = 10
"""One dump in so many is cleaned twice, to see that the result is the same."""
LARGEST = 4000
"""Bytes of the largest input that atheris makes."""

counts: Counter[str] = Counter()


def read(data: bytes) -> None:
    """Raise `AssertionError` if a stored file of these bytes is neither refused nor kept to the last character."""
    from ocr_clean.batch.storage import unpacked
    from ocr_clean.errors import InputError
    from ocr_clean.reading import decode

    counts["runs"] += 1
    try:
        plain = unpacked(data, "dump.txt.gz", 1 << 20)
        source = decode(plain, "dump.txt")
    except InputError:
        counts["refused"] += 1
        return
    raw = source.document.raw_text().encode(source.encoding)
    assert raw == plain or source.encoding in ("utf-16", "utf-32"), "the input is not kept"
    assert source.document.raw_text() == plain.decode(source.encoding), "the input is not kept"


def check(data: bytes, slowest: float = SLOWEST) -> None:
    """Raise `AssertionError` for whatever a dump of these bytes breaks."""
    from ocr_clean import api, ledger
    from ocr_clean.config import Config
    from ocr_clean.errors import InputError
    from ocr_clean.reading import decode
    from ocr_clean.verify import verify

    counts["runs"] += 1
    try:
        source = decode(data, "dump.txt")
    except InputError:
        counts["refused"] += 1
        return
    limit = slowest * max(1.0, len(data) / 10_000)
    seconds = limit
    for _ in range(3):  # a busy machine is not the dump's fault
        began = time.process_time()
        cleaned = api.clean_source(source, Config())
        seconds = time.process_time() - began
        if seconds < limit:
            break
    assert seconds < limit, f"{seconds:.1f} s for {len(data)} bytes"
    counts["slowest, ms"] = max(counts["slowest, ms"], int(1000 * seconds))
    counts["changes"] += len(cleaned.changes)
    assert cleaned.document.raw_text() == source.document.raw_text(), "the input is not kept"
    assert cleaned.notices == (), cleaned.notices
    book = ledger.parse(cleaned.ledger.to_jsonl())
    assert verify(source, book, cleaned.markdown).problems == (), "the ledger does not lead to the output"
    assert api.clean(cleaned.markdown).markdown == cleaned.markdown, "twice is not once"
    if counts["runs"] % AGAIN == 0:
        again = api.clean_source(source, Config())
        assert (again.markdown, again.ledger.to_jsonl()) == (cleaned.markdown, cleaned.ledger.to_jsonl()), (
            "not the same"
        )


def by_chance(runs: int, seed: int, first: int) -> int:
    """Clean *runs* small dumps from number *first* on; give how many break a promise."""
    from ocr_clean.batch.work import Settings, warm_up

    warm_up(Settings(""))
    sys.path.insert(0, str(ROOT / "tests"))
    import test_properties as made

    samples = [path.read_text(encoding="utf-8").split("\n") for path in sorted(ROOT.glob("samples/*/dump.txt"))]
    words = [*3 * made.WORDS, *made.MISREAD, *made.SPECKS, *made.MARKS, *made.QUOTED, *made.ODD]
    bad = 0
    for number in range(first, first + runs):
        chance = random.Random(f"{seed} {number}")
        text = _made(chance, words, made.WHOLE_LINES) if number % 2 else _torn(chance, samples, words)
        try:
            check(text.encode("utf-8", "surrogatepass"))
        except Exception as error:
            bad += 1
            print(f"number {number} of seed {seed}: {type(error).__name__}: {error}\n  {text!r}", flush=True)
        tell(runs)
    return bad


def _made(chance: random.Random, words: list[str], lines: list[str]) -> str:
    """Some lines of *words*, and some of *lines*; now and then with line ends of another system."""
    made = [
        chance.choice(lines) if chance.random() < 0.3 else " ".join(chance.choices(words, k=chance.randint(1, 9)))
        for _ in range(chance.choice((1, 2, 3, 4, 6, 9, 14)))
    ]
    return chance.choice(("\n", "\n", "\n", "\r\n")).join(made)


def _torn(chance: random.Random, samples: list[list[str]], strewn: list[str]) -> str:
    """Some lines of a sample, damaged in one to four places."""
    sample = chance.choice(samples)
    start = chance.randrange(len(sample))
    text = "\n".join(sample[start : start + chance.choice((1, 2, 3, 5, 8))])
    for _ in range(chance.randint(1, 4)):
        at, end = sorted(chance.choices(range(len(text) + 1), k=2))
        end = min(end, at + 30)
        piece = text[at:end]
        new = chance.choice(
            ("", piece * 2, piece[::-1], chance.choice(strewn), f"{piece}\n", chr(chance.randrange(0x2100)))
        )
        text = text[:at] + new + text[end:]
    return text


def by_hypothesis(runs: int, seed: int) -> None:
    """Draw *runs* dumps."""
    import hypothesis

    from ocr_clean.batch.work import Settings, warm_up

    warm_up(Settings(""))  # loading the word lists is not the first dump's fault
    sys.path.insert(0, str(ROOT / "tests"))
    import test_properties

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=runs, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(test_properties.dump)
    def draw(text: str) -> None:
        check(text.encode("utf-8", "surrogatepass"))
        tell(runs)

    draw()


def by_atheris(runs: int, seed: int, corpus: Path, readers: bool) -> None:
    """Mutate the samples' dumps *runs* times, for the *readers* alone or for the whole chain."""
    import atheris

    corpus.mkdir(parents=True, exist_ok=True)
    for path in ROOT.glob("samples/*/dump.txt"):
        lines = path.read_bytes().split(b"\n")
        for start in range(0, len(lines), 30):
            part = b"\n".join(lines[start : start + 30])
            (corpus / f"{path.parent.name}-{start}").write_bytes(part)
            if readers:
                (corpus / f"{path.parent.name}-{start}.gz").write_bytes(gzip.compress(part))
                (corpus / f"{path.parent.name}-{start}.utf16").write_bytes(part.decode().encode("utf-16"))

    def one(data: bytes) -> None:
        read(data) if readers else check(data, INSTRUMENTED * SLOWEST)
        tell(runs)

    with atheris.instrument_imports(include=["ocr_clean"]):
        from ocr_clean.batch.work import Settings, warm_up
    warm_up(Settings(""))
    options = [f"-runs={runs}", f"-seed={seed}", f"-max_len={LARGEST}", "-timeout=120", "-len_control=0"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


def hostile_texts(size: int, chance: random.Random) -> dict[str, str]:
    """Texts that make a careless pattern or search slow, each about *size* characters long."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=9)) for _ in range(size // 10)]
    signs = [*map(chr, range(32, 127)), "\n", "¬", "\N{SOFT HYPHEN}", "—", "“"]
    repeated = {
        "one word": "a", "one line of words": "word ", "hyphen ends": "ab-\n", "hyphens": "-", "specks": "^ ",
        "dots": ". ", "leaders": "Chapter" + " ." * 20 + " 12\n", "quotes": '"', "open quotes": "“ ", "digits": "1 ",
        "lines of a digit": "1\n", "Roman numerals": "xiv\n", "blank lines": "\n", "form feeds": "\f",
        "pages of a letter": "\fa\n", "stars": "*", "brackets": "[", "note references": "[^1] ",
        "notes": "1. See above, p. 7.\n", "apostrophes": "'", "wide lines": "a" + " " * 60 + "b\n", "rn": "rn",
        "misread words": "tlie ofthe Trotskv ", "index": "Trotsky, Leon, 12, 14-16\n", "rules": "---\n",
        "commas": ",", "token of hyphens": "ab1-", "carriage returns": "\r", "lines of dirt": "~\n",
        "combining accents": "\N{COMBINING ACUTE ACCENT}", "ligatures": "ﬁ", "slashes": "12/", "raised": "^a",
        "formulas": "$", "entities": "&", "tags": "<", "pages from 1 again": "\f1\n\f2\n\f3\n\f4\n",
        "chains of hyphens": "foo ab-\nab-\nab-\nab- ab- ab-\n", "measures": "1 a2 b3 ",
    }  # fmt: skip
    texts = {name: unit * (size // len(unit)) for name, unit in repeated.items()}
    texts["running heads"] = "".join(f"THE GENERAL STRIKE {page}\nsome text of it\n\n" for page in range(size // 40))
    texts["damaged word"] = "a" * size + "^"
    texts["one line of prose"] = "the govemment of tlie county in 1823 was ab- le to do it. " * (size // 60)
    texts["any signs"] = "".join(chance.choices(signs, k=size))
    texts["unknown words"] = " ".join(words)
    texts["lines of unknown words"] = "\n".join(" ".join(words[at : at + 6]) for at in range(0, len(words), 6))
    return texts


def by_hostility(size: int, seed: int) -> int:
    """Clean the hostile texts; give how many are too slow or fail."""
    from ocr_clean import api
    from ocr_clean.batch.work import Settings, warm_up
    from ocr_clean.config import Config
    from ocr_clean.reading import decode

    warm_up(Settings(""))
    bad = 0
    for name, text in hostile_texts(size, random.Random(seed)).items():
        times: list[tuple[str, float]] = []
        error = ""
        try:
            source = decode(text.encode(), name)
            api.clean_source(source, Config(), watch=lambda stage: times.append((stage, time.process_time())))  # noqa: B023
        except Exception as raised:
            error = f"{type(raised).__name__}: {raised}"
        if not times:
            print(f"{name:24} refused: {error}")
            continue
        times.append(("", time.process_time()))
        seconds = times[-1][1] - times[0][1]
        spent = {stage: after - began for (stage, began), (_, after) in itertools.pairwise(times)}
        slowest = max(spent, key=spent.__getitem__)
        wrong = bool(error) or seconds > SLOWEST * max(1.0, len(text) / 10_000)
        bad += wrong
        note = f"{error or 'TOO SLOW'}" if wrong else ""
        print(f"{name:24} {seconds:7.2f} s, {spent[slowest]:7.2f} s of it {slowest:16} {note}", flush=True)
    return bad


def tell(runs: int) -> None:
    """Say now and then how far it is."""
    if counts["runs"] % max(1, runs // 20) == 0:
        print(dict(counts), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=["chance", "hypothesis", "atheris", "hostile"])
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--corpus", type=Path, default=Path("fuzz-corpus"))
    parser.add_argument("--size", type=int, default=50_000)
    parser.add_argument("--readers", action="store_true")
    arguments = parser.parse_args()
    if arguments.engine == "hostile":
        sys.exit(1 if by_hostility(arguments.size, arguments.seed) else 0)
    if arguments.engine == "chance":
        bad = by_chance(arguments.runs, arguments.seed, arguments.first)
        print(f"{dict(counts)}, failed: {bad}")
        sys.exit(1 if bad else 0)
    if arguments.engine == "hypothesis":
        by_hypothesis(arguments.runs, arguments.seed)
    else:
        by_atheris(arguments.runs, arguments.seed, arguments.corpus, arguments.readers)
    print(dict(counts))


if __name__ == "__main__":
    main()

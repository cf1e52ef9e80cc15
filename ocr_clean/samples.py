"""A folder of samples: dumps with proofread truth, and what was accepted as the right output of each.

| file | what it is |
|---|---|
| `NAME/dump.txt`, `NAME/dump-VARIANT.txt` | OCR of the sample NAME; a variant: of another engine |
| `NAME/truth.md` | the same text proofread |
| `NAME/accepted.md`, `NAME/accepted.jsonl` | Markdown and ledger that were accepted; `accepted-VARIANT` of a variant |
| `baseline.json` | the error rates of what was accepted |
| `ocr-clean.toml` | the configuration for all samples, if any |

`ocr-clean check FOLDER --update` writes what is accepted. A folder that has neither dump nor truth is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import regex

from ocr_clean.errors import InputError
from ocr_clean.reading import read_source
from ocr_clean.score import Rate

BASELINE = "baseline.json"
CONFIG = "ocr-clean.toml"
TRUTH = "truth.md"
FORMAT = 1
"""Version of the baseline's format."""
DUMP_RE = regex.compile(r"dump(?P<variant>-[\w.-]+)?\.txt")
_ACCEPT = "look at the output, then accept it with --update"


@dataclass(frozen=True, slots=True)
class Sample:
    """One dump with its truth and what was accepted."""

    name: str
    """``footnotes``; of a variant ``footnotes/abbyy``."""
    dump: Path
    truth: Path
    markdown: Path
    """The accepted Markdown."""
    ledger: Path
    """The accepted ledger."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The error rates of a cleaned sample: the lower, the better (see `ocr_clean.score`)."""

    cer: Rate
    wer: Rate
    structure: Rate
    harm: Rate

    def rate(self, name: str) -> Rate:
        """The rate called *name*."""
        rate: Rate = getattr(self, name)
        return rate


RATES = tuple(each.name for each in fields(Figures))


def find(folder: str) -> list[Sample]:
    """The samples in *folder*, by name.

    Raises `InputError` for a folder that cannot be read or has no sample, and for a dump without truth or the reverse.
    """
    try:
        found = [sample for path in sorted(Path(folder).iterdir()) if path.is_dir() for sample in _in(path)]
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", folder, "name a folder of samples") from None
    if not found:
        raise InputError("holds no sample", folder, "a sample is a folder in it with dump.txt and truth.md")
    return sorted(found, key=lambda sample: sample.name)


def _in(path: Path) -> Iterator[Sample]:
    truth = path / TRUTH
    dumps = sorted((match["variant"] or "", each) for each in path.iterdir() if (match := DUMP_RE.fullmatch(each.name)))
    if dumps and not truth.exists():
        raise InputError(f"has no {TRUTH}", str(path), "proofread a copy of the dump")
    if truth.exists() and not dumps:
        raise InputError("has no dump.txt", str(path), "put the OCR text there")
    for variant, dump in dumps:
        accepted = path / f"accepted{variant}"
        yield Sample(
            path.name + variant.replace("-", "/", 1), dump, truth, Path(f"{accepted}.md"), Path(f"{accepted}.jsonl")
        )


def read_baseline(folder: str, samples: list[Sample]) -> dict[str, Figures]:
    """The accepted figures of each sample by name, also of samples that are gone.

    Raises `InputError` for a baseline that is missing or malformed, and for one of *samples* that was never accepted.
    """
    path = Path(folder) / BASELINE
    if not path.exists():
        raise InputError(f"has no {BASELINE}: nothing was accepted yet", folder, _ACCEPT)
    found = _parsed(read_source(str(path), "utf-8").document.raw_text(), str(path))
    for sample in samples:
        missing = next((file.name for file in (sample.markdown, sample.ledger) if not file.exists()), "")
        if missing:
            raise InputError(f"has no {missing}", str(sample.dump.parent), _ACCEPT)
        if sample.name not in found:
            raise InputError(f"has no figures for the sample {sample.name}", str(path), _ACCEPT)
    return found


def _parsed(text: str, name: str) -> dict[str, Figures]:
    again = "accept the output again with --update"
    try:
        table = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON ({error.msg})", f"{name}:{error.lineno}", again) from None
    except RecursionError:
        raise InputError("not a baseline", name, again) from None
    if not isinstance(table, dict) or not isinstance(table.get("samples"), dict):
        raise InputError("not a baseline: it has no table 'samples'", name, again)
    if table.get("ocr_clean_baseline") != FORMAT:
        raise InputError(f"baseline format {table.get('ocr_clean_baseline')} is not {FORMAT}", name, again)
    return {sample: _figures(row, sample, name) for sample, row in table["samples"].items()}


def _figures(row: Any, sample: str, name: str) -> Figures:
    try:
        rates = {rate: Rate(*map(_count, row[rate])) for rate in RATES}
    except (KeyError, TypeError, ValueError):
        problem = f"sample {sample!r} has not two counts for each of {', '.join(RATES)}"
        raise InputError(problem, name, "accept the output again with --update") from None
    return Figures(**rates)


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(value)
    return value


def format_baseline(figures: Mapping[str, Figures]) -> str:
    """The text of the baseline: one sample a line, so that version control shows which has changed.

    >>> rate = Rate(1, 9)
    >>> print(format_baseline({"verse": Figures(rate, rate, rate, rate)}), end="")
    {"ocr_clean_baseline": 1, "samples": {
    "verse": {"cer": [1, 9], "wer": [1, 9], "structure": [1, 9], "harm": [1, 9]}
    }}
    """
    rows = [f"{json.dumps(name)}: {json.dumps(_row(each))}" for name, each in sorted(figures.items())]
    return f'{{"ocr_clean_baseline": {FORMAT}, "samples": {{\n' + ",\n".join(rows) + "\n}}\n"


def _row(figures: Figures) -> dict[str, tuple[int, int]]:
    return {name: astuple(figures.rate(name)) for name in RATES}

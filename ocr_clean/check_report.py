"""The results of a check in four forms: a table for a person, annotations for GitHub, JUnit's XML, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any
from xml.etree import ElementTree

from ocr_clean import diff
from ocr_clean.check import Result, Run, stages, total
from ocr_clean.diff import Difference, Setting, Words
from ocr_clean.diff_report import place, replaced, shown, times
from ocr_clean.samples import RATES
from ocr_clean.score import Rate

EXAMPLES = 5
"""Kinds of changes, and stretches of words, shown of a sample."""
_SIDES = {"only in A": "only accepted", "only in B": "new", "different": "different"}


@dataclass(frozen=True, slots=True)
class Report:
    """What is to be told."""

    folder: str
    results: Sequence[Result]
    gone: Sequence[str]
    """Samples that were accepted and are not there any more."""
    tolerance: float | None
    everything: bool = False
    """Whether each difference is shown, not only some."""

    @property
    def failing(self) -> list[Result]:
        """Those that are not let through."""
        return [each for each in self.results if each.fails(self.tolerance)]

    @property
    def failed(self) -> bool:
        """Whether anything is not let through."""
        return bool(self.failing or self.gone)

    def summary(self) -> str:
        """One line: how many samples differ, and what stages are named."""
        if not self.failed:
            return f"{counted(self.results)} as accepted"
        named = f"; {_stages(self.failing)}" if self.failing else ""
        gone = f"; gone: {', '.join(self.gone)}" if self.gone else ""
        return f"{len(self.failing):,} of {counted(self.results)} not as accepted{named}{gone}"


def counted(samples: Sequence[object]) -> str:
    """How many."""
    return "1 sample" if len(samples) == 1 else f"{len(samples):,} samples"


def _stages(results: Iterable[Result]) -> str:
    names = stages(results)
    return f"stages that differ: {', '.join(names)}" if names else "no stage differs: only how it is written or scored"


def table(runs: Sequence[Run]) -> list[str]:
    """The figures of *runs* alone."""
    return _table([(run.sample.name, _cells([run])) for run in runs] + [("all", _cells(runs))])


def _table(rows: Sequence[tuple[str, str]]) -> list[str]:
    width = max(len(name) for name in ("errors, %", *(name for name, _ in rows)))
    return [
        f"{'errors, %':{width}} {'CER':>15} {'WER':>23} {'structure':>19} {'harm':>12} {'seconds':>10}",
        f"{'':{width}} {'dump':>8}{'now':>7}{'':7} {'dump':>8}{'now':>7}{'':7} {'now':>7}{'':7} {'now':>7}",
        *(f"{name:{width}} {cells}" for name, cells in rows),
    ]


def _cells(runs: Sequence[Run], results: Sequence[Result] = ()) -> str:
    """The figures of *runs* together; beside each by how much it has changed since *results* were accepted."""
    cells = []
    for column, rate in enumerate(RATES):
        if column < 2:
            cells.append(_percent(total(run.dump[column] for run in runs), 8))
        now = total(run.figures.rate(rate) for run in runs)
        was = total(each.accepted.rate(rate) for each in results) if results else now
        rise = 100 * (now.share - was.share)
        cells.append(_percent(now, 7) + (f"{rise:+7.2f}" if now != was else " " * 7))
    return " ".join([*cells, f"{sum(run.seconds for run in runs):6.2f}"])


def _percent(rate: Rate, width: int) -> str:
    return f"{100 * rate.share:{width}.2f}" if rate.total else f"{'-':>{width}}"


def text(report: Report) -> str:
    """The table, then what differs, sample by sample."""
    rows = [(each.run.sample.name, f"{_cells([each.run], [each])} {_verdict(each)}") for each in report.results]
    lines = _table([*rows, ("all", _cells([each.run for each in report.results], report.results))])
    if report.failed:
        lines += ["", *_settings(report.failing)]
        lines += [f"{name}: gone; it was accepted, and is no more in {report.folder}" for name in report.gone]
    for each in report.failing:
        lines += [f"{each.run.sample.name}: {_headline(each)}", *(f"    {line}" for line in _details(each, report))]
    return _joined(lines)


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _verdict(result: Result) -> str:
    return " ".join([result.verdict, ", ".join(result.stages)]).rstrip()


def _headline(result: Result) -> str:
    worse = ", ".join(f"{name.upper() if len(name) == 3 else name} {rise:+.2f}" for name, rise in result.worse.items())
    return f"{result.verdict}{f' ({worse})' if worse else ''}; {_stages([result])}"


def _settings(results: Iterable[Result]) -> Iterator[str]:
    """Each setting that is another, once."""
    found = {(each.name, shown(each.a), shown(each.b)): None for result in results for each in result.settings}
    yield from (_setting(name, a, b) for name, a, b in found)


def _setting(name: str, accepted: str, now: str) -> str:
    return f"{name.removeprefix('stages.')}: {accepted} when accepted, {now} now"


def _details(result: Result, report: Report) -> Iterator[str]:
    markdown = result.run.sample.markdown
    changes = [_change(group) for group in diff.groups(result.changes)]
    words = [f"{markdown}:{each.line_a}: {replaced(each)}" for each in result.words]
    for lines, what in ((changes, "kinds of changes"), (words, "places")):
        some = lines if report.everything else lines[:EXAMPLES]
        yield from some
        if len(some) < len(lines):
            yield f"… and {len(lines) - len(some):,} more {what}; -v shows them"
    if not result.same_text and not words:
        yield f"{markdown}: differs in spaces only"


def _change(group: Sequence[Difference]) -> str:
    first = group[0]
    kind = f"{first.stage}/{first.rule}  {first.pattern}"
    return f"{kind}  {_SIDES[first.side]}, {times(group)}: {place(first)}"


def github(report: Report) -> str:
    """One error a sample that fails, in the form of GitHub's workflow commands; then the table."""
    lines = [_annotation(f"{report.folder}: {name}", "gone; it was accepted") for name in report.gone]
    for each in report.failing:
        place = {"file": str(each.run.sample.markdown), "line": str(each.words[0].line_a if each.words else 1)}
        message = "\n".join([_headline(each), *_settings([each]), *_details(each, report)])
        lines.append(_annotation(f"ocr-clean check: {each.run.sample.name}", message, place))
    return _joined(lines) + text(report)


def _annotation(title: str, message: str, place: dict[str, str] | None = None) -> str:
    properties = {**(place or {}), "title": title}
    listed = ",".join(
        f"{name}={_escaped(value).replace(':', '%3A').replace(',', '%2C')}" for name, value in properties.items()
    )
    return f"::error {listed}::{_escaped(message)}"


def _escaped(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def junit(report: Report) -> str:
    """A test suite in JUnit's XML, one test case a sample."""
    cases = len(report.results) + len(report.gone)
    failures = len(report.failing) + len(report.gone)
    suite = ElementTree.Element("testsuite", name="ocr-clean check", tests=str(cases), failures=str(failures))
    for each in report.results:
        run = each.run
        case = _case(suite, report, run.sample.name, f"{run.seconds:.3f}")
        if each.fails(report.tolerance):
            failure = ElementTree.SubElement(case, "failure", message=_printable(_headline(each)))
            failure.text = _printable("\n".join([*_settings([each]), *_details(each, report)]))
    for name in report.gone:
        ElementTree.SubElement(_case(suite, report, name, "0"), "failure", message="gone; it was accepted")
    ElementTree.indent(suite)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(suite, encoding="unicode")}\n'


def _case(suite: ElementTree.Element, report: Report, name: str, seconds: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=report.folder, name=name, time=seconds)


def _printable(value: str) -> str:
    """XML has no way to write control characters."""
    return "".join(each if each.isprintable() or each == "\n" else "\N{REPLACEMENT CHARACTER}" for each in value)


def as_json(report: Report) -> str:
    """Everything, for a program."""
    table = {
        "passed": not report.failed,
        "tolerance": report.tolerance,
        "stages": stages(report.failing),
        "gone": list(report.gone),
        "samples": [_object(each, report.tolerance) for each in report.results],
    }
    return json.dumps(table, ensure_ascii=False, indent=2) + "\n"


def _object(result: Result, tolerance: float | None) -> dict[str, Any]:
    run = result.run
    return {
        "name": run.sample.name,
        "passed": not result.fails(tolerance),
        "verdict": result.verdict,
        "seconds": round(run.seconds, 3),
        "dump": {"cer": astuple(run.dump[0]), "wer": astuple(run.dump[1])},
        "now": {name: astuple(run.figures.rate(name)) for name in RATES},
        "accepted": {name: astuple(result.accepted.rate(name)) for name in RATES},
        "stages": result.stages,
        "settings": [_fields(each) for each in result.settings],
        "changes": [
            {
                "stage": group[0].stage,
                "rule": group[0].rule,
                "side": _SIDES[group[0].side],
                "pattern": group[0].pattern,
                "count": len(group),
                "lines": [each.entries[0].step.change.line for each in group],
            }
            for group in diff.groups(result.changes)
        ],
        "words": [_fields(each) for each in result.words],
    }


def _fields(each: Setting | Words) -> dict[str, Any]:
    if isinstance(each, Setting):
        return {"name": each.name, "accepted": each.a, "now": each.b}
    return {"line": each.line_a, "accepted": each.before, "now": each.after}


FORMS: dict[str, Callable[[Report], str]] = {"text": text, "github": github, "junit": junit, "json": as_json}
"""What ``--format`` knows."""

"""What changed between two results of one dump, A and B: two ledgers, or two Markdown files (`ocr-clean diff`).

| of ledgers | found as |
|---|---|
| a change that one ledger has and the other has not | only in A, only in B |
| the same place or text in both, changed in another way, by another rule, or only suggested in one | different |
| another version, stage, option or word list in the header | a setting |

Changes are the same if their ids are: then they do the same to the same text of the same line. How sure a change is,
and why it was made, is not compared. What a dump looks like against its cleaned text is in `dump_diff.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

from rapidfuzz.distance import Levenshtein

from ocr_clean.changes import Edit
from ocr_clean.errors import LedgerError
from ocr_clean.explain import pattern, status
from ocr_clean.ledger import Entry, Ledger
from ocr_clean.markdown import VERSION_RE
from ocr_clean.stages import STAGES

LINE_END = "\n"
"""A line end among the words of a Markdown file: where a paragraph ends is a difference too."""
_SCORE_HINT = 64
"""Where rapidfuzz begins to look for the distance: two results of one dump differ in few words."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A change that the two ledgers do not share."""

    stage: str
    a: Entry | None
    """None if only B has the change."""
    b: Entry | None
    """None if only A has it."""

    @property
    def side(self) -> str:
        """``only in A``, ``only in B``, ``different``."""
        if self.b is None:
            return "only in A"
        return "only in B" if self.a is None else "different"

    @property
    def rule(self) -> str:
        """Of both, if they differ."""
        return " | ".join(dict.fromkeys(each.step.change.rule for each in self.entries))

    @property
    def pattern(self) -> str:
        """What is done, as `ocr_clean.explain` says it; of both, if they differ."""
        return " | ".join(dict.fromkeys(_pattern(each) for each in self.entries))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The one, or both."""
        return tuple(each for each in (self.a, self.b) if each)


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of the header in which the two runs differ."""

    name: str
    """As in a configuration file, ``stages.verse.enabled``, ``stages.verse.fewest``; ``wordlists.english.txt``."""
    a: Any
    """None if A has no such field."""
    b: Any


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one Markdown file in the place of words of another."""

    before: str
    after: str
    line_a: int
    line_b: int
    """Where they stand, from 1; where there are none, where they would stand."""


def differences(a: Ledger, b: Ledger) -> list[Difference]:
    """The changes that *a* and *b* do not share, in the order of the stages and lines.

    Raises `LedgerError` for ledgers of different dumps.
    """
    if a.header["sha256"] != b.header["sha256"]:
        raise LedgerError("the ledgers are of different dumps", hint="compare two runs on the same file")
    ours, theirs = ({entry.id: entry for entry in ledger.entries} for ledger in (a, b))
    found = [
        Difference(entry.step.stage, entry, theirs[entry.id])
        for entry in a.entries
        if entry.id in theirs and _result(entry) != _result(theirs[entry.id])
    ]
    found += _paired(
        [entry for entry in a.entries if entry.id not in theirs],
        [entry for entry in b.entries if entry.id not in ours],
    )
    return sorted(found, key=lambda each: (stage_order(each.stage), each.entries[0].step.change.line))


def _result(entry: Entry) -> tuple[str, str]:
    return entry.step.change.rule, status(entry)


def _paired(ours: Iterable[Entry], theirs: Iterable[Entry]) -> Iterator[Difference]:
    """Those that change the same text of the same line in the same stage make one difference."""
    waiting: defaultdict[Hashable, list[Entry]] = defaultdict(list)
    for entry in theirs:
        waiting[_place(entry)].append(entry)
    for entry in ours:
        partners = waiting[_place(entry)]
        yield Difference(entry.step.stage, entry, partners.pop(0) if partners else None)
    for entry in chain.from_iterable(waiting.values()):
        yield Difference(entry.step.stage, None, entry)


def _place(entry: Entry) -> Hashable:
    change = entry.step.change
    before = change.before if isinstance(change, Edit) else None
    return entry.step.stage, type(change), change.line, before


def _pattern(entry: Entry) -> str:
    return ", ".join(filter(None, (pattern(entry), status(entry))))


def stage_order(stage: str) -> tuple[int, str]:
    """For sorting: the place of *stage* in the chain; what is no stage of ours comes last."""
    names = list(STAGES)
    return (names.index(stage) if stage in names else len(names), stage)


def groups(found: Iterable[Difference]) -> list[list[Difference]]:
    """Differences of the same stage, rule, side and pattern together: in the order of the chain, the largest first."""
    alike: defaultdict[tuple[str, str, str, str], list[Difference]] = defaultdict(list)
    for each in found:
        alike[each.stage, each.rule, each.side, each.pattern].append(each)
    keys = sorted(alike, key=lambda key: (stage_order(key[0]), -len(alike[key]), key))
    return [alike[key] for key in keys]


def settings(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Setting]:
    """In what the headers *a* and *b* say that the runs differed; files, sizes and hashes of the dump aside.

    >>> settings({"stages": {"words": {"fixed": 1}}}, {"stages": {"words": {"fixed": 2}, "verse": {}}})
    [Setting(name='stages.verse.enabled', a=False, b=True), Setting(name='stages.words.fixed', a=1, b=2)]
    """
    stages = sorted(_table(a, "stages").keys() | _table(b, "stages").keys(), key=stage_order)
    both = [stage for stage in stages if all(stage in _table(header, "stages") for header in (a, b))]
    ours, theirs = (dict(_fields(header, stages, both)) for header in (a, b))
    return [
        Setting(name, ours.get(name), theirs.get(name))
        for name in dict.fromkeys((*ours, *theirs))
        if ours.get(name) != theirs.get(name)
    ]


def _fields(header: Mapping[str, Any], stages: Iterable[str], both: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Dotted names and values; whether each of *stages* ran, and the options of those that ran in *both*."""
    yield from ((name, header[name]) for name in ("version", "preset") if name in header)
    table = _table(header, "stages")
    yield from ((f"stages.{stage}.enabled", stage in table) for stage in stages)
    for stage in both:
        yield from ((f"stages.{stage}.{name}", value) for name, value in _table(table, stage).items())
    for group in ("markdown", "wordlists"):
        yield from ((f"{group}.{name}", value) for name, value in _table(header, group).items())


def _table(header: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = header.get(name, {})
    return table if isinstance(table, dict) else {}


def words(a: str, b: str) -> list[Words]:
    """Where the words of the Markdown *a* and *b* differ; spaces, and the version of ocr-clean at the top, aside.

    >>> words("one two\\n\\nthree\\n", "one too\\n\\nthree four\\n")
    [Words(before='two', after='too', line_a=1, line_b=1), Words(before='', after='four', line_a=3, line_b=3)]
    """
    ours, theirs = list(_tokens(a)), list(_tokens(b))
    ops = Levenshtein.opcodes([word for word, _ in ours], [word for word, _ in theirs], score_hint=_SCORE_HINT)
    found = []
    for equal, stretch in groupby(ops, key=lambda op: op.tag == "equal"):
        if equal:
            continue
        first, *others = stretch
        last = others[-1] if others else first
        before, after = ours[first.src_start : last.src_end], theirs[first.dest_start : last.dest_end]
        lines = _line(ours, first.src_start), _line(theirs, first.dest_start)
        found.append(Words(_text(before), _text(after), *lines))
    return found


def unversioned(markdown: str) -> str:
    """*markdown* without the number of the version that wrote it: a new release alone makes no difference."""
    return VERSION_RE.sub(r"\1", markdown)


def _tokens(markdown: str) -> Iterator[tuple[str, int]]:
    """Words and line ends, each with its line."""
    for number, line in enumerate(unversioned(markdown).rstrip().split("\n"), start=1):
        yield from ((word, number) for word in line.split())
        yield LINE_END, number


def _line(tokens: Sequence[tuple[str, int]], index: int) -> int:
    return tokens[min(index, len(tokens) - 1)][1]


def _text(tokens: Iterable[tuple[str, int]]) -> str:
    return " ".join(word for word, _ in tokens)


def groups_of_words(found: Iterable[Words]) -> list[list[Words]]:
    """The same words replaced by the same together, the most frequent first."""
    alike: defaultdict[tuple[str, str], list[Words]] = defaultdict(list)
    for each in found:
        alike[each.before, each.after].append(each)
    return sorted(alike.values(), key=lambda group: (-len(group), group[0].line_a))

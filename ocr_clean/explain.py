"""The changes of a ledger, like ones together: what a person looks through instead of ten thousand rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import mean

import regex
from rapidfuzz.distance import Postfix, Prefix

from ocr_clean.changes import Edit, Mark
from ocr_clean.ledger import Entry

LETTERS_RE = regex.compile(r"[^\W\d_]+")
DIGITS_RE = regex.compile(r"\d+")
SHORT = 3
"""What is replaced is shown as it is up to this length; beyond, it stands for others like it."""


@dataclass(slots=True)
class Kind:
    """Changes of one stage and rule that do the like."""

    stage: str
    rule: str
    pattern: str
    """``li → h``, the role of a line, or the verdict on a page."""
    status: str
    """See `status`."""
    entries: list[Entry] = field(default_factory=list)

    @property
    def confidence(self) -> float:
        """Of the changes in the mean."""
        return mean(entry.step.change.confidence for entry in self.entries)


def kinds(entries: Iterable[Entry]) -> list[Kind]:
    """Group *entries*: stages and rules in the order of the run, in each the most frequent first."""
    found: dict[tuple[str, str, str, str], Kind] = {}
    order: dict[tuple[str, str], int] = {}
    for entry in entries:
        stage, rule = entry.step.stage, entry.step.change.rule
        order.setdefault((stage, rule), len(order))
        key = (stage, rule, pattern(entry), status(entry))
        found.setdefault(key, Kind(*key)).entries.append(entry)
    return sorted(
        found.values(), key=lambda kind: (order[kind.stage, kind.rule], -len(kind.entries), kind.pattern, kind.status)
    )


def matching(entries: Iterable[Entry], page: str = "", word: str = "") -> list[Entry]:
    """Those of *entries* that are on the printed page *page* and concern *word*; "" for any."""
    wanted = word.casefold()
    return [entry for entry in entries if page in ("", entry.page) and wanted in _text(entry).casefold()]


def _text(entry: Entry) -> str:
    change = entry.step.change
    return f"{change.before}\n{change.after}" if isinstance(change, Edit) else change.why


def pattern(entry: Entry) -> str:
    """What a change does, without the word that it does it in.

    >>> from ocr_clean.pipeline import Step
    >>> pattern(Entry("1", Step("spelling", Edit(1, 0, "tlie", "the", "known-word")), "7"))
    'li → h'
    """
    change = entry.step.change
    if isinstance(change, Edit):
        before, after = _core(change.before, change.after)
        return f"{_short(before) or 'nothing'} → {_short(after) or 'nothing'}"
    if isinstance(change, Mark):
        return f"line is {change.role.value}{', opens a block' if change.opens else ''}"
    return f"page begins, number {change.verdict}"


def _core(before: str, after: str) -> tuple[str, str]:
    """The parts in which the two differ."""
    start = Prefix.similarity(before, after)
    before, after = before[start:], after[start:]
    end = Postfix.similarity(before, after)
    return before[: len(before) - end], after[: len(after) - end]


def _short(text: str) -> str:
    if len(text) > SHORT:
        text = DIGITS_RE.sub("9", LETTERS_RE.sub("…", text))
        text = f"{text[:12]}…" if len(text) > 12 else text
    return visible(text.replace(" ", "␣"))


def visible(text: str) -> str:
    """*text* with a code for each character that a terminal does not show: ``<U+000C>``."""
    return "".join(each if each.isprintable() else f"<U+{ord(each):04X}>" for each in text)


def status(entry: Entry) -> str:
    """ "" for what was made, ``suggested``, ``refused``."""
    change = entry.step.change
    if entry.refused:
        return "refused"
    return "suggested" if isinstance(change, Edit) and change.suggested else ""


def summary(entry: Entry) -> str:
    """One entry in a line: what it does, why, and its id.

    >>> from ocr_clean.pipeline import Step
    >>> summary(Entry("3fa9", Step("spelling", Edit(1, 0, "tlie", "the", "known-word", "in the dictionary")), "7"))
    'tlie → the  (in the dictionary)  [3fa9]'
    """
    change = entry.step.change
    if not isinstance(change, Edit):
        return f"{change.why}  [{entry.id}]"
    why = f"  ({change.why})" if change.why else ""
    return f"{visible(change.before) or 'nothing'} → {visible(change.after) or 'nothing'}{why}  [{entry.id}]"

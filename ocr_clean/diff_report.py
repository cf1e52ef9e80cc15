"""What `ocr_clean.diff` found, as text for a person and as JSON for a program."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ocr_clean import diff
from ocr_clean.diff import Difference, Setting, Words
from ocr_clean.explain import summary, visible

EXAMPLES = 5
"""Places shown of each kind of difference."""
LONGEST = 60
"""Characters shown of a stretch of words."""
SIDES = ("only in A", "only in B", "different")


def changes(settings: Iterable[Setting], found: Sequence[Difference]) -> str:
    """Settings, a table of the stages, and the differences of two ledgers, like ones together."""
    lines = [f"{each.name}: {shown(each.a)} in A, {shown(each.b)} in B" for each in settings]
    if found:
        lines.append(f"{'stage':16} {'  '.join(SIDES)}")
    counts = Counter((each.stage, each.side) for each in found)
    for stage in dict.fromkeys(each.stage for each in found):
        lines.append(f"{stage:16} " + "  ".join(f"{counts[stage, side]:{len(side)},}" for side in SIDES))
    for group in diff.groups(found):
        lines += ["", *_group(group)]
    return _joined(lines)


def _group(group: Sequence[Difference]) -> Iterator[str]:
    first = group[0]
    yield f"{first.stage}/{first.rule}  {first.pattern}  {first.side}, {times(group)}"
    yield from (f"    {place(each)}" for each in group[:EXAMPLES])
    if len(group) > EXAMPLES:
        yield f"    … and {len(group) - EXAMPLES:,} more"


def words(found: Sequence[Words]) -> str:
    """The differences of two Markdown files, like ones together."""
    return _joined(_words(group) for group in diff.groups_of_words(found))


def _words(group: Sequence[Words]) -> str:
    lines_a, lines_b = (", ".join(map(str, lines)) for lines in zip(*map(_lines, group[:EXAMPLES]), strict=True))
    more = f" and {len(group) - EXAMPLES:,} more" if len(group) > EXAMPLES else ""
    return f"{times(group)}: {replaced(group[0])}  (line {lines_a} of A, {lines_b} of B{more})"


def _lines(each: Words) -> tuple[int, int]:
    return each.line_a, each.line_b


def times(group: Sequence[object]) -> str:
    """How often."""
    return "once" if len(group) == 1 else f"{len(group):,} times"


def place(each: Difference) -> str:
    """Where a difference is, and what is done there."""
    entry = each.entries[0]
    done = " | ".join(dict.fromkeys(map(summary, each.entries)))
    return f"p. {entry.page}, line {entry.step.change.line}: {done}"


def replaced(each: Words) -> str:
    """``two → too``; a line end is shown as ``¶``."""
    return f"{_short(each.before)} → {_short(each.after)}"


def _short(text: str) -> str:
    text = visible(text.replace(diff.LINE_END, "¶"))
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
    return text or "nothing"


def shown(value: Any) -> str:
    """A value of the header: ``none`` where there is no such field, a hash by its beginning.

    >>> shown(None), shown(0.9), shown("0" * 64)
    ('none', '0.9', '"000000000000…"')
    """
    text = "none" if value is None else json.dumps(value, ensure_ascii=False)
    return f'{text[:13]}…"' if len(text) == 66 else text


def changes_as_json(settings: Iterable[Setting], found: Sequence[Difference]) -> str:
    """What `changes` says, with every place."""
    rows = [
        {
            "stage": group[0].stage,
            "rule": group[0].rule,
            "side": group[0].side,
            "pattern": group[0].pattern,
            "count": len(group),
            "places": [_place(each) for each in group],
        }
        for group in diff.groups(found)
    ]
    differing = {each.name: {"a": each.a, "b": each.b} for each in settings}
    return _json({"differences": len(found), "settings": differing, "changes": rows})


def _place(each: Difference) -> dict[str, Any]:
    entry = each.entries[0]
    ids = {side: one.id if one else None for side, one in (("a", each.a), ("b", each.b))}
    return {"page": entry.page, "line": entry.step.change.line, **ids}


def words_as_json(found: Sequence[Words]) -> str:
    """What `words` says, with every place and the words in full."""
    rows = [
        {
            "before": group[0].before,
            "after": group[0].after,
            "count": len(group),
            "places": [{"line_a": each.line_a, "line_b": each.line_b} for each in group],
        }
        for group in diff.groups_of_words(found)
    ]
    return _json({"differences": len(found), "words": rows})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)

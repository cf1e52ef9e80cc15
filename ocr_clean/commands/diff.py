"""`ocr-clean diff`: what changed between two results of one dump."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import click

from ocr_clean import diff, ledger, writing
from ocr_clean.diff import Difference, Setting, Words
from ocr_clean.errors import ExitCode, InputError
from ocr_clean.explain import summary, visible
from ocr_clean.reading import read_source
from ocr_clean.talk import Talk, talk_options

EXAMPLES = 5
"""Places shown of each kind of difference."""
LONGEST = 60
"""Characters shown of a stretch of words."""
SIDES = ("only in A", "only in B", "different")


@click.command("diff")
@click.argument("a")
@click.argument("b")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For whom.")
@talk_options
@click.pass_context
def command(context: click.Context, a: str, b: str, form: str) -> None:
    """Show what changed between A and B, two ledgers or two Markdown files of the same dump.

    Of ledgers, the changes that only one has, or that differ, are counted by stage and rule, like ones together; of
    Markdown, the words. Exit code 0 if there is no difference, 1 if there is one; another setting or version alone is
    shown and is none.
    """
    texts = tuple(read_source(path, "utf-8").document.raw_text() for path in (a, b))
    kinds = [ledger.is_ledger(text) for text in texts]
    if kinds[0] != kinds[1]:
        other = a if kinds[1] else b
        raise InputError("not a ledger, and the other file is one", other, "compare two of the same kind")
    compare = _ledgers if kinds[0] else _markdown
    count, lines = compare((a, b), texts, form == "json")
    writing.to_stdout("".join(f"{line}\n" for line in lines))
    context.ensure_object(Talk).say(f"{count:,} differences")
    if count:
        context.exit(ExitCode.WOULD_CHANGE)


def _ledgers(names: Sequence[str], texts: Sequence[str], as_json: bool) -> tuple[int, Iterable[str]]:
    ours, theirs = (ledger.parse(text, name) for name, text in zip(names, texts, strict=True))
    found = diff.differences(ours, theirs)
    settings = diff.settings(ours.header, theirs.header)
    lines = [_json_of_changes(settings, found)] if as_json else [*_settings(settings), *_changes(found)]
    return len(found), lines


def _markdown(names: Sequence[str], texts: Sequence[str], as_json: bool) -> tuple[int, Iterable[str]]:
    found = diff.words(*texts)
    return len(found), [_json_of_words(found)] if as_json else _words(found)


def _settings(settings: Iterable[Setting]) -> Iterator[str]:
    yield from (f"{each.name}: {shown(each.a)} in A, {shown(each.b)} in B" for each in settings)


def shown(value: Any) -> str:
    """A value of the header: ``none`` where there is no such field, a hash by its beginning."""
    text = "none" if value is None else json.dumps(value, ensure_ascii=False)
    return f'{text[:13]}…"' if len(text) == 66 else text


def _changes(found: Sequence[Difference]) -> Iterator[str]:
    counts = Counter((each.stage, each.side) for each in found)
    if found:
        yield f"{'stage':16} " + "  ".join(SIDES)
    for stage in dict.fromkeys(each.stage for each in found):
        yield f"{stage:16} " + "  ".join(f"{counts[stage, side]:{len(side)},}" for side in SIDES)
    for group in diff.groups(found):
        first = group[0]
        yield ""
        yield f"{first.stage}/{first.rule}  {first.pattern}  {first.side}, {len(group):,} times"
        yield from (f"    {place(each)}" for each in islice(group, EXAMPLES))
        yield from _more(len(group))


def place(each: Difference) -> str:
    """Where a difference is, and what is done there."""
    entry = each.entries[0]
    return f"p. {entry.page}, line {entry.step.change.line}: {' | '.join(dict.fromkeys(map(summary, each.entries)))}"


def _words(found: Iterable[Words]) -> Iterator[str]:
    for group in diff.groups_of_words(found):
        lines = ", ".join(f"{each.line_a}" for each in group[:EXAMPLES])
        others = ", ".join(f"{each.line_b}" for each in group[:EXAMPLES])
        more = f" and {len(group) - EXAMPLES:,} more" if len(group) > EXAMPLES else ""
        yield f"{len(group):6,} {replaced(group[0])}  line {lines}{more} of A, {others} of B"


def replaced(each: Words) -> str:
    """``two → too``; a line end is shown as ``¶``."""
    return f"{_short(each.before)} → {_short(each.after)}"


def _short(text: str) -> str:
    text = visible(text.replace(diff.LINE_END, "¶"))
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
    return text or "nothing"


def _more(count: int) -> Iterator[str]:
    if count > EXAMPLES:
        yield f"    … and {count - EXAMPLES:,} more"


def _json_of_changes(settings: Iterable[Setting], found: Sequence[Difference]) -> str:
    rows = [
        {
            "stage": group[0].stage,
            "rule": group[0].rule,
            "side": group[0].side,
            "pattern": group[0].pattern,
            "count": len(group),
            "places": [
                {
                    "page": each.entries[0].page,
                    "line": each.entries[0].step.change.line,
                    "a": each.a.id if each.a else None,
                    "b": each.b.id if each.b else None,
                }
                for each in group
            ],
        }
        for group in diff.groups(found)
    ]
    differing = {each.name: {"a": each.a, "b": each.b} for each in settings}
    return _json({"differences": len(found), "settings": differing, "changes": rows})


def _json_of_words(found: Sequence[Words]) -> str:
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
    return json.dumps(value, ensure_ascii=False, indent=2)

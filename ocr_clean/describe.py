"""What the stages and their options say of themselves: their docstrings."""

from __future__ import annotations

import ast
import inspect
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any

from ocr_clean.pipeline import Stage


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a stage."""

    name: str
    default: Any
    help: str


@dataclass(frozen=True, slots=True)
class Description:
    """A stage as it describes itself."""

    name: str
    summary: str
    """One sentence."""
    text: str
    """Docstring of the module: the table of rules and what belongs to it."""
    details: str
    """Docstring of the stage: what it leaves alone."""
    options: tuple[Option, ...]


@cache
def describe(stage: type[Stage]) -> Description:
    """Read the docstrings of *stage*, its module and its options.

    >>> from ocr_clean.stages import STAGES
    >>> describe(STAGES["characters"]).options[0].name
    'long_s'
    """
    module = inspect.getmodule(stage)
    details = inspect.getdoc(stage) or ""
    summary = " ".join(details.split("\n\n")[0].split())
    return Description(stage.name, summary, inspect.getdoc(module) or "", details, options_of(stage))


def options_of(kind: type[Any]) -> tuple[Option, ...]:
    """The fields of the dataclass *kind*, each with the docstring under it."""
    helps = _field_docstrings(kind)
    return tuple(Option(each.name, _default(each), helps.get(each.name, "")) for each in fields(kind))


def _default(field: Any) -> Any:
    return field.default_factory() if field.default is MISSING else field.default


def _field_docstrings(kind: type[Any]) -> dict[str, str]:
    """The string that stands under each field: Python itself does not keep it."""
    [definition] = ast.parse(inspect.getsource(kind)).body
    assert isinstance(definition, ast.ClassDef)
    found: dict[str, str] = {}
    for field, below in zip(definition.body, definition.body[1:], strict=False):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
            found[field.target.id] = " ".join(below.value.value.split())
    return found

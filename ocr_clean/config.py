"""Configuration: a preset, then one TOML file, then the options of the command."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any, get_type_hints

from rapidfuzz import process

from ocr_clean.errors import ConfigError
from ocr_clean.lexicon import Lexicon
from ocr_clean.markdown import MarkdownOptions
from ocr_clean.pipeline import Pipeline, Stage
from ocr_clean.stages import STAGES

_TABLES = ("preset", "names", "model", "stages", "markdown")


@dataclass(frozen=True)
class Config:
    """What a run is told: which stages with which options, and how the Markdown is written."""

    preset: str = "book"
    names: tuple[str, ...] = ()
    """Paths of further name lists."""
    stages: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Options by stage, ``enabled`` among them."""
    markdown: MarkdownOptions = field(default_factory=MarkdownOptions)
    model: str = ""
    """Path of a language model made by ``ocr-clean model build``; "" for the shipped one."""

    def lexicon(self) -> Lexicon:
        """The words that a run with this configuration knows.

        Raises `WordlistError` for a malformed list or model.
        """
        return Lexicon.load(self.names, self.model)

    def pipeline(self, only: Sequence[str] = (), without: Sequence[str] = ()) -> Pipeline:
        """Build the chain: the stages that are on, less *without*, or those of *only*.

        Raises `ConfigError` for a stage or option that does not exist.
        """
        for name in (*only, *without, *self.stages):
            _known(name, STAGES, "stage")
        chosen = [name for name in STAGES if _chosen(name, self.stages.get(name, {}), only, without)]
        stages = {name: _stage(name, self.stages.get(name, {})) for name in chosen}
        options = {name: _options(stage) for name, stage in stages.items()}
        return Pipeline(tuple(stages.values()), options)


def presets() -> dict[str, str]:
    """The presets that come with the package: name, and the comment at the head of the file."""
    files = sorted(file for file in _preset_folder().iterdir() if file.suffix == ".toml")
    return {file.stem: _comment(file.read_text(encoding="utf-8")) for file in files}


def _comment(text: str) -> str:
    head = takewhile(lambda line: line.startswith("#"), text.split("\n"))
    return " ".join(line.removeprefix("#").strip() for line in head)


def load(path: str = "", preset: str = "") -> Config:
    """Read the configuration file at *path* ("" for none) over the preset that it or *preset* names.

    Raises `ConfigError` naming the file and the wrong key, with the nearest right one.
    """
    table = _read(Path(path)) if path else {}
    _check(table, path)
    name = preset or str(table.get("preset", "book"))
    _known(name, presets(), "preset")
    base = tomllib.loads((_preset_folder() / f"{name}.toml").read_text(encoding="utf-8"))
    stages = {key: dict(value) for key, value in base.get("stages", {}).items()}
    for key, value in table.get("stages", {}).items():
        _known(key, STAGES, "stage", path)
        stages.setdefault(key, {}).update(value)
    markdown = _markdown(base.get("markdown", {}) | table.get("markdown", {}), path)
    folder = Path(path).parent
    names = tuple(str(folder / each) for each in table.get("names", ()))
    model = str(folder / table["model"]) if "model" in table else ""
    return Config(name, names, stages, markdown, model)


def _preset_folder() -> Path:
    return Path(__file__).parent / "presets"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError("there is no such file", str(path), "check --config") from None
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror})", str(path), "check --config") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"not TOML: {error}", str(path), "see docs/cookbook.md") from None


def _check(table: Mapping[str, Any], path: str) -> None:
    for key in table:
        _known(key, _TABLES, "table", path)
    if not isinstance(table.get("names", []), list):
        raise ConfigError("'names' is not a list of paths", path, 'write names = ["my-names.tsv"]')
    if not isinstance(table.get("model", ""), str):
        raise ConfigError("'model' is not a path", path, 'write model = "mine.lm"')
    for key, value in table.get("stages", {}).items():
        if not isinstance(value, dict):
            raise ConfigError(f"'stages.{key}' is not a table", path, f"write [stages.{key}]")


def _markdown(table: Mapping[str, Any], path: str) -> MarkdownOptions:
    known = [each.name for each in fields(MarkdownOptions)]
    for key in table:
        _known(key, known, "markdown option", path)
    return replace(MarkdownOptions(), **_typed(MarkdownOptions, table, "markdown", path))


def _chosen(name: str, options: Mapping[str, Any], only: Sequence[str], without: Sequence[str]) -> bool:
    if name in without:
        return False
    return name in only if only else bool(options.get("enabled", True))


def _stage(name: str, options: Mapping[str, Any]) -> Stage:
    kind = STAGES[name]
    given = {key: value for key, value in options.items() if key != "enabled"}
    known = [each.name for each in fields(kind)]  # type: ignore[arg-type]  # every stage is a dataclass
    for key in given:
        _known(key, known, f"{name} option")
    return kind(**_typed(kind, given, name))


def _options(stage: Stage) -> dict[str, Any]:
    return {each.name: getattr(stage, each.name) for each in fields(stage)}  # type: ignore[arg-type]


def _typed(kind: type, given: Mapping[str, Any], table: str, path: str = "") -> dict[str, Any]:
    """*given* with each value checked against the type of its field (an int serves as a float)."""
    hints = _hints(kind)
    typed = {}
    for key, value in given.items():
        wanted = hints[key]
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if wanted in (int, float, str, bool) and type(value) is not wanted:
            raise ConfigError(f"{table}.{key} = {value!r} is not of type {wanted.__name__}", path, "correct it")
        typed[key] = tuple(value) if isinstance(value, list) else value
    return typed


@lru_cache
def _hints(kind: type) -> dict[str, Any]:
    """The type of each field: kept, since Python compiles the annotations anew each time it is asked."""
    return get_type_hints(kind)


def _known(name: str, known: Mapping[str, Any] | Sequence[str], what: str, where: str = "") -> None:
    if name in known:
        return
    near = process.extractOne(name, list(known), score_cutoff=60)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
    raise ConfigError(f"no {what} named {name!r}", where, hint)

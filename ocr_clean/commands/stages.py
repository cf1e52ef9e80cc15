"""`ocr-clean stages`: the chain."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import click

from ocr_clean import config, writing
from ocr_clean.config import Config
from ocr_clean.describe import describe
from ocr_clean.stages import STAGES
from ocr_clean.talk import talk_options

WIDTH = 100


@click.command("stages")
@click.option("--preset", default="", metavar="NAME", help="Show the chain of this preset.")
@click.option("--config", "config_path", default="", metavar="FILE", help="Show the chain of this configuration file.")
@talk_options
def command(preset: str, config_path: str) -> None:
    """List the stages in the order in which they run, with their options."""
    writing.to_stdout("\n".join(_listing(config.load(config_path, preset))) + "\n")


def _listing(settings: Config) -> Iterator[str]:
    running = settings.pipeline().options
    for number, (name, stage) in enumerate(STAGES.items(), start=1):
        about = describe(stage)
        switch = "   " if name in running else "off"
        yield from _wrapped(f"{number:2} {switch} {name:16} ", about.summary)
        for option in about.options:
            value = running.get(name, {}).get(option.name, option.default)
            yield from _wrapped(f"{'':23} {option.name} = {_toml(value)}  ", option.help, 27)
    yield ""
    yield f"preset: {settings.preset}; there are:"
    for name, text in config.presets().items():
        yield from _wrapped(f"   {name:10} ", text)


def _wrapped(head: str, text: str, indent: int = 0) -> list[str]:
    lines = textwrap.wrap(text, WIDTH, initial_indent=head, subsequent_indent=" " * (indent or len(head)))
    return lines or [head.rstrip()]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)

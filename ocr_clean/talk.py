"""What is said on standard error, beside the product on standard output."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(slots=True)
class Talk:
    """How much is said: 0 the usual, 1 more (``-v``), -1 nothing but errors (``-q``)."""

    level: int = 0

    def say(self, text: str) -> None:
        """Say what everybody wants to know."""
        if self.level >= 0:
            click.echo(f"ocr-clean: {text}", err=True)

    def detail(self, text: str) -> None:
        """Say what only ``-v`` wants to know."""
        if self.level >= 1:
            click.echo(text, err=True)

    @contextlib.contextmanager
    def progress(self, name: str, total: int, wanted: bool = True) -> Iterator[Callable[[str], None]]:
        """A bar of *total* steps, shown on a terminal only; call what it gives with the name of each step."""
        if not (wanted and self.level >= 0 and sys.stderr is not None and sys.stderr.isatty()):
            yield _silent
            return
        from tqdm import tqdm  # here, because a run without a bar need not wait for it

        with tqdm(total=total, desc=name, unit="stage", leave=False) as bar:

            def step(stage: str) -> None:
                bar.set_postfix_str(stage)
                bar.update()

            yield step


def _silent(_stage: str) -> None:
    """Show nothing."""


def talk_options(command: Command) -> Command:
    """Give a command ``-q`` and ``-v``."""
    quiet = click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=_set(-1), help="Only errors.")
    verbose = click.option(
        "-v", "--verbose", is_flag=True, expose_value=False, callback=_set(1), help="More; a traceback for a bug."
    )
    return quiet(verbose(command))


def _set(level: int) -> Callable[[click.Context, click.Parameter, bool], None]:
    def callback(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        if value:
            context.ensure_object(Talk).level = level

    return callback

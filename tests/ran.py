"""A command run in this process, and what it leaves behind: for tests of the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

from ocr_clean import cli


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def outcome(arguments: Sequence[str], captured: pytest.CaptureFixture[bytes]) -> Ran:
    """Run the command line with *arguments*."""
    code = cli.main(arguments)
    out, err = captured.readouterr()
    return Ran(code, out.decode("utf-8"), err.decode("utf-8"))

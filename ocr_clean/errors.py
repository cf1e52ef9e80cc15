"""Errors and exit codes: what went wrong, where, and what to do next.

Nothing in here knows the command line; `ocr_clean.cli` turns an error into one line on standard error and an exit
code.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """The exit codes of every command; `docs/exit-codes.md` explains each to the person who meets it."""

    OK = 0
    """Done."""
    WOULD_CHANGE = 1
    """`--check` and something would change, or a comparison found a difference."""
    USAGE = 2
    """A wrong option or argument (the code that click uses)."""
    INPUT = 3
    """The input cannot be read: missing, empty, binary, in an unknown encoding."""
    CONFIG = 4
    """An unknown stage, option or preset, or a broken configuration file."""
    WORDLIST = 5
    """A word list, name list or language model is missing or malformed."""
    OUTPUT = 6
    """The output cannot be written: no space, no permission, a folder in its place."""
    LEDGER = 7
    """The ledger is malformed, belongs to another dump, or does not lead to the output."""
    PARTIAL = 8
    """`batch` went through, but some files failed; each is named with its reason."""
    BUSY = 9
    """Another run works on the output folder."""
    CLUSTER = 10
    """The Dask cluster cannot be reached, or was lost; run again to go on."""
    INTERNAL = 70
    """A bug of ocr-clean; nothing was written."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C; nothing was written."""
    BROKEN_PIPE = 141
    """The program that read the output went away (128 and the number of SIGPIPE, as shells count)."""


class OcrCleanError(Exception):
    """An error that a person can act upon.

    *message* says what is wrong, *where* the place (``names.tsv:12``), *hint* what to do next.

    >>> print(InputError("the file is empty", "dump.txt", "check the download"))
    dump.txt: the file is empty; check the download
    """

    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(self, message: str, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{place}{self.message}{hint}"


class InputError(OcrCleanError):
    """The input cannot be read."""

    exit_code = ExitCode.INPUT


class ConfigError(OcrCleanError):
    """The configuration names something that does not exist, or a value of the wrong kind."""

    exit_code = ExitCode.CONFIG


class WordlistError(OcrCleanError):
    """A word list, name list or language model is missing or malformed."""

    exit_code = ExitCode.WORDLIST


class OutputError(OcrCleanError):
    """The output cannot be written."""

    exit_code = ExitCode.OUTPUT


class ReaderGone(OcrCleanError):
    """The program that reads standard output has ended; nobody needs to be told."""

    exit_code = ExitCode.BROKEN_PIPE


class LedgerError(OcrCleanError):
    """A ledger is malformed, or does not fit its dump or output."""

    exit_code = ExitCode.LEDGER


class StaleChange(OcrCleanError):
    """A proposed change does not fit the text that it is for: a bug of the stage that proposed it."""


class BusyError(OcrCleanError):
    """Another run works on the output folder."""

    exit_code = ExitCode.BUSY


class ClusterError(OcrCleanError):
    """The cluster cannot be reached, or was lost."""

    exit_code = ExitCode.CLUSTER

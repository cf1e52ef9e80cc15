"""The command line: product on standard output, talk on standard error. A command is a file in `commands`."""

from __future__ import annotations

import errno
import importlib
import sys
import traceback
from collections.abc import Sequence

import click

from ocr_clean import writing
from ocr_clean.errors import ExitCode, OcrCleanError, OutputError, ReaderGone
from ocr_clean.talk import Talk
from ocr_clean.version import __version__

COMMANDS = (
    "clean",
    "stages",
    "replay",
    "verify",
    "explain",
    "diff",
    "review",
    "score",
    "check",
    "pages",
    "structure",
    "names",
    "model",
    "batch",
    "status",
    "report",
)
"""Every command, in the order of the help; each is the object `command` of `ocr_clean.commands.NAME`."""


NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class Interrupted(Exception):
    """Ctrl-C, under a name that click does not know: click would write an empty line."""


class Commands(click.Group):
    """Loads a command when it is asked for, so that each starts without what only the others need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command *cmd_name*, None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"ocr_clean.commands.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted from None


EXIT_CODES = ", ".join(f"{code.value} {code.name.lower().replace('_', ' ')}" for code in ExitCode)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"Exit codes: {EXIT_CODES}.",
)
@click.version_option(__version__, prog_name="ocr-clean")
@click.pass_context
def cli(context: click.Context) -> None:
    """Turn the OCR text dump of a scanned book into clean Markdown."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns one of `ocr_clean.errors.ExitCode`.

    An error is one line on standard error.
    """
    talk = Talk()
    try:
        code = cli.main(arguments, prog_name="ocr-clean", standalone_mode=False, obj=talk)
        _flush()
        return code if isinstance(code, int) else ExitCode.OK
    except ReaderGone as error:
        writing.abandon_stdout()
        return error.exit_code
    except (Interrupted, KeyboardInterrupt, click.Abort):
        return _failed("interrupted; nothing was written", ExitCode.INTERRUPTED)
    except click.UsageError as error:
        return _failed(_usage(error), ExitCode.USAGE)
    except OcrCleanError as error:
        if isinstance(error, OutputError):
            writing.abandon_stdout()
        return _failed(str(error), error.exit_code)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_SPACE:  # raised where click writes
            writing.abandon_stdout()
            return _failed(f"standard output cannot be written ({error.strerror}); use -o FILE", ExitCode.OUTPUT)
        if talk.level > 0:
            traceback.print_exc()
        return _failed(_bug(error), ExitCode.INTERNAL)


def _flush() -> None:
    """Write out what click has written to standard output, if there is one."""
    if sys.stdout is not None:
        writing.to_stdout("")


def _failed(message: str, code: ExitCode) -> ExitCode:
    line = " ".join(message.split())
    click.echo(f"ocr-clean: error: {line}", err=True)
    return code


def _usage(error: click.UsageError) -> str:
    message = error.format_message().rstrip(".")
    where = error.ctx.command_path if error.ctx else "ocr-clean"
    return f"{message[:1].lower()}{message[1:]}; see '{where} --help'"


def _bug(error: Exception) -> str:
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"a bug ({what}); nothing was written; run again with -v and report what it says"

"""The command line: product on standard output, talk on standard error. Each command is a file of `ocr_clean.commands`."""

from __future__ import annotations

import sys

import click

from ocr_clean.commands.clean import clean
from ocr_clean.errors import OcrCleanError
from ocr_clean.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ocr-clean")
def cli() -> None:
    """Turn the OCR text dump of a scanned book into clean Markdown."""


for command in (clean,):
    cli.add_command(command)


def main() -> None:
    """Run the command line and exit with one of `ocr_clean.errors.ExitCode`."""
    try:
        cli()
    except OcrCleanError as error:
        click.echo(f"ocr-clean: error: {error}", err=True)
        sys.exit(error.exit_code)

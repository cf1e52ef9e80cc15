"""`ocr-clean clean`: one dump to Markdown."""

from __future__ import annotations

import sys

import click

from ocr_clean import api, config
from ocr_clean.reading import read_source


@click.command()
@click.argument("dump", default="-")
@click.option(
    "-o", "--output", default="-", metavar="FILE", help="Where the Markdown goes; standard output by default."
)
@click.option("--ledger", default="", metavar="FILE", help="Write every change to this JSON-lines file.")
@click.option("--config", "config_path", default="", metavar="FILE", help="Configuration file (TOML).")
@click.option("--preset", default="", metavar="NAME", help="Preset: see 'ocr-clean stages'.")
@click.option("--only", multiple=True, metavar="STAGE", help="Run only this stage (repeatable).")
@click.option("--without", multiple=True, metavar="STAGE", help="Leave this stage out (repeatable).")
def clean(
    dump: str, output: str, ledger: str, config_path: str, preset: str, only: tuple[str, ...], without: tuple[str, ...]
) -> None:
    """Clean DUMP (a file, or - for standard input)."""
    settings = config.load(config_path, preset)
    cleaned = api.clean_source(read_source(dump), settings, only=only, without=without)
    if ledger:
        with open(ledger, "w", encoding="utf-8") as handle:
            handle.write(cleaned.ledger.to_jsonl())
    if output == "-":
        sys.stdout.write(cleaned.markdown)
        return
    with open(output, "w", encoding="utf-8") as handle:
        handle.write(cleaned.markdown)

"""`ocr-clean report`: a batch as one HTML page."""

from __future__ import annotations

import click

from ocr_clean import writing


@click.command("report")
@click.argument("folder")
@click.option("-o", "--output", default="-", metavar="FILE", help="Where the page goes; standard output by default.")
@click.option("--state", default="", metavar="FOLDER", help="Where the run database is; FOLDER/.ocr-clean by default.")
def command(folder: str, output: str, state: str) -> None:
    """Write one HTML page with the figures of all batches into FOLDER. It opens without a server or a network."""
    writing.check([output])
    from ocr_clean.batch.database import Database, path_in
    from ocr_clean.batch.report import page
    from ocr_clean.batch.run import state_folder
    from ocr_clean.batch.summary import summarize

    with Database.open(path_in(state_folder(folder, state))) as database:
        runs = database.runs()
        text = page(summarize(database.records(), runs[0] if runs else None), folder)
    writing.write({output: text})

"""`ocr-clean status`: how a batch stands."""

from __future__ import annotations

import click

from ocr_clean import writing


@click.command("status")
@click.argument("folder")
@click.option("--state", default="", metavar="FOLDER", help="Where the run database is; FOLDER/.ocr-clean by default.")
@click.option("--format", "kind", type=click.Choice(["text", "csv", "json"]), default="text", help="Of the table.")
@click.option("--failed", is_flag=True, help="Only the files that failed.")
def command(folder: str, state: str, kind: str, failed: bool) -> None:
    """Show what the batches into FOLDER have done, also while one is running."""
    from ocr_clean.batch.database import Database, path_in
    from ocr_clean.batch.lock import is_held
    from ocr_clean.batch.run import state_folder
    from ocr_clean.batch.summary import formatted, run_line, summarize

    place = state_folder(folder, state)
    with Database.open(path_in(place)) as database:
        runs = database.runs()
        records = (record for record in database.records() if not failed or record.state == "failed")
        summary = summarize(records, runs[0] if runs else None)
    if kind == "text" and summary.run:
        writing.to_stdout(f"{run_line(summary.run, is_held(place))}\n")
    writing.to_stdout(formatted(summary, kind))

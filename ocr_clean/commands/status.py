"""`ocr-clean status`: how a batch stands."""

from __future__ import annotations

import click


@click.command()
@click.argument("folder")
@click.option("--state", default="", metavar="FOLDER", help="Where the run database is; FOLDER/.ocr-clean by default.")
@click.option("--format", "kind", type=click.Choice(["text", "csv", "json"]), default="text", help="Of the table.")
@click.option("--failed", is_flag=True, help="Only the files that failed.")
def status(folder: str, state: str, kind: str, failed: bool) -> None:
    """Show what the batches into FOLDER have done, also while one is running."""
    from ocr_clean.batch.database import Database, path_in
    from ocr_clean.batch.run import state_folder
    from ocr_clean.batch.summary import formatted, run_line, summarize

    with Database.open(path_in(state_folder(folder, state))) as database:
        runs = database.runs()
        records = (record for record in database.records() if not failed or record.state == "failed")
        summary = summarize(records, runs[0] if runs else None)
    if kind == "text" and summary.run:
        click.echo(run_line(summary.run))
    click.echo(formatted(summary, kind), nl=False)

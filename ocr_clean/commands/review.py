"""`ocr-clean review`: the changes of a ledger as a page on which a person decides about them."""

from __future__ import annotations

import click

from ocr_clean import writing
from ocr_clean.ledger import read_ledger
from ocr_clean.reading import read_source
from ocr_clean.replay import replay
from ocr_clean.talk import Talk, talk_options


@click.command("review")
@click.argument("dump")
@click.argument("ledger")
@click.option("-o", "--output", default="-", metavar="FILE", help="Where the page goes; standard output by default.")
@click.option("--images", default="", metavar="FOLDER", help="Images of the leaves, shown beside the text.")
@talk_options
@click.pass_obj
def command(talk: Talk, dump: str, ledger: str, output: str, images: str) -> None:
    """Write one HTML page on which a person goes through what the LEDGER of DUMP says was changed.

    The page opens in any browser without a server or a network. It shows the dump beside the clean text, takes
    decisions about single changes and about all like ones, and exports them for 'ocr-clean clean --decisions'.
    """
    writing.check([output], [dump, ledger])
    from ocr_clean.review import Review, find_images

    book = read_ledger(ledger)
    source = read_source(dump, book.header["encoding"])
    book.refuse_another(source)
    review = Review(book, replay(source.document, book))
    found = find_images(images, output, review.pages) if images else {}
    writing.write({output: review.html(found)})
    talk.say(f"{dump}: {len(review.pages):,} pages, {len(review.changes):,} changes")
    if images:
        talk.say(f"{images}: an image for {len(found):,} of {len(review.pages):,} pages")

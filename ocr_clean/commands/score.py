"""`ocr-clean score`: error rates against proofread truth."""

from __future__ import annotations

import click

from ocr_clean import score, writing
from ocr_clean.reading import read_source
from ocr_clean.score import Difference, Rate
from ocr_clean.talk import talk_options


@click.command("score")
@click.argument("out")
@click.argument("truth")
@click.option("--align", is_flag=True, help="Show each place where the words differ.")
@talk_options
def command(out: str, truth: str, align: bool) -> None:
    """Compare OUT with TRUTH, the same text proofread, and give the error rates; lower is better.

    Mark-up is taken off both. In TRUTH, ⟦⟧ stands for what nobody can read. OUT may be the dump itself: so one knows
    what cleaning is worth.
    """
    ours, theirs = (read_source(path).document.raw_text() for path in (out, truth))
    rates = score.score(ours, theirs)
    lines = [
        _line("CER", rates.cer, "characters"),
        _line("WER", rates.wer, "words with their punctuation"),
        _line("WER", rates.letters, "words, letters and digits only"),
        *(_difference(each) for each in (score.differences(ours, theirs) if align else ())),
    ]
    writing.to_stdout("".join(f"{line}\n" for line in lines))


def _line(name: str, rate: Rate, unit: str) -> str:
    return f"{name} {100 * rate.share:6.2f} %   {rate.errors:,} errors in {rate.total:,} {unit}"


def _difference(each: Difference) -> str:
    return f"{each.word:7} {each.truth or '(nothing)'} → {each.output or '(nothing)'}"

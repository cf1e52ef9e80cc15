"""`ocr-clean check`: what was accepted comes out again, and what breaks a stage is noticed and named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import regex
from ran import Ran, Run, outcome

from ocr_clean import cli
from ocr_clean.errors import ExitCode
from ocr_clean.lexicon import Lexicon
from ocr_clean.stages import STAGES

SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run `check`, by default on the folder `mine`, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def runner(*arguments: str, folder: str = "mine") -> Ran:
        return outcome(["check", folder, *arguments], capfdbinary)

    return runner


def take(*names: str) -> None:
    """Make a folder `mine` of samples of ours and of what was accepted of them."""
    baseline = json.loads((SAMPLES / "baseline.json").read_text(encoding="utf-8"))
    for name in names:
        shutil.copytree(SAMPLES / name, Path("mine", name), ignore=shutil.ignore_patterns("*.png"))
    baseline["samples"] = {name: baseline["samples"][name] for name in names}
    Path("mine/baseline.json").write_text(json.dumps(baseline), encoding="utf-8")


def contents() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(Path("mine").rglob("*")) if path.is_file()}


def test_our_samples_come_out_as_accepted(run: Run) -> None:
    """If it fails: see what differs with ``ocr-clean check samples``; samples/README.md says how to accept it."""
    ran = run(folder=str(SAMPLES))
    assert ran.code == ExitCode.OK, ran.out


def test_the_table_has_the_figures_of_each_sample(run: Run) -> None:
    take("plain-page", "clean-page")
    ran = run()
    assert ran.code == ExitCode.OK
    assert ran.err == "ocr-clean: mine: 2 samples as accepted\n"
    rows = {line.split()[0]: line.split() for line in ran.out.splitlines()[2:]}
    assert list(rows) == ["clean-page", "plain-page", "all"]
    assert rows["plain-page"][1] == "2.08"
    assert rows["clean-page"][-1] == "same"


def switched(table: str) -> Callable[[pytest.MonkeyPatch], list[str]]:
    """A sabotage by a configuration file."""

    def sabotage(_: pytest.MonkeyPatch) -> list[str]:
        Path("sabotage.toml").write_text(table, encoding="utf-8")
        return ["--config", "sabotage.toml"]

    return sabotage


def silenced(stage: str) -> Callable[[pytest.MonkeyPatch], list[str]]:
    """A sabotage of the code that the ledger's header does not show: the stage proposes nothing."""

    def nothing(*_: object) -> Iterator[Any]:
        return iter(())

    def sabotage(patch: pytest.MonkeyPatch) -> list[str]:
        patch.setattr(STAGES[stage], "__call__", nothing)
        return []

    return sabotage


def constant(name: str, value: float) -> Callable[[pytest.MonkeyPatch], list[str]]:
    """A sabotage of the code: a wrong threshold."""

    def sabotage(patch: pytest.MonkeyPatch) -> list[str]:
        patch.setattr(f"ocr_clean.stages.{name}", value)
        return []

    return sabotage


OFF = switched("[stages.dehyphenate]\nenabled = false")


@pytest.mark.parametrize(
    ("sample", "stage", "sabotage"),
    [
        pytest.param("plain-page", "dehyphenate", OFF, id="off"),
        pytest.param("plain-page", "spelling", switched("[stages.spelling]\nmin_confidence = 0.1"), id="threshold"),
        pytest.param("plain-page", "spelling", switched("[stages.spelling]\nsuggest = false"), id="suggestions"),
        pytest.param("chapter-opening", "pages", silenced("pages"), id="pages"),
        pytest.param("chapter-opening", "headings", silenced("headings"), id="headings"),
        pytest.param("letter", "letters", silenced("letters"), id="letters"),
        pytest.param("dialogue", "noise", constant("noise.DIRTY", 0.95), id="constant of noise"),
        pytest.param("dialogue", "words", constant("words.LOST_SPACE", 99.0), id="constant of words"),
    ],
)
def test_sabotage_is_noticed_and_the_stage_is_named(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    sample: str,
    stage: str,
    sabotage: Callable[[pytest.MonkeyPatch], list[str]],
) -> None:
    """What comes after a stage differs with it, so the stage to be blamed is the first."""
    take(sample)
    ran = run("--format", "json", *sabotage(monkeypatch))
    assert ran.code == ExitCode.WOULD_CHANGE
    assert json.loads(ran.out)["stages"][0] == stage
    assert f"1 of 1 sample not as accepted; stages that differ: {stage}" in ran.err


def test_an_emptied_list_of_names_is_noticed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    take("names-of-the-period")
    words = replace(Lexicon.load(), names={}, hashes={**Lexicon.load().hashes, "names-soviet-comintern.tsv": "0" * 64})
    monkeypatch.setattr(Lexicon, "load", lambda *_: words)
    ran = run()
    assert ran.code == ExitCode.WOULD_CHANGE
    assert regex.search(r"stages that differ: .*\bspelling\b", ran.err)
    assert regex.search(r'wordlists.names-soviet-comintern.tsv: "\w{12}…" when accepted, "0{12}…" now', ran.out)


def test_a_difference_that_no_stage_makes_is_noticed_too(run: Run) -> None:
    take("chapter-opening")
    Path("mine/ocr-clean.toml").write_text('[markdown]\nanchors = "none"\n', encoding="utf-8")
    ran = run()
    assert ran.code == ExitCode.WOULD_CHANGE
    assert 'markdown.anchors: "comment" when accepted, "none" now\n' in ran.out
    assert "no stage differs" in ran.err


def own() -> None:
    """Make a folder `mine` of one sample, which is not accepted yet."""
    Path("mine/first").mkdir(parents=True)
    Path("mine/first/dump.txt").write_text("It was the be-\nginning of the end.\n", encoding="utf-8")
    Path("mine/first/truth.md").write_text("It was the beginning of the end.\n", encoding="utf-8")


def test_what_differs_is_shown_by_stage_and_by_word(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    own()
    run("--update")
    ran = run(*OFF(monkeypatch))
    assert "dehyphenate.enabled: true when accepted, false now\n" in ran.out
    assert "first: worse (CER +6.25, WER +28.57); stages that differ: dehyphenate\n" in ran.out
    assert "    dehyphenate/known-word  - → …  only accepted, once: p. [1], line 1: - → ginning  ('beg" in ran.out
    assert regex.search(r"    mine/first/accepted.md:\d+: beginning → be- ginning\n", ran.out)


def test_much_is_shown_only_when_asked_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    take("chapter-opening")
    silenced("characters")(monkeypatch)
    silenced("paragraphs")(monkeypatch)
    short, full = run("-q").out, run("-v").out
    assert "; -v shows them\n" in short
    assert "-v shows them" not in full
    assert len(full.splitlines()) > len(short.splitlines())


def test_what_was_accepted_by_hand_is_shown(run: Run) -> None:
    take("plain-page")
    accepted = Path("mine/plain-page/accepted.md")
    text = accepted.read_text(encoding="utf-8")
    accepted.write_text(text.replace("militia", "army", 1), encoding="utf-8")
    ran = run("-q")
    assert ran.code == ExitCode.WOULD_CHANGE
    assert "army, → militia," in ran.out
    accepted.write_text(text.replace(" militia", "  militia", 1), encoding="utf-8")
    assert "accepted.md: differs in spaces only\n" in run("-q").out


def test_another_version_alone_is_no_difference(run: Run) -> None:
    take("plain-page")
    accepted = Path("mine/plain-page/accepted.md")
    text = accepted.read_text(encoding="utf-8")
    accepted.write_text(text.replace("generator: ocr-clean ", "generator: ocr-clean 77.", 1), encoding="utf-8")
    assert accepted.read_text(encoding="utf-8") != text
    assert run().code == ExitCode.OK


def test_a_tolerance_lets_through_what_is_hardly_worse(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    own()
    run("--update")
    assert run(*OFF(monkeypatch), "--tolerance", "28.5").code == ExitCode.WOULD_CHANGE
    assert run(*OFF(monkeypatch), "--tolerance", "28.6").code == ExitCode.OK
    assert run("--tolerance", "0").code == ExitCode.OK


def test_a_better_output_fails_until_accepted_and_passes_with_a_tolerance(run: Run) -> None:
    take("plain-page")
    path = Path("mine/baseline.json")
    table = json.loads(path.read_text(encoding="utf-8"))
    table["samples"]["plain-page"]["cer"][0] += 10
    path.write_text(json.dumps(table), encoding="utf-8")
    ran = run()
    assert ran.code == ExitCode.WOULD_CHANGE
    assert "plain-page: better; no stage differs" in ran.out
    assert run("--tolerance", "0").code == ExitCode.OK


def test_a_truth_that_was_corrected_is_noticed(run: Run) -> None:
    take("plain-page")
    truth = Path("mine/plain-page/truth.md")
    truth.write_text(truth.read_text(encoding="utf-8").replace(" the ", " ", 1), encoding="utf-8")
    assert run().code == ExitCode.WOULD_CHANGE


def test_a_sample_that_is_gone_is_missed(run: Run) -> None:
    take("plain-page", "letter")
    shutil.rmtree("mine/letter")
    ran = run()
    assert (ran.code, "letter: gone" in ran.out) == (ExitCode.WOULD_CHANGE, True)
    run("--update")
    assert run().code == ExitCode.OK


def test_time_is_not_judged(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    take("plain-page")
    hours = iter(range(0, 10**6, 3600))
    monkeypatch.setattr("time.perf_counter", lambda: float(next(hours)))
    ran = run()
    assert (ran.code, "3600.00" in ran.out) == (ExitCode.OK, True)


def test_a_folder_of_ones_own_in_three_steps(run: Run) -> None:
    own()
    ran = run("--update")
    assert (ran.code, ran.err) == (ExitCode.OK, "ocr-clean: mine: 1 sample accepted\n")
    assert sorted(path.name for path in Path("mine").rglob("*") if path.is_file()) == [
        "accepted.jsonl",
        "accepted.md",
        "baseline.json",
        "dump.txt",
        "truth.md",
    ]
    assert "the beginning of the end" in Path("mine/first/accepted.md").read_text(encoding="utf-8")
    assert run().code == ExitCode.OK


def test_what_is_accepted_is_what_clean_writes(run: Run) -> None:
    take("letter")
    accepted = contents()
    command = ["clean", "-q", "mine/letter/dump.txt", "-o", "out.md", "--ledger", "out.jsonl"]
    assert cli.main(command) == ExitCode.OK
    assert Path("out.md").read_bytes() == accepted["mine/letter/accepted.md"]
    assert Path("out.jsonl").read_bytes() == accepted["mine/letter/accepted.jsonl"]


def test_accepting_twice_writes_the_same_bytes(run: Run) -> None:
    take("letter", "plain-page")
    run("--update")
    first = contents()
    run("--update")
    assert contents() == first


def test_another_dump_of_the_same_pages_is_a_sample_of_its_own(run: Run) -> None:
    take("plain-page")
    shutil.copy("mine/plain-page/truth.md", "mine/plain-page/dump-perfect.txt")
    assert "has no accepted-perfect.md" in run().err
    run("--update")
    ran = run()
    assert ran.code == ExitCode.OK
    assert "plain-page/perfect" in ran.out
    assert Path("mine/plain-page/accepted-perfect.jsonl").exists()


def test_annotations_for_github(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    take("plain-page")
    ran = run("--format", "github", *OFF(monkeypatch))
    first, second = ran.out.splitlines()[:2]
    head = r"::error file=mine/plain-page/accepted\.md,line=\d+,title=ocr-clean check%3A plain-page::worse \(CER \+"
    assert regex.match(head, first)
    assert "%0Adehyphenate/known-word" in first
    assert second.startswith("errors, %")
    assert "::error" not in run("--format", "github").out


def test_junit(run: Run) -> None:
    take("plain-page", "letter")
    path = Path("mine/plain-page/accepted.md")
    path.write_text(path.read_text(encoding="utf-8").replace("militia", "mil\x0citia <&", 1), encoding="utf-8")
    suite = ElementTree.fromstring(run("--format", "junit").out.encode())
    assert suite.attrib == {"name": "ocr-clean check", "tests": "2", "failures": "1"}
    good, bad = suite.iter("testcase")
    assert (good.get("name"), list(good)) == ("letter", [])
    assert bad[0].text is not None
    assert "mil itia <&, → militia," in bad[0].text


def test_json(run: Run) -> None:
    take("letter")
    table = json.loads(run("--format", "json").out)
    [sample] = table["samples"]
    assert (table["passed"], table["stages"], sample["verdict"]) == (True, [], "same")
    assert sample["now"] == sample["accepted"]
    assert set(sample["now"]) == {"cer", "wer", "structure", "harm"}


def gone_truth() -> None:
    Path("mine/letter/truth.md").unlink()


def gone_dump() -> None:
    Path("mine/letter/dump.txt").unlink()


def gone_markdown() -> None:
    Path("mine/letter/accepted.md").unlink()


def gone_baseline() -> None:
    Path("mine/baseline.json").unlink()


def empty_folder() -> None:
    shutil.rmtree("mine")
    Path("mine").mkdir()


def no_folder() -> None:
    shutil.rmtree("mine")


def other_dump() -> None:
    Path("mine/letter/dump.txt").write_text("Another letter.\n", encoding="utf-8")


def written(text: str) -> Callable[[], None]:
    """Damage to the baseline."""

    def damage() -> None:
        Path("mine/baseline.json").write_text(text, encoding="utf-8")

    return damage


def broken_ledger() -> None:
    with open("mine/letter/accepted.jsonl", "a", encoding="utf-8") as ledger:
        ledger.write("<<<<<<< HEAD\n")


RATE = '"cer": [1, 2], "wer": [1, 2], "structure": [0, 0], "harm": '


@pytest.mark.parametrize(
    ("damage", "code", "says"),
    [
        (gone_truth, ExitCode.INPUT, "mine/letter: has no truth.md; proofread a copy of the dump"),
        (gone_dump, ExitCode.INPUT, "mine/letter: has no dump.txt; put the OCR text there"),
        (gone_markdown, ExitCode.INPUT, "mine/letter: has no accepted.md; look at the output, then accept it"),
        (gone_baseline, ExitCode.INPUT, "mine: has no baseline.json: nothing was accepted yet; look at"),
        (empty_folder, ExitCode.INPUT, "mine: holds no sample; a sample is a folder in it with dump.txt and truth.md"),
        (no_folder, ExitCode.INPUT, "mine: cannot be read (No such file or directory); name a folder of samples"),
        (other_dump, ExitCode.LEDGER, "mine/letter/dump.txt: not the dump that accepted.jsonl was made from; put"),
        (broken_ledger, ExitCode.LEDGER, "mine/letter/accepted.jsonl:"),
        (written('{\n"samples": {]\n'), ExitCode.INPUT, "mine/baseline.json:2: not JSON ("),
        (written("<<<<<<< HEAD\n"), ExitCode.INPUT, "mine/baseline.json:1: not JSON ("),
        (written("[]"), ExitCode.INPUT, "mine/baseline.json: not a baseline"),
        (written("[" * 100_000), ExitCode.INPUT, "mine/baseline.json"),
        (written('{"ocr_clean_baseline": 9, "samples": {}}'), ExitCode.INPUT, "baseline format 9 is not 1"),
        (written('{"ocr_clean_baseline": 1, "samples": {}}'), ExitCode.INPUT, "has no figures for the sample letter"),
        (
            written(f'{{"ocr_clean_baseline": 1, "samples": {{"letter": {{{RATE} [1, -2]}}}}}}'),
            ExitCode.INPUT,
            "sample 'letter' has not two counts for each of cer, wer, structure, harm",
        ),
    ],
)
def test_damage_is_one_clear_line_and_leaves_the_files_alone(
    run: Run, damage: Callable[[], None], code: ExitCode, says: str
) -> None:
    take("letter")
    damage()
    before = contents()
    ran = run()
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("ocr-clean: error: ")
    assert says in ran.err
    assert ran.err.count("\n") == 1
    assert contents() == before


@pytest.mark.parametrize("damage", [gone_markdown, gone_baseline, other_dump, broken_ledger, written("<<<<<<< HEAD\n")])
def test_accepting_mends_what_was_accepted(run: Run, damage: Callable[[], None]) -> None:
    """Also after a merge that left its marks in the files."""
    take("letter")
    damage()
    assert run("--update").code == ExitCode.OK
    assert run().code == ExitCode.OK


@pytest.mark.parametrize("damage", [gone_truth, gone_dump, empty_folder])
def test_nothing_is_accepted_of_a_folder_that_is_not_in_order(run: Run, damage: Callable[[], None]) -> None:
    take("letter", "plain-page")
    damage()
    before = contents()
    assert run("--update").code == ExitCode.INPUT
    assert contents() == before


@pytest.mark.parametrize("folder", ["a" * 300, "file.txt", "odd\udce9"])
def test_a_folder_that_cannot_be_read(run: Run, folder: str) -> None:
    Path("file.txt").write_text("a dump\n", encoding="utf-8")
    ran = run(folder=folder)
    assert (ran.code, ran.out, ran.err.count("\n")) == (ExitCode.INPUT, "", 1)


def test_accepting_compares_nothing(run: Run) -> None:
    take("letter")
    assert run("--update", "--tolerance", "1").code == ExitCode.USAGE
    assert run("--update", "--format", "json").code == ExitCode.USAGE

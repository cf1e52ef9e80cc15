"""The command line: product on standard output, talk on standard error, exit codes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ran import Ran, Run, outcome

from ocr_clean import cli, pipeline
from ocr_clean.errors import ExitCode
from ocr_clean.stages import STAGES

DUMP = "The ﬁrst page of the book was torn out by the be-\nginning of the year, and nobody knew who had done it.\n"
SAMPLE = Path(__file__).parent.parent / "samples" / "plain-page"


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in an empty folder that holds `dump.txt`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dump.txt").write_text(DUMP, encoding="utf-8", newline="")

    def runner(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        return outcome(arguments, capfdbinary)

    return runner


def cleaned(run: Run, *options: str) -> Ran:
    ran = run("clean", "dump.txt", "-o", "out.md", "--ledger", "out.jsonl", *options)
    assert ran.code == 0, ran.err
    return ran


def rows(path: str = "out.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def test_a_stage_that_does_not_come_to_rest_is_stopped_and_costs_nothing_else(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`dehyphenate` needs three rounds here, the last to see that there is nothing left."""
    Path("dump.txt").write_text("they found it incom-\nprehen-\nsible and said so\n", encoding="utf-8")
    monkeypatch.setattr(pipeline, "MAX_ROUNDS", 2)
    ran = cleaned(run)
    assert "dump.txt: stage dehyphenate was stopped after 2 rounds, it still changed line 1; please report" in ran.err
    assert len(rows()[0]["notices"]) == 1
    assert "found it incomprehensible and said so" in Path("out.md").read_text(encoding="utf-8")
    assert run("verify", "dump.txt", "out.jsonl", "out.md").code == ExitCode.OK


def test_clean_writes_markdown_to_standard_output_and_talk_elsewhere(run: Run) -> None:
    ran = run("clean", "dump.txt")
    assert ran.code == ExitCode.OK
    assert "The first page of the book was torn out by the beginning of the year" in ran.out
    assert ran.err.startswith("ocr-clean: dump.txt: 1 page")
    assert ran.err.count("\n") == 1


def test_clean_reads_standard_input(run: Run) -> None:
    from_file, from_pipe = run("clean", "dump.txt"), run("clean", "-", stdin=DUMP.encode())
    assert "first page" in from_pipe.out
    assert from_pipe.err.startswith("ocr-clean: <stdin>: ")
    assert from_pipe.out.split("The first")[1] == from_file.out.split("The first")[1]


def test_quiet_says_nothing(run: Run) -> None:
    assert run("clean", "dump.txt", "-q").err == ""


def test_verbose_counts_the_rules(run: Run) -> None:
    assert "1 characters/ligature\n" in run("clean", "dump.txt", "-v").err


def test_no_bar_unless_on_a_terminal(run: Run) -> None:
    assert "\r" not in run("clean", "dump.txt").err


def test_output_to_a_file(run: Run) -> None:
    ran = cleaned(run)
    assert ran.out == ""
    assert Path("out.md").read_bytes() == run("clean", "dump.txt").out.encode()
    assert sorted(path.name for path in Path().iterdir()) == ["dump.txt", "out.jsonl", "out.md"]


def test_the_ledger_has_a_header_and_a_row_for_each_change(run: Run) -> None:
    cleaned(run)
    header, *changes = rows()
    assert header["ocr_clean_ledger"] == 1
    assert header["source"] == "dump.txt"
    assert [row["rule"] for row in changes if row["stage"] == "characters"] == ["ligature"]
    assert {"id", "stage", "rule", "page", "line", "why", "confidence"} <= set.intersection(*map(set, changes))


def test_ids_do_not_change_from_run_to_run(run: Run) -> None:
    cleaned(run)
    first = [row["id"] for row in rows()[1:]]
    cleaned(run, "--without", "characters")
    second = [row["id"] for row in rows()[1:]]
    assert first
    assert len(set(first)) == len(first)
    assert set(second) & set(first)


def test_check_tells_a_dump_from_a_cleaned_text(run: Run) -> None:
    ran = run("clean", "dump.txt", "--check")
    assert (ran.code, ran.out) == (ExitCode.WOULD_CHANGE, "")
    cleaned(run)
    assert run("clean", "out.md", "--check").code == ExitCode.OK


def test_check_writes_no_markdown(run: Run) -> None:
    run("clean", "dump.txt", "--check", "-o", "out.md")
    assert not Path("out.md").exists()


def test_diff_shows_lines_as_they_stand_in_the_dump(run: Run) -> None:
    ran = run("clean", "dump.txt", "--diff")
    assert ran.code == ExitCode.OK
    assert ran.out.startswith("--- dump.txt\n+++ dump.txt, cleaned\n@@ -1,3 +1,")
    assert "-The ﬁrst page" in ran.out
    assert "+The first page" in ran.out


def test_only_and_without_choose_stages(run: Run) -> None:
    cleaned(run, "--only", "characters")
    assert {row["stage"] for row in rows()[1:]} == {"characters"}
    cleaned(run, "--without", "characters")
    assert "characters" not in {row["stage"] for row in rows()[1:]}


def test_a_configuration_file_tunes_stages(run: Run) -> None:
    Path("dump.txt").write_text("the Congreſs\n", encoding="utf-8")
    Path("mine.toml").write_text("[stages.characters]\nlong_s = true\n", encoding="utf-8")
    assert "Congress" in run("clean", "dump.txt", "--config", "mine.toml").out


def test_a_preset_is_chosen_by_name(run: Run) -> None:
    cleaned(run, "--preset", "lines")
    assert "paragraphs" not in rows()[0]["stages"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[stages.charcters]\n", "mine.toml: no stage named 'charcters'; did you mean 'characters'?"),
        ("[stages.characters]\nlongs = true\n", "no characters option named 'longs'; did you mean 'long_s'?"),
        ("[stages.characters]\nlong_s = 3\n", "characters.long_s = 3 is not of type bool"),
        ("[markdown]\nanchor = 'link'\n", "no markdown option named 'anchor'; did you mean 'anchors'?"),
        ("stage = 1\n", "no table named 'stage'; did you mean 'stages'?"),
        ("preset = 'bok'\n", "no preset named 'bok'; did you mean 'book'?"),
        ("preset = \n", "mine.toml: not TOML"),
        ("names = 'a.tsv'\n", "'names' is not a list of paths"),
        ("model = 3\n", "'model' is not a path"),
        ("[stages]\ncharacters = true\n", "'stages.characters' is not a table"),
    ],
)
def test_a_wrong_configuration_is_refused_with_a_hint(run: Run, content: str, says: str) -> None:
    Path("mine.toml").write_text(content, encoding="utf-8")
    ran = run("clean", "dump.txt", "--config", "mine.toml")
    assert ran.code == ExitCode.CONFIG
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_a_wrong_stage_on_the_command_line(run: Run) -> None:
    ran = run("clean", "dump.txt", "--only", "dehyphen")
    assert ran.code == ExitCode.CONFIG
    assert ran.err == "ocr-clean: error: no stage named 'dehyphen'; did you mean 'dehyphenate'?\n"


def test_further_names_are_trusted(run: Run) -> None:
    Path("mine.txt").write_text("Quarrendine\n", encoding="utf-8")
    cleaned(run, "--names", "mine.txt")
    assert "mine.txt" in rows()[0]["wordlists"]


def test_a_broken_name_list_is_refused_with_its_line(run: Run) -> None:
    Path("mine.tsv").write_text("name\tkind\tvariants\tyears\tnote\nTomsky\tpreson\n", encoding="utf-8")
    for arguments in (("clean", "dump.txt", "--names", "mine.tsv"), ("names", "check", "mine.tsv")):
        ran = run(*arguments)
        assert ran.code == ExitCode.WORDLIST
        assert "mine.tsv:2: " in ran.err


def test_stages_lists_the_chain(run: Run) -> None:
    ran = run("stages")
    assert [line[7:].split()[0] for line in ran.out.splitlines() if line[:2].strip().isdigit()] == list(STAGES)
    assert "long_s = false" in ran.out
    assert "off paragraphs" in run("stages", "--preset", "lines").out


def test_replay_makes_the_same_markdown(run: Run) -> None:
    cleaned(run)
    ran = run("replay", "dump.txt", "out.jsonl", "-o", "again.md")
    assert ran.code == ExitCode.OK
    assert Path("again.md").read_bytes() == Path("out.md").read_bytes()


def test_replay_leaves_out_what_was_refused(run: Run) -> None:
    cleaned(run)
    header, *changes = rows()
    edited = [row | {"refused": row["rule"] == "ligature"} for row in changes]
    Path("out.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [header, *edited]), encoding="utf-8")
    ran = run("replay", "dump.txt", "out.jsonl")
    assert "The ﬁrst page" in ran.out
    assert "0 dropped" in ran.err


def test_replay_reports_what_it_dropped(run: Run) -> None:
    cleaned(run)
    header, *changes = rows()
    edited = [row for row in changes if "group" not in row or row["line"] != 2]
    assert len(edited) < len(changes)
    Path("out.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [header, *edited]), encoding="utf-8")
    ran = run("replay", "dump.txt", "out.jsonl")
    assert ran.code == ExitCode.OK
    assert "be-" in ran.out
    assert "dump.txt:1: entry " in ran.err


def test_replay_refuses_another_dump(run: Run) -> None:
    cleaned(run)
    Path("dump.txt").write_text("another book\n", encoding="utf-8")
    ran = run("replay", "dump.txt", "out.jsonl")
    assert (ran.code, ran.out) == (ExitCode.LEDGER, "")
    assert "its SHA-256 differs" in ran.err


def test_verify_proves_a_run(run: Run) -> None:
    cleaned(run)
    ran = run("verify", "dump.txt", "out.jsonl", "out.md")
    assert ran.code == ExitCode.OK
    assert "dump.txt: every line is accounted for" in ran.out
    assert "out.md: what the ledger leads to" in ran.out


def test_verify_finds_a_changed_output(run: Run) -> None:
    cleaned(run)
    out = Path("out.md")
    out.write_text(out.read_text(encoding="utf-8").replace("torn", "born"), encoding="utf-8")
    ran = run("verify", "dump.txt", "out.jsonl", "out.md")
    assert (ran.code, ran.out) == (ExitCode.LEDGER, "")
    assert "the ledger does not lead to this Markdown: line " in ran.err


def test_verify_finds_a_changed_dump(run: Run) -> None:
    cleaned(run)
    Path("dump.txt").write_text(DUMP.replace("torn", "born"), encoding="utf-8")
    ran = run("verify", "dump.txt", "out.jsonl")
    assert ran.code == ExitCode.LEDGER
    assert "SHA-256" in ran.err


def test_verify_finds_a_line_retired_without_a_reason(run: Run) -> None:
    cleaned(run)
    row = {"id": "mine", "stage": "by-hand", "rule": "gone", "page": "1", "line": 1, "role": "noise", "opens": False}
    with Path("out.jsonl").open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(row | {"why": "", "confidence": 1}) + "\n")
    ran = run("verify", "dump.txt", "out.jsonl")
    assert ran.code == ExitCode.LEDGER
    assert "dump.txt:1: retired as noise without a rule and a reason" in ran.err


def test_verify_finds_a_line_that_was_joined_with_text_left(run: Run) -> None:
    cleaned(run)
    row = {"id": "mine", "stage": "by-hand", "rule": "gone", "page": "1", "line": 1, "role": "joined", "opens": False}
    with Path("out.jsonl").open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(row | {"why": "to lose it", "confidence": 1}) + "\n")
    ran = run("verify", "dump.txt", "out.jsonl")
    assert ran.code == ExitCode.LEDGER
    assert "dump.txt:1: taken for joined, but it has text that is printed nowhere" in ran.err


def test_explain_groups_like_changes(run: Run) -> None:
    Path("dump.txt").write_text("The ﬁrst and the ﬁfth.\nThe oﬃcer.\n", encoding="utf-8")
    run("clean", "dump.txt", "-o", "out.md", "--ledger", "out.jsonl", "--only", "characters")
    ran = run("explain", "out.jsonl")
    assert "characters/ligature  ﬁ → fi  2 times, confidence 1.00\n" in ran.out
    assert "line 1: ﬁ → fi  (one glyph, several letters)" in ran.out
    assert "ﬃ" in run("explain", "out.jsonl", "--word", "ﬃ").out
    assert "ﬁ →" not in run("explain", "out.jsonl", "--word", "ﬃ").out
    assert run("explain", "out.jsonl", "--page", "77").out == "nothing was changed\n"


def test_score_gives_the_rates_and_shows_the_differences(run: Run) -> None:
    Path("truth.md").write_text("# The end\n\nof the book, ⟦illegible⟧ and *so* on[^1].\n", encoding="utf-8")
    Path("out.md").write_text("# Tlie end\n\nof the book; a b c and so on.\n", encoding="utf-8")
    ran = run("score", "out.md", "truth.md", "--align")
    assert ran.out.splitlines() == [
        "CER  10.00 %   3 errors in 30 characters",
        "WER  25.00 %   2 errors in 8 words with their punctuation",
        "WER  12.50 %   1 errors in 8 words, letters and digits only",
        "      1 The → Tlie",
        "      5 book, ⟦⟧ → book; a b c",
    ]


def test_names_harvest_proposes_a_list_that_names_check_accepts(run: Run) -> None:
    text = "We met Comrade Quarrendine there. Then Comrade Quarrendine went on, and Quarrendine never came back.\n"
    Path("text.txt").write_text(text, encoding="utf-8")
    assert run("names", "harvest", "text.txt", "-o", "mine.tsv").code == ExitCode.OK
    assert "Quarrendine\tperson" in Path("mine.tsv").read_text(encoding="utf-8")
    assert "mine.tsv: 1 names in order" in run("names", "check", "mine.tsv").out


def test_model_build_writes_a_model(run: Run) -> None:
    ran = run("model", "build", "dump.txt", "--alone", "-o", "mine.lm")
    assert ran.code == ExitCode.OK, ran.err
    assert Path("mine.lm").stat().st_size > 0


def test_a_model_of_ones_own_is_used(run: Run) -> None:
    story = "He kept the gramble in the shed. The gramble was his, and no other gramble was ever seen.\n" * 40
    Path("story.txt").write_text(story, encoding="utf-8")
    assert run("model", "build", "story.txt", "--alone", "-o", "mine.lm").code == ExitCode.OK
    Path("dump.txt").write_text("And so he kept the gramble in the sheb, and there it lay.\n", encoding="utf-8")
    Path("mine.toml").write_text('model = "mine.lm"\n', encoding="utf-8")
    digests = []
    for arguments in ((), ("--model", "mine.lm"), ("--config", "mine.toml")):
        cleaned(run, *arguments)
        digests.append(rows()[0]["wordlists"]["english.lm"])
    assert digests[0] != digests[1] == digests[2]
    ran = run("clean", "dump.txt", "--model", "nowhere.lm")
    assert ran.code == ExitCode.WORDLIST
    assert ran.err.startswith("ocr-clean: error: nowhere.lm: ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("clena",), "no such command 'clena'; see 'ocr-clean --help'"),
        (("clean", "--legder", "x"), "no such option"),
        (("clean", "a", "b"), "got unexpected extra argument"),
        (("replay", "dump.txt"), "missing argument 'LEDGER'; see 'ocr-clean replay --help'"),
        (("names", "harvest"), "missing argument 'TEXT...'"),
        (("clean", "--ledger"), "requires an argument"),
    ],
)
def test_wrong_usage_is_one_line(run: Run, arguments: tuple[str, ...], says: str) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert says in ran.err
    assert ran.err.startswith("ocr-clean: error: ")
    assert ran.err.count("\n") == 1


def test_help_and_version(run: Run) -> None:
    assert "Exit codes:" in run("--help").out
    assert run().out == run("--help").out
    assert run("--version").out.startswith("ocr-clean, version ")
    for name in cli.COMMANDS:
        assert run(name, "-h").code == ExitCode.OK


def test_a_bug_is_one_line_and_a_traceback_on_demand(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("five\nis four")

    monkeypatch.setattr("ocr_clean.api.clean_source", broken)
    ran = run("clean", "dump.txt", "-o", "out.md")
    assert ran.code == ExitCode.INTERNAL
    assert ran.err.startswith("ocr-clean: error: a bug (RuntimeError: five is four); nothing was written")
    assert ran.err.count("\n") == 1
    assert not Path("out.md").exists()
    assert "Traceback" in run("clean", "dump.txt", "-v").err


def test_python_dash_m(tmp_path: Path) -> None:
    """The module is the command, and its exit code arrives."""
    command = [sys.executable, "-m", "ocr_clean"]
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ocr-clean, version ")
    assert subprocess.run([*command, "clean", str(tmp_path)], capture_output=True, check=False).returncode == 3

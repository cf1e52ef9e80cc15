"""The GitHub Action and the pre-commit hook: well formed, and their commands do what they are for."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import regex
import yaml

from ocr_clean.cli import cli
from ocr_clean.errors import ExitCode

ROOT = Path(__file__).parent.parent
INPUT_RE = regex.compile(r"\$\{\{ ([\w.-]+) \}\}")
SAMPLE = "clean-page"


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder with one sample, which is accepted."""
    shutil.copytree(ROOT / "samples" / SAMPLE, tmp_path / "samples" / SAMPLE, ignore=shutil.ignore_patterns("*.png"))
    shell(tmp_path, "ocr-clean check samples --update", {})
    return tmp_path


def shell(folder: Path, script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run *script* as GitHub's runners do, with this environment's programs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    variables = {**os.environ, "PATH": path, **environment}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)


def exists(call: str) -> None:
    """*call* is a command of ocr-clean, with options that it knows."""
    program, name, *words = shlex.split(call)
    command = cli.get_command(click.Context(cli), name)
    assert (program, command is None) == ("ocr-clean", False)
    assert command is not None
    known = {option for each in command.params for option in each.opts}
    assert [word for word in words if word.startswith("-") and word not in known] == []


def test_the_action_is_well_formed() -> None:
    action = read("action.yml")
    steps = action["runs"]["steps"]
    assert action["runs"]["using"] == "composite"
    assert all(("uses" in step) != ("run" in step) for step in steps)
    assert all(step["shell"] == "bash" for step in steps if "run" in step)
    assert all(each["description"] and "default" in each for each in action["inputs"].values())
    used = set(INPUT_RE.findall((ROOT / "action.yml").read_text(encoding="utf-8")))
    assert used == {f"inputs.{name}" for name in action["inputs"]} | {"github.action_path"}
    exists(regex.sub(r"\$\{\w+:\+(.*?)\}", r"\1", steps[-1]["run"]))


def test_no_input_of_the_action_becomes_part_of_a_script() -> None:
    """What a caller passes in reaches the shell as a variable, so that it cannot run commands."""
    assert [step["run"] for step in read("action.yml")["runs"]["steps"] if "${{" in step.get("run", "")] == []


def test_the_action_installs_what_it_lies_in() -> None:
    [install] = [step for step in read("action.yml")["runs"]["steps"] if step.get("name") == "Install ocr-clean"]
    assert install["env"] == {"SOURCE": "${{ github.action_path }}"}
    assert install["run"] == 'python -m pip install --quiet "$SOURCE"'
    assert (ROOT / "setup.cfg").exists()


def test_the_check_of_the_action_passes_and_fails(repository: Path) -> None:
    step = read("action.yml")["runs"]["steps"][-1]
    inputs = {"FOLDER": "samples", "TOLERANCE": "", "CONFIG": ""}
    assert set(step["env"]) == set(inputs)
    passed = shell(repository, step["run"], inputs)
    assert (passed.returncode, "::error" in passed.stdout) == (ExitCode.OK, False), passed.stderr
    (repository / "off.toml").write_text("[stages.paragraphs]\nenabled = false\n", encoding="utf-8")
    failed = shell(repository, step["run"], {**inputs, "CONFIG": "off.toml"})
    assert failed.returncode == ExitCode.WOULD_CHANGE
    assert failed.stdout.startswith(f"::error file=samples/{SAMPLE}/accepted.md,line=")
    assert "stages that differ: paragraphs" in failed.stderr
    tolerant = shell(repository, step["run"], {**inputs, "CONFIG": "off.toml", "TOLERANCE": "100"})
    assert tolerant.returncode == ExitCode.OK


def test_the_hook_is_well_formed_and_works(repository: Path) -> None:
    [hook] = read(".pre-commit-hooks.yaml")
    assert {"id", "name", "entry", "language"} <= set(hook)
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    call = shlex.join([*shlex.split(hook["entry"]), *hook["args"]])
    exists(call)
    assert shell(repository, call, {}).returncode == ExitCode.OK


def test_the_examples_of_the_cookbook_use_what_there_is() -> None:
    cookbook = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
    workflow, hooks = map(yaml.safe_load, regex.findall(r"^```yaml\n(.*?)^```$", cookbook, regex.M | regex.S))
    [action] = [step for step in workflow["jobs"]["samples"]["steps"] if "/ocr-clean@" in step["uses"]]
    assert set(action["with"]) <= set(read("action.yml")["inputs"])
    assert [each["id"] for each in hooks["repos"][0]["hooks"]] == [
        each["id"] for each in read(".pre-commit-hooks.yaml")
    ]
    assert all(f"`{name}`" in cookbook for name in read("action.yml")["inputs"])


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (f"samples/{SAMPLE}/dump.txt", True),
        ("samples/mini-volume/dump-bare.txt", True),
        (f"samples/{SAMPLE}/truth.md", True),
        (f"samples/{SAMPLE}/accepted.jsonl", True),
        ("samples/baseline.json", True),
        ("samples/ocr-clean.toml", True),
        ("samples/README.md", False),
        (f"samples/{SAMPLE}/page.png", False),
    ],
)
def test_the_hook_looks_at_the_files_of_samples(path: str, wanted: bool) -> None:
    [hook] = read(".pre-commit-hooks.yaml")
    assert bool(regex.search(hook["files"], path)) is wanted

"""The manual says what the program does: nothing is left out, and no example is made up."""

from __future__ import annotations

import configparser
import importlib.util
import shlex
from pathlib import Path
from types import ModuleType

import click
import pytest
import regex

import ocr_clean
from ocr_clean.cli import COMMANDS, cli
from ocr_clean.config import load, presets
from ocr_clean.document import RETIRED, Role
from ocr_clean.errors import ExitCode
from ocr_clean.stages import STAGES

ROOT = Path(__file__).parent.parent
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "samples/README.md",
    "wordlists/README.md",
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").glob("*.md"))),
]
LINK_RE = regex.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")
FENCE_RE = regex.compile(r"^```(\w+)\n(.*?)^```$", regex.M | regex.S)
RULE_IN_CELL_RE = regex.compile(r"[a-z][a-z-]*")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    """The script that writes the generated pages."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["stages.md", "cli.md", "cookbook.md", "../samples/README.md"])
def test_generated_pages_are_up_to_date(generate: ModuleType, page: str) -> None:
    assert text(f"docs/{page}") == generate.PAGES[page](), "run: python docs/generate.py"


@pytest.mark.parametrize("name", STAGES)
def test_every_stage_is_described(name: str) -> None:
    page = text("docs/stages.md")
    section = page.split(f". {name}\n", 1)[1].split("\n## ", 1)[0]
    assert "| before | after | rule |" in section or "| rule |" in section, "the module's docstring has no table"
    assert name in text("CHANGELOG.md")


@pytest.mark.parametrize("name", STAGES)
def test_every_option_has_a_docstring(generate: ModuleType, name: str) -> None:
    for option in generate.describe(STAGES[name]).options:
        assert option.help, f"{name}.{option.name} has no docstring under it"


def test_every_preset_is_described() -> None:
    for name, about in presets().items():
        assert about, f"{name}.toml has no comment at its head"
        assert f"| `{name}` |" in text("docs/stages.md")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_cookbook(name: str) -> None:
    assert f"ocr-clean {name}" in text("docs/cookbook.md") + text("README.md")
    assert f"## ocr-clean {name}" in text("docs/cli.md")


def test_every_exit_code_is_explained() -> None:
    for code in ExitCode:
        assert f"| {code.value} | `{code.name}` |" in text("docs/exit-codes.md")
        assert f"{code.value} {code.name.lower().replace('_', ' ')}" in text("docs/cli.md").replace("\n  ", " ")


def test_every_role_and_ledger_field_is_explained() -> None:
    page = text("docs/ledger.md")
    for role in Role:
        assert f"`{role.value}`" in page
    for role in RETIRED:
        assert f"`{role.value}`" in page.split("| printed | retired |")[1].split("|---|---|")[1]
    dump = "The ﬁrst be-\nginning, Trotskv\n\f12\n\nand so on to the end of it.\n"
    cleaned = ocr_clean.clean(dump)
    fields = set(cleaned.header) | {
        "refused",
        "suggested",
        "source",
        "needs",
        "group",
        "round",
        "level",
        "label",
        "was",
    }
    for line in cleaned.ledger.to_jsonl().splitlines()[1:]:
        fields |= set(ocr_clean.ledger.json.loads(line))
    assert [field for field in sorted(fields) if f"`{field}`" not in page] == []


def test_every_dependency_is_explained() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    lists = [setup["options"]["install_requires"], *setup["options.extras_require"].values()]
    names = {regex.split("[><=]", line)[0] for each in lists for line in each.split()}
    page = text("docs/dependencies.md")
    assert [name for name in sorted(names) if not regex.search(rf"^\|.*\b{name}\b.*\|.*\|", page, regex.M)] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    for target, anchor in LINK_RE.findall(text(page)):
        if "://" in target:
            continue
        file = folder / target if target else ROOT / page
        assert file.exists(), target
        if anchor:
            headings = regex.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), regex.M)
            assert anchor[1:] in [regex.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings]


def _commands() -> list[tuple[str, str]]:
    """Every call of ocr-clean in the manual, with its page."""
    found = []
    for page in PAGES:
        lines = [line for _, block in FENCE_RE.findall(text(page)) for line in block.splitlines()]
        lines += regex.findall(r"`(ocr-clean [^`]*)`", text(page)) + regex.findall(
            r"^    (ocr-clean .*)$", text(page), regex.M
        )
        calls = (regex.search(r"ocr-clean [a-z][^|#&;)]*", line) for line in lines)
        found += [(page, regex.split(r"\s[<>]|\s#|`|\\", call[0])[0].strip()) for call in calls if call]
    return sorted(set(found))


@pytest.mark.parametrize(("page", "call"), _commands())
def test_commands_in_the_manual_exist_with_their_options(page: str, call: str) -> None:
    """Parsed, not run: their files are the reader's."""
    command: click.Command = cli
    context = click.Context(cli, info_name="ocr-clean")
    words = shlex.split(call)[1:]
    while isinstance(command, click.Group) and words:
        name = words.pop(0)
        found = command.get_command(context, name)
        assert found is not None, name
        command = found
    known = {option for each in command.params for option in each.opts} | {"-h", "--help"}
    assert [word for word in words if word.startswith("-") and word != "-" and word not in known] == []


def test_the_example_of_the_readme_is_true() -> None:
    blocks = FENCE_RE.findall(text("README.md"))
    [before] = [block for kind, block in blocks if kind == "text"]
    [after] = [block for kind, block in blocks if kind == "markdown"]
    markdown = ocr_clean.clean(before).markdown
    assert regex.sub(r"\A---\n.*?\n---\n+", "", markdown, flags=regex.S) == after


def test_the_script_for_changes_is_what_the_readme_says() -> None:
    commands = [block for kind, block in FENCE_RE.findall(text("README.md")) if kind == "sh"]
    assert commands[1] in text(".ci/run")
    assert commands[1].strip() in text("CONTRIBUTING.md")
    assert "pip install -q -e '.[test]'" in commands[0]
    assert ".venv/bin/pip install" in text(".ci/run")


def test_the_configuration_of_the_cookbook_loads(tmp_path: Path) -> None:
    [example] = [block for kind, block in FENCE_RE.findall(text("docs/cookbook.md")) if kind == "toml"]
    (tmp_path / "ocr-clean.toml").write_text(example, encoding="utf-8")
    settings = load(str(tmp_path / "ocr-clean.toml"))
    settings.pipeline()
    assert settings.names == (str(tmp_path / "mine.tsv"),)


def test_the_project_has_no_traces_of_a_workplace() -> None:
    """A guard against paths and hosts that only mean something where they were typed."""
    traces = regex.compile(r"/(?:work|home|Users)/|pypi\.org|localhost:\d")
    pages = [*PAGES, "CHANGELOG.md", "setup.cfg", "pyproject.toml"]
    assert [page for page in pages if traces.search(text(page))] == []

"""What is installed is what is in the tree: wheel, source distribution, editable install."""

from __future__ import annotations

import configparser
import importlib.metadata
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = (".ci", "bench", "docs", "ocr_clean", "samples", "tests", "wordlists")
FILES = (
    ".pre-commit-hooks.yaml",
    "action.yml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "MANIFEST.in",
    "README.md",
    "pyproject.toml",
    "setup.cfg",
)
JUNK = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*_cache", ".hypothesis", "*.pyc")
"""What working in the tree leaves behind."""
NEEDED = {"build": (1, 2), "setuptools": (77, 0)}
"""The build backend and its front end, with the oldest release that does."""


def _missing() -> str:
    for name, oldest in NEEDED.items():
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return f"{name} is not installed"
        if tuple(map(int, version.split(".")[:2])) < oldest:
            return f"{name} {version} is too old"
    return ""


needs_backend = pytest.mark.skipif(bool(_missing()), reason=f"nothing to build with offline: {_missing()}")
one_worker = pytest.mark.xdist_group("packaging")


@dataclass(frozen=True)
class Built:
    """A copy of the tree and what was built of it."""

    tree: Path
    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build once: the source distribution of the tree, and the wheel of the source distribution."""
    tree, dist = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("dist")
    for name in PARTS:
        shutil.copytree(ROOT / name, tree / name, ignore=JUNK)
    for name in FILES:
        shutil.copy(ROOT / name, tree / name)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(dist), str(tree)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.rmtree(tree / "ocr_clean.egg-info", ignore_errors=True)
    return Built(tree, next(dist.glob("*.whl")), next(dist.glob("*.tar.gz")))


def _files(tree: Path, *folders: str) -> set[str]:
    return {str(path.relative_to(tree)) for folder in folders for path in (tree / folder).rglob("*") if path.is_file()}


def _packages() -> list[str]:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    return setup["options"]["packages"].split()


def test_the_list_of_packages_is_the_tree() -> None:
    """The list is explicit, for the word lists lie beside the package; so a new folder must be added to it."""
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "ocr_clean").rglob("*") if path.is_file()}
    found = {".".join(folder.parts) for folder in folders if "__pycache__" not in folder.parts}
    assert sorted(_packages()) == sorted(found | {"ocr_clean.wordlists"})


@needs_backend
@one_worker
def test_the_wheel_holds_every_file_of_the_package(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert inside == _files(built.tree, "ocr_clean") | {f"ocr_clean/{name}" for name in _files(built.tree, "wordlists")}


@needs_backend
@one_worker
def test_the_source_distribution_holds_the_tree(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert _files(built.tree, *PARTS) | set(FILES) <= inside


def _environment(folder: Path, install: list[str]) -> Path:
    """An empty environment with only ocr-clean installed; its dependencies are those of this one."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    own = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    (own / "zz_dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    done = subprocess.run(
        [*command, "--disable-pip-version-check", *install], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder / "bin"


def _works(programs: Path, home: Path, folder: Path) -> None:
    """The command cleans a page, and runs from *home*."""
    where = [str(programs / "python"), "-c", "import ocr_clean; print(ocr_clean.__file__)"]
    assert Path(subprocess.run(where, cwd=folder, capture_output=True, text=True, check=True).stdout).is_relative_to(
        home
    )
    shutil.copy(ROOT / "samples" / "plain-page" / "dump.txt", folder / "dump.txt")
    command = [str(programs / "ocr-clean"), "clean", "-q", "dump.txt", "-o", "out.md"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "officers of the county militia" in (folder / "out.md").read_text(encoding="utf-8")


@needs_backend
@one_worker
def test_the_wheel_installs_and_works(built: Built, tmp_path: Path) -> None:
    programs = _environment(tmp_path / "venv", [str(built.wheel)])
    _works(programs, tmp_path / "venv", tmp_path)


@needs_backend
@one_worker
def test_an_editable_install_works(built: Built, tmp_path: Path) -> None:
    programs = _environment(tmp_path / "venv", ["--no-build-isolation", "--editable", str(built.tree)])
    _works(programs, built.tree, tmp_path)


def test_the_version_stands_in_one_place() -> None:
    from ocr_clean.version import __version__

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{__version__}]" in text or "## [Unreleased]" in text
    assert importlib.metadata.version("ocr-clean") == __version__

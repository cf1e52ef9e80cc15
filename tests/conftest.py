"""What all tests share: the lexicon, loaded once, a browser, and the profiles of Hypothesis."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from ocr_clean.lexicon import Lexicon

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=60,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),  # not Phase.explain: it takes minutes here
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("thorough", settings.get_profile("ci"), derandomize=False, max_examples=3000)
settings.load_profile(os.environ.get("OCR_CLEAN_HYPOTHESIS", "ci"))
"""``OCR_CLEAN_HYPOTHESIS=thorough`` looks longer and elsewhere each time."""


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The shipped lists."""
    return Lexicon.load()


@pytest.fixture
def in_chromium(tmp_path: Path) -> Callable[[str, str], str]:
    """Open a page (its text) in Chromium, run a script at its end, and give back what has become of the page."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("chromium is not installed")
    options = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync".split()
    options += "--disable-background-networking --disable-component-update --dump-dom".split()

    def run(page: str, script: str) -> str:
        file = tmp_path / "in-chromium.html"
        head, end, rest = page.rpartition("</body>")
        file.write_text(f"{head}<script>{script}</script>{end}{rest}", encoding="utf-8")
        command = [chromium, *options, f"--user-data-dir={tmp_path}/user", file.as_uri()]
        return subprocess.run(command, capture_output=True, timeout=120, check=True).stdout.decode()

    return run

"""What all tests share: the lexicon, loaded once, and the profiles of Hypothesis."""

from __future__ import annotations

import os

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

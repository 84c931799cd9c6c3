"""The page about the sandbox says what the code does."""

from __future__ import annotations

import sys

import pytest

from sym.engine.sandbox.limits import DEADLINES
from sym.engine.sandbox.reference import page
from tests.architecture.sources import ROOT


@pytest.mark.skipif(sys.platform != "linux", reason="the measures are Linux' own")
def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "runtime" / "docs" / "sandbox.md").read_text() == page(), "run `make docs`"


def test_the_page_names_every_deadline() -> None:
    text = page()
    for kind, seconds in DEADLINES.items():
        assert any(line.startswith(f"| {kind} |") and f"| {seconds:g} |" in line for line in text.splitlines())

"""The page about the life cycle says what the code does."""

from __future__ import annotations

from sym.engine.state_table import page
from tests.architecture.sources import ROOT


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "runtime" / "docs" / "life-cycle.md").read_text() == page(), "run `make docs`"


def test_the_page_names_what_matters() -> None:
    text = page()
    for row in (
        "| requested | - | approve | approved | - | escalate | `run.approved` |",
        "| escalated | active | deescalate | - | ending | the strategy's `deescalate` is called | - |",
        "| errored | ended | retry | approved | - | escalate | `run.retried` |",
    ):
        assert row in text

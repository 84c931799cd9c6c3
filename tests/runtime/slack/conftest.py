"""The simulated Slack, and an organization whose people are in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from sym.engine.sandbox.sandbox import Sandbox
from sym.simulator.server import Simulator
from sym.store.database import Store
from tests.runtime.engine.conftest import Clock, authors_folder, clock, sandbox
from tests.runtime.slack.office import Office
from tests.runtime.slack.place import fake_slack, one_store, place

__all__ = ["authors_folder", "clock", "fake_slack", "one_store", "place", "sandbox"]


@pytest.fixture
def slack(clock: Clock) -> Iterator[Simulator]:
    """A Slack whose time is the engine's."""
    simulator = Simulator(clock=clock)
    simulator.start()
    try:
        yield simulator
    finally:
        simulator.stop()


@pytest.fixture
def office(
    store: Store, sandbox: Sandbox, clock: Clock, tmp_path: Path, authors_folder: Path, slack: Simulator,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Office]:  # fmt: skip
    """The organization acme, reached in Slack. Nothing that is logged may hold a token."""
    caplog.set_level(logging.INFO)
    folder = authors_folder / tmp_path.name
    folder.mkdir()
    made = Office(store, sandbox, clock, folder, slack)
    yield made
    for record in caplog.get_records("call"):
        said = f"{record.getMessage()} {record.exc_text or ''} {record.exc_info or ''}"
        assert slack.bot_token not in said
        assert "xoxb-" not in said

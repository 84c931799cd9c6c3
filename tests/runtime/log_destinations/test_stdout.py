from __future__ import annotations

import json
import sys
from datetime import datetime
from io import StringIO
from typing import Any

import pytest

from sym.log_destinations import stdout
from sym.sdk.log_destination import Destination, LogDestinationError
from tests.runtime.log_destinations.conftest import entries, opened
from tests.runtime.log_destinations.contract import DestinationContract
from tests.shelf_settings import optional, required


def test_it_needs_nothing() -> None:
    assert (stdout.integration, stdout.integration_optional) == (None, True)
    assert required(stdout.Settings) == set()
    assert optional(stdout.Settings) == {"personal_values"}


class Console:
    """What was written so far."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys, self._text = capsys, ""

    def lines(self) -> list[str]:
        self._text += self._capsys.readouterr().out
        return self._text.splitlines()


class TestStdout(DestinationContract):
    @pytest.fixture
    def double(self, capsys: pytest.CaptureFixture[str]) -> Console:
        return Console(capsys)

    def open(self, double: Any) -> Destination:
        return opened("stdout")

    def received(self, double: Any) -> list[dict[str, Any]]:
        return [json.loads(line) for line in double.lines()]


def test_an_output_that_is_closed_is_a_failure(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    closed = StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    with pytest.raises(LogDestinationError, match="Standard output"):
        opened("stdout").send(entries(1), now)

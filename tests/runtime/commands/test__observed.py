"""Where a process shows what it does."""

from __future__ import annotations

import io
import json
import logging
import sys

import pytest
import requests

from sym import config
from sym.commands._observed import logging_as, shown_metrics
from sym.store.database import Store

PASSWORD = "s%40fe-as-houses"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "given", "is_json"),
    [(io.StringIO, "", True), (Terminal, "", False), (io.StringIO, "console", False), (Terminal, "json", True)],
)
def test_the_log_suits_whoever_reads_it(
    stream: type[io.StringIO], given: str, is_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stream())
    with logging_as(config.load({"SYM_LOG_FORMAT": given})):
        logging.getLogger("sym.test").warning("something")
    assert sys.stderr.getvalue().startswith("{") is is_json  # type: ignore[attr-defined]
    assert "something" in sys.stderr.getvalue()  # type: ignore[attr-defined]


def test_nothing_the_configuration_keeps_secret_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    given = {"SYM_STORE_URL": f"postgresql://sym:{PASSWORD}@db/sym", "SYM_JWT": "my-token", "SYM_SECRET_A": "my-secret"}
    with logging_as(config.load(given)):
        logging.getLogger("sym.test").warning("%s", [*given.values(), PASSWORD, "s@fe-as-houses"])
    (line,) = map(json.loads, sys.stderr.getvalue().splitlines())  # type: ignore[attr-defined]
    for secret in (PASSWORD, "s@fe-as-houses", "my-token", "my-secret"):
        assert secret not in line["event"]


@pytest.mark.parametrize(("given", "is_shown"), [("on", True), ("off", False)])
def test_the_api_shows_metrics_or_nobody_does(given: str, is_shown: bool) -> None:
    with shown_metrics(config.load({"SYM_METRICS": given}), Store("sqlite:////nowhere/store.db")) as page:
        assert (page is not None) is is_shown


def test_metrics_can_have_an_address_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    settings = config.load({"SYM_METRICS": "127.0.0.1:0"})
    with shown_metrics(settings, Store("sqlite:////nowhere/store.db")) as page:
        assert page is None
        url = capsys.readouterr().err.removeprefix("metrics on ").strip()
        assert "sym_store_up 0.0" in requests.get(url, timeout=10).text

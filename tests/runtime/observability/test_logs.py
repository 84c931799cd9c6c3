"""The log: one line per event, for machines or for people."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.contextvars import bound_contextvars

from sym.observability import logs
from sym.observability.logs import logging_to, name_process
from sym.observability.redaction import MASK

LOG = logging.getLogger("sym.test")


@pytest.fixture(autouse=True)
def _unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_process", {})


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def in_json(stream: io.StringIO) -> Iterator[Any]:
    """The lines that were logged until now."""
    with logging_to(stream, level="INFO", as_json=True, secrets=["hunter2"]):
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_of_the_standard_library_is_an_object(in_json: Any) -> None:
    name_process(executor="host:1")
    with bound_contextvars(run_id="r", flow="f", phase=""):
        LOG.warning("%s of %d", "one", 2)
    (line,) = in_json()
    moment = datetime.fromisoformat(line.pop("timestamp"))
    assert moment.utcoffset() == timedelta(0)
    assert line == {
        "event": "one of 2", "level": "warning", "logger": "sym.test", "run_id": "r", "flow": "f",
        "executor": "host:1",
    }  # fmt: skip


def test_what_is_below_the_level_is_left_out(in_json: Any) -> None:
    LOG.debug("small talk")
    assert in_json() == []


def test_what_others_hang_on_their_lines_is_left_out(in_json: Any) -> None:
    LOG.info("x", extra={"applicationID": "y", "seconds": 1.5})
    (line,) = in_json()
    assert line["seconds"] == 1.5
    assert "applicationID" not in line


def test_a_failure_has_its_trace_without_values_of_variables(in_json: Any) -> None:
    treasure = "a local treasure"
    try:
        raise ValueError(f"bad, {len(treasure)}")
    except ValueError:
        LOG.exception("it failed")
    (line,) = in_json()
    (raised,) = line["exception"]
    assert (raised["exc_type"], raised["exc_value"]) == ("ValueError", "bad, 16")
    assert raised["frames"][-1]["name"] == "test_a_failure_has_its_trace_without_values_of_variables"
    assert treasure not in json.dumps(line)


def test_no_secret_reaches_the_stream(in_json: Any, stream: io.StringIO) -> None:
    try:
        raise ValueError("hunter2")
    except ValueError as error:
        LOG.exception("hunter2 %s %r", "hunter2", error)
    with bound_contextvars(flow="hunter2"):
        LOG.error("Bearer 0123456789abcdef")
    assert "hunter2" not in stream.getvalue()
    assert "0123456789abcdef" not in stream.getvalue()
    assert [line["event"] for line in in_json()] == [f"{MASK} {MASK} ValueError('{MASK}')", f"Bearer {MASK}"]


def test_a_thread_that_fails_is_logged_without_secrets(in_json: Any) -> None:
    def fail() -> None:
        raise ValueError("hunter2")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (line,) = in_json()
    assert (line["event"], line["exception"][0]["exc_value"]) == ("a thread has failed", MASK)


def test_for_people_it_is_a_line_of_text_and_a_plain_trace(stream: io.StringIO) -> None:
    secret = "hunter2"
    with logging_to(stream, level="INFO", as_json=False, secrets=[secret]), bound_contextvars(run_id="r"):
        try:
            raise ValueError(secret)
        except ValueError:
            LOG.exception("it failed")
    text = stream.getvalue()
    assert "it failed" in text
    assert "run_id=r" in text
    assert f"ValueError: {MASK}" in text
    assert "\x1b" not in text
    assert secret not in text


def test_afterwards_everything_is_as_before(stream: io.StringIO) -> None:
    root = logging.getLogger()
    before = list(root.handlers), root.level
    with logging_to(stream, level="DEBUG", as_json=True):
        assert root.level == logging.DEBUG
    assert (list(root.handlers), root.level) == before

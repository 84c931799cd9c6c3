"""Log lines are what Terraform parses."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest

from sym_provider.protocol.hclog import HclogFormatter, configure_logging


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Leave the process's logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def record(level: int, **more: object) -> logging.LogRecord:
    return logging.makeLogRecord({"name": "a.b", "levelno": level, "msg": "said %s", "args": ("x",)} | more)


@pytest.mark.parametrize(
    ("number", "name"), [(5, "trace"), (10, "debug"), (20, "info"), (30, "warn"), (40, "error"), (50, "error")]
)
def test_levels_have_terraforms_names(number: int, name: str) -> None:
    assert json.loads(HclogFormatter().format(record(number)))["@level"] == name


def test_a_line_has_message_module_and_time() -> None:
    line = HclogFormatter().format(record(20, created=0.5))
    assert "\n" not in line
    assert json.loads(line) == {
        "@level": "info",
        "@message": "said x",
        "@module": "a.b",
        "@timestamp": "1970-01-01T00:00:00.500000+00:00",
    }


def test_traces_are_for_debug_only() -> None:
    try:
        raise RuntimeError("hunter2")
    except RuntimeError:
        error = record(logging.ERROR, exc_info=sys.exc_info())
        debug = record(logging.DEBUG, exc_info=sys.exc_info())
    assert "hunter2" not in HclogFormatter().format(error)
    assert "Traceback" in HclogFormatter().format(debug)


@pytest.mark.parametrize(
    ("level", "lines"), [("", 1), ("OFF", 1), ("info", 2), ("DEBUG", 3), ("TRACE", 4), ("JSON", 4)]
)
def test_the_level_is_that_of_tf_log(level: str, lines: int) -> None:
    stream = io.StringIO()
    configure_logging(level, stream)
    for number in (5, 10, 20, 30):
        logging.getLogger("x").log(number, "hello")
    assert len(stream.getvalue().splitlines()) == lines

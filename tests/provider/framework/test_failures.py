"""Whatever goes wrong becomes a diagnostic; the trace stays in the log."""

from __future__ import annotations

import logging

import pytest

from sym_provider.framework.diagnostics import Failure, error, warning
from sym_provider.framework.failures import attempt, explain
from sym_provider.framework.interfaces import PartialStateError
from sym_provider.framework.values import ValueMismatch


def fail(problem: Exception) -> None:
    raise problem


def test_success_has_no_diagnostics() -> None:
    assert attempt("work", lambda: 5) == (5, ())


def test_a_providers_own_diagnostics_are_passed_on() -> None:
    own = (error("a", path=("x",)), warning("b"))
    assert attempt("work", lambda: fail(Failure(*own))) == (None, own)


def test_a_failure_without_errors_is_still_one() -> None:
    (diagnostic,) = explain("work", Failure(warning("only a warning")))
    assert diagnostic.summary == "Could not work"


def test_a_mismatch_keeps_its_place() -> None:
    (diagnostic,) = explain("work", ValueMismatch(("a", 0), "a string is required"))
    assert diagnostic.path == ("a", 0)


def test_a_partial_state_is_explained_by_its_cause() -> None:
    partial = PartialStateError({})
    partial.__cause__ = Failure(error("the cause"))
    assert explain("work", partial) == (error("the cause"),)
    assert "half-way" in explain("work", PartialStateError({}))[0].detail


def test_the_trace_is_logged_without_values_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    problem = RuntimeError("hunter2 is wrong")
    with caplog.at_level(logging.DEBUG):
        _, (diagnostic,) = attempt("work", lambda: fail(problem))
    assert diagnostic.detail.startswith("RuntimeError: hunter2 is wrong")
    assert "test_failures.py" not in diagnostic.detail
    (record,) = caplog.records
    assert record.levelno == logging.DEBUG
    assert "test_failures.py" in record.getMessage()
    assert "hunter2" not in record.getMessage()

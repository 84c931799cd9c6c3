"""Turn whatever goes wrong in a provider's code into diagnostics; nothing may escape to the protocol."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import TypeVar

from sym_provider.framework.diagnostics import Diagnostic, Failure, error, has_errors
from sym_provider.framework.interfaces import PartialStateError
from sym_provider.framework.values import ValueMismatch

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


def attempt(doing: str, call: Callable[[], T]) -> tuple[T | None, tuple[Diagnostic, ...]]:
    """Return what the call returns and no diagnostics, or None and why it failed.

    *doing* names the operation in the summary: ``create toy_thing``.
    """
    try:
        return call(), ()
    except Exception as problem:  # noqa: BLE001 - the one place where everything is caught
        return None, explain(doing, problem)


def explain(doing: str, problem: BaseException) -> tuple[Diagnostic, ...]:
    """Return diagnostics for an exception, at least one of them an error.

    The trace is for developers: it goes to the log at DEBUG level, without the exception's text, which may quote
    configuration values.
    """
    if isinstance(problem, PartialStateError) and problem.__cause__ is not None:
        return explain(doing, problem.__cause__)
    if isinstance(problem, Failure) and has_errors(problem.diagnostics):
        return problem.diagnostics
    if isinstance(problem, ValueMismatch):
        return (error(f"Could not {doing}: invalid value", f"At this place {problem}.", problem.path),)
    frames = "".join(traceback.format_tb(problem.__traceback__))
    _LOG.debug("could not %s: %s\n%s", doing, type(problem).__name__, frames)
    detail = f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
    return (error(f"Could not {doing}", f"{detail}\n\nSet TF_LOG=DEBUG to see where it happened."),)

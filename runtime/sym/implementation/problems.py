"""What is wrong with an author's code, and where."""

from __future__ import annotations

import dataclasses
from typing import Literal

Severity = Literal["error", "warning"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem:
    """One finding.

    ``severity`` is ``error`` for code that cannot work and ``warning`` for code that does something else than it
    seems to. ``line`` counts from 1 (0: no particular line), ``column`` from 0. ``handler`` is the function meant, if
    any; ``hint`` says what to do next.
    """

    severity: Severity
    message: str
    line: int
    column: int = 0
    handler: str | None = None
    hint: str = ""


def error(message: str, line: int, *, column: int = 0, handler: str | None = None, hint: str = "") -> Problem:
    """A finding that makes the code unusable."""
    return Problem(severity="error", message=message, line=line, column=column, handler=handler, hint=hint)


def warning(message: str, line: int, *, column: int = 0, handler: str | None = None, hint: str = "") -> Problem:
    """A finding to tell the author, with which the code is accepted all the same."""
    return Problem(severity="warning", message=message, line=line, column=column, handler=handler, hint=hint)

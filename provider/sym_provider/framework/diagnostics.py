"""What a provider tells the practitioner: errors and warnings, each with the place it is about."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace

Path = tuple[str | int, ...]
"""The way from a resource's root to a value: attribute names, list indexes, and :class:`MapKey` for keys of a map."""


class MapKey(str):
    """A path step into a map, told apart from the name of an attribute."""

    __slots__ = ()


class Severity(enum.Enum):
    """How much it matters: an error stops the operation, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to tell.

    The summary is a short title; the detail says what happened and what to do next. The path, when the matter has a
    place in the configuration, lets Terraform show the line.
    """

    severity: Severity
    summary: str
    detail: str = ""
    path: Path = ()

    def below(self, prefix: Path) -> Diagnostic:
        """Return the diagnostic with its path put below *prefix*."""
        return replace(self, path=(*prefix, *self.path))


def error(summary: str, detail: str = "", path: Path = ()) -> Diagnostic:
    """Make a diagnostic that stops the operation."""
    return Diagnostic(Severity.ERROR, summary, detail, path)


def warning(summary: str, detail: str = "", path: Path = ()) -> Diagnostic:
    """Make a diagnostic that is only shown."""
    return Diagnostic(Severity.WARNING, summary, detail, path)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Tell whether any of the diagnostics stops the operation."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def render_path(path: Path) -> str:
    """Write a path as a practitioner would: ``params[0].prompt_field[2].type``, ``settings["a"]``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif isinstance(step, MapKey):
            text += f'["{step}"]'
        else:
            text += f".{step}" if text else step
    return text


class Failure(Exception):
    """Raised by a provider to end an operation with diagnostics of its own making."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(diagnostic.summary for diagnostic in diagnostics))
        self.diagnostics = diagnostics

"""From what is wrong with an author's code to diagnostics. Code is read, never run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sym.implementation import Problem
from sym_provider import code
from sym_provider.framework.diagnostics import Diagnostic, Path, error, warning


def check_code(value: Any, path: Path, source: str, read: Callable[[str], Iterable[Problem]]) -> Iterator[Diagnostic]:
    """What ``read`` finds wrong with the attribute's ``value``, Python source or the path of a file with it.

    ``source`` names the code to people where the value is not itself a path. Values that are not known, and paths that
    cannot be read, are passed over.
    """
    text = known_text(value)
    if text is None:
        return
    name = value if code.is_path(value) else source
    for problem in read(text):
        place = f"Line {problem.line} of {name}: " if problem.line else f"In {name}: "
        if problem.severity == "error":
            yield error("Invalid Python source", f"{place}{problem.message}\n\n{problem.hint}".strip(), path)
        else:
            # Terraform shows only the first of several warnings with the same summary.
            yield warning(problem.message.rstrip("."), f"{place}{problem.hint or problem.message}", path)


def known_text(value: Any) -> str | None:
    """The source text of an attribute; None if it is not known, or is a path that cannot be read, of which the
    attribute's own check tells."""
    if not isinstance(value, str):
        return None
    text = code.source_of(value)
    return None if code.is_path(value) and text == value else text

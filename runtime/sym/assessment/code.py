"""What is to be said of Python code in a configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from sym.assessment.evaluation import read_source
from sym.assessment.values import MissingFile, SourceText, is_unknown
from sym.assessment.wording import Finding, needs, warns
from sym.implementation import Problem


def code_findings(
    value: Any, attribute: str, read: Callable[[str], Iterable[Problem]], folder: Path | None = None
) -> Iterator[Finding]:
    """What is wrong with Python code, given as text, or where ``folder`` says so as a path that begins there."""
    text, name = value, attribute
    if isinstance(value, SourceText):
        name = str(value.path)
    elif isinstance(value, str) and is_path(value):
        found = read_source(Path(value) if Path(value).is_absolute() else (folder or Path()) / value)
        if isinstance(found, MissingFile):
            yield needs(f"{attribute} names the file {found.path}, which {found.reason}.")
            return
        text, name = str(found), str(found.path)
    if not isinstance(text, str) or is_unknown(value):
        return
    for problem in read(text):
        place = f"{name}:{problem.line}" if problem.line else name
        say = needs if problem.severity == "error" else warns
        yield say(f"{place}: {problem.message} {problem.hint}".rstrip())


def is_path(value: str) -> bool:
    """Whether a text is the path of a Python file."""
    return value.endswith(".py") and "\n" not in value

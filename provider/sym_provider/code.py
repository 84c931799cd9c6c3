"""Attributes that hold Python source, or the path of a file that does.

Terraform insists that state holds what the configuration says, so state holds a path where a path was written. Editing
the file must still be seen: reading compares what is stored with what the file says now, and shows the stored text
where they differ, which is then a change back to the path.
"""

from __future__ import annotations

from pathlib import Path

from sym_provider.framework.diagnostics import Diagnostic, error, warning

_LIMIT = 4096


def is_path(value: str) -> bool:
    """Whether a value looks like the path of a Python file rather than source text."""
    return value.endswith(".py") and "\n" not in value and len(value) < _LIMIT


def source_of(value: str) -> str:
    """The source text: that of the file a path names, else the value itself. A path that cannot be read stands for
    itself."""
    if not is_path(value):
        return value
    try:
        return Path(value).read_text(encoding="utf-8")
    except (OSError, ValueError):  # not there, not text, or a path no file can have
        return value


def means_the_same(left: str, right: str) -> bool:
    """Whether two values, each a path or text, stand for the same source."""
    return source_of(left) == source_of(right)


def as_written(prior: str | None, stored: str | None) -> str | None:
    """What a refresh shows: the path that is in the state for as long as its file says what is stored."""
    if prior is not None and stored is not None and is_path(prior) and source_of(prior) == stored:
        return prior
    return stored


def check_path(value: str, *, is_expected: bool) -> list[Diagnostic]:
    """What is wrong with a value that looks like a path: the file must be readable; where text is expected, a path is
    deprecated."""
    if not is_path(value):
        return []
    if source_of(value) == value:
        detail = f'"{value}" looks like the name of a file, and there is no readable file of this name in the working '
        detail += 'directory. To pass what a file says, write file("${path.module}/impl.py").'
        return [error("This is not Python source", detail)]
    if is_expected:
        return []
    detail = 'The value names a file. This is accepted for old configurations; write file("…") instead.'
    return [warning("A path where source text is expected", detail)]

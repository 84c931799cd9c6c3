"""How commands tell of the files they wrote."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from sym.commands._output import clean, has_colours, say, show_record

if TYPE_CHECKING:
    from sym.scaffolding.writing import Changes

_COLOURS = {"created": "green", "changed": "yellow"}


def show_written(changes: Changes, folder: Path, steps: Sequence[str], *, as_json: bool) -> None:
    """The files, one a line on stdout, and what to do next on stderr."""
    written = {
        "created": [_name(path, folder) for path in changes.created],
        "changed": [_name(path, folder) for path in changes.changed],
    }
    if as_json:
        show_record({"directory": str(folder), **written}, as_json=True)
        return
    for verb, names in written.items():
        for name in names:
            click.echo(f"{coloured(verb, _COLOURS[verb])}\t{clean(name)}")
    if steps:
        say("")
        say(coloured("Next:", "cyan", err=True))
        for number, step in enumerate(steps, 1):
            say(f"  {number}. {step}")


def coloured(text: str, colour: str, *, err: bool = False) -> str:
    """``text`` in bold and a colour, on a terminal that wants it."""
    return click.style(text, fg=colour, bold=True) if has_colours(sys.stderr if err else sys.stdout) else text


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)

"""How commands print: tables for people at a terminal, tab-separated rows or JSON for everybody else."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import rich_click as click

F = TypeVar("F", bound=Callable[..., Any])
Row = Mapping[str, Any]


def json_option(function: F) -> F:
    """The option ``--json``, as the parameter ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def say(text: str) -> None:
    """Talk: to stderr, so that it never mixes with data."""
    click.echo(text, err=True)


def clean(value: Any) -> str:
    """One line of text for a terminal or a table: None is empty, control characters are escaped.

    Fields hold what anybody typed; an escape sequence among it must not reach the terminal of whoever looks.
    """
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, default=str)
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    # Cc: control; Cf: format, such as the marks that reverse the direction of text; Zl, Zp: line separators.
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return char.encode("unicode_escape", "surrogatepass").decode()
    return char


def show_rows(rows: Sequence[Row], columns: Mapping[str, str], *, as_json: bool) -> None:
    """Print a list. ``columns`` maps a row's keys to headings; JSON has every key there is."""
    if as_json:
        _show_json([dict(row) for row in rows])
    elif sys.stdout.isatty():
        _show_table(rows, columns)
    else:
        click.echo("\t".join(columns.values()))
        for row in rows:
            click.echo("\t".join(clean(row.get(key)) for key in columns))


def show_record(record: Row, *, as_json: bool) -> None:
    """Print one thing: its keys and values, a line each."""
    if as_json:
        _show_json(dict(record))
        return
    width = max((len(key) for key in record), default=0)
    for key, value in record.items():
        separator = "\t" if not sys.stdout.isatty() else " " * (width - len(key) + 2)
        click.echo(f"{key}{separator}{clean(value)}")


def _show_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, default=str))


def _show_table(rows: Sequence[Row], columns: Mapping[str, str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns.values(), box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text(clean(row.get(key)), overflow="fold") for key in columns))
    Console().print(table)

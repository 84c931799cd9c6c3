"""How commands print: tables for people at a terminal, tab-separated rows or JSON for everybody else."""

from __future__ import annotations

import functools
import json
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TextIO, TypeVar, cast

import rich_click as click
from click import get_current_context
from click.core import ParameterSource

F = TypeVar("F", bound=Callable[..., Any])
Row = Mapping[str, Any]
_ENDLESS = 100_000


FORMATS = ("table", "json", "yaml", "tsv")
_DOCUMENTS = ("json", "yaml")
_CHOSEN = "sym.output"


def json_option(function: F) -> F:
    """The options ``--output`` and ``--json``, as the parameter ``as_json``: whether a document is to be printed, with
    everything there is, instead of rows or lines for reading. :func:`show_rows` and :func:`show_record` know which."""

    @functools.wraps(function)
    def run(*arguments: Any, output_format: str | None, json_flag: bool, **given: Any) -> Any:
        ctx = get_current_context()
        chosen = ctx.meta[_CHOSEN] = _chosen(ctx, output_format, json_flag)
        return function(*arguments, as_json=chosen in _DOCUMENTS, **given)

    json_too = click.option("--json", "json_flag", is_flag=True, help="Short for --output json.")
    of_format = click.option(
        "--output", "output_format", type=click.Choice(FORMATS), envvar="SYMFLOW_OUTPUT",
        help="How to print: json and yaml have everything there is. Left out: a table at a terminal, tab-separated "
             "values elsewhere.",
    )  # fmt: skip
    return of_format(json_too(cast(F, run)))


def _chosen(ctx: click.Context, output_format: str | None, json_flag: bool) -> str | None:
    if not json_flag or output_format in (None, "json"):
        return "json" if json_flag else output_format
    # What is typed counts for more than what the environment says.
    format_typed, json_typed = (
        ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in ("output_format", "json_flag")
    )
    if format_typed == json_typed:
        raise click.UsageError(f"--json and --output {output_format} contradict each other.")
    return output_format if format_typed else "json"


def chosen_format() -> str | None:
    """The format that was asked for: one of FORMATS, or None if nobody did."""
    ctx = get_current_context(silent=True)
    return ctx.meta.get(_CHOSEN) if ctx is not None else None


def _is_table() -> bool:
    chosen = chosen_format()
    return sys.stdout.isatty() if chosen is None else chosen == "table"


def has_colours(stream: TextIO) -> bool:
    """Whether what is written to ``stream`` is to be coloured: at a terminal that can, unless NO_COLOR is set; with
    FORCE_COLOR elsewhere, too."""
    from rich.console import Console

    console = Console(file=stream)
    return console.is_terminal and console.color_system is not None and not console.no_color


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
        _show_document([dict(row) for row in rows])
    elif _is_table():
        _show_table(rows, columns)
    else:
        click.echo("\t".join(columns.values()))
        for row in rows:
            click.echo("\t".join(clean(row.get(key)) for key in columns))


def show_record(record: Row, *, as_json: bool) -> None:
    """Print one thing: its keys and values, a line each."""
    if as_json:
        _show_document(dict(record))
        return
    width = max((len(key) for key in record), default=0)
    for key, value in record.items():
        separator = "\t" if not _is_table() else " " * (width - len(key) + 2)
        click.echo(f"{key}{separator}{clean(value)}")


def _show_document(value: Any) -> None:
    if chosen_format() != "yaml":
        click.echo(json.dumps(value, indent=2, default=str))
        return
    import yaml

    # Neither of the two lets through what is not ASCII: what anybody typed must not reach a terminal as it is.
    plain = json.loads(json.dumps(value, default=str))
    click.echo(yaml.safe_dump(plain, sort_keys=False, default_flow_style=False), nl=False)


def _show_table(rows: Sequence[Row], columns: Mapping[str, str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns.values(), box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text(clean(row.get(key)), overflow="fold") for key in columns))
    # Where nobody looks at the width, nothing is folded to fit one.
    Console(width=None if sys.stdout.isatty() else _ENDLESS, highlight=False).print(table)

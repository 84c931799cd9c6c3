"""The reference page of the command line, from the commands themselves."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import rich_click as click

from sym.commands import root
from sym.commands._tree import Path, variable, walk

_HEAD = """\
<!-- Written by `make docs` from runtime/sym/commands. -->

# The command line

Data goes to stdout, talk to stderr.

| exit code | meaning |
| --- | --- |
| 0 | it worked |
| 1 | it did not |
| 2 | it was called or configured wrongly |
| 3 | nobody is logged in, or the token is no good |
| 4 | there is no such thing, or it is not allowed |
| 130 | it was interrupted |

Lists and records are tables at a terminal, and tab-separated values elsewhere. `--output table|json|yaml|tsv` says
otherwise, and `SYMFLOW_OUTPUT` does so for all commands; `--json` is short for `--output json`. JSON and YAML have
everything there is.

Questions are asked at a terminal only, and never with `--no-input`: what is missing is then an error that names the
option. `--yes` (or `--force`) answers the question whether something is really to be done.

Every option may come from a variable of the environment, which is named beside it. An option that may be repeated takes
several values from it, separated by blanks. `NO_COLOR` and `FORCE_COLOR` are obeyed. What connects to a store or a
server is in [configuration](configuration.md).

`symflow completion bash|zsh|fish` prints what lets a shell complete commands, options and their values.
"""


def page_of_commands() -> str:
    """The page, in Markdown."""
    shown = [(path, command) for path, command in walk(root) if not _is_hidden(path)]
    return "\n".join([_HEAD, *(line for path, command in shown for line in _section(path, command))]).rstrip() + "\n"


def _is_hidden(path: Path) -> bool:
    command = root.get_command(click.Context(root), path[1]) if len(path) > 1 else root
    return command is None or command.hidden


def _section(path: Path, command: click.Command) -> Iterator[str]:
    yield f"{'##' if len(path) < 3 else '###'} `{' '.join(path)}`"
    yield ""
    ctx = click.Context(command, info_name=" ".join(path))
    if not isinstance(command, click.Group):
        pieces = [piece for piece in command.collect_usage_pieces(ctx) if piece != "[OPTIONS]"]
        yield f"    {' '.join([*path, *pieces, '[OPTIONS]'])}"
        yield ""
    yield _prose(inspect.cleandoc(command.help or ""))
    yield ""
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    if options:
        yield "| option | variable | meaning |"
        yield "| --- | --- | --- |"
        yield from (_row(option, path, ctx) for option in options if option.name != "version")
        yield ""


def _row(option: click.Option, path: Path, ctx: click.Context) -> str:
    names, meaning = option.get_help_record(ctx) or ("", "")
    return f"| `{_cell(names)}` | `{variable(option, path)}` | {_cell(_prose(meaning))} |"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def _prose(text: str) -> str:
    # Placeholders and patterns are no HTML and no emphasis.
    return text.replace("<", "&lt;").replace("*", "\\*").replace("\b\n", "")

"""Questions, on a terminal alone: what is missing elsewhere is a usage error that names the option."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import rich_click as click

from sym.commands._output import clean


def is_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def asked(given: str | None, question: str, option: str, choices: Sequence[str] = ()) -> str:
    """What was ``given``, else what somebody answers. Raises a usage error if there is nobody to ask."""
    if given is not None:
        return given
    if not is_terminal():
        raise click.UsageError(f"Missing option '{option}'.")
    if len(choices) > 1:
        click.echo(f"{question}: {', '.join(clean(one) for one in choices)}", err=True)
    default = choices[0] if len(choices) == 1 else None
    answer: str = click.prompt(question, default=default, err=True)
    return answer


def answered(question: str) -> str:
    """What somebody answers, "" for nothing."""
    answer: str = click.prompt(clean(question), default="", show_default=False, err=True)
    return answer.strip()


def confirm(question: str, option: str, *, is_given: bool) -> None:
    """Go on if the option was given, or somebody says yes. Raises Abort if they say no, a usage error if there is
    nobody to ask."""
    if is_given:
        return
    if not is_terminal():
        raise click.UsageError(f"{clean(question)} Nobody can be asked here: add {option}.")
    click.confirm(clean(question), abort=True, err=True)

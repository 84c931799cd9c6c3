"""Questions, for people at a terminal only: everybody else is told which option answers them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import rich_click as click

from sym.commands._output import clean, say


def is_terminal() -> bool:
    """Whether somebody is there who can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirm(question: str, flag: str, *, given: bool) -> None:
    """Ask before something that cannot be undone, unless ``flag`` was given. Raises a usage error that names it where
    nobody can be asked; aborts if the answer is no."""
    if given:
        return
    if not is_terminal():
        raise click.UsageError(f"{question} Say so with {flag}: there is no terminal to ask at.")
    click.confirm(question, abort=True, err=True)


def answer(value: str | None, flag: str, question: str) -> str:
    """``value``, or what is answered to ``question`` if it is None. Raises a usage error that names ``flag`` where
    nobody can be asked."""
    if value is not None:
        return value
    if not is_terminal():
        raise click.UsageError(f"Missing option {flag}.")
    answered: str = click.prompt(question, err=True)
    return answered


def choice(question: str, choices: Sequence[str], flag: str) -> int:
    """Which of the choices is meant, by its place; the only one there is without asking. Raises a usage error that
    names ``flag`` where nobody can be asked."""
    if len(choices) == 1:
        return 0
    if not is_terminal():
        raise click.UsageError(f"Missing option {flag}.")
    for number, text in enumerate(choices, start=1):
        say(f"{number:>3}  {clean(text)}")
    chosen: int = click.prompt(question, type=click.IntRange(1, len(choices)), err=True)
    return chosen - 1

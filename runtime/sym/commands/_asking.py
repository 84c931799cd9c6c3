"""Questions, for people at a terminal only: everybody else is told which options answer them.

They are asked on stderr: what a command prints may be piped.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import rich_click as click

from sym.commands._output import clean, say
from sym.errors import SymError

Check = Callable[[str], object]
"""Raises ValueError or SymError with what is wrong with an answer."""


def is_terminal() -> bool:
    """Whether somebody is there who can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def missing(*flags: str) -> click.UsageError:
    """What is said where nobody can be asked."""
    return click.UsageError(f"Missing option{'s' if len(flags) > 1 else ''}: {', '.join(flags)}.")


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
        raise missing(flag)
    answered: str = click.prompt(question, err=True)
    return answered


def choice(question: str, choices: Sequence[str], flag: str) -> int:
    """Which of the choices is meant, by its place; the only one there is without asking. Raises a usage error that
    names ``flag`` where nobody can be asked."""
    if len(choices) == 1:
        return 0
    if not is_terminal():
        raise missing(flag)
    for number, text in enumerate(choices, start=1):
        say(f"{number:>3}  {clean(text)}")
    chosen: int = click.prompt(question, type=click.IntRange(1, len(choices)), err=True)
    return chosen - 1


def ask(question: str, check: Check, *, default: str = "") -> str:
    """The answer to a question, asked until ``check`` takes it. Raises click.Abort if somebody gives up."""
    import questionary

    asked = questionary.text(question, default=default, validate=lambda text: _verdict(check, text), output=_screen())
    return str(_answered(asked))


def choose(question: str, choices: Sequence[tuple[str, str]]) -> str:
    """One of ``choices``, each a value and what is said of it. Raises click.Abort."""
    import questionary

    width = max(len(value) for value, _ in choices)
    listed = [questionary.Choice(f"{value:<{width}}  {about}", value) for value, about in choices]
    return str(_answered(questionary.select(question, choices=listed, output=_screen())))


def _screen() -> Any:
    from prompt_toolkit.output import create_output

    return create_output(stdout=sys.stderr)


def _answered(question: Any) -> Any:
    answer = question.ask()  # None for Ctrl-C
    if answer is None:
        raise click.Abort
    return answer.strip() if isinstance(answer, str) else answer


def _verdict(check: Check, text: str) -> bool | str:
    try:
        check(text.strip())
    except SymError as problem:
        return problem.message
    except ValueError as problem:
        text = str(problem)
        return f"{text[:1].upper()}{text[1:]}."
    return True

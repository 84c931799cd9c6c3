"""Questions at a terminal, for what options do not say; elsewhere what is missing is an error that names them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import rich_click as click

from sym.errors import SymError

Check = Callable[[str], object]
"""Raises ValueError or SymError with what is wrong with an answer."""


def is_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str, check: Check, *, default: str = "") -> str:
    """The answer to a question, asked until ``check`` takes it. Raises click.Abort if somebody gives up."""
    import questionary

    return str(_answer(questionary.text(question, default=default, validate=lambda text: _verdict(check, text))))


def choose(question: str, choices: Sequence[tuple[str, str]]) -> str:
    """One of ``choices``, each a value and what is said of it. Raises click.Abort."""
    import questionary

    width = max(len(value) for value, _ in choices)
    listed = [questionary.Choice(f"{value:<{width}}  {about}", value) for value, about in choices]
    return str(_answer(questionary.select(question, choices=listed)))


def missing(*flags: str) -> click.UsageError:
    """What is said where nobody can be asked."""
    return click.UsageError(f"Missing option{'s' if len(flags) > 1 else ''}: {', '.join(flags)}.")


def _answer(question: Any) -> Any:
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

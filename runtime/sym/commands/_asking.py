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

yes_option = click.option("--yes", "--force", "yes", is_flag=True, help="Do not ask.")
"""The option of what asks before it is done, as the parameter ``yes``."""

Check = Callable[[str], object]
"""Raises ValueError or SymError with what is wrong with an answer."""


def is_terminal() -> bool:
    """Whether somebody is there who can answer, and wants to (``--no-input``)."""
    ctx = click.get_current_context(silent=True)
    if ctx is not None and ctx.find_root().params.get("no_input"):
        return False
    return sys.stdin.isatty() and sys.stderr.isatty()


def missing(*flags: str, about: str = "") -> click.UsageError:
    """What is said where nobody can be asked; ``about`` is a sentence about what is missing."""
    return click.UsageError(f"Missing option{'s' if len(flags) > 1 else ''}: {', '.join(flags)}.{about}")


def confirm(question: str, *, given: bool) -> None:
    """Ask before something that cannot be undone, unless ``--yes`` was given. Raises a usage error that names it where
    nobody can be asked; aborts if the answer is no."""
    if given:
        return
    if not is_terminal():
        raise click.UsageError(f"{clean(question)} Nobody can be asked here: add --yes.")
    click.confirm(clean(question), abort=True, err=True)


def again(question: str) -> None:
    """Ask whether to try once more; aborts if not."""
    click.confirm(question, default=True, abort=True, err=True)


def answer(value: str | None, flag: str, question: str, choices: Sequence[str] = ()) -> str:
    """``value``, or what is answered to ``question`` if it is None; ``choices`` are likely answers. Raises a usage
    error that names ``flag`` where nobody can be asked."""
    if value is not None:
        return value
    if not is_terminal():
        raise missing(flag)
    if len(choices) > 1:
        say(f"{question}: {', '.join(clean(one) for one in choices)}")
    answered: str = click.prompt(clean(question), default=choices[0] if len(choices) == 1 else None, err=True)
    return answered


def answer_or_nothing(question: str) -> str:
    """What is answered to ``question``, "" for nothing."""
    answered: str = click.prompt(clean(question), default="", show_default=False, err=True)
    return answered.strip()


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
    """The answer to a question, asked until ``check`` takes it. Raises KeyboardInterrupt if somebody gives up."""
    import questionary

    asked = questionary.text(question, default=default, validate=lambda text: _verdict(check, text), output=_screen())
    return str(_answered(asked))


def choose(question: str, choices: Sequence[tuple[str, str]]) -> str:
    """One of ``choices``, each a value and what is said of it. Raises KeyboardInterrupt."""
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
        raise KeyboardInterrupt
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

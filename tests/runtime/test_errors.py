from __future__ import annotations

import inspect

import pytest

from sym import errors
from sym.errors import AuthorCodeFailed, Conflict, InUse, Invalid, NotFound, SymError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, SymError)]


def test_without_a_message_the_docstring_speaks() -> None:
    assert NotFound().message == "There is no such thing."
    assert SymError().message == "Something went wrong."


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not AuthorCodeFailed])
def test_every_kind_has_a_message_of_one_line_and_keeps_what_it_is_told(kind: type[SymError]) -> None:
    assert kind().message.endswith(".")
    assert "\n" not in kind().message
    problem = kind("This.", hint="Do that.", path="name", code="A:B")
    assert (problem.message, problem.hint, problem.path, problem.code) == ("This.", "Do that.", "name", "A:B")


def test_as_text_it_is_the_message_and_what_to_do() -> None:
    assert str(Invalid("The name is empty.", hint="Give one.")) == "The name is empty. Give one."
    assert str(Invalid("The name is empty.")) == "The name is empty."


def test_an_internal_error_of_another_kind_keeps_the_message_of_its_own_docstring() -> None:
    class Missing(NotFound):
        """There is no bread.

        Not even old bread."""

    assert str(Missing()) == "There is no bread."


def test_being_in_use_is_a_conflict() -> None:
    with pytest.raises(Conflict):
        raise InUse


def test_failed_code_says_where() -> None:
    problem = AuthorCodeFailed("It raised KeyError.", handler="on_request", source="impl.py", line=7)
    assert (problem.handler, problem.source, problem.line) == ("on_request", "impl.py", 7)
    assert problem.retryable is False
    assert problem.code == "Handler:FAILED"

"""How handlers are marked."""

from __future__ import annotations

from typing import Any

import pytest

from sym.sdk import annotations  # type: ignore[assignment]
from sym.sdk.annotations import hook, prefetch, reducer


def test_the_exported_names() -> None:
    assert set(annotations.__all__) == {"hook", "prefetch", "reducer"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(("mark", "kind"), [(hook, "hook"), (reducer, "reducer")])
def test_a_marked_function_is_the_same_function(mark: Any, kind: str) -> None:
    def on_approve(event: object) -> None: ...

    assert mark(on_approve) is on_approve
    assert on_approve.__sym_handler__ == (kind, "on_approve")


@pytest.mark.parametrize("mark", [hook, reducer, prefetch])
def test_parentheses_without_arguments_are_a_type_error(mark: Any) -> None:
    with pytest.raises(TypeError):
        mark()


@pytest.mark.parametrize("mark", [hook, reducer])
def test_only_functions_are_marked(mark: Any) -> None:
    with pytest.raises(TypeError, match="goes above a function"):
        mark("on_approve")


def test_a_prefetch_function_passes_everything_through() -> None:
    @prefetch(field_name="repo")
    def get_repos(event: str, *more: int, flag: bool = False) -> tuple[Any, ...]:
        """Doc."""
        return event, more, flag

    assert get_repos("e", 1, 2, flag=True) == ("e", (1, 2), True)
    assert get_repos.field_name == "repo"  # type: ignore[attr-defined]
    assert get_repos.__sym_handler__ == ("prefetch", "get_repos")  # type: ignore[attr-defined]
    assert get_repos.__name__ == "get_repos"
    assert get_repos.__doc__ == "Doc."


def test_the_field_may_be_given_by_position() -> None:
    assert prefetch("repo")(lambda event: event).field_name == "repo"  # type: ignore[attr-defined]


def test_a_bare_prefetch_says_what_is_missing() -> None:
    with pytest.raises(TypeError, match=r'write @prefetch\(field_name="..."\)'):

        @prefetch  # type: ignore[arg-type]
        def get_repos(event: object) -> None: ...


def test_a_marked_prefetch_does_not_mark_the_function_inside() -> None:
    def plain(event: object) -> None: ...

    prefetch("repo")(plain)
    assert not hasattr(plain, "__sym_handler__")

"""The function that runs when a field changes."""

from __future__ import annotations

from sym.implementation import on_change_name, read_on_change


def test_dashes_of_the_field_become_underscores() -> None:
    assert on_change_name("the-repo") == "on_change_the_repo"
    assert read_on_change("def on_change_the_repo(username, form): return form", "the-repo").problems == ()


def test_no_decorator_is_needed_and_the_line_is_told() -> None:
    found = read_on_change("\n\ndef on_change_repo(username, form): ...", "repo")
    assert (found.function, found.line) == ("on_change_repo", 3)


def test_a_missing_function_is_an_error_that_shows_its_shape() -> None:
    found = read_on_change("x = 1", "repo")
    assert found.problems[0].severity == "error"
    assert "def on_change_repo(username, form):" in found.problems[0].hint


def test_a_function_of_a_similar_name_is_pointed_out() -> None:
    found = read_on_change("x = 1\ndef on_change_reop(username, form): ...", "repo")
    assert found.problems[0].line == 2
    assert "Rename on_change_reop" in found.problems[0].hint


def test_another_number_of_arguments_is_an_error() -> None:
    found = read_on_change("def on_change_repo(form): ...", "repo")
    assert found.problems[0].handler == "on_change_repo"


def test_an_async_function_is_an_error() -> None:
    assert "async" in read_on_change("async def on_change_repo(u, f): ...", "repo").problems[0].message


def test_a_syntax_error_names_its_line() -> None:
    assert read_on_change("x = 1\ny = = 2\n", "repo").problems[0].line == 2

"""Reading source without running it."""

from __future__ import annotations

import ast
import warnings

import pytest

from sym.implementation.problems import Problem
from sym.implementation.source_tree import Names, functions, parse


def _names(source: str) -> Names:
    return Names(ast.parse(source))


def test_nothing_is_run() -> None:
    assert not isinstance(parse("raise SystemExit('ran')"), Problem)


@pytest.mark.parametrize(
    ("source", "line"),
    [("x = 1\ndef broken(:\n", 2), ("\n\nreturn 1\n", 3), ("def f(a, a): pass\n", 1)],
    ids=["grammar", "return outside", "duplicate argument"],
)
def test_a_syntax_error_names_its_line(source: str, line: int) -> None:
    problem = parse(source)
    assert isinstance(problem, Problem)
    assert (problem.severity, problem.line) == ("error", line)
    assert "Syntax error" in problem.message


def test_the_column_of_a_syntax_error_counts_from_zero() -> None:
    problem = parse("a b")
    assert isinstance(problem, Problem)
    assert problem.column == 2


@pytest.mark.parametrize("source", ["x = 1\0", "(" * 5000 + ")" * 5000, "-" * 100_000 + "1"])
def test_what_python_cannot_even_parse_is_a_problem_and_no_exception(source: str) -> None:
    problem = parse(source)
    assert isinstance(problem, Problem)
    assert problem.severity == "error"


def test_an_invalid_escape_is_neither_an_error_nor_a_warning_of_ours() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not isinstance(parse('x = "\\d"'), Problem)


def test_functions_inside_if_and_try_are_found_and_inner_ones_are_not() -> None:
    tree = ast.parse(
        "if 1:\n def a(): \n  def inner(): pass\nelse:\n def b(): pass\n"
        "try:\n def c(): pass\nexcept E:\n def d(): pass\nclass K:\n def method(self): pass\n"
        "match 1:\n case 1:\n  def e(): pass\n"
    )
    assert [function.name for function in functions(tree)] == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("source", "expression", "path"),
    [
        ("from sym.sdk import hook", "hook", "sym.sdk.hook"),
        ("from sym.sdk import hook as h", "h", "sym.sdk.hook"),
        ("import sym.sdk.annotations", "sym.sdk.annotations.hook", "sym.sdk.annotations.hook"),
        ("import sym.sdk.annotations as a", "a.hook", "sym.sdk.annotations.hook"),
        ("def hook(f): return f", "hook", ".hook"),
        ("", "hook", "?.hook"),
        ("", "f()", None),
    ],
)
def test_a_name_stands_for_what_was_imported(source: str, expression: str, path: str | None) -> None:
    assert _names(source).path(ast.parse(expression, mode="eval").body) == path

"""Whether a function can be called with so many arguments."""

from __future__ import annotations

import ast

import pytest

from sym.implementation.arity import accepts


@pytest.mark.parametrize(
    ("arguments", "counts"),
    [("", {0}), ("a", {1}), ("a, b=1", {1, 2}), ("a, /, b", {2}), ("*a", {0, 1, 2, 3}), ("a, *, b", set()),
     ("a, *, b=1, **c", {1})],
)  # fmt: skip
def test_positional_arguments_are_counted_as_python_does(arguments: str, counts: set[int]) -> None:
    function = ast.parse(f"def f({arguments}): ...").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert {count for count in range(4) if accepts(function, count)} == counts

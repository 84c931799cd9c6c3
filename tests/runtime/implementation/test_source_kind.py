"""What a file of authors' code is for."""

from __future__ import annotations

import pytest

from sym.implementation.source_kind import SOURCE_KINDS, guess_kind, read_problems


@pytest.mark.parametrize(
    ("name", "source", "kind"),
    [
        ("impl.py", "", "flow"),
        ("anything.py", "def on_approve(event): ...", "flow"),
        ("strategy.py", "def get_permissions(event): ...", "flow"),
        ("strategy.py", "x = 1", "strategy"),
        ("my_strategy.py", "def (", "strategy"),
        ("impl.py", "from sym.sdk.strategies import AccessStrategy\nclass A(AccessStrategy): ...", "strategy"),
        ("on_change.py", "", "on_change"),
        ("form.py", "def on_change_team(username, form): ...", "on_change"),
        ("flows_filter.py", "", "flows_filter"),
        ("impl.py", "def get_flows(user, flows, flows_filter_vars): ...", "flows_filter"),
    ],
)
def test_what_a_file_defines_counts_before_its_name(name: str, source: str, kind: str) -> None:
    assert guess_kind(name, source) == kind


@pytest.mark.parametrize("kind", SOURCE_KINDS)
def test_code_that_python_cannot_read_is_one_error_of_every_kind(kind: str) -> None:
    (problem,) = read_problems(kind, "x = 1\ndef (")  # type: ignore[arg-type]
    assert (problem.severity, problem.line) == ("error", 2)


def test_every_on_change_function_of_a_file_is_read() -> None:
    source = "def on_change_b(form): ...\ndef on_change_a(username, form): ...\nasync def on_change_c(u, f): ...\n"
    found = read_problems("on_change", source)
    assert [(problem.handler, problem.line) for problem in found] == [("on_change_b", 1), ("on_change_c", 3)]


def test_a_file_without_an_on_change_function_is_an_error() -> None:
    (problem,) = read_problems("on_change", "def team(username, form): ...")
    assert problem.severity == "error"

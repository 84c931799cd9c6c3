"""The provider's functions, called directly: what goes in and what comes out."""

from __future__ import annotations

from typing import Any

import pytest

from sym_provider.framework.interfaces import FunctionFailure
from sym_provider.functions import FUNCTIONS

FLOW = """from sym.sdk.annotations import reducer


@reducer
def get_permissions(event):
    return None
"""


def call(name: str, *arguments: Any) -> Any:
    """What Terraform gets: the result in the shape of the declared type."""
    function = FUNCTIONS[name]
    return function.returns.conform(function.call(*arguments))


def refused(name: str, *arguments: Any) -> tuple[str, int | None]:
    with pytest.raises(FunctionFailure) as caught:
        call(name, *arguments)
    return str(caught.value), caught.value.argument


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("acme:flow:access:latest", ("acme", "flow", None, "access", "latest", None)),
        ("ACME:Flow:Access:1.0.0", ("acme", "flow", None, "access", "1.0.0", None)),
        ("acme:access_target:custom:admins:latest", ("acme", "access_target", "custom", "admins", "latest", None)),
        ("acme:run:access:latest:6a1f", ("acme", "run", None, "access", "latest", "6a1f")),
    ],
)  # fmt: skip
def test_an_srn_is_taken_apart_and_put_together_again(text: str, parts: tuple[str | None, ...]) -> None:
    found = call("parse_srn", text)
    assert tuple(found.values()) == parts
    assert list(found) == ["organization", "model", "type", "slug", "version", "identifier"]
    *first, identifier = parts
    assert call("build_srn", *first, *([identifier] if identifier else [])) == text.lower()


@pytest.mark.parametrize("text", ["", "acme", "acme:flow:access:", "acme:flow:access:newest", "acme:user:bob:latest"])
def test_what_is_no_srn_is_refused(text: str) -> None:
    message, argument = refused("parse_srn", text)
    assert "is not a valid SRN" in message
    assert argument == 0


def test_an_empty_type_is_no_type() -> None:
    assert call("build_srn", "acme", "flow", "", "access", "latest") == "acme:flow:access:latest"


@pytest.mark.parametrize(
    ("arguments", "argument", "says"),
    [
        (("ac me", "flow", None, "access", "latest"), 0, "org is 'ac me'"),
        (("acme", "flow", None, "a:b", "latest"), 3, "slug is 'a:b'"),
        (("acme", "flow", None, "access", "newest"), 4, "version is 'newest'"),
        (("acme", "flow", None, "access", "latest", ""), 5, "identifier is ''"),
        (("acme", "integration", None, "okta", "latest"), 2, "type is missing"),
        (("acme", "flow", "okta", "access", "latest"), 2, "type component cannot be present"),
        (("acme", "flow", None, "access", "latest", "a", "b"), 6, "one identifier"),
        (("ac me", "flow", None, "a b", "latest"), 0, "slug is 'a b'"),
    ],
)
def test_the_argument_that_makes_no_srn_is_blamed(arguments: tuple[Any, ...], argument: int, says: str) -> None:
    message, blamed = refused("build_srn", *arguments)
    assert says in message
    assert blamed == argument


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("10m", 600), ("1h", 3600), ("1d", 86400), ("1mo", 2592000), ("90", 90)]
)
def test_a_duration_has_seconds(text: str, seconds: int) -> None:
    assert call("duration_seconds", text) == seconds


@pytest.mark.parametrize("text", ["", "0s", "-1m", "1.5h", "1 week", "1M"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    message, argument = refused("duration_seconds", text)
    assert "is not a duration" in message
    assert argument == 0


def test_sound_code_has_no_problems() -> None:
    assert call("lint_implementation", FLOW) == []


def test_code_that_python_cannot_read_is_an_error_with_its_line() -> None:
    (problem,) = call("lint_implementation", "x = 1\ndef broken(:\n")
    assert (problem["severity"], problem["line"]) == ("error", 2)
    assert problem["message"]


def test_a_misspelt_handler_is_a_warning_with_a_hint() -> None:
    problems = call("lint_implementation", f"{FLOW}\n\n@reducer\ndef get_permision(event):\n    pass\n")
    (problem,) = [problem for problem in problems if problem["line"] == 10]
    assert problem["severity"] == "warning"
    assert "get_permissions" in problem["hint"]


def test_each_kind_of_source_has_its_own_rules() -> None:
    assert call("lint_implementation", FLOW, "flow") == []
    assert "get_flows" in str(call("lint_implementation", FLOW, "flows_filter"))
    assert "AccessStrategy" in str(call("lint_implementation", FLOW, "strategy"))
    message, argument = refused("lint_implementation", FLOW, "poem")
    assert "flow, flows_filter, strategy" in message
    assert argument == 1
    assert refused("lint_implementation", FLOW, "flow", "flow")[1] == 2


def test_every_function_documents_itself_and_its_parameters() -> None:
    for name, function in FUNCTIONS.items():
        parameters = [*function.parameters, *filter(None, [function.variadic])]
        assert function.name == name
        assert function.summary
        assert function.description
        assert all(parameter.description for parameter in parameters), name

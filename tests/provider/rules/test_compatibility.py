from __future__ import annotations

from typing import Any

import pytest

from sym_provider.framework.diagnostics import Severity, render_path
from sym_provider.rules import compatibility

KNOWN: dict[tuple[str, str], dict[str, Any]] = {
    ("integration", "okta"): {"type": "okta"},
    ("integration", "aws"): {"type": "permission_context"},
    ("target", "group"): {"type": "okta_group", "name": "group", "field_bindings": ["group_id"]},
    ("target", "role"): {"type": "aws_iam_group", "name": "role", "field_bindings": None},
    ("target", "repo"): {"type": "github_repo", "name": "repo", "field_bindings": ["repo_name"]},
    ("strategy", "okta"): {"type": "okta", "targets": ["group", "gone"]},
    ("strategy", "github"): {"type": "github", "targets": ["repo"]},
    ("strategy", "strange"): {"type": "strange", "targets": ["repo"]},
}


def found(name: str, document: dict[str, Any]) -> list[str]:
    """The places of the warnings; everything said is a warning."""
    diagnostics = list(compatibility.check(name, document, lambda kind, key: KNOWN.get((kind, key))))
    assert all(item.severity is Severity.WARNING for item in diagnostics)
    return [render_path(item.path) for item in diagnostics]


def flow(strategy: str | None, **fields: str) -> dict[str, Any]:
    asked = [{"name": name, "type": kind} for name, kind in fields.items()]
    return {"params": [{"strategy_id": strategy, "prompt_field": asked}]}


def test_a_strategy_with_what_belongs_to_it_is_fine() -> None:
    assert found("strategy", {"type": "okta", "integration_id": "okta", "targets": ["group"]}) == []


def test_an_integration_of_another_type_does_not_fit() -> None:
    assert found("strategy", {"type": "okta", "integration_id": "aws", "targets": []}) == ["integration_id"]


def test_a_target_of_another_type_does_not_fit() -> None:
    document = {"type": "okta", "integration_id": "okta", "targets": ["group", "role", "gone"]}
    assert found("strategy", document) == ["targets[1]"]


def test_types_nobody_knows_are_left_alone() -> None:
    assert found("strategy", {"type": "strange", "integration_id": "aws", "targets": ["role"]}) == []
    assert found("flow", flow("strange", repo_name="str_list")) == []


@pytest.mark.parametrize(
    ("strategy", "fields", "places"),
    [
        ("okta", {"group_id": "string"}, []),
        ("okta", {"group_id": "str_list"}, []),
        ("okta", {}, ["params[0].strategy_id"]),
        ("github", {"repo_name": "string"}, []),
        ("github", {"repo_name": "str_list"}, ["params[0].strategy_id"]),
        (None, {}, []),
    ],
)
def test_a_bound_setting_needs_its_field(strategy: str | None, fields: dict[str, str], places: list[str]) -> None:
    assert found("flow", flow(strategy, **fields)) == places


def test_a_flow_without_params_is_left_alone() -> None:
    assert found("flow", {"params": []}) == []

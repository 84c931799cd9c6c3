from __future__ import annotations

from typing import Any

import pytest

from sym_provider import rules
from sym_provider.framework.diagnostics import Severity, render_path
from sym_provider.framework.values import UNKNOWN
from sym_provider.rules import compatibility
from sym_provider.rules.integrations import service_keys

SLACK, OKTA, CONTEXT, CUSTOM = "1", "2", "3", "4"
TYPES = {SLACK: "slack", OKTA: "okta", CONTEXT: "permission_context", CUSTOM: "custom"}


def keys(*given: str, name: str = "environment") -> list[tuple[str, str]]:
    found = list(rules.check(name, {"integrations": dict.fromkeys(given, "x")}))
    assert all(item.severity is Severity.WARNING for item in found)
    return [(render_path(item.path), f"{item.summary} {item.detail}") for item in found]


def fit(**integrations: Any) -> list[tuple[str, str]]:
    def find(name: str, resource_id: str) -> dict[str, Any] | None:
        assert name == "integration"
        return {"type": TYPES[resource_id]} if resource_id in TYPES else None

    found = list(compatibility.check("environment", {"integrations": integrations}, find))
    assert all(item.severity is Severity.WARNING for item in found)
    return [(render_path(item.path), item.detail) for item in found]


def test_services_are_those_of_the_shelves() -> None:
    same = ("slack", "pagerduty", "okta", "github", "google", "onelogin", "knowbe4", "boundary", "jira", "tailscale")
    known = service_keys()
    assert {f"{kind}_id": kind for kind in (*same, "aptible", "segment")}.items() <= known.items()
    contexts = {key for key, kind in known.items() if kind == "permission_context"}
    assert contexts == {"aws_lambda_id", "aws_sso_id", "aws_iam_id"}
    assert not {"custom_id", "permission_context_id", "http_id"} & known.keys()


@pytest.mark.parametrize("name", ["environment", "flows_filter"])
def test_keys_of_services_and_of_ones_own_are_right(name: str) -> None:
    own = ("circleci_id", "victorops_id", "main_id", "x_id", "door_2_id", "slack_eu_id", "github2_id", "datadog_id")
    assert keys(*service_keys(), *own, name=name) == []


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("slack", "slack_id"),
        ("Slack_id", "slack_id"),
        ("slack-id", "slack_id"),
        ("SLACK", "slack_id"),
        ("victorops", "victorops_id"),
        ("my door", "my_door_id"),
        ("slak_id", "slack_id"),
        ("pager_duty_id", "pagerduty_id"),
        ("aws_lamda_id", "aws_lambda_id"),
        ("git_hub_id", "github_id"),
    ],
)
def test_an_odd_key_is_warned_of_with_its_neighbour(key: str, meant: str) -> None:
    ((place, text),) = keys(key)
    assert place == f'integrations["{key}"]'
    assert meant in text


def test_a_key_without_a_value_or_not_known_yet_is_passed_over() -> None:
    assert list(rules.check("environment", {"integrations": {"slack": None, "x": ""}})) == []
    assert list(rules.check("environment", {"integrations": UNKNOWN})) == []
    assert list(rules.check("environment", {"integrations": None})) == []
    (found,) = rules.check("environment", {"integrations": {"slack": UNKNOWN}})
    assert found.path[0] == "integrations"


def test_an_integration_of_another_type_is_warned_of_with_the_key_that_is_for_it() -> None:
    assert fit(slack_id=SLACK, okta_id=OKTA, aws_lambda_id=CONTEXT, door_id=CUSTOM, other_id=OKTA) == []
    ((place, detail),) = fit(slack_id=OKTA, okta_id=OKTA)
    assert place == 'integrations["slack_id"]'
    assert detail.startswith('slack_id is for an integration of type "slack", and this one is of type "okta". ')
    assert detail.endswith(" For that type there is okta_id.")
    ((place, detail),) = fit(okta_id=CONTEXT)
    assert "aws_iam_id or aws_lambda_id or aws_sso_id" in detail
    ((place, detail),) = fit(okta_id=CUSTOM)
    assert detail.endswith('of type "custom".')


def test_what_is_not_there_or_not_set_fits() -> None:
    assert fit(slack_id="gone", okta_id=None, github_id="") == []
    assert list(compatibility.check("flows_filter", {"integrations": None}, lambda *_: None)) == []

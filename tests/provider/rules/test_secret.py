from __future__ import annotations

from typing import Any

import pytest

from sym_provider import rules
from sym_provider.framework.diagnostics import render_path
from sym_provider.framework.values import UNKNOWN

SOURCES = {"l": {"type": "local"}, "e": {"type": "env"}, "other": {"type": "vault_in_2040"}}
BARE = {"path": "p", "source_id": "l", "label": None, "settings": None, "value_wo": None, "value_wo_version": None}


def find(name: str, resource_id: str) -> dict[str, Any] | None:
    assert name == "secrets"
    return SOURCES.get(resource_id)


def validated(**config: Any) -> list[str]:
    return [f"{render_path(item.path)}: {item.summary}" for item in rules.check("secret", BARE | config)]


def planned(prior: dict[str, Any] | None = None, **config: Any) -> list[str]:
    """What a plan is told; ``prior`` is what differs from a bare secret with the version 1."""
    state = None if prior is None else BARE | {"value_wo_version": 1} | prior
    found = rules.check_change("secret", BARE | config, state, find)
    return [f"{render_path(item.path)}: {item.summary}" for item in found]


def test_a_value_needs_a_version() -> None:
    assert validated(value_wo="x") == ["value_wo_version: value_wo needs value_wo_version"]
    assert validated(value_wo="x", value_wo_version=1) == []
    assert validated(value_wo="x", value_wo_version=UNKNOWN) == []
    assert validated(value_wo=UNKNOWN) == [], "it may turn out to be null"
    assert validated() == []


def test_no_finding_says_what_the_value_is() -> None:
    config = BARE | {"value_wo": "hunter2", "source_id": "e"}
    found = [*rules.check("secret", config), *rules.check_change("secret", config, None, find)]
    assert len(found) == 2
    assert "hunter2" not in repr(found)


NEEDS_VALUE = ["value_wo_version: value_wo_version needs value_wo"]
TAKES_NONE = ["source_id: The source takes no values"]
HAS_NONE = ["value_wo_version: The secret has no value"]


@pytest.mark.parametrize(
    ("config", "findings"),
    [
        ({"value_wo": "x", "value_wo_version": 1}, []),
        ({"value_wo": UNKNOWN, "value_wo_version": UNKNOWN}, []),
        ({"value_wo_version": 1}, NEEDS_VALUE),
        ({"value_wo_version": UNKNOWN}, []),
        ({}, HAS_NONE),
        ({"value_wo": UNKNOWN}, []),
        ({"source_id": "e"}, []),
        ({"source_id": "e", "value_wo": "x", "value_wo_version": 1}, TAKES_NONE),
        ({"source_id": "e", "value_wo": UNKNOWN, "value_wo_version": UNKNOWN}, []),
        ({"source_id": "other", "value_wo": "x", "value_wo_version": 1}, TAKES_NONE),
        ({"source_id": "gone", "value_wo": "x", "value_wo_version": 1}, []),
        ({"source_id": UNKNOWN, "value_wo": "x", "value_wo_version": 1}, []),
        ({"source_id": UNKNOWN}, []),
    ],
)
def test_a_new_secret(config: dict[str, Any], findings: list[str]) -> None:
    assert planned(**config) == findings


@pytest.mark.parametrize(
    ("config", "findings"),
    [
        ({"value_wo_version": 1}, []),  # as imported: the value is in the store, not in the configuration
        ({"value_wo_version": 1, "value_wo": "x"}, []),
        ({"value_wo_version": 2, "value_wo": "x"}, []),
        ({"value_wo_version": 2}, NEEDS_VALUE),
        ({}, HAS_NONE),
        ({"source_id": "e"}, []),
        ({"source_id": "e", "value_wo_version": 1}, TAKES_NONE),
    ],
)
def test_a_changed_secret(config: dict[str, Any], findings: list[str]) -> None:
    assert planned({}, **config) == findings


def test_a_secret_that_gets_its_first_value() -> None:
    before = {"value_wo_version": None, "source_id": "e"}
    assert planned(before, value_wo="x", value_wo_version=1) == []
    assert planned(before) == HAS_NONE
    assert planned(before, value_wo_version=1) == NEEDS_VALUE


def test_other_resources_have_no_such_rules() -> None:
    assert list(rules.check_change("flow", {}, None, find)) == []

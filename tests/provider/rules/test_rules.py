from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sym.resources import resources
from sym.resources.flow import upgrade_0
from sym.sdk.schema import fields
from sym_provider import rules
from sym_provider.framework.diagnostics import Severity, render_path
from sym_provider.framework.values import UNKNOWN

FLOW = """
from sym.sdk.annotations import reducer


@reducer
def get_permissions(event):
    return None
"""
STRATEGY = """
from sym.sdk.strategies import AccessStrategy


class Grants(AccessStrategy):
    def fetch_remote_identity(self, user):
        return user.email

    def escalate(self, target_id, event):
        return {}

    def deescalate(self, target_id, event):
        return {}
"""


SOUND_FLOW = {"name": "a", "implementation": FLOW, "params": []}
SOUND_STRATEGY = {
    "type": "custom", "name": "a", "integration_id": "1", "targets": [], "implementation": STRATEGY,
}  # fmt: skip


def found(name: str, config: dict[str, Any]) -> list[tuple[str, str]]:
    """Severity and place of every finding."""
    return [(item.severity.value, render_path(item.path)) for item in rules.check(name, config)]


def test_what_is_sound_has_no_findings() -> None:
    assert found("flow", SOUND_FLOW) == []
    assert found("strategy", SOUND_STRATEGY) == []
    assert found("environment", {"name": "a"}) == []
    assert found("secret", {"path": "a", "source_id": "1"}) == []


@pytest.mark.parametrize("name", resources())
def test_what_is_not_known_yet_is_passed_over(name: str) -> None:
    declared = {field.name: UNKNOWN for field in fields(resources()[name])}
    assert found(name, declared) == []


def test_the_rules_for_flows_are_asked() -> None:
    wrong = {"allow_revoke": False, "schedule_deescalation": False, "prompt_field": []}
    assert found("flow", {**SOUND_FLOW, "params": [wrong]}) == [("error", "params[0].allow_revoke")]
    assert found("flow", {**SOUND_FLOW, "implementation": "def f(:"}) == [("error", "implementation")]


def test_the_rules_for_types_are_asked() -> None:
    assert ("warning", "type") in found("target", {"type": "no_such_type", "name": "a", "settings": None})


def test_the_code_of_a_flows_filter_is_read() -> None:
    sound = (
        "from sym.sdk.annotations import reducer\n\n\n@reducer\ndef get_flows(user, flows, vars):\n    return flows\n"
    )
    assert found("flows_filter", {"implementation": sound}) == []
    (diagnostic,) = rules.check("flows_filter", {"implementation": "a = 1\ndef get_flows(:\n"})
    assert diagnostic.severity is Severity.ERROR
    assert diagnostic.path == ("implementation",)
    assert "Line 2 of the flows filter: " in diagnostic.detail


@pytest.mark.parametrize("implementation", [None, ""])
def test_only_a_custom_strategy_needs_code(implementation: str | None) -> None:
    (diagnostic,) = rules.check("strategy", {**SOUND_STRATEGY, "implementation": implementation})
    assert (diagnostic.summary, diagnostic.path) == ("Missing implementation", ("implementation",))
    other = {**SOUND_STRATEGY, "type": "okta", "implementation": implementation}
    assert ("error", "implementation") not in found("strategy", other)


@pytest.mark.parametrize("code", ["def f(:", "class A:\n    pass\n", STRATEGY.replace("def escalate", "def escalte")])
def test_a_custom_strategy_must_be_able_to_grant_and_to_take_away(code: str) -> None:
    assert found("strategy", {**SOUND_STRATEGY, "implementation": code}) == [("error", "implementation")]


def test_code_in_a_file_is_read_and_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def f(:\n")
    (diagnostic,) = rules.check("strategy", {**SOUND_STRATEGY, "implementation": str(path)})
    assert f"Line 1 of {path}: " in diagnostic.detail
    path.write_text(STRATEGY)
    assert found("strategy", {**SOUND_STRATEGY, "implementation": str(path)}) == []


def test_upgrades_are_the_functions_of_the_resources_module() -> None:
    assert rules.upgrades("flow", 1) == {0: upgrade_0}
    assert rules.upgrades("flow", 0) == {}
    assert rules.upgrades("target", 2) == {}

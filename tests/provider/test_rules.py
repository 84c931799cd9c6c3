from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sym_provider import rules
from sym_provider.framework.diagnostics import Diagnostic, Severity, render_path
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


def found(name: str, config: dict[str, Any]) -> list[tuple[str, str]]:
    """Severity and place of every finding."""
    return [(item.severity.value, render_path(item.path)) for item in rules.check(name, config)]


def only(name: str, config: dict[str, Any]) -> Diagnostic:
    (diagnostic,) = rules.check(name, config)
    return diagnostic


def flow(*prompt_fields: Any, **params: Any) -> dict[str, Any]:
    return {"implementation": FLOW, "params": [{**params, "prompt_field": list(prompt_fields)}]}


# flows


@pytest.mark.parametrize("params", [[], None, UNKNOWN, [{"prompt_field": UNKNOWN}], [{"prompt_field": None}]])
def test_a_sound_flow_has_no_findings(params: Any) -> None:
    assert found("flow", {"implementation": FLOW, "params": params}) == []


def test_code_that_is_not_known_yet_is_passed_over() -> None:
    assert found("flow", {"implementation": UNKNOWN}) == []
    assert found("strategy", {"type": "custom", "implementation": UNKNOWN}) == []
    assert found("strategy", {"type": UNKNOWN, "implementation": None}) == []


def test_code_python_cannot_read_is_an_error_with_its_line() -> None:
    diagnostic = only("flow", {"implementation": "a = 1\ndef f(:\n"})
    assert diagnostic.severity is Severity.ERROR
    assert diagnostic.path == ("implementation",)
    assert diagnostic.detail.startswith("Line 2 of impl.py: ")


def test_empty_code_is_a_warning() -> None:
    assert found("flow", {"implementation": ""}) == [("warning", "implementation")]


def test_warnings_have_titles_of_their_own() -> None:
    """Terraform shows one of several warnings with the same title."""
    code = FLOW + "\n\n@reducer\ndef on_aprove(event):\n    pass\n\n\n@reducer\ndef on_requst(event):\n    pass\n"
    diagnostics = list(rules.check("flow", {"implementation": code}))
    assert len(diagnostics) == 2
    assert len({item.summary for item in diagnostics}) == 2
    assert all("impl.py" in item.detail for item in diagnostics)


def test_code_in_a_file_is_read_and_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def f(:\n")
    assert f"Line 1 of {path}: " in only("flow", {"implementation": str(path)}).detail
    path.write_text(FLOW)
    assert found("flow", {"implementation": str(path)}) == []


def test_a_file_that_is_not_there_is_left_to_the_attributes_own_check() -> None:
    assert found("flow", {"implementation": "nowhere.py"}) == []


@pytest.mark.parametrize(
    ("allow_revoke", "schedule_deescalation", "findings"),
    [
        (False, False, [("error", "params[0].allow_revoke")]),
        (False, True, []),
        (True, False, []),
        (False, None, []),
        (None, False, []),
        (False, UNKNOWN, []),
        (UNKNOWN, False, []),
    ],
)
def test_access_must_be_able_to_end(
    allow_revoke: Any, schedule_deescalation: Any, findings: list[tuple[str, str]]
) -> None:
    params = {"allow_revoke": allow_revoke, "schedule_deescalation": schedule_deescalation}
    assert found("flow", flow(**params)) == findings


@pytest.mark.parametrize(
    ("values", "places"),
    [
        (["30s", "1mo", "90"], []),
        (["soon"], [0]),
        (["1h", "0", "1h", "1 week"], [1, 3]),
        ([UNKNOWN, None, "x"], [2]),
        (UNKNOWN, []),
        (None, []),
    ],
)
def test_durations_must_be_durations(values: Any, places: list[int]) -> None:
    field = {"name": "duration", "type": "duration", "allowed_values": values}
    expected = [("error", f"params[0].prompt_field[1].allowed_values[{place}]") for place in places]
    assert found("flow", flow({"name": "a", "type": "string"}, field)) == expected


def test_only_durations_must_be_durations() -> None:
    for kind in ("string", "int", UNKNOWN):
        assert found("flow", flow({"name": "a", "type": kind, "allowed_values": ["soon"]})) == []


def test_code_for_a_change_is_checked_under_its_fields_name() -> None:
    wrong = {"name": "size", "type": "int", "on_change": "def on_change_size(:"}
    diagnostic = only("flow", flow({"name": "a", "type": "int"}, wrong))
    assert render_path(diagnostic.path) == "params[0].prompt_field[1].on_change"
    assert "on_change of size" in diagnostic.detail


@pytest.mark.parametrize("code", [None, "", UNKNOWN])
def test_no_code_for_a_change_is_nothing_to_check(code: Any) -> None:
    assert found("flow", flow({"name": "size", "type": "int", "on_change": code})) == []
    assert found("flow", flow({"name": UNKNOWN, "type": "int", "on_change": "def f(:"})) == []


# strategies


def test_a_sound_strategy_has_no_findings() -> None:
    assert found("strategy", {"type": "custom", "implementation": STRATEGY}) == []


@pytest.mark.parametrize("implementation", [None, ""])
def test_only_a_custom_strategy_needs_code(implementation: str | None) -> None:
    diagnostic = only("strategy", {"type": "custom", "implementation": implementation})
    assert (diagnostic.summary, diagnostic.path) == ("Missing implementation", ("implementation",))
    assert found("strategy", {"type": "okta", "implementation": implementation}) == []


@pytest.mark.parametrize("code", ["", "class A:\n    pass\n", STRATEGY.replace("def escalate", "def escalte")])
def test_a_custom_strategy_must_be_able_to_grant_and_to_take_away(code: str) -> None:
    assert ("error", "implementation") in found("strategy", {"type": "custom", "implementation": code})


# the rest


@pytest.mark.parametrize("name", ["environment", "integration", "secret", "secrets", "target"])
def test_other_resources_have_no_rules_of_their_own(name: str) -> None:
    assert found(name, {"name": "", "type": "no such type", "settings": {"a": "b"}}) == []


def test_upgrades_are_the_functions_of_the_resources_module() -> None:
    from sym.resources.flow import upgrade_0

    assert rules.upgrades("flow", 1) == {0: upgrade_0}
    assert rules.upgrades("flow", 0) == {}
    assert rules.upgrades("target", 2) == {}

"""Names taken from the SDK that it does not have, and names used without taking them."""

from __future__ import annotations

import pytest

from sym.implementation import Problem, read_flows_filter, read_implementation, read_on_change, read_strategy_code
from tests.runtime.sdk import surface

PERMISSIONS = "from sym.sdk.annotations import reducer\n@reducer\ndef get_permissions(event): ...\n"
STRATEGY = """from sym.sdk.strategies import AccessStrategy
class Mine(AccessStrategy):
    def fetch_remote_identity(self, user): {body}
    def escalate(self, target_id, event): ...
    def deescalate(self, target_id, event): ...
"""


def _problems(added: str) -> tuple[Problem, ...]:
    return read_implementation(PERMISSIONS + added).problems


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("from sym.sdk import Notification", "sym.sdk has no Notification", "from sym.sdk.notifications import"),
        ("from sym.sdk import get_step_output", "no get_step_output", "from sym.sdk.templates import get_step_output"),
        ("from sym.sdk import user_ids", "no user_ids", "from sym.sdk.user import user_ids"),
        ("from sym.sdk.exceptions import IdentityNotFound", "no IdentityNotFound", "sym.sdk.exceptions.identity"),
        ("from sym.sdk.annotations import action, hook", "no action", "Decorate with @hook"),
        ("from sym.sdk import action", "sym.sdk has no action", "Decorate with @hook"),
        ("import sym.sdk.integrations.tailscale", "sym.sdk.integrations has no tailscale", "Correct the name"),
        ("from sym.sdk.environment import Environment", "sym.sdk has no environment", "Correct the name"),
        ("def f():\n    from sym.sdk.integrations import splack", "no splack", "Correct the name"),
    ],
)
def test_an_import_that_will_fail_is_an_error_that_says_where_the_name_is(line: str, message: str, hint: str) -> None:
    (problem,) = _problems(line)
    assert problem.severity == "error"
    assert problem.line == 4 + line.count("\n")
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    "line",
    [
        "from sym.sdk import *",
        "from sym.sdk.integrations import jira, store, slack as s",
        "import sym.sdk.templates.approval",
        "from sym.sdk.integrations.slack import channel",
        "from sym.cli import whatever",
        "import nowhere_to_be_found",
        "try:\n    from sym.sdk import Extension\nexcept ImportError:\n    Extension = None",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from sym.sdk import Extension",
    ],
)
def test_other_imports_are_nobodys_business(line: str) -> None:
    assert _problems(line) == ()


def test_every_name_of_the_original_can_be_imported_from_its_home() -> None:
    paths = [path.rpartition(".") for path in [*surface.CALLABLES, *surface.ENUMERATIONS]]
    lines = [f"from sym.sdk.{module} import {name}" for module, _, name in paths if module[-1:].islower()]
    imports = [line for line in lines if not any(part[:1].isupper() for part in line.split()[1].split("."))]
    assert len(imports) > 100
    assert _problems("\n".join(imports)) == ()


def test_code_of_every_kind_is_told() -> None:
    wrong = "from sym.sdk import Notification\n"
    assert "no Notification" in read_strategy_code(wrong + STRATEGY.format(body="...")).problems[0].message
    assert "no Notification" in read_on_change(wrong + "def on_change_a(username, form): ...", "a").problems[0].message
    flows = "from sym.sdk import reducer\n@reducer\ndef get_flows(user, flows, flows_filter_vars): ...\n"
    assert "no Notification" in read_flows_filter(wrong + flows).problems[0].message


def test_a_strategy_is_told_of_what_it_uses_without_import() -> None:
    (problem,) = read_strategy_code(STRATEGY.format(body="persist_user_identity()")).problems
    assert (problem.severity, problem.line) == ("warning", 3)
    assert "from sym.sdk.utils import persist_user_identity" in problem.hint

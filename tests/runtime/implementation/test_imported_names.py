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


@pytest.mark.parametrize(
    ("line", "name", "hint"),
    [
        ("def f(): return SymException", "SymException", "Add: from sym.sdk.exceptions import SymException"),
        ("def f(event): return evnt.user", "evnt", "Define it, or correct the name."),
        ("from sym.sdk.integrations import *\ndef f(): channel('#x')", "channel",
         "Add: from sym.sdk.integrations.slack import channel"),
        ("from sym.sdk import *\ndef f(): return Notification", "Notification",
         "Add: from sym.sdk.notifications import Notification"),
    ],
)  # fmt: skip
def test_a_name_that_nothing_binds_is_pointed_out(line: str, name: str, hint: str) -> None:
    (problem,) = _problems(line)
    assert (problem.severity, problem.line) == ("warning", 4 + line.count("\n"))
    assert problem.message == f"{name} is used, and nothing in this file defines or imports it."
    assert problem.hint == hint


@pytest.mark.parametrize(
    "line",
    [
        "from sym.sdk import *\nfrom sym.sdk.integrations.slack import *\nx = [channel, hook, RequestPermission]",
        "from sym.sdk.integrations import *\nx = slack.channel",
        "from elsewhere import *\nx = anything",
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error, __name__, __file__)",
        "match [1, 2, 3]:\n    case [a, *b]: print(a, b)\n    case {'c': c, **d}: print(c, d)\n    case e: print(e)",
        "def f():\n    global g\n    g = 1\n    return g",
        "print([(i, j) for i, j in {}.items()], lambda k: k, (w := 1), w)",
        "class A:\n    def m(self): return __class__",
        "import os.path\nimport a.b as ab\nx = (os, ab)",
        "for n in []: pass\nwith open('x') as file: print(n, file)",
        "del x\nx = 1",
    ],
)
def test_names_that_something_binds_are_in_order(line: str) -> None:
    assert _problems(line) == ()

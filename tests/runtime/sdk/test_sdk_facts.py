"""The ten facts on which other implementations of these modules stumble, one test or table each."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sym
import sym.sdk
from sym.implementation import read_implementation, read_on_change
from sym.sdk import errors, exceptions, integrations
from sym.sdk.annotations import hook, reducer
from sym.sdk.exceptions.sdk import NoHost
from sym.sdk.forms import FieldOption, FieldType, PromptField, SlackUserSelection
from sym.sdk.notifications import Notification
from sym.sdk.request_destination import RequestDestinationFallback, SlackChannelID, SlackUser
from sym.sdk.resource import SRN, InvalidSRNError, MultipleErrors
from sym.sdk.templates import ApprovalTemplate, get_step_output
from sym.sdk.user import User
from sym.sdk.utils import persist_user_identity
from tests.runtime.sdk import surface

ANYTHING: dict[str, Any] = {
    "emails": ["ann@acme.example"],
    "email": "ann@acme.example",
    "users": ["ann@acme.example"],
    "roles": ["admin"],
    "jql": "project = SEC",
    "channel": "#x",
    "identifier": "ann@acme.example",
    "user": {"email": "ann@acme.example"},
}
"""Arguments that get past what is checked before anybody is asked; of anything else, 1 does."""
WITHOUT_ASKING = {"channel", "fallback"}


def asking() -> list[str]:
    """The paths of the functions that ask whoever runs the flow."""
    functions = [path for path in surface.CALLABLES if path.startswith("integrations.")]
    return [path for path in functions if path.rpartition(".")[2] not in WITHOUT_ASKING]


def call(path: str) -> Any:
    module, _, name = path.rpartition(".")
    function = getattr(importlib.import_module(f"sym.sdk.{module}"), name)
    needed = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
    ]
    return function(**{parameter.name: ANYTHING.get(parameter.name, 1) for parameter in needed})


# Fact 1: functions ask whoever runs the flow; outside of one they say so, or do nothing where that is wanted.


@pytest.mark.parametrize("path", asking())
def test_fact_1_outside_of_a_flow_a_function_tells_of_the_harness(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYM_SDK_STUBS", raising=False)
    with pytest.raises(NoHost, match=r"works only while a flow runs it.*sym\.testing.*SYM_SDK_STUBS=1") as caught:
        call(path)
    assert isinstance(caught.value, exceptions.SymException)
    assert caught.value.error_code == "SymSDK:NO_HOST"


@pytest.mark.parametrize("path", asking())
def test_fact_1_with_stubs_a_function_returns_nothing(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYM_SDK_STUBS", "1")
    assert not call(path)


def test_fact_1_what_is_no_author_module_has_stubs_too(monkeypatch: pytest.MonkeyPatch) -> None:
    identity = {"email": "a@b", "service": "custom", "service_id": "x", "user_id": "1"}
    for value in ("", "0", "yes"):
        monkeypatch.setenv("SYM_SDK_STUBS", value)
        with pytest.raises(NoHost):
            get_step_output()
    monkeypatch.setenv("SYM_SDK_STUBS", "1")
    assert get_step_output("escalate") is None
    assert persist_user_identity(**identity) is None  # type: ignore[func-returns-value]


def test_fact_1_stubs_do_not_hide_a_host(host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYM_SDK_STUBS", "1")
    host.answers["pagerduty.users_on_call"] = []
    assert integrations.pagerduty.users_on_call() == []
    host.answers["pagerduty.users_on_call"] = exceptions.PagerDutyError("NOT_FOUND", "no such schedule")
    with pytest.raises(exceptions.PagerDutyError):
        integrations.pagerduty.users_on_call()


@pytest.mark.parametrize("name", ["prompt", "request", "approve", "deny", "escalate", "deescalate", "ignore"])
def test_fact_1_a_templates_step_is_called_on_the_class_and_truthy(name: str) -> None:
    request = getattr(ApprovalTemplate, name)()
    assert request
    assert request.step == name


# Fact 2: only decorated functions are handlers; on_change_* are found by name.


def test_fact_2_decorators_return_the_function_itself() -> None:
    def fn() -> None: ...

    assert hook(fn) is fn
    assert reducer(fn) is fn


def test_fact_2_an_undecorated_handler_is_inert_and_an_on_change_function_is_not() -> None:
    source = "from sym.sdk import hook\ndef on_approve(event): ...\n@hook\ndef on_deny(event): ...\n"
    assert [handler.name for handler in read_implementation(source).handlers] == ["on_deny"]
    assert read_on_change("def on_change_repo(username, form): ...\n", "repo").problems == ()


# Fact 3: two classes of one name.


def test_fact_3_the_two_integration_errors() -> None:
    assert sym.sdk.SymIntegrationError is errors.SymIntegrationError
    assert exceptions.SymIntegrationError is not errors.SymIntegrationError
    assert not issubclass(errors.SymIntegrationError, exceptions.SymException)


# Fact 4: sym is a namespace package.


def test_fact_4_sym_has_no_file_of_its_own() -> None:
    assert sym.__file__ is None
    assert not isinstance(sym.__path__, list)


def test_fact_4_another_distribution_may_have_a_part_of_sym(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sym" / "other_part").mkdir(parents=True)
    (tmp_path / "sym" / "other_part" / "__init__.py").write_text("WHO = 'other'")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert importlib.import_module("sym.other_part").WHO == "other"
    assert importlib.import_module("sym.sdk") is sym.sdk
    assert {"sdk", "other_part"} <= {module.name for module in pkgutil.iter_modules(sym.__path__)}


# Fact 5: names of several modules are those of the last.


def test_fact_5_the_flat_is_user_in_group_is_slacks() -> None:
    from sym.sdk.integrations import is_user_in_group

    assert is_user_in_group is integrations.slack.is_user_in_group


# Fact 6: how SRNs are read.


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("ACME:Flow:X:LATEST", "acme:flow:x:latest"),
        ("acme:integration:slack:x:latest", "acme:integration:slack:x:latest"),
        ("acme:flow:x:latest:id:more:and:more", "acme:flow:x:latest:id"),
        ("acme:user:bot:x:latest:id:more", "acme:user:bot:x:latest:id"),
    ],
)
def test_fact_6_case_and_surplus_are_forgiven(text: str, read: str) -> None:
    assert str(SRN.parse(text)) == read


@pytest.mark.parametrize("text", ["acme:integration:x:latest", "acme:flow:slack:x:latest"])
def test_fact_6_a_type_is_demanded_by_some_models_and_fits_no_other(text: str) -> None:
    with pytest.raises(InvalidSRNError):
        SRN.parse(text)


@pytest.mark.parametrize("text", ["acme:flow:\u212a:latest", "acme:flow:\u0130:latest", "acme:flow:x:1.0.\u0663"])
def test_fact_6_letters_and_digits_are_those_of_ascii(text: str) -> None:
    with pytest.raises(InvalidSRNError):
        SRN.parse(text)


# Fact 7: leniency.


def test_fact_7_numbers_become_text_and_left_out_anything_is_none(make_user: Callable[..., User]) -> None:
    assert FieldOption(label=1).dict() == {"value": None, "label": "1"}  # type: ignore[arg-type]
    assert FieldOption(label="a", value=1) == {"value": 1, "label": "a"}
    assert SlackUserSelection(user_id="U1") != SlackUser(user_id="U1")
    assert FieldOption(label="ü", value=1).json() == '{"value": 1, "label": "\\u00fc"}'
    assert Notification(destinations=[make_user()], timeout="60").timeout == 60  # type: ignore[arg-type]


# Fact 8: subclasses keep their fields.


def test_fact_8_destinations_in_a_list_keep_what_makes_them() -> None:
    channel = SlackChannelID(channel_id="C1")
    for model in (RequestDestinationFallback(destinations=[channel]), Notification(destinations=[channel])):
        assert json.loads(model.json())["destinations"][0]["channel_id"] == "C1"
        assert type(model.parse_raw(model.json()).destinations[0]) is SlackChannelID


# Fact 9: read-only attributes.


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (PromptField(name="n", type=FieldType.INT), "name"),
        (PromptField(name="n", type=FieldType.INT), "type"),
        (PromptField(name="n", type=FieldType.INT), "original_allowed_values"),
        (SlackUserSelection(user_id="U1"), "user_id"),
        (SlackUserSelection(user_id="U1"), "username"),
    ],
)
def test_fact_9_assigning_what_is_read_only_is_a_type_error(model: Any, name: str) -> None:
    with pytest.raises(TypeError, match="cannot be assigned") as caught:
        setattr(model, name, "x")
    assert not isinstance(caught.value, ValueError)


# Fact 10: names that are provided without an import are in tests/runtime/engine/sandbox, for it is the sandbox that
# provides them; here, that the author is told.


@pytest.mark.parametrize("name", ["user_ids", "persist_user_identity"])
def test_fact_10_a_name_provided_without_import_is_pointed_out(name: str) -> None:
    problems = read_implementation(f"from sym.sdk import hook\n@hook\ndef on_deny(event):\n    {name}()\n").problems
    assert [problem.severity for problem in problems if name in problem.message] == ["warning"]


# Beside the ten: several errors in one name are one error.


def test_errors_of_one_srn_come_together() -> None:
    with pytest.raises(MultipleErrors) as caught:
        SRN.parse("a!:flow:b!:latest")
    assert len(caught.value.errors) == 2

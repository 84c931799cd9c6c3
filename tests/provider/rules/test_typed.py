"""Types and settings at plan: one row per rule."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym import plugins
from sym.sdk.schema import fields
from sym_provider.framework.diagnostics import Diagnostic, MapKey, Severity, render_path
from sym_provider.framework.values import UNKNOWN
from sym_provider.rules import typed

ID = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
OKTA = {"type": "okta", "name": "x", "external_id": "x.okta.com"}
GROUP = {"type": "okta_group", "name": "x"}
ROLE = {"type": "onelogin_role", "name": "x"}


def found(resource: str, /, **config: Any) -> list[tuple[str, str]]:
    """What is said: the severity with the place, and the words."""
    return [(f"{item.severity.value} {render_path(item.path)}", said(item)) for item in typed.check(resource, config)]


def said(item: Diagnostic) -> str:
    return f"{item.summary}. {item.detail}"


# types


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("integration", "octa", "Did you mean okta?"),
        ("integration", "Okta", "Did you mean okta?"),
        ("integration", "circleci", "This release knows: aptible, boundary, custom,"),
        ("strategy", "aws_ssso", "Did you mean aws_sso"),
        ("target", "onelogin", "Did you mean onelogin_role?"),
        ("target", "aws_sso_permission_sets", "Did you mean aws_sso_permission_set"),
        ("log_destination", "kinesis", "Did you mean kinesis_data_stream or kinesis_firehose?"),
        ("secrets", "aws_secret_manager", "Did you mean aws_secrets_manager"),
        ("secrets", "", "This release knows: aws_secrets_manager, aws_ssm, env, file"),
        ("strategy", "../custom", "There is no sym_strategy"),
    ],
)
def test_an_unknown_type_gets_a_warning_that_names_its_neighbours(name: str, kind: str, words: str) -> None:
    ((place, text),) = found(name, type=kind, settings={"anything": "1"})
    assert place == "warning type"
    assert words in text


@pytest.mark.parametrize("name", ["integration", "strategy", "target", "log_destination", "secrets"])
@pytest.mark.parametrize("kind", [UNKNOWN, None])
def test_without_a_known_type_nothing_is_said(name: str, kind: Any) -> None:
    assert found(name, type=kind, name=UNKNOWN, settings={"anything": "1"}, integration_id=None) == []


@pytest.mark.parametrize("name", ["flow", "environment", "runtime", "error_logger", "flows_filter"])
def test_resources_without_a_type_have_no_settings_to_check(name: str) -> None:
    assert found(name, type="nothing", settings={"x": "y"}) == []


def test_names_are_checked_wherever_there_is_one() -> None:
    for name in ("integration", "target", "secrets", "environment", "runtime"):
        assert [place for place, _ in found(name, name="My Name", type=UNKNOWN)] == ["warning name"]
    assert found("flow", name="My Name") == []  # by the rules of flows


def test_a_target_with_a_long_label_gets_a_warning() -> None:
    label = "x" * 56
    assert [place for place, _ in found("target", type=UNKNOWN, label=label)] == ["warning label"]


# settings


def test_settings_that_are_as_they_should_be_are_silent() -> None:
    assert found("integration", **OKTA, settings={"api_token_secret": ID}) == []
    assert found("integration", **OKTA, settings={"api_token_secret": UNKNOWN}) == []
    assert found("target", **GROUP, settings={"group_id": "00g1"}) == []
    assert found("secrets", type="env", name="x", settings=None) == []


def test_an_unknown_setting_gets_a_warning_at_its_key_with_what_was_meant() -> None:
    settings = {"api_token_secret": ID, "api_token": "x"}
    diagnostics = list(typed.check("integration", {**OKTA, "settings": settings}))
    assert [item.severity for item in diagnostics] == [Severity.WARNING]
    assert diagnostics[0].path == ("settings", "api_token")
    assert isinstance(diagnostics[0].path[1], MapKey)
    assert "Did you mean api_token_secret?" in said(diagnostics[0])


def test_where_there_are_no_settings_any_is_unknown() -> None:
    ((place, text),) = found("integration", type="slack", name="x", settings={"token_path": "x"})
    assert place == 'warning settings["token_path"]'
    assert "It has none." in text


@pytest.mark.parametrize("settings", [None, {}, {"api_token_secret": None}, {"api_token_secret": ""}])
def test_a_missing_setting_is_an_error(settings: Any) -> None:
    ((place, text),) = found("integration", **OKTA, settings=settings)
    assert place == "error settings"
    assert 'A sym_integration of type "okta" needs the setting "api_token_secret"' in text


def test_every_missing_setting_is_named() -> None:
    texts = [text for _, text in found("integration", type="permission_context", name="x", settings={"cloud": "aws"})]
    assert [text.split('"')[3] for text in texts] == ["region", "role_arn"]


def test_nothing_is_missing_while_the_map_is_not_known() -> None:
    assert found("integration", **OKTA, settings=UNKNOWN) == []


def test_empty_settings_that_are_not_known_here_are_no_settings() -> None:
    assert found("secrets", type="file", name="x", settings={"a": "", "b": None}) == []


def test_a_value_that_is_not_a_choice_is_an_error_at_its_key() -> None:
    settings = {"api_token_secret": ID, "region": "usa"}
    ((place, text),) = found("integration", type="knowbe4", name="x", settings=settings)
    assert place == 'error settings["region"]'
    assert '"usa" is not one of: us, eu, ca, uk, de. Did you mean us?' in text
    assert found("integration", type="knowbe4", name="x", settings={**settings, "region": UNKNOWN}) == []


def test_a_choice_in_other_letters_gets_a_warning() -> None:
    ((place, text),) = found("target", **ROLE, settings={"role_id": "1", "privilege_level": "Admin"})
    assert place == 'warning settings["privilege_level"]'
    assert 'write "admin"' in text


def test_a_setting_for_an_id_that_holds_something_else_gets_a_warning_that_does_not_show_it() -> None:
    ((place, text),) = found("integration", **OKTA, settings={"api_token_secret": "00hunter2"})
    assert place == 'warning settings["api_token_secret"]'
    assert "sym_secret" in text
    assert "hunter2" not in text


def test_json_that_cannot_be_read_is_an_error_at_its_key() -> None:
    def check(text: str) -> list[str]:
        return [place for place, _ in found("integration", type="custom", name="x", settings={"secret_ids_json": text})]

    assert check("sym_secret.a.id") == check('{"a": 1}') == ['error settings["secret_ids_json"]']
    assert check(json.dumps([ID])) == []


def test_the_authors_own_settings_are_silent() -> None:
    assert found("integration", type="custom", name="x", settings={"colour": "red"}) == []
    assert found("target", type="custom", name="x", settings={"target_id": "old"}) == []
    assert found("target", type="http", name="x", field_bindings=["colour"], settings={"colour": "red"}) == []


@pytest.mark.parametrize("key", ["write_key_secret", "api_token_secret"])
def test_either_of_two_names_will_do(key: str) -> None:
    assert found("integration", type="segment", name="x", settings={key: ID}) == []


def test_neither_of_two_names_will_not_do() -> None:
    ((place, text),) = found("integration", type="segment", name="x", settings={})
    assert place == "error settings"
    assert 'needs the setting "write_key_secret"' in text
    assert "Also accepted: api_token_secret." in text


def test_of_a_secret_only_the_key_can_be_set() -> None:
    assert found("secret", path="x", settings={"json_key": "a"}) == []
    ((place, text),) = found("secret", path="x", settings={"jsonkey": "a"})
    assert place == 'warning settings["jsonkey"]'
    assert "Did you mean json_key?" in text


# targets


def test_a_setting_that_requests_fill_in_may_be_missing() -> None:
    assert found("target", **ROLE, settings={"role_id": "1"}, field_bindings=["privilege_level"]) == []
    assert found("target", **ROLE, settings=None, field_bindings=["role_id", "privilege_level"]) == []
    assert found("target", **ROLE, settings={}, field_bindings=UNKNOWN) == []
    assert found("target", **ROLE, settings={}, field_bindings=["role_id", UNKNOWN]) == []
    ((place, text),) = found("target", **ROLE, settings={}, field_bindings=["privilege_level"])
    assert place == "error settings"
    assert '"role_id"' in text


def test_binding_a_setting_that_is_not_there_gets_a_warning() -> None:
    ((place, text),) = found("target", **GROUP, settings={"group_id": "1"}, field_bindings=["group_id", "group"])
    assert place == "warning field_bindings[1]"
    assert "Did you mean group_id?" in text


# integrations


STRATEGIES = [kind for kind in plugins.names("strategies") if kind != "http"]
DESTINATIONS = ["kinesis_firehose", "kinesis_data_stream", "segment", "s3"]


def whole(declared: type[Any]) -> dict[str, str]:
    return {field.name: "x" for field in fields(declared) if field.required}


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize(
    ("name", "kind"),
    [*(("strategy", kind) for kind in STRATEGIES), *(("log_destination", kind) for kind in DESTINATIONS)],
)
def test_a_type_that_works_through_an_integration_requires_one(name: str, kind: str, empty: Any) -> None:
    shelf = {"strategy": "strategies", "log_destination": "log_destinations"}[name]
    settings = whole(plugins.load(shelf, kind).Settings)
    ((place, text),) = found(name, type=kind, settings=settings, integration_id=empty)
    assert place == "error integration_id"
    assert f'A sym_{name} of type "{kind}" requires an integration' in text
    assert f'of type "{plugins.load(shelf, kind).integration}"' in text
    for given_id in (ID, UNKNOWN):
        assert found(name, type=kind, settings=settings, integration_id=given_id) == []


@pytest.mark.parametrize(
    ("name", "kind", "settings"),
    [("strategy", "http", {}), ("log_destination", "http", {"url": "x"}), ("log_destination", "datadog", None)],
)
def test_three_types_do_without_an_integration(name: str, kind: str, settings: Any) -> None:
    for integration_id in (None, "", ID, UNKNOWN):
        assert found(name, type=kind, settings=settings, integration_id=integration_id) == []


def test_an_installed_strategy_may_do_without_its_integration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = plugins.load("strategies", "http").__package__
    assert package
    monkeypatch.setattr(sys.modules[package], "__path__", [*sys.modules[package].__path__, str(tmp_path)])
    for name, optional in (("planted_optional", True), ("planted_strict", False)):
        code = f'from sym.strategies.http import Settings\nintegration = "okta"\nintegration_optional = {optional}\n'
        (tmp_path / f"{name}.py").write_text(code)
    assert found("strategy", type="planted_optional", integration_id=None) == []
    assert [place for place, _ in found("strategy", type="planted_strict")] == ["error integration_id"]
    del sys.modules["sym.strategies.planted_optional"], sys.modules["sym.strategies.planted_strict"]


# anything


def shelf_types() -> list[str]:
    shelves = ("integrations", "strategies", "log_destinations", "secret_sources")
    return sorted({kind for shelf in shelves for kind in plugins.names(shelf)} | set(typed.target_schemas()))


leaf = st.none() | st.just(UNKNOWN) | st.text(max_size=20)
keys = st.sampled_from(["api_token_secret", "region", "group_id", "cloud", "secret_ids_json"]) | st.text(max_size=9)


@given(
    name=st.sampled_from(["integration", "strategy", "target", "log_destination", "secrets", "secret", "flow"]),
    config=st.fixed_dictionaries(
        {},
        optional={
            "type": leaf | st.sampled_from(shelf_types()),
            "name": leaf,
            "label": leaf,
            "integration_id": leaf,
            "settings": st.none() | st.just(UNKNOWN) | st.dictionaries(keys, leaf, max_size=4),
            "field_bindings": st.none() | st.just(UNKNOWN) | st.lists(leaf, max_size=3),
        },
    ),
)
def test_whatever_is_written_is_answered_at_a_place_that_is_there(name: str, config: dict[str, Any]) -> None:
    for item in typed.check(name, config):
        assert item.summary
        assert item.path[0] in ("type", "name", "label", "settings", "integration_id", "field_bindings")
        render_path(item.path)

"""The fields of a form, without a store."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from sym.engine.form import Option
from sym.engine.form_fields import KeptField, fields_of, filled, from_document, rules_of, to_document, valid

TARGETS = [{"id": "t1", "name": "readers", "label": None}, {"id": "t2", "name": "admins", "label": "Admins"}]


def params(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"prompt_field": list(fields), "strategy_id": "s", **more}


def names(declared: dict[str, Any]) -> list[str]:
    return [field.name for field in fields_of(declared, TARGETS, {})]


def field(kind: str, **more: Any) -> KeptField:
    (found,) = fields_of({"prompt_field": [{"name": "x", "type": kind, **more}]}, [], {})
    return found


def test_target_and_duration_are_added_where_they_are_needed_and_only_there() -> None:
    reason = {"name": "reason", "type": "string"}
    assert names(params(reason)) == ["target_id", "reason", "duration"]
    assert names(params(reason, schedule_deescalation=False)) == ["target_id", "reason"]
    assert names(params(reason, strategy_id=None)) == ["reason"]
    placed = [{"name": "duration", "type": "duration"}, reason, {"name": "target_id", "type": "string"}]
    assert names(params(*placed)) == ["duration", "reason", "target_id"]
    assert names(params(*placed, strategy_id=None)) == ["reason"]


def test_allowed_values_of_the_target_field_are_set_aside() -> None:
    (target, _) = fields_of(params({"name": "target_id", "type": "string", "allowed_values": ["x"]}), TARGETS, {})
    assert target.options == (Option("t1", "readers"), Option("t2", "Admins"))


@pytest.mark.parametrize(("kind", "default", "value"), [
    ("string", "x", "x"), ("int", "-3", -3), ("int", "three", None), ("bool", "true", True), ("bool", "no", False),
    ("duration", "1h", 3600), ("duration", "soon", None), ("string", "", None), ("string", None, None),
])  # fmt: skip
def test_a_default_is_filled_in_if_it_is_of_the_fields_type(kind: str, default: str | None, value: Any) -> None:
    assert field(kind, default=default).value == value


def test_a_default_that_cannot_be_chosen_is_not_filled_in() -> None:
    assert field("string", default="c", allowed_values=["a", "b"]).value is None


@pytest.mark.parametrize(("kind", "given", "kept"), [
    ("int", "abc", None), ("int", True, None), ("str_list", ["a", "z"], ["a"]), ("str_list", ["z"], None),
    ("str_list", "a", None), ("slack_user", {"$type": "slack_user", "user_id": "U1", "username": None}, "U1"),
    ("slack_user_list", [{"user_id": "U1"}, "U2"], ["U1", "U2"]), ("string", "", None), ("bool", False, False),
])  # fmt: skip
def test_a_field_holds_only_what_it_can(kind: str, given: Any, kept: Any) -> None:
    more = {"allowed_values": ["a", "b"]} if kind == "str_list" else {}
    assert valid(replace(field(kind, **more), value=given)).value == kept


def test_nobody_fills_in_what_is_hidden_or_is_not_there() -> None:
    fields = [field("string", default="kept", visible=False), replace(field("string"), name="y")]
    assert [item.value for item in filled(fields, {"x": "forged", "y": "new", "z": 1})] == ["kept", "new"]


def test_a_field_is_kept_as_json_whatever_it_holds() -> None:
    declared = params({"name": "n", "type": "int_list", "prefetch": True})
    changed = replace(field("string", allowed_values=["a", "b"]), options=(Option("c", "C"),), value="c")
    for kept in [*fields_of(declared, TARGETS, {"n": (Option(1, "one"),)}), changed]:
        assert from_document(json.loads(json.dumps(to_document(kept)))) == kept


def test_a_list_without_entries_is_no_field_for_text() -> None:
    emptied = replace(field("string", allowed_values=["a"]), options=())
    assert emptied.shown().is_prefetched
    assert rules_of([emptied]) == {"x": {"required": True, "choices": []}}
    assert not field("string").shown().is_prefetched
    assert rules_of([field("string")]) == {"x": {"required": True, "choices": None}}


def test_what_is_hidden_is_not_asked_for() -> None:
    assert rules_of([field("string", visible=False, allowed_values=["a"])]) == {
        "x": {"required": False, "choices": None}
    }

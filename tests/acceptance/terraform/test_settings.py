"""Maps of settings: a key that is null, empty or missing is the same."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.store import resources
from sym.store.database import Store
from tests.acceptance.terraform.declarations import HEADER, attributes, stored
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

NOTHING = ["", "settings = {}", "settings = null", 'settings = { a = "" }', "settings = { a = null }"]
SOMETHING = ['settings = { a = "1" }', 'settings = { a = "1", b = "" }', 'settings = { a = "1", b = null }']


def target(settings: str, name: str = "this") -> str:
    return f'resource "sym_target" "{name}" {{\ntype = "custom"\nname = "{name}"\n{settings}\n}}\n'


def apply(terraform: TerraformCli, settings: str) -> dict[str, Any]:
    terraform.write(HEADER + target(settings))
    terraform.apply()
    terraform.assert_empty_plan()
    return attributes(terraform, "sym_target.this")


def real_settings(store: Store, state: dict[str, Any]) -> dict[str, str]:
    settings = stored(store, "target", state["id"])["settings"] or {}
    return {key: value for key, value in settings.items() if value}


@pytest.mark.parametrize(("alike", "meaning"), [(NOTHING, {}), (SOMETHING, {"a": "1"})], ids=["nothing", "something"])
def test_empty_null_and_missing_keys_are_the_same(
    terraform: TerraformCli, store: Store, alike: list[str], meaning: dict[str, str]
) -> None:
    """As many targets as there are ways to write it; each of them is written in every way, in turn."""
    count = len(alike)
    for turn in range(count):
        ways = [alike[(number + turn) % count] for number in range(count)]
        terraform.write(HEADER + "".join(target(way, f"t{number}") for number, way in enumerate(ways)))
        terraform.apply()
        terraform.assert_empty_plan()
        for number in range(count):
            assert real_settings(store, attributes(terraform, f"sym_target.t{number}")) == meaning
    terraform.run("state", "rm", "sym_target.t0")
    terraform.import_("sym_target.t0", "custom:t0")
    terraform.assert_empty_plan()


def test_one_of_several_keys_can_be_removed(terraform: TerraformCli, store: Store) -> None:
    apply(terraform, 'settings = { a = "1", b = "2" }')
    state = apply(terraform, 'settings = { b = "2" }')
    assert stored(store, "target", state["id"])["settings"] == {"b": "2"}


def test_keys_others_stored_as_null_are_no_difference(terraform: TerraformCli, store: Store, now: datetime) -> None:
    state = apply(terraform, 'settings = { a = "1" }')
    document = {**stored(store, "target", state["id"]), "settings": {"a": "1", "b": None, "c": ""}}
    with store.transaction() as conn:
        resources.save(conn, "target", document, actor=Actor.SYSTEM, now=now, resource_id=state["id"])
    terraform.assert_empty_plan()


def test_values_others_changed_are_changed_back(terraform: TerraformCli, store: Store, now: datetime) -> None:
    state = apply(terraform, 'settings = { a = "1" }')
    document = {**stored(store, "target", state["id"]), "settings": {"a": "2", "b": "3"}}
    with store.transaction() as conn:
        resources.save(conn, "target", document, actor=Actor.SYSTEM, now=now, resource_id=state["id"])
    assert terraform.plan().status == 2
    apply(terraform, 'settings = { a = "1" }')
    assert stored(store, "target", state["id"])["settings"] == {"a": "1"}


def test_numbers_and_truths_become_text(terraform: TerraformCli, store: Store) -> None:
    state = apply(terraform, 'settings = { number = 3, truth = true, both = format("%d", 4) }')
    assert stored(store, "target", state["id"])["settings"] == {"number": "3", "truth": "true", "both": "4"}


def test_any_text_comes_back_as_it_was_written(terraform: TerraformCli, store: Store) -> None:
    texts = {"a": "ümläut 🙂", "b": "a\nb", "c": '"quotes" and \\', "d": "${not.a} %{template}", "e": " space "}
    terraform.write(json.dumps(texts), "texts.json")
    state = apply(terraform, 'settings = jsondecode(file("texts.json"))')
    assert stored(store, "target", state["id"])["settings"] == texts

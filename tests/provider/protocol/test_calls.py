"""The calls, made by the real Terraform: plans, states and what practitioners see of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.provider.protocol.toy import header
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

NESTED = """
resource "toy_thing" "a" {
  name = "One"
  params {
    strategy_id = "s"
    prompt_field {
      name = "reason"
      type = "string"
    }
    prompt_field {
      name           = "count"
      type           = "int"
      required       = false
      allowed_values = ["1", "2"]
    }
  }
}
"""


def thing(body: str = "", name: str = "One") -> str:
    return f'resource "toy_thing" "a" {{\nname = "{name}"\n{body}\n}}\n'


def stored(things: Path) -> dict[str, Any]:
    (path,) = things.glob("*.json")
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def actions(plan: dict[str, Any], address: str = "toy_thing.a") -> list[str]:
    (change,) = [change for change in plan["resource_changes"] if change["address"] == address]
    found: list[str] = change["change"]["actions"]
    return found


def change_of(plan: dict[str, Any], address: str = "toy_thing.a") -> dict[str, Any]:
    (change,) = [change for change in plan["resource_changes"] if change["address"] == address]
    found: dict[str, Any] = change["change"]
    return found


def test_a_saved_plan_is_applied_and_the_next_plan_is_empty(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing('tags = { a = "1", b = "" }\nsteps = []\nlabel = ""\nsize = 1.25'))
    plan = warm.plan_json()
    after = change_of(plan)["after"]
    assert actions(plan) == ["create"]
    assert (after["tags"], after["steps"], after["label"]) == ({"a": "1", "b": ""}, [], "")
    warm.apply("plan.bin")
    attributes = warm.attributes("toy_thing.a")
    assert attributes["serial"] == 1
    assert (attributes["steps"], attributes["label"], attributes["size"]) == ([], "", 1.25)
    warm.assert_empty_plan()


def test_defaults_apply_in_nested_blocks_too(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + NESTED)
    after = change_of(warm.plan_json())["after"]
    assert after["size"] == 3
    (params,) = after["params"]
    assert params["allow_revoke"] is True
    assert [field["required"] for field in params["prompt_field"]] == [True, False]
    warm.apply()
    warm.assert_empty_plan()


def test_nested_blocks_are_added_changed_and_removed(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing())
    warm.apply()
    warm.write(header(things) + NESTED)
    assert actions(warm.plan_json()) == ["update"]
    warm.apply()
    warm.assert_empty_plan()
    warm.write(header(things) + NESTED.replace('"reason"', '"why"'))
    warm.apply()
    assert [field["name"] for field in warm.attributes("toy_thing.a")["params"][0]["prompt_field"]] == ["why", "count"]
    warm.write(header(things) + thing("params {}"))
    warm.apply()
    warm.assert_empty_plan()
    warm.write(header(things) + thing())
    warm.apply()
    assert warm.attributes("toy_thing.a")["params"] == []
    warm.assert_empty_plan()


def test_unset_optionals_are_cleared_in_place(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing('label = "l"\ntags = { a = "1" }\nsteps = ["x"]\nsize = 9'))
    warm.apply()
    before = warm.attributes("toy_thing.a")
    warm.write(header(things) + thing())
    assert actions(warm.plan_json()) == ["update"]
    warm.apply()
    after = warm.attributes("toy_thing.a")
    assert (after["label"], after["tags"], after["steps"], after["size"]) == (None, None, None, 3)
    assert (after["id"], after["serial"]) == (before["id"], before["serial"])
    assert stored(things)["label"] is None
    warm.assert_empty_plan()


def test_spellings_that_mean_the_same_are_no_change(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing('tags = { a = "1" }'))
    warm.apply()
    warm.write(header(things) + thing('tags = { a = "1", b = "" }', name="oNE"))
    warm.assert_empty_plan()


def test_drift_is_seen_and_undone(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing('label = "l"'))
    warm.apply()
    (path,) = things.glob("*.json")
    path.write_text(json.dumps(stored(things) | {"label": "other", "tags": {"x": "y"}}))
    plan = warm.plan_json()
    assert change_of(plan)["before"]["label"] == "other"
    assert change_of(plan)["before"]["tags"] == {"x": "y"}
    warm.apply()
    assert stored(things)["label"] == "l"
    warm.assert_empty_plan()


def test_what_was_deleted_elsewhere_is_created_again(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing())
    warm.apply()
    (path,) = things.glob("*.json")
    path.unlink()
    assert actions(warm.plan_json()) == ["create"]
    warm.apply()
    warm.assert_empty_plan()
    (path,) = things.glob("*.json")
    path.unlink()
    warm.destroy()


def test_a_replacement_computes_anew(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing('kind = "a"'))
    warm.apply()
    before = warm.attributes("toy_thing.a")
    warm.write(header(things) + thing('kind = "b"'))
    plan = warm.plan_json()
    assert actions(plan) == ["delete", "create"]
    assert change_of(plan)["after_unknown"]["id"] is True
    assert change_of(plan)["replace_paths"] == [["kind"]]
    warm.apply()
    assert warm.attributes("toy_thing.a")["id"] != before["id"]
    assert stored(things)["kind"] == "b"


@pytest.mark.parametrize(
    "expression",
    [
        "terraform_data.x.id",
        '"x-${terraform_data.x.id}"',
        "jsonencode(terraform_data.x.id)",
        "try(terraform_data.x.id)",
    ],
)
def test_unknown_values_plan_and_resolve(warm: TerraformCli, things: Path, expression: str) -> None:
    body = f"label = {expression}\ntags = {{ a = {expression}, b = null }}\nsteps = [{expression}]\n"
    warm.write(header(things) + 'resource "terraform_data" "x" {}\n' + thing(body))
    assert change_of(warm.plan_json())["after_unknown"]["label"] is True
    warm.apply()
    assert warm.attributes("terraform_data.x")["id"] in warm.attributes("toy_thing.a")["label"]
    warm.assert_empty_plan()


def test_a_wholly_unknown_list_or_map_plans_and_resolves(warm: TerraformCli, things: Path) -> None:
    body = (
        'steps = split("-", "x-${terraform_data.x.id}")\ntags = { for s in split("-", terraform_data.x.id) : s => "" }'
    )
    warm.write(header(things) + 'resource "terraform_data" "x" {}\n' + thing(body))
    assert change_of(warm.plan_json())["after_unknown"]["steps"] is True
    warm.apply()
    assert warm.attributes("toy_thing.a")["steps"][0] == "x"
    assert len(warm.attributes("toy_thing.a")["tags"]) == 5
    warm.assert_empty_plan()


def test_dynamic_blocks_over_something_unknown(warm: TerraformCli, things: Path) -> None:
    body = """
    params {
      dynamic "prompt_field" {
        for_each = split("-", terraform_data.x.id)
        content {
          name = prompt_field.value
          type = "string"
        }
      }
    }
    """
    warm.write(header(things) + 'resource "terraform_data" "x" {}\n' + thing(body))
    warm.plan()
    warm.apply()
    assert len(warm.attributes("toy_thing.a")["params"][0]["prompt_field"]) == 5
    warm.assert_empty_plan()


def test_a_partly_unknown_configuration_is_checked_leaf_by_leaf(warm: TerraformCli, things: Path) -> None:
    body = """
    tags = { a = terraform_data.x.id, b = "much too long a value, longer than fifty characters are" }
    params {
      prompt_field {
        name = terraform_data.x.id
        type = "string"
      }
      prompt_field {
        name = terraform_data.x.id
        type = "wrong"
        allowed_values = [terraform_data.x.id, "much too long a value, longer than fifty characters are"]
      }
    }
    """
    warm.write(header(things) + 'resource "terraform_data" "x" {}\n' + thing(body))
    diagnostics = warm.validate()["diagnostics"]
    details = [diagnostic["detail"] for diagnostic in diagnostics]
    assert details == [
        'At most 50 characters.\n\n(at tags["b"])',
        "'wrong' is not one of string, int.\n\n(at params[0].prompt_field[1].type)",
        "At most 50 characters.\n\n(at params[0].prompt_field[1].allowed_values[1])",
    ]
    assert 'type = "wrong"' in diagnostics[1]["snippet"]["code"]


def test_warnings_and_deprecations_are_shown(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing('label = "warn"\nold_label = "x"\ntrouble = "warn"'))
    found = {diagnostic["summary"]: diagnostic["severity"] for diagnostic in warm.validate()["diagnostics"]}
    assert found == {"Deprecated attribute": "warning", "A label to warn about": "warning"}
    assert "Made with care" in warm.apply().stdout


def test_sensitive_values_are_not_shown(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing('secret = "hunter2"'))
    assert "hunter2" not in warm.apply().output
    assert stored(things)["secret"] == "hunter2"


def test_the_provider_block_is_checked(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things, 'mood = "bad"') + thing())
    (diagnostic,) = warm.validate()["diagnostics"]
    assert diagnostic["detail"] == "'bad' is not one of good."
    warm.write(header(things / "nowhere") + thing())
    assert "No such folder" in warm.fail("plan", "-no-color").stderr

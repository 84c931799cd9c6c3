"""The calls, made by the real Terraform, when things go wrong; and states of other makers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.provider.protocol.toy import header
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform


def thing(trouble: str, body: str = "") -> str:
    return f'resource "toy_thing" "a" {{\nname = "One"\ntrouble = "{trouble}"\n{body}\n}}\n'


def resources(terraform: TerraformCli) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = terraform.state()["resources"]
    return found


def assert_no_trace(output: str) -> None:
    assert "Traceback" not in output
    assert ".py" not in output
    assert "did not respond" not in output


def test_a_failed_create_leaves_nothing_in_the_state(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing("create"))
    output = warm.fail("apply", "-no-color", "-auto-approve").output
    assert "Could not create toy_thing" in output
    assert "RuntimeError: create went wrong" in output
    assert_no_trace(output)
    assert resources(warm) == []
    warm.write(header(things) + thing("none"))
    warm.apply()
    warm.assert_empty_plan()


def test_a_create_that_stopped_half_way_is_tainted_and_replaced(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing("partial"))
    assert "RuntimeError: second step went wrong" in warm.fail("apply", "-no-color", "-auto-approve").output
    (resource,) = resources(warm)
    assert resource["instances"][0]["status"] == "tainted"
    warm.write(header(things) + thing("none"))
    assert warm.plan_json()["resource_changes"][0]["change"]["actions"] == ["delete", "create"]
    warm.apply("plan.bin")
    assert len(list(things.glob("*.json"))) == 1
    warm.assert_empty_plan()


def test_a_value_of_the_wrong_type_does_not_lose_the_thing(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing("wrong type", 'label = "l"'))
    assert "a string is required, not a number" in warm.fail("apply", "-no-color", "-auto-approve").output
    (resource,) = resources(warm)
    instance = resource["instances"][0]
    assert instance["attributes"]["label"] == "l"
    assert f"{instance['attributes']['id']}.json" in [path.name for path in things.iterdir()]


def test_a_failed_update_keeps_the_prior_state(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing("none", 'label = "old"'))
    warm.apply()
    warm.write(header(things) + thing("update", 'label = "new"'))
    output = warm.fail("apply", "-no-color", "-auto-approve").output
    assert "Could not update toy_thing" in output
    assert_no_trace(output)
    assert warm.attributes("toy_thing.a")["label"] == "old"
    warm.write(header(things) + thing("none", 'label = "new"'))
    warm.apply()
    warm.assert_empty_plan()


def test_a_failed_delete_keeps_the_thing(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing("delete"))
    warm.apply()
    assert "RuntimeError: delete went wrong" in warm.fail("destroy", "-no-color", "-auto-approve").output
    assert warm.attributes("toy_thing.a")["trouble"] == "delete"


def test_a_failed_read_keeps_the_state(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing("none"))
    warm.apply()
    (things / "unreadable").touch()
    output = warm.fail("plan", "-no-color").output
    assert "Could not read toy_thing" in output
    assert_no_trace(output)
    (things / "unreadable").unlink()
    warm.assert_empty_plan()


def test_a_crash_of_validate_does_not_hide_what_the_schema_found(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing("validate", f'tags = {{ a = "{"x" * 60}" }}'))
    summaries = [diagnostic["summary"] for diagnostic in warm.validate()["diagnostics"]]
    assert summaries == ["Too long", "Could not validate toy_thing"]


def write_state(terraform: TerraformCli, version: int, attributes: dict[str, Any]) -> None:
    instance = {"schema_version": version, "attributes": attributes, "sensitive_attributes": []}
    resource = {
        "mode": "managed",
        "type": "toy_thing",
        "name": "a",
        "provider": 'provider["registry.terraform.io/example/toy"]',
        "instances": [instance],
    }
    state = {
        "version": 4,
        "terraform_version": "1.1.9",
        "serial": 1,
        "lineage": "x",
        "outputs": {},
        "resources": [resource],
    }
    (terraform.work / "terraform.tfstate").write_text(json.dumps(state))


def test_state_of_an_older_schema_and_another_framework_loads(warm: TerraformCli, things: Path) -> None:
    """SDKv2 stored text and numbers loosely and "" for what is not set; attributes have come and gone since."""
    document: dict[str, Any] = {
        "id": "i",
        "serial": "1",
        "name": "one",
        "label": None,
        "kind": None,
        "size": 3,
        "secret": None,
    }
    document |= {"old_label": None, "tags": None, "steps": None, "trouble": None, "params": []}
    (things / "i.json").write_text(json.dumps(document))
    old = {"id": "i", "title": "one", "serial": "1", "label": "", "size": "3", "tags": {}, "gone": True, "steps": []}
    write_state(warm, 0, old)
    warm.write(header(things) + 'resource "toy_thing" "a" {\nname = "One"\n}\n')
    warm.assert_empty_plan()
    warm.write(header(things) + 'resource "toy_thing" "a" {\nname = "One"\nlabel = "l"\n}\n')
    warm.apply()
    assert warm.attributes("toy_thing.a")["label"] == "l"
    assert resources(warm)[0]["instances"][0]["schema_version"] == 1
    warm.assert_empty_plan()


def test_state_of_a_newer_provider_is_refused(warm: TerraformCli, things: Path) -> None:
    write_state(warm, 7, {"id": "i"})
    warm.write(header(things) + thing("none"))
    assert "newer" in warm.fail("plan", "-no-color").output


def test_state_with_a_value_that_cannot_be_read_is_refused_with_its_place(warm: TerraformCli, things: Path) -> None:
    write_state(warm, 1, {"id": "i", "params": [{"prompt_field": [{"required": "perhaps"}]}]})
    warm.write(header(things) + thing("none"))
    output = warm.fail("plan", "-no-color").output
    assert "a bool is required, not a string" in output
    assert "(at params[0].prompt_field[0].required)" in output

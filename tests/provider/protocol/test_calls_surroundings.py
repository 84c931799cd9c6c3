"""The calls, made by the real Terraform: imports, lookups, functions, moves, tests and mocks."""

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


def test_import_by_command(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing('steps = ["x"]'))
    warm.apply()
    warm.run("state", "rm", "toy_thing.a")
    assert "Expected one thing named Two, found 0." in warm.fail("import", "-no-color", "toy_thing.a", "Two").output
    warm.import_("toy_thing.a", "One")
    warm.assert_empty_plan()


def test_import_by_block_with_generated_configuration(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + NESTED)
    warm.apply()
    warm.run("state", "rm", "toy_thing.a")
    warm.write(header(things) + 'import {\nto = toy_thing.a\nid = "One"\n}\n')
    warm.plan("-generate-config-out=generated.tf")
    plan = warm.plan_json()
    assert actions(plan) == ["no-op"]
    warm.apply()
    warm.assert_empty_plan()


def test_data_sources(warm: TerraformCli, things: Path) -> None:
    lookup = 'data "toy_thing" "d" {\nname = "%s"\n}\noutput "label" { value = data.toy_thing.d.label }\n'
    warm.write(header(things) + thing('label = "l"'))
    warm.apply()
    warm.write(header(things) + thing('label = "l"') + lookup % "ONE")
    warm.apply()
    assert warm.output_json() == {"label": "l"}
    warm.write(header(things) + lookup % "two")
    assert "Expected one thing named two, found 0." in warm.fail("plan", "-no-color").output
    warm.write(header(things) + lookup % "crash")
    assert "RuntimeError: lookup went wrong" in warm.fail("plan", "-no-color").output


def test_functions(warm: TerraformCli, things: Path) -> None:
    warm.write(
        header(things)
        + 'output "d" { value = provider::toy::describe("AB", null) }\n'
        + 'output "t" { value = provider::toy::total(1, 2.5, "3") }\n'
        + 'output "n" { value = provider::toy::total() }\n'
    )
    warm.apply()
    assert warm.output_json() == {
        "d": {"text": "AB", "length": 2, "loud": True, "fallback": None},
        "t": 6.5,
        "n": 0,
    }
    warm.write(header(things) + 'output "d" { value = provider::toy::describe("", "") }\n')
    refused = warm.fail("plan", "-no-color").output
    assert 'Invalid value for "text" parameter: the text must not be empty' in refused
    warm.write(header(things) + 'output "d" { value = provider::toy::describe("crash", "") }\n')
    assert "RuntimeError: describe went wrong" in warm.fail("plan", "-no-color").output


def test_moved_within_a_type_and_across_types(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + thing().replace("toy_thing", "toy_old"))
    warm.apply()
    moved = "moved {\nfrom = %s\nto = %s\n}\n"
    warm.write(header(things) + thing() + moved % ("toy_old.a", "toy_thing.a"))
    assert actions(warm.plan_json()) == ["no-op"]
    warm.apply()
    warm.assert_empty_plan()
    warm.write(header(things) + thing().replace('"a"', '"b"') + moved % ("toy_thing.a", "toy_thing.b"))
    warm.apply()
    assert warm.attributes("toy_thing.b")["name"] == "One"
    warm.write(
        header(things) + thing().replace('"toy_thing" "a"', '"toy_old" "c"') + moved % ("toy_thing.b", "toy_old.c")
    )
    assert "A toy_thing of registry.terraform.io/example/toy cannot become a toy_old." in warm.fail("plan").output


def test_terraform_test_and_mock_provider(warm: TerraformCli, things: Path) -> None:
    warm.write(header(things) + NESTED)
    warm.write(
        'run "real" {\nassert {\ncondition = toy_thing.a.serial == 1\nerror_message = "serial"\n}\n}\n',
        "real.tftest.hcl",
    )
    warm.write(
        'mock_provider "toy" {}\n'
        'run "mocked" {\nassert {\ncondition = toy_thing.a.name == "One" && toy_thing.a.id != ""\n'
        'error_message = "id"\n}\n}\n',
        "mocked.tftest.hcl",
    )
    warm.run("init", "-no-color")
    assert "2 passed, 0 failed" in warm.run("test", "-no-color").stdout
    assert list(things.glob("*.json")) == []


def test_large_attributes_pass(warm: TerraformCli, things: Path) -> None:
    (warm.work / "large.txt").write_text("0123456789abcdef" * (5 << 16))  # 5 MiB
    warm.write(header(things) + thing('label = file("large.txt")'))
    warm.apply()
    warm.assert_empty_plan()
    assert len(stored(things)["label"]) == 5 << 20

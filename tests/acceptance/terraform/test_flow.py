"""What is special about sym_flow: its nested blocks, their defaults, and sources that are none or not said."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.store import resources
from sym.store.database import Store
from tests.acceptance.terraform.declarations import attributes, flow, stored
from tests.acceptance.terraform.variants import on_every_store
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

ADDRESS = "sym_flow.this"

EVERY_TYPE = """
params {
  strategy_id = sym_strategy.support.id
  prompt_field {
    name           = "text"
    type           = "string"
    label          = "A text"
    default        = "b"
    allowed_values = ["a", "b"]
  }
  prompt_field {
    name           = "number"
    type           = "int"
    required       = false
    default        = "2"
    allowed_values = [1, 2, 3]
  }
  prompt_field {
    name     = "agree"
    type     = "bool"
    default  = "true"
    required = false
  }
  prompt_field {
    name           = "duration"
    type           = "duration"
    allowed_values = ["30s", "10m", "1h", "1d", "1mo", "90"]
  }
  prompt_field {
    name = "person"
    type = "slack_user"
  }
  prompt_field {
    name    = "people"
    type    = "slack_user_list"
    visible = false
  }
  prompt_field {
    name     = "texts"
    type     = "str_list"
    prefetch = true
  }
  prompt_field {
    name      = "numbers"
    type      = "int_list"
    on_change = <<-EOT
      def on_change_numbers(username, form):
          return form
    EOT
  }
}
"""


def apply(terraform: TerraformCli, text: str) -> dict[str, Any]:
    terraform.write(text)
    terraform.apply()
    terraform.assert_empty_plan()
    return attributes(terraform, ADDRESS)


def params_of(store: Store, state: dict[str, Any]) -> Any:
    return stored(store, "flow", state["id"])["params"]


def field(name: str, kind: str, **more: Any) -> dict[str, Any]:
    left_out = {"label": None, "default": None, "allowed_values": None, "on_change": None}
    return {"name": name, "type": kind, **left_out, "required": True, "visible": True, "prefetch": False, **more}


def test_a_flow_without_params_has_none_and_plans_empty(terraform: TerraformCli, store: Store) -> None:
    state = apply(terraform, flow(""))
    assert state["params"] == []
    assert params_of(store, state) == []
    terraform.run("state", "rm", ADDRESS)
    terraform.import_(ADDRESS, "this")
    terraform.assert_empty_plan()


def test_empty_params_have_every_default_and_plan_empty(terraform: TerraformCli, store: Store) -> None:
    state = apply(terraform, flow("params {}"))
    defaults: dict[str, Any] = {
        "strategy_id": None,
        "allow_revoke": True,
        "schedule_deescalation": True,
        "include_decision_message": False,
        "allowed_sources": None,
        "additional_header_text": None,
        "allow_guest_interaction": False,
        "allow_extension": False,
        "prompt_field": [],
    }
    assert state["params"] == [defaults]
    assert params_of(store, state) == [defaults]


def test_the_params_block_can_come_and_go(terraform: TerraformCli, store: Store) -> None:
    state = apply(terraform, flow(""))
    assert apply(terraform, flow("params {\nallow_revoke = false\n}"))["params"][0]["allow_revoke"] is False
    assert apply(terraform, flow("params {}"))["params"][0]["allow_revoke"] is True
    gone = apply(terraform, flow(""))
    assert gone["params"] == []
    assert gone["id"] == state["id"]
    assert params_of(store, gone) == []


def test_every_type_of_prompt_field_is_kept_as_written(terraform: TerraformCli, store: Store) -> None:
    state = apply(terraform, flow(EVERY_TYPE))
    on_change = "def on_change_numbers(username, form):\n    return form\n"
    expected = [
        field("text", "string", label="A text", default="b", allowed_values=["a", "b"]),
        field("number", "int", required=False, default="2", allowed_values=["1", "2", "3"]),
        field("agree", "bool", required=False, default="true"),
        field("duration", "duration", allowed_values=["30s", "10m", "1h", "1d", "1mo", "90"]),
        field("person", "slack_user"),
        field("people", "slack_user_list", visible=False),
        field("texts", "str_list", prefetch=True),
        field("numbers", "int_list", on_change=on_change),
    ]
    assert state["params"][0]["prompt_field"] == expected
    assert params_of(store, state)[0]["prompt_field"] == expected
    terraform.run("state", "rm", ADDRESS)
    terraform.import_(ADDRESS, "this")
    terraform.assert_empty_plan()


def test_a_prompt_field_can_be_put_between_two_others(terraform: TerraformCli) -> None:
    def configuration(*names: str) -> str:
        blocks = (f'prompt_field {{\nname = "{name}"\ntype = "string"\n}}\n' for name in names)
        return flow(f"params {{\n{''.join(blocks)}}}")

    apply(terraform, configuration("first", "last"))
    state = apply(terraform, configuration("first", "between", "last"))
    assert [item["name"] for item in state["params"][0]["prompt_field"]] == ["first", "between", "last"]
    state = apply(terraform, configuration("last"))
    assert [item["name"] for item in state["params"][0]["prompt_field"]] == ["last"]


def test_prompt_fields_can_be_made_from_a_variable(terraform: TerraformCli) -> None:
    dynamic = """params {
      dynamic "prompt_field" {
        for_each = var.fields
        content {
          name           = prompt_field.key
          type           = prompt_field.value.type
          required       = prompt_field.value.required
          allowed_values = prompt_field.value.values
        }
      }
    }"""
    variable = """variable "fields" {
      type = map(object({ type = string, required = optional(bool), values = optional(list(string)) }))
      default = { a = { type = "string" }, b = { type = "int", required = false, values = ["1"] } }
    }
    """
    state = apply(terraform, flow(dynamic, variable))
    fields = state["params"][0]["prompt_field"]
    assert fields == [field("a", "string"), field("b", "int", required=False, allowed_values=["1"])]


def test_prompt_fields_can_depend_on_what_is_not_made_yet(terraform: TerraformCli) -> None:
    dynamic = """params {
      dynamic "prompt_field" {
        for_each = terraform_data.names.output
        content {
          name = prompt_field.value
          type = "string"
        }
      }
    }"""
    names = 'resource "terraform_data" "names" {\ninput = ["a", "b"]\n}\n'
    state = apply(terraform, flow(dynamic, names))
    assert state["params"][0]["prompt_field"] == [field("a", "string"), field("b", "string")]


@pytest.mark.parametrize("written", [None, '["slack"]', '["slack", "api"]', "[]"])
def test_sources_that_are_not_said_become_none_and_back(
    terraform: TerraformCli, store: Store, written: str | None
) -> None:
    def configuration(sources: str | None) -> str:
        return flow(f"params {{\n{f'allowed_sources = {sources}' if sources else ''}\n}}")

    state = apply(terraform, configuration(written))
    before = params_of(store, state)[0]["allowed_sources"]
    apply(terraform, configuration("[]" if written is None else None))
    assert params_of(store, state)[0]["allowed_sources"] == ([] if written is None else None)
    apply(terraform, configuration(written))
    assert params_of(store, state)[0]["allowed_sources"] == before
    terraform.run("state", "rm", ADDRESS)
    terraform.import_(ADDRESS, "this")
    terraform.assert_empty_plan()


@on_every_store
@pytest.mark.parametrize(("written", "others"), [(None, []), ("[]", None), ('["api"]', None), ('["api"]', [])])
def test_sources_others_opened_or_closed_are_changed_back(
    terraform: TerraformCli, store: Store, now: datetime, written: str | None, others: list[str] | None
) -> None:
    """Not said is from anywhere, [] is from nowhere: going from one to the other is a change."""
    state = apply(terraform, flow(f"params {{\n{f'allowed_sources = {written}' if written else ''}\n}}"))
    document = stored(store, "flow", state["id"])
    before = document["params"][0]["allowed_sources"]
    changed = {**document, "params": [{**document["params"][0], "allowed_sources": others}]}
    with store.transaction() as conn:
        resources.save(conn, "flow", changed, actor=Actor.SYSTEM, now=now, resource_id=state["id"])
    assert terraform.plan().status == 2
    terraform.apply()
    assert params_of(store, state)[0]["allowed_sources"] == before
    terraform.assert_empty_plan()


def test_what_a_newer_program_stored_is_left_out_of_the_state(
    terraform: TerraformCli, store: Store, now: datetime
) -> None:
    state = apply(terraform, flow("params {}"))
    newer = stored(store, "flow", state["id"])
    newer["colour"] = "red"
    newer["params"][0]["shape"] = "round"
    with store.transaction() as conn:
        resources.save(conn, "flow", newer, actor=Actor.SYSTEM, now=now, resource_id=state["id"])
    terraform.assert_empty_plan()


def test_state_of_a_1_x_provider_is_brought_forward(terraform: TerraformCli, store: Store) -> None:
    """The state of 1.14: a template, and params as a map with JSON in it."""
    configuration = flow("""params {
      strategy_id     = sym_strategy.support.id
      allow_revoke    = true
      allowed_sources = ["api"]
      prompt_field {
        name           = "reason"
        type           = "string"
        label          = "Why?"
        required       = true
        allowed_values = ["1", "2"]
      }
    }""")
    state = apply(terraform, configuration)
    document = terraform.state()
    (entry,) = (item for item in document["resources"] if item["type"] == "sym_flow")
    (instance,) = entry["instances"]
    instance["schema_version"] = 0
    instance.pop("private", None)
    old = instance["attributes"]
    old["template"] = "sym:template:approval:1.0.0"
    old["params"] = {
        "strategy_id": old["params"][0]["strategy_id"],
        "allow_revoke": "true",
        "schedule_deescalation": "true",
        "allowed_sources_json": '["api"]',
        "prompt_fields_json": '[{"name": "reason", "type": "string", "label": "Why?", "required": true, '
        '"allowed_values": [1, "2"]}]',
    }
    document["serial"] += 1
    terraform.write(json.dumps(document), "terraform.tfstate")
    terraform.assert_empty_plan()
    terraform.apply()
    assert attributes(terraform, ADDRESS) == state

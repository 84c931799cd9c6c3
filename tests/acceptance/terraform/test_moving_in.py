"""From the original provider to this one: its state, of every version, is taken over by ``state replace-provider``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sym.store.database import Store
from tests.acceptance.terraform.declarations import attributes, changes, everything, flow
from tests.acceptance.terraform.forms import FORMS
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

FLOW = """params {
      strategy_id     = sym_strategy.support.id
      allowed_sources = ["api"]
      prompt_field {
        name           = "size"
        type           = "int"
        label          = "How many?"
        allowed_values = ["1", "2"]
      }
    }"""

OTHERS = "".join(
    f'resource "sym_{name}" "this" {{\n{FORMS[name]["full"]}\n}}\n'
    for name in ("environment", "error_logger", "integration", "log_destination", "runtime", "secret", "target")
)

OLD_ADDRESS = "terraform.symops.com/symopsio/sym"
VERSIONS = ("1.14.1", "2.1.3", "3.1.0", "3.6.0")


def emptied(values: dict[str, Any], kinds: dict[str, Any]) -> dict[str, Any]:
    """What a refresh of the original provider made of what is left out: empty texts, lists and maps."""
    return {key: kinds.get(key, "") if value is None else value for key, value in values.items()}


def old_field(version: str, field: dict[str, Any]) -> dict[str, Any]:
    later = {"visible", "on_change"} if version != "3.6.0" else set()
    return {key: value for key, value in emptied(field, {"allowed_values": []}).items() if key not in later}


def old_flow(version: str, values: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a flow as the version kept them."""
    (params,) = values["params"]
    fields = params["prompt_field"]
    if version == "1.14.1":
        written = ("name", "type", "label", "required", "allowed_values")
        old = {
            "strategy_id": params["strategy_id"],
            "allow_revoke": "true",
            "schedule_deescalation": "true",
            "allow_guest_interaction": "false",
            "allowed_sources_json": json.dumps(params["allowed_sources"]),
            "prompt_fields_json": json.dumps([{key: field[key] for key in written} for field in fields]),
        }
        return values | {"template": "sym:template:approval:1.0.0", "params": old}
    params = emptied(params, {}) | {"prompt_field": [old_field(version, field) for field in fields]}
    if version != "3.6.0":
        del params["include_decision_message"]
    return values | {"params": [params]}


def as_written_by(version: str, document: dict[str, Any]) -> dict[str, Any]:
    """A state file as the version of the original provider would have left it."""
    document["serial"] += 1
    for entry in document["resources"]:
        entry["provider"] = f'provider["{OLD_ADDRESS}"]'
        for instance in entry["instances"]:
            values = emptied(
                instance["attributes"],
                {"settings": {}, "vars": {}, "integrations": {}, "field_bindings": [], "log_destination_ids": []},
            )
            instance["attributes"] = old_flow(version, values) if entry["type"] == "sym_flow" else values
            instance["schema_version"] = 1 if entry["type"] == "sym_flow" and version != "1.14.1" else 0
            instance["private"] = "bnVsbA=="  # SDKv2's: null
            instance["sensitive_attributes"] = []
    return document


def replace_provider(terraform: TerraformCli) -> None:
    terraform.run("state", "replace-provider", "-auto-approve", OLD_ADDRESS, "symopsio/sym")


@pytest.mark.parametrize("version", VERSIONS)
def test_state_of_every_version_plans_empty(terraform: TerraformCli, store: Store, version: str) -> None:
    terraform.write(flow(FLOW, OTHERS))
    terraform.apply()
    before, ids = everything(store), attributes(terraform, "sym_flow.this")
    terraform.write(json.dumps(as_written_by(version, terraform.state())), "terraform.tfstate")
    replace_provider(terraform)
    terraform.assert_empty_plan()
    terraform.apply()
    assert attributes(terraform, "sym_flow.this") == ids
    assert everything(store) == before


@pytest.mark.parametrize("version", VERSIONS)
def test_ids_of_a_server_that_is_no_more_are_planned_anew(terraform: TerraformCli, store: Store, version: str) -> None:
    terraform.write(flow(FLOW, OTHERS))
    terraform.apply()
    expected = everything(store)
    old = as_written_by(version, terraform.state())
    terraform.destroy()
    terraform.write(json.dumps(old), "terraform.tfstate")
    replace_provider(terraform)
    planned = changes(terraform)
    assert set(map(tuple, planned.values())) == {("create",)}
    assert len(planned) == len(expected)
    terraform.apply()
    terraform.assert_empty_plan()
    assert everything(store) == expected

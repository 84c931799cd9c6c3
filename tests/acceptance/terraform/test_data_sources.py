"""Every data source: found by what names it, with everything the resource has; and what is not found."""

from __future__ import annotations

from typing import Any

import pytest

from sym.resources import resource
from tests.acceptance.terraform.declarations import HEADER, attributes, declaration, flow
from tests.acceptance.terraform.documents import DOCUMENTS
from tests.acceptance.terraform.forms import IMPORT_IDS, NAMES
from tests.acceptance.terraform.refusals import refused_plan
from tests.acceptance.terraform.variants import on_sqlite
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

WRITE_ONLY = {"value_wo"}
"""What data sources do not show."""


def data(name: str, *, label: str = "that", spelling: str = "", more: str = "") -> str:
    """The data source of the full form of a resource, whose last key is spelt in another way."""
    keys = ""
    for key in resource(name).lookup:
        value = DOCUMENTS[name].get(key, IMPORT_IDS[name].rpartition(":")[2])
        keys += f'{key} = "{spelling or value if key != "type" else value}"\n'
    return f'data "sym_{name}" "{label}" {{\n{keys}{more}\ndepends_on = [sym_{name}.this]\n}}\n'


def shown(terraform: TerraformCli, name: str, label: str = "that") -> dict[str, Any]:
    return terraform.attributes(f"data.sym_{name}.{label}")


@pytest.mark.parametrize("name", NAMES)
def test_it_shows_what_the_resource_has(terraform: TerraformCli, name: str) -> None:
    terraform.write(declaration(name, "full") + data(name))
    terraform.apply()
    terraform.assert_empty_plan()
    found, declared = shown(terraform, name), attributes(terraform, f"sym_{name}.this")
    for key in declared.keys() - WRITE_ONLY:
        assert found[key] == declared[key], key
    assert not found.keys() & WRITE_ONLY


def test_a_flows_form_and_rules_are_shown_with_every_default(terraform: TerraformCli) -> None:
    form = """params {
      strategy_id     = sym_strategy.support.id
      allowed_sources = []
      prompt_field {
        name           = "reason"
        type           = "string"
        allowed_values = ["a", "b"]
      }
      prompt_field {
        name     = "count"
        type     = "int"
        required = false
      }
    }"""
    shows = """data "sym_flow" "that" {
      name = sym_flow.this.name
    }
    output "asked" {
      value = { for field in data.sym_flow.that.params[0].prompt_field : field.name => field.required }
    }"""
    terraform.write(flow(form, shows))
    terraform.apply()
    terraform.assert_empty_plan()
    assert terraform.output_json() == {"asked": {"reason": True, "count": False}}
    (params,) = shown(terraform, "flow")["params"]
    (declared,) = attributes(terraform, "sym_flow.this")["params"]
    assert params == declared
    assert params["allowed_sources"] == []
    assert params["allow_revoke"] is True
    assert params["prompt_field"][0]["allowed_values"] == ["a", "b"]


@pytest.mark.parametrize("written", ["", "params {}"])
def test_a_flow_without_a_form_has_none_to_show(terraform: TerraformCli, written: str) -> None:
    terraform.write(flow(written, 'data "sym_flow" "that" {\nname = sym_flow.this.name\n}\n'))
    terraform.apply()
    terraform.assert_empty_plan()
    found = shown(terraform, "flow")["params"]
    assert found == attributes(terraform, "sym_flow.this")["params"]
    assert len(found) == (1 if written else 0)
    assert all(params["allowed_sources"] is None for params in found)


def test_the_environments_error_logger_is_shown(terraform: TerraformCli) -> None:
    """The original declared the attribute, and never filled it."""
    terraform.write(declaration("environment", "full") + data("environment"))
    terraform.apply()
    logger = attributes(terraform, "sym_error_logger.support[0]")["id"]
    assert shown(terraform, "environment")["error_logger_id"] == logger


@pytest.mark.parametrize("name", ["environment", "target"])
def test_letter_case_makes_no_difference(terraform: TerraformCli, name: str) -> None:
    terraform.write(declaration(name, "full") + data(name, spelling=DOCUMENTS[name]["name"].upper()))
    terraform.apply()
    terraform.assert_empty_plan()
    assert shown(terraform, name)["id"] == attributes(terraform, f"sym_{name}.this")["id"]


def test_what_a_configuration_writes_beside_the_keys_is_replaced(terraform: TerraformCli) -> None:
    """They were optional attributes, so old configurations may hold some."""
    terraform.write(declaration("runtime", "full") + data("runtime", more='label = "another"'))
    terraform.apply()
    assert shown(terraform, "runtime")["label"] == "In the cloud"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "flows_filter"])
def test_what_is_not_there_is_an_error_that_says_what_was_sought(terraform: TerraformCli, name: str) -> None:
    text = HEADER + data(name, spelling="nobody").replace(f"depends_on = [sym_{name}.this]\n", "")
    output = refused_plan(terraform, text)
    assert f"There is no sym_{name}" in output
    assert "nobody" in output
    assert "expected one, found 0" in output


def test_a_flows_filter_that_is_not_there_is_an_error(terraform: TerraformCli) -> None:
    output = refused_plan(terraform, f'{HEADER}data "sym_flows_filter" "that" {{\n}}\n')
    assert "There is no sym_flows_filter" in output


def test_another_type_of_the_same_name_is_not_found(terraform: TerraformCli) -> None:
    terraform.write(declaration("target", "full"))
    terraform.apply()
    other = f'{declaration("target", "full")}data "sym_target" "that" {{\ntype = "okta_group"\nname = "Readers"\n}}\n'
    assert "There is no sym_target 'okta_group:Readers'" in refused_plan(terraform, other)


@on_sqlite
def test_a_data_source_of_another_run_can_be_referred_to(terraform: TerraformCli) -> None:
    terraform.write(
        declaration("integration", "full")
        + data("integration")
        + 'resource "sym_runtime" "uses" {\nname = "uses"\ncontext_id = data.sym_integration.that.id\n}\n'
    )
    terraform.apply()
    terraform.assert_empty_plan()
    declared = attributes(terraform, "sym_integration.this")["id"]
    assert attributes(terraform, "sym_runtime.uses")["context_id"] == declared

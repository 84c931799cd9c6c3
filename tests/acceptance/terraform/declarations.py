"""Whole configurations, and what they lead to in the store."""

from __future__ import annotations

import re
from typing import Any

from sym.store import resources
from sym.store.database import Store
from tests.acceptance.terraform.author_code import FILTER_CODE, FLOW_CODE, STRATEGY_CODE
from tests.acceptance.terraform.forms import FORMS, NAMES
from tests.terraform_cli import TerraformCli

HEADER = """
terraform {
  required_providers {
    sym = { source = "symopsio/sym" }
  }
}
provider "sym" {
  org = "acme"
}
"""

_CODE = f"""
locals {{
  strategy_code = <<-EOT
{STRATEGY_CODE}EOT
  flow_code = <<-EOT
{FLOW_CODE}EOT
  filter_code = <<-EOT
{FILTER_CODE}EOT
}}
"""

_SUPPORT = {
    "secrets": """
        type = "env"
        name = "support"
    """,
    "secret": """
        source_id = sym_secrets.support.id
        path      = "SYM_SECRET_SUPPORT"
    """,
    "integration": """
        type        = "custom"
        name        = "support"
        external_id = "support"
    """,
    "runtime": """
        count = 2
        name  = "support-${count.index}"
    """,
    "error_logger": """
        count          = 2
        integration_id = sym_integration.support.id
        destination    = "#support-${count.index}"
    """,
    "log_destination": """
        count    = 2
        type     = "http"
        settings = { url = "https://logs.example/${count.index}" }
    """,
    "target": """
        count = 2
        type  = "custom"
        name  = "support-${count.index}"
    """,
    "strategy": """
        type           = "custom"
        name           = "support"
        integration_id = sym_integration.support.id
        targets        = sym_target.support[*].id
        implementation = local.strategy_code
    """,
    "environment": """
        count = 2
        name  = "support-${count.index}"
    """,
}
"""What the resources under test may refer to."""


def supported(text: str, also: str = "") -> str:
    """A whole configuration: ``text`` with everything called ``support`` that it, ``also``, or what that needs, refers
    to."""
    found = ""
    while missing := [name for name in _SUPPORT if f"sym_{name}.support" in text + also + found
                      and f'"sym_{name}" "support"' not in found]:  # fmt: skip
        found += "".join(f'resource "sym_{name}" "support" {{\n{_SUPPORT[name]}}}\n' for name in missing)
    return HEADER + _CODE + found + text


def declaration(name: str, form: str) -> str:
    """A whole configuration with ``sym_<name>.this`` in one of its forms, bare, full or changed, and whatever any of
    them refers to: Terraform deletes before it changes, so that nothing could go together with a reference to it."""
    return supported(f'resource "sym_{name}" "this" {{\n{FORMS[name][form]}\n}}\n', "".join(FORMS[name].values()))


def flow(body: str, extra: str = "") -> str:
    """A whole configuration with ``sym_flow.this``; ``body`` is what it has besides name, code and environment."""
    return supported(f"""{extra}
resource "sym_flow" "this" {{
  name           = "this"
  implementation = local.flow_code
  environment_id = sym_environment.support[0].id
  {body}
}}
""")


def attributes(terraform: TerraformCli, address: str) -> dict[str, Any]:
    """What the state file says about a resource, such as ``sym_target.support[1]``."""
    (wanted, _, index) = address.partition("[")
    for entry in terraform.state()["resources"]:
        for instance in entry["instances"]:
            number = str(instance.get("index_key", ""))
            if f"{entry['type']}.{entry['name']}" == wanted and number == index.removesuffix("]"):
                found: dict[str, Any] = instance["attributes"]
                return found
    raise AssertionError(f"{address} is not in the state")


def with_ids(value: Any, terraform: TerraformCli) -> Any:
    """``value`` with every ``@address`` replaced by the id in Terraform's state."""
    if isinstance(value, dict):
        return {key: with_ids(item, terraform) for key, item in value.items()}
    if isinstance(value, list):
        return [with_ids(item, terraform) for item in value]
    if isinstance(value, str):
        return re.sub(r"@(sym_[a-z_.]+(\[\d\])?)", lambda found: attributes(terraform, found[1])["id"], value)
    return value


def stored(store: Store, name: str, resource_id: str) -> dict[str, Any]:
    """The document in the store."""
    with store.reading() as conn:
        found = resources.get(conn, name, resource_id)
    assert found is not None, f"there is no {name} {resource_id} in the store"
    return found.document


def everything(store: Store) -> list[str]:
    """What there is in the store: ``sym_target custom:readers``, sorted."""
    with store.reading() as conn:
        found = [item for name in NAMES for item in resources.list_resources(conn, name)]
    return sorted(f"sym_{item.name} {item.type}:{item.slug}" for item in found)


def changes(terraform: TerraformCli, *options: str) -> dict[str, list[str]]:
    """What a plan would do, by address: ``["create"]``. What it would leave alone is left out."""
    found = terraform.plan_json(*options).get("resource_changes", [])
    return {item["address"]: item["change"]["actions"] for item in found if item["change"]["actions"] != ["no-op"]}

"""Whole configurations, and what they lead to in the store."""

from __future__ import annotations

import re
from typing import Any

from sym.store import resources
from sym.store.database import Store
from tests.acceptance.terraform.author_code import FLOW_CODE, STRATEGY_CODE
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

SUPPORT = f"""
locals {{
  strategy_code = <<-EOT
{STRATEGY_CODE}EOT
  flow_code = <<-EOT
{FLOW_CODE}EOT
}}
resource "sym_secrets" "support" {{
  type = "env"
  name = "support"
}}
resource "sym_secret" "support" {{
  source_id = sym_secrets.support.id
  path      = "SYM_SECRET_SUPPORT"
}}
resource "sym_integration" "support" {{
  type        = "custom"
  name        = "support"
  external_id = "support"
}}
resource "sym_target" "support" {{
  count = 2
  type  = "custom"
  name  = "support-${{count.index}}"
}}
resource "sym_strategy" "support" {{
  type           = "custom"
  name           = "support"
  integration_id = sym_integration.support.id
  targets        = sym_target.support[*].id
  implementation = local.strategy_code
}}
resource "sym_environment" "support" {{
  count = 2
  name  = "support-${{count.index}}"
}}
"""
"""What the resources under test refer to."""


def declaration(name: str, form: str) -> str:
    """A whole configuration with ``sym_<name>.this`` in one of its forms: bare, full or changed."""
    return f'{HEADER}{SUPPORT}resource "sym_{name}" "this" {{\n{FORMS[name][form]}\n}}\n'


def with_ids(value: Any, terraform: TerraformCli) -> Any:
    """``value`` with every ``@address`` replaced by the id in Terraform's state."""
    if isinstance(value, dict):
        return {key: with_ids(item, terraform) for key, item in value.items()}
    if isinstance(value, list):
        return [with_ids(item, terraform) for item in value]
    if isinstance(value, str):
        return re.sub(r"@(sym_[a-z_.]+(\[\d\])?)", lambda found: terraform.attributes(found[1])["id"], value)
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


def flow(body: str, extra: str = "") -> str:
    """A whole configuration with ``sym_flow.this``; ``body`` is what it has besides name, code and environment."""
    return f"""{HEADER}{SUPPORT}{extra}
resource "sym_flow" "this" {{
  name           = "this"
  implementation = local.flow_code
  environment_id = sym_environment.support[0].id
  {body}
}}
"""

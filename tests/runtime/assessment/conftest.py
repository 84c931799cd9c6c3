"""Repositories as they were written for the original."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from sym.assessment import Report, assess

IMPL = """
from sym.sdk.annotations import prefetch, reducer
from sym.sdk.integrations import okta, slack
from sym.sdk.forms import FieldOption

@reducer
def get_approvers(event):
    return slack.channel("#ops")

@prefetch(field_name="team")
def teams(event):
    return [FieldOption(value="a", label="A")]
"""
STRATEGY = """
from sym.sdk.strategies import AccessStrategy

class Mine(AccessStrategy):
    def fetch_remote_identity(self, user): ...
    def escalate(self, target_id, event): ...
    def deescalate(self, target_id, event): ...
"""
MODULE = """
variable "env" {}
variable "targets" { default = {} }
variable "lengths" { default = ["30m", "1h"] }

locals { name = "access-${var.env}" }

resource "sym_integration" "custom" {
  type        = "custom"
  name        = local.name
  external_id = "x-${var.env}"
}

resource "sym_target" "this" {
  for_each = var.targets
  type     = "custom"
  name     = each.key
  label    = each.value.label
  settings = { identifier = each.key }
}

resource "sym_strategy" "this" {
  type           = "custom"
  name           = local.name
  integration_id = sym_integration.custom.id
  targets        = [for one in sym_target.this : one.id]
  implementation = "${path.module}/strategy.py"
}

resource "sym_flow" "this" {
  name           = local.name
  label          = "Access to ${upper(var.env)}"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.this.id

  params {
    strategy_id = sym_strategy.this.id
    dynamic "prompt_field" {
      for_each = ["reason", "ticket"]
      content {
        name     = prompt_field.value
        type     = "string"
        required = prompt_field.value == "reason" ? true : false
      }
    }
    prompt_field {
      name     = "team"
      type     = "string"
      prefetch = true
    }
    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = var.lengths
    }
  }
}

resource "sym_environment" "this" {
  name = var.env
}

output "flow_id" { value = sym_flow.this.id }
"""
ROOT = """
provider "sym" { org = "acme" }

module "access" {
  source  = "../../modules/access"
  env     = "ENV"
  targets = {
    readers = { label = "Readers" }
    admins  = { label = "Admins" }
  }
}

module "connector" {
  source  = "terraform.sym.com/symopsio/runtime-connector/sym"
  version = ">= 1.0.0"
}

resource "sym_runtime" "this" {
  name       = "main"
  context_id = module.connector.runtime.id
}
"""

SERVED = {("strategies", "custom"), ("integrations", "custom"), ("integrations", "slack"), ("secret_sources", "env"),
          ("secret_sources", "file")}  # fmt: skip

Put = Callable[[str, str], Path]


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a release carries out, whichever this one is."""
    for module in ("verdicts", "flow_verdict"):
        monkeypatch.setattr(f"sym.assessment.{module}.is_served", lambda shelf, name: (shelf, name) in SERVED)


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a file of the repository."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write


@pytest.fixture
def repository(tmp_path: Path, put: Put) -> Path:
    """Two environments that call one module."""
    put("modules/access/main.tf", MODULE)
    put("modules/access/impl.py", IMPL)
    put("modules/access/strategy.py", STRATEGY)
    for name in ("prod", "staging"):
        put(f"environments/{name}/main.tf", ROOT.replace("ENV", name))
    return tmp_path


@pytest.fixture
def findings(tmp_path: Path, put: Put) -> Callable[[str], dict[str, list[str]]]:
    """What is found in one file of Terraform's language, by address: ``verdict: message``."""

    def find(text: str) -> dict[str, list[str]]:
        put("main.tf", text)
        return by_address(assess(tmp_path))

    return find


def by_address(report: Report) -> dict[str, list[str]]:
    """The findings of a report."""
    return {
        one.instance.address: [f"{found.verdict}: {found.message}" for found in one.findings]
        for one in report.assessed
    }  # fmt: skip

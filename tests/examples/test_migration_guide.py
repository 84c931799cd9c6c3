"""The migration guide: what it says Terraform does, Terraform does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

GUIDE = (ROOT / "provider" / "docs" / "guides" / "migration.md").read_text()
EXAMPLES = ROOT / "examples" / "terraform"
OURS = "registry.terraform.io/symopsio/sym"

OLD_LOCK = f"""
provider "{OURS}" {{
  version     = "3.6.0"
  constraints = "~> 3.0"
  hashes      = ["h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]
}}
"""

CONFIGURATION = """
terraform {
  required_providers {
    sym = {
      source  = "symopsio/sym"
      version = "~> 3.0"
    }
  }
}

provider "sym" {
  org = "acme"
}

resource "sym_target" "admins" {
  type = "custom"
  name = "admins"
}
"""


def old_state(provider: str) -> str:
    """State as the original provider wrote it, under an address of then."""
    attributes = {"id": "3d1b5b8e-8a0e-4a4b-9d05-2f1f6d6f2a11", "name": "admins", "type": "custom", "label": "",
                  "settings": {}, "field_bindings": []}  # fmt: skip
    instance = {"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}
    resource = {"mode": "managed", "type": "sym_target", "name": "admins", "provider": f'provider["{provider}"]',
                "instances": [instance]}  # fmt: skip
    return json.dumps(
        {
            "version": 4,
            "terraform_version": "1.1.9",
            "serial": 1,
            "lineage": "x",
            "outputs": {},
            "resources": [resource],
        }
    )


@pytest.fixture
def terraform(tmp_path: Path) -> TerraformCli:
    """Terraform with the provider where ``install`` puts it, found as a pipeline would."""
    mirror = tmp_path / "mirror"
    command = [sys.executable, "-m", "sym_provider", "install", "--mirror", str(mirror)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    settings = tmp_path / "settings.tfrc"
    settings.write_text(printed)
    variables = {"SYM_STORE_URL": f"sqlite:///{tmp_path / 'store.db'}", "TF_CLI_CONFIG_FILE": str(settings)}
    return TerraformCli(tmp_path / "terraform", variables)


def test_an_old_lock_file_is_upgraded_and_one_of_another_machine_removed(
    terraform: TerraformCli, tmp_path: Path
) -> None:
    terraform.write(CONFIGURATION)
    terraform.write(OLD_LOCK, ".terraform.lock.hcl")
    assert "the previously-selected version 3.6.0 is no longer available" in terraform.fail("init", "-no-color").output
    terraform.run("init", "-no-color", "-upgrade")
    (launcher,) = (tmp_path / "mirror").rglob("terraform-provider-sym_v*")
    launcher.write_text(launcher.read_text() + "# another machine's\n")
    assert "doesn't match any of the checksums" in terraform.fail("init", "-no-color", "-upgrade").output
    (terraform.work / ".terraform.lock.hcl").unlink()
    terraform.init()


def test_old_state_is_taken_over_and_everything_is_created(terraform: TerraformCli) -> None:
    gone = "terraform.symops.com/symopsio/sym"
    assert f"terraform state replace-provider {gone} {OURS}\n" in GUIDE
    terraform.write(CONFIGURATION)
    terraform.write(old_state(gone), "terraform.tfstate")
    terraform.run("state", "replace-provider", "-auto-approve", gone, OURS)
    terraform.init()
    plan = terraform.plan()
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in plan.output
    terraform.apply()
    terraform.assert_empty_plan()
    terraform.run("state", "rm", "sym_target.admins")
    terraform.import_("sym_target.admins", "custom:admins")
    terraform.assert_empty_plan()


def test_the_installed_mirror_is_configured_as_the_guide_says(terraform: TerraformCli, tmp_path: Path) -> None:
    printed = Path(terraform.variables["TF_CLI_CONFIG_FILE"]).read_text()
    assert printed.replace(str(tmp_path / "mirror"), "/opt/terraform/mirror") in GUIDE


def test_a_flow_of_1x_is_refused_and_its_rewrite_accepted(terraform: TerraformCli) -> None:
    before, after = re.findall(r'^```terraform\n(resource "sym_flow".*?)^```', GUIDE, re.MULTILINE | re.DOTALL)
    example = EXAMPLES / "resources" / "sym_flow"
    support, _, _ = (example / "resource.tf").read_text().partition('resource "sym_flow"')
    terraform.write(CONFIGURATION + support.replace('"sym_target" "admins"', '"sym_target" "okta"').replace(
        "sym_target.admins", "sym_target.okta"))  # fmt: skip
    terraform.write((example / "impl.py").read_text(), "impl.py")
    terraform.write(before, "flow.tf")
    terraform.init()
    assert terraform.validate()["valid"] is False
    terraform.write(after, "flow.tf")
    assert terraform.validate()["diagnostics"] == []
    terraform.apply()
    terraform.assert_empty_plan()


def test_the_rewrite_changes_what_the_table_says() -> None:
    before, after = re.findall(r'^```terraform\n(resource "sym_flow".*?)^```', GUIDE, re.MULTILINE | re.DOTALL)
    for gone in ("template ", "prompt_fields_json", "allowed_sources_json", '"list"', "params = {"):
        assert gone in before
        assert gone not in after

"""The provider as people have it: installed into a mirror, found by ``terraform init``, started by Terraform."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sym.store.database import Store
from tests.acceptance.terraform.declarations import HEADER, everything
from tests.terraform_cli import TerraformCli

pytestmark = [pytest.mark.terraform, pytest.mark.parametrize("variant", ["sqlite"], indirect=True)]

ROOT = Path(__file__).parents[3]


def test_the_quickstart_applies_with_an_installed_provider(tmp_path: Path, store_url: str, store: Store) -> None:
    command = [sys.executable, "-m", "sym_provider", "install", "--mirror", str(tmp_path / "a mirror")]
    installed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    settings = tmp_path / "settings.tfrc"
    settings.write_text(installed.stdout)
    terraform = TerraformCli(tmp_path / "run", {"SYM_STORE_URL": store_url, "TF_CLI_CONFIG_FILE": str(settings)})
    quickstart = ROOT / "examples" / "terraform" / "flows" / "quickstart"
    for name in ("main.tf", "impl.py", "on_change.py", "strategy.py"):
        terraform.write((quickstart / name).read_text(), name)
    terraform.variables["TF_VAR_target_system"] = str(tmp_path / "members.db")
    assert "Installed symopsio/sym v3." in terraform.init().output
    terraform.apply()
    terraform.assert_empty_plan()
    assert terraform.output_json() == {"flow": "quickstart:flow:quickstart:latest"}
    assert len(everything(store)) == 10
    assert "Installed symopsio/sym v3." not in terraform.init().output, "the lock file's hash still fits"
    terraform.destroy()
    assert everything(store) == []


def configured(folder: Path, settings: str, **variables: str) -> TerraformCli:
    """Terraform in ``folder`` with ``settings`` as its only CLI configuration."""
    terraform = TerraformCli(folder, variables)
    (folder / "settings.tfrc").write_text(settings)
    terraform.variables["TF_CLI_CONFIG_FILE"] = str(folder / "settings.tfrc")
    return terraform


def pinned(pin: str) -> str:
    """A configuration of one resource that asks for versions ``pin`` of the provider."""
    header = HEADER.replace('"symopsio/sym"', f'"symopsio/sym", version = "{pin}"')
    return header + 'resource "sym_target" "this" {\ntype = "custom"\nname = "this"\n}\n'


@pytest.mark.parametrize(
    ("pin", "version"),
    [("~> 2.0", "2.7.0"), ("~> 2.7", "2.7.0"), ("~> 3.0", "3.7.0"), ("~> 3.7", "3.7.0"), (">= 2.0", "3.7.0")],
)
def test_versions_that_old_configurations_pin_are_satisfied_from_one_mirror(
    mirror: Path, tmp_path: Path, store_url: str, pin: str, version: str
) -> None:
    settings = f'provider_installation {{\nfilesystem_mirror {{\npath = "{mirror}"\n}}\n}}\n'
    terraform = configured(tmp_path / "run", settings, SYM_STORE_URL=store_url)
    terraform.write(pinned(pin))
    assert f"Installed symopsio/sym v{version}" in terraform.init().output
    terraform.apply()
    terraform.assert_empty_plan()


def test_installed_without_options_it_is_found_without_configuration(tmp_path: Path, store_url: str) -> None:
    terraform = configured(tmp_path / "run", "", SYM_STORE_URL=store_url)
    home = {"HOME": str(terraform.directory / "home")}
    command = [sys.executable, "-m", "sym_provider", "install"]
    subprocess.run(command, check=True, capture_output=True, timeout=60, env=home)
    terraform.write(pinned("~> 2.0"))
    assert "Installed symopsio/sym v2.7.0" in terraform.init().output
    terraform.write(pinned("~> 3.0"))
    terraform.fail("init", "-no-color")
    assert "Installed symopsio/sym v3.7.0" in terraform.run("init", "-no-color", "-upgrade").output
    terraform.apply()
    terraform.assert_empty_plan()


def test_for_development_no_version_and_no_lock_file_counts(tmp_path: Path, store_url: str) -> None:
    command = [sys.executable, "-m", "sym_provider", "install", "--dev"]
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    installed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, env=home)
    terraform = configured(tmp_path / "run", installed.stdout, SYM_STORE_URL=store_url)
    terraform.write(pinned("= 3.6.0"))
    assert "Provider development overrides are in effect" in terraform.apply().output
    assert not (terraform.work / ".terraform.lock.hcl").exists()
    terraform.assert_empty_plan()


def test_state_of_the_original_provider_is_understood(terraform: TerraformCli, store: Store) -> None:
    """It wrote empty texts, lists and maps for what is left out. The ids of a server that is no more name nothing."""
    terraform.write(HEADER + 'resource "sym_target" "this" {\ntype = "custom"\nname = "this"\n}\n')
    terraform.apply()
    document = terraform.state()
    (instance,) = document["resources"][0]["instances"]
    del instance["private"]
    instance["attributes"] |= {"label": "", "settings": {}, "field_bindings": []}
    document["serial"] += 1
    terraform.write(json.dumps(document), "terraform.tfstate")
    terraform.assert_empty_plan()
    instance["attributes"]["id"] = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
    terraform.write(json.dumps(document), "terraform.tfstate")
    (change,) = terraform.plan_json()["resource_changes"]
    assert change["change"]["actions"] == ["create"]

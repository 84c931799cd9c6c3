"""``import`` and ``moved`` blocks, and the configuration Terraform writes for what is imported."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sym.store.database import Store
from tests.acceptance.terraform.declarations import HEADER, attributes, changes, declaration, everything, supported
from tests.acceptance.terraform.forms import FORMS, IMPORT_IDS, NAMES
from tests.acceptance.terraform.variants import on_every_store
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform


def target(label: str, more: str = "") -> str:
    return f'resource "sym_target" "{label}" {{\ntype = "custom"\nname = "this"\n{more}\n}}\n'


@on_every_store
def test_configuration_is_generated_for_every_resource(
    terraform: TerraformCli, connect: Callable[[str], TerraformCli], store: Store
) -> None:
    """What Terraform writes from an import is a configuration of which nothing is left to do."""
    terraform.write(
        supported("".join(f'resource "sym_{name}" "this" {{\n{FORMS[name]["full"]}\n}}\n' for name in NAMES))
    )
    terraform.apply()
    before = everything(store)
    other = connect("other")
    blocks = [f'import {{\nto = sym_{name}.this\nid = "{IMPORT_IDS[name]}"\n}}\n' for name in NAMES]
    other.write(HEADER + "".join(blocks))
    finished = other.plan("-generate-config-out=generated.tf")
    assert f"Plan: {len(NAMES)} to import, 0 to add, 0 to change, 0 to destroy" in finished.output
    other.apply()
    other.assert_empty_plan()
    assert everything(store) == before
    for name in NAMES:
        assert attributes(other, f"sym_{name}.this")["id"] == attributes(terraform, f"sym_{name}.this")["id"]


def test_an_import_block_takes_an_id_as_well(terraform: TerraformCli) -> None:
    terraform.write(declaration("target", "full"))
    terraform.apply()
    found = attributes(terraform, "sym_target.this")["id"]
    terraform.run("state", "rm", "sym_target.this")
    terraform.write(declaration("target", "full") + f'import {{\nto = sym_target.this\nid = "{found}"\n}}\n')
    assert "Plan: 1 to import, 0 to add, 0 to change, 0 to destroy" in terraform.apply().output
    terraform.assert_empty_plan()


def test_a_resource_can_be_moved_to_another_name_and_into_a_module(terraform: TerraformCli, store: Store) -> None:
    terraform.write(HEADER + target("old"))
    terraform.apply()
    found = attributes(terraform, "sym_target.old")["id"]
    terraform.write(HEADER + target("new") + "moved {\nfrom = sym_target.old\nto = sym_target.new\n}\n")
    assert changes(terraform) == {}
    terraform.apply()
    assert attributes(terraform, "sym_target.new")["id"] == found
    requires = HEADER[: HEADER.index('provider "sym"')]
    terraform.write(requires + target("inner"), "part/main.tf")
    module = 'module "part" {\nsource = "./part"\n}\n'
    terraform.write(HEADER + module + "moved {\nfrom = sym_target.new\nto = module.part.sym_target.inner\n}\n")
    terraform.run("get")
    assert changes(terraform) == {}
    terraform.apply()
    terraform.assert_empty_plan()
    assert everything(store) == ["sym_target custom:this"]


def test_a_removed_block_forgets_and_keeps(terraform: TerraformCli, store: Store) -> None:
    terraform.write(HEADER + target("this"))
    terraform.apply()
    terraform.write(HEADER + "removed {\nfrom = sym_target.this\nlifecycle {\ndestroy = false\n}\n}\n")
    terraform.apply()
    assert everything(store) == ["sym_target custom:this"]


def test_a_replacement_that_creates_first_is_refused_for_its_name(terraform: TerraformCli, store: Store) -> None:
    """Names are unique, so two of them cannot live at once; nothing is lost by trying."""
    terraform.write(HEADER + target("this", "lifecycle {\ncreate_before_destroy = true\n}"))
    terraform.apply()
    refused = terraform.fail("apply", "-no-color", "-auto-approve", "-replace=sym_target.this")
    assert "There is already a sym_target custom:this" in refused.output
    assert everything(store) == ["sym_target custom:this"]
    terraform.assert_empty_plan()

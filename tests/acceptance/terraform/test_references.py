"""References to what is not there, names that are taken, and deletions of what is still used: nothing is half-done."""

from __future__ import annotations

from datetime import datetime

import pytest

from sym.audit.events import Actor
from sym.store import resources
from sym.store.database import Store
from tests.acceptance.terraform.declarations import HEADER, attributes, everything, flow, supported
from tests.acceptance.terraform.refusals import refused_apply
from tests.acceptance.terraform.variants import on_sqlite
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

NOBODY = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"


def target(name: str, label: str = "this", more: str = "") -> str:
    return f'resource "sym_target" "{label}" {{\ntype = "custom"\nname = "{name}"\n{more}\n}}\n'


@pytest.mark.parametrize(
    ("resource", "body", "place", "kind"),
    [
        ("strategy", f'type = "http"\nname = "this"\ntargets = ["{NOBODY}"]', "targets[0]", "target"),
        ("strategy", f'type = "http"\nname = "x"\ntargets = []\nintegration_id = "{NOBODY}"', "", "integration"),
        ("environment", f'name = "x"\nintegrations = {{ a_id = "{NOBODY}" }}', 'integrations["a_id"]', "integration"),
        ("environment", f'name = "this"\nerror_logger_id = "{NOBODY}"', "", "error_logger"),
        ("secret", f'path = "this"\nsource_id = "{NOBODY}"', "", "secrets"),
        ("flow", f'name = "this"\nimplementation = "#"\nenvironment_id = "{NOBODY}"', "", "environment"),
    ],
)  # fmt: skip
def test_a_reference_to_nothing_is_refused_and_nothing_is_stored(
    terraform: TerraformCli, store: Store, resource: str, body: str, place: str, kind: str
) -> None:
    output = refused_apply(terraform, f'{HEADER}resource "sym_{resource}" "this" {{\n{body}\n}}\n')
    assert f"There is no sym_{kind} with the id '{NOBODY}'" in output
    assert place in output
    assert f"with sym_{resource}.this, on main.tf line" in output
    assert everything(store) == []
    assert "sym_" not in terraform.run("state", "list").output


def test_a_reference_inside_params_is_named_by_its_place(terraform: TerraformCli, store: Store) -> None:
    output = refused_apply(terraform, flow(f'params {{\nstrategy_id = "{NOBODY}"\n}}'))
    assert "params[0].strategy_id" in output
    assert f"There is no sym_strategy with the id '{NOBODY}'" in output
    assert not [name for name in everything(store) if name.startswith("sym_flow")]


def test_the_id_of_something_else_is_refused(terraform: TerraformCli) -> None:
    other = 'resource "sym_strategy" "this" {\ntype = "http"\nname = "this"\ntargets = [sym_secret.support.id]\n}\n'
    output = refused_apply(terraform, supported(other))
    assert "is that of a sym_secret, not of a sym_target" in output


def test_what_is_still_used_is_not_deleted(terraform: TerraformCli, store: Store, now: datetime) -> None:
    integration = 'resource "sym_integration" "a" {\ntype = "custom"\nname = "a"\nexternal_id = "a"\n}\n'
    terraform.write(HEADER + integration)
    terraform.apply()
    used = {"name": "Elsewhere", "integrations": {"a_id": attributes(terraform, "sym_integration.a")["id"]}}
    with store.transaction() as conn:
        resources.save(conn, "environment", used, actor=Actor.SYSTEM, now=now)
    output = refused_apply(terraform, HEADER)
    assert "sym_integration custom:a is used by sym_environment elsewhere" in output
    assert "create_before_destroy = true" in output
    assert everything(store) == ["sym_environment :elsewhere", "sym_integration custom:a"]
    terraform.write(HEADER + integration)
    terraform.assert_empty_plan()


def test_a_target_can_be_removed_together_with_its_mention(terraform: TerraformCli, store: Store) -> None:
    """Terraform deletes a resource before it changes what referred to it."""

    def configuration(names: str) -> str:
        targets = target("${each.key}", "each", f"for_each = toset({names})")
        return f"""{HEADER}{targets}resource "sym_strategy" "this" {{
type = "http"
name = "this"
targets = [for each in sym_target.each : each.id]
}}
"""

    terraform.write(configuration('["a", "b"]'))
    terraform.apply()
    terraform.write(configuration('["a"]'))
    terraform.apply()
    terraform.assert_empty_plan()
    assert everything(store) == ["sym_strategy http:this", "sym_target custom:a"]


@pytest.mark.parametrize("other", ["Same", "same", "SAME"])
def test_a_name_that_is_taken_is_refused_with_how_to_import_it(terraform: TerraformCli, other: str) -> None:
    terraform.write(HEADER + target("Same", "first"))
    terraform.apply()
    output = refused_apply(terraform, HEADER + target("Same", "first") + target(other, "second"))
    assert "There is already a sym_target custom:same" in output
    assert f'name = "{other}"' in output
    assert "terraform import sym_target.<address> custom:same" in output
    assert "sym_target.second" not in terraform.run("state", "list").output


def test_a_rename_to_a_name_that_is_taken_changes_nothing(terraform: TerraformCli, store: Store) -> None:
    terraform.write(HEADER + target("a", "first") + target("b", "second"))
    terraform.apply()
    output = refused_apply(terraform, HEADER + target("a", "first") + target("a", "second", 'label = "New"'))
    assert "There is already a sym_target custom:a" in output
    assert everything(store) == ["sym_target custom:a", "sym_target custom:b"]
    assert attributes(terraform, "sym_target.second")["name"] == "b"
    terraform.write(HEADER + target("a", "first") + target("b", "second"))
    terraform.assert_empty_plan()


@on_sqlite
@pytest.mark.parametrize("name", ["", "---", "🙂"])
def test_a_name_nothing_is_left_of_is_refused(terraform: TerraformCli, name: str) -> None:
    output = refused_apply(terraform, HEADER + target(name))
    assert "A name needs at least one letter or digit" in output
    assert "name = " in output


@on_sqlite
def test_text_that_cannot_be_stored_is_refused(terraform: TerraformCli, store: Store) -> None:
    refused_apply(terraform, HEADER + target("this", more='label = "a\\u0000b"'))
    assert everything(store) == []


def test_what_is_right_is_stored_beside_what_is_wrong(terraform: TerraformCli, store: Store) -> None:
    wrong = f'resource "sym_strategy" "wrong" {{\ntype = "http"\nname = "w"\ntargets = ["{NOBODY}"]\n}}\n'
    refused_apply(terraform, HEADER + target("right") + wrong)
    assert everything(store) == ["sym_target custom:right"]
    terraform.write(HEADER + target("right"))
    terraform.assert_empty_plan()

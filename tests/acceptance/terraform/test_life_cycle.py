"""Every resource through its whole life: created, changed, cleared, renamed, imported, lost, destroyed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.resources import resource
from sym.sdk.schema import fields
from sym.store import audit, resources
from sym.store.database import Store
from tests.acceptance.terraform.declarations import HEADER, attributes, declaration, everything, stored, with_ids
from tests.acceptance.terraform.documents import DOCUMENTS
from tests.acceptance.terraform.forms import FORMS, IMPORT_IDS, NAMES
from tests.acceptance.terraform.variants import on_databases, on_sqlite
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform
every_resource = pytest.mark.parametrize("name", NAMES)


def this(name: str) -> str:
    return f"sym_{name}.this"


def apply(terraform: TerraformCli, name: str, form: str) -> dict[str, Any]:
    """Apply a form and give the attributes in state, after seeing that nothing is left to do."""
    terraform.write(declaration(name, form))
    terraform.apply()
    terraform.assert_empty_plan()
    return attributes(terraform, this(name))


def actions(terraform: TerraformCli, name: str) -> list[str]:
    changes = terraform.plan_json()["resource_changes"]
    return next(change["change"]["actions"] for change in changes if change["address"] == this(name))


def recorded(store: Store, event: str, resource_id: str) -> list[dict[str, Any]]:
    with store.reading() as conn:
        found = [entry["fields"]["resource"] for entry in audit.entries(conn, name=event)]
    return [described for described in found if described["id"] == resource_id]


@on_databases
@every_resource
def test_what_is_declared_is_stored_and_destroyed_and_recorded(
    terraform: TerraformCli, store: Store, name: str
) -> None:
    state = apply(terraform, name, "full")
    assert stored(store, name, state["id"]) == with_ids(DOCUMENTS[name], terraform)
    terraform.destroy()
    assert everything(store) == []
    assert len(recorded(store, "resource.created", state["id"])) == 1
    assert recorded(store, "resource.updated", state["id"]) == []
    assert len(recorded(store, "resource.deleted", state["id"])) == 1


@on_databases
@every_resource
def test_everything_can_be_changed_in_place(terraform: TerraformCli, store: Store, name: str) -> None:
    before = apply(terraform, name, "full")
    old = stored(store, name, before["id"])
    terraform.write(declaration(name, "changed"))
    assert actions(terraform, name) == ["update"]
    after = apply(terraform, name, "changed")
    assert after["id"] == before["id"]
    new = stored(store, name, after["id"])
    same = {key for key in old if old[key] == new[key]}
    # A version of a value is only for sources that keep values, which have tests of their own.
    assert same <= {"type", "source_id", "integration_id", "context_id", "value_wo_version"}
    (entry,) = recorded(store, "resource.updated", after["id"])
    assert set(entry["changed"]) == old.keys() - same


@pytest.mark.parametrize("name", [name for name in NAMES if name != "error_logger"])
def test_what_is_no_longer_declared_is_cleared_and_can_be_added_again(
    terraform: TerraformCli, store: Store, name: str
) -> None:
    before = apply(terraform, name, "full")
    after = apply(terraform, name, "bare")
    assert after["id"] == before["id"]
    document = stored(store, name, after["id"])
    documented = (field for field in fields(resource(name)) if not field.declaration.write_only)
    optional = [field for field in documented if field.name not in FORMS[name]["bare"]]
    assert optional
    for field in optional:
        assert document[field.name] == ([] if field.is_block else field.default), field.name
    assert apply(terraform, name, "full")["id"] == before["id"]
    assert stored(store, name, before["id"]) == with_ids(DOCUMENTS[name], terraform)


@on_sqlite
@pytest.mark.parametrize("name", [name for name in NAMES if "name" in DOCUMENTS[name]])
def test_letter_case_of_a_name_is_no_difference(terraform: TerraformCli, name: str) -> None:
    apply(terraform, name, "full")
    declared = DOCUMENTS[name]["name"]
    terraform.write(declaration(name, "full").replace(f'"{declared}"', f'"{declared.upper()}"'))
    terraform.assert_empty_plan()


@on_databases
@every_resource
def test_import_finds_it_by_name_and_by_id(terraform: TerraformCli, name: str) -> None:
    state = apply(terraform, name, "full")
    for identifier in (IMPORT_IDS[name], state["id"]):
        terraform.run("state", "rm", this(name))
        terraform.import_(this(name), identifier)
        assert attributes(terraform, this(name))["id"] == state["id"]
        terraform.assert_empty_plan()


@on_sqlite
@every_resource
def test_import_of_what_is_not_there_is_refused(terraform: TerraformCli, name: str) -> None:
    """Neither a name nor an id nobody has, nor the id of something else, is imported."""
    kind = "secrets" if name == "target" else "target"
    terraform.write(f'{HEADER}resource "sym_{kind}" "other" {{\ntype = "env"\nname = "other"\n}}\n')
    terraform.apply()
    other = attributes(terraform, f"sym_{kind}.other")["id"]
    terraform.write(declaration(name, "bare"))
    typed = len(resource(name).lookup) > 1
    for unknown in ("custom:nobody" if typed else "nobody", "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10", other):
        refused = terraform.fail("import", "-no-color", this(name), unknown)
        assert f"There is no sym_{name} '{unknown}'" in refused.output


@on_sqlite
@pytest.mark.parametrize("identifier", ["Main", "custom:Main:again"])
def test_import_without_type_or_name_is_refused(terraform: TerraformCli, identifier: str) -> None:
    terraform.write(declaration("target", "bare"))
    refused = terraform.fail("import", "-no-color", this("target"), identifier)
    assert f"'{identifier}' is not of the form TYPE:NAME" in refused.output


@every_resource
def test_what_was_deleted_by_others_is_made_again(
    terraform: TerraformCli, store: Store, now: datetime, name: str
) -> None:
    state = apply(terraform, name, "full")
    with store.transaction() as conn:
        assert resources.delete(conn, name, state["id"], actor=Actor.SYSTEM, now=now)
    assert actions(terraform, name) == ["create"]
    again = apply(terraform, name, "full")
    assert again["id"] != state["id"]
    assert stored(store, name, again["id"]) == with_ids(DOCUMENTS[name], terraform)


@on_sqlite
@every_resource
def test_what_was_changed_by_others_is_changed_back(
    terraform: TerraformCli, store: Store, now: datetime, name: str
) -> None:
    state = apply(terraform, name, "full")
    others: dict[str, dict[str, Any]] = {
        "environment": {"integrations": None, "log_destination_ids": []},
        "error_logger": {"destination": "#elsewhere"},
        "flows_filter": {"vars": {"hidden": "nothing"}},
        "log_destination": {"integration_id": None},
    }
    changed = stored(store, name, state["id"]) | others.get(name, {"label": "changed by others"})
    with store.transaction() as conn:
        resources.save(conn, name, changed, actor=Actor.SYSTEM, now=now, resource_id=state["id"])
    assert actions(terraform, name) == ["update"]
    apply(terraform, name, "full")
    assert stored(store, name, state["id"]) == with_ids(DOCUMENTS[name], terraform)


@on_sqlite
def test_destroy_forgives_what_is_gone_already(terraform: TerraformCli, store: Store, now: datetime) -> None:
    state = apply(terraform, "target", "full")
    with store.transaction() as conn:
        resources.delete(conn, "target", state["id"], actor=Actor.SYSTEM, now=now)
    terraform.destroy("-refresh=false")
    assert everything(store) == []

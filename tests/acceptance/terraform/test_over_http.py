"""What is special when resources are on a server: tokens, roles, names in addresses, and servers in trouble."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sym import entities
from sym.store import audit
from sym.store.database import Store
from tests.acceptance.terraform.declarations import HEADER, attributes, everything
from tests.acceptance.terraform.refusals import refused_apply, refused_plan
from tests.acceptance.terraform.variants import on_sqlite, over_http
from tests.provider.conftest import TOKEN, Call, FakeServer, fake
from tests.runtime.api.conftest import World
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

__all__ = ["fake"]

TARGET = 'resource "sym_target" "this" {\ntype = "custom"\nname = "this"\n}\n'
LOOK_UP = 'data "sym_target" "this" {\ntype = "custom"\nname = "this"\n}\n'


@over_http
def test_a_token_that_is_none_is_refused_naming_its_variable(
    terraform: TerraformCli, variables: dict[str, str], store: Store
) -> None:
    variables["SYM_JWT"] = "e30.not.one"
    output = refused_apply(terraform, HEADER + TARGET)
    assert "The server does not accept the token" in output
    assert "SYM_JWT" in output
    assert "e30.not.one" not in output
    assert everything(store) == []


@over_http
def test_an_expired_token_is_said_to_have_expired(
    terraform: TerraformCli, variables: dict[str, str], world: World
) -> None:
    variables["SYM_JWT"] = world.token("terraform", lifetime=timedelta(seconds=-60))
    assert "expired" in refused_apply(terraform, HEADER + TARGET)


@over_http
@pytest.mark.parametrize("user", ["ann", "ci", "eve"])
def test_who_is_no_admin_is_refused(
    terraform: TerraformCli, variables: dict[str, str], world: World, store: Store, user: str
) -> None:
    variables["SYM_JWT"] = world.token(user)
    assert "admin" in refused_apply(terraform, HEADER + TARGET)
    assert everything(store) == []


@over_http
def test_aliases_use_the_tokens_of_their_variables(
    cold: Callable[[str], TerraformCli], world: World, store: Store
) -> None:
    terraform = cold("aliases")
    terraform.variables |= {"ROOT_JWT": world.token("root"), "MEMBER_JWT": world.token("ann")}
    alias = 'provider "sym" {\nalias = "%s"\norg = "acme"\njwt_env_var = "%s"\n}\n'
    aliases = alias % ("root", "ROOT_JWT") + alias % ("member", "MEMBER_JWT")
    kinds = "".join(
        f'resource "sym_runtime" "{name}" {{\nname = "{name}"\nprovider = {provider}\n}}\n'
        for name, provider in (("bots", "sym"), ("roots", "sym.root"))
    )
    terraform.write(HEADER + aliases + kinds)
    terraform.apply()
    terraform.assert_empty_plan()
    with store.reading() as conn:
        entries = audit.entries(conn, name="resource.created")
    actors = {entry["fields"]["resource"]["slug"]: entry["actor"] for entry in entries}
    assert actors["bots"] != actors["roots"]
    refused = 'resource "sym_runtime" "members" {\nname = "members"\nprovider = sym.member\n}\n'
    assert "admin" in refused_apply(terraform, HEADER + aliases + kinds + refused)
    assert everything(store) == ["sym_runtime :bots", "sym_runtime :roots"]


@over_http
@pytest.mark.parametrize("name", ["a b", "a&b=c", "50%/d?e#f", "näme", "a+b", "..x", "x;y,z"])
def test_names_with_characters_that_addresses_reserve_are_found_again(terraform: TerraformCli, name: str) -> None:
    """Looked up, imported and renamed, all under one id."""
    type_name = "cus&tom=1/2"
    text = f'{HEADER}resource "sym_target" "this" {{\ntype = "{type_name}"\nname = "{name}"\n}}\n'
    terraform.write(text)
    terraform.apply()
    found = attributes(terraform, "sym_target.this")["id"]
    look_up = f'data "sym_target" "that" {{\ntype = "{type_name}"\nname = "{name}"\n}}\n'
    terraform.write(text + look_up)
    terraform.apply()
    assert terraform.attributes("data.sym_target.that")["id"] == found
    terraform.run("state", "rm", "sym_target.this")
    terraform.import_("sym_target.this", f"{type_name}:{name}")
    assert attributes(terraform, "sym_target.this")["id"] == found
    terraform.write(text.replace(f'"{name}"', '"plain"'))
    terraform.apply()
    assert attributes(terraform, "sym_target.this")["id"] == found


@over_http
def test_two_secrets_of_one_path_are_made_side_by_side(terraform: TerraformCli, store: Store) -> None:
    text = f"""{HEADER}
resource "sym_secrets" "this" {{
  type = "env"
  name = "this"
}}
resource "sym_secret" "this" {{
  count     = 8
  source_id = sym_secrets.this.id
  path      = "SHARED"
}}
"""
    terraform.write(text)
    terraform.apply()
    terraform.assert_empty_plan()
    assert len([name for name in everything(store) if name.startswith("sym_secret ")]) == 8


# a server in trouble


@pytest.fixture
def troubled(terraform: TerraformCli, variables: dict[str, str], fake: FakeServer) -> TerraformCli:
    variables.clear()
    variables |= {"SYM_API_URL": fake.url, "SYM_JWT": TOKEN}
    return terraform


def creation(status: int, answer: Any) -> Call:
    target = {"type": "custom", "name": "this", "label": None, "field_bindings": None, "settings": None}
    return Call("POST", "/entities/access-targets", status=status, answer=answer, body=entities.write("target", target))


def problem(status: int, *fields: tuple[str, str]) -> dict[str, Any]:
    errors = [{"field": field, "message": message} for field, message in fields]
    return {"error": True, "message": "It is wrong.", "errors": errors, "code": "X", "status_code": status}


@on_sqlite
@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (400, problem(400, ("slug", "It is wrong.")), "It is wrong."),
        (409, problem(409, ("slug", "It is taken.")), "It is wrong."),
        (500, problem(500), "answered with status 500"),
        (200, b"<html>", "answered with status 200"),
        (200, {"slug": "this"}, "without saying its id"),
        (0, None, "does not answer"),
    ],
    ids=["field", "conflict", "broken", "no JSON", "no id", "cut off"],
)
def test_what_goes_wrong_on_a_server_is_said_and_nothing_is_in_the_state(
    troubled: TerraformCli, fake: FakeServer, status: int, answer: Any, said: str
) -> None:
    fake.expect(creation(status, answer))
    output = refused_apply(troubled, HEADER + TARGET)
    assert said in output
    if status in (400, 409):
        assert 'name = "this"' in output, "the attribute is shown"
    assert "sym_" not in troubled.run("state", "list").output


@on_sqlite
def test_a_look_up_with_two_answers_is_refused(troubled: TerraformCli, fake: FakeServer) -> None:
    two = [{"id": "1", "slug": "this"}, {"id": "2", "slug": "this"}]
    query = {"slug": "this", "type": "custom"}
    fake.expect(Call("GET", "/entities/access-targets", answer=two, query=query))
    assert "expected one, found 2" in refused_plan(troubled, HEADER + LOOK_UP)

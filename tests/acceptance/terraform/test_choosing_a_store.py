"""Where the provider keeps resources: what the environment and the provider block say, and what they must not."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from sym.store.database import Store
from tests.acceptance.terraform.declarations import HEADER, everything
from tests.acceptance.terraform.refusals import said
from tests.acceptance.terraform.variants import on_databases, on_sqlite
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

TARGET = 'resource "sym_target" "this" {\ntype = "custom"\nname = "this"\n}\n'


@pytest.fixture
def configured(terraform: TerraformCli) -> TerraformCli:
    """A configuration with one resource."""
    terraform.write(HEADER + TARGET)
    return terraform


def refused(terraform: TerraformCli, *arguments: str) -> str:
    return said(terraform.fail(*(arguments or ("apply", "-no-color", "-auto-approve"))))


def files(folder: Path) -> set[str]:
    """Every file below the folder, Terraform's own aside."""
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return {name for name in found if ".terraform" not in name and "terraform.tfstate" not in name}


# a token, a server


@on_sqlite
@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_token_without_a_place_is_refused_naming_both_variables(
    configured: TerraformCli, variables: dict[str, str], tmp_path: Path, command: str
) -> None:
    variables.clear()
    variables["SYM_JWT"] = "a-token"
    before = files(tmp_path)
    output = refused(configured, command, "-no-color", "-input=false")
    for name in ("SYM_JWT", "SYM_API_URL", "SYM_STORE_URL"):
        assert name in output
    assert "a-token" not in output
    assert files(tmp_path) == before


@on_sqlite
def test_the_variable_the_provider_block_names_is_the_one_that_counts(
    terraform: TerraformCli, variables: dict[str, str]
) -> None:
    variables.clear()
    variables["OTHER_JWT"] = "a-token"
    terraform.write(HEADER.replace('org = "acme"', 'org = "acme"\njwt_env_var = "OTHER_JWT"') + TARGET)
    output = refused(terraform)
    assert "OTHER_JWT holds a token" in output
    assert "SYM_JWT" not in output


@on_sqlite
def test_a_token_with_a_store_is_no_problem(configured: TerraformCli, variables: dict[str, str]) -> None:
    variables["SYM_JWT"] = "a-token"
    assert "Warning" not in configured.apply().output


@on_sqlite
def test_two_places_are_refused(configured: TerraformCli, variables: dict[str, str], store: Store) -> None:
    variables["SYM_API_URL"] = "http://127.0.0.1:1"
    output = refused(configured)
    assert "SYM_STORE_URL and SYM_API_URL are both set" in output
    assert everything(store) == []


@on_sqlite
def test_a_server_needs_a_token(configured: TerraformCli, variables: dict[str, str]) -> None:
    variables.clear()
    variables["SYM_API_URL"] = "http://127.0.0.1:1"
    assert "neither a token nor a login file" in refused(configured)


@on_sqlite
def test_a_server_that_does_not_answer_is_named(configured: TerraformCli, variables: dict[str, str]) -> None:
    variables.clear()
    variables |= {"SYM_API_URL": "http://127.0.0.1:1", "SYM_JWT": "a-token"}
    output = refused(configured)
    assert "http://127.0.0.1:1/api/v1 does not answer" in output
    assert "a-token" not in output


# the default store


@on_sqlite
def test_without_any_word_the_default_store_is_used_and_said_so(
    configured: TerraformCli, variables: dict[str, str], tmp_path: Path
) -> None:
    variables.clear()
    place = tmp_path / "home" / "store.db"
    assert configured.plan().status == 2
    assert not place.exists(), "a plan makes no store"
    output = configured.apply().output
    assert "Using the local default store" in output
    assert str(place) in output
    assert place.stat().st_mode & 0o777 == 0o600
    configured.assert_empty_plan()


@on_sqlite
def test_reading_and_importing_make_no_store(
    configured: TerraformCli, variables: dict[str, str], tmp_path: Path
) -> None:
    variables["SYM_STORE_URL"] = f"sqlite:///{tmp_path / 'new' / 'store.db'}"
    assert "There is no sym_target 'custom:this'" in refused(
        configured, "import", "-no-color", "sym_target.this", "custom:this"
    )
    configured.plan()
    configured.destroy()
    assert not (tmp_path / "new").exists()


# whose store it is


@on_databases
def test_the_store_of_another_organization_is_refused_unless_told_otherwise(
    configured: TerraformCli, variables: dict[str, str], store: Store
) -> None:
    configured.apply()
    configured.write(HEADER.replace("acme", "other") + TARGET)
    for command in ("plan", "apply", "destroy"):
        output = refused(configured, command, "-no-color", *(() if command == "plan" else ("-auto-approve",)))
        assert "belongs to the organization 'acme', but the provider's org is 'other'" in output
        assert "SYM_STORE_URL" in output
    assert everything(store) == ["sym_target custom:this"]
    variables["SYM_TF_SKIP_VALIDATION"] = "1"
    configured.assert_empty_plan()


def test_the_first_of_two_organizations_owns_the_store(
    configured: TerraformCli, connect: Callable[[str], TerraformCli]
) -> None:
    configured.apply()
    other = connect("other")
    other.write(HEADER.replace("acme", "other") + TARGET.replace('"this"', '"that"'))
    assert "belongs to the organization 'acme'" in refused(other)


@pytest.mark.parametrize("org", ["ACME", "Acme"])
def test_letter_case_of_the_organization_is_no_difference(configured: TerraformCli, org: str) -> None:
    configured.apply()
    configured.write(HEADER.replace("acme", org) + TARGET)
    configured.assert_empty_plan()


@on_databases
@pytest.mark.parametrize("org", ["", "Acme Inc.", "sym"])
def test_an_organization_that_cannot_be_one_is_refused(configured: TerraformCli, store: Store, org: str) -> None:
    configured.write(HEADER.replace("acme", org) + TARGET)
    output = refused(configured)
    assert "cannot be an organization's slug" in output
    assert "Correct the provider's org" in output
    assert everything(store) == []


# stores that cannot be used


@on_sqlite
def test_a_server_that_is_not_there_is_named_without_its_password(
    configured: TerraformCli, variables: dict[str, str]
) -> None:
    with socket.socket() as taken:  # bound and not listening: nobody else can listen there meanwhile
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        variables["SYM_STORE_URL"] = f"postgresql://sym:hunter2@127.0.0.1:{port}/sym"
        output = refused(configured)
    assert f"127.0.0.1:{port}/sym cannot be used" in output
    assert "hunter2" not in output


@pytest.mark.postgres
@on_sqlite
def test_a_server_that_has_no_tables_yet_says_how_to_make_them(
    configured: TerraformCli, variables: dict[str, str], postgres_url: str
) -> None:
    variables["SYM_STORE_URL"] = postgres_url
    output = refused(configured)
    assert "is not up to date" in output
    assert "symflow store migrate" in output


@on_sqlite
@pytest.mark.parametrize("name", ["file/store.db", "folder"])
def test_a_path_that_cannot_be_written_is_named(
    configured: TerraformCli, variables: dict[str, str], tmp_path: Path, name: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    variables["SYM_STORE_URL"] = f"sqlite:///{tmp_path / name}"
    assert str(tmp_path / "f") in refused(configured)


@on_sqlite
def test_a_file_that_is_no_store_is_left_as_it_is(
    configured: TerraformCli, variables: dict[str, str], tmp_path: Path
) -> None:
    other = tmp_path / "letters.db"
    other.write_text("not a database " * 100)
    variables["SYM_STORE_URL"] = f"sqlite:///{other}"
    output = refused(configured)
    assert "letters.db cannot be used" in output
    assert other.read_text() == "not a database " * 100


@on_sqlite
@pytest.mark.parametrize("url", ["nonsense", "mysql://u:hunter2@h/d", "sqlite://", "sqlite:///:memory:", "://"])
def test_a_url_that_is_none_is_refused_by_the_name_of_its_variable(
    configured: TerraformCli, variables: dict[str, str], url: str
) -> None:
    variables["SYM_STORE_URL"] = url
    output = refused(configured)
    assert "Correct SYM_STORE_URL" in output
    assert "hunter2" not in output


@on_sqlite
def test_a_provider_block_that_is_not_known_yet_is_no_crash(terraform: TerraformCli) -> None:
    unknown = 'resource "terraform_data" "org" {\ninput = "acme"\n}\n'
    terraform.write(HEADER.replace('"acme"', "terraform_data.org.output") + unknown + TARGET)
    terraform.apply()
    terraform.assert_empty_plan()


@on_sqlite
def test_what_exists_is_not_touched_while_the_provider_block_is_not_known(
    configured: TerraformCli, store: Store
) -> None:
    configured.apply()
    unknown = 'resource "terraform_data" "org" {\ninput = "acme"\n}\n'
    configured.write(HEADER.replace('"acme"', "terraform_data.org.output") + unknown + TARGET)
    assert "values are not known yet" in refused(configured)
    assert everything(store) == ["sym_target custom:this"]

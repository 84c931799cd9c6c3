"""Values of secrets that Terraform hands over: stored encrypted, replaced by version, and seen nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from sym.sealing import SealingKeys
from sym.store.database import Store
from sym.store.secret_values import reveal
from tests.acceptance.terraform.declarations import HEADER, attributes, changes, stored
from tests.acceptance.terraform.refusals import refused_plan, said
from tests.acceptance.terraform.variants import on_every_store, on_sqlite
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

FIRST, SECOND = "s3cr3t-hunter2", "s3cr3t-hunter3"
SOURCE = 'resource "sym_secrets" "local" {\ntype = "local"\nname = "local"\n}\n'
VALUE = 'variable "token" {\ntype = string\nephemeral = true\ndefault = null\n}\n'
FROM_VARIABLE = "value_wo = var.token"


def secret(body: str = f"{FROM_VARIABLE}\nvalue_wo_version = 1", *, source: str = "sym_secrets.local.id") -> str:
    """A whole configuration with the secret ``this``."""
    return f'{HEADER}{VALUE}{SOURCE}resource "sym_secret" "this" {{\npath = "okta"\nsource_id = {source}\n{body}\n}}\n'


@pytest.fixture
def keys(variables: dict[str, str], tmp_path: Path) -> SealingKeys:
    """The keys that the provider, or the server, uses."""
    if "SYM_STORE_URL" in variables:
        variables["SYM_KEYS_DIR"] = str(tmp_path / "keys")
    return SealingKeys(tmp_path / "keys")


def hand_over(terraform: TerraformCli, value: str) -> None:
    terraform.variables["TF_VAR_token"] = value


def database(store: Store) -> str:
    """Every row of every table, as text."""
    with store.reading() as conn:
        return "".join(repr(conn.execute(sa.text(f"select * from {name}")).all())
                       for name in sa.inspect(conn).get_table_names())  # fmt: skip


def files(folder: Path) -> bytes:
    """Every byte below a folder: plans, states, logs, the store, keys."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@on_every_store
def test_a_value_is_stored_and_seen_nowhere(
    terraform: TerraformCli, store: Store, keys: SealingKeys, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    terraform.write(secret())
    hand_over(terraform, FIRST)
    terraform.variables |= {"TF_LOG": "TRACE", "TF_LOG_PATH": str(tmp_path / "terraform.log")}
    plan = terraform.plan_json()
    applied = terraform.run("apply", "-no-color", "plan.bin")
    found = attributes(terraform, "sym_secret.this")
    assert (found["value_wo"], found["value_wo_version"]) == (None, 1)
    assert reveal(store, keys, found["id"]) == FIRST
    assert "value_wo" not in stored(store, "secret", found["id"])
    shown = json.dumps(plan) + applied.output + json.dumps(terraform.show_json()) + database(store) + caplog.text
    assert FIRST not in shown
    (tmp_path / "terraform.log").unlink()  # Terraform's own log: of the provider, the next test reads it
    assert FIRST.encode() not in files(tmp_path)
    terraform.assert_empty_plan()


@on_sqlite
def test_the_providers_own_log_does_not_have_it(
    cold: Callable[[str], TerraformCli], variables: dict[str, str], keys: SealingKeys
) -> None:
    terraform = cold("logged")
    log = terraform.directory / "provider.log"
    terraform.variables |= variables | {"TF_LOG_PROVIDER": "TRACE", "TF_LOG_PATH": str(log)}
    terraform.write(secret())
    hand_over(terraform, FIRST)
    terraform.apply()
    assert "sym" in log.read_text(), "something was logged"
    assert FIRST not in log.read_text()


@on_every_store
def test_a_new_version_hands_over_the_new_value_and_only_that(
    terraform: TerraformCli, store: Store, keys: SealingKeys
) -> None:
    terraform.write(secret())
    hand_over(terraform, FIRST)
    terraform.apply()
    created = attributes(terraform, "sym_secret.this")["id"]
    hand_over(terraform, SECOND)
    terraform.assert_empty_plan()
    terraform.write(secret(f'{FROM_VARIABLE}\nvalue_wo_version = 1\nlabel = "Okta"'))
    terraform.apply()
    assert reveal(store, keys, created) == FIRST, "a label is no reason to hand over the value"
    terraform.write(secret(f'{FROM_VARIABLE}\nvalue_wo_version = 2\nlabel = "Okta"'))
    assert changes(terraform) == {"sym_secret.this": ["update"]}
    terraform.apply()
    assert reveal(store, keys, created) == SECOND
    terraform.assert_empty_plan()
    assert FIRST not in database(store)
    assert SECOND not in database(store)


@on_every_store
def test_path_and_source_can_change_and_the_value_stays(
    terraform: TerraformCli, store: Store, keys: SealingKeys
) -> None:
    other = 'resource "sym_secrets" "other" {\ntype = "local"\nname = "other"\n}\n'
    terraform.write(secret() + other)
    hand_over(terraform, FIRST)
    terraform.apply()
    terraform.write(secret(source="sym_secrets.other.id").replace('"okta"', '"okta-token"') + other)
    terraform.apply()
    found = attributes(terraform, "sym_secret.this")
    assert found["path"] == "okta-token"
    assert reveal(store, keys, found["id"]) == FIRST
    terraform.destroy()
    with pytest.raises(LookupError):
        reveal(store, keys, found["id"])
    assert "sym_secret_value" in sa.inspect(store._engine).get_table_names()


@on_every_store
def test_a_secret_moves_between_sources_that_keep_values_and_others(
    terraform: TerraformCli, store: Store, keys: SealingKeys
) -> None:
    env = 'resource "sym_secrets" "env" {\ntype = "env"\nname = "env"\n}\n'
    terraform.write(secret("", source="sym_secrets.env.id") + env)
    terraform.apply()
    hand_over(terraform, FIRST)
    terraform.write(secret() + env)
    terraform.apply()
    created = attributes(terraform, "sym_secret.this")["id"]
    assert reveal(store, keys, created) == FIRST
    terraform.write(secret("", source="sym_secrets.env.id") + env)
    terraform.apply()
    terraform.assert_empty_plan()
    with pytest.raises(LookupError):
        reveal(store, keys, created)


@on_every_store
def test_an_imported_secret_needs_no_value(terraform: TerraformCli, store: Store, keys: SealingKeys) -> None:
    terraform.write(secret())
    hand_over(terraform, FIRST)
    terraform.apply()
    created = attributes(terraform, "sym_secret.this")["id"]
    del terraform.variables["TF_VAR_token"]
    terraform.run("state", "rm", "sym_secret.this")
    terraform.import_("sym_secret.this", "okta")
    assert attributes(terraform, "sym_secret.this")["value_wo_version"] == 1
    terraform.assert_empty_plan()
    terraform.write(secret("value_wo_version = 1"))
    terraform.assert_empty_plan()
    assert reveal(store, keys, created) == FIRST


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (f'value_wo = "{FIRST}"', "value_wo needs value_wo_version"),
        ("value_wo_version = 1", "value_wo_version needs value_wo"),
        (f'{FROM_VARIABLE}\nvalue_wo_version = 1.5', "A version is a whole number"),
        ('value_wo = ""\nvalue_wo_version = 1', "The value of a secret cannot be empty"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused_at_plan(terraform: TerraformCli, body: str, words: str) -> None:
    hand_over(terraform, FIRST)
    output = refused_plan(terraform, secret(body))
    assert words in output
    assert FIRST not in output


def test_a_new_version_without_a_value_is_refused_at_plan(
    terraform: TerraformCli, store: Store, keys: SealingKeys
) -> None:
    terraform.write(secret())
    hand_over(terraform, FIRST)
    terraform.apply()
    assert "value_wo_version needs value_wo" in refused_plan(terraform, secret("value_wo_version = 2"))
    assert "The secret has no value" in refused_plan(terraform, secret(""))
    assert reveal(store, keys, attributes(terraform, "sym_secret.this")["id"]) == FIRST


def test_a_source_that_takes_no_values_is_refused_at_plan_once_it_is_there(
    terraform: TerraformCli, keys: SealingKeys
) -> None:
    text = secret().replace('type = "local"', 'type = "env"')
    hand_over(terraform, FIRST)
    terraform.write(text.partition('resource "sym_secret" "this"')[0])
    terraform.apply()
    output = refused_plan(terraform, text)
    assert "The source takes no values" in output
    assert FIRST not in output


@on_every_store
@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("env", f"{FROM_VARIABLE}\nvalue_wo_version = 1", "The source takes no values"),
        ("local", "", "The secret has no value"),
    ],
)
def test_what_only_apply_can_tell_is_refused_there(terraform: TerraformCli, kind: str, body: str, words: str) -> None:
    hand_over(terraform, FIRST)
    terraform.write(secret(body).replace('type = "local"', f'type = "{kind}"'))
    assert terraform.plan().status == 2, "the source is not there yet"
    output = said(terraform.fail("apply", "-no-color", "-auto-approve"))
    assert words in output
    assert FIRST not in output


@on_every_store
def test_a_value_that_is_known_only_at_apply_is_taken_then(
    terraform: TerraformCli, store: Store, keys: SealingKeys
) -> None:
    made = 'resource "terraform_data" "made" {\ninput = "made-of-this"\n}\n'
    terraform.write(secret("value_wo = terraform_data.made.output\nvalue_wo_version = 1") + made)
    terraform.apply()
    assert reveal(store, keys, attributes(terraform, "sym_secret.this")["id"]) == "made-of-this"
    terraform.assert_empty_plan()


@on_sqlite
def test_the_key_lies_beside_a_sqlite_store(terraform: TerraformCli, variables: dict[str, str], store: Store) -> None:
    terraform.write(secret())
    hand_over(terraform, FIRST)
    terraform.apply()
    folder = Path(variables["SYM_STORE_URL"].removeprefix("sqlite:///")).parent / "keys"
    assert reveal(store, SealingKeys(folder), attributes(terraform, "sym_secret.this")["id"]) == FIRST


@pytest.mark.parametrize("variant", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_no_key_is_made_up_for_a_database_on_a_server(terraform: TerraformCli, tmp_path: Path) -> None:
    terraform.write(secret())
    hand_over(terraform, FIRST)
    output = said(terraform.fail("apply", "-no-color", "-auto-approve"))
    assert "Set SYM_KEYS_DIR to the worker's folder of keys" in output
    assert not (tmp_path / "home").exists()
    (tmp_path / "home" / "keys").mkdir(mode=0o700, parents=True)
    terraform.apply()

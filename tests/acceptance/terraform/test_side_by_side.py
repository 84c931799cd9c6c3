"""Many Terraform runs on one store at the same time, each with processes of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sym.store import audit
from sym.store.database import Store
from tests.acceptance.terraform.declarations import HEADER, everything
from tests.acceptance.terraform.variants import on_databases
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

RUNS = 10


def configuration(number: int) -> str:
    """Things of one run's own; the secrets of all runs have the same path, and need a slug each."""
    return f"""{HEADER}
resource "sym_secrets" "this" {{
  type = "env"
  name = "secrets-{number}"
}}
resource "sym_secret" "this" {{
  source_id = sym_secrets.this.id
  path      = "SHARED"
}}
resource "sym_integration" "this" {{
  type        = "custom"
  name        = "integration-{number}"
  external_id = "{number}"
  settings    = {{ secret_ids_json = jsonencode([sym_secret.this.id]) }}
}}
resource "sym_target" "this" {{
  count = 3
  type  = "custom"
  name  = "target-{number}-${{count.index}}"
}}
"""


def expected() -> list[str]:
    found = [f"sym_secret :shared{'' if number == 0 else f'-{number + 1}'}" for number in range(RUNS)]
    for number in range(RUNS):
        found += [f"sym_secrets env:secrets-{number}", f"sym_integration custom:integration-{number}"]
        found += [f"sym_target custom:target-{number}-{index}" for index in range(3)]
    return sorted(found)


def run_all(runs: list[TerraformCli], command: str) -> None:
    processes = [terraform.start(command, "-no-color", "-auto-approve") for terraform in runs]
    finished = [terraform.finish(process) for terraform, process in zip(runs, processes, strict=True)]
    assert [run.output for run in finished if run.status != 0] == []


@on_databases
def test_ten_runs_at_once_do_not_get_in_each_others_way(
    cold: Callable[[str], TerraformCli], variant: str, store_url: str, store: Store
) -> None:
    """The store has no organization yet, on SQLite there is not even a file: one of the ten makes it."""
    if variant == "sqlite":
        Path(store_url.removeprefix("sqlite:///")).unlink()
    runs = [cold(f"run-{number}") for number in range(RUNS)]
    for number, terraform in enumerate(runs):
        terraform.write(configuration(number))
    run_all(runs, "apply")
    assert everything(store) == expected()
    with store.reading() as conn:
        assert len(audit.entries(conn, name="organization.created")) == 1
        assert len(audit.entries(conn, name="resource.created")) == len(expected())
    runs[3].assert_empty_plan()

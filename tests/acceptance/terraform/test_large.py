"""300 resources of all types at once: applied, interrupted, resumed, destroyed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from sym.store import resources
from sym.store.database import Store
from tests.acceptance.terraform.declarations import everything
from tests.acceptance.terraform.forms import NAMES
from tests.acceptance.terraform.large import LARGE, SIZE
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform

ENOUGH = 60
"""How many resources there are when an apply is interrupted."""


def stored_ids(store: Store) -> list[str]:
    with store.reading() as conn:
        return sorted(item.id for name in NAMES for item in resources.list_resources(conn, name))


def known_ids(terraform: TerraformCli) -> list[str]:
    """The ids in Terraform's state."""
    return sorted(
        instance["attributes"]["id"] for entry in terraform.state()["resources"] for instance in entry["instances"]
    )


def wait_until(process: subprocess.Popen[str], is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert process.poll() is None, "the command has ended already"
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_everything_is_applied_and_destroyed(terraform: TerraformCli, store: Store) -> None:
    terraform.write(LARGE)
    assert f"{SIZE} added" in terraform.apply().output
    kinds = {line.split()[0] for line in everything(store)}
    assert kinds == {f"sym_{name}" for name in NAMES}
    assert stored_ids(store) == known_ids(terraform)
    assert len(stored_ids(store)) == SIZE
    terraform.assert_empty_plan()
    assert f"{SIZE} destroyed" in terraform.destroy().output
    assert everything(store) == []


def test_an_interrupted_apply_loses_nothing_and_can_be_resumed(
    cold: Callable[[str], TerraformCli], store: Store
) -> None:
    """Ctrl-C in a terminal reaches Terraform and the provider's own process alike."""
    terraform = cold("interrupted")
    terraform.write(LARGE)
    process = terraform.start("apply", "-no-color", "-auto-approve")
    wait_until(process, lambda: len(stored_ids(store)) >= ENOUGH)
    os.killpg(process.pid, signal.SIGINT)
    finished = terraform.finish(process)
    assert finished.status == 1
    assert "Interrupt received" in finished.output
    assert "did not respond" not in finished.output
    assert "Traceback" not in finished.output
    assert ENOUGH <= len(stored_ids(store)) < SIZE
    assert stored_ids(store) == known_ids(terraform)
    before = set(stored_ids(store))
    assert f"{SIZE - len(before)} added, 0 changed, 0 destroyed" in terraform.apply().output
    assert before < set(stored_ids(store))
    assert stored_ids(store) == known_ids(terraform)
    assert len(stored_ids(store)) == SIZE
    terraform.assert_empty_plan()


def test_an_interrupted_destroy_can_be_resumed(cold: Callable[[str], TerraformCli], store: Store) -> None:
    terraform = cold("interrupted")
    terraform.write(LARGE)
    terraform.apply()
    process = terraform.start("destroy", "-no-color", "-auto-approve")
    wait_until(process, lambda: len(stored_ids(store)) <= SIZE - ENOUGH)
    os.killpg(process.pid, signal.SIGINT)
    assert terraform.finish(process).status == 1
    assert 0 < len(stored_ids(store)) <= SIZE - ENOUGH
    assert stored_ids(store) == known_ids(terraform)
    terraform.destroy()
    assert everything(store) == []

"""300 resources of all types at once: applied, interrupted, resumed, destroyed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

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


def interrupted(terraform: TerraformCli, command: str, is_time: Callable[[], bool]) -> str:
    """Start a command, do as Ctrl-C does in a terminal as soon as it is time, and give what it printed."""
    process = terraform.start(command, "-no-color", "-auto-approve")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(terraform.finish, process)  # reads all the while: a full pipe would stop the command
        while not is_time():
            assert process.poll() is None, "the command has ended already"
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGINT)
        finished = running.result()
    assert finished.status == 1
    assert "Interrupt received" in finished.output
    assert "did not respond" not in finished.output
    assert "Traceback" not in finished.output
    return finished.output


def test_everything_is_applied_and_destroyed_with_an_interruption(
    cold: Callable[[str], TerraformCli], store: Store
) -> None:
    terraform = cold("large")
    terraform.write(LARGE)
    assert f"{SIZE} added" in terraform.apply().output
    kinds = {line.split()[0] for line in everything(store)}
    assert kinds == {f"sym_{name}" for name in NAMES}
    assert stored_ids(store) == known_ids(terraform)
    assert len(stored_ids(store)) == SIZE
    terraform.assert_empty_plan()
    interrupted(terraform, "destroy", lambda: len(stored_ids(store)) <= SIZE - ENOUGH)
    assert 0 < len(stored_ids(store)) <= SIZE - ENOUGH
    assert stored_ids(store) == known_ids(terraform)
    terraform.destroy()
    assert everything(store) == []


def test_an_interrupted_apply_loses_nothing_and_can_be_resumed(
    cold: Callable[[str], TerraformCli], store: Store
) -> None:
    """Ctrl-C in a terminal reaches Terraform and the provider's own process alike."""
    terraform = cold("interrupted")
    terraform.write(LARGE)
    interrupted(terraform, "apply", lambda: len(stored_ids(store)) >= ENOUGH)
    before = set(stored_ids(store))
    assert ENOUGH <= len(before) < SIZE
    assert sorted(before) == known_ids(terraform)
    assert f"{SIZE - len(before)} added, 0 changed, 0 destroyed" in terraform.apply().output
    assert before < set(stored_ids(store))
    assert stored_ids(store) == known_ids(terraform)
    assert len(stored_ids(store)) == SIZE
    terraform.assert_empty_plan()

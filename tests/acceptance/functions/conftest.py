"""A running provider on a store of its own, for configurations that only call functions."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from sym_provider import ADDRESS
from sym_provider.functions import FUNCTIONS
from sym_provider.protocol.handshake import listening, reattach_value
from sym_provider.provider import SymProvider
from tests.terraform_cli import TerraformCli


class WithFunctions(SymProvider):
    """The provider with its functions."""

    functions = FUNCTIONS


@pytest.fixture
def terraform(tmp_path: Path, now: datetime) -> Iterator[TerraformCli]:
    """Terraform in a new working directory, attached to a provider whose store is not there and never made."""
    store_url = f"sqlite:///{tmp_path / 'store.db'}"
    provider = WithFunctions({"SYM_STORE_URL": store_url}, lambda: now, lambda: store_url)
    with listening(provider, threading.Event(), None) as (network, address):
        terraform = TerraformCli(tmp_path / "terraform")
        terraform.reattach(reattach_value(ADDRESS, network, address, os.getpid()))
        yield terraform
    provider.close()
    assert not (tmp_path / "store.db").exists(), "functions need no store"

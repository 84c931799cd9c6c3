"""Terraform with the toy provider: a running one (quick) or one Terraform starts itself (cold)."""

from __future__ import annotations

import os
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sym_provider.protocol.handshake import listening, reattach_value
from tests.provider.protocol.toy import ADDRESS, Toy
from tests.terraform_cli import TerraformCli

ROOT = Path(__file__).parents[3]


@pytest.fixture(name="things")
def _things(tmp_path: Path) -> Path:
    """The folder the toy provider keeps its things in."""
    path = tmp_path / "things"
    path.mkdir()
    return path


@pytest.fixture(name="plugin")
def _plugin(tmp_path: Path) -> Path:
    """The toy provider as an executable."""
    path = tmp_path / "bin" / "terraform-provider-toy"
    path.parent.mkdir()
    path.write_text(
        f"#!{sys.executable} -IB\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.provider.protocol.toy import main\nmain()\n"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture(name="cold")
def _cold(tmp_path: Path, plugin: Path) -> TerraformCli:
    """Terraform that starts the provider for each command, from dev_overrides."""
    terraform = TerraformCli(tmp_path / "terraform")
    terraform.override(ADDRESS, plugin.parent)
    return terraform


@pytest.fixture(name="warm")
def _warm(tmp_path: Path) -> Iterator[TerraformCli]:
    """Terraform attached to a provider that runs in this process."""
    with listening(Toy(), threading.Event(), None) as (network, address):
        terraform = TerraformCli(tmp_path / "terraform")
        terraform.reattach(reattach_value(ADDRESS, network, address, os.getpid()))
        yield terraform

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from sym_provider import __version__
from sym_provider.install import cli_configuration, install, platform_name


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("Linux", "x86_64", "linux_amd64"),
        ("Darwin", "arm64", "darwin_arm64"),
        ("Linux", "aarch64", "linux_arm64"),
        ("Windows", "AMD64", "windows_amd64"),
        ("FreeBSD", "i386", "freebsd_i386"),
    ],
)
def test_machines_are_named_as_terraform_names_them(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, name: str
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert platform_name() == name


def test_the_launcher_is_where_terraform_looks_and_can_be_started(tmp_path: Path) -> None:
    launcher = install(tmp_path / "a mirror")
    folder = tmp_path / "a mirror" / "registry.terraform.io" / "symopsio" / "sym" / __version__ / platform_name()
    assert launcher == folder / f"terraform-provider-sym_v{__version__}"
    started = subprocess.run([launcher, "--version"], capture_output=True, text=True, timeout=60, check=True)
    assert started.stdout == f"terraform-provider-sym {__version__}\n"


def test_installing_again_changes_nothing(tmp_path: Path) -> None:
    before = install(tmp_path).read_bytes()
    assert install(tmp_path).read_bytes() == before


def test_an_interpreter_with_a_space_in_its_path_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / "a python"
    link.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    link.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(link))
    subprocess.run([install(tmp_path / "mirror"), "--version"], capture_output=True, timeout=60, check=True)


def test_the_configuration_looks_into_the_mirror_for_this_provider_only(tmp_path: Path) -> None:
    text = cli_configuration(tmp_path)
    assert f'path    = "{tmp_path}"' in text
    assert text.count('["registry.terraform.io/symopsio/sym"]') == 2

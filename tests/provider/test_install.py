from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

import sym_provider
from sym_provider import __version__
from sym_provider.install import (
    ALSO_NUMBERED,
    NotInstalled,
    cli_configuration,
    development_configuration,
    implicit_mirror,
    install,
    install_for_development,
    platform_name,
)


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
    assert version_told_by(launcher) == f"terraform-provider-sym {__version__}, also numbered {ALSO_NUMBERED}\n"


def version_told_by(launcher: Path) -> str:
    return subprocess.run([launcher, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout


def test_the_same_build_is_there_under_a_number_of_the_second_generation(tmp_path: Path) -> None:
    launcher = install(tmp_path / "first")
    assert __version__.startswith("3.")
    assert ALSO_NUMBERED.split(".") == ["2", *__version__.split(".")[1:]]
    moved = (tmp_path / "first").rename(tmp_path / "moved")
    (package,) = (moved / "registry.terraform.io/symopsio/sym").glob(f"{ALSO_NUMBERED}/*")
    assert package.name == platform_name()
    assert [path.name for path in package.iterdir()] == [launcher.name]
    assert version_told_by(package / launcher.name).startswith("terraform-provider-sym ")


def test_something_else_in_the_place_of_the_other_version_is_left_alone(tmp_path: Path) -> None:
    package = tmp_path / "registry.terraform.io/symopsio/sym" / ALSO_NUMBERED / platform_name()
    package.mkdir(parents=True)
    (package / "terraform-provider-sym").write_text("mine")
    with pytest.raises(NotInstalled, match=f"{package} holds something else already. Remove it"):
        install(tmp_path)
    assert (package / "terraform-provider-sym").read_text() == "mine"


def test_a_launcher_for_development_stands_in_its_folder(tmp_path: Path) -> None:
    launcher = install_for_development(tmp_path / "folder")
    assert launcher == tmp_path / "folder" / "terraform-provider-sym"
    assert version_told_by(launcher).startswith("terraform-provider-sym ")


def test_terraform_looks_into_a_folder_of_the_user() -> None:
    assert implicit_mirror(Path("/home/me")) == Path("/home/me/.terraform.d/plugins")


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


def test_the_development_configuration_names_the_folder(tmp_path: Path) -> None:
    line = f'"registry.terraform.io/symopsio/sym" = "{tmp_path}"'
    assert line in development_configuration(tmp_path)


def test_a_path_with_a_quotation_mark_stays_one_text() -> None:
    assert cli_configuration(Path('/a "mirror"')).count(r'"/a \"mirror\""') == 1


def test_what_was_not_compiled_yet_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources, broken = tmp_path / "sources", tmp_path / "nowhere"
    sources.mkdir()
    (sources / "module.py").write_text("x = 1\n")
    (sources / "wrong.py").write_text("x = \n")
    monkeypatch.setattr(sym_provider, "__path__", [str(sources), str(broken)])
    install_for_development(tmp_path / "provider")
    assert [file.name for file in (sources / "__pycache__").iterdir()] == [f"module.{sys.implementation.cache_tag}.pyc"]

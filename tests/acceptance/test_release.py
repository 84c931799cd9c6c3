"""A release as people get it: built, put into a mirror as zips, found by ``terraform init``, started by Terraform."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sym_provider import ADDRESS, __version__
from sym_provider.install import platform_name
from tests.terraform_cli import TerraformCli

ROOT = Path(__file__).parents[2]
QUICKSTART = ROOT / "examples" / "terraform" / "flows" / "quickstart"
VERSIONS = ["2.7.0", "3.7.0"]


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of both versions for this machine."""
    path = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "sym_provider.release", str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return path


@pytest.fixture(scope="session")
def mirror(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filesystem mirror in the packed layout: zips in the folder of the provider's address."""
    path = tmp_path_factory.mktemp("mirror")
    (path / ADDRESS).mkdir(parents=True)
    for archive in dist.glob("*.zip"):
        shutil.copy(archive, path / ADDRESS)
    return path


@pytest.fixture(scope="session")
def search_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A search path with this Python, none of its packages, and nothing of pyenv or a virtual environment."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "python{}.{}".format(*sys.version_info)).symlink_to(Path(sys.executable).resolve())
    return f"{folder}:/usr/bin:/bin"


@pytest.fixture
def unpacked(dist: Path, tmp_path: Path) -> Path:
    """What Terraform unpacks, in a folder with a space in its name."""
    folder = tmp_path / "a package"
    with zipfile.ZipFile(dist / f"terraform-provider-sym_{__version__}_{platform_name()}.zip") as archive:
        archive.extractall(folder)
        for entry in archive.infolist():
            (folder / entry.filename).chmod(entry.external_attr >> 16)
    return folder


def terraform_with(mirror: Path, folder: Path, search_path: str) -> TerraformCli:
    """Terraform that knows nothing but the mirror: no registry, no network, no Python of ours."""
    terraform = TerraformCli(folder)
    settings = folder / "settings.tfrc"
    settings.write_text(f'provider_installation {{\nfilesystem_mirror {{\npath = "{mirror}"\n}}\n}}\n')
    terraform.variables |= {"TF_CLI_CONFIG_FILE": str(settings), "PATH": search_path}
    return terraform


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("pin", "version", "store_url"),
    [
        ("~> 2.0", "2.7.0", "sqlite"),
        ("~> 3.0", "3.7.0", "sqlite"),
        pytest.param(">= 2.0", "3.7.0", "postgresql", marks=pytest.mark.postgres),
    ],
    indirect=["store_url"],
)
def test_a_configuration_applies_with_the_packed_release_its_pin_asks_for(
    mirror: Path, search_path: str, tmp_path: Path, pin: str, version: str, store_url: str
) -> None:
    terraform = terraform_with(mirror, tmp_path / "run", search_path)
    terraform.variables |= {"SYM_STORE_URL": store_url, "TF_VAR_target_system": str(tmp_path / "members.db")}
    for name in ("main.tf", "impl.py", "on_change.py", "strategy.py"):
        terraform.write((QUICKSTART / name).read_text().replace('"~> 3.7"', f'"{pin}"'), name)
    assert f"Installed symopsio/sym v{version}" in terraform.init().output
    terraform.apply()
    terraform.assert_empty_plan()
    assert terraform.output_json() == {"flow": "quickstart:flow:quickstart:latest"}
    assert "Using previously-installed" in terraform.init().output, "the package is as the lock file says"
    terraform.destroy()
    assert terraform.state()["resources"] == []


@pytest.mark.terraform
def test_the_checksums_of_a_release_can_be_locked_and_hold_on_another_machine(
    mirror: Path, search_path: str, tmp_path: Path
) -> None:
    configuration = 'terraform {\nrequired_providers {\nsym = { source = "symopsio/sym", version = "~> 2.0" }\n}\n}\n'
    lock = ".terraform.lock.hcl"
    first = terraform_with(mirror, tmp_path / "one", search_path)
    first.write(configuration)
    first.run("providers", "lock", f"-fs-mirror={mirror}", f"-platform={platform_name()}")
    second = terraform_with(mirror, tmp_path / "other", search_path)
    second.write(configuration)
    second.write((first.work / lock).read_text(), lock)
    second.run("init", "-no-color", "-lockfile=readonly")


def start(package: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    program = package / f"terraform-provider-sym_v{__version__}"
    return subprocess.run(
        [program, *arguments], env=variables, capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_package_needs_nothing_but_python_and_leaves_itself_as_it_is(unpacked: Path, search_path: str) -> None:
    before = tree(unpacked)
    started = start(unpacked, "--version", PATH=search_path)
    assert started.stdout == f"terraform-provider-sym {__version__}, also numbered 2.7.0\n"
    assert tree(unpacked) == before


def test_a_package_brings_all_that_its_modules_import(unpacked: Path, search_path: str) -> None:
    script = f"""
import importlib, pkgutil, sys
sys.path.insert(0, {str(unpacked)!r})
import sym_provider, sym.store
for package in (sym_provider, sym.store):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if module.name.rpartition(".")[2] not in ("__main__", "env"):
            importlib.import_module(module.name)
import alembic.command, cryptography.x509, psycopg, psycopg_binary, requests, yaml
foreign = [name for name, module in sys.modules.items() if "site-packages" in (getattr(module, "__file__", "") or "")]
assert not foreign, foreign
"""
    python = Path(search_path.partition(":")[0]) / "python{}.{}".format(*sys.version_info)
    command = [python, "-I", "-S", "-B", "-c", script]
    finished = subprocess.run(command, env={}, capture_output=True, text=True, timeout=60, check=False)
    assert finished.stderr == ""
    assert finished.returncode == 0


def test_another_python_than_it_was_built_with_is_not_tried(unpacked: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("python3", "python{}.{}".format(*sys.version_info)):
        (folder / name).write_text("#!/bin/sh\nexit 127\n")
        (folder / name).chmod(0o755)
    (folder / "dirname").symlink_to(shutil.which("dirname") or "")
    refused = start(unpacked, "--version", PATH=str(folder))
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "needs Python {}.{}: put".format(*sys.version_info) in refused.stderr
    accepted = start(unpacked, "--version", PATH=str(folder), SYM_PYTHON=sys.executable)
    assert accepted.returncode == 0


def test_a_package_is_not_installed_in_pieces(unpacked: Path, search_path: str, tmp_path: Path) -> None:
    refused = start(unpacked, "install", "--mirror", str(tmp_path / "mirror"), PATH=search_path)
    assert refused.returncode == 1
    assert "This is a packaged release" in refused.stderr
    assert not (tmp_path / "mirror").exists()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_release_has_what_a_registry_asks_for(dist: Path, version: str) -> None:
    prefix = f"terraform-provider-sym_{version}"
    names = [f"{prefix}_{platform_name()}.zip", f"{prefix}_manifest.json"]
    assert sorted(path.name for path in dist.glob(f"{prefix}_*")) == sorted([*names, f"{prefix}_SHA256SUMS"])
    assert json.loads((dist / names[1]).read_text()) == {"version": 1, "metadata": {"protocol_versions": ["6.0"]}}
    sums = dict(reversed(line.split("  ")) for line in (dist / f"{prefix}_SHA256SUMS").read_text().splitlines())
    assert sums == {name: hashlib.sha256((dist / name).read_bytes()).hexdigest() for name in names}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_zip_holds_one_program_and_compiled_modules_that_python_never_rewrites(dist: Path, version: str) -> None:
    with zipfile.ZipFile(dist / f"terraform-provider-sym_{version}_{platform_name()}.zip") as archive:
        programs = [name for name in archive.namelist() if name.startswith("terraform-provider-sym")]
        assert programs == [f"terraform-provider-sym_v{version}"]
        assert archive.getinfo(programs[0]).external_attr >> 16 == 0o100755
        compiled = [name for name in archive.namelist() if name.endswith(".pyc")]
        assert any(name.startswith("sym_provider/") for name in compiled)
        assert {archive.read(name)[4:8] for name in compiled} == {b"\x01\0\0\0"}, "by hash, unchecked"
        paths = [str(ROOT).encode(), os.fsencode(Path(sys.prefix).resolve())]
        assert not [name for name in archive.namelist() if any(path in archive.read(name) for path in paths)]

"""The command line of ``terraform-provider-sym``; that Terraform can start it is tested with Terraform itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sym_provider import __version__
from sym_provider.install import ALSO_NUMBERED, platform_name
from tests.terraform_cli import TerraformCli


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sym_provider", *arguments]
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_started_by_a_person_it_explains_itself() -> None:
    finished = run()
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert "This program is a Terraform provider" in finished.stderr


def test_it_tells_its_version() -> None:
    assert run("--version").stdout == f"terraform-provider-sym {__version__}, also numbered {ALSO_NUMBERED}\n"


@pytest.mark.parametrize("arguments", [["destroy"], ["install", "--mirror", "a", "--dev"], ["--unknown"]])
def test_a_command_line_it_does_not_understand_is_refused(arguments: list[str]) -> None:
    finished = run(*arguments)
    assert finished.returncode == 2
    assert "usage: terraform-provider-sym" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_install_says_what_to_configure(tmp_path: Path) -> None:
    finished = run("install", "--mirror", str(tmp_path / "mirror"))
    assert finished.returncode == 0
    assert "Installed" in finished.stderr
    assert finished.stdout.startswith("provider_installation {")
    assert list((tmp_path / "mirror").rglob("terraform-provider-sym_v*"))


def test_without_options_it_is_installed_where_terraform_looks_by_itself(tmp_path: Path) -> None:
    finished = run("install", HOME=str(tmp_path))
    assert finished.returncode == 0
    assert finished.stdout == ""
    assert f"terraform-provider-sym install --mirror {tmp_path}/.terraform.d/plugins" in finished.stderr
    folders = sorted((tmp_path / ".terraform.d/plugins/registry.terraform.io/symopsio/sym").iterdir())
    assert [folder.name for folder in folders] == [ALSO_NUMBERED, __version__]


def test_for_development_it_is_in_no_mirror(tmp_path: Path) -> None:
    finished = run("install", "--dev", HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path / "data"))
    assert finished.returncode == 0
    (launcher,) = tmp_path.rglob("terraform-provider-sym*")
    assert f'"registry.terraform.io/symopsio/sym" = "{launcher.parent}"' in finished.stdout


def test_a_mirror_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "registry.terraform.io/symopsio/sym" / ALSO_NUMBERED / platform_name()).mkdir(parents=True)
    finished = run("install", "--mirror", str(tmp_path))
    assert finished.returncode == 1
    assert "holds something else already" in finished.stderr
    assert finished.stdout == ""


def test_a_mirror_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finished = run("install", "--mirror", str(tmp_path / "file" / "mirror"))
    assert finished.returncode == 1
    assert f"Could not install into {tmp_path / 'file' / 'mirror'}" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.terraform
def test_for_debugging_it_serves_until_interrupted(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sym_provider", "--debug"]
    environment = {"PATH": os.environ["PATH"], "SYM_STORE_URL": f"sqlite:///{tmp_path / 'store.db'}"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            line = next(line for line in process.stdout if "TF_REATTACH_PROVIDERS" in line)
            value = line.partition("='")[2].rstrip("'\n")
            assert list(json.loads(value)) == ["registry.terraform.io/symopsio/sym"]
            terraform = TerraformCli(tmp_path / "terraform")
            terraform.reattach(value)
            terraform.write('provider "sym" {\norg = "acme"\n}\nterraform {\nrequired_providers {\n'
                            'sym = { source = "symopsio/sym" }\n}\n}\n'
                            'resource "sym_target" "a" {\ntype = "custom"\nname = "a"\n}\n')  # fmt: skip
            terraform.apply()
            terraform.assert_empty_plan()
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0
        finally:
            watchdog.cancel()
            process.kill()


def test_the_default_store_is_in_the_users_own_folder(tmp_path: Path) -> None:
    script = "from sym_provider.__main__ import _default_store; print(_default_store())"
    environment = {"PATH": os.environ["PATH"], "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    command = [sys.executable, "-c", script]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert finished.stdout.startswith("sqlite:///")
    assert str(tmp_path) in finished.stdout
    assert finished.stdout.rstrip().endswith("sym/store.db")
    assert list(tmp_path.iterdir()) == []

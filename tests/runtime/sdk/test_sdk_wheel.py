"""The wheel, installed without any of its extras into an empty environment: what authors have on their machine."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import ROOT

IMPL = '''
"""Uses everything a flow's file uses, at the level of its module."""
from datetime import timedelta
from sym.sdk import *
from sym.sdk.annotations import hook, prefetch, reducer
from sym.sdk.exceptions import SlackError, SymException
from sym.sdk.forms import FieldOption, SymPromptForm
from sym.sdk.integrations import is_user_in_group, jira, okta, pagerduty, slack
from sym.sdk.notifications import Notification
from sym.sdk.request_permission import PermissionLevel, RequestPermission
from sym.sdk.strategies import AccessStrategy, Integration
from sym.sdk.templates import ApprovalTemplate, ApprovalTemplateStep, get_step_output
from sym.sdk.user import user_ids
from sym.sdk.utils import persist_user_identity

ON_CALL = slack.channel("#on-call", timeout=int(timedelta(minutes=5).total_seconds()))
TEAM = slack.group(["U01", "U02"])
OPTIONS = [FieldOption(value=n, label=n) for n in range(3)]

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.ADMIN)

@reducer
def get_request_notifications(event):
    return [Notification(destinations=[ON_CALL], timeout=60), Notification(destinations=[TEAM])]

@prefetch(field_name="repo")
def repos(event):
    return OPTIONS

@hook
def on_request(event):
    return ApprovalTemplate.approve(reason="on call")

class Grants(AccessStrategy):
    def fetch_remote_identity(self, user): return None
    def escalate(self, target_id, event): return {}
    def deescalate(self, target_id, event): return {}

said = [get_permissions(None).json(), *(note.json() for note in get_request_notifications(None)), str(on_request(None))]
'''
EVERY_MODULE = """
import importlib, json, pkgutil, sys
import sym.sdk
names = [module.name for module in pkgutil.walk_packages(sym.sdk.__path__, "sym.sdk.")]
for name in names:
    importlib.import_module(name)
own = {*sys.stdlib_module_names, "sym", "__main__"}
print(json.dumps([names, sorted({name.partition(".")[0] for name in sys.modules} - own)]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree without asking any registry."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of its own that has the wheel and nothing else. Its pip is this environment's: none is needed in it."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    venv.create(folder, with_pip=False)
    found = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(found), "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--no-index", str(wheel)], check=True, timeout=240)
    return found


def run(python: Path, *arguments: str) -> Any:
    done = subprocess.run([str(python), "-I", *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_wheel_has_the_whole_sdk_its_types_and_no_file_for_sym(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {f"sym/sdk/{path.relative_to(ROOT / 'runtime/sym/sdk')}" for path in ROOT.glob("runtime/sym/sdk/**/*.py")}
    assert sources <= names
    assert "sym/sdk/py.typed" in names
    assert "sym/__init__.py" not in names
    assert not [name for name in names if name.startswith(("tests/", "runtime/"))]


def test_the_wheel_needs_nothing_unless_an_extra_is_asked_for(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        needs = [line for line in archive.read(name).decode().splitlines() if line.startswith("Requires-Dist:")]
    assert needs
    assert [line for line in needs if "extra ==" not in line] == []


def test_every_module_of_the_sdk_is_imported_in_a_bare_python(python: Path) -> None:
    names, foreign = run(python, "-c", EVERY_MODULE)
    assert foreign == []
    assert {"sym.sdk.integrations.slack", "sym.sdk.exceptions.okta", "sym.sdk.templates.approval"} <= set(names)


def test_a_flows_file_runs_in_a_bare_python(python: Path, tmp_path: Path) -> None:
    (tmp_path / "impl.py").write_text(IMPL)
    code = f"import json, runpy; print(json.dumps(runpy.run_path({str(tmp_path / 'impl.py')!r})['said']))"
    permission, *notes, request = run(python, "-c", code)
    assert json.loads(permission)["approve_deny"] == "admin"
    assert [json.loads(note)["timeout"] for note in notes] == [60, None]
    assert "APPROVE" in request


def test_every_example_runs_in_a_bare_python(python: Path) -> None:
    found = sorted((ROOT / "examples" / "terraform").rglob("impl.py"))
    examples = [str(path) for path in found if "import requests" not in path.read_text()]
    assert examples
    code = "import json, runpy, sys; print(json.dumps([len(runpy.run_path(path)) for path in sys.argv[1:]]))"
    assert min(run(python, "-c", code, *examples)) > 0


def test_a_function_says_in_a_bare_python_that_there_is_no_flow(python: Path) -> None:
    code = (
        "import json\nfrom sym.sdk import pagerduty\n"
        "try:\n    pagerduty.users_on_call()\nexcept Exception as error:\n    print(json.dumps(error.to_dict()))"
    )
    told = run(python, "-c", code)
    assert told["code"] == "SymSDK:NO_HOST"
    assert "sym.testing" in told["message"]

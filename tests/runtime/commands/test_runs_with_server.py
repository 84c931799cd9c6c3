"""Approvals as CI jobs rely on them: asked for, waited for and validated, with a server that works requests off."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sym.audit.events import Actor
from sym.store.database import Store
from sym.store.resources import save
from tests.runtime.commands.conftest import VARIABLES, Symflow
from tests.runtime.commands.test_serve import serving

ROOT = "root@acme.example"
IMPLEMENTATION = """
from sym.sdk.annotations import reducer
from sym.sdk.request_permission import PermissionLevel, RequestPermission

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)
"""
FIELDS = [
    {"name": "workflow_id", "type": "string", "required": True}, {"name": "count", "type": "int", "required": False},
]  # fmt: skip
FLOW = "acme:flow:deploy:1.0.0"
DOCUMENTATION = Path(__file__).parents[3] / "runtime" / "docs" / "approval-receipts.md"


@dataclass
class Pipeline:
    """A CI job of the bot ci, and the machine of the store."""

    symflow: Symflow
    url: str
    token: str

    @property
    def remote(self) -> dict[str, str | None]:
        return {"SYM_STORE_URL": None, "SYM_API_URL": self.url, "SYM_JWT": self.token}

    def __call__(self, *arguments: str, code: int = 0) -> Any:
        """Through the server."""
        return self.symflow(*arguments, code=code, **self.remote)

    def asked(self, *more: str) -> str:
        run_id = self("runs", "request", "deploy", "-i", "workflow_id=w-1", "-i", "count:=3", *more).stdout.strip()
        self.until("requested", run_id)
        return str(run_id)

    def approved(self, *more: str) -> str:
        run_id = self.asked(*more)
        self.symflow("runs", "approve", run_id, "--as", ROOT)
        self("runs", "wait", run_id, "--interval", "1s", "--timeout", "60s")
        self.valid(run_id)  # it is sealed
        return run_id

    def valid(self, run_id: str, *more: str, code: int = 0) -> Any:
        return self("runs", "validate", run_id, "--flow", FLOW, *more, code=code)

    def until(self, status: str, run_id: str) -> None:
        for _ in range(600):
            if self.shown(run_id)["status"] == status:
                return
        raise AssertionError(self.shown(run_id))

    def shown(self, run_id: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self("runs", "show", run_id, "--json").stdout)
        return document


@pytest.fixture(scope="module")
def ci(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    symflow = Symflow(tmp_path_factory.mktemp("ci") / "sym")
    symflow("init-org", "acme", "--admin", ROOT)
    symflow("users", "create", "ann@acme.example")
    symflow("bots", "create", "ci")
    token = symflow("tokens", "issue", "-u", "ci", "-e", "1h", "-n").stdout.strip()
    store, now = Store(str(symflow.environment["SYM_STORE_URL"])), datetime.now(UTC)
    with store.transaction() as conn:
        environment = save(conn, "environment", {"name": "prod"}, actor=Actor.SYSTEM, now=now).id
        save(conn, "flow", {"name": "deploy", "environment_id": environment, "implementation": IMPLEMENTATION,
                            "params": [{"prompt_field": FIELDS}]}, actor=Actor.SYSTEM, now=now)  # fmt: skip
    store.close()
    with serving(symflow) as (_, url, _lines):
        yield Pipeline(symflow, url, token)


@pytest.fixture(scope="module")
def run(ci: Pipeline) -> str:
    """A run that was approved and sealed; nobody may change it."""
    return ci.approved("--context", '{"build": 7}')


def test_an_approval_is_valid_for_what_was_approved(ci: Pipeline, run: str) -> None:
    given = ("-i", "workflow_id=w-1", "-i", "count:=3", "--context", "build:=7")
    assert "Valid" in ci.valid(run, *given).stderr
    assert json.loads(ci.valid(run, *given, "--json").stdout) == {"valid": True, "differences": []}
    ci.valid(run, "--status", "approved")
    for flow in ("deploy", "acme:flow:deploy:latest"):
        ci("runs", "validate", run.upper(), "--flow", flow)
    ci.symflow("runs", "validate", run, "--flow", FLOW, *given)  # on the store, with the keys of this machine


@pytest.mark.parametrize(
    ("given", "what", "words"),
    [
        (("-i", "workflow_id=w-2"), "inputs.workflow_id", 'expected "w-2", found "w-1"'),
        (("-i", "count=3"), "inputs.count", 'expected "3", found 3'),
        (("-i", "commit=abc"), "inputs.commit", "has no such input"),
        (("--context", "build:=8"), "context", "another context"),
        (("--context", "build=7"), "context", "another context"),
        (("--status", "escalated"), "status", "is approved, not escalated"),
    ],
)
def test_what_differs_is_named(ci: Pipeline, run: str, given: tuple[str, ...], what: str, words: str) -> None:
    result = ci.valid(run, *given, code=1)
    assert f"{what}: " in result.stderr
    assert words in result.stderr
    assert result.stdout == ""
    (difference,) = json.loads(ci.valid(run, *given, "--json", code=1).stdout)["differences"]
    assert difference["what"] == what


@pytest.mark.parametrize("flow", ["acme:flow:deploy:2.0.0", "acme:flow:other:latest", "other", "acme:flow:deploy", ""])
def test_another_flow_is_not_valid(ci: Pipeline, run: str, flow: str) -> None:
    assert "flow: " in ci("runs", "validate", run, "--flow", flow, code=1).stderr


def test_a_receipt_is_checked_without_a_server(ci: Pipeline, run: str, tmp_path: Path) -> None:
    shown = ci.shown(run)
    receipt, document, keys = tmp_path / "receipt", tmp_path / "run.json", tmp_path / "jwks.json"
    receipt.write_text(shown["receipt"] + "\n")
    document.write_text(json.dumps(shown))
    from urllib.request import urlopen

    keys.write_bytes(urlopen(f"{ci.url}/api/v1/jwks.json", timeout=10).read())

    def offline(source: str, *more: str, code: int = 0, jwks: str = str(keys)) -> str:
        nowhere = {"SYM_STORE_URL": "sqlite:////nowhere/store.db", "SYM_API_URL": None}
        arguments = ("runs", "validate", "--flow", FLOW, "--offline", source, "--jwks", jwks, *more)
        return str(ci.symflow(*arguments, code=code, **nowhere).stderr)

    everything = ("-i", "workflow_id=w-1", "-i", "count:=3")
    for source in (str(receipt), shown["receipt"], str(document)):
        offline(source, *everything)
        offline(source, *everything, "--context", "build:=7", run)
        assert "context: " in offline(source, *everything, "--context", "build:=8", code=1)
        assert "inputs" in offline(source, "-i", "workflow_id=w-1", "-i", "count:=4", code=1)
        assert "run: " in offline(source, *everything, "9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10", code=1)
    offline(str(document), "-i", "count:=3")  # the document names each
    assert "not all" in offline(str(receipt), "-i", "count:=3", code=1)
    offline(str(receipt), *everything, jwks=f"{ci.url}/api/v1/jwks.json")
    assert "https" in offline(str(receipt), jwks="http://keys.example/jwks.json", code=1)
    document.write_text(json.dumps({**shown, "inputs": {"workflow_id": "w-2", "count": 3}}))
    assert "receipt: it was not made for" in offline(str(document), "-i", "workflow_id=w-2", code=1)
    assert "no receipt" in offline(ci.token, *everything, code=1)  # a token of the API is none
    offline(str(tmp_path / "none"), code=1)


def test_a_usage_error_says_what_is_missing(ci: Pipeline, run: str) -> None:
    assert "RUN" in ci("runs", "validate", "--flow", FLOW, code=2).stderr
    assert "--flow" in ci("runs", "validate", run, code=2).stderr
    assert "--jwks" in ci("runs", "validate", "--flow", FLOW, "--offline", "a.b.c", code=2).stderr
    ci("runs", "validate", run, "--flow", FLOW, "--status", "denied", code=2)


def test_the_log_is_listed_through_a_server_as_on_the_store(ci: Pipeline, run: str) -> None:
    ci("audit", "list", code=4)  # the bot is no admin
    token = ci.symflow("tokens", "issue", "-u", ROOT, "-e", "1h", "-n").stdout.strip()
    admin: dict[str, str | None] = {**ci.remote, "SYM_JWT": token}
    for options in (("--run", run.upper()), ("--limit", "3"), ("--after", "2", "--limit", "2")):
        local = json.loads(ci.symflow("audit", "list", "--json", *options).stdout)
        assert local
        assert json.loads(ci.symflow("audit", "list", "--json", *options, **admin).stdout) == local


def test_a_denied_and_an_open_request_are_not_valid(ci: Pipeline) -> None:
    run_id = ci.asked()
    assert "status: the run is requested" in ci.valid(run_id, code=1).stderr
    ci.symflow("runs", "deny", run_id, "--as", ROOT)
    result = ci("runs", "wait", run_id, "--interval", "1s", "--timeout", "60s", code=1)
    assert "denied" in result.stderr
    assert result.stdout == ""
    assert "status: the run is denied" in ci.valid(run_id, code=1).stderr
    assert ci("runs", "wait", run_id, "--for", "decided").stdout == "denied\n"
    shown = ci.shown(run_id)
    assert (shown["receipt"], shown["no_receipt"], shown["approved_at"]) == (None, None, None)
    assert [(item["decision"], item["by"]["username"]) for item in shown["deciders"]] == [("deny", ROOT)]


def test_a_run_that_nobody_knows_is_exit_code_4(ci: Pipeline) -> None:
    for arguments in (("validate", "--flow", FLOW), ("wait",)):
        ci("runs", *arguments, "9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10", code=4)
        ci.symflow("runs", *arguments, "nothing", code=4)


def test_a_row_that_was_edited_after_the_click_is_not_valid(ci: Pipeline) -> None:
    run_id = ci.approved()
    store = Store(str(ci.symflow.environment["SYM_STORE_URL"]))
    with store.transaction() as conn:
        changed = json.dumps({"workflow_id": "evil", "count": 3})
        conn.execute(sa.text("update sym_run set fields = :fields where id = :id"), {"fields": changed, "id": run_id})
    store.close()
    result = ci.valid(run_id, "-i", "workflow_id=evil", code=1)
    assert "receipt: There is no receipt for this run: it is not what was approved" in result.stderr
    ci.symflow("runs", "validate", run_id, "--flow", FLOW, code=1)


def test_waiting_ends_when_its_time_is_over(ci: Pipeline) -> None:
    run_id = ci.asked()
    result = ci("runs", "wait", run_id, "--interval", "1s", "--timeout", "1s", code=1)
    assert result.stderr.count("\n") == 1  # progress is for terminals
    assert "still requested" in result.stderr
    ci("runs", "wait", run_id, "--timeout", "soon", code=2)


def test_waiting_ends_cleanly_when_it_is_interrupted(ci: Pipeline) -> None:
    run_id = ci.asked()
    environment = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    environment |= {key: value for key, value in ci.remote.items() if value is not None}
    command = [sys.executable, "-c", "from sym.commands import main; main()", "runs", "wait", run_id, "--json"]
    # Under `script` its stderr would be a terminal; here the first answer is what shows that it waits.
    process = subprocess.Popen(command, env={**environment, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    try:
        while not _sleeps(process.pid):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, output) == (130, "")
    assert errors == "Interrupted; the request goes on.\n"


def _sleeps(pid: int) -> bool:
    """Whether a process waits for time to pass."""
    return "nanosleep" in Path(f"/proc/{pid}/wchan").read_text()


def test_a_request_may_wait_and_be_for_somebody_else(ci: Pipeline, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("é\n")
    (tmp_path / "data.json").write_text('{"a": 1}')
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "no").write_text("no")
    base = tmp_path.parent / "context.json"
    base.write_text('{"build": 7}')
    run_id = ci.asked("--context-file", str(base), "--context-dir", str(tmp_path), "--user-email", "Ann@acme.example",
                      "--idempotency-key", "one")  # fmt: skip
    shown = ci.shown(run_id)
    assert (shown["requester"]["username"], shown["actors"]["prompt"]["username"]) == ("ann@acme.example", "ci")
    from sym.engine.receipts import context_hash

    assert shown["context_hash"] == context_hash({"build": 7, "notes": "é\n", "data.json": '{"a": 1}'})
    by_id = ("--user-id", shown["requester"]["user_id"])
    result = ci("runs", "request", "deploy", "-i", "workflow_id=w", "--wait", "--timeout", "1s", *by_id, code=1)
    assert re.fullmatch(r"[0-9a-f-]{36}\n", result.stdout)
    assert "not approved" in result.stderr


def test_the_shell_and_the_python_of_the_documentation_check_a_receipt(ci: Pipeline, run: str, tmp_path: Path) -> None:
    text = DOCUMENTATION.read_text()
    shell, python = (re.findall(rf"```{name}\n(.*?)```", text, re.DOTALL) for name in ("sh", "python"))
    environment = {**os.environ, "SYM_API_URL": f"{ci.url}/api/v1", "SYM_JWT": ci.token, "RUN": run,
                   "FLOW": FLOW, "WORKFLOW_ID": "w-1"}  # fmt: skip
    (tmp_path / "check.sh").write_text("\n".join(shell))
    (tmp_path / "check.py").write_text("\n".join(python))

    def ran(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=tmp_path, env={**environment, **more}, capture_output=True, text=True,
                              timeout=60, check=False)  # fmt: skip

    for command in (("sh", "-eu", "check.sh"), (sys.executable, "check.py")):
        good = ran(*command)
        assert good.returncode == 0, good.stdout + good.stderr
        assert good.stdout.endswith("approved for this\n")
        for wrong in ({"WORKFLOW_ID": "w-2"}, {"FLOW": "acme:flow:other:1.0.0"}):
            bad = ran(*command, **wrong)
            assert bad.returncode == 1, (command, wrong, bad.stdout + bad.stderr)
            assert "approved for this" not in bad.stdout
    # The script stops at a signature that does not hold.
    forged = (tmp_path / "run.json").read_text()
    document = json.loads(forged)
    head, payload, signature = document["receipt"].split(".")
    document["receipt"] = ".".join((head, payload, ("A" if signature[0] != "A" else "B") + signature[1:]))
    (tmp_path / "run.json").write_text(json.dumps(document))
    for command in (("sh", "-eu", "-c", shell[-1]), (sys.executable, "-c", python[-1])):
        bad = ran(*command)
        assert bad.returncode != 0
        assert "approved for this" not in bad.stdout

"""The server as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from sym.audit.events import Actor
from sym.store.database import Store
from sym.store.resources import save
from tests.runtime.commands.conftest import VARIABLES, Symflow


@contextmanager
def serving(symflow: Symflow, *options: str) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """A running ``symflow serve``, its URL and the lines it says."""
    environment = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    environment |= {key: value for key, value in symflow.environment.items() if value is not None}
    command = [sys.executable, "-c", "from sym.commands import main; main()", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines: list[str] = []
    ready = threading.Event()

    def listen() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            lines.append(line.rstrip("\n"))
            if line.startswith("listening on "):
                ready.set()
        ready.set()

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        assert ready.wait(60)
        url = next((line.removeprefix("listening on ") for line in lines if line.startswith("listening on ")), "")
        assert url, "\n".join(lines)
        yield process, url, lines
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(30)
        thread.join(30)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_once_it_says_so_and_stops_cleanly(symflow: Symflow, number: signal.Signals) -> None:
    with serving(symflow) as (process, url, lines):
        assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*", url)
        assert requests.get(f"{url}/healthz", timeout=10).status_code == 200
        assert requests.get(f"{url}/readyz", timeout=10).json() == {"status": "ready"}
        process.send_signal(number)
        assert process.wait(60) == 0, "\n".join(lines)
        assert process.stdout is not None
        assert process.stdout.read() == ""
        assert [line for line in lines if line.startswith("listening on ")] == [f"listening on {url}"]
        assert not any("Traceback" in line for line in lines)


def test_a_folder_of_keys_that_is_older_than_receipts_gets_the_key_for_them(symflow: Symflow) -> None:
    (old,) = (symflow.folder / "keys").glob("receipt-*")
    old.unlink()
    with serving(symflow) as (_, url, lines):
        (key,) = requests.get(f"{url}/api/v1/jwks.json", timeout=10).json()["keys"]
        assert key["alg"] == "EdDSA"
    (new,) = (symflow.folder / "keys").glob("receipt-*")
    assert new != old
    assert not any("receipt" in line for line in lines)


def test_where_the_key_of_receipts_cannot_be_written_there_are_none(
    symflow: Symflow, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # In this process: root writes to folders that are read-only.
    from sym import config
    from sym.commands import _server
    from sym.engine.keys import KeyDirectory
    from sym.errors import Unavailable

    next((symflow.folder / "keys").glob("receipt-*")).unlink()
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SYM_STORE_URL", str(symflow.environment["SYM_STORE_URL"]))

    def refuse(*_: Any) -> str:
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr(KeyDirectory, "add", refuse)
    _server._require_keys(config.load())
    assert "Approvals have no receipts" in capsys.readouterr().err
    next((symflow.folder / "keys").glob("token-*")).unlink()
    with pytest.raises(Unavailable, match="token key"):
        _server._require_keys(config.load())


def test_runs_go_through_it(symflow: Symflow, flow: str) -> None:
    symflow("bots", "create", "ci")
    token = symflow("tokens", "issue", "-u", "ci", "-e", "1h", "-n").stdout
    with serving(symflow) as (_, url, _lines):
        remote: dict[str, Any] = {"SYM_STORE_URL": None, "SYM_API_URL": url, "SYM_JWT": token}
        run_id = symflow("runs", "request", flow, "-i", "reason=INC-42", **remote).stdout.strip()
        assert "ci" in symflow("runs", "show", run_id, **remote).stdout
        assert run_id in symflow("runs", "list", **remote).stdout
        assert "flow_inputs.reason" in symflow("runs", "request", flow, code=1, **remote).stderr
        symflow("runs", "request", "other", code=4, **remote)
        symflow("runs", "show", "nothing", code=4, **remote)
        assert "token" in symflow("runs", "list", code=3, **{**remote, "SYM_JWT": token[:-4] + "AAAA"}).stderr
        symflow("runs", "list", code=3, **{**remote, "SYM_JWT": None})


TALKATIVE = """
import logging
from sym.sdk.annotations import hook, reducer
from sym.sdk.request_permission import PermissionLevel, RequestPermission

logging.getLogger("acme").info("loaded")

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)

@hook
def on_request(event):
    print("asked for", event.payload.fields["reason"])

@hook
def after_request(event):
    logging.warning("nobody was told")
    return {1, 2}
"""


def test_what_handlers_print_and_log_is_shown_with_the_run(symflow: Symflow, store: Store) -> None:
    now = datetime.now(UTC)
    with store.transaction() as conn:
        environment = save(conn, "environment", {"name": "prod"}, actor=Actor.SYSTEM, now=now).id
        field = {"name": "reason", "type": "string", "required": True}
        save(conn, "flow", {"name": "deploy", "environment_id": environment, "implementation": TALKATIVE,
                            "params": [{"prompt_field": [field]}]}, actor=Actor.SYSTEM, now=now)  # fmt: skip
    symflow("bots", "create", "ci", "--role", "admin")
    token = symflow("tokens", "issue", "-u", "ci", "-e", "1h", "-n").stdout.strip()
    with serving(symflow) as (_, url, _lines):
        remote: dict[str, Any] = {"SYM_STORE_URL": None, "SYM_API_URL": url, "SYM_JWT": token}
        run_id = symflow("runs", "request", "deploy", "-i", "reason=INC-42", **remote).stdout.strip()
        deadline = time.monotonic() + 60
        shown = ""
        while "nobody was told" not in shown and time.monotonic() < deadline:
            shown = symflow("runs", "show", run_id, "--trace", **remote).stdout
        printed = [line.strip() for line in shown.splitlines() if "printed:" in line]
        assert printed == ["printed: INFO acme: loaded", "printed: asked for INC-42", "printed: INFO acme: loaded",
                           "printed: INFO acme: loaded", "printed: WARNING root: nobody was told"]  # fmt: skip
        assert "after_request (impl.py" in shown
        known = {"Authorization": f"Bearer {token}"}
        answer = requests.get(f"{url}/api/v1/runs/{run_id}/trace", headers=known, timeout=10)
        steps = [step for phase in answer.json()["trace"] for step in phase["steps"]]
        assert [step["printed"].splitlines()[-1] for step in steps] == [
            "asked for INC-42", "INFO acme: loaded", "WARNING root: nobody was told",
        ]  # fmt: skip


def test_a_port_that_is_taken_is_said_to_be(symflow: Symflow) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"Cannot listen on 127.0.0.1:{port}" in symflow("serve", "--port", port, code=1).stderr


def test_an_address_nobody_has_is_said_to_be_wrong(symflow: Symflow) -> None:
    assert "Cannot listen" in symflow("serve", "--host", "256.0.0.1", "--port", "0", code=1).stderr


def test_without_usable_keys_it_does_not_start(symflow: Symflow) -> None:
    next((symflow.folder / "keys").glob("token-*")).chmod(0o644)
    assert "chmod 600" in symflow("serve", "--port", "0", code=1).stderr


def test_without_an_organization_it_does_not_start(bare: Symflow) -> None:
    bare("store", "migrate")
    assert "no organization" in bare("serve", "--port", "0", code=1).stderr


@pytest.mark.postgres
def test_a_postgresql_store_is_not_migrated_behind_ones_back(bare: Symflow, postgres_url: str) -> None:
    assert "symflow store migrate" in bare("serve", "--port", "0", code=1, SYM_STORE_URL=postgres_url).stderr


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_is_a_number(bare: Symflow, port: str) -> None:
    bare("serve", "--port", port, code=2)


def test_on_sqlite_one_process_does_everything(symflow: Symflow) -> None:
    refused = symflow("serve", "--port", "0", "--no-worker", code=1).stderr
    assert "On SQLite one process does everything" in refused
    assert "PostgreSQL" in refused

"""One sandbox for all tests here, a host that refuses what it was not told about, and an event."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sym.engine.sandbox.sandbox import Answer, Call, CallFailed, Limits, Sandbox
from sym.errors import AuthorCodeFailed
from sym.sdk.exceptions import SymException

MIB = 1024 * 1024
USER_ID = "00000000-0000-4000-8000-000000000001"
HEAD = "from sym.sdk.annotations import hook, prefetch, reducer\n"
"""The first line of every file that ``run`` makes; the body of the handler begins on line 4."""


class FakeHost:
    """Answers from ``secrets``, ``outputs`` and ``functions``; refuses the rest. ``asked`` lists what it was asked."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.outputs: dict[str | None, dict[str, Any]] = {}
        self.functions: dict[str, Callable[[dict[str, Any]], Any]] = {}
        self.asked: list[tuple[str, Any]] = []

    def secret(self, secret_id: str) -> str:
        self.asked.append(("secret", secret_id))
        if secret_id not in self.secrets:
            raise SymException("Secret", "NOT_DECLARED", f"The flow declares no secret {secret_id}.")
        return self.secrets[secret_id]

    def persist_identity(self, *, email: str, service: str, service_id: str, user_id: str) -> None:
        self.asked.append(("persist_identity", (email, service, service_id, user_id)))

    def step_output(self, step: str | None) -> dict[str, Any]:
        self.asked.append(("step_output", step))
        return self.outputs[step]

    def event_count(self, query: dict[str, Any]) -> int:
        self.asked.append(("event_count", query))
        return 7

    def call(self, module: str, function: str, arguments: dict[str, Any]) -> Any:
        self.asked.append((f"{module}.{function}", arguments))
        return self.functions[f"{module}.{function}"](arguments)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(memory_bytes=96 * MIB, file_bytes=MIB)) as shared:
        yield shared


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


@pytest.fixture
def run(sandbox: Sandbox, host: FakeHost) -> Callable[..., Answer]:
    """Run the body of an ``on_request`` hook whose event is ``e``; ``before`` comes ahead of it in the file."""

    def run_body(body: str, *arguments: Any, before: str = "", deadline: float = 20.0) -> Answer:
        code = textwrap.indent(textwrap.dedent(body).strip(), "    ")
        text = f"{HEAD}{before}@hook\ndef on_request(e):\n{code}\n"
        call = Call(source="impl.py", text=text, kind="hook", function="on_request",
                    arguments=list(arguments) or [None], deadline=deadline)  # fmt: skip
        return sandbox.call(call, host)

    return run_body


@pytest.fixture
def integration() -> dict[str, Any]:
    secret = {
        "$type": "secret", "id": "secret-1", "path": "/okta", "srn": "acme:secret:env:okta:latest", "settings": {},
        "source": {"srn": "acme:secrets:env:main:latest", "type": "env", "settings": {}},
    }  # fmt: skip
    return {
        "$type": "integration", "srn": "acme:integration:custom:ci:latest", "type": "custom", "external_id": "ci-1",
        "settings": {"url": "https://ci.example", "api_token_secret": secret, "secrets": [secret]},
    }  # fmt: skip


@pytest.fixture
def user() -> dict[str, Any]:
    return {
        "$type": "user", "id": USER_ID, "email": "ann@acme.example", "username": "ann@acme.example", "type": "normal",
        "first_name": "Ann", "last_name": "Lee", "role": "member",
        "identities": [{"service": "slack", "service_id": "T1", "user_id": "U1"}],
    }  # fmt: skip


@pytest.fixture
def event(integration: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    target = {
        "$type": "target", "srn": "acme:access_target:custom:prod:latest", "id": USER_ID, "label": "Prod",
        "name": "prod", "type": "custom", "settings": {"identifier": "p1"}, "field_bindings": [],
    }  # fmt: skip
    strategy = {
        "id": USER_ID, "type": "custom", "name": "ci", "label": None, "integration": integration, "targets": [target],
        "srn": "acme:access_strategy:custom:ci:latest", "settings": {}, "implementation": None,
    }  # fmt: skip
    flow = {
        "srn": "acme:flow:ci-access:1.0.0", "fields": {"reason": {"name": "reason", "type": "string"}},
        "vars": {"team": "infra"}, "strategy": strategy,
        "environment": {"srn": "acme:environment:prod:latest", "integrations": {"ci": integration}},
    }  # fmt: skip
    fields = {"reason": "deploy", "target": target, "target_id": USER_ID, "duration": 3600,
              "who": {"$type": "slack_user", "user_id": "U9", "username": None}}  # fmt: skip
    return {
        "$type": "event", "srn": "acme:event:approval:1.0.0:request", "name": "request",
        "template": "sym:template:approval:1.0.0", "flow": flow,
        "payload": {"timestamp": "2026-01-02T03:04:05+00:00", "fields": fields, "user": user,
                    "srn": "acme:event:approval:1.0.0:request"},
        "run": {"srn": "acme:run:ci-access:1.0.0:r1", "actors": {"request": user}, "contexts": {"request": None},
                "source_channel": {"type": "slack", "identifier": "#ops"}},
        "channel": {"type": "sdk", "identifier": None},
    }  # fmt: skip


@pytest.fixture
def fails(run: Callable[..., Answer]) -> Callable[..., CallFailed]:
    """Run a body as ``run`` does and return its failure. Whatever the call did, the next one must not notice."""

    def run_failing(body: str, **options: Any) -> CallFailed:
        with pytest.raises(AuthorCodeFailed) as caught:
            run(body, **options)
        assert isinstance(caught.value, CallFailed)
        assert run("return 'unharmed'").value == "unharmed"
        return caught.value

    return run_failing


@pytest.fixture
def call_of() -> Callable[..., Call]:
    """Make a call of an ``on_request`` hook from the one line of its body."""

    def made(body: str, deadline: float = 20.0) -> Call:
        text = f"{HEAD}@hook\ndef on_request(e):\n    {body}\n"
        return Call(source="impl.py", text=text, kind="hook", function="on_request", arguments=[None],
                    deadline=deadline)  # fmt: skip

    return made


@pytest.fixture
def wait_until_gone() -> Callable[[int], None]:
    """Wait for a process to be gone; fail if it stays."""

    def wait(pid: int) -> None:
        until = time.monotonic() + 5
        while Path(f"/proc/{pid}").exists():
            assert time.monotonic() < until, f"process {pid} is still there"
            time.sleep(0.01)

    return wait

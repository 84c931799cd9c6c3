"""What a warm call of authors' code costs beside the same call in this process: ``python -m bench.sandbox [--quick]``.

The two alternate, so that what else the machine does falls on both. Each row is the median, in milliseconds.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from sym.engine.sandbox.execution import run
from sym.engine.sandbox.sandbox import Call, Limits, Sandbox

_SRN = "acme:{}:1.0.0"
_USER = {
    "$type": "user", "id": "00000000-0000-4000-8000-000000000001", "email": "ann@acme.example", "role": "member",
    "username": "ann@acme.example", "type": "normal", "first_name": "Ann", "last_name": "Lee", "identities": [],
}  # fmt: skip
_EVENT = {
    "$type": "event", "srn": _SRN.format("event:approval") + ":request", "name": "request",
    "template": "sym:template:approval:1.0.0",
    "flow": {"srn": _SRN.format("flow:f"), "fields": {}, "vars": {}, "strategy": None,
             "environment": {"srn": "acme:environment:prod:latest", "integrations": {}}},
    "payload": {"timestamp": "2026-01-02T03:04:05+00:00", "fields": {"reason": "deploy"}, "user": _USER,
                "srn": _SRN.format("event:approval") + ":request"},
    "run": {"srn": _SRN.format("run:f") + ":r1", "actors": {"request": _USER}, "contexts": {"request": None},
            "source_channel": {"type": "sym", "identifier": None}},
    "channel": {"type": "sym", "identifier": None},
}  # fmt: skip
_INTEGRATION = {"$type": "integration", "srn": "acme:integration:custom:ci:latest", "type": "custom",
                "external_id": "ci", "settings": {}}  # fmt: skip
_HEAD = "from sym.sdk.annotations import hook, prefetch, reducer\n"
_REDUCER = """from sym.sdk.request_permission import PermissionLevel, RequestPermission
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)
"""
_STRATEGY = """from sym.sdk.strategies import AccessStrategy
class Mine(AccessStrategy):
    def fetch_remote_identity(self, user):
        return user.email
    def escalate(self, target_id, event):
        return {"who": event.user.email}
    def deescalate(self, target_id, event):
        return {}
"""

CALLS = {
    "hook that does nothing": Call(source="impl.py", text=f"{_HEAD}@hook\ndef on_request(event):\n    return None\n",
                                   kind="hook", function="on_request", arguments=[_EVENT]),
    "reducer get_permissions": Call(source="impl.py", text=_HEAD + _REDUCER, kind="reducer", function="get_permissions",
                                    arguments=[_EVENT]),
    "hook that prints 1,000 lines": Call(
        source="impl.py", text=f"{_HEAD}@hook\ndef on_request(event):\n    for n in range(1000): print(n)\n",
        kind="hook", function="on_request", arguments=[_EVENT]),
    "strategy escalate": Call(
        source="strategy.py", text=_STRATEGY, kind="strategy", function="escalate",
        arguments=[{"integration": _INTEGRATION, "target_id": "t", "event": _EVENT}]),
}  # fmt: skip
"""What is measured, by name."""


class _Nobody:
    """A host that answers nothing: none of these calls asks."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the code asked for {name}")


def measure(call: Call, sandbox: Sandbox, rounds: int) -> tuple[float, float]:
    """The medians of ``rounds`` calls in the sandbox and as many in this process, in milliseconds."""
    host: Any = _Nobody()
    document = {"filename": call.source, "text": call.text, "kind": call.kind, "function": call.function,
                "arguments": list(call.arguments)}  # fmt: skip
    outside, inside = [], []
    for _ in range(rounds):
        outside.append(_milliseconds(lambda: sandbox.call(call, host)))
        inside.append(_milliseconds(lambda: run(document)))
    return statistics.median(outside), statistics.median(inside)


def _milliseconds(what: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    what()
    return (time.perf_counter() - begun) * 1000


def main(rounds: int) -> None:
    """Print a row for every call, and one for the start of the sandbox."""
    with open("/dev/null", "w") as nowhere, Sandbox(Limits()) as sandbox:  # noqa: PTH123
        shown, sys.stdout = sys.stdout, nowhere
        try:
            rows = {name: measure(call, sandbox, rounds) for name, call in CALLS.items()}
        finally:
            sys.stdout = shown
    for name, (outside, inside) in rows.items():
        ratio = f"{outside / inside:.1f} times"
        print(f"{name:32} sandbox {outside:8.2f} ms   in process {inside:8.2f} ms   {ratio}")
    begun = time.perf_counter()
    with Sandbox(Limits()):
        print(f"{'start of the sandbox':32} {(time.perf_counter() - begun) * 1000:16.2f} ms")


if __name__ == "__main__":
    main(20 if "--quick" in sys.argv[1:] else 200)

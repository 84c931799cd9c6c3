"""A strict vendor of memberships with a ledger of its own, and the installed strategies that speak to it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sym.sdk.exceptions.access_strategy import AccessStrategyError, AlreadyGone, TryAgain
from sym.sdk.strategies import AccessStrategy, Operation

SHELF_ITEM = '''
"""A planted type of strategy."""
from sym.sdk.schema import attribute, schema
from tests.runtime.engine.membership import {base} as Strategy

integration = "custom"

@schema
class Settings:
    """None."""

@schema
class Target:
    """A group."""
    identifier: str = attribute("Its name.")

targets = {{"{name}": Target}}
multiple = frozenset()
'''


class Vendor:
    """Who is a member of what. It refuses what it does not know.

    ``behave`` holds what the next calls of a method do: ``refuse`` and ``throttle`` change nothing, ``lose`` takes
    effect and loses the answer, ``lie`` says it is done and does nothing. ``lag`` is for how many looks the ledger is
    shown as it was before the last change; ``work`` for how many polls a change is in progress. ``during`` is run once,
    in the middle of the next call of a method, before it takes effect; ``after add`` and ``after remove`` when it has.
    """

    def __init__(self) -> None:
        self.members: set[tuple[str, str]] = set()
        self.calls: list[str] = []
        self.behave: dict[str, list[str]] = {"add": [], "remove": []}
        self.during: dict[str, Callable[[], None]] = {}
        self.lag = self.work = 0
        self._shown: set[tuple[str, str]] | None = None
        self._looks = 0
        self._operations: dict[str, tuple[str, tuple[str, str], int]] = {}
        self._lock = threading.RLock()

    def add(self, who: str, group: str) -> Operation | None:
        return self._change("add", (who, group))

    def remove(self, who: str, group: str) -> Operation | None:
        return self._change("remove", (who, group))

    def has(self, who: str, group: str) -> bool:
        with self._lock:
            shown = self.members
            if self._shown is not None and self._looks > 0:
                self._looks -= 1
                shown = self._shown
            self.calls.append("look")
            return (who, group) in shown

    def poll(self, number: str) -> Operation | None:
        method, member, left = self._operations[number]
        self.calls.append("poll")
        if left > 0:
            self._operations[number] = (method, member, left - 1)
            return Operation(number)
        del self._operations[number]
        self._apply(method, member)
        return None

    def changes(self) -> list[str]:
        """The calls that were to change something."""
        return [call for call in self.calls if call in ("add", "remove")]

    def _change(self, method: str, member: tuple[str, str]) -> Operation | None:
        self.calls.append(method)
        if meanwhile := self.during.pop(method, None):
            meanwhile()
        with self._lock:
            how = self.behave[method].pop(0) if self.behave[method] else "well"
            if how == "refuse":
                raise AccessStrategyError("REFUSED", f"{method} is refused")
            if how == "throttle":
                raise TryAgain("too many requests")
            if how == "lie":
                return None
            if method == "remove" and member not in self.members:
                raise AlreadyGone()
            if self.work:
                number = f"op-{len(self.calls)}"
                self._operations[number] = (method, member, self.work - 1)
                return Operation(number)
            self._apply(method, member)
            if how == "lose":
                raise ConnectionError("the answer was lost")
        if afterwards := self.during.pop(f"after {method}", None):
            afterwards()
        return None

    def _apply(self, method: str, member: tuple[str, str]) -> None:
        self._shown, self._looks = set(self.members), self.lag
        (self.members.add if method == "add" else self.members.discard)(member)


VENDOR = Vendor()
"""The one that the planted strategies speak to; each test has it new."""


class Plain(AccessStrategy):
    """It can do no more than it must."""

    def fetch_remote_identity(self, user: Any) -> str:
        return str(user.email).split("@", maxsplit=1)[0]

    def escalate(self, target_id: str, event: Any) -> Any:
        return VENDOR.add(self.get_requester_identity(event), target_id)

    def deescalate(self, target_id: str, event: Any) -> Any:
        return VENDOR.remove(self.get_requester_identity(event), target_id)


class Full(Plain):
    """It can do everything."""

    def is_escalated(self, target_id: str, event: Any) -> bool:
        return VENDOR.has(self.get_requester_identity(event), target_id)

    def poll(self, operation: Operation, target_id: str, event: Any) -> Any:
        return VENDOR.poll(operation.id)

    def manual_instructions(self, target_id: str, event: Any) -> str:
        return f"Take {self.get_requester_identity(event)} off the list of {target_id}."


@contextmanager
def planted(folder: Path) -> Iterator[None]:
    """The types ``planted_full`` and ``planted_plain`` on the shelf of strategies."""
    package: ModuleType = __import__("sym.strategies", fromlist=["x"])
    for name, base in (("planted_full", "Full"), ("planted_plain", "Plain")):
        (folder / f"{name}.py").write_text(SHELF_ITEM.format(name=name, base=base))
    package.__path__.append(str(folder))
    VENDOR.__init__()  # type: ignore[misc]
    try:
        yield
    finally:
        package.__path__.remove(str(folder))
        for name in [name for name in sys.modules if name.startswith("sym.strategies.planted")]:
            del sys.modules[name]


def declare(engine: Any, kind: str = "planted_full", *, fields: Any = ()) -> None:
    """The flow ``flow``, whose strategy is of a planted type; only admins decide. No code of authors runs."""
    integration = engine.save("integration", "integration", {"type": "custom", "name": "door", "external_id": "acme"})
    targets = [
        engine.save("target", name, {"type": kind, "name": name, "label": name, "settings": {"identifier": group}})
        for name, group in (("readers", "r"), ("same", "r"), ("admins", "a"))
    ]
    document = {"type": kind, "name": "door", "targets": targets, "integration_id": integration}
    engine.ids["strategy"] = engine.save("strategy", "strategy", document)
    engine.executor._performer._pause = lambda seconds: None
    engine.flow("", fields=fields)


def granted(engine: Any, *, kind: str = "planted_full", target: str = "readers", **inputs: Any) -> str:
    """A run that was asked for by ada, approved and granted."""
    run_id = asked(engine, kind=kind, target=target, **inputs)
    engine.work()
    assert engine.run(run_id).status == "escalated", [event.error for event in engine.events(run_id)]
    return run_id


def asked(engine: Any, *, kind: str = "planted_full", target: str = "readers", **inputs: Any) -> str:
    """A run that was asked for by ada and approved; nothing has been done of that."""
    run_id = engine.request(target_srn=f"acme:access_target:{kind}:{target}:latest", **inputs).run_id
    engine.work()
    engine.act("root", "approve", run_id)
    return str(run_id)

"""The strategy before the fake vendor. Its text is a flow's own strategy (run in the sandbox), and is installed as a
strategy of the type ``crew`` (run in the worker)."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sym.sdk.event import Event
from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.strategies import AccessStrategy, Operation
from sym.sdk.user import User


class Strategy(AccessStrategy):
    """Membership of a group of the fake vendor."""

    def fetch_remote_identity(self, user: User) -> str | None:
        """Who the user is: the vendor knows people by e-mail address."""
        return user.email

    def escalate(self, target_id: str, event: Event) -> dict[str, Any] | Operation | None:
        """Join the group."""
        return self._change("PUT", target_id, event)

    def deescalate(self, target_id: str, event: Event) -> dict[str, Any] | Operation | None:
        """Leave the group."""
        return self._change("DELETE", target_id, event)

    def is_escalated(self, target_id: str, event: Event) -> bool:
        """Whether the vendor shows the membership."""
        status, _ = self._call("GET", self._path(target_id, event), event)
        return status == 200

    def poll(self, operation: Operation, target_id: str, event: Event) -> Operation:
        """How the vendor is getting on."""
        _, found = self._call("GET", f"/operations/{operation.id}", event)
        return Operation(id=operation.id, status=found["status"], data={}, message="the vendor gave up")

    def _path(self, target_id: str, event: Event) -> str:
        return f"/groups/{quote(target_id)}/members/{quote(self.get_requester_identity(event))}"

    def _change(self, method: str, target_id: str, event: Event) -> dict[str, Any] | Operation | None:
        path = self._path(target_id, event)
        self._pass(method)
        status, found = self._call(method, path, event)
        if status == 404:
            raise AlreadyGone
        return Operation(id=found["operation"]) if status == 202 else {"status": status}

    def _pass(self, method: str) -> None:
        """Wait while a test keeps the gate closed, right before the vendor is called."""
        gate = Path(self.integration.settings["folder"]) / f"{method}.closed"
        if gate.exists():
            gate.with_suffix(".reached").write_text(str(os.getpid()))
        while gate.exists():
            time.sleep(0.02)

    def _call(self, method: str, path: str, event: Event) -> tuple[int, dict[str, Any]]:
        settings = self.integration.settings
        headers = {"Authorization": f"Bearer {settings['token']}", "X-Run": str(event.run.srn.identifier)}
        request = urllib.request.Request(settings["url"] + path, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            found = json.loads(error.read() or b"{}")
            if error.code == 404 and found.get("error") == "not_a_member":
                return 404, found
            raise

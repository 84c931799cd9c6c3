"""A web service as strategies of the type ``http`` ask it, by what their page says."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from tests.fakes.services.server import Answer, Request, ServiceVendor, route

KEY = "key-that-requests-are-signed-with"
LONG_AGO = 300


class WebService(ServiceVendor):
    """Takes what is signed, by a clock that is the newest timestamp it has seen. ``steps`` is how often it says that it
    is still at work."""

    external_id = "vault"
    target = "safe"
    target_settings = {"room": "7"}
    secrets = {"key": KEY}

    def __init__(self) -> None:
        super().__init__()
        self.strategy_settings = {"url": "https://vault.example/access?v=1", "signing_secret": "key"}
        self.inside: set[str] = set()
        self.working: dict[str, int] = {}
        self.done: dict[str, dict[str, Any]] = {}
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.newest = 0
        self.steps = 0
        self.is_gone = self.cannot_tell = False
        self.answers: list[Answer] = []
        self._lagging: tuple[set[str], int] | None = None

    def has_access(self, identity: str, target: str) -> bool:
        return identity in self.inside and not self.is_gone

    def remove_target(self, target: str) -> None:
        self.is_gone = True

    def lag_next(self) -> None:
        self._lagging = (set(self.inside), 2)

    def refuse(self, request: Request) -> Answer | None:
        timestamp = request.headers.get("sym-timestamp", "0")
        self.newest = max(self.newest, int(timestamp))
        expected = hmac.new(KEY.encode(), f"v1:{timestamp}:".encode() + request.body, hashlib.sha256).hexdigest()
        fresh = int(timestamp) > self.newest - LONG_AGO
        if fresh and hmac.compare_digest(request.headers.get("sym-signature", ""), f"v1={expected}"):
            return None
        return 401, {"message": "the signature is wrong"}

    @route("POST", "/access")
    def access(self, request: Request) -> Answer:
        asked = request.json
        self.asked.append(asked)
        self.keys.append(request.headers.get("idempotency-key"))
        if self.answers:
            return self.answers.pop(0)
        return getattr(self, "_" + asked["action"])(asked)

    def _get_requester_identity(self, asked: dict[str, Any]) -> Answer:
        if self.cannot_tell:
            return 501, None
        return 200, {"user_id": f"who-is-{asked['requester']['username']}"}

    def _escalate(self, asked: dict[str, Any]) -> Answer:
        if self.is_gone:
            return 404, {"message": "no such room"}
        return self._begin(asked)

    def _deescalate(self, asked: dict[str, Any]) -> Answer:
        if self.is_gone or self._who(asked) not in self.inside:
            return 404, {"status": "already_gone"}
        return self._begin(asked)

    def _begin(self, asked: dict[str, Any]) -> Answer:
        number = f"op-{asked['action']}-{asked['event']['id']}"
        if self.working.setdefault(number, self.steps):
            self.working[number] -= 1
            return 200, {"status": "in_progress", "operation_id": number, "output": {"left": self.working[number]}}
        self._finish(asked["action"], self._who(asked))
        return 200, {"status": "succeeded", "output": {"room": asked["target"]["settings"]["room"]}}

    def _poll(self, asked: dict[str, Any]) -> Answer:
        number = asked["operation"]["id"]
        action = number.split("-")[1]
        return self._begin({**asked, "action": action, "event": {"id": number.split("-", 2)[2]}})

    def _finish(self, action: str, who: str) -> None:
        if action == "escalate":
            self.inside.add(who)
        else:
            self.inside.discard(who)

    def _is_escalated(self, asked: dict[str, Any]) -> Answer:
        if self.cannot_tell:
            return 501, None
        inside = self.inside
        if self._lagging:
            inside, left = self._lagging
            self._lagging = (inside, left - 1) if left > 1 else None
        return 200, {"escalated": self._who(asked) in inside and not self.is_gone}

    def _list_active(self, asked: dict[str, Any]) -> Answer:
        return 200, {"active": sorted(self.inside)}

    def _who(self, asked: dict[str, Any]) -> str:
        return asked["requester"]["identity"] or asked["requester"]["email"]

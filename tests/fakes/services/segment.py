"""Segment's HTTP Tracking API, as its page "HTTP API Source" describes it: the method ``batch``.

It answers 200 to everything but a request that is too large or no JSON (400), and one too many (429); also to a wrong
write key, whose calls are dropped.
"""

from __future__ import annotations

import base64
from typing import Any

from tests.fakes.services.server import Answer, Request, ServiceVendor, route

WRITE_KEY = "write-key-of-segment"
LARGEST_BATCH, LARGEST_CALL = 500 * 1024, 32 * 1024


class Segment(ServiceVendor):
    """One source: ``calls`` are those it keeps, each ``messageId`` once."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[dict[str, Any]] = []
        self.dropped = 0

    def has_access(self, identity: str, target: str) -> bool:
        """Nobody: it is no target."""
        return False

    @route("POST", "/v1/batch")
    def batch(self, request: Request) -> Answer:
        if len(request.body) > LARGEST_BATCH:
            return 400, {"success": False, "message": "Request too large"}
        for call in request.json["batch"]:
            known = {"type", "event", "messageId", "userId", "anonymousId", "timestamp", "properties", "context"}
            if set(call) - known or call["type"] != "track" or not (call.get("userId") or call.get("anonymousId")):
                self.wrong.append(f"no track call: {sorted(call)}")
        expected = "Basic " + base64.b64encode(f"{WRITE_KEY}:".encode()).decode()
        if request.headers.get("authorization") != expected:
            self.dropped += len(request.json["batch"])
            return 200, {"success": True}
        seen = {call["messageId"] for call in self.calls}
        self.calls += [call for call in request.json["batch"] if call["messageId"] not in seen]
        return 200, {"success": True}

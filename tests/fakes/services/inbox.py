"""Whoever takes log entries by POST: as the reference page of the log destination ``http`` says it is to be done."""

from __future__ import annotations

import hmac
import time
from typing import Any

from tests.fakes.services.server import Answer, Request, ServiceVendor, route

KEY = "key-of-the-inbox"
AUTHORIZATION = "Bearer token-of-the-inbox"


class Inbox(ServiceVendor):
    """Keeps what it is sent. ``is_signed`` says that it takes nothing without a good signature, of about ``now``."""

    def __init__(self, *, is_signed: bool = False) -> None:
        super().__init__()
        self.is_signed = is_signed
        self.now: float | None = None
        self.entries: list[dict[str, Any]] = []
        self.refused: set[str] = set()
        self.seconds = 0.0

    @property
    def ids(self) -> list[str]:
        return [entry["id"] for entry in self.entries]

    def has_access(self, identity: str, target: str) -> bool:
        """Nobody: it is no target."""
        return False

    def refuse(self, request: Request) -> Answer | None:
        headers = request.headers
        if headers.get("content-type") != "application/json" or headers.get("x-sym-entry") != request.json["id"]:
            return 400, {"error": "no entry"}
        if not self.is_signed:
            return None
        if headers.get("authorization") != AUTHORIZATION:
            return 401, {"error": "who are you?"}
        signature, timestamp = headers.get("x-sym-signature", ""), headers.get("x-sym-timestamp", "0")
        signed = b"v1:" + timestamp.encode() + b":" + request.body
        expected = "v1=" + hmac.new(KEY.encode(), signed, "sha256").hexdigest()
        is_fresh = abs((time.time() if self.now is None else self.now) - int(timestamp)) < 300
        return None if hmac.compare_digest(expected, signature) and is_fresh else (403, {"error": "bad signature"})

    @route("POST", "/entries")
    def take(self, request: Request) -> Answer:
        if self.seconds:
            time.sleep(self.seconds)
        if request.json["id"] in self.refused:
            return 422, {"error": "I do not like it"}
        self.entries.append(request.json)
        return 204, None

"""What is sent to the app, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode


class Undelivered(Exception):
    """The app did not take it: ``operation_timeout`` (not answered in time) or ``dispatch_failed`` (not reached, or
    answered with an error). ``details`` is for the log."""

    def __init__(self, code: str, details: str = "") -> None:
        super().__init__(f"{code}: {details}" if details else code)
        self.code, self.details = code, details


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One thing to send. ``what`` names it in the log; ``retry`` is the number of the attempt after the first, and
    why."""

    kind: Literal["interactive", "slash_commands", "events_api"]
    what: str
    team: str
    payload: Mapping[str, Any]
    retry: tuple[int, str] | None = None

    def as_http(self) -> tuple[str, bytes]:
        """The content type and body of the request."""
        if self.kind == "events_api":
            return "application/json", json.dumps(self.payload).encode()
        fields = {"payload": json.dumps(self.payload)} if self.kind == "interactive" else self.payload
        return "application/x-www-form-urlencoded", urlencode(fields).encode()

    def as_envelope(self, envelope_id: str) -> dict[str, Any]:
        """The envelope of Socket Mode."""
        retry = {"retry_attempt": self.retry[0], "retry_reason": self.retry[1]} if self.retry else {}
        first = {"retry_attempt": 0, "retry_reason": ""} if self.kind == "events_api" else {}
        return {
            "envelope_id": envelope_id, "type": self.kind, "accepts_response_payload": self.kind != "events_api",
            "payload": self.payload, **first, **retry,
        }  # fmt: skip

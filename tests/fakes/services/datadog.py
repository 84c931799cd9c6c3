"""Datadog's log intake, as its API reference describes it: "Send logs", ``POST /api/v2/logs``.

At most 1000 logs and 5 MB a request, 1 MB a log; 202 with an empty object, 400 for what is no array of logs, 403 for a
key that is not taken, 413 for too much, 429 for too often.
"""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.services.server import Answer, Request, ServiceVendor, route

API_KEY = "api-key-of-datadog"


class Datadog(ServiceVendor):
    """One organization: ``logs`` are those it took."""

    def __init__(self) -> None:
        super().__init__()
        self.logs: list[dict[str, Any]] = []

    def has_access(self, identity: str, target: str) -> bool:
        """Nobody: it is no target."""
        return False

    @property
    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(log["message"]) for log in self.logs]

    def refuse(self, request: Request) -> Answer | None:
        if request.headers.get("dd-api-key") == API_KEY:
            return None
        return 403, {"errors": [{"status": "403", "title": "Forbidden"}]}

    def throttled(self) -> Answer:
        return 429, {"errors": [{"status": "429", "title": "Too Many Requests"}]}

    @route("POST", "/api/v2/logs")
    def take(self, request: Request) -> Answer:
        logs = request.json
        if len(request.body) > 5_000_000 or len(logs) > 1000:
            return 413, {"errors": [{"status": "413", "title": "Request Entity Too Large"}]}
        for log in logs:
            if set(log) - {"ddsource", "ddtags", "hostname", "message", "service", "timestamp"} or "message" not in log:
                self.wrong.append(f"no log: {sorted(log)}")
            if len(json.dumps(log)) > 1_000_000:
                return 413, {"errors": [{"status": "413", "title": "Request Entity Too Large"}]}
        self.logs += logs
        return 202, {}

"""Sym's API as far as CI jobs use it, with troubles of its own; and GitHub's issuer of tokens for jobs.

It refuses what it does not know: other paths, bodies of another shape, tokens it has not given out.
"""

from __future__ import annotations

import uuid
from typing import Any

from tests.fakes.services.server import Answer, Request, ServiceVendor, route

TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJjaSJ9.c2lnbmF0dXJlX29mX2NpXw"
EXCHANGED = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJleCJ9.ZXhjaGFuZ2VkX3Rva2Vu"
IDENTITY = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOmFjbWUvYXBwIn0.c2lnbmVkX2J5X2dpdGh1Yg"
REQUEST_TOKEN = "the-runners-own"
GRANT = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
}
OPEN = ("/api/v1/tokens/exchange", "/oidc")


class SymApi(ServiceVendor):
    """``asked`` are the bodies of requests; ``statuses`` are given one after the other, and then the last for ever.
    ``runs`` are more of a run at each look, then it is ``run``."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, Any]] = []
        self.idempotency: list[str] = []
        self.audiences: list[str] = []
        self.run: dict[str, Any] = {}
        self.runs: list[dict[str, Any]] = []
        self.statuses = ["approved"]
        self.event_states = ["success"]
        self.retry_after: str | None = "0"
        self.is_replayed = False

    def has_access(self, identity: str, target: str) -> bool:
        """Nobody: it grants nothing."""
        return False

    def answer(self, request: Request) -> tuple[Answer | None, bool]:
        if request.method == "POST" and request.path != OPEN[0]:
            self.idempotency.append(request.headers.get("idempotency-key", ""))
        return super().answer(request)

    def refuse(self, request: Request) -> Answer | None:
        given = request.headers.get("authorization", "")
        if request.path in OPEN or given in (f"Bearer {TOKEN}", f"Bearer {EXCHANGED}"):
            return None
        return self._error(401, "Auth:INVALID_TOKEN", "The token is not valid.")

    def throttled(self) -> Answer:
        return 429, {"error": True}, {"Retry-After": self.retry_after} if self.retry_after is not None else {}

    def failed(self, status: int) -> Answer:
        return self._error(status, "API:INTERNAL", "It was failed on purpose.")

    def _error(self, status: int, code: str, message: str) -> Answer:
        return status, {"error": True, "message": message, "errors": [], "code": code, "status_code": status}

    @route("POST", "/api/v1/events/request")
    def request(self, request: Request) -> Answer:
        body = request.json
        if {"flow_srn", "flow_inputs"} - body.keys() or body.keys() - {
            "flow_srn", "flow_inputs", "context", "user_email", "user_id",
        }:  # fmt: skip
            self.wrong.append(f"no request: {sorted(body)}")
        self.asked.append(body)
        return 200, {"run_id": str(uuid.uuid4()), "event_id": str(uuid.uuid4()), "request_body": body}

    @route("POST", "/api/v1/events/deescalate")
    def deescalate(self, request: Request) -> Answer:
        if set(request.json) != {"run_id"}:
            self.wrong.append(f"no end of access: {request.json}")
        return 200, {"event_id": str(uuid.uuid4()), "request_body": request.json}

    @route("GET", "/api/v1/runs/{run_id}")
    def get_run(self, request: Request, run_id: str) -> Answer:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        more = self.runs.pop(0) if self.runs else self.run
        return 200, {"run_id": run_id, "status": status, **more}

    @route("GET", "/api/v1/events/{event_id}")
    def get_event(self, request: Request, event_id: str) -> Answer:
        state = self.event_states.pop(0) if len(self.event_states) > 1 else self.event_states[0]
        error = {"error": "The hook said no."} if state == "error" else {}
        return 200, {"run_id": str(uuid.uuid4()), "name": "request", "status": state, **error}

    @route("POST", "/api/v1/tokens/exchange")
    def exchange(self, request: Request) -> Answer:
        if "authorization" in request.headers or request.json != {**GRANT, "subject_token": IDENTITY}:
            self.wrong.append(f"no exchange: {request.json}")
        if self.is_replayed:
            return self._error(401, "Auth:INVALID_TOKEN", "This token was exchanged before.")
        return 200, {"access_token": EXCHANGED, "expires_in": 900, "token_type": "Bearer",
                     "issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}  # fmt: skip

    @route("GET", "/oidc")
    def identity(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {REQUEST_TOKEN}" or request.query.get("api-version") != "2":
            self.wrong.append("no request of GitHub's runner")
        self.audiences.append(request.query.get("audience", ""))
        return 200, {"count": 1234, "value": IDENTITY}

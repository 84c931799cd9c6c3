"""``Idempotency-Key``: a POST that is sent again, because nobody heard the answer, is not done again.

A key belongs to the user whose token came with it. Within 24 hours the same request with the same key gets the first
answer again, with the header ``Idempotent-Replayed: true``; another request with that key is refused with 409, and so
is the same one while the first is being worked on (that is worth another try). An answer of 500 or more frees the key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from sym.api.auth import Caller
from sym.errors import Conflict, Invalid
from sym.store import idempotency as claims
from sym.store.database import Connection, Store

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
# Shown once, and never stored: an answer with one of these can be had only once.
_SECRETS = frozenset({"token", "access_token", "refresh_token", "id_token", "secret"})
_ECHO = "request_body"


class Once:
    """A request that is to be done once: ``document`` is its body."""

    def __init__(self, store: Store, clock: Callable[[], datetime], claim: claims.Claim, document: Any) -> None:
        self._store = store
        self._clock = clock
        self._claim = claim
        self._document = document

    def begin(self) -> Response | None:
        """Claim the key. None: go on; else the answer, which was given before. Raises Conflict when the key stands for
        another request, or is being worked on."""
        with self._store.transaction() as conn:
            held = claims.claim(conn, self._claim)
        if held is None:
            return None
        if held.request != self._claim.request:
            raise Conflict("This Idempotency-Key was sent with another request.",
                           hint="Use a new key for a new request.", code="Idempotency:KEY_REUSED")  # fmt: skip
        if held.response is None:
            raise Conflict("The same request is being worked on.", hint="Try again in a moment.",
                           code="Idempotency:IN_PROGRESS")  # fmt: skip
        return self._again(held.response)

    def keep(self, conn: Connection, body: dict[str, Any]) -> None:
        """Write down that the answer is 200 with ``body``, in the transaction of ``conn``: both are committed, or
        neither. The echo of what was asked for is left out. Raises Conflict if somebody else has taken the request
        over, because this took too long."""
        claims.finish(conn, self._claim, {"status": 200, "body": json.dumps(body), "echoes": True})

    def end(self, response: Response) -> None:
        """Write down an answer, or free the key if it is none that should be given again. What was kept stays."""
        content = getattr(response, "body", b"")
        is_final = response.status_code < 500 and not _is_retryable(response)
        with self._store.transaction() as conn:
            if is_final and content:
                held = claims.find(conn, self._claim.user_id, self._claim.key)
                if held is not None and held.response is None and held.created_at == self._claim.created_at:
                    claims.finish(conn, self._claim, _kept(response.status_code, json.loads(content)))
            else:
                claims.give_back(conn, self._claim)

    def give_up(self) -> None:
        """Free the key: nothing came of the request. What was kept stays."""
        with self._store.transaction() as conn:
            claims.give_back(conn, self._claim)

    def _again(self, kept: dict[str, Any]) -> Response:
        body = kept.get("body")
        if body is None:
            raise Conflict("This was done already, and its answer is shown only once.",
                           hint="Revoke what it made, and ask anew with another key.",
                           code="Idempotency:SHOWN_ONCE")  # fmt: skip
        document = json.loads(body)
        if kept.get("echoes"):
            document[_ECHO] = self._document
        return JSONResponse(document, status_code=kept["status"], headers={REPLAYED: "true"})


def once_of(request: Request, caller: Caller, document: Any) -> Once | None:
    """What the request's ``Idempotency-Key`` asks for, None without one. Raises Invalid for a header that is no key."""
    given = request.headers.getlist(HEADER)
    if not given:
        return None
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        raise Invalid("An Idempotency-Key has 1 to 255 visible characters of ASCII, such as a UUID.",
                      path=HEADER, code="Idempotency:INVALID_KEY")  # fmt: skip
    services = request.app.state.services
    asked = json.dumps([request.method, request.url.path, request.url.query, document], sort_keys=True)
    claim = claims.claim_of(caller.user.id, _digest(given[0]), _digest(asked), now=services.clock())
    return Once(services.store, services.clock, claim, document)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _kept(status: int, body: Any) -> dict[str, Any]:
    """An answer as it is stored: as text, because PostgreSQL does not keep the order of keys."""
    if not isinstance(body, dict):
        return {"status": status, "body": json.dumps(body)}
    if status < 400 and not _SECRETS.isdisjoint(body):
        return {"status": status, "body": None}
    left = {key: value for key, value in body.items() if key != _ECHO}
    return {"status": status, "body": json.dumps(left), "echoes": len(left) < len(body)}


def _is_retryable(response: Response) -> bool:
    return "retry-after" in response.headers


async def _once(request: Request) -> Once | None:
    once: Once | None = getattr(request.state, "once", None)
    return once


UsedOnce = Annotated[Once | None, Depends(_once)]
"""What a route that commits something tells its answer, in the same transaction (:meth:`Once.keep`)."""

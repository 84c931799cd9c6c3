"""Who may call what: a row for every endpoint, and an answer for everybody.

A route that is new needs a row; the test that finds it missing prints one with what the server answers now. Check each
answer before you put it here: the row is the decision, not the server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.contracts.api.office import CALLERS, STRANGERS

KNOWN = tuple(name for name in CALLERS if name not in STRANGERS)
"""Those with a good token, in the order of the answers: guest, member, requester_bot, member_bot, admin_bot, admin."""


@dataclass(frozen=True)
class Row:
    """``answers`` are the statuses for :data:`KNOWN`; everybody else gets 401. ``is_open`` routes need no token: they
    have one answer for all. ``run`` is which run of ann's is meant, ``places`` what else stands in the path."""

    answers: str
    body: Mapping[str, Any] | None = None
    run: str = "open"
    places: Mapping[str, str] | None = None
    query: str = ""
    is_open: bool = False

    def expected(self) -> dict[str, int]:
        """The status for everybody."""
        answers = [int(text) for text in self.answers.split()]
        if self.is_open:
            return dict.fromkeys(CALLERS, *answers)
        return {**dict.fromkeys(STRANGERS, 401), **dict(zip(KNOWN, answers, strict=True))}


def admins(status: int = 200, **more: Any) -> Row:
    """For admins alone, who get ``status``."""
    return Row(f"403 403 403 403 {status} {status}", **more)


def everybody(status: int = 200, **more: Any) -> Row:
    """For whoever has a good token."""
    return Row(" ".join([str(status)] * len(KNOWN)), **more)


def public(status: int = 200, **more: Any) -> Row:
    """For whoever asks."""
    return Row(str(status), is_open=True, **more)


REQUEST = {"flow_srn": "acme:flow:deploy:latest", "flow_inputs": {"reason": "INC-42"}}
RUN = {"run_id": "{run_id}"}

# What follows the route after a space is which of its cases is meant.
ROWS: dict[str, Row] = {
    "GET /healthz": public(),
    "GET /readyz": public(),
    "GET /metrics": public(404),
    "GET /api/v1/version": everybody(),
    # Guests never ask. Others only for themselves, unless they are bots or admins.
    "POST /api/v1/events/request": Row("403 200 200 200 200 200", REQUEST),
    "POST /api/v1/events/request for somebody else": Row(
        "403 403 200 200 200 200", {**REQUEST, "user_email": "ann@acme.example"}
    ),
    "POST /api/v1/events/request for somebody unknown": Row(
        "403 403 400 400 400 400", {**REQUEST, "user_email": "nobody@acme.example"}
    ),
    # The flow lets members decide.
    "POST /api/v1/events/approve": Row("403 200 403 200 200 200", RUN),
    "POST /api/v1/events/approve without the hook": admins(200, body={**RUN, "override": True}),
    "POST /api/v1/events/deny": Row("403 200 403 200 200 200", RUN),
    "POST /api/v1/events/extend": Row("403 409 403 409 409 409", {**RUN, "duration": 600}, run="granted"),
    "POST /api/v1/events/deescalate": admins(200, body=RUN, run="granted"),
    "POST /api/v1/events/deescalate what is not granted": admins(400, body=RUN),
    "POST /api/v1/events/retry": admins(200, body=RUN, run="failed"),
    "POST /api/v1/events/remove": admins(409, body={**RUN, "reason": "by hand"}, run="granted"),
    # ann's run is to be seen by admins and bots, and by those who may decide on it.
    "GET /api/v1/events/{event_id}": Row("404 200 200 200 200 200"),
    "GET /api/v1/runs/{run_id}": Row("404 200 200 200 200 200"),
    "GET /api/v1/runs/{run_id}/trace": Row("404 200 200 200 200 200"),
    "GET /api/v1/runs/{run_id}/audit": Row("404 403 403 403 200 200"),
    "GET /api/v1/runs": everybody(),
    "GET /api/v1/runs of somebody else": Row("403 403 200 200 200 200", query="?requester=ann@acme.example"),
    "GET /api/v1/runs of somebody unknown": Row("403 403 200 200 200 200", query="?requester=nobody@acme.example"),
    "GET /api/v1/leases": everybody(),
    "GET /api/v1/leases of somebody else": admins(query="?user=ann@acme.example"),
    "GET /api/v1/leases of somebody unknown": admins(query="?user=nobody@acme.example"),
    "GET /api/v1/audit": admins(),
    "GET /api/v1/drift": admins(),
}


def row_of_entities(method: str, path: str) -> Row:
    """Resources are for admins, whatever they are; bodies and ids here are of none."""
    is_list = not path.endswith("}")
    status = {"GET": 200 if is_list else 404, "POST": 400, "PATCH": 404, "DELETE": 404}[method]
    is_single = path.endswith("/flows-filter")
    return admins(404 if is_single and method != "POST" else status, body={} if method in ("POST", "PATCH") else None)


def rows_of(method: str, path: str) -> dict[str, Row]:
    """The rows of a route by their names; none: it is not in the table."""
    route = f"{method} {path}"
    if path.startswith("/api/v1/entities/"):
        return {route: row_of_entities(method, path)}
    return {name: row for name, row in ROWS.items() if route_of(name) == route}


def route_of(name: str) -> str:
    """The route a row is about."""
    return " ".join(name.split(" ")[:2])

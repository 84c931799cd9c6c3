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
    have one answer for all. ``run`` is which run of ann's is meant, ``places`` what else stands in the path:
    ids and names of what is there already stand there without being named (``Office.places``)."""

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
UNKNOWN = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
OKTA = {"service_type": "okta", "external_id": "acme.okta.com"}
IN_OLD_OKTA = "?service_type=okta&external_id=old.okta.com"
TRUST = {"bot": "ci", "issuer": "https://token.actions.githubusercontent.com", "audience": "https://sym.acme.example",
         "claims": {"repository": "acme/app"}}  # fmt: skip

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
    # People. Only admins hear of others; for everybody else it is all the same who there is.
    "GET /api/v1/users": admins(),
    "POST /api/v1/users": Row("403 403 403 403 200 409", {"email": "new@acme.example"}),
    "POST /api/v1/users/import": admins(body={"rows": [], "dry_run": True}),
    "POST /api/v1/users/import without the admins": admins(409, body={"rows": [], "missing": "delete"}),
    "GET /api/v1/users/me": everybody(),
    "GET /api/v1/users/{user_id}": admins(),
    "GET /api/v1/users/{user_id} unknown": admins(404, places={"user_id": UNKNOWN}),
    "PATCH /api/v1/users/{user_id}": admins(body={"role": "guest"}),
    "PATCH /api/v1/users/{user_id} unknown": admins(404, body={"role": "admin"}, places={"user_id": UNKNOWN}),
    "GET /api/v1/users/{user_id}/identities": admins(),
    "PUT /api/v1/users/{user_id}/identities": admins(body={**OKTA, "user_id": "00u1"}),
    "DELETE /api/v1/users/{user_id}/identities": Row("403 403 403 403 200 404", query=IN_OLD_OKTA),
    "DELETE /api/v1/users/{user_id}": admins(places={"user_id": "{leaver}"}),
    "DELETE /api/v1/users/{user_id} unknown": admins(404, places={"user_id": UNKNOWN}),
    # Bots are made and given their tokens by admins.
    "GET /api/v1/bots": admins(),
    "POST /api/v1/bots": Row("403 403 403 403 200 409", {"name": "new"}),
    "GET /api/v1/bots/{name}": admins(),
    "GET /api/v1/bots/{name} unknown": admins(404, places={"name": "nothing"}),
    "PATCH /api/v1/bots/{name}": admins(body={"role": "member"}),
    "GET /api/v1/bots/{name}/identities": admins(),
    "PUT /api/v1/bots/{name}/identities": admins(body={**OKTA, "user_id": "00u2"}),
    "DELETE /api/v1/bots/{name}/identities": Row("403 403 403 403 200 404", query=IN_OLD_OKTA),
    "DELETE /api/v1/bots/{name}": admins(places={"name": "old_bot"}),
    # A token that speaks for somebody else's account is given to nobody, and a bot's only by admins.
    "POST /api/v1/tokens": admins(body={"username": "ci", "expiry": "1d"}),
    "POST /api/v1/tokens for another person": admins(403, body={"username": "ann@acme.example", "expiry": "1d"}),
    "GET /api/v1/tokens": admins(),
    "GET /api/v1/tokens of one's own": everybody(query="?mine=true"),
    # Everybody sees and revokes their own; whether there is somebody else's is not said.
    "GET /api/v1/tokens/{jti}": admins(),
    "GET /api/v1/tokens/{jti} unknown": admins(404, places={"jti": UNKNOWN}),
    "DELETE /api/v1/tokens/{jti}": admins(),
    "DELETE /api/v1/tokens/{jti} unknown": admins(404, places={"jti": UNKNOWN}),
    "GET /api/v1/domains": admins(),
    "POST /api/v1/domains": Row("403 403 403 403 200 409", {"domain": "other.example"}),
    "DELETE /api/v1/domains/{name}": Row("403 403 403 403 200 404", places={"name": "old.example"}),
    "GET /api/v1/services": admins(),
    "PATCH /api/v1/services/{service_type}/{external_id}": admins(body={"label": "Ours"}),
    "DELETE /api/v1/services/{service_type}/{external_id}": Row(
        "403 403 403 403 200 404", places={"service_type": "github", "external_id": "old"}
    ),
    "GET /api/v1/organization": admins(),
    "GET /api/v1/trust": admins(),
    "POST /api/v1/trust": admins(body=TRUST),
    "POST /api/v1/trust in strangers": admins(400, body={**TRUST, "claims": {"ref": "refs/heads/main"}}),
    "DELETE /api/v1/trust/{trust_id}": Row("403 403 403 403 200 404"),
    # Whoever has no token yet: what they bring is looked at, and says nothing about who there is.
    "GET /api/v1/login": public(404),
    "POST /api/v1/login": public(404, body={"id_token": "x"}),
    "POST /api/v1/login with anything": public(400, body={}),
    "POST /api/v1/tokens/exchange": public(401, body={"subject_token": "x"}),
    "POST /api/v1/tokens/exchange of anything": public(400, body={}),
    "GET /api/v1/jwks.json": public(),
    # Only sessions are logged out of; the tokens here were issued by hand.
    "DELETE /api/v1/login": everybody(403),
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

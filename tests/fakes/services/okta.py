"""Okta, as far as groups go: its groups API and its users API, held against Okta's own description."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.fakes.services.described import Description
from tests.fakes.services.server import Answer, Request, ServiceVendor, route

TOKEN = "00-token-of-okta"


class Okta(ServiceVendor):
    """One organization. People have the id ``00u`` and their login, groups theirs."""

    external_id = "acme.okta.com"
    settings = {"api_token_secret": "token"}
    secrets = {"token": TOKEN}
    target_settings = {"group_id": "00g1"}

    def __init__(self) -> None:
        super().__init__()
        self.description = Description("okta", "https://acme.okta.com")
        self.users = {f"00u-{name}": {"login": f"{name}@example.com", "email": f"{name}@example.com"}
                      for name in ("requester", "approver", "ada")}  # fmt: skip
        self.groups: dict[str, set[str]] = {"00g1": set(), "00g2": set()}
        self.names: dict[str, tuple[str, str]] = {}
        self.page = 200
        self._lagging: tuple[set[str], int] | None = None

    def has_access(self, identity: str, target: str) -> bool:
        return identity in self.groups.get("00g1", set())

    def remove_target(self, target: str) -> None:
        del self.groups["00g1"]

    def lag_next(self) -> None:
        self._lagging = (set(self.groups["00g1"]), 2)

    def lose(self, email: str) -> None:
        """Know nobody by this address any more."""
        self.users = {user_id: profile for user_id, profile in self.users.items() if profile["email"] != email}

    def hidden(self) -> list[str]:
        """Every credential there is."""
        return [TOKEN]

    def failed(self, status: int) -> Answer:
        return status, _error("E0000006", f"failed with {status}")

    def refuse(self, request: Request) -> Answer | None:
        if request.headers.get("authorization") == f"SSWS {TOKEN}":
            return None
        return 401, _error("E0000011", "Invalid token provided")

    def throttled(self) -> Answer:
        return 429, _error("E0000047", "API call exceeded rate limit due to too many requests."), {"Retry-After": "0"}

    @route("PUT", "/api/v1/groups/{group}/users/{user}")
    def join(self, request: Request, group: str, user: str) -> Answer:
        if missing := self._missing(group, user):
            return missing
        self.groups[group].add(user)
        return 204, None

    @route("DELETE", "/api/v1/groups/{group}/users/{user}")
    def leave(self, request: Request, group: str, user: str) -> Answer:
        if missing := self._missing(group, user):
            return missing
        self.groups[group].discard(user)
        return 204, None

    @route("GET", "/api/v1/users/{login}")
    def user(self, request: Request, login: str) -> Answer:
        for user_id, profile in self.users.items():
            if login in (user_id, profile["login"]):
                return 200, self._user(user_id)
        return 404, _error("E0000007", f"Not found: Resource not found: {login} (User)")

    @route("GET", "/api/v1/users")
    def search(self, request: Request) -> Answer:
        wanted = request.query.get("search", "")
        found = [self._user(key) for key, profile in self.users.items()
                 if wanted == f'profile.email eq "{profile["email"]}"']  # fmt: skip
        return 200, found

    @route("GET", "/api/v1/users/{user}/groups")
    def groups_of(self, request: Request, user: str) -> Answer:
        if user not in self.users:
            return 404, _error("E0000007", f"Not found: Resource not found: {user} (User)")
        return 200, [self._group(name) for name in self.groups if user in self._shown(name)]

    @route("GET", "/api/v1/groups/{group}/users")
    def members(self, request: Request, group: str) -> Answer:
        if group not in self.groups:
            return 404, _error("E0000007", f"Not found: Resource not found: {group} (UserGroup)")
        return 200, [self._user(user_id) for user_id in sorted(self._shown(group))]

    @route("GET", "/api/v1/groups/{group}")
    def group(self, request: Request, group: str) -> Answer:
        if group not in self.groups:
            return 404, _error("E0000007", f"Not found: Resource not found: {group} (UserGroup)")
        return 200, self._group(group)

    @route("GET", "/api/v1/groups")
    def list_groups(self, request: Request) -> Answer:
        wanted = request.query.get("filter")
        if wanted is not None and wanted not in {f'type eq "{kind}"' for kind in ("OKTA_GROUP", "APP_GROUP")}:
            return 400, _error("E0000031", f"Invalid search criteria: {wanted}")
        found = [self._group(name) for name in self.groups]
        found = [item for item in found if wanted is None or item["type"] in wanted]
        if "stats" in request.query.get("expand", ""):
            found = [{**item, "_embedded": {"stats": {"usersCount": len(self.groups[item["id"]])}}} for item in found]
        first = int(request.query.get("after", 0))
        more = {}
        if len(found) > first + self.page:
            rest = f"{request.path}?after={first + self.page}" + (f"&filter={quote(wanted)}" if wanted else "")
            more["Link"] = f'<https://acme.okta.com{rest}>; rel="next"'
        return 200, found[first : first + self.page], more

    def _hold(self, request: Request, given: Answer) -> None:
        """That a filter is refused is among "Okta error codes", and not with the operation."""
        super()._hold(request, given)
        self.wrong = [item for item in self.wrong if item != "GET /api/v1/groups: Unknown response http status: 400"]

    def _group(self, name: str) -> dict[str, Any]:
        shown, kind = self.names.get(name, (name, "OKTA_GROUP"))
        return {"id": name, "type": kind, "profile": {"name": shown}}

    def _shown(self, group: str) -> set[str]:
        if self._lagging and group == "00g1":
            old, left = self._lagging
            self._lagging = (old, left - 1) if left > 1 else None
            return old
        return self.groups[group]

    def _missing(self, group: str, user: str) -> Answer | None:
        for name, known, kind in ((group, self.groups, "UserGroup"), (user, self.users, "User")):
            if name not in known:
                return 404, _error("E0000007", f"Not found: Resource not found: {name} ({kind})")
        return None

    def _user(self, user_id: str) -> dict[str, Any]:
        return {"id": user_id, "status": "ACTIVE", "profile": dict(self.users[user_id])}


def _error(code: str, summary: str) -> dict[str, Any]:
    return {"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": "oae1", "errorCauses": []}

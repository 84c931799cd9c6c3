"""Boundary's controller API, as its documentation has it: "Auth Method Service" (``authenticate``), "Group Service"
(list, read, ``add-members``, ``remove-members``, each with the version it is made to) and "User Service" (list)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sym.integrations import _tokens
from tests.fakes.services.server import Answer, Request, ServiceVendor, question, route

METHOD = "ampw_1234567890"
PASSWORD = "password-of-sym-in-boundary"
GROUP = "g_1234567890"


class Boundary(ServiceVendor):
    """One cluster, with an org scope in the global one. ``before_change`` is called once, before the next change is
    looked at: somebody else's moment; ``stale`` is the status that a change to an old version gets."""

    external_id = "https://boundary.example.com"
    settings = {"auth_method_id": METHOD, "login_name": "sym", "password_secret": "password"}
    secrets = {"password": PASSWORD}
    target_settings = {"group_id": GROUP}
    stale = 500

    def __init__(self) -> None:
        super().__init__()
        _tokens.forget()
        self.users = {
            "u_ada": {"scope_id": "global", "login_name": "ada", "email": "Ada@example.com"},
            "u_approver": {"scope_id": "o_1", "login_name": "approver@example.com", "email": ""},
            "u_requester": {"scope_id": "o_1", "login_name": "req", "email": "requester@example.com"},
            "u_bare": {"scope_id": "o_1"},
        }
        self.groups: dict[str, dict[str, Any]] = {}
        for key, scope in ((GROUP, "global"), ("g_2", "o_1"), ("g_3", "global"), ("g_4", "global")):
            self.groups[key] = {"id": key, "scope_id": scope, "name": key, "version": 1, "member_ids": []}
        self.tokens: list[str] = []
        self.before_change: Callable[[], object] | None = None
        self._lagging: tuple[list[str], int] | None = None

    def hidden(self) -> list[str]:
        return [PASSWORD, *self.tokens]

    def lose(self, email: str) -> None:
        self.users = {key: user for key, user in self.users.items() if user.get("email") != email}

    def has_access(self, identity: str, target: str) -> bool:
        return GROUP in self.groups and identity in self.groups[GROUP]["member_ids"]

    def remove_target(self, target: str) -> None:
        del self.groups[GROUP]

    def lag_next(self) -> None:
        self._lagging = (list(self.groups[GROUP]["member_ids"]), 3)

    def somebody_changes(self) -> None:
        """Another change to the group, of another member."""
        group = self.groups[GROUP]
        group["version"] += 1
        group["member_ids"] = [*group["member_ids"], f"u_other{group['version']}"]

    def throttled(self) -> Answer:
        return 429, _error("ResourceExhausted", "Too many requests."), {"Retry-After": "0"}

    def refuse(self, request: Request) -> Answer | None:
        if request.path.endswith(":authenticate"):
            return None
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, _error("Unauthenticated", "Unauthenticated, or invalid token.")
        return None

    @question
    @route("POST", "/v1/auth-methods/{method}:authenticate")
    def authenticate(self, request: Request, method: str) -> Answer:
        asked = request.json
        assert asked["command"] == "login"
        if method != METHOD or asked["attributes"] != {"login_name": "sym", "password": PASSWORD}:
            return 401, _error("Unauthenticated", "Unable to authenticate.")
        self.tokens.append(f"at_1234567890_token-{len(self.tokens)}")
        attributes = {"id": "at_1234567890", "token": self.tokens[-1], "user_id": "u_sym", "auth_method_id": METHOD}
        return 200, {"attributes": attributes, "command": "login", "type": "token"}

    @route("GET", "/v1/users")
    def list_users(self, request: Request) -> Answer:
        found = [{"id": key, "version": 1, **user} for key, user in self.users.items()]
        return _page(request, found)

    @route("GET", "/v1/groups")
    def list_groups(self, request: Request) -> Answer:
        if request.query.get("filter") == "(":
            return 400, _error("InvalidArgument", "This request contains an invalid filter.")
        # Lists do not have the members.
        found = [{name: value for name, value in group.items() if name != "member_ids"}
                 for group in self.groups.values()]  # fmt: skip
        if wanted := request.query.get("filter"):
            found = [group for group in found if wanted == f'"/item/name" == "{group["name"]}"']
        return _page(request, found)

    @route("GET", "/v1/groups/{group}")
    def read_group(self, request: Request, group: str) -> Answer:
        if group not in self.groups:
            return 404, _error("NotFound", "Resource not found.")
        found = dict(self.groups[group])
        if self._lagging and group == GROUP:
            found["member_ids"], left = self._lagging
            self._lagging = (found["member_ids"], left - 1) if left > 1 else None
        return 200, {key: value for key, value in found.items() if value != []}

    @route("POST", "/v1/groups/{group}:{action}")
    def change_members(self, request: Request, group: str, action: str) -> Answer:
        if self.before_change:
            happens, self.before_change = self.before_change, None
            happens()
        asked, found = request.json, self.groups.get(group)
        if action not in ("add-members", "remove-members") or set(asked) != {"version", "member_ids"}:
            return 400, _error("InvalidArgument", "Error in provided request.")
        if found is None:
            return 404, _error("NotFound", "Resource not found.")
        if asked["version"] != found["version"]:
            return self.stale, _error("Internal", "db.DoTx: version mismatch")
        if action == "add-members" and not set(asked["member_ids"]) <= set(self.users):
            return 400, _error("InvalidArgument", "Member does not exist.")
        had = found["member_ids"]
        if any((member in had) is (action == "add-members") for member in asked["member_ids"]):
            return 400, _error("InvalidArgument", "Members are in the group already, or not in it.")
        left = [member for member in had if member not in asked["member_ids"]]
        found["member_ids"] = left + (asked["member_ids"] if action == "add-members" else [])
        found["version"] += 1
        return 200, found


def _page(request: Request, items: list[dict[str, Any]]) -> Answer:
    """Those of the scope, two at a time."""
    assert set(request.query) <= {"scope_id", "recursive", "filter", "page_size", "list_token"}
    scope, is_deep = request.query["scope_id"], request.query.get("recursive") == "true"
    found = [item for item in items if item["scope_id"] == scope or (is_deep and scope == "global")]
    start = int(request.query.get("list_token", "0"))
    kind = "delta" if start + 2 < len(found) else "complete"
    return 200, {"items": found[start : start + 2], "response_type": kind, "list_token": str(start + 2)}


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"kind": kind, "message": message}

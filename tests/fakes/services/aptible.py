"""Aptible's Auth API, as Aptible's own clients use it (aptible-auth-ruby: ``tokens``, ``organizations/{id}/users``;
app-ui: ``roles/{id}/memberships``, ``memberships/{id}``); no description of it is published."""

from __future__ import annotations

import itertools
from typing import Any

from sym.integrations import _tokens
from tests.fakes.services.server import Answer, Request, ServiceVendor, question, route

ORGANIZATION = "0c1f6bb0-9ff4-4ee9-ae2c-a2cd28fdc5c4"
ROLE = "b9a2f2a4-3c6a-4b83-9a1c-4a8ad24aa4ac"
PASSWORD = "password-of-sym-in-aptible"
ADDRESS = "https://auth.aptible.com"


class Aptible(ServiceVendor):
    """One organization with a role. Memberships have ids of their own."""

    external_id = ORGANIZATION
    settings = {"username_secret": "username", "password_secret": "password"}
    secrets = {"username": "sym-bot@example.com", "password": PASSWORD}
    target_settings = {"role_id": ROLE}

    def __init__(self) -> None:
        super().__init__()
        _tokens.forget()
        self.users = {f"u-{name}": f"{name.capitalize()}@example.com" for name in ("ada", "approver", "requester")}
        self.roles: dict[str, dict[str, str]] = {ROLE: {}, "other": {"m-0": "u-requester"}}
        self.tokens: list[str] = []
        self._ids = itertools.count(1)
        self._lagging: tuple[dict[str, str], int] | None = None

    def hidden(self) -> list[str]:
        return [PASSWORD, *self.tokens]

    def lose(self, email: str) -> None:
        self.users = {key: value for key, value in self.users.items() if value.lower() != email}

    def has_access(self, identity: str, target: str) -> bool:
        return identity in self.roles.get(ROLE, {}).values()

    def remove_target(self, target: str) -> None:
        del self.roles[ROLE]

    def lag_next(self) -> None:
        self._lagging = (dict(self.roles[ROLE]), 2)

    def throttled(self) -> Answer:
        return 429, _error(429, "too_many_requests", "Too many requests"), {"Retry-After": "0"}

    def refuse(self, request: Request) -> Answer | None:
        if request.path == "/tokens" or request.headers.get("authorization", "")[7:] in self.tokens:
            return None
        return 401, _error(401, "unauthorized", "Invalid token")

    @question
    @route("POST", "/tokens")
    def token(self, request: Request) -> Answer:
        asked = request.json
        assert (asked["grant_type"], asked["scope"]) == ("password", "manage")
        if (asked["username"], asked["password"]) != ("sym-bot@example.com", PASSWORD):
            return 401, _error(401, "invalid_credentials", "Invalid password")
        self.tokens.append(f"aptible-token-{len(self.tokens)}")
        return 201, {"access_token": self.tokens[-1], "token_type": "bearer", "expires_in": asked["expires_in"]}

    @route("GET", "/organizations/{organization}/users")
    def list_users(self, request: Request, organization: str) -> Answer:
        if organization != ORGANIZATION:
            return _missing()
        users = [{"id": key, "email": email, "name": email} for key, email in self.users.items()]
        return _page(request, "users", users)

    @route("GET", "/roles/{role}/memberships")
    def list_memberships(self, request: Request, role: str) -> Answer:
        found = self._shown(role)
        return _missing() if found is None else _page(request, "memberships", [_membership(role, *m) for m in
                                                                                found.items()])  # fmt: skip

    @route("POST", "/roles/{role}/memberships")
    def create_membership(self, request: Request, role: str) -> Answer:
        user = request.json["user_url"].removeprefix(f"{ADDRESS}/users/")
        if role not in self.roles:
            return _missing()
        if user not in self.users or user in self.roles[role].values():
            return 422, _error(422, "unprocessable_entity", "User is invalid or has the role already")
        key = f"m-{next(self._ids)}"
        self.roles[role][key] = user
        return 201, _membership(role, key, user)

    @route("DELETE", "/memberships/{membership}")
    def delete_membership(self, request: Request, membership: str) -> Answer:
        for members in self.roles.values():
            if members.pop(membership, None):
                return 204, None
        return _missing()

    def _shown(self, role: str) -> dict[str, str] | None:
        if self._lagging and role == ROLE:
            old, left = self._lagging
            self._lagging = (old, left - 1) if left > 1 else None
            return old
        return self.roles.get(role)


def _membership(role: str, key: str, user: str) -> dict[str, Any]:
    links = {"user": {"href": f"{ADDRESS}/users/{user}"}, "role": {"href": f"{ADDRESS}/roles/{role}"}}
    return {"id": key, "privileged": False, "_links": links, "_type": "membership"}


def _page(request: Request, key: str, items: list[dict[str, Any]]) -> Answer:
    """Two at a time."""
    page = int(request.query.get("page", "1"))
    links = {"self": {"href": ADDRESS + request.path}}
    if page * 2 < len(items):
        links["next"] = {"href": f"{ADDRESS}{request.path}?page={page + 1}"}
    return 200, {"_embedded": {key: items[page * 2 - 2 : page * 2]}, "_links": links, "current_page": page}


def _missing() -> Answer:
    return 404, _error(404, "not_found", "Resource not found")


def _error(code: int, error: str, message: str) -> dict[str, Any]:
    return {"code": code, "error": error, "message": message}

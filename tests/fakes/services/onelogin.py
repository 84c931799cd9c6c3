"""OneLogin's API, version 2: "Generate Tokens", "List Users", "Get User", "List Roles", "Get Role Users", "Add Role
Users", "Remove Role Users", and the same three for admins, as its API reference has them."""

from __future__ import annotations

import base64
from typing import Any

from sym.integrations import _tokens
from tests.fakes.services.server import Answer, Request, ServiceVendor, question, route

CLIENT_ID, SECRET = "client-of-onelogin", "secret-of-onelogin"
ROLE = 371


class OneLogin(ServiceVendor):
    """One account with a role. ``members`` and ``admins`` are its lists, by role."""

    external_id = "acme.onelogin.com"
    settings = {"client_id": CLIENT_ID, "client_secret": "client_secret"}
    secrets = {"client_secret": SECRET}

    page = 2
    """As many items it has on a page, however many are asked for."""

    def __init__(self, level: str = "member") -> None:
        super().__init__()
        _tokens.forget()
        self.target_settings = {"role_id": str(ROLE), "privilege_level": level}
        self.level = level
        self.users = {11: "Requester@example.com", 12: "approver@example.com", 13: "ada@example.com"}
        self.roles = {ROLE: "Admins of Cats", 372: "Cats", 373: "Dogs"}
        self.lists: dict[str, dict[int, list[int]]] = {
            "users": {role: [] for role in self.roles},
            "admins": {role: [] for role in self.roles},
        }
        self.tokens: list[str] = []
        self._lagging: tuple[list[int], int] | None = None

    def hidden(self) -> list[str]:
        return [SECRET, base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode(), *self.tokens]

    def lose(self, email: str) -> None:
        self.users = {key: value for key, value in self.users.items() if value.lower() != email}

    @property
    def held(self) -> dict[int, list[int]]:
        return self.lists["admins" if self.level == "admin" else "users"]

    def has_access(self, identity: str, target: str) -> bool:
        return int(identity) in self.held.get(ROLE, [])

    def remove_target(self, target: str) -> None:
        del self.roles[ROLE]
        for lists in self.lists.values():
            del lists[ROLE]

    def lag_next(self) -> None:
        self._lagging = (list(self.held[ROLE]), 2)

    def throttled(self) -> Answer:
        return 429, _error(429, "TooManyRequests", "Rate limit exceeded"), {"Retry-After": "0"}

    def refuse(self, request: Request) -> Answer | None:
        if request.path.startswith("/auth/") or request.headers.get("authorization", "")[7:] in self.tokens:
            return None
        return 401, _error(401, "UnauthorizedError", "Unauthorized")

    @question
    @route("POST", "/auth/oauth2/v2/token")
    def token(self, request: Request) -> Answer:
        basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        assert request.json == {"grant_type": "client_credentials"}
        if request.headers.get("authorization") != f"Basic {basic}":
            status = {"error": True, "code": 401, "type": "Unauthorized", "message": "Authentication Failure"}
            return 401, {"status": status}
        self.tokens.append(f"onelogin-token-{len(self.tokens)}")
        return 200, {"access_token": self.tokens[-1], "token_type": "bearer", "expires_in": 36000, "account_id": 1}

    @route("GET", "/api/2/users")
    def list_users(self, request: Request) -> Answer:
        email, some = request.query.get("email", "").lower(), request.query.get("user_ids")
        ids = [int(item) for item in some.split(",")] if some else list(self.users)
        found = [{"id": key, "email": self.users[key]} for key in ids
                 if key in self.users and email in ("", self.users[key].lower())]  # fmt: skip
        assert set(request.query) <= {"email", "user_ids", "fields", "limit", "cursor"}
        return self._page(request, found)

    @route("GET", "/api/2/users/{user}")
    def get_user(self, request: Request, user: str) -> Answer:
        if int(user) not in self.users:
            return _missing()
        return 200, {"id": int(user), "email": self.users[int(user)], "status": 1, "role_ids": []}

    @route("GET", "/api/2/roles")
    def list_roles(self, request: Request) -> Answer:
        assert set(request.query) <= {"name", "limit", "cursor"}
        return self._page(request, [{"id": key, "name": name, "apps": []} for key, name in self.roles.items()])

    @route("GET", "/api/2/roles/{role}/{kind}")
    def list_holders(self, request: Request, role: str, kind: str) -> Answer:
        found = self.lists[kind].get(int(role))
        if found is None:
            return _missing()
        if self._lagging and found is self.held.get(ROLE):
            found, left = self._lagging
            self._lagging = (found, left - 1) if left > 1 else None
        return self._page(request, [{"id": key, "name": "Somebody", "username": "somebody"} for key in found])

    @route("POST", "/api/2/roles/{role}/{kind}")
    def add(self, request: Request, role: str, kind: str) -> Answer:
        held = self.lists[kind].get(int(role))
        if held is None:
            return _missing()
        if not set(request.json) <= set(self.users):
            return 422, _error(422, "UnprocessableEntityError", "Validation failed: a user could not be found")
        held += [user for user in request.json if user not in held]
        return 200, [{"id": user} for user in request.json]

    @route("DELETE", "/api/2/roles/{role}/{kind}")
    def remove(self, request: Request, role: str, kind: str) -> Answer:
        held = self.lists[kind].get(int(role))
        if held is None or not set(request.json) <= set(self.users):
            return _missing()
        held[:] = [user for user in held if user not in request.json]
        return 204, None

    def _page(self, request: Request, items: list[dict[str, Any]]) -> Answer:
        start = int(request.query.get("cursor", "0"))
        end = start + self.page
        return 200, items[start:end], {"After-Cursor": str(end)} if end < len(items) else {}


def _missing() -> Answer:
    return 404, _error(404, "NotFoundError", "The resource with the given id could not be found")


def _error(code: int, name: str, message: str) -> dict[str, Any]:
    return {"statusCode": code, "name": name, "message": message}

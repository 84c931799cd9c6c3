"""``type = "onelogin"``: a OneLogin account, to give people its roles.

The API credential pair needs the scope *Manage All*: the others may not change who has a role. People are found by
their e-mail address.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from sym.integrations._tokens import Token, TokenHttp
from sym.sdk._integration import Integration
from sym.sdk.connection import Asking, ConnectionHost, Function, Http, Reply, Service
from sym.sdk.exceptions.onelogin import OneLoginError
from sym.sdk.schema import attribute, schema

external_id = "The OneLogin domain, such as `example.onelogin.com`."
MOST_ROLES = 650
PAGE = 100
LIFETIME = 36_000.0
_PLACES = {"member": "users", "admin": "admins"}


@schema
class Settings:
    """Settings of a OneLogin integration: an API credential pair with the scope Manage All."""

    client_id: str = attribute("The client id of the pair, as text.")
    client_secret: str = attribute("Id of the `sym_secret` with the client secret of the pair.", references="secret")


def connect(host: ConnectionHost, integration: Integration) -> Connection:
    """The account that ``integration`` names."""
    settings, base = integration.settings, f"https://{integration.external_id}"
    http = host.http(Service(name="OneLogin", base_url=base, error=OneLoginError, reason=_reason))

    def proof() -> tuple[str, ...]:
        return "onelogin", base, str(settings["client_id"]), host.secret(str(settings["client_secret"].id))

    def fetch() -> Token:
        _, _, client_id, client_secret = proof()
        basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        given = http.send("POST", "/auth/oauth2/v2/token", json={"grant_type": "client_credentials"},
                          headers={"Authorization": f"Basic {basic}"}).json()  # fmt: skip
        return Token(value=str(given["access_token"]), seconds=float(given.get("expires_in") or LIFETIME))

    return Connection(TokenHttp(http, proof=proof, fetch=fetch))


class Connection:
    """One OneLogin account. ``level`` is what somebody is in a role: ``member`` or ``admin``. Every method raises
    OneLoginError."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def find_identity(self, email: str) -> str | None:
        """The id of the user with this e-mail address, None if there is none."""
        found = self._pages("/api/2/users", email=email, fields="id,email")
        return next((str(user["id"]) for user in found if str(user.get("email") or "").lower() == email.lower()), None)

    def get_user(self, user_id: str) -> dict[str, Any]:
        """A user, as OneLogin describes them."""
        found: dict[str, Any] = self._http.get(f"/api/2/users/{quote(user_id, safe='')}").json()
        return found

    def users(self, user_ids: list[str]) -> Iterator[dict[str, Any]]:
        """The users with these ids, with ``id`` and ``email``."""
        for start in range(0, len(user_ids), PAGE):
            some = ",".join(user_ids[start : start + PAGE])
            yield from self._pages("/api/2/users", user_ids=some, fields="id,email")

    def roles(self) -> Iterator[dict[str, Any]]:
        """Every role, as OneLogin describes them."""
        return self._pages("/api/2/roles")

    def holders(self, role_id: str, level: str) -> Iterator[str]:
        """The ids of those who are this in a role. Raises NOT_FOUND if there is no such role."""
        return (str(item["id"]) for item in self._pages(_place(role_id, level)))

    def add(self, role_id: str, level: str, user_id: str) -> None:
        """Make a user this in a role; once is as good as twice."""
        self._http.send("POST", _place(role_id, level), json=[_number(user_id)])

    def remove(self, role_id: str, level: str, user_id: str) -> bool:
        """Let a user not be this in a role any more; False if there is no such role or user."""
        reply = self._http.send("DELETE", _place(role_id, level), json=[_number(user_id)], accept=(404,))
        return reply.status != 404

    def _pages(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        cursor: dict[str, Any] = {}
        while True:
            reply = self._http.get(path, params={**params, "limit": PAGE, **cursor})
            yield from reply.json() or ()
            if not reply.headers.get("after-cursor"):
                return
            cursor = {"cursor": reply.headers["after-cursor"]}


def _place(role_id: str, level: str) -> str:
    return f"/api/2/roles/{quote(role_id, safe='')}/{_PLACES[level]}"


def _number(user_id: str) -> int:
    if not (user_id.isascii() and user_id.isdigit()):
        raise OneLoginError("USER_NOT_FOUND", f"{user_id!r} is no id of a OneLogin user, which is a number: put the "
                            "right one among the user's identities.")  # fmt: skip
    return int(user_id)


def _reason(reply: Reply) -> str:
    """Two kinds of answers: those of the API, and those about tokens."""
    body = reply.json()
    if not isinstance(body, dict):
        return ""
    status = body.get("status")
    return str(body.get("message") or (status.get("message") if isinstance(status, dict) else "") or "")


def _list_roles(asking: Asking) -> list[dict[str, Any]]:
    wanted = asking.arguments.get("name_filter") or ""
    found = list(islice(asking.connection.roles(), MOST_ROLES + 1))
    if len(found) > MOST_ROLES:
        raise OneLoginError("TOO_MANY_ROLES", f"The account has more than {MOST_ROLES} roles, which is more than can "
                            "be listed.")  # fmt: skip
    return [role for role in found if wanted in str(role.get("name"))]


def _get_user_info(asking: Asking) -> dict[str, Any]:
    found: dict[str, Any] = asking.connection.get_user(asking.identity(asking.arguments["user"]))
    return found


def _users_in_role(asking: Asking) -> list[dict[str, Any]]:
    holders = list(asking.connection.holders(str(asking.arguments["role_id"]), "member"))
    return asking.users({"user_id": str(user["id"]), "email": user.get("email")}
                        for user in asking.connection.users(holders))  # fmt: skip


def _is_user_in_role(asking: Asking) -> bool:
    user_id = asking.identity(asking.arguments["user"])
    return user_id in asking.connection.holders(str(asking.arguments["role_id"]), "member")


functions: dict[str, Function] = {"list_roles": _list_roles, "get_user_info": _get_user_info,
                                  "users_in_role": _users_in_role, "is_user_in_role": _is_user_in_role}  # fmt: skip

"""``type = "boundary"``: a HashiCorp Boundary cluster, to put people into its groups.

The worker logs in with a password account. What the settings were called elsewhere is not known: these names are this
project's own, and none is required. Without ``auth_method_id``, a login name and ``password_secret`` it cannot log in,
and says so when it is used.

The account's user needs a role with these grants, in the scope of the groups and, for finding people, in every scope
that has users: ``ids=*;type=group;actions=list,read,add-members,remove-members`` and
``ids=*;type=user;actions=list,read``. A role in the global scope with the grant scope ``descendants`` covers all.

People are found by their e-mail address, as the e-mail address or the login name of their user's primary account.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from sym.integrations._tokens import Token, TokenHttp
from sym.sdk._integration import Integration
from sym.sdk.connection import Asking, ConnectionHost, Function, Http, Reply, Service, failure
from sym.sdk.exceptions.boundary import BoundaryError
from sym.sdk.schema import attribute, schema

external_id = "The address of the cluster, such as `https://boundary.example.com`."
LIFETIME = 6 * 3600.0
PAGE = 500
TRIES = 5
"""As often a change is made again that somebody else's came before."""


@schema
class Settings:
    """Settings of a Boundary integration."""

    auth_method_id: str | None = attribute(
        "The id of the password auth method, such as `ampw_1234567890`.", default=None
    )
    login_name: str | None = attribute("The login name of the account, as text.", default=None)
    login_name_secret: str | None = attribute(
        "Id of the `sym_secret` with the login name, instead of `login_name`.", default=None, references="secret"
    )
    password_secret: str | None = attribute(
        "Id of the `sym_secret` with the account's password.", default=None, references="secret"
    )


def connect(host: ConnectionHost, integration: Integration) -> Connection:
    """The cluster that ``integration`` names."""
    settings, base = integration.settings, integration.external_id.rstrip("/")
    base = base if "://" in base else f"https://{base}"
    http = host.http(Service(name="Boundary", base_url=base, error=BoundaryError, reason=_reason))

    def proof() -> tuple[str, ...]:
        method, password = settings.get("auth_method_id"), settings.get("password_secret")
        login, hidden = settings.get("login_name"), settings.get("login_name_secret")
        if not (method and password and (login or hidden)):
            raise BoundaryError("SETTINGS", "The worker cannot log in to Boundary: the integration needs the settings "
                                "auth_method_id, password_secret, and login_name or login_name_secret.")  # fmt: skip
        name = str(login) if login else host.secret(str(hidden.id))  # type: ignore[union-attr]
        return "boundary", base, str(method), name, host.secret(str(password.id))

    def fetch() -> Token:
        _, _, method, login, password = proof()
        asked = {"command": "login", "attributes": {"login_name": login, "password": password}}
        given = http.send("POST", f"/v1/auth-methods/{quote(method, safe='')}:authenticate", json=asked).json()
        return Token(value=str(given["attributes"]["token"]), seconds=LIFETIME)

    return Connection(TokenHttp(http, proof=proof, fetch=fetch))


class Connection:
    """One Boundary cluster. Every method raises BoundaryError."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def find_identity(self, email: str) -> str | None:
        """The id of the user whose e-mail address or login name this is; None if there is none, or more than one."""
        wanted = email.lower()
        users = self._pages("/v1/users", scope_id="global", recursive="true")
        found = {str(user["id"]) for user in users
                 if any(str(user.get(name) or "").lower() == wanted for name in ("email", "login_name"))}  # fmt: skip
        return found.pop() if len(found) == 1 else None

    def group(self, group_id: str) -> dict[str, Any] | None:
        """A group as Boundary describes it, None if there is none."""
        reply = self._http.get(f"/v1/groups/{quote(group_id, safe='')}", accept=(404,))
        return reply.json() if reply.status == 200 else None

    def members(self, group_id: str) -> list[str]:
        """The ids of the users in a group; nobody is in one that does not exist."""
        return _members(self.group(group_id) or {})

    def groups(self, **query: str) -> Iterator[dict[str, Any]]:
        """Groups as Boundary describes them; ``query`` as its API has it."""
        return self._pages("/v1/groups", **query)

    def add_member(self, group_id: str, user_id: str) -> None:
        """Put a user into a group; once is as good as twice. Raises ``NOT_FOUND`` if there is no such group."""
        if self._change(group_id, user_id, "add-members") is None:
            raise failure(BoundaryError, "NOT_FOUND", f"Boundary has no group {group_id}, or the account may not read "
                          "it.", status=404, retryable=False)  # fmt: skip

    def remove_member(self, group_id: str, user_id: str) -> bool:
        """Take a user out of a group; False if there is no such group, or they are not in it."""
        return bool(self._change(group_id, user_id, "remove-members"))

    def _change(self, group_id: str, user_id: str, action: str) -> bool | None:
        """Whether anything was to be changed; None if there is no such group. A change names the version of the group
        it is made to, and is refused if that is not the newest."""
        for _ in range(TRIES):
            group = self.group(group_id)
            if group is None:
                return None
            if (user_id in _members(group)) is (action == "add-members"):
                return False
            if self._sent(group, user_id, action):
                return True
        raise failure(BoundaryError, "CONFLICT", f"The group {group_id} is being changed by others all the time: it is "
                      "tried again later.", status=409, retryable=True)  # fmt: skip

    def _sent(self, group: dict[str, Any], user_id: str, action: str) -> bool:
        """Whether the group was still of this version."""
        asked = {"version": group["version"], "member_ids": [user_id]}
        try:
            self._http.send("POST", f"/v1/groups/{quote(str(group['id']), safe='')}:{action}", json=asked)
        except BoundaryError as error:
            # Which status an old version is refused with depends on the release: the version itself tells.
            if getattr(error, "status", None) in (None, 401, 403, 429):
                raise
            now = self.group(str(group["id"]))
            if now is not None and now["version"] == group["version"]:
                raise
            return False
        return True

    def _pages(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        token: dict[str, str] = {}
        while True:
            page = self._http.get(path, params={**query, "page_size": PAGE, **token}).json() or {}
            yield from page.get("items") or ()
            if page.get("response_type") != "delta":
                return
            token = {"list_token": str(page["list_token"])}


def _members(group: dict[str, Any]) -> list[str]:
    return [str(member) for member in group.get("member_ids") or ()]


def _reason(reply: Reply) -> str:
    body = reply.json()
    return str(body.get("message") or "") if isinstance(body, dict) else ""


def _list_groups(asking: Asking) -> list[dict[str, Any]]:
    asked = asking.arguments
    query = {"scope_id": str(asked.get("scope_id") or "global")}
    query |= {"filter": str(asked["filter"])} if asked.get("filter") else {}
    query |= {"recursive": "true"} if asked.get("recursive") else {}
    return list(asking.connection.groups(**query))


def _get_group(asking: Asking) -> dict[str, Any]:
    group_id = str(asking.arguments["group_id"])
    found: dict[str, Any] | None = asking.connection.group(group_id)
    if found is None:
        raise failure(BoundaryError, "NOT_FOUND", f"Boundary has no group {group_id}, or the account may not read it.",
                      status=404, retryable=False)  # fmt: skip
    return found


functions: dict[str, Function] = {"list_groups": _list_groups, "get_group": _get_group}

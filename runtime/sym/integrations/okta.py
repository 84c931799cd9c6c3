"""``type = "okta"``: an Okta organization, to put people into its groups.

The token is that of a service account with the role *Group Membership Administrator* for the groups concerned, and
*Read-Only Administrator*. People are found by their e-mail address, as login or as primary e-mail address.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from sym.sdk._integration import Integration
from sym.sdk.connection import Asking, ConnectionHost, Function, Http, Reply, Service
from sym.sdk.exceptions.okta import OktaError
from sym.sdk.schema import attribute, schema

external_id = "The Okta domain, such as `dev-12345.okta.com`."
PAGE = 200


@schema
class Settings:
    """Settings of an Okta integration."""

    api_token_secret: str = attribute("Id of the `sym_secret` with an API token.", references="secret")


def connect(host: ConnectionHost, integration: Integration) -> Connection:
    """The organization that ``integration`` names."""
    token = integration.settings["api_token_secret"]
    service = Service(
        name="Okta",
        base_url=f"https://{integration.external_id}",
        error=OktaError,
        headers=lambda: {"Authorization": f"SSWS {host.secret(str(token.id))}", "Accept": "application/json"},
        reason=_reason,
    )
    return Connection(host.http(service))


class Connection:
    """One Okta organization. Every method raises OktaError."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def find_identity(self, email: str) -> str | None:
        """The id of the Okta user with this e-mail address, None if there is none or they were deactivated."""
        reply = self._http.get(f"/api/v1/users/{quote(email, safe='')}", accept=(404,))
        found = reply.json() if reply.status == 200 else next(self._search(email), None)
        return str(found["id"]) if found and found.get("status") != "DEPROVISIONED" else None

    def get_user(self, user_id: str) -> dict[str, Any]:
        """A user, as Okta describes them."""
        found: dict[str, Any] = self._http.get(f"/api/v1/users/{quote(user_id, safe='')}").json()
        return found

    def add_member(self, group_id: str, user_id: str) -> None:
        """Put a user into a group; once is as good as twice."""
        self._http.send("PUT", _membership(group_id, user_id))

    def remove_member(self, group_id: str, user_id: str) -> bool:
        """Take a user out of a group; False if they were not in it, or the group does not exist."""
        reply = self._http.send("DELETE", _membership(group_id, user_id), accept=(404,))
        return reply.status != 404

    def is_member(self, group_id: str, user_id: str) -> bool:
        """Whether a user is in a group."""
        groups = self._pages(f"/api/v1/users/{quote(user_id, safe='')}/groups")
        return any(group["id"] == group_id for group in groups)

    def members(self, group_id: str) -> Iterator[dict[str, Any]]:
        """Everybody in a group, as Okta describes them."""
        return self._pages(f"/api/v1/groups/{quote(group_id, safe='')}/users?limit={PAGE}")

    def has_group(self, group_id: str) -> bool:
        """Whether there is such a group."""
        return self._http.get(f"/api/v1/groups/{quote(group_id, safe='')}", accept=(404,)).status != 404

    def groups(self, **query: Any) -> Iterator[dict[str, Any]]:
        """Groups, as Okta describes them; ``query`` as its API has it."""
        return self._pages("/api/v1/groups", params={"limit": PAGE, **query})

    def _search(self, email: str) -> Iterator[dict[str, Any]]:
        quoted = email.replace("\\", "\\\\").replace('"', '\\"')
        return self._pages("/api/v1/users", params={"search": f'profile.email eq "{quoted}"', "limit": 2})

    def _pages(self, path: str, params: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        url: str | None = path
        while url is not None:
            reply = self._http.get(url, params=params)
            yield from reply.json() or ()
            url, params = _next(reply), None


def _is_user_in_group(asking: Asking) -> bool:
    group_id = asking.arguments["group_id"]
    if asking.connection.is_member(group_id, asking.identity(asking.arguments["user"])):
        return True
    if not asking.connection.has_group(group_id):
        raise OktaError("GROUP_NOT_FOUND", f"Okta has no group {group_id!r}, or the token may not see it.")
    return False


def _users_in_group(asking: Asking) -> list[dict[str, Any]]:
    group_id = asking.arguments["group_id"]
    if not asking.connection.has_group(group_id):
        raise OktaError("GROUP_NOT_FOUND", f"Okta has no group {group_id!r}, or the token may not see it.")
    people = asking.connection.members(group_id)
    return asking.users({"email": person["profile"].get("email"), "user_id": person["id"]} for person in people)


def _get_user_info(asking: Asking) -> dict[str, Any]:
    found: dict[str, Any] = asking.connection.get_user(asking.identity(asking.arguments["user"]))
    return found


def _list_groups(asking: Asking) -> list[dict[str, Any]]:
    """Names are compared here: Okta gives what its own query ``q`` finds in one page only, and silently no more."""
    given = asking.arguments
    prefix = (given.get("name_filter") or "").lower()
    query = {"filter": given.get("filter"), "expand": ",".join(given.get("expand") or ())}
    groups = asking.connection.groups(**{name: value for name, value in query.items() if value})
    named = (group for group in groups if str(group["profile"].get("name")).lower().startswith(prefix))
    return [group for group in named if group.get("type") != "APP_GROUP" or not given.get("only_native_groups", True)]


functions: dict[str, Function] = {
    "is_user_in_group": _is_user_in_group,
    "users_in_group": _users_in_group,
    "get_user_info": _get_user_info,
    "list_groups": _list_groups,
}


def _membership(group_id: str, user_id: str) -> str:
    return f"/api/v1/groups/{quote(group_id, safe='')}/users/{quote(user_id, safe='')}"


def _next(reply: Reply) -> str | None:
    """Where the next page is: Okta says so in a Link header."""
    for link in reply.headers.get("link", "").split(","):
        address, _, rest = link.partition(";")
        if 'rel="next"' in rest:
            return address.strip().strip("<>")
    return None


def _reason(reply: Reply) -> str:
    body = reply.json()
    if not isinstance(body, dict):
        return ""
    causes = [str(cause.get("errorSummary")) for cause in body.get("errorCauses") or () if isinstance(cause, dict)]
    return "; ".join([str(body.get("errorSummary") or ""), *causes]).strip("; ")

"""``type = "google"``: a Google Workspace organization, to put people into its groups.

There is no key: the worker's own identity is exchanged for that of a service account, by workload identity federation.
The settings are the parts of the credential configuration that Google Cloud generates for a workload identity pool,
under the names they have there, and the customer's id. The Google connector module outputs them ready to use. The
worker needs ``symflow[google]``.

The service account needs an admin role of the organization with the Admin API privileges *Groups > Read* and
*Groups > Update* (*Groups Editor* has both), assigned to the service account itself; domain-wide delegation is not
needed. In Google Cloud, the worker's identity needs ``roles/iam.workloadIdentityUser`` on the service account, and the
APIs ``admin.googleapis.com``, ``sts.googleapis.com`` and ``iamcredentials.googleapis.com`` are switched on.

People are known by their e-mail address: nothing is asked to find them, so no privilege over users is needed. Where
Google knows somebody by another primary address than Sym does, store that as their identity.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from sym.integrations._google_identity import exchanged
from sym.integrations._tokens import TokenHttp
from sym.sdk._integration import Integration
from sym.sdk.connection import Asking, ConnectionHost, Function, Http, Reply, Service, failure
from sym.sdk.exceptions.google import GoogleError
from sym.sdk.schema import attribute, schema

external_id = "The domain of the Google organization, such as `example.com`."
SCOPES = ("https://www.googleapis.com/auth/admin.directory.group.member",
          "https://www.googleapis.com/auth/admin.directory.group.readonly")  # fmt: skip
PAGE = 200
_TOO_MANY = {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"}


def _json_object(value: str) -> str | None:
    """What is wrong with the JSON text of ``credential_source``."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        found = None
    return None if isinstance(found, dict) else "A JSON object is needed: write jsonencode({ ... })."


@schema
class Settings:
    """Settings of a Google integration."""

    type: str = attribute("The kind of credentials: `external_account`.")
    audience: str = attribute("The full name of the workload identity provider.")
    subject_token_type: str = attribute("The kind of token that proves the worker's identity.")
    service_account_impersonation_url: str = attribute("Where the service account's token is asked for.")
    token_url: str = attribute("Where the worker's token is exchanged.")
    credential_source: str = attribute("JSON object: how the worker's token is had.", validators=(_json_object,))
    customer_id: str = attribute("The id of the Google Workspace customer, such as `C012abc34`.")


def connect(host: ConnectionHost, integration: Integration) -> Connection:
    """The organization that ``integration`` names."""
    settings = integration.settings
    names = sorted(name for name in settings if isinstance(settings[name], str))

    def service(name: str, base_url: str, scopes: Sequence[str]) -> Http:
        http = host.http(Service(name=name, base_url=base_url, error=GoogleError, reason=_reason))
        proof = ("google", *scopes, *(f"{key}={settings[key]}" for key in names))
        return TokenHttp(http, proof=lambda: proof, fetch=lambda: exchanged(http, settings, scopes))

    return Connection(service, settings["customer_id"])


class Connection:
    """Groups of one organization, by their e-mail addresses. Every method raises GoogleError."""

    def __init__(self, service: Callable[[str, str, Sequence[str]], Http], customer_id: str) -> None:
        self.service = service
        """Requests to another service of Google: its name, its address, and the scopes they need."""
        self._http = service("Google", "https://admin.googleapis.com/admin/directory/v1", SCOPES)
        self._customer_id = customer_id

    def find_identity(self, email: str) -> str | None:
        """The address itself, in lower case; None for none. Google is not asked."""
        return email.strip().lower() or None

    def role_of(self, group: str, member: str) -> str | None:
        """``MEMBER``, ``MANAGER`` or ``OWNER``; None for who is not directly in the group, or if there is no such
        group."""
        reply = self._get(_member(group, member), accept=(404,))
        return str(reply.json().get("role") or "MEMBER") if reply.status == 200 else None

    def add_member(self, group: str, member: str, role: str) -> bool:
        """Put somebody into a group; False if they were in it already, whatever their role."""
        body = {"email": member, "role": role}
        return self._send("POST", f"/groups/{quote(group, safe='')}/members", accept=(409,), json=body).status != 409

    def change_role(self, group: str, member: str, role: str) -> None:
        """Give somebody who is in a group another role in it."""
        self._send("PATCH", _member(group, member), json={"role": role})

    def remove_member(self, group: str, member: str) -> bool:
        """Take somebody out of a group; False if they were not in it, or there is no such group."""
        return self._send("DELETE", _member(group, member), accept=(404,)).status != 404

    def members(self, group: str, *, indirect: bool = False) -> Iterator[dict[str, Any]]:
        """The people in a group, as Google describes them; with ``indirect``, those of the groups within it too."""
        params = {"includeDerivedMembership": "true"} if indirect else {}
        for item in self._pages(f"/groups/{quote(group, safe='')}/members", "members", params):
            if item.get("type", "USER") == "USER" and item.get("email"):
                yield item

    def is_member(self, group: str, member: str) -> bool:
        """Whether somebody is in a group or in one within it; of other domains, only who is in the group itself."""
        reply = self._get(f"/groups/{quote(group, safe='')}/hasMember/{quote(member, safe='')}", accept=(400, 404))
        if reply.status == 200:
            return bool(reply.json()["isMember"])
        if reply.status == 404 and "memberKey" not in _reason(reply):
            raise failure(GoogleError, "NOT_FOUND", f"Google knows no group {group}.", status=404, retryable=False)
        return self.role_of(group, member) is not None

    def groups(self, domain: str | None = None) -> Iterator[dict[str, Any]]:
        """Groups, as Google describes them: of one domain, or of the whole organization."""
        where = {"domain": domain} if domain else {"customer": self._customer_id}
        return self._pages("/groups", "groups", where)

    def _pages(self, path: str, key: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        token = None
        while True:
            more: dict[str, Any] = {"pageToken": token} if token else {}
            page = self._get(path, params={"maxResults": PAGE, **params, **more}).json()
            yield from page.get(key) or ()
            token = page.get("nextPageToken")
            if not token:
                return

    def _get(self, path: str, *, accept: tuple[int, ...] = (), **options: Any) -> Reply:
        return _allowed(self._http.get(path, accept=(403, *accept), **options))

    def _send(self, method: str, path: str, *, accept: tuple[int, ...] = (), **options: Any) -> Reply:
        return _allowed(self._http.send(method, path, accept=(403, *accept), **options))


def _allowed(reply: Reply) -> Reply:
    """The reply, unless it is Google's 403, which also says that it is asked too often."""
    if reply.status != 403:
        return reply
    said = _reason(reply).rstrip(".")
    if any(reason in _TOO_MANY for reason in _reasons(reply)):
        raise failure(GoogleError, "THROTTLED", f"Google answered 403: {said}. It is asked too often: it is tried "
                      "again later.", status=403, retryable=True)  # fmt: skip
    raise failure(GoogleError, "FORBIDDEN", f"Google answered 403: {said}. Give the service account an admin role that "
                  "may read and update groups, and see that the group is one of the organization.",
                  status=403, retryable=False)  # fmt: skip


def _member(group: str, member: str) -> str:
    return f"/groups/{quote(group, safe='')}/members/{quote(member, safe='')}"


def _reasons(reply: Reply) -> list[str]:
    body = reply.json()
    error = body.get("error") if isinstance(body, dict) else None
    found = error.get("errors") if isinstance(error, dict) else None
    return [str(item.get("reason")) for item in found or () if isinstance(item, dict)]


def _reason(reply: Reply) -> str:
    body = reply.json()
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        return str(error.get("message") or "")
    # The Security Token Service answers as OAuth does.
    return f"{error}: {body.get('error_description', '')}".strip(": ") if error else ""


def _is_user_in_group(asking: Asking) -> bool:
    found: bool = asking.connection.is_member(asking.arguments["group_email"],
                                              asking.identity(asking.arguments["user"]))  # fmt: skip
    return found


def _list_groups(asking: Asking) -> list[dict[str, Any]]:
    return list(asking.connection.groups(asking.arguments.get("domain")))


def _users_in_group(asking: Asking) -> list[dict[str, Any]]:
    group, indirect = asking.arguments["group_email"], asking.arguments.get("include_indirect_members", True)
    emails = {str(item["email"]).lower(): None for item in asking.connection.members(group, indirect=indirect)}
    return asking.users({"user_id": email, "email": email} for email in emails)


functions: dict[str, Function] = {"is_user_in_group": _is_user_in_group, "list_groups": _list_groups,
                                  "users_in_group": _users_in_group}  # fmt: skip

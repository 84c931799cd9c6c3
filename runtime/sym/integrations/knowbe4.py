"""``type = "knowbe4"``: a KnowBe4 account, to ask which trainings somebody has completed.

The token is one of the Reporting API (*Account Settings > Account Integrations > API*), which reads and changes
nothing. People are found by their e-mail address, among those who are not archived.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from sym.sdk._integration import Integration
from sym.sdk.connection import Asking, ConnectionHost, Function, Http, Reply, Service
from sym.sdk.exceptions.identity import IdentityNotFound
from sym.sdk.exceptions.knowbe4 import KnowBe4Error
from sym.sdk.schema import attribute, schema

external_id = "The primary domain of the account, such as `example.com`."
PAGE = 500


@schema
class Settings:
    """Settings of a KnowBe4 integration."""

    api_token_secret: str = attribute("Id of the `sym_secret` with a reporting API token.", references="secret")
    region: str = attribute("Where the account is kept.", choices=("us", "eu", "ca", "uk", "de"))


def connect(host: ConnectionHost, integration: Integration) -> Connection:
    """The account that ``integration`` names, in its region."""
    token, region = integration.settings["api_token_secret"], integration.settings["region"]
    service = Service(
        name="KnowBe4",
        base_url=f"https://{region}.api.knowbe4.com",
        error=KnowBe4Error,
        headers=lambda: {"Authorization": f"Bearer {host.secret(str(token.id))}", "Accept": "application/json"},
        reason=_reason,
    )
    return Connection(host.http(service))


class Connection:
    """One account. Every method raises KnowBe4Error."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def find_identity(self, email: str) -> str | None:
        """The id of the user with this e-mail address, None if there is none; everybody is looked at, as KnowBe4 has
        no way to ask for one."""
        people = self._pages("/v1/users", status="active")
        return next((str(user["id"]) for user in people if str(user.get("email")).lower() == email.lower()), None)

    def enrollments(self, user_id: str, **query: int) -> list[dict[str, Any]]:
        """A user's enrolments in trainings, as KnowBe4 describes them; ``query`` as its API has it."""
        found = self._pages("/v1/training/enrollments", user_id=user_id, **query)
        return [item for item in found if str(item["user"]["id"]) == user_id]

    def is_in_group(self, user_id: str, group_id: int) -> bool:
        """Whether a user is in a group."""
        groups = self._http.get(f"/v1/users/{quote(user_id, safe='')}").json()["groups"]
        if group_id in groups:
            return True
        if self._http.get(f"/v1/groups/{group_id}", accept=(404,)).status == 404:
            raise KnowBe4Error("GROUP_NOT_FOUND", f"KnowBe4 has no group {group_id}.")
        return False

    def _pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        for number in itertools.count(1):
            found = self._http.get(path, params={**query, "page": number, "per_page": PAGE}).json() or []
            yield from found
            if len(found) < PAGE:
                return


def _get_training_enrollments_for_user(asking: Asking) -> list[dict[str, Any]]:
    chosen = {name: asking.arguments.get(name) for name in ("store_purchase_id", "campaign_id")}
    given = {name: value for name, value in chosen.items() if value is not None}
    found: list[dict[str, Any]] = asking.connection.enrollments(_user_id(asking), **given)
    return found


def _is_user_in_group(asking: Asking) -> bool:
    return bool(asking.connection.is_in_group(_user_id(asking), int(asking.arguments["group_id"])))


functions: dict[str, Function] = {
    "get_training_enrollments_for_user": _get_training_enrollments_for_user,
    "is_user_in_group": _is_user_in_group,
}


def _user_id(asking: Asking) -> str:
    try:
        return asking.identity(asking.arguments["user"])
    except IdentityNotFound as error:
        raise KnowBe4Error("USER_NOT_FOUND", f"KnowBe4 does not know {error.email}. {error.hint}") from None


def _reason(reply: Reply) -> str:
    body = reply.json()
    if not isinstance(body, dict):
        return ""
    return str(body.get("message") or body.get("error") or body.get("errors") or "")

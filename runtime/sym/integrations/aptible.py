"""``type = "aptible"``: an Aptible organization, to give people its roles.

Aptible has no tokens for machines: a user of the organization is needed, who may manage its roles (an account owner, or
an administrator of the roles concerned), with a password and without a second factor, which the worker could not enter.
People are found among the users of the organization by their e-mail address.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from sym.integrations._tokens import Token, TokenHttp
from sym.sdk._integration import Integration
from sym.sdk.connection import ConnectionHost, Http, Reply, Service, failure
from sym.sdk.exceptions.aptible import AptibleError
from sym.sdk.schema import attribute, schema

external_id = "The id of the Aptible organization, a UUID."
ADDRESS = "https://auth.aptible.com"
LIFETIME = 3600


@schema
class Settings:
    """Settings of an Aptible integration."""

    username_secret: str = attribute("Id of the `sym_secret` with the user's name.", references="secret")
    password_secret: str = attribute("Id of the `sym_secret` with the user's password.", references="secret")


def connect(host: ConnectionHost, integration: Integration) -> Connection:
    """The organization that ``integration`` names."""
    settings = integration.settings
    http = host.http(Service(name="Aptible", base_url=ADDRESS, error=AptibleError, reason=_reason))

    def proof() -> tuple[str, ...]:
        return ("aptible", host.secret(str(settings["username_secret"].id)),
                host.secret(str(settings["password_secret"].id)))  # fmt: skip

    def fetch() -> Token:
        _, username, password = proof()
        asked = {"grant_type": "password", "username": username, "password": password, "scope": "manage",
                 "expires_in": LIFETIME}  # fmt: skip
        given = http.send("POST", "/tokens", json=asked).json()
        return Token(value=str(given["access_token"]), seconds=float(given.get("expires_in") or LIFETIME))

    return Connection(TokenHttp(http, proof=proof, fetch=fetch), integration.external_id)


class Connection:
    """One Aptible organization. Every method raises AptibleError."""

    def __init__(self, http: Http, organization: str) -> None:
        self._http = http
        self._organization = organization

    def find_identity(self, email: str) -> str | None:
        """The id of the organization's user with this e-mail address, None if there is none."""
        users = self._pages(f"/organizations/{quote(self._organization, safe='')}/users", "users")
        return next((str(user["id"]) for user in users if str(user.get("email", "")).lower() == email.lower()), None)

    def membership(self, role_id: str, user_id: str) -> str | None:
        """The id of the membership that gives a user a role, None if they do not have it. Raises NOT_FOUND if there is
        no such role."""
        return next((str(item["id"]) for item in self._memberships(role_id) if _user_of(item) == user_id), None)

    def give(self, role_id: str, user_id: str) -> None:
        """Give a user a role, which they do not have yet."""
        self._http.send("POST", f"{_role(role_id)}/memberships", json={"user_url": f"{ADDRESS}/users/{user_id}"})

    def take(self, membership_id: str) -> bool:
        """End a membership; False if there is none any more."""
        reply = self._http.send("DELETE", f"/memberships/{quote(membership_id, safe='')}", accept=(404,))
        return reply.status != 404

    def holders(self, role_id: str) -> Iterator[str]:
        """The ids of the users who have a role."""
        return (_user_of(item) for item in self._memberships(role_id))

    def _memberships(self, role_id: str) -> Iterator[dict[str, Any]]:
        return self._pages(f"{_role(role_id)}/memberships", "memberships")

    def _pages(self, path: str, key: str) -> Iterator[dict[str, Any]]:
        url: str | None = path
        while url is not None:
            page = self._http.get(url).json()
            yield from page["_embedded"][key]
            url = ((page.get("_links") or {}).get("next") or {}).get("href")
            if url is not None and not url.startswith((f"{ADDRESS}/", "/")):
                # The token is for Aptible alone.
                raise failure(AptibleError, "REJECTED", "Aptible's next page is at another address.", retryable=False)


def _role(role_id: str) -> str:
    return f"/roles/{quote(role_id, safe='')}"


def _user_of(membership: dict[str, Any]) -> str:
    return str(membership["_links"]["user"]["href"]).rstrip("/").rpartition("/")[2]


def _reason(reply: Reply) -> str:
    body = reply.json()
    return str(body.get("message") or body.get("error") or "") if isinstance(body, dict) else ""

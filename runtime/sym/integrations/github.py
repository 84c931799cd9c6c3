"""``type = "github"``: a GitHub organization, to let people into its repositories.

The token is that of an account that administers the repositories concerned, best of an owner of the organization: a
classic token with the scopes `repo`, `read:org` and `user:email`, or a fine-grained one of the organization with
*Administration: read and write* and *Metadata: read* for those repositories, and *Members: read*.

Nobody can be found by e-mail address: GitHub shows few of them, and looks nobody up by one. Say who people are with
`symflow users update-identity`, or in the flow's `get_identity`: their id is their GitHub login.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from sym.sdk._integration import Integration
from sym.sdk.connection import Asking, ConnectionHost, Function, Http, Reply, Service
from sym.sdk.exceptions.github import GitHubError
from sym.sdk.schema import attribute, schema

external_id = "The name of the GitHub organization."
PAGE = 100
_MOVED = "The repository was renamed or moved: put its new name into the target"


@schema
class Settings:
    """Settings of a GitHub integration."""

    api_token_secret: str = attribute(
        "Id of the `sym_secret` with a token of the scopes `read:org`, `repo` and `user:email`.", references="secret"
    )


def connect(host: ConnectionHost, integration: Integration) -> Connection:
    """The organization that ``integration`` names."""
    token = integration.settings["api_token_secret"]
    service = Service(
        name="GitHub",
        base_url="https://api.github.com",
        error=GitHubError,
        headers=lambda: {
            "Authorization": f"Bearer {host.secret(str(token.id))}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
        reason=_reason,
        is_throttled=_is_throttled,
    )
    return Connection(host.http(service), integration.external_id)


class Connection:
    """One organization on GitHub; repositories are named without it. Every method raises GitHubError."""

    def __init__(self, http: Http, organization: str) -> None:
        self._http = http
        self._organization = quote(organization, safe="")

    def find_identity(self, email: str) -> None:
        """Nobody: GitHub does not tell."""

    def add_collaborator(self, repository: str, login: str) -> int | None:
        """Let somebody into a repository. The id of the invitation they have to accept; None if they are in at once,
        or already. Raises GitHubError named NOT_FOUND if there is no such repository or user, or the token may not
        see it."""
        reply = self._http.send("PUT", self._repository(repository, "collaborators", login))
        invitation = reply.json() if reply.status == 201 else None
        return int(invitation["id"]) if invitation else None

    def remove_collaborator(self, repository: str, login: str) -> None:
        """Take away what was given to somebody directly; if nothing was, nothing happens."""
        self._http.send("DELETE", self._repository(repository, "collaborators", login))

    def cancel_invitation(self, repository: str, invitation_id: int) -> None:
        """Withdraw an invitation; one that is accepted or gone already is left alone."""
        self._http.send("DELETE", self._repository(repository, "invitations", str(invitation_id)), accept=(404,))

    def collaborators(self, repository: str, *, affiliation: str = "all") -> Iterator[dict[str, Any]]:
        """Who has access to a repository, as GitHub describes them; with ``affiliation="direct"`` only those it was
        given to as persons, and not those who have it as members of a team or of the organization."""
        return self._pages(self._repository(repository, "collaborators"), {"affiliation": affiliation})

    def invitations(self, repository: str) -> Iterator[dict[str, Any]]:
        """Who was invited into a repository and has not answered, as GitHub describes it."""
        return self._pages(self._repository(repository, "invitations"), {})

    def sees_every_repository(self) -> bool:
        """Whether what the token does not see is not there: it is that of an owner, with the scope `repo`. GitHub
        answers 404 both for what is gone and for what one may not see."""
        path = f"/orgs/{self._organization}/members"
        # Only owners may ask who has no second factor.
        reply = self._http.get(path, params={"filter": "2fa_disabled", "per_page": 1}, accept=(403, 404, 422))
        scopes = reply.headers.get("x-oauth-scopes", "").replace(" ", "").split(",")
        return reply.status == 200 and "repo" in scopes

    def _repository(self, name: str, *rest: str) -> str:
        parts = (self._organization, quote(name, safe=""), *(quote(part, safe="") for part in rest))
        return "/repos/" + "/".join(parts)

    def _pages(self, path: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for number in itertools.count(1):
            found = self._http.get(path, params={**params, "per_page": PAGE, "page": number}).json() or []
            yield from found
            if len(found) < PAGE:
                return


def _get_repo_collaborators(asking: Asking) -> list[dict[str, Any]]:
    """Those of one of the ``roles`` that are known here by their login."""
    roles = set(asking.arguments["roles"])
    people = asking.connection.collaborators(asking.arguments["repo_name"])
    return asking.users({"user_id": person["login"]} for person in people if person["role_name"] in roles)


functions: dict[str, Function] = {"get_repo_collaborators": _get_repo_collaborators}


def _is_throttled(reply: Reply) -> bool:
    """GitHub says 403 as well, where somebody asks too often."""
    headers = reply.headers
    if reply.status != 403:
        return False
    return "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0" or "rate limit" in _reason(reply)


def _reason(reply: Reply) -> str:
    if reply.status in (301, 302, 307, 308):
        return _MOVED
    body = reply.json()
    if not isinstance(body, dict):
        return ""
    causes = [cause.get("message") or cause.get("code") if isinstance(cause, dict) else cause
              for cause in body.get("errors") or ()]  # fmt: skip
    return "; ".join(str(text) for text in (body.get("message"), *causes) if text)

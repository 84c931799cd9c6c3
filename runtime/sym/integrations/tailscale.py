"""``type = "tailscale"``: a tailnet, to put people into the groups of its policy file.

The access token is that of an owner, an admin or a network admin of the tailnet, or one of a trust credential with the
scope ``policy_file``. Tailscale ends access tokens after at most 90 days: put a new one into the secret in time.

People are known by their e-mail address, and nothing is asked to find them. In a tailnet that people log in to in
another way, such as with GitHub, store the login name (``ada@github``) as their identity.

The policy file is changed in place: comments and layout stay, and what somebody else changes at the same moment is not
lost. Where the file is managed by Terraform or from a repository, leave the groups that Sym fills to Sym, or each
undoes what the other does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from sym.integrations._hujson import HuJsonError, items, with_item, without_item
from sym.sdk._integration import Integration
from sym.sdk.connection import ConnectionHost, Http, Reply, Service, failure
from sym.sdk.exceptions.access_strategy import AccessStrategyError
from sym.sdk.schema import attribute, schema

external_id = "The name of the tailnet, such as `example.com` or `example.github`."
_Found = TypeVar("_Found")
TRIES = 5
"""As often a change is made again that somebody else's came before."""


@schema
class Settings:
    """Settings of a Tailscale integration."""

    api_token_secret: str = attribute(
        "Id of the `sym_secret` with an API access token. Tailscale ends it after at most 90 days.", references="secret"
    )


def connect(host: ConnectionHost, integration: Integration) -> Connection:
    """The tailnet that ``integration`` names."""
    token = integration.settings["api_token_secret"]
    service = Service(
        name="Tailscale",
        base_url=f"https://api.tailscale.com/api/v2/tailnet/{quote(integration.external_id, safe='')}",
        error=_error,
        headers=lambda: {"Authorization": f"Bearer {host.secret(str(token.id))}", "Accept": "application/hujson"},
        reason=_reason,
    )
    return Connection(host.http(service))


class Connection:
    """The policy file of one tailnet. Groups are named without ``group:``. Every method raises AccessStrategyError, its
    code beginning with ``Tailscale``."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def find_identity(self, email: str) -> str | None:
        """The address itself, in lower case; None for none. Tailscale is not asked."""
        return email.strip().lower() or None

    def members(self, group: str) -> list[str] | None:
        """Who is in a group, in lower case; None if there is no such group."""
        found = _edited(lambda: items(self._http.get("/acl").text, _place(group)))
        return None if found is None else [member.lower() for member in found]

    def add_member(self, group: str, member: str) -> None:
        """Put somebody into a group; once is as good as twice. Raises ``NOT_FOUND`` if there is no such group."""
        if not self._change(group, lambda text: with_item(text, _place(group), member)):
            raise failure(_error, "NOT_FOUND", f"The policy file of the tailnet has no group:{group}. Add it, and say "
                          "what it may reach.", status=404, retryable=False)  # fmt: skip

    def remove_member(self, group: str, member: str) -> bool:
        """Take somebody out of a group; False if there is no such group, or they are not in it."""
        found = self.members(group)
        if found is None or member.lower() not in found:
            return False
        return self._change(group, lambda text: without_item(text, _place(group), member))

    def _change(self, group: str, change: Callable[[str], str]) -> bool:
        """Read the file, change it, and write it unless it was changed since; False if there is no such group."""
        for _ in range(TRIES):
            read = self._http.get("/acl")
            if _edited(lambda: items(read.text, _place(group))) is None:  # noqa: B023 - called at once
                return False
            changed = _edited(lambda: change(read.text))  # noqa: B023 - called at once
            if changed == read.text or self._write(changed, read.headers.get("etag", "")):
                return True
        raise failure(_error, "CONFLICT", "The policy file of the tailnet is being changed by others all the time: it "
                      "is tried again later.", status=412, retryable=True)  # fmt: skip

    def _write(self, text: str, version: str) -> bool:
        """Whether the file was still the version that was read."""
        if not version:
            raise failure(_error, "REJECTED", "Tailscale gave the policy file without its version (ETag): it is not "
                          "written, for others' changes might be lost.", retryable=False)  # fmt: skip
        headers = {"If-Match": version, "Content-Type": "application/hujson"}
        return self._http.send("POST", "/acl", accept=(412,), data=text.encode(), headers=headers).status != 412


def _place(group: str) -> tuple[str, str]:
    return ("groups", f"group:{group}")


def _edited(edit: Callable[[], _Found]) -> _Found:
    """What an edit gives. Raises AccessStrategyError for a file that cannot be read or changed."""
    try:
        return edit()
    except HuJsonError as error:
        raise failure(_error, "POLICY_FILE", f"The policy file of the tailnet cannot be used: {error}",
                      retryable=False) from None  # fmt: skip


def _error(name: str, message: str) -> AccessStrategyError:
    return AccessStrategyError(name, message, "Tailscale")


def _reason(reply: Reply) -> str:
    """The message, and what the policy file's own tests say."""
    body: Any = reply.json()
    if not isinstance(body, dict):
        return ""
    data = body.get("data")
    tests = [str(error) for item in (data if isinstance(data, list) else ()) if isinstance(item, dict)
             for error in item.get("errors") or ()]  # fmt: skip
    return "; ".join([str(body.get("message") or ""), *tests]).strip("; ")

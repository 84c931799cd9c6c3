"""People on a server."""

from __future__ import annotations

import re
from typing import Any

from sym.commands._remote import Api, segment
from sym.errors import NotFound

Document = dict[str, Any]
Documents = list[Document]
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class RemotePeople:
    """People on a server. Raises the errors that the server's answers stand for."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self, role: str | None = None, state: str | None = None) -> Documents:
        """People by username."""
        return self._api.pages("/users", "users", {"role": role, "state": state})

    def find(self, name: str) -> Document:
        """One person. Raises NotFound."""
        if _ID.fullmatch(name):
            return self._api.send("GET", _path(name))
        found = self._api.pages("/users", "users", {"email": name})
        if not found and "@" not in name:
            # Whoever came from Slack without an address has a username alone.
            found = [one for one in self.list() if one["username"] == name.lower()]
        if not found:
            raise NotFound(f"There is no person {name}.", hint="`symflow users list` names them.")
        return found[0]

    def create(self, person: Document) -> Document:
        """Give a person an account."""
        return self._api.send("POST", "/users", person)

    def update(self, user_id: str, changes: Document) -> Document:
        """Change a person."""
        if changes == {"deactivated": True}:
            return self._api.send("DELETE", _path(user_id))
        return self._api.send("PATCH", _path(user_id), changes)

    def give(self, user_id: str, identity: Document) -> None:
        """Say who a person is."""
        self._api.send("PUT", f"{_path(user_id)}/identities", identity)

    def take(self, user_id: str, service_type: str, external_id: str) -> None:
        """Forget who a person is."""
        query = {"service_type": service_type, "external_id": external_id}
        self._api.send("DELETE", f"{_path(user_id)}/identities", query=query)

    def accounts(self) -> Documents:
        """Where people can have an identity."""
        return self._api.pages("/services", "services")

    def arrange(self, table: Document) -> Document:
        """Make people as a table says."""
        return self._api.send("POST", "/users/import", table)


def _path(user_id: str) -> str:
    return f"/users/{segment(user_id.lower())}"

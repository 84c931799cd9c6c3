"""People as a host tells of them: in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from sym.sdk._host import current_host
from sym.sdk.user import User, UserIdentity, UserRole


class KnownIdentity(UserIdentity):
    """An identity made of its parts."""

    def __init__(self, service: str, service_id: str, user_id: str) -> None:
        self._service = service
        self._service_id = service_id
        self._user_id = user_id

    @property
    def service(self) -> str:
        """The type of the service."""
        return self._service

    @property
    def service_id(self) -> str:
        """Which instance of it."""
        return self._service_id

    @property
    def user_id(self) -> str:
        """The user's id there."""
        return self._user_id


class KnownUser(User):
    """A user made of a JSON object.

    Args:
        document: ``id`` and ``username``, and where known ``email``, ``type``, ``first_name``, ``last_name``, ``role``
            and ``identities``, a list of objects with ``service``, ``service_id`` and ``user_id``.

    Raises:
        KeyError: ``id`` or ``username`` is missing.
        ValueError: the id is no UUID, or the role is unknown.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._id = UUID(document["id"])
        self._username = str(document["username"])
        self._role = UserRole(document.get("role") or UserRole.GUEST)
        self._document = dict(document)
        self._identities: dict[str, list[UserIdentity]] = {}
        for entry in document.get("identities") or ():
            identity = KnownIdentity(entry["service"], entry["service_id"], entry["user_id"])
            self._identities.setdefault(identity.service, []).append(identity)

    @classmethod
    def all_of(cls, documents: list[Any]) -> list[Self]:
        """Return a user for each object."""
        return [cls(document) for document in documents]

    @property
    def id(self) -> UUID:
        """The user's own id."""
        return self._id

    @property
    def email(self) -> str | None:
        """The e-mail address, if any."""
        return self._document.get("email")

    @property
    def username(self) -> str:
        """The bot's name or the e-mail address."""
        return self._username

    @property
    def type(self) -> str:
        """``bot`` or ``normal``."""
        return str(self._document.get("type") or "normal")

    @property
    def first_name(self) -> str | None:
        """The given name, if known."""
        return self._document.get("first_name")

    @property
    def last_name(self) -> str | None:
        """The family name, if known."""
        return self._document.get("last_name")

    @property
    def identities(self) -> dict[str, list[UserIdentity]]:
        """The identities by type of service."""
        return self._identities

    @property
    def role(self) -> UserRole:
        """The role; where the host does not say, the least powerful one."""
        return self._role

    def identity(self, service_type: str, service_id: str | None = None) -> UserIdentity | None:
        """Return the first identity in such a service, or the one in exactly this instance."""
        for identity in self._identities.get(service_type, ()):
            if service_id is None or identity.service_id == service_id:
                return identity
        return None

    def get_event_count(
        self,
        event_name: str,
        since: datetime | None = None,
        until: datetime | None = None,
        filter_on: Literal["flow", "target"] = "flow",
        include_errored: bool = False,
    ) -> int:
        """Ask the host, as it alone knows the runs. Raises ``NoHost`` outside of a flow."""
        query = {
            "user_id": str(self.id),
            "event_name": f"{event_name}",
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
            "filter_on": filter_on,
            "include_errored": include_errored,
        }
        return current_host("User.get_event_count").event_count(query)

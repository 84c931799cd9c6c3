"""People and bots, and who they are in other services."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sym.sdk._permission_level import PermissionLevel
from sym.sdk._text_enum import TextEnum
from sym.sdk.resource import SymBaseResource

_LEVELS = {
    "admin": {PermissionLevel.ADMIN, PermissionLevel.MEMBER, PermissionLevel.ALL_USERS},
    "member": {PermissionLevel.MEMBER, PermissionLevel.ALL_USERS},
    "guest": {PermissionLevel.ALL_USERS},
}


class UserRole(TextEnum):
    """What a user may do in the organization, most powerful first."""

    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"

    def permission_levels(self) -> set[PermissionLevel]:
        """Return the levels a user of this role belongs to."""
        return set(_LEVELS[self.value])


class UserIdentity(ABC, SymBaseResource):
    """Who a user is in one service."""

    @property
    @abstractmethod
    def service(self) -> str:
        """The type of the service, such as ``slack``."""

    @property
    @abstractmethod
    def service_id(self) -> str:
        """Which instance of the service, such as the workspace ``T123ABC``."""

    @property
    @abstractmethod
    def user_id(self) -> str:
        """The user's id there."""

    def __str__(self) -> str:
        return f"Identity({self.service}: {self.user_id})"

    def __repr__(self) -> str:
        return str(self)


class User(ABC, SymBaseResource):
    """A person or a bot. Two users with the same ``username`` are equal."""

    @property
    @abstractmethod
    def id(self) -> UUID:
        """The user's own id."""

    @property
    @abstractmethod
    def email(self) -> str | None:
        """The e-mail address; ``None`` for bots."""

    @property
    @abstractmethod
    def username(self) -> str:
        """The bot's name, or the e-mail address of anybody else."""

    @property
    @abstractmethod
    def type(self) -> str:
        """``bot`` or ``normal``."""

    @property
    @abstractmethod
    def first_name(self) -> str | None:
        """The given name, if known."""

    @property
    @abstractmethod
    def last_name(self) -> str | None:
        """The family name, if known."""

    @property
    @abstractmethod
    def identities(self) -> dict[str, list[UserIdentity]]:
        """The identities by type of service."""

    @property
    @abstractmethod
    def role(self) -> UserRole:
        """The role in the organization."""

    @abstractmethod
    def identity(self, service_type: str, service_id: str | None = None) -> UserIdentity | None:
        """Return the identity in a service of this type, or in exactly this instance of it; ``None`` if unknown."""

    @abstractmethod
    def get_event_count(
        self,
        event_name: str,
        since: datetime | None = None,
        until: datetime | None = None,
        filter_on: Literal["flow", "target"] = "flow",
        include_errored: bool = False,
    ) -> int:
        """Count events on the runs this user requested.

        Args:
            event_name: an ``ApprovalTemplateStep`` or its text.
            since, until: inclusive bounds on the time the event was scheduled for.
            filter_on: count runs of the same ``flow``, or for the same ``target``.
            include_errored: count ignored and errored events too.
        """

    def to_dict(self) -> dict[str, Any]:
        """Return what stands for the user in JSON: ``{"id": str, "username": str}``."""
        return {"id": str(self.id), "username": self.username}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, User):
            return NotImplemented
        return self.username == other.username

    def __hash__(self) -> int:
        return hash((type(self), self.username))

    def __str__(self) -> str:
        identities = [identity for known in self.identities.values() for identity in known]
        return f"User(email={self.email}, username={self.username}, identities={identities})"

    def __repr__(self) -> str:
        return f"User({self.username})"


def user_ids(user_list: list[User]) -> list[UUID]:
    """Return the ids of users, in the same order."""
    return [user.id for user in user_list]

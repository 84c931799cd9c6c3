"""``type = "onelogin"``: access by a OneLogin role, as a member or as one of its admins.

Members and admins of a role are two lists: who becomes an admin does not become a member, and who stops being one stays
what else they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sym.sdk.event import Event
from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.exceptions.onelogin import OneLoginError
from sym.sdk.schema import attribute, schema
from sym.sdk.strategies import AccessStrategy
from sym.sdk.user import User

integration = "onelogin"


@schema
class Settings:
    """A OneLogin strategy needs no settings."""


@schema
class Role:
    """A role of the account, and what people become in it."""

    role_id: str = attribute("The id of the role, a number.")
    privilege_level: str = attribute("What a person becomes in the role.", choices=("member", "admin"))


targets = {"onelogin_role": Role}
multiple: frozenset[str] = frozenset()


class Strategy(AccessStrategy):
    """Being a member or an admin of a OneLogin role, for as long as the access lasts."""

    connection: Any
    """What ``sym.integrations.onelogin`` connects."""

    def fetch_remote_identity(self, user: User) -> str | None:
        """The id of the OneLogin user with the same e-mail address."""
        found: str | None = self.connection.find_identity(user.email) if user.email else None
        return found

    def escalate(self, target_id: str, event: Event) -> dict[str, Any]:  # noqa: ARG002
        """Make the requester a member or an admin of the role."""
        role_id, level, user_id = self._asked(event)
        self.connection.add(role_id, level, user_id)
        return {"user_id": user_id, "role_id": role_id, "privilege_level": level}

    def deescalate(self, target_id: str, event: Event) -> None:  # noqa: ARG002
        """Let the requester not be one any more."""
        if not self.connection.remove(*self._asked(event)):
            raise AlreadyGone("The role or the user does not exist any more.")

    def is_escalated(self, target_id: str, event: Event) -> bool:  # noqa: ARG002
        """Whether the requester is one."""
        role_id, level, user_id = self._asked(event)
        try:
            return user_id in self.connection.holders(role_id, level)
        except OneLoginError as error:
            if getattr(error, "status", None) != 404:
                raise
            return False

    def list_active(self, settings: dict[str, Any]) -> Iterator[str]:
        """The ids of those who are what a target with these settings makes people in the role."""
        yield from self.connection.holders(str(settings["role_id"]), settings["privilege_level"])

    def manual_instructions(self, target_id: str, event: Event) -> str:  # noqa: ARG002
        """How a person takes the access away."""
        role_id, level, user_id = self._asked(event)
        tab = "Admins" if level == "admin" else "Users"
        return f"In OneLogin, open Users > Roles, choose the role {role_id}, and remove the user {user_id} under {tab}."

    def _asked(self, event: Event) -> tuple[str, str, str]:
        settings = event.payload.fields["target"].settings
        return str(settings["role_id"]), str(settings["privilege_level"]), self.get_requester_identity(event)

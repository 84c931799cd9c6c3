"""``type = "aptible"``: access by an Aptible role.

Who loses their last role leaves the organization: people should have another one of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sym.sdk.event import Event
from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.exceptions.aptible import AptibleError
from sym.sdk.schema import attribute, schema
from sym.sdk.strategies import AccessStrategy
from sym.sdk.user import User

integration = "aptible"


@schema
class Settings:
    """An Aptible strategy needs no settings."""


@schema
class Role:
    """A role of the organization."""

    role_id: str = attribute("The id of the role, a UUID.")


targets = {"aptible_role": Role}
multiple: frozenset[str] = frozenset()


class Strategy(AccessStrategy):
    """An Aptible role, for as long as the access lasts."""

    connection: Any
    """What ``sym.integrations.aptible`` connects."""

    def fetch_remote_identity(self, user: User) -> str | None:
        """The user of the organization with the same e-mail address."""
        found: str | None = self.connection.find_identity(user.email) if user.email else None
        return found

    def escalate(self, target_id: str, event: Event) -> dict[str, Any]:  # noqa: ARG002
        """Give the requester the role."""
        role_id, user_id = self._asked(event)
        if self.connection.membership(role_id, user_id) is None:
            self.connection.give(role_id, user_id)
        return {"user_id": user_id, "role_id": role_id}

    def deescalate(self, target_id: str, event: Event) -> None:  # noqa: ARG002
        """Take the role from the requester."""
        membership = self._membership(*self._asked(event))
        if membership is None or not self.connection.take(membership):
            raise AlreadyGone("The user does not have the role, or it does not exist any more.")

    def is_escalated(self, target_id: str, event: Event) -> bool:  # noqa: ARG002
        """Whether the requester has the role."""
        return self._membership(*self._asked(event)) is not None

    def list_active(self, settings: dict[str, Any]) -> Iterator[str]:
        """The ids of the users who have the role."""
        yield from self.connection.holders(str(settings["role_id"]))

    def manual_instructions(self, target_id: str, event: Event) -> str:  # noqa: ARG002
        """How a person takes the access away."""
        role_id, user_id = self._asked(event)
        return (f"In Aptible's dashboard, open Settings > Roles, choose the role {role_id}, and remove the user "
                f"{user_id} under Members.")  # fmt: skip

    def _asked(self, event: Event) -> tuple[str, str]:
        return str(event.payload.fields["target"].settings["role_id"]), self.get_requester_identity(event)

    def _membership(self, role_id: str, user_id: str) -> str | None:
        """The membership; None also where there is no such role."""
        try:
            found: str | None = self.connection.membership(role_id, user_id)
        except AptibleError as error:
            if getattr(error, "status", None) != 404:
                raise
            return None
        return found

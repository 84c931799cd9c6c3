"""``type = "boundary"``: access by membership of a HashiCorp Boundary group.

What a session may do is asked when it begins: sessions that are open go on until they end by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sym.sdk.event import Event
from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.schema import attribute, schema
from sym.sdk.strategies import AccessStrategy
from sym.sdk.user import User

integration = "boundary"


@schema
class Settings:
    """A Boundary strategy needs no settings."""


@schema
class Group:
    """A Boundary group."""

    group_id: str = attribute("The id of the group, such as `g_1234567890`.")


targets = {"boundary_group": Group}
multiple: frozenset[str] = frozenset()


class Strategy(AccessStrategy):
    """Membership of a Boundary group, for as long as the access lasts."""

    connection: Any
    """What ``sym.integrations.boundary`` connects."""

    def fetch_remote_identity(self, user: User) -> str | None:
        """The id of the Boundary user with the same e-mail address."""
        found: str | None = self.connection.find_identity(user.email) if user.email else None
        return found

    def escalate(self, target_id: str, event: Event) -> dict[str, Any]:  # noqa: ARG002
        """Put the requester into the group."""
        group_id, user_id = self._asked(event)
        self.connection.add_member(group_id, user_id)
        return {"user_id": user_id, "group_id": group_id}

    def deescalate(self, target_id: str, event: Event) -> None:  # noqa: ARG002
        """Take the requester out of the group."""
        if not self.connection.remove_member(*self._asked(event)):
            raise AlreadyGone("The user is not in the group, or the group does not exist any more.")

    def is_escalated(self, target_id: str, event: Event) -> bool:  # noqa: ARG002
        """Whether the requester is in the group."""
        group_id, user_id = self._asked(event)
        return user_id in self.connection.members(group_id)

    def list_active(self, settings: dict[str, Any]) -> Iterator[str]:
        """The ids of the users in the group."""
        yield from self.connection.members(str(settings["group_id"]))

    def manual_instructions(self, target_id: str, event: Event) -> str:  # noqa: ARG002
        """How a person takes the access away."""
        group_id, user_id = self._asked(event)
        return f"Run: boundary groups remove-members -id {group_id} -member {user_id}"

    def _asked(self, event: Event) -> tuple[str, str]:
        return str(event.payload.fields["target"].settings["group_id"]), self.get_requester_identity(event)

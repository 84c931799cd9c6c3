"""``type = "okta"``: access by membership of an Okta group.

A target whose ``group_id`` comes from a field with several values grants all of those groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sym.sdk.event import Event
from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.schema import attribute, schema
from sym.sdk.strategies import AccessStrategy
from sym.sdk.user import User
from sym.strategies._settings import listed

integration = "okta"


@schema
class Settings:
    """An Okta strategy needs no settings."""


@schema
class Group:
    """An Okta group."""

    group_id: str = attribute("The id of the group, such as `00g12345xxx`.")


targets = {"okta_group": Group}
multiple = frozenset({"group_id"})


class Strategy(AccessStrategy):
    """Membership of one or more Okta groups, for as long as the access lasts."""

    connection: Any
    """What ``sym.integrations.okta`` connects."""

    def fetch_remote_identity(self, user: User) -> str | None:
        """The Okta user with the same e-mail address."""
        found: str | None = self.connection.find_identity(user.email) if user.email else None
        return found

    def escalate(self, target_id: str, event: Event) -> dict[str, Any]:  # noqa: ARG002
        """Put the requester into the groups."""
        user_id = self.get_requester_identity(event)
        for group_id in _groups(event):
            self.connection.add_member(group_id, user_id)
        return {"user_id": user_id, "group_ids": _groups(event)}

    def deescalate(self, target_id: str, event: Event) -> None:  # noqa: ARG002
        """Take the requester out of the groups."""
        user_id = self.get_requester_identity(event)
        was_there = [self.connection.remove_member(group_id, user_id) for group_id in _groups(event)]
        if not any(was_there):
            raise AlreadyGone("The user is in none of the groups, or they do not exist any more.")

    def is_escalated(self, target_id: str, event: Event) -> bool:  # noqa: ARG002
        """Whether the requester is in all of the groups; when access ends, whether they are in any of them still."""
        user_id = self.get_requester_identity(event)
        enough = any if event.name == "deescalate" else all
        return enough(self.connection.is_member(group_id, user_id) for group_id in _groups(event))

    def list_active(self, settings: dict[str, Any]) -> Iterator[str]:
        """Who has the access that a target with these settings grants, by their ids in Okta."""
        for group_id in listed(settings["group_id"]):
            yield from (str(member["id"]) for member in self.connection.members(group_id))

    def manual_instructions(self, target_id: str, event: Event) -> str:  # noqa: ARG002
        """How a person takes the access away."""
        where = ", ".join(_groups(event))
        who = self.get_requester_identity(event)
        return (f"In Okta's Admin Console, open Directory > Groups, choose the group {where}, and remove the user "
                f"{who} under People.")  # fmt: skip


def _groups(event: Event) -> list[str]:
    return listed(event.payload.fields["target"].settings["group_id"])

"""``type = "tailscale"``: access by membership of a group in the policy file of a tailnet.

The group must be in the policy file, if need be with nobody in it, and the file must say what it may reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sym.sdk.event import Event
from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.schema import attribute, schema
from sym.sdk.strategies import AccessStrategy
from sym.sdk.user import User

integration = "tailscale"


@schema
class Settings:
    """A Tailscale strategy needs no settings."""


@schema
class Group:
    """A group of the policy file."""

    group_name: str = attribute("The name of the group, without `group:`.")


targets = {"tailscale_group": Group}
multiple: frozenset[str] = frozenset()


class Strategy(AccessStrategy):
    """Membership of a group of the policy file, for as long as the access lasts."""

    connection: Any
    """What ``sym.integrations.tailscale`` connects."""

    def fetch_remote_identity(self, user: User) -> str | None:
        """The user's e-mail address."""
        found: str | None = self.connection.find_identity(user.email or "")
        return found

    def escalate(self, target_id: str, event: Event) -> dict[str, Any]:  # noqa: ARG002
        """Put the requester into the group."""
        group, member = self._asked(event)
        self.connection.add_member(group, member)
        return {"member": member, "group_name": group}

    def deescalate(self, target_id: str, event: Event) -> None:  # noqa: ARG002
        """Take the requester out of the group."""
        if not self.connection.remove_member(*self._asked(event)):
            raise AlreadyGone("The user is not in the group, or the policy file does not have it any more.")

    def is_escalated(self, target_id: str, event: Event) -> bool:  # noqa: ARG002
        """Whether the requester is in the group."""
        group, member = self._asked(event)
        return member.lower() in (self.connection.members(group) or ())

    def list_active(self, settings: dict[str, Any]) -> Iterator[str]:
        """The login names of those in the group."""
        yield from self.connection.members(_bare(settings["group_name"])) or ()

    def manual_instructions(self, target_id: str, event: Event) -> str:  # noqa: ARG002
        """How a person takes the access away."""
        group, member = self._asked(event)
        return (f"In Tailscale's admin console, open Access controls, and take {member} out of group:{group} in the "
                "policy file.")  # fmt: skip

    def _asked(self, event: Event) -> tuple[str, str]:
        return _bare(event.payload.fields["target"].settings["group_name"]), self.get_requester_identity(event)


def _bare(name: Any) -> str:
    return str(name).removeprefix("group:")

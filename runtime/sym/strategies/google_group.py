"""``type = "google_group"``: access by membership of a Google Workspace group.

A target names a role in the group. Who is in the group with a lower role is raised to it, and lowered again when the
access ends. Who has a higher role by then, from another request or an administrator, keeps it: the end is tried again
until that is taken away. Should the worker crash in the moment of raising somebody, what they were before is not known,
and they are taken out of the group in the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sym.sdk.event import Event
from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.exceptions.google import GoogleError
from sym.sdk.schema import attribute, schema
from sym.sdk.strategies import AccessStrategy
from sym.sdk.templates import get_step_output
from sym.sdk.user import User

integration = "google"


@schema
class Settings:
    """A Google group strategy needs no settings."""


@schema
class Group:
    """A group of the organization, and what people become in it."""

    group_email: str = attribute("The e-mail address of the group.")
    role: str = attribute("What a person becomes in the group.", choices=("MEMBER", "MANAGER", "OWNER"))


targets = {"google_group": Group}
multiple: frozenset[str] = frozenset()
_RANK = {"MEMBER": 1, "MANAGER": 2, "OWNER": 3}


class Strategy(AccessStrategy):
    """A role in a Google group, for as long as the access lasts."""

    connection: Any
    """What ``sym.integrations.google`` connects."""

    def fetch_remote_identity(self, user: User) -> str | None:
        """The user's e-mail address."""
        found: str | None = self.connection.find_identity(user.email or "")
        return found

    def escalate(self, target_id: str, event: Event) -> dict[str, Any]:  # noqa: ARG002
        """Put the requester into the group, or raise them to the role."""
        group, role, member = self._asked(event)
        before = self.connection.role_of(group, member)
        if before is None and self.connection.add_member(group, member, role):
            return {"member": member, "group_email": group, "previous_role": None}
        before = before or self.connection.role_of(group, member)
        if _rank(before) < _rank(role):
            self.connection.change_role(group, member, role)
            return {"member": member, "group_email": group, "previous_role": before}
        return {"member": member, "group_email": group, "previous_role": None}

    def deescalate(self, target_id: str, event: Event) -> None:  # noqa: ARG002
        """Take the requester out of the group, or lower them to the role they had before."""
        group, role, member = self._asked(event)
        now, before = self.connection.role_of(group, member), get_step_output("escalate").get("previous_role")
        if now is None or now == before:
            raise AlreadyGone("The user is not in the group with this role.")
        if _rank(now) > _rank(role):
            raise _higher(group, member, now)
        if before is not None:
            self.connection.change_role(group, member, before)
        elif not self.connection.remove_member(group, member):
            raise AlreadyGone("The user is not in the group, or the group does not exist any more.")

    def is_escalated(self, target_id: str, event: Event) -> bool:  # noqa: ARG002
        """Whether the requester has the role in the group, or a higher one."""
        group, role, member = self._asked(event)
        return _rank(self.connection.role_of(group, member)) >= _rank(role)

    def list_active(self, settings: dict[str, Any]) -> Iterator[str]:
        """The e-mail addresses of those who have the role in the group, or a higher one."""
        for item in self.connection.members(settings["group_email"]):
            if _rank(item.get("role")) >= _rank(settings["role"]):
                yield str(item["email"]).lower()

    def manual_instructions(self, target_id: str, event: Event) -> str:  # noqa: ARG002
        """How a person takes the access away."""
        group, role, member = self._asked(event)
        return (f"In Google's Admin console, open Directory > Groups, choose {group}, and under Members remove "
                f"{member} ({role}), or lower their role to what it was.")  # fmt: skip

    def _asked(self, event: Event) -> tuple[str, str, str]:
        settings = event.payload.fields["target"].settings
        return str(settings["group_email"]), str(settings["role"]), self.get_requester_identity(event)


def _rank(role: str | None) -> int:
    return _RANK.get(role or "", 0)


def _higher(group: str, member: str, now: str) -> GoogleError:
    error = GoogleError("HIGHER_ROLE", f"{member} is {now} of {group} now, which is more than this access gave: end "
                        "what gave it, or take it away by hand.")  # fmt: skip
    error.retryable = True
    return error

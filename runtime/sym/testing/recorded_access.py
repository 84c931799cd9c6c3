"""A strategy for flows whose own is not under test: it keeps who has what access, and fails when it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sym.sdk.exceptions import AccessStrategyError

MODULE = "recorded access"
"""The word by which the strategy below reaches :class:`RecordedAccess` over the host. No author module is called so."""

STRATEGY = f'''
from sym.sdk._host import current_host
from sym.sdk.strategies import AccessStrategy


class RecordedAccess(AccessStrategy):
    """Tells the test what to grant and to end."""

    def fetch_remote_identity(self, user):
        return user.email or user.username

    def escalate(self, target_id, event):
        return self._tell("escalate", target_id, event)

    def deescalate(self, target_id, event):
        return self._tell("deescalate", target_id, event)

    def is_escalated(self, target_id, event):
        return self._tell("is_escalated", target_id, event)

    def _tell(self, method, target_id, event):
        arguments = {{"identity": self.get_requester_identity(event), "target_id": target_id}}
        return current_host(method).call({MODULE!r}, method, arguments)
'''


@dataclass(frozen=True)
class Grant:
    """One call of the strategy: ``escalate`` or ``deescalate``, for whom, to what."""

    method: str
    who: str
    target: str


@dataclass
class RecordedAccess:
    """Who has what: ``flow.access``. ``calls`` are in order; a call that was made to fail is among them."""

    calls: list[Grant] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    _members: set[tuple[str, str]] = field(default_factory=set)
    _failures: dict[str, AccessStrategyError] = field(default_factory=dict)

    def members(self, target: str) -> list[str]:
        """Who has access to a target, sorted."""
        return sorted(who for who, what in self._members if what == target)

    def has(self, who: Any, target: str) -> bool:
        """Whether a person, or whoever has this name, has access to a target."""
        return (str(who), target) in self._members

    def fail(self, method: str, message: str, *, retryable: bool = False) -> None:
        """Let ``escalate`` or ``deescalate`` raise from now on; :meth:`work_again` ends that."""
        error = AccessStrategyError("BROKEN", message)
        error.retryable = retryable
        self._failures[method] = error

    def work_again(self) -> None:
        """Let nothing fail any more."""
        self._failures.clear()

    def returns(self, method: str, output: dict[str, Any]) -> None:
        """What ``escalate`` or ``deescalate`` returns, for ``get_step_output``."""
        self.outputs[method] = output

    def call(self, method: str, arguments: dict[str, Any]) -> Any:
        """Answer the strategy."""
        who, target = str(arguments["identity"]), str(arguments["target_id"])
        if method == "is_escalated":
            return (who, target) in self._members
        self.calls.append(Grant(method, who, target))
        if method in self._failures:
            raise self._failures[method]
        (self._members.add if method == "escalate" else self._members.discard)((who, target))
        return self.outputs.get(method, {"who": who, "target": target})

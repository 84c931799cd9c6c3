"""What a strategy can be asked, wherever its code runs: in the worker, or in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sym.engine.views import Document

QUICK_SECONDS = 15.0
"""How long the questions may take that change nothing."""
LOOKS = frozenset({"get_requester_identity", "is_escalated", "manual_instructions"})
"""The questions that change nothing."""

OPTIONAL = frozenset({"is_escalated", "poll", "manual_instructions"})
"""The questions a strategy need not answer. One that is installed may also find out only when it is asked that it
cannot, and raise NotImplementedError."""


class Absent(Exception):
    """The strategy cannot be asked this."""


class StrategyPort(Protocol):
    """One strategy, its integration, and the event and target it is asked about.

    The questions are the methods of ``sym.sdk.strategies.AccessStrategy``: ``escalate``, ``deescalate``,
    ``get_requester_identity``, and the optional ``is_escalated``, ``poll`` and ``manual_instructions``.
    """

    def has(self, method: str) -> bool:
        """Whether the strategy may have the optional ``method``. If not, it has not."""
        ...

    def ask(self, method: str, operation: Document | None = None) -> Any:
        """What the method answers, as a JSON value; ``operation`` is for ``poll``.

        Raises AuthorCodeFailed for what the strategy raises, Absent if it has no such method, Retryable or Unavailable
        if it could not be asked.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a strategy is asked about, as JSON documents."""

    strategy: Document
    target_id: str
    event: Document

    def arguments(self, method: str, operation: Document | None) -> Document:
        """The arguments of one method, by name, and the integration."""
        given: Document = {"integration": self.strategy["integration"], "event": self.event}
        if method != "get_requester_identity":
            given["target_id"] = self.target_id
        if operation is not None:
            given["operation"] = operation
        return given

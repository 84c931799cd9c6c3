"""The base of an author's own strategy."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self, final

from sym.sdk._integration import Integration
from sym.sdk.event import Event
from sym.sdk.exceptions.access_strategy import AccessStrategyError
from sym.sdk.exceptions.identity import IdentityNotFound
from sym.sdk.strategies.operation import Operation
from sym.sdk.user import User
from sym.sdk.utils.user import persist_user_identity


class AccessStrategy(ABC):
    """Grants and removes access in one service.

    Args:
        integration: the account to work in; kept as ``self.integration``.

    A subclass may have these methods besides, each of which makes more certain:

    * ``is_escalated(target_id, event) -> bool``: whether the requester has the access now, asked of the service. Access
      then counts as granted once it is there and as removed once it is not, and access somebody had before is noticed
      and never removed.
    * ``poll(operation, target_id, event)``: how an :class:`~sym.sdk.strategies.Operation` that ``escalate`` or
      ``deescalate`` returned is getting on. Returns what they may return.
    * ``manual_instructions(target_id, event) -> str``: how a person removes the access by hand.

    Errors say what comes next. An error whose ``retryable`` is true is tried again, one where it is false is not; where
    it is None (the default of the SDK's errors), refused and throttled connections, timeouts, and HTTP statuses 408,
    425, 429 and from 500 are. Removing is always tried again, until it succeeds or raises
    ``sym.sdk.exceptions.access_strategy.AlreadyGone``.
    """

    integration: Integration

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        # Subclasses should leave __init__ alone. Those that do not, and forget super(), get their integration here.
        strategy = super().__new__(cls)
        integration = kwargs.get("integration", args[0] if args else None)
        if integration is not None:
            strategy.integration = integration
        return strategy

    @final
    def __init__(self, integration: Integration) -> None:
        self.integration = integration

    @final
    def get_requester_identity(self, event: Event) -> str:
        """Return the requester's id in the service: the one known, else the one looked up, which is then remembered.

        Raises:
            IdentityNotFound: neither is there.
            AccessStrategyError: the run has no request yet, so nobody to look up.
            CouldNotSaveError: what was looked up could not be remembered.
        """
        requester = event.get_actor("request")
        if requester is None:
            raise AccessStrategyError("USER_NOT_FOUND", "This run has no request yet, so it has no requester.")
        integration = self.integration
        known = requester.identity(integration.type, integration.external_id)
        if known is not None:
            return known.user_id
        found = self.fetch_remote_identity(requester)
        if not found:
            raise IdentityNotFound(email=requester.email or requester.username, service_id=integration.external_id)
        persist_user_identity(
            email=requester.email or requester.username, service=integration.type,
            service_id=integration.external_id, user_id=found,
        )  # fmt: skip
        return found

    @abstractmethod
    def fetch_remote_identity(self, user: User) -> str | None:
        """Look up the user's id in the service; ``None`` if it cannot be found.

        Call ``get_requester_identity`` instead: it asks the service only when it has to.
        """

    @abstractmethod
    def escalate(self, target_id: str, event: Event) -> dict[str, Any] | Operation | None:
        """Grant access. Doing it twice must be as good as once, and failing must raise.

        Args:
            target_id: what to grant access to.
            event: the event that grants it.

        Returns:
            Nothing, or something JSON can hold; ``get_step_output`` gives it to ``deescalate`` and to hooks. An
            ``Operation`` if the service is still working on it.
        """

    @abstractmethod
    def deescalate(self, target_id: str, event: Event) -> dict[str, Any] | Operation | None:
        """Remove access, also when it is gone already. Otherwise as ``escalate``, with the same ``target_id``."""

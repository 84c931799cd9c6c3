"""What the code of one flow may use of services: the secrets it declares, and its integrations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sym.engine.connections.opening import Connections
from sym.engine.secret_access import SecretAccess
from sym.engine.views import Document, secrets_in
from sym.sdk._secrets import SecretPlace
from sym.sdk.exceptions import SymException
from sym.store.database import Store


class FlowServices:
    """The services of the flow whose view is given."""

    def __init__(self, store: Store, place: SecretPlace, flow_view: Document, clock: Callable[[], datetime],
                 connections: Connections) -> None:  # fmt: skip
        self._secrets = SecretAccess(store, place, connections, clock)
        self._connections = connections
        self._declared = secrets_in(flow_view)
        self._runtime = flow_view["environment"].get("runtime")
        self._clock = clock

    def secret(self, secret_id: str, *, fresh: bool = False) -> str:
        """The value of a secret the flow declares, kept for a minute at most; ``fresh``: fetched now in any case."""
        view = self._declared.get(secret_id)
        if view is None:
            raise SymException("Secret", "NOT_DECLARED", f"The flow declares no secret with id {secret_id}.")
        return self._secrets.value(view, self._runtime, fresh=fresh)

    def connect(self, integration: Document) -> Any:
        """What the module of an integration's type connects, None where it needs nothing to be connected. Raises
        NotServed for a type that is only known."""
        return self._connections.open(integration, self.secret, self._runtime, now=self._clock)

    def connect_strategy(self, strategy: Document) -> Any:
        """What the module of a strategy's type connects, where the strategy's own settings say what it works with."""
        return self._connections.open_strategy(strategy, self.secret, now=self._clock)

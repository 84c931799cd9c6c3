"""Who somebody is in the service that access is granted in, found out when it is needed.

In this order: the identity that is stored; what the flow's ``get_identity`` answers; whom the service itself knows by
the e-mail address, or by the one ``get_identity_lookup`` gives in its place; what the strategy finds. What was found is
stored. Strategies of authors' own look people up themselves, so the flow is not asked for them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sym.audit.events import Actor
from sym.engine.author import SOURCE, AuthorCode
from sym.engine.host import FlowHost
from sym.engine.leases import known_identity
from sym.engine.sandbox.sandbox import Sandbox
from sym.engine.strategy import needs_implementation, open_strategy
from sym.engine.views import Document, World
from sym.errors import AuthorCodeFailed, SymError
from sym.sdk._host import bind
from sym.store.database import Store
from sym.store.grants import Lease
from sym.store.identities import Identity, save_identity

log = logging.getLogger(__name__)


class Identities:
    """Finds out who requesters are."""

    def __init__(self, store: Store, sandbox: Sandbox, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._sandbox = sandbox
        self._clock = clock

    def of_requester(self, world: World, lease: Lease, host: FlowHost) -> str | None:
        """Who the requester is in the account of the strategy's integration; None if nothing here can tell, and a
        strategy may not need to. Raises AuthorCodeFailed if the flow's own code should have told and failed: nothing
        must be granted to somebody else than it would have said."""
        strategy = world.flow_view["strategy"]
        if not needs_implementation(strategy["type"]):
            integration = strategy["integration"]
            if (known := known_identity(world, integration)) is not None:
                return known
            if found := self._asked(world, integration, host):
                self._keep(world, integration, found)
                return found
        try:
            said = open_strategy(world, lease, host, self._sandbox).ask("get_requester_identity")
        except SymError as error:
            log.info("who the requester of run %s is at the vendor is not known: %s", world.run.id, error)
            return None
        return said if isinstance(said, str) and said else None

    def _asked(self, world: World, integration: Document, host: FlowHost) -> str | None:
        author = AuthorCode(self._sandbox, host, world)
        requester = world.user_views[world.run.requester_id]
        asked = (integration["type"], integration["external_id"], requester)
        if found := _text(author.ask("get_identity", *asked), "get_identity"):
            return found
        email = _text(author.ask("get_identity_lookup", *asked), "get_identity_lookup") or requester["email"]
        return self._discovered(integration, email, host) if email else None

    def _discovered(self, integration: Document, email: str, host: FlowHost) -> str | None:
        try:
            if integration["type"] == "slack":
                return host.find_person(service="slack", external_id=integration["external_id"], email=email)
            connection = host.connect(integration)
            with bind(host):
                find = getattr(connection, "find_identity", None)
                return find(email) if find is not None else None
        except Exception as error:  # noqa: BLE001 - a vendor's; whoever grants meets it too, and tells
            # Not its text: it may hold a token.
            log.warning("%s could not be asked for an identity (%s)", integration["type"], type(error).__name__)
            return None

    def _keep(self, world: World, integration: Document, found: str) -> None:
        identity = Identity(
            user_id=world.run.requester_id, service=integration["type"], service_id=integration["external_id"],
            external_user_id=found,
        )  # fmt: skip
        with self._store.transaction() as conn:
            save_identity(conn, identity, self._clock(), actor=Actor.SYSTEM)


def _text(value: Any, reducer: str) -> str:
    """What a reducer said, "" for nothing."""
    if value is not None and not isinstance(value, str):
        raise AuthorCodeFailed("it must return text, or None.", handler=reducer, source=SOURCE)
    return (value or "").strip()

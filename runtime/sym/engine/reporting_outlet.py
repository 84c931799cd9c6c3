"""From a declared log destination to something that sends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sym import plugins
from sym.engine.connections.opening import Connections
from sym.engine.pinned import organization_slug
from sym.engine.resource_views import view_log_destination
from sym.engine.secret_access import SecretAccess
from sym.engine.views import Document, secrets_in
from sym.errors import NotServed
from sym.sdk.exceptions.sym_exception import SymException
from sym.sdk.log_destination import Declared, Destination, LogEntry
from sym.serving import is_served
from sym.store.database import Connection
from sym.store.log_cursors import SealedEntry, environments_of
from sym.store.resources import get

MOST_ENTRIES = 250
"""So many entries are sent at once, where the destination's module does not say otherwise."""


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """A destination as it is declared now. ``open`` gives what sends; it is called when there is something to be
    sent."""

    type: str
    slug: str
    most_entries: int
    whole_seals: bool
    sends_personal: bool
    open: Callable[[], Destination]

    def send(self, entries: Sequence[SealedEntry], now: datetime) -> None:
        """Send them all. Raises whatever tells why not."""
        self.open().send([_entry(entry) for entry in entries], now)


def outlet_of(conn: Connection, destination_id: str, connections: Connections, secrets: SecretAccess) -> Outlet | None:
    """The destination as it is declared now; None if it is not any more."""
    found = get(conn, "log_destination", destination_id)
    if found is None:
        return None
    view = view_log_destination(conn, organization_slug(conn), found, environments_of(conn, destination_id))
    module = plugins.load("log_destinations", found.type)
    return Outlet(
        type=found.type,
        slug=found.slug,
        most_entries=getattr(module, "most_entries", MOST_ENTRIES),
        whole_seals=bool(getattr(module, "whole_seals", False)),
        sends_personal=view["settings"].get("personal_values") == "sent",
        open=lambda: _open(view, connections, secrets),
    )


def _open(view: Document, connections: Connections, secrets: SecretAccess) -> Destination:
    kind, known = view["type"], secrets_in(view)
    if not is_served("log_destinations", kind):
        raise NotServed(f"Log destinations of type {kind!r} are not served by this release.")

    def secret(secret_id: str, *, fresh: bool = False) -> str:
        if secret_id not in known:
            raise SymException("Secret", "NOT_DECLARED", f"The destination names no secret with the id {secret_id}.")
        return secrets.value(known[secret_id], view["runtime"], fresh=fresh)

    integration = view["integration"]
    connection = connections.open(integration, secret, view["runtime"]) if integration else None
    declared = Declared(id=view["id"], settings=view["settings"], connection=connection,
                        host=connections.host(secret, view["runtime"]))  # fmt: skip
    made: Destination = plugins.load("log_destinations", kind).Destination(declared)
    return made


def _entry(entry: SealedEntry) -> LogEntry:
    return LogEntry(id=entry.id, name=entry.name, run_id=entry.run_id, seal=entry.seal, sequence=entry.sequence,
                    recorded_at=entry.recorded_at, document=entry.document)  # fmt: skip

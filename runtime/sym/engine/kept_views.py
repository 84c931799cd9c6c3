"""Views of resources that are made once for as long as nothing they show changes.

Every phase looks at its flow's environment, strategy, targets, integrations and secrets. They may change at any time,
so each look asks for the revisions of all of them, in one query, and reads them anew only where one has another.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from sym.store.database import Connection
from sym.store.resources import Revision, StoredResource, get, latest_version, revisions

MOST = 256

Document = dict[str, Any]
_lock = threading.Lock()
_kept: WeakKeyDictionary[Any, OrderedDict[tuple[str, int], tuple[dict[str, Revision | None], Document]]] = (
    WeakKeyDictionary()
)


class Reading:
    """Reads resources, and remembers in ``seen`` which revision of each was found; None where there was none."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.seen: dict[str, Revision | None] = {}

    def get(self, name: str, resource_id: str) -> StoredResource | None:
        """See :func:`sym.store.resources.get`."""
        found = get(self._conn, name, resource_id)
        self.seen[resource_id] = (found.name, found.version, found.updated_at) if found else None
        return found

    def latest(self, name: str, resource_id: str) -> StoredResource | None:
        """The resource; if it is gone, its last version."""
        return self.get(name, resource_id) or latest_version(self._conn, resource_id)


def kept_view(conn: Connection, key: tuple[str, int], make: Callable[[Reading], Document]) -> Document:
    """What ``make`` gives, or gave when nothing that it read was different. Nobody may change it. Not for a transaction
    that writes resources: it could still be rolled back."""
    with _lock:
        kept = _kept.get(conn.engine, OrderedDict()).get(key)
    if kept is not None and revisions(conn, kept[0]) == {item: seen for item, seen in kept[0].items() if seen}:
        return kept[1]
    reading = Reading(conn)
    view = make(reading)
    with _lock:
        views = _kept.setdefault(conn.engine, OrderedDict())
        views[key] = (reading.seen, view)
        while len(views) > MOST:
            views.popitem(last=False)
    return view

"""What never changes once it is written, kept in memory: versions of resources, and whose store it is.

Every phase of every run reads them; a run is pinned to the versions it started with.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any
from weakref import WeakKeyDictionary

from sym.store.database import Connection
from sym.store.organizations import require_organization
from sym.store.resources import StoredResource, version_of

MOST = 256

_lock = threading.Lock()
_kept: WeakKeyDictionary[Any, OrderedDict[tuple[str, int], Any]] = WeakKeyDictionary()
_ORGANIZATION = ("", 0)


def pinned_version(conn: Connection, resource_id: str, version: int) -> StoredResource | None:
    """One version of a resource, deleted or not, or None. Nobody may change the document that is given. Not for a
    transaction that writes resources: it could still be rolled back."""
    key = (resource_id, version)
    found: StoredResource | None = _look(conn, key)
    if found is None and (found := version_of(conn, resource_id, version)) is not None:
        _keep(conn, key, found)
    return found


def organization_slug(conn: Connection) -> str:
    """The organization's slug. Raises Unavailable if the store has not been set up for one."""
    slug: str | None = _look(conn, _ORGANIZATION)
    if slug is None:
        slug = require_organization(conn).slug
        _keep(conn, _ORGANIZATION, slug)
    return slug


def _look(conn: Connection, key: tuple[str, int]) -> Any:
    with _lock:
        kept = _kept.get(conn.engine, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
        return kept.get(key)


def _keep(conn: Connection, key: tuple[str, int], value: Any) -> None:
    with _lock:
        kept = _kept.setdefault(conn.engine, OrderedDict())
        kept[key] = value
        while len(kept) > MOST:
            kept.popitem(last=False)

"""The repository on the state store itself, for one machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sym.errors import Conflict, Unavailable
from sym_provider.repository import Document, Record

if TYPE_CHECKING:
    from sym.store.database import Store


class StoreRepository:
    """Reads and writes the store at ``url``.

    A SQLite store that is not there yet reads as empty, and is made, with ``org`` as its organization, by the first
    write. The store is not opened, nor SQLAlchemy imported, before the first call.
    """

    def __init__(self, url: str, org: str, clock: Callable[[], datetime], *, check_org: bool = True) -> None:
        self._url = url
        self._org = org.lower()
        self._clock = clock
        self._check_org = check_org
        self._store: Store | None = None

    def create(self, name: str, document: Document) -> Record:
        """Store a new resource."""
        return self._save(name, document, None)

    def update(self, name: str, resource_id: str, document: Document) -> Record:
        """Replace a resource's document."""
        return self._save(name, document, resource_id)

    def _save(self, name: str, document: Document, resource_id: str | None) -> Record:
        from sym.audit.events import Actor
        from sym.store import resources

        store = self._opened(writing=True)
        assert store is not None
        with store.transaction() as conn:
            saved = resources.save(conn, name, document, actor=Actor.SYSTEM, now=self._clock(), resource_id=resource_id)
        return Record(id=saved.id, document=saved.document)

    def read(self, name: str, resource_id: str) -> Record | None:
        """The resource with this id."""
        from sym.store import resources

        store = self._opened()
        if store is None:
            return None
        with store.reading() as conn:
            found = resources.get(conn, name, resource_id)
        return Record(id=found.id, document=found.document) if found else None

    def delete(self, name: str, resource_id: str) -> None:
        """Remove a resource."""
        from sym.audit.events import Actor
        from sym.store import resources

        store = self._opened()
        if store is None:
            return
        with store.transaction() as conn:
            resources.delete(conn, name, resource_id, actor=Actor.SYSTEM, now=self._clock())

    def find(self, name: str, kind: str, slug: str) -> Record | None:
        """The resource of this type and slug."""
        from sym.store import resources

        store = self._opened()
        if store is None:
            return None
        with store.reading() as conn:
            found = resources.find(conn, name, type=kind, slug=slug)
        return Record(id=found.id, document=found.document) if found else None

    def _opened(self, *, writing: bool = False) -> Store | None:
        """The store, its organization checked; None when there is none yet and nothing shall be written."""
        if self._store is not None:
            return self._store
        from sym.store.database import Store

        store = Store(self._url)
        if not store.exists() and not writing:
            return None
        if store.dialect == "sqlite":
            store.migrate()
        store.check()
        self._hold_org(store, writing)
        self._store = store
        return store

    def _hold_org(self, store: Any, writing: bool) -> None:
        from sym.audit.events import Actor
        from sym.store.organizations import create_organization, organization

        with store.reading() as conn:
            found = organization(conn)
        if found is None and writing:
            try:
                with store.transaction() as conn:
                    found = create_organization(conn, self._org, actor=Actor.SYSTEM, now=self._clock())
            except Conflict:  # a parallel apply was faster
                with store.reading() as conn:
                    found = organization(conn)
        if found is not None and self._check_org and found.slug != self._org:
            raise Unavailable(
                f"This store belongs to the organization '{found.slug}', but the provider's org is '{self._org}'.",
                hint="Correct org, or choose another store with SYM_STORE_URL.",
                path="org",
            )

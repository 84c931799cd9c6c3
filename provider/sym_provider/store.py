"""The repository on the state store itself, for one machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from sym.errors import Conflict, Invalid, Retryable, SymError, Unavailable
from sym.store.quick import Found, QuickReader
from sym_provider.repository import Document, Record, WriteOnly

if TYPE_CHECKING:
    from sym.sealing import SealingKeys
    from sym.store.database import Store

T = TypeVar("T")

_TRIES = 5


class StoreRepository:
    """Reads and writes the store at ``url``.

    A SQLite store that is not there yet reads as empty, and is made, with ``org`` as its organization, by the first
    write. The store is not opened, nor SQLAlchemy imported, before the first call. Secrets are encrypted with ``keys``.
    Safe to share between threads.
    """

    def __init__(
        self, url: str, org: str, clock: Callable[[], datetime], *, keys: SealingKeys, check_org: bool = True
    ) -> None:
        self._url = url
        self._org = org.lower()
        self._clock = clock
        self._keys = keys
        self._check_org = check_org
        self._store: Store | None = None
        self._quick = QuickReader(url, self._org if check_org else None)
        self._org_is_checked = False
        self._opening = threading.Lock()

    def close(self) -> None:
        """Let go of the store's connections. A later call opens it again."""
        self._quick.close()
        with self._opening:
            store, self._store = self._store, None
        if store is not None:
            store.close()

    def create(self, name: str, document: Document, write_only: WriteOnly | None = None) -> Record:
        """Store a new resource."""
        return self._save(name, document, write_only or {}, None)

    def update(self, name: str, resource_id: str, document: Document, write_only: WriteOnly | None = None) -> Record:
        """Replace a resource's document."""
        return self._save(name, document, write_only or {}, resource_id)

    def _save(self, name: str, document: Document, write_only: WriteOnly, resource_id: str | None) -> Record:
        from sym.audit.events import Actor
        from sym.store.declaring import Declaring

        store = self._opened(writing=True)
        assert store is not None

        def save() -> Record:
            with store.transaction() as conn:
                declaring = Declaring(actor=Actor.SYSTEM, now=self._clock(), keys=self._keys)
                saved = declaring.save(conn, name, document, write_only, resource_id)
            return Record(id=saved.id, document=saved.document)

        return _retried(save)

    def read(self, name: str, resource_id: str) -> Record | None:
        """The resource with this id."""
        quick = self._quick.get(name, resource_id) if self._store is None else None
        if quick is not None:
            return next(_records(quick), None)
        from sym.store import resources

        store = self._opened()
        if store is None:
            return None
        with store.reading() as conn:
            found = resources.get(conn, name, resource_id)
        return Record(id=found.id, document=found.document) if found else None

    def all_of(self, name: str) -> list[Record]:
        """Every resource of that name."""
        quick = self._quick.all_of(name) if self._store is None else None
        if quick is not None:
            return list(_records(quick))
        from sym.store import resources

        store = self._opened()
        if store is None:
            return []
        with store.reading() as conn:
            return [Record(id=found.id, document=found.document) for found in resources.list_resources(conn, name)]

    def delete(self, name: str, resource_id: str) -> None:
        """Remove a resource."""
        from sym.audit.events import Actor
        from sym.store import resources

        store = self._opened()
        if store is None:
            return

        def delete() -> None:
            with store.transaction() as conn:
                resources.delete(conn, name, resource_id, actor=Actor.SYSTEM, now=self._clock())

        _retried(delete)

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
        with self._opening:
            if self._store is None:
                self._store = self._open(writing)
            if self._store is not None and not self._org_is_checked:
                self._org_is_checked = self._hold_org(self._store, writing)
            return self._store

    def _open(self, writing: bool) -> Store | None:
        from sym.store.database import Store

        try:
            store = Store(self._url)
        except Invalid as problem:
            raise Invalid(problem.message, hint=f"Correct SYM_STORE_URL. {problem.hint}") from None
        if not store.exists() and not writing:
            return None
        try:
            if store.dialect == "sqlite":
                store.migrate()
            store.check()
        except SymError:
            store.close()
            raise
        return store

    def _hold_org(self, store: Store, writing: bool) -> bool:
        """Refuse another organization's store; False for a store that has none yet, which only a write gives one."""
        from sym.store.organizations import organization

        with store.reading() as conn:
            found = organization(conn)
        if found is None and not writing:
            return False
        slug = found.slug if found else self._create_org(store)
        if self._check_org and slug != self._org:
            raise Unavailable(
                f"This store belongs to the organization '{slug}', but the provider's org is '{self._org}'.",
                hint="Correct org, or choose another store with SYM_STORE_URL.",
                path="org",
            )
        return True

    def _create_org(self, store: Store) -> str:
        from sym.audit.events import Actor
        from sym.store.organizations import create_organization, require_organization

        try:
            with store.transaction() as conn:
                return create_organization(conn, self._org, actor=Actor.SYSTEM, now=self._clock()).slug
        except Conflict:  # a parallel apply was faster
            with store.reading() as conn:
                return require_organization(conn).slug
        except Invalid as problem:
            raise Invalid(problem.message, hint=f"Correct the provider's org. {problem.hint}", path="org") from None


def _records(found: Found) -> Iterator[Record]:
    return (Record(id=resource_id, document=document) for resource_id, document in found)


def _retried(call: Callable[[], T]) -> T:
    """What ``call``, a whole transaction, gives; it is made again when it was sacrificed to end a deadlock."""
    for _ in range(_TRIES - 1):
        try:
            return call()
        except Retryable:
            continue
    return call()

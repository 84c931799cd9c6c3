"""Two ways to the same domains: the API of a server, or the store on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from sym import config
from sym.commands._place import chosen
from sym.commands._session import organization_of

if TYPE_CHECKING:
    from sym.commands._remote import Api
    from sym.config import Config
    from sym.store.database import Store

Document = dict[str, Any]
Documents = list[Document]


class Domains(Protocol):
    """The domains. Documents are those of the API."""

    def list(self) -> Documents:
        """Every domain, by name."""
        ...

    def add(self, domain: str) -> Document:
        """Add a domain. Raises Invalid, or Conflict if it is there."""
        ...

    def remove(self, domain: str) -> None:
        """Remove a domain. Raises Invalid or NotFound."""
        ...


@contextmanager
def domains() -> Iterator[Domains]:
    """The domains: on the server of SYM_API_URL if that is set, else in the store. Raises what
    :func:`sym.commands._place.chosen` does."""

    def local(store: Store, _: Config) -> Domains:
        return LocalDomains(store)

    def remote(api: Api) -> Domains:
        return RemoteDomains(api)

    with chosen(local, remote) as found:
        yield found


class LocalDomains:
    """The domains of a store on this machine."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self) -> Documents:
        """Every domain, by name."""
        from sym.api.domains import view_domain
        from sym.store.domains import list_domains

        with self._store.reading() as conn:
            return [view_domain(one).model_dump() for one in list_domains(conn)]

    def add(self, domain: str) -> Document:
        """Add a domain."""
        from sym.api.domains import view_domain
        from sym.audit.events import Actor
        from sym.engine.administration.domains import join_by

        with self._store.transaction() as conn:
            organization_of(conn)
            return view_domain(join_by(conn, domain, actor=Actor.SYSTEM, now=config.now())).model_dump()

    def remove(self, domain: str) -> None:
        """Remove a domain."""
        from sym.audit.events import Actor
        from sym.store.domains import remove_domain

        with self._store.transaction() as conn:
            organization_of(conn)
            remove_domain(conn, domain, actor=Actor.SYSTEM, now=config.now())


class RemoteDomains:
    """The domains of a server, for an admin."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self) -> Documents:
        """Every domain, by name."""
        return self._api.pages("/domains", "domains")

    def add(self, domain: str) -> Document:
        """Add a domain."""
        return self._api.send("POST", "/domains", {"domain": domain})

    def remove(self, domain: str) -> None:
        """Remove a domain."""
        from sym.commands._remote import segment

        self._api.send("DELETE", f"/domains/{segment(domain)}")

"""Two ways to what was declared: the API of a server, or the store on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from sym.commands._place import chosen
from sym.commands._session import organization_of
from sym.errors import NotFound

if TYPE_CHECKING:
    from sym.commands._remote import Api
    from sym.config import Config
    from sym.store.database import Store

Document = dict[str, Any]
Documents = list[Document]

# What SRNs call resources that Terraform calls otherwise.
_MODELS = {"target": "access_target", "strategy": "access_strategy"}


class Resources(Protocol):
    """What was declared."""

    def list(self, name: str) -> Documents:
        """Every resource of that name (``flow``), by type and slug: ``srn``, ``slug``, ``type`` ("" if it has none)
        and ``id``."""
        ...


@contextmanager
def resources() -> Iterator[Resources]:
    """What was declared: on the server of SYM_API_URL if that is set, else in the store. Raises what
    :func:`sym.commands._place.chosen` does."""

    def local(store: Store, _: Config) -> Resources:
        return LocalResources(store)

    def remote(api: Api) -> Resources:
        return RemoteResources(api)

    with chosen(local, remote) as found:
        yield found


def shown(org: str, name: str, kind: str, slug: str, resource_id: str) -> Document:
    """A resource as it is listed. Its SRN is that of the latest version: what ``flow_srn`` and ``target_srn`` take."""
    srn = ":".join(part for part in (org, _MODELS.get(name, name), kind, slug, "latest") if part)
    return {"srn": srn, "slug": slug, "type": kind, "id": resource_id}


class LocalResources:
    """The resources of a store on this machine."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self, name: str) -> Documents:
        """Every resource of that name."""
        from sym.store.resources import list_resources

        with self._store.reading() as conn:
            org = organization_of(conn).slug
            return [shown(org, name, item.type, item.slug, item.id) for item in list_resources(conn, name)]


class RemoteResources:
    """The resources of a server, for an admin."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self, name: str) -> Documents:
        """Every resource of that name."""
        org = self._api.send("GET", "/organization")["slug"]
        return [shown(org, name, *_named(name, item), item["id"]) for item in self._entities(name)]

    def _entities(self, name: str) -> Documents:
        from sym.entities import GONE
        from sym.resources import is_singleton, resource

        path = f"/entities/{resource(name).collection}"
        if not is_singleton(name):
            return self._api.listing(path)
        try:
            return [self._api.send("GET", path)]
        except NotFound as error:
            if error.code != GONE:
                raise
            return []


def _named(name: str, body: Document) -> tuple[str, str]:
    """The type and the slug of a resource in an answer of the server."""
    from sym.entities import read
    from sym.resources import slug_of, type_of

    document = read(name, body)
    return type_of(name, document), slug_of(name, document)

"""Two ways to the same services: the API of a server, or the store on this machine; and which of them is meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import rich_click as click

from sym import config
from sym.commands._asking import choice
from sym.commands._place import chosen
from sym.errors import NotFound

if TYPE_CHECKING:
    from sym.commands._remote import Api
    from sym.config import Config
    from sym.store.database import Store

Document = dict[str, Any]
Documents = list[Document]
Place = tuple[str, str]


class Services(Protocol):
    """The accounts of services. Documents are those of the API; a place is a type and an account's id. Methods raise
    NotFound for an account that is not known."""

    def list(self) -> Documents:
        """Every account, by type and id."""
        ...

    def label(self, place: Place, label: str) -> Document:
        """Give an account a label."""
        ...

    def delete(self, place: Place) -> Document:
        """Forget an account; gives what was forgotten. Raises Conflict while an integration declares it."""
        ...


@contextmanager
def services() -> Iterator[Services]:
    """The services: on the server of SYM_API_URL if that is set, else in the store. Raises what
    :func:`sym.commands._place.chosen` does."""

    def local(store: Store, _: Config) -> Services:
        return LocalServices(store)

    def remote(api: Api) -> Services:
        return RemoteServices(api)

    with chosen(local, remote) as found:
        yield found


def picked_place(service_type: str | None, external_id: str | None) -> Place:
    """The account that is meant: what both options say, or one of those that are known, asked for on a terminal."""
    if service_type is not None and external_id is not None:
        return service_type, external_id
    with services() as known:
        return place_among(known.list(), service_type, external_id)


def place_among(items: Sequence[Document], service_type: str | None, external_id: str | None) -> Place:
    """The account that is meant among ``items``: documents with ``service_type`` and ``external_id``. Raises NotFound
    if none fits what was given, and a usage error where it is not clear and nobody can be asked."""
    if service_type is not None and external_id is not None:
        return service_type, external_id
    fitting = [
        (item["service_type"], item["external_id"], item.get("label") or "")
        for item in items
        if service_type in (None, item["service_type"]) and external_id in (None, item["external_id"])
    ]
    if not fitting:
        raise NotFound("There is no such service.", hint="`symflow services list` names them.")
    missing = [flag for flag, given in (("--service-type", service_type), ("--external-id", external_id)) if not given]
    if len(fitting) == 1 and len(missing) == 2:
        from sym.commands._asking import is_terminal

        if not is_terminal():
            raise click.UsageError(f"Missing option {' and '.join(missing)}.")
    texts = [f"{kind} {account}" + (f" ({label})" if label else "") for kind, account, label in fitting]
    kind, account, _ = fitting[choice("Which service?", texts, " and ".join(missing))]
    return kind, account


class LocalServices:
    """The services of a store on this machine."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self) -> Documents:
        """Every account, by type and id."""
        from sym.api.known_services import view_service
        from sym.store.known_services import list_services

        with self._store.reading() as conn:
            return [view_service(item).model_dump() for item in list_services(conn)]

    def label(self, place: Place, label: str) -> Document:
        """Give an account a label."""
        from sym.api.known_services import view_service
        from sym.audit.events import Actor
        from sym.engine.administration.known_services import label_service

        with self._store.transaction() as conn:
            done = label_service(conn, *place, label, actor=Actor.SYSTEM, now=config.now())
            return view_service(done).model_dump()

    def delete(self, place: Place) -> Document:
        """Forget an account."""
        from sym.api.known_services import view_service
        from sym.audit.events import Actor
        from sym.engine.administration.known_services import delete_service

        with self._store.transaction() as conn:
            return view_service(delete_service(conn, *place, actor=Actor.SYSTEM, now=config.now())).model_dump()


class RemoteServices:
    """The services of a server, for an admin."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self) -> Documents:
        """Every account, by type and id."""
        return self._api.pages("/services", "services")

    def label(self, place: Place, label: str) -> Document:
        """Give an account a label."""
        return self._api.send("PATCH", _path(place), {"label": label})

    def delete(self, place: Place) -> Document:
        """Forget an account."""
        return self._api.send("DELETE", _path(place))


def _path(place: Place) -> str:
    from sym.commands._remote import segment

    return f"/services/{segment(place[0])}/{segment(place[1])}"

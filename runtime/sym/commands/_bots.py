"""Two ways to the same bots: the API of a server, or the store on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from sym import config
from sym.commands._place import chosen
from sym.commands._session import organization_of

if TYPE_CHECKING:
    from sym.commands._remote import Api
    from sym.config import Config
    from sym.store.database import Connection, Store
    from sym.store.users import User

Document = dict[str, Any]
Documents = list[Document]
Place = tuple[str, str]


class Bots(Protocol):
    """The bots. Documents are those of the API; methods raise NotFound for a bot that is not there, and what
    :mod:`sym.engine.administration.bots` does."""

    def list(self, state: str | None) -> Documents:
        """Every bot by name, or those that are active or deactivated."""
        ...

    def create(self, name: str, role: str) -> Document:
        """Create a bot."""
        ...

    def update(self, name: str, **changes: str) -> Document:
        """Change the ``role``, or the ``state`` to active."""
        ...

    def delete(self, name: str) -> Document:
        """Delete a bot; gives the ``bot`` and the ids of tokens that were ``revoked``."""
        ...

    def identities(self, name: str) -> Documents:
        """Who the bot is in services."""
        ...

    def identify(self, name: str, place: Place, value: str) -> Documents:
        """Say who the bot is in an account; gives all of its identities."""
        ...

    def unidentify(self, name: str, place: Place) -> Documents:
        """Forget who the bot is in an account; gives the identities it still has."""
        ...


@contextmanager
def bots() -> Iterator[Bots]:
    """The bots: on the server of SYM_API_URL if that is set, else in the store. Raises what
    :func:`sym.commands._place.chosen` does."""

    def local(store: Store, _: Config) -> Bots:
        return LocalBots(store)

    def remote(api: Api) -> Bots:
        return RemoteBots(api)

    with chosen(local, remote) as found:
        yield found


class LocalBots:
    """The bots of a store on this machine, whose holder may do everything."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self, state: str | None) -> Documents:
        """Every bot by name, or those that are active or deactivated."""
        from sym.api.bots import view_bots
        from sym.store.bots import page_of_bots

        with self._store.reading() as conn:
            return [item.model_dump() for item in view_bots(conn, page_of_bots(conn, state=state), config.now())]

    def create(self, name: str, role: str) -> Document:
        """Create a bot."""
        from sym.engine.administration.bots import create_bot

        return self._changed(create_bot, name, role)

    def update(self, name: str, **changes: str) -> Document:
        """Change the ``role``, or the ``state`` to active."""
        from sym.engine.administration.bots import change_role, reactivate_bot

        return self._changed(change_role, name, changes["role"]) if "role" in changes else self._changed(
            reactivate_bot, name
        )  # fmt: skip

    def delete(self, name: str) -> Document:
        """Delete a bot."""
        from sym.api.bots import view_bots
        from sym.audit.events import Actor
        from sym.engine.administration.bots import close_bot
        from sym.engine.queue import Queue

        now = config.now()
        with self._store.transaction() as conn:
            left = close_bot(conn, Queue(self._store, config.now), name, actor=Actor.SYSTEM, now=now)
            return {"bot": view_bots(conn, [left.user], now)[0].model_dump(), "revoked": list(left.revoked)}

    def identities(self, name: str) -> Documents:
        """Who the bot is in services."""
        from sym.engine.administration.bots import named_bot

        with self._store.reading() as conn:
            return _identities(conn, named_bot(conn, name))

    def identify(self, name: str, place: Place, value: str) -> Documents:
        """Say who the bot is in an account."""
        from sym.audit.events import Actor
        from sym.engine.administration.bots import identify_bot

        with self._store.transaction() as conn:
            return _identities(conn, identify_bot(conn, name, place, value, actor=Actor.SYSTEM, now=config.now()))

    def unidentify(self, name: str, place: Place) -> Documents:
        """Forget who the bot is in an account."""
        from sym.audit.events import Actor
        from sym.engine.administration.bots import unidentify_bot

        with self._store.transaction() as conn:
            return _identities(conn, unidentify_bot(conn, name, place, actor=Actor.SYSTEM, now=config.now()))

    def _changed(self, change: Callable[..., User], *arguments: str) -> Document:
        from sym.api.bots import view_bots
        from sym.audit.events import Actor

        now = config.now()
        with self._store.transaction() as conn:
            organization_of(conn)
            bot = change(conn, *arguments, actor=Actor.SYSTEM, now=now)
            return view_bots(conn, [bot], now)[0].model_dump()


def _identities(conn: Connection, bot: User) -> Documents:
    from sym.api.identities import view_identities

    return [item.model_dump() for item in view_identities(conn, bot.id).identities]


class RemoteBots:
    """The bots of a server, for an admin."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self, state: str | None) -> Documents:
        """Every bot by name, or those that are active or deactivated."""
        return self._api.pages("/bots", "bots", {"state": state})

    def create(self, name: str, role: str) -> Document:
        """Create a bot."""
        return self._api.send("POST", "/bots", {"name": name, "role": role})

    def update(self, name: str, **changes: str) -> Document:
        """Change the ``role``, or the ``state`` to active."""
        return self._api.send("PATCH", _path(name), dict(changes))

    def delete(self, name: str) -> Document:
        """Delete a bot."""
        return self._api.send("DELETE", _path(name))

    def identities(self, name: str) -> Documents:
        """Who the bot is in services."""
        return _listed(self._api.send("GET", f"{_path(name)}/identities"))

    def identify(self, name: str, place: Place, value: str) -> Documents:
        """Say who the bot is in an account."""
        return _listed(self._api.send("PUT", f"{_path(name)}/identities", {**_key(place), "user_id": value}))

    def unidentify(self, name: str, place: Place) -> Documents:
        """Forget who the bot is in an account."""
        return _listed(self._api.send("DELETE", f"{_path(name)}/identities", query=_key(place)))


def _path(name: str) -> str:
    from sym.commands._remote import segment

    return f"/bots/{segment(name)}"


def _key(place: Place) -> Document:
    return {"service_type": place[0], "external_id": place[1]}


def _listed(answer: Document) -> Documents:
    identities: Documents = answer["identities"]
    return identities

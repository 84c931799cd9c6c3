"""Two ways to the same people: the API of a server, or the store on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sym import config
from sym.commands._place import chosen

if TYPE_CHECKING:
    from sym.commands._remote import Api
    from sym.config import Config
    from sym.engine.queue import Queue
    from sym.store.database import Store

Document = dict[str, Any]
Documents = list[Document]


class People(Protocol):
    """Where people are administered. Documents are those of the API."""

    def list(self, role: str | None = None, state: str | None = None) -> Documents:
        """People by username, with their identities."""
        ...

    def find(self, name: str) -> Document:
        """The person with this e-mail address, username or id. Raises NotFound."""
        ...

    def create(self, person: Document) -> Document:
        """Give a person an account: email, role, names, identities."""
        ...

    def update(self, user_id: str, changes: Document) -> Document:
        """Change role, first_name, last_name or deactivated."""
        ...

    def give(self, user_id: str, identity: Document) -> None:
        """Say who a person is: service_type, external_id, user_id."""
        ...

    def take(self, user_id: str, service_type: str, external_id: str) -> None:
        """Forget who a person is in an account."""
        ...

    def accounts(self) -> Documents:
        """The accounts people can have an identity in."""
        ...

    def arrange(self, table: Document) -> Document:
        """Make people as a table says, or say what would change."""
        ...


@contextmanager
def people() -> Iterator[People]:
    """People: on the server of SYM_API_URL if that is set, else in the store, where the system acts. Raises what
    :func:`sym.commands._place.chosen` does."""

    def local(store: Store, _: Config) -> People:
        return LocalPeople(store)

    def remote(api: Api) -> People:
        from sym.commands._people_remote import RemotePeople

        return RemotePeople(api)

    with chosen(local, remote) as found:
        yield found


@dataclass(frozen=True)
class LocalPeople:
    """The store on this machine."""

    store: Store

    def list(self, role: str | None = None, state: str | None = None) -> Documents:
        """People by username."""
        from sym.api.people import view_people
        from sym.store.users import People as Which
        from sym.store.users import list_people

        with self.store.reading() as conn:
            found = list_people(conn, Which(role=role, state=state))
            return [body.model_dump() for body in view_people(conn, found)]

    def find(self, name: str) -> Document:
        """One person. Raises NotFound."""
        from sym.api.people import view_person
        from sym.engine.administration.people import person_named

        with self.store.reading() as conn:
            return view_person(conn, person_named(conn, name)).model_dump()

    def create(self, person: Document) -> Document:
        """Give a person an account. Raises Invalid or Conflict."""
        from sym.api.people import view_person
        from sym.audit.events import Actor
        from sym.engine.administration.identities import give_identity
        from sym.engine.administration.people import Newcomer, create_person

        details = {key: value for key, value in person.items() if key != "identities"}
        now = config.now()
        with self.store.transaction() as conn:
            user = create_person(conn, Newcomer(**details), actor=Actor.SYSTEM, now=now)
            for identity in person["identities"]:
                give_identity(conn, user, _identity(user.id, identity), actor=Actor.SYSTEM, now=now)
            return view_person(conn, user).model_dump()

    def update(self, user_id: str, changes: Document) -> Document:
        """Change a person. Raises NotFound, Invalid or Conflict."""
        from sym.api.people import view_person
        from sym.audit.events import Actor
        from sym.engine.administration.people import update_person

        with self.store.transaction() as conn:
            changed = update_person(conn, self._queue(), user_id, changes, actor=Actor.SYSTEM, now=config.now())
            return view_person(conn, changed).model_dump()

    def give(self, user_id: str, identity: Document) -> None:
        """Say who a person is. Raises NotFound, Invalid or Conflict."""
        from sym.audit.events import Actor
        from sym.engine.administration.identities import give_identity
        from sym.engine.administration.people import person

        with self.store.transaction() as conn:
            user = person(conn, user_id)
            give_identity(conn, user, _identity(user.id, identity), actor=Actor.SYSTEM, now=config.now())

    def take(self, user_id: str, service_type: str, external_id: str) -> None:
        """Forget who a person is. Raises NotFound."""
        from sym.audit.events import Actor
        from sym.engine.administration.identities import take_identity
        from sym.engine.administration.people import person

        with self.store.transaction() as conn:
            user = person(conn, user_id)
            take_identity(conn, user, service_type, external_id, actor=Actor.SYSTEM, now=config.now())

    def accounts(self) -> Documents:
        """Where people can have an identity."""
        from sym.api.known_services import view_service
        from sym.store.known_services import list_services

        with self.store.reading() as conn:
            return [view_service(one).model_dump() for one in list_services(conn)]

    def arrange(self, table: Document) -> Document:
        """Make people as a table says. Raises Invalid or Conflict."""
        from sym.api.people_table import ImportBody, import_people
        from sym.audit.events import Actor

        body = ImportBody.model_validate(table)
        with self.store.transaction() as conn:
            done = import_people(conn, self._queue(), body, actor=Actor.SYSTEM, now=config.now())
        return done.model_dump()

    def _queue(self) -> Queue:
        from sym.engine.queue import Queue

        return Queue(self.store, config.now)


def _identity(user_id: str, document: Document) -> Any:
    from sym.store.identities import Identity

    return Identity(user_id=user_id, service=document["service_type"], service_id=document["external_id"],
                    external_user_id=document["user_id"])  # fmt: skip

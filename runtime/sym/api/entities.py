"""What the verbs of ``/entities`` share: who may, what is done, and errors that name their place on the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request

from sym import entities, plugins
from sym.api.views import known_id
from sym.api.wiring import KnownCaller, Services, UsedServices
from sym.audit.events import ActionRefused, Actor
from sym.engine.journal import actor_of
from sym.entities import NO_INTEGRATION, PROVIDER_MAJORS, VERSION_HEADER
from sym.errors import Conflict, Invalid, NotFound, Refused, Retryable, SymError
from sym.resources import is_singleton, slugify
from sym.sealing import SealingKeys
from sym.store import resources
from sym.store.audit import append
from sym.store.database import Connection
from sym.store.declaring import Declaring
from sym.store.organizations import require_organization
from sym.store.resources import StoredResource

T = TypeVar("T")
Body = dict[str, Any]

_TRIES = 5
_INTEGRATION_SHELVES = {"strategy": "strategies", "log_destination": "log_destinations"}


@dataclass(frozen=True, kw_only=True)
class Entities:
    """The resources, for a caller who may see and change them. ``name`` is a resource's name on the shelf.

    Ids are None for what there is only one of. Methods raise NotFound with the code ``EntityAPI:NOT_FOUND`` for an
    unknown id, Invalid, Conflict and InUse with the place on the wire as ``path``.
    """

    services: Services
    actor: Actor

    def list(self, name: str, kind: str | None, slug: str | None) -> list[Body]:
        """Every resource, or those of the type ``kind`` and the slug given."""
        wanted = None if slug is None else slugify(slug)
        with self.services.store.reading() as conn:
            found = resources.list_resources(conn, name)
        return [
            _answer(item)
            for item in found
            if (wanted is None or item.slug == wanted)
            and (kind is None or not entities.is_typed(name) or item.type == kind)
        ]

    def get(self, name: str, entity_id: str | None) -> Body:
        """One resource."""
        with self.services.store.reading() as conn:
            return _answer(_stored(conn, name, entity_id))

    def create(self, name: str, body: Body) -> Body:
        """Store a new resource; the answer says its id."""
        if body.get("id"):
            raise Invalid("The server gives the id: leave it out.", path="id")

        def create(conn: Connection) -> StoredResource:
            return self._declaring().save(conn, name, entities.read(name, body), hidden)

        _check(name, body)
        hidden = entities.read_write_only(name, body)
        return _answer(self._committed(name, create))

    def update(self, name: str, entity_id: str | None, body: Body) -> Body:
        """Change a resource. A missing key clears what clients omit when it is empty; others that are missing stay as
        they are."""

        def update(conn: Connection) -> StoredResource:
            stored = _stored(conn, name, entity_id)
            _check_id(stored, body)
            document = entities.read(name, body, stored.document)
            return self._declaring().save(conn, name, document, hidden, stored.id)

        _check(name, body)
        hidden = entities.read_write_only(name, body)
        return _answer(self._committed(name, update))

    def delete(self, name: str, entity_id: str | None) -> Body:
        """Delete a resource."""

        def delete(conn: Connection) -> str:
            stored = _stored(conn, name, entity_id)
            resources.delete(conn, name, stored.id, actor=self.actor, now=self.services.clock())
            return stored.id

        return {"id": self._committed(name, delete)}

    def _declaring(self) -> Declaring:
        keys = SealingKeys(self.services.keys.path)
        return Declaring(actor=self.actor, now=self.services.clock(), keys=keys)

    def _committed(self, name: str, act: Callable[[Connection], T]) -> T:
        """What ``act`` gives, in a transaction; it is made again when it was sacrificed to end a deadlock."""

        def once() -> T:
            with _on_the_wire(name), self.services.store.transaction() as conn:
                return act(conn)

        for _ in range(_TRIES - 1):
            try:
                return once()
            except Retryable:
                continue
        return once()


def _stored(conn: Connection, name: str, entity_id: str | None) -> StoredResource:
    if is_singleton(name):
        found = next(iter(resources.list_resources(conn, name)), None)
    else:
        known = known_id(entity_id or "")
        found = resources.get(conn, name, known) if known else None
    if found is None:
        raise NotFound(f"There is no such sym_{name}.", code=entities.GONE)
    return found


def _answer(stored: StoredResource) -> Body:
    return entities.write_answer(stored.name, stored.document, stored.id)


def _check(name: str, body: Body) -> None:
    """Refuse what would be lost: a setting of a newer client, or an integration that is needed and not there."""
    for place in entities.unknown_keys(name, body):
        raise Invalid("This server knows no such key.", hint="Is the provider newer than the server?", path=place)
    spelled, slug = body.get("name"), body.get("slug")
    if spelled is not None and str(spelled).lower() != str(slug).lower():
        raise Invalid("name repeats the slug in answers; change slug.", path="name")
    if body.get("integration_id") == NO_INTEGRATION and _needs_integration(name, str(body.get("type"))):
        raise Invalid(f"A sym_{name} of this type requires an integration.", path="integration_id")


def _needs_integration(name: str, kind: str) -> bool:
    shelf = _INTEGRATION_SHELVES.get(name, "")
    if not shelf or kind not in plugins.names(shelf):
        return False
    module = plugins.load(shelf, kind)
    return bool(getattr(module, "integration", None)) and not getattr(module, "integration_optional", False)


def _check_id(stored: StoredResource, body: Body) -> None:
    given = body.get("id")
    if given and str(given).lower() != stored.id:
        if is_singleton(stored.name):  # what the caller means was replaced by another
            raise NotFound(f"There is no such sym_{stored.name}.", code=entities.GONE)
        raise Invalid("The id is another one than the address says.", path="id")


@contextmanager
def _on_the_wire(name: str) -> Iterator[None]:
    """Errors that leave this name a key of the body. The whole text is the message: older clients show nothing else."""
    try:
        yield
    except (Invalid, Conflict) as error:
        place = entities.wire_path(name, error.path)
        place = place or ("id" if isinstance(error, Conflict) else "body")
        raise type(error)(str(error), path=place, code=error.code) from error


def _entities(request: Request, caller: KnownCaller, services: UsedServices) -> Entities:
    _check_version(request.headers.get(VERSION_HEADER, ""), request.app.version)
    with services.store.reading() as conn:
        org = require_organization(conn).slug
    actor = actor_of(org, caller.user)
    if caller.user.role != "admin":
        refusal = Refused(
            "Only admins may see and change resources.",
            hint="Ask an admin to give the token's user the role admin.",
            code="Auth:FORBIDDEN",
        )
        _record(services, actor, refusal)
        raise refusal
    return Entities(services=services, actor=actor)


def _record(services: Services, actor: Actor, refusal: SymError) -> None:
    entry = ActionRefused(actor=actor, action="entities", code=refusal.code, message=refusal.message)
    with services.store.transaction() as conn:
        append(conn, entry, now=services.clock())


def _check_version(version: str, own: str) -> None:
    """Refuse a provider that speaks of resources in another way. The original provider does not say its version."""
    major = version.partition(".")[0]
    if version and not (major.isascii() and major.isdigit() and int(major[:9]) in PROVIDER_MAJORS):
        known = " and ".join(f"{number}.x" for number in PROVIDER_MAJORS)
        raise Invalid(
            f"This server ({own}) works with the versions {known} of the provider, not with {version[:40]!r}.",
            hint="Change the version constraint of the provider, or upgrade the server.",
            code="EntityAPI:PROVIDER_VERSION",
        )


UsedEntities = Annotated[Entities, Depends(_entities)]

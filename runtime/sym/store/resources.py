"""What was declared: resources, their versions, and who needs whom."""

from __future__ import annotations

import dataclasses
import itertools
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit import chain
from sym.audit.events import Actor, ResourceCreated, ResourceDeleted, ResourceUpdated
from sym.errors import Conflict, InUse, Invalid, NotFound
from sym.resources import is_singleton, resource, slug_of, type_of
from sym.sealing import Sealed
from sym.store import audit, rows
from sym.store.documents import validate
from sym.store.grants import Lease, leases_mentioning
from sym.store.references import check_references, forget_references_to, label, users_of, write_references
from sym.store.secret_values import VALUE, check_value, keep_value
from sym.store.tables import resource as table
from sym.store.tables import resource_version as version_table
from sym.store.users import get_user

_NEEDED_BY_LEASES = ("integration", "secret", "secrets", "runtime")


Revision = tuple[str, int, datetime]
_REVISIONS = sa.select(table.c.id, table.c.name, table.c.version, table.c.updated_at).where(
    table.c.id.in_(sa.bindparam("ids", expanding=True))
)


@dataclass(frozen=True, kw_only=True)
class StoredResource:
    """One resource. ``name`` is its Terraform name without ``sym_``; ``type`` is "" if it has none; ``slug`` is lower
    case, whatever the spelling in ``document``; ``version`` counts from 1."""

    id: str
    name: str
    type: str
    slug: str
    version: int
    document: dict[str, Any]
    created_at: datetime
    updated_at: datetime


def save(  # noqa: PLR0913 - what, by whom, when, and which
    conn: Connection,
    name: str,
    document: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
    resource_id: str | None = None,
    id: str | None = None,  # noqa: A002 - the attribute's name
    value: Sealed | None = None,
) -> StoredResource:
    """Create a resource, under ``id`` if given, or update the one with ``resource_id``; record it, and give it back.
    ``value`` is that of a secret.

    An update that changes nothing writes nothing; a value is always a change. Raises Invalid, its ``path`` naming the
    attribute, for a document that does not fit the schema or refers to what is not there; Conflict with path ``name``
    if the name is taken (resources without a name get a suffix instead); NotFound for an unknown ``resource_id``.
    """
    validate(name, document)
    if resource_id is None:
        return _create(conn, name, document, value, actor=actor, now=now, resource_id=id or str(uuid.uuid4()))
    before = _locked(conn, name, resource_id)
    if before is None:
        raise NotFound(f"There is no sym_{name} with the id {resource_id!r}.")
    if value is None and chain.canonical(before.document) == chain.canonical(document):
        return before
    return _update(conn, before, document, value, actor=actor, now=now)


def _create(conn: Connection, name: str, document: dict[str, Any], value: Sealed | None,  # noqa: PLR0913 - as save
            *, actor: Actor, now: datetime, resource_id: str) -> StoredResource:  # fmt: skip
    _check(conn, name, document, None, value)
    if conn.execute(sa.select(table.c.id).where(table.c.id == resource_id)).first():
        raise Conflict(f"There is already a resource with the id {resource_id!r}.", path="id")
    created = StoredResource(
        id=resource_id,
        name=name,
        type=type_of(name, document),
        slug="",
        version=1,
        document=document,
        created_at=now,
        updated_at=now,
    )
    created = _under_free_slug(conn, created, lambda tried: table.insert().values(vars(tried)))
    _record(conn, created, value, actor=actor, now=now, before=None)
    return created


def _check(
    conn: Connection, name: str, document: dict[str, Any], before: dict[str, Any] | None, value: Sealed | None
) -> None:
    check_references(conn, name, document)
    if name == "secret":
        check_value(conn, document, before, value)


def _update(conn: Connection, before: StoredResource, document: dict[str, Any], value: Sealed | None,
            *, actor: Actor, now: datetime) -> StoredResource:  # fmt: skip
    _check(conn, before.name, document, before.document, value)
    changed = dataclasses.replace(
        before,
        type=type_of(before.name, document),
        version=before.version + 1,
        document=document,
        updated_at=now,
    )
    update = table.update().where(table.c.id == before.id)
    if changed.type == before.type and slug_of(before.name, document) == slug_of(before.name, before.document):
        conn.execute(update.values(version=changed.version, document=document, updated_at=now))
    else:
        changed = _under_free_slug(conn, changed, lambda tried: update.values(vars(tried)))
    _record(conn, changed, value, actor=actor, now=now, before=before)
    return changed


def _under_free_slug(conn: Connection, wanted: StoredResource, statement: Any) -> StoredResource:
    """Execute the statement for the first free slug. The unique constraint decides, so that a race cannot."""
    for slug in _slugs(wanted.name, wanted.document):
        tried = dataclasses.replace(wanted, slug=slug)
        try:
            with conn.begin_nested():
                conn.execute(statement(tried))
        except sa.exc.IntegrityError:
            if find(conn, wanted.name, type=wanted.type, slug=slug) is None:
                raise
        else:
            return tried
    if is_singleton(wanted.name):
        slug = slug_of(wanted.name, {})
        hint = f"There can be only one. Import it: terraform import sym_{wanted.name}.<address> {slug}"
        raise Conflict(f"There is already a sym_{wanted.name}.", hint=hint)
    hint = f"Choose another name, or import it: terraform import sym_{wanted.name}.<address> {_import_id(wanted)}"
    taken = label(wanted.name, wanted.type, slug_of(wanted.name, wanted.document))
    raise Conflict(f"There is already a {taken}.", hint=hint, path="name")


def _import_id(wanted: StoredResource) -> str:
    slug = slug_of(wanted.name, wanted.document)
    return f"{wanted.type}:{slug}" if wanted.type else slug


def _slugs(name: str, document: dict[str, Any]) -> Iterator[str]:
    """The slugs to try: one for a resource with a name; for one without, as many as it takes."""
    slug = slug_of(name, document)
    if is_singleton(name) or resource(name).lookup[-1] == "name":
        if not slug:
            raise Invalid("A name needs at least one letter or digit.", path="name")
        yield slug
        return
    slug = slug or name.replace("_", "-")
    yield slug
    for number in itertools.count(2):
        yield f"{slug}-{number}"


def _record(conn: Connection, saved: StoredResource, value: Sealed | None,
            *, actor: Actor, now: datetime, before: StoredResource | None) -> None:  # fmt: skip
    if saved.name == "secret":
        keep_value(conn, saved.id, saved.document, value, now)
    conn.execute(
        version_table.insert().values(
            resource_id=saved.id,
            version=saved.version,
            name=saved.name,
            type=saved.type,
            slug=saved.slug,
            document=saved.document,
            document_hash=chain.document_hash(saved.document),
            recorded_at=now,
        )
    )
    write_references(conn, saved.name, saved.id, saved.document)
    event = ResourceCreated if before is None else ResourceUpdated
    changed = _changed({} if before is None else before.document, saved.document)
    changed = changed if value is None else tuple(sorted({*changed, VALUE}))
    audit.append(conn, event(actor=actor, changed=changed, **_described(saved)), now=now)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    names = sorted({*before, *after})
    return tuple(name for name in names if chain.canonical(before.get(name)) != chain.canonical(after.get(name)))


def _described(stored: StoredResource) -> dict[str, Any]:
    return {
        "resource": stored.name,
        "type": stored.type,
        "slug": stored.slug,
        "id": stored.id,
        "version": stored.version,
        "document_hash": chain.document_hash(stored.document),
    }


def get(conn: Connection, name: str, resource_id: str) -> StoredResource | None:
    """The resource with that id, or None."""
    query = table.select().where(table.c.id == resource_id, table.c.name == name)
    return rows.one(conn, StoredResource, query)


def revisions(conn: Connection, resource_ids: Collection[str]) -> dict[str, Revision]:
    """Name, version and time of the last change of each of the resources; those that are not there are left out."""
    found = conn.execute(_REVISIONS, {"ids": list(resource_ids)})
    return {row.id: (row.name, row.version, row.updated_at) for row in found}


def _locked(conn: Connection, name: str, resource_id: str, *, delete: bool = False) -> StoredResource | None:
    # An update leaves others free to refer to the row; a deletion does not.
    query = table.select().where(table.c.id == resource_id, table.c.name == name)
    return rows.one(conn, StoredResource, query.with_for_update(key_share=not delete))


def find(conn: Connection, name: str, *, type: str = "", slug: str) -> StoredResource | None:  # noqa: A002
    """The resource with that slug, in whatever letter case, and type, or None."""
    same = (table.c.name == name, table.c.type == type, table.c.slug == slug.lower())
    return rows.one(conn, StoredResource, table.select().where(*same))


def list_resources(conn: Connection, name: str) -> list[StoredResource]:
    """Every resource of that name, by type and slug."""
    query = table.select().where(table.c.name == name).order_by(table.c.type, table.c.slug)
    return rows.many(conn, StoredResource, query)


def version_of(conn: Connection, resource_id: str, version: int) -> StoredResource | None:
    """One version of a resource, deleted or not, or None; both its times are when it was recorded."""
    same = (version_table.c.resource_id == resource_id, version_table.c.version == version)
    return _as_recorded(conn.execute(version_table.select().where(*same)).first())


def latest_version(conn: Connection, resource_id: str) -> StoredResource | None:
    """The newest version of a resource, deleted or not, or None if there never was one."""
    newest = version_table.select().where(version_table.c.resource_id == resource_id)
    return _as_recorded(conn.execute(newest.order_by(version_table.c.version.desc()).limit(1)).first())


def _as_recorded(row: Any) -> StoredResource | None:
    if row is None:
        return None
    return StoredResource(
        id=row.resource_id,
        name=row.name,
        type=row.type,
        slug=row.slug,
        version=row.version,
        document=row.document,
        created_at=row.recorded_at,
        updated_at=row.recorded_at,
    )


def delete(conn: Connection, name: str, resource_id: str, *, actor: Actor, now: datetime) -> bool:
    """Delete the resource and record it; False if it was not there. Its versions stay.

    Raises InUse naming every resource that refers to it, or every grant that cannot be ended without it. A target may
    be deleted while strategies list it: it can no longer be asked for.
    """
    stored = _locked(conn, name, resource_id, delete=True)
    if stored is None:
        return False
    this = label(stored.name, stored.type, stored.slug)
    if name == "target":
        # Terraform destroys a target before it updates the strategy that no longer lists it. What is not there cannot
        # be asked for, and access that was granted ends by its lease.
        forget_references_to(conn, resource_id)
    if users := users_of(conn, resource_id):
        raise InUse(f"{this} is used by {', '.join(users)}.", hint="Change or remove that first.")
    if name in _NEEDED_BY_LEASES and (leases := leases_mentioning(conn, resource_id)):
        needed = "; ".join(_lease_in_words(conn, lease) for lease in leases)
        raise InUse(f"{this} is needed to end access: {needed}.", hint="End that access first, or wait for its end.")
    conn.execute(table.delete().where(table.c.id == resource_id))
    audit.append(conn, ResourceDeleted(actor=actor, **_described(stored)), now=now)
    return True


def _lease_in_words(conn: Connection, lease: Lease) -> str:
    user = get_user(conn, lease.requester_id)
    target = lease.snapshot.get("target")
    described = target if isinstance(target, dict) else {}
    what = next((described[key] for key in ("label", "name", "slug", "id") if described.get(key)), "an unnamed target")
    until = f"until {lease.ends_at:%Y-%m-%d %H:%M} UTC" if lease.ends_at else "until it is revoked"
    return f"{user.username if user else lease.requester_id} on {what} {until} ({lease.status})"

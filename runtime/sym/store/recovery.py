"""A store that is older than what was done: that it is, and rows put back under the ids they had."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit import chain
from sym.audit.administration import RecoveryEnded, RecoveryEntered, UserCreated
from sym.audit.events import Actor
from sym.store import audit, rows
from sym.store.grants import LIVE, Lease, insert_lease
from sym.store.resources import StoredResource
from sym.store.tables import lease as lease_table
from sym.store.tables import recovery as table
from sym.store.tables import resource_version as version_table
from sym.store.tables import user as user_table
from sym.store.users import User

_MOST_IDS = 500


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """Why nothing is granted: ``source`` is who noticed (a ledger's id, ``audit anchor``), ``reason`` for people."""

    source: str
    reason: str
    entered_at: datetime


def recoveries(conn: Connection) -> list[Recovery]:
    """Why the store is in recovery mode; [] if it is not."""
    return rows.many(conn, Recovery, table.select().order_by(table.c.source))


def enter_recovery(conn: Connection, source: str, reason: str, now: datetime) -> None:
    """Grant nothing from now on, until :func:`leave_recovery`; recorded the first time."""
    known = table.update().where(table.c.source == source).values(reason=reason)
    if conn.execute(known).rowcount:
        return
    try:
        with conn.begin_nested():
            rows.insert(conn, table, Recovery(source=source, reason=reason, entered_at=now))
    except sa.exc.IntegrityError:
        return
    audit.append(conn, RecoveryEntered(actor=Actor.SYSTEM, details={"reason": reason}), now=now)


def leave_recovery(conn: Connection, source: str, *, leases: int, now: datetime) -> bool:
    """Nothing more keeps ``source`` from granting: ``leases`` were taken back. False if there was nothing."""
    found = rows.one(conn, Recovery, table.select().where(table.c.source == source))
    if found is None or not conn.execute(table.delete().where(table.c.source == source)).rowcount:
        return False
    details = {"reason": found.reason, "leases": leases}
    audit.append(conn, RecoveryEnded(actor=Actor.SYSTEM, details=details), now=now)
    return True


def lease_versions(conn: Connection, ids: Iterable[str]) -> dict[str, tuple[int, str]]:
    """(version, status) of every live lease, and of those with these ids."""
    query = sa.select(lease_table.c.id, lease_table.c.version, lease_table.c.status)
    found = {row.id: (row.version, row.status) for row in conn.execute(query.where(lease_table.c.status.in_(LIVE)))}
    others = sorted(set(ids) - set(found))
    for start in range(0, len(others), _MOST_IDS):
        part = query.where(lease_table.c.id.in_(others[start : start + _MOST_IDS]))
        found |= {row.id: (row.version, row.status) for row in conn.execute(part)}
    return found


def restore_lease(conn: Connection, lease: Lease, *, known_version: int | None) -> bool:
    """Put a lease into the store as it is, over the one of the same id if ``known_version`` says there is one; False
    if that was changed meanwhile."""
    if known_version is None:
        insert_lease(conn, lease)
        return True
    same = (lease_table.c.id == lease.id, lease_table.c.version == known_version)
    values = {field.name: getattr(lease, field.name) for field in fields(Lease)}
    return conn.execute(lease_table.update().where(*same).values(values)).rowcount == 1


def restore_user(conn: Connection, user: User, *, now: datetime) -> None:
    """Put an account back that the store does not know, and record it."""
    rows.insert(conn, user_table, user)
    details = {"id": user.id, "type": user.type, "role": user.role, "username": user.username, "email": user.email}
    audit.append(conn, UserCreated(actor=Actor.SYSTEM, details=details), now=now)


def restore_version(conn: Connection, resource: StoredResource) -> None:
    """Put a version of a resource back, so that runs may refer to it; the resource itself stays unknown."""
    values: dict[str, Any] = {
        "resource_id": resource.id, "version": resource.version, "name": resource.name, "type": resource.type,
        "slug": resource.slug, "document": resource.document,
        "document_hash": chain.document_hash(resource.document), "recorded_at": resource.created_at,
    }  # fmt: skip
    conn.execute(version_table.insert().values(values))

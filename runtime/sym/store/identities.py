"""Who a user is in other services."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit.administration import IdentityDeleted, IdentitySaved
from sym.audit.events import Actor
from sym.errors import NotFound
from sym.store import audit, rows
from sym.store.tables import identity as table
from sym.store.tables import organization as organization_table
from sym.store.tables import user as user_table
from sym.store.users import User


@dataclass(frozen=True, kw_only=True)
class Identity:
    """``external_user_id`` is the user's id in one account (``service_id``: workspace, domain, instance) of a
    ``service`` (``slack``, ``okta``)."""

    user_id: str
    service: str
    service_id: str
    external_user_id: str


def save_identity(conn: Connection, identity: Identity, now: datetime, *, actor: Actor = Actor.SYSTEM) -> None:
    """Remember an identity in place of the one the user had in that account, and record it if it is another one.

    Raises SQLAlchemy's IntegrityError if there is no such user.
    """
    changes = {"external_user_id": identity.external_user_id, "updated_at": now}
    here = (
        table.c.user_id == identity.user_id,
        table.c.service == identity.service,
        table.c.service_id == identity.service_id,
    )
    before = conn.execute(sa.select(table.c.external_user_id).where(*here).with_for_update()).scalar()
    if before is None:
        try:
            with conn.begin_nested():
                conn.execute(table.insert().values(vars(identity) | changes))
        except sa.exc.IntegrityError:
            if not conn.execute(table.update().where(*here).values(changes)).rowcount:
                raise  # nobody was faster: the user does not exist
    else:
        conn.execute(table.update().where(*here).values(changes))
    if before != identity.external_user_id:
        audit.append(conn, IdentitySaved(actor=actor, details=_details(identity)), now=now)


def delete_identity(conn: Connection, user_id: str, service: str, service_id: str, *, actor: Actor,
                    now: datetime) -> Identity:  # fmt: skip
    """Forget who the user is in that account, record it, and give what is forgotten. Raises NotFound."""
    here = (table.c.user_id == user_id, table.c.service == service, table.c.service_id == service_id)
    found = rows.one(conn, Identity, table.select().where(*here).with_for_update())
    if found is None:
        raise NotFound(f"They have no identity in {service}:{service_id}.", code="IdentityAPI:NOT_FOUND")
    conn.execute(table.delete().where(*here))
    audit.append(conn, IdentityDeleted(actor=actor, details=_details(found)), now=now)
    return found


def lock_claims(conn: Connection) -> None:
    """Let nobody else who calls this go on before this transaction ends: what no constraint of the tables forbids, that
    two users are the same one elsewhere, cannot come about by two claims at once either."""
    conn.execute(sa.select(organization_table.c.id).with_for_update())


def _details(identity: Identity) -> dict[str, str]:
    return {
        "user": identity.user_id,
        "service": identity.service,
        "service_id": identity.service_id,
        "external_user_id": identity.external_user_id,
    }


def identities_of(conn: Connection, user_id: str) -> list[Identity]:
    """Every identity of the user, by service."""
    query = table.select().where(table.c.user_id == user_id).order_by(table.c.service, table.c.service_id)
    return rows.many(conn, Identity, query)


def identities_of_all(conn: Connection, user_ids: Collection[str]) -> dict[str, list[Identity]]:
    """The identities of several users by the user's id, each by service; users without any are left out."""
    query = table.select().where(table.c.user_id.in_(user_ids)).order_by(table.c.service, table.c.service_id)
    found: dict[str, list[Identity]] = {}
    for item in rows.many(conn, Identity, query):
        found.setdefault(item.user_id, []).append(item)
    return found


def all_identities(conn: Connection) -> list[Identity]:
    """Every identity of everybody, by service."""
    order = (table.c.service, table.c.service_id, table.c.user_id)
    return rows.many(conn, Identity, table.select().order_by(*order))


def known_accounts(conn: Connection) -> set[tuple[str, str]]:
    """Service and account of every identity there is."""
    query = sa.select(table.c.service, table.c.service_id).distinct()
    return {(row.service, row.service_id) for row in conn.execute(query)}


def users_with_identity(conn: Connection, service: str, service_id: str, external_user_id: str) -> list[User]:
    """The users who are that one in a service's account. Refuse to act for anybody unless it is exactly one."""
    joined = user_table.join(table, table.c.user_id == user_table.c.id)
    same = (
        table.c.service == service,
        table.c.service_id == service_id,
        table.c.external_user_id == external_user_id,
    )
    query = sa.select(*user_table.c).select_from(joined).where(*same).order_by(user_table.c.id)
    return rows.many(conn, User, query)

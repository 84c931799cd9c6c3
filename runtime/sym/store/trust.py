"""Whose tokens may be exchanged for one of a bot's, and what they have to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit.administration import TrustAdded, TrustRemoved
from sym.audit.events import Actor
from sym.errors import NotFound
from sym.store import audit, rows
from sym.store.access_tables import trust as table
from sym.store.tables import user as user_table


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Tokens of ``issuer`` for ``audience`` whose ``claims`` are these (name: text, of which a * at the end is any
    ending) may be exchanged for one of the bot ``user_id``. ``creator_id`` is who says so, None for whoever holds the
    store."""

    id: str
    user_id: str
    issuer: str
    audience: str
    claims: dict[str, str]
    created_at: datetime
    creator_id: str | None = None


def insert_trust(conn: Connection, trust: Trust, *, actor: Actor) -> None:
    """Add it, and record it. Raises SQLAlchemy's IntegrityError if there is no such user."""
    rows.insert(conn, table, trust)
    audit.append(conn, TrustAdded(actor=actor, details=_details(trust)), now=trust.created_at)


def remove_trust(conn: Connection, trust_id: str, *, actor: Actor, now: datetime) -> Trust:
    """Forget it, record that, and give what it was. Raises NotFound."""
    trust = rows.one(conn, Trust, table.select().where(table.c.id == trust_id))
    if trust is None or not conn.execute(table.delete().where(table.c.id == trust_id)).rowcount:
        raise NotFound(f"There is no trust with the id {trust_id!r}.", hint="`symflow trust list` shows their ids.",
                       code="TrustAPI:NOT_FOUND")  # fmt: skip
    audit.append(conn, TrustRemoved(actor=actor, details=_details(trust)), now=now)
    return trust


def list_trust(conn: Connection, *, issuer: str | None = None, user_id: str | None = None) -> list[Trust]:
    """All of it, or that in one issuer, or for one bot; the oldest first."""
    query = table.select().order_by(table.c.created_at, table.c.id)
    if issuer is not None:
        query = query.where(table.c.issuer == issuer)
    if user_id is not None:
        query = query.where(table.c.user_id == user_id)
    return rows.many(conn, Trust, query)


def trust_added_by(conn: Connection, user_id: str) -> list[str]:
    """The ids of the trust that counts as this user's, the oldest first."""
    query = sa.select(table.c.id).where(table.c.creator_id == user_id).order_by(table.c.created_at, table.c.id)
    return list(conn.execute(query).scalars())


def trust_of_leavers(conn: Connection) -> list[str]:
    """The ids of the trust whose creators have left: the issuer may be their own. The oldest first."""
    joined = table.join(user_table, user_table.c.id == table.c.creator_id)
    query = sa.select(table.c.id).select_from(joined).where(user_table.c.deactivated_at.is_not(None))
    return list(conn.execute(query.order_by(table.c.created_at, table.c.id)).scalars())


def _details(trust: Trust) -> dict[str, Any]:
    return {
        "id": trust.id,
        "user": trust.user_id,
        "issuer": trust.issuer,
        "audience": trust.audience,
        "claims": dict(trust.claims),
    }

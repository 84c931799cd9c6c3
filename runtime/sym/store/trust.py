"""Whose tokens may be exchanged for one of a bot's, and what they have to say."""

from __future__ import annotations

import dataclasses
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

# Kept beside the claims; no claim can be called so, because there is no = in the name of one.
_ADDED_BY = "=added_by"


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Tokens of ``issuer`` for ``audience`` whose ``claims`` are these (name: text, of which a * at the end is any
    ending) may be exchanged for one of the bot ``user_id``. ``added_by`` is the user who said so, None if that was
    whoever holds the store: what a job gets for its token counts as issued by them."""

    id: str
    user_id: str
    issuer: str
    audience: str
    claims: dict[str, str]
    created_at: datetime
    added_by: str | None = None


def insert_trust(conn: Connection, trust: Trust, *, actor: Actor) -> None:
    """Add it, and record it. Raises SQLAlchemy's IntegrityError if there is no such user."""
    values = vars(trust) | {"claims": {**trust.claims, _ADDED_BY: trust.added_by}}
    del values["added_by"]
    conn.execute(table.insert(), values)
    audit.append(conn, TrustAdded(actor=actor, details=_details(trust)), now=trust.created_at)


def remove_trust(conn: Connection, trust_id: str, *, actor: Actor, now: datetime) -> Trust:
    """Forget it, record that, and give what it was. Raises NotFound."""
    trust = next(iter(_read(conn, table.select().where(table.c.id == trust_id))), None)
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
    return _read(conn, query)


def trust_of_leavers(conn: Connection) -> list[Trust]:
    """The trust that was added by people whose account is closed; the oldest first."""
    left = sa.select(user_table.c.id).where(user_table.c.deactivated_at.is_not(None))
    gone = set(conn.execute(left).scalars())
    return [trust for trust in list_trust(conn) if trust.added_by in gone]


def _read(conn: Connection, query: sa.Select[Any]) -> list[Trust]:
    found = []
    for trust in rows.many(conn, Trust, query):
        claims = dict(trust.claims)
        added_by = claims.pop(_ADDED_BY, None)
        found.append(dataclasses.replace(trust, claims=claims, added_by=added_by))
    return found


def _details(trust: Trust) -> dict[str, Any]:
    return {
        "id": trust.id,
        "user": trust.user_id,
        "issuer": trust.issuer,
        "audience": trust.audience,
        "claims": dict(trust.claims),
    }

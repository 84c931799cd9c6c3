"""Bots: users that are programs. They are rows like people's, without an e-mail address."""

from __future__ import annotations

from sqlalchemy import Connection

from sym.store import rows
from sym.store.tables import user as table
from sym.store.users import User

STATES = ("active", "deactivated")


def page_of_bots(
    conn: Connection, *, role: str | None = None, state: str | None = None, after: str | None = None,
    limit: int | None = None,
) -> list[User]:  # fmt: skip
    """At most ``limit`` bots by username: those with a role, in a state of :data:`STATES`, and those whose name
    follows ``after``; None leaves a filter out."""
    query = table.select().where(table.c.type == "bot").order_by(table.c.username).limit(limit)
    if role is not None:
        query = query.where(table.c.role == role)
    if state is not None:
        gone = table.c.deactivated_at
        query = query.where(gone.is_(None) if state == "active" else gone.is_not(None))
    if after is not None:
        query = query.where(table.c.username > after)
    return rows.many(conn, User, query)


def find_bot(conn: Connection, name: str, *, locks: bool = False) -> User | None:
    """The bot of this name in whatever letter case, deactivated or not, or None. With ``locks`` nobody else changes it
    before this transaction ends."""
    query = table.select().where(table.c.username == name.lower(), table.c.type == "bot")
    return rows.one(conn, User, query.with_for_update(key_share=True) if locks else query)

"""Tokens that were issued: a token whose ``jti`` has no row here, or a revoked one, is not valid.

Of a token itself nothing is kept, not even a hash: whoever reads the store finds nothing to try tokens against.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit.administration import TokenIssued, TokenRevoked
from sym.audit.entry import timestamp
from sym.audit.events import Actor
from sym.errors import NotFound
from sym.store import audit, rows
from sym.store.tables import token as table


@dataclass(frozen=True, kw_only=True)
class Token:
    """What is known of a token; never the token.

    ``issued_by`` names who asked for it, and ``issuer_id`` is their id, None for whoever holds the store. ``binding``
    is what somebody else's token proved when it was exchanged for this one: claims by name; None for tokens that were
    issued here. ``flagged_at`` is since when a person should look at it, because who issued it is gone.
    """

    jti: str
    user_id: str
    label: str
    issued_by: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    issuer_id: str | None = None
    binding: dict[str, Any] | None = None
    flagged_at: datetime | None = None

    def state(self, now: datetime) -> str:
        """``good``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "good"


STATES = ("good", "expired", "revoked", "flagged")
"""What tokens can be asked for by: their states, and the good ones among them that somebody should look at."""


def insert_token(conn: Connection, token: Token, *, actor: Actor) -> None:
    """Add a token that is about to be handed out, and record it at its time of issue."""
    rows.insert(conn, table, token)
    audit.append(conn, TokenIssued(actor=actor, details=_details(token)), now=token.issued_at)


def _details(token: Token) -> dict[str, str]:
    expires = timestamp(token.expires_at)
    return {"jti": token.jti, "user": token.user_id, "expires_at": expires, "label": token.label}


def get_token(conn: Connection, jti: str) -> Token | None:
    """The token, expired or revoked ones included, or None."""
    return rows.one(conn, Token, table.select().where(table.c.jti == jti))


def list_tokens(conn: Connection, *, user_id: str | None = None) -> list[Token]:
    """Every token, or one user's, newest first."""
    query = table.select().order_by(table.c.issued_at.desc(), table.c.jti)
    return rows.many(conn, Token, query if user_id is None else query.where(table.c.user_id == user_id))


def page_of_tokens(
    conn: Connection,
    *,
    now: datetime,
    user_id: str | None = None,
    state: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int | None = None,
) -> list[Token]:
    """At most ``limit`` tokens, newest first: one user's, in a state of :data:`STATES` at ``now``, and those that
    follow the issue time and jti ``after``; None leaves a filter out."""
    query = table.select().order_by(table.c.issued_at.desc(), table.c.jti).limit(limit)
    if user_id is not None:
        query = query.where(table.c.user_id == user_id)
    if state is not None:
        query = query.where(*_in_state(state, now))
    if after is not None:
        issued_at, jti = after
        same = sa.and_(table.c.issued_at == issued_at, table.c.jti > jti)
        query = query.where(sa.or_(table.c.issued_at < issued_at, same))
    return rows.many(conn, Token, query)


def _in_state(state: str, now: datetime) -> list[sa.ColumnElement[bool]]:
    if state == "revoked":
        return [table.c.revoked_at.is_not(None)]
    unrevoked = table.c.revoked_at.is_(None)
    if state == "expired":
        return [unrevoked, table.c.expires_at <= now]
    good = [unrevoked, table.c.expires_at > now]
    return [*good, table.c.flagged_at.is_not(None)] if state == "flagged" else good


def good_tokens(conn: Connection, user_ids: Collection[str], *, now: datetime) -> dict[str, int]:
    """How many tokens of each of these users are good; users without any are left out."""
    counted = sa.select(table.c.user_id, sa.func.count().label("number")).where(
        table.c.user_id.in_(user_ids), *_in_state("good", now)
    )
    return {row.user_id: row.number for row in conn.execute(counted.group_by(table.c.user_id))}


def good_tokens_issued(conn: Connection, since: datetime, until: datetime | None, *, now: datetime) -> list[Token]:
    """The good tokens that were issued from ``since`` on and before ``until`` (None: until now), newest first."""
    query = table.select().where(*_in_state("good", now), table.c.issued_at >= since)
    if until is not None:
        query = query.where(table.c.issued_at < until)
    return rows.many(conn, Token, query.order_by(table.c.issued_at.desc(), table.c.jti))


def revoke_token(conn: Connection, jti: str, *, actor: Actor, now: datetime) -> Token:
    """Declare the token invalid from now on and record it; once is enough. Raises NotFound."""
    token = rows.one(conn, Token, table.select().where(table.c.jti == jti).with_for_update())
    if token is None:
        raise NotFound(f"There is no token with the id {jti!r}.")
    if token.revoked_at is not None:
        return token
    conn.execute(table.update().where(table.c.jti == jti).values(revoked_at=now))
    audit.append(conn, TokenRevoked(actor=actor, details=_details(token)), now=now)
    return dataclasses.replace(token, revoked_at=now)

"""What was answered to requests that carry an ``Idempotency-Key``, so that none of them is done twice.

A row is first *claimed*: it has no answer yet. Whoever does what was asked writes the answer, in the transaction that
does it where that can be; :func:`finish` fails for a claim that somebody else has taken over, and what was done in its
transaction is then undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.errors import Conflict
from sym.store import rows
from sym.store.access_tables import idempotency as table

LIFETIME = timedelta(hours=24)
"""How long an answer is kept."""
ABANDONED = timedelta(seconds=60)
"""A claim without an answer for this long is nobody's any more: its server has died, or will find that it is late."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One key of one user. ``key`` and ``request`` are SHA-256 in hexadecimal, of the key and of what was asked for;
    ``response`` is the answer as it is kept, None while there is none."""

    user_id: str
    key: str
    request: str
    response: dict[str, Any] | None = None
    created_at: datetime
    expires_at: datetime


def claim_of(user_id: str, key: str, request: str, *, now: datetime) -> Claim:
    """A new claim, not stored yet."""
    return Claim(user_id=user_id, key=key, request=request, created_at=now, expires_at=now + LIFETIME)


def claim(conn: Connection, wanted: Claim) -> Claim | None:
    """Claim a key, at ``wanted.created_at``. None: it is yours. Else the claim that is there: answered, or in work."""
    try:
        with conn.begin_nested():
            rows.insert(conn, table, wanted)
    except sa.exc.IntegrityError:
        return _taken_over(conn, wanted)
    return None


def _taken_over(conn: Connection, wanted: Claim) -> Claim | None:
    held = rows.one(conn, Claim, table.select().where(*_same(wanted)).with_for_update())
    if held is None:  # given back this very moment: whoever asks again will have it
        return wanted
    now = wanted.created_at
    is_over = held.expires_at <= now or (held.response is None and held.created_at + ABANDONED <= now)
    if not is_over:
        return held
    # Compared and set: SQLite has no row locks, and a claim may have been finished since.
    conditions = (*_same(held), table.c.created_at == held.created_at, _without_answer(held))
    values = {"request": wanted.request, "response": sa.null(), "created_at": now, "expires_at": wanted.expires_at}
    return None if conn.execute(table.update().where(*conditions).values(values)).rowcount == 1 else held


def _without_answer(held: Claim) -> sa.ColumnElement[bool]:
    return table.c.response.is_(None) if held.response is None else sa.true()


def _same(held: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.user_id == held.user_id, table.c.key == held.key


def _mine(held: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return *_same(held), table.c.created_at == held.created_at, table.c.response.is_(None)


def finish(conn: Connection, held: Claim, response: dict[str, Any]) -> None:
    """Write down the answer to what was claimed. Raises Conflict when the claim is not the caller's any more: roll back
    what was done for it."""
    if conn.execute(table.update().where(*_mine(held)).values(response=response)).rowcount != 1:
        raise Conflict("The same request is being worked on elsewhere, because this took too long.",
                       hint="Send it again with the same Idempotency-Key.", code="Idempotency:IN_PROGRESS")  # fmt: skip


def give_back(conn: Connection, held: Claim) -> None:
    """Forget a claim that came to nothing, so that the key may be used again. One that has its answer stays."""
    conn.execute(table.delete().where(*_mine(held)))


def find(conn: Connection, user_id: str, key: str) -> Claim | None:
    """The claim of a user's key, or None."""
    return rows.one(conn, Claim, table.select().where(table.c.user_id == user_id, table.c.key == key))


def purge_answers(conn: Connection, *, before: datetime) -> int:
    """Forget the answers that are kept no longer; how many there were."""
    return conn.execute(table.delete().where(table.c.expires_at <= before)).rowcount

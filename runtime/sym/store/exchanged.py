"""Others' tokens that were exchanged for one of ours: each is worth one."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.store.access_tables import exchanged as table


def spend(conn: Connection, digest: str, *, expires_at: datetime, now: datetime) -> bool:
    """Note that the token known by ``digest`` (a SHA-256 in hex) is used up; False if it was already.

    It is remembered until ``expires_at``, which must not be before the token itself is refused for its age.
    """
    conn.execute(table.delete().where(table.c.expires_at < now))
    try:
        with conn.begin_nested():
            conn.execute(table.insert().values(digest=digest, expires_at=expires_at))
    except sa.exc.IntegrityError:
        return False
    return True

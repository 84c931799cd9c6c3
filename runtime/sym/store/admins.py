"""Who may administer: there is always somebody."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.store.tables import user as table


def has_other_admin(conn: Connection, user_id: str) -> bool:
    """Whether a person other than ``user_id`` is an admin with an open account. The rows stay locked until the
    transaction ends, so that two admins cannot each be the one who is left for the other."""
    admins = (table.c.role == "admin", table.c.type == "normal", table.c.deactivated_at.is_(None))
    query = sa.select(table.c.id).where(*admins).order_by(table.c.id).with_for_update(key_share=True)
    return any(row.id != user_id for row in conn.execute(query))

"""What the Slack app keeps: the workspaces it is installed in, their tokens sealed, and what Slack has sent once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit.administration import WorkspaceLinked, WorkspaceUnlinked
from sym.audit.events import Actor
from sym.store import audit, rows
from sym.store.surface_tables import slack_installation as table
from sym.store.surface_tables import slack_receipt as receipt_table
from sym.store.tables import resource as resource_table


@dataclass(frozen=True, kw_only=True)
class StoredInstallation:
    """A workspace the app is installed in. ``document`` is what anybody may read, ``ciphertext`` the sealed tokens,
    and ``key_id`` names the key."""

    team_id: str
    document: Mapping[str, Any]
    key_id: str
    ciphertext: bytes = field(repr=False)
    installed_at: datetime
    updated_at: datetime


def installation_of(conn: Connection, team_id: str) -> StoredInstallation | None:
    """The installation in the workspace, None if there is none."""
    return rows.one(conn, StoredInstallation, table.select().where(table.c.team_id == team_id))


def list_installations(conn: Connection) -> list[StoredInstallation]:
    """Every installation, by team id."""
    return rows.many(conn, StoredInstallation, table.select().order_by(table.c.team_id))


def save_installation(conn: Connection, wanted: StoredInstallation, *, actor: Actor, now: datetime) -> None:
    """Keep an installation in place of the one the workspace had, and record it."""
    changes = {"document": wanted.document, "key_id": wanted.key_id, "ciphertext": wanted.ciphertext, "updated_at": now}
    if not _replaced(conn, wanted.team_id, changes):
        try:
            with conn.begin_nested():
                rows.insert(conn, table, wanted)
        except sa.exc.IntegrityError:
            _replaced(conn, wanted.team_id, changes)  # somebody was faster: the later token is the good one
    details = {key: wanted.document.get(key) for key in ("name", "installer", "scopes")}
    audit.append(conn, WorkspaceLinked(actor=actor, details={"team_id": wanted.team_id, **details}), now=now)


def _replaced(conn: Connection, team_id: str, changes: dict[str, Any]) -> bool:
    return bool(conn.execute(table.update().where(table.c.team_id == team_id).values(changes)).rowcount)


def delete_installation(conn: Connection, team_id: str, *, actor: Actor, now: datetime) -> bool:
    """Forget an installation and its tokens, and record it; False if there was none."""
    found = installation_of(conn, team_id)
    if found is None or not conn.execute(table.delete().where(table.c.team_id == team_id)).rowcount:
        return False
    details = {"team_id": team_id, "name": found.document.get("name")}
    audit.append(conn, WorkspaceUnlinked(actor=actor, details=details), now=now)
    return True


def declared_workspaces(conn: Connection) -> set[str]:
    """The team ids that Terraform declares: the external ids of integrations of type slack."""
    query = sa.select(resource_table.c.document).where(
        resource_table.c.name == "integration", resource_table.c.type == "slack"
    )
    return {str(document.get("external_id")) for document in conn.execute(query).scalars()}


def note_receipts(conn: Connection, keys: Collection[str], expires_at: datetime) -> bool:
    """Note what came in under these keys; False, and nothing is noted, if one of them has come before."""
    try:
        with conn.begin_nested():
            # In order: two servers that note the same keys do not wait for each other.
            conn.execute(receipt_table.insert(), [{"key": key, "expires_at": expires_at} for key in sorted(set(keys))])
    except sa.exc.IntegrityError:
        return False
    return True


def has_receipt(conn: Connection, keys: Collection[str]) -> bool:
    """Whether one of these keys has come in."""
    query = sa.select(receipt_table.c.key).where(receipt_table.c.key.in_(keys)).limit(1)
    return conn.execute(query).first() is not None


def drop_receipts(conn: Connection, keys: Collection[str]) -> None:
    """Forget that these keys came in: what came with them was not worked off."""
    conn.execute(receipt_table.delete().where(receipt_table.c.key.in_(keys)))


def prune_receipts(conn: Connection, now: datetime) -> int:
    """Delete what has expired; gives how many."""
    return conn.execute(receipt_table.delete().where(receipt_table.c.expires_at <= now)).rowcount

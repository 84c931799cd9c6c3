"""What services grant beside what Sym has granted."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

_ID = sa.String(36)
_HASH = sa.String(64)
_TIME = sa.DateTime(timezone=True)
_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "sym_drift_check",
        _column("id", sa.Integer, key=True, autoincrement=False),
        _column("started_at", _TIME, null=True),
        _column("finished_at", _TIME, null=True),
        _column("reached", _HASH, null=True),
        _column("checked", sa.Integer),
        _column("problems", _DOCUMENT),
    )
    op.create_table(
        "sym_drift",
        _column("id", _HASH, key=True),
        _column("kind", sa.String(16)),
        _column("place_id", _HASH),
        _column("place", _DOCUMENT),
        _column("identity", sa.Text),
        _column("lease_id", _ID, null=True),
        _column("first_seen_at", _TIME),
        _column("last_seen_at", _TIME),
        _column("told_at", _TIME, null=True),
        sa.Index("ix_sym_drift_place_id", "place_id"),
    )


def _column(name: str, kind: Any, *, null: bool = False, key: bool = False, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null, primary_key=key, **more)

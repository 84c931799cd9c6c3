"""How far log destinations have come."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = sa.String(36)
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "sym_log_cursor",
        _column("destination_id", _ID, sa.ForeignKey("sym_resource.id", ondelete="CASCADE"), key=True),
        _column("seal", sa.Integer),
        _column("sequence", sa.BigInteger),
        _column("tries", sa.Integer),
        _column("failing_since", _TIME, null=True),
        _column("told_at", _TIME, null=True),
        _column("next_at", _TIME, null=True),
        _column("error", sa.Text, null=True),
        _column("sent_at", _TIME, null=True),
        _column("claimed_by", sa.Text, null=True),
        _column("claimed_until", _TIME, null=True),
    )


def _column(name: str, kind: Any, *constraints: Any, null: bool = False, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, *constraints, nullable=null, primary_key=key)

"""What surfaces keep: forms, Slack workspaces, domains; and the values of authors."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

_ID = sa.String(36)
_TIME = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "sym_form",
        _column("id", _ID, key=True),
        _column("user_id", _ID, sa.ForeignKey("sym_user.id")),
        _column("flow_id", _ID),
        _column("flow_version", sa.Integer),
        _column("source", sa.String(16)),
        _column("document", _JSON),
        _column("run_id", _ID, null=True),
        _column("event_id", _ID, null=True),
        _column("created_at", _TIME),
        _column("expires_at", _TIME),
    )
    op.create_index("ix_sym_form_expires_at", "sym_form", ["expires_at"])
    _slack()
    op.create_table(
        "sym_domain",
        _column("name", sa.Text, key=True),
        _column("is_primary", sa.Boolean),
        _column("created_at", _TIME),
    )
    op.create_table(
        "sym_author_value",
        _column("name", sa.Text, key=True),
        _column("value", _JSON),
        _column("updated_at", _TIME),
    )


def _slack() -> None:
    op.create_table(
        "sym_slack_installation",
        _column("team_id", sa.Text, key=True),
        _column("document", _JSON),
        _column("key_id", sa.Text),
        _column("ciphertext", sa.LargeBinary),
        _column("installed_at", _TIME),
        _column("updated_at", _TIME),
    )
    op.create_table(
        "sym_slack_receipt",
        _column("key", sa.Text, key=True),
        _column("expires_at", _TIME),
    )
    op.create_index("ix_sym_slack_receipt_expires_at", "sym_slack_receipt", ["expires_at"])


def _column(name: str, kind: Any, *constraints: Any, null: bool = False, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, *constraints, nullable=null, primary_key=key)

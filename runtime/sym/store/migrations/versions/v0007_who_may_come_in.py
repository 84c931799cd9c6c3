"""Who may come in, and how: services, trust, answers that may be repeated; who issued a token."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

_ID = sa.String(36)
_HASH = sa.String(64)
_TIME = sa.DateTime(timezone=True)
_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables and columns."""
    for name, kind in (("issuer_id", _ID), ("binding", _DOCUMENT), ("flagged_at", _TIME)):
        op.add_column("sym_token", sa.Column(name, kind, nullable=True))
    _places_and_trust()
    op.create_table("sym_exchanged", _column("digest", _HASH, key=True), *_expiring("exchanged"))
    op.create_table(
        "sym_idempotency",
        _column("user_id", _ID, key=True),
        _column("key", _HASH, key=True),
        _column("request", _HASH),
        _column("response", _DOCUMENT, null=True),
        _column("created_at", _TIME),
        *_expiring("idempotency"),
    )
    op.create_table(
        "sym_directory_check",
        _column("directory", sa.Text, key=True),
        _column("started_at", _TIME, null=True),
        _column("finished_at", _TIME, null=True),
    )


def _places_and_trust() -> None:
    op.create_table(
        "sym_service",
        _column("service", sa.Text, key=True),
        _column("service_id", sa.Text, key=True),
        _column("label", sa.Text),
        _column("updated_at", _TIME),
    )
    op.create_table(
        "sym_trust",
        _column("id", _ID, key=True),
        sa.Column("user_id", _ID, sa.ForeignKey("sym_user.id", name="fk_sym_trust_user_id"), nullable=False),
        _column("issuer", sa.Text),
        _column("audience", sa.Text),
        _column("claims", _DOCUMENT),
        _column("created_at", _TIME),
        sa.Index("ix_sym_trust_issuer", "issuer"),
    )


def _expiring(name: str) -> tuple[sa.Column[Any], sa.Index]:
    return _column("expires_at", _TIME), sa.Index(f"ix_sym_{name}_expires_at", "expires_at")


def _column(name: str, kind: Any, *, null: bool = False, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null, primary_key=key)

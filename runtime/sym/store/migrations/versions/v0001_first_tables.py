"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

_ID = sa.String(36)
_WORD = sa.String(16)
_SHA256 = sa.String(64)
_TIME = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create every table and index."""
    _resources()
    _people()
    _runs()
    _events()
    _leases()
    _audit()


def _column(name: str, kind: Any, *constraints: Any, null: bool = False, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, *constraints, nullable=null, primary_key=key)


def _index(table: str, *columns: str, where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    name = f"ix_{table}_{'_'.join(columns)}"
    op.create_index(name, table, list(columns), sqlite_where=condition, postgresql_where=condition)


def _resources() -> None:
    op.create_table(
        "sym_resource",
        _column("id", _ID, key=True),
        _column("name", sa.Text),
        _column("type", sa.Text),
        _column("slug", sa.Text),
        _column("version", sa.Integer),
        _column("document", _JSON),
        _column("created_at", _TIME),
        _column("updated_at", _TIME),
        sa.UniqueConstraint("name", "type", "slug"),
    )
    op.create_table(
        "sym_resource_version",
        _column("resource_id", _ID, key=True),
        _column("version", sa.Integer, key=True),
        _column("name", sa.Text),
        _column("type", sa.Text),
        _column("slug", sa.Text),
        _column("document", _JSON),
        _column("document_hash", _SHA256),
        _column("recorded_at", _TIME),
    )
    op.create_table(
        "sym_reference",
        _column("source_id", _ID, sa.ForeignKey("sym_resource.id", ondelete="CASCADE"), key=True),
        _column("path", sa.Text, key=True),
        _column("target_id", _ID, sa.ForeignKey("sym_resource.id", ondelete="RESTRICT")),
    )
    _index("sym_reference", "target_id")


def _people() -> None:
    op.create_table(
        "sym_organization",
        _column("id", _ID, key=True),
        _column("slug", sa.Text),
        _column("created_at", _TIME),
        _column("only", sa.SmallInteger),
        sa.UniqueConstraint("slug"),
        sa.UniqueConstraint("only"),
    )
    op.create_table(
        "sym_user",
        _column("id", _ID, key=True),
        _column("username", sa.Text),
        _column("email", sa.Text, null=True),
        _column("type", _WORD),
        _column("role", _WORD),
        _column("first_name", sa.Text, null=True),
        _column("last_name", sa.Text, null=True),
        _column("created_at", _TIME),
        _column("deactivated_at", _TIME, null=True),
        sa.UniqueConstraint("username"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "sym_identity",
        _column("user_id", _ID, sa.ForeignKey("sym_user.id"), key=True),
        _column("service", sa.Text, key=True),
        _column("service_id", sa.Text, key=True),
        _column("external_user_id", sa.Text),
        _column("updated_at", _TIME),
    )
    _index("sym_identity", "service", "service_id", "external_user_id")
    op.create_table(
        "sym_token",
        _column("jti", _ID, key=True),
        _column("user_id", _ID, sa.ForeignKey("sym_user.id")),
        _column("label", sa.Text),
        _column("issued_by", sa.Text),
        _column("issued_at", _TIME),
        _column("expires_at", _TIME),
        _column("revoked_at", _TIME, null=True),
    )
    _index("sym_token", "user_id")
    op.create_table(
        "sym_worker",
        _column("executor_id", sa.Text, key=True),
        _column("started_at", _TIME),
        _column("last_seen", _TIME),
    )


def _runs() -> None:
    op.create_table(
        "sym_run",
        _column("id", _ID, key=True),
        _column("flow_id", _ID),
        _column("flow_slug", sa.Text),
        _column("flow_version", sa.Integer),
        _column("requester_id", _ID, sa.ForeignKey("sym_user.id")),
        _column("status", _WORD),
        _column("version", sa.Integer),
        _column("source", _WORD),
        _column("fields", _JSON),
        _column("target_id", _ID, null=True),
        _column("target_version", sa.Integer, null=True),
        _column("duration", sa.Integer, null=True),
        _column("permissions", _JSON, null=True),
        _column("actors", _JSON),
        _column("created_at", _TIME),
        _column("updated_at", _TIME),
        _column("expires_at", _TIME, null=True),
    )
    _index("sym_run", "status")
    _index("sym_run", "requester_id")
    _index("sym_run", "created_at")


def _events() -> None:
    op.create_table(
        "sym_event",
        _column("id", _ID, key=True),
        _column("run_id", _ID, sa.ForeignKey("sym_run.id")),
        _column("name", sa.String(32)),
        _column("status", _WORD),
        _column("phase", _WORD),
        _column("attempt", sa.Integer),
        _column("actor_id", _ID),
        _column("channel_type", _WORD),
        _column("channel_identifier", sa.Text, null=True),
        _column("fields", _JSON),
        _column("context", _JSON),
        _column("output", _JSON, null=True),
        _column("error", sa.Text, null=True),
        _column("cause_id", _ID, null=True),
        _column("idempotency_key", sa.Text, null=True),
        _column("created_at", _TIME),
        _column("scheduled_at", _TIME),
        _column("due_at", _TIME, null=True),
        _column("finished_at", _TIME, null=True),
        sa.UniqueConstraint("idempotency_key"),
    )
    _index("sym_event", "run_id")
    _index("sym_event", "due_at", where="phase <> 'done'")


def _leases() -> None:
    op.create_table(
        "sym_lease",
        _column("id", _ID, key=True),
        _column("run_id", _ID, sa.ForeignKey("sym_run.id")),
        _column("key", _SHA256),
        _column("key_document", _JSON),
        _column("status", _WORD),
        _column("version", sa.Integer),
        _column("requester_id", _ID, sa.ForeignKey("sym_user.id")),
        _column("snapshot", _JSON),
        _column("identity", sa.Text, null=True),
        _column("preexisting", sa.Boolean),
        _column("starts_at", _TIME, null=True),
        _column("ends_at", _TIME, null=True),
        _column("ended_at", _TIME, null=True),
        _column("verified_at", _TIME, null=True),
        _column("attempts", sa.Integer),
        _column("next_attempt_at", _TIME, null=True),
        _column("last_error", sa.Text, null=True),
        _column("output", _JSON, null=True),
        sa.UniqueConstraint("run_id"),
    )
    _index("sym_lease", "status")
    _index("sym_lease", "key")
    op.create_table(
        "sym_effect",
        _column("run_id", _ID, sa.ForeignKey("sym_run.id"), key=True),
        _column("name", sa.String(32), key=True),
        _column("event_id", _ID, sa.ForeignKey("sym_event.id"), key=True),
        _column("attempt", sa.Integer, key=True),
        _column("status", _WORD),
        _column("error", sa.Text, null=True),
        _column("started_at", _TIME),
        _column("finished_at", _TIME, null=True),
    )
    _index("sym_effect", "event_id")


def _audit() -> None:
    op.create_table(
        "sym_audit_seal",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        _column("first_sequence", sa.BigInteger),
        _column("last_sequence", sa.BigInteger),
        _column("entry_count", sa.Integer),
        _column("merkle_root", _SHA256),
        _column("previous_hash", _SHA256),
        _column("seal_hash", _SHA256),
        _column("signature", sa.Text),
        _column("key_id", sa.Text),
        _column("sealed_at", _TIME),
    )
    op.create_table(
        "sym_audit_entry",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        _column("id", _ID),
        _column("name", sa.String(64)),
        _column("run_id", _ID, null=True),
        _column("event_id", _ID, null=True),
        _column("recorded_at", _TIME),
        _column("document", _JSON),
        _column("entry_hash", _SHA256),
        _column("seal_id", sa.Integer, sa.ForeignKey("sym_audit_seal.id"), null=True),
        sa.UniqueConstraint("id"),
    )
    for column in ("run_id", "name", "seal_id"):
        _index("sym_audit_entry", column)
    op.create_table(
        "sym_audit_personal",
        _column("entry_id", _ID, sa.ForeignKey("sym_audit_entry.id"), key=True),
        _column("path", sa.Text, key=True),
        _column("salt", _SHA256, null=True),
        _column("value", _JSON, null=True),
        _column("erased_at", _TIME, null=True),
    )

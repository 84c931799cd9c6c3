"""What routes a request, messages to people, asynchronous vendors, and several workers need."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

_ID = sa.String(36)
_WORD = sa.String(16)
_TIME = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the columns, all of them empty, and the table of messages."""
    op.add_column("sym_run", sa.Column("routing", _JSON, nullable=True))
    op.add_column("sym_lease", sa.Column("operation", _JSON, nullable=True))
    op.add_column("sym_lease", sa.Column("instructions", sa.Text, nullable=True))
    op.add_column("sym_lease", sa.Column("closed_by", _ID, nullable=True))
    op.add_column("sym_lease", sa.Column("closed_reason", sa.Text, nullable=True))
    op.create_index("ix_sym_lease_status_ends_at", "sym_lease", ["status", "ends_at"])
    op.add_column("sym_worker", sa.Column("release", sa.Text, nullable=True))
    op.add_column("sym_worker", sa.Column("host", sa.Text, nullable=True))
    op.add_column("sym_worker", sa.Column("stopped_at", _TIME, nullable=True))
    op.add_column("sym_audit_seal", sa.Column("leaves", _JSON, nullable=True))
    _messages()
    op.create_table(
        "sym_recovery",
        _column("source", sa.Text, key=True),
        _column("reason", sa.Text),
        _column("entered_at", _TIME),
    )
    _jobs()
    _traces()


def _column(name: str, kind: Any, *constraints: Any, null: bool = False, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, *constraints, nullable=null, primary_key=key)


def _messages() -> None:
    op.create_table(
        "sym_message",
        _column("id", _ID, key=True),
        _column("run_id", _ID, sa.ForeignKey("sym_run.id")),
        _column("event_id", _ID, null=True),
        _column("kind", sa.String(32)),
        _column("destination", _JSON),
        _column("content", _JSON),
        _column("status", _WORD),
        _column("attempt", sa.Integer),
        _column("tries", sa.Integer),
        _column("reference", _JSON, null=True),
        _column("error", sa.Text, null=True),
        _column("created_at", _TIME),
        _column("due_at", _TIME, null=True),
        _column("delivered_at", _TIME, null=True),
    )
    op.create_index("ix_sym_message_run_id", "sym_message", ["run_id"])
    waiting = sa.text("status = 'waiting'")
    op.create_index("ix_sym_message_due_at", "sym_message", ["due_at"], sqlite_where=waiting, postgresql_where=waiting)


def _jobs() -> None:
    op.create_table(
        "sym_job",
        _column("subject_id", _ID, key=True),
        _column("phase", _WORD, key=True),
        _column("attempt", sa.Integer, key=True),
        _column("due_at", _TIME),
        _column("claimed_by", sa.Text, null=True),
    )
    free, claimed = sa.text("claimed_by IS NULL"), sa.text("claimed_by IS NOT NULL")
    op.create_index("ix_sym_job_due_at", "sym_job", ["due_at"], sqlite_where=free, postgresql_where=free)
    op.create_index("ix_sym_job_claimed_by", "sym_job", ["claimed_by"], sqlite_where=claimed, postgresql_where=claimed)
    # Whatever is under way gets its job: earlier releases kept them elsewhere.
    op.execute(
        "INSERT INTO sym_job (subject_id, phase, attempt, due_at) SELECT id, phase, attempt, "
        "CASE WHEN status = 'scheduled' THEN scheduled_at ELSE due_at END "
        "FROM sym_event WHERE phase <> 'done' AND due_at IS NOT NULL"
    )


def _traces() -> None:
    op.create_table(
        "sym_trace",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        _column("run_id", _ID, sa.ForeignKey("sym_run.id")),
        _column("event_id", _ID),
        _column("event_name", sa.String(32)),
        _column("phase", _WORD),
        _column("attempt", sa.Integer),
        _column("started_at", _TIME),
        _column("finished_at", _TIME),
        _column("outcome", _WORD),
        _column("reason", sa.Text),
        _column("steps", _JSON),
    )
    op.create_index("ix_sym_trace_run_id", "sym_trace", ["run_id"])

"""The tables of who works, on what, what was found out at it, and with which values of secrets."""

from __future__ import annotations

import sqlalchemy as sa

from sym.store.columns import Document, Note, UtcDateTime
from sym.store.table_parts import ID, TEXT, column, metadata, partial_index

worker = sa.Table(
    "sym_worker",
    metadata,
    column("executor_id", TEXT, key=True),
    column("started_at", UtcDateTime),
    column("last_seen", UtcDateTime),
    column("release", TEXT, null=True),
    column("host", TEXT, null=True),
    column("stopped_at", UtcDateTime, null=True),
)

# What is to be run next. Written in the transaction that made it necessary, deleted after it was run.
job = sa.Table(
    "sym_job",
    metadata,
    column("subject_id", ID, key=True),
    column("phase", sa.String(16), key=True),
    column("attempt", sa.Integer, key=True),
    column("due_at", UtcDateTime),
    column("claimed_by", TEXT, null=True),
    partial_index("ix_sym_job_due_at", "due_at", "claimed_by IS NULL"),
    partial_index("ix_sym_job_claimed_by", "claimed_by", "claimed_by IS NOT NULL"),
)

# No column of a document: whoever may read documents must not get a value, not even an encrypted one.
secret_value = sa.Table(
    "sym_secret_value",
    metadata,
    column("secret_id", ID, sa.ForeignKey("sym_resource.id", ondelete="CASCADE"), key=True),
    column("key_id", TEXT),
    column("ciphertext", sa.LargeBinary),
    column("updated_at", UtcDateTime),
)

# What a phase of an event called, and why it ended as it did. Nothing beside the number is unique: to write down how a
# decision came about must never be what keeps it from being committed.
trace = sa.Table(
    "sym_trace",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    column("run_id", ID, sa.ForeignKey("sym_run.id")),
    column("event_id", ID),
    column("event_name", sa.String(32)),
    column("phase", sa.String(16)),
    column("attempt", sa.Integer),
    column("started_at", UtcDateTime),
    column("finished_at", UtcDateTime),
    column("outcome", sa.String(16)),
    column("reason", Note),
    column("steps", Document),
    sa.Index(None, "run_id"),
)

# How far a log destination has come: everything up to this place of the log was sent to it, or was none of its own.
log_cursor = sa.Table(
    "sym_log_cursor",
    metadata,
    column("destination_id", ID, sa.ForeignKey("sym_resource.id", ondelete="CASCADE"), key=True),
    column("seal", sa.Integer),
    column("sequence", sa.BigInteger),
    column("tries", sa.Integer),
    column("failing_since", UtcDateTime, null=True),
    column("told_at", UtcDateTime, null=True),
    column("next_at", UtcDateTime, null=True),
    column("error", Note, null=True),
    column("sent_at", UtcDateTime, null=True),
    column("claimed_by", TEXT, null=True),
    column("claimed_until", UtcDateTime, null=True),
)

# The one check of what services grant: who begins it has moved its time.
drift_check = sa.Table(
    "sym_drift_check",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    column("started_at", UtcDateTime, null=True),
    column("finished_at", UtcDateTime, null=True),
    column("reached", sa.String(64), null=True),
    column("checked", sa.Integer),
    column("problems", Document),
)

# What it found, as long as it is so.
drift = sa.Table(
    "sym_drift",
    metadata,
    column("id", sa.String(64), key=True),
    column("kind", sa.String(16)),
    column("place_id", sa.String(64)),
    column("place", Document),
    column("identity", TEXT),
    column("lease_id", ID, null=True),
    column("first_seen_at", UtcDateTime),
    column("last_seen_at", UtcDateTime),
    column("told_at", UtcDateTime, null=True),
    sa.Index(None, "place_id"),
)

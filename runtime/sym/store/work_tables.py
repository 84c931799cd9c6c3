"""The tables of who works, on what, and with which values of secrets."""

from __future__ import annotations

import sqlalchemy as sa

from sym.store.columns import UtcDateTime
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

"""The tables. ``migrations`` builds them; a test proves that both say the same."""

from __future__ import annotations

import sqlalchemy as sa

from sym.store.access_tables import directory_check, exchanged, idempotency, service, trust
from sym.store.columns import Document, Note, UtcDateTime
from sym.store.surface_tables import author_value, domain, form, slack_installation, slack_receipt
from sym.store.table_parts import ID as _ID
from sym.store.table_parts import SHA256 as _SHA256
from sym.store.table_parts import TEXT as _TEXT
from sym.store.table_parts import column as _column
from sym.store.table_parts import metadata
from sym.store.table_parts import partial_index as _partial_index
from sym.store.work_tables import drift, drift_check, job, log_cursor, secret_value, trace, worker

__all__ = [
    "audit_entry", "audit_personal", "audit_seal", "author_value", "directory_check", "domain", "drift",
    "drift_check", "effect", "event", "exchanged", "form", "idempotency", "identity", "job", "lease", "log_cursor",
    "message", "metadata", "organization", "reference", "resource", "resource_version", "run", "secret_value",
    "service", "slack_installation", "slack_receipt", "token", "trace", "trust", "user", "worker",
]  # fmt: skip

organization = sa.Table(
    "sym_organization",
    metadata,
    _column("id", _ID, key=True),
    _column("slug", _TEXT),
    _column("created_at", UtcDateTime),
    # Always 1 and unique: one store holds one organization, whoever comes second and however close.
    _column("only", sa.SmallInteger),
    sa.UniqueConstraint("slug"),
    sa.UniqueConstraint("only"),
)

resource = sa.Table(
    "sym_resource",
    metadata,
    _column("id", _ID, key=True),
    _column("name", _TEXT),
    _column("type", _TEXT),  # "" for resources that have none
    _column("slug", _TEXT),
    _column("version", sa.Integer),
    _column("document", Document),
    _column("created_at", UtcDateTime),
    _column("updated_at", UtcDateTime),
    sa.UniqueConstraint("name", "type", "slug"),
)

# Rows outlive their resource: runs are pinned to the versions they started with.
resource_version = sa.Table(
    "sym_resource_version",
    metadata,
    _column("resource_id", _ID, key=True),
    _column("version", sa.Integer, key=True),
    _column("name", _TEXT),
    _column("type", _TEXT),
    _column("slug", _TEXT),
    _column("document", Document),
    _column("document_hash", _SHA256),
    _column("recorded_at", UtcDateTime),
)

# The foreign key on the target is what refuses to delete something in use, also against a race.
reference = sa.Table(
    "sym_reference",
    metadata,
    _column("source_id", _ID, sa.ForeignKey("sym_resource.id", ondelete="CASCADE"), key=True),
    _column("path", _TEXT, key=True),
    _column("target_id", _ID, sa.ForeignKey("sym_resource.id", ondelete="RESTRICT")),
    sa.Index(None, "target_id"),
)

user = sa.Table(
    "sym_user",
    metadata,
    _column("id", _ID, key=True),
    _column("username", _TEXT),
    _column("email", _TEXT, null=True),
    _column("type", sa.String(16)),
    _column("role", sa.String(16)),
    _column("first_name", _TEXT, null=True),
    _column("last_name", _TEXT, null=True),
    _column("created_at", UtcDateTime),
    _column("deactivated_at", UtcDateTime, null=True),
    sa.UniqueConstraint("username"),
    sa.UniqueConstraint("email"),
)

identity = sa.Table(
    "sym_identity",
    metadata,
    _column("user_id", _ID, sa.ForeignKey("sym_user.id"), key=True),
    _column("service", _TEXT, key=True),
    _column("service_id", _TEXT, key=True),
    _column("external_user_id", _TEXT),
    _column("updated_at", UtcDateTime),
    sa.Index(None, "service", "service_id", "external_user_id"),
)

token = sa.Table(
    "sym_token",
    metadata,
    _column("jti", _ID, key=True),
    _column("user_id", _ID, sa.ForeignKey("sym_user.id")),
    _column("label", _TEXT),
    _column("issued_by", _TEXT),
    _column("issuer_id", _ID, null=True),
    _column("issued_at", UtcDateTime),
    _column("expires_at", UtcDateTime),
    _column("revoked_at", UtcDateTime, null=True),
    _column("binding", Document, null=True),
    _column("flagged_at", UtcDateTime, null=True),
    sa.Index(None, "user_id"),
)

# No foreign keys to resources: a flow may be deleted while its runs go on.
run = sa.Table(
    "sym_run",
    metadata,
    _column("id", _ID, key=True),
    _column("flow_id", _ID),
    _column("flow_slug", _TEXT),
    _column("flow_version", sa.Integer),
    _column("requester_id", _ID, sa.ForeignKey("sym_user.id")),
    _column("status", sa.String(16)),
    _column("version", sa.Integer),
    _column("source", sa.String(16)),
    _column("fields", Document),
    _column("target_id", _ID, null=True),
    _column("target_version", sa.Integer, null=True),
    _column("duration", sa.Integer, null=True),
    _column("permissions", Document, null=True),
    _column("routing", Document, null=True),
    _column("actors", Document),
    _column("created_at", UtcDateTime),
    _column("updated_at", UtcDateTime),
    _column("expires_at", UtcDateTime, null=True),
    sa.Index(None, "status"),
    sa.Index(None, "requester_id"),
    sa.Index(None, "created_at"),
)

event = sa.Table(
    "sym_event",
    metadata,
    _column("id", _ID, key=True),
    _column("run_id", _ID, sa.ForeignKey("sym_run.id")),
    _column("name", sa.String(32)),
    _column("status", sa.String(16)),
    _column("phase", sa.String(16)),
    _column("attempt", sa.Integer),
    _column("actor_id", _ID),
    _column("channel_type", sa.String(16)),
    _column("channel_identifier", _TEXT, null=True),
    _column("fields", Document),
    _column("context", Document),
    _column("output", Document, null=True),
    _column("error", Note, null=True),
    _column("cause_id", _ID, null=True),
    _column("idempotency_key", _TEXT, null=True),
    _column("created_at", UtcDateTime),
    _column("scheduled_at", UtcDateTime),
    _column("due_at", UtcDateTime, null=True),
    _column("finished_at", UtcDateTime, null=True),
    sa.UniqueConstraint("idempotency_key"),
    sa.Index(None, "run_id"),
    _partial_index("ix_sym_event_due_at", "due_at", "phase <> 'done'"),
)

lease = sa.Table(
    "sym_lease",
    metadata,
    _column("id", _ID, key=True),
    _column("run_id", _ID, sa.ForeignKey("sym_run.id")),
    _column("key", _SHA256),
    _column("key_document", Document),
    _column("status", sa.String(16)),
    _column("version", sa.Integer),
    _column("requester_id", _ID, sa.ForeignKey("sym_user.id")),
    _column("snapshot", Document),
    _column("identity", _TEXT, null=True),
    _column("preexisting", sa.Boolean),
    _column("starts_at", UtcDateTime, null=True),
    _column("ends_at", UtcDateTime, null=True),
    _column("ended_at", UtcDateTime, null=True),
    _column("verified_at", UtcDateTime, null=True),
    _column("attempts", sa.Integer),
    _column("next_attempt_at", UtcDateTime, null=True),
    _column("last_error", Note, null=True),
    _column("output", Document, null=True),
    _column("operation", Document, null=True),
    _column("instructions", Note, null=True),
    _column("closed_by", _ID, null=True),
    _column("closed_reason", Note, null=True),
    sa.UniqueConstraint("run_id"),
    sa.Index(None, "status"),
    sa.Index(None, "status", "ends_at"),  # counted, with those past their end, whenever metrics are asked for
    sa.Index(None, "key"),
)

# While there is a row, nothing is granted: the store is older than what ``source`` knows.
recovery = sa.Table(
    "sym_recovery",
    metadata,
    _column("source", _TEXT, key=True),
    _column("reason", Note),
    _column("entered_at", UtcDateTime),
)

# Written "intended" in a commit of its own before the vendor is called, so that a crash in between leaves a trace.
effect = sa.Table(
    "sym_effect",
    metadata,
    _column("run_id", _ID, sa.ForeignKey("sym_run.id"), key=True),
    _column("name", sa.String(32), key=True),
    _column("event_id", _ID, sa.ForeignKey("sym_event.id"), key=True),
    _column("attempt", sa.Integer, key=True),
    _column("status", sa.String(16)),
    _column("error", Note, null=True),
    _column("started_at", UtcDateTime),
    _column("finished_at", UtcDateTime, null=True),
    sa.Index(None, "event_id"),
)

# What people are to be told, written with the decision that made it necessary and delivered afterwards.
message = sa.Table(
    "sym_message",
    metadata,
    _column("id", _ID, key=True),
    _column("run_id", _ID, sa.ForeignKey("sym_run.id")),
    _column("event_id", _ID, null=True),
    _column("kind", sa.String(32)),
    _column("destination", Document),
    _column("content", Document),
    _column("status", sa.String(16)),
    _column("attempt", sa.Integer),
    _column("tries", sa.Integer),
    _column("reference", Document, null=True),
    _column("error", Note, null=True),
    _column("created_at", UtcDateTime),
    _column("due_at", UtcDateTime, null=True),
    _column("delivered_at", UtcDateTime, null=True),
    sa.Index(None, "run_id"),
    _partial_index("ix_sym_message_due_at", "due_at", "status = 'waiting'"),
)

audit_seal = sa.Table(
    "sym_audit_seal",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # its number in the chain, from 1
    _column("first_sequence", sa.BigInteger),
    _column("last_sequence", sa.BigInteger),
    _column("entry_count", sa.Integer),
    _column("merkle_root", _SHA256),
    _column("previous_hash", _SHA256),
    _column("seal_hash", _SHA256),
    _column("signature", _TEXT),
    _column("key_id", _TEXT),
    _column("sealed_at", UtcDateTime),
    _column("leaves", Document, null=True),  # [[sequence, leaf], …]; NULL once the entries are pruned
)

# On SQLite only an INTEGER key counts by itself. Numbers follow insertion, not commit, and may have gaps.
audit_entry = sa.Table(
    "sym_audit_entry",
    metadata,
    sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    _column("id", _ID),
    _column("name", sa.String(64)),
    _column("run_id", _ID, null=True),
    _column("event_id", _ID, null=True),
    _column("recorded_at", UtcDateTime),
    _column("document", Document),
    _column("entry_hash", _SHA256),
    _column("seal_id", sa.Integer, sa.ForeignKey("sym_audit_seal.id"), null=True),
    sa.UniqueConstraint("id"),
    sa.Index(None, "run_id"),
    sa.Index(None, "name"),
    sa.Index(None, "seal_id"),
)

# Beside the entry, so that a value can be erased while the entry, which holds only its commitment, stays as it was.
audit_personal = sa.Table(
    "sym_audit_personal",
    metadata,
    _column("entry_id", _ID, sa.ForeignKey("sym_audit_entry.id"), key=True),
    _column("path", _TEXT, key=True),
    _column("salt", sa.String(64), null=True),
    _column("value", Document, null=True),
    _column("erased_at", UtcDateTime, null=True),
)

"""The tables of who may come in, and how: services, trust in other issuers of tokens, answers that may be repeated."""

from __future__ import annotations

import sqlalchemy as sa

from sym.store.columns import Document, UtcDateTime
from sym.store.table_parts import ID, SHA256, TEXT, column, metadata

# What people call an account of a service. A service itself is there because of an integration or an identity.
service = sa.Table(
    "sym_service",
    metadata,
    column("service", TEXT, key=True),
    column("service_id", TEXT, key=True),
    column("label", TEXT),
    column("updated_at", UtcDateTime),
)

# Whose tokens may be exchanged for one of a bot's, and what they have to say.
trust = sa.Table(
    "sym_trust",
    metadata,
    column("id", ID, key=True),
    column("user_id", ID, sa.ForeignKey("sym_user.id")),
    column("issuer", TEXT),
    column("audience", TEXT),
    column("claims", Document),
    column("created_at", UtcDateTime),
    column("creator_id", ID, null=True),
    sa.Index(None, "issuer"),
)

# Others' tokens that were exchanged once, by their hash: nobody exchanges them again.
exchanged = sa.Table(
    "sym_exchanged",
    metadata,
    column("digest", SHA256, key=True),
    column("expires_at", UtcDateTime),
    sa.Index(None, "expires_at"),
)

# What was answered to a request with an Idempotency-Key; no answer while it is being worked on.
idempotency = sa.Table(
    "sym_idempotency",
    metadata,
    column("user_id", ID, key=True),
    column("key", SHA256, key=True),
    column("request", SHA256),
    column("response", Document, null=True),
    column("created_at", UtcDateTime),
    column("expires_at", UtcDateTime),
    sa.Index(None, "expires_at"),
)

# When a directory of people (``slack:T123``) was compared with the accounts here last.
directory_check = sa.Table(
    "sym_directory_check",
    metadata,
    column("directory", TEXT, key=True),
    column("started_at", UtcDateTime, null=True),
    column("finished_at", UtcDateTime, null=True),
)

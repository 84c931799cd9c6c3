"""The tables of what surfaces keep: forms that are being filled in, workspaces that are connected, who may join."""

from __future__ import annotations

import sqlalchemy as sa

from sym.store.columns import Document, UtcDateTime
from sym.store.table_parts import ID, TEXT, column, metadata

# What somebody was shown and may submit; kept so that any server can go on with it, and to know a second submission.
form = sa.Table(
    "sym_form",
    metadata,
    column("id", ID, key=True),
    column("user_id", ID, sa.ForeignKey("sym_user.id")),
    column("flow_id", ID),
    column("flow_version", sa.Integer),
    column("source", sa.String(16)),
    column("document", Document),
    column("run_id", ID, null=True),
    column("event_id", ID, null=True),
    column("created_at", UtcDateTime),
    column("expires_at", UtcDateTime),
    sa.Index(None, "expires_at"),
)

# A Slack workspace the app was installed in. What may be read is in the document; the tokens are sealed.
slack_installation = sa.Table(
    "sym_slack_installation",
    metadata,
    column("team_id", TEXT, key=True),
    column("document", Document),
    column("key_id", TEXT),
    column("ciphertext", sa.LargeBinary),
    column("installed_at", UtcDateTime),
    column("updated_at", UtcDateTime),
)

# What Slack has sent once, so that a replay does nothing; and the states of installations under way.
slack_receipt = sa.Table(
    "sym_slack_receipt",
    metadata,
    column("key", TEXT, key=True),
    column("expires_at", UtcDateTime),
    sa.Index(None, "expires_at"),
)

# Whoever has an e-mail address of one of these domains joins as a member.
domain = sa.Table(
    "sym_domain",
    metadata,
    column("name", TEXT, key=True),
    column("is_primary", sa.Boolean),
    column("created_at", UtcDateTime),
)

# What authors keep with sym.sdk.integrations.store, by the first part of its path.
author_value = sa.Table(
    "sym_author_value",
    metadata,
    column("name", TEXT, key=True),
    column("value", Document),
    column("updated_at", UtcDateTime),
)

"""Alembic's entry: runs the migrations on the connection, and in the transaction, that ``sym.store.database`` gave."""

from __future__ import annotations

from alembic import context

from sym.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    version_table=context.config.attributes["version_table"],
)
with context.begin_transaction():
    context.run_migrations()

"""Values of secrets that the store keeps, encrypted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "sym_secret_value",
        sa.Column(
            "secret_id",
            sa.String(36),
            sa.ForeignKey("sym_resource.id", ondelete="CASCADE"),
            nullable=False,
            primary_key=True,
        ),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )

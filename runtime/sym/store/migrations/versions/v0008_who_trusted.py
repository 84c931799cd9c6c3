"""Who said that an issuer's tokens are to be trusted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; whoever added trust before is not known."""
    op.add_column("sym_trust", sa.Column("creator_id", sa.String(36), nullable=True))

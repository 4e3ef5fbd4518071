"""What became of an event that is not held as announced, or not on all its dates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("page", sa.Column("called_off", sa.String(length=8), nullable=False, server_default=""))

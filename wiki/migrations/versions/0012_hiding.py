"""What of a version is hidden from the public."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("revision", sa.Column("hidden", sa.String(length=40), nullable=False, server_default=""))
    op.create_index("ix_revision_page_id_hidden", "revision", ["page_id", "hidden"])

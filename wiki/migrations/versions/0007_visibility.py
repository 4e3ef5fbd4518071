"""Who may read a page: everybody, members, or the author of a draft alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("page", sa.Column("visibility", sa.String(length=8), nullable=False, server_default="public"))
    # Said in SQL both databases know, so that SQLite need not build the whole table anew.
    op.execute('ALTER TABLE page ADD COLUMN owner_id INTEGER CONSTRAINT fk_page_owner_id_user REFERENCES "user" (id)')
    op.create_index("ix_page_owner_id", "page", ["owner_id"])

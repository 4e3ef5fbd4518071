"""Who may read a page: everybody, members, or the author of a draft alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("page") as batch:
        batch.add_column(sa.Column("visibility", sa.String(length=8), nullable=False, server_default="public"))
        batch.add_column(sa.Column("owner_id", sa.Integer()))
        batch.create_foreign_key("fk_page_owner_id_user", "user", ["owner_id"], ["id"])
        batch.create_index("ix_page_owner_id", ["owner_id"])

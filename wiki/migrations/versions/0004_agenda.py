"""When events are over, and how their pages write each date. `wiki upgrade` computes both from the texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("occurrence") as batch:
        batch.add_column(sa.Column("session", sa.String(length=120), nullable=False, server_default=""))
    with op.batch_alter_table("page") as batch:
        batch.add_column(sa.Column("past_from", sa.DateTime()))
    op.create_index("ix_page_past_from", "page", ["past_from"])

"""By which words pages that are not for everybody are found by those who may read them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("closed_word",
        sa.Column("form", sa.String(length=80), nullable=False),
        sa.Column("page_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_closed_word_page_id_page", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("form", "page_id", name="pk_closed_word")
    )
    op.create_index("ix_closed_word_page_id", "closed_word", ["page_id"])

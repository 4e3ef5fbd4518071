"""Which pages hold the same words; a news feed's secret, so that its address can be renewed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("fingerprint",
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("page_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_fingerprint_page_id_page", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("mark", "page_id", name="pk_fingerprint")
    )
    op.create_index("ix_fingerprint_page_id", "fingerprint", ["page_id"])

    op.create_table("news_feed",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(length=43), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_news_feed_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_news_feed"),
        sa.UniqueConstraint("secret", name="uq_news_feed_secret")
    )

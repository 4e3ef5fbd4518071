"""Sums that count from a moment on. They are computed anew after the upgrade."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is kept is of another shape: nothing of it could be taken out again.
    op.execute("DELETE FROM share")
    op.drop_table("tally")
    op.create_table("tally",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("since", sa.String(length=15), nullable=False),
        sa.Column("fact", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("fruitless", sa.Integer(), nullable=False),
        sa.Column("placed", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.BigInteger(), nullable=False),
        sa.Column("longitude", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_tally_page_id_page", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("page_id", "scope", "since", "fact", "value", name="pk_tally")
    )

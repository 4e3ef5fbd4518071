"""What events say of how they went, in the shape that counting needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("gathering",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("ends", sa.DateTime()),
        sa.Column("city", sa.String(length=200), nullable=False),
        sa.Column("attended", sa.Integer()),
        sa.Column("lasted", sa.Integer()),
        sa.Column("worked", sa.Integer()),
        sa.Column("cents", sa.BigInteger()),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("sessions", sa.Text(), nullable=False),
        sa.Column("outputs", sa.Text(), nullable=False),
        sa.Column("troubles", sa.Text(), nullable=False),
        sa.Column("story", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_gathering_page_id_page", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("page_id", name="pk_gathering")
    )

"""What was looked at, what was reported, who may not write for a while, and what the moderation did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("patrol",
        sa.Column("revision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("by_id", sa.Integer()),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name="fk_patrol_revision_id_revision", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_patrol_by_id_user"),
        sa.PrimaryKeyConstraint("revision_id", name="pk_patrol")
    )
    op.create_index("ix_patrol_by_id", "patrol", ["by_id"])
    op.create_index("ix_patrol_state", "patrol", ["state", "revision_id"])

    op.create_table("network_trace",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", "mark", name="pk_network_trace")
    )
    op.create_index("ix_network_trace_seen_at", "network_trace", ["seen_at"])

    op.create_table("flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer()),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer()),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime()),
        sa.Column("closed_by_id", sa.Integer()),
        sa.Column("closed_by_name", sa.String(length=80), nullable=False),
        sa.Column("closing", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_flag_page_id_page", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name="fk_flag_offer_id_offer", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_flag_author_id_user"),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user.id"], name="fk_flag_closed_by_id_user"),
        sa.PrimaryKeyConstraint("id", name="pk_flag")
    )
    op.create_index("ix_flag_offer_id", "flag", ["offer_id"])
    op.create_index("ix_flag_author_id", "flag", ["author_id"])
    op.create_index("ix_flag_closed_by_id", "flag", ["closed_by_id"])
    op.create_index("ix_flag_page_id", "flag", ["page_id", "closed_at"])
    op.create_index("ix_flag_closed_at", "flag", ["closed_at", "id"])

    op.create_table("block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("mark", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("author_id", sa.Integer()),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_block_user_id_user"),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_block_author_id_user"),
        sa.PrimaryKeyConstraint("id", name="pk_block")
    )
    op.create_index("ix_block_mark", "block", ["mark"])
    op.create_index("ix_block_user_id", "block", ["user_id"])
    op.create_index("ix_block_author_id", "block", ["author_id"])

    op.create_table("act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("page_id", sa.Integer()),
        sa.Column("number", sa.Integer()),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("author_id", sa.Integer()),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_act_page_id_page", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_act_user_id_user"),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_act_author_id_user"),
        sa.PrimaryKeyConstraint("id", name="pk_act")
    )
    op.create_index("ix_act_page_id", "act", ["page_id"])
    op.create_index("ix_act_user_id", "act", ["user_id"])
    op.create_index("ix_act_author_id", "act", ["author_id"])

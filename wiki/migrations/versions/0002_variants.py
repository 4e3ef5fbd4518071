"""What pages know of each other, what they took, and what they offer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("taking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("source_revision_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer()),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Integer()),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_taking_author_id_user"),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_taking_page_id_page"),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name="fk_taking_revision_id_revision"),
        sa.ForeignKeyConstraint(
            ["source_revision_id"], ["revision.id"], name="fk_taking_source_revision_id_revision"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_taking"),
        sa.UniqueConstraint("revision_id", name="uq_taking_revision_id")
    )
    op.create_index("ix_taking_author_id", "taking", ["author_id"])
    op.create_index("ix_taking_page_id", "taking", ["page_id"])
    op.create_index("ix_taking_source_revision_id", "taking", ["source_revision_id"])

    op.create_table("acquaintance",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("seen_id", sa.Integer(), nullable=False),
        sa.Column("seen_number", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("codec", sa.String(length=8)),
        sa.Column("known", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_acquaintance_page_id_page", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["seen_id"], ["revision.id"], name="fk_acquaintance_seen_id_revision"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["page.id"], name="fk_acquaintance_source_id_page", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "source_id", name="pk_acquaintance")
    )
    op.create_index("ix_acquaintance_seen_id", "acquaintance", ["seen_id"])
    op.create_index("ix_acquaintance_source_id", "acquaintance", ["source_id"])

    op.create_table("offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("source_revision_id", sa.Integer(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author_id", sa.Integer()),
        sa.Column("author_key", sa.String(length=40), nullable=False),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_offer_author_id_user"),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_offer_page_id_page", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["source_id"], ["page.id"], name="fk_offer_source_id_page", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["source_revision_id"], ["revision.id"], name="fk_offer_source_revision_id_revision"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_offer")
    )
    op.create_index("ix_offer_author_id", "offer", ["author_id"])
    op.create_index("ix_offer_author_key", "offer", ["author_key"])
    op.create_index("ix_offer_page_id_state", "offer", ["page_id", "state"])
    op.create_index("ix_offer_source_id", "offer", ["source_id"])
    op.create_index("ix_offer_source_revision_id", "offer", ["source_revision_id"])

    op.create_table("offer_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer()),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_offer_word_author_id_user"),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name="fk_offer_word_offer_id_offer", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_offer_word")
    )
    op.create_index("ix_offer_word_author_id", "offer_word", ["author_id"])
    op.create_index("ix_offer_word_offer_id", "offer_word", ["offer_id"])

    op.create_table("follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_follow_page_id_page", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_follow_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_follow"),
        sa.UniqueConstraint("user_id", "page_id", "scope", name="uq_follow_user_id_page_id_scope")
    )
    op.create_index("ix_follow_page_id", "follow", ["page_id"])

"""Texts that wait for an answer: offers without a source page, and for pages nobody has made yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


_KEPT = (
    "id, page_id, source_id, source_revision_id, units, message, state, author_id, author_key, author_name, "
    "created_at, updated_at"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _build_anew()
    else:
        for name in ("page_id", "source_id", "source_revision_id"):
            op.alter_column("offer", name, existing_type=sa.Integer(), nullable=True)
        op.add_column("offer", sa.Column("title", sa.String(length=200), nullable=False, server_default=""))
        op.add_column("offer", sa.Column("visibility", sa.String(length=8), nullable=False, server_default="public"))
        op.add_column("offer", sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_offer_state", "offer", ["state"])
    op.create_table("offer_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("base_id", sa.Integer()),
        sa.Column("codec", sa.String(length=8), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["revision.id"], name="fk_offer_text_base_id_revision"),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name="fk_offer_text_offer_id_offer", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_offer_text"),
        sa.UniqueConstraint("offer_id", "number", name="uq_offer_text_offer_id_number")
    )
    op.create_index("ix_offer_text_base_id", "offer_text", ["base_id"])


def _build_anew() -> None:
    """SQLite cannot let a column be empty that never was: the table is built again, always in the same words."""
    op.create_table("offer_anew",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer()),
        sa.Column("source_id", sa.Integer()),
        sa.Column("source_revision_id", sa.Integer()),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("visibility", sa.String(length=8), nullable=False, server_default="public"),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false()),
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
    op.execute(f"INSERT INTO offer_anew ({_KEPT}) SELECT {_KEPT} FROM offer")  # noqa: S608 - fixed words
    op.drop_table("offer")
    op.rename_table("offer_anew", "offer")
    op.create_index("ix_offer_author_id", "offer", ["author_id"])
    op.create_index("ix_offer_author_key", "offer", ["author_key"])
    op.create_index("ix_offer_page_id_state", "offer", ["page_id", "state"])
    op.create_index("ix_offer_source_id", "offer", ["source_id"])
    op.create_index("ix_offer_source_revision_id", "offer", ["source_revision_id"])

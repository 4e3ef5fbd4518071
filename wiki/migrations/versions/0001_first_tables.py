"""First tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("origin_id", sa.Integer()),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("archived_at", sa.DateTime()),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_key", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.String(length=10)),
        sa.Column("place", sa.String(length=200)),
        sa.Column("head_number", sa.Integer(), nullable=False),
        sa.Column("head_id", sa.Integer()),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["origin_id"], ["page.id"], name="fk_page_origin_id_page"),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
        sa.UniqueConstraint("slug", name="uq_page_slug")
    )
    op.create_index("ix_page_kind_starts_on", "page", ["kind", "archived_at", "starts_on"])
    op.create_index("ix_page_kind_title_key", "page", ["kind", "archived_at", "title_key"])
    op.create_index("ix_page_origin_id", "page", ["origin_id"])
    op.create_index("ix_page_title_key", "page", ["title_key"])
    op.create_index("ix_page_updated_at", "page", ["updated_at"])

    op.create_table("search_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_task")
    )
    op.create_index("ix_search_task_page_id", "search_task", ["page_id"])

    op.create_table("user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=254)),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("session_token", sa.String(length=43), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("name_key", name="uq_user_name_key"),
        sa.UniqueConstraint("session_token", name="uq_user_session_token")
    )

    op.create_table("facet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_facet_page_id_page", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_facet")
    )
    op.create_index("ix_facet_field_value", "facet", ["field", "value", "page_id"])
    op.create_index("ix_facet_page_id", "facet", ["page_id"])

    op.create_table("link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("target_id", sa.Integer()),
        sa.Column("sort_key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["page.id"], name="fk_link_source_id_page", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["page.id"], name="fk_link_target_id_page", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_link")
    )
    op.create_index("ix_link_key", "link", ["key"])
    op.create_index("ix_link_source_id", "link", ["source_id"])
    op.create_index("ix_link_target", "link", ["target_id", "field", "sort_key"])

    op.create_table("occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.DateTime(), nullable=False),
        sa.Column("ends", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_occurrence_page_id_page", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_occurrence")
    )
    op.create_index("ix_occurrence_ends", "occurrence", ["ends"])
    op.create_index("ix_occurrence_page_id", "occurrence", ["page_id"])
    op.create_index("ix_occurrence_starts", "occurrence", ["starts"])

    op.create_table("page_name",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_page_name_page_id_page", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slug", name="pk_page_name")
    )
    op.create_index("ix_page_name_page_id", "page_name", ["page_id"])

    op.create_table("position",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("precision", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_position_page_id_page", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", name="pk_position")
    )

    op.create_table("presence",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("actor_key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_presence_page_id_page", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "actor_key", name="pk_presence")
    )

    op.create_table("rendered",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_rendered_page_id_page", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", name="pk_rendered")
    )

    op.create_table("revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer()),
        sa.Column("merged_id", sa.Integer()),
        sa.Column("base_number", sa.Integer(), nullable=False),
        sa.Column("codec", sa.String(length=8), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("size_change", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer()),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("comment", sa.String(length=400), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_revision_author_id_user"),
        sa.ForeignKeyConstraint(["merged_id"], ["revision.id"], name="fk_revision_merged_id_revision"),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_revision_page_id_page"),
        sa.ForeignKeyConstraint(["parent_id"], ["revision.id"], name="fk_revision_parent_id_revision"),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("page_id", "number", name="uq_revision_page_id_number")
    )
    op.create_index("ix_revision_author_id", "revision", ["author_id"])
    op.create_index("ix_revision_author_name", "revision", ["author_name"])
    op.create_index("ix_revision_created_at", "revision", ["created_at"])
    op.create_index("ix_revision_merged_id", "revision", ["merged_id"])
    op.create_index("ix_revision_parent_id", "revision", ["parent_id"])

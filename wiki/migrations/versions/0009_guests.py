"""Which browser a guest wrote with, so that an account can claim it; addresses that were confirmed; languages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("revision", "taking", "offer_word"):
        op.add_column(table, sa.Column("guest_key", sa.String(length=40)))
        op.create_index(f"ix_{table}_guest_key", table, ["guest_key"])
    op.add_column("user", sa.Column("email_confirmed_at", sa.DateTime()))
    op.add_column("user", sa.Column("language", sa.String(length=8), nullable=False, server_default=""))
    # Addresses are compared, and nobody remembers how they wrote theirs.
    op.execute('UPDATE "user" SET email = lower(email) WHERE email IS NOT NULL')

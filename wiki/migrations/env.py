"""Alembic runs this file for every command; the transaction around it is Levain's own."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask import current_app

from wiki.database import UTCDateTime, db
from wiki.migrations import exclusive_connection


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations name only types of SQLAlchemy: they outlive the classes of today's code."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UTCDateTime) else False


with exclusive_connection() as connection:
    context.configure(
        connection=connection, target_metadata=db.metadata, render_item=_render,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()

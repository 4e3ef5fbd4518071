"""Who has a page open for editing: a courtesy, never a lock."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.pages.models import Presence


def _lifetime() -> timedelta:
    return timedelta(seconds=current_app.config["WIKI"]["PRESENCE_SECONDS"])


def note_presence(actor: Actor, page_id: int) -> None:
    """Say that this actor has the page open for editing at this moment, and forget who left."""
    # The same person may say so in two windows at one moment; once is enough.
    with suppress(IntegrityError), write_transaction() as session:
        session.execute(delete(Presence).where(Presence.seen_at < now() - _lifetime()))
        mine = (Presence.page_id == page_id) & (Presence.actor_key == actor.key)
        seen = session.execute(update(Presence).where(mine).values(seen_at=now(), name=actor.name))
        if not seen.rowcount:  # type: ignore[attr-defined]
            session.execute(
                insert(Presence).values(page_id=page_id, actor_key=actor.key, name=actor.name, seen_at=now())
            )


def present(page_id: int, except_for: str) -> list[str]:
    """Names of those who have the page open, but for the actor with this key, at most ten."""
    query = (
        select(Presence.name)
        .where(Presence.page_id == page_id, Presence.actor_key != except_for, Presence.seen_at >= now() - _lifetime())
        .order_by(Presence.seen_at.desc())
        .limit(10)
    )
    return list(db.session.execute(query).scalars())

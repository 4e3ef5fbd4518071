"""Whose name stands in the tables of the moderation, when it must be another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from wiki.accounts import Actor
from wiki.database import db
from wiki.pages.models import Page
from wiki.pages.moderation.models import Act, Block, Flag, NetworkTrace, Patrol
from wiki.pages.queries import readable

_NAMED = [
    (Patrol.by_id, Patrol.by_name), (Flag.author_id, Flag.author_name), (Flag.closed_by_id, Flag.closed_by_name),
    (Block.author_id, Block.author_name), (Block.user_id, Block.name), (Act.author_id, Act.author_name),
    (Act.user_id, Act.name),
]  # fmt: skip


def sign_anew(actor: Actor, before: str, after: str) -> None:
    """Put another name wherever the moderation names this account, in the running transaction.

    The networks somebody came from lately as `before` are those of `after` from now on.
    """
    for identity, name in _NAMED:
        db.session.execute(update(name.class_).where(identity == actor.id).values({name: after}))
    known = select(NetworkTrace.mark).where(NetworkTrace.name == after)
    db.session.execute(delete(NetworkTrace).where(NetworkTrace.name == before, NetworkTrace.mark.in_(known)))
    db.session.execute(update(NetworkTrace).where(NetworkTrace.name == before).values(name=after))


def forget_networks(name: str) -> None:
    """Keep no trace of the networks this name came from, in the running transaction."""
    db.session.execute(delete(NetworkTrace).where(NetworkTrace.name == name))


def reported_by(actor: Actor) -> list[dict[str, Any]]:
    """What an account reported, ready for JSON; without the address of pages it may not read today."""
    rows = db.session.execute(
        select(Page.slug, Flag.reason, Flag.words, Flag.created_at)
        .outerjoin(Page, (Page.id == Flag.page_id) & readable(actor))
        .where(Flag.author_id == actor.id)
        .order_by(Flag.id)
    )
    return [row._asdict() for row in rows]


def decided_about(actor: Actor) -> list[dict[str, Any]]:
    """What the moderation decided about an account, ready for JSON."""
    rows = db.session.execute(
        select(Act.action, Act.reason, Act.created_at).where(Act.user_id == actor.id).order_by(Act.id)
    )
    return [row._asdict() for row in rows]

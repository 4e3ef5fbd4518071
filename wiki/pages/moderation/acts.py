"""The public log of what the moderation did: to which page or person, when, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from wiki.accounts import Actor
from wiki.database import db, now
from wiki.pages.models import Page
from wiki.pages.moderation.models import Act
from wiki.pages.queries import COLUMNS, PageInfo, readable
from wiki.permissions import may

REASON_MAXIMUM = 400


@dataclass(frozen=True)
class ActInfo:
    """One line of the log. `page` is None where the act was on nobody's page, or on one that is `out_of_sight`."""

    id: int
    action: str
    number: int | None
    name: str
    reason: str
    author_name: str
    created_at: datetime
    page: PageInfo | None = None
    out_of_sight: bool = False


_OF_AN_ACT = [Act.id, Act.action, Act.number, Act.name, Act.reason, Act.author_name, Act.created_at]


def note(
    actor: Actor,
    action: str,
    *,
    page_id: int | None = None,
    number: int | None = None,
    name: str = "",
    user_id: int | None = None,
    reason: str = "",
) -> None:
    """Write an act of the moderation into the log, in the caller's transaction."""
    db.session.execute(
        insert(Act).values(
            action=action, page_id=page_id, number=number, name=name, user_id=user_id, reason=one_line(reason),
            author_id=actor.id, author_name=actor.name, created_at=now(),
        )
    )


def one_line(words: str) -> str:
    """Words on one line, without what cannot be read, cut where they are too long."""
    kept = "".join(character if character.isprintable() else " " for character in words)
    return " ".join(kept.encode("utf-8", "replace").decode().split())[:REASON_MAXIMUM]


def acts(actor: Actor, before: int | None = None, limit: int = 50, page_id: int | None = None) -> list[ActInfo]:
    """What the moderation did, newest first, older than act `before` where given, on one page where asked.

    Of a page this actor may not read nothing is told; only that one was taken out of sight which everybody could read.
    """
    archived = (Page.visibility == "public") & Page.archived_at.is_not(None)
    query = (
        select(*_OF_AN_ACT, *COLUMNS)
        .outerjoin(Page, Page.id == Act.page_id)
        .where(Act.page_id.is_(None) | readable(actor) | archived)
        .order_by(Act.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Act.id < before)
    if page_id is not None:
        query = query.where(Act.page_id == page_id)
    return [_told(actor, row) for row in db.session.execute(query)]


def _told(actor: Actor, row: Any) -> ActInfo:
    width = len(_OF_AN_ACT)
    act = ActInfo(*row[:width])
    if row[width] is None:
        return act
    page = PageInfo(*row[width:])
    if may(actor, "read", page):
        return replace(act, page=page)
    return replace(act, number=None, name="", reason="", out_of_sight=True)

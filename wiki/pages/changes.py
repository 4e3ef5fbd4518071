"""What moved: the revisions of all pages as one list, as far as somebody may read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from wiki.accounts import Actor
from wiki.database import db
from wiki.history import Hideable, Revision
from wiki.pages.models import Page
from wiki.pages.queries import COLUMNS, PageInfo, current, readable
from wiki.pages.sources import without_closed_sources
from wiki.pages.telling import told_to
from wiki.permissions import may


@dataclass(frozen=True)
class Change(Hideable):
    """One line of recent changes."""

    page: PageInfo
    number: int
    author_id: int | None
    author_name: str
    comment: str
    minor: bool
    action: str
    changes: list[Any]
    size_change: int
    created_at: datetime
    id: int
    hidden: str
    parent_id: int | None


_OF_A_REVISION = [getattr(Revision, name) for name in Change.__dataclass_fields__ if name != "page"]


def changes(
    actor: Actor,
    before: int | None = None,
    limit: int = 50,
    kind: str = "",
    minor: bool = True,
    who: str = "",
    author: str | None = None,
    page_id: int | None = None,
) -> list[Change]:
    """Newest revisions first, older than revision id `before` where given.

    `who` is "", "guests" or "members"; `author` a name; `minor=False` leaves small changes out.
    """
    condition = readable(actor) if page_id is not None else current(actor)
    if before is not None:
        condition &= Revision.id < before
    if kind:
        condition &= Page.kind == kind
    if not minor:
        condition &= Revision.minor.is_(False)
    if who == "guests":
        condition &= Revision.author_id.is_(None)
    elif who == "members":
        condition &= Revision.author_id.is_not(None)
    if author is not None:
        condition &= Revision.author_name == author
        if not may(actor, "hide"):
            condition &= ~Revision.hidden.contains("author")
    if page_id is not None:
        condition &= Revision.page_id == page_id
    return newest(actor, condition, limit)


def newest(actor: Actor, condition: ColumnElement[bool], limit: int) -> list[Change]:
    """The newest revisions for which a condition over Page and Revision holds, which says itself who may read them."""
    query = (
        select(*COLUMNS, *_OF_A_REVISION)
        .join(Page, Page.id == Revision.page_id)
        .where(condition)
        .order_by(Revision.id.desc())
        .limit(limit)
    )
    width = len(COLUMNS)
    rows = (told_to(actor, Change(PageInfo(*row[:width]), *row[width:])) for row in db.session.execute(query))
    return without_closed_sources(actor, rows)

"""Marks on the edits of newcomers, which are published at once: waiting for a look, looked at, or undone.

An edit that was undone does not count for whoever made it. Where newcomers wrote from is kept, as a mark that says of
no network which it is, for as long as it may be of use against an attack.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from wiki import audit
from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.history import Revision
from wiki.pages.models import Page
from wiki.pages.moderation.models import NetworkTrace, Patrol
from wiki.pages.queries import readable
from wiki.permissions import is_newcomer, may, require

# How long it is remembered from which network a newcomer wrote.
NETWORKS_KEPT = timedelta(days=14)
# What one form may judge.
MOST_AT_ONCE = 200


def begin(actor: Actor, revision_id: int) -> None:
    """An edit was stored: have a newcomer's looked at. In the caller's transaction."""
    if not is_newcomer(actor):
        return
    db.session.execute(insert(Patrol).values(revision_id=revision_id, state="waiting", by_name="", at=now()))
    trace(actor)


def trace(actor: Actor) -> None:
    """Remember from which network somebody wrote. In the caller's transaction."""
    if mark := audit.network.get():
        session = db.session
        session.execute(delete(NetworkTrace).where(NetworkTrace.seen_at < now() - NETWORKS_KEPT))
        mine = (NetworkTrace.name == actor.name) & (NetworkTrace.mark == mark)
        session.execute(delete(NetworkTrace).where(mine))
        session.execute(insert(NetworkTrace).values(name=actor.name, mark=mark, seen_at=now()))


def note_undone(actor: Actor, page_id: int, condition: ColumnElement[bool]) -> None:
    """What these revisions of a page changed was taken back. In the caller's transaction.

    A newcomer's word is not enough: what they undid still waits for a look, as they do.
    """
    if is_newcomer(actor):
        return
    these = select(Revision.id).where(Revision.page_id == page_id, condition)
    _judge(actor, "undone", Patrol.revision_id.in_(these) & (Patrol.state != "undone"))


def _judge(actor: Actor, state: str, condition: ColumnElement[bool]) -> int:
    values = {"state": state, "by_id": actor.id, "by_name": actor.name, "at": now()}
    result: Any = db.session.execute(update(Patrol).where(condition).values(values))
    return int(result.rowcount)


def mark_seen(actor: Actor, revision_ids: Collection[int]) -> int:
    """Say that somebody of the team looked at these edits; how many of them were waiting for it. Raises Forbidden."""
    require(actor, "patrol")
    wanted = sorted(set(revision_ids))[:MOST_AT_ONCE]
    legible = (
        select(Revision.id).join(Page, Page.id == Revision.page_id).where(Revision.id.in_(wanted), readable(actor))
    )
    with write_transaction():
        return _judge(actor, "seen", Patrol.revision_id.in_(legible) & (Patrol.state == "waiting"))


def judged(actor: Actor, revision_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Those of these edits that wait for nobody any more: "seen" or "undone", and by whom. Raises Forbidden."""
    require(actor, "patrol")
    query = (
        select(Patrol.revision_id, Patrol.state, Patrol.by_name)
        .join(Revision, Revision.id == Patrol.revision_id)
        .join(Page, Page.id == Revision.page_id)
        .where(Patrol.revision_id.in_(sorted(set(revision_ids))[:MOST_AT_ONCE]), Patrol.state != "waiting")
        .where(readable(actor))
    )
    return {number: (state, name) for number, state, name in db.session.execute(query)}


def waiting_among(actor: Actor, revision_ids: Collection[int]) -> frozenset[int]:
    """Those of these edits that wait for a look; none, without asking, for who may not give it."""
    if not revision_ids or not may(actor, "patrol"):
        return frozenset()
    query = select(Patrol.revision_id).where(Patrol.revision_id.in_(revision_ids), Patrol.state == "waiting")
    return frozenset(db.session.execute(query).scalars())


def count_waiting(actor: Actor, most: int = 1000) -> int:
    """How many edits wait for a look, counted up to `most`. Raises Forbidden."""
    require(actor, "patrol")
    some = (
        select(Patrol.revision_id)
        .join(Revision, Revision.id == Patrol.revision_id)
        .join(Page, Page.id == Revision.page_id)
        .where(Patrol.state == "waiting", readable(actor), Page.archived_at.is_(None))
        .limit(most)
    )
    return int(db.session.execute(select(func.count()).select_from(some.subquery())).scalar_one())

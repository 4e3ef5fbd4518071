"""What waits for somebody of the team to look at it, and taking one edit back from there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from wiki import history
from wiki.accounts import Actor
from wiki.database import db
from wiki.errors import NotFound
from wiki.history import Revision
from wiki.pages.changes import Change, newest
from wiki.pages.comparison import Comparison, compare
from wiki.pages.editing import undo
from wiki.pages.facts import archive
from wiki.pages.models import Page
from wiki.pages.moderation.models import Patrol
from wiki.pages.queries import current, readable
from wiki.pages.saving import Saved
from wiki.pages.sources import told_of_pages
from wiki.permissions import require

# Texts up to this length are compared in the queue itself; longer ones on a page of their own.
_SHORT = 20_000
_SCREEN = 16


@dataclass(frozen=True)
class PendingEdit:
    """An edit of a newcomer nobody looked at yet; `comparison` with the text before it, None where one is long."""

    change: Change
    comparison: Comparison | None

    @property
    def long(self) -> bool:
        """Whether what changed would fill a screen by itself."""
        found = self.comparison
        if found is None:
            return False
        changed = sum(row.kind != "equal" and not row.blank for hunk in found.hunks for row in hunk.rows)
        return changed + len(found.fields) > _SCREEN


def pending_edits(
    actor: Actor, who: str = "", page_id: int | None = None, before: int | None = None, limit: int = 20
) -> Sequence[PendingEdit]:
    """Edits that wait for a look, newest first, older than revision id `before` where given. Raises Forbidden.

    `who` is "", "guests" or "newcomers", whose account is new; `page_id` leaves other pages out.
    """
    require(actor, "patrol")
    waiting = select(Patrol.revision_id).where(Patrol.state == "waiting")
    condition = current(actor) & Revision.id.in_(waiting)
    if before is not None:
        condition &= Revision.id < before
    if who == "guests":
        condition &= Revision.author_id.is_(None)
    elif who == "newcomers":
        condition &= Revision.author_id.is_not(None)
    if page_id is not None:
        condition &= Revision.page_id == page_id
    rows = newest(actor, condition, limit)
    texts = history.read_short(
        [(row.page.id, number) for row in rows for number in (row.number, row.number - 1) if number], _SHORT
    )
    told = dict(zip(texts, told_of_pages(actor, [(key[0], text.text) for key, text in texts.items()]), strict=True))
    return [PendingEdit(row, _comparison(row, told)) for row in rows]


def _comparison(row: Change, texts: Mapping[tuple[int, int], str]) -> Comparison | None:
    after, before = texts.get((row.page.id, row.number)), texts.get((row.page.id, row.number - 1))
    if after is None or (before is None and row.number > 1):
        return None
    return compare(before or "", after)


def beside_the_queue(actor: Actor, names: Collection[str], since: datetime) -> dict[str, int]:
    """How many edits of each of these people, since a moment, wait for no look: the wiki knew their account by then.

    Whoever damages many pages in a row counts as known before the last of them. Raises Forbidden.
    """
    require(actor, "patrol")
    query = (
        select(Revision.author_name, func.count())
        .join(Page, Page.id == Revision.page_id)
        .outerjoin(Patrol, Patrol.revision_id == Revision.id)
        .where(Revision.author_name.in_(names), Revision.created_at >= since, Patrol.revision_id.is_(None))
        .where(current(actor))
        .group_by(Revision.author_name)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def take_back(actor: Actor, revision_id: int, word: str = "") -> str:
    """Take one edit back and keep what others wrote since: what became of it. The `word` says why, where both stand.

    "undo": done, or was done already; "archive": it had made the page, which is put away; "ask": others wrote at the
    same place or on that page, so a person must look. Raises NotFound, Forbidden.
    """
    require(actor, "patrol")
    row = db.session.execute(
        select(Page.slug, Page.id, Page.head_number, Revision.number, Revision.author_name)
        .join(Page, Page.id == Revision.page_id)
        .where(Revision.id == revision_id, readable(actor))
    ).one_or_none()
    if row is None:
        raise NotFound("revision")
    if row.number > 1:
        return "undo" if isinstance(undo(actor, row.slug, row.number, comment=word), Saved) else "ask"
    others = select(Revision.id).where(Revision.page_id == row.id, Revision.author_name != row.author_name)
    if db.session.execute(others.limit(1)).first() is not None:
        return "ask"
    done = archive(actor, row.slug, head=row.head_number, undone=range(1, row.head_number + 1), reason=word)
    return "archive" if done else "ask"

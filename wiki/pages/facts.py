"""The facts of a page that people decide: archived or not, protected or not, and who may read it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.errors import Forbidden, Invalid
from wiki.history import Revision
from wiki.pages import projection
from wiki.pages.models import Page
from wiki.pages.queries import PageInfo, find
from wiki.permissions import VISIBILITIES, may, require
from wiki.rendering import link_key


def archive(actor: Actor, slug: str, *, head: int | None = None) -> bool:
    """Take a page out of sight, with its history, until somebody brings it back. Raises Forbidden.

    Where `head` is given, only while it is the number of the newest revision; the answer says whether it was done.
    """
    page = find(actor, slug)
    require(actor, "archive", page)
    return _store_facts(page, head, archived_at=now())


def unarchive(actor: Actor, slug: str) -> None:
    """Bring an archived page back as it was. Raises Forbidden."""
    _set_fact(actor, slug, "archive", archived_at=None)


def protect(actor: Actor, slug: str, protected: bool) -> None:
    """Let only moderators change a page, or everybody again. Raises Forbidden."""
    _set_fact(actor, slug, "protect", protected=protected)


def may_restrict(actor: Actor, page: PageInfo) -> bool:
    """Whether this actor decides who reads a page: the team, and who alone wrote it while nobody protected it."""
    if may(actor, "restrict", page):
        return True
    return may(actor, "edit", page) and not page.archived and _wrote_alone(actor, page)


def _wrote_alone(actor: Actor, page: PageInfo) -> bool:
    if actor.id is None:
        return False
    others = select(Revision.id).where(Revision.page_id == page.id, Revision.author_id.is_distinct_from(actor.id))
    return db.session.execute(others.limit(1)).first() is None


def show_to(actor: Actor, slug: str, visibility: str) -> None:
    """Say who may read a page: "public", "members", or "draft" for who alone wrote it. It holds at once, everywhere.

    Raises Invalid, NotFound, Forbidden.
    """
    page = find(actor, slug)
    if not may_restrict(actor, page):
        raise Forbidden("restrict")
    if visibility == "draft" and not _wrote_alone(actor, page):
        raise Invalid(
            _("D’autres personnes ont écrit sur cette page : elle ne peut plus devenir un brouillon privé."),
            "visibility",
        )
    _store_facts(page, **audience_of(actor, visibility))


def _set_fact(actor: Actor, slug: str, action: str, **values: Any) -> None:
    page = find(actor, slug)
    require(actor, action, page)
    _store_facts(page, **values)


def _store_facts(page: PageInfo, head: int | None = None, **values: Any) -> bool:
    statement = update(Page).where(Page.id == page.id)
    if head is not None:
        statement = statement.where(Page.head_number == head)
    with write_transaction() as session:
        if session.execute(statement.values(**values).returning(Page.id)).first() is None:
            return False
        if "protected" not in values:
            projection.relink({page.slug, link_key(page.title)})
        projection.touch(page.id)
    return True


def audience_of(actor: Actor, visibility: str) -> dict[str, Any]:
    """The facts of a page that say who may read it. Raises Invalid: who has no account writes for everybody."""
    if visibility not in VISIBILITIES:
        raise Invalid(_("Choisissez qui peut lire cette page."), "visibility")
    if visibility != "public" and actor.id is None:
        raise Invalid(_("Sans compte, une page est lisible par tout le monde."), "visibility")
    return {"visibility": visibility, "owner_id": actor.id if visibility == "draft" else None}

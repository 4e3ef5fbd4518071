"""The facts of a page that people decide: archived or not, protected or not, and who may read it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.errors import Forbidden, Invalid
from wiki.history import Revision
from wiki.pages import closed_words, projection
from wiki.pages.addresses import AlreadyExists, holder, opened
from wiki.pages.models import Page, PageName
from wiki.pages.moderation import acts, patrol
from wiki.pages.queries import PageInfo, find
from wiki.permissions import VISIBILITIES, may, require
from wiki.rendering import link_key


def archive(
    actor: Actor, slug: str, *, head: int | None = None, undone: Collection[int] = (), reason: str = ""
) -> bool:
    """Take a page out of sight, with its history, until somebody brings it back. Raises Forbidden.

    Where `head` is given, only while it is the number of the newest revision; the answer says whether it was done.
    `undone` are the numbers of the revisions that are taken back by it.
    """
    page = find(actor, slug)
    require(actor, "archive", page)
    if page.archived:
        return True
    return _store_facts(actor, page, "archive", reason, head, undone, archived_at=now())


def unarchive(actor: Actor, slug: str, *, reason: str = "") -> None:
    """Bring an archived page back as it was. Raises Forbidden."""
    page = find(actor, slug)
    require(actor, "archive", page)
    if page.archived:
        _store_facts(actor, page, "unarchive", reason, archived_at=None)


def protect(actor: Actor, slug: str, protected: bool, *, reason: str = "") -> None:
    """Let only moderators change a page, or everybody again. Raises Forbidden."""
    page = find(actor, slug)
    require(actor, "protect", page)
    if page.protected != protected:
        _store_facts(actor, page, "protect" if protected else "unprotect", reason, protected=protected)


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


def show_to(actor: Actor, slug: str, visibility: str) -> str:
    """Say who may read a page: "public", "members", or "draft" for who alone wrote it. It holds at once, everywhere.

    What is opened to everybody takes the address of its title, if it never had it: where the page stands from now on.
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
    if visibility != "draft" and not may(actor, "create"):
        raise Invalid(
            _(
                "Ici, une personne membre relit les premiers textes. Gardez ce brouillon pour vous, "
                "ou copiez son texte dans une nouvelle page : elle sera relue."
            ),
            "visibility",
        )
    if visibility == page.visibility:
        return page.slug
    try:
        action = "open" if visibility == "public" else "restrict"
        _store_facts(actor, page, action, **audience_of(actor, visibility))
    except AlreadyExists as error:
        raise Invalid(str(error), "visibility") from error
    return db.session.execute(select(Page.slug).where(Page.id == page.id)).scalar_one()


def _store_facts(
    actor: Actor,
    page: PageInfo,
    action: str,
    reason: str = "",
    head: int | None = None,
    undone: Collection[int] = (),
    **values: Any,
) -> bool:
    statement = update(Page).where(Page.id == page.id)
    if head is not None:
        statement = statement.where(Page.head_number == head)
    with write_transaction() as session:
        slug = page.slug
        if values.get("visibility") == "public" and (slug := opened(actor, page)) != page.slug:
            if holder(actor, slug)[0] is None:
                session.execute(insert(PageName).values(slug=slug, page_id=page.id))
            values["slug"] = slug
        if session.execute(statement.values(**values).returning(Page.id)).first() is None:
            return False
        counted = "protected" not in values
        if counted:
            projection.relink({page.slug, slug, link_key(page.title)})
        projection.touch(page.id, counted)
        if "visibility" in values:
            closed_words.keep(page.id)
        if undone:
            patrol.note_undone(actor, page.id, Revision.number.in_(undone))
        # What authors decide about their own pages is no act of the moderation.
        if may(actor, "edit_protected") and "draft" not in (page.visibility, values.get("visibility")):
            acts.note(actor, action, page_id=page.id, reason=reason)
    return True


def audience_of(actor: Actor, visibility: str) -> dict[str, Any]:
    """The facts of a page that say who may read it. Raises Invalid: who has no account writes for everybody."""
    if visibility not in VISIBILITIES:
        raise Invalid(_("Choisissez qui peut lire cette page."), "visibility")
    if visibility != "public" and actor.id is None:
        raise Invalid(_("Sans compte, une page est lisible par tout le monde."), "visibility")
    return {"visibility": visibility, "owner_id": actor.id if visibility == "draft" else None}

"""Following pages, families and themes, and the news of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, insert, or_, select
from sqlalchemy.orm import aliased

from wiki.accounts import Actor, User, named
from wiki.database import db, write_transaction
from wiki.errors import Forbidden, Invalid, NotFound
from wiki.history import Revision
from wiki.pages.changes import Change, newest
from wiki.pages.models import Facet, Follow, Gathering, Link, NewsFeed, Page
from wiki.pages.queries import COLUMNS, PageInfo, by_ids, current, find
from wiki.pages.variants import OF_ITSELF

Scope = Literal["page", "family", "theme"]
SCOPES: tuple[Scope, ...] = ("page", "family", "theme")
MOST_FOLLOWED = 500
# Who follows a page, or made it, hears of new ones that name it so: the next edition, an initiative of a collective.
TOLD_BY = ("follows", "edition", "organizers", "coordinators")


@dataclass(frozen=True)
class Followed:
    """Something an account follows."""

    page: PageInfo
    scope: str


def follow(actor: Actor, slug: str, scope: str) -> None:
    """Hear of a page, of its family, or of the pages of a theme: of one at a time. Twice is once.

    Raises Invalid, Forbidden, NotFound.
    """
    page = find(actor, slug)
    if actor.id is None:
        raise Forbidden("follow")
    if scope not in SCOPES or (scope == "theme" and page.kind != "theme"):
        raise Invalid(_("Choisissez ce que vous voulez suivre."), "scope")
    with write_transaction() as session:
        mine = session.execute(select(Follow.page_id, Follow.scope).where(Follow.user_id == actor.id)).all()
        if (page.id, scope) in {(row[0], row[1]) for row in mine}:
            return
        if len(mine) >= MOST_FOLLOWED:
            raise Invalid(_("Vous suivez déjà beaucoup de pages : cessez d’en suivre une d’abord."), "scope")
        session.execute(delete(Follow).where(Follow.user_id == actor.id, Follow.page_id == page.id))
        session.execute(insert(Follow).values(user_id=actor.id, page_id=page.id, scope=scope))


def unfollow(actor: Actor, slug: str) -> None:
    """Hear no more of a page, its family or its theme."""
    page = find(actor, slug)
    with write_transaction() as session:
        session.execute(delete(Follow).where(Follow.user_id == actor.id, Follow.page_id == page.id))


def following(actor: Actor) -> list[Followed]:
    """What an account follows and may still read, by title."""
    if actor.id is None:
        return []
    rows = db.session.execute(select(Follow.page_id, Follow.scope).where(Follow.user_id == actor.id)).all()
    known = by_ids(actor, [row[0] for row in rows])
    found = [Followed(known[row[0]], row[1]) for row in rows if row[0] in known]
    return sorted(found, key=lambda followed: (followed.page.title, followed.scope))


def hearing(actor: Actor, page_ids: Iterable[int]) -> tuple[int, dict[int, int]]:
    """How many others hear of what is begun after, within or by these pages, and how many each, by the page's id.

    Those are who follows a page and who made it.
    """
    wanted = sorted(set(page_ids))
    following = select(Follow.page_id, Follow.user_id).where(Follow.page_id.in_(wanted), Follow.scope == "page")
    made = select(Revision.page_id, Revision.author_id).where(Revision.page_id.in_(wanted), Revision.number == 1)
    people: dict[int, set[int]] = {page_id: set() for page_id in wanted}
    for page_id, account in db.session.execute(following.union(made)):
        if account is not None and account != actor.id:
            people[page_id].add(account)
    return len(set().union(*people.values())), {page_id: len(found) for page_id, found in people.items()}


def news(actor: Actor, limit: int = 50) -> list[Change]:
    """What others did where an account follows, and what they begin after its own pages, newest first.

    Of a page: its versions, its new variants, the improvements of its origin since they parted, and what is begun after
    it, within it or by it. Of a family: everything in it and below. Of a theme: the pages that name it.
    """
    if actor.id is None:
        return []

    def followed(*scopes: str) -> Select[Any]:
        return select(Follow.page_id).where(Follow.user_id == actor.id, Follow.scope.in_(scopes))

    below = select(Page.id).where(Page.id.in_(followed("family"))).cte("below", recursive=True)
    child, variant, theme = aliased(Page), aliased(Page), aliased(Page)
    below = below.union(select(child.id).join(below, child.origin_id == below.c.id))
    themes = select(theme.slug).where(theme.id.in_(followed("theme")))
    tagged = select(Facet.page_id).where(Facet.field == "themes", Facet.value.in_(themes))
    made = select(Revision.page_id).where(Revision.author_id == actor.id, Revision.number == 1)
    named_here = Link.target_id.in_(followed("page")) | Link.target_id.in_(made)
    naming = select(Link.source_id).where(named_here, Link.field.in_(TOLD_BY))
    origins = select(variant.origin_id).where(variant.id.in_(followed("page")), variant.origin_id.is_not(None))
    improved = select(variant.id).where(
        variant.id.in_(followed("page")), variant.origin_id == Page.id, Revision.number > _left_at(variant)
    )
    condition = or_(
        Page.id.in_(followed("page", "family", "theme")),
        Page.id.in_(origins) & Revision.action.not_in(OF_ITSELF) & improved.exists(),
        Page.origin_id.in_(followed("page")) & (Revision.number == 1),
        Page.id.in_(naming) & (Revision.number == 1),
        Page.id.in_(select(below.c.id)),
        Page.id.in_(tagged),
    )
    others = or_(Revision.author_id.is_(None), Revision.author_id != actor.id)
    return newest(actor, condition & others & current(actor), limit)


def _left_at(variant: Any) -> Any:
    """The number of the version of its origin that a variant continues or was linked to, or else of the first one."""
    beginning, source = aliased(Revision), aliased(Revision)
    return (
        select(func.coalesce(func.max(source.number), 1))
        .select_from(beginning)
        .join(source, or_(source.id == beginning.parent_id, source.id == beginning.merged_id))
        .where(
            beginning.page_id == variant.id, source.page_id == variant.origin_id,
            or_(beginning.number == 1, beginning.action == "link"),
        )
        .correlate(variant)
        .scalar_subquery()
    )


def untold(actor: Actor, at: datetime, limit: int = 8) -> list[PageInfo]:
    """Events over at this instant of which nobody told yet, among those an account wrote or follows; newest first."""
    if actor.id is None:
        return []
    mine = or_(
        Page.id.in_(select(Revision.page_id).where(Revision.author_id == actor.id)),
        Page.id.in_(select(Follow.page_id).where(Follow.user_id == actor.id)),
    )
    query = (
        select(*COLUMNS)
        .join(Gathering, Gathering.page_id == Page.id)
        .where(mine, current(actor), Page.past_from <= at)
        .where(~Gathering.told, Gathering.state.not_in(("annule", "reporte")))
        .order_by(Page.past_from.desc(), Page.id.desc())
        .limit(limit)
    )
    return [PageInfo(*row) for row in db.session.execute(query)]


# -- The same as a feed ------------------------------------------------------------------------------------------------


def news_feed(actor: Actor) -> str | None:
    """The secret in the address of somebody's own feed; None until they ask for one."""
    return db.session.execute(select(NewsFeed.secret).where(NewsFeed.user_id == actor.id)).scalar_one_or_none()


def renew_news_feed(actor: Actor) -> str:
    """Give somebody's feed a new address; the one before is dead. Raises Forbidden for guests."""
    if actor.id is None:
        raise Forbidden("follow")
    secret = secrets.token_urlsafe(32)
    with write_transaction() as session:
        session.execute(delete(NewsFeed).where(NewsFeed.user_id == actor.id))
        session.execute(insert(NewsFeed).values(user_id=actor.id, secret=secret))
    return secret


def news_feed_reader(secret: str) -> Actor:
    """Whose feed has this address today, while their account is open. Raises NotFound."""
    query = (
        select(User.name)
        .join(NewsFeed, NewsFeed.user_id == User.id)
        .where(NewsFeed.secret == secret, User.active.is_(True), User.deleted_at.is_(None))
    )
    name = db.session.execute(query).scalar_one_or_none()
    if name is None:
        raise NotFound("feed")
    return named(name)

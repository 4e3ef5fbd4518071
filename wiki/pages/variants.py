"""Variants: pages that continue another and stay in its family. Making one, how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, bindparam, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from wiki import history
from wiki.accounts import Actor
from wiki.database import db
from wiki.errors import Invalid, NotFound
from wiki.history import Acquaintance, Knowledge, Revision
from wiki.pages import textform
from wiki.pages.editing import create
from wiki.pages.fields import DEFAULT_LICENCE, Value
from wiki.pages.models import Offer, Page, Rendered
from wiki.pages.queries import COLUMNS, PageInfo, as_open_as, current, find, readable
from wiki.pages.saving import Saved
from wiki.pages.sources import ORIGIN_FIELD
from wiki.permissions import require
from wiki.rendering import RENDERER_VERSION

TWIST_MAXIMUM = 60
MOST_ANCESTORS = 50
# Revisions that only change what a page says of itself: nothing of it is for its variants.
OF_ITSELF = ("rename", "link", "unlink")
# Of so many of the newest it is looked at; a variant further behind has enough to read.
_LOOKED_AT = 50
# What is true of the origin alone.
_LEFT_BEHIND = ("status", "first_done", "first_place")


@dataclass(frozen=True)
class Standing:
    """How a page stands in its family: its origin if it may be read, what waits there, open offers.

    `improvements` are versions of the origin nobody looked at here yet, `left` parts of older ones not settled yet.
    """

    origin: PageInfo | None
    improvements: int
    offers: int
    left: int = 0

    @property
    def waits(self) -> bool:
        """Whether the origin has anything to look at."""
        return bool(self.improvements or self.left)


ALONE = Standing(None, 0, 0)


def fork(
    actor: Actor, slug: str, twist: str, *, title: str = "", comment: str = "", more: str = ""
) -> Saved:
    """Make a variant of a page: a new page whose first revision continues the newest one of the other.

    `twist` is its place or what it does otherwise ("Plouarzel", "sans budget"); the title follows from it unless one
    is given. `more` is Markdown it has at its end and the other has not. Sending the same form twice makes one page.
    Raises Invalid, AlreadyExists, NotFound, Moved, Forbidden.
    """
    page = find(actor, slug)
    require(actor, "suggest")
    twist = " ".join(twist.split())[:TWIST_MAXIMUM].strip()
    if not twist and not title.strip():
        raise Invalid(_("Dites en quelques mots ce que votre variante a de particulier."), "twist")
    origin = history.read(page.id, page.head_number)
    document = textform.parse(origin.text)
    fields: dict[str, Value] = {name: value for name, value in document.fields.items() if name not in _LEFT_BEHIND}
    fields["title"] = title.strip() or _("%(title)s, %(twist)s", title=document.title or page.title, twist=twist)
    declared = {field.name for field in document.declaration.fields}
    if "license" in declared:
        fields.setdefault("license", DEFAULT_LICENCE)
    if "variant_of" in declared:
        fields["variant_of"] = page.slug
        fields["variant_notes"] = twist or str(fields["title"])
    body = f"{document.body.rstrip()}\n\n{more}\n" if more else document.body
    # What the other is a variant of, this one is not, even where that is no answer of its kind.
    extra = {name: value for name, value in document.extra.items() if name != ORIGIN_FIELD}
    text = textform.serialize(document.replace(fields=fields, extra=extra, body=body))
    # A variant is no more open than what it repeats; whoever made it may open it.
    return create(actor, text, comment=comment, action="fork", origin=origin, visibility=page.visibility)


@lru_cache(maxsize=64)
def _standing_for(role: str, account: int | None, drawn: bool = False) -> Select[Any]:
    """What `standing` asks for this reader, with the page as it is kept `drawn` where wanted.

    Kept: every page view asks it, and building it costs more than running it.
    """
    reader = Actor(account, "", role, "")
    first, parent, origin = aliased(Revision), aliased(Revision), aliased(Page)
    source = aliased(Page)
    newest, seen = aliased(Revision), aliased(Revision)
    offers = (
        select(func.count())
        .select_from(Offer)
        .join(source, source.id == Offer.source_id)
        .where(Offer.page_id == Page.id, Offer.state == "open", current(reader, source))
    )
    missed = aliased(Revision)
    of_itself = select(func.count()).select_from(missed).where(
        missed.page_id == origin.id, missed.number > func.coalesce(Acquaintance.seen_number, parent.number),
        missed.number > origin.head_number - _LOOKED_AT, missed.action.in_(OF_ITSELF),
    )
    query = (
        select(
            *[getattr(origin, name) for name in PageInfo.__dataclass_fields__],
            Acquaintance.seen_number.label("seen_number"),
            Acquaintance.left.label("left"),
            parent.page_id.label("parent_page"),
            parent.number.label("parent_number"),
            (newest.sha256 == func.coalesce(seen.sha256, parent.sha256)).label("same"),
            of_itself.scalar_subquery().label("of_itself"),
            offers.scalar_subquery().label("offers"),
        )
        .select_from(Page)
        .outerjoin(origin, and_(origin.id == Page.origin_id, readable(reader, origin)))
        .outerjoin(Acquaintance, and_(Acquaintance.page_id == Page.id, Acquaintance.source_id == origin.id))
        .outerjoin(first, and_(first.page_id == Page.id, first.number == 1))
        .outerjoin(parent, parent.id == first.parent_id)
        .outerjoin(newest, newest.id == origin.head_id)
        .outerjoin(seen, seen.id == Acquaintance.seen_id)
        .where(Page.id == bindparam("page_id"))
    )
    if not drawn:
        return query
    as_it_is = and_(
        Rendered.page_id == Page.id, Rendered.revision_id == bindparam("revision_id"),
        Rendered.stamp == bindparam("stamp"), Rendered.version == RENDERER_VERSION,
    )
    return query.add_columns(Rendered.html, Rendered.data).outerjoin(Rendered, as_it_is)


def standing(actor: Actor, page: PageInfo) -> Standing:
    """How a page stands in its family, as far as this actor may read. One indexed query, no merge."""
    row = db.session.execute(_standing_for(actor.role, actor.id), {"page_id": page.id}).one_or_none()
    return _standing(row) if row is not None else ALONE


def standing_and_drawing(actor: Actor, page: PageInfo) -> tuple[Standing, str | None, Any]:
    """How a page stands in its family, its HTML and data as they are kept, or None twice. One query for every view."""
    values = {"page_id": page.id, "revision_id": page.head_id, "stamp": page.stamp}
    row = db.session.execute(_standing_for(actor.role, actor.id, True), values).one_or_none()
    return (_standing(row), row.html, row.data) if row is not None else (ALONE, None, None)


def _standing(row: Any) -> Standing:
    if row.id is None:
        return Standing(None, 0, row.offers)
    origin = PageInfo(*row[: len(COLUMNS)])
    if row.same:
        # Nothing new, or all of it taken back there.
        missed = 0
    elif row.seen_number is not None:
        missed = origin.head_number - row.seen_number - row.of_itself
    else:
        missed = origin.head_number - row.parent_number - row.of_itself if row.parent_page == origin.id else 0
    return Standing(origin, max(0, missed), row.offers, row.left or 0)


@dataclass(frozen=True)
class Lineage:
    """Where a page comes from: its origin, and the number of the revision it continues or last looked at there."""

    origin: PageInfo | None
    revision: int | None


def lineage_of(actor: Actor, page: PageInfo) -> Lineage:
    """Where a page comes from, as far as this actor may read."""
    origin = standing(actor, page).origin
    known = known_of(page, origin) if origin else None
    return Lineage(origin, known.seen_number or None if known else None)


def known_of(page: PageInfo, source: PageInfo) -> Knowledge | None:
    """What a page knows of another: by what was decided, else by what both come from; None for strangers."""
    decided = history.knowledge(page.id, source.id)
    if decided is not None:
        return decided
    common = history.newest_common(page.head_id, source.head_id)
    if common is None:
        return None
    ancestor = history.read_by_id(common)
    number = ancestor.number if ancestor.page_id == source.id else 0
    return Knowledge(ancestor.text, ancestor.id, number)


def differences(page: PageInfo, text: str) -> list[list[Any]]:
    """What a variant does otherwise than its origin as it knows it, as data for `difference_lines`; [] for others.

    Where some of its readers may not read the origin, none is told.
    One list for each section or answer: [kind, title, whether it is an answer].
    """
    if page.origin_id is None:
        return []
    told = select(*COLUMNS).where(Page.id == page.origin_id, as_open_as(page))
    origin = db.session.execute(told).one_or_none()
    known = known_of(page, PageInfo(*origin)) if origin is not None else None
    if known is None or history.hides_texts([page.id, page.origin_id], known.seen_id):
        return []
    return _told(known.text, text)


def _told(known: str, text: str) -> list[list[Any]]:
    return [[unit.kind, unit.title[:120], unit.field] for unit in history.units(known, text)[:60]]


def all_differences(shown: Sequence[PageInfo]) -> dict[int, list[list[Any]]]:
    """The same for many pages, by their id, in one query for each sort of reader. Those that took are left out.

    Where a page decided nothing on its origin yet, it knows the revision it continues.
    """
    found: dict[int, list[list[Any]]] = {}
    sorts: dict[tuple[str, int | None], list[PageInfo]] = {}
    for page in shown:
        sorts.setdefault((page.visibility, page.owner_id), []).append(page)
    origin, head, first = aliased(Page), aliased(Revision), aliased(Revision)
    parent, seen, took, hidden = (aliased(Revision) for _name in range(4))
    for pages in sorts.values():
        query = (
            select(Page.id, head.codec, head.body, Acquaintance.codec, Acquaintance.known, seen.codec, seen.body,
                   parent.codec, parent.body)
            .join(origin, and_(origin.id == Page.origin_id, as_open_as(pages[0], origin)))
            .join(head, head.id == Page.head_id)
            .outerjoin(Acquaintance, and_(Acquaintance.page_id == Page.id, Acquaintance.source_id == origin.id))
            .outerjoin(seen, seen.id == Acquaintance.seen_id)
            .outerjoin(first, and_(first.page_id == Page.id, first.number == 1))
            .outerjoin(parent, and_(parent.id == first.parent_id, parent.page_id == origin.id))
            .where(
                Page.id.in_([page.id for page in pages]),
                ~exists().where(hidden.page_id.in_((Page.id, origin.id)), hidden.hidden.contains("text")),
                or_(seen.id.is_not(None), ~exists().where(took.page_id == Page.id, took.merged_id.is_not(None))),
            )
        )
        for page_id, codec, body, *kept in db.session.execute(query):
            # What was noted, else the revision last looked at, else the one it continues.
            stored = next((pair for pair in zip(kept[::2], kept[1::2], strict=True) if pair[0] is not None), None)
            if stored is not None:
                found[page_id] = _told(history.decode(*stored), history.decode(codec, body))
    return found


def ancestors(actor: Actor, page: PageInfo) -> list[PageInfo]:
    """The origin of a page, the origin of that one, and so on, nearest first, as far as this actor may read."""
    if page.origin_id is None:
        return []
    above = select(Page.id, Page.origin_id, literal(0).label("steps")).where(Page.id == page.origin_id)
    up = above.cte("above", recursive=True)
    origin = aliased(Page)
    step = select(origin.id, origin.origin_id, up.c.steps + 1).join(up, origin.id == up.c.origin_id)
    up = up.union_all(step.where(up.c.steps + 1 < MOST_ANCESTORS))
    query = select(up.c.steps, *COLUMNS).join(up, up.c.id == Page.id).where(readable(actor)).order_by(up.c.steps)
    found: list[PageInfo] = []
    for row in db.session.execute(query):
        if row.steps != len(found) or row.id == page.id:
            break
        found.append(PageInfo(*row[1:]))
    return found


def related(actor: Actor, page: PageInfo, other_slug: str) -> PageInfo:
    """The page at an address, which must share a history with this one. Raises NotFound for any other."""
    other = find(actor, other_slug)
    if other.id == page.id or known_of(page, other) is None:
        raise NotFound(other_slug)
    return other


def share_history(page: PageInfo, other: PageInfo) -> bool:
    """Whether one of two pages may take from the other."""
    return page.id != other.id and known_of(page, other) is not None

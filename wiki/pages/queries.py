"""Finding pages. A finder takes the actor and never returns what that actor may not know of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import aliased

from wiki.accounts import Actor
from wiki.database import QuickRead, db, now
from wiki.errors import Moved, NotFound
from wiki.pages.models import Facet, Link, Page, PageName
from wiki.permissions import may
from wiki.rendering import link_key

SLUG_MAXIMUM = 80


@dataclass(frozen=True)
class PageInfo:
    """What is known of a page without opening its text."""

    id: int
    slug: str
    kind: str
    title: str
    summary: str
    language: str
    complete: bool
    starts_on: str | None
    place: str | None
    origin_id: int | None
    protected: bool
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime
    head_number: int
    head_id: int
    stamp: int
    visibility: str = "public"
    owner_id: int | None = None
    past_from: datetime | None = None
    called_off: str = ""

    @property
    def archived(self) -> bool:
        return self.archived_at is not None

    @classmethod
    def unsaved(cls, kind: str, title: str) -> PageInfo:
        """What is known of a page nobody has made yet."""
        return cls(0, "", kind, title, "", "fr", True, None, None, None, False, None, now(), now(), 0, 0, 0)


COLUMNS = [getattr(Page, name) for name in PageInfo.__dataclass_fields__]


def readable(actor: Actor, page: Any = Page) -> ColumnElement[bool]:
    """The condition every query goes through: pages this actor may know of. `page` is Page or an alias of it."""
    condition: ColumnElement[bool] = page.visibility.in_(
        ("public", "members") if may(actor, "read_members") else ("public",)
    )
    if not may(actor, "read_archived"):
        condition &= page.archived_at.is_(None)
    if actor.id is not None:
        condition |= page.owner_id == actor.id
    return (page.head_number > 0) & condition


def current(actor: Actor, page: Any = Page) -> ColumnElement[bool]:
    """Readable and not archived: what lists show."""
    return readable(actor, page) & page.archived_at.is_(None)


def as_open_as(reader: PageInfo, page: Any = Page) -> ColumnElement[bool]:
    """Pages that whoever may read `reader` may read too: what may be told on it to all its readers alike."""
    condition: ColumnElement[bool] = page.visibility.in_(
        ("public",) if reader.visibility == "public" else ("public", "members")
    )
    if reader.owner_id is not None:
        condition |= page.owner_id == reader.owner_id
    return condition & page.archived_at.is_(None)


# Built once: putting a statement together costs more than running it.
_AT = (
    select(*COLUMNS)
    .join(PageName, PageName.page_id == Page.id)
    .where(PageName.slug == bindparam("slug"), Page.head_number > 0)
)


@dataclass(frozen=True)
class Glance:
    """What identifies the looks of a page anybody may read: equal glances, equal pages."""

    page_id: int
    head_id: int
    stamp: int
    protected: bool


_GLANCE = QuickRead(
    select(Page.id, Page.head_id, Page.stamp, Page.protected)
    .join(PageName, PageName.page_id == Page.id)
    .where(
        PageName.slug == bindparam("slug"),
        Page.slug == PageName.slug,
        Page.head_number > 0,
        Page.archived_at.is_(None),
        Page.visibility == "public",
    )
)


def glance(slug: str) -> Glance | None:
    """The glance of the page whose present address this is; None where anybody must look closer, with `find`."""
    row = _GLANCE.row(slug=slug)
    return Glance(row[0], row[1], row[2], bool(row[3])) if row else None


def find(actor: Actor, slug: str) -> PageInfo:
    """The page at this address.

    Raises Moved where the page has another address now or the address is written differently (case, accents), and
    NotFound where there is none this actor may read.
    """
    row = _at(actor, slug) if len(slug) <= SLUG_MAXIMUM else None
    if row is not None:
        if row.slug != slug:
            raise Moved(row.slug)
        return PageInfo(*row)
    key = link_key(slug)
    if key and key != slug and (row := _at(actor, key)) is not None:
        raise Moved(row.slug)
    if key and (titled := titled_page(actor, key)) is not None:
        raise Moved(titled.slug)
    raise NotFound(slug)


def _at(actor: Actor, slug: str) -> Any:
    row = db.session.execute(_AT, {"slug": slug}).one_or_none()
    return row if row is not None and may(actor, "read", PageInfo(*row)) else None


def titled_page(actor: Actor, title: str) -> PageInfo | None:
    """The oldest page of this title, in any case, accents or none."""
    query = select(*COLUMNS).where(Page.title_key == link_key(title), current(actor)).order_by(Page.id).limit(1)
    row = db.session.execute(query).one_or_none()
    return PageInfo(*row) if row else None


def by_ids(actor: Actor, page_ids: Iterable[int]) -> dict[int, PageInfo]:
    """Those of these pages the actor may read, by id."""
    wanted = sorted(set(page_ids))
    rows = db.session.execute(select(*COLUMNS).where(Page.id.in_(wanted), readable(actor)))
    return {row.id: PageInfo(*row) for row in rows}


@dataclass(frozen=True)
class Listing:
    """One page of a list: rows, how many there are in all, which part this is."""

    rows: Sequence[PageInfo]
    total: int
    page: int
    pages: int


def listing(
    actor: Actor,
    kind: str,
    page: int = 1,
    per_page: int = 50,
    facets: Sequence[tuple[str, str]] = (),
    when: str = "",
    at: datetime | None = None,
    letter: str = "",
) -> Listing:
    """Pages of a kind, by title; events by date, newest first (`when="coming"`: soonest first).

    `facets` are (field, value) pairs that must all hold; `when` is "", "past" or "coming" at an instant, now unless
    one is given: what has a date is past when its last day is over on the clocks of its own place.
    """
    condition = (Page.kind == kind) & current(actor)
    for field, value in facets:
        condition &= Page.id.in_(select(Facet.page_id).where(Facet.field == field, Facet.value == value))
    if when == "coming":
        condition &= Page.past_from > (at or now())
    elif when == "past":
        condition &= Page.past_from <= (at or now())
    total = int(db.session.execute(select(func.count()).select_from(Page).where(condition)).scalar_one())
    pages = max(1, -(-total // per_page))
    page = min(max(page, 1), pages)
    query: Select[Any] = select(*COLUMNS).where(condition)
    if kind in ("event", "edition"):
        order = Page.starts_on.asc() if when == "coming" else Page.starts_on.desc()
        query = query.order_by(order, Page.title_key)
    else:
        query = query.order_by(Page.title_key, Page.id)
    rows = db.session.execute(query.limit(per_page).offset((page - 1) * per_page))
    return Listing([PageInfo(*row) for row in rows], total, page, pages)


def facet_counts(actor: Actor, kind: str, field: str, limit: int = 30) -> list[tuple[str, int]]:
    """The most frequent values of a facet among pages of a kind, with how many pages carry each."""
    number = func.count()
    query = (
        select(Facet.value, number)
        .join(Page, Page.id == Facet.page_id)
        .where(Facet.field == field, Page.kind == kind, current(actor))
        .group_by(Facet.value)
        .order_by(number.desc(), Facet.value)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def titles(actor: Actor, slugs: Iterable[str]) -> dict[str, PageInfo]:
    """The pages at these addresses (past or present), by the address asked for."""
    wanted = sorted(set(slugs))
    query = (
        select(PageName.slug.label("asked"), *COLUMNS)
        .join(Page, Page.id == PageName.page_id)
        .where(PageName.slug.in_(wanted), current(actor))
    )
    return {row[0]: PageInfo(*row[1:]) for row in db.session.execute(query)}


def resolved(actor: Actor, keys: Iterable[str]) -> dict[str, PageInfo]:
    """The page each link key leads to for this actor; keys that lead nowhere are left out."""
    from wiki.pages.projection import resolve

    found = resolve(keys)
    pages = by_ids(actor, found.values())
    return {key: pages[page_id] for key, page_id in found.items() if page_id in pages and not pages[page_id].archived}


def link_targets(page: PageInfo) -> dict[str, tuple[str, str, str]]:
    """Where the links of a page lead: key → (slug, title, kind).

    What is archived, or not for every reader of the page, counts as missing.
    """
    query = (
        select(Link.key, Page.slug, Page.title, Page.kind)
        .join(Page, Page.id == Link.target_id)
        .where(Link.source_id == page.id, as_open_as(page))
    )
    return {row[0]: (row[1], row[2], row[3]) for row in db.session.execute(query)}


def truly_named(source: Any = Page) -> ColumnElement[bool]:
    """Of the links of `source`, Page or an alias of it, those that tell where it leads, or where it comes from.

    A variant whose text names its origin by a title may be led elsewhere, by whoever gives that title to a page.
    """
    return (Link.field != "variant_of") | source.origin_id.is_(None) | (source.origin_id == Link.target_id)


@dataclass(frozen=True)
class Naming:
    """A page that names another in a field: an event its recipe, a variant its origin."""

    field: str
    page: PageInfo


def named_by(actor: Actor, page_id: int, limit: int = 200) -> list[Naming]:
    """Pages that name this one in a field, newest date first within each field; at most `limit`.

    In the order of an index, read backwards: a page that ten thousand events name costs no more than another.
    """
    query = (
        select(Link.field, *COLUMNS)
        .join(Page, Page.id == Link.source_id)
        .where(Link.target_id == page_id, Link.field != "", truly_named(), current(actor))
        .order_by(Link.field.desc(), Link.sort_key.desc())
        .limit(limit)
    )
    return [Naming(row[0], PageInfo(*row[1:])) for row in db.session.execute(query)]


def linking_here(actor: Actor, page_id: int, page: int = 1, per_page: int = 50) -> Listing:
    """Pages with a link to this one, in their text or a field, by title."""
    source = aliased(Page)
    here = select(Link.source_id).join(source, source.id == Link.source_id)
    condition = current(actor) & Page.id.in_(here.where(Link.target_id == page_id, truly_named(source)))
    return by_title(condition, page, per_page)


def by_title(condition: ColumnElement[bool], page: int, per_page: int) -> Listing:
    """One page of those that meet a condition. Whoever asks sees to it that the actor may know of them."""
    return ordered(condition, page, per_page, "title")


def ordered(condition: ColumnElement[bool], page: int, per_page: int, order: str) -> Listing:
    """As `by_title`, in the "newest", "oldest" or "changed" order of a query; what has no date comes last."""
    undated = Page.starts_on.is_(None)
    first: Sequence[Any] = {
        "newest": (undated, Page.starts_on.desc()),
        "oldest": (undated, Page.starts_on),
        "changed": (Page.updated_at.desc(),),
    }.get(order, ())
    total = int(db.session.execute(select(func.count()).select_from(Page).where(condition)).scalar_one())
    pages = max(1, -(-total // per_page))
    page = min(max(page, 1), pages)
    rows = db.session.execute(
        select(*COLUMNS)
        .where(condition)
        .order_by(*first, Page.title_key, Page.id)
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    return Listing([PageInfo(*row) for row in rows], total, page, pages)


def orphans(actor: Actor, page: int = 1, per_page: int = 50) -> Listing:
    """Pages no other page leads to, by title."""
    source = aliased(Page)
    linked = (
        select(Link.target_id)
        .join(source, source.id == Link.source_id)
        .where(Link.target_id.is_not(None), Link.source_id != Link.target_id, truly_named(source),
               current(actor, source))
    )
    return by_title(current(actor) & Page.id.not_in(linked), page, per_page)


def wanted(actor: Actor, limit: int = 200) -> list[tuple[str, int, list[PageInfo]]]:
    """Pages that links ask for and nobody has made: (key, how many ask, some who ask), most asked first.

    Words in a field where a name may stand for itself (an organiser without a page) do not count. A page this actor
    may not know of is one that nobody has made, but for what a variant of such a page names: its text does not tell
    them that.
    """
    number = func.count(func.distinct(Link.source_id))
    target = aliased(Page)
    known = select(target.id).where(target.id == Link.target_id, readable(actor, target)).exists()
    origin = aliased(Page)
    open_origin = select(origin.id).where(origin.id == Page.origin_id, readable(actor, origin)).exists()
    told = Page.origin_id.is_(None) | open_origin
    missing = (Link.target_id.is_(None) | ~known) & ((Link.field != "variant_of") | told)
    condition = missing & (Link.words == "") & current(actor)
    query = (
        select(Link.key, number)
        .join(Page, Page.id == Link.source_id)
        .where(condition)
        .group_by(Link.key)
        .order_by(number.desc(), Link.key)
        .limit(limit)
    )
    counts = [(row[0], row[1]) for row in db.session.execute(query)]
    askers: dict[str, list[PageInfo]] = {key: [] for key, _count in counts}
    rows = db.session.execute(
        select(Link.key, *COLUMNS)
        .join(Page, Page.id == Link.source_id)
        .where(condition, Link.key.in_(askers))
        .order_by(Page.title_key)
        .limit(5 * limit)
    )
    for row in rows:
        info = PageInfo(*row[1:])
        if len(askers[row[0]]) < 3 and info not in askers[row[0]]:
            askers[row[0]].append(info)
    return [(key, count, askers[key]) for key, count in counts]


def to_try(actor: Actor, kind: str, limit: int, day: str, among: int = 60) -> list[PageInfo]:
    """Complete pages of a kind that are nobody's variant: another handful each day, from the newest ones."""
    variants = select(Link.source_id).where(Link.field == "variant_of")
    query = (
        select(*COLUMNS)
        .where(Page.kind == kind, current(actor), Page.complete, Page.origin_id.is_(None), Page.id.not_in(variants))
        .order_by(Page.updated_at.desc(), Page.id)
        .limit(among)
    )
    rows = [PageInfo(*row) for row in db.session.execute(query)]
    return Random(day).sample(rows, min(limit, len(rows)))  # noqa: S311 - nothing secret


def newest_variants(actor: Actor, limit: int) -> list[PageInfo]:
    """The variants made last, newest first."""
    query = select(*COLUMNS).where(Page.origin_id.is_not(None), current(actor)).order_by(Page.id.desc()).limit(limit)
    return [PageInfo(*row) for row in db.session.execute(query)]


def counts(actor: Actor) -> dict[str, int]:
    """How many pages of each kind there are."""
    query = select(Page.kind, func.count()).where(current(actor)).group_by(Page.kind)
    return {row[0]: row[1] for row in db.session.execute(query)}


def every(batch: int = 200) -> Iterable[PageInfo]:
    """Every page with a text, archived ones too, by id: for export, checking and rebuilding."""
    last = 0
    while True:
        rows = db.session.execute(
            select(*COLUMNS).where(Page.id > last, Page.head_number > 0).order_by(Page.id).limit(batch)
        ).all()
        if not rows:
            return
        for row in rows:
            yield PageInfo(*row)
        last = rows[-1].id

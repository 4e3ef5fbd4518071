"""Families: a recipe and all that comes from it, how alive each page is, and choosing among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from wiki.accounts import Actor
from wiki.database import db, now
from wiki.history import Revision
from wiki.pages import tallies
from wiki.pages.choosing import Facts, Wish, facts_of, fits, offered, shortfall
from wiki.pages.models import Page, Rendered
from wiki.pages.queries import COLUMNS, PageInfo, by_ids, find, readable
from wiki.pages.variants import TWIST_MAXIMUM, all_differences, ancestors

_ALIVE = timedelta(days=365)
_SOWN = ("seed", "import")


@dataclass(frozen=True)
class Relative:
    """A page of a family: how deep below the root it stands, and how many variants it has itself."""

    page: PageInfo
    depth: int
    variants: int


@dataclass(frozen=True)
class Member:
    """As much of a page of a family as a picture of it needs; `parent` is the index of its origin among the members."""

    id: int
    title: str
    depth: int
    parent: int | None
    alive: bool
    language: str


@dataclass(frozen=True)
class Family:
    """One page of a family's tree, depth first. `members` are all of the family in that order."""

    relatives: Sequence[Relative]
    total: int
    page: int
    pages: int
    root: PageInfo
    members: Sequence[Member]


@dataclass(frozen=True)
class Life:
    """How alive a page is: how many people wrote it and when last, how often it was tried and when last (YYYY…).

    What was sown or imported is no sign of life: nobody knows when it was written. `changed` is None then.
    """

    people: int
    changed: datetime | None
    trials: int = 0
    last_trial: str | None = None

    @property
    def known(self) -> bool:
        """Whether there is any sign of life."""
        return bool(self.changed or self.last_trial)

    @property
    def alive(self) -> bool:
        """Whether it was written on or tried within a year."""
        return _recent(self.changed) or (self.last_trial or "") >= (now() - _ALIVE).date().isoformat()

    @property
    def last_year(self) -> int:
        """The year of the last sign of life."""
        return max(self.changed.year if self.changed else 0, int((self.last_trial or "0")[:4]))


@dataclass(frozen=True)
class Chosen:
    """What a family holds of what somebody wishes: pages that fit, and pages that do not say; and what can be asked.

    Where there is neither, `near` are those that come closest.
    """

    fitting: Sequence[PageInfo]
    unsaid: Sequence[PageInfo]
    near: Sequence[PageInfo]
    offered: Mapping[str, Sequence[str]]
    facts: Mapping[int, Facts]


def _recent(moment: datetime | None) -> bool:
    return moment is not None and now() - moment < _ALIVE


def family(actor: Actor, slug: str, page_number: int = 1, per_page: int = 50) -> Family:
    """The tree a page belongs to, from the eldest this actor may read. Raises Moved, NotFound."""
    page = find(actor, slug)
    above = ancestors(actor, page)
    root = above[-1] if above else page
    members = _depth_first(actor, root.id)
    pages = max(1, -(-len(members) // per_page))
    page_number = min(max(page_number, 1), pages)
    shown = members[(page_number - 1) * per_page : page_number * per_page]
    known = by_ids(actor, [member.id for member in shown])
    variants = _variants_of(members)
    relatives = [
        Relative(known[member.id], member.depth, variants.get(member.id, 0)) for member in shown if member.id in known
    ]
    return Family(relatives, len(members), page_number, pages, root, members)


def _variants_of(members: Sequence[Member]) -> dict[int, int]:
    found: dict[int, int] = {}
    for member in members:
        if member.parent is not None:
            origin = members[member.parent].id
            found[origin] = found.get(origin, 0) + 1
    return found


def _depth_first(actor: Actor, root_id: int) -> list[Member]:
    """A whole family. What is archived hides what comes from it alone."""
    below = select(Page.id).where(Page.id == root_id).cte("below", recursive=True)
    child = aliased(Page)
    below = below.union(select(child.id).join(below, child.origin_id == below.c.id))
    query = (
        select(Page.id, Page.origin_id, Page.title, Page.language, Page.updated_at, Revision.action)
        .join(Revision, Revision.id == Page.head_id)
        .where(Page.id.in_(select(below.c.id)), readable(actor))
        .order_by(Page.title_key, Page.id)
    )
    rows = {row.id: row for row in db.session.execute(query)}
    children: dict[int | None, list[int]] = {}
    for row in rows.values():
        children.setdefault(row.origin_id, []).append(row.id)
    found: list[Member] = []
    seen: set[int] = set()
    pending: list[tuple[int, int, int | None]] = [(root_id, 0, None)]
    while pending:
        page_id, depth, parent = pending.pop()
        if page_id in seen or page_id not in rows:
            continue
        seen.add(page_id)
        here = len(found)
        row = rows[page_id]
        alive = row.action not in _SOWN and _recent(row.updated_at)
        found.append(Member(page_id, row.title, depth, parent, alive, row.language))
        pending += [(child_id, depth + 1, here) for child_id in reversed(children.get(page_id, []))]
    return found


def siblings(actor: Actor, page: PageInfo, limit: int = 20) -> list[PageInfo]:
    """Other variants of the same origin, newest change first; none where the origin may not be read."""
    if page.origin_id is None or page.origin_id not in by_ids(actor, [page.origin_id]):
        return []
    query = (
        select(*COLUMNS)
        .where(Page.origin_id == page.origin_id, Page.id != page.id, readable(actor), Page.archived_at.is_(None))
        .order_by(Page.updated_at.desc(), Page.id)
        .limit(limit)
    )
    return [PageInfo(*row) for row in db.session.execute(query)]


def choose(actor: Actor, found: Family, wish: Wish, limit: int = 50) -> Chosen:
    """The pages of a family that are what somebody wishes, and those that do not say, in the family's order."""
    ids = [member.id for member in found.members]
    facts = facts_of(ids)
    fitting: list[PageInfo] = []
    unsaid: list[PageInfo] = []
    short: list[tuple[int, PageInfo]] = []
    if wish.asked:
        known = by_ids(actor, ids)
        for page in (known[page_id] for page_id in ids if page_id in known and not known[page_id].archived):
            said = facts.get(page.id, Facts())
            fit = fits(wish, page, said)
            if fit is not False:
                (fitting if fit else unsaid).append(page)
            elif (lacking := shortfall(wish, page, said)) is not None:
                short.append((lacking, page))
    least = min((lacking for lacking, _page in short), default=0)
    near = [page for lacking, page in short if lacking == least] if not fitting and not unsaid else []
    can_be_asked = offered(facts.values())
    titles = {member.title for member in found.members}
    # A page that was linked says its title until somebody says what it changes.
    can_be_asked["variant_notes"] = [
        value for value in can_be_asked.get("variant_notes", ()) if len(value) <= TWIST_MAXIMUM and value not in titles
    ]
    return Chosen(fitting[:limit], unsaid[:limit], near[:limit], can_be_asked, facts)


def lives(shown: Sequence[PageInfo], today: str) -> dict[int, Life]:
    """How alive each of these pages is on a day (YYYY-MM-DD), by its id: two questions.

    What is told of trials is told to every reader alike: those that anybody may read count.
    """
    ids = [page.id for page in shown]
    authors = (
        select(Revision.page_id, func.count(Revision.author_name.distinct()), func.max(Revision.created_at))
        .where(Revision.page_id.in_(ids), Revision.action.not_in(_SOWN))
        .group_by(Revision.page_id)
    )
    written = {row[0]: (row[1], row[2]) for row in db.session.execute(authors)}
    tried = tallies.tried(ids, today)
    return {page.id: Life(*written.get(page.id, (0, None)), *tried.get(page.id, (0, None))) for page in shown}


def lines_of(shown: Sequence[PageInfo]) -> dict[int, list[list[Any]]]:
    """What each of these pages does otherwise, by its id, for `difference_lines`: as they are drawn, else found anew.

    A few queries, however many pages were never read.
    """
    drawn = (
        select(Rendered.page_id, Rendered.data)
        .join(Page, and_(Page.id == Rendered.page_id, Page.head_id == Rendered.revision_id))
        .where(Rendered.page_id.in_([page.id for page in shown]), Rendered.stamp == Page.stamp)
    )
    known = {row[0]: row[1].get("differs", []) for row in db.session.execute(drawn)}
    missing = [page for page in shown if page.id not in known and page.origin_id is not None]
    return known | all_differences(missing)

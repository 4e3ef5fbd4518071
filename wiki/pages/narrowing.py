"""The filters of a search as a condition on the tables, for the time while there is no index.

Right, but slow on a large wiki: what lies near a point, or in a region, is looked for among all positions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select, true
from sqlalchemy.orm import aliased

from wiki import places
from wiki.accounts import GUEST
from wiki.database import db
from wiki.pages.fields import PartialDate
from wiki.pages.models import Facet, Gathering, Link, Occurrence, Page, Position
from wiki.pages.queries import current
from wiki.pages.sources import ORIGIN_FIELD, of_closed_origins
from wiki.pages.trials import family_of
from wiki.rendering import link_key
from wiki.search import Query, french_region, within

# The tables do not hold what these filters ask for: whoever shows the answer says so.
UNAPPLIED = ("licence",)
# The fields in which pages name what the filters of a search ask for, and the filters kept as they are.
_NAMED_IN = {
    "theme": ("themes",),
    "edition": ("edition", "part_of"),
    "recipe": ("recipes", ORIGIN_FIELD),
    "collective": ("organizers", "coordinators", "holders"),
}
_KEPT = frozenset({"city", "format", "state", "difficulty"})
# Databases take so many values in a question.
_MOST_LYING = 20_000
_MOST_TOWNS = 5_000
# Days are those of the place of an event; between two places they are half a day apart, but for a few islands.
_HALF_A_DAY = timedelta(hours=12)


def condition_of(query: Query) -> ColumnElement[bool]:
    """The pages that pass the filters of a query, but for its words, its kinds and UNAPPLIED."""
    condition: ColumnElement[bool] = true()
    for name, values in query.facets.items():
        if values:
            condition &= _facet(name, values)
    if query.when and query.at:
        condition &= Page.past_from <= query.at if query.when == "past" else Page.past_from > query.at
    if query.since:
        since = datetime.combine(PartialDate.parse(query.since).first_day, datetime.min.time(), UTC)
        undated = Page.past_from.is_(None) & ((Page.starts_on + "~") >= query.since)
        condition &= (Page.past_from > since + _HALF_A_DAY) | undated
    if query.until:
        # "2013-10-05" comes before "2013-10~", "2013-11" after it.
        condition &= Page.starts_on <= f"{query.until}~"
    if near := query.near:
        condition &= _lying(lambda latitude, longitude: within(near, latitude, longitude))
    if query.family is not None:
        condition &= Page.id.in_(family_of(query.family))
    return condition


def _facet(name: str, values: Sequence[str]) -> ColumnElement[bool]:
    if name in _NAMED_IN:
        return Page.id.in_(_naming(_NAMED_IN[name], values, with_parts=name == "theme"))
    if name in _KEPT:
        return _carrying(name, values)
    if name == "country":
        at_home = (Page.kind == "event") & ~Page.id.in_(select(Facet.page_id).where(Facet.field == "country"))
        return _carrying(name, values) | (at_home if "FR" in values else false())
    if name == "year":
        return _carrying(name, values) | Page.id.in_(_touching(values))
    if name == "month":
        return func.substr(Page.starts_on, 6, 2).in_(values)
    if name == "report":
        told = Page.id.in_(select(Gathering.page_id).where(Gathering.told))
        either = (told if "yes" in values else false()) | (~told if "no" in values else false())
        return (Page.kind == "event") & either
    if name == "region":
        return _lying(lambda latitude, longitude: (french_region(latitude, longitude) or ("", ""))[1] in values)
    return true()


def _carrying(name: str, values: Sequence[str]) -> ColumnElement[bool]:
    return Page.id.in_(select(Facet.page_id).where(Facet.field == name, Facet.value.in_(values)))


def _touching(years: Sequence[str]) -> Select[Any]:
    """The pages with a date in one of these years, whenever they began."""
    found: ColumnElement[bool] = false()
    for year in years:
        if year.isascii() and year.isdigit() and 1000 <= int(year) <= 2999:
            first = datetime(int(year), 1, 1, tzinfo=UTC) + _HALF_A_DAY
            found |= (Occurrence.starts < first.replace(year=int(year) + 1)) & (Occurrence.ends > first)
    return select(Occurrence.page_id).where(found)


def _naming(fields: Sequence[str], slugs: Sequence[str], with_parts: bool) -> Select[Any]:
    """The pages that name one of these in one of these fields, or a theme below it (`with_parts`).

    As the index has it: a page that is not for everybody is one that nobody has made, whoever asks.
    """
    target = aliased(Page)
    written = [link_key(slug) for slug in slugs]
    meant: ColumnElement[bool] = target.slug.in_(slugs)
    if with_parts:
        meant |= target.id.in_(select(Link.source_id).where(Link.field == "parent", Link.key.in_(written)))
    named = select(target.id).where(meant, current(GUEST, target))
    if with_parts:
        below = named.cte("below", recursive=True)
        link, part = aliased(Link), aliased(Page)
        below = below.union(
            select(part.id)
            .join(link, link.source_id == part.id)
            .join(below, link.target_id == below.c.id)
            .where(link.field == "parent", current(GUEST, part))
        )
        named = select(below.c.id)
    found = select(Link.source_id).where(Link.field.in_(fields), Link.key.in_(written) | Link.target_id.in_(named))
    if ORIGIN_FIELD in fields:
        found = found.where((Link.field != ORIGIN_FIELD) | Link.source_id.not_in(of_closed_origins()))
    return found


def _lying(passes: Callable[[float, float], bool]) -> ColumnElement[bool]:
    """The pages whose position passes, or, where they tell none, the town they name."""
    rows = db.session.execute(select(Position.page_id, Position.latitude, Position.longitude).limit(_MOST_LYING))
    there = [page_id for page_id, latitude, longitude in rows if passes(latitude, longitude)]
    towns = db.session.scalars(select(Facet.value).where(Facet.field == "city").distinct().limit(_MOST_TOWNS))
    known = ((town, places.find(town)) for town in towns)
    named = [town for town, place in known if place is not None and passes(place.latitude, place.longitude)]
    untold = ~Page.id.in_(select(Position.page_id))
    return Page.id.in_(there) | (untold & _carrying("city", named))

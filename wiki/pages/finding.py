"""Asking the search index on somebody's behalf: only pages they may read, each with the passage that answers.

While there is no index a plain look through the database answers.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from wiki import history, places
from wiki import search as engine_room
from wiki.accounts import GUEST, Actor
from wiki.database import db
from wiki.history import Revision
from wiki.pages import looking, narrowing, queries, textform
from wiki.pages.fields import PartialDate
from wiki.pages.indexing import engine, text_of_document, without_headings, words_of
from wiki.pages.models import Facet, Page, Position, SearchTask
from wiki.pages.queries import PageInfo
from wiki.rendering import link_key
from wiki.search import Query, Results, SearchError

log = logging.getLogger("wiki.search")


@dataclass(frozen=True)
class Found:
    """An answer for somebody: only pages they may read, with the passage that answers.

    `others` are the pages found of the same family as a row, by its id, where the query asked for families.
    `closed` are those not for everybody; they are found apart and not counted among the others.
    """

    rows: Sequence[PageInfo]
    total: int
    page: int
    pages: int
    facets: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    years: Mapping[int, int] = field(default_factory=dict)
    suggestion: str | None = None
    excerpts: Mapping[int, Sequence[tuple[str, bool]]] = field(default_factory=dict)
    others: Mapping[int, Sequence[PageInfo]] = field(default_factory=dict)
    from_index: bool = True
    # The filters asked for that were left out, for want of an index.
    unapplied: Sequence[str] = ()
    # What is not for everybody is not indexed; of that, a plain look finds what this reader may see.
    closed: Sequence[PageInfo] = ()


def take_out_hidden() -> None:
    """Have the index forget pages archived or closed a moment ago, before it counts them. Raises SearchError."""
    gone = db.session.execute(
        select(SearchTask.page_id).join(Page, Page.id == SearchTask.page_id).where(~queries.current(GUEST))
    ).scalars()
    if page_ids := set(gone):
        engine().delete(page_ids)


def look_for(actor: Actor, query: Query) -> Found:
    """Answer a query on somebody's behalf; from the database, plainly, while there is no index."""
    try:
        take_out_hidden()
        results: Results = engine().search(query)
    except SearchError:
        log.warning("The index does not answer; looking through the database.", exc_info=True)
        listing = looking.standing_in(actor, query)
        unapplied = [name for name in narrowing.UNAPPLIED if query.facets.get(name)]
        return Found(
            listing.rows, listing.total, listing.page, listing.pages, from_index=False, unapplied=unapplied
        )
    known = queries.by_ids(actor, [page_id for hit in results.hits for page_id in (hit.page_id, *hit.others)])
    infos = {page_id: info for page_id, info in known.items() if not info.archived}
    rows = [infos[hit.page_id] for hit in results.hits if hit.page_id in infos]
    total = results.total - (len(results.hits) - len(rows))
    closed = _closed(actor, query)
    meant = f"{query.words} {results.suggestion or ''}".strip()
    return Found(
        rows=rows,
        total=total,
        page=results.page,
        pages=max(1, -(-results.total // query.per_page)),
        facets=results.facets,
        years=results.years,
        suggestion=results.suggestion,
        excerpts=_excerpts([*rows, *closed], meant) if meant else {},
        others={hit.page_id: [infos[other] for other in hit.others if other in infos] for hit in results.hits},
        closed=closed,
    )


# Filters that would have every position of the wiki looked at, or that the tables cannot hold.
_COSTLY = frozenset(("region", *narrowing.UNAPPLIED))


def _closed(actor: Actor, query: Query) -> Sequence[PageInfo]:
    """What answers and is not for everybody, with the first results only; not for who has no account."""
    if actor.id is None or query.page != 1 or query.near or _COSTLY & query.facets.keys():
        return ()
    narrowed = narrowing.condition_of(query)
    if kinds := query.facets.get("kind"):
        narrowed &= Page.kind.in_(kinds)
    return looking.closed(actor, query.words, narrowed)


# What a list holds, on one line, is told apart.
_ITEM = re.compile(r"^[ \t]*[-*+][ \t]+(.*\w[)»]?)[ \t]*$", re.MULTILINE)
# The list of sources answers few questions: a passage comes from what stands before it, if it can.
_SOURCES = re.compile(r"^#+ (?:Sources|Références)[ \t]*$", re.MULTILINE)


def _first(document: textform.Document, name: str) -> str:
    value = document.fields.get(name, "")
    return value if isinstance(value, str) else ""


def _excerpts(rows: Sequence[PageInfo], words: str) -> dict[int, Sequence[tuple[str, bool]]]:
    texts = db.session.execute(
        select(Revision.page_id, Revision.codec, Revision.body).where(Revision.id.in_([row.head_id for row in rows]))
    )
    languages = {row.id: row.language for row in rows}
    found: dict[int, Sequence[tuple[str, bool]]] = {}
    for page_id, codec, body in texts:
        document = textform.parse(history.decode(codec, body))
        tagline = _first(document, "tagline").rstrip(" .")
        story = f"{tagline}.\n{document.body}" if tagline else document.body
        story = words_of(_ITEM.sub(r"\1 ·", without_headings(_SOURCES.split(story)[0])))
        found[page_id] = engine_room.passage(story, words, languages[page_id]) or engine_room.passage(
            text_of_document(document), words, languages[page_id]
        )
    return found


@dataclass(frozen=True)
class Suggested:
    """What somebody may be about to type: a page, or a place with how many pages lie there."""

    title: str
    kind: str
    slug: str = ""
    count: int = 0


def suggest(actor: Actor, text: str, limit: int = 8) -> list[Suggested]:
    """Titles, themes and places that begin like what was typed so far."""
    try:
        take_out_hidden()
        found = engine().suggest(text, limit)
    except SearchError:
        return [Suggested(info.title, info.kind, info.slug) for info in looking.suggestions(actor, text, limit=limit)]
    infos = queries.by_ids(actor, [hit.page_id for hit in found if hit.page_id is not None])
    answer = []
    for hit in found:
        if hit.page_id is None:
            answer.append(Suggested(hit.value, "place", count=hit.count))
        elif (info := infos.get(hit.page_id)) is not None and not info.archived:
            answer.append(Suggested(info.title, info.kind, info.slug))
    return answer


def centre_of(actor: Actor, place: str) -> tuple[float, float] | None:
    """Where a place lies, as latitude and longitude: as the gazetteer has it, else the middle of what pages say of it.

    No other server is asked.
    """
    if known := places.find(place):
        return known.latitude, known.longitude
    cities = select(Facet.page_id).where(Facet.field == "city", func.lower(Facet.value) == place.lower())
    row = db.session.execute(
        select(func.avg(Position.latitude), func.avg(Position.longitude))
        .join(Page, Page.id == Position.page_id)
        .where(Position.page_id.in_(cities), queries.current(actor))
    ).one()
    if row[0] is None and (key := link_key(place)):
        titled = select(Page.id).where(Page.title_key == key, queries.current(actor))
        row = db.session.execute(
            select(func.avg(Position.latitude), func.avg(Position.longitude)).where(Position.page_id.in_(titled))
        ).one()
    return (float(row[0]), float(row[1])) if row[0] is not None else None


def partial_date(text: str) -> str:
    """A date as people write it, as far as they know it, in its canonical form. Raises ValueError with the reason."""
    return str(PartialDate.parse(text))

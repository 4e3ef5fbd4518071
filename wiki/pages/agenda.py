"""Pages as entries of an agenda: from what is kept beside them, no text is opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from wiki.accounts import Actor
from wiki.agenda import Entry, Span, State
from wiki.database import db
from wiki.pages import queries
from wiki.pages.fields import DEFAULT_ZONE, Session
from wiki.pages.models import Facet, Link, Occurrence, Position
from wiki.pages.queries import PageInfo

STATES: Mapping[str, State] = {
    "annonce": "announced",
    "passe": "done",
    "reporte": "postponed",
    "annule": "cancelled",
}
_AT_ONCE = 500


def entries(actor: Actor, pages: Sequence[PageInfo], address: Callable[[str], str]) -> list[Entry]:
    """These pages, which the actor may read, as entries in their order. `address` makes a slug a whole address.

    Takes five questions for every 500 pages, however many dates they have.
    """
    found: list[Entry] = []
    for start in range(0, len(pages), _AT_ONCE):
        found += _entries(actor, pages[start : start + _AT_ONCE], address)
    return found


def _entries(actor: Actor, pages: Sequence[PageInfo], address: Callable[[str], str]) -> Iterable[Entry]:
    page_ids = [page.id for page in pages]
    spans = _spans(page_ids)
    points = {
        row.page_id: ((row.latitude, row.longitude), row.precision)
        for row in db.session.execute(
            select(Position.page_id, Position.latitude, Position.longitude, Position.precision).where(
                Position.page_id.in_(page_ids)
            )
        )
    }
    values = _values(page_ids)
    people: dict[int, list[str]] = defaultdict(list)
    for page_id, words in db.session.execute(
        select(Link.source_id, Link.words)
        .where(Link.source_id.in_(page_ids), Link.field.in_(("organizers", "coordinators")))
        .order_by(Link.id)
    ):
        people[page_id].append(words)
    slugs = {value for page_id in page_ids for name in ("themes", "edition") for value in values[page_id, name]}
    titles = {slug: info.title for slug, info in queries.titles(actor, slugs).items()} if slugs else {}
    for page in pages:
        point, precision = points.get(page.id, (None, ""))
        edition = values[page.id, "edition"][:1]
        yield Entry(
            number=page.id,
            title=page.title,
            url=address(page.slug),
            spans=spans.get(page.id, ()),
            changes=page.head_number - 1,
            created=page.created_at,
            updated=page.updated_at,
            kind=page.kind,
            state=STATES.get(page.called_off) or STATES.get("".join(values[page.id, "state"]), "announced"),
            summary=page.summary,
            place=page.place or "",
            point=point,
            precision=precision,
            themes=[titles.get(slug, slug.replace("-", " ")) for slug in values[page.id, "themes"]],
            organizers=people[page.id],
            edition="".join(titles.get(slug, slug.replace("-", " ")) for slug in edition),
            language=page.language,
        )


def _values(page_ids: Sequence[int]) -> dict[tuple[int, str], list[str]]:
    """The facets an entry tells, by page and name."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    rows = db.session.execute(
        select(Facet.page_id, Facet.field, Facet.value)
        .where(Facet.page_id.in_(page_ids), Facet.field.in_(("state", "themes", "edition")))
        .order_by(Facet.id)
    )
    for page_id, name, value in rows:
        found[page_id, name].append(value)
    return found


def _spans(page_ids: Sequence[int]) -> dict[int, list[Span]]:
    """The dates of each page, in order."""
    found: dict[int, list[Span]] = defaultdict(list)
    rows = db.session.execute(
        select(Occurrence.page_id, Occurrence.session)
        .where(Occurrence.page_id.in_(page_ids), Occurrence.session != "")
        .order_by(Occurrence.starts, Occurrence.ends, Occurrence.session)
    )
    for page_id, written in rows:
        found[page_id].append(span(Session.parse(written)))
    return found


def span(session: Session) -> Span:
    """A session of a page as a stretch of time in an agenda."""
    starts: date | datetime = session.start.first_day
    ends: date | datetime = (session.end or session.start).last_day
    if session.start_time is not None:
        zone = ZoneInfo(session.zone or DEFAULT_ZONE)
        starts, ends = session.start_instant.astimezone(zone), session.end_instant.astimezone(zone)
    last = session.iso_end or session.iso_start
    return Span(starts, ends, session.precision, session.iso_start, last, str(session), STATES.get(session.state))

"""What is computed from a page's newest revision and kept beside it, so that reading is cheap.

Everything here can be thrown away and rebuilt. All of it is written in the save's own transaction. A page's `stamp`
is raised whenever its looks may change though its text did not; see `Page`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, insert, literal, or_, select, update
from sqlalchemy.orm import aliased

from wiki import history
from wiki.database import db
from wiki.pages import gatherings, tallies, textform
from wiki.pages.fields import Coordinates, Session, not_cancelled, read
from wiki.pages.kinds import KINDS, Kind
from wiki.pages.models import Facet, Fingerprint, Gathering, Link, Occurrence, Page, PageName, Position, SearchTask
from wiki.pages.textform import Document
from wiki.rendering import excerpt, link_candidates, link_key
from wiki.search import ANALYSIS_VERSION

# Raise it whenever what is computed, or where it is kept, changes: every wiki then computes it anew as it is upgraded.
PROJECTIONS = f"11-{ANALYSIS_VERSION}"
SUMMARY_LENGTH = 200
# What other pages count: events, and the editions that gather them.
_COUNTED = ("event", "edition")


@dataclass(frozen=True)
class Projection:
    """Every computed value of one text, as plain rows: comparable, and the same for the same text."""

    columns: Mapping[str, Any]
    facets: frozenset[tuple[str, str]]
    links: frozenset[tuple[str, str, str]]
    occurrences: frozenset[tuple[datetime, datetime, str]]
    position: tuple[float, float, str] | None
    marks: frozenset[int]
    gathering: tuple[Any, ...] | None = None


def compute(text: str, slug: str) -> Projection:
    """The projection of a text that stands (or would stand) at `slug`. Pure; lenient with old texts."""
    document = textform.parse(text)
    kind = KINDS[document.kind]
    title = document.title or slug.replace("-", " ").capitalize()
    sessions = _sessions(document, kind)
    place = _first(document.fields.get("place"))[:200] or None
    starts_on = _starts_on(document, kind)
    columns = {
        "kind": kind.name,
        "title": title[:200],
        "title_key": link_key(title)[:200],
        "summary": (_first(document.fields.get("tagline")) or excerpt(document.body, SUMMARY_LENGTH))[:400],
        "language": _first(document.fields.get("lang")) or "fr",
        "complete": not any(field.need == "required" for field in textform.incomplete(document)),
        "starts_on": starts_on,
        "past_from": _past_from(document, kind),
        "place": place,
        "called_off": gatherings.called_off(document),
    }
    return Projection(
        columns=columns,
        facets=frozenset(_facets(document, kind, starts_on)),
        links=frozenset(links(document, kind)),
        occurrences=frozenset(
            (session.start_instant, session.end_instant, str(session)[:120]) for session in sessions
        ),
        position=_position(document, kind),
        gathering=gatherings.facts(document, sessions),
        marks=history.marks(text),
    )


def _first(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""


def _typed(document: Document, kind: Kind, type_name: str) -> Iterable[Any]:
    for field in kind.fields:
        if field.type == type_name and field.name in document.fields:
            value = read(field, document.fields[field.name])
            if value is not None:
                yield value


def _sessions(document: Document, kind: Kind) -> list[Session]:
    return [session for sessions in _typed(document, kind, "sessions") for session in sessions]


def _starts_on(document: Document, kind: Kind) -> str | None:
    """The first day in the event's own zone, as far as it is known: 2011, 2011-10 or 2011-10-06."""
    days = [session.starts_on for session in not_cancelled(_sessions(document, kind))]
    if days:
        return min(days)
    for name in ("starts_on", "started_on", "since"):
        if value := _first(document.fields.get(name)):
            return value[:10]
    return None


def _past_from(document: Document, kind: Kind) -> datetime | None:
    """When the last day of what has an end is over, on the clocks of its place."""
    sessions = _sessions(document, kind)
    if kind.name == "edition":
        for name in ("ends_on", "starts_on"):
            if not sessions and (day := _first(document.fields.get(name))):
                sessions = [session for session in (_session(day),) if session is not None]
    return max((session.past_from for session in not_cancelled(sessions)), default=None)


def _session(text: str) -> Session | None:
    try:
        return Session.parse(text)
    except ValueError:
        return None


def _position(document: Document, kind: Kind) -> tuple[float, float, str] | None:
    for value in _typed(document, kind, "coordinates"):
        coordinates: Coordinates = value
        return coordinates.latitude, coordinates.longitude, _first(document.fields.get("geo_precision"))
    return None


def _facets(document: Document, kind: Kind, starts_on: str | None) -> Iterable[tuple[str, str]]:
    for field in kind.fields:
        if field.facet:
            for value in _values(document.fields.get(field.name)):
                key = link_key(value) if field.type in ("references", "reference", "mentions") else value
                if key:
                    yield field.name, key[:200]
    for name in ("cost", "duration", "group_size", "variant_notes", "source_uid"):
        # Asked for in the chooser of a family; the last one where an agenda is imported.
        if value := _first(document.fields.get(name)):
            yield name, value[:200]
    if starts_on:
        yield "year", starts_on[:4]
    if place := _first(document.fields.get("place")):
        city = place.split(",")[0].strip()
        if city:
            yield "city", city[:200]


def _values(raw: object) -> list[str]:
    if isinstance(raw, str):
        return [raw]
    return [value for value in raw if isinstance(value, str)] if isinstance(raw, list) else []


def links(document: Document, kind: Kind) -> Iterable[tuple[str, str, str]]:
    """(field, key, words) for each page named in a field or in the text; words are kept where they could be plain."""
    for field in kind.fields:
        if field.type in ("reference", "references", "mentions"):
            for value in _values(document.fields.get(field.name)):
                if key := link_key(value)[:200]:
                    yield field.name, key, value[:200] if field.type == "mentions" else ""
        elif field.type in ("text", "list"):
            for value in _values(document.fields.get(field.name)):
                if "[[" in value:
                    yield from (("", key[:200], "") for key in link_candidates(value))
    if "[[" in document.body:
        yield from (("", key[:200], "") for key in link_candidates(document.body))


def project(page_id: int, slug: str, text: str, number: int, revision_id: int, when: datetime) -> None:
    """Bring every projection of a page up to date with its newest revision, in the running transaction."""
    projection = compute(text, slug)
    columns = Page.__table__.c
    before = db.session.execute(
        select(columns.kind, columns.title, columns.title_key, columns.head_number).where(columns.id == page_id)
    ).one()
    values = dict(projection.columns, head_number=number, head_id=revision_id, updated_at=when)
    db.session.execute(update(Page).where(Page.id == page_id).values(**values))
    targets, moved = _replace_links(page_id, projection)
    _replace(Facet, page_id, ("field", "value"), projection.facets)
    _replace(Occurrence, page_id, ("starts", "ends", "session"), projection.occurrences)
    position = {projection.position} if projection.position else set()
    _replace(Position, page_id, ("latitude", "longitude", "precision"), position)
    _replace(Gathering, page_id, gatherings.COLUMNS, {projection.gathering} if projection.gathering else set())
    _replace_marks(page_id, projection.marks)
    if number == 1 or before.title_key != values["title_key"]:
        relink({slug, before.title_key, values["title_key"]})
    if number == 1 or (before.title, before.kind) != (values["title"], values["kind"]):
        restamp_namers(page_id)
    restamp(targets)
    restamp_variants(page_id)
    if before.kind in _COUNTED or values["kind"] in _COUNTED:
        restamp_around(targets)
    if before.kind != values["kind"] or "part_of" in moved:
        tallies.recount_around(page_id)
    elif values["kind"] == "event":
        tallies.recount([page_id])
    queue_for_search(page_id, namers=number == 1 or before.title != values["title"] or "parent" in moved)


def _replace(model: type[Any], page_id: int, names: tuple[str, ...], wanted: Iterable[tuple[Any, ...]]) -> None:
    """Make the rows of `model` for this page exactly `wanted`, touching only what differs."""
    table = model.__table__
    wanted = set(wanted)
    columns = [table.c[name] for name in names]
    key = table.c.id if "id" in table.c else table.c.page_id
    present = {
        tuple(row[1:]): row[0] for row in db.session.execute(select(key, *columns).where(table.c.page_id == page_id))
    }
    if gone := [row_id for row, row_id in present.items() if row not in wanted]:
        db.session.execute(delete(table).where(key.in_(gone)))
    if fresh := [dict(zip(names, row, strict=True), page_id=page_id) for row in sorted(wanted - present.keys())]:
        db.session.execute(insert(table), fresh)


def _replace_marks(page_id: int, wanted: frozenset[int]) -> None:
    present = set(db.session.execute(select(Fingerprint.mark).where(Fingerprint.page_id == page_id)).scalars())
    if gone := present - wanted:
        db.session.execute(delete(Fingerprint).where(Fingerprint.page_id == page_id, Fingerprint.mark.in_(gone)))
    if fresh := sorted(wanted - present):
        db.session.execute(insert(Fingerprint), [{"mark": mark, "page_id": page_id} for mark in fresh])


def _replace_links(page_id: int, projection: Projection) -> tuple[set[int], set[str]]:
    """Bring the links of a page up to date; the pages it named before or names now, and the fields that changed."""
    sort_key = str(projection.columns["starts_on"] or projection.columns["title_key"])[:200]
    present = {
        (row.field, row.key, row.words, row.sort_key): row
        for row in db.session.execute(
            select(Link.id, Link.field, Link.key, Link.words, Link.sort_key, Link.target_id).where(
                Link.source_id == page_id
            )
        )
    }
    wanted = {(*link, sort_key) for link in projection.links}
    targets = {row.target_id for row in present.values() if row.target_id}
    moved = {link[0] for link in wanted ^ present.keys()}
    if gone := [row.id for link, row in present.items() if link not in wanted]:
        db.session.execute(delete(Link).where(Link.id.in_(gone)))
    if fresh := sorted(wanted - present.keys()):
        found = resolve(key for _field, key, _words, _sort in fresh)
        db.session.execute(
            insert(Link),
            [
                {
                    "source_id": page_id,
                    "field": field,
                    "key": key,
                    "words": words,
                    "sort_key": sort,
                    "target_id": found.get(key),
                }
                for field, key, words, sort in fresh
            ],
        )
        targets |= set(found.values())
    return targets - {page_id}, moved


def resolve(keys: Iterable[str]) -> dict[str, int]:
    """The page each link key leads to: the one at that address (past or present), else the one of that title."""
    wanted = sorted(set(keys))
    found: dict[str, int] = {}
    if not wanted:
        return found
    by_title = (
        select(Page.title_key, Page.id)
        .where(Page.title_key.in_(wanted), Page.archived_at.is_(None))
        # The last one counts: what more people may read before what fewer may, then the oldest.
        .order_by(Page.visibility == "public", Page.visibility == "members", Page.id.desc())
    )
    for key, page_id in db.session.execute(by_title):
        found[key] = page_id
    for key, page_id in db.session.execute(select(PageName.slug, PageName.page_id).where(PageName.slug.in_(wanted))):
        found[key] = page_id
    return found


def relink(keys: Iterable[str]) -> None:
    """Lead every link of these keys where it leads now, and have the pages that carry one drawn again."""
    wanted = {key for key in keys if key}
    found = resolve(wanted)
    left = select(Link.target_id).where(Link.key.in_(wanted), Link.target_id.is_not(None)).distinct()
    around: set[int | None] = {*db.session.execute(left).scalars(), *found.values()}
    led: set[tuple[int, str]] = set()
    for key in sorted(wanted):
        elsewhere = Link.target_id.is_distinct_from(found.get(key))
        leading = update(Link).where(Link.key == key, elsewhere).values(target_id=found.get(key))
        rows = db.session.execute(leading.returning(Link.source_id, Link.field))
        led |= {(row.source_id, row.field) for row in rows if row.field}
    sources = select(Link.source_id).where(Link.key.in_(wanted))
    db.session.execute(update(Page).where(Page.id.in_(sources)).values(stamp=Page.stamp + 1))
    restamp_around(around)
    tallies.recount(source for source, _field in led)
    for source in sorted(source for source, field in led if field == "part_of"):
        tallies.recount_around(source)


def restamp(page_ids: Iterable[int]) -> None:
    """Have these pages drawn again."""
    if wanted := sorted(set(page_ids)):
        db.session.execute(update(Page).where(Page.id.in_(wanted)).values(stamp=Page.stamp + 1))


def restamp_variants(page_id: int) -> None:
    """Have every variant of this page drawn again: they say how far it has moved on."""
    db.session.execute(update(Page).where(Page.origin_id == page_id).values(stamp=Page.stamp + 1))


def _restamping_around() -> Any:
    """The families of some pages and the editions they are parts of, to be drawn again."""
    wanted: BindParameter[Any] = bindparam("some", expanding=True)
    above = select(Page.id, Page.origin_id).where(Page.id.in_(wanted)).cte("above", recursive=True)
    parent, child = aliased(Page), aliased(Page)
    above = above.union(select(parent.id, parent.origin_id).join(above, parent.id == above.c.origin_id))
    below = select(above.c.id).cte("below", recursive=True)
    below = below.union(select(child.id).join(below, child.origin_id == below.c.id))
    wider = select(Page.id).where(Page.id.in_(wanted)).cte("wider", recursive=True)
    wider = wider.union(
        select(Link.target_id)
        .join(wider, Link.source_id == wider.c.id)
        .where(Link.field == "part_of", Link.target_id.is_not(None))
    )
    found = Page.id.in_(select(below.c.id)) | Page.id.in_(select(wider.c.id))
    return update(Page).where(found).values(stamp=Page.stamp + 1)


# Built once: every save of an event asks it.
_RESTAMPING_AROUND = _restamping_around()


def restamp_around(page_ids: Iterable[int | None]) -> None:
    """Have the families of these pages drawn again, and the editions they are parts of: they count together.

    To be called for the pages an event names, before and after, and for a page that joined or left a family.
    """
    wanted = sorted({page_id for page_id in page_ids if page_id is not None})
    for start in range(0, len(wanted), 200):
        db.session.execute(_RESTAMPING_AROUND, {"some": wanted[start : start + 200]})


def restamp_namers(page_id: int) -> None:
    """Have every page that names this one, or is named by it, drawn again: it moved, went, came or has a new title.

    And those where the events that name it are told of.
    """
    namers = select(Link.source_id).where(Link.target_id == page_id)
    named = select(Link.target_id).where(Link.source_id == page_id)
    event, shown = aliased(Link), aliased(Link)
    telling = (
        select(shown.target_id)
        .join(event, event.source_id == shown.source_id)
        .where(event.target_id == page_id, shown.field == "edition", shown.target_id.is_not(None))
    )
    restamp_around({page_id, *db.session.scalars(named.where(Link.target_id.is_not(None)).union(telling))})
    db.session.execute(
        update(Page)
        .where(or_(Page.id.in_(namers), Page.id.in_(named), Page.id == page_id, Page.origin_id == page_id))
        .values(stamp=Page.stamp + 1)
    )


def queue_for_search(page_id: int, namers: bool = False) -> None:
    """Note, in the running transaction, that the search index must look again at this page, and at its `namers`.

    At the page last: half of what the drainer carries at once are the newest tasks.
    """
    if namers:
        _queue_namers_for_search(page_id)
    db.session.execute(insert(SearchTask).values(page_id=page_id))


def _queue_namers_for_search(page_id: int) -> None:
    """Have the index look again at what names this page in a field: it holds its address, its title, what is above it.

    For a theme that includes what names those below it.
    """
    below = select(literal(page_id).label("id")).cte("below", recursive=True)
    below = below.union(select(Link.source_id).join(below, Link.target_id == below.c.id).where(Link.field == "parent"))
    namers = select(Link.source_id).where(Link.target_id.in_(select(below.c.id)), Link.field != "").distinct()
    db.session.execute(insert(SearchTask).from_select(["page_id"], namers))


def stored(page_id: int) -> Projection:
    """The projection as the tables hold it now: for checking against `compute`."""
    table = Page.__table__.c
    names = (
        "kind", "title", "title_key", "summary", "language", "complete", "starts_on", "past_from", "place",
        "called_off",
    )  # fmt: skip
    columns = db.session.execute(select(*[table[name] for name in names]).where(table.id == page_id)).one()

    def rows(model: type[Any], *fields: str, owner: str = "page_id") -> frozenset[Any]:
        found = db.session.execute(
            select(*[getattr(model, field) for field in fields]).where(getattr(model, owner) == page_id)
        )
        return frozenset(tuple(row) for row in found)

    positions = rows(Position, "latitude", "longitude", "precision")
    return Projection(
        columns=dict(zip(names, columns, strict=True)),
        facets=rows(Facet, "field", "value"),
        links=rows(Link, "field", "key", "words", owner="source_id"),
        occurrences=rows(Occurrence, "starts", "ends", "session"),
        position=next(iter(positions), None),
        gathering=next(iter(rows(Gathering, *gatherings.COLUMNS)), None),
        marks=frozenset(mark for (mark,) in rows(Fingerprint, "mark")),
    )


def rebuild_links() -> None:
    """Lead every link where it leads now; for `wiki rebuild`, after all pages were projected."""
    keys = list(db.session.execute(select(Link.key).distinct()).scalars())
    for start in range(0, len(keys), 200):
        relink(keys[start : start + 200])


def touch(page_id: int, counted: bool = False) -> None:
    """Note a change of a page's facts (address, protection, archive, family) for readers and for search.

    `counted` says that it may change what is counted: all but its address and protection.
    """
    restamp_namers(page_id)
    if counted:
        tallies.recount_around(page_id)
    queue_for_search(page_id, namers=True)

"""Search: pages as the index knows them, keeping it up to date, and asking it on somebody's behalf.

The database is the truth and the index a projection: a save leaves a task in its own transaction, one drainer at a
time carries tasks to the index, and a broken index is built anew while a plain look through the database answers.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import delete, func, select

from wiki import history
from wiki import search as engine_room
from wiki.accounts import Actor
from wiki.database import db, write_transaction
from wiki.history import Revision
from wiki.pages import queries, textform
from wiki.pages.fields import DEFAULT_LICENCE, PartialDate
from wiki.pages.kinds import KINDS
from wiki.pages.models import Facet, Link, Page, PageName, Position, SearchTask
from wiki.pages.queries import PageInfo
from wiki.rendering import link_key
from wiki.search import Engine, Query, Results, SearchDocument, SearchError

log = logging.getLogger("wiki.search")

BATCH = 50
# Facets of a document by the field they come from.
_FACETS = {
    "themes": "theme",
    "recipes": "recipe",
    "variant_of": "recipe",
    "edition": "edition",
    "part_of": "edition",
    "organizers": "collective",
    "coordinators": "collective",
    "holders": "collective",
    "country": "country",
    "format": "format",
    "license": "licence",
    "difficulty": "difficulty",
}
_STANDS_FOR = {"theme": "theme", "recipe": "recipe", "edition": "edition", "collective": "collective"}
_HEADING = re.compile(r"^#{1,6}[ \t]+(.*?)[ \t#]*$", re.MULTILINE)
# What Markdown adds to words: link targets, tags, emphasis, tables, fences. Good enough for an index.
_WIKI_LINK = re.compile(r"\[\[(?:[^\]|]*\|)?([^\]|]*)\]\]")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s[^)]*)?\)")
_ADDRESS = re.compile(r"<?https?://[^\s>)]+>?")
_MARKS = re.compile(r"<[^>\n]{1,200}>|[*_`~#|>\[\]\\]+|^[ \t]*[-+][ \t]+", re.MULTILINE)


def engine() -> Engine:
    """The search engine of this application."""
    found: Engine = current_app.extensions["search"]
    return found


def words_of(body: str) -> str:
    """A body without its markup, lines kept."""
    body = _WIKI_LINK.sub(lambda link: link[1].replace("-", " "), body)
    return _MARKS.sub(" ", _ADDRESS.sub(" ", _LINK.sub(r"\1", body)))


def documents(page_ids: Sequence[int]) -> list[SearchDocument]:
    """These pages as the index is to know them; archived ones and ones that are gone are left out."""
    columns = (
        Page.id, Page.slug, Page.kind, Page.title, Page.language, Page.starts_on, Page.place, Page.head_id,
        Revision.codec, Revision.body,
    )  # fmt: skip
    rows = db.session.execute(
        select(*columns)
        .join(Revision, Revision.id == Page.head_id)
        .where(Page.id.in_(page_ids), Page.archived_at.is_(None))
    ).all()
    around = _Surroundings([row.id for row in rows])
    with force_locale("fr"):
        return [_document(row, around) for row in rows]


class _Surroundings:
    """What the documents of a batch need to know of other pages, fetched once for all of them."""

    def __init__(self, page_ids: Sequence[int]) -> None:
        self.themes = _theme_tree()
        self.names: dict[int, list[str]] = defaultdict(list)
        for page_id, slug in db.session.execute(
            select(PageName.page_id, PageName.slug).where(PageName.page_id.in_(page_ids))
        ):
            self.names[page_id].append(slug)
        self.links: dict[int, dict[str, tuple[str, str]]] = defaultdict(dict)
        for source, key, slug, title in db.session.execute(
            select(Link.source_id, Link.key, Page.slug, Page.title)
            .join(Page, Page.id == Link.target_id)
            .where(Link.source_id.in_(page_ids), Link.field != "", Page.archived_at.is_(None))
        ):
            self.links[source][key] = (slug, title)
        self.popularity: dict[int, int] = {
            row[0]: row[1]
            for row in db.session.execute(
                select(Link.target_id, func.count()).where(Link.target_id.in_(page_ids)).group_by(Link.target_id)
            )
        }
        self.positions: dict[int, tuple[float, float]] = {
            row[0]: (row[1], row[2])
            for row in db.session.execute(
                select(Position.page_id, Position.latitude, Position.longitude).where(Position.page_id.in_(page_ids))
            )
        }


@dataclass(frozen=True)
class _Theme:
    words: tuple[str, ...]
    parent: str | None


def _theme_tree() -> dict[str, _Theme]:
    """Every theme by its slug: its names and the theme above it. A small vocabulary, read whole."""
    rows = db.session.execute(
        select(Page.slug, Page.title, Revision.codec, Revision.body)
        .join(Revision, Revision.id == Page.head_id)
        .where(Page.kind == "theme", Page.archived_at.is_(None))
    )
    tree = {}
    for slug, title, codec, body in rows:
        fields = textform.parse(history.decode(codec, body)).fields
        synonyms = fields.get("synonyms", [])
        parent = fields.get("parent")
        tree[slug] = _Theme((title, *synonyms), link_key(parent) if isinstance(parent, str) else None)
    return tree


def _with_ancestors(slug: str, themes: Mapping[str, _Theme]) -> list[str]:
    """A theme and those above it, each once: a circle of themes ends where it began."""
    found: dict[str, None] = {}
    at: str | None = slug
    while at and at not in found:
        found[at] = None
        at = themes[at].parent if at in themes else None
    return list(found)


def _document(row: Any, around: _Surroundings) -> SearchDocument:
    document = textform.parse(history.decode(row.codec, row.body))
    kind = KINDS[row.kind]
    fields = document.fields
    facets: dict[str, list[str]] = defaultdict(list)
    labels: list[str] = [str(kind.label)]
    for name, facet in _FACETS.items():
        for value in _values(fields.get(name)):
            key = link_key(value) if facet in ("theme", "recipe", "edition", "collective") else value
            slug, title = around.links[row.id].get(key, (key, value))
            facets[facet].append(slug)
            if facet in ("recipe", "edition", "collective"):
                labels.append(title)
            elif facet in ("format", "country") and (declared := kind.field(name)):
                labels.append(declared.label_of(value))
    facets["theme"] = list(
        dict.fromkeys(above for slug in facets["theme"] for above in _with_ancestors(slug, around.themes))
    )
    if row.place:
        facets["city"].append(row.place.split(",")[0].strip())
    if kind.field("license") and "licence" not in facets:
        facets["licence"] = [DEFAULT_LICENCE]
    if kind.name == "event":
        facets["country"] = facets["country"] or ["FR"]
        facets["report"] = ["yes" if _reported(fields, document.body) else "no"]
    years, last = _when(document, row.starts_on)
    position = around.positions.get(row.id)
    stands_for = (_STANDS_FOR[kind.name], row.slug) if kind.name in _STANDS_FOR else None
    return SearchDocument(
        page_id=row.id,
        revision_id=row.head_id,
        kind=row.kind,
        title=row.title,
        language=row.language,
        aliases=[slug.replace("-", " ") for slug in around.names[row.id]] + _values(fields.get("synonyms")),
        headings=_HEADING.findall(document.body),
        themes=[name for slug in facets["theme"] for name in around.themes.get(slug, _Theme((slug,), None)).words]
        + _values(fields.get("tags")),
        labels=labels,
        place=row.place or "",
        body=_text(document),
        starts_on=row.starts_on or "",
        ends_on=last,
        years=years,
        facets={name: tuple(dict.fromkeys(values)) for name, values in facets.items() if values},
        latitude=position[0] if position else None,
        longitude=position[1] if position else None,
        popularity=around.popularity.get(row.id, 0),
        stands_for=stands_for,
    )


def _values(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _reported(fields: Mapping[str, Any], body: str) -> bool:
    told = ("attendance", "went_well", "went_wrong", "adaptations", "outputs", "measures", "next_steps")
    return any(fields.get(name) for name in told) or "Récit" in _HEADING.findall(body)


def _when(document: textform.Document, starts_on: str | None) -> tuple[list[int], str]:
    """The years a page touches and its last day, as far as they are known."""
    if not starts_on:
        return [], ""
    sessions = textform.typed(document, "sessions") or []
    first = int(starts_on[:4])
    ends = [session.iso_end or session.iso_start for session in sessions] or [str(document.fields.get("ends_on", ""))]
    last = max((end[:10] for end in ends if end), default="") or starts_on
    final = int(last[:4])
    return list(range(first, final + 1)) if first <= final <= first + 100 else [first], last


def _text(document: textform.Document) -> str:
    """Everything a page says in words, without markup: the answers of its fields, then its body."""
    said = [
        text
        for declared in document.declaration.fields
        if declared.type in _SAID and declared.name not in ("place", "address")
        for text in _values(document.fields.get(declared.name))
    ]
    return words_of("\n".join([*said, document.body]))


# Fields of these types speak; the others name, count and date, which facets and labels know better.
_SAID = frozenset(("line", "text", "list", "mentions"))


def drain(limit: int = BATCH) -> int:
    """Carry the oldest waiting tasks to the index and forget them; how many there were.

    Raises IndexBusy where somebody else is at it, IndexUnavailable where the index must be built anew.
    """
    tasks = db.session.execute(select(SearchTask.id, SearchTask.page_id).order_by(SearchTask.id).limit(limit)).all()
    db.session.rollback()
    if not tasks:
        return 0
    page_ids = {task.page_id for task in tasks}
    found = documents(sorted(page_ids))
    db.session.rollback()
    gone = page_ids - {document.page_id for document in found}
    engine().index(found, delete=gone, last_task=tasks[-1].id)
    with write_transaction() as session:
        session.execute(delete(SearchTask).where(SearchTask.id.in_([task.id for task in tasks])))
    return len(tasks)


def waiting() -> bool:
    """Whether a task waits for the index."""
    found = db.session.execute(select(SearchTask.id).limit(1)).first() is not None
    db.session.rollback()
    return found


def reindex(progress: Any = None) -> int:
    """Build the index anew from every page; how many it then holds."""
    last_task = db.session.execute(select(func.max(SearchTask.id))).scalar() or 0
    total = db.session.execute(select(func.count()).select_from(Page).where(Page.archived_at.is_(None))).scalar_one()
    counted = 0

    def every() -> Iterator[SearchDocument]:
        nonlocal counted
        last = 0
        while True:
            page_ids = list(
                db.session.execute(
                    select(Page.id).where(Page.id > last, Page.head_number > 0).order_by(Page.id).limit(200)
                ).scalars()
            )
            if not page_ids:
                return
            for document in documents(page_ids):
                counted += 1
                yield document
            db.session.rollback()
            last = page_ids[-1]
            if progress:
                progress(counted, total)

    engine().rebuild(every(), last_task=last_task)
    with write_transaction() as session:
        session.execute(delete(SearchTask).where(SearchTask.id <= last_task))
    return counted


def index_differences() -> list[str]:
    """Addresses of pages the index does not hold as they are, for `wiki verify`. Raises IndexUnavailable."""
    held = engine().state()
    pending = set(db.session.execute(select(SearchTask.page_id)).scalars())
    rows = db.session.execute(
        select(Page.id, Page.slug, Page.head_id, Page.archived_at).where(Page.head_number > 0)
    ).all()
    wrong = [
        row.slug
        for row in rows
        if row.id not in pending and held.get(row.id) != (None if row.archived_at else row.head_id)
    ]
    unknown = held.keys() - {row.id for row in rows} - pending
    return wrong + [f"#{page_id}" for page_id in sorted(unknown)]


@dataclass(frozen=True)
class Found:
    """An answer for somebody: only pages they may read, with the passage that answers."""

    rows: Sequence[PageInfo]
    total: int
    page: int
    pages: int
    facets: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    years: Mapping[int, int] = field(default_factory=dict)
    suggestion: str | None = None
    excerpts: Mapping[int, Sequence[tuple[str, bool]]] = field(default_factory=dict)
    from_index: bool = True


def _take_out_archived() -> None:
    """Have the index forget pages archived a moment ago, before it counts them. Raises SearchError."""
    gone = db.session.execute(
        select(SearchTask.page_id).join(Page, Page.id == SearchTask.page_id).where(Page.archived_at.is_not(None))
    ).scalars()
    if page_ids := set(gone):
        engine().delete(page_ids)


def look_for(actor: Actor, query: Query) -> Found:
    """Answer a query on somebody's behalf; from the database, plainly, while there is no index."""
    try:
        _take_out_archived()
        results: Results = engine().search(query)
    except SearchError:
        log.warning("The index does not answer; looking through the database.", exc_info=True)
        listing = queries.search(actor, query.words, query.page, query.per_page)
        return Found(listing.rows, listing.total, listing.page, listing.pages, from_index=False)
    infos = queries.by_ids(actor, [hit.page_id for hit in results.hits])
    rows = [infos[hit.page_id] for hit in results.hits if hit.page_id in infos and not infos[hit.page_id].archived]
    total = results.total - (len(results.hits) - len(rows))
    return Found(
        rows=rows,
        total=total,
        page=results.page,
        pages=max(1, -(-results.total // query.per_page)),
        facets=results.facets,
        years=results.years,
        suggestion=results.suggestion,
        excerpts=_excerpts(rows, query.words) if query.words.strip() else {},
    )


# The list of sources answers few questions: a passage comes from what stands before it, if it can.
_SOURCES = re.compile(r"^#+ (?:Sources|Références)[ \t]*$", re.MULTILINE)


def _first(document: textform.Document, name: str) -> str:
    value = document.fields.get(name, "")
    return value if isinstance(value, str) else ""


def _excerpts(rows: Sequence[PageInfo], words: str) -> dict[int, Sequence[tuple[str, bool]]]:
    texts = db.session.execute(
        select(Revision.page_id, Revision.codec, Revision.body).where(Revision.id.in_([row.head_id for row in rows]))
    )
    bodies = {}
    for page_id, codec, body in texts:
        document = textform.parse(history.decode(codec, body))
        bodies[page_id] = words_of(_SOURCES.split(f"{_first(document, 'tagline')}\n{document.body}")[0]) + _text(
            document
        )
    languages = {row.id: row.language for row in rows}
    return {page_id: engine_room.passage(body, words, languages[page_id]) for page_id, body in bodies.items()}


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
        _take_out_archived()
        found = engine().suggest(text, limit)
    except SearchError:
        return [Suggested(info.title, info.kind, info.slug) for info in queries.suggestions(actor, text, limit=limit)]
    infos = queries.by_ids(actor, [hit.page_id for hit in found if hit.page_id is not None])
    answer = []
    for hit in found:
        if hit.page_id is None:
            answer.append(Suggested(hit.value, "place", count=hit.count))
        elif (info := infos.get(hit.page_id)) is not None and not info.archived:
            answer.append(Suggested(info.title, info.kind, info.slug))
    return answer


def centre_of(actor: Actor, place: str) -> tuple[float, float] | None:
    """Where a place lies, as latitude and longitude: the middle of what pages say of it. No other server is asked."""
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

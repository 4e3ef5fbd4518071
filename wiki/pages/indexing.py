"""Pages as the search index knows them, and keeping it so.

The database is the truth and the index a projection: a save leaves a task in its own transaction, one drainer at a
time carries tasks to the index, and a broken index is built anew.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import delete, func, select
from sqlalchemy.orm import aliased

from wiki import history, places
from wiki.accounts import GUEST
from wiki.database import db, write_transaction
from wiki.history import Revision
from wiki.pages import textform
from wiki.pages.fields import DEFAULT_LICENCE
from wiki.pages.kinds import KINDS
from wiki.pages.models import Link, Page, PageName, Position, SearchTask
from wiki.pages.queries import current, truly_named
from wiki.pages.sources import ORIGIN_FIELD, of_closed_origins
from wiki.rendering import link_key
from wiki.search import Engine, SearchDocument, SearchError, continent, french_region

BATCH = 50
# Facets of a document by the field they come from.
_FACETS = {
    "themes": "theme",
    "recipes": "recipe",
    ORIGIN_FIELD: "recipe",
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
# Fields that name people and collectives, with or without a page.
_NAMED = ("organizers", "partners", "coordinators", "holders", "audience")
_STANDS_FOR = {"theme": "theme", "recipe": "recipe", "edition": "edition", "collective": "collective"}
_HEADING = re.compile(r"^#{1,6}[ \t]+(.*)$", re.MULTILINE)
# What Markdown adds to words: link targets, tags, emphasis, tables, fences. Good enough for an index. Every part is
# bounded and stops at a bracket: a text full of open ones must not take time that grows with its square.
_WIKI_LINK = re.compile(r"\[\[(?:([^\[\]|\n]{0,300})\|)?([^\[\]|\n]{0,500})\]\]")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\([^()\s]{0,2000}(?:\s[^()\n]{0,300})?\)")
_ADDRESS = re.compile(r"<?https?://[^\s>)]+>?")
_MARKS = re.compile(r"<[^>\n]{1,200}>|[*_`~#|>\[\]\\]+|^[ \t]*[-+][ \t]+", re.MULTILINE)
# A mark that went leaves no space before what closes a sentence.
_LOOSE = re.compile(r"(?<=\S) (?=[,.)])")


def engine() -> Engine:
    """The search engine of this application."""
    found: Engine = current_app.extensions["search"]
    return found


def _headings(body: str) -> list[str]:
    return [heading.rstrip(" \t#") for heading in _HEADING.findall(body)]


def without_headings(body: str) -> str:
    """A body as it reads aloud: a heading would run into the sentence below it."""
    return _HEADING.sub("", body)


def words_of(body: str) -> str:
    """A body without its markup, lines kept."""
    # A link without words of its own shows an address; those it has are shown as they are written.
    body = _WIKI_LINK.sub(lambda link: link[2] if link[1] else link[2].replace("-", " "), body)
    body = _MARKS.sub(" ", _ADDRESS.sub(" ", _LINK.sub(r"\1", body)))
    return _LOOSE.sub("", body)


def documents(page_ids: Sequence[int]) -> list[SearchDocument]:
    """These pages as the index is to know them. Only what everybody may read is ever indexed.

    So no word, count, facet or suggestion can tell of archived pages, nor of those for members or of drafts.
    """
    columns = (
        Page.id, Page.slug, Page.kind, Page.title, Page.language, Page.starts_on, Page.past_from, Page.place,
        Page.head_id, Page.origin_id, Revision.codec, Revision.body,
    )  # fmt: skip
    rows = db.session.execute(
        select(*columns)
        .join(Revision, Revision.id == Page.head_id)
        .where(Page.id.in_(page_ids), current(GUEST))
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
        # Where what is named leads, for everybody; the pages that come from one which is not for everybody.
        self.links: dict[int, dict[str, tuple[str, str]]] = defaultdict(dict)
        self.of_closed_origins = set(db.session.scalars(of_closed_origins().where(Page.id.in_(page_ids))))
        for source, key, slug, title in db.session.execute(
            select(Link.source_id, Link.key, Page.slug, Page.title)
            .join(Page, Page.id == Link.target_id)
            .where(Link.source_id.in_(page_ids), Link.field != "", current(GUEST))
        ):
            self.links[source][key] = (slug, title)
        self.popularity: dict[int, int] = {
            row[0]: row[1]
            for row in db.session.execute(
                select(Link.target_id, func.count())
                .join(Page, Page.id == Link.source_id)
                .where(Link.target_id.in_(page_ids), truly_named(), current(GUEST))
                .group_by(Link.target_id)
            )
        }
        self.origins: set[int] = {
            row[0]
            for row in db.session.execute(
                select(Page.origin_id).where(Page.origin_id.in_(page_ids), Page.archived_at.is_(None)).distinct()
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
    title: str
    parent: str | None


def _theme_tree() -> dict[str, _Theme]:
    """Every theme by its slug: its title and the theme above it. A small vocabulary, read whole.

    Not its synonyms: who types one finds the theme, and through it what carries the theme.
    """
    above = aliased(Page)
    rows = db.session.execute(
        select(Page.slug, Page.title, Link.key, above.slug)
        .outerjoin(Link, (Link.source_id == Page.id) & (Link.field == "parent"))
        .outerjoin(above, (above.id == Link.target_id) & current(GUEST, above))
        .where(Page.kind == "theme", current(GUEST))
    )
    return {slug: _Theme(title, parent or key) for slug, title, key, parent in rows}


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
        told = name != ORIGIN_FIELD or row.id not in around.of_closed_origins
        for value in _values(fields.get(name)) if told else ():
            key = link_key(value) if facet in ("theme", "recipe", "edition", "collective") else value
            slug, title = around.links[row.id].get(key, (key, value))
            facets[facet].append(slug)
            if facet in ("recipe", "edition", "collective"):
                labels.append(title)
            elif facet in ("format", "country") and (declared := kind.field(name)):
                labels.append(declared.label_of(value))
    about = [around.themes[slug].title if slug in around.themes else slug for slug in facets["theme"]]
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
    if row.starts_on and row.starts_on[5:7]:
        facets["month"] = [row.starts_on[5:7]]
    country = next(iter(facets["country"]), "")
    position = around.positions.get(row.id) or _known_position(row.place, country)
    region = french_region(*position) if position and country in ("", "FR") else None
    if region:
        facets["region"] = [region[1]]
    labels += filter(None, [continent(country)])
    stands_for = (_STANDS_FOR[kind.name], row.slug) if kind.name in _STANDS_FOR else None
    return SearchDocument(
        page_id=row.id,
        revision_id=row.head_id,
        kind=row.kind,
        title=row.title,
        language=row.language,
        aliases=[slug.replace("-", " ") for slug in around.names[row.id]] + _values(fields.get("synonyms")),
        headings=[*_values(fields.get("tagline")), *_values(fields.get("summary")), *_own_headings(document)],
        themes=about + _values(fields.get("tags")),
        labels=labels + [value for name in _NAMED for value in _values(fields.get(name))],
        place=", ".join(filter(None, (row.place, *_values(fields.get("address")), *(region or ())))),
        body=text_of_document(document),
        starts_on=row.starts_on or "",
        ends_on=last,
        past_from=row.past_from,
        years=years,
        facets={name: tuple(dict.fromkeys(values)) for name, values in facets.items() if values},
        latitude=position[0] if position else None,
        longitude=position[1] if position else None,
        popularity=around.popularity.get(row.id, 0),
        stands_for=stands_for,
        origin_id=row.origin_id,
        has_variants=row.id in around.origins,
    )


def _known_position(place: str | None, country: str) -> tuple[float, float] | None:
    """Where a place lies that a page names without saying where that is."""
    found = places.find(place, country or None) if place else None
    return (found.latitude, found.longitude) if found else None


def _own_headings(document: textform.Document) -> list[str]:
    """The headings of a body that are not those its kind offers to all."""
    return [title for title in _headings(document.body) if not document.declaration.role_of(title)]


def _values(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _reported(fields: Mapping[str, Any], body: str) -> bool:
    told = ("attendance", "went_well", "went_wrong", "adaptations", "outputs", "measures", "next_steps")
    return any(fields.get(name) for name in told) or "Récit" in _headings(body)


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


def text_of_document(document: textform.Document) -> str:
    """Everything a page says in words, without markup: the answers of its fields, then its body."""
    said = [
        text
        for declared in document.declaration.fields
        if declared.type in _SAID and declared.name not in _UNSAID
        for text in _values(document.fields.get(declared.name))
    ]
    return words_of("\n".join([*said, document.body]))


# Fields of these types speak; the others name, count and date, which facets and labels know better.
_SAID = frozenset(("line", "text", "list", "mentions"))
# Nor do these: where has a place of its own in a document, and which version of a recipe was followed is an address.
_UNSAID = frozenset(("place", "address", "followed"))


def drain(limit: int = BATCH) -> int:
    """Carry waiting tasks to the index and forget them, half of them the oldest, half the newest; how many there were.

    So whoever saves finds the page at once, though a theme that moved may have left a task for each of its pages.
    Raises IndexBusy where somebody else is at it, IndexUnavailable where the index must be built anew.
    """
    waiting = select(SearchTask.id, SearchTask.page_id)
    oldest = db.session.execute(waiting.order_by(SearchTask.id).limit(limit - limit // 2)).tuples().all()
    newest = db.session.execute(waiting.order_by(SearchTask.id.desc()).limit(limit // 2)).tuples().all()
    tasks = dict(oldest) | dict(newest)
    db.session.rollback()
    if not tasks:
        return 0
    page_ids = set(tasks.values())
    # A page that variants come from says so in its own row, and learns of its first one here.
    page_ids |= {
        row[0]
        for row in db.session.execute(select(Page.origin_id).where(Page.id.in_(page_ids), Page.origin_id.is_not(None)))
    }
    found = documents(sorted(page_ids))
    db.session.rollback()
    gone = page_ids - {document.page_id for document in found}
    engine().index(found, delete=gone, last_task=max(tasks))
    with write_transaction() as session:
        session.execute(delete(SearchTask).where(SearchTask.id.in_(list(tasks))))
    return len(tasks)


def waiting() -> bool:
    """Whether a task waits for the index."""
    found = db.session.execute(select(SearchTask.id).limit(1)).first() is not None
    db.session.rollback()
    return found


def reindex(progress: Any = None) -> int:
    """Build the index anew from every page; how many it then holds."""
    last_task = db.session.execute(select(func.max(SearchTask.id))).scalar() or 0
    total = db.session.execute(select(func.count()).select_from(Page).where(current(GUEST))).scalar_one()
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


def index_answers() -> bool:
    """Whether there is an index that can be asked."""
    try:
        return engine().last_task >= 0
    except SearchError:
        return False


def index_differences() -> list[str]:
    """Addresses of pages the index does not hold as they are, for `wiki verify`. Raises IndexUnavailable.

    Looks twice where something differs: a page saved and carried between two questions is no difference.
    """
    found = _differences()
    if found:
        db.session.rollback()
        again = set(_differences())
        found = [slug for slug in found if slug in again]
    return found


def _differences() -> list[str]:
    held = engine().state()
    pending = set(db.session.execute(select(SearchTask.page_id)).scalars())
    shown = current(GUEST).label("shown")
    rows = db.session.execute(select(Page.id, Page.slug, Page.head_id, shown).where(Page.head_number > 0)).all()
    wrong = [
        row.slug
        for row in rows
        if row.id not in pending and held.get(row.id) != (row.head_id if row.shown else None)
    ]
    unknown = held.keys() - {row.id for row in rows} - pending
    return wrong + [f"#{page_id}" for page_id in sorted(unknown)]

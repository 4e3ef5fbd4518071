"""A plain look through the database: while there is no index, and for the pages that no index holds.

The index holds what everybody may read, so that nothing in it (counts, suggestions, passages, the order of results)
can give anything else away. Pages for members, and one's own drafts, are looked through here, by and for who may read
them: title, summary and place of all, every word of the newest, and of many older ones what was last shown of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true

from wiki import history
from wiki.accounts import Actor
from wiki.database import db
from wiki.history import Revision
from wiki.pages import narrowing, queries, textform
from wiki.pages.indexing import text_of_document
from wiki.pages.models import Facet, Page, Rendered
from wiki.pages.queries import Listing, PageInfo, ordered
from wiki.rendering import link_key
from wiki.search import Asked, Place, Query, asked_for, holds, likely_beginning, places_of

MOST_CLOSED = 10
# So many of the newest pages that are not for everybody are read whole.
READ_WHOLE = 200
# Of so many older ones the database looks through what was last shown, and so many that may answer are read whole.
LOOKED_THROUGH, MAY_ANSWER = 2000, 40


def suggestions(actor: Actor, words: str, kind: str = "", limit: int = 10) -> list[PageInfo]:
    """Pages whose title or address begins with, then contains, these words."""
    key = link_key(words)
    if not key:
        return []
    condition = queries.current(actor)
    if kind:
        condition &= Page.kind == kind
    contains = Page.title_key.contains(key, autoescape=True)
    first = Page.title_key.startswith(key, autoescape=True)
    query = select(*queries.COLUMNS).where(condition, contains).order_by(first.desc(), Page.title_key).limit(limit)
    return [PageInfo(*row) for row in db.session.execute(query)]


def standing_in(actor: Actor, query: Query) -> Listing:
    """What answers a query while no index does: its words plainly, and every filter but those of UNAPPLIED.

    A family of variants is as many answers as it has pages.
    """
    condition = narrowing.condition_of(query)
    kinds = query.facets.get("kind", ())
    return search(actor, query.words, query.page, query.per_page, kinds, narrowed=condition, order=query.order)


def search(
    actor: Actor,
    words: str,
    page: int = 1,
    per_page: int = 20,
    kinds: Sequence[str] = (),
    closed: bool = False,
    narrowed: ColumnElement[bool] | None = None,
    order: str = "title",
) -> Listing:
    """Pages whose title, summary or place holds every one of these words, in any case, accents or none in titles.

    Right, but slow on a large wiki. `kinds` narrows it where given, `closed` to pages that are not for everybody,
    `narrowed` to those a condition holds for. `order` is that of a Query; relevance is by title.
    """
    condition = queries.current(actor)
    if narrowed is not None:
        condition &= narrowed
    if closed:
        condition &= Page.visibility != "public"
    if kinds:
        condition &= Page.kind.in_(kinds)
    for word in words.split()[:10]:
        key = link_key(word)
        matches: ColumnElement[bool] = Page.summary.icontains(word, autoescape=True)
        matches |= Page.place.icontains(word, autoescape=True)
        if key:
            matches |= Page.title_key.contains(key, autoescape=True)
            matches |= Page.id.in_(select(Facet.page_id).where(Facet.value == key))
        condition &= matches
    return ordered(condition, page, per_page, order)


def closed(actor: Actor, words: str, kinds: Sequence[str] = ()) -> Sequence[PageInfo]:
    """Pages that are not for everybody, readable for this actor, that answer: at most MOST_CLOSED, the newest first.

    A page answers when it holds every word and phrase and nothing excluded; one older than READ_WHOLE, when title,
    summary or place do, or when it was shown since it changed and is among LOOKED_THROUGH. At most four questions to
    the database, over a bounded number of texts; nothing for who has no account.
    """
    if actor.id is None or not words.strip():
        return ()
    condition = queries.current(actor) & (Page.visibility != "public")
    if kinds:
        condition &= Page.kind.in_(kinds)
    newest = (
        select(*queries.COLUMNS, Revision.codec, Revision.body)
        .join(Revision, Revision.id == Page.head_id)
        .where(condition)
        .order_by(Page.head_id.desc())
    )
    asked = asked_for(words)
    rows = db.session.execute(newest.limit(READ_WHOLE)).all()
    found = _answering(rows, asked)
    if len(rows) < READ_WHOLE or not asked.words or len(found) >= MOST_CLOSED:
        return list(found.values())[:MOST_CLOSED]
    older = select(Page.id).where(condition).order_by(Page.head_id.desc()).offset(READ_WHOLE).limit(LOOKED_THROUGH)
    shown = newest.outerjoin(Rendered, Rendered.page_id == Page.id).where(Page.id.in_(older), _may_hold(asked))
    found |= _answering(db.session.execute(shown.limit(MAY_ANSWER)).all(), asked)
    if not asked.excluded:
        for page in search(actor, words, 1, MOST_CLOSED, kinds, closed=True).rows:
            found.setdefault(page.id, page)
    return list(found.values())[:MOST_CLOSED]


def _answering(rows: Sequence[Any], asked: Asked) -> dict[int, PageInfo]:
    """The pages of these rows whose text answers, by id."""
    found = {}
    for *columns, codec, body in rows:
        page = PageInfo(*columns)
        if holds(_places(codec, body, page.title, page.language), asked):
            found[page.id] = page
    return found


def _may_hold(asked: Asked) -> ColumnElement[bool]:
    """Whether a page may hold all words, told roughly by what was last shown of it: what passes is read whole."""
    condition: ColumnElement[bool] = true()
    for word in asked.words:
        beginning = f"%{likely_beginning(word.text)}%"
        seen = (Rendered.html, Page.title, Page.summary, Page.place)
        condition &= or_(*(column.ilike(beginning) for column in seen))
    return condition


@lru_cache(maxsize=2 * READ_WHOLE)
def _places(codec: str, body: bytes, title: str, language: str) -> tuple[Place, ...]:
    """A text as the index would hold it. A text never changes: it is read once."""
    document = textform.parse(history.decode(codec, body))
    place = document.fields.get("place", "")
    return places_of(f"{title}\n{place}\n{text_of_document(document)}", language)

"""A plain look through the database: while there is no index, and for the pages that no index holds.

The index holds what everybody may read, so that nothing in it (counts, suggestions, passages, the order of results)
can give anything else away. Pages for members, and one's own drafts, are found here, by and for who may read them, by
the words kept apart for that (`closed_words`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from wiki.accounts import Actor
from wiki.database import db
from wiki.history import Revision
from wiki.pages import closed_words, narrowing, queries
from wiki.pages.models import Facet, Page
from wiki.pages.queries import Listing, PageInfo, ordered
from wiki.rendering import link_key
from wiki.search import Query, asked_for, holds

MOST_CLOSED = 10
# So many that say the words of a phrase are read whole.
READ_WHOLE = 200


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
    narrowed: ColumnElement[bool] | None = None,
    order: str = "title",
) -> Listing:
    """Pages whose title, summary or place holds every one of these words, in any case, accents or none in titles.

    Right, but slow on a large wiki. `kinds` narrows it where given, `narrowed` to those a condition holds for.
    `order` is that of a Query; relevance is by title.
    """
    condition = queries.current(actor)
    if narrowed is not None:
        condition &= narrowed
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


def closed(actor: Actor, words: str, narrowed: ColumnElement[bool]) -> list[PageInfo]:
    """Pages that are not for everybody, readable for this actor, that answer: at most MOST_CLOSED, the newest first.

    A page answers when it meets a condition, says every word and holds every phrase and nothing excluded; phrases are
    looked for in the READ_WHOLE newest that say their words. One question to the database; nothing for who has no
    account, nor for no words.
    """
    asked = asked_for(words)
    if actor.id is None or not asked.words:
        return []
    condition = queries.current(actor) & (Page.visibility != "public") & narrowed
    for word in asked.words:
        condition &= closed_words.saying(word)
    newest = select(*queries.COLUMNS).where(condition).order_by(Page.head_id.desc())
    if not asked.phrases and not asked.excluded:
        return [PageInfo(*row) for row in db.session.execute(newest.limit(MOST_CLOSED))]
    texts = newest.add_columns(Revision.codec, Revision.body).join(Revision, Revision.id == Page.head_id)
    found = []
    for *columns, codec, body in db.session.execute(texts.limit(READ_WHOLE)):
        page = PageInfo(*columns)
        if holds(closed_words.places_in(codec, body, page.title, page.language), asked):
            found.append(page)
    return found[:MOST_CLOSED]

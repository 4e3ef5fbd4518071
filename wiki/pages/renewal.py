"""The next edition of a festival: a page that follows the last one, and chosen events held again in it.

An event is reopened without dates, each of its recipes at its present version, open to whoever takes it up. What was
done stays done: the next edition is begun once, an event is reopened once in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from wiki import history
from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.errors import Invalid, NotFound
from wiki.pages import textform
from wiki.pages.addresses import address_for, closed, slug_of
from wiki.pages.editing import begin
from wiki.pages.facts import audience_of
from wiki.pages.fields import Value
from wiki.pages.following import hearing
from wiki.pages.initiatives import to_hold_again
from wiki.pages.kinds import EDITION, EVENT
from wiki.pages.models import Gathering, Link, Page, PageName
from wiki.pages.newcomers import require_welcome
from wiki.pages.queries import COLUMNS, SLUG_MAXIMUM, PageInfo, current, find, resolved
from wiki.pages.saving import canonical
from wiki.pages.textform import TITLE_MAXIMUM
from wiki.permissions import require
from wiki.rendering import link_key, sections

# Reopened at once: more would be a copy of the festival, not a choice.
MOST_REOPENED = 100
MOST_OFFERED = 600
# What belongs to one edition and not to the next.
_OF_ONE_EDITION = {"tagline", "highlight_day", "part_of", "figures", "source_urls"}


@dataclass(frozen=True)
class Reopening:
    """An event of an edition, its state (a code of EVENT_STATES), and what holds it again in the next, if anything."""

    event: PageInfo
    state: str
    again: PageInfo | None


@dataclass(frozen=True)
class Renewal:
    """An edition to be continued: what may be reopened, and the next edition once it was begun.

    `title` and `year` are what the next one could be called and begin in.
    """

    edition: PageInfo
    following: PageInfo | None
    events: Sequence[Reopening]
    title: str
    year: str


@dataclass(frozen=True)
class Renewed:
    """What was done: the next edition, whether it was begun now, the titles of events reopened now and before.

    `people` others will hear of it; `collectives` are those the events name, each with how many of them hear by it.
    """

    slug: str
    title: str
    begun: bool
    reopened: Sequence[str]
    known: Sequence[str]
    people: int
    collectives: Sequence[tuple[str, int]]


def renewal(actor: Actor, slug: str) -> Renewal:
    """What there is to continue an edition with. Raises NotFound, also for what is no edition, and Moved."""
    page = find(actor, slug)
    if page.kind != EDITION.name:
        raise NotFound(slug)
    following = _following(actor, page)
    year = str(int(page.starts_on[:4]) + 1) if page.starts_on else ""
    return Renewal(page, following, _events(actor, page, following), _next_title(page, year), year)


def renew(actor: Actor, slug: str, title: str, starts_on: str, ends_on: str, events: Sequence[str]) -> Renewed:
    """Begin the next edition of one, unless somebody did, and reopen these of its events in it: all of it or nothing.

    Raises Invalid, AlreadyExists, Forbidden, NotFound, Moved.
    """
    page = renewal(actor, slug).edition
    require(actor, "renew", page)
    chosen = set(events)
    if len(chosen) > MOST_REOPENED:
        raise Invalid(
            _("Choisissez %(maximum)s événements au plus ; vous pourrez revenir.", maximum=MOST_REOPENED), "events"
        )
    try:
        with write_transaction():
            found = renewal(actor, slug)
            following, begun = found.following, found.following is None
            if following is None:
                following = _begin_edition(actor, page, {"title": title, "starts_on": starts_on, "ends_on": ends_on})
            year = (following.starts_on or "")[:4]
            wanted = [one for one in found.events if one.event.slug in chosen]
            fresh = [one.event for one in wanted if one.again is None]
            made = [_reopen(actor, event, following, year) for event in fresh]
    except IntegrityError as error:
        raise Invalid(_("Quelqu’un modifiait cette page au même instant ; recommencez.")) from error
    people, collectives = _told(actor, page, fresh, made)
    known = [one.again.title for one in wanted if one.again is not None]
    return Renewed(following.slug, following.title, begun, [one.title for one in made], known, people, collectives)


def _following(actor: Actor, page: PageInfo) -> PageInfo | None:
    """The edition that follows this one; of several the newest."""
    query = (
        select(*COLUMNS)
        .join(Link, Link.source_id == Page.id)
        .where(Link.target_id == page.id, Link.field == "follows", Page.kind == EDITION.name, current(actor))
        .where(Page.id != page.id)
        .order_by(Page.starts_on.desc(), Page.id.desc())
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    return PageInfo(*row) if row else None


def _events(actor: Actor, page: PageInfo, following: PageInfo | None) -> list[Reopening]:
    query = (
        select(Gathering.state, *COLUMNS)
        .join(Gathering, Gathering.page_id == Page.id)
        .where(Page.id.in_(_naming("edition", page)), Page.kind == EVENT.name, current(actor))
        .order_by(Page.starts_on, Page.title_key, Page.id)
        .limit(MOST_OFFERED)
    )
    events = [(PageInfo(*row[1:]), row[0]) for row in db.session.execute(query)]
    again: dict[int, PageInfo] = {}
    if following is not None:
        link = aliased(Link)
        rows = db.session.execute(
            select(link.target_id, *COLUMNS)
            .join(link, link.source_id == Page.id)
            .where(link.field == "follows", link.target_id.in_([event.id for event, _state in events]))
            .where(Page.id.in_(_naming("edition", following)), current(actor))
            .order_by(Page.id.desc())
        )
        again = {row[0]: PageInfo(*row[1:]) for row in rows}
    return [Reopening(event, state, again.get(event.id)) for event, state in events]


def _naming(field: str, page: PageInfo) -> Select[Any]:
    return select(Link.source_id).where(Link.target_id == page.id, Link.field == field)


def _next_title(page: PageInfo, year: str) -> str:
    """The title of an edition with the next year for its own."""
    own = (page.starts_on or "")[:4]
    if own and own in page.title:
        return page.title.replace(own, year)
    return f"{page.title} {year}".strip()


def _begin_edition(actor: Actor, page: PageInfo, answers: dict[str, str]) -> PageInfo:
    """Store the next edition, in the running transaction: who coordinates, how to take part stay, the rest is new."""
    old = history.read(page.id, page.head_number).text
    document = textform.parse(old)
    fields: dict[str, Value] = {
        **{name: value for name, value in document.fields.items() if name not in _OF_ONE_EDITION},
        **answers,
        "follows": page.slug,
    }
    joining = [
        document.body[section.start : section.end]
        for section in sections(document.body)
        if EDITION.role_of(section.title) == "join"
    ]
    text = canonical(textform.assemble(EDITION, fields, {}, "\n".join(joining)))
    slug = slug_of(text)
    if not slug:
        raise Invalid(_("Donnez un titre à cette page."), "title")
    audience = audience_of(actor, page.visibility)
    slug = address_for(actor, slug, audience)
    require_welcome(actor, old, text)
    comment = _("Édition suivante de « %(title)s »", title=page.title)
    begin(actor, slug, text, audience, now(), comment=comment)
    return find(actor, slug)


def _reopen(actor: Actor, event: PageInfo, edition: PageInfo, year: str) -> PageInfo:
    """Store an event held again in an edition, in the running transaction."""
    old = history.read(event.id, event.head_number).text
    named = textform.parse(old).fields.get("recipes", [])
    keys = [link_key(recipe) for recipe in ([named] if isinstance(named, str) else named)]
    versions = {info.slug: info.head_number for info in resolved(actor, keys).values()}
    fields, body = to_hold_again(old, event.slug, versions)
    audience = audience_of(actor, event.visibility)
    named_so = ((title, slug, closed(slug, audience)) for title, slug in _names(event, year) if slug)
    title, slug = next((title, at) for title, slug, at in named_so if not _is_taken({slug, at}))
    try:
        text = canonical(textform.assemble(EVENT, {**fields, "title": title, "edition": edition.slug}, {}, body))
    except Invalid as error:
        reasons = " ".join(str(problem) for problem in error.problems)
        told = _("« %(title)s » ne peut pas être rouvert : %(reasons)s", title=event.title, reasons=reasons)
        raise Invalid(told, "events") from error
    require_welcome(actor, old, text)
    comment = _("Rouvert pour « %(title)s »", title=edition.title)
    begin(actor, slug, text, audience, now(), comment=comment)
    return find(actor, slug)


def _names(event: PageInfo, year: str) -> Iterator[tuple[str, str]]:
    """What an event of another year could be called, with its address: by its year, then by a number."""
    own = (event.starts_on or "")[:4]
    title = event.title.replace(own, year) if own and year else event.title
    marks = [""] if title != event.title else []
    marks += [f" ({year})"] if year else []
    for mark in chain(marks, (f" ({number})" for number in count(2))):
        told = title[: TITLE_MAXIMUM - len(mark)].rstrip() + mark
        key = link_key(mark)
        yield told, f"{link_key(title)[: SLUG_MAXIMUM - len(key) - 1].strip('-')}-{key}".strip("-")


def _is_taken(slugs: Collection[str]) -> bool:
    return db.session.execute(select(PageName.page_id).where(PageName.slug.in_(slugs))).first() is not None


def _told(
    actor: Actor, edition: PageInfo, events: Sequence[PageInfo], made: Sequence[PageInfo]
) -> tuple[int, list[tuple[str, int]]]:
    """How many others hear of this, and the collectives that organise what was reopened, by name."""
    query = (
        select(Page.id, Page.title)
        .join(Link, Link.target_id == Page.id)
        .where(Link.source_id.in_([one.id for one in made]), Link.field == "organizers", Page.kind == "collective")
        .where(current(actor))
        .distinct()
        .order_by(Page.title)
    )
    collectives = [(row[0], row[1]) for row in db.session.execute(query)]
    people, each = hearing(actor, [edition.id, *(event.id for event in events), *(row[0] for row in collectives)])
    return people, [(title, each.get(page_id, 0)) for page_id, title in collectives]

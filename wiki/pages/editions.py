"""The programme of an edition: the events that name it, or one of its parts, as rows to be shown and counted.

Read when the edition is drawn and kept with its drawing: whatever changes an event has its edition drawn again (see
`projection.restamp_around`). Nothing in it depends on the hour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, select
from sqlalchemy.orm import aliased

from wiki.database import db
from wiki.pages import tallies
from wiki.pages.fields import Session
from wiki.pages.kinds import NOBODY
from wiki.pages.models import Gathering, Link, Page
from wiki.pages.queries import PageInfo, as_open_as
from wiki.pages.shares import EDITION
from wiki.pages.trials import towns_of

# A programme of more could not be read, least of all printed; it says so and the agenda holds them all.
MOST_EVENTS = 600
# An agenda of more editions cannot be asked for.
MOST_PARTS = 19
_NAMES = ("organizers", "recipes")


@dataclass(frozen=True)
class Sitting:
    """One date of an event on its own clocks: days as YYYY-MM-DD, times as HH:MM or "".

    `known` is "minute", "day", "month" or "year"; where no day is known the days are the ends of the month or year.
    `state` is a code of EVENT_STATES where this date alone was called off.
    """

    first: str
    last: str
    known: str
    starts: str = ""
    ends: str = ""
    state: str = ""

    @property
    def days(self) -> int:
        """How many days it touches."""
        return (date.fromisoformat(self.last) - date.fromisoformat(self.first)).days + 1


@dataclass(frozen=True)
class Named:
    """A page an event names, or words that stand for themselves (`slug` empty)."""

    slug: str
    title: str


@dataclass(frozen=True)
class Initiative:
    """An event of an edition, as its programme tells it. `state` is a code of EVENT_STATES.

    `past_from` is the instant from which it is past, in ISO 8601, or ""; `told` says whether somebody reported.
    """

    slug: str
    title: str
    summary: str
    place: str
    city: str
    state: str
    sittings: Sequence[Sitting]
    organizers: Sequence[Named]
    recipes: Sequence[Named]
    past_from: str
    told: bool
    attended: int | None
    outputs: Sequence[str]
    # Drawings kept from before it was told have none.
    language: str = "fr"

    def held(self, now: datetime) -> bool:
        """Whether it took place: somebody said so, or its days are over and nobody called it off."""
        over = bool(self.past_from) and datetime.fromisoformat(self.past_from) <= now
        return self.state == "passe" or (self.state == "annonce" and over)


@dataclass(frozen=True)
class Programme:
    """What an edition gathers, by date, then title; `parts` are the editions that are part of it, by title.

    `total` is how many events there are, which may be more than are kept, and `cities` where: (name, how many), most
    events first.
    """

    initiatives: Sequence[Initiative]
    parts: Sequence[Named]
    total: int
    cities: Sequence[tuple[str, int]]

    @classmethod
    def loaded(cls, data: Mapping[str, Any] | None) -> Programme | None:
        """From what `dumped` made; None from None."""
        if data is None:
            return None
        return cls(
            initiatives=[_initiative(row) for row in data["initiatives"]],
            parts=[Named(*named) for named in data["parts"]],
            total=data["total"],
            cities=[(name, count) for name, count in data["cities"]],
        )


def _initiative(row: Mapping[str, Any]) -> Initiative:
    named = {name: [Named(*named) for named in row[name]] for name in _NAMES}
    return Initiative(**{**row, "sittings": [Sitting(*sitting) for sitting in row["sittings"]], **named})


def dumped(page: PageInfo) -> dict[str, Any] | None:
    """The Programme of an edition as plain data to be kept; None for any other page. At most four questions.

    It tells only of what every reader of the page may read.
    """
    if page.kind != "edition":
        return None
    sums = tallies.read(page.id, EDITION)
    parts = db.session.execute(_parts(page).limit(MOST_PARTS)).all()
    return {
        "initiatives": _rows(page, bool(parts), MOST_EVENTS),
        "parts": [[row.slug, row.title] for row in parts],
        "total": sum(one.number for one in sums if one.fact == "state"),
        "cities": [[town.name, town.held] for town in towns_of(sums)],
    }


def initiatives(page: PageInfo, limit: int) -> list[Initiative]:
    """The first events of an edition, by date, then title: what every reader of the page may read. Two questions."""
    return [_initiative(row) for row in _rows(page, True, limit)]


def _rows(page: PageInfo, with_parts: bool, limit: int) -> list[dict[str, Any]]:
    """The same as plain data, with lists instead of names repeated hundreds of times."""
    events = {row.id: row for row in db.session.execute(_events(page, with_parts).limit(limit))}
    named = _named(page, list(events))
    return [
        {
            "slug": row.slug,
            "title": row.title,
            "summary": row.summary,
            "place": row.place or "",
            "city": row.city,
            "state": row.state,
            "sittings": [_sitting(Session.parse(line)) for line in row.sessions.splitlines()],
            **{name: named[row.id, name] for name in _NAMES},
            "past_from": row.past_from.isoformat() if row.past_from else "",
            "told": row.told,
            "attended": row.attended,
            "outputs": row.outputs.splitlines(),
            "language": row.language,
        }
        for row in events.values()
    ]


def _gathered(page: PageInfo) -> Any:
    """The ids of an edition, the editions that are part of it, and their parts: see `shares`, which sums them up."""
    wider = select(Page.id).where(Page.id == page.id).cte("wider", recursive=True)
    part = aliased(Page)
    wider = wider.union(
        select(part.id)
        .join(Link, Link.source_id == part.id)
        .join(wider, Link.target_id == wider.c.id)
        .where(Link.field == "part_of", part.kind == "edition", as_open_as(page, part))
    )
    return select(wider.c.id)


def _parts(page: PageInfo) -> Select[Any]:
    query = select(Page.slug, Page.title).where(Page.id.in_(_gathered(page)), Page.id != page.id)
    return query.order_by(Page.title_key, Page.id)


def _events(page: PageInfo, with_parts: bool) -> Select[Any]:
    """The events of an edition in order; without those of parts, they come in that order from the index of links."""
    columns = [getattr(Page, name) for name in ("id", "slug", "title", "summary", "place", "past_from", "language")]
    facts = [getattr(Gathering, name) for name in ("city", "state", "sessions", "told", "attended", "outputs")]
    return (
        select(*columns, *facts)
        .join(Gathering, Gathering.page_id == Page.id)
        .join(Link, Link.source_id == Page.id)
        .where(Link.target_id.in_(_gathered(page)) if with_parts else Link.target_id == page.id)
        .where(Link.field == "edition", Page.kind == "event", as_open_as(page))
        .order_by(Link.sort_key, Page.title_key, Page.id)
    )


def _named(page: PageInfo, event_ids: Sequence[int]) -> Mapping[tuple[int, str], Sequence[list[str]]]:
    """What these events name, by the id of the event and the field, each as the values of a Named.

    A page not for every reader is told by the words that name it, if any; what is no recipe is none.
    """
    target = aliased(Page)
    fits = case((Link.field == "recipes", target.kind == "recipe"), else_=target.kind.not_in(NOBODY))
    rows = db.session.execute(
        select(Link.source_id, Link.field, Link.words, target.slug, target.title)
        .outerjoin(target, (target.id == Link.target_id) & as_open_as(page, target) & fits)
        .where(Link.source_id.in_(event_ids), Link.field.in_(_NAMES))
        .order_by(Link.id)
    )
    found: dict[tuple[int, str], list[list[str]]] = defaultdict(list)
    for source, field, words, slug, title in rows:
        if slug or words:
            found[source, field].append([slug or "", title or words])
    return found


def _sitting(session: Session) -> list[str]:
    """The values of a Sitting."""
    ends = session.end_time if session.end is not None else None
    return [
        session.start.first_day.isoformat(),
        session.last_day.isoformat(),
        session.precision,
        f"{session.start_time:%H:%M}" if session.start_time else "",
        f"{ends:%H:%M}" if ends else "",
        session.state,
    ]

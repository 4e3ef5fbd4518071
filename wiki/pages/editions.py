"""The programme of an edition: the events that name it, or one of its parts, as rows to be shown and counted.

Read when the edition is drawn and kept with its drawing: whatever changes an event has its edition drawn again (see
`projection.restamp_around`). Nothing in it depends on the hour: what is past is decided when it is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased

from wiki.database import db
from wiki.pages.fields import Session
from wiki.pages.models import Gathering, Link, Page
from wiki.pages.queries import PageInfo, as_open_as
from wiki.pages.references import NOBODY
from wiki.rendering import link_key

# A programme of more could not be read, nor kept beside the page; it says so and the agenda holds them all.
MOST_EVENTS = 2000
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
    """What an edition gathers, by date, then title; `parts` are the editions that are part of it.

    `total` is how many events there are, which may be more than could be kept.
    """

    initiatives: Sequence[Initiative]
    parts: Sequence[Named]
    total: int

    @property
    def whole(self) -> bool:
        """Whether all of it is here."""
        return len(self.initiatives) == self.total

    @classmethod
    def loaded(cls, data: Mapping[str, Any] | None) -> Programme | None:
        """From what `dumped` made; None from None."""
        if data is None:
            return None
        found = [
            Initiative(
                **{
                    **row,
                    "sittings": [Sitting(*sitting) for sitting in row["sittings"]],
                    **{name: [Named(*named) for named in row[name]] for name in _NAMES},
                }
            )
            for row in data["initiatives"]
        ]
        # A drawing kept from before the total was counted held all there was, but for very large editions.
        return cls(found, [Named(*named) for named in data["parts"]], data.get("total", len(found)))


def dumped(page: PageInfo) -> dict[str, Any] | None:
    """The Programme of an edition as plain data to be kept; None for any other page. At most four questions.

    It tells only of what every reader of the page may read.
    """
    if page.kind != "edition":
        return None
    parts = _parts(page)
    editions = [page.id, *(row.id for row in parts)]
    events = _events(page, editions)
    kept = db.session.execute(events.limit(MOST_EVENTS)).all()
    total = len(kept)
    if total == MOST_EVENTS:
        counting = events.with_only_columns(func.count()).order_by(None)
        total = db.session.execute(counting).scalar_one()
    named = _named(page, events.with_only_columns(Page.id).limit(MOST_EVENTS))
    # Plain data at once, and lists instead of names repeated two thousand times: see `Programme.loaded`.
    found = [
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
        for row in kept
    ]
    return {"initiatives": found, "parts": [[row.slug, row.title] for row in parts], "total": total}


def _parts(page: PageInfo) -> Sequence[Any]:
    """The editions that are part of this one, and their parts, by title."""
    wider = select(Page.id).where(Page.id == page.id).cte("wider", recursive=True)
    part = aliased(Page)
    wider = wider.union(
        select(part.id)
        .join(Link, Link.source_id == part.id)
        .join(wider, Link.target_id == wider.c.id)
        .where(Link.field == "part_of", part.kind == "edition", as_open_as(page, part))
    )
    query = select(Page.id, Page.slug, Page.title).where(Page.id.in_(select(wider.c.id)), Page.id != page.id)
    return db.session.execute(query.order_by(Page.title_key, Page.id).limit(MOST_PARTS)).all()


def _naming(editions: Sequence[int]) -> Select[Any]:
    return select(Link.source_id).where(Link.target_id.in_(editions), Link.field == "edition")


def _events(page: PageInfo, editions: Sequence[int]) -> Select[Any]:
    columns = [getattr(Page, name) for name in ("id", "slug", "title", "summary", "place", "past_from", "language")]
    facts = [getattr(Gathering, name) for name in ("city", "state", "sessions", "told", "attended", "outputs")]
    return (
        select(*columns, *facts)
        .join(Gathering, Gathering.page_id == Page.id)
        .where(Page.id.in_(_naming(editions)), Page.kind == "event", as_open_as(page))
        .order_by(Page.starts_on, Page.title_key, Page.id)
    )


def _named(page: PageInfo, events: Select[Any]) -> Mapping[tuple[int, str], Sequence[list[str]]]:
    """What these events name, by the id of the event and the field, each as the values of a Named.

    A page not for every reader is told by the words that name it, if any; what is no recipe is none.
    """
    target = aliased(Page)
    fits = case((Link.field == "recipes", target.kind == "recipe"), else_=target.kind.not_in(NOBODY))
    rows = db.session.execute(
        select(Link.source_id, Link.field, Link.words, target.slug, target.title)
        .outerjoin(target, (target.id == Link.target_id) & as_open_as(page, target) & fits)
        .where(Link.source_id.in_(events), Link.field.in_(_NAMES))
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


Group = tuple[Named, Sequence[Initiative]]


@dataclass(frozen=True)
class Review:
    """What came of an edition so far: every figure is the length of a list here, or a sum over one.

    `held` took place; of these, `counted` say how many came, `fruitful` what came out of them, and `untold` have no
    report yet. Each city, collective and recipe comes with its events, most events first.
    """

    held: Sequence[Initiative]
    called_off: Sequence[Initiative]
    cities: Sequence[Group]
    collectives: Sequence[Group]
    recipes: Sequence[Group]
    counted: Sequence[Initiative]
    fruitful: Sequence[Initiative]
    untold: Sequence[Initiative]

    @property
    def attendance(self) -> int:
        """How many came, as far as that was counted."""
        return sum(one.attended or 0 for one in self.counted)

    @property
    def outputs(self) -> int:
        """How many things came out."""
        return sum(len(one.outputs) for one in self.fruitful)


def review(programme: Programme, now: datetime) -> Review | None:
    """What came of an edition so far; None while nothing has taken place."""
    held = [one for one in programme.initiatives if one.held(now)]
    if not held:
        return None
    return Review(
        held=held,
        called_off=[one for one in programme.initiatives if one.state in ("annule", "reporte")],
        cities=_groups((Named("", one.city), one) for one in held if one.city),
        collectives=_groups((named, one) for one in held for named in one.organizers),
        recipes=_groups((named, one) for one in held for named in one.recipes),
        counted=[one for one in held if one.attended is not None],
        fruitful=[one for one in held if one.outputs],
        untold=[one for one in held if not one.told],
    )


def _groups(pairs: Iterable[tuple[Named, Initiative]]) -> Sequence[Group]:
    found: dict[str, tuple[Named, list[Initiative]]] = {}
    for named, one in pairs:
        events = found.setdefault(named.slug or link_key(named.title), (named, []))[1]
        if one not in events[-1:]:
            events.append(one)
    return sorted(found.values(), key=lambda group: (-len(group[1]), link_key(group[0].title)))

"""What became of a recipe where it was tried, counted over the events that followed it; alone, or with its family.

Also what a collective did. Computed when a page is drawn and kept with its drawing: whatever changes an event has the
pages it counts for drawn again (see `projection.restamp_around`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, select, union_all
from sqlalchemy.orm import aliased

from wiki.accounts import Actor
from wiki.database import db
from wiki.pages.fields import Duration, Money, read
from wiki.pages.kinds import RECIPE
from wiki.pages.models import Gathering, Link, Page, Position
from wiki.pages.queries import current
from wiki.pages.textform import Document
from wiki.rendering import link_key, sections

# The field of an event by which it counts for a page of a kind.
COUNTS_BY = {"recipe": "recipes", "collective": "organizers"}
_MOST_TOLD = 200
_STORIES = 6
_TROUBLES_SHOWN = 5
# A map of more towns could not be read.
_TOWNS_SHOWN = 60
_MOST_OF_A_FAMILY = 1000
_TIMELINE_YEARS = 60
_OF_A_SECTION = re.compile(r"(?P<section>[^\n:]{1,80}?)\s?:\s+(?P<words>\S.*)", re.DOTALL)
_NUMBERS = re.compile(r"[0-9]{1,6}")
# "10 à 100 personnes" says how many come. "5 pour organiser" or "10 ateliers" counts something else.
_WORDS = re.compile(r"[^\W\d_]+")
_HOW_MANY_COME = frozenset(
    "à|a|d|de|du|au|aux|plus|moins|maximum|minimum|entre|et|ou|environ|jusqu|personne|personnes|participant"
    "|participants|participante|participantes|from|to|at|most|least|between|and|or|about|up|people".split("|")
)


@dataclass(frozen=True)
class Spread:
    """Numbers that `known` events gave: people, minutes or cents."""

    known: int
    low: int
    median: int
    high: int
    total: int


@dataclass(frozen=True)
class Told:
    """What somebody told of one event."""

    slug: str
    title: str
    starts_on: str
    city: str
    text: str


@dataclass(frozen=True)
class Trouble:
    """What went wrong with one section of the recipe (`section` empty: with no one in particular), newest first."""

    section: str
    anchor: str
    count: int
    told: Sequence[Told]


@dataclass(frozen=True)
class Town:
    """A town where events were held, and how many; `point` is latitude and longitude where somebody told them."""

    name: str
    held: int
    point: tuple[float, float] | None


@dataclass(frozen=True)
class Account:
    """What became of a recipe, or what a collective did: counted over events that are not archived.

    `held` took place, and `told` of them have a report; `nothing` came to nothing. `years` are (year, held, of which
    came to nothing). Spreads are over those of `held` that say so. `towns` are those of the most events of `cities`.
    """

    events: int
    held: int
    told: int
    nothing: int
    cancelled: int
    postponed: int
    cities: int
    first: str
    last: str
    years: Sequence[tuple[str, int, int]]
    towns: Sequence[Town]
    people: Spread | None
    lasted: Spread | None
    worked: Spread | None
    cost: Spread | None
    currency: str
    stories: Sequence[Told]
    troubles: Sequence[Trouble]


@dataclass(frozen=True)
class Declared:
    """What a recipe says beforehand, as ranges: people, minutes on the day, cents."""

    people: tuple[int, int] | None
    lasts: tuple[int, int] | None
    cost: tuple[int, int] | None


@dataclass(frozen=True)
class Trials:
    """What became of one page, `alone`; and of its whole family where that is more, else None."""

    alone: Account
    family: Account | None
    declared: Declared

    @classmethod
    def loaded(cls, data: Mapping[str, Any] | None) -> Trials | None:
        """From what `dumped` made; None from None."""
        if data is None:
            return None
        ranges = {name: tuple(ends) if ends else None for name, ends in data["declared"].items()}
        family = _account(data["family"]) if data["family"] else None
        return cls(_account(data["alone"]), family, Declared(**ranges))


def _account(data: Mapping[str, Any]) -> Account:
    spreads = {name: Spread(**data[name]) if data[name] else None for name in ("people", "lasted", "worked", "cost")}
    troubles = [Trouble(**{**one, "told": [Told(**told) for told in one["told"]]}) for one in data["troubles"]]
    return Account(
        **{
            **data,
            **spreads,
            "years": [(year, held, nothing) for year, held, nothing in data["years"]],
            "towns": [
                Town(one["name"], one["held"], tuple(one["point"]) if one["point"] else None) for one in data["towns"]
            ],
            "stories": [Told(**told) for told in data["stories"]],
            "troubles": troubles,
        }
    )


def dumped(page_id: int, document: Document) -> dict[str, Any] | None:
    """The Trials of a page as plain data to be kept; None for a page that events do not count for."""
    field = COUNTS_BY.get(document.kind)
    if field is None:
        return None
    declared = _declared(document)
    currency = _currency(document)
    named = _section_names(document)
    own = counting_for(select(Page.id).where(Page.id == page_id), field)
    if document.kind != RECIPE.name:
        return asdict(Trials(_counted(_sums(own, own, currency), own, named, currency), None, declared))
    whole = counting_for(select(Page.id).where(Page.id.in_(family_of(page_id)) | (Page.id == page_id)), field)
    sums = _sums(whole, own, currency)
    alone = _counted([one for one in sums if one.own], own, named, currency)
    family = None if all(one.own for one in sums) else _counted(sums, whole, named, currency)
    return asdict(Trials(alone, family, declared))


def family_slugs(actor: Actor, page_id: int) -> list[str]:
    """The addresses of the pages of a family that this actor may read, oldest first; the oldest of a very large one."""
    family = select(Page.slug).where(Page.id.in_(family_of(page_id)), current(actor))
    return list(db.session.scalars(family.order_by(Page.id).limit(_MOST_OF_A_FAMILY)))


def family_of(page_id: int) -> Select[Any]:
    """The ids of a page, its origins and all that come from them, which are not archived."""
    above = select(Page.id, Page.origin_id).where(Page.id == page_id).cte("above", recursive=True)
    parent, child = aliased(Page), aliased(Page)
    above = above.union(select(parent.id, parent.origin_id).join(above, parent.id == above.c.origin_id))
    below = select(above.c.id).cte("below", recursive=True)
    below = below.union(select(child.id).join(below, child.origin_id == below.c.id))
    return select(Page.id).where(Page.id.in_(select(below.c.id)), Page.archived_at.is_(None))


def counting_for(page_ids: Select[Any], field: str) -> Select[Any]:
    """The ids of the events anybody may read, not archived, that name one of these pages in a field."""
    return (
        select(Link.source_id)
        .join(Page, Page.id == Link.source_id)
        .where(Link.target_id.in_(page_ids), Link.field == field, Page.kind == "event", Page.archived_at.is_(None))
        # What is told here is told to every reader alike.
        .where(Page.visibility == "public")
    )


@dataclass(frozen=True)
class _Sum:
    """How many events share a `value` of a `fact`: a state; of those held a year, a town, people, minutes or cents.

    `own` are those that count for the page itself. `told` of them have a report, `nothing` came to nothing. A town says
    where it lies by the sums over those of its events that are `placed`; `first` is the oldest page among them.
    """

    fact: str
    own: bool
    value: str
    number: int
    told: int
    nothing: int
    placed: int
    latitude: float
    longitude: float
    first: int


def _sums(events: Select[Any], own: Select[Any], currency: str) -> list[_Sum]:
    """What some events say, summed up by the database in one question: a row for each answer, not for each event."""
    whole = (
        select(
            *(getattr(Gathering, name) for name in ("page_id", "state", "city", "attended", "lasted", "worked")),
            case((Gathering.currency == currency, Gathering.cents)).label("cents"),
            func.substr(Page.starts_on, 1, 4).label("year"),
            case((Gathering.page_id.in_(own), 1), else_=0).label("own"),
            case((Gathering.told, 1), else_=0).label("told"),
            case((Gathering.outcome == "sans-suite", 1), else_=0).label("fruitless"),
            Position.latitude,
            Position.longitude,
        )
        .join(Page, Page.id == Gathering.page_id)
        .outerjoin(Position, Position.page_id == Gathering.page_id)
        .where(Gathering.page_id.in_(events))
        .cte("whole")
    )

    def summed(fact: str) -> Select[Any]:
        value = whole.c[fact]
        asked = select(
            literal(fact), whole.c.own, cast(value, String), func.count(), func.sum(whole.c.told),
            func.sum(whole.c.fruitless), func.count(whole.c.latitude), func.coalesce(func.sum(whole.c.latitude), 0.0),
            func.coalesce(func.sum(whole.c.longitude), 0.0), func.min(whole.c.page_id),
        ).group_by(whole.c.own, value)  # fmt: skip
        return asked if fact == "state" else asked.where(whole.c.state == "passe", value.is_not(None))

    facts = ("state", "year", "city", "attended", "lasted", "worked", "cents")
    rows = db.session.execute(union_all(*(summed(fact) for fact in facts)))
    return [_Sum(row[0], bool(row[1]), *row[2:]) for row in rows]


def _counted(sums: Sequence[_Sum], events: Select[Any], named: Mapping[str, tuple[str, str]], currency: str) -> Account:
    states = Counter[str]()
    for one in sums:
        if one.fact == "state":
            states[one.value] += one.number
    held = [one for one in sums if one.fact == "state" and one.value == "passe"]
    towns = _towns([one for one in sums if one.fact == "city"])
    years = sorted([one for one in sums if one.fact == "year" and one.value], key=lambda one: one.value)
    return Account(
        events=states.total(),
        held=states["passe"],
        told=sum(one.told for one in held),
        nothing=sum(one.nothing for one in held),
        cancelled=states["annule"],
        postponed=states["reporte"],
        cities=len(towns),
        first=years[0].value if years else "",
        last=years[-1].value if years else "",
        years=_years(years),
        towns=towns[:_TOWNS_SHOWN],
        people=_spread(sums, "attended"),
        lasted=_spread(sums, "lasted"),
        worked=_spread(sums, "worked"),
        cost=_spread(sums, "cents"),
        currency=currency,
        stories=_told(events, "story", _STORIES),
        troubles=_by_section(_told(events, "troubles", _MOST_TOLD), named),
    )


def _towns(sums: Sequence[_Sum]) -> list[Town]:
    """The towns of some events, most events first; each in the middle of the points they tell, by its first name."""
    found: dict[str, list[_Sum]] = {}
    for one in sorted(sums, key=lambda one: one.first):
        if key := link_key(one.value):
            found.setdefault(key, []).append(one)
    towns = []
    for ones in found.values():
        placed = sum(one.placed for one in ones)
        # To the hundredth of a degree, a kilometre: a town is no door.
        point = (
            round(sum(one.latitude for one in ones) / placed, 2),
            round(sum(one.longitude for one in ones) / placed, 2),
        ) if placed else None  # fmt: skip
        towns.append(Town(ones[0].value, sum(one.number for one in ones), point))
    return sorted(towns, key=lambda town: (-town.held, link_key(town.name)))


def _years(sums: Sequence[_Sum]) -> list[tuple[str, int, int]]:
    """(year, how many, how many of them came to nothing) for every year from the first to the last."""
    counts: dict[int, list[int]] = {}
    for one in sums:
        counted = counts.setdefault(int(one.value), [0, 0])
        counted[0] += one.number
        counted[1] += one.nothing
    if not counts:
        return []
    first, last = min(counts), max(counts)
    years: Iterable[int] = range(first, last + 1) if last - first < _TIMELINE_YEARS else sorted(counts)
    return [(str(year), *counts.get(year, (0, 0))) for year in years][-_TIMELINE_YEARS:]


def _spread(sums: Sequence[_Sum], fact: str) -> Spread | None:
    numbers = Counter[int]()
    for one in sums:
        if one.fact == fact:
            numbers[int(one.value)] += one.number
    known = sorted(numbers.elements())
    return Spread(len(known), known[0], round(median(known)), known[-1], sum(known)) if known else None


def _told(events: Select[Any], column: str, limit: int) -> list[Told]:
    text = getattr(Gathering, column)
    query = (
        select(Page.slug, Page.title, Page.starts_on, Gathering.city, text)
        .join(Page, Page.id == Gathering.page_id)
        .where(Gathering.page_id.in_(events), text != "")
        .order_by(Page.starts_on.desc(), Page.id.desc())
        .limit(limit)
    )
    return [Told(row[0], row[1], row[2] or "", row[3], row[4]) for row in db.session.execute(query)]


def _section_names(document: Document) -> dict[str, tuple[str, str]]:
    """The headings of a recipe: title and anchor, by the key of the title."""
    if document.kind != RECIPE.name:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for section in sections(document.body):
        found.setdefault(link_key(section.title), (section.title, section.anchor))
    return found


def paragraphs(text: str) -> list[str]:
    """The paragraphs of what somebody wrote in a field."""
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def _by_section(told: Sequence[Told], named: Mapping[str, tuple[str, str]]) -> list[Trouble]:
    """What went wrong in the order of the recipe's sections; what names no section of it comes last."""
    order = ["", *named]
    groups: dict[str, list[Told]] = {}
    for one in told:
        for paragraph in paragraphs(one.text):
            # As people write: the section, a colon, what went wrong there.
            spoken = _OF_A_SECTION.fullmatch(paragraph)
            key = link_key(spoken["section"]) if spoken else ""
            words = spoken["words"] if spoken and key in named else paragraph
            key = key if key in named else ""
            groups.setdefault(key, []).append(Told(one.slug, one.title, one.starts_on, one.city, words))
    found = [
        Trouble(*named.get(key, ("", "")), len(groups[key]), groups[key][:_TROUBLES_SHOWN])
        for key in order
        if key in groups
    ]
    return found[1:] + found[:1] if found and not found[0].section else found


def _declared(document: Document) -> Declared:
    said = str(document.fields.get("group_size", ""))
    comparable = _HOW_MANY_COME.issuperset(_WORDS.findall(said.lower()))
    people = [int(number) for number in _NUMBERS.findall(said)[:2]] if comparable else []
    lasts, cost = _typed(document, "duration"), _typed(document, "cost")
    return Declared(
        people=(min(people), max(people)) if people else None,
        lasts=(lasts.min_minutes, lasts.max_minutes) if isinstance(lasts, Duration) else None,
        cost=(int(cost.minimum * 100), int(cost.maximum * 100)) if isinstance(cost, Money) else None,
    )


def _currency(document: Document) -> str:
    """The currency in which a recipe is compared: the one it names, else the euro."""
    cost = _typed(document, "cost")
    return cost.currency if isinstance(cost, Money) else "EUR"


def _typed(document: Document, name: str) -> Any:
    field, held = document.declaration.field(name), document.fields.get(name)
    return read(field, held) if field is not None and held else None

"""What became of a recipe where it was tried, counted over the events that followed it; alone, or with its family.

Also what a collective did. Put together, when a page is drawn, from sums that are kept as events are saved (see
`tallies`): whatever changes an event has the pages it counts for drawn again (see `projection.restamp_around`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from wiki.accounts import Actor
from wiki.database import db
from wiki.pages import tallies
from wiki.pages.fields import Duration, Money, read
from wiki.pages.kinds import RECIPE
from wiki.pages.models import Gathering, Link, Page
from wiki.pages.queries import current
from wiki.pages.shares import A_DEGREE, COUNTS_BY, FAMILY, STORIES, TROUBLES
from wiki.pages.textform import Document
from wiki.rendering import link_key, sections

_MOST_TOLD = 200
_STORIES = 6
_TROUBLES_SHOWN = 5
# A map of more towns could not be read.
_TOWNS_SHOWN = 60
_MOST_OF_A_FAMILY = 2000
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
    """What became of one page, `alone`; and of its whole family where that is more, else None.

    What is archived belongs to no family: it is told of alone, and beside the family it came from.
    """

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
    own = tallies.read(page_id, field)
    alone = _counted(own, (page_id, field), named, currency)
    if document.kind != RECIPE.name:
        return asdict(Trials(alone, None, declared))
    root = tallies.root(page_id)
    whole = tallies.read(root, FAMILY)
    more = whole and whole != own
    return asdict(Trials(alone, _counted(whole, (root, FAMILY), named, currency) if more else None, declared))


def family_slugs(actor: Actor, page_id: int) -> list[str]:
    """The addresses of those pages of a family that some event tried and this actor may read, the newest first.

    A family of more than that many tried pages has the newest of them alone.
    """
    tried = select(Link.target_id).where(Link.field == COUNTS_BY[RECIPE.name], Link.target_id.is_not(None))
    family = select(Page.slug).where(Page.id.in_(family_of(page_id)), Page.id.in_(tried), current(actor))
    return list(db.session.scalars(family.order_by(Page.id.desc()).limit(_MOST_OF_A_FAMILY)))


def family_of(page_id: int) -> Select[Any]:
    """The ids of a page, its origins and all that come from them, which are not archived."""
    above = select(Page.id, Page.origin_id).where(Page.id == page_id).cte("above", recursive=True)
    parent, child = aliased(Page), aliased(Page)
    above = above.union(select(parent.id, parent.origin_id).join(above, parent.id == above.c.origin_id))
    below = select(above.c.id).cte("below", recursive=True)
    below = below.union(select(child.id).join(below, child.origin_id == below.c.id))
    return select(Page.id).where(Page.id.in_(select(below.c.id)), Page.archived_at.is_(None))


def _counted(
    sums: Sequence[Any], of: tuple[int, str], named: Mapping[str, tuple[str, str]], currency: str
) -> Account:
    """The account these sums give, with what is told `of` a page in a scope."""
    states = Counter({one.value: one.number for one in sums if one.fact == "state"})
    held = [one for one in sums if one.fact == "state" and one.value == "passe"]
    towns = towns_of(sums)
    years = [one for one in sums if one.fact == "year"]
    return Account(
        events=states.total(),
        held=states["passe"],
        told=sum(one.told for one in held),
        nothing=sum(one.fruitless for one in held),
        cancelled=states["annule"],
        postponed=states["reporte"],
        cities=len(towns),
        first=min((one.value for one in years), default=""),
        last=max((one.value for one in years), default=""),
        years=_years(years),
        towns=towns[:_TOWNS_SHOWN],
        people=_spread(sums, "attended"),
        lasted=_spread(sums, "lasted"),
        worked=_spread(sums, "worked"),
        cost=_spread(sums, "cents", f"{currency} "),
        currency=currency,
        stories=_told(of, STORIES, _STORIES),
        troubles=_by_section(_told(of, TROUBLES, _MOST_TOLD), named),
    )


def towns_of(sums: Sequence[Any]) -> list[Town]:
    """The towns of some events, most events first; each in the middle of the points they tell, as most write it."""
    found: dict[str, list[Any]] = {}
    for one in sums:
        if one.fact == "city" and (key := link_key(one.value)):
            found.setdefault(key, []).append(one)
    towns = []
    for ones in found.values():
        placed = sum(one.placed for one in ones) * A_DEGREE
        # To the hundredth of a degree, a kilometre: a town is no door.
        point = (
            round(sum(one.latitude for one in ones) / placed, 2),
            round(sum(one.longitude for one in ones) / placed, 2),
        ) if placed else None  # fmt: skip
        name = min(ones, key=lambda one: (-one.number, one.value)).value
        towns.append(Town(name, sum(one.number for one in ones), point))
    return sorted(towns, key=lambda town: (-town.held, link_key(town.name)))


def _years(sums: Sequence[Any]) -> list[tuple[str, int, int]]:
    """(year, how many, how many of them came to nothing) for every year from the first to the last."""
    counts: dict[int, list[int]] = {}
    for one in sums:
        counted = counts.setdefault(int(one.value), [0, 0])
        counted[0] += one.number
        counted[1] += one.fruitless
    if not counts:
        return []
    first, last = min(counts), max(counts)
    years: Iterable[int] = range(first, last + 1) if last - first < _TIMELINE_YEARS else sorted(counts)
    return [(str(year), *counts.get(year, (0, 0))) for year in years][-_TIMELINE_YEARS:]


def _spread(sums: Sequence[Any], fact: str, unit: str = "") -> Spread | None:
    numbers = Counter[int]()
    for one in sums:
        if one.fact == fact and one.value.startswith(unit):
            numbers[int(one.value.removeprefix(unit))] += one.number
    known = sorted(numbers.elements())
    return Spread(len(known), known[0], round(median(known)), known[-1], sum(known)) if known else None


def _told(of: tuple[int, str], fact: str, limit: int) -> list[Told]:
    latest = tallies.latest(*of, fact, limit)
    query = (
        select(Page.slug, Page.title, Page.starts_on, Gathering.city, getattr(Gathering, fact))
        .join(Gathering, Gathering.page_id == Page.id)
        .join(latest, latest.c.page_id == Page.id)
        .order_by(latest.c.place.desc())
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

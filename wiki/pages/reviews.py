"""What came of an edition so far, in numbers and in the lists that they count.

The numbers are read from sums kept as events are saved (see `tallies`), whatever the number of events, and kept with
the drawing of the edition until an event changes or the days of one that is announced are over: then it took place.
The lists, which few ask for, are read event by event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from wiki.accounts import Actor
from wiki.database import now
from wiki.pages import tallies
from wiki.pages.editions import Initiative, Named, initiatives
from wiki.pages.queries import PageInfo, find
from wiki.rendering import link_key

# Lists of more could not be read; they say so.
MOST_LISTED = 2000

Group = tuple[Named, Sequence[Initiative]]


@dataclass(frozen=True)
class Figures:
    """How much came of an edition so far: each figure is the length of a list of `Review`, or a sum over one.

    `attendance` is how many came, as far as that was counted, and `outputs` how many things came out.
    """

    held: int
    called_off: int
    cities: int
    collectives: int
    recipes: int
    counted: int
    fruitful: int
    untold: int
    attendance: int
    outputs: int


@dataclass(frozen=True)
class Review:
    """What came of an edition so far, among the first `most` of its events; `whole` says whether these are all.

    `held` took place; of these, `counted` say how many came, `fruitful` what came out of them, and `untold` have no
    report yet. Each city, collective and recipe comes with its events, most events first.
    """

    figures: Figures
    most: int
    whole: bool
    held: Sequence[Initiative]
    called_off: Sequence[Initiative]
    cities: Sequence[Group]
    collectives: Sequence[Group]
    recipes: Sequence[Group]
    counted: Sequence[Initiative]
    fruitful: Sequence[Initiative]
    untold: Sequence[Initiative]


def figures(page: PageInfo, moment: datetime) -> Figures | None:
    """How much came of a page until a moment; None for what is no edition, and while nothing has taken place.

    It tells only of what every reader of the page may read.
    """
    found = tallies.came_of(page.id, moment) if page.kind == "edition" else {}
    if "held" not in found:
        return None

    def of(fact: str, column: str) -> int:
        return int(getattr(found[fact], column)) if fact in found else 0

    return Figures(
        held=of("held", "number"),
        called_off=of("state", "called_off"),
        cities=of("town", "values"),
        collectives=of("organizers", "values"),
        recipes=of("recipes", "values"),
        counted=of("attended", "number"),
        fruitful=of("outputs", "number"),
        untold=of("held", "number") - of("held", "told"),
        attendance=of("attended", "total"),
        outputs=of("outputs", "total"),
    )


def dumped(page: PageInfo, moment: datetime) -> dict[str, Any] | None:
    """The Figures of an edition at a moment as plain data to be kept `until` others count; None for any other page."""
    if page.kind != "edition":
        return None
    counted = figures(page, moment)
    return {"figures": asdict(counted) if counted else None, "until": tallies.next_moment(page.id, moment)}


def loaded(data: Mapping[str, Any] | None) -> Figures | None:
    """From what `dumped` made; None from None."""
    return Figures(**data["figures"]) if data and data["figures"] else None


def overdue(data: Mapping[str, Any] | None, moment: datetime) -> bool:
    """Whether what `dumped` made holds no longer at a moment, though no event changed."""
    return data is not None and bool(data["until"]) and datetime.fromisoformat(data["until"]) <= moment


def review(actor: Actor, slug: str) -> Review | None:
    """What each figure of an edition counts; None where there are none. Raises Moved, NotFound."""
    page, moment = find(actor, slug), now()
    counted = figures(page, moment)
    if counted is None:
        return None
    found = initiatives(page, MOST_LISTED + 1)
    return listed(counted, found[:MOST_LISTED], len(found) <= MOST_LISTED, moment)


def listed(counted: Figures, found: Sequence[Initiative], whole: bool, moment: datetime) -> Review:
    """The lists that these events make at a moment."""
    held = [one for one in found if one.held(moment)]
    return Review(
        figures=counted,
        most=MOST_LISTED,
        whole=whole,
        held=held,
        called_off=[one for one in found if one.state in ("annule", "reporte")],
        cities=_groups((Named("", one.city), one) for one in held if link_key(one.city)),
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

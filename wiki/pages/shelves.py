"""What belongs to a theme, a collective or a place: shelves whose totals are those of the search they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from wiki.accounts import Actor
from wiki.errors import NotFound
from wiki.pages import queries
from wiki.pages.finding import take_out_hidden
from wiki.pages.indexing import engine
from wiki.pages.queries import Naming, PageInfo
from wiki.search import Query, SearchError

KINDS_SHOWN = ("recipe", "event", "project", "edition", "collective", "article")
ROWS = {"event": 60}
ROWS_USUAL = 30
MOST_COMING = 12
MOST_TRIED = 30


@dataclass(frozen=True)
class Shelf:
    """Pages of one kind. `total` is None, and `years` empty, while there is no index that could count."""

    kind: str
    rows: Sequence[PageInfo]
    total: int | None = None
    years: Mapping[int, int] = field(default_factory=dict)

    def by_year(self) -> list[tuple[int, list[PageInfo]]]:
        """The rows under the year each begins in, in their order; 0 for those without a date."""
        found: dict[int, list[PageInfo]] = {}
        for row in self.rows:
            found.setdefault(int((row.starts_on or "0")[:4]), []).append(row)
        return list(found.items())


@dataclass(frozen=True)
class Locality:
    """What a town has seen: `coming` events soonest first, shelves, the recipes tried there and how often."""

    name: str
    coming: Sequence[PageInfo]
    shelves: Sequence[Shelf]
    tried: Sequence[tuple[PageInfo, int]]


def shelves(actor: Actor, facet: str, value: str, namings: Sequence[Naming] = ()) -> list[Shelf]:
    """What everybody may read that has this value of a facet of the search, empty shelves left out.

    `namings` are the pages that name the page of that value, as far as they were fetched: all there is without an
    index. Two questions to the database, however large the wiki.
    """
    asked = {
        kind: Query(
            facets={facet: (value,), "kind": (kind,)},
            order="newest" if kind in ("event", "edition") else "title",
            per_page=ROWS.get(kind, ROWS_USUAL),
            as_families=True,
        )
        for kind in KINDS_SHOWN
    }
    try:
        take_out_hidden()
        found = {kind: engine().search(query) for kind, query in asked.items()}
    except SearchError:
        named = {
            kind: [naming.page for naming in namings if naming.page.kind == kind and naming.page.visibility == "public"]
            for kind in KINDS_SHOWN
        }
        return [Shelf(kind, rows[: ROWS.get(kind, ROWS_USUAL)]) for kind, rows in named.items() if rows]
    infos = queries.by_ids(actor, [hit.page_id for results in found.values() for hit in results.hits])
    return [
        Shelf(
            kind,
            [infos[hit.page_id] for hit in results.hits if hit.page_id in infos and not infos[hit.page_id].archived],
            results.total,
            results.years,
        )
        for kind, results in found.items()
        if results.total
    ]


def tried(actor: Actor, facet: str, value: str, at: datetime) -> list[tuple[PageInfo, int]]:
    """The recipes that past events with this value of a facet followed, and how often, the most followed first.

    Nothing while there is no index.
    """
    facets = {facet: (value,), "kind": ("event",)}
    query = Query(facets=facets, when="past", at=at, per_page=1, counted=("recipe",), values=MOST_TRIED)
    try:
        found = engine().search(query).facets.get("recipe", ())
    except SearchError:
        return []
    recipes = queries.resolved(actor, [slug for slug, _count in found])
    return [(recipes[slug], count) for slug, count in found if slug in recipes]


def locality(actor: Actor, name: str, at: datetime) -> Locality | None:
    """What everybody may read of a town, as it is called on pages, at an instant; None while there is no index.

    Raises NotFound where no page is of that town.
    """
    facets = {"kind": ("event",), "city": (name,)}
    try:
        take_out_hidden()
        coming = engine().search(Query(facets=facets, when="coming", at=at, order="oldest", per_page=MOST_COMING))
    except SearchError:
        return None
    shelved = shelves(actor, "city", name)
    if not shelved:
        raise NotFound("place")
    soon = queries.by_ids(actor, [hit.page_id for hit in coming.hits])
    rows = [soon[hit.page_id] for hit in coming.hits if hit.page_id in soon]
    return Locality(name, rows, shelved, tried(actor, "city", name, at))


def closed_shelf(namings: Sequence[Naming]) -> list[PageInfo]:
    """Those of the pages that name a theme which are not for everybody: no shelf holds or counts them."""
    return [naming.page for naming in namings if naming.page.visibility != "public"]

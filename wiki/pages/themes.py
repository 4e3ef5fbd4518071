"""What carries a theme, or one of those below it: shelves whose totals are those of the search they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wiki.accounts import Actor
from wiki.pages import queries
from wiki.pages.finding import take_out_hidden
from wiki.pages.indexing import engine
from wiki.pages.queries import Naming, PageInfo
from wiki.search import Query, SearchError

KINDS_SHOWN = ("recipe", "event", "project", "edition", "collective", "article")
ROWS = {"event": 60}
ROWS_USUAL = 30


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


def theme_shelves(actor: Actor, theme: PageInfo, namings: Sequence[Naming]) -> list[Shelf]:
    """What everybody may read of a theme, empty shelves left out.

    `namings` are the pages that name the theme itself, as far as they were fetched: all there is without an index.
    Two questions to the database, however large the wiki.
    """
    asked = {
        kind: Query(
            facets={"theme": (theme.slug,), "kind": (kind,)},
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


def closed_shelf(namings: Sequence[Naming]) -> list[PageInfo]:
    """Those of the pages that name a theme which are not for everybody: no shelf holds or counts them."""
    return [naming.page for naming in namings if naming.page.visibility != "public"]

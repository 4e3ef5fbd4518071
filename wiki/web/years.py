"""Pages by year: how many each holds, and what a theme or a collective gathers, by kind and year."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import url_for

from wiki import pages
from wiki.pages import PageInfo
from wiki.web import visitor


def years_strip(years: Mapping[int, int], address: Callable[[str], str]) -> list[dict[str, Any]]:
    """How many pages each year holds, with the quiet years between, the newest thirty; each leads to an address."""
    if not years:
        return []
    first, last = min(years), max(years)
    return [
        {"year": year, "count": years.get(year, 0), "url": address(str(year))}
        for year in range(max(first, last - 29), last + 1)
    ]


def years_of_shelf(shelf: pages.Shelf, facet: str, value: str) -> list[dict[str, Any]]:
    """The years of the gatherings of a shelf, each leading to the search that finds them."""

    def address(year: str) -> str:
        chosen: dict[str, Any] = {facet: value, "year": year}
        return url_for("reading.listing", kind_path="events", **chosen)

    return years_strip(shelf.years, address)


def shelves(facet: str, page: PageInfo, namings: Sequence[pages.Naming]) -> list[pages.Shelf]:
    """What belongs to a theme or a collective, by kind."""
    return pages.shelves(visitor.actor(), facet, page.slug, namings)


def tried(facet: str, page: PageInfo) -> list[tuple[PageInfo, int]]:
    """The recipes that past events of a collective followed, and how often."""
    return pages.tried(visitor.actor(), facet, page.slug, datetime.now(UTC))

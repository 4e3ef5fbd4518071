"""Facets, dates and places: which documents pass, and how many carry each value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import reduce
from math import asin, cos, radians, sin, sqrt

from wiki.search import vectors
from wiki.search.families import Families
from wiki.search.interface import Near, Query
from wiki.search.postings import clean_value, first_day, last_day, quarter
from wiki.search.segments import Part, Segment

_FIRST, _LAST = 1, 2**32
_EARTH_KM = 6371.0


class Filters:
    """What narrows the documents of one part besides words."""

    def __init__(self, part: Part, query: Query, documents: int, families: Families) -> None:
        self._segment = part.segment
        self._roots = families.roots() if query.as_families else None
        self._facets = {name: self._carrying(name, values) for name, values in query.facets.items() if values}
        self._flags: dict[str, tuple[int, bytes, bytes]] = {}
        self._documents = documents
        for narrowing in _dates(part.segment, query):
            self._documents &= narrowing
        if query.near and self._documents:
            self._documents &= _close_to(part.segment, query.near)
        if query.family is not None and self._documents:
            self._documents &= _of_family(part.segment, query.family, families)

    def passing(self, but: str = "") -> int:
        """The documents that pass, the facet `but` left aside."""
        return reduce(
            int.__and__, (carrying for name, carrying in self._facets.items() if name != but), self._documents
        )

    def count(self, name: str, found: Counter[str], of_families: set[tuple[str, int]]) -> None:
        """Add to `found` how many of the documents that pass carry each value of a facet.

        Where families count as one, those that belong to one add (value, family) to `of_families` instead.
        """
        alone, flags, related = self._passing_flags(but=name)
        facet = self._segment.facet(name)
        if alone:
            for value, carrying in facet.sets.items():
                if number := (alone & carrying).bit_count():
                    found[value] += number
            for value, numbers in facet.lists.items():
                if number := sum(map(flags.__getitem__, numbers)):
                    found[value] += number
        if related and self._roots is not None:
            pages, roots = self._segment.page_ids, self._roots
            carried = self._segment.values_of_related(name).items()
            of_families.update(
                [(value, roots[pages[number]]) for number, values in carried if related[number] for value in values]
            )

    def _passing_flags(self, but: str) -> tuple[int, bytes, bytes]:
        """The documents that pass and count alone, these as a vector, and those that count as families as another."""
        but = but if but in self._facets else ""
        if but not in self._flags:
            documents = self.passing(but)
            related = documents & self._segment.related if self._roots is not None else 0
            alone = documents ^ related
            size = self._segment.size
            of_related = vectors.to_vector(related, size) if related else b""
            self._flags[but] = alone, vectors.to_vector(alone, size), of_related
        return self._flags[but]

    def _carrying(self, name: str, values: Sequence[str]) -> int:
        facet = self._segment.facet(name)
        found = (facet.documents(clean_value(value), self._segment.size) for value in values)
        return reduce(int.__or__, found, 0)


def _dates(segment: Segment, query: Query) -> Iterator[int]:
    """What is past or coming; what has begun by the end of the period, and ended no earlier than it begins."""
    if query.when == "past" and query.at:
        yield segment.between("past_from", _FIRST, quarter(query.at))
    elif query.when == "coming" and query.at:
        yield segment.between("past_from", quarter(query.at) + 1, _LAST)
    if query.since:
        yield segment.between("ends", first_day(query.since), _LAST)
    if query.until:
        yield segment.between("starts", _FIRST, last_day(query.until))


def _of_family(segment: Segment, page_id: int, families: Families) -> int:
    """The documents of the family of a page."""
    root, pages = families.root(page_id), segment.page_ids
    related = vectors.members(segment.related, segment.size)
    found = [number for number in related if families.root(pages[number]) == root]
    return vectors.set_of([*found, *segment.with_page(page_id)], segment.size)


def _close_to(segment: Segment, near: Near) -> int:
    """The documents within reach of a point."""
    height = near.kilometres / 111.0 + 0.01
    south, north = near.latitude - height, near.latitude + height
    longitudes = segment.longitudes
    found = [
        number
        for number, latitude in enumerate(segment.latitudes)
        if south <= latitude <= north and within(near, latitude, longitudes[number])
    ]
    return vectors.set_of(found, segment.size)


def within(near: Near, latitude: float, longitude: float) -> bool:
    """Whether a position is within reach of a point, the earth being round."""
    here, towards = radians(near.latitude), radians(latitude)
    across = sin(radians(longitude - near.longitude) / 2) ** 2
    haversine = sin((towards - here) / 2) ** 2 + cos(here) * cos(towards) * across
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(haversine))) <= near.kilometres


def counts(parts: Sequence[Filters], name: str, wanted: Sequence[str], limit: int) -> list[tuple[str, int]]:
    """The values of a facet with how many documents would be found with each, the most frequent first.

    At most `limit` values, and those of `wanted` besides. The facet's own choice does not narrow its counts.
    """
    found: Counter[str] = Counter()
    of_families: set[tuple[str, int]] = set()
    for filters in parts:
        filters.count(name, found, of_families)
    found.update(value for value, _family in of_families)
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return ranked[:limit] + [(value, found[value]) for value in wanted if (value, found[value]) not in ranked[:limit]]


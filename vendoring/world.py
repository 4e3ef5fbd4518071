"""The base of the map: land, borders and cities, small enough to come with the page.

Natural Earth's coasts (public domain), packed by world-atlas, are thinned: finely where readers of French live,
coarsely elsewhere. Each line is written as a run of differences in characters, as Google's encoded polylines are, in
thousandths of a degree: latitude, then longitude.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from wiki.places.gazetteer import FILE, FRANCE

Point = tuple[float, float]

# West, south, east, north: where lines stay fine.
FINE = (
    (-12, 40, 13, 56), (-80, 44, -60, 50), (-64, 13, -60, 19), (-55, 2, -51, 6), (55, -22, 58, -20), (44, -14, 46, -12),
    (163, -24, 169, -17), (-152, -19, -148, -16), (-57, 46, -55, 48),
)
# The smallest triangle a point may stand for, in square degrees; and the smallest island.
FINE_AREA, COARSE_AREA = 0.000008, 0.006
FINE_ISLAND, COARSE_ISLAND = 0.0001, 0.05
# From how many people a city is named on the map.
NAMED = 150_000
NAMED_IN_FRANCE = 15_000
CITIES = 1_500


def build(topology: dict[str, Any]) -> str:
    """The base as JSON: `lines`, `land` (polygons of rings of line numbers), `borders`, `cities`."""
    arcs = [_thinned(list(_decoded(arc, topology["transform"]))) for arc in topology["arcs"]]
    (land,) = topology["objects"]["land"]["geometries"]
    polygons = [polygon for polygon in land["arcs"] if _is_shown(_ring(polygon[0], arcs))]
    uses = Counter(
        index if index >= 0 else ~index
        for country in topology["objects"]["countries"]["geometries"]
        for index in _flat(country["arcs"])
    )
    coast = {index if index >= 0 else ~index for index in _flat(polygons)}
    borders = [index for index, count in uses.items() if count > 1 and index not in coast]
    kept = sorted(coast | set(borders))
    number = {index: new for new, index in enumerate(kept)}

    def renumbered(part: Any) -> Any:
        if isinstance(part, list):
            return [renumbered(inner) for inner in part]
        return number[part] if part >= 0 else ~number[~part]

    made = {
        "lines": [_encoded(arcs[index]) for index in kept],
        "land": renumbered(polygons),
        "borders": sorted(number[index] for index in borders),
        "cities": list(_cities()),
    }
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n"


def _flat(arcs: Any) -> Iterator[int]:
    for part in arcs:
        if isinstance(part, list):
            yield from _flat(part)
        else:
            yield part


def _decoded(arc: Iterable[Sequence[int]], transform: dict[str, Sequence[float]]) -> Iterator[Point]:
    x = y = 0
    (wide, tall), (west, south) = transform["scale"], transform["translate"]
    for dx, dy in arc:
        x, y = x + dx, y + dy
        yield x * wide + west, y * tall + south


def _ring(indexes: Sequence[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    points: list[Point] = []
    for index in indexes:
        points += arcs[index] if index >= 0 else reversed(arcs[~index])
    return points


def _is_fine(point: Point) -> bool:
    longitude, latitude = point
    return any(west <= longitude <= east and south <= latitude <= north for west, south, east, north in FINE)


def _is_shown(ring: Sequence[Point]) -> bool:
    if min(latitude for _longitude, latitude in ring) < -80:
        return False  # The Antarctic goes around the world, and nothing happens there.
    area = abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))) / 2
    return area > (FINE_ISLAND if _is_fine(ring[0]) else COARSE_ISLAND)


def _thinned(points: list[Point]) -> list[Point]:
    """The line without the points that matter least (Visvalingam), its ends kept; a ring keeps four at least."""
    least = 4 if points[0] == points[-1] else 2
    before = list(range(-1, len(points) - 1))
    after = list(range(1, len(points) + 1))
    alive = [True] * len(points)

    def weight(index: int) -> float:
        a, b, c = points[before[index]], points[index], points[after[index]]
        area = abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2
        return area / (FINE_AREA if _is_fine(b) else COARSE_AREA)

    queue = [(weight(index), index) for index in range(1, len(points) - 1)]
    heapq.heapify(queue)
    current = {index: value for value, index in queue}
    left = len(points)
    while queue and left > least:
        value, index = heapq.heappop(queue)
        if not alive[index] or current[index] != value:
            continue
        if value >= 1:
            break
        alive[index] = False
        left -= 1
        after[before[index]], before[after[index]] = after[index], before[index]
        for near in (before[index], after[index]):
            if 0 < near < len(points) - 1:
                # A point never counts for less than one that went before it.
                current[near] = max(weight(near), value)
                heapq.heappush(queue, (current[near], near))
    return [point for point, stays in zip(points, alive, strict=True) if stays]


def _encoded(points: Iterable[Point]) -> str:
    letters: list[str] = []
    last = (0, 0)
    for longitude, latitude in points:
        now = (round(latitude * 1000), round(longitude * 1000))
        if now == last and letters:
            continue
        for value, previous in zip(now, last, strict=True):
            number = (value - previous) * 2 if value >= previous else (previous - value) * 2 - 1
            while number >= 32:
                letters.append(chr((number & 31 | 32) + 63))
                number >>= 5
            letters.append(chr(number + 63))
        last = now
    return "".join(letters)


def _cities() -> Iterator[tuple[str, float, float]]:
    """The cities to name, likeliest to be looked for first: name, latitude, longitude."""
    known: dict[str, int] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        _key, weight, row = line.split("\t", 2)
        known[row] = max(int(weight), known.get(row, 0))
    cities: list[tuple[int, str, float, float]] = []
    for row, weight in known.items():
        name, _region, country, latitude, longitude, population, precision = row.split("\t")
        enough = NAMED_IN_FRANCE if country in FRANCE else NAMED
        if precision == "ville" and int(population) >= enough:
            cities.append((-weight, name, round(float(latitude), 2), round(float(longitude), 2)))
    for _weight, name, latitude, longitude in sorted(cities)[:CITIES]:
        yield name, latitude, longitude

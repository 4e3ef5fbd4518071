"""A small map drawn around a point, from the same coasts as the map of the page."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "static" / "vendor" / "world" / "world.json"
WIDTH, HEIGHT = 480, 240
# Degrees of latitude from top to bottom.
TALL = 7.0

Point = tuple[float, float]


def locator(latitude: float, longitude: float) -> str:
    """An SVG of the land around a point of this latitude (85 at most, north or south) and longitude, and the point.

    Its colours are read as well on dark paper as on light.
    """
    scale = HEIGHT / TALL
    shrunk = scale * math.cos(math.radians(latitude))

    def place(point: Point) -> Point:
        return WIDTH / 2 + (point[1] - longitude) * shrunk, HEIGHT / 2 - (point[0] - latitude) * scale

    paths = []
    for ring, (south, west, north, east) in _land():
        near = abs(latitude - (south + north) / 2) < (north - south + TALL) / 2
        if near and west < longitude + WIDTH / shrunk / 2 and east > longitude - WIDTH / shrunk / 2:
            clipped = _clipped([place(point) for point in ring])
            if len(clipped) > 2:
                paths.append("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in _without_repeats(clipped)) + "z")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#4b6b50" fill-opacity=".18"/>'
        f'<path d="{"".join(paths)}" fill="#fbf6ec" stroke="#87755c"/>'
        f'<circle cx="{WIDTH // 2}" cy="{HEIGHT // 2}" r="8" fill="#6d3a5d" stroke="#fffaf0" stroke-width="3"/></svg>\n'
    )


@cache
def _land() -> Sequence[tuple[Sequence[Point], tuple[float, float, float, float]]]:
    """The outline of every piece of land, with its bounds: south, west, north, east."""
    world = json.loads(FILE.read_text(encoding="utf-8"))
    lines = [list(_points(line)) for line in world["lines"]]
    found = []
    for polygon in world["land"]:
        ring = _unbroken(
            [point for index in polygon[0] for point in (lines[index] if index >= 0 else reversed(lines[~index]))]
        )
        latitudes, longitudes = [point[0] for point in ring], [point[1] for point in ring]
        found.append((ring, (min(latitudes), min(longitudes), max(latitudes), max(longitudes))))
    return found


def _unbroken(ring: Sequence[Point]) -> Sequence[Point]:
    """A ring that crosses the 180th meridian going on beyond it, not back around the world."""
    turn, found = 0, []
    for index, (latitude, longitude) in enumerate(ring):
        step = longitude - ring[index - 1][1] if index else 0
        if abs(step) > 180:
            turn -= 360 if step > 0 else -360
        found.append((latitude, longitude + turn))
    beyond = 360 if min(longitude for _latitude, longitude in found) < -180 else 0
    return [(latitude, longitude + beyond) for latitude, longitude in found]


def _points(line: str) -> Iterator[Point]:
    numbers: list[int] = []
    value = shift = 0
    for letter in line:
        bits = ord(letter) - 63
        value |= (bits & 31) << shift
        shift += 5
        if not bits & 32:
            numbers.append(-((value + 1) >> 1) if value & 1 else value >> 1)
            value = shift = 0
    latitude = longitude = 0
    for index in range(0, len(numbers), 2):
        latitude, longitude = latitude + numbers[index], longitude + numbers[index + 1]
        yield latitude / 1000, longitude / 1000


def _clipped(ring: Sequence[Point]) -> Sequence[Point]:
    """The part of a ring inside the frame, a little widened so that its edge is not drawn (Sutherland and Hodgman)."""
    for axis, limit, sign in ((0, -4, 1), (0, WIDTH + 4, -1), (1, -4, 1), (1, HEIGHT + 4, -1)):
        kept: list[Point] = []
        for index, point in enumerate(ring):
            before = ring[index - 1]
            inside, was_inside = (point[axis] - limit) * sign >= 0, (before[axis] - limit) * sign >= 0
            if inside != was_inside:
                part = (limit - before[axis]) / (point[axis] - before[axis])
                kept.append((before[0] + part * (point[0] - before[0]), before[1] + part * (point[1] - before[1])))
            if inside:
                kept.append(point)
        ring = kept
    return ring


def _without_repeats(ring: Sequence[Point]) -> Iterator[Point]:
    last: Point | None = None
    for point in ring:
        rounded = (round(point[0]), round(point[1]))
        if rounded != last:
            yield point
        last = rounded

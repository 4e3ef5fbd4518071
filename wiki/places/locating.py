"""A small map drawn around some points, from the same coasts as the map of the page."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "static" / "vendor" / "world" / "world.json"
WIDTH, HEIGHT = 480, 240
# Degrees of latitude from top to bottom, at least.
TALL = 7.0
# What stands at the edge of the frame is hard to see: the frame is so much larger than what it holds.
_AROUND = 1.35

# Towns that are named, at most; their letters in the picture's units: how high, and how wide on average.
_NAMES, _HIGH, _WIDE = 7, 13, 6.4

Point = tuple[float, float]
Box = tuple[float, float, float, float]


def locator(points: Sequence[tuple[float, float, int]]) -> str:
    """An SVG of the land around one or more points: latitude (85 at most, north or south), longitude, and how many.

    A single point is in the middle; a point that counts for more is larger. Its colours are read as well on dark paper
    as on light. The towns best known are named where they have room, unless the picture is too small to read them.
    """
    latitudes, longitudes = [point[0] for point in points], [point[1] for point in points]
    latitude, longitude = (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
    narrow = math.cos(math.radians(latitude))
    wide = (max(longitudes) - min(longitudes)) * narrow * HEIGHT / WIDTH
    tall = max(TALL, _AROUND * (max(latitudes) - min(latitudes)), _AROUND * wide)
    scale = HEIGHT / tall
    shrunk = scale * narrow

    def place(point: Point) -> Point:
        return WIDTH / 2 + (point[1] - longitude) * shrunk, HEIGHT / 2 - (point[0] - latitude) * scale

    paths = []
    for ring, (south, west, north, east) in _land():
        near = abs(latitude - (south + north) / 2) < (north - south + tall) / 2
        if near and west < longitude + WIDTH / shrunk / 2 and east > longitude - WIDTH / shrunk / 2:
            clipped = _clipped([place(point) for point in ring])
            outline = [f"{x:.0f} {y:.0f}" for x, y in _without_repeats(clipped)]
            if len(outline) > 2:
                paths.append("M" + "L".join(outline) + "z")
    dots, taken = [], []
    for north, east, count in sorted(points, key=lambda point: -point[2]):
        x, y = place((north, east))
        radius = min(16, 7 + math.isqrt(max(count, 1)))
        dots.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius}"/>')
        taken.append((x - radius, y - radius, x + radius, y + radius))
    names = "".join(_named([(name, place((north, east))) for name, north, east in _world()["cities"]], taken))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#4b6b50" fill-opacity=".18"/>'
        f'<path d="{"".join(paths)}" fill="#fbf6ec" stroke="#87755c"/>'
        f"<style>@media (max-width: 419px) {{ text {{ display: none }} }}</style>"
        f'<g fill="#62554a" font-family="sans-serif" font-size="11">{names}</g>'
        f'<g fill="#6d3a5d" stroke="#fffaf0" stroke-width="3">{"".join(dots)}</g></svg>\n'
    )


def _named(towns: Iterable[tuple[str, Point]], points: Sequence[Box]) -> Iterator[str]:
    """The names of those that have room beside the points and beside each other, the first ones first.

    They stand in the middle of the height, which a page shows whatever it cuts off.
    """
    left, taken = _NAMES, list(points)
    for name, (x, y) in towns:
        if not (4 < x < WIDTH - 4 and HEIGHT / 5 < y < HEIGHT * 4 / 5):
            continue
        under = next((box for box in points if box[0] < x < box[2] and box[1] < y < box[3]), None)
        start = under[2] + 3 if under else x - 3
        words = name if under else f"• {name}"
        box = (start, y - _HIGH / 2, start + _WIDE * len(words), y + _HIGH / 2)
        free = all(box[2] < one[0] or box[0] > one[2] or box[3] < one[1] or box[1] > one[3] for one in taken)
        if free and box[2] < WIDTH - 2:
            taken.append(box)
            yield f'<text x="{start:.0f}" y="{y + 4:.0f}">{escape(words)}</text>'
            left -= 1
            if not left:
                return


@cache
def _world() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


@cache
def _land() -> Sequence[tuple[Sequence[Point], tuple[float, float, float, float]]]:
    """The outline of every piece of land, with its bounds: south, west, north, east."""
    world = _world()
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

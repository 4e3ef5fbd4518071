"""Which clocks a place goes by: the time zones of its country, and the nearest of them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

# ±DDMM±DDDMM or ±DDMMSS±DDDMMSS, as ISO 6709 writes the middle of a zone's chief city.
_POINT = re.compile(r"([+-])(\d\d)(\d\d)(?:\d\d)?([+-])(\d{3})(\d\d)(?:\d\d)?")


def zones() -> Sequence[str]:
    """The names of the time zones people live in, by name, without the old ones kept for old files."""
    return sorted(name for listed in _table().values() for name, _latitude, _longitude in listed)


def zone(country: str, latitude: float, longitude: float) -> str | None:
    """The time zone at a point of a country (an ISO 3166 code): of its zones the one whose chief city is nearest.

    None for a country nobody listed.
    """
    squeeze = math.cos(math.radians(latitude))
    listed = _table().get(country, ())
    return min(
        listed,
        key=lambda row: (row[1] - latitude) ** 2 + ((row[2] - longitude) * squeeze) ** 2,
        default=(None, 0.0, 0.0),
    )[0]


@cache
def _table() -> Mapping[str, Sequence[tuple[str, float, float]]]:
    found: dict[str, list[tuple[str, float, float]]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines():
        country, _tab, rest = line.partition("\t")
        if len(country) == 2 and (point := _POINT.match(rest)) is not None:
            north, degrees, minutes, east, far, parts = point.groups()
            latitude = (int(degrees) + int(minutes) / 60) * (1 if north == "+" else -1)
            longitude = (int(far) + int(parts) / 60) * (1 if east == "+" else -1)
            found.setdefault(country, []).append((rest.split("\t")[1], latitude, longitude))
    return found

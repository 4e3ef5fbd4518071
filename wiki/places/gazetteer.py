"""Reading the gazetteer: one file of lines sorted by key, looked through where it lies.

The file is mapped, not loaded: opening it costs nothing, its memory is shared by all processes and given back when
others need it, and a lookup is a search by halves.
"""

from __future__ import annotations

import heapq
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wiki.rendering import link_key

FILE = Path(__file__).with_name("places.tsv")
# Where French people look first: a country's places weigh more the nearer it is to them. The overseas territories
# have codes of their own and belong to France all the same.
FRANCE = frozenset("FR GP MQ GF RE YT PM BL MF NC PF WF".split())

# Nobody types a longer name; the longest in the world has 58 letters.
LONGEST = 80
_EXACT = 130
_SAINT = re.compile(r"(?<![^-])s(t|te)(?=-)")
_LAST_SAINT = re.compile(r"(?<![^-])s(t|te)$")
_RANK = re.compile(r"(?<=-\d)(?:er|e|eme)?(?:-arr(?:ondissement)?)?$|(?<=-\d\d)(?:e|eme)?(?:-arr(?:ondissement)?)?$")
_PARTS = re.compile(r"[,;()/]| [-–—] ")
_POSTCODE = re.compile(r"^\s*(?:[A-Z]{1,2}-)?\d{4,5}\s+|\s+\d{4,5}\s*$")


@dataclass(frozen=True)
class Place:
    """A city, a town, or a district of one. `region` is what tells it from its namesakes: in France the department.

    `latitude` and `longitude` are degrees (WGS 84) of its middle; `precision` is "ville", or "quartier" for a
    district; `country` an ISO 3166 code; `population` a number of people.
    """

    name: str
    region: str
    country: str
    latitude: float
    longitude: float
    population: int
    precision: str


def place_key(name: str) -> str:
    """What the spellings of a place's name share: no case, accents or punctuation, "St" as "Saint", "3e" as "3"."""
    key = _LAST_SAINT.sub(r"sain\1", _SAINT.sub(r"sain\1", link_key(name[:LONGEST])))
    return _RANK.sub("", key)


def suggest(prefix: str, limit: int = 8) -> list[Place]:
    """The places whose name, or another name they go by, begins like `prefix`: at most `limit`, likeliest first.

    Larger ones come first, those of France and of other French-speaking countries before others of their size. Less
    than two letters suggest nothing.
    """
    typed = link_key(prefix[:LONGEST])
    if len(typed) < 2:
        return []
    keys = {_SAINT.sub(r"sain\1", typed), place_key(prefix)}
    if prefix[-1:].isspace() or prefix.endswith("-"):
        wholes = keys
        keys = {_LAST_SAINT.sub(r"sain\1", key) for key in keys}
    else:
        wholes = set()
    found: dict[bytes, int] = {}
    for key in keys:
        for known, weight, row in _lines(key):
            if known == key:
                weight += _EXACT
            elif wholes and known[len(key)] != "-":
                continue
            found[row] = max(weight, found.get(row, weight))
    return [_place(row) for row, _weight in heapq.nlargest(limit, found.items(), key=lambda item: item[1])]


def find(name: str, country: str | None = None) -> Place | None:
    """The likeliest place called `name`, in the country of this code where one is given; None if none is known.

    `name` may go on with a precise spot, a department or a postcode, as people write: "Brest, BU Lettres",
    "Saint-Denis (La Réunion)", "29810 Plouarzel".
    """
    name = name[:400]
    first, *rest = [part for part in _PARTS.split(name) if part.strip()] or [""]
    hints = {link_key(part) for part in rest}
    # A place may be called so itself, "Aeugst (Dorf)": as much of the name as is one comes first.
    beginnings = [name[: found.start()] for found in _PARTS.finditer(name)][-1:0:-1]
    for spelling in dict.fromkeys((name, *beginnings[:8], first, _POSTCODE.sub("", first))):
        key = place_key(spelling)
        candidates = [
            (link_key(place.region) in hints, weight, place)
            for known, weight, row in _lines(key)
            if known == key and _is_in((place := _place(row)).country, country)
        ]
        if candidates:
            return max(candidates, key=lambda candidate: candidate[:2])[2]
    return None


def _is_in(country: str, wanted: str | None) -> bool:
    return not wanted or country == wanted or (wanted == "FR" and country in FRANCE)


@cache
def _file() -> mmap.mmap:
    with FILE.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _lines(prefix: str) -> Iterator[tuple[str, int, bytes]]:
    """Key, weight and row of the lines whose key begins with `prefix`. An empty prefix has none."""
    wanted = prefix.encode()
    if not wanted:
        return
    data = _file()
    position = _first(data, wanted)
    while data[position : position + len(wanted)] == wanted:
        end = data.find(b"\n", position)
        key, weight, row = data[position:end].split(b"\t", 2)
        yield key.decode(), int(weight), row
        position = end + 1


def _first(data: mmap.mmap, wanted: bytes) -> int:
    """Where the first line begins whose key is not before `wanted`."""
    low, high = 0, len(data)
    while low < high:
        middle = (low + high) // 2
        start = data.rfind(b"\n", low, middle) + 1 or low
        end = data.find(b"\n", start) + 1
        if data[start : data.find(b"\t", start)] < wanted:
            low = end
        else:
            high = start
    return low


def _place(row: bytes) -> Place:
    name, region, country, latitude, longitude, population, precision = row.decode().split("\t")
    return Place(name, region, country, float(latitude), float(longitude), int(population), precision)

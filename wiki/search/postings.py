"""What a document leaves in the index: the forms it can be found by, how much each says of it, and where it stands.

How much a form says is its *impact*, 1 to 255, fixed when the document is indexed (BM25 over zones of different
weight): a query then only adds impacts, each times how telling its word is.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from wiki.search.analysis import (
    ANALYSIS_VERSION,
    Place,
    analyser,
    fold,
    joined_form,
    name_keys,
    parts_of,
    tidied,
    tokens,
)
from wiki.search.interface import SearchDocument

# Raise it whenever the same document may leave something else behind.
POSTINGS_VERSION = f"5-{ANALYSIS_VERSION}"

BODY_MAXIMUM = 200_000
POSITION_MAXIMUM = 65_535
# Between zones, and between two names: no phrase reaches across.
GAP = 8
SATURATION = 4.0

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)


@dataclass(frozen=True)
class Zone:
    """A part of a document: its weight, its usual length in words, and how much a greater length dilutes it.

    Where it is `named`, two words that follow each other are also found written as one: copyparty, repaircafé.
    """

    weight: float
    usual: int
    dilution: float
    named: bool = False


ZONES: Mapping[str, Zone] = {
    "title": Zone(8.0, 5, 0.5, named=True),
    "aliases": Zone(5.0, 8, 0.6, named=True),
    "place": Zone(5.0, 4, 0.3),
    "dates": Zone(5.0, 3, 0.0),
    "themes": Zone(4.5, 8, 0.2),
    "headings": Zone(1.5, 30, 0.4),
    "labels": Zone(2.0, 10, 0.0),
    "body": Zone(1.0, 350, 0.6),
}

# Facets whose first value tells more than the others.
LED = ("theme", "recipe")

# How well a surface word names a page, for suggestions and corrections.
NAMES_TITLE, NAMES_ALIAS, NAMES_NOTHING = 3, 2, 1


class Posting(NamedTuple):
    """How much a form says of a document, and at which places it stands."""

    impact: int
    positions: array[int]


def postings(document: SearchDocument) -> dict[str, Posting]:
    """Every form of a document, stop words apart."""
    weights: dict[str, float] = {}
    positions: dict[str, array[int]] = {}
    analyse = analyser(document.language).places
    position = 0
    for zone, texts in zones(document):
        rows = [analyse(tidied(text)) for text in texts]
        if zone.named:
            rows = [with_joined(row) for row in rows]
        length = sum(map(len, rows))
        share = zone.weight / (1 - zone.dilution + zone.dilution * max(length, 1) / zone.usual)
        for row in rows:
            for forms in row:
                for form in forms:
                    if form in weights:
                        weights[form] += share
                        if position <= POSITION_MAXIMUM:
                            positions[form].append(position)
                    else:
                        weights[form] = share
                        positions[form] = array("H", (position,) if position <= POSITION_MAXIMUM else ())
                position += 1
            position += GAP
    return {
        form: Posting(1 + int(254 * weight / (SATURATION + weight)), positions[form])
        for form, weight in weights.items()
    }


def with_joined(row: list[Place]) -> list[Place]:
    """The places of a name, each with the form it makes in one word with the next."""
    joined: list[Place] = []
    for place, following in zip(row, [*row[1:], ()], strict=False):
        joined.append((*place, fold(place[-1] + following[-1])) if place and following else place)
    return joined


def zones(document: SearchDocument) -> Iterator[tuple[Zone, Sequence[str]]]:
    """The texts of each zone, the most telling first."""
    yield ZONES["title"], [document.title]
    yield ZONES["aliases"], [alias.replace("-", " ") for alias in document.aliases]
    yield ZONES["place"], [document.place]
    yield ZONES["dates"], [*map(str, years(document)), *month_words(document)]
    yield ZONES["themes"], document.themes
    yield ZONES["headings"], document.headings
    yield ZONES["labels"], document.labels
    yield ZONES["body"], [document.body[:BODY_MAXIMUM]]


def years(document: SearchDocument) -> tuple[int, ...]:
    """The years of a document: those given, else those from its first to its last day."""
    if document.years:
        return tuple(document.years)
    first, last = document.starts_on[:4], document.ends_on[:4]
    if not first.isdigit():
        return ()
    return tuple(range(int(first), min(int(last), int(first) + 20) + 1)) if last.isdigit() else (int(first),)


def month_words(document: SearchDocument) -> tuple[str, ...]:
    """The month a document begins in, in French words."""
    month = document.starts_on[5:7]
    return (MONTHS[int(month) - 1],) if month.isdigit() and 1 <= int(month) <= 12 else ()


def keys(document: SearchDocument) -> dict[str, tuple[int, str]]:
    """The keys of its names, and whether each is its title or another name."""
    names = [(NAMES_ALIAS, alias) for alias in document.aliases] + [(NAMES_TITLE, document.title)]
    return {key: (rank, key) for rank, name in names for key in name_keys(name) if key}


def surface(document: SearchDocument) -> dict[str, tuple[int, str]]:
    """Its telling words without accents: how well each names it, and how it is written. For suggestions."""
    found: dict[str, tuple[int, str]] = {}
    sources = (
        (NAMES_NOTHING, (document.place, *document.themes, *document.headings, *document.labels)),
        (NAMES_ALIAS, document.aliases),
        (NAMES_TITLE, (document.title,)),
    )
    for rank, texts in sources:
        for text in texts:
            for token in tokens(tidied(text)):
                for folded, written in _surfaces(token[0]):
                    found[folded] = rank, written
    return found


@lru_cache(maxsize=30_000)
def _surfaces(token: str) -> tuple[tuple[str, str], ...]:
    """The words of a token without accents, and as they are written."""
    parts = parts_of(token[:64])
    words = (*parts, "".join(parts)) if joined_form(parts) else parts
    return tuple((fold(word), word.lower()) for word in words)


def simple_words(text: str) -> list[str]:
    """The words of a text, compounds taken apart, stop words included."""
    return [part for token in tokens(tidied(text)) for part in parts_of(token[0][:64])]


def first(name: str) -> str:
    """The facet that holds the first value of a facet alone: what a page is about above all."""
    return f"first {name}"


def facets(document: SearchDocument) -> dict[str, list[str]]:
    """All values of a document to filter and count by."""
    own = {"kind": [document.kind], "language": [document.language], "year": [str(year) for year in years(document)]}
    given = {name: [clean_value(value) for value in values if value] for name, values in document.facets.items()}
    own |= {first(name): values[:1] for name, values in given.items() if name in LED}
    return {name: list(dict.fromkeys(values)) for name, values in chain(given.items(), own.items()) if values}


def clean_value(value: str) -> str:
    """A value as it is kept and asked for: without controls, at a length any index can hold."""
    return tidied(value)[:200]


def order_key(title: str) -> str:
    """What titles are put in order by."""
    return " ".join(map(fold, simple_words(title)))[:120] or fold(tidied(title))[:120]


_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def first_day(date: str) -> int:
    """A partial date as the number of its first day, 20131012 for 2013-10-12; 0 where it is none."""
    return _day(date, 1, 1)


def last_day(date: str) -> int:
    """A partial date as the number of its last day (day 31 of any month does); 0 where it is none."""
    return _day(date, 12, 31)


def _day(date: str, month: int, day: int) -> int:
    match = _DATE.match(date)
    if not match:
        return 0
    return int(match[1]) * 10_000 + int(match[2] or month) * 100 + int(match[3] or day)


_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_QUARTER = timedelta(minutes=15)


def quarter(instant: datetime) -> int:
    """The number of the quarter of an hour an instant lies in. Days begin on one, whatever their zone."""
    return (instant - _BEGINNING) // _QUARTER

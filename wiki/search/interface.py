"""What the rest of the wiki says to a search engine, and hears from it. Plain values; no engine in sight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

Progress = Callable[[int], None]


class SearchError(Exception):
    """Something about the index; never about what was typed."""


class IndexUnavailable(SearchError):
    """There is no index that can be read: none yet, a deleted or damaged one, or one of another version.

    Search in the database instead, and rebuild.
    """


class IndexBusy(SearchError):
    """Another process is writing. Try again soon."""


class IndexNotWritten(SearchError):
    """The disk is full, or the folder may not be written. What is there stays good; try again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDocument:
    """One page, as the index is to know it.

    `aliases` are other names: old addresses, synonyms. `themes` and `labels` are words for what the page is about
    and for what it is (its kind, country, edition, in words); labels weigh less. `facets` are values to filter and
    count by, those of ancestors included; kind, language and year are added by the engine. Dates are YYYY[-MM[-DD]];
    `past_from` is the instant from which a gathering is past, on the clocks of its own place.
    `stands_for` is the facet value whose page this is, as ("theme", "cartes-ouvertes"): whoever types one of the
    page's names also finds the pages that carry the value. `popularity` breaks ties. `origin_id` is the page this one
    is a variant of; the pages that variants come from say `has_variants`.
    """

    page_id: int
    revision_id: int
    kind: str
    title: str
    language: str = "fr"
    aliases: Sequence[str] = ()
    headings: Sequence[str] = ()
    themes: Sequence[str] = ()
    labels: Sequence[str] = ()
    place: str = ""
    body: str = ""
    starts_on: str = ""
    ends_on: str = ""
    past_from: datetime | None = None
    years: Sequence[int] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    latitude: float | None = None
    longitude: float | None = None
    popularity: int = 0
    stands_for: tuple[str, str] | None = None
    origin_id: int | None = None
    has_variants: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Within `kilometres` of a point."""

    latitude: float
    longitude: float
    kilometres: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for. Values of one facet are alternatives, facets narrow each other.

    `when` is "", "past" or "coming" at the instant `at`; `since` and `until` are inclusive and may be partial dates;
    `order` is "relevance", "newest", "oldest", "title" or "changed" (the text that changed last first; relevance
    without words is newest). `counted` names the facets to count, at most `values` values each. With `as_families` a
    family of variants is one hit, its best, and total, pages and counts are those of hits. `family` leaves the family
    of that page alone.
    """

    words: str = ""
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    when: str = ""
    since: str = ""
    until: str = ""
    near: Near | None = None
    order: str = "relevance"
    page: int = 1
    per_page: int = 20
    at: datetime | None = None
    counted: Sequence[str] = ()
    values: int = 50
    as_families: bool = False
    family: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A page found. `score` compares within one answer only; `others` of its family were found too, best first."""

    page_id: int
    score: float = 0.0
    others: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """An answer. `page` is the page given, the last one where the one asked for is beyond it.

    `facets` hold (value, count), most frequent first: what each value would give with the other filters as they
    are. `years` count likewise. `suggestion` is the text to try instead; `unknown` are the words no page holds,
    `ignored` those too common to look for.
    """

    total: int
    hits: Sequence[Hit]
    page: int = 1
    facets: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    years: Mapping[int, int] = field(default_factory=dict)
    suggestion: str | None = None
    unknown: Sequence[str] = ()
    ignored: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What someone may be about to type: a page, or a value of a facet (a place) with how many pages carry it."""

    page_id: int | None = None
    facet: str = ""
    value: str = ""
    count: int = 0


class Engine(Protocol):
    """A search engine. Every call may raise IndexUnavailable; those that write may raise IndexBusy, IndexNotWritten."""

    @property
    def last_task(self) -> int:
        """The last task the index holds, 0 for none: written together with the pages."""
        ...

    def index(
        self, documents: Iterable[SearchDocument], *, delete: Iterable[int] = (), last_task: int | None = None
    ) -> None:
        """Put these pages in the place of what the index holds of them, take others out, all at once."""
        ...

    def delete(self, page_ids: Iterable[int], *, last_task: int | None = None) -> None:
        """Take these pages out."""
        ...

    def rebuild(
        self, documents: Iterable[SearchDocument], *, last_task: int = 0, progress: Progress | None = None
    ) -> None:
        """Build anew, in the place of whatever there is, once complete. `progress` hears how many pages are in."""
        ...

    def search(self, query: Query) -> Results:
        """Answer a query. Nothing typed is an error."""
        ...

    def suggest(self, text: str, limit: int = 8, *, places: str = "city") -> list[Suggestion]:
        """Pages whose names, and places (values of the facet `places`), begin like what was typed so far."""
        ...

    def state(self) -> dict[int, int]:
        """The revision the index holds of each page, by page."""
        ...

    def tidy(self) -> bool:
        """Spend idle time on keeping searches fast. True where there was something to do."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...

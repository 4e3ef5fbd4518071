"""What an agenda holds, whatever the format it is written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from urllib.parse import urlsplit

State = Literal["announced", "done", "postponed", "cancelled"]


@dataclass(frozen=True)
class Span:
    """One stretch of time.

    With a time of day, `starts` and `ends` are instants in the zone of the place; else they are days, both inside.
    `known` says how much is known of them: "day" or less means no time; "month" and "year" mean some days among these.
    `state` is that of this stretch alone, where it has one.
    `first` and `last` write them in ISO 8601 as far as they are known: "2011", "2011-10", "2011-10-06", or an instant;
    `written` is how the page writes both.
    """

    starts: date | datetime
    ends: date | datetime
    known: Literal["minute", "day", "month", "year"]
    first: str
    last: str
    written: str
    state: State | None = None


@dataclass(frozen=True)
class Entry:
    """One event. `number` is its own for ever; `changes` grows with each change; `point` is latitude, longitude."""

    number: int
    title: str
    url: str
    spans: Sequence[Span]
    changes: int
    created: datetime
    updated: datetime
    kind: str = "event"
    state: State = "announced"
    summary: str = ""
    place: str = ""
    point: tuple[float, float] | None = None
    precision: str = ""
    themes: Sequence[str] = ()
    organizers: Sequence[str] = ()
    edition: str = ""
    language: str = "fr"

    @property
    def uid(self) -> str:
        """Its name in the world, where this wiki bears that of the host in its address."""
        return f"page-{self.number}@{urlsplit(self.url).netloc}"

    def state_of(self, span: Span) -> State:
        """What became of one of its dates: what is said of all, else what is said of that one."""
        return self.state if self.state in ("cancelled", "postponed") else span.state or self.state

    @property
    def standing(self) -> Sequence[Span]:
        """Its dates but those that were cancelled; all where none stands."""
        return [span for span in self.spans if span.state != "cancelled"] or self.spans

    @property
    def dates(self) -> str:
        """Every date as pages write it, in one line that can be read back."""
        return " ; ".join(span.written for span in self.spans)

    @property
    def first(self) -> str:
        """When it begins, as far as it is known; empty where nothing is."""
        return self.standing[0].first if self.spans else ""

    @property
    def last(self) -> str:
        """When it is over, likewise; its beginning where no end is known."""
        return max(span.last for span in self.standing) if self.spans else ""

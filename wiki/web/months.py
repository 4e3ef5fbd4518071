"""A month of the agenda as a calendar on the wall: weeks, days, and what each day holds."""

from __future__ import annotations

import re
from calendar import Calendar, monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from flask_babel import format_date

from wiki import pages
from wiki.agenda import Entry, Span, State
from wiki.pages import Query
from wiki.web import visitor
from wiki.web.addresses import absolute

# More on one wall could not be read; the list holds them all.
EVENTS_MAXIMUM = 400
# What lasts longer would fill the wall by itself: it is said once, below.
LASTING_DAYS = 7
_FIRST, _LAST = 1000, 2999


@dataclass(frozen=True)
class Shown:
    """An event on a day; `at` is its time where it begins that day at a known time, `state` that of this date."""

    entry: Entry
    at: str
    state: State


@dataclass
class Day:
    """One square of the wall; `outside` the month it belongs to a neighbour and holds nothing."""

    date: date
    outside: bool
    is_today: bool
    words: str
    events: list[Shown] = field(default_factory=list)


@dataclass(frozen=True)
class Month:
    """What a month holds. `lasting` are events too long to stand on each day, `inexact` those of which no day is known.

    `nearest` is a month that has something, where this one has nothing.
    """

    title: str
    weeks: Sequence[Sequence[Day]]
    weekdays: Sequence[str]
    lasting: Sequence[Entry]
    inexact: Sequence[Entry]
    before: str
    after: str
    now: str
    total: int
    held: int
    nearest: str = ""
    misread: bool = False


def month(query: Query, asked: str, today: str) -> Month:
    """The month asked for as YYYY-MM, else today's, with what this query finds in it."""
    found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", asked)
    known = found is not None and _FIRST <= int(found[1]) <= _LAST
    year, number = (int(part) for part in (asked if known else today)[:7].split("-"))
    length = monthrange(year, number)[1]
    first = date(year, number, 1)
    answer = pages.look_for(
        visitor.actor(),
        replace(
            query, since=first.isoformat(), until=first.replace(day=length).isoformat(), order="oldest", page=1,
            per_page=EVENTS_MAXIMUM, counted=(), as_families=False,
        ),
    )  # fmt: skip
    entries = pages.agenda_entries(visitor.actor(), answer.rows, lambda slug: absolute("reading.page", slug=slug))
    weeks = _weeks(year, number, today)
    days = {day.date: day for week in weeks for day in week if not day.outside}
    lasting: dict[int, Entry] = {}
    inexact: dict[int, Entry] = {}
    for entry in entries:
        for span in entry.spans:
            if span.known in ("month", "year"):
                inexact[entry.number] = entry
            elif _place(entry, span, days):
                lasting[entry.number] = entry
    return Month(
        title=format_date(first, "MMMM yyyy"),
        weeks=weeks,
        weekdays=[format_date(day.date, "EEEE") for day in weeks[0]],
        lasting=list(lasting.values()),
        inexact=list(inexact.values()),
        before=(first - timedelta(days=1)).isoformat()[:7] if year > _FIRST else "",
        after=(first + timedelta(days=length)).isoformat()[:7] if year < _LAST else "",
        now=today[:7],
        total=answer.total,
        held=len(entries),
        nearest="" if entries else _nearest(query),
        misread=bool(asked) and not known,
    )


def _weeks(year: int, number: int, today: str) -> list[list[Day]]:
    return [
        [
            Day(day, day.month != number, day.isoformat() == today, pages.day_words(day, weekday=True))
            for day in week
        ]
        for week in Calendar().monthdatescalendar(year, number)
    ]


def _place(entry: Entry, span: Span, days: dict[date, Day]) -> bool:
    """Put an event on each of its days that are here, on its own clocks; True where it lasts too long for that."""
    first, last = _days(span)
    if first > max(days) or last < min(days):
        return False
    if (last - first).days >= LASTING_DAYS:
        return True
    day = max(first, min(days))
    while day <= min(last, max(days)):
        at = ""
        if isinstance(span.starts, datetime) and day == first:
            at = pages.time_words(span.starts.time())
        days[day].events.append(Shown(entry, at, entry.state_of(span)))
        day += timedelta(days=1)
    return False


def _days(span: Span) -> tuple[date, date]:
    """The first and last day a span touches; what ends at midnight does not touch the day that begins."""
    if not isinstance(span.starts, datetime) or not isinstance(span.ends, datetime):
        return span.starts, span.ends
    last = span.ends
    if last > span.starts and last.hour == last.minute == 0:
        last -= timedelta(minutes=1)
    return span.starts.date(), last.date()


def _nearest(query: Query) -> str:
    """The month of the newest page this query finds, whenever that is."""
    query = replace(query, order="newest", page=1, per_page=1, counted=(), as_families=False)
    rows = pages.look_for(visitor.actor(), query).rows
    return (rows[0].starts_on or "")[:7] if rows and len(rows[0].starts_on or "") >= 7 else ""

"""iCalendar (RFC 5545, with the names and refreshing of RFC 7986), as calendars subscribe to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vDuration

from wiki.agenda.entry import Entry, Span, State

MEDIA_TYPE = "text/calendar; charset=utf-8"
REFRESHED_EVERY = timedelta(hours=6)
# Before zones were kept by the second they were kept by the sun: what is older stands as its own clocks showed it.
_FIRST_ZONED_YEAR = 1970
_STATUS: Mapping[State, str] = {
    "announced": "CONFIRMED",
    "done": "CONFIRMED",
    "postponed": "TENTATIVE",
    "cancelled": "CANCELLED",
}
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Cover:
    """What a calendar says of itself. `host` makes its names unique in the world.

    `states` are words put before the title of what is not simply to come, for many calendars show no status;
    `inexact` are the words for a date known to the month or the year only.
    """

    name: str
    host: str
    url: str
    description: str = ""
    states: Mapping[State, str] = field(default_factory=dict)
    inexact: str = ""


def write(cover: Cover, entries: Iterable[Entry]) -> bytes:
    """A calendar of these entries, an event for each of their dates; the same bytes for the same entries."""
    calendar = Calendar()
    calendar.add("prodid", "-//Levain//agenda//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, _clean(cover.name))
    if cover.description:
        for name in ("description", "x-wr-caldesc"):
            calendar.add(name, _clean(cover.description))
    calendar.add("url", cover.url)
    calendar.add("refresh-interval", vDuration(REFRESHED_EVERY), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESHED_EVERY))
    used: dict[str, tuple[int, int]] = {}
    events = [event for entry in entries for event in _events(cover, entry, used)]
    for name in sorted(used):
        calendar.add_component(_timezone(name, *used[name]))
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical(sorted=False))


def _events(cover: Cover, entry: Entry, used: dict[str, tuple[int, int]]) -> Iterator[Event]:
    for span, name in zip(entry.spans, names(entry), strict=True):
        event = Event()
        event.add("uid", f"{name}@{cover.host}")
        event.add("dtstamp", entry.updated.astimezone(UTC))
        event.add("created", entry.created.astimezone(UTC))
        event.add("last-modified", entry.updated.astimezone(UTC))
        event.add("sequence", entry.changes)
        _add_time(event, span, used)
        state = entry.state_of(span)
        words = cover.states.get(state, "")
        event.add("summary", _clean(f"{words} : {entry.title}" if words else entry.title))
        event.add("status", _STATUS[state])
        if state in ("done", "postponed"):
            # What no status of a calendar says.
            event.add("x-levain-state", state)
        if span.known in ("month", "year"):
            event.add("x-levain-date", span.written)
        if entry.edition:
            event.add("x-levain-edition", _clean(entry.edition))
        event.add("transp", "TRANSPARENT")
        inexact = f"{cover.inexact} : {span.first}" if span.known in ("month", "year") else ""
        event.add("description", _clean("\n\n".join(part for part in (inexact, entry.summary, entry.url) if part)))
        event.add("url", entry.url)
        if entry.place:
            event.add("location", _clean(entry.place))
        if entry.point is not None:
            event.add("geo", entry.point)
        if entry.themes:
            event.add("categories", [_clean(theme) for theme in entry.themes])
        for organizer in entry.organizers:
            event.add("contact", _clean(organizer))
        yield event


def names(entry: Entry) -> Sequence[str]:
    """What each date of an entry is called, in order, whatever is said of it or of the others.

    The first one bears the name of the entry, so that a single date keeps its name when it moves; the others add
    their day, and their rank where a day has several.
    """
    found, held = [], Counter[str]()
    for rank, span in enumerate(entry.spans):
        day = span.first[:10].replace("-", "")
        held[day] += rank > 0
        again = f"-{held[day]}" if held[day] > 1 else ""
        found.append(f"page-{entry.number}" + (f"-{day}{again}" if rank else ""))
    return found


def _add_time(event: Event, span: Span, used: dict[str, tuple[int, int]]) -> None:
    if not isinstance(span.starts, datetime) or not isinstance(span.ends, datetime):
        event.add("dtstart", span.starts)
        event.add("dtend", span.ends + timedelta(days=1))
        return
    moments = [span.starts, span.ends] if span.ends > span.starts else [span.starts]
    zone = span.starts.tzinfo
    if span.starts.year < _FIRST_ZONED_YEAR:
        moments = [moment.replace(tzinfo=None) for moment in moments]
    elif isinstance(zone, ZoneInfo) and zone.key not in ("UTC", "Etc/UTC"):
        first, last = used.get(zone.key, (span.starts.year, span.ends.year))
        used[zone.key] = min(first, span.starts.year), max(last, span.ends.year)
    else:
        moments = [moment.astimezone(UTC) for moment in moments]
        # A calendar shows an instant on the reader's own clocks; this one goes by universal time.
        event.add("x-levain-zone", zone.key if isinstance(zone, ZoneInfo) else "UTC")
    for name, moment in zip(("dtstart", "dtend"), moments, strict=False):
        event.add(name, moment)


@lru_cache(maxsize=64)
def _timezone(name: str, first: int, last: int) -> Timezone:
    """How the clocks of a zone go from the first of these years to the end of the last.

    Written from what Python knows of the zone, onset by onset, each told as the clocks show it before they change.
    """
    zone = ZoneInfo(name)
    at = datetime(first, 1, 1, tzinfo=UTC) - timedelta(days=1)
    end = datetime(last + 1, 1, 2, tzinfo=UTC)
    component = Timezone()
    component.add("tzid", name)
    component.add_component(_onset(zone, at, at))
    while at < end:
        after = at + timedelta(days=1)
        if after.astimezone(zone).utcoffset() != at.astimezone(zone).utcoffset():
            component.add_component(_onset(zone, *_change(zone, at, after)))
        at = after
    return component


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> tuple[datetime, datetime]:
    """The last second of one offset and the first of the next, between two instants."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset():
            before = middle
        else:
            after = middle
    return before, after


def _onset(zone: ZoneInfo, before: datetime, after: datetime) -> TimezoneStandard | TimezoneDaylight:
    old, new = before.astimezone(zone), after.astimezone(zone)
    component = TimezoneDaylight() if new.dst() else TimezoneStandard()
    clocks = after.astimezone(UTC).replace(tzinfo=None) + (old.utcoffset() or timedelta())
    component.add("dtstart", clocks)
    component.add("tzoffsetfrom", old.utcoffset() or timedelta())
    component.add("tzoffsetto", new.utcoffset() or timedelta())
    component.add("tzname", new.tzname() or "")
    return component


def _clean(text: str) -> str:
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


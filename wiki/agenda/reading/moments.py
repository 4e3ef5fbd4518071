"""Dates and times as other programs write them, and the form in which pages take them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_STAMP = re.compile(
    r"(?P<year>\d{4,6})(?P<dash>-?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})"
    r"(?:[T ](?P<hour>\d{2}):?(?P<minute>\d{2})(?::?\d{2}(?:[.,]\d{1,9})?)?(?P<offset>Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def known_zone(name: str) -> str | None:
    """The IANA name of a zone, also from Windows' names and from paths that end in one; None for any other."""
    name = name.strip().strip('"')
    if (found := _zones().get(name.casefold())) or (found := WINDOWS_TO_OLSON.get(name)):
        return found
    parts = name.strip("/").split("/")
    return next((found for count in (3, 2) if (found := _zones().get("/".join(parts[-count:]).casefold()))), None)


class Stamp:
    """A day or a moment that is written in digits: `day`, `at` ("14:00" or ""), `offset` ("Z", "+02:00" or "")."""

    def __init__(self, text: str) -> None:
        found = _STAMP.fullmatch(text.strip())
        if found is None:
            raise ValueError(text)
        self.day = f"{found['year']}-{found['month']}-{found['day']}"
        self.at = f"{found['hour']}:{found['minute']}" if found["hour"] else ""
        self.offset = (found["offset"] or "").upper()

    def __str__(self) -> str:
        return f"{self.day}T{self.at}" if self.at else self.day

    @property
    def value(self) -> date | datetime | None:
        """The same as a date or a moment on the clocks of its place; None where the calendar has no such day."""
        try:
            day = date.fromisoformat(self.day)
            return datetime.combine(day, datetime.strptime(self.at, "%H:%M").time()) if self.at else day
        except ValueError:
            return None

    def on_clocks_of(self, own: str, wanted: str) -> datetime | None:
        """The moment as the clocks of zone `wanted` show it; where no offset is told it is of zone `own`."""
        value = self.value
        if not isinstance(value, datetime):
            return None
        try:
            if self.offset == "Z":
                aware = value.replace(tzinfo=UTC)
            elif self.offset:
                sign = -1 if self.offset[0] == "-" else 1
                hours, minutes = int(self.offset[1:3]), int(self.offset[-2:])
                aware = value.replace(tzinfo=UTC) - sign * timedelta(hours=hours, minutes=minutes)
            elif own == wanted:
                return value
            else:
                aware = value.replace(tzinfo=ZoneInfo(own))
            return aware.astimezone(ZoneInfo(wanted)).replace(tzinfo=None)
        except (OverflowError, ValueError):
            return None


def written(starts: date | datetime, ends: date | datetime | None, zone: str, default: str) -> str:
    """A session as pages write it: two days, both inside, or two moments, and the zone where it is not `default`."""
    first, last = _one(starts), _one(ends) if ends is not None and ends != starts else ""
    suffix = f" {zone}" if isinstance(starts, datetime) and zone != default else ""
    return f"{first}/{last}{suffix}" if last else f"{first}{suffix}"


def _one(value: date | datetime) -> str:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()


def session(first: str, last: str, zone: str, default: str) -> str:
    """A session from what a cell or a property says of its start and end, in digits or in words.

    What is not understood comes back as it was written, for whoever checks it to refuse with a reason.
    """
    try:
        begins = Stamp(first)
    except ValueError:
        return f"{first} - {last}" if last and last != first else first
    try:
        ends = Stamp(last) if last else None
    except ValueError:
        return f"{first} - {last}"
    start = begins.on_clocks_of(zone, zone) if begins.at else begins.value
    end = None if ends is None else ends.on_clocks_of(zone, zone) if ends.at else ends.value
    if start is None or (ends is not None and end is None):
        return f"{begins}/{ends}" if ends is not None else str(begins)
    return written(start, end, zone, default)

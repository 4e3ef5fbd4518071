"""Dates that repeat by a rule (RFC 5545, 3.3.10): the first ones, whatever the rule asks for."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from itertools import islice

from dateutil.rrule import rrulestr

from wiki.agenda.reading.moments import Stamp

MOST = 100
# A rule is followed for so long: looking for a 30 February would take until the end of time.
_YEARS = 20
_SLOW = re.compile(r"FREQ=(?:SECONDLY|MINUTELY|HOURLY)|BYHOUR|BYMINUTE|BYSECOND|BYEASTER")
_RULE = re.compile(r"(?:[A-Z]+=[A-Z0-9,+:-]+)(?:;[A-Z]+=[A-Z0-9,+:-]+)*")
_LONGEST = 500


class UnknownRule(ValueError):
    """A rule that is not followed: broken, or by the hour."""


def occurrences(start: datetime, rule: str, zone: str) -> tuple[list[datetime], bool]:
    """The first moments of a rule, and whether there are more; all on the clocks of `zone`, as `start` is.

    Raises UnknownRule.
    """
    rule = rule.strip().upper().strip(";")
    if len(rule) > _LONGEST or not _RULE.fullmatch(rule) or _SLOW.search(rule):
        raise UnknownRule(rule)
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    end = start + timedelta(days=366 * _YEARS) if start.year < 9970 else datetime.max
    if until := parts.pop("UNTIL", ""):
        end = min(end, _until(until, zone))
    count = parts.pop("COUNT", "")
    if not re.fullmatch(r"0*[1-9]\d{0,8}", parts.get("INTERVAL", "1")) or not re.fullmatch(r"\d{0,9}", count):
        raise UnknownRule(rule)
    wanted = min(int(count or MOST + 1), MOST + 1)
    limited = ";".join(f"{name}={value}" for name, value in parts.items()) + f";UNTIL={end:%Y%m%dT%H%M%S}"
    try:
        found = list(islice(rrulestr(limited, dtstart=start), wanted))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise UnknownRule(rule) from error
    return found[:MOST], len(found) > MOST


def _until(text: str, zone: str) -> datetime:
    """The last moment of a rule; a day is inside as a whole."""
    try:
        last = Stamp(text).on_clocks_of("UTC" if text.endswith("Z") else zone, zone) if "T" in text else None
        return last or datetime.combine(date.fromisoformat(Stamp(text).day), time(23, 59))
    except ValueError as error:
        raise UnknownRule(text) from error

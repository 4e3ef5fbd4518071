"""Dates that repeat by a rule (RFC 5545, 3.3.10): the first ones, whatever the rule asks for.

Rules come from anybody's file. What they make the wiki do is counted, day by day looked at, and bounded: by a number of
years for each rule, by a number of days for all rules of a file.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from wiki.agenda.reading.moments import Stamp

MOST = 100
# As many days as three hundred events of a hundred dates need, several times over.
MOST_STEPS = 150_000
# A rule is followed for so long: looking for a 30 February would take until the end of time.
_YEARS = 20
_RULE = re.compile(r"(?:[A-Z]+=[A-Z0-9,+:-]+)(?:;[A-Z]+=[A-Z0-9,+:-]+)*")
_LONGEST = 500
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = re.compile(rf"(?P<rank>[+-]?[0-9]{{1,2}})?(?P<day>{'|'.join(_WEEKDAYS)})")
# What may narrow or widen a rule, by its frequency; any other is refused rather than guessed.
_KNOWN = {
    "DAILY": {"BYMONTH", "BYMONTHDAY", "BYDAY"},
    "WEEKLY": {"BYMONTH", "BYDAY"},
    "MONTHLY": {"BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"},
    "YEARLY": {"BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"},
}


class UnknownRule(ValueError):
    """A rule that is not followed: broken, by the hour, or of a form that calendars do not use."""


class TooManySteps(ValueError):
    """The rules of a file ask to look at more days than is allowed for all of them together."""


class Repetitions:
    """The rules of one file. `steps` counts the days looked at for them so far; `most` is where that ends."""

    def __init__(self, most: int = MOST_STEPS) -> None:
        self.steps = 0
        self._most = most

    def occurrences(self, start: datetime, rule: str, zone: str) -> tuple[list[datetime], bool]:
        """The first moments of a rule, and whether there are more; all on the clocks of `zone`, as `start` is.

        Raises UnknownRule and TooManySteps.
        """
        parts = _parts(rule)
        last = start + timedelta(days=366 * _YEARS) if start.year < 9970 else datetime.max
        if until := parts.pop("UNTIL", ""):
            last = min(last, _until(until, zone))
        count = parts.pop("COUNT", "")
        if not re.fullmatch(r"[0-9]{0,9}", count):
            raise UnknownRule(rule)
        wanted = min(int(count or MOST + 1), MOST + 1)
        found: list[datetime] = []
        for period in _Rule(parts, start).periods(last.date(), self._step):
            for day in period:
                moment = datetime.combine(day, start.time())
                if moment > last or len(found) == wanted:
                    return found[:MOST], len(found) > MOST
                if moment >= start:
                    found.append(moment)
            if len(found) == wanted:
                break
        return found[:MOST], len(found) > MOST

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self._most:
            raise TooManySteps


class _Rule:
    """What a rule asks for beside its end. Raises UnknownRule."""

    def __init__(self, parts: Mapping[str, str], start: datetime) -> None:
        self.frequency = parts.get("FREQ", "")
        interval, first_weekday = parts.get("INTERVAL", "1"), parts.get("WKST", "MO")
        asked = parts.keys() - {"FREQ", "INTERVAL", "WKST"}
        if not asked <= _KNOWN.get(self.frequency, set()) or self.frequency not in _KNOWN:
            raise UnknownRule(self.frequency)
        if not re.fullmatch(r"0*[1-9][0-9]{0,8}", interval) or first_weekday not in _WEEKDAYS:
            raise UnknownRule(interval)
        self.start, self.interval, self.first_weekday = start.date(), int(interval), _WEEKDAYS.index(first_weekday)
        self.months = _numbers(parts.get("BYMONTH", ""), 1, 12)
        self.days = _numbers(parts.get("BYMONTHDAY", ""), -31, 31)
        self.positions = _numbers(parts.get("BYSETPOS", ""), -366, 366)
        self.weekdays = _weekdays(parts.get("BYDAY", ""))
        if self.positions and not (self.days or self.weekdays):
            raise UnknownRule("BYSETPOS")
        if self.frequency == "WEEKLY" and not self.weekdays:
            self.weekdays = {(self.start.weekday(), 0)}
        elif self.frequency in ("MONTHLY", "YEARLY") and not self.weekdays and not self.days:
            self.days = {self.start.day}
            if self.frequency == "YEARLY":
                self.months = self.months or {self.start.month}
        ranked = any(rank for _weekday, rank in self.weekdays)
        if self.frequency == "YEARLY" and ranked and not self.months:
            raise UnknownRule("BYDAY")

    def periods(self, last: date, step: Callable[[], None]) -> Iterator[list[date]]:
        """The days of each day, week, month or year of the rule, in order, until `last`; `step` counts."""
        if self.frequency in ("DAILY", "WEEKLY"):
            weekly = self.frequency == "WEEKLY"
            offset = (self.start.weekday() - self.first_weekday) % 7 if weekly else 0
            opening, length = self.start.toordinal() - offset, 7 if weekly else 1
            for begins in range(opening, last.toordinal() + 1, self.interval * length):
                yield list(self._daily(range(max(1, begins), min(begins + length, date.max.toordinal() + 1)), step))
            return
        opening = self.start.year * 12 + (self.start.month - 1 if self.frequency == "MONTHLY" else 0)
        length = 1 if self.frequency == "MONTHLY" else 12
        for begins in range(opening, last.year * 12 + last.month, self.interval * length):
            step()
            found: list[date] = []
            for month in range(begins, begins + length):
                if not self.months or month % 12 + 1 in self.months:
                    found += self._of_month(month // 12, month % 12 + 1, step)
            yield self._positioned(found)

    def _daily(self, ordinals: range, step: Callable[[], None]) -> Iterator[date]:
        """Those of some days that a rule by the day or the week takes; ranks of weekdays mean nothing there."""
        wanted = {weekday for weekday, _rank in self.weekdays}
        for ordinal in ordinals:
            step()
            day = date.fromordinal(ordinal)
            if (
                (not wanted or day.weekday() in wanted)
                and (not self.months or day.month in self.months)
                and (not self.days or not self.days.isdisjoint((day.day, day.day - _length(day.year, day.month) - 1)))
            ):
                yield day

    def _of_month(self, year: int, month: int, step: Callable[[], None]) -> list[date]:
        """The days of a month that the rule takes, found without looking at the others."""
        first_weekday, length = monthrange(year, month)
        named = {day if day > 0 else length + 1 + day for day in self.days}
        by_weekday: set[int] = set()
        for weekday, rank in self.weekdays:
            same = range(1 + (weekday - first_weekday) % 7, length + 1, 7)
            if not rank:
                by_weekday.update(same)
            elif abs(rank) <= len(same):
                by_weekday.add(same[rank - 1 if rank > 0 else rank])
        taken = named & by_weekday if named and self.weekdays else named or by_weekday
        for _day in range(len(named) + 5 * len(self.weekdays)):
            step()
        return [date(year, month, day) for day in sorted(taken) if 1 <= day <= length]

    def _positioned(self, found: list[date]) -> list[date]:
        """Those of a period's days whose rank the rule names, else all."""
        if not self.positions:
            return found
        ranks = {position - 1 if position > 0 else len(found) + position for position in self.positions}
        return [day for rank, day in enumerate(found) if rank in ranks]


def _parts(rule: str) -> dict[str, str]:
    rule = rule.strip().upper().strip(";")
    if len(rule) > _LONGEST or not _RULE.fullmatch(rule):
        raise UnknownRule(rule)
    return dict(part.split("=", 1) for part in rule.split(";"))


def _numbers(text: str, lowest: int, highest: int) -> set[int]:
    """Whole numbers but zero, by commas. Raises UnknownRule."""
    found: set[int] = set()
    for part in text.split(",") if text else ():
        if not re.fullmatch(r"[+-]?[0-9]{1,3}", part) or not int(part) or not lowest <= int(part) <= highest:
            raise UnknownRule(text)
        found.add(int(part))
    return found


def _weekdays(text: str) -> set[tuple[int, int]]:
    """Days of the week from 0, each with its rank in the month, 0 for all of them. Raises UnknownRule."""
    found: set[tuple[int, int]] = set()
    for part in text.split(",") if text else ():
        match = _WEEKDAY.fullmatch(part)
        rank = int(match["rank"] or 0) if match else 0
        if match is None or (match["rank"] and not 1 <= abs(rank) <= 5):
            raise UnknownRule(text)
        found.add((_WEEKDAYS.index(match["day"]), rank))
    return found


def _length(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def _until(text: str, zone: str) -> datetime:
    """The last moment of a rule; a day is inside as a whole."""
    try:
        last = Stamp(text).on_clocks_of("UTC" if text.endswith("Z") else zone, zone) if "T" in text else None
        return last or datetime.combine(date.fromisoformat(Stamp(text).day), time(23, 59))
    except ValueError as error:
        raise UnknownRule(text) from error

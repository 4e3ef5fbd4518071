"""Sessions: when something takes place, to the minute or only to the day, the month or the year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import gettext as _

from wiki.pages.fields.dates import MONTH_NUMBERS, PartialDate
from wiki.pages.fields.text import Refusal, fold

Called = Literal["", "annule", "reporte"]
# Where a session takes place when it does not say: these communities write from France.
DEFAULT_ZONE = "Europe/Paris"
# "de 22 h à 2 h" goes over midnight; "de 14 h à 8 h" is more likely a slip of the finger.
_LONGEST_NIGHT = timedelta(hours=12)
# "samedi 12/10/2013 à 14 h - dimanche 13/10/2013 à 18 h" is cut at the fourth place where it could be.
_CUTS_MAXIMUM = 8

_ZONE = re.compile(r"(.*?[0-9hH])\s*\(?(Z|UTC|[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+)\)?\Z", re.DOTALL)
# What a session of several says of itself, after all else, in the codes that the state of an event has.
_STATES: dict[str, Called] = {
    "annule": "annule", "annulee": "annule", "cancelled": "annule", "canceled": "annule",
    "reporte": "reporte", "reportee": "reporte", "postponed": "reporte",
}  # fmt: skip
_TIME = (
    r"(?P<{0}hour>[0-9]{{1,2}})"
    r"(?: ?(?:h|heures?)(?: ?(?P<{0}minute>[0-9]{{2}}))?|:(?P<{0}minutes>[0-9]{{2}})(?::[0-9]{{2}})?)"
)
_MOMENT = re.compile(
    rf"(?P<day>.+?)(?:(?:t|,? ?(?:a|de|at|from|des)? ){_TIME.format('start_')}"
    rf"(?: ?(?:a|-|–|/|to|jusqu'a) ?{_TIME.format('end_')})?)?"
)
_CLOCK = re.compile(_TIME.format("start_"))
_SEPARATOR = re.compile(r" au | to | - | – | a |/|–|-")


Moment = tuple[PartialDate, time | None]


@dataclass(frozen=True)
class Session:
    """One stretch of time, as the clocks of `zone` show it (DEFAULT_ZONE when None).

    Either both ends have a time of day or neither has; without an end the session is the moment, day, month
    or year that `start` says. `state` is "annule" or "reporte" where it was called off alone. Raises Refusal when it
    would end before it starts.
    """

    start: PartialDate
    start_time: time | None = None
    end: PartialDate | None = None
    end_time: time | None = None
    zone: str | None = None
    state: Called = ""

    def __post_init__(self) -> None:
        if self.end is None:
            return
        if self.start.precision != self.end.precision or (self.start_time is None) != (self.end_time is None):
            raise Refusal(_("Écrivez le début et la fin de la même façon : deux dates, ou deux heures."))
        if self._clock(self.end, self.end_time) < self._clock(self.start, self.start_time):
            raise Refusal(_("La fin vient avant le début."))

    def __str__(self) -> str:
        text = _written(self.start, self.start_time)
        if self.end is not None:
            text += "/" + _written(self.end, self.end_time)
        return " ".join(filter(None, (text, self.zone, self.state)))

    @property
    def all_day(self) -> bool:
        return self.start_time is None

    @property
    def precision(self) -> Literal["minute", "day", "month", "year"]:
        return "minute" if self.start_time is not None else self.start.precision

    @property
    def start_instant(self) -> datetime:
        """The instant it begins (first midnight when no time is known), in UTC."""
        return self._instant(self._clock(self.start, self.start_time))

    @property
    def end_instant(self) -> datetime:
        """The instant it is over, in UTC: after the last day without a time, at its start without an end.

        Never before its start, even where the clocks jump over the start (02:30 in spring).
        """
        last = self.end or self.start
        if self.start_time is None:
            return self._instant(datetime.combine(last.last_day, time()) + timedelta(days=1))
        return max(self.start_instant, self._instant(self._clock(last, self.end_time if self.end else self.start_time)))

    @property
    def last_day(self) -> date:
        """The last day it touches, on its own clocks; what ends at midnight does not touch the day that begins."""
        if self.end is None:
            return self.start.last_day
        midnight = self.end_time == time() and self.end.first_day > self.start.first_day
        return self.end.last_day - timedelta(days=1) if midnight else self.end.last_day

    @property
    def past_from(self) -> datetime:
        """The instant from which it lies in the past, in UTC: when its last day is over on its own clocks."""
        return self._instant(datetime.combine(self.last_day, time()) + timedelta(days=1))

    @property
    def starts_on(self) -> str:
        """The first day as far as it is known, on its own clocks: "2011", "2011-10" or "2011-10-06"."""
        return str(self.start)

    @property
    def iso_start(self) -> str:
        """The start in ISO 8601, with its offset from UTC when a time is known."""
        return self._iso(self.start, self.start_time)

    @property
    def iso_end(self) -> str | None:
        """As `iso_start`; a day is the last one; None when no end is known."""
        return None if self.end is None else self._iso(self.end, self.end_time)

    def _iso(self, day: PartialDate, at: time | None) -> str:
        if at is None:
            return str(day)
        return self._here(self._clock(day, at)).isoformat(timespec="minutes")

    def _here(self, clock: datetime) -> datetime:
        return clock.replace(tzinfo=ZoneInfo(self.zone or DEFAULT_ZONE))

    def on_clocks_of(self, zone: str) -> Session:
        """The same stretch of time as the clocks of another zone show it; what has no time of day is as it was."""
        if self.start_time is None:
            return self
        start = self.start_instant.astimezone(ZoneInfo(zone))
        end = self.end_instant.astimezone(ZoneInfo(zone)) if self.end else None
        return replace(
            self,
            start=PartialDate.parse(start.date().isoformat()),
            start_time=start.time(),
            end=PartialDate.parse(end.date().isoformat()) if end else None,
            end_time=end.time() if end else None,
            zone=None if zone == DEFAULT_ZONE else zone,
        )

    def _instant(self, clock: datetime) -> datetime:
        return self._here(clock).astimezone(UTC)

    @staticmethod
    def _clock(day: PartialDate, at: time | None) -> datetime:
        return datetime.combine(day.first_day, at or time())

    @classmethod
    def parse(cls, text: str) -> Session:
        """The session `text` means: canonical, or "12 octobre 2013 de 14h à 18h". Raises Refusal."""
        told, state = _split_state(text.strip())
        return replace(cls._of_time(told), state=state) if state else cls._of_time(told)

    @classmethod
    def _of_time(cls, text: str) -> Session:
        body, zone = _split_zone(text)
        written = fold(body).removeprefix("du ").removeprefix("from ")
        written = re.sub(r"\bmidi\b|\bnoon\b", "12h", re.sub(r"\bminuit\b|\bmidnight\b", "24h", written))
        if found := _one_moment(written, zone):
            return found
        first_refusal = None
        for left, right in _cuts(written):
            try:
                if found := _two_moments(left, right, zone):
                    return found
            except Refusal as refusal:
                first_refusal = first_refusal or refusal
        raise first_refusal or Refusal(
            _("Écrivez la date comme 2013-10-12, et l’heure comme 2013-10-12T14:00/2013-10-12T18:00."))


def not_cancelled(sessions: Sequence[Session]) -> Sequence[Session]:
    """Those that were not cancelled; all of them where none stands."""
    return [session for session in sessions if session.state != "annule"] or sessions


def _written(day: PartialDate, at: time | None) -> str:
    return f"{day}T{at:%H:%M}" if at is not None else str(day)


def _split_state(text: str) -> tuple[str, Called]:
    rest, *word = text.rsplit(None, 1) if text else [""]
    state = _STATES.get(fold(word[0]).strip("()"), "") if word else ""
    return (rest.rstrip(" ,:"), state) if state else (text, "")


def _split_zone(text: str) -> tuple[str, str | None]:
    found = _ZONE.fullmatch(text)
    if found is None:
        return text, None
    body, name = found.groups()
    zone = _zones().get("utc" if name == "Z" else name.casefold())
    if zone is None:
        raise Refusal(_("Le fuseau « %(zone)s » n’est pas connu ; écrivez par exemple Europe/Paris.",
                        zone=name))
    return body, zone


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def _one_moment(text: str, zone: str | None) -> Session | None:
    """A day, perhaps with a time or a span of time on that day; None when `text` is not that."""
    found = _MOMENT.fullmatch(text)
    day = PartialDate.recognise(found["day"]) if found else None
    if found is None or day is None:
        return None
    if found["start_hour"] is None:
        return Session(day, zone=zone)
    _need_full_day(day)
    starts = _clock_time(found, "start_")
    if found["end_hour"] is None:
        return Session(*_at(day, starts), zone=zone)
    ends = _clock_time(found, "end_")
    if ends < starts and ends + timedelta(days=1) - starts <= _LONGEST_NIGHT:
        ends += timedelta(days=1)
    return _span(_at(day, starts), _at(day, ends), zone)


def _two_moments(left: str, right: str, zone: str | None) -> Session | None:
    """From one moment to another; the left one may lack the month or year that the right one has."""
    last = _one_moment(right, zone)
    if last is None or last.end is not None:
        # "2013-10-12T14:00/18:00": the right side is a time of the same day.
        first = _one_moment(left, zone)
        at = _CLOCK.fullmatch(right)
        if first is None or at is None or first.end is not None or first.start_time is None:
            return None
        return _one_moment(f"{left}-{right}", zone)
    year = last.start.year
    for completed in (left, f"{left} {year}", f"{left} {_month_name(last.start)} {year}"):
        first = _one_moment(completed, zone)
        if first is not None and first.end is None:
            return _span((first.start, first.start_time), (last.start, last.start_time), zone)
    return None


def _span(first: Moment, last: Moment, zone: str | None) -> Session:
    return Session(*first, zone=zone) if first == last else Session(*first, *last, zone=zone)


def _month_name(day: PartialDate) -> str:
    return next((name for name, number in MONTH_NUMBERS.items() if number == day.month), "")


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    for separator in islice(_SEPARATOR.finditer(text), _CUTS_MAXIMUM):
        yield text[:separator.start()].strip(), text[separator.end():].strip()


def _need_full_day(day: PartialDate) -> None:
    if day.precision != "day":
        raise Refusal(_("Une heure demande une date complète : jour, mois et année."))


def _clock_time(found: re.Match[str], side: str) -> timedelta:
    hour, minute = int(found[f"{side}hour"]), int(found[f"{side}minute"] or found[f"{side}minutes"] or 0)
    if minute > 59 or hour > 24 or (hour == 24 and (minute or side == "start_")):
        raise Refusal(_("L’heure va de 0 h à 23 h 59."))
    return timedelta(hours=hour, minutes=minute)


def _at(day: PartialDate, clock: timedelta) -> tuple[PartialDate, time]:
    moment = datetime.combine(day.first_day, time()) + clock
    return PartialDate(moment.year, moment.month, moment.day), moment.time()

"""Dates as people know them: a year, a month or a day."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

from babel.dates import format_date, format_skeleton
from flask_babel import get_locale
from flask_babel import gettext as _

from wiki.pages.fields.text import Refusal, fold

FIRST_YEAR, LAST_YEAR = 1000, 2999

_MONTHS = (
    ("janvier", "january", "janv"), ("fevrier", "february", "fevr", "fev"), ("mars", "march"),
    ("avril", "april", "avr"), ("mai", "may"), ("juin", "june"), ("juillet", "july", "juil"),
    ("aout", "august"), ("septembre", "september", "sept"), ("octobre", "october"),
    ("novembre", "november"), ("decembre", "december"),
)
MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in (*names, names[1][:3])}
_WEEKDAYS = (
    ("lundi", "lun", "monday", "mon"),
    ("mardi", "mar", "tuesday", "tue"),
    ("mercredi", "mer", "wednesday", "wed"),
    ("jeudi", "jeu", "thursday", "thu"),
    ("vendredi", "ven", "friday", "fri"),
    ("samedi", "sam", "saturday", "sat"),
    ("dimanche", "dim", "sunday", "sun"),
)
_WEEKDAY_NUMBERS = {name: number for number, names in enumerate(_WEEKDAYS) for name in names}

_DAY = r"(?P<day>[0-9]{1,2})(?:er|e|st|nd|rd|th)?"
_SHAPES = tuple(re.compile(shape) for shape in (
    r"(?P<year>[0-9]{4,})(?:-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?)?",
    r"(?:(?P<day>[0-9]{1,2}) ?[/.-] ?)?(?P<month>[0-9]{1,2}) ?[/.-] ?(?P<year>[0-9]{4,})",
    rf"(?:{_DAY} )?(?P<name>[a-z]{{3,9}})\.? (?P<year>[0-9]{{4,}})",
    rf"(?P<name>[a-z]{{3,9}})\.? {_DAY},? (?P<year>[0-9]{{4,}})",
))


@dataclass(frozen=True)
class PartialDate:
    """A year, a month of a year, or a day. Raises Refusal on a date the calendar does not have."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise Refusal(_("L’année s’écrit avec quatre chiffres, de %(first)s à %(last)s.",
                            first=FIRST_YEAR, last=LAST_YEAR))
        if self.month is not None and not 1 <= self.month <= 12:
            raise Refusal(_("Le mois va de 1 à 12."))
        if self.month is None or self.day is None:
            return
        if not 1 <= self.day <= 31:
            raise Refusal(_("Le jour va de 1 à 31."))
        if self.day > monthrange(self.year, self.month)[1]:
            month = format_skeleton("yMMMM", date(self.year, self.month, 1), locale=get_locale() or "fr")
            raise Refusal(_("Le %(day)s %(month)s n’existe pas : ce mois compte %(length)s jours.",
                            day=self.day, month=month, length=monthrange(self.year, self.month)[1]))

    def __str__(self) -> str:
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)

    @property
    def precision(self) -> Literal["year", "month", "day"]:
        return "year" if self.month is None else "month" if self.day is None else "day"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> date:
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """The date `text` means: "2011-10-06", "06/10/2011", "octobre 2011", "2011" … Raises Refusal."""
        if found := cls.recognise(text):
            return found
        raise Refusal(_("Écrivez la date comme 2013-10-12, 12/10/2013 ou 12 octobre 2013."))

    @classmethod
    def recognise(cls, text: str) -> PartialDate | None:
        """As `parse`, but None when `text` does not look like a date at all."""
        written = fold(text).removeprefix("le ").removeprefix("en ").removeprefix("on ").removeprefix("in ")
        if found := cls._written(written):
            return found
        first_word, _blank, rest = written.partition(" ")
        number = _WEEKDAY_NUMBERS.get(first_word.rstrip(".,"))
        found = cls._written(rest) if number is not None else None
        if found is None or found.precision != "day":
            return None
        if found.first_day.weekday() != number:
            weekday = format_date(found.first_day, "EEEE", locale=get_locale() or "fr")
            raise Refusal(_("Le %(date)s est un %(weekday)s : corrigez la date, ou le jour de la semaine.",
                            date=found, weekday=weekday))
        return found

    @classmethod
    def _written(cls, folded: str) -> PartialDate | None:
        found = next((match for shape in _SHAPES if (match := shape.fullmatch(folded))), None)
        if found is None:
            return None
        parts = found.groupdict()
        month = MONTH_NUMBERS.get(parts["name"]) if parts.get("name") else _number(parts.get("month"))
        if parts.get("name") and month is None:
            return None
        return cls(int(parts["year"][:6]), month, _number(parts.get("day")))


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def parse_day(text: str) -> PartialDate:
    """A full date: year, month and day. Raises Refusal."""
    found = PartialDate.parse(text)
    if found.precision != "day":
        raise Refusal(_("Donnez le jour, le mois et l’année : 2013-10-12 ou 12 octobre 2013."))
    return found

"""Quantities people write by hand: numbers, durations, money, places on the globe."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal, TypeVar

from babel import Locale
from babel.numbers import format_decimal
from flask_babel import get_locale
from flask_babel import gettext as _

from wiki.pages.fields.text import Refusal, fold

Value = TypeVar("Value")
Unit = Literal["min", "h", "j", "semaine", "mois", "an"]

_MINUTES: dict[Unit, int] = {"min": 1, "h": 60, "j": 1440, "semaine": 10080, "mois": 43200, "an": 525600}
_WORDS_OF_UNITS: dict[Unit, str] = {
    "min": "min mn minute minutes",
    "h": "h hr heure heures hour hours",
    "j": "j d jour jours journee journees day days",
    "semaine": "semaine semaines sem week weeks",
    "mois": "mois month months",
    "an": "an ans annee annees year years",
}
_UNITS: dict[str, Unit] = {word: unit for unit, words in _WORDS_OF_UNITS.items() for word in words.split()}
_NUMBER_WORDS = {word: str(number) for number, words in enumerate(
    ("zero", "un une one", "deux two", "trois three", "quatre four", "cinq five", "six", "sept seven",
     "huit eight", "neuf nine", "dix ten", "onze eleven", "douze twelve")) for word in words.split()}
_SPAN = re.compile(
    r"(?P<number>[0-9]{1,6}(?:[.,][0-9])?) ?(?P<unit>[a-z]+)"
    r"|(?P<hours>[0-9]{1,4}) ?(?:h|heures?|hours?|:) ?(?:et |and )?(?P<minutes>[0-9]{1,2})"
    r"(?: ?(?:mn|min(?:utes?)?))?"
)
_RANGE_OPENING = re.compile(r"(?:de|entre|from|between) ")
_RANGE_SEPARATOR = re.compile(r" ?[-–—] ?| (?:a|et|to|and) ")


def parse_number(text: str, lowest: int, highest: int) -> int:
    """A whole number; spaces between thousands are welcome. Raises Refusal."""
    digits = re.sub(r"(?<=[0-9])[ '](?=[0-9]{3})", "", fold(text))
    if not re.fullmatch(r"-?[0-9]{1,12}", digits):
        raise Refusal(_("Écrivez un nombre entier, en chiffres : 120."))
    if not lowest <= int(digits) <= highest:
        low, high = (format_decimal(end, locale=get_locale() or "fr") for end in (lowest, highest))
        raise Refusal(_("Ce nombre va de %(lowest)s à %(highest)s.", lowest=low, highest=high))
    return int(digits)


@dataclass(frozen=True)
class Span:
    """A length of time in the unit its author thinks in. Hours are counted in minutes: "1 h 30" is 90 min."""

    amount: int
    unit: Unit

    @property
    def minutes(self) -> int:
        return self.amount * _MINUTES[self.unit]

    def __str__(self) -> str:
        if self.unit in ("min", "h"):
            hours, minutes = divmod(self.minutes, 60)
            return f"{minutes} min" if not hours else f"{hours} h {minutes:02}" if minutes else f"{hours} h"
        plural = "s" if self.amount > 1 and self.unit in ("semaine", "an") else ""
        return f"{self.amount} {self.unit}{plural}"

    @classmethod
    def recognise(cls, written: str) -> Span | None:
        """The span a folded text means, or None."""
        written = re.sub(r"^une? demi[- ]heure$", "30 min", written)
        written = re.sub(r"^[a-z]+(?= )", lambda found: _NUMBER_WORDS.get(found[0], found[0]), written)
        found = _SPAN.fullmatch(written)
        if found is None:
            return None
        if found["hours"]:
            if int(found["minutes"]) > 59:
                raise Refusal(_("Les minutes vont de 0 à 59."))
            return cls(int(found["hours"]) * 60 + int(found["minutes"]), "min")
        number, unit = Decimal(found["number"].replace(",", ".")), _UNITS.get(found["unit"])
        if unit is None:
            return None
        if unit == "h":
            number, unit = number * 60, "min"
        if number != int(number):
            return None
        return cls(int(number), unit)


@dataclass(frozen=True)
class Duration:
    """From `shortest` to `longest`, equal when only one is known. Raises Refusal."""

    shortest: Span
    longest: Span

    def __post_init__(self) -> None:
        if self.shortest.minutes > self.longest.minutes:
            raise Refusal(_("Écrivez la durée la plus courte d’abord."))
        if self.longest.minutes > 100 * _MINUTES["an"]:
            raise Refusal(_("Cette durée dépasse un siècle : vérifiez l’unité."))

    def __str__(self) -> str:
        return str(self.shortest) if self.shortest == self.longest else f"{self.shortest} - {self.longest}"

    @property
    def min_minutes(self) -> int:
        return self.shortest.minutes

    @property
    def max_minutes(self) -> int:
        return self.longest.minutes

    @classmethod
    def parse(cls, text: str) -> Duration:
        """The duration `text` means: "90 minutes", "2h30", "de 2 à 4 heures". Raises Refusal."""
        written = fold(text)
        if span := Span.recognise(written):
            return cls(span, span)
        if found := _range(written, Span.recognise, re.compile(r"[a-z]+$")):
            return cls(*found)
        raise Refusal(_("Écrivez une durée comme 30 min, 1 h 30, 2 j, 3 semaines, 2 mois, ou de 2 h à 4 h."))


@dataclass(frozen=True)
class Money:
    """From `minimum` to `maximum`, equal when only one is known, in a currency named by its ISO 4217 code."""

    minimum: Decimal
    maximum: Decimal
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if self.minimum > self.maximum:
            raise Refusal(_("Écrivez le montant le plus petit d’abord."))

    def __str__(self) -> str:
        low, high = _plain(self.minimum), _plain(self.maximum)
        return f"{low} {self.currency}" if low == high else f"{low}-{high} {self.currency}"

    @classmethod
    def parse(cls, text: str) -> Money:
        """The money `text` means: "gratuit", "150 €", "de 0 à 150 euros", "0-20 CHF". Raises Refusal."""
        written = _join_thousands(fold(text)).rstrip(" !.")
        if written in ("gratuit", "gratuite", "free", "rien", "aucun"):
            return cls(Decimal(0), Decimal(0))
        if found := re.fullmatch(r"(?:jusqu'a|au plus|moins de|up to) (.+)", written):
            written = f"0 a {found[1]}"
        if amount := _amount(written):
            return cls(amount[0], amount[0], amount[1] or "EUR")
        if found_range := _range(written, _amount, re.compile(r"(?!)")):
            (low, left), (high, right) = found_range
            if left and right and left != right:
                raise Refusal(_("Écrivez les deux montants dans la même monnaie."))
            return cls(low, high, right or left or "EUR")
        raise Refusal(_("Écrivez un montant comme 150 EUR, de 0 à 150 €, ou gratuit."))


@dataclass(frozen=True)
class Coordinates:
    """A point on the globe, in degrees, north and east positive. Raises Refusal."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not -90 <= self.latitude <= 90:
            raise Refusal(_("La latitude va de -90 à 90."))
        if not -180 <= self.longitude <= 180:
            raise Refusal(_("La longitude va de -180 à 180."))

    def __str__(self) -> str:
        return f"{_degrees(self.latitude)}, {_degrees(self.longitude)}"

    @classmethod
    def parse(cls, text: str) -> Coordinates:
        """The point `text` means: "48.876, 2.359", "48,876 ; 2,359", a map's address. Raises Refusal."""
        written = fold(text).replace("−", "-").replace("°", "").removeprefix("geo:")
        if found := re.search(r"#map=[0-9.]+/(-?[0-9.]+)/(-?[0-9.]+)", written):
            written = " ; ".join(found.groups())
        found = next((match for shape in _POINTS if (match := shape.fullmatch(written))), None)
        if found is None:
            raise Refusal(_("Écrivez la latitude puis la longitude : 48.876, 2.359."))
        latitude, longitude = (float(found[name].replace(",", ".")) for name in ("latitude", "longitude"))
        return cls(-latitude if found["south"] == "s" else latitude,
                   -longitude if found["west"] in ("w", "o") else longitude)


_NORTH, _EAST = r"(?: ?(?P<south>[ns]))?", r"(?: ?(?P<west>[ewo]))?"
_POINTS = tuple(
    re.compile(rf"(?P<latitude>{number}){_NORTH}{between}(?P<longitude>{number}){_EAST}")
    for number, between in (
        (r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?", r" ?[,; ] ?"),
        (r"-?[0-9]{1,3}(?:,[0-9]{1,15})?", r"(?: ?; ?|,? )"),
    )
)


def _range(
    written: str, recognise: Callable[[str], Value | None], unit: re.Pattern[str]
) -> tuple[Value, Value] | None:
    """Two values around "à", "et" or "-"; the first may borrow the unit of the second."""
    written = _RANGE_OPENING.sub("", written, count=1) if _RANGE_OPENING.match(written) else written
    for separator in _RANGE_SEPARATOR.finditer(written):
        left, right = written[:separator.start()], written[separator.end():]
        last = recognise(right)
        if last is None:
            continue
        first = recognise(left)
        if first is None and (borrowed := unit.search(right)):
            first = recognise(f"{left} {borrowed[0]}")
        if first is not None:
            return first, last
    return None


_CURRENCY_WORDS = {"€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "fcfa": "XOF",
                   "francs suisses": "CHF"}
_AMOUNT = re.compile(
    r"(?P<before>[€£$] ?)?(?P<number>[0-9]{1,9}(?:[.,][0-9]{1,2})?)"
    r" ?(?P<after>[€£$]|[a-z]{3,6}(?: suisses)?)?"
)


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(Locale.parse("fr").currencies)


def _amount(written: str) -> tuple[Decimal, str | None] | None:
    found = _AMOUNT.fullmatch(written)
    if found is None or (found["before"] and found["after"]):
        return None
    word = (found["before"] or found["after"] or "").strip()
    currency = _CURRENCY_WORDS.get(word, word.upper())
    if currency and currency not in _currencies():
        raise Refusal(_("La monnaie « %(word)s » n’est pas connue ; écrivez son code : EUR, CHF, CAD, XOF…",
                        word=word))
    return Decimal(found["number"].replace(",", ".")), currency or None


def _join_thousands(written: str) -> str:
    return re.sub(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))", "", written)


def _plain(amount: Decimal) -> str:
    return f"{amount:.2f}".removesuffix(".00")


def _degrees(angle: float) -> str:
    text = f"{angle:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text

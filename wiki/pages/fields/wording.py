"""Values as people read them, in the reader's language. Everything here needs a request or app context."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale, dates, numbers
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from wiki.pages.fields.dates import PartialDate
from wiki.pages.fields.field import Field
from wiki.pages.fields.quantities import Duration, Money, Span
from wiki.pages.fields.sessions import DEFAULT_ZONE, Session
from wiki.rendering import french


def _locale() -> Locale:
    found: Locale | None = get_locale()
    return found or Locale.parse("fr")


def plain(field: Field, value: Any) -> str:
    return str(value)


def choice(field: Field, code: str) -> str:
    return field.label_of(code)


def number(field: Field, value: int) -> str:
    return numbers.format_decimal(value, locale=_locale())


def partial_date(field: Field, value: PartialDate) -> str:
    return _moment(value)


def duration(field: Field, value: Duration) -> str:
    if value.shortest == value.longest:
        return _span(value.longest)
    low, high = value.shortest, value.longest
    if low.unit == high.unit and (low.unit != "min" or (low.amount % 60, high.amount % 60) == (0, 0)):
        amount = low.amount // 60 if low.unit == "min" else low.amount
        return _("de %(shortest)s à %(longest)s", shortest=amount, longest=_span(high))
    return _("de %(shortest)s à %(longest)s", shortest=_span(low), longest=_span(high))


def money(field: Field, value: Money) -> str:
    if not value.maximum:
        return _("gratuit")
    highest = _amount(value.maximum, value.currency)
    if value.minimum == value.maximum:
        return highest
    return _("de %(minimum)s à %(maximum)s", minimum=numbers.format_decimal(value.minimum, locale=_locale()),
             maximum=highest)


def session(field: Field, value: Session) -> str:
    """ "samedi 12 octobre 2013, de 14 h à 18 h", "du 6 au 20 octobre 2013", "octobre 2011"."""
    text = _timed(value) if value.start_time is not None else _untimed(value)
    if value.zone is not None and value.zone != DEFAULT_ZONE:
        place = value.zone.rpartition("/")[2].replace("_", " ")
        text = _("%(session)s (heure locale : %(place)s)", session=text, place=place)
    if value.state:
        called = _("date annulée") if value.state == "annule" else _("date reportée")
        return _("%(session)s – %(state)s", session=text, state=called)
    return text


def _timed(value: Session) -> str:
    assert value.start_time is not None
    first = value.start.first_day
    if value.end is None or value.end_time is None:
        return _("%(day)s, à %(time)s", day=day_words(first, weekday=True), time=time_words(value.start_time))
    last = value.end.first_day
    over_midnight = last == first + timedelta(days=1) and value.end_time < value.start_time
    if last == first or (over_midnight and value.end_time <= time(12)):
        return _("%(day)s, de %(start)s à %(end)s", day=day_words(first, weekday=True),
                 start=time_words(value.start_time), end=time_words(value.end_time))
    return _("du %(first)s à %(start)s au %(last)s à %(end)s", first=day_words(first, weekday=True),
             start=time_words(value.start_time), last=day_words(last, weekday=True), end=time_words(value.end_time))


def _untimed(value: Session) -> str:
    first, last = value.start, value.end
    if last is None or last == first:
        return day_words(first.first_day, weekday=True) if first.precision == "day" else _moment(first)
    if first.precision != "day":
        return f"{_moment(first)} – {_moment(last)}"
    if _locale().language != "fr" or first.year != last.year:
        return _("du %(first)s au %(last)s", first=_moment(first), last=_moment(last))
    short = "d" if first.month == last.month else "d MMMM"
    return _("du %(first)s au %(last)s", first=_day(first.first_day, short), last=_moment(last))


def _moment(value: PartialDate) -> str:
    if value.precision == "year":
        return str(value.year)
    if value.precision == "month":
        return dates.format_skeleton("yMMMM", value.first_day, locale=_locale())
    return day_words(value.first_day)


def day_words(day: date, weekday: bool = False) -> str:
    """ "12 octobre 2013", "samedi 1er octobre 2011"; in English the day comes first too: "12 October 2013"."""
    return _day(day, "EEEE d MMMM y" if weekday else "d MMMM y")


def _day(day: date, pattern: str) -> str:
    text = dates.format_date(day, pattern, locale=_locale())
    if day.day == 1 and _locale().language == "fr":
        # The calendar data says "1 octobre"; people say "1er octobre".
        head, _one, tail = f" {text} ".partition(" 1 ")
        text = f"{head} 1er {tail}".strip()
    return text


def time_words(at: time) -> str:
    """ "9 h 30", "18 h", held together at the end of a line; in English "09:30"."""
    hour = at.hour if _locale().language == "fr" else f"{at.hour:02}"
    if at.minute:
        return french(_("%(hour)s h %(minute)s", hour=hour, minute=f"{at.minute:02}"))
    return french(_("%(hour)s h", hour=hour))


def _span(span: Span) -> str:
    amount = span.amount
    match span.unit:
        case "j":
            return ngettext("%(count)s jour", "%(count)s jours", amount, count=amount)
        case "semaine":
            return ngettext("%(count)s semaine", "%(count)s semaines", amount, count=amount)
        case "mois":
            return ngettext("%(count)s mois", "%(count)s mois", amount, count=amount)
        case "an":
            return ngettext("%(count)s an", "%(count)s ans", amount, count=amount)
    hours, minutes = divmod(span.minutes, 60)
    if not hours:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes, count=minutes)
    whole = ngettext("%(count)s heure", "%(count)s heures", hours, count=hours)
    return _("%(hours)s %(minutes)s", hours=whole, minutes=f"{minutes:02}") if minutes else whole


def _amount(amount: Decimal, currency: str) -> str:
    pattern = _locale().currency_formats["standard"].pattern
    if amount == int(amount):
        pattern = pattern.replace(".00", "")
    return numbers.format_currency(amount, currency, pattern, locale=_locale(), currency_digits=False)


def volume(size: int) -> str:
    """A number of bytes as people say it: "900 ko", "2 Mo"."""
    if size < 1_000_000:
        return _("%(size)s ko", size=size // 1000)
    return _("%(size)s Mo", size=numbers.format_decimal(size / 1e6, "#,##0.#", locale=_locale()))

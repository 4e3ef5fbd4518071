"""Reading what an address says: numbers and dates, forgivingly or with a clear refusal."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app, request

from wiki.errors import NotFound

_YEARS = range(1990, 2900)


def page_number() -> int:
    """The page of a list asked for by `?page=`; anything else than a sensible number is the first."""
    asked = request.args.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 and int(asked) else 1


def revision_number(text: str) -> int:
    """A revision's number as written in an address. Raises NotFound for anything no revision can have."""
    if not (text.isascii() and text.isdigit() and len(text) < 10) or int(text) < 1:
        raise NotFound("revision")
    return int(text)


def before_id() -> int | None:
    """The row after which a list that goes back in time continues, from `?before=`."""
    asked = request.args.get("before", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


def after_id(text: str) -> int:
    """The row after which a list that goes forward continues; 0, its beginning, for anything that is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def today() -> str:
    """Today in the wiki's time zone, as YYYY-MM-DD."""
    return datetime.now(ZoneInfo(current_app.config["WIKI"]["TIMEZONE"])).date().isoformat()


def first_instant(text: str) -> datetime | None:
    """The first instant of a day written YYYY-MM-DD, in the wiki's time zone; None where it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if day.year not in _YEARS:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(current_app.config["WIKI"]["TIMEZONE"]))

"""The programme of an edition as people read it, day by day, in each day city by city; and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from datetime import time as clock
from itertools import groupby
from operator import itemgetter
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages
from wiki.errors import Invalid, Problem
from wiki.pages import KINDS, Initiative, Programme, Renewed, Sitting
from wiki.web import visitor
from wiki.web.addresses import origin
from wiki.web.editing import save_rate
from wiki.web.security import limiter

blueprint = Blueprint("editions", __name__)

# What lasts longer would fill the programme by itself: it is said once, below.
_LASTING_DAYS = 7
# A sentence that names more is no sentence.
_TITLES_SAID = 12


@blueprint.get("/wiki/<slug>/review")
def review(slug: str) -> BaseResponse | str:
    """What each figure of an edition counts, in lists; where there is nothing to count, the page itself."""
    reading = pages.open_page(visitor.actor(), slug)
    reviewed = pages.review(visitor.actor(), slug)
    if reviewed is None:
        return redirect(url_for("reading.page", slug=reading.page.slug))
    return render_template(
        "editions/review.html", page=reading.page, kind=KINDS["edition"], programme=reading.programme, review=reviewed
    )


@blueprint.route("/wiki/<slug>/next", methods=["GET", "POST"])
@limiter.limit(save_rate, methods=["POST"])
def continued(slug: str) -> BaseResponse | str:
    """The next edition: its title and dates, and the events to hold again. A page that is no edition is itself."""
    if request.method != "POST":
        actor = visitor.actor()
        page = pages.find(actor, slug)
        return _next_form(slug) if page.kind == "edition" else redirect(url_for("reading.page", slug=slug))
    actor, form = visitor.writing_actor(), request.form
    title, starts_on, ends_on = (form.get(name, "") for name in ("title", "starts_on", "ends_on"))
    try:
        done = pages.renew(actor, slug, title, starts_on, ends_on, form.getlist("events"))
    except Invalid as error:
        existing = pages.address(actor, error.slug) if isinstance(error, pages.AlreadyExists) else None
        return _next_form(slug, error.problems, existing)
    for tone, sentences in groupby(_said(done), key=itemgetter(1)):
        # In one box each: on a phone the page itself should be in sight.
        flash(" ".join(words for words, _tone in sentences), tone)
    return redirect(url_for("reading.page", slug=done.slug), 303)


def _next_form(slug: str, problems: Sequence[Problem] = (), existing: str | None = None) -> BaseResponse:
    found = pages.renewal(visitor.actor(), slug)
    html = render_template(
        "editions/next.html",
        page=found.edition,
        kind=KINDS["edition"],
        renewal=found,
        problems=problems,
        existing=existing,
        allowed=pages.may(visitor.actor(), "renew", found.edition),
        answers=request.form if problems else {"title": found.title, "starts_on": found.year},
        chosen=request.form.getlist("events"),
    )
    response = make_response(html, (409 if existing else 422) if problems else 200)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _said(done: Renewed) -> Iterator[tuple[str, str]]:
    """What was done, and who was told, in sentences."""
    if done.begun:
        yield _("L’édition suivante est ouverte. Complétez-la, à plusieurs."), "success"
    else:
        yield _("Cette édition existait déjà : la voici."), "info"
    if done.reopened:
        yield ngettext(
            "%(num)s événement rouvert, sans date : %(titles)s.",
            "%(num)s événements rouverts, sans date : %(titles)s.",
            len(done.reopened),
            titles=_listed(done.reopened),
        ), "success"
    if done.known:
        yield ngettext(
            "%(num)s événement l’était déjà : %(titles)s.",
            "%(num)s événements l’étaient déjà : %(titles)s.",
            len(done.known),
            titles=_listed(done.known),
        ), "info"
    if not done.begun and not done.reopened:
        return
    if done.people:
        told = ngettext(
            "%(num)s personne qui a créé ou suit ces pages l’apprendra dans ses nouvelles.",
            "%(num)s personnes qui ont créé ou suivent ces pages l’apprendront dans leurs nouvelles.",
            done.people,
        )
    else:
        told = _("Personne d’autre ne suit ces pages : prévenez vous-même les collectifs.")
    names = [f"{title} ({count})" for title, count in done.collectives]
    if names:
        listed = _listed(names)
        told += " " + _("Collectifs concernés, et combien de personnes y sont prévenues : %(names)s.", names=listed)
    yield told, "info"


def _listed(titles: Sequence[str]) -> str:
    shown = [*titles[:_TITLES_SAID], *(["…"] if len(titles) > _TITLES_SAID else [])]
    return ", ".join(shown)


@dataclass(frozen=True)
class Line:
    """An event in the programme of a day; `at` is when, as far as the day does not say it.

    `called` is the state of that date alone.
    """

    initiative: Initiative
    at: str = ""
    called: str = ""

    @property
    def state(self) -> str:
        """What became of it, that day at least."""
        held = self.initiative.state
        return held if held in ("annule", "reporte") else self.called or held


@dataclass
class City:
    """What happens in one place, in order."""

    name: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Day:
    """A part of the programme with a heading: a day, or ("") what has none."""

    anchor: str
    title: str
    short: str
    cities: list[City] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many lines it has."""
        return sum(len(city.lines) for city in self.cities)


@dataclass(frozen=True)
class Poster:
    """A programme ready to be shown: days in order, then what lasts for weeks, then what has no day.

    `cities` are (name, how many events), most events first; `shown` of `total` events are here.
    """

    days: Sequence[Day]
    lasting: Day | None
    undated: Day | None
    cities: Sequence[tuple[str, int]]
    shown: int
    total: int


def poster(programme: Programme) -> Poster:
    """The programme by day and city."""
    days: dict[date, list[tuple[str, Line]]] = {}
    lasting: list[tuple[str, Line]] = []
    undated: list[tuple[str, Line]] = []
    for one in programme.initiatives:
        placed = [_place(one, sitting, days, lasting) for sitting in one.sittings]
        if not any(placed):
            undated.append(("", Line(one, _inexact(one.sittings))))
    return Poster(
        days=[
            _day(f"day-{day.isoformat()}", days[day], pages.day_words(day, weekday=True), format_date(day, "d MMM"))
            for day in sorted(days)
        ],
        lasting=_day("day-lasting", lasting) if lasting else None,
        undated=_day("day-none", undated) if undated else None,
        cities=programme.cities,
        shown=len(programme.initiatives),
        total=programme.total,
    )


def _place(
    one: Initiative, sitting: Sitting, days: dict[date, list[tuple[str, Line]]], lasting: list[tuple[str, Line]]
) -> bool:
    """Put a date of an event on each of its days, or among what lasts; False where no day is known."""
    if sitting.known in ("month", "year"):
        return False
    first = date.fromisoformat(sitting.first)
    if sitting.days >= _LASTING_DAYS:
        period = f"{format_date(first, 'd MMM')} – {format_date(date.fromisoformat(sitting.last), 'd MMM yyyy')}"
        lasting.append((sitting.first, Line(one, period, sitting.state)))
        return True
    for passed in range(sitting.days):
        begins, over = not passed, passed == sitting.days - 1
        times = [_time(sitting.starts) if begins else "", _time(sitting.ends) if over else ""]
        at = " – ".join(times) if all(times) else times[0] or (f"→ {times[1]}" if times[1] else "")
        line = Line(one, at, sitting.state)
        days.setdefault(first + timedelta(days=passed), []).append((sitting.starts if begins else "", line))
    return True


def _time(written: str) -> str:
    return pages.time_words(clock.fromisoformat(written)) if written else ""


def _inexact(sittings: Sequence[Sitting]) -> str:
    """The month or year of an event of which no day is known."""
    if not sittings:
        return ""
    pattern = "MMMM yyyy" if sittings[0].known == "month" else "yyyy"
    return str(format_date(date.fromisoformat(sittings[0].first), pattern))


def _day(anchor: str, lines: Sequence[tuple[str, Line]], title: str = "", short: str = "") -> Day:
    """Lines with the hour they begin at, city by city: cities by name, in each by hour."""
    cities: dict[str, City] = {}
    for _hour, line in sorted(lines, key=lambda pair: pair[0]):
        cities.setdefault(pages.link_key(line.initiative.city), City(line.initiative.city)).lines.append(line)
    return Day(anchor, title, short, [cities[key] for key in sorted(cities)])


@dataclass(frozen=True)
class Agenda:
    """The agenda of the events of an edition and its parts: the same ones, in other forms."""

    editions: Sequence[str]

    def address(self, extension: str = "", **more: str | None) -> str:
        """Its address in some form, narrowed further."""
        asked = [("edition", slug) for slug in self.editions]
        asked += [(name, value) for name, value in more.items() if value]
        return f"/events{extension}?{urlencode(asked)}"

    @property
    def calendar_url(self) -> str:
        """Its whole address as a calendar."""
        return origin() + self.address(".ics")

    @property
    def webcal_url(self) -> str:
        """The same, as calendars are told to subscribe."""
        return f"webcal://{urlsplit(origin()).netloc}{self.address('.ics')}"


def agenda_of(slug: str, programme: Programme) -> Agenda:
    """The agenda of an edition."""
    return Agenda([slug, *(part.slug for part in programme.parts)])


blueprint.add_app_template_global(poster, "poster")
blueprint.add_app_template_global(agenda_of, "agenda_of")

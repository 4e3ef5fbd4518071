"""Searching: one box, the same words for `/search` and `/events`, the same answer as page, data, table and feed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from babel import Locale
from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from wiki import agenda, pages
from wiki.errors import Invalid, Problem
from wiki.pages import KINDS, Found, Near, Query
from wiki.web import visitor
from wiki.web.addresses import absolute, origin
from wiki.web.arguments import page_number, today
from wiki.web.months import month
from wiki.web.presenting import origins_of
from wiki.web.security import limiter
from wiki.web.voices import spoken, typeset, voiced
from wiki.web.years import years_strip

blueprint = Blueprint("search", __name__)

WORDS_MAXIMUM = 400
VALUES_MAXIMUM = 20
EXPORT_ROWS = 1000
# The filters, in the order they are shown. Values of one are alternatives, filters narrow each other.
FACETS = (
    "kind", "theme", "region", "city", "country", "edition", "recipe", "collective", "format", "month", "report",
    "licence",
)  # fmt: skip
ORDERS = ("relevance", "newest", "oldest", "title")
KILOMETRES = (5, 10, 30, 100)
_NEAR_IN_WORDS = re.compile(r"\b(?:à|a) moins de (\d{1,4}) ?km (?:de |d'|d’|du )(.+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """What an address asks: what was typed, what is chosen, and the query that stands for both."""

    words: str
    chosen: Mapping[str, Sequence[str]]
    years: Sequence[str]
    when: str
    since: str
    until: str
    place: str
    kilometres: int
    order: str
    family: pages.PageInfo | None
    query: Query
    problems: list[Problem] = field(default_factory=list)


def _asked(events_only: bool, per_page: int, page: int = 1, *, as_families: bool = False) -> Asked:
    """Read the address. What cannot be understood is left out and said. A family asked for is shown page by page."""
    arguments = request.args
    problems: list[Problem] = []
    words = " ".join(arguments.get("q", "").split())[:WORDS_MAXIMUM]
    chosen = {name: values for name in FACETS if (values := _values(name))}
    if events_only:
        chosen["kind"] = ["event"]
    years = [year for year in _values("year") if re.fullmatch(r"[0-9]{4}", year)]
    since, until = (_date(name, problems) for name in ("from", "to"))
    place, kilometres = " ".join(arguments.get("place", "").split())[:100], _kilometres()
    typed = words
    if (found := _NEAR_IN_WORDS.search(words)) and not place:
        typed, kilometres, place = words[: found.start()].strip(), min(int(found[1]), 2000), found[2].strip()
    near = None
    if place and kilometres:
        centre = pages.centre_of(visitor.actor(), place)
        if centre is None:
            problems.append(Problem(_("Aucune page ne situe « %(place)s » sur la carte. Essayez une ville "
                                      "voisine.", place=place), "place"))
        else:
            near = Near(*centre, float(kilometres))
    elif place:
        typed = f"{typed} {place}"
    when = arguments.get("when", "")
    order = arguments.get("order", "")
    facets: dict[str, Sequence[str]] = dict(chosen)
    if years:
        facets["year"] = years
    of_family = arguments.get("family", "").strip()[:100]
    family = pages.titles(visitor.actor(), [of_family]).get(of_family) if of_family else None
    family_id = (family.id if family else 0) if of_family else None
    if family and events_only:
        # A gathering is of the family it tried a recipe of.
        slugs = pages.family_slugs(visitor.actor(), family.id)
        facets["recipe"] = [slug for slug in chosen.get("recipe", slugs) if slug in slugs]
        family_id = None if facets["recipe"] else 0
    query = Query(
        words=typed,
        facets=facets,
        when=when if when in ("past", "coming") else "",
        since=since,
        until=until,
        near=near,
        order=order if order in ORDERS else "relevance" if typed else "oldest" if when == "coming" else "newest",
        page=page,
        per_page=per_page,
        at=datetime.now(UTC),
        counted=FACETS,
        values=30,
        as_families=as_families and not of_family,
        family=family_id,
    )
    return Asked(
        words, chosen, years, query.when, since, until, place, kilometres, query.order, family, query, problems
    )


def _values(name: str) -> list[str]:
    return list(dict.fromkeys(value.strip()[:200] for value in request.args.getlist(name) if value.strip()))[
        :VALUES_MAXIMUM
    ]


def _date(name: str, problems: list[Problem]) -> str:
    text = request.args.get(name, "").strip()[:40]
    if not text:
        return ""
    try:
        return pages.partial_date(text)
    except ValueError as error:
        problems.append(Problem(_("« %(date)s » : %(reason)s", date=text, reason=error), name))
        return ""


def _kilometres() -> int:
    asked = request.args.get("km", "")
    return min(int(asked), 2000) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0


def search_rate() -> str:
    """How often somebody may search."""
    return str(current_app.config["WIKI"]["SEARCH_RATE"])


@blueprint.get("/search")
@limiter.limit(search_rate)
def results() -> BaseResponse:
    """Pages that answer, with filters that follow each choice."""
    return search_page(events_only=False)


def search_page(events_only: bool) -> BaseResponse:
    """The page that answers an address, over everything or over gatherings alone."""
    asked = _asked(events_only, 20, page_number(), as_families=True)
    nothing = not events_only and asked.query.family is None and not any(
        (asked.words, asked.chosen, asked.years, asked.when, asked.since, asked.until, asked.place)
    )
    found = None if nothing else pages.look_for(visitor.actor(), asked.query)
    view = request.args.get("view", "") if events_only else ""
    calendar = _address(".ics", view=None, at=None)
    html = render_template(
        "search/results.html",
        asked=asked,
        found=found,
        events_only=events_only,
        query=asked.words,
        facets=_facets(asked, found, events_only) if found else [],
        chips=_chips(asked, events_only),
        years=_timeline(asked, found),
        kilometres=KILOMETRES,
        address=_address,
        view=view,
        month=month(asked.query, request.args.get("at", ""), today()) if view == "month" else None,
        calendar_url=origin() + calendar,
        webcal_url=f"webcal://{urlsplit(origin()).netloc}{calendar}",
    )
    response = make_response(html)
    if not visitor.actor().is_authenticated:
        # What members find may be for members: their answers are kept nowhere, as all that is theirs.
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def _address(extension: str = "", /, **changed: Any) -> str:
    """This very search with something changed, from its first page, or in another form."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in ("page", "lang")]
    for name, value in changed.items():
        kept = [(other, held) for other, held in kept if other != name]
        values = value if isinstance(value, list) else [value]
        kept += [(name, str(item)) for item in values if item not in (None, "")]
    path = request.path.partition(".")[0] + extension
    return f"{path}?{urlencode(kept)}" if kept else path


def _toggled(name: str, values: Sequence[str], value: str) -> str:
    return _address(**{name: [held for held in values if held != value] if value in values else [*values, value]})


def _facets(asked: Asked, found: Found, events_only: bool) -> list[dict[str, Any]]:
    """The filters as the component shows them: each value a link that sets it, or takes it away where it is set."""
    names = _names(found.facets)
    shown = []
    for name in FACETS:
        values = list(found.facets.get(name, ()))
        if (events_only and name == "kind") or not values or (len(values) == 1 and name not in asked.chosen):
            continue
        held = list(asked.chosen.get(name, ()))
        options = [
            {
                "label": _value_words(name, value, names),
                "count": count,
                "url": _toggled(name, held, value),
                "is_current": value in held,
            }
            for value, count in values
        ]
        shown.append({"title": _facet_words(name), "options": options, "open": bool(held) or name in ("kind", "theme")})
    return shown


def _names(facets: Mapping[str, Sequence[tuple[str, int]]]) -> dict[str, str]:
    slugs = [value for name in ("theme", "edition", "recipe", "collective") for value, _count in facets.get(name, ())]
    named = pages.titles(visitor.actor(), slugs) if slugs else {}
    return {slug: typeset(info.title, info) for slug, info in named.items()}


def _facet_words(name: str) -> str:
    return {
        "kind": _("Type de page"),
        "theme": _("Thème"),
        "city": _("Ville"),
        "country": _("Pays"),
        "edition": _("Édition"),
        "recipe": _("Recette suivie"),
        "collective": _("Collectif"),
        "format": _("Forme"),
        "report": _("Retour"),
        "licence": _("Licence"),
        "region": _("Région"),
        "month": _("Mois"),
        "year": _("Année"),
    }[name]


def _value_words(name: str, value: str, names: Mapping[str, str]) -> str:
    if name == "kind":
        return str(KINDS[value].plural).capitalize() if value in KINDS else value
    if name == "report":
        return _("avec un retour") if value == "yes" else _("sans retour")
    if name == "month":
        names_of_months = (get_locale() or Locale("fr")).months["stand-alone"]["wide"]
        return names_of_months[int(value)].capitalize() if value.isdigit() and 0 < int(value) < 13 else value
    if name in ("country", "format"):
        declared = KINDS["event"].field(name)
        return declared.label_of(value) if declared else value
    if name in ("theme", "edition", "recipe", "collective"):
        # What has no page is known by the key of its name only.
        return names.get(value, value[:1].upper() + value[1:].replace("-", " "))
    return value


def _chips(asked: Asked, events_only: bool) -> list[tuple[str, str]]:
    """What is chosen, each with the address that takes it away."""
    names = _names({name: [(value, 0) for value in values] for name, values in asked.chosen.items()})
    chips = [
        (_value_words(name, value, names), _toggled(name, list(values), value))
        for name, values in asked.chosen.items()
        if not (events_only and name == "kind")
        for value in values
    ]
    chips += [(year, _toggled("year", list(asked.years), year)) for year in asked.years]
    if asked.since:
        chips.append((_("depuis %(date)s", date=asked.since), _address(**{"from": None})))
    if asked.until:
        chips.append((_("jusqu’à %(date)s", date=asked.until), _address(to=None)))
    if asked.family:
        chips.append((_("famille de « %(title)s »", title=asked.family.title), _address(family=None)))
    if asked.place:
        words = (
            _("%(place)s, à moins de %(km)s km", km=asked.kilometres, place=asked.place)
            if asked.kilometres
            else asked.place
        )
        chips.append((words, _address(place=None, km=None)))
    return chips


def _timeline(asked: Asked, found: Found | None) -> list[dict[str, Any]]:
    """How many pages each year holds."""
    strip = years_strip(found.years if found else {}, lambda year: _toggled("year", list(asked.years), year))
    return [{**entry, "is_current": str(entry["year"]) in asked.years} for entry in strip]


def excerpt(found: Found, page: pages.PageInfo) -> Markup:
    """The passage that answers, its words marked; else the summary."""
    parts = found.excerpts.get(page.id)
    if not parts or not any(marked for _text, marked in parts):
        return Markup("{}").format(voiced(page.summary, page))
    words = Markup("").join(
        Markup("<mark>{}</mark>").format(text) if marked else typeset(text, page) for text, marked in parts
    )
    return Markup("{}").format(spoken(words, page))


blueprint.add_app_template_global(excerpt, "excerpt")
blueprint.add_app_template_filter(_facet_words, "facet_words")


@blueprint.get("/<any(search, events):where>.json")
@limiter.limit(search_rate)
def data(where: str) -> Response:
    """The same answer as data: total, results, facets with their counts.

    A family of variants is one result; `variants` are the addresses of its other pages that answer.
    """
    asked, found = whole(where, per_page=100, as_families=True)
    origins = origins_of(found.rows)
    told = {}
    if where == "events":
        entries = pages.agenda_entries(visitor.actor(), found.rows, lambda slug: absolute("reading.page", slug=slug))
        told = {
            entry.number: {
                "state": entry.state,
                "dates": [
                    {"starts": span.first, "ends": span.last, "state": entry.state_of(span)} for span in entry.spans
                ],
            }
            for entry in entries
        }
    rows = [
        {
            "slug": info.slug,
            "title": info.title,
            "kind": info.kind,
            **told.get(info.id, {}),
            "excerpt": str(excerpt(found, info).striptags()),
            "place": info.place,
            "starts_on": info.starts_on,
            "url": absolute("reading.page", slug=info.slug),
            "origin": origins[info.id].slug if info.id in origins else None,
            "variants": [other.slug for other in found.others.get(info.id, ())],
        }
        for info in found.rows
    ]
    answer = {
        "total": found.total,
        "page": found.page,
        "pages": found.pages,
        "results": rows,
        "facets": {name: [{"value": v, "count": c} for v, c in values] for name, values in found.facets.items()},
        "years": {str(year): count for year, count in sorted(found.years.items())},
        "suggestion": found.suggestion,
        "problems": [str(problem.message) for problem in asked.problems],
    }
    return Response(json.dumps(answer, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")


@blueprint.get("/search.csv")
@limiter.limit(search_rate)
def table() -> Response:
    """The same answer as a table that spreadsheets open, accents right and formulas harmless; each variant a row."""
    _asked_for, found = whole("search", per_page=EXPORT_ROWS)
    origins = origins_of(found.rows)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["slug", "title", "kind", "starts_on", "place", "summary", "origin", "url"])
    for info in found.rows:
        url = absolute("reading.page", slug=info.slug)
        origin = origins[info.id].slug if info.id in origins else ""
        row = (info.slug, info.title, info.kind, info.starts_on or "", info.place or "", info.summary, origin, url)
        writer.writerow([agenda.tables.harmless(value) for value in row])
    response = Response(agenda.tables.MARK + text.getvalue(), content_type=agenda.tables.MEDIA_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="levain-search.csv"'
    return response


@blueprint.get("/<any(search, events):where>.atom")
@limiter.limit(search_rate)
def feed(where: str) -> Response:
    """New matches as they come: the pages whose text moved last, whatever order the address asks for.

    A page that answers only since it was changed is a new match too.
    """
    asked, found = whole(where, per_page=50, order="changed")
    xml = render_template("feeds/search.xml", rows=found.rows, asked=asked, where=where)
    response = Response(xml, content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def whole(where: str, per_page: int, *, as_families: bool = False, order: str = "") -> tuple[Asked, Found]:
    """What the address asks, over everything or over gatherings alone, and up to `per_page` answers.

    Raises Invalid. `order` goes before the one asked for.
    """
    asked = _asked(where == "events", per_page, page_number(), as_families=as_families)
    if asked.problems and not request.path.endswith(".geojson"):
        # The map stands on the page that tells of it; who asks for the other forms sees nothing else.
        raise Invalid(asked.problems)
    return asked, pages.look_for(visitor.actor(), replace(asked.query, order=order) if order else asked.query)


@blueprint.get("/search/suggestions")
@limiter.limit(search_rate)
def suggestions() -> Response:
    """What somebody may be about to type: `[{title, kind, url, count}]`."""
    found = pages.suggest(visitor.actor(), request.args.get("q", "")[:100])
    rows = [
        {
            "title": hit.title,
            "kind": hit.kind,
            "count": hit.count,
            "url": url_for("reading.page", slug=hit.slug) if hit.slug else url_for("places.place", name=hit.title),
        }
        for hit in found
    ]
    response = Response(json.dumps(rows, ensure_ascii=False), content_type="application/json; charset=utf-8")
    if not visitor.actor().is_authenticated:
        response.headers["Cache-Control"] = "private, max-age=60"
    return response

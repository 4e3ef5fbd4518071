"""The agenda for other programs: any query in the formats calendars, maps and spreadsheets read.

The same words in the address as the page that people read; what one file cannot hold is in the next (`page=2`), which
a Link header names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from wiki import agenda, pages
from wiki.agenda import Entry
from wiki.pages import Found, PageInfo
from wiki.web import visitor
from wiki.web.addresses import absolute, host, origin
from wiki.web.recent import Recent
from wiki.web.search import whole

_REMEMBERED = 1_000

blueprint = Blueprint("agenda", __name__)


@blueprint.record_once
def _remember(setup: BlueprintSetupState) -> None:
    """The etag of each feed by the state of the pages it is made of."""
    setup.app.extensions["feeds"] = Recent(_REMEMBERED)


@blueprint.get("/<any(search, events):where>.ics")
def calendar(where: str) -> Response:
    """What the query finds, for calendars to subscribe to: an event for each date."""
    asked, found = whole(where, _maximum())
    words = " ".join(part for part in (asked.words, asked.place) if part)
    name = f"{_name()} – {words}" if words else _name()
    cover = _cover(name, found)
    return _feed(found, agenda.ical.MEDIA_TYPE, lambda entries: agenda.ical.write(cover, entries), f"{where}.ics")


@blueprint.get("/<any(search, events):where>.geojson")
def points(where: str) -> Response:
    """What the query finds and where it lies; what has no position is left out."""
    found = whole(where, _maximum())[1]
    return _feed(found, agenda.geojson.MEDIA_TYPE, agenda.geojson.write)


@blueprint.get("/events.csv")
def table() -> Response:
    """What the query finds as a table that spreadsheets open, accents right and formulas harmless."""
    found = whole("events", _maximum())[1]
    return _feed(found, agenda.tables.MEDIA_TYPE, agenda.tables.write, "events.csv")


@blueprint.get("/wiki/<slug>.ics")
def event(slug: str) -> Response:
    """The dates of one event, for a calendar. A page without dates is an empty calendar."""
    page = pages.find(visitor.actor(), slug)
    cover = _cover(page.title, None, absolute("reading.page", slug=page.slug))
    filename = f"{page.slug}.ics"
    return _answer([page], agenda.ical.MEDIA_TYPE, lambda entries: agenda.ical.write(cover, entries), filename)


def _maximum() -> int:
    maximum: int = current_app.config["WIKI"]["FEED_EVENTS"]
    return maximum


def _name() -> str:
    name: str = current_app.config["WIKI"]["NAME"]
    return name


def _cover(name: str, found: Found | None, url: str = "") -> agenda.ical.Cover:
    """What a calendar says of itself, and how much of the answer it holds where that is not all."""
    held = ""
    if found is not None and found.pages > 1:
        held = _(
            "Partie %(page)s de %(pages)s : %(held)s événements sur %(total)s. L’adresse avec page=%(next)s "
            "donne une autre partie.",
            page=found.page, pages=found.pages, held=len(found.rows), total=found.total,
            next=found.page % found.pages + 1,
        )  # fmt: skip
    return agenda.ical.Cover(
        name,
        host=host(),
        url=url or f"{origin()}{request.path.removesuffix('.ics')}{_query()}",
        description=held,
        states={"cancelled": _("Annulé"), "postponed": _("Reporté")},
        inexact=_("Le jour n’est pas précisé"),
    )


def _query(**changed: object) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changed]
    kept += [(name, str(value)) for name, value in changed.items()]
    return f"?{urlencode(kept)}" if kept else ""


def _feed(
    found: Found, media_type: str, write: Callable[[Sequence[Entry]], str | bytes], filename: str = ""
) -> Response:
    response = _answer(found.rows, media_type, write, filename, f"{found.total}-{found.page}")
    if found.page < found.pages:
        response.headers["Link"] = f'<{origin()}{request.path}{_query(page=found.page + 1)}>; rel="next"'
    return response


def _answer(
    rows: Sequence[PageInfo],
    media_type: str,
    write: Callable[[Sequence[Entry]], str | bytes],
    filename: str = "",
    part: str = "",
) -> Response:
    """These pages in a format, or word that they are as they were: mostly nothing is put together to know that.

    The etag names what is said: pages are drawn anew for reasons nobody may learn of, and then say the same. What was
    said of pages in this state, to this reader, is remembered by its etag.
    """
    response = Response(content_type=media_type)
    open_to_all = all(row.visibility == "public" for row in rows)
    response.headers["Cache-Control"] = "private, no-cache" if open_to_all else "private, no-store"
    response.headers["Vary"] = "Cookie, Accept-Language"
    if filename:
        response.headers["Content-Disposition"] = f'attachment; filename="{_name_of(filename)}"'
    drawn = [(row.id, row.head_id, row.stamp) for row in rows]
    state = hashlib.sha256(
        repr((visitor.actor().key, visitor.language(), origin(), request.full_path, part, drawn)).encode()
    ).digest()
    said: Recent[bytes, str] = current_app.extensions["feeds"]
    etag = said.get(state)
    if etag is not None and request.if_none_match.contains(etag):
        response.set_etag(etag)
    else:
        response.set_data(
            write(pages.agenda_entries(visitor.actor(), rows, lambda slug: absolute("reading.page", slug=slug)))
        )
        response.add_etag()
        said.put(state, str(response.get_etag()[0]))
    return response.make_conditional(request)  # type: ignore[return-value]


def _name_of(filename: str) -> str:
    return f"levain-{filename}" if filename.startswith(("search.", "events.")) else filename

"""The agenda for other programs: any query over gatherings in the formats calendars and maps read."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from wiki import agenda, pages
from wiki.web import visitor
from wiki.web.addresses import absolute
from wiki.web.search import whole

blueprint = Blueprint("agenda", __name__)


def _address(slug: str) -> str:
    return absolute("reading.page", slug=slug)


@blueprint.get("/<any(search, events):where>.geojson")
def points(where: str) -> Response:
    """What the query finds and where it lies; what has no position is left out."""
    _asked, found = whole(where, current_app.config["WIKI"]["FEED_EVENTS"])
    entries = pages.agenda_entries(visitor.actor(), found.rows, _address)
    response = Response(agenda.geojson.write(entries), content_type=agenda.geojson.MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]

"""Places suggested from the wiki's own gazetteer, and what maps are made of: nobody else is asked."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import escape
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages, places
from wiki.errors import NotFound
from wiki.places import Place
from wiki.web import visitor
from wiki.web.security import limiter

blueprint = Blueprint("places", __name__)
_POINT = re.compile(r"(-?\d{1,2}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)(?:,(\d{1,6}))?", re.ASCII)
_MOST_POINTS = 60


def _places_rate() -> str:
    return str(current_app.config["WIKI"]["PLACES_RATE"])


@blueprint.get("/places.json")
@limiter.limit(_places_rate)
def suggestions() -> Response:
    """The places whose name begins like `q`, likeliest first.

    `[{name, label, country, latitude, longitude, precision}]`: `label` tells a place from its namesakes.
    """
    pages.require(visitor.actor(), "read")
    rows = [
        {
            "name": place.name,
            "label": label(place),
            "country": place.country,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "precision": place.precision,
        }
        for place in places.suggest(request.args.get("q", ""))
    ]
    return Response(json.dumps(rows, ensure_ascii=False), content_type="application/json; charset=utf-8")


def label(place: Place) -> str:
    """A place's name with what tells it from its namesakes: "Brest, Finistère, France"."""
    country = get_locale().territories.get(place.country, place.country)
    parts = (place.name, place.region, country)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def map_parts() -> dict[str, str]:
    """The addresses of what a map is made of: the vendored scripts, and the base, tiles or file it shows."""
    asset = current_app.extensions["assets"].url
    wiki = current_app.config["WIKI"]
    parts = {
        "leaflet": asset("vendor/leaflet/leaflet.js"),
        "style": asset("vendor/leaflet/leaflet.css"),
        "clusters": asset("vendor/markercluster/markercluster.js"),
    }
    if wiki["TILES"]:
        return {**parts, "tiles": wiki["TILES"]}
    if wiki["MAP_FILE"]:
        return {**parts, "file": url_for("places.map_file"), "protomaps": asset("vendor/protomaps/protomaps.js")}
    return {**parts, "world": asset("vendor/world/world.json")}


def map_words() -> dict[str, object]:
    """What a map says, in the reader's language."""
    wiki = current_app.config["WIKI"]
    own = _("Fond de carte : Natural Earth ; villes : GeoNames")
    credit = wiki["TILES_CREDIT"] or ("" if wiki["TILES"] or wiki["MAP_FILE"] else own)
    return {
        "closer": _("Agrandir"),
        "farther": _("Réduire"),
        "close": _("Fermer"),
        "many": _("%(count)s événements, agrandir", count="{n}"),
        "there": _("%(count)s événements (%(places)s), agrandir", count="{n}", places="{towns}"),
        "credit": str(escape(credit)),
        "states": {"cancelled": _("annulé"), "postponed": _("reporté")},
    }


@blueprint.get("/map.svg")
def locator() -> Response:
    """A small drawn map around some points (`at=latitude,longitude`, perhaps with how many they stand for, by spaces).

    Raises NotFound.
    """
    pages.require(visitor.actor(), "read")
    asked = request.args.get("at", "")[: 50 * _MOST_POINTS].split()
    found = [match for match in map(_POINT.fullmatch, asked) if match]
    points = [(float(match[1]), float(match[2]), int(match[3] or 1)) for match in found]
    if not points or len(points) != len(asked) or len(points) > _MOST_POINTS:
        raise NotFound
    if any(abs(latitude) > 85 or abs(longitude) > 180 for latitude, longitude, _count in points):
        raise NotFound
    response = Response(places.locator(points), content_type="image/svg+xml; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@blueprint.get("/places/<name>")
def place(name: str) -> BaseResponse:
    """A town: what is coming there, what took place, what was tried. A town of no page is not found."""
    actor, name, at = visitor.actor(), name[:200], datetime.now(UTC)
    try:
        found = pages.locality(actor, name, at)
    except NotFound:
        # Typed by hand, in small letters.
        known = places.find(name)
        if known is None or known.name == name or known.name.casefold() != name.casefold():
            raise
        pages.locality(actor, known.name, at)
        return redirect(url_for("places.place", name=known.name), 302)
    return make_response(render_template("search/place.html", name=name, place=found))


@blueprint.get("/map.pmtiles")
def map_file() -> BaseResponse:
    """The map file of the wiki, in the parts that are asked for. Raises NotFound where none is set."""
    path = current_app.config["WIKI"]["MAP_FILE"]
    if not path:
        raise NotFound
    return send_file(Path(path).resolve(), mimetype="application/vnd.pmtiles", conditional=True, max_age=86_400)

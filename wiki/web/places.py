"""Places suggested while one is being typed, from the wiki's own gazetteer: nobody else is asked."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app, request
from flask_babel import get_locale

from wiki import pages, places
from wiki.places import Place
from wiki.web import visitor
from wiki.web.security import limiter

blueprint = Blueprint("places", __name__)


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

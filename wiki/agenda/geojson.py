"""GeoJSON (RFC 7946): longitude first, and flat properties, by which uMap and others can filter."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from wiki.agenda.entry import Entry

MEDIA_TYPE = "application/geo+json"
# A seventh decimal would be a centimetre.
_DECIMALS = 6


def write(entries: Iterable[Entry]) -> str:
    """A FeatureCollection of those entries that have a position, one point for each, in their order."""
    features = [_feature(entry, *entry.point) for entry in entries if entry.point is not None]
    collection: dict[str, Any] = {"type": "FeatureCollection"}
    if features:
        longitudes, latitudes = zip(*(feature["geometry"]["coordinates"] for feature in features), strict=True)
        collection["bbox"] = [min(longitudes), min(latitudes), max(longitudes), max(latitudes)]
    collection["features"] = features
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))


def _feature(entry: Entry, latitude: float, longitude: float) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": entry.number,
        "geometry": {"type": "Point", "coordinates": [round(longitude, _DECIMALS), round(latitude, _DECIMALS)]},
        "properties": {
            "title": entry.title,
            "url": entry.url,
            "kind": entry.kind,
            "state": entry.state,
            "starts": entry.first,
            "ends": entry.last,
            "dates": entry.dates,
            "place": entry.place,
            "precision": entry.precision,
            "themes": ", ".join(entry.themes),
            "organizers": " ; ".join(entry.organizers),
            "edition": entry.edition,
            "summary": entry.summary,
            "uid": entry.uid,
        },
    }

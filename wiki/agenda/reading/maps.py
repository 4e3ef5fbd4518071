"""Reading maps of events: GeoJSON (RFC 7946) and what uMap saves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from wiki.agenda.draft import Draft, Reading, Unreadable
from wiki.agenda.reading.columns import column, draft
from wiki.agenda.reading.letters import tidy

_DEEPEST = 6
# Beyond it a number is no angle; one of hundreds of digits cannot even be told as a decimal.
_TURN = 360
_SHOWN = 20


def read(text: str, zone: str, most: int) -> Reading:
    """The events of a map, one for each feature. Raises Unreadable where it is none, or holds too many."""
    try:
        held = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise Unreadable(_("Ce fichier n’est pas une carte lisible : exportez-la à nouveau en GeoJSON.")) from None
    except json.JSONDecodeError as error:
        raise Unreadable(
            _("Ce fichier GeoJSON est abîmé à la ligne %(line)s, colonne %(column)s.",
              line=error.lineno, column=error.colno)
        ) from None
    except ValueError:
        raise Unreadable(_("Ce fichier GeoJSON contient un nombre impossible.")) from None
    features = list(_features(held))
    if len(features) > most:
        raise Unreadable(
            _("Ce fichier contient plus de %(most)s événements. Coupez-le en plusieurs fichiers.", most=most)
        )
    drafts = [_draft(number, feature, layer, zone) for number, (feature, layer) in enumerate(features, start=1)]
    return Reading(drafts, lines=False)


def _no_number(_name: str) -> float:
    raise ValueError


def _features(held: Any, layer: str = "", depth: int = 0) -> Iterator[tuple[Any, str]]:
    """Each feature with the name of its layer; a uMap file holds layers, each a collection."""
    if depth > _DEEPEST or not isinstance(held, dict):
        if depth == 0:
            raise Unreadable(_("Ce fichier JSON n’est pas une carte GeoJSON."))
        return
    if held.get("type") == "Feature":
        yield held, layer
        return
    inner = held.get("layers") if held.get("type") == "umap" else held.get("features")
    if not isinstance(inner, list):
        if depth == 0:
            raise Unreadable(_("Ce fichier JSON n’est pas une carte GeoJSON."))
        return
    options = held.get("_umap_options") or held.get("properties")
    name = options.get("name", "") if isinstance(options, dict) and depth else ""
    for one in inner:
        if isinstance(one, dict) and one.get("type") == "FeatureCollection":
            yield from _features(one, layer, depth + 1)
        else:
            yield one, name if isinstance(name, str) else ""


def _draft(number: int, feature: Any, layer: str, zone: str) -> Draft:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return Draft(number, problems=(_("Cet élément n’a pas de propriétés : ce n’est pas un événement."),))
    cells: dict[str, str] = {}
    for key, value in list(properties.items())[:200]:
        name = column(key)
        if name and name not in cells and (text := _text(value)):
            cells[name] = text
    cells.setdefault("tags", tidy(layer))
    point = _point(feature.get("geometry"))
    return draft(number, cells, zone, point)


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = ";".join(value)
    return tidy(str(value)) if isinstance(value, str | int | float) else ""


def _point(geometry: Any) -> tuple[str, str] | None:
    """Latitude and longitude of a point, or of where a line or an area begins."""
    held = geometry.get("coordinates") if isinstance(geometry, dict) else None
    for _depth in range(_DEEPEST):
        if isinstance(held, list) and held and isinstance(held[0], list):
            held = held[0]
    if not isinstance(held, list) or len(held) < 2:
        return None
    longitude, latitude = held[:2]
    if any(isinstance(number, bool) or not isinstance(number, int | float) for number in (longitude, latitude)):
        return None
    return _degrees(latitude), _degrees(longitude)


def _degrees(number: float) -> str:
    """An angle in words; one that no globe has stays as it was written, cut, for its field to refuse with a reason."""
    if not abs(number) <= _TURN:
        return str(number)[:_SHOWN]
    return f"{number:.6f}".rstrip("0").rstrip(".")

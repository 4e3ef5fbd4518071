"""Pages as schema.org sees them: HowTo, Event, and for the rest CreativeWork; see https://schema.org."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from wiki import pages
from wiki.web import addresses

_EVENT_STATUS = {"annule": "EventCancelled", "reporte": "EventPostponed"}
_MOST_SESSIONS = 50
_TYPES = {
    "recipe": "HowTo",
    "event": "Event",
    "edition": "Festival",
    "collective": "Organization",
    "theme": "DefinedTerm",
}


def structured_data(reading: pages.Reading, origin: pages.PageInfo | None = None) -> Markup:
    """JSON-LD of a page, safe inside a script element. `origin` is the page it is a variant of."""
    page, fields = reading.page, reading.document.fields
    url = addresses.absolute("reading.page", slug=page.slug)
    licence = str(fields.get("license", pages.DEFAULT_LICENCE))
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(page.kind, "Article"),
        "@id": url,
        "url": url,
        "name": page.title,
        "description": page.summary or None,
        "inLanguage": page.language,
    }
    if page.kind not in ("collective", "theme", "event"):
        data["license"] = pages.LICENCE_URLS.get(licence, licence)
        data["dateModified"] = page.updated_at.isoformat()
        data["author"] = [{"@type": "Person", "name": name} for name in reading.authors[:20]]
    if origin is not None:
        data["isBasedOn"] = addresses.absolute("reading.page", slug=origin.slug)
    if page.kind == "recipe":
        data |= _how_to(reading)
    elif page.kind in ("event", "edition"):
        data |= _event(reading)
    clean = {name: value for name, value in data.items() if value not in (None, [], "")}
    text = json.dumps(clean, ensure_ascii=False)
    for character, escape in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(character, escape)
    return Markup(text)  # noqa: S704 - escaped above for a script element


def _how_to(reading: pages.Reading) -> dict[str, Any]:
    parts = reading.parts
    data: dict[str, Any] = {
        "supply": [{"@type": "HowToSupply", "name": name} for name in parts.get("materials", ())],
        "tool": [{"@type": "HowToTool", "name": name} for name in parts.get("tools", ())],
        "step": [
            {"@type": "HowToStep", "position": position, "name": name}
            for position, name in enumerate(parts.get("steps", ()), start=1)
        ],
    }
    return data


def event_times(reading: pages.Reading) -> tuple[str, str]:
    """When the first date of an event begins and its last one ends, in ISO 8601 as far as known; "" where not."""
    held = pages.not_cancelled(pages.typed(reading.document, "sessions") or [])
    sessions = sorted(held, key=lambda session: session.start_instant)
    ends = [session for session in sessions if session.iso_end]
    last = max(ends, key=lambda session: session.end_instant).iso_end if ends else None
    return sessions[0].iso_start if sessions else "", last or ""


def _status(state: str) -> str:
    return "https://schema.org/" + _EVENT_STATUS.get(state, "EventScheduled")


def _event(reading: pages.Reading) -> dict[str, Any]:
    page, fields = reading.page, reading.document.fields
    starts, ends = event_times(reading)
    data: dict[str, Any] = {"startDate": starts or fields.get("starts_on"), "endDate": ends or fields.get("ends_on")}
    if page.place:
        location: dict[str, Any] = {
            "@type": "Place",
            "name": page.place,
            "address": fields.get("address") or page.place,
        }
        if coordinates := pages.typed(reading.document, "geo"):
            location["geo"] = {
                "@type": "GeoCoordinates",
                "latitude": coordinates.latitude,
                "longitude": coordinates.longitude,
            }
        data["location"] = location
    if page.kind == "event":
        called = pages.called_off(reading.document)
        data["eventStatus"] = _status(called)
        if called == "dates":
            data["subEvent"] = [
                {"@type": "Event", "name": page.title, "startDate": session.iso_start, "endDate": session.iso_end
                 or session.iso_start, "eventStatus": _status(session.state), "location": data.get("location", "")}
                for session in (pages.typed(reading.document, "sessions") or [])[:_MOST_SESSIONS]
            ]
        data["organizer"] = [{"@type": "Organization", "name": name} for name in fields.get("organizers", [])]
    edition = fields.get("edition") or fields.get("part_of")
    if isinstance(edition, str) and (target := reading.targets.get(pages.link_key(edition))):
        data["superEvent"] = {"@type": "Festival", "name": target.title, "url": addresses.origin() + target.url}
    return data

"""Agendas that other programs wrote: iCalendar, GeoJSON and uMap, tables; bytes in, drafts out.

What is broken is told with its line and never hides the rest. Pure: nothing is fetched, nothing is kept.
"""

from __future__ import annotations

from flask_babel import gettext as _

from wiki.agenda.draft import Draft, Reading, Unreadable
from wiki.agenda.reading import calendars, maps, sheets
from wiki.agenda.reading.letters import decoded

__all__ = ["Draft", "Reading", "Unreadable", "read"]


def read(data: bytes, name: str, *, most: int, zone: str) -> Reading:
    """The events of a file called `name`, at most `most`.

    `zone` is where times belong that say no other. Raises Unreadable where the file as a whole cannot be taken: it is
    something else, it is damaged, it holds too many events or none.
    """
    text = decoded(data)
    start = text.lstrip()[:20].casefold()
    if start.startswith("begin:v") or name.casefold().endswith((".ics", ".ical", ".ifb", ".icalendar")):
        reading = calendars.read(text, zone, most)
    elif start.startswith(("{", "[")) or name.casefold().endswith((".geojson", ".json", ".umap")):
        reading = maps.read(text, zone, most)
    elif start.startswith("<"):
        raise Unreadable(
            _("Ce fichier est une page web, pas un agenda. Cherchez le lien qui le donne en .ics, .csv ou .geojson.")
        )
    else:
        reading = sheets.read(text, zone, most)
    if not reading.drafts:
        raise Unreadable(_("Ce fichier ne contient aucun événement."))
    return reading

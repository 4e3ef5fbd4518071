"""Agendas in the formats other programs read and write: iCalendar, GeoJSON, CSV.

Knows neither pages nor requests: `Entry` values in, text out, and back.
"""

from wiki.agenda import geojson, ical, tables
from wiki.agenda.draft import Draft, Reading, Unreadable
from wiki.agenda.entry import Entry, Span, State
from wiki.agenda.reading import read
from wiki.agenda.reading.sheets import SAMPLE

__all__ = [
    "SAMPLE", "Draft", "Entry", "Reading", "Span", "State", "Unreadable", "geojson", "ical", "read", "tables",
]

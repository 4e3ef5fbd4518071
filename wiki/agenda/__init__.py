"""Agendas in the formats other programs read and write: iCalendar, GeoJSON, CSV.

Knows neither pages nor requests: `Entry` values in, text out, and back.
"""

from wiki.agenda import geojson, ical, tables
from wiki.agenda.entry import Entry, Span, State

__all__ = ["Entry", "Span", "State", "geojson", "ical", "tables"]

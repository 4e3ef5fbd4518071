"""Tables of events that spreadsheets open: accents right, formulas harmless."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from wiki.agenda.entry import Entry

MEDIA_TYPE = "text/csv; charset=utf-8"
# Spreadsheets take a table for UTF-8 when it begins with this mark.
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_COLUMNS = (
    "title", "kind", "starts", "ends", "dates", "place", "latitude", "longitude", "state", "themes", "organizers",
    "edition", "summary", "url", "uid",
)  # fmt: skip


def write(entries: Iterable[Entry]) -> str:
    """A table with a line for each entry, whatever its number of dates."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for entry in entries:
        said = (
            entry.title, entry.kind, entry.first, entry.last, entry.dates, entry.place, *(entry.point or ("", "")),
            entry.state, " ; ".join(entry.themes), " ; ".join(entry.organizers), entry.edition, entry.summary,
            entry.url, entry.uid,
        )  # fmt: skip
        writer.writerow([harmless(value) if isinstance(value, str) else value for value in said])
    return MARK + text.getvalue()


def harmless(value: str) -> str:
    """A cell no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return "'" + value if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value

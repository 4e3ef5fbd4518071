"""The edit form and the text form: two faces of one document.

Names are fixed for tools: `base`, `comment`, `minor`, `csrf_token`, and `text` or the fields plus `body`. A field
that is absent from what was sent stays as it was; one that is sent empty is emptied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from wiki import pages, places
from wiki.errors import Problem
from wiki.pages import KINDS, Document, Kind
from wiki.places import Place
from wiki.web import sessions, visitor
from wiki.web.sessions import Row

FORM_NAMES = frozenset(
    {
        "base", "comment", "minor", "csrf_token", "text", "body", "action", "section", "head", "mine", "offer",
        "visibility",
    }
)
Values = dict[str, "str | list[str]"]


@dataclass
class Draft:
    """What a person is writing, exactly as typed, and what is wrong with it."""

    kind: Kind
    values: Values
    body: str
    text: str | None = None
    section: str | None = None
    base: str = "0"
    comment: str = ""
    minor: bool = False
    visibility: str = "public"
    offer: str = ""
    problems: list[Problem] = field(default_factory=list)
    # The dates of an event as the form had them; None where they were not sent as rows.
    rows: list[Row] | None = None

    @property
    def mode(self) -> str:
        if self.text is not None:
            return "text"
        return "section" if self.section is not None else "form"

    def problem(self, name: str) -> str:
        """What is wrong with this field, in words; empty where nothing is. A whole text is the field of all it says."""
        whole = name == "text" and self.mode == "text"
        return " ".join(str(problem.message) for problem in self.problems if whole or problem.field == name)

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Note what is wrong, that of a date beside its own row."""
        self.problems = list(problems)
        if self.rows is not None:
            self.rows, self.problems = sessions.told(self.rows, problems)


def from_text(text: str, base: int, mode: str = "form", section: str | None = None) -> Draft:
    """A draft that starts from a stored text. Raises NotFound for a section that is not there."""
    document = pages.parse(text)
    draft = Draft(KINDS[document.kind], dict(document.fields), document.body, base=str(base))
    if section is not None:
        draft.section, draft.body = section, pages.section_text(text, section)
    elif mode == "text":
        draft.text = text
    return draft


def blank(kind: Kind, given: Mapping[str, str]) -> Draft:
    """A draft of a new page of this kind, with the outline and what the address already says."""
    values: Values = {}
    for declared in kind.fields:
        value = given.get(declared.name, "").strip()
        if value:
            values[declared.name] = [value] if declared.many else value
    return Draft(kind, values, pages.outline_text(kind))


def received(form: MultiDict[str, str], kind: Kind, before: Document | None = None) -> Draft:
    """A draft from what was sent. `before` is the document it started from."""
    draft = Draft(
        kind,
        dict(before.fields) if before else {},
        form.get("body", before.body if before else ""),
        base=form.get("base", ""),
        comment=form.get("comment", "")[:1000],
        minor=form.get("minor", "") not in ("", "0"),
        visibility=form.get("visibility", "public"),
        offer=form.get("offer", "")[:9],
    )
    if "text" in form:
        draft.text = form["text"]
    elif form.get("section"):
        draft.section = form["section"]
    else:
        for declared in kind.fields:
            if declared.name in form and declared.name not in FORM_NAMES:
                # Blank lines stay until the text is put together: buttons that remove a line count them.
                draft.values[declared.name] = form.getlist(declared.name) if declared.many else form[declared.name]
        _take_rows(draft, form, before)
        _join_coordinates(draft, form)
    return draft


def _take_rows(draft: Draft, form: MultiDict[str, str], before: Document | None) -> None:
    draft.rows = sessions.received_rows(form) if draft.kind.field("sessions") is not None else None
    if draft.rows is not None:
        draft.values["sessions"] = sessions.lines_of(draft.rows, _lines(before.fields if before else {}, "sessions"))


def names_shown(draft: Draft) -> dict[str, str]:
    """What the form shows for each address its fields name: titles, as far as whoever writes may know of the pages."""
    return pages.form_names(visitor.actor(), draft.kind, draft.values) if draft.mode == "form" else {}


def themes_offered() -> list[str]:
    """The themes a form proposes where nothing is typed yet, and where no script runs."""
    return pages.offered(visitor.actor(), "theme")


def session_rows(draft: Draft) -> list[Row]:
    """The dates of an event as rows to be filled in."""
    return sessions.rows_of(_lines(draft.values, "sessions")) if draft.rows is None else draft.rows


def take_clocks(draft: Draft) -> None:
    """Read the hours of a new event on the clocks of its place, where that is known and they were said on no other."""
    name, country = draft.values.get("place"), draft.values.get("country")
    if draft.rows is None or not isinstance(name, str):
        return
    place = places.find(name, country if isinstance(country, str) and country else None)
    zone = places.zone(place.country, place.latitude, place.longitude) if place else None
    if zone:
        draft.rows = sessions.in_zone(draft.rows, zone)
        draft.values["sessions"] = sessions.lines_of(draft.rows, ())


def _lines(values: Mapping[str, Any], name: str) -> list[str]:
    held = values.get(name, [])
    return [held] if isinstance(held, str) else list(held)


def _join_coordinates(draft: Draft, form: MultiDict[str, str]) -> None:
    """Put the two numbers of each position together; a whole one pasted into the first is taken as it is."""
    for declared in draft.kind.fields:
        if declared.type == "coordinates" and f"{declared.name}-latitude" in form:
            numbers = [form.get(f"{declared.name}-{part}", "").strip() for part in ("latitude", "longitude")]
            if all(numbers):
                numbers = [number.replace(",", ".") for number in numbers]
            draft.values[declared.name] = " ".join(number for number in numbers if number)


def coordinate_pair(held: object) -> tuple[str, str]:
    """The two numbers of a position, as they were written where they make none."""
    latitude, _separator, longitude = str(held or "").partition(" ")
    return latitude.rstrip(","), longitude


def proposed_place(draft: Draft) -> Place | None:
    """Where the place that is named lies, while the page says no position; None where nobody knows."""
    name, country = draft.values.get("place"), draft.values.get("country")
    if draft.kind.field("geo") is None or draft.values.get("geo") or not isinstance(name, str):
        return None
    return places.find(name, country if isinstance(country, str) and country else None)


def locate(draft: Draft, action: str) -> bool:
    """Carry out `locate`, which takes the proposed position; say whether it was asked."""
    if action != "locate":
        return False
    if place := proposed_place(draft):
        draft.values["geo"] = f"{place.latitude}, {place.longitude}"
        draft.values["geo_precision"] = place.precision
        draft.values["country"] = place.country
    return True


def whole_text(draft: Draft, before: str | None) -> str:
    """The whole text a draft stands for; pages its fields name by title are in it by their addresses.

    `before` is the text it started from, None for a new page.

    Raises Invalid for values that cannot be written, NotFound for a section that is gone.
    """
    if draft.text is not None:
        return draft.text
    if draft.section is not None and before is not None:
        return pages.with_section(before, draft.section, draft.body)
    started = pages.parse(before) if before is not None else None
    values = pages.by_address(visitor.actor(), draft.kind, draft.values, started.fields if started else {})
    return pages.assemble(draft.kind, values, started.extra if started else {}, draft.body)


def change_lines(draft: Draft, action: str) -> bool:
    """Carry out `add:<field>` or `remove:<field>:<index>`; say whether it was one of these."""
    verb, _separator, rest = action.partition(":")
    name, _separator, index = rest.partition(":")
    declared = next((declared for declared in draft.kind.fields if declared.name == name and declared.many), None)
    if verb not in ("add", "remove") or declared is None:
        return False
    dated = name == "sessions"
    held: list[Any] = session_rows(draft) if dated else _lines(draft.values, name)
    if verb == "add":
        if len(held) >= declared.limits.count:
            message = _("Cette liste est pleine : %(maximum)s lignes au plus.", maximum=declared.limits.count)
            draft.problems = [Problem(message, name)]
            return True
        # Dates that come one after the other mostly go by the same clocks.
        held = [*held, Row(zone=held[-1].zone if held else "")] if dated else [*(held or [""]), ""]
    elif index.isascii() and index.isdigit() and int(index) < len(held):
        held = [line for number, line in enumerate(held) if number != int(index)]
    if dated:
        draft.rows, draft.values[name] = held or [Row()], sessions.lines_of(held, ())
    else:
        draft.values[name] = held
    return True


__all__ = [
    "Draft", "blank", "change_lines", "coordinate_pair", "from_text", "locate", "names_shown", "proposed_place",
    "received", "session_rows", "take_clocks", "themes_offered", "whole_text",
]

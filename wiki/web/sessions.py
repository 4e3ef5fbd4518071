"""The dates of an event as rows of a form: a day and hours, or words where a calendar has none ("octobre 2013").

A row is one line of the field. What nobody touched keeps its line to the letter, so that changing one date leaves the
others as they were. Names in the form: `sessions` (the words), and `sessions-` with day, from, last, to, whole, zone,
state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from wiki.errors import Problem
from wiki.pages import DEFAULT_ZONE, Session

_PARTS = ("day", "from", "last", "to", "zone", "state")


@dataclass(frozen=True)
class Row:
    """One date as somebody typed it. `words` stand for all but zone and state; `problem` says what is wrong with it."""

    day: str = ""
    start: str = ""
    last: str = ""
    end: str = ""
    zone: str = ""
    whole: bool = False
    words: str = ""
    state: str = ""
    problem: str = ""

    @property
    def text(self) -> str:
        """The line of the field it stands for; "" for a row left empty."""
        calendar = self._calendar()
        text = " ".join(filter(None, (self.words, calendar)))
        return " ".join(filter(None, (text, self.zone, self.state))) if text else ""

    def _calendar(self) -> str:
        if not any((self.day, self.start, self.last, self.end)):
            return ""
        if self.whole or not (self.start or self.end):
            return f"{self.day}/{self.last}" if self.last else self.day
        if self.last:
            return f"{_at(self.day, self.start)}/{_at(self.last, self.end)}"
        if self.start and self.end:
            # As people say it: two hours after ten at night is on the next day.
            return f"{self.day} de {self.start} à {self.end}"
        return _at(self.day, self.start) if self.start else f"{self.day}/{_at(self.day, self.end)}"

    def checked(self) -> Row:
        """The same with what is wrong with it, in words."""
        return replace(self, problem=self._refusal())

    def _refusal(self) -> str:
        if not self.text:
            return ""
        if self.words and self._calendar():
            return _("Donnez cette date une seule fois : par le calendrier, ou en toutes lettres.")
        if not self.words and not self.day:
            return _("Choisissez le jour.")
        if self.end and not self.start and not self.whole:
            return _("Choisissez aussi l’heure du début.")
        try:
            Session.parse(self.text)
        except ValueError as refusal:
            return str(refusal)
        return ""


def _at(day: str, hour: str) -> str:
    return f"{day}T{hour}" if hour else day


def row_of(line: str) -> Row:
    """A line of the field as a row; in words where it is no day, or nothing anybody can read."""
    try:
        session = Session.parse(line)
    except ValueError:
        return Row(words=line)
    if session.precision not in ("minute", "day"):
        return Row(words=str(replace(session, state="")) if session.state else line, state=session.state)
    return Row(
        day=str(session.start),
        start=f"{session.start_time:%H:%M}" if session.start_time else "",
        last=str(session.end) if session.end is not None and session.end != session.start else "",
        end=f"{session.end_time:%H:%M}" if session.end_time else "",
        zone=session.zone or "",
        whole=session.all_day,
        state=session.state,
    )


def rows_of(lines: Iterable[str]) -> list[Row]:
    """The rows of a form for these lines; an empty one where there is none."""
    return [row_of(line) for line in lines] or [Row()]


def received_rows(form: MultiDict[str, str]) -> list[Row] | None:
    """The rows a form sent; None where it sent none, only lines."""
    if not any(f"sessions-{part}" in form for part in _PARTS):
        return None
    parts = [[value.strip() for value in form.getlist(f"sessions-{part}")] for part in _PARTS]
    words = [value.strip() for value in form.getlist("sessions")]
    whole = set(form.getlist("sessions-whole"))
    rows = []
    for index in range(max(map(len, [*parts, words]))):
        day, start, last, end, zone, state = (values[index] if index < len(values) else "" for values in parts)
        said = words[index] if index < len(words) else ""
        rows.append(Row(day, start, last, end, zone, str(index) in whole, said, state))
    return rows


def lines_of(rows: Sequence[Row], before: Iterable[str]) -> list[str]:
    """The lines these rows stand for; a row that is as it was keeps its line of `before` to the letter."""
    known = {row_of(line): line for line in before}
    return [known.get(row, row.text) for row in rows if row.text]


def told(rows: Sequence[Row], problems: Sequence[Problem]) -> tuple[list[Row], list[Problem]]:
    """Rows with what is wrong with each, and the problems of a form with those of dates told by their row."""
    checked = [row.checked() for row in rows]
    found = [
        Problem(_("Date %(number)s : %(reason)s", number=number, reason=row.problem), field_of(number))
        for number, row in enumerate(checked, 1)
        if row.problem
    ]
    if not found:
        return checked, list(problems)
    return checked, [*found, *(problem for problem in problems if problem.field != "sessions")]


def field_of(number: int) -> str:
    """What the first input of a row is called, counted from one."""
    return f"sessions-{number}" if number > 1 else "sessions"


def in_zone(rows: Sequence[Row], zone: str) -> list[Row]:
    """Rows whose hours are those of a zone, where they named none and its clocks show another hour than usual."""
    return [replace(row, zone=zone) if _differs(row, zone) else row for row in rows]


def _differs(row: Row, zone: str) -> bool:
    if row.zone or not row.text:
        return False
    try:
        session = Session.parse(row.text)
    except ValueError:
        return False
    if session.all_day or session.zone:
        return False
    here, usual = (session.start_instant.astimezone(ZoneInfo(name)) for name in (zone, DEFAULT_ZONE))
    return here.utcoffset() != usual.utcoffset()

"""Reading iCalendar (RFC 5545) as it is found in the world: every VEVENT is cut out and read alone."""

from __future__ import annotations

import quopri
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.agenda.draft import Draft, Reading, Unreadable
from wiki.agenda.reading.letters import prose
from wiki.agenda.reading.moments import Stamp, known_zone, written
from wiki.agenda.reading.recurrence import MOST, Repetitions, TooManySteps, UnknownRule

_LONGEST_LINE = 100_000
# A preview of more could not be read; how many more there are is said.
_NOTES_TOLD = 6
# Name, parameters, and the colon before the value; a quoted parameter may hold colons and semicolons.
_LINE = re.compile(r'(?P<name>[A-Za-z][A-Za-z0-9-]*)(?P<params>(?:;[^":;]*(?:"[^"]*"[^":;]*)*)*):')
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^":;]*)')
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:\d{1,8}S)?)?"
)
_STATES = {"CANCELLED": "annule", "done": "passe", "postponed": "reporte", "cancelled": "annule"}
# What our own calendars, and others after them, put before the title of what does not take place as told.
_SAID_BEFORE = re.compile(r"(annulée?|cancell?ed|reportée?|postponed)\s*:\s*(?=\S)", re.IGNORECASE)
_UNIVERSAL = ("UTC", "Etc/UTC", "GMT", "Etc/GMT")
_ADDRESS = re.compile(r"https?://\S+\Z")


@dataclass(frozen=True)
class _Property:
    """A line of an event: its parameters by name, its value as written."""

    line: int
    params: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value as text, its escapes and encoding undone."""
        value = self.value
        if self.params.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
            value = quopri.decodestring(value.encode()).decode("utf-8", "replace")
        return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


@dataclass
class _Block:
    """The lines of one VEVENT, and what could not be read in them; `repetitions` are those of the whole file."""

    line: int
    repetitions: Repetitions
    properties: dict[str, list[_Property]] = field(default_factory=lambda: defaultdict(list))
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def first(self, name: str) -> _Property | None:
        """The first property of a name."""
        found = self.properties.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        """The text of the first property of a name, "" without one."""
        found = self.first(name)
        return found.text if found else ""


@dataclass
class _Event:
    """A block understood: its dates by the moment each begins at, so that an exception finds the one it replaces."""

    draft: Draft
    key: tuple[str, ...]
    sessions: dict[str, str]
    replaces: str = ""
    cancelled: bool = False


def read(text: str, zone: str, most: int) -> Reading:
    """The events of a calendar. Raises Unreadable where it is none, or holds too many."""
    if "begin:vcalendar" not in text.casefold() and "begin:vevent" not in text.casefold():
        raise Unreadable(_("Ce fichier porte le nom d’un agenda .ics, mais n’en contient pas."))
    blocks, zones, notes = _blocks(text, most)
    said = known_zone(zones.get("", ""))
    if said in _UNIVERSAL:
        # How servers say that they write universal time: no clock on a wall goes by it.
        del zones[""]
        said = None
    own = said or zone
    events = [_event(block, own, zone, zones) for block in blocks]
    return Reading(list(_joined(events)), notes=notes)


def _blocks(text: str, most: int) -> tuple[list[_Block], dict[str, str], list[str]]:
    """The events of a calendar; its zones by the name it gives them, its own one under ""; what it has besides."""
    blocks: list[_Block] = []
    zones: dict[str, str] = {}
    block: _Block | None = None
    inner, named, repetitions = 0, "", Repetitions()
    for number, line in enumerate(text.split("\n"), start=1):
        word = line.strip().upper()
        if word == "BEGIN:VEVENT":
            if block is not None:
                block.problems.append(_("Cet événement n’est pas terminé : il manque « END:VEVENT »."))
            block, inner = _Block(number, repetitions), 0
            blocks.append(block)
            if len(blocks) > most:
                raise Unreadable(
                    _("Ce fichier contient plus de %(most)s événements. Coupez-le en plusieurs fichiers.", most=most)
                )
        elif word == "END:VEVENT":
            block = None
        elif word.startswith(("BEGIN:", "END:")):
            inner = max(0, inner + (1 if word.startswith("BEGIN:") else -1)) if block is not None else 0
            named = ""
        elif block is not None and not inner and line.strip():
            _add(block, number, line)
        elif word.startswith("TZID:"):
            named = line.strip()[5:].strip()
        elif word.startswith("X-LIC-LOCATION:") and named:
            zones[named] = line.strip()[15:].strip()
        elif word.startswith("X-WR-TIMEZONE:") and block is None:
            zones[""] = line.strip()[14:].strip()
    if block is not None:
        block.problems.append(_("Le fichier s’arrête au milieu de cet événement."))
    return blocks, zones, []


def _add(block: _Block, number: int, line: str) -> None:
    """Put a line where it belongs, or note that it makes no sense."""
    found = _LINE.match(line.strip()) if len(line) <= _LONGEST_LINE else None
    if found is None:
        words = line.strip()[:60]
        block.notes.append(_("Ligne %(line)s illisible, laissée de côté : %(text)s", line=number, text=words))
        return
    params = {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(found["params"])}
    block.properties[found["name"].upper()].append(_Property(number, params, line.strip()[found.end() :]))


def _event(block: _Block, own: str, default: str, zones: dict[str, str]) -> _Event:
    """What a block says. Whatever it says wrongly becomes a problem of this event alone."""
    title = block.text("SUMMARY")
    state = _STATES.get(block.text("X-LEVAIN-STATE")) or _STATES.get(block.text("STATUS").upper(), "")
    if found := _SAID_BEFORE.match(title):
        title = title[found.end() :]
        state = state or ("reporte" if found[1].casefold().startswith(("rep", "post")) else "annule")
    url = block.text("URL")
    values: dict[str, str | list[str]] = {
        "title": title,
        "state": state,
        "place": block.text("LOCATION"),
        "geo": block.text("GEO").replace(";", ", "),
        "themes": [word for found in block.properties.get("CATEGORIES", ()) for word in _words(found)],
        "organizers": list(_people(block)),
        "edition": block.text("X-LEVAIN-EDITION"),
        "source_urls": [url] if url else [],
        "source_uid": block.text("UID"),
        "text": _told(block.text("DESCRIPTION"), url, inexact=bool(block.text("X-LEVAIN-DATE"))),
    }
    sessions = _sessions(block, own, default, zones)
    replaces = _key(replaced, own, zones) if (replaced := block.first("RECURRENCE-ID")) else ""
    universal = _is_universal(block) and known_zone(zones.get("", "")) is None
    draft = Draft(block.line, values, _told_few(block.problems), _told_few(block.notes), universal)
    key = (block.text("UID"),) if block.text("UID") else (str(block.line),)
    return _Event(draft, key, sessions, replaces, block.text("STATUS").upper() == "CANCELLED")


def _is_universal(block: _Block) -> bool:
    begins = block.first("DTSTART")
    return begins is not None and begins.text.upper().endswith("Z") and not block.text("X-LEVAIN-ZONE")


def _told_few(words: Sequence[str]) -> tuple[str, ...]:
    """The first of what there is to say of an event, and how much more there is."""
    if (more := len(words) - _NOTES_TOLD) <= 1:
        return tuple(words)
    said = ngettext(
        "Et %(num)s autre remarque sur cet événement.", "Et %(num)s autres remarques sur cet événement.", more
    )
    return (*words[:_NOTES_TOLD], said)


def _words(found: _Property) -> Iterator[str]:
    for part in re.split(r"(?<!\\),", found.value):
        if word := re.sub(r"\\(.)", r"\1", part).strip():
            yield word


def _people(block: _Block) -> Iterator[str]:
    for found in block.properties.get("CONTACT", ()):
        yield found.text
    for found in block.properties.get("ORGANIZER", ()):
        name = found.params.get("CN", "").strip('"').strip()
        # A calendar's owner is named by an address: no name, and nothing to publish.
        if name and "@" not in name:
            yield name


def _told(description: str, url: str, inexact: bool) -> str:
    """What is told of an event, without what our calendars add: the address, and a word on an inexact date."""
    parts = description.split("\n\n")
    if parts and url and parts[-1].strip() == url:
        parts.pop()
    if parts and inexact:
        parts.pop(0)
    return prose("\n\n".join(parts))


def _sessions(block: _Block, own: str, default: str, zones: dict[str, str]) -> dict[str, str]:
    """The dates of a block, each by when it begins."""
    if known := block.text("X-LEVAIN-DATE"):
        return {known: known}
    begins = block.first("DTSTART")
    if begins is None:
        return {}
    zone = _zone(block, begins, own, zones)
    try:
        stamp = Stamp(begins.text)
    except ValueError:
        block.problems.append(_unreadable(begins))
        return {}
    start = stamp.on_clocks_of(_source(stamp, zone), zone) if stamp.at else stamp.value
    if start is None:
        return {str(stamp): str(stamp)}
    try:
        end = _end(block, start, zone, own, zones)
        return {_id(at): written(at, until, zone, default) for at, until in _repeated(block, start, end, zone)}
    except (OverflowError, _BadEnd) as error:
        return {_id(start): str(error)} if isinstance(error, _BadEnd) else {}


class _BadEnd(ValueError):
    """An end that no calendar has; the words are the session as it was written, for who checks it to refuse."""


def _id(at: date | datetime) -> str:
    return at.isoformat()


def _source(stamp: Stamp, zone: str) -> str:
    return "UTC" if stamp.offset == "Z" else zone


def _zone(block: _Block, found: _Property, own: str, zones: dict[str, str]) -> str:
    """Where a property's time belongs; a zone nobody knows is a problem of the event."""
    name = found.params.get("TZID", "")
    if not name:
        # Calendars write what goes by universal time like what goes by any other clock; ours tell them apart.
        return known_zone(block.text("X-LEVAIN-ZONE")) or own
    zone = known_zone(name) or known_zone(zones.get(name, ""))
    if zone is None:
        block.problems.append(
            _("Ligne %(line)s : le fuseau « %(zone)s » n’est pas connu.", line=found.line, zone=name[:60])
        )
    return zone or own


def _unreadable(found: _Property) -> str:
    return _(
        "Ligne %(line)s : la date « %(date)s » ne peut pas être lue.", line=found.line, date=found.value.strip()[:40]
    )


def _end(
    block: _Block, start: date | datetime, zone: str, own: str, zones: dict[str, str]
) -> date | datetime | None:
    """When it is over; a day is the last one inside. None where that is not said."""
    if found := block.first("DTEND"):
        try:
            stamp = Stamp(found.text)
        except ValueError:
            block.problems.append(_unreadable(found))
            return None
        end: date | None
        if isinstance(start, datetime):
            there = _zone(block, found, own, zones) if found.params.get("TZID") else zone
            end = stamp.on_clocks_of(_source(stamp, there), zone) if stamp.at else None
        else:
            end = _last_inside(start, stamp.value)
        if end is None:
            raise _BadEnd(f"{start.isoformat()}/{stamp}")
        return end
    duration = _DURATION.fullmatch(block.text("DURATION").removeprefix("+"))
    if duration is None:
        return None
    length = timedelta(**{name: int(value or 0) for name, value in duration.groupdict().items()})
    if isinstance(start, datetime):
        return start + length
    return start + max(length - timedelta(days=1), timedelta())


def _last_inside(start: date, end: date | None) -> date | None:
    """The last day of a stretch of days whose written end lies outside of it."""
    if isinstance(end, datetime):
        end = end.date()
    return max(start, end - timedelta(days=1)) if end is not None and end >= start else end


def _repeated(
    block: _Block, start: date | datetime, end: date | datetime | None, zone: str
) -> Iterable[tuple[date | datetime, date | datetime | None]]:
    """Each date with its end: the first, those of its rule and those added, without those taken out."""
    timed = isinstance(start, datetime)
    first = start if isinstance(start, datetime) else datetime(start.year, start.month, start.day)
    last = end if isinstance(end, datetime) or end is None else datetime(end.year, end.month, end.day)
    length = last - first if last is not None else None
    moments = [first]
    if rule := block.first("RRULE"):
        try:
            moments, more = block.repetitions.occurrences(first, rule.value, zone)
            moments = moments or [first]
            if more:
                block.notes.append(
                    _("Cet événement se répète : voici les %(most)s premières dates.", most=MOST)
                )
        except UnknownRule:
            block.notes.append(
                _("Ligne %(line)s : cette répétition n’est pas comprise ; seule la première date est prise.",
                  line=rule.line)
            )
        except TooManySteps:
            block.notes.append(
                _("Ligne %(line)s : ce fichier a trop de répétitions ; seule la première date est prise.",
                  line=rule.line)
            )
    moments = [*moments, *_listed(block, "RDATE", zone)][: 10 * MOST]
    out = set(_listed(block, "EXDATE", zone))
    for moment in sorted(dict.fromkeys(moments)):
        if moment not in out:
            until = moment + length if length is not None else None
            yield (moment, until) if timed else (moment.date(), until.date() if until is not None else None)


def _listed(block: _Block, name: str, zone: str) -> list[datetime]:
    """The moments of a property that lists some; what is not understood is noted."""
    found: list[datetime] = []
    for held in block.properties.get(name, ()):
        for text in held.value.split(",")[: 10 * MOST]:
            try:
                stamp = Stamp(text.partition("/")[0])
                there = known_zone(held.params.get("TZID", "")) or zone
                value = stamp.on_clocks_of(_source(stamp, there), zone) if stamp.at else stamp.value
            except ValueError:
                value = None
            if isinstance(value, datetime):
                found.append(value)
            elif value is not None:
                found.append(datetime(value.year, value.month, value.day))
            else:
                block.notes.append(_unreadable(held))
    return found


def _key(found: _Property, own: str, zones: dict[str, str]) -> str:
    """The date an exception replaces, as `_sessions` calls it."""
    zone = known_zone(found.params.get("TZID", "")) or known_zone(zones.get(found.params.get("TZID", ""), "")) or own
    try:
        stamp = Stamp(found.text)
    except ValueError:
        return ""
    value = stamp.on_clocks_of(_source(stamp, zone), zone) if stamp.at else stamp.value
    return _id(value) if value is not None else ""


def _joined(events: Sequence[_Event]) -> Iterator[Draft]:
    """One draft for each event, however many VEVENTs hold its dates.

    Those of one UID belong together (a rule and its exceptions), and those of one web page, title and place: calendars
    can write several dates in no other way.
    """
    whole: dict[tuple[str, ...], _Event] = {}
    for event in sorted(events, key=lambda event: bool(event.replaces)):
        if event.replaces and event.key in whole:
            held = whole[event.key].sessions
            held.pop(event.replaces, None)
            held.update(_called_off(event) if event.cancelled else event.sessions)
        else:
            key = event.key if event.key not in whole else (*event.key, str(event.draft.line))
            whole[key] = event
    together: dict[tuple[str, ...], list[_Event]] = {}
    for event in whole.values():
        page = _page(event.draft)
        if page is not None and page in together and not event.draft.problems:
            together[page].append(event)
        else:
            together[page if page is not None and page not in together else (str(event.draft.line),)] = [event]
    for group in sorted(together.values(), key=lambda group: group[0].draft.line):
        draft = group[0].draft
        states = {str(event.draft.values["state"]) for event in group}
        # What is said of some dates only is said of each of these.
        state = states.pop() if len(states) == 1 else "".join(states & {"passe"})
        dates = [event.sessions if event.draft.values["state"] == state else _called_off(event) for event in group]
        sessions = list(dict.fromkeys(text for known in dates for text in known.values()))
        yield replace(draft, values={**draft.values, "state": state, "sessions": sessions})


def _called_off(event: _Event) -> dict[str, str]:
    """The dates of a block with what it says became of them."""
    state = str(event.draft.values["state"])
    return {at: f"{text} {state}" if state in ("annule", "reporte") else text for at, text in event.sessions.items()}


def _page(draft: Draft) -> tuple[str, ...] | None:
    """What VEVENTs of one event share; None where its address is missing, or is that of a whole site."""
    url = "".join(draft.values["source_urls"])
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if not parts.path.strip("/") and not parts.query:
        return None
    return url, str(draft.values["title"]).casefold(), str(draft.values["place"]).casefold()

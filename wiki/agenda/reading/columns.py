"""Columns and properties by the names people give them, in French and in English; from a row of cells to a draft."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from flask_babel import gettext as _

from wiki.agenda.draft import Draft
from wiki.agenda.reading.letters import prose
from wiki.agenda.reading.moments import known_zone, session

# The first name of each is the one the sample table bears.
_NAMES = {
    "title": "titre; title; nom; name; intitule; evenement; event; nom de l evenement; subject",
    "sessions": "date; dates; jour; quand; when; day",
    "starts": "debut; start; starts; date debut; date de debut; start date; begin; dtstart; premiere date debut;"
    "firstdate begin; commence le",
    "starts_at": "heure; heure debut; heure de debut; horaire; horaires; start time; time; heures",
    "ends": "fin; end; ends; date fin; date de fin; end date; dtend; derniere date fin; lastdate end; finit le",
    "ends_at": "heure fin; heure de fin; end time",
    "zone": "fuseau; fuseau horaire; time zone; timezone; tz",
    "city": "ville; city; commune; location city; town",
    "place": "lieu; place; location; endroit; venue; nom du lieu; location name; salle",
    "address": "adresse; address; location address; rue; adresse du lieu",
    "country": "pays; country; code pays; location countrycode",
    "latitude": "latitude; lat; location latitude",
    "longitude": "longitude; lon; lng; long; location longitude",
    "geo": "position; coordonnees; gps; geo; point; lat lon",
    "themes": "themes; theme; thematique; thematiques; categorie; categories; category; sujet; sujets",
    "tags": "mots cles; tags; tag; keywords; mot cle",
    "organizers": "qui organise; organisateur; organisateurs; organisatrice; organisatrices; organisation; organizer;"
    "organizers; organiser; collectif; collectifs; association; porteur",
    "edition": "edition; festival",
    "recipes": "recettes; recette; recipe; recipes; recettes suivies",
    "state": "etat; state; statut; status",
    "format": "type; format; forme; type d evenement",
    "price": "prix; price; tarif; tarifs; conditions",
    "registration": "inscription; inscriptions; registration; reservation; billetterie",
    "accessibility": "accessibilite; accessibility",
    "attendance": "participation; participants; attendance; frequentation; nombre de personnes",
    "text": "description; texte; text; resume; summary; details; presentation; contenu; longdescription;"
    "description longue",
    "url": "url; adresse web; lien; link; site; site web; website; page; source; canonicalurl",
    "uid": "uid; identifiant; id",
    "kind": "kind",
}  # fmt: skip
_LISTS = {"themes": r"[;|,\n]", "tags": r"[;|,\n]", "organizers": r"[;|\n]", "recipes": r"[;|,\n]",
          "accessibility": r"[;|\n]"}
_STATES = {
    "announced": "annonce", "confirmed": "annonce", "scheduled": "annonce", "tentative": "annonce", "done": "passe",
    "past": "passe", "postponed": "reporte", "cancelled": "annule", "canceled": "annule",
}
# What spreadsheets put before a cell so that it is no formula.
_HARMLESS = re.compile(r"'(?=[=+\-@\t\r])")
_SEVERAL = re.compile(r"\s;\s|;(?=\s*\d{4}-)|[|\n]")
_LONG_ENOUGH = 20
_BARE_HOUR = re.compile(r"\s*(\d{1,2})[h:]?(\d{2})?\s*", re.IGNORECASE)


def plain_name(name: str) -> str:
    """A column's name without case, accents or signs."""
    decomposed = unicodedata.normalize("NFKD", name[:80])
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(re.findall(r"[a-z0-9]+", bare.casefold()))


@cache
def _known() -> dict[str, str]:
    return {name.strip(): known for known, names in _NAMES.items() for name in names.split(";")}


def column(name: str) -> str:
    """What a column tells, "" where that is not known."""
    return _known().get(plain_name(name), "")


def draft(line: int, cells: Mapping[str, str], zone: str, point: tuple[str, str] | None = None) -> Draft:
    """A row as a draft; `cells` by what `column` says of them, `point` its latitude and longitude where known."""
    said = {name: _HARMLESS.sub("", value.strip(), count=1) for name, value in cells.items() if value.strip()}
    notes: list[str] = []
    own = zone
    if named := said.get("zone"):
        own = known_zone(named) or ""
        if not own:
            message = _("Le fuseau « %(zone)s » n’est pas connu.", zone=named[:60])
            return Draft(line, {"title": said.get("title", "")}, problems=(message,))
    values: dict[str, str | list[str]] = {
        name: [part for cut in re.split(_LISTS[name], said[name]) if (part := cut.strip())]
        for name in _LISTS
        if name in said
    }
    for name in ("title", "address", "country", "edition", "format", "price", "registration", "attendance", "kind"):
        values[name] = said.get(name, "")
    values["state"] = _STATES.get(said.get("state", "").casefold(), said.get("state", ""))
    values["place"] = _place(said.get("city", ""), said.get("place", ""))
    values["geo"] = _point(said, point)
    values["sessions"] = list(_sessions(said, own, zone))
    values["text"] = prose(said.get("text", ""))
    values["source_urls"] = _addresses(said.get("url", ""))
    values["source_uid"] = uid if _is_one_in_the_world(uid := said.get("uid", "")) else ""
    return Draft(line, values, (), tuple(notes))


def _is_one_in_the_world(uid: str) -> bool:
    """Whether an identifier can mean one event only: "12" is the twelfth row of any table."""
    return "@" in uid or "://" in uid or len(uid) >= _LONG_ENOUGH


def _place(city: str, place: str) -> str:
    """The city first, once."""
    if not city or plain_name(place).startswith(plain_name(city)):
        return place
    return f"{city}, {place}" if place else city


def _point(said: Mapping[str, str], point: tuple[str, str] | None) -> str:
    latitude, longitude = point or (said.get("latitude", ""), said.get("longitude", ""))
    if latitude or longitude:
        return f"{latitude.replace(',', '.')}, {longitude.replace(',', '.')}"
    return said.get("geo", "")


def _addresses(text: str) -> list[str]:
    return re.findall(r"https?://[^\s;|]+", text) or ([text] if text else [])


def _sessions(said: Mapping[str, str], own: str, default: str) -> Iterable[str]:
    """The dates of a row: whole ones from one cell, else a start and an end from up to four."""
    suffix = f" {own}" if own != default else ""
    alone = "sessions" in said and not {"starts_at", "ends_at"} & said.keys()
    if alone and ("starts" in said or "ends" not in said):
        for part in _SEVERAL.split(said["sessions"]):
            if text := part.strip():
                yield session(text, "", own, default) if text[:4].isdigit() and "/" not in text else text + suffix
        return
    first, last = said.get("starts") or said.get("sessions", ""), said.get("ends", "")
    from_, until = (_hour(said.get(name, "")) for name in ("starts_at", "ends_at"))
    if not first:
        return
    if not from_:
        yield session(first, last, own, default) + (suffix if not first[:4].isdigit() else "")
    elif until and (not last or last == first):
        yield f"{first} de {from_} à {until}{suffix}"
    elif until:
        yield f"{first} à {from_} - {last} à {until}{suffix}"
    else:
        yield f"{first} {from_}{suffix}"


def _hour(text: str) -> str:
    """An hour as a session writes it: "14", "14h", "14:30" and "1430" are "14 h …"; anything else as it stands."""
    found = _BARE_HOUR.fullmatch(text)
    return f"{found[1]} h {found[2] or '00'}" if found else text.strip()

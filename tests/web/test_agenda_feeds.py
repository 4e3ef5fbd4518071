"""The agenda for other programs: the same query as calendar, map, table, data; checked by their own readers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import update

from tests.conftest import Cast
from tests.pages.test_finding import event
from wiki import pages
from wiki.database import db, write_transaction
from wiki.pages.models import Page


@pytest.fixture
def agenda(app: Flask, cast: Cast) -> Flask:
    """Three events, one without a position; a theme with a name of its own."""
    with app.test_request_context("/"):
        pages.create(cast.alice, "---\nkind: theme\ntitle: Accessibilité\n---\n\nPour toutes et tous.\n")
        pages.create(cast.alice, event("Cartopartie de Paris", "2010-12-04T09:30/2010-12-04T12:00"))
        pages.create(cast.alice, event("Cartopartie de Nouméa", "2012-03-03", "Nouméa", "-22.27, 166.44"))
        pages.create(cast.alice, event("Ailleurs", "2013-03").replace("geo: 48.876, 2.359\n", ""))
        pages.reindex()
    return app


@pytest.fixture
def counted(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """How many statements the database hears while something is done."""

    def count(do: Callable[[], Any]) -> int:
        with app.app_context():
            engine = db.engine
        heard: list[str] = []

        def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                heard.append(statement)

        sqlalchemy_event.listen(engine, "before_cursor_execute", hear)
        try:
            do()
        finally:
            sqlalchemy_event.remove(engine, "before_cursor_execute", hear)
        return len(heard)

    return count


@pytest.mark.usefixtures("agenda")
class TestPoints:
    def test_a_point_has_its_longitude_first_and_flat_properties(self, client: FlaskClient) -> None:
        answer = client.get("/events.geojson?order=oldest")
        assert answer.content_type == "application/geo+json"
        collection = answer.get_json(force=True)
        assert collection["type"] == "FeatureCollection"
        assert collection["bbox"] == [2.359, -22.27, 166.44, 48.876]
        paris, noumea = collection["features"]
        assert paris["geometry"] == {"type": "Point", "coordinates": [2.359, 48.876]}
        assert paris["properties"] == {
            "title": "Cartopartie de Paris",
            "url": "http://localhost/wiki/cartopartie-de-paris",
            "kind": "event",
            "state": "announced",
            "starts": "2010-12-04T09:30+01:00",
            "ends": "2010-12-04T12:00+01:00",
            "dates": "2010-12-04T09:30/2010-12-04T12:00",
            "place": "Paris",
            "precision": "",
            "themes": "Accessibilité",
            "organizers": "April",
            "edition": "",
            "summary": "Une sortie.",
            "uid": f"page-{paris['id']}@localhost",
        }
        assert noumea["properties"]["ends"] == "2012-03-03"
        assert all(isinstance(value, str) for value in noumea["properties"].values())

    def test_the_points_are_those_the_query_finds(self, client: FlaskClient) -> None:
        found = client.get("/events.geojson?place=Paris&km=30").get_json(force=True)
        assert [feature["properties"]["title"] for feature in found["features"]] == ["Cartopartie de Paris"]
        nothing = client.get("/events.geojson?q=introuvable").get_json(force=True)
        assert nothing == {"type": "FeatureCollection", "features": []}

    def test_an_archived_page_has_no_point(self, client: FlaskClient, app: Flask, cast: Cast) -> None:
        with app.app_context():
            pages.archive(cast.ada, "cartopartie-de-paris")
        found = client.get("/events.geojson").get_json(force=True)
        assert [feature["properties"]["title"] for feature in found["features"]] == ["Cartopartie de Nouméa"]

    def test_points_are_not_sent_twice_to_who_has_them(self, client: FlaskClient) -> None:
        etag = client.get("/events.geojson").headers["ETag"]
        assert client.get("/events.geojson", headers={"If-None-Match": etag}).status_code == 304
        assert client.get("/events.geojson?year=2012", headers={"If-None-Match": etag}).status_code == 200


def test_more_points_take_no_more_questions(
    app: Flask, client: FlaskClient, cast: Cast, counted: Callable[[Callable[[], Any]], int]
) -> None:
    def ask() -> int:
        return counted(lambda: client.get("/events.geojson"))

    numbers = []
    for more in (2, 20):
        with app.app_context():
            for number in range(more):
                pages.create(cast.alice, event(f"Rencontre {more} {number}"))
            pages.reindex()
        numbers.append(ask())
    assert numbers[0] == numbers[1] <= 10


def calendar_of(answer: Any) -> Calendar:
    """The calendar in an answer, which keeps the rules of RFC 5545 for lines."""
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    lines = answer.data.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 for line in lines)
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    for line in lines:
        line.decode()  # No letter is cut in two.
    calendar = Calendar.from_ical(answer.data)
    assert isinstance(calendar, Calendar)
    return calendar


LONG = "Été à la médiathèque : « partager, copier, coller, » ; l’accès à toutes et tous " + "é" * 30
FULL = f"""---
kind: event
title: "{LONG[:110]}"
state: annule
sessions:
  - 2013-10-12T22:00/2013-10-13T02:00
  - 2013-10-14T09:00/2013-10-14T12:00 America/Montreal
  - 2013-10-14T14:00/2013-10-14T18:00 America/Montreal
  - 2013-10-19/2013-10-20
place: Brest, BU Lettres
geo: 48.39, -4.48
organizers:
  - Tiriad
  - Wiki Brest
themes:
  - accessibilite
---

Une *soirée*.
"""


@pytest.fixture
def full(agenda: Flask, cast: Cast) -> str:
    with agenda.app_context():
        slug = pages.create(cast.alice, FULL).slug
        pages.reindex()
    return slug


class TestCalendar:
    def test_an_event_has_an_entry_for_each_of_its_dates(self, client: FlaskClient, full: str) -> None:
        events = calendar_of(client.get(f"/wiki/{full}.ics")).events
        assert [str(event["uid"]).partition("@")[0].split("-", 2)[2:] for event in events] == [
            [], ["20131014"], ["20131014-2"], ["20131019"],
        ]  # fmt: skip
        night, morning, _afternoon, weekend = events
        assert night["dtstart"].dt == datetime(2013, 10, 12, 22, tzinfo=ZoneInfo("Europe/Paris"))
        assert night["dtend"].dt == datetime(2013, 10, 13, 2, tzinfo=ZoneInfo("Europe/Paris"))
        assert morning["dtstart"].params["TZID"] == "America/Montreal"
        assert (weekend["dtstart"].dt, weekend["dtend"].dt) == (date(2013, 10, 19), date(2013, 10, 21))

    def test_an_entry_says_what_the_page_says(self, client: FlaskClient, full: str) -> None:
        first = calendar_of(client.get(f"/wiki/{full}.ics")).events[0]
        assert first["summary"] == f"Annulé : {LONG[:110]}"
        assert first["status"] == "CANCELLED"
        assert first["location"] == "Brest, BU Lettres"
        assert first["geo"].to_ical() == "48.39;-4.48"
        assert first["categories"].cats == ["Accessibilité"]
        assert [str(contact) for contact in first["contact"]] == ["Tiriad", "Wiki Brest"]
        assert first["url"] == f"http://localhost/wiki/{full}"
        assert first["sequence"] == 0
        assert first["dtstamp"].dt == first["last-modified"].dt
        assert "organizer" not in first

    def test_changing_one_date_leaves_the_names_of_the_others(
        self, client: FlaskClient, full: str, app: Flask, cast: Cast
    ) -> None:
        def names() -> list[str]:
            return [str(event["uid"]) for event in calendar_of(client.get(f"/wiki/{full}.ics")).events]

        before = names()
        with app.app_context():
            pages.save(cast.alice, full, FULL.replace("2013-10-14T14:00/", "2013-10-14T15:00/"), 1)
        assert names() == before
        with app.app_context():
            pages.save(cast.alice, full, FULL.replace("2013-10-12T22:00/", "2013-10-11T20:00/"), 2)
        assert names() == before
        assert calendar_of(client.get(f"/wiki/{full}.ics")).events[0]["sequence"] == 2

    def test_the_zones_of_a_calendar_change_their_clocks_when_they_do(self, client: FlaskClient, full: str) -> None:
        zones = {str(zone["tzid"]): zone for zone in calendar_of(client.get("/events.ics")).timezones}
        assert set(zones) == {"Europe/Paris", "America/Montreal"}
        onsets = {
            (part.name, part["dtstart"].dt, part["tzoffsetfrom"].td, part["tzoffsetto"].td)
            for part in zones["Europe/Paris"].subcomponents
        }
        hour = timedelta(hours=1)
        # The clocks show two when summer begins, three when it ends.
        assert ("DAYLIGHT", datetime(2013, 3, 31, 2), hour, 2 * hour) in onsets
        assert ("STANDARD", datetime(2013, 10, 27, 3), 2 * hour, hour) in onsets

    @pytest.mark.parametrize(
        ("session", "starts", "ends"),
        [
            # Where the clocks jump over an hour, and where they show one twice; and where they never change.
            ("2013-03-10T01:30/2013-03-10T03:30 America/Montreal", "2013-03-10T06:30", "2013-03-10T07:30"),
            ("2013-11-03T00:30/2013-11-03T03:30 America/Montreal", "2013-11-03T04:30", "2013-11-03T08:30"),
            ("2013-12-31T20:00/2014-01-01T01:00 Pacific/Noumea", "2013-12-31T09:00", "2013-12-31T14:00"),
            ("2013-10-27T01:30/2013-10-27T04:30", "2013-10-26T23:30", "2013-10-27T03:30"),
        ],
    )
    def test_an_instant_is_the_same_by_the_rules_the_calendar_carries_with_it(
        self, client: FlaskClient, app: Flask, cast: Cast, session: str, starts: str, ends: str
    ) -> None:
        with app.app_context():
            slug = pages.create(cast.alice, event("Veillée", session)).slug
        calendar = calendar_of(client.get(f"/wiki/{slug}.ics"))
        (zone,), (found,) = calendar.timezones, calendar.events
        rules = zone.to_tz(lookup_tzid=False)
        for name, expected in (("dtstart", starts), ("dtend", ends)):
            clocks = found[name].dt.replace(tzinfo=None)
            assert found[name].params["TZID"] == str(zone["tzid"])
            assert clocks.replace(tzinfo=rules).astimezone(UTC) == datetime.fromisoformat(f"{expected}+00:00")

    def test_a_calendar_says_its_name_and_how_often_to_ask(self, client: FlaskClient, full: str) -> None:
        calendar = calendar_of(client.get("/events.ics?q=cartopartie"))
        assert calendar["x-wr-calname"] == "Levain – cartopartie"
        assert calendar["refresh-interval"].params["VALUE"] == "DURATION"
        assert len(calendar.events) == 2
        assert "method" not in calendar

    def test_a_date_known_to_the_month_fills_it_and_says_so(self, client: FlaskClient, full: str) -> None:
        (event,) = calendar_of(client.get("/wiki/ailleurs.ics")).events
        assert (event["dtstart"].dt, event["dtend"].dt) == (date(2013, 3, 1), date(2013, 4, 1))
        assert "Le jour n’est pas précisé" in event["description"]

    def test_an_archived_page_is_in_no_feed(self, client: FlaskClient, full: str, app: Flask, cast: Cast) -> None:
        with app.app_context():
            pages.archive(cast.ada, full)
        for extension in ("ics", "geojson", "csv", "json", "atom"):
            assert "médiathèque" not in client.get(f"/events.{extension}").text
        assert client.get(f"/wiki/{full}.ics").status_code == 404

    def test_a_calendar_is_put_together_only_when_something_changed(
        self, client: FlaskClient, full: str, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        etag = client.get("/events.ics").headers["ETag"]
        with monkeypatch.context() as patch:
            patch.setattr(pages, "agenda_entries", None)
            assert client.get("/events.ics", headers={"If-None-Match": etag}).status_code == 304
        with app.app_context():
            pages.save(cast.alice, full, FULL.replace("annule", "reporte"), 1)
        again = client.get("/events.ics", headers={"If-None-Match": etag})
        assert again.status_code == 200
        assert "STATUS:TENTATIVE" in again.text

    def test_a_calendar_that_says_the_same_keeps_its_mark(
        self, client: FlaskClient, full: str, app: Flask, cast: Cast
    ) -> None:
        etag = client.get("/events.ics").headers["ETag"]
        with app.app_context():
            stamp = pages.find(cast.alice, full).stamp
            pages.protect(cast.ada, full, True)
            with write_transaction() as session:
                session.execute(update(Page).where(Page.slug == full).values(stamp=Page.stamp + 1))
            assert pages.find(cast.alice, full).stamp > stamp
        again = client.get("/events.ics", headers={"If-None-Match": etag})
        assert (again.status_code, again.headers["ETag"]) == (304, etag)

    def test_what_one_file_cannot_hold_is_in_the_next(
        self, make_app: Callable[..., Flask], full: str, cast: Cast
    ) -> None:
        app = make_app(FEED_EVENTS=10)
        with app.app_context():
            for number in range(9):
                pages.create(cast.alice, event(f"Rencontre {number}"))
            pages.reindex()
        client = app.test_client()
        first, second = client.get("/events.ics?when=past"), client.get("/events.ics?when=past&page=2")
        assert first.headers["Link"] == '<http://localhost/events.ics?when=past&page=2>; rel="next"'
        assert "Link" not in second.headers
        assert "10 événements sur 13" in calendar_of(first)["x-wr-caldesc"].replace("\u202f", " ")
        assert len({event["url"] for event in [*calendar_of(first).events, *calendar_of(second).events]}) == 13

    def test_clocks_of_the_distant_past_float(self, client: FlaskClient, app: Flask, cast: Cast) -> None:
        with app.app_context():
            slug = pages.create(cast.alice, event("Soirée de 1848", "1848-02-24T20:00/1848-02-24T23:00")).slug
        (old,) = calendar_of(client.get(f"/wiki/{slug}.ics")).events
        assert old["dtstart"].dt == datetime(1848, 2, 24, 20)


@pytest.mark.usefixtures("agenda")
def test_a_table_neutralises_formulas_and_keeps_accents(client: FlaskClient, app: Flask, cast: Cast) -> None:
    with app.app_context():
        pages.create(cast.alice, event("=SOMME(A1)", place="-Nouméa", geo="-22.27, 166.44"))
        pages.reindex()
    answer = client.get("/events.csv?order=oldest")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    row = next(row for row in csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))) if "SOMME" in row["title"])
    assert (row["title"], row["place"], row["latitude"]) == ("'=SOMME(A1)", "'-Nouméa", "-22.27")
    assert row["themes"] == "Accessibilité"

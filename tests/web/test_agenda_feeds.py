"""The agenda for other programs: the same query as calendar, map, table, data; checked by their own readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event

from tests.conftest import Cast
from tests.pages.test_finding import event
from wiki import pages
from wiki.database import db


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
            "place": "Paris",
            "precision": "",
            "themes": "Accessibilité",
            "organizers": "April",
            "edition": "",
            "summary": "Une sortie.",
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

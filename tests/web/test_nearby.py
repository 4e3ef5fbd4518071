"""The first page tells what happens near a town of one's own, which only one's browser remembers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import Cast, Visitor
from tests.pages.test_finding import event
from wiki import pages

SOON = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()


@pytest.fixture
def _gatherings(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        pages.create(cast.alice, event("Cartopartie de Vern", SOON, "Vern-sur-Seiche", "48.045, -1.602"))
        pages.create(cast.alice, event("Disco soupe de Brest", "2012-03-03", "Brest", "48.39, -4.486"))
        pages.reindex()


def nearby(client: Visitor, query: str = "") -> str:
    """The part of the first page about a town."""
    page = client.get(f"/{query}").text.replace("\u202f", " ")
    return page.partition('<section class="nearby">')[2].partition("</section>")[0]


@pytest.mark.usefixtures("_gatherings")
class TestNearby:
    def test_what_comes_near_a_town_is_told_until_another_is_chosen(self, client: Visitor) -> None:
        assert "Cartopartie" not in nearby(client)
        for query in ("?near=rennes", ""):
            shown = nearby(client, query)
            assert "Près de rennes" in shown
            assert "Cartopartie de Vern" in shown
            assert "Disco soupe" not in shown
        assert "Cartopartie" not in nearby(client, "?near=")
        assert "Près de chez vous" in nearby(client)

    def test_where_nothing_comes_what_was_held_is_told(self, client: Visitor) -> None:
        shown = nearby(client, "?near=Brest")
        assert "Rien n’est annoncé à moins de 60 km" in shown
        assert "Disco soupe de Brest" in shown
        assert "Cartopartie" not in shown

    @pytest.mark.parametrize("town", ["Nulle-Part-sur-Rien", "x" * 5_000, "\u202e", "<script>"])
    def test_a_town_nobody_knows_is_said_and_not_kept(self, client: Visitor, town: str) -> None:
        client.get("/?near=Rennes")
        answer = client.get("/", query_string={"near": town})
        assert answer.status_code == 200
        assert "<script>" not in answer.text.partition("<main")[2]
        assert client.get_cookie("town") is None

    def test_the_town_stays_in_the_browser_and_out_of_what_others_are_sent(
        self, client: Visitor, app: Flask
    ) -> None:
        answer = client.get("/?near=Saint-%C3%89tienne")
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "private" in client.get("/").headers["Cache-Control"]
        assert "Près de Saint-Étienne" in nearby(client)
        assert "Saint-Étienne" not in nearby(app.test_client())  # type: ignore[arg-type]

    def test_without_the_index_no_distance_is_pretended(self, client: Visitor, app: Flask) -> None:
        for path in Path(app.config["WIKI"]["DATA"], "index").glob("*"):
            path.unlink() if path.is_file() else None
        shown = nearby(client, "?near=Rennes")
        assert "Disco soupe" not in shown
        assert "Rien n’est annoncé" not in shown


def test_an_event_shows_its_day_on_the_leaf_of_a_calendar(client: Visitor, app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        pages.create(cast.alice, event("Cartopartie d'un jour", "2012-03-03"))
        pages.create(cast.alice, event("Cartopartie d'un mois", "2012-04"))
        pages.create(cast.alice, event("Cartopartie d'un an", "2011"))
    leaves = client.get("/").text.split('<span class="date-leaf"')[1:]
    shown = [leaf.partition("</p>")[0] for leaf in leaves]
    assert [("mars" in leaf, ">3<" in leaf, "avr" in leaf, "2011" in leaf) for leaf in shown] == [
        (False, False, True, False), (True, True, False, False), (False, False, False, True),
    ]  # fmt: skip

"""The agenda as a month on the wall: the same query, each event on its days."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Cast
from tests.pages.test_finding import event
from wiki import pages


@pytest.fixture
def wall(app: Flask, cast: Cast) -> Flask:
    with app.test_request_context("/"):
        pages.create(cast.alice, event("Nuit blanche", "2013-10-05T22:00/2013-10-06T02:00"))
        pages.create(cast.alice, event("Fin à minuit", "2013-10-08T18:00/2013-10-09T00:00"))
        pages.create(cast.alice, event("Villes en biens communs", "2013-09-29/2013-10-02", "Brest"))
        pages.create(cast.alice, event("Un jour d’octobre", "2013-10"))
        pages.create(cast.alice, event("Kermesse", "2013-10-31T09:00/2013-10-31T12:00 Pacific/Noumea", "Nouméa"))
        pages.create(cast.alice, event("Plus tard", "2014-01-01"))
        pages.create(cast.alice, event("Exposition", "2013-10-06/2013-10-31"))
        pages.reindex()
    return app


def days(client: FlaskClient, address: str) -> dict[str, list[str]]:
    """The titles on each day of the month an address shows."""
    page = client.get(address)
    assert page.status_code == 200
    cells = re.findall(r'<td class="busy.*?<time datetime="([^"]+)".*?</td>', page.text, re.DOTALL)
    found = re.findall(r'<td class="busy.*?</td>', page.text, re.DOTALL)
    return {
        day: re.findall(r'<a href="[^"]+">([^<]+)</a>', cell) for day, cell in zip(cells, found, strict=True)
    }


@pytest.mark.usefixtures("wall")
class TestMonth:
    def test_each_event_is_on_its_days_by_its_own_clocks(self, client: FlaskClient) -> None:
        assert days(client, "/events?view=month&at=2013-10") == {
            "2013-10-01": ["Villes en biens communs"],
            "2013-10-02": ["Villes en biens communs"],
            "2013-10-05": ["Nuit blanche"],
            "2013-10-06": ["Nuit blanche"],
            "2013-10-08": ["Fin à minuit"],
            "2013-10-31": ["Kermesse"],
        }

    def test_a_month_obeys_the_same_query_as_the_list(self, client: FlaskClient) -> None:
        assert list(days(client, "/events?view=month&at=2013-10&city=Brest")) == ["2013-10-01", "2013-10-02"]
        assert days(client, "/events?view=month&at=2013-10&when=coming") == {}

    def test_a_place_that_the_title_names_is_not_said_twice(self, app: Flask, cast: Cast, client: FlaskClient) -> None:
        with app.test_request_context("/"):
            pages.create(cast.alice, event("Copy party de Brest", "2013-10-17", "Brest, BU Lettres"))
            pages.create(cast.alice, event("Brestoises", "2013-10-18", "Brest"))
            pages.reindex()
        page = client.get("/events?view=month&at=2013-10").text
        assert re.search(r"Copy party de Brest</a></li>", page)
        assert re.search(r'Brestoises</a> <span class="meta">Brest</span></li>', page)

    def test_a_date_without_a_day_stands_below_the_month(self, client: FlaskClient) -> None:
        page = client.get("/events?view=month&at=2013-10").text
        assert "Un jour d’octobre" in page.partition("</table>")[2]

    def test_what_lasts_for_weeks_is_said_once(self, client: FlaskClient) -> None:
        page = client.get("/events?view=month&at=2013-10").text
        assert page.count("Exposition</a>") == 1
        assert "Exposition" in page.partition("</table>")[2]

    def test_a_month_leads_to_those_around_it(self, client: FlaskClient) -> None:
        page = client.get("/events?view=month&at=2013-12&city=Paris").text
        assert 'rel="prev" href="/events?view=month&amp;city=Paris&amp;at=2013-11"' in page
        assert 'rel="next" href="/events?view=month&amp;city=Paris&amp;at=2014-01"' in page
        assert "at=2014-01" in page.partition("Aller au mois")[0]

    @pytest.mark.parametrize("month", ["2013-13", "0000-01", "99999-01", "x", "2013-1", "٢٠١٣-١٠", "2013-10-01"])
    def test_an_impossible_month_is_said_and_today_shown(self, client: FlaskClient, month: str) -> None:
        page = client.get(f"/events?view=month&at={month}")
        assert page.status_code == 200
        assert "Ce mois n’existe pas" in page.text

    @pytest.mark.parametrize("month", ["1000-01", "2999-12", "2012-02"])
    def test_the_first_and_last_months_show(self, client: FlaskClient, month: str) -> None:
        assert client.get(f"/events?view=month&at={month}").status_code == 200

    def test_the_ways_to_subscribe_carry_the_query_and_not_the_view(self, client: FlaskClient) -> None:
        page = client.get("/events?view=month&at=2013-10&city=Brest").text
        assert 'href="webcal://localhost/events.ics?city=Brest"' in page
        assert 'href="/events.geojson?city=Brest"' in page

    def test_an_archived_page_is_not_on_the_wall(self, client: FlaskClient, app: Flask, cast: Cast) -> None:
        with app.app_context():
            pages.archive(cast.ada, "nuit-blanche")
        assert "2013-10-05" not in days(client, "/events?view=month&at=2013-10")

"""Searching as a visitor does: the page, its filters and its other forms."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.event import listen, remove

from tests.conftest import Cast
from tests.pages.test_finding import event
from wiki import pages
from wiki.database import db, write_transaction
from wiki.pages import indexing
from wiki.search import PostgresqlEngine, WhooshEngine

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def memory(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        pages.create(cast.alice, "---\nkind: theme\ntitle: Accessibilité\n---\n\nPour toutes et tous.\n")
        pages.create(cast.alice, event("Cartopartie de Paris"))
        pages.create(cast.alice, event("Cartopartie de Vern", "2012-03-03", "Vern-sur-Seiche", "48.045, -1.602"))
        pages.create(cast.alice, event("=SOMME(A1)", "2013-03-03", story="Un <b>titre</b> & des formules."))
        pages.reindex()


def plain(html: str) -> str:
    """A page with plain spaces."""
    return html.replace("\xa0", " ").replace("\u202f", " ")


def lose_index(app: Flask) -> None:
    """Take the index away, as an accident would."""
    with app.app_context():
        if isinstance(indexing.engine(), PostgresqlEngine):
            with write_transaction() as session:
                session.execute(text("DROP TABLE search_state"))
        else:
            shutil.rmtree(f"{app.config['WIKI']['DATA']}/index")


@pytest.mark.any_database
@pytest.mark.usefixtures("memory")
class TestSearching:
    def test_the_matched_words_are_marked(self, client: FlaskClient) -> None:
        assert "<mark>sortie</mark>" in client.get("/search?q=sortie").text

    def test_the_version_of_a_recipe_that_an_event_followed_is_no_part_of_its_words(
        self, client: FlaskClient, app: Flask, cast: Cast
    ) -> None:
        with app.test_request_context("/"):
            followed = "kind: event\nfollowed:\n  - copy-party 12\n"
            pages.create(cast.alice, event("Atelier").replace("kind: event\n", followed, 1))
            pages.reindex()
        (found,) = client.get("/search.json?q=atelier").json["results"]
        assert found["excerpt"]
        assert "copy-party" not in found["excerpt"]

    def test_each_choice_is_a_link_and_can_be_taken_back(self, client: FlaskClient) -> None:
        page = client.get("/events?theme=accessibilite&year=2012").text
        assert "Cartopartie de Vern" in page
        assert "Cartopartie de Paris" not in page
        assert 'href="/events?year=2012"' in page
        assert 'href="/events?theme=accessibilite"' in page

    def test_values_of_one_filter_are_alternatives(self, client: FlaskClient) -> None:
        assert client.get("/events.json?year=2010&year=2012").json["total"] == 2

    def test_the_data_counts_what_it_holds(self, client: FlaskClient) -> None:
        answer = client.get("/search.json?q=cartopartie&kind=event").json
        assert answer["total"] == len(answer["results"]) == 2
        assert {"slug", "title", "kind", "excerpt"} <= answer["results"][0].keys()
        assert {"value": "accessibilite", "count": 2} in answer["facets"]["theme"]

    def test_the_table_opens_with_its_accents_and_without_formulas(self, client: FlaskClient) -> None:
        response = client.get("/events.csv?when=past")
        rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
        assert {row["title"] for row in rows} == {"Cartopartie de Paris", "Cartopartie de Vern", "'=SOMME(A1)"}
        assert "attachment" in response.headers["Content-Disposition"]

    def test_the_feed_holds_the_same_pages(self, client: FlaskClient) -> None:
        feed = ET.fromstring(client.get("/search.atom?q=cartopartie").data)
        assert {entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")} >= {
            "Cartopartie de Paris",
            "Cartopartie de Vern",
        }

    @pytest.mark.parametrize("address", ["/search.atom?theme=accessibilite", "/events.atom?q=sortie&order=title&km=0"])
    def test_a_feed_holds_the_newest_matches_whatever_the_order_asked_for(
        self, client: FlaskClient, app: Flask, cast: Cast, address: str
    ) -> None:
        with app.test_request_context("/"):
            for number in range(55):
                pages.create(cast.alice, event(f"A {number}", f"2021-01-{number % 28 + 1:02}"))
            pages.create(cast.alice, event("Zanzibar", "1999-01-01"))
            again = event("Cartopartie de Paris", story="Une sortie, redite.")
            pages.save(cast.alice, "cartopartie-de-paris", again, base=1)
            pages.reindex()
        feed = ET.fromstring(client.get(address).data)
        titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
        assert titles[:3] == ["Cartopartie de Paris", "Zanzibar", "A 54"]
        assert len(titles) == 50

    def test_a_distance_typed_in_words_narrows(self, client: FlaskClient) -> None:
        assert client.get("/events.json?q=cartopartie à moins de 30 km de Paris").json["total"] == 1
        assert client.get("/events.json?place=Paris&km=30").json["total"] == 2

    def test_a_distance_from_any_known_town_narrows(self, client: FlaskClient) -> None:
        answer = client.get("/events.json?q=cartopartie à moins de 30 km de Rennes").json
        assert [row["title"] for row in answer["results"]] == ["Cartopartie de Vern"]

    def test_region_and_month_are_filters_in_words(self, client: FlaskClient) -> None:
        page = client.get("/events?month=03&region=Bretagne").text
        assert "Cartopartie de Vern" in page
        assert "Cartopartie de Paris" not in page
        assert ">Mars <" in page
        assert client.get("/search.json?q=cartopartie bretagne").json["results"][0]["title"] == "Cartopartie de Vern"

    def test_an_unknown_place_is_said_beside_its_field(self, client: FlaskClient) -> None:
        page = client.get("/search?q=cartopartie&place=Atlantide&km=10")
        assert page.status_code == 200
        assert "Atlantide" in page.text
        assert "field-error" in page.text

    def test_an_impossible_date_is_said_beside_its_field(self, client: FlaskClient) -> None:
        page = client.get("/search?q=cartopartie&from=31/02/2012")
        assert page.status_code == 200
        assert "field-error" in page.text
        assert 'value="31/02/2012"' in page.text
        assert client.get("/search.json?q=cartopartie&from=31/02/2012").status_code == 400

    def test_the_word_that_was_meant_is_marked(self, client: FlaskClient, app: Flask, cast: Cast) -> None:
        with app.test_request_context("/"):
            pages.create(cast.alice, "# Grainothèque\n\nUne grainothèque est une boîte.\n")
            pages.reindex()
        page = client.get("/search?q=grainoteque").text
        assert "Essayez aussi" in page
        assert "<mark>grainothèque</mark>" in page

    def test_suggestions_begin_like_what_is_typed(self, client: FlaskClient) -> None:
        titles = [row["title"] for row in client.get("/search/suggestions?q=cartop").json]
        assert set(titles) == {"Cartopartie de Paris", "Cartopartie de Vern"}

    def test_a_search_without_an_index_says_so_and_answers(self, client: FlaskClient, app: Flask) -> None:
        lose_index(app)
        page = client.get("/search?q=cartopartie").text
        assert "Cartopartie de Vern" in page
        assert "La recherche complète se prépare" in page.replace("\xa0", " ")

    def test_health_is_ok_only_while_the_index_answers(self, client: FlaskClient, app: Flask) -> None:
        assert client.get("/healthz").text == "ok\n"
        lose_index(app)
        answer = client.get("/healthz")
        assert answer.status_code == 200
        assert "ok" not in answer.text
        assert "search index" in answer.text
        with app.app_context():
            pages.reindex()
        assert client.get("/healthz").text == "ok\n"

    def test_verifying_compares_the_index_with_the_pages(self, app: Flask, cast: Cast) -> None:
        with app.test_request_context("/"):
            assert pages.verify() == []
            held = indexing.engine().state()
            page = pages.find(cast.alice, "cartopartie-de-vern")
            indexing.engine().delete([page.id])
            assert [(finding.where, "reindex" in finding.what) for finding in pages.verify()] == [(page.slug, True)]
            pages.reindex()
            assert indexing.engine().state() == held
            assert pages.verify() == []

    @pytest.mark.parametrize(
        "address",
        [
            "/search",
            "/search?q=",
            "/search?q=" + "x" * 10_000,
            "/search?q=le+la+de",
            "/search?q=-+AND+OR+NOT+*+?",
            '/search?q=""""«',
            "/search?q=cart*&page=1000000000",
            "/search?q=%00%01%ff",
            "/search?q=🍞🍞",
            "/search?q=(a|b)%2B%24&theme=nimporte&kind=nimporte&year=20x3",
            "/search?q=a&q=b&page=-1&page=2&inconnu=1&order=hasard&when=jamais&km=-5",
            "/events?year=9999&from=0000&to=99999",
            "/events.json?year=2012&page=abc",
            "/search.csv?q='--",
            "/search.atom?q=<script>",
            "/search/suggestions?q=" + "%22" * 50,
        ],
    )
    def test_nothing_a_visitor_types_is_a_failure(self, client: FlaskClient, address: str) -> None:
        assert client.get(address).status_code in (200, 400)


@pytest.mark.usefixtures("memory")
class TestThemePages:
    def test_a_theme_shows_its_events_by_year_with_their_number(self, client: FlaskClient) -> None:
        page = plain(client.get("/wiki/accessibilite").text)
        assert '2012</a> <span class="meta">(1)</span></h3>' in page
        assert page.index("annee-2013") < page.index('<h3 id="annee-2012"') < page.index('<h3 id="annee-2010"')
        assert 'href="/events?theme=accessibilite&amp;year=2010"' in page

    def test_the_counts_are_those_of_the_searches_they_lead_to_sub_themes_included(
        self, client: FlaskClient, app: Flask, cast: Cast
    ) -> None:
        with app.test_request_context("/"):
            pages.create(cast.alice, "---\nkind: theme\ntitle: Rampes\nparent: accessibilite\n---\n\nMonter.\n")
            below = event("{}", "{}", story="Une pente.").replace("- accessibilite", "- rampes")
            for number in range(70):
                pages.create(cast.alice, below.format(f"Chantier {number}", f"{2000 + number % 9}-05-01"))
            pages.create(cast.alice, below.format("Quinzaine", "2011-12-30/2012-01-02"))
            pages.reindex()
        page = plain(client.get("/wiki/accessibilite").text)
        years = r'href="/events\?theme=accessibilite&amp;year=(\d+)">\d+</a> <span class="meta">\((\d+)\)'
        told = dict(re.findall(years, page))
        assert len(told) >= 9
        for year, count in told.items():
            assert client.get(f"/events.json?theme=accessibilite&year={year}").json["total"] == int(count)
        assert re.search(r"Événements <span class=.meta.>\((\d+)\)", page)[1] == "74"
        assert client.get("/events.json?theme=accessibilite").json["total"] == 74
        assert page.count("<li><a href=\"/wiki/") < 80

    def test_a_theme_page_asks_few_questions_however_much_carries_the_theme(
        self, client: FlaskClient, app: Flask
    ) -> None:
        client.get("/wiki/accessibilite")
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        with app.app_context():
            database = db.engine
        listen(database, "before_cursor_execute", note)
        try:
            client.get("/wiki/accessibilite")
        finally:
            remove(database, "before_cursor_execute", note)
        assert 0 < len([statement for statement in asked if "SELECT" in statement]) <= 7, asked

    def test_a_theme_page_follows_the_index(self, client: FlaskClient, app: Flask, cast: Cast) -> None:
        assert "Cartopartie de Lyon" not in client.get("/wiki/accessibilite").text
        with app.test_request_context("/"):
            pages.create(cast.alice, event("Cartopartie de Lyon", "2015-03-03", "Lyon", "45.76, 4.84"))
            pages.archive(cast.mona, "cartopartie-de-vern")
        assert "Cartopartie de Vern" not in client.get("/wiki/accessibilite").text
        with app.app_context():
            while indexing.drain():
                pass
        assert "Cartopartie de Lyon" in client.get("/wiki/accessibilite").text

    def test_a_theme_that_moves_takes_what_carries_it_along(self, client: FlaskClient, app: Flask, cast: Cast) -> None:
        with app.test_request_context("/"):
            pages.create(cast.alice, "---\nkind: theme\ntitle: Ville\n---\n\nLa rue.\n")
            moved = "---\nkind: theme\ntitle: Accès\nparent: ville\n---\n\nPour tous.\n"
            pages.save(cast.alice, "accessibilite", moved, base=1)
            while indexing.drain():
                pass
        assert client.get("/events.json?theme=ville").json["total"] == 3
        assert "Cartopartie de Vern" in client.get("/wiki/ville").text

    def test_without_an_index_a_theme_still_shows_what_names_it(self, client: FlaskClient, app: Flask) -> None:
        lose_index(app)
        page = plain(client.get("/wiki/accessibilite").text)
        assert "Cartopartie de Vern" in page
        assert "<h2>Événements</h2>" in page

    def test_a_theme_has_a_feed_of_what_carries_it(self, client: FlaskClient) -> None:
        address = "/search.atom?theme=accessibilite"
        assert address.replace("&", "&amp;") in client.get("/wiki/accessibilite").text
        feed = ET.fromstring(client.get(address).data)
        titles = {entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")}
        assert {"Cartopartie de Paris", "Cartopartie de Vern"} <= titles


@pytest.fixture
def soups(app: Flask, cast: Cast) -> None:
    """A family of four recipes, and a stranger."""
    with app.test_request_context("/"):
        pages.create(cast.alice, "---\nkind: recipe\ntitle: Disco soupe\n---\n\nÉplucher en musique.\n")
        for twist in ("Rennes", "Brest"):
            pages.fork(cast.bob, "disco-soupe", twist)
        pages.fork(cast.bob, "disco-soupe-brest", "au port")
        pages.create(cast.alice, "---\nkind: recipe\ntitle: Soupe au caillou\n---\n\nÉplucher en silence.\n")
        pages.reindex()


@pytest.mark.any_database
@pytest.mark.usefixtures("soups")
class TestFamilies:
    def test_a_family_is_one_result_that_leads_to_its_variants(self, client: FlaskClient) -> None:
        assert "2 résultats" in plain(client.get("/search?q=soupe").text)
        page = plain(client.get('/search?q="disco soupe"').text)
        assert page.count('class="result ') == 1
        assert "1 résultat" in page
        assert "et 3 variantes" in page
        assert 'href="/search?q=%22disco+soupe%22&amp;family=disco-soupe"' in page

    def test_the_family_can_be_unfolded_and_folded_again(self, client: FlaskClient) -> None:
        page = plain(client.get("/search?q=soupe&family=disco-soupe").text)
        assert page.count('class="result ') == 4
        assert "4 résultats" in page
        assert 'variante de <a href="/wiki/disco-soupe">' in page
        assert 'variante de <a href="/wiki/disco-soupe-brest">' in page
        assert 'href="/wiki/disco-soupe/variants"' in page
        assert 'href="/search?q=soupe"' in page

    def test_the_data_counts_families_and_names_their_pages(self, client: FlaskClient) -> None:
        answer = client.get("/search.json?q=soupe&kind=recipe").json
        assert answer["total"] == len(answer["results"]) == 2
        assert {"value": "recipe", "count": 2} in answer["facets"]["kind"]
        family = next(row for row in answer["results"] if row["variants"])
        members = {family["slug"], *family["variants"]}
        assert members == {"disco-soupe", "disco-soupe-rennes", "disco-soupe-brest", "disco-soupe-brest-au-port"}
        answer = client.get("/search.json?q=soupe&family=disco-soupe").json
        origins = {row["slug"]: row["origin"] for row in answer["results"]}
        assert origins["disco-soupe"] is None
        assert origins["disco-soupe-brest-au-port"] == "disco-soupe-brest"

    def test_a_family_nobody_knows_is_empty(self, client: FlaskClient) -> None:
        assert client.get("/search.json?q=soupe&family=nimporte").json["total"] == 0

    def test_the_table_has_a_row_for_each_variant(self, client: FlaskClient) -> None:
        rows = csv.DictReader(io.StringIO(client.get("/search.csv?q=soupe").data.decode("utf-8-sig")))
        assert {row["slug"]: row["origin"] for row in rows}["disco-soupe-rennes"] == "disco-soupe"

    def test_lists_say_what_a_page_is_a_variant_of(self, client: FlaskClient) -> None:
        assert "variante de Disco soupe" in client.get("/recipes").text

    def test_an_archived_page_of_a_family_gives_nothing_away(self, client: FlaskClient, app: Flask, cast: Cast) -> None:
        with app.test_request_context("/"):
            pages.archive(cast.mona, "disco-soupe")
        answer = client.get("/search.json?q=soupe&kind=recipe").json
        named = {slug for row in answer["results"] for slug in (row["slug"], row["origin"], *row["variants"])}
        assert "disco-soupe" not in named
        assert answer["total"] == len(answer["results"]) == 2
        assert "href=\"/wiki/disco-soupe\"" not in client.get("/search?q=soupe").text

    def test_a_first_variant_joins_its_origin_with_the_next_drain(
        self, client: FlaskClient, app: Flask, cast: Cast
    ) -> None:
        with app.test_request_context("/"):
            pages.fork(cast.bob, "soupe-au-caillou", "Nantes")
            indexing.drain()
        answer = client.get("/search.json?q=caillou").json
        assert answer["total"] == len(answer["results"]) == 1
        assert len(answer["results"][0]["variants"]) == 1


@pytest.mark.any_database
def test_the_index_is_in_postgresql_where_the_database_is(make_app: Callable[..., Flask], engine: str) -> None:
    chosen = PostgresqlEngine if engine == "postgresql" else WhooshEngine
    assert isinstance(make_app().extensions["search"], chosen)
    assert isinstance(make_app(SEARCH="whoosh").extensions["search"], WhooshEngine)

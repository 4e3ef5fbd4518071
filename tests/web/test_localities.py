"""Towns and collectives gather what is theirs: what is coming, what took place, the recipes they tried."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import event

from tests.pages.test_trials import RECIPE, an_event
from tests.web.conftest import Wiki
from wiki import pages
from wiki.database import db

COLLECTIVE = "---\nkind: collective\ntitle: Les petits débrouillards\nplace: Brest\n---\n\nUn mouvement.\n"


@pytest.fixture
def gathered(wiki: Wiki) -> Wiki:
    """A collective of Brest, a recipe, two past events and one to come, one of them elsewhere."""
    wiki.write(COLLECTIVE)
    wiki.write(RECIPE)
    wiki.write(an_event("Copy party du port", "2012-03-07", attendance="12"))
    wiki.write(an_event("Copy party du parlement", "2014-05-02", "Rennes", attendance="30"))
    wiki.write(an_event("Copy party à venir", "2099-05-02", "Brest, les Capucins", state="annonce"))
    with wiki.app.app_context():
        pages.reindex()
    return wiki


def plain(wiki: Wiki, address: str, name: str = "") -> str:
    answer = wiki.visitor(name).get(address)
    assert answer.status_code == 200
    main = answer.text.partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).replace("\u202f", " ").replace("\u00a0", " ").split())


def test_a_town_shows_what_comes_what_took_place_and_what_it_tried(gathered: Wiki) -> None:
    words = plain(gathered, "/places/Brest")
    assert words.index("À venir") < words.index("Copy party à venir") < words.index("Recettes essayées")
    assert "Copy party 1 fois" in words
    assert "Événements (2)" in words
    assert "Copy party du port" in words
    assert "Collectifs (1) Les petits débrouillards" in words
    assert "parlement" not in words
    page = gathered.visitor().get("/places/Brest").text
    for address in re.findall(r'href="(/events\.(?:ics|atom)\?city=Brest)"', page):
        assert gathered.visitor().get(address).status_code == 200


def test_the_page_of_an_event_leads_to_its_town(gathered: Wiki) -> None:
    assert 'href="/places/Brest"' in gathered.visitor().get("/wiki/copy-party-du-port").text


def test_a_collective_shows_its_figures_its_events_and_its_recipes(gathered: Wiki) -> None:
    words = plain(gathered, "/wiki/les-petits-debrouillards")
    assert "2 événements organisés, dans 2 villes, de 2012 à 2014 ; 42 participations comptées." in words
    assert "Recettes essayées Copy party 2 fois" in words
    assert "Événements (3)" in words
    assert "Copy party du parlement" in words


@pytest.mark.parametrize("state", ["members", "draft"])
def test_what_is_not_for_everybody_is_told_by_no_town_and_no_collective(gathered: Wiki, state: str) -> None:
    with gathered.app.app_context():
        pages.show_to(gathered.cast.alice, "copy-party-du-port", state)
        pages.show_to(gathered.cast.alice, "copy-party-a-venir", state)
    for address in ("/places/Brest", "/wiki/les-petits-debrouillards"):
        words = plain(gathered, address)
        assert "du port" not in words
        assert "à venir" not in words
    assert "1 événement organisé" in plain(gathered, "/wiki/les-petits-debrouillards")
    assert "Événements" not in plain(gathered, "/places/Brest")


@pytest.mark.parametrize("name", ["Nulle-Part", "brest<script>", "x" * 500, "%00", "..", "%", "Brest, BU", "🥖"])
def test_a_town_of_no_page_is_not_found(gathered: Wiki, name: str) -> None:
    assert gathered.visitor().get(f"/places/{name}").status_code in (400, 404)


def test_a_town_typed_in_small_letters_is_found(gathered: Wiki) -> None:
    answer = gathered.visitor().get("/places/brest")
    assert (answer.status_code, answer.location) == (302, "/places/Brest")
    assert gathered.visitor().get("/places/quimper").status_code == 404


def test_without_an_index_a_town_says_so(wiki: Wiki) -> None:
    wiki.write(an_event("Une"))
    assert "se reconstruit" in plain(wiki, "/places/Brest")


def test_a_town_of_many_events_asks_no_more(gathered: Wiki) -> None:
    def questions() -> int:
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        with gathered.app.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            try:
                gathered.visitor().get("/places/Brest")
            finally:
                event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    few = questions()
    for number in range(20):
        gathered.write(an_event(f"Rencontre {number}", f"20{number + 10}-01-02"))
    with gathered.app.app_context():
        pages.reindex()
    assert questions() <= few <= 12


def test_a_town_and_a_collective_tell_a_variant_they_tried_from_its_origin(gathered: Wiki) -> None:
    with gathered.app.app_context():
        variant = pages.fork(gathered.cast.bob, "copy-party", "hors les murs").slug
    gathered.write(an_event("Sur la place", "2015-06-01", recipe=variant))
    with gathered.app.app_context():
        title = pages.find(gathered.cast.eve, variant).title
        pages.reindex()
    for address in ("/places/Brest", "/wiki/les-petits-debrouillards"):
        words = plain(gathered, address)
        assert "Recettes et variantes essayées" in words
        assert f"{title} 1 fois · variante de Copy party" in words

"""The next edition of a festival: begun once, chosen events reopened once without dates, those who follow told."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Wiki
from tests.web.test_editions import edition, of_edition, words
from wiki import pages
from wiki.errors import Forbidden, Invalid, NotFound

RECIPE = "---\nkind: recipe\ntitle: Soupe\ntagline: À partager\nthemes:\n  - partage\n---\n\n## Étapes\n"
COLLECTIVE = "---\nkind: collective\ntitle: Les Marmites\nplace: Brest\n---\n"


@pytest.fixture
def festival(wiki: Wiki) -> str:
    """An edition that is over, with three events: one follows a recipe that went on since."""
    wiki.write(RECIPE, RECIPE + "\nPlus de sel.\n")
    wiki.write(COLLECTIVE)
    slug = wiki.write(edition("Le mois des communs 2013", "highlight_day: 2013-10-12\nfigures:\n  - 3 villes\n"))
    soup = of_edition("Soupe de 2013", "2013-10-12", "Brest", edition=slug, followed="\n  - soupe 1", attendance="40")
    soup = soup.replace("copy-party", "soupe").replace("Les petits débrouillards", "Les Marmites\n  - Vecam")
    wiki.write(soup)
    wiki.write(of_edition("Balade", "2013-10-13", "Lyon", edition=slug))
    wiki.write(of_edition("Dispute", "2013-10-14", "Nantes", edition=slug, state="annule"))
    return slug


def news_of(wiki: Wiki, name: str) -> set[str]:
    with wiki.app.app_context():
        return {change.page.slug for change in pages.news(getattr(wiki.cast, name))}


@pytest.mark.any_database
def test_the_next_edition_is_begun_and_its_events_reopened(wiki: Wiki, festival: str) -> None:
    with wiki.app.app_context():
        pages.follow(wiki.cast.mona, "les-marmites", "page")
        pages.follow(wiki.cast.ada, festival, "page")
        pages.follow(wiki.cast.bob, "les-marmites", "page")
    bob = wiki.visitor("bob")
    form = bob.get(f"/wiki/{festival}/next").text
    assert 'value="Le mois des communs 2014"' in form
    assert "14 octobre 2013\u00a0· Nantes&nbsp;· <strong>annulé</strong>" in form
    assert re.findall(r'name="events" value="([^"]+)"( checked)?', form) == [
        ("soupe-de-2013", ""), ("balade", ""), ("dispute", "")
    ]  # fmt: skip
    answer = bob.post(
        f"/wiki/{festival}/next",
        data={
            "title": "Le mois des communs 2014", "starts_on": "4 octobre 2014", "ends_on": "19 octobre 2014",
            "events": ["soupe-de-2013", "balade"],
        },
        follow_redirects=True,
    )  # fmt: skip
    said = words(answer.text)
    assert "L’édition suivante est ouverte." in said
    assert answer.text.count('<div class="banner success') + answer.text.count('<div class="banner info') == 2
    assert "2 événements rouverts, sans date : Soupe de 2014, Balade (2014)." in said
    # Mona and Ada follow, Alice made the pages; Bob does it himself.
    assert "3 personnes qui ont créé ou suivent ces pages l’apprendront dans leurs nouvelles." in said
    assert "Collectifs concernés, et combien de personnes y sont prévenues : Les Marmites (2)." in said
    text = wiki.text("le-mois-des-communs-2014")
    dates = "starts_on: 2014-10-04\nends_on: 2014-10-19\n"
    assert f"{dates}follows: le-mois-des-communs-2013\ncoordinators:\n  - Vecam" in text
    assert "highlight_day" not in text
    assert "figures" not in text
    assert text.endswith("## Comment participer\n\nInscrivez votre rendez-vous.\n")
    soup = wiki.text("soupe-de-2014")
    assert "followed:\n  - soupe 2\nfollows: soupe-de-2013\n" in soup
    assert "edition: le-mois-des-communs-2014\n" in soup
    assert "sessions" not in soup
    assert "attendance" not in soup
    assert {"soupe-de-2014"} <= news_of(wiki, "mona")
    assert {"le-mois-des-communs-2014"} <= news_of(wiki, "ada")
    assert {"soupe-de-2014", "balade-2014", "le-mois-des-communs-2014"} <= news_of(wiki, "alice")
    assert "soupe-de-2014" not in news_of(wiki, "bob")
    page = bob.get("/wiki/le-mois-des-communs-2014").text
    assert "Soupe de 2014" in page
    with wiki.app.app_context():
        pages.reindex()
    # What has no date yet is neither past nor coming.
    for address in ("/events?when=past", "/events?when=coming"):
        assert "Soupe de 2014" not in bob.get(address).text
    with wiki.app.app_context():
        assert "soupe-de-2014" not in [row.slug for row in pages.listing(wiki.cast.bob, "event", when="past").rows]
    assert "La suite" in bob.get(f"/wiki/{festival}").text


@pytest.mark.any_database
def test_doing_it_twice_makes_nothing_twice_and_says_so(wiki: Wiki, festival: str) -> None:
    alice = wiki.visitor("alice")
    sent = {"title": "Le mois 2014", "starts_on": "2014", "events": ["balade"]}
    assert alice.post(f"/wiki/{festival}/next", data=sent).location == "/wiki/le-mois-2014"
    before = wiki.picture()
    again = alice.post(f"/wiki/{festival}/next", data={**sent, "title": "Un autre nom"}, follow_redirects=True)
    assert "Cette édition existait déjà" in again.text
    assert "1 événement l’était déjà : Balade (2014)." in words(again.text)
    assert wiki.picture() == before
    form = wiki.visitor("bob").get(f"/wiki/{festival}/next").text
    assert "L’édition suivante existe déjà" in form
    assert 'value="balade"' not in form
    more = wiki.visitor("bob").post(f"/wiki/{festival}/next", data={"events": ["dispute", "balade"]})
    assert more.location == "/wiki/le-mois-2014"
    assert "edition: le-mois-2014" in wiki.text("dispute-2014")


def test_a_name_that_is_taken_gives_way_however_long_it_is(wiki: Wiki, festival: str) -> None:
    long = "Une très longue rencontre autour des biens communs et de tout ce qui s’ensuit dans la ville de Brest"
    for title in (long, "Balade (2014)"):
        wiki.write(of_edition(title, "2013-10-15", "Brest", edition=festival if title == long else "autre"))
    with wiki.app.app_context():
        done = pages.renew(
            wiki.cast.alice, festival, "Suite", "2014", "", [pages.link_key(long)[:80].strip("-"), "balade"]
        )
        assert sorted(done.reopened) == ["Balade (2)", long + " (2014)"]


@pytest.mark.parametrize(
    ("answers", "field", "message"),
    [
        ({"title": "", "starts_on": "2014"}, "title", "Donnez un titre à cette page."),
        ({"title": "Suite", "starts_on": "2014-10", "ends_on": "2014-09"}, "ends_on", "La fin vient avant le début."),
        ({"title": "Suite", "starts_on": "2014-02-30"}, "starts_on", "Le 30 février 2014 n’existe pas"),
        ({"title": "Suite", "starts_on": "0000"}, "starts_on", "L’année s’écrit avec quatre chiffres"),
        ({"title": "Suite", "starts_on": "99999"}, "starts_on", "L’année s’écrit avec quatre chiffres"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_half_done(
    wiki: Wiki, festival: str, answers: dict[str, str], field: str, message: str
) -> None:
    before = wiki.picture()
    answer = wiki.visitor("alice").post(f"/wiki/{festival}/next", data={**answers, "events": ["balade"]})
    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text
    assert message in words(answer.text)
    assert 'value="balade" checked' in answer.text
    assert wiki.picture() == before


def test_a_title_that_is_taken_leads_to_its_page(wiki: Wiki, festival: str) -> None:
    wiki.write("# Suite\n")
    before = wiki.picture()
    answer = wiki.visitor("alice").post(f"/wiki/{festival}/next", data={"title": "Suite", "events": ["balade"]})
    assert answer.status_code == 409
    assert 'href="/wiki/suite"' in answer.text
    assert wiki.picture() == before


def test_it_takes_an_account_an_edition_and_a_choice(wiki: Wiki, festival: str) -> None:
    assert "demande un compte" in wiki.visitor().get(f"/wiki/{festival}/next").text
    with wiki.app.app_context():
        with pytest.raises(Forbidden):
            pages.renew(wiki.cast.eve, festival, "Suite", "2014", "", [])
        with pytest.raises(NotFound):
            pages.renew(wiki.cast.alice, "balade", "Suite", "2014", "", [])
        with pytest.raises(Invalid, match="100 événements au plus"):
            pages.renew(wiki.cast.alice, festival, "Suite", "2014", "", [str(number) for number in range(101)])
    assert wiki.visitor("alice").get("/wiki/balade/next").location == "/wiki/balade"
    assert wiki.visitor("alice").post("/wiki/balade/next").status_code == 404


def test_what_others_may_not_read_is_neither_offered_nor_opened(wiki: Wiki, festival: str) -> None:
    with wiki.app.app_context():
        pages.show_to(wiki.cast.alice, "balade", "draft")
        pages.show_to(wiki.cast.alice, "dispute", "members")
        assert "balade" not in [one.event.slug for one in pages.renewal(wiki.cast.bob, festival).events]
        done = pages.renew(wiki.cast.bob, festival, "Suite", "2014", "", ["balade", "dispute"])
        assert done.reopened == ["Dispute (2014)"]
        (again,) = [info for info in pages.listing(wiki.cast.bob, "event").rows if info.title == "Dispute (2014)"]
        assert again.visibility == "members"
    for address in ("dispute-2014", again.slug):
        assert wiki.visitor().get(f"/wiki/{address}").status_code == 404

"""A recipe's page says what became of it where it was tried."""

from __future__ import annotations

import re

import pytest

from tests.pages.test_trials import RECIPE, an_event
from tests.web.conftest import Wiki
from wiki import pages
from wiki.pages import trials


def said(wiki: Wiki) -> str:
    page = wiki.visitor().get("/wiki/copy-party").text
    section = page.partition('id="essais"')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", section).replace("\u202f", " ").replace("\u00a0", " ").split())


def test_a_recipe_says_how_often_where_and_when_it_was_tried(wiki: Wiki) -> None:
    wiki.write(RECIPE)
    assert "Personne n’a encore raconté" in said(wiki)
    wiki.write(an_event("Une", "2011-05-03T18:00/2011-05-03T21:30", "Brest", attendance="12", money_spent="40 EUR"))
    wiki.write(an_event("Deux", "2014", "Rennes", outcome="sans-suite", went_wrong="'Matériel : des <clés> vides.'"))
    wiki.write(an_event("Trois", "2015", "Nantes", state="annule"))
    words = said(wiki)
    assert "essayée 2 fois, dans 2 villes, de 2011 à 2014, dont 1 sans suite, 1 fois annulée" in words
    assert "Personnes 10 – 100 12 12 1" in words
    assert "Durée le jour J 2 h – 4 h 3 h 30 3 h 30 1" in words
    assert "Coût 0 € – 150 € 40 € 40 € 1" in words
    page = wiki.visitor().get("/wiki/copy-party").text
    found = re.findall(r'class="spread".*?aria-label="(.*?)"', page)
    labels = [re.sub("[\u00a0\u202f]", " ", label) for label in found]
    assert labels == [
        "Personnes : la recette dit 10 – 100 ; observé 12, au milieu 12.",
        "Durée le jour J : la recette dit 2 h – 4 h ; observé 3 h 30, au milieu 3 h 30.",
        "Coût : la recette dit 0 € – 150 € ; observé 40 €, au milieu 40 €.",
    ]
    # Ten to a hundred people on a line whose end, at 312, is a hundred; twelve came.
    assert '<rect class="said" x="38.4" y="3" width="273.6"' in page
    assert '<circle cx="44.5"' in page
    assert "Matériel (1) Deux Rennes, 2014 des &lt;clés&gt; vides." in words


def test_a_variant_says_what_its_whole_family_did(wiki: Wiki) -> None:
    wiki.write(RECIPE)
    wiki.write(RECIPE.replace("Copy party\n", "Copy party, Brest\n").replace("group", "variant_of: copy-party\ngroup"))
    wiki.write(an_event("Une", recipe="copy-party-brest"))
    assert "Personne n’a encore raconté" in said(wiki)
    assert "Avec toute sa famille : essayée 1 fois, dans 1 ville, en 2012." in said(wiki)


def test_what_the_whole_family_learnt_is_told_apart(wiki: Wiki) -> None:
    wiki.write(RECIPE)
    wiki.write(RECIPE.replace("Copy party\n", "Copy party, Brest\n").replace("group", "variant_of: copy-party\ngroup"))
    wiki.write(an_event("Une", attendance="12"))
    wiki.write(an_event("Deux", attendance="40", recipe="copy-party-brest", went_wrong="Rien d’autre que la pluie."))
    alone, _words, family = said(wiki).partition("Ce que toute la famille en a tiré")
    assert "Observé : 12 (1 événement le dit)" in alone
    assert "Observé : 12 – 40, au milieu 26 (2 événements le disent)" in family
    assert "la pluie" in family
    assert "la pluie" not in alone


def test_trials_have_a_map_made_here_and_the_list_beside_it_alone_and_for_the_family(wiki: Wiki) -> None:
    wiki.write(RECIPE)
    wiki.write(RECIPE.replace("Copy party\n", "Copy party, Brest\n").replace("group", "variant_of: copy-party\ngroup"))
    wiki.write(an_event("Une", geo="48.39, -4.49"))
    wiki.write(an_event("Deux", place="Lyon, MJC", recipe="copy-party-brest", geo="45.76, 4.84"))
    with wiki.app.app_context():
        pages.reindex()
    page = wiki.visitor().get("/wiki/copy-party").text
    alone, _words, family = page.partition('id="essais"')[2].partition('class="family-trials"')
    for part, towns in ((alone, ["Brest"]), (family, ["Brest", "Lyon"])):
        found = re.search(r'class="map-still" src="(.*?)"', part)
        assert found is not None
        picture = wiki.visitor().get(found[1].replace("&amp;", "&"))
        assert picture.content_type.startswith("image/svg+xml")
        assert picture.text.count("<circle ") == len(towns)
        chips = part.partition('class="chips"')[2].partition("</ul>")[0]
        assert re.findall(r'class="chip".*?>(\w+) <', chips) == towns
        for address in re.findall(r'class="chip" href="(.*?)"', chips):
            assert "1 résultat" in wiki.visitor().get(address.replace("&amp;", "&")).text


def test_the_agenda_of_a_family_holds_what_any_of_it_was_tried_at(wiki: Wiki) -> None:
    wiki.write(RECIPE)
    wiki.write(RECIPE.replace("Copy party\n", "Copy party, Brest\n").replace("group", "variant_of: copy-party\ngroup"))
    wiki.write(an_event("Une", geo="48.39, -4.49"))
    wiki.write(an_event("Deux", recipe="copy-party-brest", geo="48.39, -4.49"))
    wiki.write(an_event("Trois", recipe="disco-soupe", geo="48.39, -4.49"))
    with wiki.app.app_context():
        pages.reindex()
    visitor = wiki.visitor()

    def titles(address: str) -> set[str]:
        found = visitor.get(address).json
        assert found is not None
        return {feature["properties"]["title"] for feature in found["features"]}

    assert titles("/events.geojson?family=copy-party-brest") == {"Une", "Deux"}
    assert titles("/events.geojson?family=copy-party&recipe=copy-party-brest") == {"Deux"}
    assert titles("/events.geojson?family=copy-party&recipe=disco-soupe") == set()
    assert titles("/events.geojson?family=nulle-part") == set()
    assert "Voir toute la famille" in visitor.get("/events?family=copy-party").text


def test_the_agenda_of_a_very_large_family_is_that_of_its_newest_tried_pages(
    wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "_MOST_OF_A_FAMILY", 2)
    wiki.write(RECIPE)
    for place in ("Brest", "Lyon", "Rennes", "Lille"):
        variant = RECIPE.replace("Copy party\n", f"Copy party, {place}\n")
        wiki.write(variant.replace("group", "variant_of: copy-party\ngroup"))
    for title, recipe in (("Une", "copy-party"), ("Deux", "copy-party-brest"), ("Trois", "copy-party-rennes")):
        wiki.write(an_event(title, recipe=recipe))
    with wiki.app.app_context():
        pages.reindex()
    found = wiki.visitor().get("/events.json?family=copy-party").get_json()
    assert {row["title"] for row in found["results"]} == {"Deux", "Trois"}


@pytest.mark.parametrize("state", ["members", "draft"])
def test_a_story_that_is_not_for_everybody_is_told_on_no_recipe(wiki: Wiki, state: str) -> None:
    wiki.write(RECIPE)
    slug = wiki.write(an_event("Réunion secrète", body="## Récit\n\nEntre nous.\n"))
    assert "Réunion secrète" in said(wiki)
    with wiki.app.app_context():
        pages.show_to(wiki.cast.alice, slug, state)
    assert "Réunion secrète" not in said(wiki)
    assert "Personne n’a encore raconté" in said(wiki)

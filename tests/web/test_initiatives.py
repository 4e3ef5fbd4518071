"""The doors to a new gathering: organising a recipe, holding an event again."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Visitor
from tests.pages.test_initiatives import EVENT, RECIPE
from tests.web.conftest import Wiki
from tests.web.test_writing import form_of
from wiki import pages


def page_of(wiki: Wiki, text: str) -> str:
    with wiki.app.app_context():
        return pages.create(wiki.cast.alice, text).slug


def test_a_recipe_and_a_past_event_each_open_the_form_with_what_they_give(wiki: Wiki) -> None:
    recipe, event = page_of(wiki, RECIPE), page_of(wiki, EVENT)
    visitor = wiki.visitor("alice")
    assert isinstance(visitor, Visitor)
    for slug, link in ((recipe, "Organiser cette recette"), (event, "Refaire cet événement")):
        page = visitor.get(f"/wiki/{slug}").text
        assert link in page
        assert f"/propose?from={slug}" in page
    organising = visitor.get(f"/new/event?from={recipe}&place=Brest").text
    assert "- [ ] Un caillou." in organising
    assert 'value="soupe-au-caillou 1"' in organising
    assert 'value="Brest"' in organising
    again = form_of(visitor.get(f"/new/event?from={event}"))
    assert again["title"] == again["follows"] == ["Soupe de Brest"]
    assert "2013-10-12" not in str(again)
    assert "Il a plu" not in str(again)


def test_what_is_for_members_stays_so_when_it_is_held_again(wiki: Wiki) -> None:
    slug = page_of(wiki, EVENT)
    with wiki.app.app_context():
        pages.show_to(wiki.cast.alice, slug, "members")
    form = wiki.visitor("bob").get(f"/new/event?from={slug}").text
    assert 'value="members" checked' in form or 'value="members" selected' in form
    assert wiki.visitor().get(f"/new/event?from={slug}").status_code == 404


def test_a_form_begun_from_nothing_or_from_another_sort_of_page_is_told_plainly(wiki: Wiki) -> None:
    theme = page_of(wiki, "---\nkind: theme\ntitle: Partage\n---\n\nUn mot.\n")
    visitor = wiki.visitor("alice")
    assert visitor.get("/new/event?from=nulle-part").status_code == 404
    assert visitor.get(f"/new/event?from={theme}").status_code == 200
    assert visitor.get("/new/article?from=nulle-part").status_code == 200


def test_an_initiative_is_proposed_in_five_answers_and_stands_on_the_map(wiki: Wiki) -> None:
    guest = wiki.visitor()
    answer = guest.post(
        "/propose",
        data={
            "title": "Balade des puits", "announcement": "Venez avec une carte.\n\nEt des bottes.",
            "sessions-day": "2026-12-12", "sessions-from": "14:00", "sessions-to": "17:00",
            "place": "Brest, place Guérin", "organizers": ["Infini", ""], "themes": "communs",
        },
        follow_redirects=True,
    )  # fmt: skip
    assert answer.status_code == 200
    assert "Votre initiative est proposée, et sur la carte à Brest, Finistère, France." in answer.text
    assert "Adresse, prix, inscription, accessibilité se complètent plus tard" in answer.text
    text = wiki.text("balade-des-puits")
    assert "  - 2026-12-12T14:00/2026-12-12T17:00\n" in text
    assert "geo: 48.3903, -4.4863\ngeo_precision: ville\n" in text
    assert text.endswith("## Annonce\n\nVenez avec une carte.\n\nEt des bottes.\n")


def test_what_an_initiative_begins_from_is_carried_to_its_page(wiki: Wiki) -> None:
    recipe = page_of(wiki, RECIPE)
    page_of(wiki, "---\nkind: edition\ntitle: Le mois\nstarts_on: 2013-10\ncoordinators:\n  - X\n---\n")
    page_of(wiki, "---\nkind: collective\ntitle: Les Petits Débrouillards\nplace: Brest\n---\n")
    alice = wiki.visitor("alice")
    address = f"/propose?from={recipe}&edition=le-mois&collective=les-petits-debrouillards"
    sent = form_of(alice.get(address))
    assert sent["title"] == ["Soupe au caillou"]
    assert sent["themes"] == ["partage"]
    assert sent["edition"] == ["le-mois"]
    assert sent["organizers"] == ["Les Petits Débrouillards"]
    # The recipe goes on while the form is being filled: the version that was read stays the one that is followed.
    with wiki.app.app_context():
        pages.save(wiki.cast.bob, recipe, wiki.text(recipe).replace("Sur le feu.", "Sur le feu doux."), 1)
    again = form_of(alice.post("/propose", data={**sent, "title": "", "place": "Brest"}))
    assert again["followed"] == ["soupe-au-caillou 1"]
    answer = alice.post("/propose", data={**again, "title": "La soupe du quartier"})
    assert answer.location == "/wiki/la-soupe-du-quartier"
    text = wiki.text("la-soupe-du-quartier")
    for line in ("edition: le-mois", "recipes:\n  - soupe-au-caillou", "followed:\n  - soupe-au-caillou 1",
                 "organizers:\n  - Les Petits Débrouillards", "- [ ] Un caillou.", "- [ ] Goûter"):
        assert line in text
    named = form_of(alice.get(f"/propose?from={recipe}"))
    assert alice.post("/propose", data={**named, "place": "Brest, BU"}).location == "/wiki/soupe-au-caillou-brest"
    assert sent["themes"] == form_of(alice.get("/propose?theme=partage"))["themes"]


def test_a_past_event_is_held_again_by_the_short_form_with_the_rest_folded(wiki: Wiki) -> None:
    event = page_of(wiki, EVENT.replace("organizers:", "geo: 48.39, -4.49\nprice: prix libre\norganizers:"))
    alice = wiki.visitor("alice")
    page = alice.get(f"/propose?from={event}")
    assert "Vous refaites" in page.text
    folded = page.text.partition('<details class="facet">')[2].partition("</details>")[0]
    for name in ("price", "body"):
        assert f'name="{name}"' in folded
    assert 'name="attendance"' not in page.text
    sent = {**form_of(page), "sessions-day": "2031-12-12"}
    there = alice.post("/propose", data=sent)
    assert there.location == "/wiki/soupe-de-brest-2031"
    text = wiki.text("soupe-de-brest-2031")
    for line in ("follows: soupe-de-brest", "price: prix libre", "geo: 48.39, -4.49", "  - 2031-12-12\n"):
        assert line in text
    elsewhere = alice.post("/propose", data={**sent, "title": "Soupe de Quimper", "place": "Quimper"})
    assert "geo: 48.39, -4.49" not in wiki.text(elsewhere.location.rpartition("/")[2])
    wrong = alice.post("/propose", data={**sent, "sessions-day": "2031-02-30", "price": "5 €"})
    assert wrong.status_code == 422
    assert form_of(wrong)["price"] == ["5 €"]


def test_all_questions_are_asked_on_demand_with_the_answers_given(wiki: Wiki) -> None:
    sent = {"title": "Fête", "announcement": "Venez.", "sessions-day": "2026-12-12", "place": "Brest", "action": "more"}
    before = wiki.picture()
    whole = wiki.visitor().post("/propose", data=sent)
    assert 'name="accessibility"' in whole.text
    answered = form_of(whole)
    assert (answered["title"], answered["sessions-day"]) == (["Fête"], ["2026-12-12"])
    assert answered["body"][0].startswith("## Annonce\n\nVenez.\n")
    assert wiki.picture() == before


def test_a_proposal_that_cannot_be_kept_says_why_and_loses_nothing(wiki: Wiki, make_wiki: Callable[..., Wiki]) -> None:
    taken = {"title": "Soupe de Brest", "announcement": "Une autre.", "place": "Quimper"}
    page_of(wiki, EVENT)
    answer = wiki.visitor().post("/propose", data=taken)
    assert answer.status_code == 409
    assert "/wiki/soupe-de-brest" in answer.text
    assert form_of(answer)["announcement"] == ["Une autre."]
    assert wiki.visitor().post("/propose", data={"announcement": "Sans titre"}).status_code == 422
    closed = make_wiki(EDITING="members").visitor()
    refused = closed.post("/propose", data=taken)
    assert refused.status_code == 403
    assert form_of(refused)["announcement"] == ["Une autre."]
    assert closed.get("/propose").status_code == 403


def test_a_program_that_proposes_is_asked_to_be_a_person(make_wiki: Callable[..., Wiki]) -> None:
    hurried = make_wiki(GUEST_SECONDS=3).visitor()
    answer = hurried.post("/propose", data={"title": "Achetez", "homepage": "https://spam.example/"})
    assert answer.status_code == 422
    assert "Un champ invisible a été rempli" in answer.text


def test_every_page_that_gathers_initiatives_asks_for_one(wiki: Wiki) -> None:
    page_of(wiki, "---\nkind: theme\ntitle: Partage\n---\n")
    page_of(wiki, "---\nkind: collective\ntitle: Tiriad\nplace: Brest\n---\n")
    page_of(wiki, "---\nkind: edition\ntitle: Le mois\nstarts_on: 2999\ncoordinators:\n  - X\n---\n")
    guest = wiki.visitor()
    for page, door in (
        ("/", "/propose"), ("/events", "/propose"), ("/wiki/partage", "/propose?theme=partage"),
        ("/wiki/tiriad", "/propose?collective=tiriad"), ("/wiki/le-mois", "/propose?edition=le-mois"),
        ("/events?edition=le-mois", "/propose?edition=le-mois"), ("/events?theme=partage", "/propose?theme=partage"),
        ("/events?theme=partage&theme=soin", "/propose"),
    ):  # fmt: skip
        assert f'href="{door}"' in guest.get(page).text, page

"""The doors to a new gathering: organising a recipe, holding an event again."""

from __future__ import annotations

from tests.conftest import Visitor
from tests.pages.test_initiatives import EVENT, RECIPE
from tests.web.conftest import Wiki
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
        assert f"/new/event?from={slug}" in page
    organising = visitor.get(f"/new/event?from={recipe}&place=Brest").text
    assert "- [ ] Un caillou." in organising
    assert 'value="soupe-au-caillou 1"' in organising
    assert 'value="Brest"' in organising
    again = visitor.get(f"/new/event?from={event}").text
    assert 'value="Soupe de Brest"' in again
    assert 'value="soupe-de-brest"' in again
    assert "2013-10-12" not in again
    assert "Il a plu" not in again


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

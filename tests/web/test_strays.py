"""A page named where another sort is asked for: saved all the same, told beside the field and on it, not counted."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.web.conftest import Wiki
from tests.web.test_editions import edition, of_edition, words
from wiki import pages

RECIPE = "---\nkind: recipe\ntitle: Soupe\n---\n"
THEME = "---\nkind: theme\ntitle: Partage\n{more}---\n"


def notes(html: str) -> list[str]:
    found = re.findall(r'<p class="note stray">.*?<span>(.*?)</span></p>', html, re.DOTALL)
    return [words(unescape(one)) for one in found]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("edition", "Soupe", "« Soupe » est une recette, pas une édition."),
        ("recipes", "Le mois des communs", "« Le mois des communs » est une édition, pas une recette."),
        ("organizers", "Partage", "« Partage » est un thème, pas un collectif."),
        ("themes", "Soupe", "« Soupe » est une recette, pas un thème."),
        ("follows", "Soupe", "« Soupe » est une recette, pas un événement."),
    ],
)
def test_a_page_of_another_sort_is_told_beside_its_field_and_on_the_sheet(
    wiki: Wiki, field: str, value: str, message: str
) -> None:
    for text in (RECIPE, edition(), THEME.format(more="")):
        wiki.write(text)
    bob = wiki.visitor("bob")
    sent = {"title": "Atelier", "place": "Brest", field: value}
    preview = bob.post("/new/event", data={**sent, "action": "preview"})
    assert notes(preview.text) == [message]
    shown = bob.post("/new/event", data=sent, follow_redirects=True)
    assert shown.request.path == "/wiki/atelier"
    (note,) = notes(shown.text)
    assert message in note
    assert "Ce lien n’est pas compté." in note
    assert notes(bob.get("/wiki/atelier/edit").text) == [message]
    assert bob.post("/propose", data={**sent, "title": "Atelier bis"}).status_code == 303


def test_it_is_told_no_more_once_the_page_is_what_it_should_be(wiki: Wiki) -> None:
    wiki.write(RECIPE)
    wiki.write(of_edition("Atelier", "2013-10-12", "Brest", edition="soupe"))
    assert notes(wiki.visitor().get("/wiki/atelier").text)
    with wiki.app.app_context():
        pages.save(wiki.cast.bob, "soupe", edition("Soupe"), 1)
    assert not notes(wiki.visitor().get("/wiki/atelier").text)
    assert "Atelier" in wiki.visitor().get("/wiki/soupe").text


@pytest.mark.any_database
def test_what_is_no_recipe_and_nobody_is_counted_as_neither(wiki: Wiki) -> None:
    wiki.write(edition())
    wiki.write(THEME.format(more=""))
    atelier = of_edition("Atelier", "2013-10-12", "Brest").replace("copy-party", "le-mois-des-communs")
    wiki.write(atelier.replace("Les petits débrouillards", "Partage"))
    with wiki.app.app_context():
        programme = pages.open_page(wiki.cast.alice, "le-mois-des-communs").programme
        assert programme is not None
        (one,) = programme.initiatives
        assert one.recipes == []
        assert [(named.slug, named.title) for named in one.organizers] == [("", "Partage")]


def test_an_edition_that_is_none_gathers_nothing(wiki: Wiki) -> None:
    wiki.write(RECIPE)
    wiki.write(of_edition("Atelier", "2013-10-12", "Brest", edition="soupe"))
    guest = wiki.visitor()
    assert "programme" not in guest.get("/wiki/soupe").text
    assert guest.get("/events?edition=soupe").status_code == 200
    assert guest.get("/events.ics?edition=soupe").status_code == 200
    assert guest.get("/wiki/soupe/review").status_code == 302
    assert guest.get("/wiki/soupe/next").status_code == 302


def theme(title: str, parent: str) -> str:
    return f"---\nkind: theme\ntitle: {title}\nparent: {parent}\n---\n"


def variant(title: str, origin: str) -> str:
    return f"---\nkind: recipe\ntitle: {title}\nvariant_of: {origin}\n---\n"


CIRCLES = {
    "itself": [edition("Une", "part_of: une\nfollows: une\n")],
    "two editions": [
        edition("Une", "part_of: deux\nfollows: deux\n"),
        edition("Deux", "part_of: une\nfollows: une\n"),
    ],
    "an event and its edition": [
        edition("Une", "recipes:\n  - atelier\n"),
        of_edition("Atelier", "2013-10-12", "Brest", edition="une", follows="atelier"),
    ],
    "themes": [theme("Une", "deux"), theme("Deux", "une")],
    "variants": [variant("Une", "deux"), variant("Deux", "une")],
}


@pytest.mark.any_database
@pytest.mark.parametrize("name", CIRCLES)
def test_a_circle_is_walked_once(wiki: Wiki, name: str) -> None:
    slugs = [wiki.write(text) for text in CIRCLES[name]]
    # Said again once all of them are there.
    for slug, text in zip(slugs, CIRCLES[name], strict=True):
        with wiki.app.app_context():
            pages.save(wiki.cast.bob, slug, text + "\nUn mot de plus.\n", 1)
            pages.reindex()
    guest = wiki.visitor()
    for slug in slugs:
        paths = [f"/wiki/{slug}{more}" for more in ("", "/edit", "/variants", ".json")]
        paths += [f"/events?edition={slug}", f"/search?theme={slug}", f"/events.ics?edition={slug}"]
        assert [guest.get(path).status_code for path in paths] == [200] * len(paths)
        assert guest.get(f"/wiki/{slug}/next").status_code in (200, 302)
    with wiki.app.app_context():
        assert pages.verify() == []
    if name == "itself":
        told = notes(guest.get("/wiki/une").text)
        assert len(told) == 2
        assert all("« Une » est cette page elle-même : nommez-en une autre." in one for one in told)

"""In a form pages are named by their titles, in a text by their addresses; each is understood in the other's place."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Wiki
from tests.web.test_writing import form_of
from wiki import pages

THEME = "---\nkind: theme\ntitle: {title}\ntagline: Un sujet\n---\n\nUn thème.\n"
RECIPE = (
    "---\nkind: recipe\ntitle: Soupe au caillou\ntagline: À plusieurs\nthemes:\n  - {theme}\n---\n\n"
    "## Étapes\n\nGoûter.\n"
)


@pytest.fixture
def gardens(wiki: Wiki) -> str:
    """A recipe whose theme is at the address that its title makes."""
    wiki.write(THEME.format(title="Jardins partagés"))
    return wiki.write(RECIPE.format(theme="jardins-partages"))


def test_a_form_shows_the_titles_of_themes_and_saves_their_addresses(wiki: Wiki, gardens: str) -> None:
    alice, before = wiki.visitor("alice"), wiki.text(gardens)
    form = form_of(alice.get(f"/wiki/{gardens}/edit"))
    assert form["themes"] == ["Jardins partagés"]
    alice.post(f"/wiki/{gardens}/edit", data={**form, "action": "save"})
    assert wiki.text(gardens) == before
    as_text = alice.post(f"/wiki/{gardens}/edit", data={**form, "action": "text"})
    assert form_of(as_text)["text"] == form_of(alice.get(f"/wiki/{gardens}/edit?as=text"))["text"] == [before]


@pytest.mark.parametrize(
    "typed",
    ["Jardins partagés", "jardins-partages", "JARDINS PARTAGES", "[[Jardins partagés]]", "/wiki/jardins-partages"],
)
def test_a_theme_is_understood_by_title_and_by_address(wiki: Wiki, gardens: str, typed: str) -> None:
    alice = wiki.visitor("alice")
    form = form_of(alice.get("/propose?title=Bouture"))
    alice.post("/propose", data={**form, "themes": [typed], "place": "Brest", "action": "save"})
    assert "themes:\n  - jardins-partages\n" in wiki.text("bouture")


def test_a_theme_called_otherwise_than_its_address_is_understood_by_both(wiki: Wiki, gardens: str) -> None:
    """Its address is shown: a title that is changed while the form is open would lead nowhere."""
    calm = THEME.format(title="Potager")
    wiki.write(calm, calm.replace("Potager", "Cultures en ville"))
    alice = wiki.visitor("alice")
    for typed in ("Cultures en ville", "potager"):
        form = form_of(alice.get(f"/wiki/{gardens}/edit"))
        alice.post(f"/wiki/{gardens}/edit", data={**form, "themes": ["Jardins partagés", typed], "action": "save"})
        assert "themes:\n  - jardins-partages\n  - potager\n" in wiki.text(gardens)
        assert form_of(alice.get(f"/wiki/{gardens}/edit"))["themes"] == ["Jardins partagés", "potager"]


def test_a_theme_that_moves_while_a_form_is_open_stays_as_the_page_names_it(wiki: Wiki, gardens: str) -> None:
    alice, before = wiki.visitor("alice"), wiki.text(gardens)
    form = form_of(alice.get(f"/wiki/{gardens}/edit"))
    with wiki.app.app_context():
        pages.rename(wiki.cast.bob, "jardins-partages", "Jardins de toutes et tous")
    alice.post(f"/wiki/{gardens}/edit", data={**form, "tagline": "À beaucoup", "action": "save"})
    assert wiki.text(gardens) == before.replace("À plusieurs", "À beaucoup")


def test_what_is_refused_comes_back_as_it_was_typed(wiki: Wiki, gardens: str) -> None:
    alice = wiki.visitor("alice")
    form = form_of(alice.get(f"/wiki/{gardens}/edit"))
    typed = ["Jardins partagés", "jardins PARTAGÉS", "Un thème à venir", "https://ailleurs.example"]
    refused = alice.post(f"/wiki/{gardens}/edit", data={**form, "themes": typed, "action": "save"})
    assert refused.status_code == 422
    assert form_of(refused)["themes"] == typed


def test_the_title_of_a_page_out_of_sight_is_not_told(wiki: Wiki) -> None:
    wiki.write(THEME.format(title="Jardins secrets"), visibility="draft")
    recipe = wiki.write(RECIPE.format(theme="jardins-secrets"))
    assert form_of(wiki.visitor("bob").get(f"/wiki/{recipe}/edit"))["themes"] == ["jardins-secrets"]
    assert form_of(wiki.visitor("alice").get(f"/wiki/{recipe}/edit"))["themes"] == ["Jardins secrets"]


def test_what_changed_is_said_by_titles_too(wiki: Wiki, gardens: str) -> None:
    alice = wiki.visitor("alice")
    wiki.write(THEME.format(title="Échange"))
    form = {**form_of(alice.get(f"/wiki/{gardens}/edit")), "themes": ["Échange"]}
    changes = alice.post(f"/wiki/{gardens}/edit", data={**form, "action": "changes"}).text
    alice.post(f"/wiki/{gardens}/edit", data={**form, "action": "save"})
    for answer in (changes, alice.get(f"/wiki/{gardens}/diff/1..2").text):
        assert "<del>Jardins partagés</del>" in answer
        assert "<ins>Échange</ins>" in answer


def test_another_sort_of_page_keeps_the_name_it_was_given(wiki: Wiki, gardens: str) -> None:
    title = "Fête des voisines"
    moved = RECIPE.format(theme="jardins-partages").replace("Soupe au caillou", "Fête")
    wiki.write(moved, moved.replace("title: Fête", f"title: {title}"))
    alice = wiki.visitor("alice")
    form = form_of(alice.get(f"/wiki/{gardens}/edit"))
    alice.post(f"/wiki/{gardens}/edit", data={**form, "themes": [title], "action": "save"})
    assert "themes:\n  - fete-des-voisines\n" in wiki.text(gardens)


@pytest.mark.parametrize("address", ["/new/recipe", "/propose"])
@pytest.mark.usefixtures("gardens")
def test_themes_are_proposed_by_title_without_script(wiki: Wiki, address: str) -> None:
    answer = wiki.visitor("alice").get(address).text
    (offered,) = re.findall(r'<datalist id="suggestions-theme">(.*?)</datalist>', answer)
    assert '<option value="Jardins partagés">' in offered


@pytest.mark.usefixtures("gardens")
def test_suggestions_say_what_to_write(wiki: Wiki) -> None:
    calm = THEME.format(title="Jardinage")
    wiki.write(calm, calm.replace("Jardinage", "Jardins et balcons"))
    found = wiki.visitor("alice").get("/pages/suggestions?kind=theme&q=jardins").json
    assert [(row["title"], row["name"]) for row in found] == [
        ("Jardins et balcons", "jardinage"), ("Jardins partagés", "Jardins partagés")
    ]  # fmt: skip

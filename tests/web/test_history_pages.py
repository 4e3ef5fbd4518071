"""The past of a page as a visitor sees it: versions, changes, authors, going back."""

from __future__ import annotations

import re

import pytest

from tests.conftest import PASSWORD
from tests.pages.copy_party import RECIPE
from tests.web.conftest import Wiki
from tests.web.test_moderation import queries
from wiki import pages
from wiki.pages import comparison

SECOND = RECIPE.replace("2 rallonges", "3 rallonges").replace("légalement", "en règle")
THIRD = SECOND.replace("Une salle", "Une <b>grande</b> salle")


@pytest.fixture(autouse=True)
def forget() -> None:
    """Forget whose lines were whose in the wikis of other tests, which count their pages from 1 too."""
    comparison._blame.cache_clear()


@pytest.fixture
def copy_party(wiki: Wiki) -> str:
    return wiki.write(RECIPE, SECOND, THIRD)


def test_authors_are_told_by_the_names_they_have_today_with_as_many_queries(wiki: Wiki, copy_party: str) -> None:
    reader, path = wiki.visitor(), f"/wiki/{copy_party}/authors"
    assert "alice" in reader.get(path).text
    with queries(wiki) as few:
        reader.get(path)
    answer = wiki.visitor("alice").post("/account/name", data={"current": PASSWORD, "name": "Élise"})
    assert answer.status_code == 303
    renamed = reader.get(path).text
    assert "Élise" in renamed
    assert "alice" not in renamed
    wiki.visitor("alice").post("/account/delete", data={"current": PASSWORD})
    assert "Élise" not in reader.get(path).text
    with wiki.app.app_context():
        for number in range(3, 9):
            pages.save(wiki.cast.bob, copy_party, THIRD.replace("3 rallonges", f"{number}0 rallonges"), number)
    reader.get(path)
    with queries(wiki) as many:
        assert "bob" in reader.get(path).text
    assert len(many) == len(few)


def plain(text: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", text)


def test_a_history_names_every_version_its_author_and_what_changed(wiki: Wiki, copy_party: str) -> None:
    page = plain(wiki.visitor().get(f"/wiki/{copy_party}/history").text)
    changed = "a modifié la page – En une phrase : modifié ; Matériel : 1 ligne modifiée"
    for words in ("a créé la page", changed, "Étapes"):
        assert words in page or words == "Étapes", words
    assert page.count('<li class="version">') == 3
    assert page.count('type="radio" name="from"') == page.count('type="radio" name="to"') == 3
    assert f'href="/wiki/{copy_party}?revision=2"' in page
    assert f'href="/wiki/{copy_party}/undo/3"' in page
    assert f'href="/wiki/{copy_party}/revert/1"' in page


def test_a_long_history_is_read_page_by_page_and_misses_nothing(make_wiki: object) -> None:
    wiki: Wiki = make_wiki(PER_PAGE=5)  # type: ignore[operator]
    slug = wiki.write("# Titre\n", *(f"# Titre\n\n{number}.\n" for number in range(2, 13)))
    seen: list[int] = []
    address: str | None = f"/wiki/{slug}/history"
    while address:
        page = wiki.visitor().get(address).text
        numbers = [int(number) for number in re.findall(r'name="from" value="(\d+)"', page)]
        assert 1 <= len(numbers) <= 5
        seen += numbers
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = older[1].replace("&amp;", "&") if older else None
    assert seen == list(range(12, 0, -1))


def test_the_two_chosen_versions_are_compared_older_first(wiki: Wiki, copy_party: str) -> None:
    for query in ("from=1&to=3", "from=3&to=1"):
        answer = wiki.visitor().get(f"/wiki/{copy_party}/diff?{query}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/wiki/{copy_party}/diff/1..3")


def test_a_comparison_shows_fields_and_words_and_runs_nothing(wiki: Wiki, copy_party: str) -> None:
    answer = wiki.visitor().get(f"/wiki/{copy_party}/diff/1..3")
    assert "<del>légalement</del>" in answer.text
    assert "<ins>en règle</ins>" in answer.text
    assert "<del>2</del>" in answer.text
    assert "&lt;b&gt;" in re.sub("</?(ins|del)>", "", answer.text).replace("&lt;</span><span>b", "&lt;b")
    assert "<b>grande" not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_any_two_versions_compare_in_both_directions(wiki: Wiki, copy_party: str) -> None:
    for older in (1, 2, 3):
        for newer in (1, 2, 3):
            answer = wiki.visitor().get(f"/wiki/{copy_party}/diff/{older}..{newer}")
            assert answer.status_code == 200
            assert ("Les deux textes sont identiques" in answer.text) == (older == newer)


def test_each_line_names_who_wrote_it(wiki: Wiki, copy_party: str) -> None:
    wiki.visitor("bob").post(f"/wiki/{copy_party}/edit", data={"base": "3", "text": f"{THIRD}\nFin, par Bob.\n"})
    page = wiki.visitor().get(f"/wiki/{copy_party}/authors").text
    rows = re.findall(r'<th [^>]*scope="row"><a href="/people/(\w+)">.*?<pre>(.*?)</pre>', page, re.DOTALL)
    assert [name for name, text in rows if "Fin, par Bob." in text] == ["bob"]
    assert "Une &lt;b&gt;grande&lt;/b&gt; salle" in "".join(text for _name, text in rows)


def test_a_variant_names_those_who_had_written_what_it_took(wiki: Wiki, copy_party: str) -> None:
    wiki.visitor("bob").post(f"/wiki/{copy_party}/fork", data={"twist": "à Brest", "title": "Chez Bob"})
    own, origin = (wiki.visitor().get(f"/wiki/{slug}/authors").text for slug in ("chez-bob", copy_party))
    told = own.split("<table")[0]
    assert f'<a href="/wiki/{copy_party}?revision=3">' in told
    assert "alice" in told
    assert "repris le texte" in told
    assert "repris le texte" not in origin


def test_putting_a_version_back_is_shown_asked_and_done(wiki: Wiki, copy_party: str) -> None:
    client = wiki.visitor("bob")
    asked = client.get(f"/wiki/{copy_party}/revert/1")
    assert "Remettre la version 1 en place" in plain(asked.text)
    assert "<ins>légalement</ins>" in asked.text
    assert wiki.text(copy_party) == THIRD
    done = client.post(f"/wiki/{copy_party}/revert/1", data={"comment": "C’était mieux"}, follow_redirects=True)
    assert "Version 1 remise en place" in plain(done.text)
    assert wiki.text(copy_party) == RECIPE
    assert "C’était mieux" in client.get(f"/wiki/{copy_party}/history").text


def test_undoing_one_change_is_shown_asked_and_done(wiki: Wiki, copy_party: str) -> None:
    client = wiki.visitor("bob")
    asked = client.get(f"/wiki/{copy_party}/undo/2")
    assert "<ins>légalement</ins>" in asked.text
    assert "grande" not in asked.text
    client.post(f"/wiki/{copy_party}/undo/2")
    assert wiki.text(copy_party) == RECIPE.replace("Une salle", "Une <b>grande</b> salle")
    again = client.post(f"/wiki/{copy_party}/undo/2", follow_redirects=True)
    assert "plus rien à défaire" in again.text


def test_undoing_what_changed_since_opens_the_choice_and_can_be_settled(wiki: Wiki, copy_party: str) -> None:
    client = wiki.visitor("bob")
    fourth = THIRD.replace("3 rallonges", "4 rallonges")
    client.post(f"/wiki/{copy_party}/edit", data={"base": "3", "text": fourth})
    asked = client.post(f"/wiki/{copy_party}/undo/2")
    assert asked.status_code == 409
    assert wiki.text(copy_party) == fourth
    fields = dict(re.findall(r'<input type="hidden" name="(base|head|comment)" value="([^"]*)"', asked.text))
    mine = re.search(r'<textarea id="mine"[^>]*>\n(.*?)</textarea>', asked.text, re.DOTALL)
    assert mine
    name = re.findall(r'name="(choice-\d+)"', asked.text)[0]
    done = client.post(f"/wiki/{copy_party}/settle", data={**fields, "mine": mine[1], name: "mine"})
    assert done.status_code == 303
    assert wiki.text(copy_party) == RECIPE.replace("Une salle", "Une <b>grande</b> salle")


def test_the_first_version_is_not_undone(wiki: Wiki, copy_party: str) -> None:
    for method in ("GET", "POST"):
        answer = wiki.visitor("bob").open(f"/wiki/{copy_party}/undo/1", method=method)
        assert answer.status_code == 400
        assert "il n’y a rien avant elle" in answer.text
    assert wiki.text(copy_party) == THIRD


def test_recent_changes_are_filtered_and_followed_back(make_wiki: object) -> None:
    wiki: Wiki = make_wiki(PER_PAGE=5)  # type: ignore[operator]
    for number in range(7):
        wiki.page(f"Titre {number}")
    seen: list[str] = []
    address: str | None = "/changes?kind=article&minor=0"
    while address:
        page = wiki.visitor().get(address).text
        seen += re.findall(r"<strong>(Titre \d)</strong>", page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = older[1].replace("&amp;", "&") if older else None
        assert address is None or "kind=article" in address
    assert seen == [f"Titre {number}" for number in range(6, -1, -1) for _ in (1, 2)]
    assert "Aucun changement" in wiki.visitor().get("/changes?kind=recipe").text
    assert "Aucun changement" in wiki.visitor().get("/changes?who=guests").text

"""A variant of a page that is closed now: no door tells which one it was to who may not read it, and none loses it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from tests.conftest import Visitor
from tests.web.conftest import Wiki
from tests.web.routes import READABLE
from tests.web.test_closed_sources import close
from wiki import history, pages
from wiki.pages.indexing import drain
from wiki.pages.linking import link_sown

SECRET = "Quetzalcoatl"
RECIPE = (
    f"---\nkind: recipe\ntitle: {SECRET}\nplaces: Une salle\n---\n\n"
    "Première ligne.\n\n## Étapes\n\nInviter.\n\n## Suite\n\nFin.\n"
)
VARIANT, LINE = "chez-nous", f"variant_of: {SECRET.lower()}\n"
# Who may not read it, and who may.
STATES = {"members": ("guest", "bob"), "draft": ("bob", "alice"), "archived": ("bob", "mona")}


@pytest.fixture
def family(wiki: Wiki) -> Wiki:
    """A recipe of Alice's, and a variant of two versions that anybody may change, with a suggestion that waits."""
    wiki.write(RECIPE)
    with wiki.app.app_context():
        alice = wiki.cast.alice
        pages.fork(alice, SECRET.lower(), "chez nous", title="Chez nous")
        change(wiki, "Inviter.", "Inviter les voisines.")
        pages.unlink(alice, VARIANT)
        pages.link(alice, VARIANT, SECRET.lower())
        pages.reindex()
        drain()
    return wiki


def stored(wiki: Wiki, slug: str) -> str:
    """The newest text, whatever somebody may be told of it."""
    with wiki.app.app_context():
        page = pages.find(wiki.cast.alice, slug)
        return history.read(page.id, page.head_number).text


def change(wiki: Wiki, old: str, new: str) -> None:
    with wiki.app.app_context():
        alice = wiki.cast.alice
        pages.save(alice, VARIANT, stored(wiki, VARIANT).replace(old, new), pages.find(alice, VARIANT).head_number)


def shut(wiki: Wiki, state: str) -> None:
    close(wiki, state)
    with wiki.app.app_context():
        drain()


def told(client: Visitor, address: str, form: dict[str, str] | None = None) -> str:
    with client.open(address, method="POST" if form else "GET", data=form, follow_redirects=True) as answer:
        assert answer.status_code < 500, (address, answer.status)
        said = unescape(answer.text) + str(answer.headers)
    # What was asked for is said again, and is no news.
    return said.replace(address, "")


def addresses() -> list[str]:
    found = [route.path.format(slug=VARIANT) for route in READABLE]
    for number in range(1, 5):
        found += [f"/wiki/{VARIANT}{end}" for end in (
            f"?revision={number}", f".md?revision={number}", f".json?revision={number}", f"/revert/{number}",
            f"/undo/{number}", *(f"/diff/{number}..{other}" for other in range(1, 5)),
        )]
    return [*found, "/search?q=voisines", "/search.json?q=voisines", "/recipes.json", "/account/data.json"]


def leaks(client: Visitor, found: list[str]) -> list[str]:
    return [address for address in found if SECRET.lower() in told(client, address).lower()]


def test_while_it_is_open_its_variant_names_it(family: Wiki) -> None:
    named = leaks(family.visitor(), addresses())
    assert {f"/wiki/{VARIANT}{end}" for end in (
        ".md", ".json", ".md?revision=1", "/edit", "/edit?as=text", "/authors", "/diff/2..3", "/revert/3",
    )} <= {*named}


@pytest.mark.parametrize("state", STATES)
def test_no_door_tells_its_address_to_who_may_not_read_it(family: Wiki, state: str) -> None:
    shut(family, state)
    stranger, knows = STATES[state]
    assert leaks(family.visitor(stranger), addresses()) == []
    assert leaks(family.visitor(knows), [f"/wiki/{VARIANT}.md", f"/wiki/{VARIANT}/edit"]) != []


def test_a_copy_that_a_cache_holds_for_one_reader_is_not_taken_for_that_of_another(family: Wiki) -> None:
    close(family, "members")
    for end in (".md", ".json"):
        address = f"/wiki/{VARIANT}{end}"
        tags = {name: family.visitor(name).get(address).headers["ETag"] for name in ("guest", "bob")}
        assert family.visitor().get(address, headers={"If-None-Match": tags["guest"]}).status_code == 304
        assert family.visitor().get(address, headers={"If-None-Match": tags["bob"]}).status_code == 200


def test_search_does_not_find_the_variant_by_it(family: Wiki) -> None:
    search = f"/search.json?recipe={SECRET.lower()}"
    assert VARIANT in family.visitor().get(search).text
    shut(family, "draft")
    assert VARIANT not in family.visitor().get(search).text


FORMS = [
    ("/edit", {"text": "{text}"}),
    ("/edit", {"title": "Chez nous", "variant_notes": "En mieux", "body": "Tout autre.", "places": "Une cour"}),
    ("/edit", {"section": "s-etapes", "body": "## Étapes\n\nRester.\n"}),
    ("/rename", {"title": "Chez elles"}),
    ("/undo/2", {"comment": "Retour"}),
    ("/undo/4", {"comment": "Retour"}),
    ("/revert/1", {"comment": "Retour"}),
    ("/revert/3", {"comment": "Retour"}),
]
FACES = ("preview", "changes", "text", "form")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form[0]} {next(iter(form[1]))}")
def test_who_was_not_told_it_saves_without_losing_it(family: Wiki, form: tuple[str, dict[str, str]]) -> None:
    shut(family, "draft")
    stranger, (address, answers) = family.visitor("bob"), form
    text = text_seen(stranger).replace("Fin.", "La fin.")
    sent = {"base": "4", **{name: value.replace("{text}", text) for name, value in answers.items()}}
    for face in FACES if address == "/edit" else ():
        assert SECRET.lower() not in told(stranger, f"/wiki/{VARIANT}/edit", {**sent, "action": face}).lower(), face
    before = stored(family, VARIANT)
    assert SECRET.lower() not in told(stranger, f"/wiki/{VARIANT}{address}", sent).lower()
    slug = "chez-elles" if address == "/rename" else VARIANT
    # To take back the link itself is for those who may read what it leads to.
    assert (stored(family, slug) == before) == (address in ("/undo/4", "/revert/3"))
    assert stored(family, slug).count(LINE) == 1
    with family.app.app_context():
        assert pages.find(family.cast.alice, slug).origin_id is not None
        assert not list(pages.verify())


def text_seen(client: Visitor) -> str:
    text = client.get(f"/wiki/{VARIANT}.md").text
    assert LINE not in text
    return text


def test_the_text_one_was_given_sent_back_changes_nothing(family: Wiki) -> None:
    shut(family, "draft")
    bob = family.visitor("bob")
    sent = {"text": text_seen(bob), "base": "4"}
    assert "Rien n’a changé" in told(bob, f"/wiki/{VARIANT}/edit", sent)


def test_two_who_were_not_told_it_settle_their_texts_without_it(family: Wiki) -> None:
    shut(family, "draft")
    bob = family.visitor("bob")
    mine = text_seen(bob).replace("Inviter les voisines.", "Inviter tout le monde.")
    change(family, "Inviter les voisines.", "Inviter les voisins.")
    screen = told(bob, f"/wiki/{VARIANT}/edit", {"text": mine, "base": "4"})
    assert "Inviter tout le monde." in screen
    assert SECRET.lower() not in screen.lower()
    form = dict(re.findall(r'name="(base|head)" value="(\d+)"', screen))
    assert form == {"base": "4", "head": "5"}
    choices = {f"choice-{number}": "mine" for number in range(9)}
    assert SECRET.lower() not in told(bob, f"/wiki/{VARIANT}/settle", {**form, "mine": mine, **choices}).lower()
    assert "Inviter tout le monde." in stored(family, VARIANT)
    assert stored(family, VARIANT).count(LINE) == 1


def test_a_suggestion_of_who_was_not_told_it_is_taken_without_losing_it(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(EDITING="everyone")
    wiki.write(RECIPE)
    with wiki.app.app_context():
        pages.fork(wiki.cast.alice, SECRET.lower(), "chez nous", title="Chez nous")
    close(wiki, "members")
    wiki = make_wiki(EDITING="approved", NEWCOMER_EDITS=1)
    guest, alice = wiki.visitor(), wiki.visitor("alice")
    guest.post(f"/wiki/{VARIANT}/edit", data={"text": text_seen(guest).replace("Fin.", "La fin."), "base": "1"})
    with wiki.app.app_context():
        (offer,) = [f"/offers/{info.id}" for info in pages.waiting_suggestions(wiki.cast.alice)]
    assert leaks(guest, [offer, f"/wiki/{VARIANT}", f"/wiki/{VARIANT}/edit", f"/wiki/{VARIANT}/edit?as=text"]) == []
    screen = alice.get(offer).text
    assert SECRET.lower() not in screen.lower()
    names = re.findall(r'name="verdict-(\w+)" value="decline"', screen)
    assert len(names) == 1
    alice.post(offer, data={"action": "accept", "number": "1", f"verdict-{names[0]}": "take"})
    assert "La fin." in stored(wiki, VARIANT)
    assert stored(wiki, VARIANT).count(LINE) == 1


@pytest.mark.parametrize("address", ["undo/3", "revert/2"])
def test_who_was_not_told_it_proposes_to_go_back_without_losing_it(
    make_wiki: Callable[..., Wiki], address: str
) -> None:
    wiki = make_wiki(EDITING="everyone")
    wiki.write(RECIPE)
    with wiki.app.app_context():
        pages.fork(wiki.cast.alice, SECRET.lower(), "chez nous", title="Chez nous")
        pages.unlink(wiki.cast.alice, VARIANT)
        pages.link(wiki.cast.alice, VARIANT, SECRET.lower())
        change(wiki, "Inviter.", "Inviter les voisines.")
    close(wiki, "draft")
    wiki = make_wiki(EDITING="approved", NEWCOMER_EDITS=1)
    wiki.visitor().post(f"/wiki/{VARIANT}/{address}", data={"comment": "Retour"})
    mona = wiki.visitor("mona")
    with wiki.app.app_context():
        offers = [f"/offers/{info.id}" for info in pages.waiting_suggestions(wiki.cast.mona)]
    # To take back the link itself changes nothing, and is nothing to propose.
    assert len(offers) == (address == "revert/2")
    for offer in offers:
        names = re.findall(r'name="verdict-(\w+)" value="take"', mona.get(offer).text)
        taken = {f"verdict-{name}": "take" for name in names}
        mona.post(offer, data={"action": "accept", "number": "1", **taken})
        assert "Inviter les voisines." not in stored(wiki, VARIANT)
    assert stored(wiki, VARIANT).count(LINE) == 1


def test_an_export_does_not_name_it_and_comes_back_without_losing_it(family: Wiki, tmp_path: Path) -> None:
    shut(family, "members")
    before = stored(family, VARIANT)
    with family.app.app_context():
        pages.export_folder(tmp_path / "pages")
        written = (tmp_path / "pages" / f"{VARIANT}.md").read_text()
        assert written == before.replace(LINE, "")
        assert pages.import_folder(tmp_path / "pages").unchanged == [VARIANT]
    assert stored(family, VARIANT) == before


def test_what_a_sown_page_was_a_variant_of_is_not_told_by_its_older_versions(wiki: Wiki) -> None:
    with wiki.app.app_context():
        ada = wiki.cast.ada
        pages.create(ada, RECIPE.replace(SECRET, "Chez nous").replace("places:", f"{LINE}places:"), action="seed")
        wiki.write(RECIPE)
        link_sown(ada, VARIANT)
        pages.unlink(ada, VARIANT)
        assert [source.names for source in pages.cite(ada, VARIANT).sources] == [["ada"]]
    old = f"/wiki/{VARIANT}.md?revision=1"
    assert LINE in wiki.visitor("bob").get(old).text
    close(wiki, "draft")
    assert LINE not in wiki.visitor("bob").get(old).text
    assert LINE in wiki.visitor("alice").get(old).text


def test_a_name_that_leads_nowhere_is_told_to_everybody(family: Wiki) -> None:
    text = RECIPE.replace(SECRET, "Autre").replace("places:", "variant_of: ailleurs\nplaces:")
    with family.app.app_context():
        pages.create(family.cast.alice, text)
    assert "variant_of: ailleurs" in family.visitor().get("/wiki/autre.md").text


GUESSED, WRONG = "Plan Zorglub", "Plan Zorglob"


@pytest.mark.parametrize("state", ["draft", "members"])
def test_who_names_a_title_they_guess_does_not_see_whether_they_guessed_right(wiki: Wiki, state: str) -> None:
    text = "---\nkind: recipe\ntitle: {title}\nplaces: Une salle\n{line}---\n\nTexte.\n"
    with wiki.app.app_context():
        pages.create(wiki.cast.alice, text.format(title=GUESSED, line=""), visibility=state)
    stranger = wiki.visitor(STATES[state][0])
    seen = []
    for guess in (GUESSED, WRONG):
        title, key = guess.replace("Plan", "Essai"), guess.lower().replace(" ", "-")
        sent = {"text": text.format(title=title, line=f"variant_of: {key}\n")}
        screen = stranger.post("/new/recipe", data={**sent, "action": "preview"}).text
        stranger.post("/new/recipe", data=sent)
        with wiki.app.app_context():
            pages.reindex()
        mine, found = f"/wiki/{key.replace('plan', 'essai')}", stranger.get(f"/search.json?recipe={key}").text
        page, source = stranger.get(mine).text, stranger.get(f"{mine}.md").text
        listed = key in stranger.get("/pages").text
        seen.append((key in screen, key in source, page.count(key), title in found, listed))
    assert seen[0] == seen[1]
    assert seen[0][1]


def test_who_looks_through_what_waits_is_not_told_it(wiki: Wiki) -> None:
    wiki.write(RECIPE)
    text = RECIPE.replace(SECRET, "Chez nous").replace("places:", f"{LINE}places:")
    wiki.visitor().post("/new/recipe", data={"text": text})
    mona = wiki.visitor("mona")
    assert SECRET.lower() in told(mona, "/moderation").lower()
    close(wiki, "draft")
    screen = told(mona, "/moderation").lower()
    assert "chez nous" in screen
    assert SECRET.lower() not in screen


@pytest.mark.parametrize("state", STATES)
def test_without_an_index_too_the_variant_is_not_found_by_it(family: Wiki, state: str) -> None:
    shutil.rmtree(f"{family.app.config['WIKI']['DATA']}/index")
    search, anybody = f"/search.json?recipe={SECRET.lower()}", family.visitor()
    assert VARIANT in anybody.get(search).text
    close(family, state)
    assert VARIANT not in anybody.get(search).text


def test_a_value_of_several_lines_is_left_out_whole(wiki: Wiki) -> None:
    wiki.write(RECIPE.replace(SECRET, "Un deux"))
    lines = "variant_of: |\n  Un\n\n  deux\n"
    text = f"---\nkind: event\ntitle: Soir\nsessions:\n  - 2013-10-12\n{lines}---\n\nCorps.\n"
    with wiki.app.app_context():
        pages.create(wiki.cast.bob, text)
        pages.link(wiki.cast.bob, "soir", "un-deux")
        pages.archive(wiki.cast.ada, "un-deux")
    bob = wiki.visitor("bob")
    given = bob.get("/wiki/soir.md").text
    assert given == text.replace(lines, "")
    bob.post("/wiki/soir/edit", data={"text": given.replace("Corps", "Le corps"), "base": "2"})
    with wiki.app.app_context():
        assert history.read(pages.find(wiki.cast.bob, "soir").id, 3).text == text.replace("Corps", "Le corps")

"""Texts that wait, as guests, newcomers and members meet them: nothing of one is told to anybody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from tests.conftest import Visitor
from tests.web.conftest import NAMES, Wiki
from tests.web.routes import EVENT, FIRST, READABLE, SECOND
from wiki import pages
from wiki.pages.indexing import drain

SECRET = "Quetzalcoatl"
TITLE = "Titre"


@pytest.fixture
def reviewed(make_wiki: Callable[..., Wiki]) -> Wiki:
    """A wiki that approves, with a page of two versions; Alice, who made it when all were welcome, is known."""
    wiki = make_wiki(EDITING="everyone")
    wiki.page(TITLE)
    return make_wiki(EDITING="approved", NEWCOMER_EDITS=2)


def plain(text: str) -> str:
    """What is read, with plain spaces."""
    return re.sub("[\u00a0\u202f]", " ", unescape(text))


def write(client: Visitor, text: str, base: int = 2, **more: str) -> str:
    """Send a text for the page; where that leads."""
    answer = client.post("/wiki/titre/edit", data={"text": text, "base": str(base), **more})
    assert answer.status_code == 303, answer.text
    return answer.location


def secret(line: str = "Deuxième ligne") -> str:
    return SECOND.format(title=TITLE).replace(line, f"{line}, {SECRET}")


def offer_of(client: Visitor) -> str:
    found = re.search(r'href="(/offers/\d+)"', client.get("/wiki/titre").text)
    assert found
    return found[1]


def accept(client: Visitor, address: str, **form: str) -> int:
    number = re.search(r'name="number" value="(\d+)"', client.get(address).text)
    assert number
    return client.post(address, data={"action": "accept", "number": number[1], **form}).status_code


def test_a_guest_sees_their_text_at_once_and_goes_on_writing_it(reviewed: Wiki) -> None:
    guest = reviewed.visitor()
    assert "une fois relu" in plain(guest.get("/wiki/titre/edit").text)
    assert write(guest, secret()) == "/wiki/titre"
    page = plain(guest.get("/wiki/titre").text)
    assert "Merci ! Votre texte est gardé. Il sera relu, puis il paraîtra." in page
    assert "Votre texte attend d’être relu" in page
    assert SECRET in page
    form = guest.get("/wiki/titre/edit?as=text").text
    assert SECRET in form
    assert 'name="base" value="2"' in form
    assert SECRET not in guest.get("/wiki/titre?published=1").text
    assert SECRET not in guest.get("/wiki/titre.md").text


def test_a_section_is_changed_within_the_text_that_waits(reviewed: Wiki) -> None:
    guest = reviewed.visitor()
    write(guest, secret())
    answer = guest.post("/wiki/titre/edit", data={"section": "s-suite", "body": "## Suite\n\nTout autre fin.\n",
                                                  "base": "2"})
    assert answer.status_code == 303
    text = guest.get("/wiki/titre/edit?as=text").text
    assert SECRET in text
    assert "Tout autre fin." in text


def test_a_member_reads_it_takes_it_and_the_guest_is_told_in_their_browser(reviewed: Wiki) -> None:
    guest, alice = reviewed.visitor(), reviewed.visitor("alice")
    write(guest, secret(), comment="Pour vous")
    for address in ("/wiki/titre", "/wiki/titre/history"):
        assert "1 texte attend d’être relu" in plain(alice.get(address).text)
    assert "/offers/" in alice.get("/suggestions").text
    assert "/offers/" in alice.get("/wiki/titre/offers").text
    address = offer_of(guest)
    asked = alice.get(address).text
    assert SECRET in asked
    assert "Pour vous" in asked
    assert accept(alice, address, word="Merci !") == 303
    assert SECRET in reviewed.text("titre")
    told = plain(guest.get("/wiki/titre").text)
    assert "Votre texte a été repris" in told
    assert "Merci !" in told
    assert guest.post(address, data={"action": "seen"}).location == "/wiki/titre"
    assert "Votre texte a été repris" not in plain(guest.get("/wiki/titre").text)
    assert "attend d’être relu" not in plain(alice.get("/wiki/titre/history").text)


def test_an_account_is_told_in_its_news(reviewed: Wiki) -> None:
    bob, alice = reviewed.visitor("bob"), reviewed.visitor("alice")
    write(bob, secret())
    address = offer_of(bob)
    assert alice.post(address, data={"action": "decline", "word": "Pas ici."}).status_code == 303
    assert address in bob.get("/news").text
    assert address in bob.get("/account").text
    assert "Pas ici." in bob.get("/wiki/titre").text
    bob.post(address, data={"action": "seen"})
    assert address not in bob.get("/news").text


def test_what_was_written_anew_meanwhile_is_read_again_first(reviewed: Wiki) -> None:
    guest, alice = reviewed.visitor(), reviewed.visitor("alice")
    write(guest, secret())
    address = offer_of(guest)
    write(guest, secret("Dernière ligne"))
    answer = alice.post(address, data={"action": "accept", "number": "1"})
    assert answer.status_code == 422
    assert "relisez-le" in plain(answer.text)
    assert SECRET not in reviewed.text("titre")
    for number in ("", "x", "999999999999", "-1"):
        assert alice.post(address, data={"action": "accept", "number": number}).status_code == 422


def test_what_both_changed_is_asked_passage_by_passage(reviewed: Wiki) -> None:
    guest, alice = reviewed.visitor(), reviewed.visitor("alice")
    write(guest, secret())
    assert write(alice, SECOND.format(title=TITLE).replace("Deuxième", "Troisième")) == "/wiki/titre"
    address = offer_of(guest)
    asked = alice.get(address).text
    assert "Ce passage a changé des deux côtés." in plain(asked)
    (name,) = re.findall(r'name="seen-(\w+)"', asked)
    (mark,) = re.findall(r'name="seen-\w+" value="(\w+)"', asked)
    assert accept(alice, address) in (409, 422)
    assert accept(alice, address, **{f"verdict-{name}": "theirs", f"seen-{name}": mark}) == 303
    assert f"Deuxième ligne, {SECRET}" in reviewed.text("titre")


def test_a_page_to_make_is_read_written_again_and_made(reviewed: Wiki) -> None:
    guest, alice = reviewed.visitor(), reviewed.visitor("alice")
    form = {"title": f"Toute {SECRET}", "body": "Du texte.", "homepage": ""}
    answer = guest.post("/new/recipe", data=form)
    assert answer.status_code == 303
    address = answer.location
    assert "Merci ! Votre texte est gardé" in plain(guest.get(address).text)
    again = guest.get(f"/new/recipe?offer={address.rpartition('/')[2]}")
    assert again.status_code == 200
    assert SECRET in again.text
    for stranger in (reviewed.visitor(), reviewed.visitor("bob"), alice):
        assert stranger.get(f"/new/recipe?offer={address.rpartition('/')[2]}").status_code == 404
    form |= {"offer": address.rpartition("/")[2], "title": f"{SECRET} autrement"}
    assert guest.post("/new/recipe", data=form).location == address
    assert accept(alice, address) == 303
    assert reviewed.visitor().get("/wiki/quetzalcoatl-autrement").status_code == 200


def test_how_an_event_went_waits_too_and_keeps_what_waits_already(make_wiki: Callable[..., Wiki]) -> None:
    slug = make_wiki(EDITING="everyone").write((EVENT + FIRST).format(title=TITLE))
    wiki = make_wiki(EDITING="approved", NEWCOMER_EDITS=1)
    guest, alice = wiki.visitor(), wiki.visitor("alice")
    text = wiki.text(slug).replace("Première ligne", f"Première ligne, {SECRET}")
    assert guest.post(f"/wiki/{slug}/edit", data={"text": text, "base": "1"}).status_code == 303
    assert f'href="/wiki/{slug}/report"' in wiki.visitor().get(f"/wiki/{slug}").text
    assert guest.get(f"/wiki/{slug}/report").status_code == 200
    answer = guest.post(f"/wiki/{slug}/report", data={"attendance": "12", "story": "Bien.", "base": "1"})
    assert answer.status_code == 303
    assert accept(alice, offer_of(guest)) == 303
    text = wiki.text(slug)
    assert SECRET in text
    assert "attendance: 12" in text


def test_a_variant_of_a_guest_waits(make_wiki: Callable[..., Wiki]) -> None:
    make_wiki(EDITING="everyone").write("---\nkind: recipe\ntitle: Titre\n---\n\nTexte.\n")
    wiki = make_wiki(EDITING="approved")
    guest = wiki.visitor()
    answer = guest.post("/wiki/titre/fork", data={"twist": "Brest"})
    assert answer.status_code == 303
    assert "Titre, Brest" in guest.get(answer.location).text
    with wiki.app.app_context():
        (held,) = pages.waiting_suggestions(wiki.cast.mona)
    assert "pourra proposer à son origine ce qu’elle fait autrement" in guest.get(f"/offers/{held.id}").text
    assert wiki.visitor("ada").get("/wiki/titre-brest").status_code == 404
    mona = wiki.visitor("mona")
    screen = plain(mona.get(f"/offers/{held.id}").text)
    assert "Cette variante ne change encore rien à" in screen
    assert "(nouveau)" not in screen
    assert "Publier cette page" in screen
    assert accept(mona, f"/offers/{held.id}") == 303
    for address in ("/wiki/titre-brest/history", "/changes"):
        assert "a créé cette variante" in wiki.visitor().get(address).text


@pytest.mark.parametrize("role", ["guest", "suspended", "member", "author", "moderator", "admin"])
def test_nothing_of_a_text_that_waits_is_told_to_anybody_else(reviewed: Wiki, role: str) -> None:
    """P02, P04: every address, every role; only who may answer finds it, and only where they answer."""
    guest = reviewed.visitor()
    text = secret() + f"\n## {SECRET}\n\n[[Graines de {SECRET}]]\n"
    write(guest, text, comment=f"À propos de {SECRET}")
    made = guest.post("/new/recipe", data={"title": f"Page {SECRET}", "body": "Du texte.", "comment": SECRET})
    offers = [offer_of(guest), made.location]
    with reviewed.app.app_context():
        pages.reindex()
        drain()
        pseudonym = next(iter(pages.waiting_suggestions(reviewed.cast.mona))).author_name
    addresses = [route.path.format(slug="titre") for route in READABLE if not route.path.startswith("/new/")]
    addresses += [f"/search?q={SECRET}", f"/search.json?q={SECRET}", f"/search/suggestions?q={SECRET}", "/pages",
                  f"/pages/suggestions?q={SECRET}", f"/search.atom?q={SECRET}", f"/people/{pseudonym}",
                  f"/people/{pseudonym}.atom", "/wiki/titre?revision=2", "/wiki/titre.json", "/wiki/titre/offers",
                  f"/wiki/page-{SECRET.lower()}", "/wiki/titre/edit?as=text", "/suggestions", "/account", *offers]
    answering = {"/suggestions", "/wiki/titre/offers", *offers} if role in ("author", "moderator", "admin") else set()
    answering |= {"/account"} if role == "author" else set()
    client = reviewed.visitor(NAMES.get(role, role))
    for address in addresses:
        with client.get(address) as answer:
            # What was asked for is said again, and is no news.
            told = answer.text.casefold().replace(address.partition("=")[2].casefold() or "\0", "")
            told = re.sub("page[- +]quetzalcoatl", "", told) if address.startswith("/wiki/page-") else told
        assert SECRET.casefold() not in told or address in answering, address
    for address in offers:
        assert (client.get(address).status_code == 200) == bool(answering)
        if not answering:
            for action in ("accept", "decline", "withdraw", "say", "seen"):
                answer = client.post(address, data={"action": action, "word": "Bonjour", "number": "1"})
                assert answer.status_code in (403, 404), action
    assert SECRET not in reviewed.text("titre")


def test_a_program_or_a_forged_form_suggests_nothing(make_wiki: Callable[..., Wiki]) -> None:
    make_wiki(EDITING="everyone").page(TITLE)
    wiki = make_wiki(EDITING="approved", GUEST_SECONDS=3)
    answer = wiki.visitor().post("/wiki/titre/edit", data={"text": secret(), "base": "2", "homepage": "x"})
    assert answer.status_code == 422
    assert SECRET in answer.text
    with wiki.app.app_context():
        assert pages.count_suggestions(wiki.cast.mona) == 0


def test_a_long_history_goes_on_beside_a_text_that_waits(make_wiki: Callable[..., Wiki]) -> None:
    make_wiki(EDITING="everyone").page(TITLE)
    wiki = make_wiki(EDITING="approved", PER_PAGE=1)
    guest = wiki.visitor()
    write(guest, secret())
    answer = guest.get("/wiki/titre/history")
    assert answer.status_code == 200
    assert "before=2" in answer.text


def test_members_find_what_waits_from_the_recent_changes(reviewed: Wiki) -> None:
    write(reviewed.visitor(), secret())
    assert "1 texte attend d’être relu" in plain(reviewed.visitor("alice").get("/changes").text)
    assert "attend d’être relu" not in plain(reviewed.visitor("bob").get("/changes").text)
    assert "/suggestions" in reviewed.visitor("mona").get("/moderation").text


def test_a_guest_proposes_to_go_back_from_the_history(reviewed: Wiki) -> None:
    guest = reviewed.visitor()
    assert 'href="/wiki/titre/undo/2"' in guest.get("/wiki/titre/history").text
    for path in ("/wiki/titre/undo/2", "/wiki/titre/revert/1"):
        asked = guest.get(path)
        assert asked.status_code == 200
        assert "une fois relu" in plain(asked.text)
    assert guest.post("/wiki/titre/undo/2").location == "/wiki/titre"
    assert "Votre texte est gardé" in guest.get("/wiki/titre").text
    assert "Deuxième ligne" in reviewed.text("titre")
    again = guest.post("/wiki/titre/revert/1", data={"comment": "Parce que."})
    assert again.status_code == 400
    assert "attend déjà une réponse" in again.text
    assert "Parce que." in again.text


@pytest.mark.parametrize("who", ["guest", "bob"])
def test_what_cannot_be_proposed_is_refused_in_words_that_say_what_to_do(reviewed: Wiki, who: str) -> None:
    answer = reviewed.visitor(who).post("/wiki/titre/rename", data={"title": "Un titre longuement choisi"})
    assert answer.status_code == 403
    assert "le titre aussi" in plain(answer.text)
    assert "Un titre longuement choisi" in answer.text


def test_who_answers_one_text_goes_on_with_the_next(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(EDITING="approved", NEWCOMER_EDITS=1)
    with wiki.app.app_context():
        for number in (1, 2, 3):
            pages.create(wiki.cast.eve, f"# Page {number}\n\nTexte.\n")
        texts = [f"/offers/{row.id}" for row in pages.waiting_suggestions(wiki.cast.mona)]
    mona = wiki.visitor("mona")
    assert mona.post(texts[0], data={"action": "decline", "word": "Pas ici."}).location == "/suggestions"
    number = re.search(r'name="number" value="(\d+)"', mona.get(texts[1]).text)
    assert number
    assert mona.post(texts[1], data={"action": "accept", "number": number[1]}).location == "/suggestions"
    assert mona.post(texts[2], data={"action": "decline", "word": "Pas ici."}).location == texts[2]

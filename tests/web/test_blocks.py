"""Who is blocked writes no more from the next request on, is told why and until when, and loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.conftest import PASSWORD, Cast, Visitor
from tests.web.conftest import Wiki
from wiki import accounts, audit, pages
from wiki.accounts import Actor
from wiki.database import Base, db, now, write_transaction
from wiki.errors import Forbidden, Invalid
from wiki.pages.moderation.models import Block
from wiki.pages.newcomers import is_newcomer

SOON = timedelta(days=3)
MINE = "Mon texte, écrit longuement."


def send(client: Visitor, slug: str, base: int = 2, text: str = MINE) -> Any:
    return client.post(f"/wiki/{slug}/edit", data={"text": f"# Titre\n\n{text}\n", "base": str(base)})


def block(wiki: Wiki, name: str, **more: Any) -> None:
    with wiki.app.app_context():
        pages.block(wiki.cast.mona, name, "Des montres partout.", now() + SOON, **more)


def test_an_account_that_is_blocked_is_told_all_and_gets_its_text_back(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(CONTACT="moderation@wiki.example")
    slug, bob = wiki.page(), wiki.visitor("bob")
    assert send(bob, slug).status_code == 303
    block(wiki, "bob")
    answer = send(bob, slug, 3, MINE + " Encore.")
    assert answer.status_code == 403
    with wiki.app.app_context():
        year = str((now() + SOON).year)
    for words in ("Des montres partout.", "mona", year, "moderation@wiki.example", MINE + " Encore.", "lecture reste"):
        assert words in answer.text
    assert "Encore" not in wiki.text(slug)
    assert bob.get(f"/wiki/{slug}").status_code == 200


def test_a_guest_is_blocked_by_pseudonym_and_only_that_browser(wiki: Wiki) -> None:
    slug, guest, other = wiki.page(), wiki.visitor(), wiki.visitor()
    send(guest, slug)
    with wiki.app.app_context():
        name = pages.versions(wiki.cast.mona, pages.find(wiki.cast.mona, slug))[0].author_name
    block(wiki, name)
    assert send(guest, slug, 3).status_code == 403
    assert send(other, slug, 3, "D’une autre personne.").status_code == 303
    assert guest.post("/register", data={"name": "Zoé", "password": "une phrase de passe"}).status_code == 403


def test_a_guest_whose_texts_only_wait_is_blocked_too(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(EDITING="approved", NEWCOMER_EDITS=1)
    guest = wiki.visitor()
    made = guest.post("/new/article", data={"title": "Montres", "body": MINE}).location
    with wiki.app.app_context():
        name = pages.waiting_suggestions(wiki.cast.mona)[0].author_name
    assert name.replace(" ", "%20") in wiki.visitor("mona").get(made).text
    block(wiki, name)
    answer = guest.post("/new/article", data={"title": "Réveils", "body": MINE})
    assert answer.status_code == 403
    assert MINE in answer.text


@pytest.mark.parametrize("address", ["/new/article", "/wiki/{slug}/flag", "/wiki/{slug}/fork", "/wiki/{slug}/rename"])
def test_it_holds_at_every_door_where_one_writes(wiki: Wiki, address: str) -> None:
    slug, bob = wiki.page(), wiki.visitor("bob")
    block(wiki, "bob")
    before = wiki.picture()
    form = {"title": "Neuf", "body": MINE, "words": MINE, "reason": "other", "twist": MINE}
    answer = bob.post(address.format(slug=slug), data=form)
    assert answer.status_code == 403
    assert "Des montres partout." in answer.text
    assert MINE in answer.text
    assert wiki.picture() == before


def test_ones_own_account_stays_ones_own(wiki: Wiki) -> None:
    block(wiki, "bob")
    bob = wiki.visitor("bob")
    assert bob.get("/account/data.json").status_code == 200
    assert bob.post("/logout").status_code == 303
    assert bob.post("/login", data={"name": "bob", "password": PASSWORD}).status_code == 303
    assert bob.post("/account/delete", data={"current": PASSWORD}).status_code in (200, 303)


def test_a_block_ends_by_itself_and_can_be_lifted(wiki: Wiki) -> None:
    slug, bob, mona = wiki.page(), wiki.visitor("bob"), wiki.visitor("mona")
    block(wiki, "bob")
    with wiki.app.app_context(), write_transaction() as session:
        session.execute(update(Block).values(until=now() - timedelta(seconds=1)))
    assert send(bob, slug).status_code == 303
    assert "Aucun blocage en ce moment." in mona.get("/moderation/blocks").text
    block(wiki, "bob")
    assert send(bob, slug, 3, "Encore.").status_code == 403
    with wiki.app.app_context():
        (held,) = pages.blocks(wiki.cast.mona)
    for who in ("", "alice"):
        assert wiki.visitor(who).post(f"/moderation/blocks/{held.id}/lift").status_code == 403
    assert send(bob, slug, 3, "Encore.").status_code == 403
    assert f'action="/moderation/blocks/{held.id}/lift"' in (listed := mona.get("/moderation/blocks").text)
    assert f'id="lift-{held.id}" name="reason"' in listed
    lifted = mona.post(f"/moderation/blocks/{held.id}/lift", data={"reason": "Excuses faites"}, follow_redirects=True)
    assert "Le blocage est levé." in lifted.text
    assert "Excuses faites" in wiki.visitor().get("/moderation/log").text
    assert send(bob, slug, 3, "Encore.").status_code == 303
    again = mona.post(f"/moderation/blocks/{held.id}/lift", follow_redirects=True).text
    assert "n’était plus en vigueur" in again


def test_the_form_blocks_up_to_the_end_of_a_day_and_says_what_is_wrong(wiki: Wiki) -> None:
    mona = wiki.visitor("mona")
    form = {"name": "bob", "reason": "Publicité", "until": "2030-01-31"}
    assert 'value="bob"' in mona.get("/moderation/blocks?name=bob").text
    for change, said in [
        ({"name": "personne"}, "Personne n’a écrit ici sous ce nom."),
        ({"name": ""}, "Personne n’a écrit ici sous ce nom."),
        ({"name": "mona"}, "fait partie de l’équipe"),
        ({"name": "ada"}, "fait partie de l’équipe"),
        ({"reason": " "}, "Dites pourquoi"),
        ({"until": "2020-01-01"}, "Donnez une date à venir"),
        ({"until": "jamais"}, "Donnez une date à venir"),
        ({"until": "2099-01-01"}, "Donnez une date à venir"),
        ({"address": "chez lui"}, "Écrivez une adresse"),
        ({"address": "203.0.0.0/8"}, "Terminez l’adresse par l’un de ces nombres : /32, /24, /16."),
        ({"address": "2001:db8::/20"}, "Terminez l’adresse par l’un de ces nombres : /64, /48, /32."),
    ]:
        answer = mona.post("/moderation/blocks", data={**form, **change})
        assert answer.status_code == 422, change
        assert said in answer.text.replace("\N{NARROW NO-BREAK SPACE}", " "), change
        assert "Publicité" in answer.text or "reason" in change
    with wiki.app.app_context():
        assert not pages.blocks(wiki.cast.mona)
    told = mona.post("/moderation/blocks", data=form, follow_redirects=True).text
    assert "Publicité" in told
    assert "31 janvier 2030" in told.replace("\N{NO-BREAK SPACE}", " ")
    for role in ("guest", "member"):
        assert wiki.visitor(role).get("/moderation/blocks").status_code == 403
        assert wiki.visitor(role).post("/moderation/blocks", data=form).status_code == 403


@pytest.mark.usefixtures("context")
def test_the_team_is_blocked_by_an_admin_only_and_nobody_blocks_an_admin(cast: Cast) -> None:
    for actor, whom in [(cast.mona, "mona"), (cast.mona, "ada"), (cast.ada, "ada")]:
        with pytest.raises(Invalid):
            pages.block(actor, whom, "Non.", now() + SOON)
    for actor in (cast.alice, cast.eve):
        for verb in (
            lambda who=actor: pages.block(who, "bob", "Non.", now() + SOON),
            lambda who=actor: pages.block_network(who, "203.0.113.7", "Non.", now() + SOON),
            lambda who=actor: pages.unblock(who, 1),
            lambda who=actor: pages.blocks(who),
        ):
            with pytest.raises(Forbidden):
                verb()
    pages.block(cast.ada, "mona", "Une pause.", now() + SOON)
    assert [one.name for one in pages.blocks(cast.ada)] == ["mona"]


def test_a_network_holds_guests_and_newcomers_and_not_those_the_wiki_knows(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(NEWCOMER_EDITS=2)
    slug = wiki.page()
    with wiki.app.app_context():
        pages.block_network(wiki.cast.mona, "127.0.0.0/24", "Une vague de montres.", now() + SOON)
        assert not is_newcomer(wiki.cast.alice)
        assert is_newcomer(wiki.cast.bob)
    answer = send(wiki.visitor(), slug)
    assert answer.status_code == 403
    assert "Depuis ce réseau, on ne peut pas écrire" in answer.text
    assert MINE in answer.text
    assert send(wiki.visitor("bob"), slug).status_code == 403
    assert wiki.visitor().post("/register", data={"name": "Zoé", "password": "une phrase"}).status_code == 403
    assert send(wiki.visitor("alice"), slug).status_code == 303


def test_the_networks_somebody_wrote_from_are_blocked_along(wiki: Wiki) -> None:
    slug, guest = wiki.page(), wiki.visitor()
    send(guest, slug)
    with wiki.app.app_context():
        name = pages.versions(wiki.cast.mona, pages.find(wiki.cast.mona, slug))[0].author_name
    block(wiki, name, networks=True)
    assert send(wiki.visitor(), slug, 3).status_code == 403, "another browser of the same network"
    with wiki.app.app_context():
        assert [one.kind for one in pages.blocks(wiki.cast.mona)] == ["network", "guest"]


def test_no_address_is_kept_anywhere(wiki: Wiki) -> None:
    send(wiki.visitor(), wiki.page())
    with wiki.app.app_context():
        pages.block_network(wiki.cast.mona, "203.0.113.7", "Une vague.", now() + SOON)
    everything = repr(wiki.picture())
    assert "203.0.113" not in everything
    assert "127.0.0" not in everything
    assert "address" not in Base.metadata.tables["block"].columns


@pytest.mark.usefixtures("context")
def test_an_address_is_held_by_its_own_network_and_the_wider_ones_only() -> None:
    for told, held, free in [
        ("203.0.113.7", ["203.0.113.7", "203.0.113.0/24", "203.0.0.0/16"], ["203.0.113.8", "203.0.114.0/24"]),
        ("2001:db8:1:2::7", ["2001:db8:1:2::9", "2001:db8:1::/48", "2001:db8::/32"], ["2001:db8:1:3::7"]),
        ("::ffff:203.0.113.7", ["203.0.113.7"], ["::ffff:203.0.113.7/128", "203.0.113.9"]),
    ]:
        around = accounts.marks_around(told)
        assert all(accounts.mark_of_network(text) in around for text in held), told
        assert not any(accounts.mark_of_network(text) in around for text in free), told
    assert accounts.marks_around("") == [accounts.network_mark("")]


def test_who_writes_costs_one_question_more(wiki: Wiki) -> None:
    from tests.web.test_moderation import queries

    bob = wiki.visitor("bob")
    with queries(wiki) as heard:
        bob.post("/preview", data={"body": "Un essai."})
        bob.get("/")
    assert len([one for one in heard if "FROM block" in one]) == 1


def test_a_former_block_of_the_same_is_replaced(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pages.block(cast.mona, "bob", "Un.", now() + SOON)
        pages.block(cast.mona, "bob", "Deux.", now() + 2 * SOON)
        assert [one.reason for one in pages.blocks(cast.mona)] == ["Deux."]
        assert len(db.session.execute(select(Block.id)).all()) == 2
        with pytest.raises(pages.Blocked) as held:
            pages.require_unblocked(cast.bob, [])
        assert held.value.block.reason == "Deux."
        pages.require_unblocked(Actor(None, "Visite Rose 0001", "guest", "guest:x"), [audit.network.get()])


def test_who_is_blocked_takes_no_other_name_and_is_told_why(wiki: Wiki) -> None:
    wiki.page()
    block(wiki, "bob")
    before = wiki.picture()
    answer = wiki.visitor("bob").post("/account/name", data={"current": PASSWORD, "name": "Un tout autre nom"})
    assert answer.status_code == 403
    assert "Des montres partout." in answer.text
    assert PASSWORD not in answer.text
    assert wiki.picture() == before
    with wiki.app.app_context(), pytest.raises(pages.Blocked):
        pages.change_name(wiki.cast.bob, PASSWORD, "Un tout autre nom", accounts.Device())
    assert wiki.picture() == before

"""The pseudonyms of guests: one to a browser, told apart by what nobody can guess."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import chain, repeat

import pytest
from sqlalchemy import select, update

from tests.conftest import PASSWORD, Visitor
from tests.web.conftest import Wiki
from wiki import accounts, pages
from wiki.accounts import actors
from wiki.database import db, now, write_transaction
from wiki.history import Revision


def write(client: Visitor, title: str) -> None:
    assert client.post("/new/article", data={"text": f"# {title}\n"}).status_code == 303


def test_a_guests_versions_keep_which_browser_they_came_from_and_an_accounts_do_not(wiki: Wiki) -> None:
    guest = wiki.visitor()
    write(guest, "Un")
    write(guest, "Deux")
    write(wiki.visitor(), "Trois")
    write(wiki.visitor("bob"), "Quatre")
    with wiki.app.app_context():
        one, two, three, four = db.session.execute(select(Revision.guest_key).order_by(Revision.id)).scalars()
    assert one == two != three
    assert one.startswith("guest:")
    assert four is None


def test_no_new_guest_is_given_a_pseudonym_that_somebody_wrote_under(
    wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = chain(repeat("the first", 3), repeat("another"))
    monkeypatch.setattr(accounts, "new_guest_token", lambda: next(tokens))
    for title in ("Un", "Deux"):
        write(wiki.visitor(), title)
    with wiki.app.app_context():
        names = db.session.execute(select(Revision.author_name).order_by(Revision.id)).scalars().all()
    assert names == [accounts.guest("the first").name, accounts.guest("another").name]


# -- Claimed by an account -------------------------------------------------


def authors(wiki: Wiki) -> dict[str, str]:
    """Who each page says wrote it last, as a reader sees it."""
    with wiki.app.app_context():
        return {change.page.title: change.author_name for change in pages.changes(wiki.cast.eve)}


def pseudonym(wiki: Wiki, client: Visitor) -> str:
    with client.session_transaction() as session, wiki.app.app_context():
        return accounts.guest(session["guest"]).name


ZOE = {"name": "Zoé", "password": "des carottes bien râpées"}


@pytest.mark.any_database
def test_who_registers_may_sign_what_their_browser_wrote_and_nothing_else(
    wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two browsers of one pseudonym, as there might be among those who wrote long ago, stay apart."""
    monkeypatch.setattr(actors, "FLOWERS", ["Rose"])
    monkeypatch.setattr(pages, "new_guest_token", accounts.new_guest_token)
    zoe, other = wiki.visitor(), wiki.visitor()
    write(zoe, "Un")
    write(zoe, "Deux")
    write(other, "Trois")
    with wiki.app.app_context(), write_transaction() as session:
        session.execute(update(Revision).values(author_name=authors(wiki)["Un"]))
    before = authors(wiki)["Un"]
    assert set(authors(wiki).values()) == {before}
    assert "2 fois" in zoe.get("/register").text
    zoe.post("/register", data={**ZOE, "claim": "1"})
    assert authors(wiki) == {"Un": "Zoé", "Deux": "Zoé", "Trois": before}
    reader = wiki.visitor()
    for path in ("/wiki/un", "/wiki/un/history", "/wiki/un/authors", "/wiki/un.json", "/people/Zo%C3%A9"):
        assert "Zoé" in reader.get(path).text, path
        assert before not in reader.get(path).text, path
    with wiki.app.app_context():
        assert pages.cite(wiki.cast.eve, "un").names == ["Zoé"]
        keys = db.session.execute(select(Revision.guest_key).order_by(Revision.id)).scalars().all()
    assert [key is None for key in keys] == [True, True, False]
    assert json.loads(zoe.get("/account/data.json").text)["contributions"][0]["title"] == "Un"


def test_nothing_is_signed_that_nobody_asked_for_and_the_account_offers_it_later(wiki: Wiki) -> None:
    client = wiki.visitor()
    write(client, "Un")
    before = pseudonym(wiki, client)
    client.post("/register", data=ZOE)
    assert authors(wiki) == {"Un": before}
    assert before in client.get("/account").text
    assert client.post("/account/claim").status_code == 303
    assert authors(wiki) == {"Un": "Zoé"}
    assert before not in client.get("/account").text
    client.post("/account/claim")
    assert authors(wiki) == {"Un": "Zoé"}


def test_going_out_leaves_the_next_person_nothing_to_claim(wiki: Wiki) -> None:
    client = wiki.visitor()
    write(client, "Un")
    before = authors(wiki)
    client.post("/register", data=ZOE)
    client.post("/logout")
    client.post("/login", data={"name": "bob", "password": PASSWORD})
    client.post("/account/claim")
    assert authors(wiki) == before


def test_a_blocked_guest_does_not_shed_the_name_the_block_is_on(wiki: Wiki) -> None:
    client = wiki.visitor()
    write(client, "Un")
    before = authors(wiki)
    with wiki.app.app_context():
        pages.block(wiki.cast.mona, before["Un"], "Publicité", now() + timedelta(days=1))
    assert client.post("/register", data={**ZOE, "claim": "1"}).status_code == 403
    client.post("/login", data={"name": "bob", "password": PASSWORD})
    answer = client.post("/account/claim")
    assert answer.status_code == 403
    assert "Publicité" in answer.text
    assert authors(wiki) == before


def test_a_guest_and_a_browser_that_wrote_nothing_claim_nothing(wiki: Wiki) -> None:
    guest, before = wiki.visitor(), wiki.picture()
    assert guest.post("/account/claim").location == "/login?next=/account"
    assert wiki.visitor("bob").post("/account/claim").status_code == 303
    assert wiki.picture() == before
    assert "sans compte" not in wiki.visitor("bob").get("/account").text


@pytest.mark.any_database
def test_proposals_and_words_are_claimed_too_and_a_pseudonym_in_a_summary_goes(wiki: Wiki) -> None:
    places = wiki.places()
    guest = wiki.visitor()
    with wiki.app.app_context():
        eve = wiki.cast.eve
        pages.say(eve, int(places["offer"]), "Un mot.")
        unit = pages.receiving(eve, places["variant"], places["origin"]).waiting[0].unit.key
        mine = pages.offer(eve, places["origin"], places["variant"], [unit], "Voyez.").id
        assert pages.written_as(eve) == 2
        pages.claim(wiki.cast.bob, eve)
        assert pages.written_as(eve) == 0
        assert pages.open_offer(wiki.cast.bob, mine).may_withdraw
        assert [offer.id for offer in pages.offers_by(wiki.cast.bob)] == [mine]
    assert eve.name not in guest.get(f"/offers/{places['offer']}").text
    assert eve.name not in repr(wiki.picture())


def test_a_deleted_account_takes_the_link_to_its_pseudonym_along(wiki: Wiki) -> None:
    client = wiki.visitor()
    write(client, "Un")
    before = pseudonym(wiki, client)
    client.post("/register", data={**ZOE, "claim": "1"})
    client.post("/account/delete", data={"current": ZOE["password"]})
    assert authors(wiki)["Un"].startswith("Ancien compte")
    assert not [word for word in ("guest:", before, "Zoé") if word in repr(wiki.picture())]
    assert wiki.picture()["network_trace"] == []

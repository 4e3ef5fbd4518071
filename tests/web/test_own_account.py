"""One's own account: changed with the password only, carried off whole, deleted without leaving a name behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.conftest import PASSWORD, Visitor
from tests.web.conftest import Wiki
from wiki import accounts, pages
from wiki.accounts import User
from wiki.database import write_transaction

NEW = "des carottes bien râpées"


def is_in(client: Visitor, name: str) -> bool:
    return f'<span class="name">{name}</span>' in client.get("/").text


@pytest.mark.parametrize("path", ["/account/email", "/account/password", "/account/delete"])
def test_a10_nothing_changes_without_the_password(wiki: Wiki, path: str) -> None:
    client, before = wiki.visitor("bob"), wiki.picture()["user"]
    for current in ("", "faux, tout faux"):
        form = {"current": current, "email": "x@exemple.org", "password": NEW}
        answer = client.post(path, data=form)
        assert answer.status_code == 422
        assert 'href="#field-current"' in answer.text
        assert NEW not in answer.text
    assert wiki.picture()["user"] == before


def test_a07_a_new_password_ends_every_other_session_and_gives_this_one_a_new_name(wiki: Wiki) -> None:
    here, there = wiki.visitor("bob"), wiki.visitor("bob")
    assert here.post("/account/password", data={"current": PASSWORD, "password": NEW}).status_code == 303
    assert is_in(here, "bob")
    assert not is_in(there, "bob")
    assert wiki.visitor().post("/login", data={"name": "bob", "password": PASSWORD}).status_code == 422
    assert wiki.visitor().post("/login", data={"name": "bob", "password": NEW}).status_code == 303


def test_a13_one_device_is_logged_out_from_another(wiki: Wiki) -> None:
    here, there = wiki.visitor("bob"), wiki.visitor()
    there.post("/login", data={"name": "bob", "password": PASSWORD})
    with wiki.app.app_context():
        (other,) = [one for one in accounts.sessions_of(wiki.cast.bob, "token-of-bob") if not one.is_current]
    assert here.get("/account").text.count("cet appareil</strong>") == 1
    here.post("/account/sessions", data={"session": str(other.id)})
    assert is_in(here, "bob")
    assert not is_in(there, "bob")
    for odd in ("", "x", "9" * 40, "²"):
        assert here.post("/account/sessions", data={"session": odd}).status_code == 303
    assert is_in(here, "bob")


def test_one_carries_off_ones_own_data_and_nobody_elses(wiki: Wiki) -> None:
    slug = wiki.page("Soupe commune")
    wiki.visitor("bob").post("/account/email", data={"current": PASSWORD, "email": "bob@exemple.org"})
    bob = wiki.visitor("bob").get("/account/data.json")
    assert "attachment" in bob.headers["Content-Disposition"]
    assert json.loads(bob.text)["account"]["email"] == "bob@exemple.org"
    assert json.loads(bob.text)["contributions"] == []
    alice = json.loads(wiki.visitor("alice").get("/account/data.json").text)
    assert [row["number"] for row in alice["contributions"] if row["slug"] == slug] == [1, 2]
    assert "bob@exemple.org" not in str(alice)


def test_a_deleted_account_leaves_its_words_under_a_pseudonym_and_its_name_nowhere(wiki: Wiki) -> None:
    places = wiki.places()
    with wiki.app.app_context():
        pages.say(wiki.cast.alice, int(places["offer"]), "Un mot de plus.")
    slug, reader = places["variant"], wiki.visitor()
    assert "alice" in reader.get(f"/wiki/{slug}/history").text
    etag = reader.get(f"/wiki/{slug}").headers["ETag"]
    answer = wiki.visitor("alice").post("/account/delete", data={"current": PASSWORD})
    assert answer.status_code == 303
    assert reader.get(f"/wiki/{slug}", headers={"If-None-Match": etag}).status_code == 200
    for path in ("", "/history", "/authors", "/cite", "/variants", ".json"):
        assert "alice" not in reader.get(f"/wiki/{slug}{path}").text, path
    assert "Ancien compte" in reader.get(f"/wiki/{slug}/history").text
    held = {name: rows for name, rows in wiki.picture().items() if "alice" in repr(rows).lower()}
    assert held == {}
    assert wiki.visitor().post("/login", data={"name": "alice", "password": PASSWORD}).status_code == 422
    assert wiki.visitor().post("/register", data={"name": "A1ice", "password": NEW}).status_code == 422


def test_the_last_admin_does_not_leave(wiki: Wiki) -> None:
    answer = wiki.visitor("ada").post("/account/delete", data={"current": PASSWORD})
    assert answer.status_code == 422
    assert is_in(wiki.visitor("ada"), "ada")


def test_somebody_suspended_writes_under_no_pseudonym_either_and_is_told_why(wiki: Wiki) -> None:
    client, slug = wiki.visitor("bob"), wiki.page()
    with wiki.app.app_context(), write_transaction() as session:
        session.execute(update(User).where(User.name == "bob").values(active=False, suspension="Publicité"))
        assert session.execute(select(User.active).where(User.name == "bob")).scalar_one() is False
    before = wiki.picture()
    answer = client.post(f"/wiki/{slug}/edit", data={"text": "# Autre\n\nMon texte.", "base": "2"})
    assert answer.status_code == 403
    assert "Publicité" in answer.text
    assert "Mon texte." in answer.text
    assert wiki.picture() == before
    assert client.get(f"/wiki/{slug}").status_code == 200


def test_a12_each_thing_that_matters_to_an_account_is_in_the_security_log(wiki: Wiki) -> None:
    client = wiki.visitor()
    form = {"name": "Zoé", "password": NEW}
    client.post("/register", data=form)
    client.get("/account/data.json")
    client.get("/admin/check")
    client.post("/account/email", data={"current": NEW, "email": "zoe@exemple.org"})
    client.post("/account/name", data={"current": NEW, "name": "Zélie"})
    client.post("/account/password", data={"current": "faux, tout faux", "password": PASSWORD})
    client.post("/account/password", data={"current": NEW, "password": PASSWORD})
    client.post("/login", data={"name": "Zélie", "password": "faux, tout faux"})
    client.post("/account/delete", data={"current": PASSWORD})
    log = Path(wiki.app.config["SECURITY_LOG"]).read_text("utf-8")
    said = [json.loads(line)["event"] for line in log.splitlines()]
    for event in (
        "account.opened", "login", "data.exported", "email.changed", "name.changed", "password.failed",
        "password.changed", "login.failed", "account.deleted",
    ):
        assert event in said, event
    assert any(event.startswith("denied") for event in said) or "denied" in log
    assert not [word for word in ("Zoé", "Zo\\u00e9", "Zélie", "exemple.org", NEW, PASSWORD) if word in log]

"""Another name for an account: under all it wrote, its old one kept from others, its old address leading to the new."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.conftest import PASSWORD, Visitor
from tests.web.conftest import Wiki
from wiki import accounts, pages
from wiki.accounts import FormerName
from wiki.database import now, write_transaction


def rename(client: Visitor, name: str, current: str = PASSWORD) -> int:
    return client.post("/account/name", data={"current": current, "name": name}).status_code


@pytest.mark.any_database
def test_everything_stands_under_the_new_name_and_the_old_one_nowhere(wiki: Wiki) -> None:
    places = wiki.places()
    alice, reader, slug = wiki.visitor("alice"), wiki.visitor(), places["variant"]
    with wiki.app.app_context():
        pages.say(wiki.cast.alice, int(places["offer"]), "Un mot de plus.")
    etag = reader.get(f"/wiki/{slug}").headers["ETag"]
    assert rename(alice, "Élise du Lac") == 303
    assert "Élise du Lac" in alice.get("/account").text
    assert reader.get(f"/wiki/{slug}", headers={"If-None-Match": etag}).status_code == 200
    for path in ("/history", "/authors", "/cite", ".json"):
        told = reader.get(f"/wiki/{slug}{path}").text
        assert "Élise du Lac" in told, path
        assert "alice" not in told, path
    for path in (f"/wiki/{slug}", f"/wiki/{slug}/variants", "/changes", f"/wiki/{places['origin']}/history"):
        assert "alice" not in reader.get(path).text, path
    assert [table for table, rows in wiki.picture().items() if "alice" in repr(rows)] == []
    assert reader.post("/login", data={"name": "elise du lac", "password": PASSWORD}).status_code == 303
    assert wiki.visitor().post("/login", data={"name": "alice", "password": PASSWORD}).status_code == 422


@pytest.mark.any_database
def test_the_old_address_leads_to_the_new_one_until_the_account_is_gone(wiki: Wiki) -> None:
    wiki.page()
    alice, reader = wiki.visitor("alice"), wiki.visitor()
    for name in ("Élise", "Léa"):
        assert rename(alice, name) == 303
    for path in ("/people/alice", "/people/%C3%89lise"):
        assert reader.get(path).location == "/people/L%C3%A9a"
    assert reader.get("/people/alice.atom").location == "/people/L%C3%A9a.atom"
    assert reader.get("/people/L%C3%A9a").status_code == 200
    alice.post("/account/delete", data={"current": PASSWORD})
    assert reader.get("/people/alice").status_code == 404


def test_nobody_else_takes_the_old_name_or_one_like_it_and_its_owner_may_come_back(wiki: Wiki) -> None:
    alice = wiki.visitor("alice")
    assert rename(alice, "Élise") == 303
    for name in ("alice", "A1ice", "ALICE"):
        form = {"name": name, "password": "des carottes bien râpées"}
        assert wiki.visitor().post("/register", data=form).status_code == 422
        assert rename(wiki.visitor("bob"), name) == 422
    assert rename(alice, "Alice") == 303


@pytest.mark.parametrize(
    "name", ["", "B0b", "bob", "admin", "a/b", "x" * 41, "Visite Bleuet 0042", "a\u202eb", "раypal"]
)
def test_a_name_that_would_be_refused_at_the_door_is_refused_here(wiki: Wiki, name: str) -> None:
    alice, before = wiki.visitor("alice"), wiki.picture()["user"]
    answer = alice.post("/account/name", data={"current": PASSWORD, "name": name})
    assert answer.status_code == 422
    assert 'href="#field-name"' in answer.text
    assert wiki.picture()["user"] == before


def test_the_password_is_asked_and_the_same_name_is_no_change(wiki: Wiki) -> None:
    alice, before = wiki.visitor("alice"), wiki.picture()
    assert rename(alice, "Élise", "faux, tout faux") == 422
    assert rename(alice, "alice") == 303
    assert wiki.picture()["user"] == before["user"]
    assert wiki.picture()["former_name"] == []
    answer = wiki.visitor().post("/account/name", data={"name": "Élise", "current": PASSWORD})
    assert answer.location == "/login?next=/account"


def test_names_change_as_often_as_the_settings_say_and_the_log_tells_no_name(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(NAME_CHANGES=2)
    alice = wiki.visitor("alice")
    assert [rename(alice, name) for name in ("Une", "Deux", "Trois")] == [303, 303, 422]
    with wiki.app.app_context(), write_transaction() as session:
        session.execute(update(FormerName).values(created_at=now() - timedelta(days=31)))
    assert rename(alice, "Trois") == 303
    lines = [json.loads(line) for line in Path(wiki.app.config["SECURITY_LOG"]).read_text("utf-8").splitlines()]
    assert [line["account"] for line in lines if line["event"] == "name.changed"] == [wiki.cast.alice.id] * 3
    assert "Trois" not in str(lines)


def test_sessions_and_rights_stay(wiki: Wiki) -> None:
    mona = wiki.visitor("mona")
    assert rename(mona, "Simone") == 303
    slug = wiki.page()
    assert mona.post(f"/wiki/{slug}/protect").status_code == 303
    with wiki.app.app_context():
        assert accounts.named("Simone").role == "moderator"

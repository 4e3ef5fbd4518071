"""The accounts, as administrators see and change them; nobody else does either."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.conftest import PASSWORD, add_account
from tests.web.conftest import Wiki
from wiki import accounts, pages
from wiki.accounts import Account, User
from wiki.accounts.changing import require_other_admin
from wiki.database import now, write_transaction
from wiki.errors import Forbidden, Invalid

NEW = "des carottes bien râpées"


def act(wiki: Wiki, action: str, who: str = "bob", **form: str) -> Any:
    """Ada does something to an account."""
    with wiki.app.app_context():
        number = accounts.named(who).id
    return wiki.visitor("ada").post(f"/admin/accounts/{number}", data={"action": action, **form})


def events(wiki: Wiki) -> list[dict[str, Any]]:
    lines = Path(wiki.app.config["SECURITY_LOG"]).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def is_in(client: Any, name: str) -> bool:
    return f'<span class="name">{name}</span>' in client.get("/").text


@pytest.mark.any_database
def test_the_list_is_paged_and_searched_and_shows_what_matters(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(PER_PAGE=5)
    with wiki.app.app_context():
        for number in range(7):
            add_account(f"Personne {number}", "member")
        accounts.register("100 % Zoé", NEW, "zoe_z@exemple.org", "moderator")
        accounts.suspend("Personne 3", "Publicité")
    ada = wiki.visitor("ada")
    first = ada.get("/admin/accounts")
    assert first.headers["Cache-Control"] == "private, no-store"
    assert "100 % Zoé" in first.text
    assert "équipe de modération" in first.text
    assert "zoe_z@exemple.org" in first.text
    assert "Personne 2" not in first.text
    older = ada.get(f"/admin/accounts?before={accounts_number(wiki, 'Personne 3')}").text
    assert "Personne 2" in older
    assert "Personne 4" not in older
    zoe = {"100 % Zoé"}
    for asked, found in [("personne 3", {"Personne 3"}), ("ZOE_Z@", zoe), ("zoé", zoe), ("%", set()), ("zoe-z", set())]:
        text = ada.get("/admin/accounts", query_string={"q": asked}).text
        assert {name for name in ("Personne 3", "Personne 4", "100 % Zoé") if name in text} == found, asked
    assert "suspendu" in ada.get("/admin/accounts?q=personne+3").text


def accounts_number(wiki: Wiki, name: str) -> int:
    with wiki.app.app_context():
        return accounts.named(name).id or 0


def test_a_role_holds_from_the_next_request_on(wiki: Wiki) -> None:
    bob = wiki.visitor("bob")
    assert bob.get("/people/alice/undo").status_code == 403
    assert act(wiki, "role", role="moderator").status_code == 303
    assert bob.get("/people/alice/undo").status_code == 200
    act(wiki, "role", role="member")
    assert bob.get("/people/alice/undo").status_code == 403
    assert act(wiki, "role", role="reine").status_code == 422
    noted = [event for event in events(wiki) if event["event"] == "role.changed"]
    assert [(event["account"], event["by"], event["role"]) for event in noted] == [
        (wiki.cast.bob.id, wiki.cast.ada.id, "moderator"), (wiki.cast.bob.id, wiki.cast.ada.id, "member"),
    ]  # fmt: skip


def test_a12_what_the_team_decides_is_in_the_security_log(wiki: Wiki) -> None:
    slug, mona = wiki.page(), wiki.visitor("mona")
    for action, form in [("suspend", {"reason": "Publicité"}), ("reactivate", {}), ("sessions", {}), ("link", {}),
                         ("name", {"name": "Bobette"})]:
        assert act(wiki, action, **form).status_code in (200, 303), action
    tomorrow = (now() + timedelta(days=2)).date().isoformat()
    mona.post("/moderation/blocks", data={"name": "Bobette", "reason": "Injures", "until": tomorrow})
    with wiki.app.app_context():
        (held,) = pages.blocks(wiki.cast.mona)
    mona.post(f"/moderation/blocks/{held.id}/lift")
    mona.post("/people/Bobette/undo", data={"since": "2026-01-01"})
    mona.post(f"/wiki/{slug}/hide/1", data={"parts": "text", "reason": "Vie privée"})
    wiki.visitor("ada").post(f"/wiki/{slug}/hide/1", data={"action": "show", "reason": "Erreur"})
    said = events(wiki)
    for event in ("account.suspended", "account.reactivated", "sessions.ended", "link.shown", "name.changed", "blocked",
                  "unblocked", "undo_all", "revision.hidden", "revision.shown"):
        assert event in [one["event"] for one in said], (event, said)
    assert not [word for word in ("bob", "Bobette", "Publicité", "Injures", "privée") if word in str(said)]


def test_a_suspension_puts_out_at_once_says_why_and_is_lifted(wiki: Wiki) -> None:
    bob, slug = wiki.visitor("bob"), wiki.page()
    assert act(wiki, "suspend", reason="Publicité").status_code == 303
    assert not is_in(bob, "bob")
    assert "Publicité" in bob.post(f"/wiki/{slug}/edit", data={"text": "x", "base": "2"}).text
    assert act(wiki, "reactivate").status_code == 303
    assert wiki.visitor().post("/login", data={"name": "bob", "password": PASSWORD}).status_code == 303


def test_sessions_are_ended_everywhere(wiki: Wiki) -> None:
    bob = wiki.visitor("bob")
    assert act(wiki, "sessions").status_code == 303
    assert not is_in(bob, "bob")
    assert events(wiki)[-1]["event"] == "sessions.ended"


@pytest.mark.any_database
def test_a_link_is_shown_once_and_sets_a_password(wiki: Wiki) -> None:
    answer = act(wiki, "link")
    assert answer.headers["Cache-Control"] == "private, no-store"
    link = answer.text.partition("<code>")[2].partition("</code>")[0]
    assert link.startswith("http://localhost/recover/")
    assert "/recover/" not in wiki.visitor("ada").get(f"/admin/accounts/{wiki.cast.bob.id}").text
    assert link.rpartition("/")[2] not in str(events(wiki))
    assert wiki.visitor().post(link, data={"password": NEW}).status_code == 303
    assert wiki.visitor().post("/login", data={"name": "bob", "password": NEW}).status_code == 303


def test_an_account_is_renamed_with_all_it_wrote(wiki: Wiki) -> None:
    slug = wiki.page()
    assert act(wiki, "name", "alice", name="bob").status_code == 422
    assert act(wiki, "name", "alice", name="Élise").status_code == 303
    assert "Élise" in wiki.visitor().get(f"/wiki/{slug}/history").text


@pytest.mark.parametrize("form", [{"action": "role", "role": "member"}, {"action": "suspend", "reason": ""}])
def test_the_last_admin_stays_one(wiki: Wiki, form: dict[str, str]) -> None:
    answer = act(wiki, form.pop("action"), "ada", **form)
    assert answer.status_code == 422
    assert "seul compte qui administre" in answer.text
    assert is_in(wiki.visitor("ada"), "ada")


@pytest.mark.any_database
def test_two_admins_who_take_each_others_role_away_at_once_leave_one(wiki: Wiki) -> None:
    with wiki.app.app_context():
        add_account("léa", "admin")
    outcome: list[str] = []

    def demote() -> None:
        with wiki.app.app_context():
            try:
                accounts.set_role("ada", "member")
            except Invalid as error:
                outcome.append(str(error))

    other = threading.Thread(target=demote)
    with wiki.app.app_context(), write_transaction() as session:
        lea = accounts.named("léa")
        require_other_admin(lea.id)
        session.execute(update(User).where(User.id == lea.id).values(role="member"))
        other.start()
        other.join(0.5)
    other.join(30)
    assert not other.is_alive()
    assert len(outcome) == 1
    assert "ada" in [one.name for one in admins(wiki)]


def admins(wiki: Wiki) -> list[Account]:
    with wiki.app.app_context():
        return [one for one in accounts.everybody() if one.role == "admin"]


@pytest.mark.parametrize("number", ["0", "99", "x", "9" * 40, "-1", "²"])
def test_an_account_nobody_has_is_not_found_and_an_act_nobody_knows_is_none(wiki: Wiki, number: str) -> None:
    ada = wiki.visitor("ada")
    assert ada.get(f"/admin/accounts/{number}").status_code == 404
    assert ada.post(f"/admin/accounts/{number}", data={"action": "suspend"}).status_code == 404
    assert ada.post(f"/admin/accounts/{wiki.cast.bob.id}", data={"action": "fly"}).status_code == 404


@pytest.mark.usefixtures("context")
def test_every_verb_asks_who_acts(wiki: Wiki) -> None:
    number = wiki.cast.bob.id or 0
    before = wiki.picture()
    for actor in (wiki.cast.eve, wiki.cast.alice, wiki.cast.mona):
        for verb in (
            pages.people, lambda who: pages.person(who, number), lambda who: pages.give_role(who, number, "admin"),
            lambda who: pages.suspend(who, number, ""), lambda who: pages.reactivate(who, number),
            lambda who: pages.close_sessions(who, number), lambda who: pages.make_password_link(who, number),
            lambda who: pages.rename_person(who, number, "Autre"),
        ):
            with pytest.raises(Forbidden):
                verb(actor)
    assert wiki.picture() == before

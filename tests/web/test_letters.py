"""Coming in again by a letter, and confirming an address: nobody learns who has an account, or may use it twice."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from tests.conftest import PASSWORD, Visitor
from tests.web.conftest import Wiki
from wiki import accounts, mail
from wiki.accounts import AccountLink, User, passwords
from wiki.database import db, now, write_transaction

NEW = "des carottes bien râpées"
BOB = "bob@exemple.org"


@pytest.fixture
def known(wiki: Wiki) -> Wiki:
    """A wiki where Bob has a confirmed address."""
    with wiki.app.app_context(), write_transaction() as session:
        session.execute(update(User).where(User.name == "bob").values(email=BOB, email_confirmed_at=now()))
    return wiki


def letters(wiki: Wiki) -> list[EmailMessage]:
    """The letters written since this was asked last."""
    assert mail.settle()
    found = []
    for path in sorted((Path(wiki.app.config["WIKI"]["DATA"]) / "mail").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        found.append(message)
        path.unlink()
    return found


def link(letter: EmailMessage) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", letter.get_content())
    assert found
    return found[1]


def comes_in(wiki: Wiki, password: str) -> bool:
    return wiki.visitor().post("/login", data={"name": "bob", "password": password}).status_code == 303


# -- A new password -------------------------------------------------


@pytest.mark.parametrize("asked", ["bob", "BOB", BOB, " Bob@Exemple.org "])
def test_who_lost_their_password_comes_in_again_by_a_letter(known: Wiki, asked: str) -> None:
    inside, client = known.visitor("bob"), known.visitor()
    assert client.post("/recover", data={"name": asked}).status_code == 303
    (letter,) = letters(known)
    assert letter["To"] == BOB
    assert client.get(link(letter)).status_code == 200
    assert client.post(link(letter), data={"password": NEW}).status_code == 303
    assert comes_in(known, NEW)
    assert not comes_in(known, PASSWORD)
    assert '<span class="name">bob</span>' not in inside.get("/").text
    assert client.get(link(letter)).status_code == 302
    (told,) = letters(known)
    assert told["To"] == BOB
    assert "/recover/" not in told.get_content()


def _unconfirmed(session: object) -> None:
    session.execute(update(User).values(email_confirmed_at=None))  # type: ignore[attr-defined]


def _suspended(session: object) -> None:
    session.execute(update(User).where(User.name == "bob").values(active=False))  # type: ignore[attr-defined]


@pytest.mark.parametrize("happens", [_unconfirmed, _suspended])
def test_no_letter_goes_to_an_address_nobody_confirmed_or_to_who_is_suspended(
    known: Wiki, happens: Callable[[object], None]
) -> None:
    with known.app.app_context(), write_transaction() as session:
        happens(session)
    for asked in ("bob", BOB):
        known.visitor().post("/recover", data={"name": asked})
    assert letters(known) == []


def test_a05_asking_for_anybody_is_the_same_answer_and_the_same_work(
    known: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is counted is all the request does: statements, hashes, and how much of an answer there is."""
    work: list[str] = []
    later: list[object] = []
    monkeypatch.setattr(passwords, "hashed", lambda _password: work.append("hash"))
    monkeypatch.setattr(mail, "later", lambda act, *arguments: later.append((act, arguments[1:])))
    with known.app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *told: work.append(told[2]))
    seen = []
    everybody = ("bob", BOB, "alice", "zoe", "personne", "personne@exemple.org", "' OR 1=1 --", "x" * 10_000, "é\u202e")
    for asked in everybody:
        client = known.visitor()
        answer = client.post("/recover", data={"name": asked})
        shown = re.sub(r'nonce="[^"]+"|value="[^"]+"', "", client.get(answer.location).text)
        seen.append((answer.status_code, answer.location, sorted(dict(answer.headers)), shown, tuple(work)))
        work.clear()
    assert all(one == seen[0] for one in seen)
    assert seen[0][4] == ()
    assert len(later) == len(everybody)
    assert all(one == later[0] for one in later)


def test_asking_is_limited_by_the_settings_and_writing_to_one_address_by_itself(
    make_wiki: Callable[..., Wiki], known: Wiki
) -> None:
    hurried = make_wiki(LOGIN_RATE="3/hour")
    client = hurried.visitor()
    statuses = [client.post("/recover", data={"name": "bob"}).status_code for _ in range(4)]
    assert statuses == [303, 303, 303, 429]
    letters(known)
    with known.app.app_context(), write_transaction() as session:
        session.execute(update(User).where(User.name == "bob").values(email="b@exemple.org"))
    for _ in range(6):
        known.visitor().post("/recover", data={"name": "bob"})
    assert len(letters(known)) == 3


def test_a_letter_is_in_the_language_of_the_account_whoever_asks(known: Wiki) -> None:
    known.visitor().post("/login", data={"name": "bob", "password": PASSWORD}, headers={"Accept-Language": "en"})
    known.visitor().post("/recover", data={"name": "bob"}, headers={"Accept-Language": "fr"})
    (letter,) = letters(known)
    assert letter["Subject"] == "Levain – Choose a new password"
    assert letter.get_content().startswith("Hello bob,")
    known.visitor().post("/login", data={"name": "bob", "password": PASSWORD}, headers={"Accept-Language": "fr"})
    known.visitor().post("/recover", data={"name": "bob"}, headers={"Accept-Language": "en"})
    assert letters(known)[0].get_content().startswith("Bonjour bob,")


def test_a_letter_leads_to_the_configured_wiki_whatever_the_visitor_pretends(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(BASE_URL="https://wiki.example.org")
    with wiki.app.app_context(), write_transaction() as session:
        session.execute(update(User).where(User.name == "bob").values(email=BOB, email_confirmed_at=now()))
    wiki.visitor().post("/recover", data={"name": "bob"}, base_url="http://eve.example")
    assert "https://wiki.example.org/recover/" in letters(wiki)[0].get_content()


def test_an_empty_question_is_asked_again(wiki: Wiki) -> None:
    for name in ("", "   "):
        assert wiki.visitor().post("/recover", data={"name": name}).status_code == 422
    assert letters(wiki) == []


def test_no_token_lies_in_the_database_or_in_the_log(known: Wiki) -> None:
    known.visitor().post("/recover", data={"name": "bob"})
    (letter,) = letters(known)
    token = link(letter).rpartition("/")[2]
    assert token not in repr(known.picture())
    log = Path(known.app.config["SECURITY_LOG"]).read_text("utf-8")
    assert [json.loads(line)["event"] for line in log.splitlines()] == ["recovery.asked", "link.made"]
    assert not [word for word in (token, "bob", BOB) if word in log]


def test_a08_a_letter_that_waits_holds_no_token_and_goes_with_a_new_one(
    known: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def nowhere(letter: mail.Letter) -> None:
        sent.append(letter.text)
        raise mail.Undelivered

    monkeypatch.setattr(mail, "send", nowhere)
    known.visitor().post("/recover", data={"name": "bob"})
    assert mail.settle()
    (kept,) = (Path(known.app.config["WIKI"]["DATA"]) / "outbox").glob("*.json")
    (lost,) = re.findall(r"/recover/(\S+)", sent[0])
    for secret in (lost, "/recover/", "bob", BOB):
        assert secret not in kept.read_text("utf-8")
    monkeypatch.undo()
    later = mail.clock() + 60
    monkeypatch.setattr(mail, "clock", lambda: later)
    with known.app.app_context():
        mail.resume()
    (letter,) = letters(known)
    client = known.visitor()
    assert client.get(f"/recover/{lost}").status_code == 302, "a newer link takes the place of an older one"
    assert client.post(link(letter), data={"password": NEW}).status_code == 303
    assert comes_in(known, NEW)


def test_a08_no_letter_goes_once_its_link_would_be_too_old(known: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(_letter: mail.Letter) -> None:
        raise mail.Undelivered

    monkeypatch.setattr(mail, "send", nowhere)
    known.visitor().post("/recover", data={"name": "bob"})
    assert mail.settle()
    monkeypatch.undo()
    later = mail.clock() + 3700
    monkeypatch.setattr(mail, "clock", lambda: later)
    with known.app.app_context():
        mail.resume()
    assert letters(known) == []
    assert not list((Path(known.app.config["WIKI"]["DATA"]) / "outbox").glob("*.json"))


# -- An address -------------------------------------------------


def give(client: Visitor, address: str) -> None:
    assert client.post("/account/email", data={"current": PASSWORD, "email": address}).status_code == 303


def address_of(wiki: Wiki) -> tuple[str | None, bool]:
    with wiki.app.app_context():
        row = db.session.execute(select(User.email, User.email_confirmed_at).where(User.name == "bob")).one()
    return row[0], row[1] is not None


@pytest.mark.any_database
def test_an_address_serves_once_its_owner_confirmed_it(wiki: Wiki) -> None:
    client = wiki.visitor("bob")
    give(client, "Bob@Exemple.org")
    (letter,) = letters(wiki)
    assert address_of(wiki) == (BOB, False)
    assert "à confirmer" in client.get("/account").text
    stranger = wiki.visitor()
    assert BOB in stranger.get(link(letter)).text
    assert address_of(wiki) == (BOB, False), "looking at it changes nothing: programs follow links in letters"
    assert stranger.post(link(letter)).status_code == 303
    assert address_of(wiki) == (BOB, True)
    assert stranger.post(link(letter)).status_code == 303, "a link that was used says so"
    assert "à confirmer" not in client.get("/account").text
    wiki.visitor().post("/recover", data={"name": BOB})
    assert len(letters(wiki)) == 1


def test_a_change_of_address_is_told_to_the_old_one_and_closes_its_links(known: Wiki) -> None:
    client = known.visitor("bob")
    known.visitor().post("/recover", data={"name": "bob"})
    (recovery,) = letters(known)
    give(client, "autre@exemple.org")
    told = {letter["To"]: letter.get_content() for letter in letters(known)}
    assert set(told) == {BOB, "autre@exemple.org"}
    assert "autre@exemple.org" not in told[BOB]
    assert known.visitor().get(link(recovery)).status_code == 302
    known.visitor().post("/recover", data={"name": BOB})
    assert letters(known) == []
    give(client, "troisieme@exemple.org")
    assert {letter["To"] for letter in letters(known)} == {"troisieme@exemple.org"}, "no stranger is written to twice"


def test_a_link_for_an_address_opens_nothing_once_another_was_given(wiki: Wiki) -> None:
    client = wiki.visitor("bob")
    give(client, "un@exemple.org")
    (first,) = letters(wiki)
    give(client, "deux@exemple.org")
    wiki.visitor().post(link(first))
    assert address_of(wiki) == ("deux@exemple.org", False)
    assert wiki.visitor().get(link(first).replace("/account/confirm/", "/recover/")).status_code == 302


def test_a_confirmed_address_that_is_given_again_stays_so(known: Wiki) -> None:
    give(known.visitor("bob"), BOB)
    assert address_of(known) == (BOB, True)
    assert letters(known) == []


def test_another_letter_may_be_asked_for(wiki: Wiki) -> None:
    client = wiki.visitor("bob")
    client.post("/account/confirmation")
    assert letters(wiki) == []
    give(client, BOB)
    client.post("/account/confirmation")
    first, second = letters(wiki)
    assert wiki.visitor().get(link(first)).status_code == 302
    assert wiki.visitor().get(link(second)).status_code == 200


def test_who_registers_with_an_address_is_written_to(wiki: Wiki) -> None:
    form = {"name": "Zoé", "password": NEW, "email": "zoe@exemple.org"}
    assert wiki.visitor().post("/register", data=form).status_code == 303
    assert [letter["To"] for letter in letters(wiki)] == ["zoe@exemple.org"]


@pytest.mark.parametrize(
    "address", ["a@b\nBcc: c@d", "a@b\r\nBcc: c@d", "a@b,c@d", '"a b"@c', "a@b>", "a@[b", "(a)b@c", "a..b@c", "é@c"]
)
def test_no_address_writes_to_somebody_else(wiki: Wiki, address: str) -> None:
    client = wiki.visitor("bob")
    answer = client.post("/account/email", data={"current": PASSWORD, "email": address})
    assert answer.status_code == 422
    form = {"name": "Zoé", "password": NEW, "email": address}
    assert wiki.visitor().post("/register", data=form).status_code == 422
    assert letters(wiki) == []


@pytest.mark.parametrize("name", ["Zoé\nBcc: c@d", "Zoé\r\n\r\nUn autre texte"])
def test_no_name_begins_another_line_of_a_letter(wiki: Wiki, name: str) -> None:
    form = {"name": name, "password": NEW, "email": "zoe@exemple.org"}
    answer = wiki.visitor().post("/register", data=form)
    for letter in letters(wiki):
        assert answer.status_code == 303
        assert letter["Bcc"] is None
        assert "Zoé Bcc: c@d" in letter.get_content() or "Zoé Un autre texte" in letter.get_content()


def test_what_an_operator_types_counts_as_confirmed(app: Flask) -> None:
    with app.app_context():
        accounts.register("Zoé", NEW, "zoe@exemple.org", confirmed=True)
        accounts.register("Léa", NEW, confirmed=True)
        assert accounts.is_confirmed(accounts.named("Zoé"))
        assert not accounts.is_confirmed(accounts.named("Léa"))
        assert db.session.execute(select(AccountLink.id)).all() == []

"""A08: a link sets a password once, within the hour, while the password it was made for stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import SQLAlchemyError

from tests.conftest import PASSWORD
from tests.web.conftest import Wiki
from wiki import accounts
from wiki.accounts import AccountLink, User
from wiki.database import db, now, write_transaction

NEW = "des carottes bien râpées"


def link(wiki: Wiki) -> str:
    with wiki.app.app_context():
        return accounts.password_link("bob")


def comes_in(wiki: Wiki, password: str) -> bool:
    return wiki.visitor().post("/login", data={"name": "bob", "password": password}).status_code == 303


def test_a_link_works_once_and_ends_every_session(wiki: Wiki) -> None:
    token, inside = link(wiki), wiki.visitor("bob")
    with wiki.app.app_context():
        assert token not in db.session.execute(select(AccountLink.token_hash)).scalars().all()
    address, client = f"/recover/{token}", wiki.visitor()
    assert client.get(address).headers["Cache-Control"] == "no-store"
    assert client.post(address, data={"password": "court"}).status_code == 422
    assert client.post(address, data={"password": NEW}).status_code == 303
    assert '<span class="name">bob</span>' not in inside.get("/").text
    client.post(address, data={"password": "une autre phrase encore"})
    assert comes_in(wiki, NEW)


def _later(wiki: Wiki) -> None:
    with write_transaction() as session:
        session.execute(update(AccountLink).values(expires_at=now() - timedelta(seconds=1)))


def _suspended(wiki: Wiki) -> None:
    accounts.suspend("bob", "")


def _newer(wiki: Wiki) -> None:
    accounts.password_link("bob")


@pytest.mark.parametrize("happens", [_later, _suspended, _newer])
def test_a_link_opens_nothing_any_more(wiki: Wiki, happens: Callable[[Wiki], None]) -> None:
    token = link(wiki)
    with wiki.app.app_context():
        happens(wiki)
    assert wiki.visitor().get(f"/recover/{token}").status_code == 302
    wiki.visitor().post(f"/recover/{token}", data={"password": NEW})
    with wiki.app.app_context():
        accounts.reactivate("bob")
    assert comes_in(wiki, PASSWORD)


def test_a_changed_password_closes_the_link(wiki: Wiki) -> None:
    token = link(wiki)
    wiki.visitor("bob").post("/account/password", data={"current": PASSWORD, "password": NEW})
    assert wiki.visitor().get(f"/recover/{token}").status_code == 302


def test_a08_a_link_is_bound_to_the_account_as_it_was_by_itself(wiki: Wiki) -> None:
    """Whatever changed the password, and whether it spent the links or not."""
    token = link(wiki)
    assert wiki.visitor().get(f"/recover/{token}").status_code == 200
    with wiki.app.app_context(), write_transaction() as session:
        session.execute(update(User).where(User.name == "bob").values(password_hash="of another password"))
    assert wiki.visitor().get(f"/recover/{token}").status_code == 302


def test_no_error_of_the_database_tells_what_was_typed(wiki: Wiki) -> None:
    with wiki.app.app_context(), pytest.raises(SQLAlchemyError) as told:
        db.session.execute(text("select :word from nowhere"), {"word": "très secret"})
    assert "très secret" not in str(told.value)

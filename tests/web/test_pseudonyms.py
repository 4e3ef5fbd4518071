"""The pseudonyms of guests: one to a browser, told apart by what nobody can guess."""

from __future__ import annotations

from itertools import chain, repeat

import pytest
from sqlalchemy import select

from tests.web.conftest import Wiki
from wiki import accounts
from wiki.database import db
from wiki.history import Revision


def write(client: object, title: str) -> None:
    assert client.post("/new/article", data={"text": f"# {title}\n"}).status_code == 303  # type: ignore[attr-defined]


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

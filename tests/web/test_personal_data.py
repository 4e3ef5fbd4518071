"""What is personal is carried off whole and goes for good: table by table, so that none is forgotten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from tests.conftest import PASSWORD
from tests.web.conftest import Wiki
from wiki import accounts, mail, pages
from wiki.accounts import AccountLink, User
from wiki.database import Base, db, now, write_transaction
from wiki.pages.moderation.models import Act, Block, Flag

# Every column that names an account: what of it the export holds ("" where nothing can be said of it, and why), and
# whether it stays when the account goes, for the sake of what others wrote and read.
COLUMNS = {
    ("account_link", "user_id"): ("", False),  # Hashes of links that die within a day.
    ("act", "author_id"): ("", True),  # What a moderator did is the wiki's, and public.
    ("act", "user_id"): ("decisions", True),
    ("block", "author_id"): ("", True),
    ("block", "user_id"): ("decisions", True),  # Each block is an act, told as one.
    ("flag", "author_id"): ("reports", True),
    ("flag", "closed_by_id"): ("", True),
    ("follow", "user_id"): ("follows", False),
    ("former_name", "user_id"): ("", True),  # Marks that tell no name, so that nobody takes it.
    ("news_feed", "user_id"): ("", False),  # A secret, shown where it is used.
    ("offer", "author_id"): ("offers", True),
    ("offer_word", "author_id"): ("words", True),
    ("page", "owner_id"): ("contributions", True),
    ("patrol", "by_id"): ("", True),
    ("revision", "author_id"): ("contributions", True),
    ("session", "user_id"): ("account", False),
    ("taking", "author_id"): ("contributions", True),  # Each that changed anything is a version.
}


def named_columns() -> set[tuple[str, str]]:
    return {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "user" for key in column.foreign_keys)
    }


def fill(wiki: Wiki) -> int:
    """Alice leaves something in every table that may name her."""
    places = wiki.places()
    alice = wiki.cast.alice
    with wiki.app.app_context():
        pages.say(alice, int(places["offer"]), "Un mot de plus.")
        pages.follow(alice, places["origin"], "page")
        pages.news_feed(alice)
        accounts.password_link("alice")
        wiki.visitor("alice").post("/account/email", data={"current": PASSWORD, "email": "alice@exemple.org"})
        assert mail.settle()
        with write_transaction() as session:
            page_id = session.execute(select(Base.metadata.tables["page"].c.id)).scalars().first()
            by = {"author_id": alice.id, "author_name": alice.name, "created_at": now()}
            session.execute(insert(Flag).values(page_id=page_id, number=1, reason="spam", words="Voyez.", closing="",
                                                closed_by_name="alice", closed_by_id=alice.id, **by))
            session.execute(insert(Act).values(action="block", name="alice", user_id=alice.id, reason="Trop vite",
                                               **by))
            session.execute(insert(Block).values(kind="account", mark=alice.key, name="alice", user_id=alice.id,
                                                 reason="Trop vite", until=now(), **by))
    wiki.visitor("alice").post("/account/name", data={"current": PASSWORD, "name": "alice du lac"})
    wiki.visitor("alice").post("/account/name", data={"current": PASSWORD, "name": "alice"})
    return alice.id or 0


def test_every_column_that_names_an_account_is_thought_about() -> None:
    assert named_columns() == set(COLUMNS), "say here what of it is carried off, and whether it stays"


@pytest.mark.any_database
def test_the_export_holds_every_kind_of_thing_there_is_of_somebody(wiki: Wiki) -> None:
    fill(wiki)
    data = json.loads(wiki.visitor("alice").get("/account/data.json").text)
    for said, _stays in COLUMNS.values():
        assert not said or data[said], said
    assert data["account"]["email"] == "alice@exemple.org"
    assert data["account"]["email_confirmed_at"] is None
    assert data["account"]["sessions"]
    assert data["decisions"][0]["reason"] == "Trop vite"
    assert data["reports"][0]["words"] == "Voyez."
    assert not {"password_hash", "secret", "token_hash"} & set(str(data).replace("'", " ").split())


@pytest.mark.any_database
def test_what_goes_with_an_account_and_what_stays_without_a_name(wiki: Wiki) -> None:
    number = fill(wiki)
    assert wiki.visitor("alice").post("/account/delete", data={"current": PASSWORD}).status_code == 303
    with wiki.app.app_context():
        for table_name, column in named_columns():
            table = Base.metadata.tables[table_name]
            rows = db.session.execute(select(table).where(table.c[column] == number)).all()
            assert not rows or COLUMNS[table_name, column][1], table_name
        row = db.session.execute(select(User).where(User.id == number)).scalar_one()
        assert (row.email, row.email_confirmed_at, row.language, row.password_hash, row.active) == (
            None, None, "", "", False,
        )  # fmt: skip
        assert db.session.execute(select(AccountLink.id)).all() == []
    held = {name: rows for name, rows in wiki.picture().items() if "alice" in repr(rows).lower()}
    assert held == {}
    assert "alice" not in Path(wiki.app.config["SECURITY_LOG"]).read_text("utf-8").lower()

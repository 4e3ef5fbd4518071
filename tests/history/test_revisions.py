"""Revisions: appended, numbered without a gap, never changed, and read back byte for byte."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, insert
from sqlalchemy.exc import IntegrityError

from tests.conftest import Cast
from wiki import history, pages
from wiki.database import db, now, write_transaction
from wiki.errors import NotFound
from wiki.history import models
from wiki.pages.models import Page

pytestmark = pytest.mark.usefixtures("context")

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=500)


def new_page(slug: str = "une-page") -> int:
    with write_transaction() as session:
        columns = {"slug": slug, "kind": "article", "title": slug, "title_key": slug, "updated_at": now()}
        return int(session.execute(insert(Page).values(**columns).returning(Page.id)).scalar_one())


def append(page_id: int, number: int, text: str, author: str = "alice", **more: object) -> int:
    with write_transaction():
        return history.append(
            page_id=page_id, number=number, text=text, author_id=None, author_name=author, **more  # type: ignore[arg-type]
        )  # fmt: skip


@given(TEXTS)
def test_any_text_is_read_back_byte_for_byte(text: str) -> None:
    codec, body, digest = models.encode(text)
    assert history.decode(codec, body) == text
    assert digest == hashlib.sha256(text.encode()).hexdigest()
    assert len(body) <= len(text.encode())
    # Most texts so short are kept plain: these are packed.
    codec, body, _digest = models.encode(text * 50)
    assert history.decode(codec, body) == text * 50


def test_a_long_text_takes_less_room_than_it_has_characters() -> None:
    codec, body, _digest = models.encode("Une ligne de recette.\n" * 1000)
    assert codec == "zstd"
    assert len(body) < 1000


@pytest.mark.parametrize(("codec", "body"), [("zstd", b"not packed"), ("rot13", b"x"), ("", b""), ("plain", b"\xff")])
def test_damaged_bytes_are_refused_and_never_read_as_a_text(codec: str, body: bytes) -> None:
    with pytest.raises(ValueError):
        history.decode(codec, body)


def test_a_revision_keeps_all_it_was_given() -> None:
    page_id = new_page()
    when = datetime(2013, 10, 12, 14, tzinfo=UTC)
    first = append(page_id, 1, "Un.\n", created_at=when)
    second = append(
        page_id, 2, "Un, deux.\n", author="bob", comment="Suite", minor=True, action="edit", base_number=1,
        parent_id=first, merged_id=first, size_before=4, changes=[["changed", "", 1, 1, False]],
    )  # fmt: skip
    one, two = history.texts(page_id, 2, 10)
    assert (one.id, one.number, one.text, one.created_at) == (first, 1, "Un.\n", when)
    assert (two.id, two.parent_id, two.merged_id, two.base_number) == (second, first, first, 1)
    assert (two.author_name, two.comment, two.minor, two.changes) == (
        "bob",
        "Suite",
        True,
        [["changed", "", 1, 1, False]],
    )
    assert (two.size, two.size_change) == (10, 6)
    assert two == history.read(page_id, 2) == history.read_by_id(second)


def test_two_revisions_cannot_have_one_number() -> None:
    page_id = new_page()
    append(page_id, 1, "Un.\n")
    with pytest.raises(IntegrityError):
        append(page_id, 1, "Autre.\n")
    assert history.read(page_id, 1).text == "Un.\n"
    assert history.count() == 1


def test_a_revision_belongs_to_a_page_that_exists() -> None:
    with pytest.raises(IntegrityError):
        append(999, 1, "Un.\n")


def test_what_a_page_has_not_is_not_found() -> None:
    page_id, other = new_page(), new_page("autre")
    append(other, 1, "Autre.\n")
    for number in (0, 1, -1, 10**9):
        with pytest.raises(NotFound):
            history.read(page_id, number)
    with pytest.raises(NotFound):
        history.read_by_id(999)
    assert history.history(page_id) == []
    assert history.texts(page_id, 9, 9) == []


def test_a_history_goes_back_page_by_page_and_misses_nothing() -> None:
    page_id = new_page()
    for number in range(1, 12):
        append(page_id, number, f"{number}\n")
    seen: list[int] = []
    before: int | None = None
    while entries := history.history(page_id, before=before, limit=4):
        seen += [entry.number for entry in entries]
        before = entries[-1].number
    assert seen == list(range(11, 0, -1))


def test_authors_come_by_their_first_revision_each_once() -> None:
    page_id = new_page()
    for number, author in enumerate(["eve", "alice", "eve", "bob", "alice"], start=1):
        append(page_id, number, f"{number}\n", author=author)
    assert history.authors(page_id) == ["eve", "alice", "bob"]
    assert history.authors(page_id, limit=2) == ["eve", "alice"]


def test_no_verb_ever_changes_or_removes_a_revision(cast: Cast) -> None:
    statements: list[str] = []
    engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(" ".join(statement.lower().split()))

    event.listen(engine, "before_cursor_execute", note)
    try:
        pages.create(cast.alice, "# Pain\n\nfarine\n\neau\n")
        pages.save(cast.bob, "pain", "# Pain\n\nfarine\n\neau\n\nsel\n", 1)
        pages.save(cast.eve, "pain", "# Pain\n\nfarine de blé\n\neau\n", 1)
        pages.restore(cast.alice, "pain", 1)
        pages.undo(cast.alice, "pain", 2)
        pages.rename(cast.alice, "pain", "Miche")
        pages.protect(cast.mona, "miche", True)
        pages.archive(cast.mona, "miche")
        pages.unarchive(cast.mona, "miche")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert any(statement.startswith("insert into revision") for statement in statements)
    assert not [
        statement for statement in statements if statement.startswith(("update revision", "delete from revision"))
    ]


def test_a_history_is_a_chain(cast: Cast) -> None:
    pages.create(cast.alice, "# Pain\n\nfarine\n\neau\n")
    pages.save(cast.bob, "pain", "# Pain\n\nfarine\n\neau\n\nsel\n", 1)
    pages.save(cast.eve, "pain", "# Pain\n\nfarine de blé\n\neau\n", 1)
    pages.restore(cast.alice, "pain", 1)
    pages.rename(cast.alice, "pain", "Miche")
    entries = history.history(pages.find(cast.alice, "miche").id)[::-1]
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.parent_id for entry in entries] == [None, *(entry.id for entry in entries[:-1])]
    assert sum(entry.size_change for entry in entries) == entries[-1].size
    assert all(
        entry.sha256 == hashlib.sha256(history.read(entry.page_id, entry.number).text.encode()).hexdigest()
        for entry in entries
    )

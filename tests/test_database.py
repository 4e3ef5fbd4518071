"""The connection policy: what SQLite is told on every connection, and which SQLite is trusted with what."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from wiki import accounts, database, pages, soundness
from wiki.database import db

if TYPE_CHECKING:
    from flask import Flask

# What SQLite's own page on the write-ahead log says of each branch.
LOSES = ["3.7.0", "3.34.1", "3.40.1", "3.44.5", "3.45.0", "3.46.1", "3.49.2", "3.50.0", "3.50.6", "3.51.0", "3.51.2"]
KEEPS = ["3.44.6", "3.44.7", "3.50.7", "3.50.8", "3.51.3", "3.52.0", "3.53.1", "4.0.0"]


def policy(app: Flask) -> list[tuple[object, ...]]:
    """Journal, synchronisation, references and patience of many connections at once, and of a quick read's."""
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    begin = Barrier(8)

    def ask(number: int) -> tuple[object, ...]:
        with app.app_context():
            connection = db.engine.raw_connection() if number % 2 else db.engine.connect().connection
            begin.wait()
            cursor = connection.cursor()
            try:
                return tuple(cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas)
            finally:
                connection.close()

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(ask, range(8)))


def test_d05_every_connection_waits_for_the_disk_holds_references_and_is_patient(app: Flask) -> None:
    assert policy(app) == [("wal", 2, 1, database.BUSY_TIMEOUT_MS)] * 8
    assert database.BUSY_TIMEOUT_MS >= 5000


@pytest.mark.parametrize("version", LOSES + KEEPS)
def test_d04_a_sqlite_that_can_lose_a_commit_is_given_no_write_ahead_log(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    module = database.sqlite_module()
    monkeypatch.setattr(module, "sqlite_version", version)
    app = make_app()
    with app.app_context():
        alice = accounts.named("alice")
        db.session.remove()
    journal = "wal" if version in KEEPS else "delete"
    assert policy(app) == [(journal, 2, 1, database.BUSY_TIMEOUT_MS)] * 8
    with app.app_context():
        slug = pages.create(alice, "# Pain\n").slug
        assert pages.text_of(alice, slug)[1].text == "# Pain\n"
        said = [weakness.what for weakness in soundness.weaknesses() if f"SQLite {version}" in weakness.what]
    assert bool(said) == (version in LOSES), "and whoever runs the wiki is told"


def test_d04_the_sqlite_that_comes_with_the_wiki_keeps_every_commit() -> None:
    assert database.write_ahead_log_is_safe(database.sqlite_module().sqlite_version_info)

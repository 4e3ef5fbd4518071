"""The one command: it makes a wiki, serves it, and leaves it as it was the next time."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.cli.conftest import Command
from tests.serving import Server
from wiki.cli import serving
from wiki.database import sqlite_module
from wiki.pages import indexing


def contents(data: Path) -> list[Any]:
    """Everything that is not computed for reading."""
    database = sqlite_module().connect(str(data / "wiki.sqlite"))
    tables = ("page", "page_name", "revision", "facet", "link", "occurrence", "position")
    rows = [database.execute(f'select * from "{table}" order by 1, 2').fetchall() for table in tables]
    database.close()
    return [*rows, (data / "secret_key").read_text()]


@pytest.fixture(scope="module")
def served_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a wiki that was started once and stopped."""
    data = tmp_path_factory.mktemp("served") / "data"
    with Server(data) as server:
        server.stop()
    return data


@pytest.fixture
def data(served_once: Path, tmp_path: Path) -> Path:
    """A copy of it, where `serve` looks."""
    return Path(shutil.copytree(served_once, tmp_path / "data"))


def test_the_first_start_makes_a_wiki_with_real_recipes(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve()
    assert "Levain" in server.get("/")
    assert "Copy party" in server.get("/wiki/copy-party")
    assert str(tmp_path / "data") in server.said
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o077 == 0
    assert server.stop() == 0


def test_a_second_start_changes_nothing(serve: Callable[..., Server], data: Path) -> None:
    before = contents(data)
    serve().stop()
    assert contents(data) == before


def test_an_interrupted_first_start_is_completed_by_the_next(serve: Callable[..., Server], data: Path) -> None:
    whole = len(contents(data)[0])
    database = sqlite_module().connect(str(data / "wiki.sqlite"))
    for table in ("facet", "link", "occurrence", "position", "rendered", "revision", "page_name"):
        column = "source_id" if table == "link" else "page_id"
        database.execute(f"delete from {table} where {column} > 40")
    database.execute("delete from page where id > 40")
    database.commit()
    database.close()
    serve().stop()
    assert len(contents(data)[0]) == whole


def test_a_wiki_can_start_empty_and_stays_so_once_somebody_wrote(
    serve: Callable[..., Server], wiki: Command, tmp_path: Path
) -> None:
    serve("--no-seed").stop()
    assert contents(tmp_path / "data")[0] == []
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "soupe.md").write_text("# Soupe\n")
    wiki("import", "in")
    serve().stop()
    assert len(contents(tmp_path / "data")[0]) == 1


def test_a_taken_port_is_said_in_one_sentence_before_anything_is_made(wiki: Command, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = wiki("serve", "--port", str(port))
    assert (result.status, len(result.err.splitlines())) == (1, 1)
    assert str(port) in result.err
    assert not (tmp_path / "data").exists()


def test_an_address_that_is_not_ours_is_said_in_one_sentence(wiki: Command) -> None:
    result = wiki("serve", "--host", "203.0.113.7", "--port", "0")
    assert (result.status, len(result.err.splitlines())) == (1, 1)
    assert "203.0.113.7" in result.err


def test_the_server_stops_cleanly_and_can_start_again_at_once(serve: Callable[..., Server]) -> None:
    assert serve("--no-seed").stop() == 0
    server = serve("--no-seed")
    # Its index may still be in the making.
    for _moment in range(100):
        if server.get("/healthz") == "ok\n":
            break
        time.sleep(0.1)
    assert server.get("/healthz") == "ok\n"
    assert server.stop() == 0


# -- How much there is to do at a start ------------------------------------------------------------


@contextmanager
def steps_of_the_database() -> Iterator[list[int]]:
    """Counts, in its one number, the steps SQLite's machine takes on every connection opened meanwhile."""
    steps = [0]

    def step() -> int:
        steps[0] += 1
        return 0

    def count(connection: Any, _record: object) -> None:
        connection.set_progress_handler(step, 1)

    event.listen(Engine, "connect", count)
    try:
        yield steps
    finally:
        event.remove(Engine, "connect", count)


def test_d30_a_start_and_the_first_page_are_no_more_work_in_a_larger_wiki(
    wiki: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_page(app: Flask, *_others: Any) -> None:
        with app.app_context():
            assert indexing.engine().last_task >= 0
            assert indexing.drain() == 0
            assert not indexing.engine().tidy()
        assert app.test_client().get("/wiki/page-0").status_code == 200

    monkeypatch.setattr(serving, "_serve", first_page)
    taken = []
    for count in (5, 60):
        folder = tmp_path / f"in-{count}"
        folder.mkdir()
        for number in range(0 if count == 5 else 5, count):
            (folder / f"page-{number}.md").write_text(f"# Page {number}\n\nUne ligne, vers [[page-1]].\n")
        assert wiki("import", str(folder)).status == 0
        assert wiki("reindex").status == 0
        assert wiki("serve", "--port", "0").status == 0
        with steps_of_the_database() as steps:
            assert wiki("serve", "--port", "0").status == 0
        taken.append(steps[0])
    small, large = taken
    assert small > 100
    assert large == small

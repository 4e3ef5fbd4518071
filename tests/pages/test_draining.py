"""The drainer: what is saved is found soon, and an index that is lost, damaged or cannot be written heals by itself."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Cast
from wiki import pages
from wiki.pages import draining
from wiki.pages.indexing import engine
from wiki.search import IndexNotWritten

PATIENCE = 20.0


@pytest.fixture
def drainer(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A drainer at work on a wiki with one page."""
    monkeypatch.setattr(draining, "PAUSE_AFTER_TROUBLE", 0.05)
    with app.app_context():
        pages.create(cast.alice, "# Four commun\n\nUn four pour le quartier.\n")
    running = pages.Drainer(app)
    running.start()
    yield
    running.stop()
    assert not running.is_alive()


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail where it never does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.02)


def finds(client: FlaskClient, word: str, *, by_index: bool = True) -> bool:
    answer = client.get(f"/search?q={word}")
    assert answer.status_code == 200
    return "Four commun" in answer.text and ("se prépare" in answer.text) is not by_index


def save(app: Flask, cast: Cast, word: str) -> None:
    with app.app_context():
        head = pages.find(cast.alice, "four-commun").head_number
        pages.save(cast.alice, "four-commun", f"# Four commun\n\nUn four et un {word}.\n", head)


@pytest.mark.any_database
@pytest.mark.usefixtures("drainer")
def test_a_new_index_is_built_and_follows_saves(app: Flask, client: FlaskClient, cast: Cast) -> None:
    eventually(lambda: finds(client, "four"))
    save(app, cast, "fournil")
    eventually(lambda: finds(client, "fournil"))


def _delete(folder: Path) -> None:
    shutil.rmtree(folder)


def _cut_short(folder: Path) -> None:
    for path in folder.rglob("*.seg"):
        path.write_bytes(path.read_bytes()[:100])


def _scribble(folder: Path) -> None:
    for path in folder.rglob("*.seg"):
        path.write_bytes(b"\x07" * path.stat().st_size)


@pytest.mark.parametrize("harm", [_delete, _cut_short, _scribble])
@pytest.mark.usefixtures("drainer")
def test_whatever_becomes_of_the_index_reads_and_saves_go_on_and_it_heals(
    app: Flask, client: FlaskClient, cast: Cast, harm: Callable[[Path], None]
) -> None:
    eventually(lambda: finds(client, "four"))
    with app.app_context():
        engine().close()
    harm(Path(app.config["WIKI"]["DATA"]) / "index")
    assert client.get("/search?q=four").status_code == 200
    save(app, cast, "pétrin")
    eventually(lambda: finds(client, "petrin"))
    with app.app_context():
        assert pages.index_differences() == []


@pytest.mark.usefixtures("drainer")
def test_while_the_disk_is_full_saves_and_searches_go_on_and_the_index_catches_up(
    app: Flask, client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    eventually(lambda: finds(client, "four"))
    refused = []

    def full(*_documents: object, **_options: object) -> None:
        refused.append(1)
        raise IndexNotWritten("no space left on device")

    with app.app_context(), monkeypatch.context() as disk:
        disk.setattr(engine(), "index", full)
        save(app, cast, "pétrin")
        eventually(lambda: len(refused) > 2)
        assert finds(client, "quartier")
        assert not finds(client, "petrin")
    eventually(lambda: finds(client, "petrin"))


def test_without_an_index_the_database_answers_with_a_notice(app: Flask, client: FlaskClient, cast: Cast) -> None:
    with app.app_context():
        pages.create(cast.alice, "# Four commun\n\nUn four pour le quartier.\n")
    assert finds(client, "four", by_index=False)

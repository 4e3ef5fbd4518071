"""The whole wiki in one file, made while people write, and back from it.

A backup is a zip archive of plain parts: each table as lines of JSON, the key that signs sessions, and a list of all
that with counts and SHA-256. It says nothing of the database it came from, so a wiki moves from SQLite to PostgreSQL
and back by it. Everything is read in one transaction that sees one instant: nothing acknowledged before the start is
missing, nothing that came later is half there.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import JSON, Connection, MetaData, Row, Table, bindparam, func, select, text, update

from wiki import history, migrations
from wiki.database import db, now
from wiki.errors import WikiError

Progress = Callable[[int, int], None]

_FORMAT = 1
_LIST = "levain.json"
_KEY = "secret_key"
_LAST = "last_backup"
_ROWS_AT_ONCE = 500


# What reading a damaged archive, or something else altogether, can raise.
_NOT_OURS = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError, AttributeError, NotImplementedError,
    RuntimeError, MemoryError, OverflowError, OSError,
)


class BadBackup(WikiError):
    """The file is no whole backup; the message says what is wrong with it."""


@dataclass(frozen=True)
class Contents:
    """What a backup holds: when it was made, of which schema, and how many rows of each table."""

    made_at: datetime
    schema: str
    rows: Mapping[str, int]

    def __str__(self) -> str:
        counts = {"pages": self.rows["page"], "versions": self.rows["revision"], "accounts": self.rows["user"]}
        return str(_("%(pages)s pages, %(versions)s versions, %(accounts)s comptes", **counts))


def silently(_done: int, _total: int) -> None:
    """The progress nobody watches."""


def write(file: Path, data: Path, progress: Progress = silently) -> Contents:
    """Write the wiki whose data folder is `data` to `file`, read it again, and only then give it its name.

    Nobody waits meanwhile. Raises BadBackup where a file of that name exists already, or where what was written
    does not read back, and OSError where it cannot be written.
    """
    if file.exists():
        raise BadBackup(_("%(file)s existe déjà ; une sauvegarde n’en remplace pas une autre.", file=file))
    if not file.parent.is_dir():
        raise BadBackup(_("Le dossier %(folder)s n’existe pas.", folder=file.parent))
    aside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as stream:
            packed = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
            with packed as archive, _one_instant() as reader:
                _write_parts(archive, reader, data, progress)
            stream.flush()
            os.fsync(stream.fileno())
        contents = verify(aside)
        # Unlike a renaming, a link never takes the place of a file that has come meanwhile.
        os.link(aside, file)
    finally:
        with suppress(FileNotFoundError):
            aside.unlink()
    _sync_folder(file.parent)
    (data / _LAST).write_text(contents.made_at.isoformat(), "ascii")
    return contents


def last_made(data: Path) -> datetime | None:
    """When the last good backup of this wiki was begun; None where none is known of."""
    try:
        return datetime.fromisoformat((data / _LAST).read_text("ascii"))
    except (OSError, ValueError):
        return None


@contextmanager
def _one_instant() -> Iterator[Connection]:
    """A connection that sees the database as it stands now, however long it reads."""
    with db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            # With a write-ahead log a transaction of SQLite is one instant anyway.
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def _write_parts(archive: zipfile.ZipFile, reader: Connection, data: Path, progress: Progress) -> None:
    # The first read is what fixes the instant.
    totals = {
        table.name: reader.execute(select(func.count()).select_from(table)).scalar_one()
        for table in db.metadata.sorted_tables
    }
    made_at, done, tables = now(), 0, {}
    for table in db.metadata.sorted_tables:
        digest, count = hashlib.sha256(), 0
        with archive.open(_part(table.name), "w", force_zip64=True) as part:
            rows = reader.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table).order_by(*table.primary_key))
            for row in rows:
                line = _line(row)
                part.write(line)
                digest.update(line)
                count += 1
                if count % _ROWS_AT_ONCE == 0:
                    progress(done + count, sum(totals.values()))
        done += count
        tables[table.name] = {
            "columns": [column.name for column in table.columns], "rows": count, "sha256": digest.hexdigest(),
        }
    progress(done, sum(totals.values()))
    listing = {"format": _FORMAT, "made_at": made_at.isoformat(), "schema": migrations.current(), "tables": tables}
    with suppress(FileNotFoundError):
        key = (data / _KEY).read_bytes()
        archive.writestr(_KEY, key)
        listing[_KEY] = hashlib.sha256(key).hexdigest()
    archive.writestr(_LIST, json.dumps(listing, indent=1))


def _part(table: str) -> str:
    return f"tables/{table}.jsonl"


def _line(row: Row[Any]) -> bytes:
    return json.dumps([_plain(value) for value in row], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    """A value as JSON says it; what JSON has no word for stands under a letter."""
    if isinstance(value, bytes):
        return {"b": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"t": value.astimezone(UTC).replace(tzinfo=None).isoformat()}
    if isinstance(value, (list, dict)):
        return {"j": value}
    return value


def _value(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    ((letter, value),) = plain.items()
    if letter == "b":
        return base64.b64decode(value, validate=True)
    return datetime.fromisoformat(value) if letter == "t" else value


def verify(file: Path) -> Contents:
    """Read a backup through: every part against its count and hash, every version against its own. Raises BadBackup."""
    with _opened(file) as archive:
        listing = _listing(archive)
        if _KEY in listing and hashlib.sha256(archive.read(_KEY)).hexdigest() != listing[_KEY]:
            raise BadBackup(_("la clé des sessions est abîmée"))
        ids, links = set[int](), set[int]()
        for name in listing["tables"]:
            for row in _rows(archive, listing, name):
                if name == "revision":
                    _check_version(row)
                    ids.add(row["id"])
                    links.update(filter(None, (row["parent_id"], row["merged_id"])))
                elif name == "page" and row["head_id"] is not None:
                    links.add(row["head_id"])
        if lost := links - ids:
            raise BadBackup(_("il manque la version numéro %(number)s", number=min(lost)))
        return _contents(listing)


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever proves wrong in it is said as one BadBackup that names the file."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except BadBackup as error:
        raise BadBackup(_("%(file)s n’est pas une sauvegarde entière : %(why)s.", file=file.name, why=error)) from error
    except _NOT_OURS as error:
        if isinstance(error, OSError) and error.filename:
            raise
        why = _("ce n’est pas ce que Levain écrit")
        raise BadBackup(_("%(file)s n’est pas une sauvegarde entière : %(why)s.", file=file.name, why=why)) from error


def _listing(archive: zipfile.ZipFile) -> dict[str, Any]:
    listing = json.loads(archive.read(_LIST))
    if listing["format"] != _FORMAT:
        raise BadBackup(_("elle vient d’une version plus récente de Levain"))
    if not {"page", "revision", "user"} <= set(listing["tables"]):
        raise BadBackup(_("il y manque des tables"))
    return dict(listing)


def _contents(listing: Mapping[str, Any]) -> Contents:
    rows = {name: int(table["rows"]) for name, table in listing["tables"].items()}
    return Contents(datetime.fromisoformat(listing["made_at"]), str(listing["schema"]), rows)


def _rows(archive: zipfile.ZipFile, listing: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """Every row of a table, by column. Raises BadBackup at the end unless they were the ones that were written."""
    table = listing["tables"][name]
    digest, count = hashlib.sha256(), 0
    try:
        with archive.open(_part(name)) as part:
            for line in part:
                digest.update(line)
                count += 1
                yield dict(zip(table["columns"], map(_value, json.loads(line)), strict=True))
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise BadBackup(_("la table « %(table)s » est abîmée", table=name)) from error
    if (count, digest.hexdigest()) != (table["rows"], table["sha256"]):
        raise BadBackup(_("la table « %(table)s » est abîmée", table=name))


def _check_version(row: Mapping[str, Any]) -> None:
    text = history.decode(row["codec"], row["body"])
    if hashlib.sha256(text.encode()).hexdigest() != row["sha256"]:
        raise BadBackup(_("la version numéro %(number)s ne correspond plus à son empreinte", number=row["id"]))


def restore(file: Path, data: Path, progress: Progress = silently) -> Contents:
    """Bring a backup into an empty place, at the schema it was made of; `migrations.upgrade` does the rest.

    The rows come in one transaction: killed half-way, it left an empty place, and may be run again. Raises
    BadBackup before anything is touched where the file is not whole, where there is a wiki already, or where the
    backup is of a newer schema than this program knows.
    """
    contents = verify(file)
    _make_room()
    migrations.upgrade(contents.schema)
    with _opened(file) as archive:
        listing = _listing(archive)
        with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
            tables = MetaData()
            tables.reflect(connection)
            done, total = 0, sum(contents.rows.values())
            for table in tables.sorted_tables:
                if table.name not in listing["tables"]:
                    continue
                for count in _insert(connection, table, _rows(archive, listing, table.name)):
                    done += count
                    progress(done, total)
                _set_counter(connection, table)
        if _KEY in listing:
            # An empty place has a new key at most, which has signed nothing yet.
            aside = data / f".{_KEY}.{secrets.token_hex(4)}"
            with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as key:
                key.write(archive.read(_KEY))
            aside.replace(data / _KEY)
    return contents


def _make_room() -> None:
    """Drop the tables of an empty wiki. Raises BadBackup where somebody's rows are in them."""
    tables = MetaData()
    tables.reflect(db.engine)
    with db.engine.connect() as connection:
        for table in tables.sorted_tables:
            if table.name != "alembic_version" and connection.execute(select(1).select_from(table).limit(1)).first():
                raise BadBackup(_("Il y a déjà un wiki ici ; une sauvegarde se restaure dans un endroit vide."))
    tables.drop_all(db.engine)


def _insert(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> Iterator[int]:
    """Insert rows some at a time, and say how many each time.

    A row that names a later row of its own table is told so at the end, for the other is not there yet.
    """
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    for column in table.columns:
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=bool(column.nullable))
    later: list[dict[str, Any]] = []
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        for row in some:
            for name in own:
                if row[name] is not None and row[name] >= row["id"]:
                    later.append({"the_id": row["id"], "the_column": name, "the_value": row[name]})
                    row[name] = None
        connection.execute(table.insert(), some)
        yield len(some)
    for name in own:
        if values := [value for value in later if value["the_column"] == name]:
            change = update(table).where(table.c.id == bindparam("the_id")).values({name: bindparam("the_value")})
            connection.execute(change, values)


def _set_counter(connection: Connection, table: Table) -> None:
    """Let PostgreSQL count on from the last id; SQLite does by itself."""
    if connection.dialect.name == "sqlite" or "id" not in table.columns:
        return
    last = connection.execute(select(func.max(table.c.id))).scalar_one()
    if last is not None:
        name = connection.dialect.identifier_preparer.quote(table.name)
        setting = text("select setval(pg_get_serial_sequence(:name, 'id'), :last)")
        connection.execute(setting, {"name": name, "last": last})


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

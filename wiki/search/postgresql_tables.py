"""The index in PostgreSQL: tables that can be thrown away, written whole or not at all.

    search_state      which version of our code wrote the rest, and the last task it holds
    search_document   one row for each page: its forms as a tsvector, its dates, position, popularity
    search_facet      (name, value) of each page
    search_name       the keys of its names
    search_word       its telling words

A tsvector holds each form at its places, and beside it, without a place, how much it says of the page in eight
steps ("jardin=7"). PostgreSQL's own weights would say it in four, and be looked for in the pages instead of the index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy import Engine as Database
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from wiki.search.interface import IndexBusy, IndexNotWritten, IndexUnavailable, Progress, SearchDocument
from wiki.search.postings import (
    POSTINGS_VERSION,
    Posting,
    facets,
    first_day,
    keys,
    last_day,
    order_key,
    postings,
    quarter,
    surface,
)

# Raise it whenever the tables change.
_TABLES_VERSION = 4
IDENTITY = hashlib.sha256(f"{_TABLES_VERSION} {POSTINGS_VERSION}".encode()).hexdigest()[:12]

# Impacts of 1 to 255 in so many steps.
STEPS = 8

_LOCK = 0x4C657661696E  # one writer at a time; the number is anybody's guess, and ours
_AT_ONCE = 200
# PostgreSQL's own bounds: bytes of a tsvector, places of a form, and the last place there is.
_VECTOR_BYTES, _PLACES, _LAST_PLACE = 900_000, 250, 16_383

_TABLES = """
DROP TABLE IF EXISTS search_state, search_document, search_facet, search_name, search_word;
CREATE TABLE search_state (identity text NOT NULL, last_task bigint NOT NULL);
CREATE TABLE search_document (
    page_id bigint PRIMARY KEY, revision_id bigint NOT NULL, words tsvector NOT NULL, popularity integer NOT NULL,
    starts integer NOT NULL, ends integer NOT NULL, past_from integer NOT NULL,
    latitude double precision, longitude double precision,
    order_key text COLLATE "C" NOT NULL, stands_for text NOT NULL, origin bigint NOT NULL
);
CREATE TABLE search_facet (
    page_id bigint NOT NULL REFERENCES search_document ON DELETE CASCADE,
    name text NOT NULL, value text NOT NULL, value_key text COLLATE "C" NOT NULL
);
CREATE TABLE search_name (
    page_id bigint NOT NULL REFERENCES search_document ON DELETE CASCADE,
    key text COLLATE "C" NOT NULL, rank smallint NOT NULL
);
CREATE TABLE search_word (
    page_id bigint NOT NULL REFERENCES search_document ON DELETE CASCADE,
    word text COLLATE "C" NOT NULL, rank smallint NOT NULL, written text NOT NULL
);
CREATE INDEX ix_search_document_words ON search_document USING gin (words);
CREATE INDEX ix_search_document_order_key ON search_document (order_key);
CREATE INDEX ix_search_document_origin ON search_document (origin) WHERE origin <> 0;
CREATE INDEX ix_search_facet_value ON search_facet (name, value, page_id);
CREATE INDEX ix_search_facet_value_key ON search_facet (name, value_key);
CREATE INDEX ix_search_facet_page ON search_facet (page_id);
CREATE INDEX ix_search_name_key ON search_name (key);
CREATE INDEX ix_search_name_page ON search_name (page_id);
CREATE INDEX ix_search_word_word ON search_word (word);
CREATE INDEX ix_search_word_reverse ON search_word (reverse(word) COLLATE "C");
CREATE INDEX ix_search_word_page ON search_word (page_id);
"""
# The columns of each table, for writing many rows at once; what is text may have to become something else.
_COLUMNS = {
    "search_document": {
        "page_id": "bigint", "revision_id": "bigint", "words": "text", "popularity": "integer", "starts": "integer",
        "ends": "integer", "past_from": "integer", "latitude": "double precision", "longitude": "double precision",
        "order_key": "text", "stands_for": "text", "origin": "bigint",
    },
    "search_facet": {"page_id": "bigint", "name": "text", "value": "text", "value_key": "text"},
    "search_name": {"page_id": "bigint", "key": "text", "rank": "smallint"},
    "search_word": {"page_id": "bigint", "word": "text", "rank": "smallint", "written": "text"},
}  # fmt: skip


class Tables:
    """The index in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One moment of the index, however many questions. Raises IndexUnavailable."""
        try:
            with self._database.connect() as connection:
                connection.execution_options(isolation_level="REPEATABLE READ")
                _check(connection)
                # The planner takes the words of all pages for cheap to read; they lie apart from their rows.
                connection.execute(text("SET LOCAL enable_seqscan = off"))
                yield connection
        except (ProgrammingError, OperationalError) as error:
            raise IndexUnavailable(str(error.orig)) from error

    def write(self, documents: Iterable[SearchDocument], delete: Iterable[int], last_task: int | None) -> None:
        """Replace these pages and take others out, all at once."""
        fresh = {document.page_id: document for document in documents}
        with self._writing() as connection:
            _check(connection)
            gone = sorted({*fresh, *delete})
            connection.execute(text("DELETE FROM search_document WHERE page_id = ANY(:gone)"), {"gone": gone})
            for some in _some(fresh.values()):
                _insert(connection, some)
            if last_task is not None:
                connection.execute(text("UPDATE search_state SET last_task = :task"), {"task": last_task})

    def rebuild(self, documents: Iterable[SearchDocument], last_task: int, progress: Progress | None) -> None:
        """Make the tables anew. Others see the old ones until all is done."""
        with self._writing() as connection:
            for statement in _TABLES.split(";"):
                if statement.strip():
                    connection.execute(text(statement))
            state = {"identity": IDENTITY, "task": last_task}
            connection.execute(text("INSERT INTO search_state VALUES (:identity, :task)"), state)
            count = 0
            for some in _some(documents):
                _insert(connection, some)
                count += len(some)
                if progress:
                    progress(count)
            if progress:
                progress(count)
        with self._database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE search_document, search_facet, search_name, search_word"))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._database.begin() as connection:
                if not connection.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}).scalar():
                    raise IndexBusy("somebody else is writing")
                yield connection
        except ProgrammingError as error:
            raise IndexUnavailable(str(error.orig)) from error
        except DBAPIError as error:
            raise IndexNotWritten(str(error.orig)) from error


def _check(connection: Connection) -> None:
    identity = connection.execute(text("SELECT identity FROM search_state")).scalar()
    if identity != IDENTITY:
        raise IndexUnavailable("the index was written by another version")


def _some(documents: Iterable[SearchDocument]) -> Iterator[list[SearchDocument]]:
    rest = iter(documents)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _insert(connection: Connection, documents: list[SearchDocument]) -> None:
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
    for document in documents:
        page_id = document.page_id
        rows["search_document"].append(_row(document))
        for name, values in facets(document).items():
            rows["search_facet"] += [(page_id, name, value, order_key(value)) for value in values]
        rows["search_name"] += [(page_id, key, rank) for key, (rank, _key) in keys(document).items()]
        rows["search_word"] += [(page_id, word, rank, written) for word, (rank, written) in surface(document).items()]
    for table, columns in _COLUMNS.items():
        if rows[table]:
            arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in columns.items())
            given = ", ".join("CAST(words AS tsvector)" if name == "words" else name for name in columns)
            statement = f"""
                INSERT INTO {table} ({", ".join(columns)})
                SELECT {given} FROM unnest({arrays}) AS given ({", ".join(columns)})
            """  # noqa: S608 - all names are ours
            given_values = map(list, zip(*rows[table], strict=True))
            connection.execute(text(statement), dict(zip(columns, given_values, strict=True)))


def _row(document: SearchDocument) -> tuple[Any, ...]:
    placed = document.latitude is not None and document.longitude is not None
    return (
        document.page_id,
        document.revision_id,
        vector(postings(document)),
        document.popularity,
        first_day(document.starts_on),
        last_day(document.ends_on or document.starts_on),
        quarter(document.past_from) if document.past_from else 0,
        document.latitude if placed else None,
        document.longitude if placed else None,
        order_key(document.title),
        "=".join(document.stands_for or ()),
        document.origin_id or (document.page_id if document.has_variants else 0),
    )


def vector(found: dict[str, Posting]) -> str:
    """A tsvector, as text. What does not fit is left out from the end."""
    pieces = []
    size = 0
    for form, (impact, positions) in found.items():
        places = [str(place + 1) for place in positions[:_PLACES] if place < _LAST_PLACE]
        size += 2 * len(form.encode()) + 2 * len(places) + 20
        if size > _VECTOR_BYTES:
            break
        pieces.append(f"{quoted(form)}:{','.join(places)}" if places else quoted(form))
        pieces.append(quoted(with_step(form, impact * STEPS // 256)))
    return " ".join(pieces)


def with_step(form: str, step: int) -> str:
    """What says that a form has an impact of this step."""
    return f"{form}={step}"


def impact_of(step: int) -> int:
    """The impact a step stands for."""
    return (2 * step + 1) * 256 // (2 * STEPS)


def quoted(form: str) -> str:
    """A form as PostgreSQL reads it in a tsvector or a tsquery."""
    return "'" + form.replace("\\", "\\\\").replace("'", "''") + "'"

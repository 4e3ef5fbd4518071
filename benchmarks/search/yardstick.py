"""SQLite's own full-text search over the same analysed texts: what to compare with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pysqlite3 as sqlite3

from wiki.search import Query, SearchDocument
from wiki.search.analysis import analyser, tidied
from wiki.search.asking import read
from wiki.search.postings import facets, zones


class Fts5:
    """The same documents in an FTS5 table, their facets beside it."""

    def __init__(self, path: Path, documents: Iterable[SearchDocument], counted: Sequence[str]) -> None:
        self._counted = counted
        self._database = sqlite3.connect(str(path))
        self._database.executescript(
            """
            PRAGMA journal_mode = WAL;
            CREATE VIRTUAL TABLE text USING fts5(names, body, content='', tokenize="unicode61 remove_diacritics 0");
            CREATE TABLE facet (name TEXT, value TEXT, page INTEGER, PRIMARY KEY (name, value, page)) WITHOUT ROWID;
            CREATE TABLE page (id INTEGER PRIMARY KEY, starts TEXT, title TEXT);
            """
        )
        with self._database:
            for document in documents:
                self._add(document)
        self._database.execute("CREATE INDEX facet_page ON facet (page, name, value)")
        self._database.execute("CREATE INDEX page_starts ON page (starts)")
        self._database.execute("ANALYZE")

    def _add(self, document: SearchDocument) -> None:
        analyse = analyser(document.language).places
        texts = [" ".join(form for text in zone for place in analyse(tidied(text)) for form in place)
                 for _weight, zone in zones(document)]
        row = document.page_id
        values = (row, " ".join(texts[:-1]), texts[-1])
        self._database.execute("INSERT INTO text(rowid, names, body) VALUES (?, ?, ?)", values)
        self._database.execute("INSERT INTO page VALUES (?, ?, ?)", (row, document.starts_on, document.title.lower()))
        held = [(name, value, row) for name, found in facets(document).items() for value in found]
        self._database.executemany("INSERT INTO facet VALUES (?, ?, ?)", held)

    def ask(self, query: Query | str) -> list[Any]:
        """Twenty pages, how many there are, and the counts that were asked for."""
        if isinstance(query, str):
            return self._rows("SELECT id FROM page WHERE title LIKE ? || '%' ORDER BY title LIMIT 8", [query])
        condition, values = self._condition(query)
        words = bool(query.words)
        self._rows("DROP TABLE IF EXISTS temp.found", [])
        self._rows(f"CREATE TEMP TABLE found AS SELECT page.id FROM page {condition}", values)
        found = self._rows("SELECT count(*) FROM found", [])
        if words and query.order == "relevance":
            match = "SELECT text.rowid FROM text JOIN found ON found.id = text.rowid WHERE text MATCH ?"
            found += self._rows(f"{match} ORDER BY bm25(text, 8.0, 1.0) LIMIT 20", values[:1])
        else:
            direction = "ASC" if query.order == "oldest" else "DESC"
            found += self._rows(f"SELECT id FROM page JOIN found USING (id) ORDER BY starts {direction} LIMIT 20", [])
        for name in query.counted:
            found += self._rows(
                "SELECT value, count(*) FROM facet JOIN found ON found.id = facet.page WHERE name = ? "
                "GROUP BY value ORDER BY 2 DESC LIMIT 50", [name],
            )
        return found

    def _condition(self, query: Query) -> tuple[str, list[Any]]:
        conditions, values = [], []
        if query.words:
            conditions.append("id IN (SELECT rowid FROM text WHERE text MATCH ?)")
            values.append(_match(query.words))
        for name, chosen in query.facets.items():
            marks = ", ".join("?" * len(chosen))
            conditions.append(f"id IN (SELECT page FROM facet WHERE name = ? AND value IN ({marks}))")
            values += [name, *chosen]
        if query.when == "past":
            conditions.append("starts < ? AND starts > ''")
            values.append(query.at.date().isoformat() if query.at else "")
        return ("WHERE " + " AND ".join(conditions) if conditions else ""), values

    def _rows(self, statement: str, values: Sequence[Any]) -> list[Any]:
        return list(self._database.execute(statement, values).fetchall())


def _match(words: str) -> str:
    asked = read(words)
    loose = ["(" + " OR ".join(f'"{form}"' for form in word.forms if ":" not in form) + ")" for word in asked.loose]
    phrases = ['"' + " ".join(word.forms[0] for _step, word in phrase.words) + '"' for phrase in asked.phrases]
    return " AND ".join([*loose, *phrases]) or '"nothing"'

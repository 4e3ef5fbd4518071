"""The engine of a wiki on PostgreSQL: its full-text index finds, the rules of `scoring` rank.

The words are analysed here, not by PostgreSQL's `french` configuration: accents, elisions and compounds are found as
on a wiki without PostgreSQL, and no extension is needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy import Engine as Database

from wiki.search import spelling
from wiki.search.analysis import fold, is_stop_word
from wiki.search.asking import read
from wiki.search.families import Families
from wiki.search.filters import within
from wiki.search.interface import Hit, Progress, Query, Results, SearchDocument, Suggestion
from wiki.search.postgresql_matching import Vocabulary, matches, pages_of
from wiki.search.postgresql_tables import Tables
from wiki.search.postings import NAMES_ALIAS, clean_value, first_day, last_day, order_key, quarter, simple_words
from wiki.search.suggesting import PLACES_SHOWN, SHORT

_ORDERS = {
    "newest": "starts DESC, revision_id DESC",
    "oldest": "starts = 0, starts, CASE starts WHEN 0 THEN -revision_id ELSE revision_id END",
    "title": "order_key, page_id",
    "changed": "revision_id DESC",
}
_OF_PAGES = text(
    "SELECT name, value, count(*) FROM search_facet WHERE name = ANY(:names) AND page_id = ANY(:passing) "
    "GROUP BY name, value"
)
_OF_FAMILIES = text(
    "SELECT name, value, count(DISTINCT root) FROM search_facet "
    "JOIN unnest(CAST(:passing AS bigint[]), CAST(:roots AS bigint[])) AS family (page_id, root) USING (page_id) "
    "WHERE name = ANY(:names) GROUP BY name, value"
)
_WHEN = {"past": "past_from BETWEEN 1 AND :now", "coming": "past_from > :now"}


class PostgresqlEngine:
    """See `Engine`."""

    def __init__(self, database: Database) -> None:
        self._tables = Tables(database)

    @property
    def last_task(self) -> int:
        with self._tables.reading() as connection:
            return int(connection.execute(text("SELECT last_task FROM search_state")).scalar_one())

    def index(
        self, documents: Iterable[SearchDocument], *, delete: Iterable[int] = (), last_task: int | None = None
    ) -> None:
        self._tables.write(documents, delete, last_task)

    def delete(self, page_ids: Iterable[int], *, last_task: int | None = None) -> None:
        self._tables.write((), page_ids, last_task)

    def rebuild(
        self, documents: Iterable[SearchDocument], *, last_task: int = 0, progress: Progress | None = None
    ) -> None:
        self._tables.rebuild(documents, last_task, progress)

    def search(self, query: Query) -> Results:
        with self._tables.reading() as connection:
            return _Answer(connection, query).results()

    def suggest(self, text: str, limit: int = 8, *, places: str = "city") -> list[Suggestion]:
        with self._tables.reading() as connection:
            return _suggestions(connection, text, limit, places)

    def state(self) -> dict[int, int]:
        with self._tables.reading() as connection:
            rows = connection.execute(text("SELECT page_id, revision_id FROM search_document"))
            return {row.page_id: row.revision_id for row in rows}

    def tidy(self) -> bool:
        """Nothing to do: PostgreSQL tidies up by itself."""
        with self._tables.reading():
            return False

    def close(self) -> None:
        """Nothing to let go of: the connections are the database's."""


class _Answer:
    """One query on its way to its results."""

    def __init__(self, connection: Connection, query: Query) -> None:
        self._connection = connection
        self._query = query
        self._asked = read(query.words)
        self._mended = spelling.mend(Vocabulary(connection), self._asked)
        self._scores, self._scored = matches(connection, self._mended)
        for narrowing in _narrowings(connection, query):
            self._scores = {page_id: score for page_id, score in self._scores.items() if page_id in narrowing}
        self._families = _families(connection) if query.as_families or query.family is not None else Families(())
        if query.family is not None:
            root = self._families.root(query.family)
            of_it = {page_id for page_id in self._scores if self._families.root(page_id) == root}
            self._scores = {page_id: score for page_id, score in self._scores.items() if page_id in of_it}
        self._chosen = {name: self._carrying(name, values) for name, values in query.facets.items() if values}

    def results(self) -> Results:
        query = self._query
        passing = self._passing()
        others: dict[int, list[int]] = {}
        if query.as_families:
            passing, others = self._as_families(passing)
        per_page = max(1, query.per_page)
        page = min(max(1, query.page), max(1, -(-len(passing) // per_page)))
        counts = self._counts({*query.counted, "year"})
        hits = self._ranked(passing, (page - 1) * per_page, per_page)
        return Results(
            total=len(passing),
            hits=[replace(hit, others=others.get(hit.page_id, ())) for hit in hits],
            page=page,
            facets={name: self._shown(name, counts.get(name, [])) for name in query.counted},
            years={int(year): count for year, count in sorted(counts.get("year", [])) if year.isdigit()},
            suggestion=self._suggestion(len(passing)),
            unknown=self._mended.unknown,
            ignored=self._asked.ignored,
        )

    def _carrying(self, name: str, values: Sequence[str]) -> set[int]:
        condition = "name = :name AND value = ANY(:values)"
        return pages_of(self._connection, "search_facet", condition, name=name, values=list(map(clean_value, values)))

    def _passing(self, but: str = "") -> list[int]:
        chosen = [pages for name, pages in self._chosen.items() if name != but]
        return [page_id for page_id in self._scores if all(page_id in pages for pages in chosen)]

    def _as_families(self, passing: list[int]) -> tuple[list[int], dict[int, list[int]]]:
        """The best page of each family alone, and the others by that page, best first."""
        roots = self._families.roots()
        related = [page_id for page_id in passing if page_id in roots]
        members: dict[int, list[int]] = {}
        for hit in self._ranked(related, 0, len(related)) if related else ():
            members.setdefault(roots[hit.page_id], []).append(hit.page_id)
        alone = [page_id for page_id in passing if page_id not in roots]
        return [*alone, *(led for led, *_others in members.values())], {led: rest for led, *rest in members.values()}

    def _ranked(self, passing: list[int], skip: int, take: int) -> list[Hit]:
        order = self._query.order
        scores = self._scores
        if order == "relevance" and self._scored:
            # Equal scores are told apart by what only the database knows: of the last that is shown, all are asked for.
            last = sorted((scores[page_id] for page_id in passing), reverse=True)[: skip + take][-1:]
            best = [page_id for page_id in passing if scores[page_id] >= last[0]]
            known = "popularity DESC, starts DESC, revision_id DESC"
            best = sorted(self._ordered(best, known, 0, len(best)), key=scores.__getitem__, reverse=True)
            return [Hit(page_id, scores[page_id]) for page_id in best[skip : skip + take]]
        return [Hit(page_id) for page_id in self._ordered(passing, _ORDERS.get(order, _ORDERS["newest"]), skip, take)]

    def _ordered(self, pages: list[int], order: str, skip: int, take: int) -> list[int]:
        statement = text(
            f"SELECT page_id FROM search_document WHERE page_id = ANY(:pages) ORDER BY {order} "  # noqa: S608 - ours
            "OFFSET :skip LIMIT :take"
        )
        return list(self._connection.execute(statement, {"pages": pages, "skip": skip, "take": take}).scalars())

    def _counts(self, names: set[str]) -> dict[str, list[tuple[str, int]]]:
        """The values of facets with how many pages each would give, the most frequent first."""
        counts: dict[str, list[tuple[str, int]]] = {}
        alone = [[name] for name in names if name in self._chosen]
        for group in ([name for name in names if name not in self._chosen], *alone):
            passing = self._passing(but=group[0] if group else "")
            if group and passing:
                found = self._carried(group, passing).items()
                for (name, value), count in sorted(found, key=lambda row: (-row[1], row[0][1])):
                    counts.setdefault(name, []).append((value, count))
        return counts

    def _carried(self, names: list[str], passing: list[int]) -> Counter[tuple[str, str]]:
        """How many of these pages carry each value. A family counts once: only what belongs to one is told apart."""
        roots = self._families.roots() if self._query.as_families else {}
        related = [page_id for page_id in passing if page_id in roots]
        single = [page_id for page_id in passing if page_id not in roots]
        found: Counter[tuple[str, str]] = Counter()
        for statement, pages in ((_OF_PAGES, single), (_OF_FAMILIES, related)):
            values = {"names": names, "passing": pages}
            if pages is related:
                values["roots"] = [roots[page_id] for page_id in pages]
            for name, value, count in self._connection.execute(statement, values) if pages else ():
                found[name, value] += count
        return found

    def _shown(self, name: str, counts: list[tuple[str, int]]) -> list[tuple[str, int]]:
        chosen = self._query.facets.get(name, ())
        limit = self._query.values
        return counts[:limit] + [(value, count) for value, count in counts[limit:] if value in chosen]

    def _suggestion(self, total: int) -> str | None:
        if total or not self._asked.phrases:
            return self._mended.suggestion
        loose = " ".join(word.text for word in self._asked.words)
        found, _scored = matches(self._connection, spelling.mend(Vocabulary(self._connection), read(loose)))
        return loose if found else None


def _narrowings(connection: Connection, query: Query) -> Iterator[set[int]]:
    """The pages in the period, and in the place, asked for."""
    asked: dict[str, int] = {}
    if query.when in _WHEN and query.at:
        asked[_WHEN[query.when]] = quarter(query.at)
    if query.since:
        asked["ends >= :since"] = first_day(query.since)
    if query.until:
        asked["starts BETWEEN 1 AND :until"] = last_day(query.until)
    if asked:
        named = {condition.rpartition(":")[2]: value for condition, value in asked.items()}
        yield pages_of(connection, "search_document", " AND ".join(asked), **named)
    if query.near:
        statement = text("SELECT page_id, latitude, longitude FROM search_document WHERE latitude IS NOT NULL")
        rows = connection.execute(statement)
        yield {row.page_id for row in rows if within(query.near, row.latitude, row.longitude)}


def _families(connection: Connection) -> Families:
    """Which pages belong together."""
    rows = connection.execute(text("SELECT page_id, origin FROM search_document WHERE origin <> 0"))
    return Families((row.page_id, row.origin) for row in rows)


# Suggestions


def _suggestions(connection: Connection, typed: str, limit: int, places: str) -> list[Suggestion]:
    words = [fold(word) for word in simple_words(typed[:100])]
    if not words or limit < 1:
        return []
    shown = _places(connection, order_key(typed), places, min(PLACES_SHOWN, limit)) if places else []
    pages = _pages(connection, words, limit - len(shown))
    return [Suggestion(page_id=page_id) for page_id in pages] + shown


def _pages(connection: Connection, words: list[str], limit: int) -> list[int]:
    typed = " ".join(words)
    values: dict[str, Any] = {"limit": limit, "begun": f"{words[-1]}%", "typed": f"{typed}%", "alias": NAMES_ALIAS}
    if len(typed) <= SHORT:
        ranked = "SELECT page_id, 3 AS rank FROM search_document WHERE order_key LIKE :typed"
    else:
        ranked = "SELECT page_id, max(rank) AS rank FROM search_word WHERE word LIKE :begun GROUP BY page_id"
    joins = ""
    ranks = ["named.rank"]
    whole = [word for word in words[:-1] if not is_stop_word(word)] or words[:-1]
    for index, word in enumerate(whole[:10]):
        values[f"word{index}"] = word
        joins += f" JOIN search_word w{index} ON w{index}.page_id = named.page_id AND w{index}.word = :word{index}"
        ranks.append(f"w{index}.rank")
    statement = f"""
        SELECT page_id FROM (
            SELECT named.page_id, least({', '.join(ranks)}) AS rank FROM ({ranked}) AS named{joins}
        ) AS found JOIN search_document USING (page_id)
        WHERE rank >= :alias
        ORDER BY rank DESC, order_key LIKE :typed DESC, popularity DESC, length(order_key), page_id LIMIT :limit
    """  # noqa: S608 - all names are ours
    return list(connection.execute(text(statement), values).scalars())


def _places(connection: Connection, beginning: str, facet: str, limit: int) -> list[Suggestion]:
    statement = text(
        "SELECT value, count(*) FROM search_facet WHERE name = :facet AND value_key LIKE :beginning "
        'GROUP BY value ORDER BY 2 DESC, value COLLATE "C" LIMIT :limit'
    )
    rows = connection.execute(statement, {"facet": facet, "beginning": f"{beginning}%", "limit": limit})
    return [Suggestion(facet=facet, value=row[0], count=row[1]) for row in rows]

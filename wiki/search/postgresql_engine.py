"""The engine of a wiki on PostgreSQL: its full-text index finds, the rules of `scoring` rank.

The words are analysed here, not by PostgreSQL's `french` configuration: accents, elisions and compounds are found as
on a wiki without PostgreSQL, and no extension is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy import Engine as Database

from wiki.search import spelling
from wiki.search.analysis import fold, is_stop_word, word_keys
from wiki.search.asking import Phrase, read
from wiki.search.filters import within
from wiki.search.interface import Hit, Progress, Query, Results, SearchDocument, Suggestion
from wiki.search.postgresql_tables import IMPACTS, Tables, quoted
from wiki.search.postings import NAMES_ALIAS, clean_value, first_day, last_day, order_key, simple_words
from wiki.search.resemblance import ends_kept, nearest
from wiki.search.scoring import CARRIES, CORRECTED, FEW, Plan, Span, Weights, lowest_coverage
from wiki.search.spelling import Mended
from wiki.search.suggesting import PLACES_SHOWN, SHORT

_DAYS = (1, 99_999_999)
_ORDERS = {
    "newest": "starts DESC, revision_id DESC",
    "oldest": "starts = 0, starts, CASE starts WHEN 0 THEN -revision_id ELSE revision_id END",
    "title": "order_key, page_id",
}


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


@dataclass(frozen=True)
class _Found:
    """A page that answers the words."""

    score: float
    popularity: int
    starts: int
    revision_id: int
    page_id: int
    ends: int
    latitude: float | None
    longitude: float | None


class _Answer:
    """One query on its way to its results."""

    def __init__(self, connection: Connection, query: Query) -> None:
        self._connection = connection
        self._query = query
        self._asked = read(query.words)
        self._mended = spelling.mend(_Vocabulary(connection), self._asked)
        self._found = {found.page_id: found for found in _matches(connection, self._mended) if _passes(found, query)}
        self._chosen = {
            name: self._carrying(name, [clean_value(value) for value in values])
            for name, values in query.facets.items()
            if values
        }

    def results(self) -> Results:
        query = self._query
        passing = self._passing()
        per_page = max(1, query.per_page)
        page = min(max(1, query.page), max(1, -(-len(passing) // per_page)))
        return Results(
            total=len(passing),
            hits=self._ranked(passing, (page - 1) * per_page, per_page),
            page=page,
            facets={name: self._counts(name, query.values) for name in query.counted},
            years={int(year): count for year, count in sorted(self._counts("year", 1000)) if year.isdigit()},
            suggestion=self._suggestion(len(passing)),
            unknown=self._mended.unknown,
            ignored=self._asked.ignored,
        )

    def _carrying(self, name: str, values: Sequence[str]) -> set[int]:
        statement = text("SELECT page_id FROM search_facet WHERE name = :name AND value = ANY(:values)")
        return set(self._connection.execute(statement, {"name": name, "values": list(values)}).scalars())

    def _passing(self, but: str = "") -> list[int]:
        chosen = [pages for name, pages in self._chosen.items() if name != but]
        return [page_id for page_id in self._found if all(page_id in pages for pages in chosen)]

    def _ranked(self, passing: list[int], skip: int, take: int) -> list[Hit]:
        order = self._query.order
        if order == "relevance" and self._asked.says_something and (self._asked.words or self._asked.ignored):
            best = sorted((self._found[page_id] for page_id in passing), key=_rank, reverse=True)
            return [Hit(found.page_id, found.score) for found in best[skip : skip + take]]
        known = _ORDERS.get(order, _ORDERS["newest"])
        statement = text(
            f"SELECT page_id FROM search_document WHERE page_id = ANY(:passing) ORDER BY {known} "  # noqa: S608 - ours
            "OFFSET :skip LIMIT :take"
        )
        wanted = {"passing": passing, "skip": skip, "take": take}
        return [Hit(page_id) for page_id in self._connection.execute(statement, wanted).scalars()]

    def _counts(self, name: str, limit: int) -> list[tuple[str, int]]:
        statement = text(
            "SELECT value, count(*) FROM search_facet WHERE name = :name AND page_id = ANY(:passing) "
            'GROUP BY value ORDER BY 2 DESC, value COLLATE "C"'
        )
        rows = self._connection.execute(statement, {"name": name, "passing": self._passing(but=name)})
        counts = [(row[0], row[1]) for row in rows]
        chosen = self._query.facets.get(name, ())
        return counts[:limit] + [(value, count) for value, count in counts[limit:] if value in chosen]

    def _suggestion(self, total: int) -> str | None:
        if total or not self._asked.phrases:
            return self._mended.suggestion
        loose = " ".join(word.text for word in self._asked.words)
        mended = spelling.mend(_Vocabulary(self._connection), read(loose))
        return loose if any(True for _found in _matches(self._connection, mended)) else None


def _rank(found: _Found) -> tuple[float, int, int, int]:
    return found.score, found.popularity, found.starts, found.revision_id


def _passes(found: _Found, query: Query) -> bool:
    """Whether a page is in the period and the place asked for."""
    today = first_day(query.today)
    early, late = _DAYS
    if query.when == "past" and today and not early <= found.ends < today:
        return False
    if query.when == "coming" and today and not today <= found.ends <= late:
        return False
    if query.since and not first_day(query.since) <= found.ends <= late:
        return False
    if query.until and not early <= found.starts <= last_day(query.until):
        return False
    if query.near is None:
        return True
    placed = found.latitude is not None and found.longitude is not None
    return placed and within(query.near, found.latitude or 0.0, found.longitude or 0.0)


# Words


def _matches(connection: Connection, mended: Mended) -> Iterator[_Found]:
    """The pages that answer the words, with their scores."""
    plan = Plan(mended)
    if plan.only_stop_words:
        words = list(plan.asked.ignored)
        named = _named(connection, [Span(0, len(words), word_keys(words))])
        yield from _read(_rows(connection, plan, {page_id for _span, page_id, _rank, _value in named}))
        return
    if not plan.asked.words:
        yield from _read(_rows(connection, plan, None))
        return
    named = _named(connection, plan.spans)
    carrying = [_carriers(connection, named, index) for index in range(len(plan.forms))]
    rows = _rows(connection, plan, set().union(*carrying))
    levels = [[row[-len(plan.forms) + index] for row in rows] for index in range(len(plan.forms))]
    frequencies = [sum(1 for level in column if level) for column in levels]
    pages = connection.execute(text("SELECT count(*) FROM search_document")).scalar_one()
    weights = Weights(plan, frequencies, pages)
    impacts = [
        [
            max(_impact(level, plan.corrected[index]), CARRIES if row.page_id in carrying[index] else 0)
            for row, level in zip(rows, column, strict=True)
        ]
        for index, column in enumerate(levels)
    ]
    coverages = [
        sum(share for share, impact in zip(weights.shares, row_impacts, strict=True) if impact)
        for row_impacts in zip(*impacts, strict=True)
    ]
    threshold = _threshold(coverages, weights.all_words)
    bonus: dict[int, int] = {}
    for span, page_id, rank, _value in named:
        bonus[page_id] = max(bonus.get(page_id, 0), weights.bonus(span, rank))
    for row, coverage, row_impacts in zip(rows, coverages, zip(*impacts, strict=True), strict=True):
        if coverage >= threshold:
            score = sum(scale * impact / 255 for scale, impact in zip(weights.scales, row_impacts, strict=True))
            yield _found(row, round(score) + bonus.get(row.page_id, 0))


def _impact(weight: str, corrected: bool) -> int:
    impact = IMPACTS.get(weight, 0)
    return impact * CORRECTED // 255 if corrected else impact


def _threshold(coverages: Sequence[int], whole: int) -> int:
    """As for an index on disk: all the words, where that leaves few pages as much as gives a few."""
    best = sorted(coverages, reverse=True)[:FEW]
    if not best or (len(best) == FEW and best[-1] >= whole):
        return whole
    lowest = lowest_coverage(best[0]) if whole else 0
    return max(best[-1], lowest) if len(best) == FEW else lowest


def _read(rows: Iterable[Any]) -> Iterator[_Found]:
    return (_found(row, 0) for row in rows)


def _found(row: Any, score: float) -> _Found:
    return _Found(
        score, row.popularity, row.starts, row.revision_id, row.page_id, row.ends, row.latitude, row.longitude
    )


def _rows(connection: Connection, plan: Plan, besides: set[int] | None) -> Sequence[Any]:
    """Pages that hold a word or are among `besides` (all pages where that is None), and the weight of each word there.

    Those that lack a phrase, or hold what is excluded, are left out.
    """
    values: dict[str, Any] = {}
    columns = ["page_id", "revision_id", "popularity", "starts", "ends", "latitude", "longitude"]
    conditions = ["true"] if besides is None else ["page_id = ANY(:besides)"]
    if besides is not None:
        values["besides"] = sorted(besides)
    for index, forms in enumerate(plan.forms):
        cases = []
        for weight in IMPACTS:
            values[f"word{index}{weight}"] = " | ".join(f"{quoted(form)}:{weight}" for form in forms)
            cases.append(f"WHEN words @@ CAST(:word{index}{weight} AS tsquery) THEN '{weight}'")
        columns.append(f"CASE {' '.join(cases)} ELSE '' END AS weight{index}")
    if plan.forms:
        values["any"] = " | ".join(quoted(form) for forms in plan.forms for form in forms)
        conditions.append("words @@ CAST(:any AS tsquery)")
    where = f"({' OR '.join(conditions)})"
    for index, phrase in enumerate(plan.asked.phrases):
        values[f"phrase{index}"] = _tsquery(phrase)
        where += f" AND words @@ CAST(:phrase{index} AS tsquery)"
    for index, phrase in enumerate(plan.asked.excluded):
        values[f"excluded{index}"] = _tsquery(phrase)
        where += f" AND NOT words @@ CAST(:excluded{index} AS tsquery)"
    statement = text(f"SELECT {', '.join(columns)} FROM search_document WHERE {where}")  # noqa: S608 - names are ours
    return connection.execute(statement, values).all()


def _tsquery(phrase: Phrase) -> str:
    pieces: list[str] = []
    before = 0
    for step, word in phrase.words:
        pieces.append(f"<{step - before}>" if pieces else "")
        pieces.append("(" + " | ".join(map(quoted, word.forms)) + ")")
        before = step
    return " ".join(pieces)


def _named(connection: Connection, spans: Sequence[Span]) -> list[tuple[Span, int, int, str]]:
    """(words of the query, page, rank, value it stands for) for each name that words of the query make up."""
    by_key: dict[str, list[Span]] = {}
    for span in spans:
        for key in span.keys:
            by_key.setdefault(key, []).append(span)
    statement = text(
        "SELECT key, page_id, rank, stands_for FROM search_name JOIN search_document USING (page_id) "
        "WHERE key = ANY(:keys)"
    )
    rows = connection.execute(statement, {"keys": list(by_key)})
    return [(span, row.page_id, row.rank, row.stands_for) for row in rows for span in by_key[row.key]]


def _carriers(connection: Connection, named: Sequence[tuple[Span, int, int, str]], index: int) -> set[int]:
    """The pages that carry what a word of the query names."""
    found: set[int] = set()
    for carried in {value for span, _page, _rank, value in named if value and span.start <= index < span.end}:
        name, _equals, value = carried.partition("=")
        statement = text("SELECT page_id FROM search_facet WHERE name = :name AND value = :value")
        found |= set(connection.execute(statement, {"name": name, "value": value}).scalars())
    return found


class _Vocabulary:
    """See `spelling.Vocabulary`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _column(self, statement: str, **values: Any) -> list[Any]:
        return list(self._connection.execute(text(statement), values).scalars())

    def frequency(self, forms: Sequence[str]) -> int:
        """One where there is any: all that spelling asks."""
        query = " | ".join(map(quoted, forms))
        return len(self._column("SELECT 1 FROM search_document WHERE words @@ CAST(:q AS tsquery) LIMIT 1", q=query))

    def naming(self, word: str) -> int:
        return int(self._column("SELECT count(*) FROM search_word WHERE word = :word", word=word)[0])

    def alike(self, text: str, reach: int) -> Mapping[str, int]:
        start, end = ends_kept(text, reach)
        words = self._column(
            "SELECT word FROM search_word WHERE word LIKE :start UNION "
            'SELECT word FROM search_word WHERE reverse(word) COLLATE "C" LIKE :end',
            start=f"{start}%", end=f"{end[::-1]}%",
        )  # fmt: skip
        return nearest(text, words, reach)

    def beginning(self, text: str) -> list[str]:
        return self._column("SELECT DISTINCT word FROM search_word WHERE word LIKE :start", start=f"{text}%")

    def written(self, word: str) -> str:
        return str(self._column("SELECT written FROM search_word WHERE word = :word LIMIT 1", word=word)[0])

    def forms_from(self, prefix: str) -> list[str]:
        """None: a tsvector does not tell what begins so."""
        return []


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

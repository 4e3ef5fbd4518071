"""The engine of a wiki on PostgreSQL: its full-text index finds, the rules of `scoring` rank.

The words are analysed here, not by PostgreSQL's `french` configuration: accents, elisions and compounds are found as
on a wiki without PostgreSQL, and no extension is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import nlargest
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy import Engine as Database

from wiki.search import spelling
from wiki.search.analysis import fold, is_stop_word, word_keys
from wiki.search.asking import Phrase, read
from wiki.search.families import Families
from wiki.search.filters import within
from wiki.search.interface import Hit, Progress, Query, Results, SearchDocument, Suggestion
from wiki.search.postgresql_tables import STEPS, Tables, impact_of, quoted, with_step
from wiki.search.postings import NAMES_ALIAS, clean_value, first_day, last_day, order_key, quarter, simple_words
from wiki.search.resemblance import ends_kept, nearest
from wiki.search.scoring import CARRIES, CORRECTED, FEW, Plan, Span, Weights, followed, lowest_coverage
from wiki.search.spelling import Mended
from wiki.search.suggesting import PLACES_SHOWN, SHORT

_ORDERS = {
    "newest": "starts DESC, revision_id DESC",
    "oldest": "starts = 0, starts, CASE starts WHEN 0 THEN -revision_id ELSE revision_id END",
    "title": "order_key, page_id",
    "changed": "revision_id DESC",
}


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
        self._mended = spelling.mend(_Vocabulary(connection), self._asked)
        self._scores, self._scored = _matches(connection, self._mended)
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
        return _pages_of(self._connection, "search_facet", condition, name=name, values=list(map(clean_value, values)))

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
        roots = self._families.roots() if self._query.as_families else {}
        families = {"pages": list(roots), "roots": list(roots.values())}
        statement = text(
            "SELECT name, value, count(DISTINCT coalesce(root, page_id)) FROM search_facet "
            "LEFT JOIN unnest(CAST(:pages AS bigint[]), CAST(:roots AS bigint[])) AS family (page_id, root) "
            "USING (page_id) WHERE name = ANY(:names) AND page_id = ANY(:passing) "
            'GROUP BY name, value ORDER BY 3 DESC, value COLLATE "C"'
        )
        alone = [[name] for name in names if name in self._chosen]
        for group in ([name for name in names if name not in self._chosen], *alone):
            passing = self._passing(but=group[0] if group else "")
            if group and passing:
                for name, value, count in self._connection.execute(
                    statement, {"names": group, "passing": passing, **families}
                ):
                    counts.setdefault(name, []).append((value, count))
        return counts

    def _shown(self, name: str, counts: list[tuple[str, int]]) -> list[tuple[str, int]]:
        chosen = self._query.facets.get(name, ())
        limit = self._query.values
        return counts[:limit] + [(value, count) for value, count in counts[limit:] if value in chosen]

    def _suggestion(self, total: int) -> str | None:
        if total or not self._asked.phrases:
            return self._mended.suggestion
        loose = " ".join(word.text for word in self._asked.words)
        found, _scored = _matches(self._connection, spelling.mend(_Vocabulary(self._connection), read(loose)))
        return loose if found else None


def _pages_of(connection: Connection, table: str, condition: str, **values: Any) -> set[int]:
    """The pages of the rows that meet a condition."""
    statement = text(f"SELECT array_agg(page_id) FROM {table} WHERE {condition}")  # noqa: S608 - ours
    return set(connection.execute(statement, values).scalar() or ())


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
        yield _pages_of(connection, "search_document", " AND ".join(asked), **named)
    if query.near:
        statement = text("SELECT page_id, latitude, longitude FROM search_document WHERE latitude IS NOT NULL")
        rows = connection.execute(statement)
        yield {row.page_id for row in rows if within(query.near, row.latitude, row.longitude)}


def _families(connection: Connection) -> Families:
    """Which pages belong together."""
    rows = connection.execute(text("SELECT page_id, origin FROM search_document WHERE origin <> 0"))
    return Families((row.page_id, row.origin) for row in rows)


# Words


def _matches(connection: Connection, mended: Mended) -> tuple[dict[int, float], bool]:
    """The pages that answer the words, with their scores; whether the scores say anything."""
    plan = Plan(mended)
    if plan.only_stop_words:
        words = list(plan.asked.ignored)
        named = _named(connection, [Span(0, len(words), word_keys(words))])
        return dict.fromkeys((page_id for _span, page_id, _rank, _value in named), 1.0), True
    if not plan.asked.words:
        everything = _pages_of(connection, "search_document", "true")
        return dict.fromkeys(_allowed(connection, plan, everything), 0.0), False
    named = _named(connection, plan.spans)
    impacts = [_impacts(connection, forms) for forms in plan.forms]
    pages = connection.execute(text("SELECT count(*) FROM search_document")).scalar_one()
    weights = Weights(plan, list(map(len, impacts)), pages)
    for index, found in enumerate(impacts):
        if plan.corrected[index]:
            found = impacts[index] = {page_id: impact * CORRECTED // 255 for page_id, impact in found.items()}
        for page_id in _carriers(connection, named, index):
            found[page_id] = max(found.get(page_id, 0), CARRIES)
    coverages: dict[int, int] = dict.fromkeys(set().union(*impacts), 0)
    scores: dict[int, float] = dict.fromkeys(coverages, 0.0)
    for found, share, scale in zip(impacts, weights.shares, weights.scales, strict=True):
        for page_id, impact in found.items():
            coverages[page_id] += share
            scores[page_id] += scale * impact / 255
    bonus: dict[int, int] = {}
    for span, page_id, rank, _value in named:
        bonus[page_id] = max(bonus.get(page_id, 0), weights.bonus(span, rank))
    allowed = _allowed(connection, plan, set(coverages))
    threshold = _threshold([coverages[page_id] for page_id in allowed], weights.all_words)
    called = {page_id for span, page_id, _rank, _value in named if weights.is_enough(span)}
    enough = [page_id for page_id in allowed if coverages[page_id] >= threshold or page_id in called]
    gained = _followed(connection, enough)
    return {page_id: round(scores[page_id]) + bonus.get(page_id, 0) + gained[page_id] for page_id in enough}, True


def _followed(connection: Connection, pages: list[int]) -> dict[int, int]:
    """What each page gains by those that lead to it."""
    rows = connection.execute(
        text("SELECT page_id, popularity FROM search_document WHERE page_id = ANY(:pages)"), {"pages": pages}
    )
    return {row.page_id: followed(row.popularity) for row in rows}


def _impacts(connection: Connection, forms: Sequence[str]) -> dict[int, int]:
    """How much each page that holds a word is about it."""
    parts = []
    values = {}
    for step in range(STEPS):
        values[f"step{step}"] = " | ".join(quoted(with_step(form, step)) for form in forms)
        chosen = f"FROM search_document WHERE words @@ CAST(:step{step} AS tsquery)"
        parts.append(f"SELECT {step}, array_agg(page_id) {chosen}")
    found: dict[int, int] = {}
    for step, pages in sorted(connection.execute(text(" UNION ALL ".join(parts)), values).tuples()):
        found.update(dict.fromkeys(pages or (), impact_of(step)))
    return found


def _allowed(connection: Connection, plan: Plan, pages: set[int]) -> set[int]:
    """Those of the pages that hold every phrase and nothing of what is excluded."""
    for phrase in plan.asked.phrases:
        pages = pages & _pages_of(connection, "search_document", "words @@ CAST(:q AS tsquery)", q=_tsquery(phrase))
    for phrase in plan.asked.excluded:
        pages = pages - _pages_of(connection, "search_document", "words @@ CAST(:q AS tsquery)", q=_tsquery(phrase))
    return pages


def _tsquery(phrase: Phrase) -> str:
    pieces: list[str] = []
    before = 0
    for step, word in phrase.words:
        pieces.append(f"<{step - before}>" if pieces else "")
        pieces.append("(" + " | ".join(map(quoted, word.forms)) + ")")
        before = step
    return " ".join(pieces)


def _threshold(coverages: Sequence[int], whole: int) -> int:
    """As for an index on disk: all the words, where that leaves few pages as much as gives a few."""
    best = nlargest(FEW, coverages)
    if not best or not whole:
        return 0
    if len(best) == FEW and best[-1] >= whole:
        return whole
    lowest = lowest_coverage(best[0])
    return max(best[-1], lowest) if len(best) == FEW else lowest


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
        found |= _pages_of(connection, "search_facet", "name = :name AND value = :value", name=name, value=value)
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

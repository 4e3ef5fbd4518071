"""Which pages of the tables answer the words of a query, and how well: `scoring`, asked of PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from heapq import nlargest
from typing import Any

from sqlalchemy import Connection, text

from wiki.search.analysis import word_keys
from wiki.search.asking import Phrase
from wiki.search.postgresql_tables import STEPS, impact_of, quoted, with_step
from wiki.search.postings import first
from wiki.search.resemblance import ends_kept, nearest
from wiki.search.scoring import (
    CARRIES,
    CORRECTED,
    DATED,
    FEW,
    LEADS,
    RELATED,
    Plan,
    Span,
    Weights,
    followed,
    lowest_coverage,
)
from wiki.search.spelling import Mended


def matches(connection: Connection, mended: Mended) -> tuple[dict[int, float], bool]:
    """The pages that answer the words, with their scores; whether the scores say anything."""
    plan = Plan(mended)
    if plan.only_stop_words:
        words = list(plan.asked.ignored)
        named = _named(connection, [Span(0, len(words), word_keys(words))])
        return dict.fromkeys((page_id for _span, page_id, _rank, _value in named), 1.0), True
    if not plan.asked.words:
        everything = pages_of(connection, "search_document", "true")
        return dict.fromkeys(_allowed(connection, plan, everything), 0.0), False
    named = _named(connection, plan.spans)
    impacts = [_impacts(connection, forms) for forms in plan.forms]
    pages = connection.execute(text("SELECT count(*) FROM search_document")).scalar_one()
    weights = Weights(plan, list(map(len, impacts)), pages)
    for index, found in enumerate(impacts):
        if plan.corrected[index]:
            found = impacts[index] = {page_id: impact * CORRECTED // 255 for page_id, impact in found.items()}
        if plan.relatives[index]:
            for page_id, impact in _impacts(connection, plan.relatives[index]).items():
                found[page_id] = max(found.get(page_id, 0), impact * RELATED // 255)
        for page_id in _carriers(connection, named, index):
            found[page_id] = max(found.get(page_id, 0), CARRIES)
        for page_id in _carriers(connection, named, index, first):
            found[page_id] = max(found.get(page_id, 0), LEADS)
        if year := plan.years[index]:
            for page_id in pages_of(connection, "search_facet", "name = 'year' AND value = :year", year=year):
                found[page_id] = max(found.get(page_id, 0), DATED)
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
        pages = pages & pages_of(connection, "search_document", "words @@ CAST(:q AS tsquery)", q=_tsquery(phrase))
    for phrase in plan.asked.excluded:
        pages = pages - pages_of(connection, "search_document", "words @@ CAST(:q AS tsquery)", q=_tsquery(phrase))
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


def _carriers(
    connection: Connection,
    named: Sequence[tuple[Span, int, int, str]],
    index: int,
    facet: Callable[[str], str] = str,
) -> set[int]:
    """The pages that carry what a word of the query names, in the facet of that name."""
    found: set[int] = set()
    for carried in {value for span, _page, _rank, value in named if value and span.start <= index < span.end}:
        name, _equals, value = carried.partition("=")
        found |= pages_of(connection, "search_facet", "name = :name AND value = :value", name=facet(name), value=value)
    return found


class Vocabulary:
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


def pages_of(connection: Connection, table: str, condition: str, **values: Any) -> set[int]:
    """The pages of the rows that meet a condition."""
    statement = text(f"SELECT array_agg(page_id) FROM {table} WHERE {condition}")  # noqa: S608 - ours
    return set(connection.execute(statement, values).scalar() or ())

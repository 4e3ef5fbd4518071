"""The engine of a wiki on one machine: Whoosh keeps the index, this house does the arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from wiki.search import filters, ranking, spelling, suggesting
from wiki.search.asking import read
from wiki.search.folder import Folder, Snapshot
from wiki.search.interface import Progress, Query, Results, SearchDocument, Suggestion
from wiki.search.matching import Matcher, Matches
from wiki.search.segments import Part

# Segments of about the same size are merged once there are this many of them.
MERGED_TOGETHER = 8
# A merge holds up the saves that come meanwhile, so larger ones are left to a rebuild.
MERGED_MAXIMUM = 5_000


class WhooshEngine:
    """See `Engine`. Safe among threads, and among processes that share the folder."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._folder = Folder(folder, durable)

    @property
    def last_task(self) -> int:
        return self._folder.snapshot().last_task

    def index(
        self, documents: Iterable[SearchDocument], *, delete: Iterable[int] = (), last_task: int | None = None
    ) -> None:
        self._folder.write(documents, delete, last_task)

    def delete(self, page_ids: Iterable[int], *, last_task: int | None = None) -> None:
        self._folder.write((), page_ids, last_task)

    def rebuild(
        self, documents: Iterable[SearchDocument], *, last_task: int = 0, progress: Progress | None = None
    ) -> None:
        self._folder.rebuild(documents, last_task, progress)

    def search(self, query: Query) -> Results:
        with self._folder.reading() as snapshot:
            return _Answer(snapshot, query).results()

    def suggest(self, text: str, limit: int = 8, *, places: str = "city") -> list[Suggestion]:
        with self._folder.reading() as snapshot:
            return suggesting.suggest(snapshot, text, limit, places)

    def state(self) -> dict[int, int]:
        with self._folder.reading() as snapshot:
            return {page_id: revision_id for part in snapshot.parts for page_id, revision_id in part.pages()}

    def tidy(self) -> bool:
        return self._folder.merge(_crowded)

    def close(self) -> None:
        self._folder.close()


class _Answer:
    """One query on its way to its results."""

    def __init__(self, snapshot: Snapshot, query: Query) -> None:
        self._snapshot = snapshot
        self._query = query
        self._asked = read(query.words)
        self._mended = spelling.mend(snapshot, self._asked)
        self._found = Matcher(snapshot, self._mended).matches()
        families = snapshot.families
        self._filters = [filters.Filters(matches.part, query, matches.documents, families) for matches in self._found]

    def results(self) -> Results:
        query = self._query
        passing = [
            Matches(matches.part, narrowed.passing(), matches.scores)
            for matches, narrowed in zip(self._found, self._filters, strict=True)
        ]
        others: dict[int, list[int]] = {}
        if query.as_families:
            passing, others = ranking.as_families(passing, query.order, self._snapshot.families)
        total = sum(matches.documents.bit_count() for matches in passing)
        per_page = max(1, query.per_page)
        page = min(max(1, query.page), max(1, -(-total // per_page)))
        hits = ranking.ranked(passing, query.order, (page - 1) * per_page, per_page) if total else []
        return Results(
            total=total,
            hits=[replace(hit, others=others.get(hit.page_id, ())) for hit in hits],
            page=page,
            facets={name: self._counts(name, query.values) for name in query.counted},
            years={int(year): count for year, count in sorted(self._counts("year", 1000)) if year.isdigit()},
            suggestion=self._suggestion(total),
            unknown=self._mended.unknown,
            ignored=self._asked.ignored,
        )

    def _counts(self, name: str, limit: int) -> list[tuple[str, int]]:
        return filters.counts(self._filters, name, self._query.facets.get(name, ()), limit)

    def _suggestion(self, total: int) -> str | None:
        """The words that were meant, or the same words without quotes where those leave nothing."""
        if total or not self._asked.phrases:
            return self._mended.suggestion
        loose = " ".join(word.text for word in self._asked.words)
        found = Matcher(self._snapshot, spelling.mend(self._snapshot, read(loose))).matches()
        return loose if any(matches.documents for matches in found) else None


def _crowded(parts: Sequence[Part]) -> Sequence[Part]:
    """The segments to merge next: many of about one size, or one that holds mostly what is gone."""
    tiers: dict[int, list[Part]] = {}
    for part in parts:
        if part.segment.size <= MERGED_MAXIMUM // MERGED_TOGETHER:
            tiers.setdefault(part.segment.size.bit_length() // 3, []).append(part)
    return next((tier for _size, tier in sorted(tiers.items()) if len(tier) >= MERGED_TOGETHER), ())

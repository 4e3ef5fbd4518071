"""How well the judged queries are answered: nDCG at 10 over the seed library.

    python -m benchmarks.search.quality [--worst 15]
"""

from __future__ import annotations

import argparse
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import log2
from pathlib import Path
from statistics import mean

from wiki import create_app, migrations
from wiki.database import db
from wiki.pages import indexing, queries, seeds
from wiki.search import Engine, Query

JUDGED = Path(__file__).with_name("judged.toml")
GAINS = {"exact": 3, "good": 2, "near": 1}
DEPTH = 10


@dataclass(frozen=True)
class Judged:
    """A query and what each page is worth to whoever asks it."""

    words: str
    sort: str
    gains: Mapping[str, int]


@dataclass(frozen=True)
class Answer:
    """What an engine said to a judged query."""

    judged: Judged
    slugs: Sequence[str]
    total: int

    @property
    def quality(self) -> float:
        """nDCG at 10, gains 2^g - 1."""
        ideal = _discounted(sorted(self.judged.gains.values(), reverse=True))
        return _discounted([self.judged.gains.get(slug, 0) for slug in self.slugs]) / ideal


def judged_queries(path: Path = JUDGED) -> Iterator[Judged]:
    for entry in tomllib.loads(path.read_text("utf-8"))["query"]:
        gains = {slug: gain for name, gain in GAINS.items() for slug in entry.get(name, ())}
        yield Judged(entry["words"], entry["sort"], gains)


@contextmanager
def seeded_wiki(database: str = "") -> Iterator[tuple[Engine, Mapping[int, str]]]:
    """A new wiki with the seed library, indexed as any wiki is: its engine, and the address of each page.

    In the empty `database` at an address where one is given.
    """
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATA": folder} | ({"DATABASE_URL": database} if database else {}))
        with app.app_context():
            migrations.upgrade()
            seeds.seed()
            indexing.reindex()
            yield indexing.engine(), {page.id: page.slug for page in queries.every()}
            db.session.remove()
            db.engine.dispose()


def answers(engine: Engine, slugs: Mapping[int, str], path: Path = JUDGED) -> list[Answer]:
    """The engine's first ten pages for each judged query."""
    found = []
    for judged in judged_queries(path):
        results = engine.search(Query(words=judged.words, per_page=DEPTH))
        found.append(Answer(judged, [slugs[hit.page_id] for hit in results.hits], results.total))
    return found


def _discounted(gains: Sequence[int]) -> float:
    return sum((2**gain - 1) / log2(rank + 2) for rank, gain in enumerate(gains[:DEPTH]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worst", type=int, default=15, help="show so many of the worst answers")
    parser.add_argument("--judged", type=Path, default=JUDGED, help="another set of judged queries")
    options = parser.parse_args()
    with seeded_wiki() as (engine, slugs):
        found = answers(engine, slugs, options.judged)
    if missing := {slug for answer in found for slug in answer.judged.gains} - set(slugs.values()):
        print("judged, but not in the library:", ", ".join(sorted(missing)))
    by_sort = defaultdict(list)
    for answer in found:
        by_sort[answer.judged.sort].append(answer.quality)
    for answer in sorted(found, key=lambda answer: answer.quality)[: options.worst]:
        print(f"{answer.quality:.3f}  {answer.judged.words}  ({answer.total})")
        for slug in answer.slugs:
            print(f"         {answer.judged.gains.get(slug, 0)} {slug}")
    for sort, qualities in sorted(by_sort.items()):
        print(f"{mean(qualities):.3f}  {sort} ({len(qualities)})")
    empty = [answer.judged.words for answer in found if not answer.total]
    quality = mean(answer.quality for answer in found)
    print(f"nDCG@{DEPTH} {quality:.4f} over {len(found)} queries; without an answer: {empty}")


if __name__ == "__main__":
    main()

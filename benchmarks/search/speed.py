"""What searching costs, in CPU time, at several sizes of wiki, beside SQLite's FTS5 over the same analysed texts.

    python -m benchmarks.search.speed 2000 20000 [--queries 100] [--no-fts]

Every query of a class is another one and is asked once: nothing is answered from what the one before left behind,
but for what a worker keeps in memory anyway. The yardstick finds, orders and counts as the engine does, in SQL.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from benchmarks.search.corpus import Corpus
from benchmarks.search.yardstick import Fts5
from wiki.search import Query, WhooshEngine

YEAR_2020 = datetime(2020, 1, 1, tzinfo=UTC)
FACETS = ("kind", "theme", "city", "country", "format", "recipe")


def query_classes(corpus: Corpus, chance: random.Random, number: int) -> Iterator[tuple[str, list[Query | str]]]:
    """(name, queries) of each class; a text stands for a suggestion."""
    common, rare = corpus.words[20:220], corpus.words[3000:9000]
    years = [str(year) for year in range(2005, 2027)]

    def several(make: Callable[[], Query | str]) -> list[Query | str]:
        return [make() for _ in range(number)]

    def theme() -> str:
        return chance.choice(corpus.themes)

    def mistyped() -> str:
        word = chance.choice([word for word in corpus.title_words if len(word) > 6])
        place = chance.randrange(1, len(word) - 1)
        return word[:place] + word[place + 1 :]

    yield "common word", several(lambda: Query(words=chance.choice(common)))
    yield "rare word", several(lambda: Query(words=chance.choice(rare)))
    yield "two words", several(lambda: Query(words=f"{chance.choice(common)} {chance.choice(rare)}"))
    yield "two common words", several(lambda: Query(words=" ".join(chance.sample(common, 2))))
    yield "six words", several(lambda: Query(words=" ".join(chance.sample(common, 3) + chance.sample(rare, 3))))
    yield "phrase", several(lambda: Query(words=f'"{corpus.phrase(chance)}"'))
    yield "word, theme, years", several(
        lambda: Query(
            words=chance.choice(common), facets={"theme": (theme(),), "year": chance.sample(years, 3)},
            counted=FACETS, as_families=True,
        )
    )
    yield "theme, years", several(
        lambda: Query(facets={"theme": (theme(),), "year": chance.sample(years, 3)}, counted=FACETS, as_families=True)
    )
    yield "word, all counts", several(lambda: Query(words=chance.choice(common), counted=FACETS, as_families=True))
    yield "no word, all counts", several(lambda: Query(counted=FACETS, as_families=True, when="past", at=YEAR_2020))
    yield "by date", several(lambda: Query(words=chance.choice(common), order="oldest"))
    yield "suggestion", several(lambda: chance.choice(corpus.title_words)[: chance.randrange(2, 7)])
    yield "typo", several(lambda: Query(words=mistyped()))


def measured(
    ask: Callable[[Query | str], object],
    queries: Sequence[Query | str],
    clock: Callable[[], float] = time.process_time,
) -> tuple[float, float]:
    """Median and 99th percentile of a class, in milliseconds, of CPU unless another clock is given."""
    times = []
    for query in queries:
        started = clock()
        ask(query)
        times.append(1000 * (clock() - started))
    times.sort()
    return times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.99))]


def resident() -> float:
    """Memory of this process, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def build(size: int, folder: Path) -> float:
    """Index a corpus; the CPU seconds that took, without those of making it up."""
    corpus = Corpus(size)
    started = time.process_time()
    WhooshEngine(folder).rebuild(corpus.documents())
    return time.process_time() - started - corpus.spent


def run(size: int, number: int, with_fts: bool) -> None:
    corpus = Corpus(size)
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        # Elsewhere, so that the memory it took does not pass for that of searching.
        with ProcessPoolExecutor(1, get_context("spawn")) as elsewhere:
            spent = elsewhere.submit(build, size, index).result()
        megabytes = sum(file.stat().st_size for file in index.rglob("*") if file.is_file()) / 2**20
        print(f"\n{size} pages: {size / spent:.0f} indexed a CPU second, {megabytes:.0f} MB on disk")
        engine = WhooshEngine(index)
        before = resident()
        started = time.process_time()
        engine.last_task  # noqa: B018 - opens the index
        print(f"opening {1000 * (time.process_time() - started):.1f} ms")
        started = time.process_time()
        engine.search(Query(words="jardin", counted=FACETS, order="title", as_families=True))
        engine.search(Query(order="oldest"))
        engine.suggest("ja")
        engine.search(Query(words="jardinx"))
        print(f"first questions {1000 * (time.process_time() - started):.0f} ms")
        fts = Fts5(Path(folder) / "fts.sqlite", corpus.documents(), FACETS) if with_fts else None
        print(f"{'':22}{'p50':>8}{'p99':>8}" + (f"{'FTS5 p50':>12}{'p99':>8}" if fts else ""))
        for name, queries in query_classes(corpus, random.Random(size), number):
            line = "{:22}{:8.1f}{:8.1f}".format(name, *measured(_asking(engine), queries))
            if fts:
                line += "{:12.1f}{:8.1f}".format(*measured(fts.ask, queries))
            print(line, flush=True)
        if not fts:
            print(f"memory {resident() - before:.0f} MiB more than before opening")
        started = time.process_time()
        engine.index([next(corpus.documents())], last_task=1)
        print(f"one page saved {1000 * (time.process_time() - started):.0f} ms", end="")
        started = time.process_time()
        engine.search(Query(words="jardin"))
        print(f", first question after {1000 * (time.process_time() - started):.1f} ms")


def _asking(engine: WhooshEngine) -> Callable[[Query | str], object]:
    return lambda query: engine.suggest(query) if isinstance(query, str) else engine.search(query)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="*", default=[2000, 20000])
    parser.add_argument("--queries", type=int, default=100, help="how many of each class")
    parser.add_argument("--no-fts", action="store_true", help="leave the yardstick out, and measure memory")
    options = parser.parse_args()
    for size in options.sizes:
        run(size, options.queries, not options.no_fts)


if __name__ == "__main__":
    main()

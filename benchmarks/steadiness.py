"""Whether memory and open files stay where they are while requests of every kind go by.

    python -m benchmarks.steadiness --data DIR [--requests 10000]

Reads what a visitor may read of the pages of DIR, searches, asks for what does not exist, and previews, in this
process. Prints resident memory and descriptors after every tenth of the requests; the first tenth warms up.
"""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import select

from wiki import create_app
from wiki.database import db
from wiki.pages.models import Page

WORDS = ["jardin", "copy party", "cartoparti", "brest 2013", '"bien commun"', "-zzz", "x" * 400, "éàü", "🥖"]
OF_A_PAGE = ["", ".md", ".json", "/history", "/links", "/edit", "/variants", "?revision=1", "/cite", "/authors"]
OF_THE_WIKI = ["/", "/recipes", "/events", "/events.ics", "/events.geojson", "/changes", "/changes.atom", "/login"]


def resident() -> int:
    """Resident memory of this process, in KiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def addresses(slugs: list[str], source: random.Random) -> Iterator[str]:
    """Addresses without end, most of them of pages."""
    while True:
        match source.randrange(10):
            case 0:
                yield source.choice(OF_THE_WIKI)
            case 1:
                yield f"/search?q={quote(source.choice(WORDS))}&page={source.randrange(4)}"
            case _:
                yield f"/wiki/{source.choice(slugs)}{source.choice(OF_A_PAGE)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--requests", type=int, default=10_000)
    asked = parser.parse_args()
    app = create_app({"DATA": asked.data, "PREVIEW_RATE": "1000000/minute", "SEARCH_RATE": "1000000/minute"})
    with app.app_context():
        slugs = list(db.session.execute(select(Page.slug)).scalars())
    source = random.Random(1)
    statuses: dict[int, int] = {}
    for number, address in zip(range(asked.requests), addresses(slugs, source), strict=False):
        with app.test_client().get(address) as answer:
            assert answer.data is not None
            statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        if (number + 1) % (asked.requests // 10) == 0:
            held = len(os.listdir("/proc/self/fd"))
            print(f"{number + 1:6} requests  {resident() / 1024:7.1f} MiB  {held} descriptors", flush=True)
    print(statuses)


if __name__ == "__main__":
    main()

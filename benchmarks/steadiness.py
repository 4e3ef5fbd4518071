"""Whether memory and open files stay where they are while requests of every kind go by.

    python -m benchmarks.steadiness --data DIR [--requests 10000]

Reads, searches, asks for what does not exist, previews and saves, in this process; DIR is written to. Prints resident
memory and descriptors after every tenth of the requests; the first tenth warms up.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from wiki import create_app
from wiki.database import db
from wiki.pages import indexing
from wiki.pages.models import Page

WORDS = ["jardin", "copy party", "cartoparti", "brest 2013", '"bien commun"', "-zzz", "x" * 400, "éàü", "🥖"]
OF_A_PAGE = [".md", ".json", "/history", "/links", "/edit", "/variants", "?revision=1", "/cite", "/authors"]
OF_THE_WIKI = ["/recipes", "/events", "/events.ics", "/events.geojson", "/changes", "/changes.atom", "/login"]
MISSING = ["/nulle-part", "/wiki/nulle-part", "/static/nulle-part.css", "/people/personne", "/wiki/%ff"]
NAME, PASSWORD = "Personne pressée", "une phrase de passe assez longue"
UNHURRIED = {"PREVIEW_RATE": "1000000/minute", "SEARCH_RATE": "1000000/minute", "SAVE_RATE": "1000000/minute",
             "LOGIN_RATE": "1000000/minute", "GUEST_SECONDS": 0, "NEWCOMER_LINKS": 1000}  # fmt: skip
# How many of a hundred requests are of a kind that costs; the others are what most visitors ask for.
COSTLY = 4


class Visitors:
    """People who do all there is to do, for ever."""

    def __init__(self, app: Flask, seed: int = 1) -> None:
        """`app` asks for no tokens in its forms, and has no rates that one would meet."""
        self._app = app
        self._chance = random.Random(seed)
        self._member = app.test_client()
        self._number = 0
        with app.app_context():
            if not indexing.index_answers():
                indexing.reindex()
            self._slugs = list(db.session.execute(select(Page.slug)).scalars())
        self._send(self._member, "/register", {"name": NAME, "password": PASSWORD})
        # A password takes 19 MiB for a moment, which the system may leave with the process: that is no leak, and is
        # done with before anything is measured.
        for _ in range(10):
            self._send(self._member, "/logout", {})
            self._send(self._member, "/login", {"name": NAME, "password": PASSWORD})
            for act in self._costly():
                act(self._slugs[0])

    def _send(self, client: FlaskClient, address: str, form: dict[str, Any] | None = None) -> int:
        method = "GET" if form is None else "POST"
        with client.open(address, method=method, data=form) as answer:
            assert answer.data is not None
            return answer.status_code

    def step(self) -> int:
        """One request, of any kind: its status."""
        self._number += 1
        slug = self._chance.choice(self._slugs)
        if self._chance.randrange(100) < COSTLY:
            return self._chance.choice(self._costly())(slug)
        if self._number % 200 == 0:
            self._drain()
        choice = self._chance.randrange(20)
        if choice == 0:
            return self._send(self._app.test_client(), self._chance.choice(MISSING))
        return self._send(self._app.test_client(), "/static/levain.css" if choice < 4 else f"/wiki/{slug}")

    def _costly(self) -> list[Callable[[str], int]]:
        chance, anybody = self._chance, self._app.test_client()
        return [
            lambda slug: self._send(anybody, f"/wiki/{slug}{chance.choice(OF_A_PAGE)}"),
            lambda slug: self._send(self._member, f"/wiki/{slug}{chance.choice(OF_A_PAGE)}"),
            lambda slug: self._send(anybody, chance.choice(OF_THE_WIKI)),
            lambda slug: self._send(anybody, f"/search?q={quote(chance.choice(WORDS))}&page={chance.randrange(4)}"),
            lambda slug: self._send(anybody, f"/search/suggestions?q={quote(chance.choice(WORDS))}"),
            lambda slug: self._send(self._member, "/preview", {"body": f"Un *essai* {self._number}. " * 50}),
            lambda slug: self._save(anybody, slug),
            lambda slug: self._save(self._member, slug),
            lambda slug: self._send(self._member, chance.choice(["/account", "/news"])),
        ]

    def _save(self, client: FlaskClient, slug: str) -> int:
        with self._app.app_context():
            text, base = db.session.execute(
                select(Page.title, Page.head_number).where(Page.slug == slug)
            ).one()
        form = {"text": f"# {text}\n\nUne ligne {self._number}.\n\nUne autre.\n", "base": str(base)}
        return self._send(client, f"/wiki/{slug}/edit", form)

    def _drain(self) -> None:
        """What a server does beside its answers."""
        with self._app.app_context():
            while indexing.drain() or indexing.engine().tidy():
                pass


def resident() -> int:
    """Resident memory of this process, in KiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def descriptors() -> tuple[int, int]:
    """How many files of the search index this process holds open, and how many others."""
    held = []
    for number in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # The one that lists them is closed by now.
            held.append("/index/" in os.readlink(f"/proc/self/fd/{number}"))
    return held.count(True), held.count(False)


def watched(visitors: Visitors, requests: int) -> Iterator[tuple[int, int, tuple[int, int], dict[int, int]]]:
    """Requests so far, resident KiB, descriptors and statuses, after each tenth of so many requests."""
    statuses: dict[int, int] = {}
    for number in range(1, requests + 1):
        status = visitors.step()
        statuses[status] = statuses.get(status, 0) + 1
        if number % (requests // 10) == 0:
            gc.collect()
            yield number, resident(), descriptors(), statuses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--requests", type=int, default=10_000)
    asked = parser.parse_args()
    app = create_app({"DATA": asked.data, **UNHURRIED})
    app.config["WTF_CSRF_ENABLED"] = False
    for number, memory, (of_index, others), statuses in watched(Visitors(app), asked.requests):
        held = f"{others} descriptors and {of_index} of the index"
        print(f"{number:6} requests  {memory / 1024:7.1f} MiB  {held}  {statuses}", flush=True)


if __name__ == "__main__":
    main()

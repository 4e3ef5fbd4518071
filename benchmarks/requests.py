"""What each request costs in CPU time, beside a bare Flask view that answers a constant page of the same size.

    python -m benchmarks.requests --data DIR [--rounds 200]

Requests go through the WSGI interface in this process: no network, no client, nothing but the wiki. Every line is the
median of five runs.
"""

from __future__ import annotations

import argparse
import io
import itertools
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response
from sqlalchemy import event, select
from werkzeug.test import EnvironBuilder

from wiki import create_app, pages
from wiki.accounts import GUEST
from wiki.database import db
from wiki.pages.models import Page

RUNS = 5
FIFTY = "page-0"


class Caller:
    """Sends requests to a WSGI application and keeps nothing but the answer."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def prepared(self, path: str, **options: Any) -> Callable[[], tuple[str, bytes]]:
        """A call that sends this request."""
        builder = EnvironBuilder(path=path, **options)
        environ = builder.get_environ()
        body = environ["wsgi.input"].read()

        def call() -> tuple[str, bytes]:
            said: list[str] = []
            sent = dict(environ, **{"wsgi.input": io.BytesIO(body)})
            answer = self._app(sent, lambda status, headers, exc_info=None: said.append(status))
            try:
                return said[0] if said else "", b"".join(answer)
            finally:
                getattr(answer, "close", lambda: None)()

        return call


def milliseconds(calls: Sequence[Callable[[], object]], rounds: int) -> float:
    """CPU time of one call, taking turns through `calls`: the median of some runs, after one to warm up."""
    for call in calls:
        call()
    taken = []
    for _run in range(RUNS):
        turns = itertools.islice(itertools.cycle(calls), max(rounds // RUNS, len(calls)))
        count, began = 0, time.process_time()
        for call in turns:
            call()
            count += 1
        taken.append((time.process_time() - began) * 1000 / count)
    return statistics.median(taken)


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """The statements sent through the engine meanwhile. Quick reads go past it and count one each."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def saves(app: Flask, count: int) -> list[Callable[[], object]]:
    """Calls that each save a changed text of a page through the whole-text form."""
    caller = Caller(app)
    calls = []
    slugs = [f"page-{number}" for number in range(1, count + 1)]
    with app.test_request_context("/"):
        for slug in slugs:
            _page, revision = pages.text_of(GUEST, slug)
            heads = {"base": revision.number, "comment": "", "minor": "", "action": "save"}
            text = revision.text + "\nUne phrase de plus, pour voir.\n"
            body = urlencode({**heads, "text": text})
            calls.append(
                caller.prepared(
                    f"/wiki/{slug}/edit", method="POST", data=body, content_type="application/x-www-form-urlencoded"
                )
            )
    return calls


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--rounds", type=int, default=1000)
    options = parser.parse_args(arguments)
    app = create_app({"DATA": options.data, "SAVE_RATE": "1000000/minute", "GUEST_SECONDS": 0})
    app.config["WTF_CSRF_ENABLED"] = False
    caller = Caller(app)
    with app.test_request_context("/"):
        count = sum(pages.counts(GUEST).values())
        chance = random.Random(1)
        everything = db.session.execute(select(Page.slug, Page.kind).limit(5000)).all()
        # What these two list comes from the index, so that they are drawn for each reader.
        ready = [slug for slug, kind in everything if kind not in ("theme", "collective")]
        drawn = [slug for slug, kind in everything if kind in ("theme", "collective")]
        slugs = chance.sample(ready, min(200, len(ready)))
    readings = [caller.prepared(f"/wiki/{slug}") for slug in slugs]
    size = int(statistics.median(len(call()[1]) for call in readings))
    bare = Flask("bare")
    constant = b"x" * size
    bare.add_url_rule("/page", view_func=lambda: Response(constant, content_type="text/html; charset=utf-8"))
    rows = [("bare Flask view, same size", milliseconds([Caller(bare).prepared("/page")], options.rounds))]
    rows.append((f"page view, anonymous, {len(slugs)} random pages", milliseconds(readings, options.rounds)))
    with_session = [caller.prepared(f"/wiki/{slug}", headers={"Cookie": "session=none"}) for slug in slugs[:50]]
    rows.append(("page view with a session (drawn each time)", milliseconds(with_session, options.rounds // 5)))
    tags = [_etag(app, slug) for slug in slugs]
    conditional = [
        caller.prepared(f"/wiki/{slug}", headers={"If-None-Match": tag}) for slug, tag in zip(slugs, tags, strict=True)
    ]
    rows.append(("conditional request (304)", milliseconds(conditional, options.rounds)))
    history_call = caller.prepared(f"/wiki/{FIFTY}/history")
    if drawn:
        of_lists = [caller.prepared(f"/wiki/{slug}") for slug in drawn]
        rows.append((f"theme or collective, {len(drawn)} pages", milliseconds(of_lists, options.rounds // 10)))
    rows.append(("history of a 50-revision page", milliseconds([history_call], options.rounds // 10)))
    rows.append(
        (
            "comparison of two versions",
            milliseconds([caller.prepared(f"/wiki/{FIFTY}/diff/20..30")], options.rounds // 10),
        )
    )
    rows.append(("home page", milliseconds([caller.prepared("/")], options.rounds // 10)))
    rows.append(("recent changes", milliseconds([caller.prepared("/changes")], options.rounds // 10)))
    rows.append(("list of recipes", milliseconds([caller.prepared("/recipes")], options.rounds // 10)))
    calls = saves(app, 100)
    began = time.process_time()
    answers = [call() for call in calls]
    rows.append(("save through the form", (time.process_time() - began) * 1000 / len(calls)))
    assert all(status.startswith("303") for status, _body in answers), answers[0]  # type: ignore[misc]
    print(f"{count} pages; median page {size} bytes\n")
    base = rows[0][1]
    for name, taken in rows:
        print(f"{name:48} {taken:8.3f} ms   {taken / base:7.1f} × bare")
    with app.test_request_context("/"), counted_queries() as said:
        with_session[0]()
    print(f"\nqueries of a page view: 1 when ready, {len(said)} when drawn for a session")


def _etag(app: Flask, slug: str) -> str:
    response = app.test_client().get(f"/wiki/{slug}")
    found = re.match(r'"[^"]+"', response.headers["ETag"])
    assert found
    return found[0]


if __name__ == "__main__":
    main()

"""Random requests: whatever is asked, in whatever way, the wiki answers and stays whole."""

from __future__ import annotations

import os
import random
from typing import Any
from urllib.parse import quote

import pytest

from tests.conftest import Visitor
from tests.web.conftest import Wiki
from tests.web.routes import READINGS, ROUTES, Route, title
from wiki import pages
from wiki.pages import projection

SEED = int(os.environ.get("LEVAIN_FUZZ_SEED", 0)) or random.SystemRandom().randrange(10**9)
REQUESTS = int(os.environ.get("LEVAIN_FUZZ_REQUESTS", 500))

# What stands where an address, an argument or a header expects something else.
PIECES = [
    "", "0", "-1", "1", "2", "3", "9" * 12, "9" * 30, "1.5", "latest", "null", "None", "NaN", "..",
    "../../etc/passwd", ".",
    "a" * 300, "é", "e\u0301", "\u202e", "\u200b", "\ufeff", "\x01", "\x1b", "\x7f", "\t", "\n", "\r\nX: y", "%",
    "%25", "%2e%2e",
    "'", '"', "' OR '1'='1", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "[[x]]", "---", "|", "\\",
    "//evil.example", "javascript:alert(1)", "🥖", "日本", "نص", "*", "?", "#", "&", "=", ";", "_scheme", "__class__",
    "con", "\U0010ffff",
]  # fmt: skip
RAW = [
    "%00",
    "%FF",
    "%ED%A0%80",
    "%C0%AF",
    "%F4%90%80%80",
    "%",
    "%zz",
    "%u0041",
    "%0d%0aX:%20y",
    "%E2%80%AE",
    "%2F",
    "%5C",
]
ARGUMENTS = [
    "q", "page", "before", "kind", "who", "minor", "lang", "revision", "section", "as", "from", "to", "title",
    "themes", "year",
    "city", "when", "next", "place", "km", "order", "_external", "_scheme", "endpoint", "difficulty", "text", "base",
]  # fmt: skip
HEADERS = [
    "Accept-Language",
    "If-None-Match",
    "If-Modified-Since",
    "Range",
    "Cookie",
    "Referer",
    "User-Agent",
    "Accept",
    "Host",
]


def odd(source: random.Random) -> str:
    """Something nobody would type, ready for an address."""
    if source.random() < 0.25:
        return source.choice(RAW)
    return quote(source.choice(PIECES), safe=source.choice(["", "/", "/%&=?#"]))


def disturbed(route: Route, places: dict[str, str], source: random.Random) -> str:
    """The address of a route with something odd in it: in place of a part, after it, or in its arguments."""
    path = route.path.format(**places)
    path, _mark, query = path.partition("?")
    parts = path.split("/")
    match source.randrange(4):
        case 0:
            parts[source.randrange(len(parts))] = odd(source)
        case 1:
            parts.append(odd(source))
        case 2:
            parts[-1] += odd(source)
    arguments = [query] if query and source.random() < 0.5 else []
    arguments += [f"{source.choice(ARGUMENTS)}={odd(source)}" for _ in range(source.randrange(4))]
    return "/".join(parts) + ("?" + "&".join(arguments) if arguments else "")


def latin(text: str) -> str:
    """Text as it can stand in a header."""
    return "".join(character for character in text if character.isprintable() and ord(character) < 256)


def send(client: Visitor, method: str, address: str, **more: Any) -> int:
    # Whole, so that the test client takes nothing in it for a host.
    with client.open(f"http://localhost/{address.removeprefix('/')}", method=method, **more) as answer:
        assert answer.data is not None
        return answer.status_code


@pytest.fixture(autouse=True, scope="module")
def open_forms(shared: Wiki) -> None:
    shared.app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize("route", {route.endpoint: route for route in READINGS}.values(), ids=title)
def test_no_odd_address_breaks_a_route(shared: Wiki, route: Route) -> None:
    source = random.Random(f"{SEED} {title(route)}")
    places, client = shared.standing(), shared.visitor("mona")
    for number in range(50):
        address = disturbed(route, places, source)
        assert send(client, "GET", address) < 500, f"LEVAIN_FUZZ_SEED={SEED}: request {number}, {address!r}"


@pytest.mark.any_database
def test_no_random_request_breaks_the_wiki(wiki: Wiki) -> None:
    print(f"LEVAIN_FUZZ_SEED={SEED}")
    source = random.Random(SEED)
    families = [wiki.places() for _ in range(3)]
    with wiki.app.app_context():
        pages.reindex()
    clients = [wiki.visitor(name) for name in ("", "bob", "mona")]
    statuses: dict[int, int] = {}
    for number in range(REQUESTS):
        route, places = source.choice(ROUTES), source.choice(families)
        method = source.choice(["GET", "GET", "POST", "POST", "HEAD", "OPTIONS", "PUT"])
        address = route.path.format(**places) if source.random() < 0.5 else disturbed(route, places, source)
        form: dict[str, Any] = {name: value.format(**places) for name, value in route.form.items()}
        for _ in range(source.randrange(3)):
            name = source.choice(
                [*ARGUMENTS, "body", "comment", "mine", "head", "action", "choice-0", "tagline", "sessions"]
            )
            form[name] = source.choice([*PIECES, "save", "preview", "changes", "text", "form", "add:themes"])
        more: dict[str, Any] = {"data": form} if method in ("POST", "PUT") else {}
        if source.random() < 0.3:
            more["headers"] = {source.choice(HEADERS): latin(source.choice(PIECES)) for _ in range(2)}
        if source.random() < 0.1:
            more["content_type"] = source.choice(["application/json", "text/plain", "multipart/form-data", "x/y"])
            more["data"] = b"\xff{}"
        if "logout" in route.path:
            continue
        story = f"LEVAIN_FUZZ_SEED={SEED}: request {number}, {method} {address!r} {more!r}"
        status = send(source.choice(clients), method, address, **more)
        assert status < 500, story
        statuses[status] = statuses.get(status, 0) + 1
    assert statuses.get(200, 0) > REQUESTS / 10, statuses
    assert len(statuses) > 5, statuses
    # After all that every page can be read, and what is computed is what its text says.
    with wiki.app.app_context():
        for change in pages.changes(wiki.cast.ada, limit=10_000):
            page, text = pages.text_of(wiki.cast.ada, change.page.slug)
            assert projection.stored(page.id) == projection.compute(text.text, page.slug), f"LEVAIN_FUZZ_SEED={SEED}"
            assert pages.open_page(wiki.cast.ada, page.slug).page.title

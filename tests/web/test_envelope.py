"""What surrounds every request: its number, the public address, what logs say of it, and who keeps it waiting."""

from __future__ import annotations

import io
import json
import logging
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.conftest import PASSWORD
from tests.serving import Server
from tests.web.conftest import Wiki
from tests.web.routes import WRITABLE
from tests.web.test_forged_requests import target
from wiki import audit, journal

PUBLIC = "https://levain.example"


@pytest.fixture
def known(make_wiki: Callable[..., Wiki]) -> Wiki:
    """A wiki that knows its public address."""
    return make_wiki(BASE_URL=PUBLIC, SECURE_COOKIES=True)


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What the log has said of answers, as a program would read it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(journal.JsonLines())
    log = logging.getLogger("wiki.requests")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    log.removeHandler(handler)
    log.setLevel(logging.NOTSET)


def events(app: Flask) -> list[dict[str, Any]]:
    path = Path(app.config["SECURITY_LOG"])
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


# -- The number -------------------------------------------------


def test_every_answer_has_a_number_of_its_own(shared: Wiki) -> None:
    slug = shared.page()
    etag = shared.visitor().get(f"/wiki/{slug}").headers["ETag"]
    asked: list[tuple[str, dict[str, str], int]] = [
        ("/", {}, 200), (f"/wiki/{slug}", {}, 200), (f"/wiki/{slug}", {}, 200),
        (f"/wiki/{slug}", {"If-None-Match": etag}, 304), ("/static/levain.css", {}, 200), ("/nulle-part", {}, 404),
    ]  # fmt: skip
    numbers = set()
    for address, headers, status in asked:
        with shared.visitor().get(address, headers=headers) as answer:
            assert answer.status_code == status
            (number,) = answer.headers.getlist("X-Request-Id")
            assert re.fullmatch(r"[0-9a-f]{8}", number)
            numbers.add(number)
    assert len(numbers) == len(asked)


def test_an_error_page_shows_the_number_its_answer_carries(shared: Wiki) -> None:
    for answer in (shared.visitor().get("/nulle-part"), shared.visitor("bob").get("/admin/check")):
        shown = re.search(r"Référence\s*: ([0-9a-f]{8})", answer.text)
        assert shown
        assert shown[1] == answer.headers["X-Request-Id"]


# -- The public address -------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "levain.example.evil.example", "127.0.0.1:8000", "a b", "[::1"])
def test_h07_a_wiki_that_knows_its_address_believes_no_request_about_it(known: Wiki, host: str) -> None:
    slug = known.page()
    for address in ("/", f"/wiki/{slug}", f"/wiki/{slug}.json", "/changes.atom", "/wiki", "/account", "/nulle-part"):
        answer = known.visitor().get(address, headers={"Host": host, "X-Forwarded-Host": "evil.example"})
        assert answer.status_code in (200, 302, 308, 404), address
        assert host not in answer.text + str(answer.headers), address
        assert "evil" not in answer.text + str(answer.headers), address
    assert f'<link rel="canonical" href="{PUBLIC}/wiki/{slug}">' in known.visitor().get(f"/wiki/{slug}").text


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("levain.example", PUBLIC, 303), ("127.0.0.1:8000", PUBLIC, 303), ("localhost", "http://localhost", 303),
        ("localhost", "https://evil.example", 403), ("levain.example", "null", 403),
    ],
)  # fmt: skip
def test_h07_a_form_is_taken_from_wherever_the_visitor_reads_the_wiki(
    known: Wiki, host: str, origin: str, status: int
) -> None:
    answer = known.visitor().post(
        "/new/article", data={"title": "Pain", "body": "Levain."}, headers={"Host": host, "Origin": origin}
    )
    assert answer.status_code == status


def test_h11_over_https_every_answer_says_to_stay_there_and_every_cookie_is_bound_to_the_host(known: Wiki) -> None:
    slug, client = known.page(), known.visitor()
    etag = client.get(f"/wiki/{slug}").headers["ETag"]
    for headers, status in [({}, 200), ({"If-None-Match": etag}, 304)]:
        answer = client.get(f"/wiki/{slug}", headers=headers)
        assert answer.status_code == status
        assert answer.headers.getlist("Strict-Transport-Security") == ["max-age=31536000"]
    answer = client.get("/login?lang=en", base_url=PUBLIC)
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-session", "__Host-language"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert '<html lang="en">' in client.get("/", base_url=PUBLIC).text


# -- What is sent -------------------------------------------------


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml", ""])
def test_h05_a_body_that_is_no_form_is_refused_and_changes_nothing(shared: Wiki, kind: str) -> None:
    client = shared.newcomer()
    for route in WRITABLE:
        address, form = target(route, shared)
        before = shared.picture()
        answer = client.post(
            address, data=json.dumps(form | {"csrf_token": client.csrf_token()}), content_type=kind,
            headers={"X-CSRFToken": client.csrf_token()},
        )
        assert answer.status_code == 415, route
        assert shared.picture() == before, route


def test_h03_a_body_beyond_the_limit_is_told_the_limit(shared: Wiki) -> None:
    answer = shared.visitor().post("/new/article", data={"text": "x" * 4_100_000})
    assert answer.status_code == 413
    assert "4 Mo" in re.sub("[\u00a0\u202f]", " ", answer.text)


def test_h17_of_an_argument_given_twice_the_first_counts(shared: Wiki) -> None:
    slug = shared.page()
    for path, name, values in [
        (f"/wiki/{slug}", "revision", ("1", "2")), ("/search", "q", ("Titre", "zzz")), ("/pages", "page", ("1", "7")),
        ("/", "lang", ("en", "fr")),
    ]:  # fmt: skip
        twice = shared.visitor().get(f"{path}?{name}={values[0]}&{name}={values[1]}")
        once = shared.visitor().get(f"{path}?{name}={values[0]}")
        other = shared.visitor().get(f"{path}?{name}={values[1]}")
        assert twice.status_code == once.status_code == 200
        heads = [re.findall(r"<h1.*?</h1>|<main.*?<form", answer.text, re.DOTALL) for answer in (twice, once, other)]
        assert heads[0] == heads[1], path
    shown = [shared.visitor().get(f"/wiki/{slug}?{asked}").text.partition("<main")[2] for asked in
             ("revision=1&revision=2", "revision=1", "revision=2")]  # fmt: skip
    told = [re.findall(r"<p>(?!<).*?</p>", text, re.DOTALL) for text in shown]
    assert told[0] == told[1] != told[2]
    client = shared.newcomer()
    form = {"title": [f"Premier {slug}", f"Second {slug}"], "body": ["Le premier.", "Le second."]}
    answer = client.post("/new/article", data={**form, "csrf_token": client.csrf_token()})
    assert "premier" in answer.headers["Location"]
    assert shared.text(answer.headers["Location"].rpartition("/")[2]).strip().endswith("Le premier.")


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.env", "/static/.hidden", "/static/", "/static/..%2f..%2fsetup.cfg", "/static/%2e%2e/config.py",
     "/static/fonts", "/data/wiki.sqlite", "/index/current", "/wiki.sqlite", "/secret_key", "/security.log",
     "/static//etc/passwd", "/console", "/?__debugger__=yes&cmd=resource&f=style.css"],
)  # fmt: skip
def test_h13_p05_no_address_opens_a_file_of_the_house(shared: Wiki, path: str) -> None:
    with shared.visitor().get(path, follow_redirects=True) as answer:
        assert answer.status_code == (200 if path.startswith("/?") else 404)
        assert "Traceback" not in answer.text
        assert "SQLite format" not in answer.text
        assert "werkzeug" not in answer.text.lower() + str(answer.headers).lower()


# -- What the logs say -------------------------------------------------


def test_the_log_of_answers_names_the_route_and_nothing_that_was_read_or_typed(
    shared: Wiki, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    slug, client = shared.page(), shared.visitor()
    client.get(f"/wiki/{slug}")
    client.get(f"/wiki/{slug}")
    client.get("/search?q=confidence")
    answer = client.get("/confidence?q=confidence")
    told = lines()
    assert [line["endpoint"] for line in told] == ["reading.page", "reading.page", "search.results", "none"]
    assert [line["status"] for line in told] == [200, 200, 200, 404]
    assert told[-1]["request"] == answer.headers["X-Request-Id"]
    assert all(line["milliseconds"] >= 0 and line["method"] == "GET" for line in told)
    assert "confidence" not in str(told)
    assert slug not in str(told)
    assert "127.0.0.1" not in str(told)


def test_a_line_of_the_log_stays_one_whatever_it_says() -> None:
    record = logging.LogRecord("wiki", logging.ERROR, "", 0, 'a\n{"level": "x"}\r %s', ("\u2028é",), None)
    line = journal.JsonLines().format(record)
    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"] == 'a\n{"level": "x"}\r \u2028é'


def test_a12_a_denial_stands_in_the_security_log_with_its_number_and_no_address(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(PREVIEW_RATE="2/minute")
    wiki.app.config["RATELIMIT_ENABLED"] = True
    client = wiki.visitor("bob")
    refused = client.get("/admin/check")
    assert refused.status_code == 403
    answers = [client.post("/preview", data={"body": "x"}) for _ in range(3)]
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 62
    denials = [event for event in events(wiki.app) if event["event"] == "denied"]
    assert [denial["status"] for denial in denials] == [403, 429]
    assert [denial["request"] for denial in denials] == [
        answer.headers["X-Request-Id"] for answer in (refused, answers[-1])
    ]
    assert all(denial["account"] and re.fullmatch(r"[0-9a-f]{24}", denial["network"]) for denial in denials)
    assert "127.0.0.1" not in str(denials)
    assert PASSWORD not in str(events(wiki.app))


def test_the_security_log_never_fills_the_disk(wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "LONGEST", 1000)
    with wiki.app.app_context():
        for number in range(100):
            audit.note("tried", number=number)
    path = Path(wiki.app.config["SECURITY_LOG"])
    parts = [path.with_name("security.log.1"), *([path] if path.exists() else [])]
    assert sum(part.stat().st_size for part in parts) < 2500
    assert all(part.stat().st_mode & 0o077 == 0 for part in parts)
    numbers = [json.loads(line)["number"] for part in parts for line in part.read_text().splitlines()]
    assert numbers == list(range(numbers[0], 100))


# -- Who keeps it waiting -------------------------------------------------


def test_h16_visitors_who_say_nothing_more_keep_nobody_waiting_and_are_left(tmp_path: Path) -> None:
    with Server(tmp_path / "data", "--no-seed", WIKI_THREADS="2", WIKI_IDLE_SECONDS="1") as server:
        host, port = server.address.removeprefix("http://").split(":")
        waiting = []
        for number in range(40):
            connection = socket.create_connection((host, int(port)), timeout=60)
            begun = b"GET / HTTP/1.1\r\nHost: x\r\n" if number % 2 else (
                b"POST /new/article HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                b"Content-Length: 1000\r\n\r\ntitle=P"
            )
            connection.sendall(begun)
            waiting.append(connection)
        assert "Levain" in server.get("/")
        for connection in waiting:
            while connection.recv(65_536):  # Ends when the server closes; else the socket's own limit fails this.
                pass
            connection.close()
        assert "Levain" in server.get("/")

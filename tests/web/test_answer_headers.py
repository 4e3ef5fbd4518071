"""What every answer carries, whatever it answers: pages, errors, feeds, files, nothing at all."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.web.conftest import Wiki
from tests.web.routes import READINGS, ROUTES

POLICY = {
    "default-src": "'none'", "style-src": "'self'", "img-src": "'self'", "font-src": "'self'", "connect-src": "'self'",
    "form-action": "'self'", "base-uri": "'none'", "object-src": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip


def policy(answer: TestResponse) -> dict[str, str]:
    (value,) = answer.headers.getlist("Content-Security-Policy")
    return {name: sources for name, _space, sources in (part.strip().partition(" ") for part in value.split(";"))}


def check(answer: TestResponse, where: object) -> None:
    headers = answer.headers
    for name, value in [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]:
        assert headers.getlist(name) == [value], (where, name)
    (permissions,) = headers.getlist("Permissions-Policy")
    assert permissions.count("=()") == permissions.count("=") >= 3, where
    assert "Server" not in headers or "Werkzeug" not in headers["Server"], where
    if answer.status_code == 304:
        return
    kind = headers.get("Content-Type", "")
    if kind.startswith("text/") or "xml" in kind or "json" in kind:
        assert "charset=utf-8" in kind.lower() or "json" in kind, (where, kind)
    found = policy(answer)
    if kind.startswith("text/html"):
        nonce = re.fullmatch(r"'nonce-([\w-]{16,})'", found.pop("script-src"))
        assert nonce, where
        assert POLICY.items() <= found.items(), where
        scripts = re.findall(r"<script\b[^>]*>", answer.text)
        assert all(f'nonce="{nonce[1]}"' in script for script in scripts), (where, scripts)
        assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", answer.text), where
        assert " style=" not in re.sub(r"<textarea.*?</textarea>", "", answer.text, flags=re.DOTALL), where
    else:
        assert found["default-src"] == "'none'", where
    assert "unsafe" not in str(found), where


def test_every_answer_of_every_route_is_guarded(shared: Wiki) -> None:
    places = shared.standing()
    for name in ("", "ada"):
        client = shared.visitor(name)
        for route in ROUTES:
            method = "GET" if route.reads else "POST"
            with client.open(route.path.format(**places), method=method) as answer:
                assert answer.status_code < 500
                check(answer, route)


ERRORS: list[tuple[int, str, str, dict[str, object]]] = [
    (404, "GET", "/nulle-part", {}),
    (404, "GET", "/wiki/nulle-part", {}),
    (404, "GET", "/static/nulle-part.css", {}),
    (404, "GET", "/static/../setup.cfg", {}),
    (405, "POST", "/recipes", {}),
    (405, "DELETE", "/", {}),
    (400, "POST", "/login", {"data": {"name": "x"}}),
    (400, "GET", "/?q=%00", {}),
    (414, "GET", "/search?q=" + "x" * 50_000, {}),
    (413, "POST", "/new/article", {"data": {"text": "x" * 4_100_000}}),
    (302, "GET", "/account", {}),
    (308, "GET", "/wiki", {}),
]


@pytest.mark.parametrize(("status", "method", "address", "more"), ERRORS, ids=lambda value: str(value)[:40])
def test_errors_and_detours_are_guarded_too(
    shared: Wiki, status: int, method: str, address: str, more: dict[str, object]
) -> None:
    with shared.visitor().open(address, method=method, **more) as answer:
        assert answer.status_code == status
        check(answer, address)


def test_an_unexpected_error_tells_a_reference_and_nothing_else(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from wiki import pages

    def broken(*_rest: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(pages, "counts", broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get("/")
    assert answer.status_code == 500
    check(answer, "/")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    reference = re.search(r"Référence\s*: ([0-9a-f]{8})", answer.text)
    assert reference
    assert reference[1] in caplog.text
    assert "secret of the house" in caplog.text


def test_each_answer_has_a_nonce_of_its_own(shared: Wiki) -> None:
    slug = shared.page()
    for address in ("/", f"/wiki/{slug}", f"/wiki/{slug}?revision=1", "/nulle-part"):
        nonces = {policy(shared.visitor().get(address))["script-src"] for _ in range(4)}
        assert len(nonces) == 4, address


def test_the_raw_text_is_plain_and_sandboxed(shared: Wiki) -> None:
    slug = shared.write("# Brut\n\n<script>alert(1)</script>\n")
    answer = shared.visitor().get(f"/wiki/{slug}.md")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert policy(answer) == {"default-src": "'none'", "sandbox": ""}


def test_what_members_see_is_kept_by_no_cache(shared: Wiki) -> None:
    places = shared.standing()
    for route in READINGS:
        if route.endpoint in ("static", "reading.health", "reading.robots"):
            continue
        with shared.visitor("ada").get(route.path.format(**places)) as answer:
            told = answer.headers.get("Cache-Control", "")
            assert "public" not in told, route
            # A file of events that are all open to everybody may be kept by who asked for it.
            kept = ("private, no-cache", "no-store") if route.endpoint.startswith("agenda.") else ("no-store",)
            assert any(word in told for word in kept), (route, told)


def test_what_anybody_sees_may_be_kept_but_is_asked_for_again(shared: Wiki) -> None:
    slug = shared.page()
    answer = shared.visitor().get(f"/wiki/{slug}")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert {"Cookie", "Accept-Language"} <= set(answer.headers["Vary"].replace(" ", "").split(","))
    assert "Set-Cookie" not in answer.headers


def test_files_are_kept_for_a_year_under_an_address_that_changes_with_them(shared: Wiki) -> None:
    address = re.search(r'href="(/static/levain\.css\?v=\w+)"', shared.visitor().get("/").text)
    assert address
    with shared.visitor().get(address[1]) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with shared.visitor().get("/static/levain.css") as answer:
        assert "max-age" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize("host", ["evil.example", "a b", "", "[::1", "é", "x" * 300, "localhost:abc", "a/b", "a@b"])
def test_no_host_header_breaks_an_answer(shared: Wiki, host: str) -> None:
    slug = shared.page()
    for address in ("/", f"/wiki/{slug}", "/nulle-part", "/changes.atom", "/wiki", "/?q=%00", "/?q=" + "x" * 50_000):
        answer = shared.visitor().get(address, headers={"Host": host})
        assert answer.status_code < 500, address
        check(answer, (address, host))


def test_the_host_of_one_reader_is_not_shown_to_another(shared: Wiki) -> None:
    slug = shared.page()
    shared.visitor().get(f"/wiki/{slug}", headers={"Host": "evil.example"})
    answer = shared.visitor().get(f"/wiki/{slug}")
    assert "evil.example" not in answer.text
    etag = shared.visitor().get(f"/wiki/{slug}", headers={"Host": "evil.example"}).headers["ETag"]
    assert shared.visitor().get(f"/wiki/{slug}", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For", "X-Forwarded-Prefix", "Forwarded", "X-Original-URL"],
)
def test_what_a_proxy_would_say_is_not_believed_from_anybody(shared: Wiki, header: str) -> None:
    slug = shared.page()
    value = {"X-Forwarded-Proto": "https", "Forwarded": "host=evil.example;proto=https"}.get(header, "evil.example")
    for address in ("/", f"/wiki/{slug}", "/changes.atom", "/account", f"/wiki/{slug}.json"):
        answer = shared.visitor().get(address, headers={header: value})
        assert "evil.example" not in answer.text + str(answer.headers)
        assert "https://localhost" not in answer.text + str(answer.headers)
        assert "Strict-Transport-Security" not in answer.headers


def test_behind_https_browsers_are_told_to_stay_there(make_app: Callable[..., Flask]) -> None:
    client = make_app(SECURE_COOKIES=True).test_client()
    answer = client.get("/login", base_url="https://levain.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_cookies_are_for_this_site_and_no_script(shared: Wiki) -> None:
    for address in ("/login", "/?lang=en"):
        for cookie in shared.visitor().get(address).headers.getlist("Set-Cookie"):
            assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")), cookie
            assert "Domain" not in cookie

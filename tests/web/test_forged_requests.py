"""Nobody makes a visitor's browser write: every form needs its own token, from here; reading never writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conftest import Visitor
from tests.web.conftest import Wiki
from tests.web.routes import ROUTES, WITHOUT_TRACE, WRITABLE, Route, title

# What a page of another site, or an old page of ours, could make a browser send; `token` is a right one.
FORGERIES: dict[str, Callable[[str], dict[str, Any]]] = {
    "without a token": lambda token: {},
    "with an empty token": lambda token: {"data": {"csrf_token": ""}},
    "with a wrong token": lambda token: {"data": {"csrf_token": "x" + token[1:]}},
    "with a token that was cut": lambda token: {"data": {"csrf_token": token.rpartition(".")[0]}},
    "from another site": lambda token: {"data": {"csrf_token": token}, "headers": {"Origin": "https://evil.example"}},
    "from our name elsewhere": lambda token: {
        "data": {"csrf_token": token}, "headers": {"Origin": "http://localhost.evil.example"}
    },
    "from our name as a user": lambda token: {
        "data": {"csrf_token": token}, "headers": {"Origin": "http://localhost@evil.example"}
    },
    "from a sandbox": lambda token: {"data": {"csrf_token": token}, "headers": {"Origin": "null"}},
    "from nowhere that could be": lambda token: {"data": {"csrf_token": token}, "headers": {"Origin": "http://[::1"}},
    "which the browser calls foreign": lambda token: {
        "data": {"csrf_token": token}, "headers": {"Sec-Fetch-Site": "cross-site"}
    },
    "with the token in the address": lambda token: {"query_string": {"csrf_token": token}},
}  # fmt: skip


def session(client: Visitor) -> dict[str, Any]:
    with client.session_transaction() as held:
        return {name: value for name, value in held.items() if name not in ("csrf_token", "_permanent", "_flashes")}


def target(route: Route, wiki: Wiki) -> tuple[str, dict[str, str]]:
    """An address and a form that change something: on pages of their own, under names nobody has taken."""
    undone = {"unarchive": {"archived": True}, "unprotect": {"protected": True}}
    state = undone.get(route.path.rpartition("/")[2], {})
    places = wiki.places_for(route, **state)
    new = {"title": f"{route.form.get('title')} {places['slug']}", "text": f"# {places['slug']}\n\nNeuf.\n"}
    form = {name: new.get(name, value.format(**places)) for name, value in route.form.items()}
    return route.path.format(**places), form


def sent(form: dict[str, str], more: dict[str, Any]) -> dict[str, Any]:
    return {**more, "data": {**form, **more.get("data", {})}}


@pytest.mark.parametrize("route", WRITABLE, ids=title)
def test_no_forged_form_changes_anything(shared: Wiki, route: Route) -> None:
    address, form = target(route, shared)
    client = shared.newcomer()
    token, others_token = client.csrf_token(), shared.visitor().csrf_token()
    forgeries = {name: make(token) for name, make in FORGERIES.items()}
    forgeries["with the token of somebody else"] = {"data": {"csrf_token": others_token}}
    before = (shared.picture(), session(client))
    for name, forgery in forgeries.items():
        answer = client.post(address, **sent(form, forgery))
        assert answer.status_code in (400, 403), (name, answer.status)
        assert (shared.picture(), session(client)) == before, name
    # The same form with its token goes through: it was the forgery that was refused.
    answer = client.post(
        address, **sent(form, {"data": {"csrf_token": token}, "headers": {"Origin": "http://localhost"}})
    )
    assert answer.status_code in (200, 303), answer.text[:2000]
    assert (shared.picture(), session(client)) != before or route.endpoint in WITHOUT_TRACE


@pytest.mark.parametrize("route", [route for route in ROUTES if route.reads], ids=title)
def test_reading_changes_nothing_even_with_a_form_in_its_body(shared: Wiki, route: Route) -> None:
    address = route.path.format(**shared.standing())
    client, form = (
        shared.visitor("ada"),
        {name: value.format(**shared.standing()) for name, value in route.form.items()},
    )
    form |= {"csrf_token": client.csrf_token(), "action": "save"}
    before = (shared.picture(), session(client))
    asked = f"{address}{'&' if '?' in address else '?'}{urlencode(form)}"
    for method in ("GET", "HEAD"):
        for where, body in [(address, None), (address, form), (asked, None)]:
            client.open(where, method=method, data=body).close()
    assert (shared.picture(), session(client)) == before


def test_head_answers_as_get_does_without_a_body(shared: Wiki) -> None:
    places = shared.standing()
    for route in ROUTES:
        if route.reads is None:
            continue
        address = route.path.format(**places)
        with shared.visitor("ada").get(address) as read, shared.visitor("ada").head(address) as head:
            assert head.status_code == read.status_code, route
            assert head.data == b""
            assert head.headers.get("Content-Type") == read.headers.get("Content-Type"), route
            assert [name for name, _value in head.headers if name == "Set-Cookie"] == [
                name for name, _value in read.headers if name == "Set-Cookie"
            ], route


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "X" * 200])
def test_other_methods_are_refused_and_change_nothing(shared: Wiki, method: str) -> None:
    places = shared.standing()
    client = shared.visitor("ada")
    before = shared.picture()
    for route in ROUTES[:5] + WRITABLE[:3]:
        answer = client.open(route.path.format(**places), method=method, data={"text": "x"})
        assert answer.status_code in (400, 405, 501)
    assert shared.picture() == before


def test_a_form_that_expired_gives_back_everything_that_was_typed(shared: Wiki) -> None:
    slug = shared.page()
    typed = {
        "title": "Titre <tapé>", "tagline": "Phrase & plus", "body": "Corps\n\ntrès long", "comment": "Résumé",
        "themes": ["un thème", "un autre"], "adaptations": "Ce qui a changé", "text-3": "Mon choix",
        "mine": "Tout mon texte",
    }  # fmt: skip
    for path in (f"/wiki/{slug}/edit", f"/wiki/{slug}/settle", "/new/recipe"):
        answer = shared.visitor("ada").post(path, data={**typed, "password": "jamais montré", "csrf_token": "périmé"})
        assert answer.status_code == 400
        for value in (
            "Titre &lt;tapé&gt;",
            "Phrase &amp; plus",
            "Corps\n\ntrès long",
            "un thème\nun autre",
            "Mon choix",
        ):
            assert value in answer.text, (path, value)
        assert "Ce qui a changé" in answer.text
        assert "Tout mon texte" in answer.text
        assert "jamais montré" not in answer.text
        assert "périmé" not in answer.text


def test_no_answer_lets_other_sites_read_it(shared: Wiki) -> None:
    places = shared.standing()
    for route in ROUTES:
        method = "GET" if route.reads else "POST"
        with shared.visitor("ada").open(
            route.path.format(**places), method=method, headers={"Origin": "https://evil.example"}
        ) as answer:
            assert not [name for name, _value in answer.headers if name.lower().startswith("access-control")], route

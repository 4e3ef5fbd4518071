"""Every route, for every role, on every state of a page: nobody gets more than the table says, nor less."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Cast, Visitor
from tests.web.conftest import Picture
from tests.web.routes import EVERYBODY, READABLE, ROUTES, WRITABLE, Route, title
from wiki import pages

STATES = ("public", "protected", "archived")
NAMES = {"member": "bob", "moderator": "mona", "admin": "ada"}
SECRET = "Quetzalcoatl"


def visitor(app: Flask, role: str) -> Visitor:
    client = app.test_client()
    assert isinstance(client, Visitor)
    return client if role == "guest" else client.log_in(NAMES[role])


def test_every_route_of_the_application_is_classified(app: Flask) -> None:
    known = {(route.endpoint, method) for route in READABLE for method in ("GET",)}
    known |= {(route.endpoint, "POST") for route in WRITABLE}
    found = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
    }
    assert found - known == set(), "add these to tests/web/routes.py, with who may use them"
    assert known - found == set(), "these are no routes any more"
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods or set()}
    assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("route", READABLE, ids=title)
def test_reading_is_for_those_it_is_meant_for(
    app: Flask, a_page: Callable[..., str], picture: Callable[[], Picture], route: Route
) -> None:
    assert route.reads is not None
    states = STATES if route.about_a_page else ("public",)
    for state in states:
        slug = a_page(f"{SECRET} {state}", **({} if state == "public" else {state: True}))
        before = picture()
        for role in EVERYBODY:
            with visitor(app, role).get(route.path.format(slug=slug)) as answer:
                told = answer.text + str(answer.headers)
            if role in getattr(route.reads, state):
                assert answer.status_code < 400 or route.endpoint == "reading.licence", (state, role, answer.status)
            else:
                assert answer.status_code == (404 if state == "archived" else 403), (state, role, answer.status)
                if state == "archived":
                    assert SECRET not in told
                    assert "ligne" not in told
        assert picture() == before, "reading changed something"


@pytest.mark.parametrize("route", [route for route in WRITABLE if route.about_a_page], ids=title)
def test_writing_is_for_those_it_is_meant_for(
    app: Flask, a_page: Callable[..., str], picture: Callable[[], Picture], cast: Cast, route: Route
) -> None:
    assert route.writes is not None
    for state in STATES:
        for role in EVERYBODY:
            page = f"{SECRET} {state} {role}"
            slug = a_page(page, **({} if state == "public" else {state: True}))
            form = {name: value.replace("Titre", page) for name, value in route.form.items()}
            form |= {"title": f"{page} autrement"} if "title" in form else {}
            before = picture()
            answer = visitor(app, role).post(route.path.format(slug=slug), data=form)
            if role in getattr(route.writes, state):
                assert answer.status_code in (200, 303), (state, role, answer.status)
                undone = state == "public" and route.path.endswith(("/unarchive", "/unprotect"))
                assert picture() != before or undone or route.path.endswith(f"/{state[:-1]}") or state == "protected", (
                    role
                )
            else:
                assert answer.status_code == (404 if state == "archived" else 403), (state, role, answer.status)
                assert picture() == before, (state, role)
                if state == "archived":
                    shown = answer.text.replace(form.get("text", ""), "").replace(form.get("mine", ""), "")
                    assert "Deuxième ligne" not in shown


def test_an_archived_page_and_one_that_never_was_are_answered_alike(app: Flask, a_page: Callable[..., str]) -> None:
    slug = a_page("Cachette", archived=True)
    client = visitor(app, "member")
    for route in ROUTES:
        if not route.about_a_page:
            continue
        method, form = ("GET", None) if route.reads else ("POST", dict(route.form))
        hidden = client.open(route.path.format(slug=slug), method=method, data=form)
        absent = client.open(route.path.format(slug="cachotte"), method=method, data=form)
        assert hidden.status_code == absent.status_code, route
        same = absent.text.replace("cachotte", "cachette").replace("Cachotte", "Cachette")
        nonce = hidden.headers["Content-Security-Policy"].partition("nonce-")[2].partition("'")[0]
        other = absent.headers["Content-Security-Policy"].partition("nonce-")[2].partition("'")[0]
        assert hidden.text.replace(nonce or "-", "-") == same.replace(other or "-", "-"), route


def test_nothing_of_an_archived_page_is_told_anywhere(app: Flask, write: Callable[..., str], cast: Cast) -> None:
    lines = f"title: {SECRET}\ntagline: Zipacna\ntags:\n  - Xibalba\nthemes:\n  - graines\n"
    slug = write(
        f"---\nkind: recipe\n{lines}---\n\nVoir [[Graines]] et [[Hunahpu]].\n",
        f"---\nkind: recipe\n{lines}---\n\nVoir [[Graines]] et [[Hunahpu]], encore.\n",
    )
    write("---\nkind: theme\ntitle: Graines\n---\n\nVoir aussi.\n")
    tended = ("archive", "protect", "rename", "edit")
    addresses = [route.path.format(slug="graines") for route in READABLE if not route.path.endswith(tended)]
    addresses += [f"/search?q={word}" for word in (SECRET, "Zipacna", "Xibalba", "graines")]
    addresses += [f"/{where}/suggestions?q=Quetz" for where in ("pages", "search")]
    addresses += ["/search.json?q=graines", "/search.csv?q=graines", "/recipes?themes=graines", "/recipes?tags=Xibalba"]
    words = (SECRET, slug, "Zipacna", "Xibalba", "Hunahpu", "hunahpu")

    def told(role: str) -> dict[str, list[str]]:
        found = {}
        for address in addresses:
            asked = address.partition("=")[2]
            with visitor(app, role).get(address) as answer:
                text = answer.text + str(answer.headers)
            found[address] = [word for word in words if word in text and word.casefold() != asked.casefold()]
        return {address: found for address, found in found.items() if found}

    with app.app_context():
        pages.reindex()
    before = set(told("guest"))
    assert {"/", "/recipes", "/changes", "/changes.atom", "/wiki/graines", "/pages", "/wiki/graines/links"} <= before
    assert {"/search?q=graines", "/search/suggestions?q=Quetz", "/pages/suggestions?q=Quetz"} <= before
    with app.app_context():
        pages.archive(cast.mona, slug)
    assert told("guest") == {}, "before the index knows"
    with app.app_context():
        pages.drain()
    for role in ("guest", "member"):
        assert told(role) == {}


@pytest.mark.parametrize("editing", ["members", "approved"])
def test_where_writing_is_for_members_a_guest_keeps_what_they_typed(
    make_app: Callable[..., Flask], a_page: Callable[..., str], picture: Callable[[], Picture], editing: str
) -> None:
    slug = a_page()
    app = make_app(EDITING=editing)
    before = picture()
    typed = "# Titre\n\nTout ce que j'ai tapé <pendant> une heure.\n"
    for path, form in [
        (f"/wiki/{slug}/edit", {"text": typed, "base": "2"}),
        (f"/wiki/{slug}/edit", {"body": typed, "title": "Titre", "base": "2"}),
        ("/new/article", {"text": typed}),
        ("/new/recipe", {"title": "Neuve", "body": typed}),
        (f"/wiki/{slug}/settle", {"mine": typed, "base": "1", "head": "2"}),
    ]:
        answer = visitor(app, "guest").post(path, data=form)
        assert answer.status_code == 403, path
        assert "tapé &lt;pendant&gt; une heure." in answer.text, path
        assert "/login" in answer.text
    assert picture() == before
    for path in (f"/wiki/{slug}/edit", "/new/article"):
        assert visitor(app, "guest").get(path).status_code == 403
        assert visitor(app, "member").get(path).status_code == 200
    assert visitor(app, "member").post(f"/wiki/{slug}/edit", data={"text": typed, "base": "2"}).status_code == 303
    assert visitor(app, "guest").get(f"/wiki/{slug}").status_code == 200


def test_nobody_raises_themselves_by_a_field_of_a_form(
    app: Flask, a_page: Callable[..., str], picture: Callable[[], Picture]
) -> None:
    slug = a_page()
    extra = {
        "role": "admin", "author_id": "5", "author_name": "ada", "id": "1", "number": "99", "created_at": "2001-01-01",
        "protected": "1", "slug": "autre", "kind_name": "theme", "active": "1", "user_id": "5", "action": "seed",
    }  # fmt: skip
    client = visitor(app, "guest")
    client.post("/register", data={"name": "Zoé", "password": "une phrase de passe", **extra})
    client.post(f"/wiki/{slug}/edit", data={**extra, "text": "# Titre\n\nNeuf.\n", "base": "2", "action": "save"})
    taken = picture()
    assert [row for row in taken["user"] if "Zoé" in row and "admin" in row] == []
    assert [row for row in taken["user"] if "Zoé" in row and "member" in row] != []
    (revision,) = [row for row in taken["revision"] if 3 in row[2:3]]
    assert "Zoé" in revision
    assert "ada" not in revision
    assert "edit" in revision

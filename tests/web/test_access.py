"""Every route, for every role, on every state of a page: nobody gets more than the table says, nor less."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.web.conftest import Wiki
from tests.web.routes import (
    ANYBODY,
    EVERYBODY,
    OFFERING,
    READABLE,
    READING,
    READINGS,
    ROUTES,
    WRITABLE,
    Route,
    title,
)
from wiki import pages
from wiki.database import db
from wiki.pages.indexing import drain

STATES: dict[str, dict[str, Any]] = {
    "public": {},
    "protected": {"protected": True},
    "archived": {"archived": True},
    "members": {"visibility": "members"},
    "draft": {"visibility": "draft"},
}
SECRET = "Quetzalcoatl"
# About what this wiki holds none of.
NOTHING_TO_DO = ("editing.set_fact", "editing.visibility", "moderation.close_flags")
ABSENT = ("reading.licence", "offers.offer", "following.feed", "places.map_file")


def plain(answer: TestResponse) -> str:
    """The text of an answer without what differs each time."""
    return re.sub(r'nonce="[^"]+"|name="csrf_token" value="[^"]+"|férence\s: [0-9a-f]+', "", answer.text)


def denied(state: str, role: str) -> int:
    """The status for who may not: a page they may not read is as good as none."""
    return 403 if role in getattr(READING, state) else 404


def test_every_route_of_the_application_is_classified(shared: Wiki) -> None:
    rules = list(shared.app.url_map.iter_rules())
    known = {(route.endpoint, "GET") for route in READINGS} | {(route.endpoint, "POST") for route in WRITABLE}
    found = {(rule.endpoint, method) for rule in rules for method in (rule.methods or set()) & {"GET", "POST"}}
    assert found - known == set(), "add these to tests/web/routes.py, with who may use them"
    assert known - found == set(), "these are no routes any more"
    assert {method for rule in rules for method in rule.methods or set()} <= {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("route", READINGS, ids=title)
def test_reading_is_for_those_it_is_meant_for(shared: Wiki, route: Route) -> None:
    assert route.reads is not None
    states = {state: flags for state, flags in STATES.items() if route.about_a_page or state == "public"}
    places = {state: shared.standing(**flags) for state, flags in states.items()}
    for state, where in places.items():
        for role in EVERYBODY:
            with shared.visitor(role).get(route.path.format(**where)) as answer:
                if role in getattr(route.reads, state):
                    assert answer.status_code < 400 or route.endpoint in ABSENT, (state, role, answer.status)
                    continue
                assert answer.status_code == denied(state, role), (state, role, answer.status)
                if denied(state, role) == 404:
                    assert "ligne" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("route", [route for route in WRITABLE if route.about_a_page], ids=title)
def test_writing_is_for_those_it_is_meant_for(shared: Wiki, route: Route) -> None:
    shared.app.config["WTF_CSRF_ENABLED"] = False
    places = {(state, role): shared.places_for(route, **flags) for state, flags in STATES.items() for role in EVERYBODY}

    def send(state: str, role: str) -> tuple[TestResponse, str]:
        slug = places[state, role]["slug"]
        form = {name: value.format(**places[state, role]).replace("Titre", slug) for name, value in route.form.items()}
        form |= {"title": f"{slug} autrement"} if "title" in form else {}
        answer = shared.visitor(role).post(route.path.format(**places[state, role]), data=form)
        return answer, answer.text.replace(form.get("text", form.get("mine", "")), "")

    # Who is suspended is told so, whatever they send.
    allowed = [(state, role) for state, role in places if role in getattr(route.writes, state) and role != "suspended"]
    before = shared.picture()
    for state, role in places.keys() - set(allowed):
        answer, told = send(state, role)
        if (answer.location or "").startswith("/login"):
            assert role in ANYBODY
        else:
            # A page for some, asked to give to one for all, says why it does not.
            expected = 422 if role in getattr(READING, state) and route.writes is OFFERING else denied(state, role)
            expected = 403 if role == "suspended" else expected
            assert answer.status_code == expected, (state, role, answer.status)
        assert denied(state, role) != 404 or "Deuxième ligne" not in told
    assert shared.picture() == before
    for state, role in allowed:
        answer, _told = send(state, role)
        assert answer.status_code in (200, 303), (state, role, answer.status)
        after = shared.picture()
        # Protecting what is protected, opening what is open, and the like: allowed, with nothing to do.
        assert after != before or route.endpoint in NOTHING_TO_DO, (state, role)
        before = after
    shared.app.config["WTF_CSRF_ENABLED"] = True


def test_facts_of_a_page_are_set_and_taken_back(wiki: Wiki) -> None:
    slug = wiki.page()
    mona, bob, anybody = wiki.visitor("mona"), wiki.visitor("bob"), wiki.visitor()
    mona.post(f"/wiki/{slug}/protect")
    assert "cette page est protégée" in bob.get(f"/wiki/{slug}/edit").text.lower()
    mona.post(f"/wiki/{slug}/unprotect")
    assert "cette page est protégée" not in bob.get(f"/wiki/{slug}/edit").text.lower()
    mona.post(f"/wiki/{slug}/archive")
    assert anybody.get(f"/wiki/{slug}").status_code == 404
    mona.post(f"/wiki/{slug}/unarchive")
    assert anybody.get(f"/wiki/{slug}").status_code == 200


# States in which a page is as good as none, for whom.
HIDDEN = [
    ("archived", "member"), ("members", "guest"), ("members", "suspended"), ("draft", "member"), ("draft", "admin"),
]  # fmt: skip


@pytest.mark.parametrize(("state", "role"), HIDDEN)
def test_a_hidden_page_and_one_that_never_was_are_answered_alike(wiki: Wiki, state: str, role: str) -> None:
    """P03."""
    archived = wiki.places(**STATES[state])
    never = {
        **archived, "slug": "jamais-vue", "variant": "jamais-nee", "event": "jamais-faite", "edition": "jamais-tenue",
    }
    client = wiki.visitor(role)
    for route in ROUTES:
        if not route.about_a_page or "{offer}" in route.path:
            continue
        method, form = ("GET", None) if route.reads else ("POST", dict(route.form))
        hidden = client.open(route.path.format(**archived), method=method, data=form)
        nothing = client.open(route.path.format(**never), method=method, data=form)
        assert hidden.status_code == nothing.status_code, route
        expected = plain(nothing)
        for name in ("slug", "variant", "event", "edition"):
            for dash in "- +":
                expected = expected.replace(never[name].replace("-", dash), archived[name].replace("-", dash))
        assert plain(hidden) == expected, route


@pytest.mark.parametrize(("state", "role"), HIDDEN)
def test_p03_a_hidden_page_and_one_that_never_was_cost_the_same_questions(wiki: Wiki, state: str, role: str) -> None:
    """What takes time is asked of the database: as often, and the same, whether there is something to hide or not."""
    hidden, client = wiki.page(**STATES[state]), wiki.visitor(role)
    asked: list[str] = []
    with wiki.app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    for route in READABLE:
        if route.names != {"slug"}:
            continue
        seen = []
        for slug in (hidden, "jamais-vue"):
            client.get("/")
            asked.clear()
            assert client.get(route.path.format(slug=slug)).status_code in (302, 403, 404), route
            seen.append(list(asked))
        assert seen[0] == seen[1], route


def test_no_version_of_an_archived_page_is_told_to_be_missing(wiki: Wiki) -> None:
    hidden, shown = wiki.page(archived=True), wiki.page()
    for number in ("99", "0", "latest"):
        for path in ("?revision={}", ".md?revision={}", "/diff/1..{}", "/revert/{}"):
            said = {
                slug: "La page, elle, existe" in wiki.visitor("bob").get(f"/wiki/{slug}{path.format(number)}").text
                for slug in (hidden, "nulle-part", shown)
            }
            assert said == {hidden: False, "nulle-part": False, shown: True}, path


def test_who_takes_the_title_of_an_archived_page_is_given_another_address_and_told_nothing_of_it(wiki: Wiki) -> None:
    slug = wiki.write("# Ancien nom\n")
    with wiki.app.app_context():
        pages.rename(wiki.cast.alice, slug, SECRET)
        pages.archive(wiki.cast.mona, SECRET.lower())
    for taken, address in (("Ancien nom", "/wiki/ancien-nom-2"), (SECRET, f"/wiki/{SECRET.lower()}-2")):
        client = wiki.visitor()
        answer = client.post("/new/article", data={"title": taken, "body": "Mon texte."})
        assert (answer.status_code, answer.location) == (303, address)
        shown = client.get(address).text
        assert "Mon texte." in shown
        assert taken == SECRET or SECRET.casefold() not in shown.casefold()


def _archive(wiki: Wiki, slug: str) -> None:
    pages.archive(wiki.cast.mona, slug)


def _close(wiki: Wiki, slug: str) -> None:
    pages.show_to(wiki.cast.mona, slug, "members")


def _draft(wiki: Wiki, slug: str) -> None:
    pages.show_to(wiki.cast.alice, slug, "draft")


@pytest.mark.parametrize(
    ("hide", "roles"),
    [(_archive, ("guest", "member")), (_close, ("guest", "suspended")), (_draft, ("guest", "member", "admin"))],
    ids=["archived", "members", "draft"],
)
def test_nothing_of_a_hidden_page_is_told_anywhere(
    wiki: Wiki, hide: Callable[[Wiki, str], None], roles: tuple[str, ...]
) -> None:
    """P02, P04, P08."""
    lines = f"title: {SECRET}\ntagline: Zipacna\ntags:\n  - Xibalba\nthemes:\n  - graines\n"
    slug = wiki.write(
        f"---\nkind: recipe\n{lines}---\n\nVoir [[Graines]] et [[Hunahpu]].\n",
        f"---\nkind: recipe\n{lines}---\n\nVoir [[Graines]] et [[Hunahpu]], encore.\n",
    )
    wiki.write("---\nkind: theme\ntitle: Graines\n---\n\nVoir aussi.\n")
    with wiki.app.app_context():
        pages.fork(wiki.cast.bob, slug, "", title="Copie", comment="Pour chez nous")
        copy = pages.text_of(wiki.cast.bob, "copie")[1]
        # What Bob copied while he could is his; the rest of the wiki need not say where it is from.
        own = "---\nkind: recipe\ntitle: Copie\n---\n\nTout autre texte.\n"
        pages.save(wiki.cast.bob, "copie", own, copy)
    tended = ("archive", "protect", "rename", "edit")
    # What the moderation reads are Bob's own two versions.
    shown = [route for route in READABLE if not route.path.endswith(tended) and route.endpoint != "moderation.queue"]
    addresses = [route.path.format(slug="graines") for route in shown]
    addresses += [f"/search?q={word}" for word in (SECRET, "Zipacna", "Xibalba", "graines")]
    addresses += [f"/{where}/suggestions?q=Quetz" for where in ("pages", "search")]
    addresses += [f"/{where}.{extension}?q=graines" for where in ("search", "events") for extension in ("json", "atom")]
    addresses += ["/wiki/copie", "/wiki/copie.json", "/wiki/copie/variants", "/wiki/copie/pull", "/wiki/copie/offer"]
    addresses += ["/wiki/copie/cite", "/wiki/copie/links", "/changes.atom?kind=recipe", "/people/alice", "/sitemap.xml"]
    addresses += ["/search.json?q=graines", "/search.csv?q=graines", "/recipes?themes=graines", "/recipes?tags=Xibalba"]
    words = (SECRET, slug, "Zipacna", "Xibalba", "Hunahpu", "hunahpu")

    def told(role: str) -> dict[str, list[str]]:
        found = {}
        for address in addresses:
            asked = address.partition("=")[2]
            with wiki.visitor(role).get(address) as answer:
                assert answer.status_code < 500, address
                text = answer.text + str(answer.headers)
            found[address] = [word for word in words if word in text and word.casefold() != asked.casefold()]
        return {address: found for address, found in found.items() if found}

    with wiki.app.app_context():
        pages.reindex()
    before = set(told("guest"))
    assert {"/", "/recipes", "/changes", "/changes.atom", "/wiki/graines", "/pages", "/wiki/graines/links"} <= before
    assert {"/search?q=graines", "/search/suggestions?q=Quetz", "/pages/suggestions?q=Quetz"} <= before
    with wiki.app.app_context():
        hide(wiki, slug)
    for role in roles:
        assert told(role) == {}, "before the index knows"
    with wiki.app.app_context():
        drain()
    for role in roles:
        assert told(role) == {}


def test_where_writing_is_for_members_a_guest_keeps_what_they_typed(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(EDITING="members")
    slug = wiki.page("Titre")
    before = wiki.picture()
    typed = "# Titre\n\nTout ce que j'ai tapé <pendant> une heure.\n"
    for path, form in [
        (f"/wiki/{slug}/edit", {"text": typed, "base": "2"}),
        (f"/wiki/{slug}/edit", {"body": typed, "title": "Titre", "base": "2"}),
        ("/new/article", {"text": typed}),
        ("/new/recipe", {"title": "Neuve", "body": typed}),
        (f"/wiki/{slug}/settle", {"mine": typed, "base": "1", "head": "2"}),
    ]:
        answer = wiki.visitor().post(path, data=form)
        assert answer.status_code == 403, path
        assert "tapé &lt;pendant&gt; une heure." in answer.text, path
        assert "/login" in answer.text
    assert wiki.picture() == before
    for path in (f"/wiki/{slug}/edit", "/new/article"):
        assert wiki.visitor().get(path).status_code == 403
        assert wiki.visitor("member").get(path).status_code == 200
    assert wiki.visitor("member").post(f"/wiki/{slug}/edit", data={"text": typed, "base": "2"}).status_code == 303
    assert wiki.visitor().get(f"/wiki/{slug}").status_code == 200


def test_nobody_raises_themselves_by_a_field_of_a_form(wiki: Wiki) -> None:
    slug = wiki.page("Titre")
    extra = {
        "role": "admin", "author_id": "5", "author_name": "ada", "id": "1", "number": "99", "created_at": "2001-01-01",
        "protected": "1", "slug": "autre", "kind_name": "theme", "active": "1", "user_id": "5", "action": "seed",
    }  # fmt: skip
    client = wiki.visitor()
    client.post("/register", data={"name": "Zoé", "password": "une phrase de passe", **extra})
    client.post(f"/wiki/{slug}/edit", data={**extra, "text": "# Titre\n\nNeuf.\n", "base": "2", "action": "save"})
    taken = wiki.picture()
    assert [row for row in taken["user"] if "Zoé" in row and "admin" in row] == []
    assert [row for row in taken["user"] if "Zoé" in row and "member" in row] != []
    (revision,) = [row for row in taken["revision"] if 3 in row[2:3]]
    assert {"Zoé", "edit"} <= {value for value in revision if isinstance(value, str)}
    assert "ada" not in revision

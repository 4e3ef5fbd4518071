"""Pages kept ready for anonymous readers: never stale, never somebody's own, and no work when nothing changed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests.pages.test_projection import Happenings
from tests.web.conftest import Wiki
from wiki import pages
from wiki.database import db
from wiki.web import reading


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages put together from now on."""
    drawn: list[str] = []
    real = reading.render_template

    def render_template(name: str, **context: Any) -> str:
        drawn.append(name)
        return real(name, **context)

    monkeypatch.setattr(reading, "render_template", render_template)
    return drawn


def plain(text: str) -> str:
    """A page without its nonce, nor the links that keep the arguments it was asked for with."""
    return re.sub(r'nonce="[^"]+"|<a href="\?[^"]*" hreflang', "", text)


def body(wiki: Wiki, slug: str, **more: Any) -> str:
    """What an anonymous reader gets, without its nonce."""
    answer = wiki.visitor().get(f"/wiki/{slug}", **more)
    assert answer.status_code == 200
    return re.sub(r'nonce="[^"]+"', "", answer.text)


def test_a_page_is_put_together_once_for_all_who_read_it(wiki: Wiki, drawings: list[str]) -> None:
    slug = wiki.page()
    first = body(wiki, slug)
    assert first == body(wiki, slug) == body(wiki, slug)
    assert len(drawings) == 1


def test_a_conditional_request_is_answered_without_putting_anything_together(wiki: Wiki, drawings: list[str]) -> None:
    slug = wiki.page()
    etag = wiki.visitor().get(f"/wiki/{slug}").headers["ETag"]
    drawings.clear()
    with questions(wiki) as asked:
        answer = wiki.visitor().get(f"/wiki/{slug}", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == etag
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert drawings == []
    assert len(asked) <= 1


def test_a_conditional_request_after_a_restart_is_answered_with_its_mark_alone(make_app: Callable[..., Flask]) -> None:
    wiki = Wiki(make_app())
    slug = wiki.page()
    etag = wiki.visitor().get(f"/wiki/{slug}").headers["ETag"]
    again = make_app().test_client().get(f"/wiki/{slug}", headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)


CHANGES: dict[str, Callable[[Wiki, str], object]] = {
    "saved": lambda wiki, slug: pages.save(wiki.cast.bob, slug, "# Autre\n\nNeuf.\n", 2),
    "renamed": lambda wiki, slug: pages.rename(wiki.cast.bob, slug, "Encore autre"),
    "archived": lambda wiki, slug: pages.archive(wiki.cast.mona, slug),
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_any_change_nobody_is_told_that_nothing_changed(wiki: Wiki, change: str) -> None:
    slug = wiki.page("Titre")
    before = wiki.visitor().get(f"/wiki/{slug}")
    with wiki.app.app_context():
        CHANGES[change](wiki, slug)
    after = wiki.visitor().get(f"/wiki/{slug}", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == {"renamed": 301, "archived": 404}.get(change, 200)
    assert after.headers.get("ETag") != before.headers["ETag"]


UNSEEN: dict[str, Callable[[Wiki, str], object]] = {
    "protected": lambda wiki, slug: pages.protect(wiki.cast.mona, slug, True),
    "linked to": lambda wiki, slug: pages.create(
        wiki.cast.bob, f"---\nkind: recipe\ntitle: Nouvelle\nrelated:\n  - {slug}\n---\n"
    ),
}


@pytest.mark.parametrize("change", UNSEEN)
def test_what_readers_do_not_see_changes_nothing_for_them(wiki: Wiki, change: str) -> None:
    slug = wiki.page("Titre")
    before = wiki.visitor().get(f"/wiki/{slug}")
    with wiki.app.app_context():
        UNSEEN[change](wiki, slug)
    after = wiki.visitor().get(f"/wiki/{slug}")
    assert plain(after.text) == plain(before.text)
    assert after.headers["ETag"] == before.headers["ETag"]


def test_links_are_right_at_once_for_anonymous_readers(wiki: Wiki) -> None:
    slug = wiki.write("# Appel\n\nVoir [[Jardin|ce lieu]].\n")

    def leads_to() -> str:
        found = re.search(r'<a[^>]*href="([^"]+)"[^>]*>ce lieu</a>', body(wiki, slug))
        assert found
        assert body(wiki, slug, query_string="x=1").count(f'href="{found[1]}"') == 1, "differs from what is not kept"
        return found[1]

    missing = "/new/article?title=Jardin"
    steps: list[tuple[Callable[[], object], str]] = [
        (lambda: None, missing),
        (lambda: pages.create(wiki.cast.bob, "# Jardin\n"), "/wiki/jardin"),
        (lambda: pages.rename(wiki.cast.bob, "jardin", "Verger"), "/wiki/verger"),
        (lambda: pages.archive(wiki.cast.mona, "verger"), missing),
        (lambda: pages.unarchive(wiki.cast.mona, "verger"), "/wiki/verger"),
        (lambda: pages.rename(wiki.cast.bob, "verger", "Jardin"), "/wiki/jardin"),
    ]
    for act, expected in steps:
        with wiki.app.app_context():
            act()
        assert leads_to() == expected


def test_what_names_a_page_is_right_at_once_for_anonymous_readers(wiki: Wiki) -> None:
    recipe = "---\nkind: recipe\ntitle: Pain\n---\n"
    variant = "---\nkind: recipe\ntitle: Pain noir\nvariant_of: pain\nvariant_notes: Du seigle.\n---\n"
    slug = wiki.write(recipe)
    assert "Pain noir" not in body(wiki, slug)
    wiki.write(variant)
    assert 'href="/wiki/pain-noir">Pain noir</a>' in body(wiki, slug)
    with wiki.app.app_context():
        pages.save(wiki.cast.bob, "pain-noir", variant.replace("Pain noir", "Pain de seigle"), 1)
    assert 'href="/wiki/pain-noir">Pain de seigle</a>' in body(wiki, slug)
    with wiki.app.app_context():
        pages.archive(wiki.cast.mona, "pain-noir")
    assert "Pain de seigle" not in body(wiki, slug)


def test_a_page_that_begins_or_ceases_to_name_another_is_shown_there_at_once(wiki: Wiki) -> None:
    slug = wiki.write("---\nkind: theme\ntitle: Graines\n---\n")
    recipe = "---\nkind: recipe\ntitle: Troc\nthemes:\n  - graines\n---\n"
    wiki.write(recipe.replace("graines", "arbres"))
    assert 'href="/wiki/troc"' not in body(wiki, slug)
    with wiki.app.app_context():
        pages.save(wiki.cast.bob, "troc", recipe, 1)
    assert 'href="/wiki/troc"' in body(wiki, slug)
    with wiki.app.app_context():
        pages.save(wiki.cast.bob, "troc", recipe.replace("graines", "arbres"), 2)
    assert 'href="/wiki/troc"' not in body(wiki, slug)


def test_a_page_that_moves_under_the_title_it_has_is_followed_at_once(wiki: Wiki) -> None:
    theme = wiki.write("---\nkind: theme\ntitle: Graines\n---\n")
    with wiki.app.app_context():
        pages.create(wiki.cast.bob, "---\nkind: recipe\ntitle: Troc\nthemes:\n  - graines\n---\n", slug="bourse")
        assert 'href="/wiki/bourse"' in body(wiki, theme)
        pages.rename(wiki.cast.bob, "bourse", "Troc")
    assert 'href="/wiki/troc"' in body(wiki, theme)


@pytest.mark.parametrize("seed", [None, 3])
def test_after_anything_that_can_happen_a_ready_page_is_what_would_be_put_together_now(
    wiki: Wiki, seed: int | None
) -> None:
    seed = seed if seed is not None else random.SystemRandom().randrange(10**9)
    with wiki.app.app_context():
        happenings = Happenings(wiki.cast, seed)
        told: list[str] = []
        for what in happenings.steps(25):
            told.append(what)
            db.session.rollback()
            for slug in happenings.slugs():
                ready = wiki.visitor().get(f"/wiki/{slug}")
                fresh = wiki.visitor().get(f"/wiki/{slug}?x=1")
                assert ready.status_code == fresh.status_code
                if ready.status_code == 200:
                    assert plain(ready.text) == plain(fresh.text), f"seed {seed}: {slug} after {told}"


def test_each_language_has_its_own_ready_page(wiki: Wiki) -> None:
    slug = wiki.page()
    french = body(wiki, slug, headers={"Accept-Language": "fr"})
    english = body(wiki, slug, headers={"Accept-Language": "en"})
    assert '<html lang="fr">' in french
    assert '<html lang="en">' in english
    assert body(wiki, slug, headers={"Accept-Language": "fr"}) == french
    etags = {
        wiki.visitor().get(f"/wiki/{slug}", headers={"Accept-Language": code}).headers["ETag"] for code in ("fr", "en")
    }
    assert len(etags) == 2


def test_nobodys_own_page_is_kept_or_sent_to_others(wiki: Wiki) -> None:
    slug = wiki.page()
    anybody = body(wiki, slug)
    for name in ("ada", "bob"):
        own = wiki.visitor(name).get(f"/wiki/{slug}")
        assert f">{name}<" in own.text
        assert own.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in own.headers
    assert body(wiki, slug) == anybody
    for word in (">ada<", ">bob<", "csrf_token", "/account"):
        assert word not in anybody


@pytest.mark.parametrize("secure", [False, True])
def test_a_word_for_one_guest_is_never_kept_for_others(make_wiki: Callable[..., Wiki], secure: bool) -> None:
    wiki = make_wiki(SECURE_COOKIES=secure)
    slug = wiki.page("Titre")
    base = "https://levain.example" if secure else "http://localhost"
    guest = wiki.visitor()
    saved = guest.post(f"/wiki/{slug}/edit", data={"text": "# Titre\n\nNeuf.\n", "base": "2"}, base_url=base)
    assert saved.status_code == 303
    own = guest.get(f"/wiki/{slug}", base_url=base)
    assert "Enregistré. Merci" in own.text
    assert "Enregistré" not in wiki.visitor().get(f"/wiki/{slug}", base_url=base).text


def test_a_text_cannot_learn_the_nonce_of_its_page(wiki: Wiki) -> None:
    first = wiki.write("# Titre\n\nlevain-nonce-levain-nonce\n")
    for _ in range(2):
        answer = wiki.visitor().get(f"/wiki/{first}")
        assert "levain-nonce-levain-nonce" in answer.text
        nonce = answer.headers["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
        assert answer.text.count(nonce) == answer.text.count(f'nonce="{nonce}"')


def test_kept_pages_are_given_up_when_there_is_no_more_room(
    make_wiki: Callable[..., Wiki], drawings: list[str]
) -> None:
    wiki = make_wiki(PAGE_CACHE=0)
    slug = wiki.page("Titre")
    assert body(wiki, slug) == body(wiki, slug)
    assert len(drawings) == 2


def test_a_database_that_does_not_answer_is_an_error_page_and_not_a_broken_line(
    wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    slug = wiki.page()

    def unavailable(*_rest: object, **_more: object) -> None:
        raise OperationalError("select", {}, Exception("unable to open database file"))

    monkeypatch.setattr(pages, "glance", unavailable)
    monkeypatch.setattr(pages, "open_page", unavailable)
    answer = wiki.visitor().get(f"/wiki/{slug}")
    assert answer.status_code == 503
    assert "Content-Security-Policy" in answer.headers


# -- How many questions the database is asked ---------------


@contextmanager
def questions(wiki: Wiki) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "ROLLBACK", "COMMIT")):
            asked.append(statement)

    with wiki.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_wiki_ten_times_larger_is_asked_no_more(wiki: Wiki) -> None:
    wiki.write("---\nkind: theme\ntitle: Graines\n---\n")
    wiki.write("---\nkind: edition\ntitle: Édition\nstarts_on: 2013\n---\n\n[[Recette 1]]\n")
    addresses = ["/", "/recipes", "/recipes?themes=graines", "/events", "/changes", "/changes.atom", "/pages"]
    addresses += [
        "/wiki/graines",
        "/wiki/recette-1",
        "/wiki/recette-1/history",
        "/wiki/recette-1/links",
        "/wiki/edition",
    ]
    addresses += ["/people/alice", "/wiki/recette-1/authors", "/wiki/recette-1.json", "/pages/suggestions?q=rec"]

    def grow(start: int, end: int) -> None:
        with wiki.app.app_context():
            for number in range(start, end):
                fields = f"kind: recipe\ntitle: Recette {number}\nthemes:\n  - graines\nrelated:\n  - recette-1"
                pages.create(wiki.cast.alice, f"---\n{fields}\n---\n\n[[Graines]] [[Recette {number - 1}]]\n")
            for number in range(1, 4):
                head = pages.find(wiki.cast.alice, "recette-1").head_number
                text = pages.text_of(wiki.cast.alice, "recette-1")[1].text
                pages.save(wiki.cast.bob, "recette-1", f"{text}\n{number}.\n", head)

    def asked() -> dict[str, int]:
        numbers = {}
        for address in addresses:
            for name in ("", "bob"):
                wiki.visitor(name).get(address, query_string=None).close()
                with questions(wiki) as statements:
                    answer = wiki.visitor(name).get(address)
                assert answer.status_code == 200, address
                numbers[f"{address} {name}"] = len(statements)
        return numbers

    grow(1, 5)
    small = asked()
    grow(5, 60)
    large = asked()
    assert large == small
    for slug in ("recette-1", "edition"):
        assert large[f"/wiki/{slug} "] <= 3
        assert large[f"/wiki/{slug} bob"] <= 6
    # Two more than others: what the index must not show, and the pages it found.
    assert large["/wiki/graines "] <= 5

"""Feeds: always well-formed, whatever people write, and saying what the pages say."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from sqlalchemy import update

from tests.web.conftest import Wiki
from wiki.database import write_transaction
from wiki.history import Revision
from wiki.pages.models import Page

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ["/changes.atom", "/people/alice.atom", "/changes.atom?kind=article&minor=0&who=members"]
HOSTILE = "<b>&amp; ]]> \u202e « \" ' \u0085 \u2028 \ufeff {{ 7*7 }} <!-- -- > \U0001f956"


def feed(wiki: Wiki, address: str, **more: object) -> ElementTree.Element:
    answer = wiki.visitor().get(address, **more)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.data)


def words(element: ElementTree.Element, name: str) -> list[str]:
    return [found.text or "" for found in element.iter(f"{ATOM}{name}")]


@pytest.mark.parametrize("address", FEEDS)
def test_an_empty_feed_is_a_feed(wiki: Wiki, address: str) -> None:
    assert not list(feed(wiki, address).iter(f"{ATOM}entry"))


@pytest.mark.parametrize("address", FEEDS)
def test_a_feed_tells_who_did_what_to_which_page(wiki: Wiki, address: str) -> None:
    slug = wiki.page("Titre")
    first, second = feed(wiki, address).iter(f"{ATOM}entry")
    assert words(first, "title") == words(second, "title") == ["Titre"]
    assert words(first, "name") == ["alice"]
    assert words(second, "id") == [f"http://localhost/wiki/{slug}?revision=1"]
    assert words(first, "summary")[0].startswith("alice a modifié")
    assert words(first, "updated") >= words(second, "updated")


@pytest.mark.parametrize("address", FEEDS)
def test_nothing_people_write_breaks_a_feed(wiki: Wiki, address: str) -> None:
    client = wiki.visitor("alice")
    client.post("/new/article", data={"title": 'Titre <b>&amp; ]]> « " {{ 7*7 }}', "comment": HOSTILE, "body": "x"})
    (entry,) = feed(wiki, address).iter(f"{ATOM}entry")
    assert words(entry, "title") == ['Titre <b>&amp; ]]> « " {{ 7*7 }}']
    assert "{{ 7*7 }}" in words(entry, "summary")[0]


@pytest.mark.parametrize("odd", ["\x00", "\x01\x08\x0b\x1f", "\ufffe\uffff", "\x7f\x9f"])
def test_what_no_feed_can_hold_is_replaced(wiki: Wiki, odd: str) -> None:
    wiki.page("Titre")
    with wiki.app.app_context(), write_transaction() as session:
        # As an older program, or an import, may have stored it.
        session.execute(update(Revision).values(comment=f"a{odd}b"))
        session.execute(update(Page).values(title=f"c{odd}d"))
    for address in FEEDS:
        for entry in feed(wiki, address).iter(f"{ATOM}entry"):
            assert words(entry, "title")[0].startswith("c")
            assert words(entry, "title")[0].endswith("d")


ESCAPES = ["\\ud800", "\\ud83d\\ude00x", "\\0", "\\x01", "\\x1b", "\\uffff", "\\x7f"]


@pytest.mark.parametrize("escape", ESCAPES)
def test_x16_no_escape_of_a_head_brings_in_what_no_feed_can_hold(shared: Wiki, escape: str) -> None:
    shared.app.config["WTF_CSRF_ENABLED"] = False
    before = shared.picture()
    for line in (f'title: "a{escape}b"', f'title: Titre\nplace: "a{escape}b"', f'title: Titre\nautre: "{escape}"',
                 f'title: Titre\nthemes:\n  - "{escape}"', f'title: Titre\n"{escape}": 1'):  # fmt: skip
        text = f"---\nkind: event\n{line}\nsessions:\n  - 2013-10-12\n---\n\nDu texte.\n"
        answer = shared.visitor("alice").post("/new/event", data={"text": text})
        assert answer.status_code == 422, line
        assert "Du texte." in answer.text
    assert shared.picture() == before


@pytest.mark.parametrize(
    "query",
    ["x=%01", "x=%ff%fe", "x=<&>", "kind=%ED%A0%80", "who='\"", "minor=%F0%9F%A5%96", "a=%26%3C", "\u00e9=\u00e9"],
)
def test_nothing_in_an_address_breaks_a_feed(shared: Wiki, query: str) -> None:
    for address in ("/changes.atom", "/people/alice.atom"):
        feed(shared, f"{address}?{query}")


def test_a_feed_is_not_sent_twice_to_who_has_it(wiki: Wiki) -> None:
    slug = wiki.page("Titre")
    etag = wiki.visitor().get("/changes.atom").headers["ETag"]
    assert wiki.visitor().get("/changes.atom", headers={"If-None-Match": etag}).status_code == 304
    wiki.visitor("bob").post(f"/wiki/{slug}/edit", data={"text": "# Titre\n\nNeuf.\n", "base": "2"})
    assert wiki.visitor().get("/changes.atom", headers={"If-None-Match": etag}).status_code == 200


def test_a_feed_speaks_the_language_asked_for(wiki: Wiki) -> None:
    wiki.page("Titre")
    spoken = {
        language: words(feed(wiki, "/changes.atom", headers={"Accept-Language": language}), "summary")[0]
        for language in ("fr", "en")
    }
    assert spoken["fr"] != spoken["en"]

"""How much one visitor gets: so many requests of each kind, so many rows of each list."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.conftest import add_account
from tests.web.conftest import Wiki
from tests.web.routes import READINGS
from wiki import pages

RATED = [
    ("SAVE_RATE", "POST", "/wiki/{slug}/edit", {"text": "# Titre\n\nTout mon texte.\n", "base": "x"}),
    ("SAVE_RATE", "POST", "/new/article", {"text": "Tout mon texte."}),
    ("LOGIN_RATE", "POST", "/register", {"name": "", "password": ""}),
    ("LOGIN_RATE", "POST", "/recover", {"name": "bob"}),
    ("LOGIN_RATE", "POST", "/recover/un-jeton", {"password": "x"}),
    ("LOGIN_RATE", "POST", "/account/confirm/un-jeton", {}),
    ("LOGIN_RATE", "GET", "/account/data.json", {}),
    ("PREVIEW_RATE", "POST", "/preview", {"body": "Un essai."}),
    ("SEARCH_RATE", "GET", "/search?q=a", {}),
    ("SEARCH_RATE", "GET", "/search.json?q=a", {}),
    ("SEARCH_RATE", "GET", "/search.csv?q=a", {}),
    ("SEARCH_RATE", "GET", "/events.atom", {}),
    ("SEARCH_RATE", "GET", "/search/suggestions?q=a", {}),
]


@pytest.mark.parametrize(("setting", "method", "path", "form"), RATED)
def test_l06_what_costs_is_rated_by_account_and_by_network(
    make_wiki: Callable[..., Wiki], setting: str, method: str, path: str, form: dict[str, str]
) -> None:
    wiki = make_wiki(**{setting: "2/hour"})
    address = path.format(slug=wiki.page("Titre"))

    def ask(name: str, network: str) -> int:
        with wiki.visitor(name).open(
            address, method=method, data=form or None, environ_base={"REMOTE_ADDR": network}
        ) as answer:
            if answer.status_code == 429:
                assert int(answer.headers["Retry-After"]) > 0
                assert "Tout mon texte" not in form.get("text", "") or "Tout mon texte" in answer.text
            return answer.status_code

    assert [ask("", "192.0.2.1") == 429 for _ in range(3)] == [False, False, True]
    assert ask("", "192.0.2.2") != 429, "another network has its own"
    assert [ask("bob", "192.0.2.1") == 429 for _ in range(3)] == [False, False, True], "and so has an account"
    assert ask("bob", "192.0.2.3") == 429, "which moves with it"


# The most rows one answer may hold where a screen has five; those that are not named hold one screen.
MOST = {
    "/": 6, "/search": 20, "/search.json": 100, "/search.csv": 1000, "/search.atom": 50, "/events.json": 100,
    "/account": 25, "/changes.atom": 50, "/people/alice.atom": 50, "/search/suggestions": 10, "/pages/suggestions": 10,
}  # fmt: skip
ROW = re.compile(r"/(?:wiki/page-\d+|wiki/titre\?revision=\d+|admin/accounts/\d+)(?![\w-])")


def test_l08_every_list_is_paged_whatever_the_address_asks(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(PER_PAGE=5)
    slug = wiki.write(*(f"# Titre\n\nUne ligne {number}.\n" for number in range(12)))
    for number in range(25):
        wiki.write(f"# Page {number}\n\nUne ligne, [[Titre]].\n")
    with wiki.app.app_context():
        pages.reindex()
        for number in range(10):
            add_account(f"Personne {number}", "member")
    client, longest = wiki.visitor("ada"), dict[str, int]()
    addresses = {route.path for route in READINGS if route.names <= {"slug"} and route.endpoint != "history.choose"}
    for path in sorted(addresses | {"/account", "/people/alice"}):
        for asked in ("", "limit=1000&per_page=1000&count=1000&size=1000"):
            address = path.format(slug=slug)
            address += ("&" if "?" in address else "?") + asked
            with client.get(address) as answer:
                shown = answer.text.partition("<main")[2] if answer.mimetype == "text/html" else answer.text
            rows = set(ROW.findall(shown))
            name = path.partition("?")[0]
            longest[name] = max(len(rows), longest.get(name, 0))
    assert {name: most for name, most in longest.items() if most > MOST.get(name, 5)} == {}
    assert [name for name in ("/articles", "/changes", "/people/alice", "/admin/accounts", "/wiki/{slug}/links")
            if longest[name] < 5] == [], "lists there are"  # fmt: skip

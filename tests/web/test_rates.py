"""How much one visitor gets: so many requests of each kind, so many rows of each list."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.web.conftest import Wiki

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


# Lists, and the most rows one screen of each may hold where a screen has five.
LISTS = {
    "/changes": 5, "/people/alice": 5, "/articles": 5, "/wiki/{slug}/history": 5, "/search?q=ligne": 20,
    "/account": 25, "/admin/accounts": 5,
}  # fmt: skip


def test_l08_every_list_is_paged_whatever_the_address_asks(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(PER_PAGE=5)
    slug = wiki.write(*(f"# Titre\n\nUne ligne {number}.\n" for number in range(12)))
    for number in range(25):
        wiki.write(f"# Page {number}\n\nUne ligne.\n")
    for path, most in LISTS.items():
        for asked in ("", "limit=1000", "per_page=1000", "count=1000"):
            address = path.format(slug=slug)
            address += ("&" if "?" in address else "?") + asked
            main = wiki.visitor("ada" if "admin" in path else "alice").get(address).text.partition("<main")[2]
            rows = {
                found for found in re.findall(r'href="(/(?:wiki|admin/accounts)/[^"#]+)"', main)
                if re.fullmatch(r"/wiki/page-\d+|/wiki/titre\?revision=\d+|/admin/accounts/\d+", found)
            }  # fmt: skip
            assert 0 < len(rows) <= most, (address, len(rows))

"""A theme that is not for everybody is one that nobody has made: with an index and without, at every door."""

from __future__ import annotations

import re
import shutil
from html import unescape
from pathlib import Path

import pytest

from tests.web.conftest import Wiki
from tests.web.test_closed_sources import close
from wiki import pages
from wiki.pages.indexing import drain

SECRET = "Quetzalcoatl"
THEME = "---\nkind: theme\ntitle: {}\n{}---\n\nUn mot.\n"
EVENT = "---\nkind: event\ntitle: {}\nsessions:\n  - 2013-10-12\nplace: Brest\nthemes:\n  - {}\n---\n\nUne sortie.\n"
# Which theme each gathering names. "autrefois" is the first address of the theme that is closed.
GATHERINGS = {"Une": "ville", "Deux": "rue", "Trois": "impasse", "Quatre": SECRET.lower(), "Cinq": "autrefois"}
FILTERED = ("/search", "/search.json", "/events", "/events.json", "/events.csv", "/events.atom", "/events.ics",
            "/events.geojson")
OTHERS = ("/", "/themes", "/wiki/ville", "/wiki/rue", "/wiki/impasse", "/wiki/ville.json", "/wiki/deux", "/wiki/quatre",
          "/wiki/quetzalcoatl", "/places/Brest", "/search/suggestions?q=quetz", "/search?q=quetzalcoatl", "/pages")


@pytest.fixture
def town(wiki: Wiki) -> Wiki:
    """Themes one below the other, with one missing between them, and gatherings that name them; no index yet."""
    wiki.write(THEME.format("Ville", ""))
    wiki.write(THEME.format("Rue", "parent: autrefois\n"))
    wiki.write(THEME.format("Impasse", "parent: Rue\n"))
    for title, theme in GATHERINGS.items():
        wiki.write(EVENT.format(title, theme))
    return wiki


def add_the_missing_theme(wiki: Wiki) -> None:
    wiki.write(THEME.format("Autrefois", "parent: ville\n"))
    with wiki.app.app_context():
        pages.rename(wiki.cast.alice, "autrefois", SECRET)


def bring_up_the_index(wiki: Wiki) -> None:
    with wiki.app.app_context():
        pages.reindex()


def lose_the_index(wiki: Wiki) -> None:
    shutil.rmtree(Path(wiki.app.config["WIKI"]["DATA"]) / "index")


def held(wiki: Wiki, theme: str) -> set[str]:
    return {row["title"] for row in wiki.visitor().get(f"/events.json?theme={theme}").get_json()["results"]}


def answers(wiki: Wiki) -> dict[str, str]:
    """What a guest is told at every door, but for what names the moment and the request."""
    client = wiki.visitor()
    addresses = [f"{door}?theme={slug}" for door in FILTERED for slug in ("ville", SECRET.lower())]
    said = {}
    for address in (*addresses, *OTHERS):
        answer = client.get(address)
        assert answer.status_code in (200, 404), (address, answer.status)
        text = re.sub(r"[\d-]{10}T[\d:.]{8,}|nonce=\S+|Référence\W+\w+", "", unescape(answer.text))
        said[address] = f"{answer.status} {text}"
    return said


def test_an_open_theme_holds_what_names_those_below_it_with_an_index_and_without(town: Wiki) -> None:
    add_the_missing_theme(town)
    for prepare in (lambda _wiki: None, bring_up_the_index):
        prepare(town)
        assert held(town, "ville") == set(GATHERINGS)
        assert held(town, SECRET.lower()) == {"Deux", "Trois", "Quatre", "Cinq"}
        assert held(town, "rue") == {"Deux", "Trois"}


@pytest.mark.parametrize(
    ("state", "indexed"), [("members", True), ("archived", True), ("members", False), ("draft", False)]
)
def test_a_closed_theme_is_as_one_that_nobody_has_made(town: Wiki, state: str, indexed: bool) -> None:
    bring_up_the_index(town)
    if not indexed:
        lose_the_index(town)
    before = answers(town)
    assert held(town, "ville") == {"Une"}
    add_the_missing_theme(town)
    close(town, state)
    if indexed:
        with town.app.app_context():
            drain()
    after = answers(town)
    assert {address: after[address] for address in before if before[address] != after[address]} == {}

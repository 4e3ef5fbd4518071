"""Every sort of page: no barrier axe can see, no sideways scrolling on a small phone, nothing its policy refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.addresses import NOT_SCREENS, SCREENS, VISITOR, furnish
from tests.browser.conftest import DESK, Site, open_browser, open_form, ready
from tests.browser.test_together import meet_bob
from tests.browser.tree import lost, read
from wiki.search import IndexUnavailable, Query, Results, WhooshEngine

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
PHONE: ViewportSize = {"width": 320, "height": 640}
LOOKS: tuple[tuple[Literal["light", "dark"], ViewportSize], ...] = (
    ("light", DESK), ("dark", DESK), ("dark", PHONE), ("light", PHONE),
)  # fmt: skip
# What the other colours of a window just looked at can change.
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "resultTypes": ["violations"],
}  # fmt: skip
REPEATED = """() => {
  const ids = [...document.querySelectorAll("[id]")].map(part => part.id);
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}"""
# The parts that take time to change.
MOVING = """() => [...document.querySelectorAll("*")].filter(part => {
  const { transitionDuration, animationDuration, scrollBehavior } = getComputedStyle(part);
  return [transitionDuration, animationDuration].some(words => words.split(",").some(one => parseFloat(one)))
    || scrollBehavior === "smooth";
}).map(part => part.outerHTML.slice(0, 120))"""
# The buttons that stay in sight cover whatever lies there at the moment; the keyboard tests look after what has focus.
UNSTICK = """() => {
  for (const part of document.querySelectorAll(".save-bar, .save-bar > .primary")) part.style.position = "static";
}"""


def examine(page: Page, looks: Sequence[tuple[Literal["light", "dark"], ViewportSize]] = LOOKS) -> None:
    """Look at the page that is open, wide and narrow, light and dark."""
    ready(page)
    page.evaluate(AXE)
    page.evaluate(UNSTICK)
    sizes: list[ViewportSize] = []
    for scheme, size in looks:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size(size)
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= size["width"], f"scrolls sideways: {wide} px"
        rules = COLOURS if size in sizes else RULES
        sizes.append(size)
        found = page.evaluate("rules => axe.run(document, rules).then(found => found.violations)", rules)
        told = [
            {"rule": rule["id"], "where": node["target"], "html": node["html"][:200], "why": node["failureSummary"]}
            for rule in found for node in rule["nodes"]
        ]
        assert not told, f"{scheme}, {size['width']} px: {json.dumps(told, indent=1, ensure_ascii=False)}"


@pytest.fixture(scope="module")
def places(site: Site) -> dict[str, str]:
    """What the names in the addresses stand for."""
    return furnish(site)


@pytest.fixture(scope="module")
def windows(browser: Browser, site: Site) -> Iterator[Callable[[str], tuple[Page, list[str]]]]:
    """One window for each person, for all the pages that are only looked at, and what it complained of."""
    opened: dict[str, tuple[Page, list[str]]] = {}

    def window(who: str) -> tuple[Page, list[str]]:
        if who not in opened:
            complaints: list[str] = []
            context = open_browser(browser, site, complaints, who)
            if not who:
                context.add_cookies([site.cookie(guest=VISITOR)])
            opened[who] = context.new_page(), complaints
        return opened[who]

    yield window
    for page, _complaints in opened.values():
        page.context.close()


def test_every_page_of_the_wiki_is_looked_at(site: Site, places: dict[str, str]) -> None:
    routes = site.app.url_map.bind("localhost")
    shown = {routes.match(urlsplit(screen.path.format(**places)).path)[0] for screen in SCREENS.values()}
    readable = {rule.endpoint for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert sorted(readable - shown - NOT_SCREENS.keys()) == []
    assert sorted(NOT_SCREENS.keys() - readable) == []
    assert sorted(NOT_SCREENS.keys() & shown) == []


@pytest.mark.parametrize("name", SCREENS)
def test_a_page_keeps_nobody_out(
    windows: Callable[[str], tuple[Page, list[str]]], places: dict[str, str], name: str
) -> None:
    screen = SCREENS[name]
    page, complaints = windows(screen.who)
    complaints.clear()
    page.set_viewport_size(DESK)
    answer = page.goto(screen.path.format(**places))
    assert answer is not None
    assert answer.status == screen.status
    assert "text/html" in answer.headers["content-type"]
    examine(page)
    page.set_viewport_size(DESK)
    told = lost(read(page))
    assert not told, "\n".join(told)
    assert page.evaluate(REPEATED) == []
    assert page.evaluate(MOVING) == []
    # Help stands in the same place everywhere.
    assert page.locator(".site-footer nav").first.get_by_role("link").last.get_attribute("href") == "/wiki/aide"
    assert not complaints


def test_what_would_leave_somebody_lost_is_told(visit: Callable[..., Page]) -> None:
    page = visit()
    page.set_content(
        "<header></header><main><h1>Un</h1><h3>Trois</h3><nav></nav><nav></nav><p>"
        "<a href=https://exemple.org/a>Voir</a> <a href=https://exemple.org/b>Voir</a>"
        "<button>Oui</button> <button>Oui</button> <input> <a href=/c></a></p></main><footer></footer>"
    )
    told = "\n".join(lost(read(page)))
    for words in (
        "“Trois” (3) a level is skipped", "landmarks go by", "links called “Voir”", "buttons are called “Oui”",
        "a textbox without a name", "a link without a name",
    ):  # fmt: skip
        assert words in told
    assert len(told.splitlines()) == 6


def test_every_filter_of_a_search_opened_keeps_nobody_out(visit: Callable[..., Page]) -> None:
    page = visit()
    page.goto("/search?q=communs")
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert page.locator(".facet-options a").count() > 20
    examine(page)


def test_a_search_while_the_index_is_built_keeps_nobody_out(visit: Callable[..., Page], site: Site) -> None:
    class Building(WhooshEngine):
        def search(self, query: Query) -> Results:
            raise IndexUnavailable("being built")

    engine = site.app.extensions["search"]
    site.app.extensions["search"] = Building(Path("nowhere"))
    try:
        page = visit()
        page.goto("/search?q=soupe")
        expect(page.get_by_text("La recherche complète se prépare")).to_be_visible()
        examine(page)
        page.goto("/wiki/jardin")
        examine(page, LOOKS[:1])
    finally:
        site.app.extensions["search"] = engine


def test_a_link_made_for_somebody_keeps_nobody_out(visit: Callable[..., Page]) -> None:
    page = visit("ada")
    page.goto("/admin/accounts/2")
    page.get_by_role("button", name="Faire un lien").click()
    expect(page.locator("code")).to_contain_text("/recover/")
    examine(page)


def test_the_conflict_screen_keeps_nobody_out(visit: Callable[..., Page], site: Site, slug: str) -> None:
    page = visit("alice")
    meet_bob(page, site, slug)
    examine(page)


def test_a_refused_form_keeps_nobody_out(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}/edit")
    page.get_by_label("Titre").fill("")
    page.keyboard.press("Control+s")
    expect(page.locator(".error-summary")).to_be_visible()
    examine(page)


def test_previews_and_drafts_keep_nobody_out(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}/edit")
    page.locator("textarea[name=body]").fill("## Un brouillon\n\n[[nulle part]] et <https://example.org>")
    page.close(run_before_unload=False)
    page = page.context.new_page()
    open_form(page, f"/wiki/{slug}/edit")
    page.get_by_role("button", name="Voir les différences").click()
    expect(page.locator(".banner ins").first).to_be_visible()
    examine(page)
    page.get_by_role("button", name="Le reprendre").click()
    expect(page.locator("#changes")).to_be_visible()
    page.set_viewport_size(DESK)
    expect(page.locator(".live-preview a").first).to_be_visible()
    examine(page)


def test_the_shortcuts_keep_nobody_out(visit: Callable[..., Page], slug: str) -> None:
    page = visit()
    open_form(page, f"/wiki/{slug}")
    page.get_by_role("button", name="Raccourcis clavier").click()
    examine(page)


def test_steps_that_are_done_keep_nobody_out(visit: Callable[..., Page], slug: str) -> None:
    page = visit()
    open_form(page, f"/wiki/{slug}")
    page.locator("button.step-number").first.click()
    expect(page.locator(".steps-bar")).to_be_visible()
    examine(page)


@pytest.mark.parametrize("looks", [LOOKS[:2], LOOKS[2:]], ids=["desk", "phone"])
def test_pages_proposed_while_one_writes_keep_nobody_out(
    visit: Callable[..., Page], slug: str, looks: Sequence[tuple[Literal["light", "dark"], ViewportSize]]
) -> None:
    page = visit("alice", viewport=looks[0][1])
    open_form(page, f"/wiki/{slug}/edit")
    page.locator("textarea[name=body]").press("Control+End")
    page.keyboard.type("\nVoir [[carto")
    expect(page.locator("[role=listbox] [role=option]").first).to_be_visible()
    examine(page, looks)


def test_words_proposed_in_the_search_box_keep_nobody_out(visit: Callable[..., Page]) -> None:
    page = visit()
    open_form(page, "/recipes")
    page.locator("#site-search").focus()
    expect(page.locator("#site-search-suggestions")).to_be_attached()
    page.keyboard.type("carto")
    expect(page.locator("#site-search-suggestions option").first).to_be_attached()
    examine(page)


def test_the_open_menu_of_a_phone_keeps_nobody_out(visit: Callable[..., Page]) -> None:
    page = visit(viewport=PHONE)
    open_form(page, "/")
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Recettes", exact=True)).to_be_visible()
    examine(page, LOOKS[2:])


def test_a_refused_door_keeps_nobody_out(visit: Callable[..., Page]) -> None:
    page = visit()
    open_form(page, "/register")
    page.get_by_label("Mot de passe").fill("court")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_visible()
    examine(page)

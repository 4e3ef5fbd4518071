"""Every sort of page: no barrier axe can see, no sideways scrolling on a small phone, nothing its policy refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import DESK, RECIPE, Site, open_browser, open_form, ready
from tests.browser.test_together import meet_bob
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

ADDRESSES = {
    "home": "/",
    "recipes": "/recipes",
    "events": "/events",
    "themes": "/themes",
    "recipe": "/wiki/cartopartie",
    "variant": "/wiki/apero-des-communs",
    "event": "/wiki/la-guill-en-biens-communs",
    "edition": "/wiki/brest-en-biens-communs-2009",
    "theme": "/wiki/biens-communs",
    "project": "/wiki/villes-en-biens-communs",
    "collective": "/wiki/april",
    "article": "/wiki/aide-memoire-de-la-mise-en-forme",
    "variants": "/wiki/cartopartie/variants",
    "links": "/wiki/cartopartie/links",
    "edit": "/wiki/cartopartie/edit",
    "event edit": "/wiki/la-guill-en-biens-communs/edit",
    "text edit": "/wiki/cartopartie/edit?as=text",
    "choose kind": "/new",
    "import": "/events/import",
    "new recipe": "/new/recipe",
    "new event": "/new/event",
    "rename": "/wiki/cartopartie/rename",
    "archive": "/wiki/cartopartie/archive",
    "history": "/wiki/{slug}/history",
    "old version": "/wiki/{slug}?revision=1",
    "comparison": "/wiki/{slug}/diff/1..2",
    "authors": "/wiki/{slug}/authors",
    "put back": "/wiki/{slug}/revert/1",
    "undo": "/wiki/{slug}/undo/2",
    "changes": "/changes",
    "queue": "/moderation",
    "blocks": "/moderation/blocks",
    "moderation log": "/moderation/log",
    "report a page": "/wiki/cartopartie/flag",
    "person": "/people/bob",
    "search": "/search?q=jardin",
    "search without result": "/search?q=introuvable-ici&theme=pain&year=1999",
    "search of a family": "/search?q=disco+soupe&family=disco-soupe",
    "misspelt search": "/search?q=grainoteque",
    "misread search": "/search?q=soupe&place=Atlantide&km=10&from=31/02/2012",
    "years": "/events?when=past",
    "upkeep": "/pages",
    "account": "/account",
    "change of name": "/account/name",
    "missing page": "/wiki/page-qui-n-existe-pas",
    "parts": "/design",
    "editions": "/editions",
    "projects": "/projects",
    "collectives": "/collectives",
    "articles": "/articles",
    "programme": "/wiki/villes-en-biens-communs-2013",
    "review": "/wiki/brest-en-biens-communs-2009/review",
    "report": "/wiki/copy-party-de-brest/report",
    "event from a recipe": "/propose?from=cartopartie",
    "initiative": "/propose",
    "poster": "/wiki/la-guill-en-biens-communs/poster",
    "next edition": "/wiki/brest-en-biens-communs-2009/next",
    "map": "/events?view=map&when=past",
    "month": "/events?view=month&at=2013-10",
    "narrowed search": "/search?q=cartopartie&kind=event&when=past",
    "copies": "/offline",
    "news": "/news",
    "cite": "/wiki/apero-des-communs/cite",
    "link": "/wiki/{slug}/link",
    "visibility": "/wiki/{slug}/visibility",
    "protect": "/wiki/{slug}/protect",
    "follow": "/wiki/{slug}/follow",
    "moderation": "/moderation",
    "undo all": "/people/bob/undo",
    "email": "/account/email",
    "password": "/account/password",
    "delete account": "/account/delete",
    "place": "/places/Brest",
    "home near a town": "/?near=Brest",
    "suggestions": "/suggestions",
    "new edition": "/new/edition",
    "new project": "/new/project",
    "hide": "/wiki/{slug}/hide/1",
    "flag": "/wiki/{slug}/flag",
    "initiative from a recipe": "/propose?from=cartopartie",
}
DOOR = {"login": "/login", "register": "/register", "lost password": "/recover"}


# The buttons that stay in sight cover whatever lies there at the moment; the keyboard tests look after what has focus.
UNSTICK = """() => {
  for (const part of document.querySelectorAll(".save-bar, .save-bar > .primary")) part.style.position = "static";
}"""


def examine(page: Page, looks: Sequence[tuple[Literal["light", "dark"], ViewportSize]] = LOOKS) -> None:
    """Look at the page that is open, wide and narrow, light and dark."""
    ready(page)
    page.evaluate(AXE)
    page.evaluate(UNSTICK)
    for scheme, size in looks:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size(size)
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= size["width"], f"scrolls sideways: {wide} px"
        found = page.evaluate("rules => axe.run(document, rules).then(found => found.violations)", RULES)
        told = [
            {"rule": rule["id"], "where": node["target"], "html": node["html"][:200], "why": node["failureSummary"]}
            for rule in found for node in rule["nodes"]
        ]
        assert not told, f"{scheme}, {size['width']} px: {json.dumps(told, indent=1, ensure_ascii=False)}"


@pytest.fixture(scope="module")
def told(site: Site) -> str:
    """A page of two versions, the second of Bob's."""
    slug = site.create(RECIPE.format(title="Bocaux racontés"))
    site.save("bob", slug, "- 10 bocaux", "- 20 bocaux")
    return slug


@pytest.fixture(scope="module")
def window(browser: Browser, site: Site) -> Iterator[tuple[Page, list[str]]]:
    """One window for all the pages that are only looked at, and what it complained of."""
    complaints: list[str] = []
    context = open_browser(browser, site, complaints, "mona")
    yield context.new_page(), complaints
    context.close()


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_page_keeps_nobody_out(window: tuple[Page, list[str]], told: str, name: str) -> None:
    page, complaints = window
    complaints.clear()
    page.set_viewport_size(DESK)
    answer = page.goto(ADDRESSES[name].format(slug=told))
    assert answer is not None
    assert answer.status == (404 if name == "missing page" else 200)
    examine(page)
    assert not complaints


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


@pytest.mark.parametrize("name", DOOR)
def test_the_door_keeps_nobody_out(visit: Callable[..., Page], name: str) -> None:
    page = visit()
    page.goto(DOOR[name])
    examine(page)


@pytest.mark.parametrize(
    "path", ["/admin/accounts", "/admin/accounts?q=introuvable", "/admin/accounts/2", "/admin/check"]
)
def test_what_administrators_see_keeps_nobody_out(visit: Callable[..., Page], path: str) -> None:
    page = visit("ada")
    page.goto(path)
    examine(page)


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

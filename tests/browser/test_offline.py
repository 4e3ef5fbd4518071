"""Pages already read stay readable without network: marked as copies, never those of one person, gone at logout."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import RECIPE, Site, ready
from wiki import accounts, pages
from wiki.web import offline

KEPT = """async () => (await (await caches.open("levain-copies")).keys())
    .map(request => new URL(request.url).pathname)"""
WORKING = "() => navigator.serviceWorker.controller?.state === 'activated'"


@pytest.fixture
def reader(contexts: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Opens a window whose browser keeps copies: the home page is read, and what keeps them is there."""

    def opened(name: str = "") -> Page:
        page = contexts(name, service_workers="allow").new_page()
        page.goto("/")
        page.wait_for_function(WORKING)
        return page

    return opened


def read(page: Page, slug: str) -> None:
    """Open a page and wait until its copy is kept."""
    page.goto(f"/wiki/{slug}")
    page.wait_for_function("""async path => (await (await caches.open("levain-copies")).keys())
        .some(request => new URL(request.url).pathname === path)""", arg=f"/wiki/{slug}")


def cut(page: Page) -> None:
    page.context.set_offline(True)


def test_a_recipe_that_was_read_is_read_again_without_network_and_marked_as_a_copy(
    reader: Callable[..., Page], slug: str
) -> None:
    page = reader()
    read(page, slug)
    expect(page.locator(".copy")).to_have_count(0)
    cut(page)
    page.reload()
    note = page.locator("[role=status] .copy")
    expect(note).to_be_visible()
    expect(note).to_contain_text("Copie lue le")
    assert "{date}" not in note.inner_text()
    expect(page.get_by_text("Demandez à la médiathèque.")).to_be_visible()
    # Drawn as ever, and steps can be followed.
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(251, 246, 236)"
    page.locator("button.step-number").first.click()
    expect(page.locator(".steps-bar")).to_be_visible()


def test_the_note_of_a_copy_is_announced(reader: Callable[..., Page], slug: str) -> None:
    page = reader()
    read(page, slug)
    page.add_init_script("""document.addEventListener("DOMContentLoaded", () =>
        new MutationObserver(changes => { for (const { addedNodes } of changes)
            for (const node of addedNodes) globalThis.said = node.textContent; })
        .observe(document.querySelector("main [role=status]"), { childList: true }));""")
    cut(page)
    page.reload()
    page.wait_for_function("() => globalThis.said?.includes('Copie lue le')")


def test_the_first_page_of_all_is_kept_too(contexts: Callable[..., BrowserContext], slug: str) -> None:
    page = contexts(service_workers="allow").new_page()
    read(page, slug)
    page.wait_for_function(WORKING)
    cut(page)
    page.reload()
    expect(page.locator(".copy")).to_be_visible()


def test_a_page_never_read_leads_to_those_that_were(reader: Callable[..., Page], slug: str) -> None:
    page = reader()
    read(page, slug)
    cut(page)
    page.goto("/wiki/cartopartie")
    expect(page.get_by_role("heading", name="Lire sans réseau")).to_be_visible()
    link = page.locator("[data-copies]").get_by_role("link")
    expect(link).to_have_count(1)
    expect(page.locator("[data-copies] li")).to_contain_text("copie lue le")
    link.click()
    expect(page.locator(".copy")).to_be_visible()
    page.goto("/")
    page.get_by_role("button", name="Effacer ces copies").click()
    expect(page.get_by_text("Les copies sont effacées.")).to_be_visible()
    expect(page.get_by_text("Cet appareil ne garde aucune copie")).to_be_visible()
    assert page.evaluate(KEPT) == []


def test_what_is_sent_without_network_is_said_to_be_kept_and_is(reader: Callable[..., Page], slug: str) -> None:
    page = reader("alice")
    page.goto(f"/wiki/{slug}/edit")
    ready(page)
    page.locator("textarea[name=body]").fill("Écrit au jardin.\n")
    cut(page)
    page.locator(".save-bar .primary").click()
    expect(page.get_by_text("votre texte est gardé ici")).to_be_visible()
    page.context.set_offline(False)
    page.goto(f"/wiki/{slug}/edit")
    page.get_by_role("button", name="Le reprendre").click()
    expect(page.locator("textarea[name=body]")).to_have_value("Écrit au jardin.\n")
    page.locator(".save-bar .primary").click()
    page.wait_for_url(f"**/wiki/{slug}")
    expect(page.get_by_text("Écrit au jardin.")).to_be_visible()


def test_a_member_keeps_what_anybody_reads_and_nothing_of_their_own(
    reader: Callable[..., Page], site: Site, slug: str
) -> None:
    with site.app.app_context():
        closed = pages.create(accounts.named("alice"), RECIPE.format(title="Bocaux entre nous")).slug
        pages.show_to(accounts.named("alice"), closed, "members")
    page = reader("alice")
    own = (f"/wiki/{closed}", "/account", f"/wiki/{slug}/edit", f"/wiki/{slug}?revision=1", "/news", "/changes")
    for address in own:
        page.goto(address)
        ready(page)
    read(page, slug)
    assert page.evaluate(KEPT) == [f"/wiki/{slug}"]
    cut(page)
    page.reload()
    expect(page.locator(".copy")).to_be_visible()
    expect(page.get_by_role("link", name="Se connecter")).to_be_visible()
    assert "alice" not in page.content()
    for address in (f"/wiki/{closed}", "/account"):
        page.goto(address)
        expect(page.get_by_role("heading", name="Lire sans réseau")).to_be_visible()


def test_going_out_forgets_every_copy(reader: Callable[..., Page], site: Site, slug: str) -> None:
    page = reader("bob")
    read(page, slug)
    # Bob's session is the cast's: it must outlive this test.
    page.route("**/logout", lambda route: route.fulfill(status=200, body="", content_type="text/html"))
    page.evaluate("""() => { const form = document.querySelector("form[action$='/logout']"); form.submit(); }""")
    page.wait_for_url("**/logout")
    page.goto("/offline")
    expect(page.get_by_text("Cet appareil ne garde aucune copie")).to_be_visible()
    assert page.evaluate(KEPT) == []


def test_a_copy_goes_when_nobody_may_read_the_page_any_more(
    reader: Callable[..., Page], site: Site, slug: str
) -> None:
    page = reader()
    read(page, slug)
    with site.app.app_context():
        pages.archive(accounts.named("mona"), slug)
    page.goto(f"/wiki/{slug}")
    page.wait_for_function("""async () => !(await (await caches.open("levain-copies")).keys()).length""")


def test_the_copies_are_few_and_the_oldest_go_first(reader: Callable[..., Page], site: Site) -> None:
    slugs = [site.create(RECIPE.format(title=f"Bocaux gardés {number}")) for number in range(3)]
    page = reader()
    for slug in slugs:
        read(page, slug)
    read(page, slugs[0])
    (worker,) = page.context.service_workers
    assert worker.evaluate("() => MOST") == 60
    worker.evaluate("async () => trim(await caches.open(COPIES), 2)")
    assert page.evaluate(KEPT) == [f"/wiki/{slugs[2]}", f"/wiki/{slugs[0]}"]


def test_the_wiki_can_be_kept_among_the_applications_of_a_phone(reader: Callable[..., Page]) -> None:
    page = reader()
    browser = page.context.new_cdp_session(page)
    manifest = browser.send("Page.getAppManifest")
    assert manifest["url"].endswith("/manifest.webmanifest")
    assert manifest["errors"] == []
    faults = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # The browsers of tests are private ones, which keep nothing for good.
    assert [fault["errorId"] for fault in faults] == ["in-incognito"]


def test_what_a_kept_script_asks_for_is_kept_too() -> None:
    scripts = Path(offline.__file__).parents[1] / "static/js"
    for name in offline._SCRIPTS:
        asked = re.findall(r'^import .*"\./(\w+)\.js"', (scripts / f"{name}.js").read_text("utf-8"), re.MULTILINE)
        assert set(asked) <= set(offline._SCRIPTS), name

"""What axe cannot see: nothing moves for those who wish so, what happens is announced, the ways work without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, open_form

# The longest any part of the page takes to change, in seconds, and how it scrolls.
MOTION = """() => {
  const seconds = words =>
    Math.max(...words.split(",").map(word => parseFloat(word) * (word.includes("ms") ? .001 : 1)));
  const longest = [...document.querySelectorAll("*")].map(part => getComputedStyle(part))
    .map(style => Math.max(seconds(style.transitionDuration), seconds(style.animationDuration)));
  return [Math.max(...longest), getComputedStyle(document.documentElement).scrollBehavior];
}"""
# Notes every change of a region that says what happens.
LISTEN = """() => {
  globalThis.said = [];
  new MutationObserver(changes => {
    for (const { target } of changes) {
      const part = target.closest ? target : target.parentElement;
      const region = part?.closest("[role=status], [role=alert], [aria-live]");
      if (region) globalThis.said.push(region.textContent.trim());
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


@pytest.mark.parametrize("address", ["/", "/recipes", "/wiki/copy-party", "/wiki/copy-party/edit", "/design"])
def test_nothing_moves_for_those_who_wish_so(visit: Callable[..., Page], address: str) -> None:
    page = visit()
    page.emulate_media(reduced_motion="reduce")
    open_form(page, address)
    assert page.evaluate(MOTION) == [0, "auto"]
    page.emulate_media(reduced_motion="no-preference")
    longest, _scrolling = page.evaluate(MOTION)
    assert 0 < longest <= 0.12


def test_what_happens_is_announced(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}")
    page.evaluate(LISTEN)
    page.locator("button.step-number").first.click()
    page.wait_for_function("() => said.includes('1 étape faite sur 2')")
    open_form(page, f"/wiki/{slug}/edit")
    page.evaluate(LISTEN)
    page.locator("textarea[name=body]").press("Control+End")
    page.keyboard.type(" [[carto")
    page.wait_for_function("() => said.some(words => words.startsWith('Pages proposées'))")


def test_what_a_page_came_to_say_is_announced_once_somebody_listens(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice")
    page.add_init_script(f"addEventListener('DOMContentLoaded', {LISTEN})")
    open_form(page, f"/wiki/{slug}/edit")
    page.locator("textarea[name=body]").fill("## Un texte\n\nTout autre.")
    page.keyboard.press("Control+s")
    page.wait_for_url(f"**/wiki/{slug}")
    page.wait_for_function("() => said.some(words => words.includes('Enregistré'))")
    expect(page.locator("main > [role=status] .banner")).to_have_count(1)


def test_a_password_may_be_pasted_and_is_known_to_those_who_keep_them(visit: Callable[..., Page]) -> None:
    page = visit()
    open_form(page, "/login")
    assert page.get_by_label("Nom").first.get_attribute("autocomplete") == "username"
    password = page.locator("input[type=password]")
    assert password.get_attribute("autocomplete") == "current-password"
    taken = password.evaluate("""field => field.dispatchEvent(
      new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: new DataTransfer() }))""")
    assert taken, "pasting is prevented"
    open_form(page, "/register")
    assert page.locator("input[type=password]").get_attribute("autocomplete") == "new-password"
    assert page.locator("input[type=email]").get_attribute("autocomplete") == "email"


def test_what_a_page_came_to_say_stands_in_its_status_region(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice")
    page.goto("/search?q=jardin")
    expect(page.locator("[role=status]").filter(has_text="résultats")).to_be_visible()
    open_form(page, f"/wiki/{slug}/edit")
    page.locator("textarea[name=body]").fill("## Un texte\n\nTout autre.")
    page.keyboard.press("Control+s")
    expect(page.locator("main > [role=status]")).to_contain_text("Enregistré")
    open_form(page, f"/wiki/{slug}/edit")
    page.get_by_label("Titre").fill("")
    page.keyboard.press("Control+s")
    expect(page.locator("[role=alert]")).to_contain_text("Il reste un point à corriger")
    expect(page.get_by_label("Titre")).to_have_attribute("aria-invalid", "true")


def test_search_a_town_and_an_event_are_within_reach_without_script(
    visit: Callable[..., Page], site: Site, slug: str
) -> None:
    page = visit("alice", java_script_enabled=False, viewport={"width": 320, "height": 640})
    page.goto("/")
    page.get_by_label("Votre ville").fill("Brest")
    page.get_by_role("button", name="Voir autour").click()
    expect(page.get_by_role("heading", name="Près de Brest")).to_be_visible()
    page.locator("#site-search").fill("cartopartie")
    page.locator("#site-search").press("Enter")
    page.locator(".results a").first.click()
    page.wait_for_url("**/wiki/**")
    page.goto(f"/wiki/{slug}")
    page.get_by_role("link", name="Organiser cette recette").click()
    page.get_by_label("Quoi").fill("Bocaux sans script")
    page.get_by_role("button", name="Proposer cette initiative").click()
    page.wait_for_url("**/wiki/bocaux-sans-script**")
    assert f"recipes:\n  - {slug}\n" in site.text("bocaux-sans-script")

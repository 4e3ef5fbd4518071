"""Following a recipe beside the dough: steps marked with one large touch, remembered by the device."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import open_form

AWAKE = """() => {
  window.asked = [];
  const lock = { release: () => window.asked.push("released") };
  const wakeLock = { request: async (what) => (window.asked.push(what), lock) };
  Object.defineProperty(navigator, "wakeLock", { value: wakeLock });
}"""


def test_steps_done_are_remembered_by_the_device(visit: Callable[..., Page], slug: str) -> None:
    page = visit(viewport={"width": 360, "height": 740})
    open_form(page, f"/wiki/{slug}")
    first = page.get_by_role("button", name="Étape 1")
    box = first.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44
    expect(page.get_by_text("Étape faite ? Touchez son numéro")).to_be_visible()
    bar = page.locator(".steps-bar")
    expect(bar).to_be_hidden()
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(bar.get_by_role("status")).to_have_text("1 étape faite sur 2")
    open_form(page, f"/wiki/{slug}")
    expect(page.get_by_role("button", name="Étape 1")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Étape 2")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Tout décocher").click()
    expect(bar).to_be_hidden()
    expect(page.get_by_role("button", name="Étape 1")).to_be_focused()
    open_form(page, f"/wiki/{slug}")
    expect(page.locator(".steps-bar")).to_be_hidden()


def test_the_screen_stays_on_while_somebody_wishes_so(visit: Callable[..., Page], slug: str) -> None:
    page = visit()
    page.add_init_script(f"({AWAKE})()")
    open_form(page, f"/wiki/{slug}")
    page.get_by_role("button", name="Étape 2").click()
    awake = page.get_by_role("button", name="Garder l’écran allumé")
    awake.click()
    expect(awake).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.asked") == ["screen"]
    awake.click()
    expect(awake).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("window.asked") == ["screen", "released"]


def test_without_scripts_steps_are_numbered_all_the_same(visit: Callable[..., Page], slug: str) -> None:
    page = visit(java_script_enabled=False)
    page.goto(f"/wiki/{slug}")
    assert page.locator("h3 > .step-number").all_text_contents() == ["1", "2"]
    expect(page.locator(".steps-bar")).to_have_count(0)


def test_the_contents_say_where_the_reader_is(visit: Callable[..., Page]) -> None:
    page = visit()
    open_form(page, "/wiki/copy-party")
    page.locator("#s-points-de-droit").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#s-points-de-droit').scrollIntoView()")
    expect(page.locator(".toc .desk-only [aria-current]")).to_have_text("Points de droit")

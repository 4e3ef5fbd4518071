"""Reading with a keyboard's shortcuts."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import open_form, ready


def test_e_opens_the_edit_form_and_the_bar_the_search(visit: Callable[..., Page], slug: str) -> None:
    page = visit()
    open_form(page, f"/wiki/{slug}")
    page.keyboard.press("/")
    expect(page.locator("#site-search")).to_be_focused()
    page.keyboard.type("e/")
    expect(page.locator("#site-search")).to_have_value("e/")
    page.locator("h1").click()
    page.keyboard.press("e")
    page.wait_for_url(f"**/wiki/{slug}/edit")


def test_keys_with_a_modifier_belong_to_the_browser(visit: Callable[..., Page], slug: str) -> None:
    page = visit()
    open_form(page, f"/wiki/{slug}")
    for keys in ("Control+e", "Alt+e", "Meta+e", "Control+/"):
        page.keyboard.press(keys)
    expect(page.locator("#site-search")).not_to_be_focused()
    expect(page).to_have_url(page.url)
    assert page.url.endswith(f"/wiki/{slug}")


def test_single_keys_can_be_switched_off(visit: Callable[..., Page], slug: str) -> None:
    page = visit()
    open_form(page, f"/wiki/{slug}")
    page.get_by_role("button", name="Raccourcis clavier").click()
    page.get_by_label("Se servir des touches seules").uncheck()
    page.reload()
    ready(page)
    page.keyboard.press("/")
    expect(page.locator("#site-search")).not_to_be_focused()
    page.get_by_role("button", name="Raccourcis clavier").click()
    expect(page.get_by_label("Se servir des touches seules")).not_to_be_checked()

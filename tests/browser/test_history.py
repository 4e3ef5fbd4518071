"""The past of a page: comparing, putting back, undoing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, open_form


@pytest.fixture
def told(site: Site, slug: str) -> str:
    """A page of four versions."""
    site.save("bob", slug, "- 10 bocaux", "- 20 bocaux")
    site.save("alice", slug, "- 2 stylos", "- 3 stylos")
    site.save("bob", slug, "Invitez le quartier.", "Invitez la rue.")
    return slug


def test_compare_put_back_then_undo(visit: Callable[..., Page], site: Site, told: str) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{told}")
    page.get_by_role("link", name="Historique", exact=True).click()
    page.get_by_label("Comparer depuis la version 1", exact=True).check()
    page.get_by_label("Comparer jusqu’à la version 2", exact=True).check()
    page.get_by_role("button", name="Comparer").click()
    page.wait_for_url("**/diff/1..2")
    expect(page.locator("del")).to_have_text("10")
    expect(page.locator("ins")).to_have_text("20")

    page.get_by_role("link", name="Remettre la version 1").click()
    expect(page.locator("ins").first).to_be_visible()
    page.get_by_role("button", name="Remettre en place").click()
    page.wait_for_url(f"**/wiki/{told}")
    expect(page.locator(".status")).to_contain_text("Version 1 remise en place")
    assert "- 10 bocaux" in site.text(told)

    page.get_by_role("link", name="Historique", exact=True).click()
    page.get_by_role("link", name="défaire la version 5").click()
    page.get_by_role("button", name="Défaire").click()
    page.wait_for_url(f"**/wiki/{told}")
    text = site.text(told)
    assert "- 20 bocaux" in text
    assert "- 3 stylos" in text
    assert "Invitez la rue." in text


def test_the_first_version_ticked_is_always_the_older(visit: Callable[..., Page], told: str) -> None:
    page = visit()
    open_form(page, f"/wiki/{told}/history")

    def enabled(column: str) -> list[str]:
        radios = page.locator(f"input[name={column}]:enabled")
        return [radio.input_value() for radio in radios.all()]

    assert (enabled("from"), enabled("to")) == (["3", "2", "1"], ["4"])
    page.get_by_label("Comparer depuis la version 1", exact=True).check()
    assert enabled("to") == ["4", "3", "2"]
    page.get_by_label("Comparer jusqu’à la version 3", exact=True).check()
    assert enabled("from") == ["2", "1"]


def test_the_arrows_and_the_tab_key_go_through_the_versions(visit: Callable[..., Page], told: str) -> None:
    page = visit()
    open_form(page, f"/wiki/{told}/history")
    page.get_by_label("Comparer jusqu’à la version 4", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    reached = page.evaluate("() => document.activeElement.name")
    while reached != "from":
        page.keyboard.press("Tab")
        reached = page.evaluate("() => document.activeElement.name")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Comparer depuis la version 1", exact=True)).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.locator("input[name=from]:focus")).to_have_count(0)
    while page.evaluate("() => document.activeElement.name") != "to":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Comparer jusqu’à la version 3", exact=True)).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/diff/1..3")

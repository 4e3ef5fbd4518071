"""Writing without knowing Markdown: the tools above the text, and pages proposed while a link is written."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site, open_form


@pytest.fixture
def page(visit: Callable[..., Page], slug: str) -> Page:
    opened = visit("alice")
    open_form(opened, f"/wiki/{slug}/edit")
    return opened


def body(page: Page) -> Locator:
    return page.locator("textarea[name=body]")


def write(page: Page, text: str, start: int = 0, end: int | None = None) -> None:
    """Fill the text and select a stretch of it: all, unless told."""
    body(page).fill(text)
    stretch = [start, len(text) if end is None else end]
    body(page).evaluate("(box, [start, end]) => box.setSelectionRange(start, end)", stretch)


TOOLS = [
    ("Gras", "du pain", "**du pain**"),
    ("Italique", "du pain", "*du pain*"),
    ("Titre", "Étapes", "## Étapes"),
    ("Titre", "## Étapes", "### Étapes"),
    ("Titre", "### Étapes", "Étapes"),
    ("Liste", "farine\neau\n- sel", "- farine\n- eau\n- sel"),
    ("Liste", "- farine\n- eau", "farine\neau"),
    ("Gras", "", "**texte**"),
    ("Tableau", "", "| Quoi | Combien |\n| --- | --- |\n|  |  |\n|  |  |\n\n"),
    ("Tableau", "Avant", "Avant\n\n| Quoi | Combien |\n| --- | --- |\n|  |  |\n|  |  |\n\n"),
]


@pytest.mark.parametrize(("tool", "before", "after"), TOOLS)
def test_a_tool_writes_around_what_is_selected_and_can_be_undone(
    page: Page, tool: str, before: str, after: str
) -> None:
    write(page, before)
    page.get_by_role("button", name=tool, exact=True).click()
    expect(body(page)).to_have_value(after)
    expect(body(page)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(body(page)).to_have_value(before)


def test_bold_twice_is_plain_again_and_has_a_key(page: Page) -> None:
    write(page, "un mot ici", 3, 6)
    body(page).press("Control+b")
    expect(body(page)).to_have_value("un **mot** ici")
    page.keyboard.press("Control+b")
    expect(body(page)).to_have_value("un mot ici")


def test_the_tools_are_one_stop_of_the_tab_key(page: Page) -> None:
    page.get_by_role("button", name="Gras").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Italique")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("button", name="Tableau")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Aperçu à côté du texte")).to_be_focused()
    page.keyboard.press("Tab")
    expect(body(page)).to_be_focused()


def test_enter_goes_on_with_a_list_and_ends_it(page: Page) -> None:
    body(page).fill("- farine")
    body(page).press("End")
    page.keyboard.type("\neau\n\nfin")
    expect(body(page)).to_have_value("- farine\n- eau\nfin")
    body(page).fill("1. un")
    body(page).press("End")
    page.keyboard.type("\ndeux")
    expect(body(page)).to_have_value("1. un\n2. deux")


def test_a_link_is_written_with_pages_proposed(page: Page, site: Site) -> None:
    body(page).fill("")
    body(page).press_sequentially("Voir [[cartop")
    options = page.get_by_role("listbox", name="Pages proposées").get_by_role("option")
    expect(options.first).to_have_text("Cartopartie")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-announce]")).to_contain_text("Pages proposées")
    page.keyboard.press("ArrowDown")
    second = options.nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    expect(body(page)).to_have_attribute("aria-activedescendant", second.get_attribute("id") or "")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(body(page)).to_have_value("Voir [[Cartopartie]]")
    expect(page.get_by_role("listbox", name="Pages proposées")).to_be_hidden()


def test_the_words_selected_lead_to_a_page_chosen_by_touch(page: Page) -> None:
    write(page, "une grainoth.", 4, 12)
    page.get_by_role("button", name="Lien vers une page").click()
    page.get_by_role("option", name="Grainothèque", exact=True).click()
    expect(body(page)).to_have_value("une [[Grainothèque]].")


def test_the_proposals_are_put_away_and_the_text_stays(page: Page) -> None:
    body(page).fill("")
    body(page).press_sequentially("[[cartop")
    proposed = page.get_by_role("listbox", name="Pages proposées")
    expect(proposed).to_be_visible()
    page.keyboard.press("Escape")
    expect(proposed).to_be_hidden()
    expect(body(page)).to_have_value("[[cartop")


def test_without_scripts_there_is_a_plain_text_and_nothing_dead(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice", java_script_enabled=False)
    page.goto(f"/wiki/{slug}/edit")
    expect(body(page)).to_be_visible()
    for part in (".toolbar", ".live-preview", ".completion"):
        expect(page.locator(part)).to_be_hidden()


def test_nothing_moves_while_the_form_gets_its_tools(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice")
    page.route(re.compile("/static/js/levain"), lambda route: route.abort())
    page.goto(f"/wiki/{slug}/edit")
    before = body(page).bounding_box()
    page.unroute_all()
    open_form(page, f"/wiki/{slug}/edit")
    assert body(page).bounding_box() == before

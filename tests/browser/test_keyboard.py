"""The whole way by keyboard alone, and what has the focus is never hidden under a bar."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import DESK, Site, open_form, ready
from tests.browser.test_together import MINE, THEIRS
from wiki import accounts, pages

LOW: ViewportSize = {"width": 360, "height": 640}
STOPS = 150

# Where the focus is: on the target or not, and whether it can be seen, as some point of it lies on top.
LOOK = """target => {
  const focused = document.activeElement;
  const seen = [...focused.getClientRects()].some(({ left, top, width, height }) =>
    [0.05, 0.5, 0.95].some((across) => [0.05, 0.5, 0.95].some((down) => {
      const found = document.elementFromPoint(left + width * across, top + height * down);
      return found && focused.contains(found);
    })));
  const html = focused.outerHTML.slice(0, 200);
  return { reached: focused === target, seen: seen || focused === document.body, html };
}"""


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press a key until the target has the focus; every stop on the way can be seen."""
    wanted = target.first.element_handle()
    for _stop in range(STOPS):
        page.keyboard.press(key)
        found = page.evaluate(LOOK, wanted)
        assert found["seen"], f"has the focus and is hidden: {found['html']}"
        if found["reached"]:
            return
    pytest.fail(f"not reached in {STOPS} stops: {target}")


@pytest.mark.parametrize("size", [DESK, LOW], ids=["desk", "phone"])
def test_read_edit_choose_and_put_back_by_keyboard(
    visit: Callable[..., Page], site: Site, slug: str, size: ViewportSize
) -> None:
    page = visit("alice", viewport=size)
    open_form(page, f"/wiki/{slug}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Modifier", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit")
    ready(page)

    body = page.locator("textarea[name=body]")
    tab_to(page, body)
    page.keyboard.press("Control+Home")
    for _line in range(6):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.type(MINE)
    assert MINE in body.input_value()
    site.save("bob", slug, "- 10 bocaux", THEIRS)
    tab_to(page, page.locator(".save-bar .primary"))
    page.keyboard.press("Enter")
    expect(page.locator(".banner.warning")).to_be_visible()
    ready(page)

    save = page.get_by_role("button", name="Enregistrer ces choix")
    tab_to(page, save)
    page.keyboard.press("Enter")
    expect(page.locator(".passage [type=radio]").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Garder les deux, l’un après l’autre")).to_be_checked()
    tab_to(page, save)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/wiki/{slug}")
    assert f"{THEIRS}\n{MINE}\n" in site.text(slug)

    ready(page)
    tab_to(page, page.get_by_role("link", name="Historique", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url("**/history")
    ready(page)
    tab_to(page, page.get_by_label("Comparer depuis la version 2", exact=True))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Comparer depuis la version 1", exact=True)).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Comparer"), "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/diff/1..3")
    tab_to(page, page.get_by_role("link", name="Remettre la version 1"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/revert/1")
    tab_to(page, page.get_by_role("button", name="Remettre en place"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/wiki/{slug}")
    assert "- 10 bocaux\n" in site.text(slug)


@pytest.mark.parametrize("size", [DESK, LOW], ids=["desk", "phone"])
def test_the_focus_is_seen_at_every_stop_of_the_form(visit: Callable[..., Page], slug: str, size: ViewportSize) -> None:
    page = visit("alice", viewport=size)
    open_form(page, f"/wiki/{slug}/edit")
    for summary in page.locator(".more-fields summary").all():
        summary.click()
    page.locator("#field-title").focus()
    tab_to(page, page.locator(".save-bar").get_by_role("link", name="Abandonner"))
    tab_to(page, page.locator("#field-title"), "Shift+Tab")


@pytest.mark.parametrize("size", [DESK, LOW], ids=["desk", "phone"])
def test_search_and_open_what_was_found_by_keyboard(visit: Callable[..., Page], size: ViewportSize) -> None:
    page = visit(viewport=size)
    open_form(page, "/")
    tab_to(page, page.locator("#site-search"))
    page.keyboard.type("cartopartie 2012")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    ready(page)
    tab_to(page, page.locator(".results a").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/wiki/**")


@pytest.mark.parametrize("size", [DESK, LOW], ids=["desk", "phone"])
def test_make_a_variant_and_propose_an_event_by_keyboard(
    visit: Callable[..., Page], site: Site, slug: str, size: ViewportSize
) -> None:
    page = visit("alice", viewport=size)
    open_form(page, f"/wiki/{slug}")
    tab_to(page, page.locator(".actions").get_by_role("link", name="Créer une variante"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/fork")
    ready(page)
    tab_to(page, page.get_by_label("Où, ou en quoi est-elle différente"))
    page.keyboard.type(f"au marché, {size['width']}")
    tab_to(page, page.get_by_role("button", name="Créer la variante"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit")

    open_form(page, f"/wiki/{slug}")
    tab_to(page, page.get_by_role("link", name="Organiser cette recette"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/propose?**")
    ready(page)
    title = page.get_by_label("Quoi")
    tab_to(page, title)
    page.keyboard.press("Control+a")
    page.keyboard.type(f"Bocaux au clavier, {size['width']}")
    tab_to(page, page.get_by_role("button", name="Proposer cette initiative"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/wiki/bocaux-au-clavier-**")


@pytest.mark.parametrize("size", [DESK, LOW], ids=["desk", "phone"])
def test_take_up_offer_and_answer_by_keyboard(
    visit: Callable[..., Page], site: Site, slug: str, size: ViewportSize
) -> None:
    with site.app.app_context():
        variant = pages.fork(accounts.named("alice"), slug, "au clavier").slug
    site.save("bob", slug, "- 10 bocaux", "- 12 bocaux")
    site.save("alice", variant, "Demandez à la médiathèque.", "Demandez au bar-tabac.")
    page = visit("alice", viewport=size)
    open_form(page, f"/wiki/{variant}/pull")
    tab_to(page, page.get_by_role("radio", name="Reprendre – Matériel"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    tab_to(page, page.get_by_role("button", name="Reprendre", exact=True))
    page.keyboard.press("Enter")
    expect(page.locator("main > [role=status]")).to_contain_text("C’est repris")
    assert "- 12 bocaux" in site.text(variant)

    open_form(page, f"/wiki/{variant}/offer")
    tab_to(page, page.get_by_label("Pourquoi", exact=False).last)
    page.keyboard.type("Ouvert plus tard.")
    tab_to(page, page.get_by_role("button", name="Proposer", exact=True))
    page.keyboard.press("Enter")
    expect(page.locator("main > [role=status]")).to_contain_text("Votre proposition est envoyée")

    other = visit("bob", viewport=size)
    open_form(other, f"/wiki/{slug}/offers")
    tab_to(other, other.get_by_role("link", name="au clavier »"))
    other.keyboard.press("Enter")
    other.wait_for_url("**/offers/*")
    ready(other)
    tab_to(other, other.get_by_role("button", name="Reprendre ce qui est choisi"))
    other.keyboard.press("Enter")
    expect(other.locator("main > [role=status]")).to_contain_text("Merci")
    assert "Demandez au bar-tabac." in site.text(slug)


@pytest.mark.parametrize("size", [DESK, LOW], ids=["desk", "phone"])
def test_tell_how_an_event_went_and_report_a_page_by_keyboard(
    visit: Callable[..., Page], site: Site, size: ViewportSize
) -> None:
    slug = site.create(f"---\nkind: event\ntitle: Goûter au clavier {size['width']}\nsessions:\n  - '2012'\n---\n")
    page = visit("alice", viewport=size)
    open_form(page, f"/wiki/{slug}/report")
    tab_to(page, page.get_by_label("Le récit"))
    page.keyboard.type("Tout le monde est venu.")
    tab_to(page, page.get_by_role("button", name="Enregistrer", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/wiki/{slug}*")
    assert "Tout le monde est venu." in site.text(slug)
    ready(page)
    tab_to(page, page.get_by_role("link", name="Signaler", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url("**/flag")
    ready(page)
    tab_to(page, page.locator("[name=reason]").first)
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Signaler", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/wiki/{slug}")
    expect(page.locator("main > [role=status]")).to_contain_text("Merci")


# The last is a desk's window enlarged four times.
@pytest.mark.parametrize("size", [DESK, LOW, {"width": 320, "height": 256}], ids=["desk", "phone", "enlarged"])
def test_the_focus_is_seen_while_steps_are_followed(visit: Callable[..., Page], slug: str, size: ViewportSize) -> None:
    page = visit(viewport=size)
    open_form(page, f"/wiki/{slug}")
    first = page.locator("button.step-number").first
    tab_to(page, first)
    page.keyboard.press("Space")
    expect(page.locator(".steps-bar [role=status]")).to_have_text("1 étape faite sur 2")
    tab_to(page, page.locator("footer").get_by_role("link", name="Aide"))
    tab_to(page, first, "Shift+Tab")


def test_the_focus_is_seen_in_a_form_enlarged_four_times(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice", viewport={"width": 320, "height": 256})
    open_form(page, f"/wiki/{slug}/edit")
    page.locator("#field-title").focus()
    tab_to(page, page.locator(".save-bar").get_by_role("link", name="Abandonner"))

"""Writing: sections, lines, suggestions, keys, preview, the warning before leaving."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Dialog, Locator, Page, expect

from tests.browser.conftest import Site, open_form, ready


def body(page: Page) -> Locator:
    """The text of the page, in its form."""
    return page.locator("textarea[name=body]")


def press_save(page: Page) -> None:
    """The visible button of that name."""
    page.locator(".save-bar .primary").click()


def stay_when_asked(page: Page) -> list[str]:
    """Refuse to leave whenever the page asks; what it asked."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return asked


def test_a_reader_changes_a_section_and_saves(visit: Callable[..., Page], site: Site, slug: str) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}")
    heading = page.get_by_role("heading", name="Matériel")
    heading.hover()
    page.get_by_role("link", name="Modifier la section « Matériel »").click()
    expect(body(page)).to_have_value(re.compile(r"^## Matériel\n\n- 10 bocaux\n- 1 étagère\n- 2 stylos\n+$"))
    body(page).fill(body(page).input_value().replace("10", "12"))
    press_save(page)
    page.wait_for_url(f"**/wiki/{slug}")
    expect(page.locator(".status")).to_contain_text("Enregistré. Merci")
    expect(page.locator(".prose")).to_contain_text("12 bocaux")
    assert "- 12 bocaux\n" in site.text(slug)
    assert "Invitez le quartier." in site.text(slug)


def test_ctrl_s_saves_the_form(visit: Callable[..., Page], site: Site, slug: str) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}/edit")
    page.get_by_label("En une phrase").fill("Une phrase nouvelle")
    page.keyboard.press("Control+s")
    page.wait_for_url(f"**/wiki/{slug}")
    assert "tagline: Une phrase nouvelle\n" in site.text(slug)


def test_lines_are_added_and_removed_without_a_round_trip(visit: Callable[..., Page], site: Site, slug: str) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}/edit")
    themes = page.locator("[data-lines=themes]")
    address = page.url
    themes.get_by_role("button", name="Ajouter une ligne").click()
    expect(page.get_by_label("Thèmes, ligne 3")).to_be_focused()
    page.keyboard.type("jardin")
    themes.get_by_role("button", name="Retirer la ligne 1").click()
    expect(page.get_by_label("Thèmes, ligne 1")).to_be_focused()
    expect(page.get_by_label("Thèmes, ligne 1")).to_have_value("Quartier")
    expect(page.locator("[data-announce]")).to_have_text("Ligne retirée.")
    expect(page.locator("#field-themes")).to_have_value("Quartier")
    assert themes.locator(".remove-line").evaluate_all("all => all.map(button => button.value)") == [
        "remove:themes:0", "remove:themes:1",
    ]
    assert page.url == address
    press_save(page)
    page.wait_for_url(f"**/wiki/{slug}")
    assert "themes:\n  - quartier\n  - jardin\n" in site.text(slug)


def test_the_last_line_is_emptied_and_stays(visit: Callable[..., Page], site: Site, slug: str) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}/edit")
    themes = page.locator("[data-lines=themes]")
    for _time in range(3):
        themes.locator(".remove-line").first.click()
    expect(themes.locator("input")).to_have_count(1)
    expect(themes.locator("input")).to_have_value("")
    expect(themes.locator("input")).to_be_focused()
    press_save(page)
    page.wait_for_url(f"**/wiki/{slug}")
    assert "themes:" not in site.text(slug)


def test_pages_are_suggested_by_title_and_written_by_address(
    visit: Callable[..., Page], site: Site, slug: str
) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}/edit")
    option = page.locator("datalist#suggestions-theme option")
    expect(page.locator("datalist#suggestions-theme option[value='École']")).to_be_attached()
    page.get_by_label("Thèmes, ligne 1").fill("acces au")
    expect(option).to_have_count(1)
    expect(option).to_have_attribute("value", "Accès au savoir")
    # A browser looks for what was typed, with its accents: it finds it beside the title.
    expect(option).to_have_text("acces au")
    page.get_by_label("Thèmes, ligne 1").fill("Accès au savoir")
    page.locator(".more-fields summary", has_text="En pratique").click()
    page.get_by_label("Partenaires, ligne 1").fill("wikimedia")
    expect(page.locator("datalist#suggestions-page option[value='Wikimédia France']")).to_have_count(1)
    page.get_by_label("Partenaires, ligne 1").fill("")
    press_save(page)
    page.wait_for_url(f"**/wiki/{slug}")
    assert "themes:\n  - acces-au-savoir\n  - quartier\n" in site.text(slug)


def test_the_preview_follows_the_text_on_a_wide_screen(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}/edit")
    preview = page.get_by_role("region", name="Aperçu")
    expect(preview.get_by_role("heading", name="Matériel")).to_be_visible()
    size = "area => [area.offsetLeft, area.offsetTop, area.offsetWidth, area.offsetHeight]"
    before = body(page).evaluate(size)
    trap = "<script>document.title = 'volé'</script><img src=x onerror=alert(1)>"
    body(page).fill(f"## Un titre *neuf*\n\n{trap}\n\n" + "Long.\n\n" * 80)
    expect(preview.get_by_role("heading", name="Un titre neuf")).to_be_visible()
    assert body(page).evaluate(size) == before
    assert page.title() != "volé"
    assert preview.locator("script, [onerror], [id]").count() == 0


def test_the_preview_put_away_stays_away(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}/edit")
    preview = page.locator(".live-preview")
    expect(preview).to_be_visible()
    page.get_by_role("button", name="Aperçu à côté du texte").click()
    expect(preview).to_be_hidden()
    page.reload()
    ready(page)
    expect(page.get_by_role("button", name="Aperçu à côté du texte")).to_have_attribute("aria-pressed", "false")
    expect(preview).to_be_hidden()


def test_a_narrow_screen_has_no_preview_and_asks_for_none(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice", viewport={"width": 800, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_form(page, f"/wiki/{slug}/edit")
    body(page).fill("Autre chose")
    page.wait_for_timeout(800)
    expect(page.locator(".live-preview")).to_be_hidden()
    assert not [url for url in asked if url.endswith("/preview")]


def test_leaving_with_something_unsaved_asks_first(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice")
    asked = stay_when_asked(page)
    open_form(page, f"/wiki/{slug}/edit")
    page.get_by_role("link", name="Abandonner").click()
    page.wait_for_url(f"**/wiki/{slug}")
    assert not asked

    open_form(page, f"/wiki/{slug}/edit")
    body(page).press_sequentially("x")
    page.get_by_role("link", name="Abandonner").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.url.endswith("/edit")
    expect(body(page)).to_have_value("x" + body(page).input_value()[1:])

    press_save(page)
    page.wait_for_url(f"**/wiki/{slug}")
    assert asked == ["beforeunload"]


def test_coming_back_from_the_server_a_form_is_still_unsaved(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice")
    asked = stay_when_asked(page)
    open_form(page, f"/wiki/{slug}/edit")
    body(page).fill("Un seul paragraphe")
    page.locator(".save-bar").get_by_role("button", name="Aperçu").click()
    expect(page.locator("#preview")).to_contain_text("Un seul paragraphe")
    page.locator("#field-comment").click()
    page.get_by_role("link", name="Abandonner").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]

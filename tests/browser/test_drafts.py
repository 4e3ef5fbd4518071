"""Drafts: what was typed and not saved waits on the device."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Site, open_form, ready
from tests.browser.test_writing import body, press_save
from wiki import accounts, pages

OFFER = "Un brouillon est resté sur cet appareil"
DRAFTS = "() => Object.keys(localStorage).filter(key => key.startsWith('levain.draft/'))"


def drafts(page: Page) -> list[str]:
    """The keys of the drafts on this device."""
    found: list[str] = page.evaluate(DRAFTS)
    return found


def wait_for_no_draft(page: Page) -> None:
    """Until the page a save led to has dropped the draft."""
    page.wait_for_function(f"() => ({DRAFTS})().length === 0")


def leave_a_draft(context: BrowserContext, address: str, text: str) -> None:
    """Type something in a form and close the tab at once."""
    page = context.new_page()
    open_form(page, address)
    body(page).fill(text)
    page.close(run_before_unload=False)


def test_a_draft_survives_a_closed_tab_and_is_taken_up(
    contexts: Callable[..., BrowserContext], site: Site, slug: str
) -> None:
    context = contexts("alice")
    leave_a_draft(context, f"/wiki/{slug}/edit", "Texte interrompu.\n")
    page = context.new_page()
    open_form(page, f"/wiki/{slug}/edit")
    expect(page.get_by_role("heading", name=OFFER)).to_be_visible()
    expect(body(page)).not_to_have_value("Texte interrompu.\n")
    page.get_by_role("button", name="Le reprendre").click()
    expect(page.locator("#changes")).to_contain_text("Texte interrompu.")
    expect(body(page)).to_have_value("Texte interrompu.\n")
    expect(page.get_by_role("heading", name=OFFER)).to_have_count(0)
    press_save(page)
    page.wait_for_url(f"**/wiki/{slug}")
    assert site.text(slug).endswith("---\n\nTexte interrompu.\n")
    wait_for_no_draft(page)


def test_a_draft_is_compared_where_it_is_offered_and_forgotten(
    contexts: Callable[..., BrowserContext], slug: str
) -> None:
    context = contexts("alice")
    leave_a_draft(context, f"/wiki/{slug}/edit", "Un tout autre texte.\n")
    page = context.new_page()
    open_form(page, f"/wiki/{slug}/edit")
    banner = page.locator(".banner", has_text=OFFER)
    banner.get_by_role("button", name="Voir les différences").click()
    expect(banner.locator("ins").first).to_have_text("Un tout autre texte.")
    expect(banner.locator("del").first).to_be_visible()
    expect(body(page)).not_to_have_value("Un tout autre texte.\n")
    banner.get_by_role("button", name="L’oublier").click()
    expect(banner).to_have_count(0)
    expect(page.get_by_label("Titre")).to_be_focused()
    page.reload()
    ready(page)
    expect(body(page)).to_be_visible()
    expect(page.get_by_role("heading", name=OFFER)).to_have_count(0)
    assert drafts(page) == []


def test_what_was_typed_before_the_scripts_came_is_kept(contexts: Callable[..., BrowserContext], slug: str) -> None:
    context = contexts("alice")
    page = context.new_page()
    waiting: list[Route] = []
    page.route("**/js/drafts.js", lambda route: waiting.append(route))
    page.goto(f"/wiki/{slug}/edit")
    body(page).fill("Plus vite que les scripts.\n")
    page.wait_for_timeout(200)
    for route in waiting:
        route.continue_()
    ready(page)
    page.close(run_before_unload=False)
    page = context.new_page()
    open_form(page, f"/wiki/{slug}/edit")
    page.get_by_role("button", name="Le reprendre").click()
    expect(body(page)).to_have_value("Plus vite que les scripts.\n")


def test_a_refused_save_keeps_the_draft_and_a_good_one_clears_it(
    visit: Callable[..., Page], slug: str
) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}/edit")
    body(page).fill("Texte gardé.\n")
    page.get_by_label("Titre").fill("")
    press_save(page)
    expect(page.locator(".error-summary")).to_be_visible()
    assert len(drafts(page)) == 1
    page.get_by_label("Titre").fill("Bocaux revenus")
    press_save(page)
    page.wait_for_url(f"**/wiki/{slug}")
    wait_for_no_draft(page)


def test_a_save_that_never_arrives_keeps_the_draft(
    contexts: Callable[..., BrowserContext], slug: str
) -> None:
    context = contexts("alice")
    page = context.new_page()
    open_form(page, f"/wiki/{slug}/edit")
    body(page).fill("Coupé en route.\n")
    context.route("**/edit", lambda route: route.abort())
    page.locator(".save-bar .primary").click(no_wait_after=True)
    page.wait_for_timeout(300)
    context.unroute("**/edit")
    page.goto("/")
    open_form(page, f"/wiki/{slug}/edit")
    page.get_by_role("button", name="Le reprendre").click()
    expect(body(page)).to_have_value("Coupé en route.\n")


def test_a_draft_goes_from_the_form_to_the_whole_text_and_back(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}/edit")
    body(page).fill("Par le formulaire.\n")
    page.get_by_role("button", name="Texte entier").click()
    page.locator("textarea[name=text]").wait_for()
    ready(page)
    text = page.locator("textarea[name=text]")
    text.fill(text.input_value() + "\nPuis par le texte.\n")
    page.close(run_before_unload=False)
    page = page.context.new_page()
    open_form(page, f"/wiki/{slug}/edit")
    page.get_by_role("button", name="Le reprendre").click()
    expect(page.locator("textarea[name=text]")).to_have_value(
        f"---\nkind: recipe\ntitle: {page.locator('h1').inner_text()}\ntagline: Des bocaux, une étagère et un stylo\n"
        "themes:\n  - convivialite\n  - quartier\n---\n\nPar le formulaire.\n\nPuis par le texte.\n"
    )
    assert len(drafts(page)) == 1


def test_a_draft_keeps_its_base_and_joins_what_others_saved(
    contexts: Callable[..., BrowserContext], site: Site, slug: str
) -> None:
    context = contexts("alice")
    page = context.new_page()
    open_form(page, f"/wiki/{slug}/edit")
    body(page).fill(body(page).input_value().replace("2 stylos", "3 stylos"))
    page.close(run_before_unload=False)
    site.save("bob", slug, "Invitez le quartier.", "Invitez tout le quartier.")
    page = context.new_page()
    open_form(page, f"/wiki/{slug}/edit")
    page.get_by_role("button", name="Le reprendre").click()
    press_save(page)
    expect(page.locator(".status")).to_contain_text("bob a aussi modifié la page")
    assert "- 3 stylos\n" in site.text(slug)
    assert "Invitez tout le quartier." in site.text(slug)


def test_a_text_that_was_not_sent_is_offered_on_a_newer_form_and_takes_nothing_from_others(
    visit: Callable[..., Page], site: Site, slug: str
) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}/edit?section=s-materiel")
    written = body(page).input_value().replace("2 stylos", "3 stylos")
    body(page).fill(written)
    page.context.set_offline(True)
    page.locator(".save-bar .primary").click(no_wait_after=True)
    page.wait_for_function("location.protocol === 'chrome-error:'")
    page.context.set_offline(False)
    site.save("bob", slug, "- 10 bocaux", "- 20 bocaux")
    page.go_back()
    ready(page)
    # The browser puts nothing back where others saved: it would take their place.
    expect(body(page)).not_to_have_value(written)
    page.get_by_role("button", name="Le reprendre").click()
    expect(body(page)).to_have_value(written)
    press_save(page)
    page.wait_for_url(f"**/wiki/{slug}")
    assert "- 3 stylos\n" in site.text(slug)
    assert "- 20 bocaux\n" in site.text(slug)


def test_a_draft_is_found_again_when_the_page_was_renamed(
    contexts: Callable[..., BrowserContext], site: Site, slug: str
) -> None:
    context = contexts("alice")
    leave_a_draft(context, f"/wiki/{slug}/edit", "Avant de changer de nom.\n")
    with site.app.app_context():
        renamed = pages.rename(accounts.named("bob"), slug, f"Autre nom de {slug}")
    assert isinstance(renamed, pages.Saved)
    page = context.new_page()
    open_form(page, f"/wiki/{slug}/edit")
    assert page.url.endswith(f"/wiki/{renamed.slug}/edit")
    page.get_by_role("button", name="Le reprendre").click()
    expect(body(page)).to_have_value("Avant de changer de nom.\n")


def test_two_tabs_keep_a_draft_each(contexts: Callable[..., BrowserContext], slug: str) -> None:
    context = contexts("alice")
    for text in ("Premier.\n", "Second.\n"):
        leave_a_draft(context, f"/wiki/{slug}/edit", text)
    page = context.new_page()
    open_form(page, f"/wiki/{slug}/edit")
    page.get_by_role("button", name="L’oublier").click()
    page.get_by_role("button", name="Le reprendre").click()
    expect(body(page)).to_have_value("Premier.\n")


def test_a_new_page_has_drafts_too(contexts: Callable[..., BrowserContext]) -> None:
    context = contexts()
    leave_a_draft(context, "/new/article", "Bientôt un article.\n")
    page = context.new_page()
    open_form(page, "/new/recipe")
    expect(body(page)).to_be_visible()
    expect(page.get_by_role("heading", name=OFFER)).to_have_count(0)
    open_form(page, "/new/article")
    page.get_by_role("button", name="Le reprendre").click()
    expect(body(page)).to_have_value("Bientôt un article.\n")


def test_the_draft_of_an_account_is_not_offered_to_the_next_person(
    contexts: Callable[..., BrowserContext], site: Site, slug: str
) -> None:
    context = contexts("alice")
    leave_a_draft(context, f"/wiki/{slug}/edit", "Les mots d'Alice.\n")
    context.add_cookies([site.cookie("bob")])
    page = context.new_page()
    open_form(page, f"/wiki/{slug}/edit")
    expect(body(page)).to_be_visible()
    page.wait_for_timeout(300)
    expect(page.get_by_role("heading", name=OFFER)).to_have_count(0)
    context.add_cookies([site.cookie("alice")])
    open_form(page, f"/wiki/{slug}/edit")
    expect(page.get_by_role("heading", name=OFFER)).to_be_visible()


def test_old_and_supernumerary_drafts_go(visit: Callable[..., Page], slug: str) -> None:
    page = visit("alice")
    open_form(page, f"/wiki/{slug}/edit")
    page.evaluate(
        """() => {
          const name = document.querySelector("form.edit-form").dataset.draft;
          const day = 24 * 3600 * 1000;
          const keep = (id, name, at) => localStorage.setItem(`levain.draft/${id}`,
            JSON.stringify({ name, who: "", at, entries: [["base", "1"], ["body", id]] }));
          keep("old", name, Date.now() - 61 * day);
          for (let number = 0; number < 25; number++) keep(`n${number}`, "elsewhere", Date.now() - number * day);
          localStorage.setItem("levain.draft/broken", "{");
        }"""
    )
    open_form(page, f"/wiki/{slug}/edit")
    body(page).fill("De quoi ranger.")
    expect(page.get_by_role("heading", name=OFFER)).to_have_count(0)
    page.wait_for_timeout(600)
    left = drafts(page)
    assert len(left) == 20
    assert not {"levain.draft/old", "levain.draft/broken", "levain.draft/n24"} & set(left)


def test_without_storage_everything_else_works(
    contexts: Callable[..., BrowserContext], site: Site, slug: str
) -> None:
    context = contexts("alice")
    context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('refused', 'SecurityError'); } });"
    )
    page = context.new_page()
    open_form(page, f"/wiki/{slug}/edit")
    page.locator("[data-lines=themes]").get_by_role("button", name="Ajouter une ligne").click()
    expect(page.get_by_label("Thèmes, ligne 3")).to_be_focused()
    expect(page.get_by_role("region", name="Aperçu").get_by_role("heading", name="Matériel")).to_be_visible()
    body(page).fill("Sans mémoire.\n")
    press_save(page)
    page.wait_for_url(f"**/wiki/{slug}")
    assert "Sans mémoire." in site.text(slug)


def test_a_draft_holds_the_fields_as_well(contexts: Callable[..., BrowserContext], slug: str) -> None:
    context = contexts("alice")
    page = context.new_page()
    open_form(page, f"/wiki/{slug}/edit")
    page.get_by_label("Thèmes, ligne 2").fill("jardin")
    page.wait_for_timeout(600)
    (key,) = drafts(page)
    entries = page.evaluate("key => JSON.parse(localStorage.getItem(key)).entries", key)
    assert ["themes", "jardin"] in entries
    assert ["base", "1"] in entries
    assert "csrf_token" not in json.dumps(entries)

"""What somebody who listens to the screen is told, and where they are after an answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, open_form

# A form whose answer cannot be taken: its address, who opens it, what is typed, the button.
REFUSED = {
    "login": ("/login", "", {"name": "personne", "password": "rien"}, "Se connecter"),
    "register": ("/register", "", {"name": ""}, "Créer mon compte"),
    "lost password": ("/recover", "", {"name": ""}, "Recevoir le courriel"),
    "change of name": ("/account/name", "alice", {"name": ""}, "Changer de nom"),
    "email": ("/account/email", "alice", {"email": "alice@exemple.org"}, "Enregistrer"),
    "password": ("/account/password", "alice", {"password": "court"}, "Changer le mot de passe"),
    "edit": ("/wiki/{slug}/edit", "alice", {"title": ""}, "Enregistrer"),
    "whole text": ("/wiki/{slug}/edit?as=text", "alice", {"text": "---\nkind: [\n---\n"}, "Enregistrer"),
    "new page": ("/new/recipe", "alice", {"title": ""}, "Créer la page"),
    "initiative": ("/propose", "alice", {"title": ""}, "Proposer cette initiative"),
    "import": ("/events/import", "alice", {}, "Voir ce qui serait créé"),
    "rename": ("/wiki/{slug}/rename", "mona", {"title": ""}, "Renommer"),
    "variant": ("/wiki/{slug}/fork", "alice", {"twist": ""}, "Créer la variante"),
    "report of a page": ("/wiki/{slug}/flag", "alice", {}, "Signaler"),
    "report of an event": (
        "/wiki/copy-party-de-brest/report",
        "alice",
        {"attendance": "trois ou quatre"},
        "Enregistrer",
    ),
    "block": ("/moderation/blocks", "mona", {}, "Bloquer"),
    "hide": ("/wiki/{slug}/hide/1", "mona", {"reason": ""}, "Masquer"),
}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_after_a_refused_form_the_focus_is_on_what_is_to_be_corrected(
    visit: Callable[..., Page], slug: str, script: bool
) -> None:
    windows: dict[str, Page] = {}
    for address, who, typed, button in REFUSED.values():
        page = windows.setdefault(who, visit(who, java_script_enabled=script))
        page.goto(address.format(slug=slug))
        for name, value in typed.items():
            page.locator(f"main form:not([role=search]) [name={name}]").first.fill(value)
        page.locator("main").get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".error-summary"), address).to_be_focused()
        first = page.locator(".error-summary a").first
        page.keyboard.press("Tab")
        expect(first, address).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(first.get_attribute("href") or "#"), address).to_be_in_viewport()


def test_two_texts_to_choose_between_are_told_at_once(visit: Callable[..., Page], site: Site, slug: str) -> None:
    page = visit("alice", java_script_enabled=False)
    page.goto(f"/wiki/{slug}/edit")
    body = page.locator("textarea[name=body]")
    body.fill(body.input_value().replace("- 10 bocaux", "- 30 bocaux"))
    site.save("bob", slug, "- 10 bocaux", "- 20 bocaux")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator(".banner.warning")).to_be_focused()
    page.get_by_role("button", name="Enregistrer ces choix").click()
    expect(page.locator(".error-summary")).to_be_focused()


def test_words_that_only_ears_get_do_not_stick_to_those_before(visit: Callable[..., Page], slug: str) -> None:
    page = visit("mona")
    open_form(page, f"/wiki/{slug}/history")
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    said = [node["name"]["value"] for node in nodes if node.get("role", {}).get("value") == "StaticText"]
    assert " la version 1" in said, "a screen reader says « masquerla version 1 »"

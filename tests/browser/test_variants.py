"""The life of a variant in a real browser: on a small phone without script, then every screen looked at by axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import RECIPE, Site
from tests.browser.test_pages import examine
from wiki import accounts, pages

PHONE = {"width": 320, "height": 640}


@pytest.fixture
def plain(visit: Callable[..., Page]) -> Callable[[str], Page]:
    """Opens windows that run no script, on a small phone."""
    return lambda name: visit(name, java_script_enabled=False, viewport=PHONE)


def make_variant(page: Page, slug: str, twist: str) -> str:
    """Make a variant from the page of its origin; its address."""
    page.goto(f"/wiki/{slug}")
    page.get_by_role("link", name="Créer une variante").first.click()
    page.get_by_label("Où, ou en quoi est-elle différente").fill(twist)
    page.get_by_role("button", name="Créer la variante").click()
    page.wait_for_url("**/edit")
    return page.url.split("/")[-2]


def test_a_variant_is_made_catches_up_and_gives_back_without_script(
    plain: Callable[[str], Page], site: Site
) -> None:
    slug = site.create(RECIPE.format(title="Bocaux en famille"))
    page = plain("alice")
    variant = make_variant(page, slug, "Plouarzel")
    expect(page.get_by_label("Titre", exact=False).first).to_have_value("Bocaux en famille, Plouarzel")
    site.save("bob", slug, "- 10 bocaux", "- 12 bocaux")
    site.save("bob", slug, "Invitez le quartier.", "Invitez tout le quartier.")
    site.save("alice", variant, "- 10 bocaux", "- 30 bocaux")
    page.goto(f"/wiki/{variant}")
    page.get_by_role("link", name="2 améliorations dans la recette d’origine").click()
    material = page.get_by_role("group", name="Matériel")
    material.get_by_label("Garder notre texte").check()
    page.get_by_role("button", name="Voir le résultat").click()
    expect(page.locator("#result")).to_be_visible()
    page.get_by_role("button", name="Reprendre", exact=True).click()
    expect(page.locator(".status")).to_contain_text("C’est repris")
    assert "- 30 bocaux" in site.text(variant)
    assert "Invitez tout le quartier." in site.text(variant)
    site.save("alice", variant, "Demandez à la médiathèque.", "Demandez au bar-tabac.")
    page.goto(f"/wiki/{variant}")
    page.get_by_role("link", name="Proposer à l’origine").click()
    page.get_by_label("Matériel").uncheck()
    page.get_by_label("Pourquoi", exact=False).last.fill("Ouvert plus tard.")
    page.get_by_role("button", name="Proposer").click()
    expect(page.locator(".status")).to_contain_text("Votre proposition est envoyée")
    other = plain("bob")
    other.goto(f"/wiki/{slug}")
    other.get_by_role("link", name="1 proposition attend une réponse").click()
    other.get_by_role("link", name="De « Bocaux en famille, Plouarzel »").click()
    expect(other.get_by_text("Ouvert plus tard.")).to_be_visible()
    other.get_by_label("Un mot de réponse").fill("Bonne idée.")
    other.get_by_role("button", name="Reprendre ce qui est choisi").click()
    expect(other.locator(".status")).to_contain_text("Merci")
    assert "Demandez au bar-tabac." in site.text(slug)
    assert "- 12 bocaux" in site.text(slug)
    page.goto("/account")
    expect(page.get_by_text("reprise", exact=False).first).to_be_visible()


def test_no_screen_about_variants_keeps_anybody_out(visit: Callable[..., Page], site: Site) -> None:
    slug = site.create(RECIPE.format(title="Bocaux à regarder"))
    page = visit("alice")
    variant = make_variant(page, slug, "Brest")
    site.save("bob", slug, "- 10 bocaux", "- 12 bocaux")
    site.save("bob", slug, "Invitez le quartier.", "Invitez tout le quartier.")
    site.save("alice", variant, "- 10 bocaux", "- 30 bocaux")
    second = make_variant(page, slug, "Rennes")
    copied = site.create(RECIPE.format(title="Bocaux recopiés").replace("C'est simple", "Tout simple"))
    page.goto(f"/wiki/{variant}/follow")
    page.get_by_label("Toute sa famille").check()
    page.locator("main button[type=submit]").first.click()
    page.goto("/news")
    page.get_by_role("button", name="Obtenir une adresse").or_(page.get_by_role("link", name="Votre flux Atom")).click()
    for address in (
        f"/wiki/{slug}/fork", f"/wiki/{variant}", f"/wiki/{variant}/variants",
        f"/wiki/{slug}/variants?words=x&people=9", f"/wiki/{variant}/pull",
        f"/wiki/{second}/pull?from={variant}", f"/wiki/{variant}/compare/{slug}",
        f"/wiki/{variant}/offer", f"/wiki/{slug}/pull", f"/wiki/{slug}/link", f"/wiki/{copied}/link",
        f"/wiki/{variant}/link", f"/wiki/{variant}/cite", f"/wiki/{variant}/follow", "/news",
    ):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address)
        if address == f"/wiki/{variant}/variants":
            expect(page.get_by_role("img", name="L’arbre de la famille")).to_be_visible()
            page.get_by_text("Choisir celle qui vous va").click()
        examine(page)
    page.goto(f"/wiki/{variant}/offer")
    page.get_by_role("button", name="Proposer").click()
    examine(page)
    page.goto(f"/wiki/{slug}/offers")
    examine(page)


def test_who_may_not_change_a_protected_page_proposes_the_same_way_and_is_told(
    visit: Callable[..., Page], site: Site
) -> None:
    """A part of the text is taken, the rest is not, with a word; a conversation before that. No script, on a phone."""
    slug = site.create(RECIPE.format(title="Bocaux gardés"))
    with site.app.app_context():
        pages.protect(accounts.named("ada"), slug, True)
    phone = {"width": 360, "height": 740}
    bob, mona = (visit(name, java_script_enabled=False, viewport=phone) for name in ("bob", "mona"))
    bob.goto(f"/wiki/{slug}/edit?as=text")
    text = bob.locator("textarea[name=text]")
    text.fill(text.input_value().replace("- 10 bocaux", "- 30 bocaux").replace("Invitez le quartier.", "Fermez tôt."))
    bob.get_by_label("Résumé", exact=False).first.fill("Essayé chez nous")
    bob.locator("button.primary[value=save]").click()
    expect(bob.locator(".status")).to_contain_text("Votre texte est gardé")
    expect(bob.get_by_text("Votre texte attend d’être relu")).to_be_visible()
    assert "- 10 bocaux" in site.text(slug)
    bob.get_by_role("link", name="Voir ce qu’il change").click()
    bob.get_by_label("Votre message").fill("Nous sommes trente.")
    bob.get_by_role("button", name="Envoyer").click()
    mona.goto(f"/wiki/{slug}")
    mona.get_by_role("link", name="1 texte attend d’être relu").click()
    mona.get_by_role("link", name="Texte pour « Bocaux gardés »").click()
    expect(mona.get_by_text("Nous sommes trente.")).to_be_visible()
    mona.get_by_role("group", name="Ouvrir").get_by_label("Ne pas reprendre").check()
    mona.get_by_label("Un mot de réponse").fill("Le soir, nous restons ouverts.")
    mona.get_by_role("button", name="Reprendre ce qui est choisi").click()
    expect(mona.locator(".status")).to_contain_text("C’est repris")
    assert "- 30 bocaux" in site.text(slug)
    assert "Invitez le quartier." in site.text(slug)
    bob.goto(f"/wiki/{slug}")
    expect(bob.get_by_text("Votre texte a été repris en partie")).to_be_visible()
    expect(bob.get_by_text("Le soir, nous restons ouverts.")).to_be_visible()
    bob.get_by_role("button", name="J’ai vu").click()
    expect(bob.get_by_text("Votre texte a été repris en partie")).to_have_count(0)
    bob.goto(f"/wiki/{slug}/history")
    expect(bob.locator("main").get_by_role("link", name="bob", exact=True)).to_be_visible()

"""The same ways with a browser that runs no script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_together import MINE, THEIRS, change
from tests.browser.test_writing import press_save

Window = Callable[[str], Page]


@pytest.fixture
def plain(visit: Callable[..., Page]) -> Window:
    """Opens windows that run no script, on a small phone."""
    return lambda name: visit(name, java_script_enabled=False, viewport={"width": 320, "height": 640})


def test_nothing_that_needs_a_script_is_shown(plain: Window, slug: str) -> None:
    page = plain("alice")
    page.goto(f"/wiki/{slug}/edit")
    expect(page.get_by_role("button", name="Raccourcis clavier")).to_have_count(0)
    expect(page.get_by_role("button", name="Aperçu à côté du texte")).to_have_count(0)
    expect(page.get_by_role("button", name="Le reprendre")).to_have_count(0)


def test_a_section_is_changed_previewed_and_saved(plain: Window, site: Site, slug: str) -> None:
    page = plain("alice")
    page.goto(f"/wiki/{slug}")
    page.get_by_role("link", name="Modifier la section « Matériel »").click()
    change(page, "- 10 bocaux", MINE)
    page.get_by_role("button", name="Aperçu").click()
    expect(page.locator("#preview")).to_contain_text("15 bocaux")
    page.get_by_role("button", name="Voir mes changements").click()
    expect(page.locator("#changes ins")).to_contain_text("15")
    press_save(page)
    expect(page.locator(".status")).to_contain_text("Enregistré. Merci")
    assert MINE in site.text(slug)


def test_lines_are_added_and_removed_by_the_server(plain: Window, site: Site, slug: str) -> None:
    page = plain("alice")
    page.goto(f"/wiki/{slug}/edit")
    page.locator("[data-lines=themes]").get_by_role("button", name="Ajouter une ligne").click()
    page.get_by_label("Thèmes, ligne 3").fill("jardin")
    page.get_by_role("button", name="Retirer la ligne 1 de « Thèmes »").click()
    expect(page.get_by_label("Thèmes, ligne 1")).to_have_value("Quartier")
    press_save(page)
    expect(page.locator(".status")).to_contain_text("Enregistré")
    assert "themes:\n  - quartier\n  - jardin\n" in site.text(slug)


def test_two_people_are_joined_then_choose_then_a_third_comes(plain: Window, site: Site, slug: str) -> None:
    page = plain("alice")
    page.goto(f"/wiki/{slug}/edit")
    change(page, "- 2 stylos", "- 4 stylos")
    site.save("bob", slug, "Invitez le quartier.", "Invitez la ville.")
    press_save(page)
    expect(page.locator(".status")).to_contain_text("bob a aussi modifié la page")

    page.goto(f"/wiki/{slug}/edit")
    change(page, "- 10 bocaux", MINE)
    site.save("bob", slug, "- 10 bocaux", THEIRS)
    press_save(page)
    expect(page.locator(".banner.warning")).to_contain_text("bob a enregistré pendant que vous écriviez")
    # The field for a text of one's own comes with that choice.
    expect(page.get_by_label("Votre nouveau texte pour ce passage")).to_be_hidden()
    page.get_by_role("button", name="Enregistrer ces choix").click()
    expect(page.locator(".field-error:visible")).to_have_text("Choisissez un texte pour ce passage.")

    site.save("mona", slug, THEIRS, "- 30 bocaux")
    page.get_by_label("Écrire un autre texte").check()
    page.get_by_label("Votre nouveau texte pour ce passage").fill("- 18 bocaux")
    page.get_by_role("button", name="Enregistrer ces choix").click()
    expect(page.locator(".passage")).to_contain_text("30 bocaux")
    page.get_by_label("Garder mon texte").check()
    page.get_by_role("button", name="Enregistrer ces choix").click()
    expect(page.locator(".status")).to_contain_text("Enregistré")
    assert "- 18 bocaux\n" in site.text(slug)
    assert "- 4 stylos\n" in site.text(slug)


def test_versions_are_compared_put_back_and_undone(plain: Window, site: Site, slug: str) -> None:
    site.save("bob", slug, "- 10 bocaux", THEIRS)
    site.save("alice", slug, "- 2 stylos", "- 4 stylos")
    page = plain("alice")
    page.goto(f"/wiki/{slug}/history")
    # Ticked the wrong way round, the older still comes first.
    page.get_by_label("Comparer depuis la version 3", exact=True).check()
    page.get_by_label("Comparer jusqu’à la version 1", exact=True).check()
    page.get_by_role("button", name="Comparer").click()
    page.wait_for_url("**/diff/1..3")
    page.goto(f"/wiki/{slug}/history")
    page.get_by_role("link", name="défaire la version 2").click()
    page.get_by_role("button", name="Défaire").click()
    expect(page.locator(".status")).to_contain_text("Modification 2 défaite")
    assert "- 10 bocaux\n" in site.text(slug)
    assert "- 4 stylos\n" in site.text(slug)
    page.goto(f"/wiki/{slug}/revert/1")
    page.get_by_role("button", name="Remettre en place").click()
    expect(page.locator(".status")).to_contain_text("Version 1 remise en place")
    assert "- 2 stylos\n" in site.text(slug)


@pytest.mark.parametrize("others_save", [False, True])
def test_who_comes_back_to_a_form_finds_what_was_typed_unless_others_saved(
    plain: Window, site: Site, slug: str, others_save: bool
) -> None:
    page = plain("alice")
    page.goto(f"/wiki/{slug}/edit?section=s-materiel")
    text = page.get_by_label("Cette partie de la page")
    written = text.input_value().replace("2 stylos", "3 stylos")
    text.fill(written)
    page.goto("/themes")
    if others_save:
        site.save("bob", slug, "- 10 bocaux", "- 20 bocaux")
    page.go_back()
    assert (text.input_value() == written) is not others_save
    press_save(page)
    page.wait_for_url(f"**/wiki/{slug}")
    assert ("- 20 bocaux" in site.text(slug)) is others_save
    assert ("- 3 stylos" in site.text(slug)) is not others_save

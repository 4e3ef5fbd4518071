"""Several people on one page: joined texts, choices, company."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, open_form, ready
from tests.browser.test_writing import body, press_save

MINE, THEIRS = "- 15 bocaux", "- 20 bocaux"


def change(page: Page, old: str, new: str) -> None:
    """Replace one passage of the text in the form."""
    text = body(page).input_value()
    assert text.count(old) == 1
    body(page).fill(text.replace(old, new))


def meet_bob(page: Page, site: Site, slug: str) -> None:
    """Alice and Bob change the same two lines; Bob saves first."""
    open_form(page, f"/wiki/{slug}/edit")
    change(page, "- 10 bocaux", MINE)
    change(page, "Invitez le quartier.", "Invitez la rue.")
    site.save("bob", slug, "- 10 bocaux", THEIRS)
    site.save("bob", slug, "Invitez le quartier.", "Invitez la ville.")
    press_save(page)
    expect(page.locator(".banner.warning")).to_contain_text("bob a enregistré pendant que vous écriviez")
    ready(page)


def choose(page: Page, number: int, label: str) -> None:
    """Tick an answer of the passage of this number, from 1."""
    page.locator(".passage").nth(number - 1).get_by_label(label, exact=True).check()


def test_changes_of_different_lines_are_joined_and_the_other_is_named(
    visit: Callable[..., Page], site: Site, slug: str
) -> None:
    alice, bob = visit("alice"), visit("bob")
    for page in (alice, bob):
        open_form(page, f"/wiki/{slug}/edit")
    change(alice, "- 10 bocaux", MINE)
    change(bob, "Invitez le quartier.", "Invitez la rue.")
    press_save(bob)
    bob.wait_for_url(f"**/wiki/{slug}")
    press_save(alice)
    expect(alice.locator(".status")).to_contain_text("bob a aussi modifié la page pendant que vous écriviez")
    text = site.text(slug)
    assert MINE in text
    assert "Invitez la rue." in text


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Garder le texte de bob", f"{THEIRS}\n- 1 étagère"),
        ("Garder mon texte", f"{MINE}\n- 1 étagère"),
        ("Garder les deux, l’un après l’autre", f"{THEIRS}\n{MINE}\n- 1 étagère"),
        ("Écrire un autre texte", "- 18 bocaux environ\n- 1 étagère"),
    ],
)
def test_each_of_the_four_choices_is_saved(
    visit: Callable[..., Page], site: Site, slug: str, label: str, expected: str
) -> None:
    page = visit("alice")
    meet_bob(page, site, slug)
    choose(page, 1, label)
    if label.startswith("Écrire"):
        page.get_by_label("Votre nouveau texte pour ce passage").first.fill("- 18 bocaux environ")
    choose(page, 2, "Garder mon texte")
    page.get_by_role("button", name="Enregistrer ces choix").click()
    page.wait_for_url(f"**/wiki/{slug}")
    assert expected in site.text(slug)
    assert "Invitez la rue." in site.text(slug)
    assert "<<<" not in site.text(slug)
    page.wait_for_function("() => !Object.keys(localStorage).some(key => key.startsWith('levain.draft/'))")


def test_the_choice_to_write_shows_where_and_what_remains_is_counted(
    visit: Callable[..., Page], site: Site, slug: str
) -> None:
    page = visit("alice")
    meet_bob(page, site, slug)
    remaining = page.locator("[data-remaining]")
    written = page.get_by_label("Votre nouveau texte pour ce passage")
    expect(remaining).to_have_text("Il reste 2 passages à choisir.")
    expect(written.first).to_be_hidden()
    choose(page, 1, "Écrire un autre texte")
    expect(written.first).to_be_visible()
    expect(written.first).to_have_value(MINE + "\n")
    expect(remaining).to_have_text("Il reste un passage à choisir.")
    choose(page, 1, "Garder mon texte")
    expect(written.first).to_be_hidden()

    page.get_by_role("button", name="Enregistrer ces choix").click()
    second = page.locator(".passage").nth(1)
    expect(second.get_by_role("radio").first).to_be_focused()
    expect(second.locator(".field-error")).to_be_visible()
    assert site.versions(slug) == 3
    choose(page, 2, "Garder le texte de bob")
    expect(second.locator(".field-error")).to_be_hidden()
    expect(remaining).to_have_text("Chaque passage a son texte.")
    assert page.url.endswith("/edit")


def test_a_third_person_may_save_while_one_chooses(visit: Callable[..., Page], site: Site, slug: str) -> None:
    page = visit("alice")
    meet_bob(page, site, slug)
    site.save("mona", slug, THEIRS, "- 30 bocaux")
    choose(page, 1, "Garder mon texte")
    choose(page, 2, "Garder mon texte")
    page.get_by_role("button", name="Enregistrer ces choix").click()
    expect(page.locator(".banner.warning")).to_contain_text("mona")
    expect(page.locator(".passage").first).to_contain_text("30 bocaux")
    ready(page)
    for number in range(1, page.locator(".passage").count() + 1):
        choose(page, number, "Garder mon texte")
    page.get_by_role("button", name="Enregistrer ces choix").click()
    page.wait_for_url(f"**/wiki/{slug}")
    assert MINE in site.text(slug)
    assert "Invitez la rue." in site.text(slug)


def test_a_conflict_given_up_leaves_the_text_as_a_draft(visit: Callable[..., Page], site: Site, slug: str) -> None:
    page = visit("alice")
    page.on("dialog", lambda dialog: dialog.accept())
    meet_bob(page, site, slug)
    page.get_by_role("link", name="Abandonner mon texte").click()
    page.wait_for_url(f"**/wiki/{slug}")
    assert MINE not in site.text(slug)
    open_form(page, f"/wiki/{slug}/edit")
    page.get_by_role("button", name="Le reprendre").click()
    expect(body(page)).to_have_value(body(page).input_value())
    assert MINE in body(page).input_value()


def test_those_who_edit_together_see_each_other(visit: Callable[..., Page], site: Site, slug: str) -> None:
    alice, bob = visit("alice"), visit("bob")
    open_form(alice, f"/wiki/{slug}/edit")
    note = alice.locator("[data-presence]")
    expect(note).to_be_hidden()
    with bob.expect_response("**/presence"):
        open_form(bob, f"/wiki/{slug}/edit")
    expect(bob.locator("[data-presence]")).to_have_text(
        "alice modifie aussi cette page en ce moment. Rien ne se perdra : vos textes seront réunis."
    )
    alice.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(note).to_contain_text("bob modifie aussi cette page")
    expect(alice.locator("[data-moved]")).to_be_hidden()

    site.save("mona", slug, "- 10 bocaux", THEIRS)
    open_form(visit("mona"), f"/wiki/{slug}/edit")
    alice.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(note).to_contain_text("modifient aussi cette page")
    expect(note).to_contain_text(" et ")
    told = alice.request.get(f"{site.url}/wiki/{slug}/edit").text()
    assert f"<span>{note.inner_text().strip()}</span>" in told, "said in the same words from the start"
    expect(alice.locator("[data-moved]")).to_have_text(
        "La page a changé depuis ; à l’enregistrement, les deux textes seront réunis."
    )

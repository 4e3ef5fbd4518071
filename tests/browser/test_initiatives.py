"""Proposing an initiative on a phone: dates added in place, a city taken from the suggestions."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, open_form

PHONE = {"width": 360, "height": 720}


def test_dates_are_added_and_taken_away_in_place(visit: Callable[..., Page], site: Site) -> None:
    page = visit(viewport=PHONE)
    open_form(page, "/propose")
    page.get_by_label("Quoi").fill("Trois soirées de couture")
    first = page.get_by_role("group", name="Date 1")
    first.get_by_label("Jour", exact=True).fill("2027-03-01")
    first.get_by_label("De", exact=True).fill("19:00")
    first.get_by_text("Sur plusieurs jours").click()
    first.get_by_label("Fuseau horaire").fill("Indian/Reunion")
    for number in (2, 3):
        page.get_by_role("button", name="Ajouter une date").click()
        added = page.get_by_role("group", name=f"Date {number}")
        expect(added.get_by_label("Jour", exact=True)).to_be_focused()
        expect(added.get_by_label("De", exact=True)).to_have_value("")
        expect(added.get_by_label("Fuseau horaire")).to_have_value("Indian/Reunion")
        added.get_by_label("Jour", exact=True).fill(f"2027-03-0{number}")
    page.get_by_role("group", name="Date 3").get_by_label("Toute la journée").check()
    expect(page.get_by_role("group", name="Date 3").get_by_label("De", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Retirer la ligne 2").click()
    expect(page.get_by_role("group", name="Date 2").get_by_label("Toute la journée")).to_be_checked()
    page.get_by_label("Où").fill("Saint-Denis, médiathèque")
    page.get_by_role("button", name="Proposer cette initiative").click()
    expect(page.locator(".status")).to_contain_text("Votre initiative est proposée")
    assert "sessions:\n  - 2027-03-01T19:00 Indian/Reunion\n  - 2027-03-03 Indian/Reunion\n" in site.text(
        "trois-soirees-de-couture"
    )


def test_a_city_that_is_taken_brings_its_point_and_another_loses_it(visit: Callable[..., Page], site: Site) -> None:
    page = visit(viewport=PHONE)
    open_form(page, "/propose")
    where = page.get_by_label("Où")
    page.get_by_label("Quoi").fill("Repas des voisines du port")
    where.press_sequentially("Saint-Denis")
    expect(page.locator("#places option").first).to_be_attached()
    where.fill("Saint-Denis, Seine-Saint-Denis, France")
    expect(where).to_have_value("Saint-Denis")
    expect(page.locator("input[name=country]")).to_have_value("FR")
    where.fill("Roubaix")
    expect(page.locator("input[name=geo]")).to_have_value("")
    page.get_by_role("button", name="Proposer cette initiative").click()
    expect(page.locator(".status")).to_contain_text("Roubaix, Nord")
    assert "geo: 50.6" in site.text("repas-des-voisines-du-port")

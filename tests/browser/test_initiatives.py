"""Proposing an initiative on a phone: dates added in place, a city taken from the suggestions."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

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


def test_one_date_of_several_is_called_off_on_a_phone_without_script(visit: Callable[..., Page], site: Site) -> None:
    slug = site.create(
        "---\nkind: event\ntitle: Trois samedis\nplace: Brest\norganizers:\n  - Infini\n"
        "sessions:\n  - 2031-10-04\n  - 2031-10-11\n  - 2031-10-18\nthemes:\n  - communs\n---\n"
    )
    page = visit(viewport=PHONE, java_script_enabled=False)
    page.goto(f"/wiki/{slug}/edit")
    page.get_by_role("group", name="Date 2").get_by_label("Cette date").select_option("est annulée")
    page.get_by_role("button", name="Enregistrer").first.click()
    expect(page.locator(".banner.warning")).to_contain_text("Une date au moins est annulée")
    expect(page.locator(".date-off")).to_have_text("samedi 11 octobre 2031 – date annulée", ignore_case=True)
    assert "  - 2031-10-04\n  - 2031-10-11 annule\n  - 2031-10-18\n" in site.text(slug)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


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


LONG = """---
kind: event
title: {title}
sessions:
{sessions}
place: Saint-Barthélemy-de-Séchilienne, maison des habitantes et des habitants du quartier, salle du premier étage
address: 12, avenue du Professeur-Alexandre-Grothendieck
organizers:
{organizers}
price: prix libre, de 0 à 15 euros, repas compris pour toutes celles et ceux qui aident à la vaisselle
registration: par téléphone, à l’accueil de la maison de quartier, ou sur place le jour même avant dix heures
accessibility:
  - plain-pied
  - boucle magnétique
  - garde d’enfants
---

{words}
"""


def sheets(page: Page) -> PdfReader:
    return PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))


def said(reader: PdfReader) -> str:
    text = " ".join(sheet.extract_text() for sheet in reader.pages)
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())


@pytest.mark.parametrize("much", [False, True])
def test_a_poster_is_one_sheet_of_a4_that_says_when_where_and_who(
    visit: Callable[..., Page], site: Site, much: bool
) -> None:
    title = "Journée des communs, des semences et des savoirs partagés autour de la fontaine" if much else "Soupe"
    days = range(1, 10 if much else 2)
    slug = site.create(
        LONG.format(
            title=f"{title} {much}",
            sessions="\n".join(f"  - 2027-03-0{day}T14:00/2027-03-0{day}T18:30" for day in days),
            organizers="\n".join(f"  - Les Petites Mains numéro {number}" for number in (range(9) if much else [1])),
            words="Venez avec un légume, une chaise et une histoire à raconter. " * (30 if much else 1),
        )
    )
    page = visit()
    open_form(page, f"/wiki/{slug}")
    page.get_by_role("link", name="Affiche à imprimer").click()
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible()
    reader = sheets(page)
    assert [(round(sheet.mediabox.width), round(sheet.mediabox.height)) for sheet in reader.pages] == [(595, 842)]
    text = said(reader)
    for words in (title.split()[0], "mars 2027, de 14 h à 18 h 30", "Séchilienne", "Mains numéro 1"):
        assert words in text
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    parts = (".poster-title", ".poster-facts", ".poster-foot", ".poster")
    boxes = [page.locator(part).bounding_box() for part in parts]
    edges = [(box["y"], box["y"] + box["height"]) for box in boxes if box]
    (_top, title_ends), (facts, facts_end), (foot, foot_ends), (_start, sheet_ends) = edges
    assert title_ends <= facts < facts_end <= foot < foot_ends < sheet_ends <= 1123


def test_the_programme_of_an_edition_is_printed_on_a4(visit: Callable[..., Page], site: Site) -> None:
    edition = site.create(
        "---\nkind: edition\ntitle: Fête des fours\nstarts_on: 2027-05-07\nends_on: 2027-05-09\n"
        "coordinators:\n  - X\n---\n"
    )
    for title, day, place in (
        ("Pétrir à plusieurs", "2027-05-07T18:30/2027-05-07T20:00", "Brest, place Guérin"),
        ("Fournée du matin", "2027-05-08T09:00/2027-05-08T12:00", "Quimper, four des Lutins"),
        ("Tartines", "2027-05-08T10:00", "Brest, BU Lettres"),
        ("Banquet", "2027-05-09", "Morlaix"),
    ):
        head = f"kind: event\ntitle: {title}\nsessions:\n  - {day}\nplace: {place}\nedition: {edition}\n"
        site.create(f"---\n{head}---\n")
    page = visit()
    open_form(page, f"/wiki/{edition}")
    reader = PdfReader(BytesIO(page.pdf(format="A4")))
    assert all(abs(sheet.mediabox.width - 595) < 2 > abs(sheet.mediabox.height - 842) for sheet in reader.pages)
    assert len(reader.pages) <= 2
    text = said(reader)
    programme = (
        "Fête des fours", "Programme des événements", "Vendredi 7 mai 2027", "Brest", "18 h 30 – 20 h",
        "Pétrir à plusieurs", "place Guérin", "Samedi 8 mai 2027", "10 h", "Tartines", "BU Lettres", "Quimper",
        "9 h – 12 h", "Fournée du matin", "four des Lutins", "Dimanche 9 mai 2027", "Morlaix", "Banquet",
    )  # fmt: skip
    at = -1
    for words in programme:
        at = text.index(words, at + 1)
    for only_on_screen in ("S’abonner", "Proposer une initiative", "Choisir une ville"):
        assert only_on_screen not in text

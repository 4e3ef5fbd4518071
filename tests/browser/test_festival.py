"""A small festival from its announcement to the next one, on a phone, without script and with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import Site, ready
from wiki import pages

PHONE: ViewportSize = {"width": 360, "height": 740}
# Who proposes through which collective: what, how many days from now, from and to, where.
PLAN = (
    ("alice", "Fournée du samedi", -9, "09:00", "12:00", "Brest, place Guérin"),
    ("alice", "Pétrir les yeux fermés", -6, "18:00", "20:00", "Brest, BU Lettres"),
    ("alice", "Balade des levains", -3, "14:00", "", "Morlaix, gare"),
    ("bob", "Four ouvert", -8, "10:00", "17:00", "Quimper, Locmaria"),
    ("bob", "Tartines et contes", -5, "19:00", "21:00", "Quimper"),
    ("bob", "Grande tablée", 5, "12:00", "23:00", "Quimper, halles"),
    ("mona", "Atelier farines", -4, "14:00", "17:00", "Rennes, la Cour"),
    ("mona", "Pain de nuit", 4, "22:00", "04:00", "Rennes"),
)
COLLECTIVES = {"alice": "Les Boulangères", "bob": "Le Four commun", "mona": "La Miche libre"}
TODAY = date.today()


def day(after: int) -> str:
    return (TODAY + timedelta(days=after)).isoformat()


class Festival:
    """Windows of those who take part, and what they do in them."""

    def __init__(self, visit: Callable[..., Page], site: Site, script: bool) -> None:
        self.site = site
        people = ("ada", *COLLECTIVES)
        self.script, self.mark = script, "avec" if script else "sans"
        self.windows = {name: visit(name, viewport=PHONE, java_script_enabled=script) for name in people}
        self.edition = self.named("Printemps des fours")
        self.slug = ""

    def named(self, title: str) -> str:
        """A title no other festival has."""
        return f"{title}, {self.mark} script"

    def at(self, name: str, address: str) -> Page:
        """Somebody's window, on a page that is ready and no wider than the phone."""
        page = self.windows[name]
        page.goto(address)
        if self.script:
            ready(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        return page

    def announce(self) -> None:
        page = self.at("ada", "/new/edition")
        page.get_by_label("Titre").fill(self.edition)
        page.get_by_label("Début").fill(day(-10))
        page.get_by_label("Fin", exact=True).fill(day(6))
        page.get_by_label("Qui coordonne, ligne 1").fill("Réseau des fours")
        page.get_by_role("button", name="Créer la page").click()
        expect(page.locator(".status")).to_contain_text("Page créée")
        self.slug = page.url.rpartition("/")[2]

    def join(self, name: str) -> str:
        """Make the page of somebody's collective."""
        page = self.at(name, "/new/collective")
        page.get_by_label("Nom (nécessaire)").fill(self.named(COLLECTIVES[name]))
        page.get_by_label("Lieu (nécessaire)").fill("Brest")
        page.get_by_role("button", name="Créer la page").click()
        expect(page.locator(".status")).to_contain_text("Page créée")
        return page.url.rpartition("/")[2]

    def propose(self, name: str, door: str, what: tuple[str, int, str, str, str]) -> str:
        title, after, begins, ends, place = what
        page = self.at(name, door)
        page.get_by_role("link", name="Proposer une initiative").first.click()
        page.get_by_label("Quoi").fill(self.named(title))
        when = page.get_by_role("group", name="Date 1")
        when.get_by_label("Jour", exact=True).fill(day(after))
        when.get_by_label("De", exact=True).fill(begins)
        when.get_by_label("À", exact=True).fill(ends)
        if title == "Balade des levains":
            page.get_by_role("button", name="Ajouter une date").click()
            page.get_by_role("group", name="Date 2").get_by_label("Jour", exact=True).fill(day(after + 1))
            page.get_by_role("group", name="Date 2").get_by_label("Toute la journée").check()
        page.get_by_label("Où").fill(place)
        page.get_by_label("Qui organise, ligne 1").fill(self.named(COLLECTIVES[name]))
        page.get_by_label("Thèmes, ligne 1").fill("convivialite")
        page.get_by_label("Dans le cadre de").select_option(label=self.edition)
        page.get_by_role("button", name="Proposer cette initiative").click()
        expect(page.locator(".status")).to_contain_text("Votre initiative est proposée, et sur la carte à")
        return page.url.rpartition("/")[2]

    def calendar(self) -> Calendar:
        """What a calendar that subscribed to the edition is given."""
        with self.site.app.app_context():
            # The agenda asks the index, which a server carries every save to by itself.
            pages.reindex()
        page = self.windows["ada"]
        page.goto(f"/wiki/{self.slug}")
        page.get_by_text("S’abonner à cet agenda").click()
        subscribed = page.get_by_role("link", name="S’abonner", exact=True).get_attribute("href") or ""
        assert subscribed.startswith("webcal://")
        return Calendar.from_ical(page.request.get(subscribed.replace("webcal", "http", 1)).text())

    def call_off(self, name: str, slug: str) -> None:
        page = self.at(name, f"/wiki/{slug}")
        page.get_by_role("link", name="Annuler ou reporter").click()
        page.get_by_label("État").select_option("annule")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(page.locator(".banner.warning")).to_contain_text("Cet événement est annulé")

    def report(self, name: str, slug: str, came: int) -> None:
        page = self.at(name, f"/wiki/{slug}")
        page.get_by_role("link", name="Vous y étiez ? Racontez").click()
        page.get_by_label("Participation").fill(str(came))
        page.get_by_label("Ce qui a marché").fill("Le pain.")
        page.get_by_label("Le récit").fill("Nous avons cuit, puis mangé.")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(page.locator(".status")).to_contain_text("Enregistré")


@pytest.mark.parametrize("script", [False, True])
def test_a_festival_is_announced_held_told_and_prepared_again(
    visit: Callable[..., Page], site: Site, script: bool
) -> None:
    festival = Festival(visit, site, script)
    festival.announce()
    collectives = {name: festival.join(name) for name in COLLECTIVES}
    slugs = {}
    for number, (name, *what) in enumerate(PLAN):
        door = f"/wiki/{collectives[name] if number % 2 else festival.slug}"
        slugs[what[0]] = festival.propose(name, door, tuple(what))  # type: ignore[arg-type]
    assert "edition: " + festival.slug in site.text(slugs["Pain de nuit"])
    assert len(festival.calendar().walk("VEVENT")) == 9
    festival.call_off("bob", slugs["Grande tablée"])
    festival.call_off("mona", slugs["Pain de nuit"])
    told = [str(event["STATUS"]) for event in festival.calendar().walk("VEVENT")]
    assert sorted(told) == ["CANCELLED"] * 2 + ["CONFIRMED"] * 7
    came = {"Fournée du samedi": 32, "Pétrir les yeux fermés": 12, "Four ouvert": 80, "Atelier farines": 9}
    for name, title, *_when in PLAN:
        if title in came:
            festival.report(name, slugs[title], came[title])

    page = festival.at("ada", f"/wiki/{festival.slug}")
    expect(page.locator(".page")).to_contain_text("6 événements ont eu lieu")
    page = festival.at("ada", f"/wiki/{festival.slug}/review")
    for words in ("Sans retour pour le moment (2)", "Annulés ou reportés (2)", "Villes (4)", "En tout133"):
        assert words in "".join(page.locator(".content").inner_text().split("\t"))
    page.get_by_role("link", name="Préparer l’édition suivante").click()
    for title in ("Fournée du samedi", "Four ouvert", "Atelier farines"):
        page.get_by_label(festival.named(title)).check()
    page.get_by_role("button", name="Ouvrir l’édition suivante").click()
    status = page.locator(".status")
    expect(status).to_contain_text("3 événements rouverts, sans date")
    expect(status).to_contain_text("3 personnes qui ont créé ou suivent ces pages")
    following = page.url.rpartition("/")[2]
    assert f"follows: {festival.slug}" in site.text(following)
    news = festival.at("bob", "/news")
    expect(news.locator(".content")).to_contain_text(festival.named("Four ouvert") + " (")
    page = festival.at("ada", f"/wiki/{festival.slug}/next")
    expect(page.locator(".banner.info")).to_contain_text("L’édition suivante existe déjà")
    expect(page.get_by_text("Déjà rouvert")).to_have_count(3)

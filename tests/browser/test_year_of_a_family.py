"""A year in the life of five recipes that say the same in other words: one family, on a phone, without script and with.

`LEVAIN_PICTURES` names a folder that gets a picture of every screen.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_writing import press_save
from wiki import accounts, pages

TIPS = "## Coups de main\n\nFaites plier les sachets par les enfants.\n\n"
BOXES = Path(__file__).parent / "seed_boxes"
PHONE = {"width": 360, "height": 740}


def unit(page: Page, name: str) -> Locator:
    """What is asked about one part of a page."""
    return page.get_by_role("group", name=re.compile(f"^{name}"))


class Family:
    """Five pages and the windows of those who keep them, all on phones."""

    def __init__(self, visit: Callable[..., Page], site: Site, year: str, scripts: bool) -> None:
        self.visit, self.site, self.year, self.scripts = visit, site, year, scripts
        self.windows: dict[str, Page] = {}
        self.slugs: list[str] = []
        self.looks = 0

    def window(self, name: str) -> Page:
        if name not in self.windows:
            self.windows[name] = self.visit(name, java_script_enabled=self.scripts, viewport=PHONE)
        return self.windows[name]

    def text(self, name: str) -> str:
        """One of the five texts, its title of this year."""
        text = (BOXES / f"{name}.md").read_text("utf-8")
        return re.sub(r"^(title: .*)$", rf"\1 ({self.year})", text, count=1, flags=re.MULTILINE)

    def write(self, who: str, name: str) -> str:
        """Paste a text into the form of a new recipe; its address."""
        page = self.window(who)
        page.goto("/new/recipe?as=text")
        page.locator("textarea[name=text]").fill(self.text(name))
        self.look(page, f"new {name}")
        press_save(page)
        expect(page.locator(".status")).to_be_visible()
        return self.kept(page)

    def kept(self, page: Page) -> str:
        slug = page.url.split("/wiki/")[1].split("/")[0].split("?")[0]
        if slug not in self.slugs:
            self.slugs.append(slug)
        return slug

    def look(self, page: Page, what: str) -> None:
        """Nothing is wider than the phone; a picture where one is wanted."""
        self.looks += 1
        if folder := os.environ.get("LEVAIN_PICTURES"):
            name = f"{self.year}-{self.looks:02}-{what.replace(' ', '-')}.png"
            page.screenshot(path=Path(folder) / name, full_page=True)
        assert page.locator("html").evaluate("part => part.scrollWidth") <= PHONE["width"], what

    def change(self, who: str, slug: str, old: str, new: str) -> None:
        """Replace one passage in the form of the text."""
        page = self.window(who)
        page.goto(f"/wiki/{slug}/edit?as=text")
        area = page.locator("textarea[name=text]")
        assert area.input_value().count(old) == 1, old
        area.fill(area.input_value().replace(old, new))
        press_save(page)
        expect(page.locator(".status")).to_contain_text("Enregistré")


@pytest.fixture(params=[False, True], ids=["without script", "with scripts"])
def family(request: pytest.FixtureRequest, visit: Callable[..., Page], site: Site) -> Iterator[Family]:
    made = Family(visit, site, "2024" if request.param else "2023", request.param)
    yield made
    with site.app.app_context():
        for slug in made.slugs:
            pages.archive(accounts.named("ada"), slug)


def test_five_recipes_live_a_year_as_one_family(family: Family) -> None:
    origin = family.write("alice", "mediatheque")
    grocery = adopt_a_copy(family, origin)
    school = link_by_hand(family, origin)
    bus = make_a_variant(family, origin, "alice", "en milieu rural", "bus")
    cafe = make_a_variant(family, grocery, "bob", "au café", "cafe")
    follow(family, origin)
    see_the_family(family, origin)
    improve_and_take(family, origin, grocery)
    take_into_other_words(family, origin, school)
    offer_and_talk(family, origin, bus)
    take_from_a_sibling(family, grocery, bus)
    take_from_a_grandparent(family, origin, cafe)
    origin = rename(family, origin, bus)
    protect_and_decline(family, origin, grocery)
    archive_and_restore(family, origin, school)
    hear_of_it(family, origin)


def adopt_a_copy(family: Family, origin: str) -> str:
    """Bob pastes his own page; it is recognised, and one click makes it a variant."""
    slug = family.write("bob", "epicerie")
    page = family.window("bob")
    family.look(page, "recognised")
    page.goto(f"/wiki/{slug}/link")
    family.look(page, "link")
    page.get_by_role("button", name="En faire une variante").first.click()
    expect(page.locator(".status")).to_contain_text("C’est une variante maintenant")
    family.look(page, "adopted")
    return slug


def link_by_hand(family: Family, origin: str) -> str:
    """Mona's page says the same in words of its own: nobody recognises it, she names its origin."""
    slug = family.write("mona", "college")
    page = family.window("mona")
    family.look(page, "not recognised")
    page.goto(f"/wiki/{slug}/variants")
    family.look(page, "alone")
    page.get_by_role("link", name="Relier cette page à une autre").click()
    page.get_by_label("Cette page vient d’une autre").fill(f"La boîte à graines de la médiathèque ({family.year})")
    page.get_by_role("button", name=re.compile("^Relier – Cette page vient")).click()
    expect(page.locator(".status")).to_contain_text("C’est une variante maintenant")
    family.look(page, "linked by hand")
    return slug


def make_a_variant(family: Family, origin: str, who: str, twist: str, name: str) -> str:
    page = family.window(who)
    page.goto(f"/wiki/{origin}")
    page.get_by_role("link", name="Créer une variante").first.click()
    page.get_by_label("Où, ou en quoi est-elle différente").fill(twist)
    family.look(page, f"variant {name}")
    page.get_by_role("button", name="Créer la variante").click()
    page.wait_for_url("**/edit")
    family.look(page, f"variant {name} opens")
    slug = family.kept(page)
    body = page.locator("textarea[name=body]")
    first, _, rest = body.input_value().partition("\n## Pourquoi se lancer\n")
    own = (BOXES / f"{name}.md").read_text("utf-8")
    if "## Pourquoi" in own:
        own, rest = own, rest[rest.index("\n## Ingr"):]
        body.fill(own + rest)
    else:
        body.fill(f"{own}\n## Pourquoi se lancer\n{rest}")
    assert first
    press_save(page)
    expect(page.locator(".status")).to_contain_text("Enregistré")
    family.look(page, f"variant {name} saved")
    return slug


def follow(family: Family, origin: str) -> None:
    page = family.window("bob")
    page.goto(f"/wiki/{origin}")
    page.get_by_role("link", name="Suivre").click()
    family.look(page, "follow")
    page.get_by_label("famille", exact=False).check()
    page.locator("main button[type=submit]").first.click()
    expect(page.locator(".status")).to_contain_text("dans votre compte")
    family.look(page, "followed")


def see_the_family(family: Family, origin: str) -> None:
    page = family.window("bob")
    page.goto(f"/wiki/{origin}/variants")
    family.look(page, "family")
    page.get_by_text("Choisir celle qui vous va").click()
    page.get_by_label("Des mots").fill("rural")
    page.get_by_label("Combien serez-vous").fill("20")
    family.look(page, "chooser")
    page.get_by_role("button", name="Choisir").click()
    family.look(page, "chosen")


def improve_and_take(family: Family, origin: str, variant: str) -> None:
    """Spring: five improvements for the grocery; taken, declined, left, written anew where both sides changed."""
    family.change("alice", origin, "- 200 sachets", "- 300 sachets")
    family.change("alice", origin, "que l'on sèmera.", "que l'on sèmera, trois sachets au plus.")
    family.change("alice", origin, "- une bibliothécaire qui ouvre", "- deux bibliothécaires qui ouvrent")
    family.change("alice", origin, "cost: 50-150 EUR", "cost: 30-80 EUR")
    family.change("alice", origin, "## Difficultés", f"{TIPS}## Difficultés")
    page = family.window("bob")
    page.goto(f"/wiki/{variant}")
    family.look(page, "improvements wait")
    page.get_by_role("link", name="5 améliorations dans la recette d’origine").click()
    family.look(page, "pull")
    unit(page, "Matériel").get_by_label("Plus tard").check()
    unit(page, "Personnes").get_by_label("Pas pour nous").check()
    unit(page, "Coût").get_by_label("Écrire un autre texte").check()
    unit(page, "Coût").locator("textarea").fill("presque rien")
    unit(page, "Règles affichées").get_by_label("Reprendre").check()
    page.get_by_role("button", name="Reprendre", exact=True).last.click()
    expect(page.locator(".error-summary")).to_be_visible()
    family.look(page, "pull refused")
    unit(page, "Coût").locator("textarea").fill("de 0 à 20 €")
    unit(page, "Coups de main").locator("[value=take], [value=theirs]").check()
    page.get_by_role("button", name="Voir le résultat").click()
    expect(page.locator("#result")).to_be_visible()
    family.look(page, "result")
    page.get_by_role("button", name="Reprendre", exact=True).last.click()
    expect(page.locator(".status")).to_contain_text("Il reste 1 partie à voir")
    family.look(page, "taken")
    text = family.site.text(variant)
    assert "trois sachets au plus" in text
    assert "cost: 0-20 EUR" in text
    assert "Faites plier" in text
    assert "- 60 sachets" in text
    assert "deux bénévoles" in text


def take_into_other_words(family: Family, origin: str, variant: str) -> None:
    """The school adds one part to its own words and wants nothing else."""
    page = family.window("mona")
    page.goto(f"/wiki/{variant}/pull")
    family.look(page, "pull into other words")
    unit(page, "Coups de main").get_by_label("L’ajouter ici").check()
    for name in ("Personnes", "Matériel", "Règles affichées", "Coût"):
        unit(page, name).get_by_label("Pas pour nous").check()
    page.get_by_role("button", name="Reprendre", exact=True).last.click()
    expect(page.locator(".status")).to_contain_text("C’est repris")
    assert family.site.text(variant).endswith(f"précautions.\n\n{TIPS.strip()}\n")
    page.goto(f"/wiki/{variant}/pull")
    family.look(page, "nothing more")


def offer_and_talk(family: Family, origin: str, variant: str) -> None:
    """Summer: the bus offers two parts to the origin; they talk; one is taken."""
    family.change("bob", variant, "- 1 meuble à tiroirs", "- 1 valise à compartiments ou 1 meuble à tiroirs")
    family.change("bob", variant, "« à identifier » les recueille.", "« à identifier » voyage avec la valise.")
    page = family.window("bob")
    page.goto(f"/wiki/{variant}")
    page.get_by_role("link", name="Proposer à l’origine").first.click()
    family.look(page, "offer")
    for name in ("Introduction", "Pourquoi se lancer"):
        page.get_by_label(re.compile(f"^{name}")).uncheck()
    page.get_by_label("Pourquoi", exact=False).last.fill("Une valise coûte moins cher qu’un meuble.")
    page.get_by_role("button", name="Proposer").click()
    expect(page.locator(".status")).to_contain_text("Votre proposition est envoyée")
    family.look(page, "offer sent")
    other = family.window("alice")
    other.goto("/account")
    family.look(other, "account with an offer")
    other.get_by_role("link", name=re.compile("^De « .* en milieu rural »")).first.click()
    other.get_by_label("Un mot de réponse").fill("Où la rangez-vous la nuit ?")
    other.get_by_role("button", name="Répondre sans décider").click()
    family.look(other, "asked back")
    page.reload()
    page.get_by_label(re.compile("Votre message|Un mot de réponse")).fill("Dans la réserve du bus.")
    page.get_by_role("button", name=re.compile("Envoyer|Répondre sans décider")).click()
    family.look(page, "answered")
    other.reload()
    unit(other, "Matériel").get_by_label("Écrire un autre texte").check()
    written = unit(other, "Matériel").locator("textarea")
    written.fill(written.input_value().replace("1 meuble", "1 valise à compartiments ou 1 meuble"))
    unit(other, "Difficultés").get_by_label("Pas pour nous").check()
    other.get_by_label("Un mot de réponse").fill("Merci pour la valise !")
    other.get_by_role("button", name="Reprendre ce qui est choisi").click()
    expect(other.locator(".status")).to_contain_text("Merci")
    family.look(other, "part taken")
    page.goto("/account")
    expect(page.get_by_text("reprise en partie").first).to_be_visible()
    family.look(page, "account after the answer")
    assert "1 valise à compartiments" in family.site.text(origin)
    assert "voyage avec la valise" not in family.site.text(origin)


def take_from_a_sibling(family: Family, variant: str, sibling: str) -> None:
    page = family.window("bob")
    page.goto(f"/wiki/{variant}/variants")
    page.get_by_role("link", name=re.compile("^reprendre aussi d’ici.*milieu rural")).click()
    family.look(page, "pull from a sibling")
    for group in page.locator("fieldset.passage").all():
        group.get_by_label("Pas pour nous" if "Difficultés" not in group.inner_text() else "jouter").last.check()
    page.get_by_role("button", name="Reprendre", exact=True).last.click()
    expect(page.locator(".status")).to_contain_text("C’est repris")
    family.look(page, "taken from a sibling")


def take_from_a_grandparent(family: Family, origin: str, variant: str) -> None:
    page = family.window("bob")
    page.goto(f"/wiki/{variant}/variants")
    family.look(page, "family of a grandchild")
    page.get_by_role("link", name=re.compile(rf"^comparer – La boîte.* \({family.year}\)$")).click()
    family.look(page, "compared with the grandparent")
    page.get_by_role("link", name=re.compile("^Reprendre de")).click()
    family.look(page, "pull from a grandparent")


def rename(family: Family, origin: str, variant: str) -> str:
    """Autumn: the origin has another name, and its variants follow."""
    page = family.window("alice")
    page.goto(f"/wiki/{origin}/rename")
    page.get_by_label("Titre", exact=False).first.fill(f"Les tiroirs à graines ({family.year})")
    page.locator("main form button.primary").first.click()
    expect(page.locator(".status")).to_be_visible()
    family.slugs.remove(origin)
    renamed = family.kept(page)
    page.goto(f"/wiki/{variant}")
    expect(page.locator(".variant-note")).to_contain_text("Les tiroirs à graines")
    family.look(page, "origin renamed")
    return renamed


def protect_and_decline(family: Family, origin: str, variant: str) -> None:
    """The origin is protected: Bob may not change it, and proposes; Mona declines with a word."""
    with family.site.app.app_context():
        pages.protect(accounts.named("mona"), origin, True)
    page = family.window("bob")
    page.goto(f"/wiki/{origin}")
    family.look(page, "protected")
    page.goto(f"/wiki/{origin}/edit")
    family.look(page, "protected edit")
    page.goto(f"/wiki/{variant}/offer")
    page.get_by_role("button", name="Proposer").click()
    expect(page.locator(".status")).to_contain_text("Votre proposition est envoyée")
    offer = page.url
    other = family.window("mona")
    other.goto(offer)
    other.get_by_role("button", name="Décliner").click()
    expect(other.locator(".error-summary")).to_be_visible()
    family.look(other, "declining without a word")
    other.get_by_label("Un mot de réponse").fill("Nous gardons le meuble.")
    other.get_by_role("button", name="Décliner").click()
    expect(other.locator(".status")).to_contain_text("Proposition déclinée")
    family.look(other, "declined")
    page.goto("/account")
    expect(page.get_by_text("déclinée").first).to_be_visible()


def archive_and_restore(family: Family, origin: str, variant: str) -> None:
    """Winter: the origin goes out of sight and comes back."""
    with family.site.app.app_context():
        pages.archive(accounts.named("mona"), origin)
    page = family.window("bob")
    page.goto(f"/wiki/{variant}")
    expect(page.locator("main")).not_to_contain_text("Les tiroirs à graines")
    family.look(page, "origin archived")
    page.goto(f"/wiki/{variant}/pull")
    family.look(page, "pull without an origin")
    with family.site.app.app_context():
        pages.unarchive(accounts.named("mona"), origin)
    page.goto(f"/wiki/{variant}")
    expect(page.locator(".variant-note")).to_contain_text("Les tiroirs à graines")


def hear_of_it(family: Family, origin: str) -> None:
    page = family.window("bob")
    page.goto("/news")
    page.get_by_role("button", name="Obtenir une adresse").or_(page.get_by_role("link", name="Votre flux Atom")).click()
    page.goto("/news")
    family.look(page, "news")
    address = page.get_by_role("link", name="Votre flux Atom").get_attribute("href")
    feed = page.request.get(str(address))
    assert feed.ok
    assert "Les tiroirs à graines" in feed.text()
    page.goto(f"/wiki/{origin}/cite")
    family.look(page, "cite")
    expect(page.locator("pre")).to_contain_text("bob")

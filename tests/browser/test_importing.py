"""An old agenda brought in: on a small phone without script, and every screen of it looked at by axe."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_pages import examine

TABLE = (
    "titre;date;ville;latitude;longitude;qui organise;recette;colonne inconnue\n"
    "Veillée des bocaux;12/10/2013 de 20 h à 22 h;Brest;48,39;-4,49;Tiriad;recette-inconnue;x\n"
    "Goûter des bocaux;30 février 2013;Brest;;;;;\n"
    "Marché des bocaux;octobre 2013;Nantes;91;0;;;\n"
    "Veillée des bocaux;12/10/2013 de 20 h à 22 h;Brest;48,39;-4,49;;;\n"
)


def agenda(text: str = TABLE) -> FilePayload:
    return {"name": "Agenda 2013.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")}


def test_an_agenda_is_looked_at_then_brought_in_without_script(visit: Callable[..., Page], site: Site) -> None:
    page = visit("alice", java_script_enabled=False, viewport={"width": 320, "height": 640})
    page.goto("/events")
    page.get_by_role("link", name="Importer un agenda").click()
    page.get_by_label("Fichier", exact=True).set_input_files(agenda())
    page.get_by_role("button", name="Voir ce qui serait créé").click()
    expect(page.get_by_role("checkbox", name="Veillée des bocaux")).to_be_checked()
    expect(page.locator("#import-wrong ~ ul")).to_contain_text("Le 30 février 2013 n’existe pas")
    page.get_by_role("checkbox", name="Marché des bocaux").uncheck()
    page.get_by_role("button", name="Créer les événements cochés").click()
    page.get_by_role("link", name="Veillée des bocaux").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Veillée des bocaux")
    assert "kind: event" in site.text("veillee-des-bocaux")


def test_each_screen_keeps_nobody_out(visit: Callable[..., Page]) -> None:
    page = visit("bob")
    page.goto("/events/import")
    page.get_by_role("button", name="Voir ce qui serait créé").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez un fichier")
    examine(page)
    text = TABLE.replace("bocaux", "confitures") + "Grand marché des cerises;2014;Lyon;;;;;\n"
    page.get_by_label("Fichier", exact=True).set_input_files(agenda(text))
    page.get_by_role("button", name="Voir ce qui serait créé").click()
    page.get_by_text("Changer ce qui vaut pour tous").click()
    page.get_by_text("Déjà ici, ou répétés").click()
    examine(page)
    page.get_by_role("button", name="Créer les événements cochés").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Agenda importé")
    examine(page)
    page.goto("/events/import")
    likeness = "titre;date;ville\nLe grand marché aux cerises;2014;Lyon\n"
    page.get_by_label("Fichier", exact=True).set_input_files(agenda(likeness))
    page.get_by_role("button", name="Voir ce qui serait créé").click()
    expect(page.get_by_role("checkbox", name="Le grand marché aux cerises")).not_to_be_checked()
    examine(page)

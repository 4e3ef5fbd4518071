"""A form that says it starts from a hidden version: joined as ever, and no answer tells what only that version says."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from tests.conftest import Visitor
from tests.web.conftest import Wiki
from tests.web.routes import EVENT
from wiki import pages

SECRET = "Quetzalcoatl"
CLEAN = EVENT.format(title="Titre") + "Première ligne.\n\n## Étapes\n\nInviter.\n\n## Suite\n\nFin.\n"
# Hidden as a word of a line, as a line, as a part, as an answer, and as the name of one.
TOLD = (
    CLEAN.replace("Inviter.", f"Inviter {SECRET}.\n\n{SECRET} reçoit.\n\n## Chez {SECRET}\n\nSon numéro.")
    .replace("place: Brest\n", f"place: Chez {SECRET}\n{SECRET.lower()}: oui\n")
    .replace("Fin.", f"Fin, dit {SECRET}.")
)
TODAY = CLEAN.replace("Fin.", "La fin.").replace("Première ligne.", "Une ligne.")
TEXTS = [
    CLEAN.replace("Inviter.", "Rester."),
    TODAY,
    TODAY.replace("La fin.", "La toute fin."),
    TODAY.partition("## Étapes")[0],
    TODAY.replace("Inviter.", "Inviter.\n\nSon adresse."),
    TODAY.replace("place: Brest", "place: Lannion"),
]
EDITS = [{"text": text} for text in TEXTS] + [
    {"section": "s-etapes", "body": "## Étapes\n\nRester.\n"},
    {"section": f"s-chez-{SECRET.lower()}", "body": "## Chez\n\nElle.\n"},
    {"title": "Titre", "body": "Tout autre.", "place": "Lannion"},
]
FORMS = [("/wiki/titre/edit", edit) for edit in EDITS]
FORMS += [("/wiki/titre/edit", {**edit, "action": action}) for edit in EDITS[4:]
          for action in ("preview", "changes", "text", "form")]
FORMS += [("/wiki/titre/settle", {"head": "3", "mine": text, **{f"choice-{number}": choice for number in range(9)}})
          for text in TEXTS[:5:2] for choice in ("", "theirs", "both")]
FORMS += [("/wiki/titre/report", {"attendance": "12", "story": "Bien."}),
          ("/wiki/titre/report", {"attendance": "12", "story": "Bien.\n\n## Autre\n"})]
SCREENS = ("/wiki/titre", "/wiki/titre/edit", "/wiki/titre/edit?as=text", "/wiki/titre/report")
WIKIS = {"open": ("everyone", False), "approved": ("approved", False), "protected": ("everyone", True)}


def hidden(make_wiki: Callable[..., Wiki], editing: str, protected: bool) -> Wiki:
    """A page of three versions; the text of the second is hidden."""
    wiki = make_wiki(EDITING="everyone")
    slug = wiki.write(CLEAN, TOLD, TODAY, protected=protected)
    with wiki.app.app_context():
        pages.hide(wiki.cast.mona, slug, 2, ["text"], "Un numéro privé")
    return make_wiki(EDITING=editing, NEWCOMER_EDITS=1)


def told(client: Visitor, address: str, form: dict[str, str] | None = None) -> str:
    answer = client.post(address, data=form, follow_redirects=True) if form else client.get(address)
    assert answer.status_code < 500, address
    return unescape(answer.text) + str(answer.headers)


def waiting(wiki: Wiki) -> list[str]:
    with wiki.app.app_context():
        return [f"/offers/{info.id}" for info in pages.waiting_suggestions(wiki.cast.mona)]


@pytest.mark.parametrize("role", ["guest", "member"])
@pytest.mark.parametrize("state", WIKIS)
def test_no_answer_to_a_form_tells_the_hidden_text_it_starts_from(
    make_wiki: Callable[..., Wiki], state: str, role: str
) -> None:
    """P02: every form that names a version, then every screen that tells what became of it, also to who answers."""
    wiki = hidden(make_wiki, *WIKIS[state])
    client, alice = wiki.visitor(role), wiki.visitor("alice")
    leaks, suggested, opened = [], 0, 0
    for address, form in FORMS:
        # What was asked for is said again, and is no news.
        text = told(client, address, {"base": "2", "comment": "Mieux", **form}).replace(form.get("section", "\0"), "")
        found = [address] if SECRET.casefold() in text.casefold() else []
        offers = waiting(wiki)
        for screen in (*SCREENS, *offers) if offers else ():
            found += [screen] if SECRET.casefold() in told(client, screen).casefold() else []
        for offer in offers:
            suggested += 1
            status, text = alice.get(offer).status_code, told(alice, offer)
            opened += status == 200
            found += [f"{offer} to who answers"] if SECRET.casefold() in text.casefold() else []
            client.post(offer, data={"action": "withdraw"})
        leaks += [(screen, form) for screen in found]
        assert SECRET not in wiki.text("titre")
    assert leaks == []
    if state == "open":
        assert suggested == 0
    else:
        assert suggested >= 10
        # Only the moderation answers on a protected page; elsewhere what repeats words of that version is left to it.
        assert (opened > suggested / 2) == (state == "approved")


def test_what_waits_from_a_hidden_version_is_taken_without_it(make_wiki: Callable[..., Wiki]) -> None:
    wiki = hidden(make_wiki, "approved", False)
    guest, alice = wiki.visitor(), wiki.visitor("alice")
    guest.post("/wiki/titre/edit", data={"base": "2", "text": TODAY.replace("Une ligne.", "Deux lignes.")})
    (offer,), before = waiting(wiki), wiki.text("titre")
    names = re.findall(r'name="verdict-(\w+)" value="decline"', alice.get(offer).text)
    assert names
    sent = {"action": "accept", "number": "1", **{f"verdict-{name}": "take" for name in names}}
    assert alice.post(offer, data=sent).status_code == 303
    assert wiki.text("titre") == before.replace("Une ligne.", "Deux lignes.")


def test_what_repeats_the_hidden_text_is_opened_by_its_author_and_the_moderation(
    make_wiki: Callable[..., Wiki]
) -> None:
    """It was written while that version could be read, and holds what was hidden since."""
    wiki = hidden(make_wiki, "approved", False)
    guest = wiki.visitor()
    for line in ("Son numéro.", "Inviter Quetzalcoatl demain."):
        guest.post("/wiki/titre/edit", data={"base": "2", "text": TODAY.replace("Inviter.", line)})
        (offer,) = waiting(wiki)
        statuses = [client.get(offer).status_code for client in (guest, wiki.visitor("alice"), wiki.visitor("mona"))]
        assert statuses == [200, 404, 200], line


def test_a_report_taken_back_takes_back_the_suggestion_that_held_nothing_else(make_wiki: Callable[..., Wiki]) -> None:
    wiki = hidden(make_wiki, "approved", False)
    guest = wiki.visitor()
    guest.post("/wiki/titre/report", data={"base": "3", "attendance": "12", "story": "Bien."})
    assert len(waiting(wiki)) == 1
    assert "Rien n’a changé" in told(guest, "/wiki/titre/report", {"action": "withdraw"})
    assert waiting(wiki) == []


def test_who_saves_an_old_tab_is_told_that_their_text_still_waits(make_wiki: Callable[..., Wiki]) -> None:
    wiki = hidden(make_wiki, "approved", False)
    guest = wiki.visitor()
    guest.post("/wiki/titre/edit", data={"base": "3", "text": TODAY.replace("Inviter.", "Rester.")})
    said = told(guest, "/wiki/titre/edit", {"base": "3", "text": TODAY})
    assert "Votre texte d’avant attend toujours" in said
    assert len(waiting(wiki)) == 1

"""Hiding a version's text, summary or author: told by no door to anybody but the team, and merged as before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import Visitor
from tests.web.conftest import Wiki
from tests.web.routes import READABLE
from wiki import backup, pages
from wiki.accounts import guest
from wiki.database import db
from wiki.errors import Forbidden, Invalid, NotFound
from wiki.history import Revision
from wiki.pages.indexing import drain

SECRET, SAID = "Quetzalcoatl", "Xibalba"
FIRST = "---\nkind: recipe\ntitle: Titre\n---\n\nPremière ligne.\n\n## Étapes\n\nInviter.\n\n## Suite\n\nFin.\n"
SECOND = FIRST.replace("Inviter.", f"Inviter {SECRET}.\n\n## Chez {SECRET}\n\nSon numéro.")
THIRD = FIRST.replace("Fin.", "La fin.")
ROLES = ["guest", "suspended", "member", "author"]
SPY = guest("the token of a spy")


@pytest.fixture
def hidden(wiki: Wiki) -> Wiki:
    """A page whose second version tells too much, in text, summary and name; a variant was made of it, and offers."""
    cast = wiki.cast
    with wiki.app.app_context():
        pages.create(cast.alice, FIRST)
        pages.save(SPY, "titre", SECOND, 1, comment=f"Voir {SAID}")
        pages.fork(cast.alice, "titre", "Brest")
        variant = pages.text_of(cast.alice, "titre-brest")[1]
        pages.save(cast.alice, "titre", THIRD, 2)
        clean = variant.text.replace(SECRET, "les voisines").replace("Première", "Toute première")
        pages.save(cast.alice, "titre-brest", clean, 1)
        (offered, *_rest) = pages.receiving(cast.alice, "titre", "titre-brest").waiting
        pages.offer(cast.alice, "titre-brest", "titre", [offered.unit.key])
        pages.hide(cast.mona, "titre", 2, ["text", "comment", "author"], "Un numéro privé")
        pages.hide(cast.mona, "titre-brest", 1, ["text"], "Le même")
        pages.reindex()
        drain()
    return wiki


def told(client: Visitor, address: str, form: dict[str, str] | None = None) -> str:
    with client.open(address, method="POST" if form else "GET", data=form, follow_redirects=True) as answer:
        assert answer.status_code < 500, address
        return answer.text + str(answer.headers)


def addresses() -> list[str]:
    found = [route.path.format(slug=slug) for route in READABLE for slug in ("titre", "titre-brest")]
    for slug in ("titre", "titre-brest"):
        for number in range(1, 5):
            found += [f"/wiki/{slug}{end}" for end in (
                f"?revision={number}", f".md?revision={number}", f".json?revision={number}", f"/revert/{number}",
                f"/undo/{number}", f"/hide/{number}",
                *(f"/diff/{number}..{other}" for other in range(1, 5)),
            )]
    found += ["/wiki/titre-brest/pull", "/wiki/titre/pull?from=titre-brest", "/wiki/titre-brest/compare/titre",
              "/wiki/titre/compare/titre-brest", "/wiki/titre-brest/offer", "/wiki/titre/offers", "/offers/1",
              "/changes", "/changes.atom", "/changes?who=guests", f"/people/{SPY.name}", f"/people/{SPY.name}.atom",
              "/people/alice", "/news", "/account", "/search?q=voisine", "/search.json?q=numero",
              "/moderation/log", "/moderation/log?page=titre", "/wiki/titre/authors", "/wiki/titre/cite",
              "/wiki/titre-brest/authors", "/wiki/titre-brest/cite"]
    return list(dict.fromkeys(found))


FORMS = [
    ("/wiki/titre/edit", {"base": "2", "action": "changes", "text": FIRST}),
    ("/wiki/titre/edit", {"base": "2", "action": "preview", "title": "Autre"}),
    ("/wiki/titre/edit", {"base": "2", "action": "preview", "section": "s-etapes", "body": "## Étapes\n\nAutre.\n"}),
    ("/wiki/titre/edit", {"base": "2", "action": "text", "title": "Autre"}),
    ("/wiki/titre/edit", {"base": "2", "action": "save", "text": FIRST.replace("Inviter.", "Rester.")}),
    ("/wiki/titre/edit", {"base": "2", "action": "save", "title": "Encore un autre"}),
    ("/wiki/titre/settle", {"base": "2", "head": "3", "mine": FIRST.replace("Inviter.", "Rester.")}),
    ("/wiki/titre/settle", {"base": "1", "head": "2", "mine": FIRST.replace("Inviter.", "Rester."),
                            **{f"choice-{number}": "theirs" for number in range(6)}}),
    ("/wiki/titre/revert/2", {"comment": "x"}),
    ("/wiki/titre/undo/3", {"comment": "x"}),
    ("/wiki/titre/undo/2", {"comment": "x"}),
    ("/wiki/titre-brest/pull", {"revision": "2", "action": "preview"}),
    ("/wiki/titre-brest/pull", {"revision": "2"}),
    ("/wiki/titre-brest/pull", {"action": "preview"}),
    ("/wiki/titre/fork", {"twist": "Rennes"}),
    ("/offers/1", {"action": "say", "word": "Bonjour"}),
    ("/wiki/titre/hide/2", {"action": "show", "reason": "x"}),
    ("/wiki/titre/hide/3", {"parts": "comment", "reason": "x"}),
]  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_no_door_tells_what_is_hidden(hidden: Wiki, role: str) -> None:
    """P02: every address that shows a version, and every form that names one."""
    client = hidden.visitor(role)
    if role in ("member", "author"):
        client.post("/wiki/titre/follow", data={"scope": "family"})
    found = {}
    for address in addresses():
        # What the address itself says is said again, and is no news.
        words = [word for word in (SECRET, SAID, SPY.name) if word not in address]
        text = told(client, address)
        found[address] = [word for word in words if word in text]
    for address, form in FORMS:
        text = told(client, address, dict(form))
        found[f"{address} {form}"] = [word for word in (SECRET, SAID, SPY.name) if word in text]
    assert {address: words for address, words in found.items() if words} == {}
    for slug in ("titre", "titre-brest"):
        assert SECRET not in hidden.text(slug)


@pytest.mark.parametrize("role", ["moderator", "admin"])
def test_the_team_reads_what_is_hidden(hidden: Wiki, role: str) -> None:
    client = hidden.visitor(role)
    for address in ("/wiki/titre?revision=2", "/wiki/titre.md?revision=2", "/wiki/titre/diff/1..2"):
        assert SECRET in told(client, address), address
    versions = told(client, "/wiki/titre/history")
    assert SAID in versions
    assert SPY.name in versions
    assert "texte masqué" in versions
    assert SPY.name in told(client, f"/people/{SPY.name}")


def test_the_history_says_that_something_is_hidden_and_why(hidden: Wiki) -> None:
    guest = hidden.visitor()
    versions = told(guest, "/wiki/titre/history")
    for words in ("texte masqué", "résumé masqué", "nom masqué", "Une personne dont le nom est masqué"):
        assert words in versions
    answer = guest.get("/wiki/titre?revision=2")
    assert answer.status_code == 404
    assert "Le texte de cette version est masqué" in answer.text
    assert guest.get("/wiki/titre?revision=1").status_code == 200
    log = told(guest, "/moderation/log")
    assert "Un numéro privé" in log
    assert "a masqué une version de" in log


def test_what_was_written_from_a_hidden_version_is_merged_as_before(hidden: Wiki) -> None:
    cast = hidden.cast
    with hidden.app.app_context():
        saved = pages.save(cast.bob, "titre", SECOND.replace("Première ligne", "Deuxième ligne"), 2)
        assert isinstance(saved, pages.Saved)
        assert pages.text_of(cast.bob, "titre")[1].text == THIRD.replace("Première ligne", "Deuxième ligne")
        (found,) = [
            one for one in pages.receiving(cast.bob, "titre-brest", "titre").waiting if one.title == "Suite"
        ]
        assert SECRET not in found.unit.old
        number = pages.find(cast.bob, "titre").head_number
        pages.take(cast.bob, "titre-brest", "titre", number, {found.unit.key: pages.Decision("take")})
        assert "La fin." in pages.text_of(cast.bob, "titre-brest")[1].text
        assert pages.verify() == []


def test_the_newest_text_is_replaced_before_it_is_hidden(hidden: Wiki) -> None:
    with hidden.app.app_context():
        for parts, reason in (["text"], "Oui"), ([], "Oui"), (["page"], "Oui"), (["comment"], " "):
            with pytest.raises(Invalid):
                pages.hide(hidden.cast.mona, "titre", 3, parts, reason)
        pages.hide(hidden.cast.mona, "titre", 3, ["comment", "author"], "Un nom de famille")
        with pytest.raises(NotFound):
            pages.hide(hidden.cast.mona, "titre", 9, ["text"], "Oui")
    answer = hidden.visitor("mona").post("/wiki/titre/hide/3", data={"parts": "text", "reason": "Oui"})
    assert answer.status_code == 422
    assert "version actuelle" in answer.text
    assert hidden.visitor().get("/wiki/titre").status_code == 200


def test_moderators_hide_and_admins_show_again(hidden: Wiki) -> None:
    with hidden.app.app_context():
        for who in (hidden.cast.alice, hidden.cast.eve):
            with pytest.raises(Forbidden):
                pages.hide(who, "titre", 1, ["text"], "Oui")
        with pytest.raises(Forbidden):
            pages.show(hidden.cast.mona, "titre", 2)
    assert hidden.visitor("mona").post("/wiki/titre/hide/2", data={"action": "show"}).status_code == 403
    ada = hidden.visitor("ada")
    assert ada.post("/wiki/titre/hide/2", data={"action": "show", "reason": "Une erreur"}).status_code == 303
    guest = hidden.visitor()
    for address in ("/wiki/titre?revision=2", "/wiki/titre/diff/2..3", "/wiki/titre/history", f"/people/{SPY.name}"):
        assert guest.get(address).status_code == 200
    assert f"Chez {SECRET}" in told(guest, "/wiki/titre/history")
    lines = Path(hidden.app.config["SECURITY_LOG"]).read_text("ascii").splitlines()
    security = [json.loads(line) for line in lines]
    assert [entry["event"] for entry in security if entry["event"].startswith("revision.")] == [
        "revision.hidden", "revision.hidden", "revision.shown"
    ]
    assert SECRET not in str(security)


def test_two_hidden_neighbours_are_shown_one_by_one(hidden: Wiki) -> None:
    with hidden.app.app_context():
        pages.save(hidden.cast.alice, "titre", FIRST, 3)
        pages.hide(hidden.cast.mona, "titre", 3, ["text"], "Aussi")
        pages.show(hidden.cast.ada, "titre", 2)
        page = pages.find(hidden.cast.ada, "titre")
        query = select(Revision.number, Revision.hidden).where(Revision.page_id == page.id)
        assert dict(db.session.execute(query).tuples().all()) == {1: "", 2: "", 3: "text changes", 4: "changes"}


def test_a_name_that_is_hidden_everywhere_is_credited_nowhere_and_kept(hidden: Wiki) -> None:
    with hidden.app.app_context():
        page = pages.find(hidden.cast.eve, "titre")
        assert pages.authors(page.id) == ["alice"]
        assert pages.credited(page) == ["alice"]
        kept = select(Revision.author_name).where(Revision.page_id == page.id, Revision.number == 2)
        assert db.session.execute(kept).scalar_one() == SPY.name


def test_a_backup_keeps_what_is_hidden(hidden: Wiki, tmp_path: Path) -> None:
    with hidden.app.app_context():
        backup.write(tmp_path / "backup.zip", Path(hidden.app.config["WIKI"]["DATA"]))
        assert backup.verify(tmp_path / "backup.zip")
        texts = [pages.text_of(hidden.cast.ada, "titre", number)[1].text for number in (1, 2, 3)]
    assert texts == [FIRST, SECOND, THIRD]

"""Copies that already exist: said to be what they are, made variants in one gesture, let go again."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import event, select, update

from tests.conftest import Cast
from tests.pages.copy_party import newest, saved
from tests.variants.test_screens import said, visitor
from wiki import history, pages
from wiki.accounts import Actor
from wiki.database import db, write_transaction
from wiki.errors import Forbidden, Invalid, NotFound
from wiki.pages.models import Fingerprint

SENTENCES = [
    "On pose des chaises en deux cercles, un petit au milieu et un grand autour.",
    "Quatre personnes parlent dans le petit cercle pendant que les autres écoutent sans rien dire.",
    "Une chaise y reste toujours vide pour qui voudrait entrer dans la conversation.",
    "Dès que quelqu’un s’y assoit, une autre personne quitte le milieu et rejoint le grand cercle.",
    "La personne qui anime rappelle la question au bout de chaque quart d’heure.",
    "Deux volontaires notent les idées sur une grande feuille que tout le monde peut lire.",
    "À la fin chacune et chacun dit en une phrase ce qu’elle ou il emporte.",
    "Il faut compter une heure et demie pour vingt à quarante personnes.",
]
OTHERS = [
    "Les graines récoltées à l’automne sèchent deux semaines dans un grenier bien aéré.",
    "On les range ensuite dans des bocaux de verre avec le nom de la variété et la date.",
    "Le jour du troc chaque jardinière apporte ses sachets et une histoire à raconter.",
    "Personne ne paie et personne ne compte, on repart avec ce que l’on saura semer.",
    "La grainothèque de la bibliothèque garde le reste pour le printemps suivant.",
    "Un panneau explique comment laisser monter quelques pieds pour refaire des graines.",
    "Les enfants dessinent les étiquettes pendant que les adultes parlent de pucerons.",
]
CIRCLE, COPY = "cercle-excentrique", "discussion-a-deux-cercles"


def text(title: str, *sentences: str, kind: str = "article", more: str = "") -> str:
    return f"---\nkind: {kind}\ntitle: {title}\n{more}---\n\n## Déroulement\n\n" + "\n\n".join(sentences) + "\n"


@pytest.fixture
def copied(app: Flask, cast: Cast) -> Flask:
    """Alice wrote a page, Bob pasted three quarters of it into one of his."""
    with app.app_context():
        pages.create(cast.alice, text("Cercle excentrique", *SENTENCES))
        pages.create(cast.alice, text("Troc de graines", *OTHERS))
        pages.create(cast.bob, text("Discussion à deux cercles", *SENTENCES[:6], *OTHERS[5:]))
    return app


def seen(actor: Actor, slug: str) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    found = pages.lookalikes(actor, pages.find(actor, slug))
    origins, variants = ([(one.page.slug, one.percent) for one in part] for part in (found.origins, found.variants))
    return origins, variants


def test_a_copy_is_seen_from_both_pages_with_how_much_of_it_is_copied(copied: Flask, cast: Cast) -> None:
    with copied.app_context():
        (origin,), variants = seen(cast.bob, COPY)
        assert origin[0] == CIRCLE
        assert 70 <= origin[1] <= 85
        assert variants == []
        assert seen(cast.alice, CIRCLE) == ([], [(COPY, origin[1])])


def test_a_quotation_and_a_common_outline_are_no_copy(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pages.create(cast.alice, text("Cercle", *SENTENCES))
        pages.create(cast.bob, text("Graines", *OTHERS, SENTENCES[0]))
        assert seen(cast.bob, "graines") == ([], [])
        outline = pages.outline_text(pages.KINDS["recipe"])
        pages.create(cast.bob, "---\nkind: article\ntitle: Un\n---\n\n" + outline)
        pages.create(cast.bob, "---\nkind: article\ntitle: Deux\n---\n\n" + outline)
        assert seen(cast.bob, "deux") == ([], [])


def test_an_event_that_holds_the_list_of_its_recipe_is_no_copy(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pages.create(cast.alice, text("Cercle excentrique", *SENTENCES, kind="recipe"))
        pages.create(cast.alice, text("Une soirée", *SENTENCES, kind="event"))
        pages.create(cast.alice, text("Discussion à deux cercles", *SENTENCES, kind="recipe"))
        assert seen(cast.alice, CIRCLE) == ([], [(COPY, 100)])
        assert seen(cast.alice, "une-soiree") == ([], [])


def test_words_are_found_again_whatever_their_case_and_marks(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pages.create(cast.alice, text("Cercle", *SENTENCES))
        pages.create(cast.bob, text("Carré", *[f"> **{sentence.upper()}**" for sentence in SENTENCES]))
        assert seen(cast.bob, "carre")[0] == [("cercle", 100)]


def test_one_gesture_links_a_copy_to_the_version_it_left_and_credits_its_authors(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pages.create(cast.alice, text("Cercle", *SENTENCES))
        for number in range(1, 41):
            actor = cast.mona if number == 20 else cast.alice
            before = newest("cercle").text
            saved(pages.save(actor, "cercle", before + f"\nConseil numéro {number} pour mieux s’écouter.\n", number))
        at_30 = history.read(pages.find(cast.alice, "cercle").id, 30).text
        pages.create(cast.bob, at_30.replace("title: Cercle", "title: Rond"))
        pages.link(cast.bob, "rond", "cercle")
        known = history.knowledge(pages.find(cast.bob, "rond").id, pages.find(cast.bob, "cercle").id)
        assert known is not None
        assert known.seen_number == 30
        page = pages.find(cast.bob, "rond")
        assert pages.standing(cast.bob, page).improvements == 11
        assert pages.credited(page) == ["bob", "alice", "mona"]
        assert pages.verify() == []


def test_a_link_that_was_wrong_is_undone_with_the_credits_it_gave(copied: Flask, cast: Cast) -> None:
    with copied.app_context():
        pages.create(cast.mona, text("Rien à voir", *(f"Une phrase à part, la {n}e." for n in range(30))))
        pages.link(cast.bob, COPY, "rien-a-voir")
        assert pages.credited(pages.find(cast.bob, COPY)) == ["bob", "mona"]
        pages.unlink(cast.bob, COPY)
        page, origin = pages.find(cast.bob, COPY), pages.find(cast.bob, "rien-a-voir")
        assert pages.credited(page) == ["bob"]
        assert not pages.share_history(page, origin)
        pages.link(cast.bob, COPY, CIRCLE)
        assert seen(cast.alice, CIRCLE) == seen(cast.bob, COPY) == ([], [])
        assert pages.credited(pages.find(cast.bob, COPY)) == ["bob", "alice"]
        assert pages.verify() == []


@pytest.mark.any_database
def test_whose_words_a_page_holds_stays_credited_in_every_form_when_the_link_is_undone(
    copied: Flask, cast: Cast
) -> None:
    with copied.app_context():
        before = newest(CIRCLE)
        saved(pages.save(cast.mona, CIRCLE, before.text.replace("On pose", "On range"), before.number))
        pages.link(cast.bob, COPY, CIRCLE)
        pages.unlink(cast.bob, COPY)
        page, origin = pages.find(cast.bob, COPY), pages.find(cast.bob, CIRCLE)
        assert pages.credited(page) == ["bob", "alice"]
        assert not pages.share_history(page, origin)
        assert pages.standing(cast.bob, page) == pages.variants.ALONE
        assert [entry.action for entry in history.history(page.id)] == ["unlink", "link", "create"]
        pages.fork(cast.ada, COPY, "Brest")
        assert pages.credited(pages.find(cast.ada, f"{COPY}-brest")) == ["ada", "bob", "alice"]
        with pytest.raises(Invalid, match="CC0"):
            pages.save(cast.bob, COPY, newest(COPY).text.replace("title:", "license: CC0 1.0\ntitle:", 1), 3)
        assert pages.verify() == []
    client = visitor(copied)
    screen = said(client, f"/wiki/{COPY}/cite")
    assert '<pre class="passage-side" tabindex="0">bob, alice « Discussion' in screen
    assert f"/wiki/{CIRCLE}?revision=1" in screen
    data = client.get(f"/wiki/{COPY}.json").json
    assert data is not None
    assert (data["authors"], data["origin"]) == (["bob", "alice"], None)
    screen = said(client, f"/wiki/{COPY}")
    assert '"author": [{"@type": "Person", "name": "bob"}, {"@type": "Person", "name": "alice"}]' in screen
    assert "isBasedOn" not in screen
    assert 'href="/people/alice"' in screen
    assert "alice" in said(client, f"/wiki/{COPY}/authors")


def test_what_was_taken_while_linked_stays_credited(copied: Flask, cast: Cast) -> None:
    with copied.app_context():
        pages.link(cast.bob, COPY, CIRCLE)
        before = newest(CIRCLE)
        better = before.text.replace("Quatre personnes", "Cinq personnes")
        saved(pages.save(cast.mona, CIRCLE, better, before.number))
        what = pages.receiving(cast.bob, COPY, CIRCLE)
        keys = {one.unit.key: pages.Decision("take") for one in what.free}
        assert not pages.take(cast.bob, COPY, CIRCLE, what.source_text.number, keys).unchanged
        pages.unlink(cast.bob, COPY)
        assert "mona" in pages.credited(pages.find(cast.bob, COPY))


def test_an_unreadable_page_is_nobodys_origin(copied: Flask, cast: Cast) -> None:
    with copied.app_context():
        pages.archive(cast.mona, CIRCLE)
        for actor in (cast.bob, cast.eve, cast.mona):
            assert CIRCLE not in dict(seen(actor, COPY)[0])
            assert CIRCLE not in [one.page.slug for one in pages.resembling(actor, newest(COPY).text)]
        pages.unarchive(cast.mona, CIRCLE)
        assert CIRCLE in dict(seen(cast.bob, COPY)[0])


def test_a_public_page_never_names_an_origin_that_is_for_members_only(app: Flask, cast: Cast) -> None:
    with app.app_context():
        circle = pages.create(cast.alice, text("Cercle", *SENTENCES), visibility="members").slug
        draft = pages.create(cast.alice, text("Brouillon", *SENTENCES), visibility="draft").slug
        pages.create(cast.bob, text("Rond", *SENTENCES))
        for actor in (cast.bob, cast.eve, cast.alice):
            assert seen(actor, "rond") == ([], [])
        with pytest.raises(Invalid, match="Changez d’abord"):
            pages.link(cast.bob, "rond", circle)
        with pytest.raises(NotFound):
            pages.link(cast.bob, "rond", draft)
        assert pages.resembling(cast.eve, text("Neuf", *SENTENCES))[0].page.slug == "rond"
        oval = pages.create(cast.bob, text("Ovale", *SENTENCES), visibility="members").slug
        assert dict(seen(cast.bob, oval)[0]) == {circle: 100, "rond": 100}
        pages.link(cast.bob, oval, circle)


def test_whoever_may_not_change_a_page_makes_it_no_variant(copied: Flask, cast: Cast) -> None:
    with copied.app_context():
        pages.protect(cast.mona, COPY, True)
        assert seen(cast.alice, CIRCLE) == ([], [])
        with pytest.raises(Forbidden):
            pages.link(cast.bob, COPY, CIRCLE)
        pages.protect(cast.mona, COPY, False)
        pages.protect(cast.mona, CIRCLE, True)
        pages.link(cast.bob, COPY, CIRCLE)


def test_licences_that_forbid_it_stop_a_link_with_the_reason(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pages.create(cast.alice, text("Cercle", *SENTENCES, more="license: GFDL 1.3\n"))
        pages.create(cast.bob, text("Rond", *SENTENCES))
        with pytest.raises(Invalid, match="GFDL"):
            pages.link(cast.bob, "rond", "cercle")
        assert pages.find(cast.bob, "rond").origin_id is None
        assert newest("rond").number == 1


def test_marks_follow_every_save_and_are_bounded(app: Flask, cast: Cast) -> None:
    def marks(slug: str) -> set[int]:
        page_id = pages.find(cast.alice, slug).id
        return set(db.session.execute(select(Fingerprint.mark).where(Fingerprint.page_id == page_id)).scalars())

    with app.app_context():
        pages.create(cast.alice, text("Cercle", *SENTENCES))
        assert marks("cercle") == history.marks(newest("cercle").text) != set()
        saved(pages.save(cast.alice, "cercle", text("Cercle", *SENTENCES[4:], *OTHERS), 1))
        assert marks("cercle") == history.marks(newest("cercle").text)
        saved(pages.save(cast.alice, "cercle", text("Cercle", " ".join(f"mot{n}" for n in range(10_000))), 2))
        assert len(marks("cercle")) == 256
        saved(pages.save(cast.alice, "cercle", text("Cercle", "Court."), 3))
        assert marks("cercle") == set()
        assert pages.verify() == []


def test_verifying_sees_a_wrong_fingerprint_and_rebuilding_mends_it(copied: Flask, cast: Cast) -> None:
    with copied.app_context():
        with write_transaction() as session:
            session.execute(update(Fingerprint).values(mark=-Fingerprint.mark))
        assert any("marks" in finding.what for finding in pages.verify())
        assert seen(cast.bob, COPY) == ([], [])
        pages.rebuild()
        assert pages.verify() == []
        assert seen(cast.bob, COPY)[0]


@pytest.mark.any_database
def test_looking_costs_the_same_however_many_pages_hold_the_same_words(app: Flask, cast: Cast) -> None:
    def cost() -> int:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert len(pages.resembling(cast.alice, text("Rond", *SENTENCES))) == 3
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(statements)

    with app.app_context():
        for number in range(8):
            pages.create(cast.alice, text(f"Cercle {number}", *SENTENCES))
        few = cost()
        for number in range(8, 60):
            pages.create(cast.alice, text(f"Cercle {number}", *SENTENCES))
        assert cost() == few < 12


# -- On screen ---------------------------------------------------------------------------------------------------------


def test_whoever_pastes_a_copy_is_asked_once_it_is_kept_and_links_with_one_click(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pages.create(cast.alice, text("Cercle excentrique", *SENTENCES))
    client = visitor(app, "bob")
    form = {"title": "Discussion à deux cercles", "body": "\n\n".join([*SENTENCES[:6], *OTHERS[5:]])}
    shown = client.post("/new/article", data={**form, "action": "preview"}).text
    assert "de ce texte vient de" in shown
    answer = client.post("/new/article", data=form)
    assert answer.location == f"/wiki/{COPY}/link"
    screen = said(client, answer.location)
    assert "de cette page vient de" in screen
    assert "En faire une variante ?" in screen
    assert client.post(answer.location, data={"origin": CIRCLE}).location == f"/wiki/{COPY}"
    assert "Variante de" in said(client, f"/wiki/{COPY}")
    assert "Défaire le lien" in said(client, f"/wiki/{COPY}/link")
    assert client.post(f"/wiki/{COPY}/unlink").status_code == 303
    assert "Variante de" not in said(client, f"/wiki/{COPY}")


def test_a_text_of_ones_own_is_not_asked_about(copied: Flask) -> None:
    client = visitor(copied, "bob")
    answer = client.post("/new/article", data={"title": "Neuf", "body": "Un texte tout neuf. " * 20})
    assert answer.location == "/wiki/neuf"


def test_a_copy_pasted_into_an_existing_page_is_asked_about_too(copied: Flask, cast: Cast) -> None:
    with copied.app_context():
        pages.create(cast.bob, text("Ébauche", "À écrire."))
    client = visitor(copied, "bob")
    body = "\n\n".join(SENTENCES)
    answer = client.post("/wiki/ebauche/edit", data={"base": "1", "title": "Ébauche", "body": body})
    assert answer.location == "/wiki/ebauche/link"
    again = client.post("/wiki/ebauche/edit", data={"base": "2", "title": "Ébauche", "body": body + "\n\nEt voilà."})
    assert again.location == "/wiki/ebauche"


def test_two_pages_are_linked_from_the_origin_as_well(copied: Flask, cast: Cast) -> None:
    client = visitor(copied, "bob")
    assert "vient de cette page" in said(client, f"/wiki/{CIRCLE}/link")
    refused = client.post(f"/wiki/{CIRCLE}/link", data={"variant": "Nulle part"})
    assert (refused.status_code, "Nulle part" in refused.text) == (422, True)
    linked = client.post(f"/wiki/{CIRCLE}/link", data={"variant": "Discussion à deux cercles"})
    assert linked.location == f"/wiki/{COPY}"
    with copied.app_context():
        origin = pages.standing(cast.eve, pages.find(cast.eve, COPY)).origin
        assert origin is not None
        assert origin.slug == CIRCLE


def test_naming_an_origin_in_the_form_links_to_it(app: Flask, cast: Cast) -> None:
    recipe = "tagline: Parler\nthemes:\n  - communs\n"
    with app.app_context():
        pages.create(cast.alice, text("Cercle", *SENTENCES, kind="recipe", more=recipe))
        pages.create(cast.bob, text("Rond", *SENTENCES, kind="recipe", more=recipe))
    client = visitor(app, "bob")
    changed = text("Rond", *SENTENCES, kind="recipe", more=recipe + "variant_of: cercle\nvariant_notes: En rond\n")
    answer = client.post("/wiki/rond/edit", data={"base": "1", "mode": "text", "text": changed})
    assert answer.status_code == 303
    with app.app_context():
        assert pages.find(cast.bob, "rond").origin_id == pages.find(cast.bob, "cercle").id
        assert pages.verify() == []


@pytest.mark.parametrize("mode", ["text", "form"])
def test_naming_an_origin_whose_licence_forbids_it_is_told_before_anything_is_kept(
    app: Flask, cast: Cast, mode: str
) -> None:
    recipe = "tagline: Parler\nthemes:\n  - communs\n"
    with app.app_context():
        closed = text("Cercle", *SENTENCES, kind="recipe", more=recipe + "license: GFDL 1.3\n")
        pages.create(cast.alice, closed)
        pages.create(cast.bob, text("Rond", *SENTENCES, kind="recipe", more=recipe))
    client = visitor(app, "bob")
    data = {"base": "1", "mode": mode, "title": "Rond", "tagline": "Parler en rond", "themes": "communs",
            "variant_of": "cercle", "variant_notes": "En rond", "body": "En rond."}
    if mode == "text":
        named = recipe.replace("Parler", "Parler en rond") + "variant_of: cercle\nvariant_notes: En rond\n"
        data = {"base": "1", "mode": mode, "text": text("Rond", *SENTENCES, kind="recipe", more=named)}
    answer = client.post("/wiki/rond/edit", data=data)
    assert answer.status_code == 422
    assert "Impossible de réunir" in answer.text
    assert "Parler en rond" in answer.text
    with app.app_context():
        assert pages.find(cast.bob, "rond").head_number == 1
        with pytest.raises(Invalid, match="GFDL"):
            pages.save(cast.bob, "rond", text("Rond", kind="recipe", more=recipe + "variant_of: cercle\n"), 1)


def test_an_import_says_what_it_copied_and_how_to_link_it(copied: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "rond.md").write_text(text("Rond", *SENTENCES), encoding="utf-8")
    with copied.app_context():
        report = pages.import_folder(folder)
        assert [(slug, found.page.slug, found.percent) for slug, found in report.alike] == [("rond", CIRCLE, 100)]
        assert pages.import_folder(folder).alike == []


def test_the_command_links_and_unlinks(copied: Flask) -> None:
    from wiki.cli import wiki

    folder = str(copied.config["WIKI"]["DATA"])
    for command, words in ((["link", COPY, CIRCLE], "est maintenant une variante"), (["unlink", COPY], "n’est plus")):
        done = CliRunner().invoke(wiki, ["--data", folder, *command])
        assert done.exit_code == 0, done.output
        assert words in done.output

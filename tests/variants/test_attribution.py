"""Everybody is credited whose words a page holds, and licences that do not go together are kept apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from random import Random

import pytest
from flask import Flask

from tests.conftest import Cast
from tests.pages.copy_party import RECIPE, newest, saved
from tests.variants.test_linking import OTHERS, SENTENCES
from tests.variants.test_linking import text as article
from tests.variants.test_screens import form_of, said, visitor
from tests.variants.test_taking import ORIGIN, VARIANT, change, take_all
from wiki import pages
from wiki.accounts import GUEST
from wiki.errors import Invalid
from wiki.pages.licences import compatible


@pytest.fixture
def family(app: Flask, cast: Cast) -> Flask:
    with app.app_context():
        pages.create(cast.alice, RECIPE)
        pages.fork(cast.bob, ORIGIN, "Brest")
    return app


def test_the_authors_of_the_origin_are_authors_of_the_variant(family: Flask, cast: Cast) -> None:
    with family.app_context():
        assert pages.credited(pages.find(cast.bob, VARIANT)) == ["bob", "alice"]
        change(cast.mona, ORIGIN, ("10 clés USB", "12 clés USB"))
        assert pages.credited(pages.find(cast.bob, VARIANT)) == ["bob", "alice"]
        take_all(cast.bob)
        assert pages.credited(pages.find(cast.bob, VARIANT)) == ["bob", "alice", "mona"]
    client = visitor(family)
    assert 'href="/people/alice"' in said(client, f"/wiki/{VARIANT}")
    data = client.get(f"/wiki/{VARIANT}.json").json
    assert data is not None
    assert data["authors"] == ["bob", "alice", "mona"]
    text = said(client, f"/wiki/{VARIANT}/cite")
    assert "bob, alice, mona" in text
    assert "jusqu’à la version 2" in text


def test_a_page_that_is_no_longer_published_is_credited_without_its_name(family: Flask, cast: Cast) -> None:
    with family.app_context():
        change(cast.alice, ORIGIN, ("title: Copy party", "title: Xochipilli"))
        pages.archive(cast.mona, ORIGIN)
    text = said(visitor(family), f"/wiki/{VARIANT}/cite")
    assert "Xochipilli" not in text
    assert "alice" in text


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [
        ("CC BY-SA 4.0", "CC BY-SA 4.0", True),
        ("CC0 1.0", "CC BY-SA 4.0", True),
        ("CC BY 4.0", "CC BY-SA 4.0", True),
        ("CC BY-SA 3.0", "CC BY-SA 4.0", True),
        ("CC BY-SA 4.0", "CC BY-SA 3.0", False),
        ("CC BY-SA 4.0", "CC BY 4.0", False),
        ("CC BY-NC-SA 4.0", "CC BY-SA 4.0", False),
        ("CC BY-SA 4.0", "CC0 1.0", False),
        ("GFDL 1.3", "CC BY-SA 4.0", False),
        ("une licence inconnue", "une licence inconnue", True),
    ],
)
def test_which_licences_go_together(source: str, target: str, allowed: bool) -> None:
    assert compatible(source, target) is allowed


@pytest.mark.parametrize("seed", range(3))
def test_everybody_whose_words_a_page_holds_is_in_its_chain(family: Flask, cast: Cast, seed: int) -> None:
    random = Random(seed)
    people = [cast.alice, cast.bob, cast.mona, cast.ada, cast.eve]
    with family.app_context():
        made = [pages.fork(cast.ada, VARIANT, "nord").slug, pages.fork(cast.eve, ORIGIN, "Rennes").slug]
        slugs = [ORIGIN, VARIANT, *made]
        origins = {VARIANT: ORIGIN, slugs[2]: VARIANT, slugs[3]: ORIGIN}
        wrote: dict[str, str] = {}
        for count in range(25):
            who, slug = random.choice(people), random.choice(slugs)
            if random.random() < 0.5 or slug not in origins:
                wrote[f"- objet {count}"] = who.name
                old = random.choice(["## Matériel\n\n", "## Personnes\n\n", "## Étapes\n\n"])
                change(who, slug, (old, f"{old}- objet {count}\n"))
            else:
                pair = (slug, origins[slug]) if random.random() < 0.7 else (origins[slug], slug)
                take_all(who, *pair)
        for slug in slugs:
            names = pages.credited(pages.find(cast.alice, slug))
            lines = newest(slug).text.splitlines()
            assert {name for line, name in wrote.items() if line in lines} <= set(names)
        assert pages.verify() == []


def test_a_variant_is_never_put_under_a_licence_its_sources_do_not_allow(family: Flask, cast: Cast) -> None:
    with family.app_context():
        head = newest(VARIANT)
        freed = head.text.replace("license: CC BY-SA 4.0", "license: CC0 1.0")
        assert freed != head.text
        with pytest.raises(Invalid, match="CC0") as refused:
            pages.save(cast.bob, VARIANT, freed, head.number)
        assert [problem.field for problem in refused.value.problems] == ["license"]
        with pytest.raises(Invalid, match="CC0"):
            pages.create(cast.bob, freed.replace("title: Copy party, Brest", "title: Copie libre"))
        assert newest(VARIANT).number == head.number
        allowed = head.text.replace("license: CC BY-SA 4.0", "license: Licence Art Libre 1.3")
        pages.save(cast.bob, VARIANT, allowed, head.number)
        assert "Art Libre" in newest(VARIANT).text


def test_the_licence_of_a_source_that_is_not_for_everybody_is_not_told(family: Flask, cast: Cast) -> None:
    with family.app_context():
        pages.archive(cast.mona, ORIGIN)
        head = newest(VARIANT)
        freed = head.text.replace("license: CC BY-SA 4.0", "license: CC0 1.0")
        with pytest.raises(Invalid, match="sous licence CC0") as refused:
            pages.save(cast.bob, VARIANT, freed, head.number)
        assert "BY-SA" not in str(refused.value)
        assert newest(VARIANT).number == head.number


def test_a_page_of_nobody_else_changes_its_licence_as_it_likes(family: Flask, cast: Cast) -> None:
    with family.app_context():
        text = "---\nkind: article\ntitle: Note\nlicense: CC BY-SA 4.0\n---\n\nTexte.\n"
        pages.create(cast.bob, text)
        pages.save(cast.bob, "note", text.replace("CC BY-SA 4.0", "CC0 1.0"), 1)
        pages.restore(cast.bob, "note", 1)
        assert newest("note").number == 3


def test_a_forbidden_licence_is_said_beside_its_field_and_nothing_typed_is_lost(family: Flask) -> None:
    client = visitor(family, "bob")
    with family.app_context():
        head = newest(VARIANT)
    freed = head.text.replace("license: CC BY-SA 4.0", "license: CC0 1.0").replace("10 clés", "11 clés")
    data = {"base": str(head.number), "mode": "text", "text": freed}
    answer = client.post(f"/wiki/{VARIANT}/edit", data=data)
    assert answer.status_code == 422
    assert "Impossible de réunir" in unescape(answer.text)
    assert "11 clés" in answer.text
    assert "Impossible de réunir" in unescape(answer.text).split('id="field-text-error"')[1].split("<textarea")[0]
    assert "la licence de sa ligne « license »" in unescape(answer.text).replace("\u202f", " ").replace("\xa0", " ")


# -- Told before anything is saved -------------------------------------------------------------------------------------

REASON = "Impossible de réunir ces deux textes. L’un est sous licence GFDL 1.3"


@pytest.fixture
def forbidden(family: Flask, cast: Cast) -> Flask:
    """The recipe went under another licence than its variants, and changed since, once where one of them did too."""
    with family.app_context():
        pages.fork(cast.mona, ORIGIN, "Rennes")
        change(cast.alice, ORIGIN, ("kind: recipe\n", "kind: recipe\nlicense: GFDL 1.3\n"), ("10 clés", "12 clés"))
        change(cast.alice, ORIGIN, ("Par affiche et par courriel.", "Par affiche."))
        change(cast.bob, VARIANT, ("2 rallonges", "3 rallonges"))
    return family


def test_whoever_looks_at_what_may_not_be_taken_is_told_the_reason_and_may_decline_it(forbidden: Flask) -> None:
    client = visitor(forbidden, "bob")
    screen = said(client, f"/wiki/{VARIANT}/pull")
    assert REASON in screen.split('id="field-units"')[1].split("<fieldset")[0]
    assert 'aria-describedby="field-units-error"' in screen
    assert 'value="take"' not in screen
    assert "Voir le résultat" not in screen
    declined = client.post(f"/wiki/{VARIANT}/pull", data=form_of(screen) | {"action": "none"})
    assert declined.status_code == 303
    assert REASON not in said(client, f"/wiki/{VARIANT}/pull")


def test_the_preview_of_a_taking_that_is_not_allowed_says_so_beside_its_choices(forbidden: Flask) -> None:
    client = visitor(forbidden, "bob")
    form = form_of(said(client, f"/wiki/{VARIANT}/pull"))
    verdicts = [name for name in form if name.startswith("verdict-")]
    assert len(verdicts) == 2
    for action, verdict in (("preview", "take"), ("preview", "theirs"), ("save", "take"), ("save", "write")):
        form |= dict.fromkeys(verdicts, verdict)
        answer = client.post(f"/wiki/{VARIANT}/pull", data=form | {"action": action, "comment": "Pour nous aussi"})
        assert answer.status_code == 422, action
        text = unescape(answer.text)
        assert REASON in text.split('id="field-units"')[1].split("<fieldset")[0]
        assert "Voici ce que deviendra votre page" not in text
        assert "Pour nous aussi" in text
    with forbidden.app_context():
        assert newest(VARIANT).number == 2


def test_a_sibling_whose_licence_forbids_it_says_so_before_anything_is_chosen(forbidden: Flask, cast: Cast) -> None:
    with forbidden.app_context():
        pages.create(cast.ada, RECIPE.replace("title: Copy party", "title: Copie libre\nlicense: CC0 1.0"))
        pages.create(cast.ada, RECIPE.replace("title: Copy party", "title: Copie ouverte"))
        pages.link(cast.ada, "copie-ouverte", "copie-libre")
        change(cast.ada, "copie-ouverte", ("10 clés", "30 clés"))
    screen = said(visitor(forbidden, "ada"), "/wiki/copie-libre/pull?from=copie-ouverte")
    assert "sous licence CC BY-SA 4.0, qui ne permet pas" in screen
    assert 'value="take"' not in screen


def test_an_offer_that_nobody_could_take_is_not_made_and_its_form_says_why(forbidden: Flask) -> None:
    client = visitor(forbidden, "bob")
    screen = said(client, f"/wiki/{VARIANT}/offer")
    assert "Impossible de réunir" in screen
    assert 'name="units"' not in screen
    assert "3 rallonges" in re.sub("<[^>]+>", "", screen)
    with forbidden.app_context():
        (unit,) = [one.unit.name for one in pages.receiving(GUEST, ORIGIN, VARIANT).waiting]
    refused = client.post(f"/wiki/{VARIANT}/offer", data={"units": unit, "message": "Plus simple."})
    assert refused.status_code == 422
    assert "Impossible de réunir" in unescape(refused.text).split('id="field-units-error"')[1]
    assert "Plus simple." in refused.text


def test_an_offer_that_waits_while_the_licence_changes_can_only_be_declined(family: Flask, cast: Cast) -> None:
    with family.app_context():
        change(cast.bob, VARIANT, ("2 rallonges", "3 rallonges"))
        (unit,) = pages.receiving(cast.bob, ORIGIN, VARIANT).waiting
        number = pages.offer(cast.bob, VARIANT, ORIGIN, [unit.unit.key], "Essayé.").id
        change(cast.alice, ORIGIN, ("kind: recipe\n", "kind: recipe\nlicense: GFDL 1.3\n"))
    client = visitor(family, "alice")
    screen = said(client, f"/offers/{number}")
    assert "Impossible de réunir" in screen.split('id="field-units"')[1]
    assert 'value="accept"' not in screen
    for decided in ({"action": "accept", f"verdict-{unit.unit.name}": "take"}, {"action": "accept"}):
        refused = client.post(f"/offers/{number}", data={"word": "Merci !", **decided})
        assert refused.status_code == 422
        assert "Merci !" in refused.text
    assert client.post(f"/offers/{number}", data={"action": "decline", "word": "La licence."}).status_code == 303
    with family.app_context():
        assert newest(ORIGIN).number == 2


def test_a_copy_that_may_not_be_linked_is_said_so_where_it_is_found(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pages.create(cast.alice, article("Cercle", *SENTENCES, more="license: GFDL 1.3\n"))
    client = visitor(app, "bob")
    data = {"mode": "text", "text": article("Rond", *SENTENCES)}
    shown = client.post("/new/article", data=data | {"action": "preview"})
    assert REASON in unescape(shown.text)
    assert "vous pourrez en faire une variante" not in unescape(shown.text)
    made = client.post("/new/article", data=data)
    assert made.location == "/wiki/rond/link"
    for name, address in (("bob", "/wiki/rond/link"), ("bob", "/wiki/cercle/link")):
        screen = said(visitor(app, name), address)
        assert REASON in screen
        assert "En faire une variante" not in screen
    by_hand = client.post("/wiki/rond/link", data={"origin": "cercle"})
    assert REASON in unescape(by_hand.text).split('id="field-origin-error"')[1]


def test_a_copy_of_a_version_under_an_older_licence_may_still_be_linked(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pages.create(cast.alice, article("Cercle", *SENTENCES))
        pages.create(cast.bob, article("Rond", *SENTENCES))
        pages.save(cast.alice, "cercle", article("Cercle", *SENTENCES[:5], *OTHERS, more="license: GFDL 1.3\n"), 1)
        (found,) = pages.lookalikes(cast.bob, pages.find(cast.bob, "rond")).origins
        assert found.refusal == ""
        pages.link(cast.bob, "rond", "cercle")


@pytest.mark.parametrize("action", ["preview", "changes", "save"])
def test_a_licence_typed_by_hand_that_the_sources_forbid_is_refused_in_the_preview_too(
    family: Flask, action: str
) -> None:
    client = visitor(family, "bob")
    with family.app_context():
        text = newest(VARIANT).text
    freed = text.replace("license: CC BY-SA 4.0", "license: CC0 1.0").replace("10 clés", "11 clés")
    answer = client.post(f"/wiki/{VARIANT}/edit", data={"base": "1", "text": freed, "action": action})
    assert answer.status_code == 422
    assert "Impossible de réunir" in unescape(answer.text).split('id="field-text-error"')[1].split("<textarea")[0]
    assert "11 clés" in answer.text
    form = {"base": "1", "license": "CC0 1.0", "action": action}
    answer = client.post(f"/wiki/{VARIANT}/edit", data=form)
    assert answer.status_code == 422
    assert "Impossible de réunir" in unescape(answer.text).split('id="field-license-error"')[1].split("</p>")[0]
    made = text.replace("license: CC BY-SA 4.0", "license: CC0 1.0").replace("title: Copy", "title: Free copy")
    answer = client.post("/new/recipe", data={"text": made, "action": action})
    assert answer.status_code == 422
    assert "Impossible de réunir" in unescape(answer.text)


def test_a_suggestion_under_a_licence_its_sources_forbid_never_waits(
    make_app: Callable[..., Flask], cast: Cast
) -> None:
    app = make_app(EDITING="approved")
    with app.app_context():
        pages.create(cast.mona, RECIPE)
        pages.fork(cast.mona, ORIGIN, "Brest")
        head = newest(VARIANT)
        freed = head.text.replace("license: CC BY-SA 4.0", "license: CC0 1.0")
        with pytest.raises(Invalid, match="CC0"):
            pages.save(cast.eve, VARIANT, freed, 1)
        with pytest.raises(Invalid, match="CC0"):
            pages.create(cast.eve, freed.replace("title: Copy", "title: Free copy"))
        assert pages.count_suggestions(cast.mona) == 0
        assert saved(pages.save(cast.eve, VARIANT, head.text.replace("10 clés", "11 clés"), 1)).offer is not None


def test_going_back_to_a_licence_that_is_forbidden_now_is_told_before_it_is_tried(family: Flask, cast: Cast) -> None:
    recipe = RECIPE.replace("title: Copy party", "title: Copie libre\nlicense: CC0 1.0")
    with family.app_context():
        pages.create(cast.bob, recipe)
        change(cast.bob, "copie-libre", ("license: CC0 1.0", "license: CC BY-SA 4.0"))
        pages.link(cast.bob, "copie-libre", ORIGIN)
    client = visitor(family, "bob")
    for address in ("/wiki/copie-libre/revert/1", "/wiki/copie-libre/undo/2"):
        screen = said(client, address)
        assert "Impossible de réunir" in screen
        assert "<textarea" not in screen
        refused = client.post(address, data={})
        assert refused.status_code == 422
        assert "Impossible de réunir" in unescape(refused.text)
    with family.app_context():
        assert newest("copie-libre").number == 3
        assert not said(client, "/wiki/copie-libre/revert/2").count("Impossible de réunir")
